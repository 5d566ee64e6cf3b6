// What is known of a number or an e-mail address, and what staff have to say about it. The address stays on this page: it goes
// to the API in a body, comes back masked, and is kept nowhere.
import { useState } from "preact/hooks";
import type { Contact } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import type { ViewProps } from "../../shell/views";
import { TextField } from "../../ui/fields";
import { Notice, Page, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useSubmission } from "../../ui/submission";
import { Entries } from "./entries";
import { languageOf, optOutWords, standing } from "./words";

export default function Contacts(_: ViewProps) {
  const { api, t, may } = useDesk();
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<{ address: string; contact: Contact } | undefined>(undefined);
  const { sent, send, again } = useSubmission<{ address: string }, Contact>(
    "contact-search",
    (body) => api.post("/v1/contacts/search", body),
    (contact, { address }) => setFound({ address, contact }),
  );
  const search = (event: Event) => {
    event.preventDefault();
    const address = typed.trim();
    if (address === "") return;
    setFound(undefined);
    void send({ address });
  };
  return (
    <Page title={t("contacts.title")} tab={t("contacts.title")} lead={t("contacts.lead")}>
      <search class="search">
        <form onSubmit={search}>
          <div class="search-line">
            <TextField label={t("contacts.address")} value={typed} onValue={setTyped} required />
            <SendButton sent={sent}>{t("contacts.look_up")}</SendButton>
          </div>
          <SentTrouble sent={sent} again={again} />
        </form>
      </search>
      {found && (
        <>
          <Standing contact={found.contact} />
          {may("PUT /v1/contacts") && (
            <Entries
              key={found.address}
              address={found.address}
              contact={found.contact}
              onEntered={(contact) => setFound({ address: found.address, contact })}
            />
          )}
        </>
      )}
    </Page>
  );
}

/** What stands in the way, first; then the rest. */
function Standing({ contact }: { contact: Contact }) {
  const desk = useDesk();
  const { t, dates } = desk;
  const lines = standing(desk, contact);
  return (
    <Section title={t("contacts.known_title", { address: contact.address })}>
      {!contact.known && <Notice>{t("contacts.unknown")}</Notice>}
      {contact.known && lines.length === 0 && <Notice tone="good">{t("contacts.free")}</Notice>}
      {lines.map(({ tone, words }) => (
        <Notice key={words} tone={tone}>
          {words}
        </Notice>
      ))}
      <dl class="facts">
        {contact.opt_outs.map((one) => (
          <Fact key={JSON.stringify(one)} name={t("contacts.opt_out")}>
            {optOutWords(desk, one)}
          </Fact>
        ))}
        {contact.language !== undefined && (
          <Fact name={t("updates.language")}>{languageOf(desk, contact.language)}</Fact>
        )}
        {contact.last_survey_at !== undefined && (
          <Fact name={t("contacts.last_survey")}>{dates.moment(contact.last_survey_at)}</Fact>
        )}
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
