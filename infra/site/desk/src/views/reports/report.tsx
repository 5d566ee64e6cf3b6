// What commanders print: training, coaching, a year's record, the yearly evaluation, the fairness of the last night. None holds a
// score of a person.
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Empty, Page } from "../../ui/page";
import { Loaded } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";
import { CourseStatus } from "../officers/training";
import { MoreButton, usePages } from "../pages";
import { PrintButton } from "../print";
import { figures } from "../score/figures";
import { Fairness, type FairnessReport } from "./fairness";
import { type Cells, columnsOf, reportsFor, type Value } from "./tables";

import "../../style/officers.css";

interface Answer {
  readonly rows?: readonly Cells[];
  readonly next?: string;
}

export default function Report({ params }: ViewProps) {
  const { api, t, word, me } = useDesk();
  const open = reportsFor(me.roles);
  const name = open.includes(params.name ?? "") ? (params.name ?? "") : "training";
  const pages = usePages<Answer & Partial<FairnessReport>>(`report ${name}`, (cursor, signal) =>
    api.get(`/v1/reports/${name}`, { limit: "200", cursor }, signal),
  );
  return (
    <Page
      title={word("officers", name, "report_")}
      tab={t("officers.reports")}
      lead={word("officers", name, "report_lead_")}
      actions={<PrintButton />}
    >
      <nav class="tabs no-print" aria-label={t("officers.reports")}>
        {open.map((one) => (
          <a key={one} href={href("reports", one)} aria-current={one === name ? "page" : undefined}>
            {word("officers", one, "report_")}
          </a>
        ))}
      </nav>
      <Loaded of={pages}>
        {(found) =>
          name === "fairness" ? (
            <Fairness report={found[0] as unknown as FairnessReport} />
          ) : (
            <>
              <Rows name={name} rows={found.flatMap((page) => page.rows ?? [])} />
              <MoreButton pages={pages} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Rows({ name, rows }: { name: string; rows: readonly Cells[] }) {
  const { t, n, word } = useDesk();
  if (rows.length === 0) return <Empty>{t("officers.report_empty")}</Empty>;
  const columns = columnsOf(name).map(
    (column): Column<Cells> => ({
      name: column,
      title: word("officers", column, "column_"),
      ...(column === "name" || column === "measure" ? ({ kind: "row" } as const) : {}),
      ...(typeof rows.find((row) => row[column] !== null)?.[column] === "number"
        ? ({ kind: "number" } as const)
        : {}),
      cell: (row) => <Cell report={name} column={column} row={row} value={row[column]} />,
    }),
  );
  return (
    <Table
      caption={n("officers.rows", rows.length)}
      showCaption
      columns={columns}
      rows={rows}
      rowKey={(row) => JSON.stringify(row)}
    />
  );
}

interface CellProps {
  report: string;
  column: string;
  row: Cells;
  value: Value | undefined;
}

function Cell({ report, column, row, value }: CellProps) {
  const { dates, language, word, t } = useDesk();
  if (column === "name") {
    const id = String(row.officer_id ?? "");
    return <a href={href("officers", id)}>{value === null || value === undefined ? id : String(value)}</a>;
  }
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return <>{value ? t("officers.yes") : ""}</>;
  if (typeof value === "number") return <>{figures(language).plain(value, value % 1 === 0 ? 0 : 2)}</>;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return <>{dates.day(value)}</>;
  if (report === "training" && column === "status") return <CourseStatus status={value} />;
  if (column === "status") return <>{word("officers", value, "goal_")}</>;
  if (column === "measure") return <>{word("officers", value, "indicator_")}</>;
  if (column === "of" && report === "year") return <>{word("officers", value, "finding_")}</>;
  if (column === "of") return <>{word("officers", value, "state_")}</>;
  return <>{value}</>;
}
