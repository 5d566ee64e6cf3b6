// Open cases, those that wait longest first, each with the sum behind its score; and the watch list, which is no case.
import type { AlertItem, AlertList } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { go, href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Checkbox, Select } from "../../ui/fields";
import { Chip, Empty, Page, Section } from "../../ui/page";
import { Loaded } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";
import { Person } from "../officers/person";
import { MoreButton, usePages } from "../pages";
import { SumLine } from "../score/line";
import { useSeen } from "../seen";
import { byUrgency } from "./order";
import { Due, StateChip, WAY } from "./state";
import { WatchList } from "./watch";

import "../../style/officers.css";

export default function Inbox({ query }: ViewProps) {
  const { api, t } = useDesk();
  const asked = {
    unit: query.get("unit") ?? "",
    state: query.get("state") ?? "",
    due: query.get("due") ?? "",
  };
  const pages = usePages<AlertList>(`alerts?${query}`, (cursor, signal) =>
    api.get("/v1/alerts", { ...asked, limit: "50", cursor }, signal),
  );
  const ask = (changes: Partial<typeof asked>) => {
    const next = Object.entries({ ...asked, ...changes }).filter(([, value]) => value !== "");
    go(`${href("alerts")}${next.length > 0 ? `?${new URLSearchParams(next)}` : ""}`);
  };
  return (
    <Page title={t("officers.alerts")} tab={t("officers.alerts")} lead={t("officers.alerts_lead")}>
      <Filters asked={asked} ask={ask} alerts={pages.value?.flatMap((page) => page.alerts) ?? []} />
      <Loaded of={pages}>
        {(found) => (
          <>
            <Cases
              alerts={found.flatMap((page) => page.alerts)}
              filtered={Object.values(asked).some((value) => value !== "")}
            />
            <MoreButton pages={pages} />
            <WatchList watch={found[0]?.watch ?? []} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface FiltersProps {
  asked: { unit: string; state: string; due: string };
  ask: (changes: Partial<FiltersProps["asked"]>) => void;
  alerts: readonly AlertItem[];
}

function Filters({ asked, ask, alerts }: FiltersProps) {
  const { t, word } = useDesk();
  const units = useSeen([...alerts.flatMap(({ officer }) => officer?.unit ?? []), asked.unit]);
  const open = WAY.filter((state) => state !== "Closed");
  return (
    <form
      class="choose no-print"
      aria-label={t("officers.filters")}
      onSubmit={(event) => event.preventDefault()}
    >
      <Select
        label={t("officers.unit")}
        value={asked.unit}
        onValue={(unit) => ask({ unit })}
        options={[
          { value: "", label: t("officers.all_units") },
          ...units.map((unit) => ({ value: unit, label: unit })),
        ]}
      />
      <Select
        label={t("officers.state")}
        value={asked.state}
        onValue={(state) => ask({ state })}
        options={[
          { value: "", label: t("officers.all_states") },
          ...open.map((state) => ({ value: state, label: word("officers", state, "state_") })),
        ]}
      />
      <Checkbox
        label={t("officers.only_overdue")}
        checked={asked.due === "overdue"}
        onChecked={(checked) => ask({ due: checked ? "overdue" : "" })}
      />
    </form>
  );
}

function Cases({ alerts, filtered }: { alerts: readonly AlertItem[]; filtered: boolean }) {
  const { t, n } = useDesk();
  const columns: Column<AlertItem>[] = [
    { name: "officer", title: t("officers.officer"), kind: "row", cell: (item) => <Who item={item} /> },
    {
      name: "state",
      title: t("officers.state"),
      cell: (item) => (
        <>
          <StateChip state={item.state} />
          {item.contested && <Chip tone="waiting">{t("officers.contested")}</Chip>}
        </>
      ),
    },
    {
      name: "due",
      title: t("officers.due"),
      cell: (item) => <Due on={item.due_on} overdue={item.overdue} />,
    },
    { name: "why", title: t("officers.why"), kind: "wide", cell: (item) => <Why item={item} /> },
  ];
  return (
    <Section title={n("officers.open_cases", alerts.length)}>
      {alerts.length === 0 ? (
        <Empty>{t(filtered ? "officers.no_cases_filtered" : "officers.no_cases")}</Empty>
      ) : (
        <Table
          caption={t("officers.open_caption")}
          columns={columns}
          rows={byUrgency(alerts)}
          rowKey={(item) => item.alert_id}
          rowClass={(item) => (item.overdue ? "is-overdue" : undefined)}
        />
      )}
    </Section>
  );
}

function Who({ item }: { item: AlertItem }) {
  const to = href("alerts", item.alert_id);
  if (item.officer === null) return <a href={to}>{item.officer_id}</a>;
  return <Person officer={item.officer} to={to} />;
}

function Why({ item }: { item: AlertItem }) {
  const { t } = useDesk();
  return (
    <div class="why">
      <SumLine contributions={item.contributions} s={item.s} />
      {item.thresholds.length > 0 && (
        <ul class="rules" lang="en">
          {item.thresholds.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {item.sentence !== undefined && (
        <details>
          <summary>{t("officers.in_words")}</summary>
          <p lang="en">{item.sentence}</p>
        </details>
      )}
    </div>
  );
}
