// One task: what to do, about what, by when; what was written; and ending it.
import { useState } from "preact/hooks";
import { at } from "../../api/client";
import type { Task } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Chip } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useSubmission } from "../../ui/submission";
import { AboutLink } from "../updates/words";

interface CardProps {
  task: Task;
  isEnded: boolean;
  onEnded: () => void;
}

export function TaskCard({ task, isEnded, onEnded }: CardProps) {
  const { word, t, dates, now, has } = useDesk();
  const { kind, about, covers, due_at, overdue, escalated_at, replies = [], owner } = task;
  return (
    <article class={overdue && !isEnded ? "task is-overdue" : "task"} aria-labelledby={`task-${task.id}`}>
      <div class="task-head">
        <h2 id={`task-${task.id}`}>{word("tasks", kind, "kind_")}</h2>
        <p>
          {isEnded ? (
            <Chip tone="good">{t("tasks.ended")}</Chip>
          ) : (
            <Chip tone={overdue ? "bad" : "waiting"}>
              {t(overdue ? "tasks.overdue" : "tasks.due", {
                at: dates.moment(due_at),
                distance: dates.distance(due_at, now()),
              })}
            </Chip>
          )}
        </p>
      </div>
      <p class="quiet">
        <About about={about} /> · {word("shell", owner, "role_")}
        {escalated_at !== undefined && ` · ${t("tasks.escalated", { at: dates.moment(escalated_at) })}`}
      </p>
      {has("tasks", `do_${kind}`) && <p>{word("tasks", kind, "do_")}</p>}
      {covers.length > 0 && (
        <ul class="covers">
          {covers.map((cover) => (
            <li key={cover}>
              <Cover cover={cover} />
            </li>
          ))}
        </ul>
      )}
      {replies.map((reply) => (
        <figure class="reply" key={reply.at + reply.text}>
          <blockquote>{reply.text}</blockquote>
          <figcaption>{t("tasks.reply_from", { from: reply.from, at: dates.moment(reply.at) })}</figcaption>
        </figure>
      ))}
      {!isEnded && <Ending task={task} onEnded={onEnded} />}
    </article>
  );
}

function About({ about: { type, id } }: { about: Task["about"] }) {
  const { word } = useDesk();
  if (type === "incident") return <AboutLink update={{ incident: id }} />;
  if (type === "case") return <AboutLink update={{ case: id }} />;
  return <span>{word("tasks", type, "about_")}</span>;
}

/** `case_charged 0 safety_latch` (kind, ordinal, reason), or the call or case behind a reply: `INC#26-048101`. */
function Cover({ cover }: { cover: string }) {
  const { word, has } = useDesk();
  const [what, number] = cover.split("#", 2);
  if (what === "INC" && number) return <AboutLink update={{ incident: number }} />;
  if (what === "CASE" && number) return <AboutLink update={{ case: number }} />;
  const [kind = "", , reason] = cover.split(" ");
  const known = has("updates", `kind_${kind}`);
  if (!known) return <>{cover.replaceAll("_", " ")}</>;
  return (
    <>
      {word("updates", kind, "kind_")}
      {reason !== undefined && (
        <span class="quiet">
          {" – "}
          {has("reasons", reason) ? word("reasons", reason) : word("updates", reason, "state_")}
        </span>
      )}
    </>
  );
}

function Ending({ task, onEnded }: { task: Task; onEnded: () => void }) {
  const { api, t, word } = useDesk();
  const [outcome, setOutcome] = useState("");
  const path = at("tasks", task.id, "done");
  const { sent, send, again } = useSubmission<object, object>(
    `task/${task.id}`,
    (body, key) => api.post(path, body, { key }),
    onEnded,
  );
  const submit = (event: Event) => {
    event.preventDefault();
    if (outcome !== "") void send({ outcome });
  };
  return (
    <form class="ending" onSubmit={submit}>
      <fieldset class="choices">
        <legend>{t("tasks.outcome")}</legend>
        {task.outcomes.map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name={`outcome-${task.id}`}
              checked={one === outcome}
              onChange={() => setOutcome(one)}
              required
            />
            <span>{word("tasks", one, "outcome_")}</span>
          </label>
        ))}
      </fieldset>
      <SendButton sent={sent}>{t("tasks.end")}</SendButton>
      <SentTrouble sent={sent} again={again} />
    </form>
  );
}
