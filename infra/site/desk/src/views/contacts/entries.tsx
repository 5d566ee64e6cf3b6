// The entries about an address: a wish, a revocation that came by telephone, a safe way, that it works again.
import { useState } from "preact/hooks";
import type { Contact } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Choices } from "../../ui/fields";
import { Notice, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useSubmission } from "../../ui/submission";
import { type Draft, emptyDraft, entryOf, type What } from "./entry";
import { RevocationFields, SafeFields, WishFields } from "./fields";

interface EntriesProps {
  address: string;
  contact: Contact;
  onEntered: (contact: Contact) => void;
}

export function Entries({ address, contact, onEntered }: EntriesProps) {
  const desk = useDesk();
  const { api, t, me, dates, now } = desk;
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(dates, now()));
  const { sent, send, again, reset } = useSubmission<object, Contact>(
    "contact",
    (body) => api.put("/v1/contacts", body),
    onEntered,
  );
  const set = (changes: Partial<Draft>) => {
    if (sent.state !== "sending") reset();
    setDraft((before) => ({ ...before, ...changes }));
  };
  const body = entryOf(draft, dates);
  const submit = (event: Event) => {
    event.preventDefault();
    if (body !== undefined) void send({ address, ...body });
  };
  // `/v1/me` names routes, not what may stand in a body; the API refuses the others all the same.
  const mayConfirm = me.roles.includes("victim_services") || me.roles.includes("admin");
  const whats: readonly What[] = [
    "wish",
    "revocation",
    ...(mayConfirm ? (["safe"] as const) : []),
    ...(contact.undeliverable ? (["works"] as const) : []),
  ];
  return (
    <Section title={t("contacts.enter_title")}>
      <form class="form" onSubmit={submit}>
        <Choices
          legend={t("contacts.enter_what")}
          value={draft.what}
          onValue={(what) => set({ what: what as What })}
          options={whats.map((what) => ({
            value: what,
            label: t(`contacts.what_${what}`),
            hint: t(`contacts.what_${what}_hint`),
          }))}
        />
        {draft.what === "wish" && <WishFields draft={draft} set={set} />}
        {draft.what === "revocation" && <RevocationFields draft={draft} set={set} />}
        {draft.what === "safe" && <SafeFields draft={draft} set={set} />}
        <SentTrouble sent={sent} again={again} />
        {sent.state === "done" && <Notice tone="good">{t("contacts.entered")}</Notice>}
        <div class="form-end">
          <SendButton sent={sent}>{t("contacts.enter")}</SendButton>
        </div>
      </form>
    </Section>
  );
}
