// Planning an intervention: what, who sees to it, by when.
import type { AlertView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Select, TextArea, TextField } from "../../ui/fields";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useForm, useSubmission } from "../../ui/submission";
import { faultOf } from "../faults";
import { KINDS } from "./steps";

export function PlanForm({ view, reload }: { view: AlertView; reload: () => void }) {
  const { api, t, word, me, dates, now } = useDesk();
  const id = view.alert.alert_id;
  const name = `plan ${id}`;
  const form = useForm(name, { kind: "", owner: me.officer?.id ?? "", due_on: "", course: "", words: "" });
  const submission = useSubmission(
    name,
    (body: object) => api.post(`/v1/alerts/${encodeURIComponent(id)}/interventions`, body),
    () => {
      form.clear();
      reload();
    },
  );
  const { kind, owner, due_on, course, words } = form.fields;
  const isTraining = kind === "training";
  const takesWords = kind !== "wellness_referral";
  const fault = faultOf(submission.sent);
  const send = () => {
    const body = {
      kind,
      owner: owner.trim(),
      due_on,
      ...(isTraining ? { course: course.trim() } : {}),
      ...(takesWords && words.trim() !== "" ? { words } : {}),
    };
    void submission.send(body);
  };
  return (
    <form
      class="panel form no-print"
      aria-label={t("officers.plan_title")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h3>{t("officers.plan_title")}</h3>
      <div class="form-row">
        <Select
          label={t("officers.kind")}
          value={kind}
          onValue={(value) => form.set({ kind: value })}
          fault={fault("kind")}
          required
          options={[
            { value: "", label: t("officers.choose") },
            ...KINDS.map((value) => ({ value, label: word("officers", value, "kind_") })),
          ]}
        />
        <TextField
          label={t("officers.owner")}
          hint={t("officers.owner_hint")}
          value={owner}
          onValue={(value) => form.set({ owner: value })}
          fault={fault("owner")}
          required
        />
        <TextField
          label={t("officers.due")}
          type="date"
          min={dates.isoDay(now())}
          value={due_on}
          onValue={(value) => form.set({ due_on: value })}
          fault={fault("due_on")}
          required
        />
        {isTraining && (
          <TextField
            label={t("officers.course")}
            hint={t("officers.course_hint")}
            value={course}
            onValue={(value) => form.set({ course: value })}
            fault={fault("course")}
            required
          />
        )}
      </div>
      {takesWords ? (
        <TextArea
          label={t("officers.words_optional")}
          hint={t("officers.sealed_hint")}
          value={words}
          onValue={(value) => form.set({ words: value })}
          fault={fault("words")}
        />
      ) : (
        <p class="hint">{t("officers.wellness_hint")}</p>
      )}
      <SentTrouble sent={submission.sent} again={submission.again} />
      <SendButton sent={submission.sent}>{t("officers.plan")}</SendButton>
    </form>
  );
}
