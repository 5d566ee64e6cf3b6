// Who is in a call or case, as far as the desk shows it: role, language, ways, the end of an address.
import type { ComponentChildren } from "preact";
import type { Person } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { Section } from "../../ui/page";
import { Table } from "../../ui/table";
import { languageWords, wayWords } from "./words";

export function People({ people, actions }: { people: readonly Person[]; actions?: ComponentChildren }) {
  const desk = useDesk();
  const { t, word } = desk;
  if (people.length === 0) return actions ? <Section title={t("updates.people")} actions={actions} /> : null;
  return (
    <Section title={t("updates.people")} actions={actions}>
      <Table
        caption={t("updates.people")}
        rows={people}
        rowKey={({ id }) => id}
        columns={[
          {
            name: "roles",
            title: t("updates.roles"),
            kind: "row",
            cell: ({ roles }) => roles.map((role) => word("updates", role, "role_")).join(", "),
          },
          { name: "id", title: t("updates.id"), cell: ({ id }) => <span class="number">{id}</span> },
          {
            name: "language",
            title: t("updates.language"),
            cell: ({ language }) => (language ? languageWords(desk, language) : <span class="quiet">–</span>),
          },
          {
            name: "ways",
            title: t("updates.ways"),
            cell: ({ channels = [] }) =>
              channels.map((channel) => wayWords(desk, channel)).join(", ") || <span class="quiet">–</span>,
          },
          {
            name: "addresses",
            title: t("updates.addresses"),
            cell: ({ addresses = [] }) => addresses.join(", ") || <span class="quiet">–</span>,
          },
        ]}
      />
    </Section>
  );
}
