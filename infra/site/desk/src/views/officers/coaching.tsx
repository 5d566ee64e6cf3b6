// Coaching sessions, with the words that the officer reads too; and the form of a new one, for those above.
import type { Session, Written } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { TextArea, TextField } from "../../ui/fields";
import { Empty } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useEntry } from "./entry";

interface CoachingProps {
  officer: string;
  sessions: readonly Written<Session>[];
  reload: () => void;
  mayAdd: boolean;
}

export function Coaching({ officer, sessions, reload, mayAdd }: CoachingProps) {
  const { t, dates } = useDesk();
  return (
    <>
      {sessions.length === 0 ? (
        <Empty>{t("officers.no_coaching")}</Empty>
      ) : (
        <ol class="log">
          {sessions.map((session) => (
            <li key={session.id}>
              <p class="log-head">
                <time dateTime={session.held_on}>{dates.day(session.held_on)}</time>
                <strong>{session.topic}</strong>
                <span class="by">{session.by.id}</span>
              </p>
              <blockquote>{session.words}</blockquote>
              {session.next_on && (
                <p class="small">{t("officers.next_session", { day: dates.day(session.next_on) })}</p>
              )}
            </li>
          ))}
        </ol>
      )}
      {mayAdd && <SessionForm officer={officer} reload={reload} />}
    </>
  );
}

function SessionForm({ officer, reload }: { officer: string; reload: () => void }) {
  const { t, dates, now } = useDesk();
  const blank = { held_on: dates.isoDay(now()), topic: "", next_on: "", words: "" };
  const target = { officer, kind: "coaching", reload } as const;
  const { form, submission, fault } = useEntry(`coaching ${officer}`, blank, target);
  const { held_on, topic, next_on, words } = form.fields;
  const send = () => {
    const body = { held_on, topic: topic.trim(), words, ...(next_on === "" ? {} : { next_on }) };
    void submission.send(body);
  };
  return (
    <details class="panel form no-print" open={form.isRestored}>
      <summary>{t("officers.enter_coaching")}</summary>
      <form
        aria-label={t("officers.enter_coaching")}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div class="form-row">
          <TextField
            label={t("officers.held_on")}
            type="date"
            max={dates.isoDay(now())}
            value={held_on}
            onValue={(value) => form.set({ held_on: value })}
            fault={fault("held_on")}
            required
          />
          <TextField
            label={t("officers.topic")}
            hint={t("officers.topic_hint")}
            value={topic}
            maxLength={64}
            onValue={(value) => form.set({ topic: value })}
            fault={fault("topic")}
            required
          />
          <TextField
            label={t("officers.next_on")}
            type="date"
            min={dates.isoDay(now())}
            value={next_on}
            onValue={(value) => form.set({ next_on: value })}
            fault={fault("next_on")}
          />
        </div>
        <TextArea
          label={t("officers.session_words")}
          hint={t("officers.officer_reads")}
          value={words}
          onValue={(value) => form.set({ words: value })}
          fault={fault("words")}
          required
        />
        <SentTrouble sent={submission.sent} again={submission.again} />
        <SendButton sent={submission.sent}>{t("officers.record")}</SendButton>
      </form>
    </details>
  );
}
