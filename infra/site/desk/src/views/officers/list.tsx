// The officers within reach, to be found by name, unit or what is due. A level stands here only as the way to the record, where
// its reasons are.
import { useState } from "preact/hooks";
import type { Listed, OfficerList } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { go, href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Select, TextField } from "../../ui/fields";
import { Chip, Empty, Page } from "../../ui/page";
import { Loaded } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";
import { MoreButton, usePages } from "../pages";
import { useSeen } from "../seen";
import { Person } from "./person";

import "../../style/officers.css";

const FILTERS = ["unit", "level", "training", "employee_type", "active"] as const;
type Asked = Record<(typeof FILTERS)[number], string>;

export default function Officers({ query }: ViewProps) {
  const { api, t } = useDesk();
  const [name, setName] = useState("");
  const asked = Object.fromEntries(FILTERS.map((filter) => [filter, query.get(filter) ?? ""])) as Asked;
  const pages = usePages<OfficerList>(`officers?${query}`, (cursor, signal) =>
    api.get("/v1/officers", { ...asked, limit: "200", cursor }, signal),
  );
  const ask = (changes: Partial<Asked>) => {
    const next = Object.entries({ ...asked, ...changes }).filter(([, value]) => value !== "");
    go(`${href("officers")}${next.length > 0 ? `?${new URLSearchParams(next)}` : ""}`);
  };
  const all = pages.value?.flatMap((page) => page.officers) ?? [];
  return (
    <Page title={t("officers.officers")} tab={t("officers.officers")} lead={t("officers.officers_lead")}>
      <form
        class="choose no-print"
        aria-label={t("officers.filters")}
        onSubmit={(event) => event.preventDefault()}
      >
        <TextField label={t("officers.find")} type="search" value={name} onValue={setName} />
        <FilterFields asked={asked} ask={ask} officers={all} />
      </form>
      <Loaded of={pages}>
        {() => (
          <>
            <Roster officers={named(all, name)} />
            <MoreButton pages={pages} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Those whose name or number holds what was typed. */
export function named(officers: readonly Listed[], typed: string): readonly Listed[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === "") return officers;
  return officers.filter((officer) =>
    `${officer.name ?? ""} ${officer.officer_id}`.toLocaleLowerCase().includes(wanted),
  );
}

interface FilterProps {
  asked: Asked;
  ask: (changes: Partial<Asked>) => void;
  officers: readonly Listed[];
}

function FilterFields({ asked, ask, officers }: FilterProps) {
  const { t, word } = useDesk();
  const units = useSeen([...officers.map((officer) => officer.unit), asked.unit]);
  const options = (all: string, values: readonly string[], prefix: string) => [
    { value: "", label: all },
    ...values.map((value) => ({ value, label: word("officers", value, prefix) })),
  ];
  return (
    <>
      <Select
        label={t("officers.unit")}
        value={asked.unit}
        onValue={(unit) => ask({ unit })}
        options={options(t("officers.all_units"), units, "unit_")}
      />
      <Select
        label={t("officers.level")}
        value={asked.level}
        onValue={(level) => ask({ level })}
        options={options(t("officers.any"), ["review", "watch", "none"], "level_")}
      />
      <Select
        label={t("officers.training")}
        value={asked.training}
        onValue={(training) => ask({ training })}
        options={options(t("officers.any"), ["overdue"], "training_")}
      />
      <Select
        label={t("officers.employed_as")}
        value={asked.employee_type}
        onValue={(employee_type) => ask({ employee_type })}
        options={options(t("officers.any"), ["sworn", "civilian"], "type_")}
      />
      <Select
        label={t("officers.on_duty")}
        value={asked.active}
        onValue={(active) => ask({ active })}
        options={options(t("officers.any"), ["true", "false"], "active_")}
      />
    </>
  );
}

function Roster({ officers }: { officers: readonly Listed[] }) {
  const { t, n } = useDesk();
  const columns: Column<Listed>[] = [
    { name: "officer", title: t("officers.officer"), kind: "row", cell: (one) => <Person officer={one} /> },
    { name: "unit", title: t("officers.unit"), cell: (one) => one.unit },
    { name: "list", title: t("officers.level"), cell: (one) => <Level one={one} /> },
    {
      name: "training",
      title: t("officers.training"),
      cell: (one) =>
        one.training_overdue > 0 ? (
          <Chip tone="waiting">{n("officers.courses_overdue", one.training_overdue)}</Chip>
        ) : (
          ""
        ),
    },
    {
      name: "duty",
      title: t("officers.on_duty"),
      cell: (one) => t(one.active ? "officers.active_true" : "officers.active_false"),
    },
  ];
  if (officers.length === 0) return <Empty>{t("officers.nobody")}</Empty>;
  return (
    <Table
      caption={n("officers.roster_caption", officers.length)}
      showCaption
      columns={columns}
      rows={officers}
      rowKey={(one) => one.officer_id}
    />
  );
}

function Level({ one }: { one: Listed }) {
  const { t, word } = useDesk();
  if (one.alert_id !== undefined) return <a href={href("alerts", one.alert_id)}>{t("officers.open_case")}</a>;
  if (one.level === undefined || one.level === "none") return null;
  return <a href={`${href("officers", one.officer_id)}`}>{word("officers", one.level, "level_")}</a>;
}
