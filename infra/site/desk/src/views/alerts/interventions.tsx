// What is done for the officer, how it goes, and the looks afterwards.
import { useState } from "preact/hooks";
import type { AlertView, Check, Intervention } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Select, TextArea } from "../../ui/fields";
import { Chip, Empty, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useForm, useSubmission } from "../../ui/submission";
import { PlanForm } from "./plan-form";
import { hasEnded, mayPlan, mayRecord, progressOf } from "./steps";

interface InterventionsProps {
  view: AlertView;
  reload: () => void;
}

export function Interventions({ view, reload }: InterventionsProps) {
  const { t, may } = useDesk();
  const { interventions = [], checks = [], state } = view.alert;
  const mayWork = may("POST /v1/alerts/{id}/interventions");
  const plans = mayWork && mayPlan(view.legal);
  if (interventions.length === 0 && checks.length === 0 && !plans) return null;
  return (
    <Section title={t("officers.interventions")}>
      {interventions.length === 0 ? (
        <Empty>{t("officers.no_interventions")}</Empty>
      ) : (
        <ul class="interventions">
          {interventions.map((one) => (
            <li key={one.number}>
              <One one={one} />
              {mayWork && mayRecord(view.legal, state) && !hasEnded(one.progress) && (
                <ProgressForm id={view.alert.alert_id} one={one} reload={reload} />
              )}
            </li>
          ))}
        </ul>
      )}
      {plans && <PlanForm view={view} reload={reload} />}
      {checks.length > 0 && <Checks checks={checks} />}
    </Section>
  );
}

function One({ one }: { one: Intervention }) {
  const { t, word, dates } = useDesk();
  return (
    <p>
      <strong>
        {one.number}. {word("officers", one.kind, "kind_")}
        {one.course && `: ${one.course}`}
      </strong>{" "}
      <Chip tone={hasEnded(one.progress) ? "good" : "under-way"}>
        {word("officers", one.progress, "progress_")}
      </Chip>
      <small>
        {t("officers.intervention_facts", {
          owner: one.owner,
          due: dates.day(one.due_on),
          planned: dates.day(one.planned_on),
        })}
        {one.ended_on && ` ${t("officers.ended_on", { day: dates.day(one.ended_on) })}`}
      </small>
    </p>
  );
}

function ProgressForm({ id, one, reload }: { id: string; one: Intervention; reload: () => void }) {
  const { api, t, word } = useDesk();
  const [open, setOpen] = useState(false);
  const name = `progress ${id} ${one.number}`;
  const form = useForm(name, { progress: "", words: "" });
  const submission = useSubmission(
    name,
    (body: object) => api.post(`/v1/alerts/${encodeURIComponent(id)}/interventions`, body),
    () => {
      form.clear();
      reload();
    },
  );
  // Of a wellness referral nothing is kept but whether it was offered, declined or attended.
  const takesWords = one.kind !== "wellness_referral";
  const send = () => {
    const { progress, words } = form.fields;
    const said = takesWords && words.trim() !== "" ? { words } : {};
    void submission.send({ number: one.number, progress, ...said });
  };
  if (!open && !form.isRestored) {
    return (
      <button type="button" class="no-print" onClick={() => setOpen(true)}>
        {t("officers.record_progress")}
      </button>
    );
  }
  return (
    <form
      class="form no-print"
      onSubmit={(event) => {
        event.preventDefault();
        if (form.fields.progress !== "") send();
      }}
    >
      <Select
        label={t("officers.how_it_went")}
        value={form.fields.progress}
        onValue={(progress) => form.set({ progress })}
        required
        options={[
          { value: "", label: t("officers.choose") },
          ...progressOf(one.kind).map((value) => ({ value, label: word("officers", value, "progress_") })),
        ]}
      />
      {takesWords ? (
        <TextArea
          label={t("officers.words_optional")}
          value={form.fields.words}
          onValue={(words) => form.set({ words })}
        />
      ) : (
        <p class="hint">{t("officers.wellness_hint")}</p>
      )}
      {one.kind === "training" && <p class="hint">{t("officers.training_hint")}</p>}
      <SentTrouble sent={submission.sent} again={submission.again} />
      <SendButton sent={submission.sent}>{t("officers.record")}</SendButton>
    </form>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  const { t, dates } = useDesk();
  return (
    <>
      <h3>{t("officers.looks")}</h3>
      <ul class="checks">
        {checks.map((check) => (
          <li key={check.day}>
            {t("officers.check_after", { days: check.day })}:{" "}
            {check.done_on
              ? t("officers.look_taken", { day: dates.day(check.done_on) })
              : t("officers.look_due", { day: dates.day(check.due_on) })}
          </li>
        ))}
      </ul>
      <p class="small">{t("officers.regression")}</p>
    </>
  );
}
