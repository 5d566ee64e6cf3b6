// How the last night's reviews fall on groups of officers, each with the interval that its size allows.
import { useDesk } from "../../shell/desk";
import { Empty, Section } from "../../ui/page";
import { type Column, Table } from "../../ui/table";
import { figures } from "../score/figures";

interface Share {
  readonly count: number;
  readonly of: number;
  readonly rate: number;
  readonly lo: number;
  readonly hi: number;
}

export interface FairnessReport {
  readonly as_of: string;
  readonly officers: number;
  readonly review: Share;
  readonly insufficient_history: Share;
  readonly new_at_review: number | null;
  readonly left_review: number | null;
  readonly top_five_units: number;
  readonly groups: Readonly<Record<string, Readonly<Record<string, Share>>>>;
}

export function Fairness({ report }: { report: FairnessReport | undefined }) {
  const { t, dates, word, language } = useDesk();
  const { percent } = figures(language);
  if (report?.groups === undefined) return <Empty>{t("officers.report_empty")}</Empty>;
  const whole: readonly (readonly [string, Share])[] = [
    [t("officers.fair_review"), report.review],
    [t("officers.fair_insufficient"), report.insufficient_history],
  ];
  return (
    <>
      <p class="lead">
        {t("officers.fair_lead", { day: dates.day(report.as_of), officers: report.officers })}{" "}
        {t("officers.fair_units", { share: percent(report.top_five_units) })}
      </p>
      <Shares caption={t("officers.fair_all")} rows={whole} />
      {Object.entries(report.groups).map(([group, shares]) => (
        <Section key={group} title={word("officers", group.replaceAll(" ", "_"), "fair_group_")}>
          <Shares caption={group} rows={inOrder(Object.entries(shares))} />
        </Section>
      ))}
    </>
  );
}

/** By the first number in the name, `under 3 years` before `3 to 5 years`; names without a number as they come. */
function inOrder(rows: readonly (readonly [string, Share])[]) {
  const place = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0) - (name.startsWith("under") ? 0.5 : 0);
  const counted = rows.every(([name]) => /^(under )?\d/.test(name));
  return counted ? [...rows].sort(([a], [b]) => place(a) - place(b)) : rows;
}

function Shares({ caption, rows }: { caption: string; rows: readonly (readonly [string, Share])[] }) {
  const { t, language } = useDesk();
  const { percent } = figures(language);
  const columns: Column<readonly [string, Share]>[] = [
    { name: "group", title: t("officers.fair_group"), kind: "row", cell: ([name]) => name },
    { name: "of", title: t("officers.fair_of"), kind: "number", cell: ([, share]) => share.of },
    { name: "count", title: t("officers.fair_count"), kind: "number", cell: ([, share]) => share.count },
    {
      name: "rate",
      title: t("officers.fair_rate"),
      kind: "number",
      cell: ([, share]) => percent(share.rate, 1),
    },
    {
      name: "interval",
      title: t("officers.fair_interval"),
      kind: "number",
      cell: ([, share]) => `${percent(share.lo, 1)} – ${percent(share.hi, 1)}`,
    },
  ];
  return <Table caption={caption} columns={columns} rows={rows} rowKey={([name]) => name} />;
}
