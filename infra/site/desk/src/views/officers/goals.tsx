// Goals that officer and supervisor agreed on: how far each has come, and the forms of those above.
import { useState } from "preact/hooks";
import type { Goal, Written } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { TextArea, TextField } from "../../ui/fields";
import { Chip, Empty } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useEntry } from "./entry";

interface GoalsProps {
  officer: string;
  goals: readonly Written<Goal>[];
  reload: () => void;
  mayAdd: boolean;
}

export function Goals({ officer, goals, reload, mayAdd }: GoalsProps) {
  const { t } = useDesk();
  return (
    <>
      {goals.length === 0 ? (
        <Empty>{t("officers.no_goals")}</Empty>
      ) : (
        <ul class="goals">
          {goals.map((goal) => (
            <li key={goal.id}>
              <OneGoal goal={goal} />
              {mayAdd && goal.status === "open" && <StepForm officer={officer} goal={goal} reload={reload} />}
            </li>
          ))}
        </ul>
      )}
      {mayAdd && <GoalForm officer={officer} reload={reload} />}
    </>
  );
}

function OneGoal({ goal }: { goal: Written<Goal> }) {
  const { t, word, dates, now } = useDesk();
  const late = goal.status === "open" && goal.due_on < dates.isoDay(now());
  return (
    <>
      <p class="goal-words">{goal.words}</p>
      <p>
        <progress max={100} value={goal.percent} aria-label={t("officers.how_far")} /> {goal.percent}&nbsp;%{" "}
        <Chip tone={goal.status === "reached" ? "good" : late ? "bad" : "under-way"}>
          {late ? t("officers.overdue") : word("officers", goal.status, "goal_")}
        </Chip>
        <small>{t("officers.goal_due", { day: dates.day(goal.due_on), who: goal.by.id })}</small>
      </p>
    </>
  );
}

function GoalForm({ officer, reload }: { officer: string; reload: () => void }) {
  const { t, dates, now } = useDesk();
  const target = { officer, kind: "goals", reload } as const;
  const { form, submission, fault } = useEntry(`goal ${officer}`, { due_on: "", words: "" }, target);
  return (
    <details class="panel form no-print" open={form.isRestored}>
      <summary>{t("officers.set_goal")}</summary>
      <form
        aria-label={t("officers.set_goal")}
        onSubmit={(event) => {
          event.preventDefault();
          void submission.send({ ...form.fields });
        }}
      >
        <TextField
          label={t("officers.due")}
          type="date"
          min={dates.isoDay(now())}
          value={form.fields.due_on}
          onValue={(due_on) => form.set({ due_on })}
          fault={fault("due_on")}
          required
        />
        <TextArea
          label={t("officers.goal_words")}
          hint={t("officers.officer_reads")}
          value={form.fields.words}
          onValue={(words) => form.set({ words })}
          fault={fault("words")}
          required
        />
        <SentTrouble sent={submission.sent} again={submission.again} />
        <SendButton sent={submission.sent}>{t("officers.record")}</SendButton>
      </form>
    </details>
  );
}

function StepForm({ officer, goal, reload }: { officer: string; goal: Written<Goal>; reload: () => void }) {
  const { t } = useDesk();
  const blank = { percent: String(goal.percent), words: "" };
  const target = { officer, kind: "goals", reload } as const;
  const { form, submission, fault } = useEntry(`goal ${officer} ${goal.id}`, blank, target);
  const [dropping, setDropping] = useState(false);
  const send = () => {
    const { percent, words } = form.fields;
    const how = dropping ? { dropped: true } : { percent: Number(percent) };
    const said = words.trim() === "" ? {} : { words };
    void submission.send({ id: goal.id, ...how, ...said });
  };
  return (
    <details class="no-print">
      <summary>{t("officers.record_progress")}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField
          label={t("officers.percent")}
          type="number"
          min="0"
          max="100"
          value={form.fields.percent}
          onValue={(percent) => form.set({ percent })}
          fault={fault("percent")}
          required
        />
        <TextArea
          label={t("officers.words_optional")}
          hint={t("officers.officer_reads")}
          value={form.fields.words}
          onValue={(words) => form.set({ words })}
          fault={fault("words")}
        />
        <label class="choice">
          <input
            type="checkbox"
            checked={dropping}
            onChange={(event) => setDropping(event.currentTarget.checked)}
          />
          <span>{t("officers.drop_goal")}</span>
        </label>
        <SentTrouble sent={submission.sent} again={submission.again} />
        <SendButton sent={submission.sent}>{t("officers.record")}</SendButton>
      </form>
    </details>
  );
}
