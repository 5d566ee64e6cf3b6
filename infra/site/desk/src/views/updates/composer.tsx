// A message in one's own words to one person: as it will read in their language, how many parts it takes, and whether it would
// go out, before anything is sent. What the API refuses comes with what there is to choose instead.
import { at } from "../../api/client";
import type { Person, Receipt } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Checkbox, Select, TextArea } from "../../ui/fields";
import { Notice, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { type Form, type Sent, useForm, useSubmission } from "../../ui/submission";
import { Choices } from "./choices";
import { PreviewOf, usePreview } from "./preview";
import { personWords, StateChip, wayWords } from "./words";

export interface Writing {
  readonly person: string;
  readonly text: string;
  readonly channel: string;
  readonly wait: string;
  readonly override: string;
  readonly [field: string]: string;
}
const EMPTY: Writing = { person: "", text: "", channel: "", wait: "", override: "" };

interface ComposerProps {
  of: "incidents" | "cases";
  id: string;
  people: readonly Person[];
  onStored: () => void;
}

export function Composer({ of, id, people, onStored }: ComposerProps) {
  const desk = useDesk();
  const { api, t } = desk;
  const name = `message/${of}/${id}`;
  const only = people.length === 1 ? people[0]?.id : undefined;
  const kept = useForm<Writing>(name, { ...EMPTY, person: only ?? "" });
  const path = at(of, id, "messages");
  const { sent, send, again, reset } = useSubmission<object, Receipt>(
    name,
    (body, key) => api.post(path, body, { key }),
    (_, body) => {
      // What was written since the first try is another message.
      if (JSON.stringify(bodyOf(kept.fields)) === JSON.stringify(body)) kept.clear();
      onStored();
    },
  );
  const form: Form<Writing> = {
    ...kept,
    set: (changes) => {
      kept.set(changes);
      // What was said of the last message is no word on this one.
      if (sent.state === "done" || sent.state === "refused") reset();
    },
  };
  const preview = usePreview(path, sent.state === "sending" ? undefined : bodyOf(form.fields));
  const { person, text } = form.fields;
  const submit = (event: Event) => {
    event.preventDefault();
    void send(bodyOf(form.fields));
  };
  return (
    <Section title={t("updates.write_title")} takesFocus>
      <div class="composer">
        <form class="form" onSubmit={submit}>
          {form.isRestored && text !== "" && <p class="hint">{t("updates.restored")}</p>}
          <Select
            label={t("updates.to")}
            value={person}
            onValue={(value) => form.set({ person: value })}
            required
            options={[
              { value: "", label: t("updates.choose_person") },
              ...people.map((one) => ({ value: one.id, label: personOption(one) })),
            ]}
          />
          <TextArea
            label={t("updates.text")}
            hint={t("updates.text_hint")}
            value={text}
            onValue={(value) => form.set({ text: value })}
            rows={4}
            maxLength={2000}
            required
          />
          <Ways form={form} />
          <SentTrouble sent={sent} again={again} />
          <RefusedChoices sent={sent} form={form} number={of === "cases" ? id : undefined} />
          <Stored sent={sent} />
          <div class="form-end">
            <SendButton sent={sent}>{t("updates.send")}</SendButton>
            {text !== "" && (
              <button type="button" onClick={form.clear}>
                {t("updates.discard")}
              </button>
            )}
          </div>
        </form>
        <PreviewOf preview={preview} form={form} number={of === "cases" ? id : undefined} />
      </div>
    </Section>
  );

  function personOption(one: Person): string {
    const address = one.addresses?.join(", ");
    return personWords(desk, one.id, one.roles) + (address ? ` · ${address}` : "");
  }
}

/** The body of the API: what is left empty is left out. */
export function bodyOf({ person, text, channel, wait, override }: Writing): Record<string, unknown> {
  return {
    person,
    text: text.trim(),
    ...(channel === "" ? {} : { channel }),
    ...(wait === "yes" ? { wait: true } : {}),
    ...(override.trim() === "" ? {} : { override_reason: override.trim() }),
  };
}

function Ways({ form }: { form: Form<Writing> }) {
  const { t } = useDesk();
  const { channel, wait, override } = form.fields;
  return (
    <>
      <div class="form-row">
        <Select
          label={t("updates.way")}
          value={channel}
          onValue={(value) => form.set({ channel: value })}
          options={[
            { value: "", label: t("updates.way_usual") },
            { value: "text", label: t("updates.way_text") },
            { value: "email", label: t("updates.way_email") },
          ]}
        />
        <Checkbox
          label={t("updates.wait")}
          checked={wait === "yes"}
          onChecked={(checked) => form.set({ wait: checked ? "yes" : "" })}
        />
      </div>
      {override !== "" && (
        <TextArea
          label={t("updates.override")}
          hint={t("updates.override_hint")}
          value={override === " " ? "" : override}
          onValue={(value) => form.set({ override: value === "" ? " " : value })}
          rows={2}
          maxLength={200}
          required
        />
      )}
    </>
  );
}

function RefusedChoices({
  sent,
  form,
  number,
}: {
  sent: Sent<Receipt>;
  form: Form<Writing>;
  number: string | undefined;
}) {
  const { word } = useDesk();
  if (sent.state !== "refused") return null;
  const { reason, choices = [] } = sent.error.problem;
  return (
    <>
      {reason !== undefined && <p class="why">{word("reasons", reason)}</p>}
      <Choices choices={choices} form={form} number={number} />
    </>
  );
}

function Stored({ sent }: { sent: Sent<Receipt> }) {
  const desk = useDesk();
  if (sent.state !== "done") return null;
  return (
    <Notice tone="good">
      <p>
        <strong>{desk.t("updates.stored")}</strong>
      </p>
      <ul class="plain-list">
        {sent.answer.ways.map((way) => (
          <li key={way.channel}>
            {wayWords(desk, way.channel)}: <StateChip state={way.state} reason={way.reason} />
            {way.until !== undefined &&
              ` · ${desk.t("updates.until", { until: desk.dates.moment(way.until) })}`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
