// A victim who did not call, or whoever speaks for one: the ways agreed to, and how that is known. Names and addresses stay on
// the page alone; what else is entered is kept as a draft.
import { at } from "../../api/client";
import type { Person } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Checkbox, Select, TextField } from "../../ui/fields";
import { Notice, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { type Form, useForm, useSubmission } from "../../ui/submission";
import { languageWords, personWords } from "./words";

const ROLES = ["victim", "reporting_party", "guardian", "victim_representative", "advocate"] as const;

export interface Entry {
  readonly id: string;
  readonly role: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly age: string;
  readonly language: string;
  readonly text_agreed: string;
  readonly email_agreed: string;
  readonly basis: string;
  readonly guardian_of: string;
  readonly [field: string]: string;
}
const EMPTY: Entry = {
  id: "",
  role: "victim",
  name: "",
  phone: "",
  email: "",
  age: "",
  language: "",
  text_agreed: "",
  email_agreed: "",
  basis: "",
  guardian_of: "",
};
const PERSONAL = ["name", "phone", "email", "age"] as const;

interface AddPersonProps {
  number: string;
  people: readonly Person[];
  /** Of a person in the case whom the entry is about; empty for a new one. */
  person: string;
  onStored: () => void;
}

export function AddPerson({ number, people, person, onStored }: AddPersonProps) {
  const { api, t } = useDesk();
  const name = `person/${number}`;
  const form = useForm<Entry>(name, { ...EMPTY, id: person }, PERSONAL);
  const path = at("cases", number, "people");
  const { sent, send, again } = useSubmission<object, object>(
    name,
    (body, key) => api.post(path, body, { key }),
    (_, body) => {
      // What was written since the first try is another entry.
      if (JSON.stringify(bodyOf(form.fields)) === JSON.stringify(body)) form.clear();
      onStored();
    },
  );
  const submit = (event: Event) => {
    event.preventDefault();
    void send(bodyOf(form.fields));
  };
  return (
    <Section title={t("updates.add_title")} takesFocus>
      <form class="form" onSubmit={submit}>
        <Who form={form} people={people} />
        <HowToReach form={form} />
        <TextField
          label={t("updates.basis")}
          hint={t("updates.basis_hint")}
          value={form.fields.basis}
          onValue={(basis) => form.set({ basis })}
          maxLength={200}
          required
        />
        <SentTrouble sent={sent} again={again} />
        {sent.state === "done" && <Notice tone="good">{t("updates.added")}</Notice>}
        <div class="form-end">
          <SendButton sent={sent}>{t("updates.add_do")}</SendButton>
        </div>
      </form>
    </Section>
  );
}

function Who({ form, people }: { form: Form<Entry>; people: readonly Person[] }) {
  const desk = useDesk();
  const { t, me } = desk;
  const { id, role, name, age, language, guardian_of } = form.fields;
  const labelled = people.map((one) => ({ value: one.id, label: personWords(desk, one.id, one.roles) }));
  return (
    <>
      <div class="form-row">
        <Select
          label={t("updates.who")}
          value={id}
          onValue={(value) => form.set({ id: value })}
          options={[{ value: "", label: t("updates.somebody_new") }, ...labelled]}
        />
        {id === "" && (
          <Select
            label={t("updates.role")}
            value={role}
            onValue={(value) => form.set({ role: value })}
            options={ROLES.map((one) => ({ value: one, label: desk.word("updates", one, "role_") }))}
          />
        )}
        <Select
          label={t("updates.language")}
          value={language}
          onValue={(value) => form.set({ language: value })}
          options={[
            { value: "", label: t("updates.not_known") },
            ...me.agency.languages.map((one) => ({ value: one, label: languageWords(desk, one) })),
          ]}
        />
      </div>
      {id === "" && role === "guardian" && (
        <Select
          label={t("updates.guardian_of")}
          hint={t("updates.guardian_hint")}
          value={guardian_of}
          onValue={(value) => form.set({ guardian_of: value })}
          options={[{ value: "", label: t("updates.nobody") }, ...labelled]}
        />
      )}
      <div class="form-row">
        <TextField label={t("updates.name")} value={name} onValue={(value) => form.set({ name: value })} />
        <TextField
          label={t("updates.age")}
          type="number"
          min="0"
          max="130"
          value={age}
          onValue={(value) => form.set({ age: value })}
        />
      </div>
    </>
  );
}

function HowToReach({ form }: { form: Form<Entry> }) {
  const { t } = useDesk();
  const { phone, email, text_agreed, email_agreed } = form.fields;
  return (
    <div class="form-row">
      <div class="field">
        <TextField
          label={t("updates.phone")}
          type="tel"
          value={phone}
          onValue={(value) => form.set({ phone: value })}
          required={text_agreed === "yes"}
        />
        <Checkbox
          label={t("updates.text_agreed")}
          checked={text_agreed === "yes"}
          onChecked={(checked) => form.set({ text_agreed: checked ? "yes" : "" })}
        />
      </div>
      <div class="field">
        <TextField
          label={t("updates.email")}
          type="email"
          value={email}
          onValue={(value) => form.set({ email: value })}
          required={email_agreed === "yes"}
        />
        <Checkbox
          label={t("updates.email_agreed")}
          checked={email_agreed === "yes"}
          onChecked={(checked) => form.set({ email_agreed: checked ? "yes" : "" })}
        />
      </div>
    </div>
  );
}

/** The body of the API: what is left empty is left out, and somebody known keeps their role. */
export function bodyOf(entry: Entry): Record<string, unknown> {
  const { id, role, name, phone, email, age, language, basis, guardian_of } = entry;
  const channels = [
    ...(entry.text_agreed === "yes" ? ["text"] : []),
    ...(entry.email_agreed === "yes" ? ["email"] : []),
  ];
  const texts = { name, phone, email, language };
  const given = Object.entries(texts).flatMap(([key, value]) => (value.trim() ? [[key, value.trim()]] : []));
  return {
    ...(id === "" ? { role } : { id }),
    ...Object.fromEntries(given),
    ...(age === "" ? {} : { age: Number(age) }),
    ...(id === "" && role === "guardian" && guardian_of !== "" ? { guardian_of } : {}),
    channels,
    basis: basis.trim(),
  };
}
