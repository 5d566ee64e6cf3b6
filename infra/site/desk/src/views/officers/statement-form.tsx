// The officer's own words to a case: a statement before the decision, or an objection at any time. Voluntary, and shown as such.
import { useState } from "preact/hooks";
import type { OfficerView, OwnCase } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Choices, TextArea } from "../../ui/fields";
import { Notice } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useForm, useSubmission } from "../../ui/submission";
import { faultOf } from "../faults";
import { answerable, isWritten } from "./answer";

export function StatementForm({ found, reload }: { found: OwnCase; reload: () => void }) {
  const { t, dates } = useDesk();
  const { alert_id, due_on, state } = found;
  const can = answerable(found);
  const [contest, setContest] = useState(!can.statement);
  const name = `statement ${alert_id}`;
  const form = useForm(name, { text: "" });
  const submission = useStatement(found, name, () => {
    form.clear();
    reload();
  });
  const objects = contest || !can.statement;
  if (!can.statement && !can.contest) return <Notice>{t("officers.objection_waits")}</Notice>;
  const kinds = [
    ...(can.statement
      ? [{ value: "no", label: t("officers.statement"), hint: t("officers.statement_hint") }]
      : []),
    ...(can.contest
      ? [{ value: "yes", label: t("officers.objection"), hint: t("officers.objection_hint") }]
      : []),
  ];
  return (
    <form
      class="panel form no-print"
      aria-label={t("officers.answer_title")}
      onSubmit={(event) => {
        event.preventDefault();
        void submission.send({ text: form.fields.text, contest: objects });
      }}
    >
      <h4>{t("officers.answer_title")}</h4>
      <p>
        {t("officers.voluntary")}
        {state === "OfficerResponse" &&
          due_on &&
          ` ${t("officers.answer_until", { day: dates.day(due_on) })}`}
      </p>
      {form.isRestored && <p class="hint">{t("officers.restored")}</p>}
      <Choices
        legend={t("officers.answer_kind")}
        value={objects ? "yes" : "no"}
        onValue={(value) => setContest(value === "yes")}
        options={kinds}
      />
      <TextArea
        label={t("officers.answer_words")}
        hint={t("officers.answer_words_hint")}
        value={form.fields.text}
        onValue={(text) => form.set({ text })}
        fault={faultOf(submission.sent)("text")}
        required
        rows={6}
      />
      <SentTrouble sent={submission.sent} again={submission.again} />
      <SendButton sent={submission.sent}>
        {t(objects ? "officers.send_objection" : "officers.send_statement")}
      </SendButton>
    </form>
  );
}

interface Statement {
  readonly text: string;
  readonly contest: boolean;
}

/** Sends a statement, but not one that stands in the log already because only its answer was lost. */
function useStatement(found: OwnCase, name: string, onDone: () => void) {
  const { api } = useDesk();
  return useSubmission<Statement, unknown>(
    name,
    async (statement) => {
      const record = await api.get<OfficerView>(`/v1/officers/${encodeURIComponent(found.officer_id)}`);
      const log = record.alerts.find((one) => one.alert_id === found.alert_id)?.log ?? [];
      if (isWritten(log, statement.text, statement.contest)) return {};
      return api.post(`/v1/alerts/${encodeURIComponent(found.alert_id)}/statement`, statement);
    },
    onDone,
  );
}
