// The steps that are open to this person, exactly as the API names them, and the form of the one that is chosen. A step that is
// refused, or of which it is not known whether it was taken, leads to reading the case again: the log says what happened.
import { useEffect, useRef, useState } from "preact/hooks";
import type { AlertView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Choices, Select, TextArea, TextField } from "../../ui/fields";
import { Empty, Notice, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { type Form, useForm, useSubmission } from "../../ui/submission";
import { faultOf } from "../faults";
import {
  body,
  DISPOSITIONS,
  type Field,
  maySuppress,
  missing,
  type Offer,
  OUTCOMES,
  offers,
  RULINGS,
} from "./steps";

const BLANK = { reason: "", disposition: "", suppress_until: "", outcome: "", into: "", ruling: "" };

interface StepsProps {
  view: AlertView;
  reload: () => void;
}

export function StepsPanel({ view, reload }: StepsProps) {
  const { t, may } = useDesk();
  const open = may("POST /v1/alerts/{id}/transitions") ? offers(view.legal, view.alert) : [];
  const [chosen, setChosen] = useState("");
  const [conflict, setConflict] = useState<string>();
  const [taken, setTaken] = useState<string>();
  const said = useRef<HTMLDivElement>(null);
  const done = (label: string) => {
    setTaken(label);
    // The form goes away with the step; the reader stays where it was.
    said.current?.focus();
    reload();
  };
  const offer = open.find((one) => one.word === chosen);
  return (
    <Section title={t("officers.next_step")}>
      <div ref={said} tabIndex={-1} class="taken no-print">
        {conflict !== undefined && (
          <Notice tone="warn">
            <p>
              <strong>{t("officers.moved_on")}</strong> {conflict}
            </p>
          </Notice>
        )}
        {taken !== undefined && conflict === undefined && (
          <Notice tone="good">{t("officers.step_taken", { step: taken })}</Notice>
        )}
      </div>
      {open.length === 0 ? (
        <Empty>{t("officers.no_step")}</Empty>
      ) : (
        <div class="steps no-print">
          <Choices
            legend={t("officers.open_to_you")}
            value={offer?.word ?? ""}
            onValue={setChosen}
            options={open.map((one) => ({
              value: one.word,
              label: t(`officers.step_${one.label}` as "officers.step_take_up"),
              hint: t(`officers.hint_${one.label}` as "officers.hint_take_up"),
            }))}
          />
          {offer && (
            <StepForm
              key={offer.word}
              view={view}
              offer={offer}
              reload={reload}
              onConflict={setConflict}
              onTaken={done}
            />
          )}
        </div>
      )}
    </Section>
  );
}

interface StepFormProps extends StepsProps {
  offer: Offer;
  /** The case has moved on since it was read. */
  onConflict: (detail: string | undefined) => void;
  /** With the words of the step. */
  onTaken: (label: string) => void;
}

function StepForm({ view, offer, reload, onConflict, onTaken }: StepFormProps) {
  const { api, t, dates, now } = useDesk();
  const id = view.alert.alert_id;
  const name = `step ${id} ${offer.word}`;
  const form = useForm(name, BLANK);
  const submission = useSubmission(
    name,
    (asked: object) => api.post(`/v1/alerts/${encodeURIComponent(id)}/transitions`, asked),
    () => {
      form.clear();
      onTaken(t(`officers.step_${offer.label}` as "officers.step_take_up"));
    },
  );
  const lacking = missing(offer, form.fields);
  const early = offer.check !== undefined && offer.check.due_on > dates.isoDay(now());
  const { sent } = submission;
  const conflict = sent.state === "refused" && sent.error.trouble === "conflict" ? sent.error : undefined;
  useEffect(() => {
    if (conflict === undefined) return;
    onConflict(conflict.problem.detail ?? "");
    reload();
  }, [conflict, onConflict, reload]);
  const send = () => {
    onConflict(undefined);
    void submission.send(body(offer, form.fields));
  };
  return (
    <form
      class="panel form"
      aria-label={t(`officers.step_${offer.label}` as "officers.step_take_up")}
      onSubmit={(event) => {
        event.preventDefault();
        if (lacking.length === 0) send();
      }}
    >
      {form.isRestored && <p class="hint">{t("officers.restored")}</p>}
      {offer.check && early && (
        <Notice>{t("officers.look_early", { day: dates.day(offer.check.due_on) })}</Notice>
      )}
      <Fields offer={offer} form={form} fault={faultOf(sent)} />
      {conflict === undefined && <SentTrouble sent={sent} again={submission.again} />}
      {!early && <SendButton sent={sent}>{t("officers.take_step")}</SendButton>}
    </form>
  );
}

interface FieldsProps {
  offer: Offer;
  form: Form<typeof BLANK>;
  fault: (field: string) => string | undefined;
}

function Fields({ offer, form, fault }: FieldsProps) {
  const { t, dates, now } = useDesk();
  const { fields, set } = form;
  const has = (field: Field) => offer.fields.includes(field);
  return (
    <>
      {has("disposition") && (
        <Words field="disposition" values={DISPOSITIONS} form={form} fault={fault("disposition")} />
      )}
      {fields.disposition === "ReferIA" && has("disposition") && <Notice>{t("officers.refer_hint")}</Notice>}
      {has("outcome") && <Words field="outcome" values={OUTCOMES} form={form} fault={fault("outcome")} />}
      {has("ruling") && <Words field="ruling" values={RULINGS} form={form} fault={fault("ruling")} />}
      {has("into") && (
        <TextField
          label={t("officers.into")}
          hint={t("officers.into_hint")}
          value={fields.into}
          onValue={(into) => set({ into })}
          fault={fault("into")}
          required
        />
      )}
      {has("suppress_until") && maySuppress(fields) && (
        <TextField
          label={t("officers.suppress_until")}
          hint={t("officers.suppress_hint")}
          type="date"
          min={dates.isoDay(now())}
          value={fields.suppress_until}
          onValue={(suppress_until) => set({ suppress_until })}
          fault={fault("suppress_until")}
        />
      )}
      {offer.reason !== "none" && (
        <TextArea
          label={t(offer.reason === "wanted" ? "officers.reason" : "officers.words_optional")}
          hint={t("officers.sealed_hint")}
          value={fields.reason}
          onValue={(reason) => set({ reason })}
          fault={fault("reason")}
          required={offer.reason === "wanted"}
          rows={4}
        />
      )}
    </>
  );
}

interface WordsProps {
  field: "disposition" | "outcome" | "ruling";
  values: readonly string[];
  form: Form<typeof BLANK>;
  fault: string | undefined;
}

function Words({ field, values, form, fault }: WordsProps) {
  const { t, word } = useDesk();
  return (
    <Select
      label={t(`officers.${field}`)}
      value={form.fields[field]}
      onValue={(value) => form.set({ [field]: value })}
      fault={fault}
      required
      options={[
        { value: "", label: t("officers.choose") },
        ...values.map((value) => ({ value, label: word("officers", value, `${field}_`) })),
      ]}
    />
  );
}
