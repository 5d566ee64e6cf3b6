// The events behind a score and the rules, as they stand now: with the finding, and what each still weighs.
import type { Explanation, RecordedEvent } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Empty } from "../../ui/page";
import { type Column, Table } from "../../ui/table";
import { figures } from "../score/figures";

interface EventsProps {
  events: readonly RecordedEvent[];
  /** The score that counted them; without it nothing is said of weights. */
  score?: Explanation | undefined;
}

export function Events({ events, score }: EventsProps) {
  const { t, word, language } = useDesk();
  const { plain } = figures(language);
  const weights = weightsOf(score);
  const rules = rulesOf(score);
  const columns: Column<RecordedEvent>[] = [
    {
      name: "what",
      title: t("officers.event"),
      kind: "row",
      cell: (event) => (
        <>
          {word("officers", event.indicator, "indicator_one_")}
          <small>{event.event_id}</small>
        </>
      ),
    },
    { name: "occurred", title: t("officers.occurred"), cell: (event) => <Day on={event.occurred_on} /> },
    { name: "reported", title: t("officers.reported"), cell: (event) => <Day on={event.reported_on} /> },
    { name: "finding", title: t("officers.finding"), cell: (event) => <Finding event={event} /> },
    {
      name: "unit",
      title: t("officers.unit_then"),
      cell: (event) => event.unit && <span class="nowrap">{event.unit}</span>,
    },
  ];
  if (score !== undefined) {
    columns.push(
      {
        name: "weight",
        title: t("officers.weighs"),
        kind: "number",
        cell: (event) => {
          const weight = weights.get(event.event_id);
          return weight === undefined ? t("officers.weighs_nothing") : plain(weight);
        },
      },
      {
        name: "rules",
        title: t("officers.in_rules"),
        cell: (event) => (rules.get(event.event_id) ?? []).join(", "),
      },
    );
  }
  if (events.length === 0) return <Empty>{t("officers.no_events")}</Empty>;
  return (
    <Table
      caption={t("officers.events_caption")}
      columns={columns}
      rows={events}
      rowKey={(event) => event.event_id}
      rowClass={(event) => (event.voided ? "is-voided" : undefined)}
    />
  );
}

function Day({ on }: { on: string }) {
  const { dates } = useDesk();
  return (
    <time class="nowrap" dateTime={on}>
      {dates.day(on)}
    </time>
  );
}

function Finding({ event }: { event: RecordedEvent }) {
  const { t, word, dates } = useDesk();
  if (event.voided) return <>{t("officers.voided")}</>;
  return (
    <>
      {word("officers", event.finding, "finding_")}
      {event.closed_on && <small>{dates.day(event.closed_on)}</small>}
    </>
  );
}

function weightsOf(score: Explanation | undefined): ReadonlyMap<string, number> {
  const counted = score?.terms.flatMap((term) => term.events) ?? [];
  return new Map(counted.map((event) => [event.event_id, event.weight]));
}

function rulesOf(score: Explanation | undefined): ReadonlyMap<string, readonly string[]> {
  const rules = new Map<string, string[]>();
  for (const met of score?.thresholds ?? []) {
    for (const id of met.events) rules.set(id, [...(rules.get(id) ?? []), met.rule]);
  }
  return rules;
}
