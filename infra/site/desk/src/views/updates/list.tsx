// Updates as lines: when, about what, which, to whom, by which way, and what became of it.
import type { Update } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import { type Column, Table } from "../../ui/table";
import { AboutLink, kindWords, languageWords, personWords, StateChip, wayWords } from "./words";

interface ListProps {
  updates: readonly Update[];
  caption: string;
  /** Whether the lines are of more than one day. */
  withDay?: boolean;
}

export function List({ updates, caption, withDay = false }: ListProps) {
  const desk = useDesk();
  const { t, dates } = desk;
  const columns: Column<Update>[] = [
    {
      name: "at",
      title: t("updates.at"),
      cell: ({ at }) => (
        <time dateTime={at} class="number">
          {withDay ? dates.moment(at) : dates.time(at)}
        </time>
      ),
    },
    {
      name: "about",
      title: t("updates.about"),
      cell: (update) => <AboutLink update={update} />,
      kind: "row",
    },
    { name: "kind", title: t("updates.kind"), cell: ({ kind }) => kindWords(desk, kind) },
    { name: "to", title: t("updates.to"), cell: ({ person, roles }) => personWords(desk, person, roles) },
    {
      name: "way",
      title: t("updates.way"),
      cell: ({ channel, language }) => (
        <>
          {wayWords(desk, channel)}
          {language !== undefined && language !== desk.me.agency.default_language && (
            <span class="quiet"> · {languageWords(desk, language)}</span>
          )}
        </>
      ),
    },
    {
      name: "state",
      title: t("updates.became"),
      cell: ({ state, reason }) => <StateChip state={state} reason={reason} />,
    },
  ];
  return <Table caption={caption} columns={columns} rows={updates} rowKey={lineKey} look="lines" />;
}

function lineKey(update: Update): string {
  const { incident, case: number, person, kind, ordinal, channel, at, state } = update;
  return [incident, number, person, kind, ordinal, channel, at, state].join(" ");
}
