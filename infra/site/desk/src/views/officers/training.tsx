// Courses on a record: what is overdue or has run out first.
import type { Course } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Chip, Empty, type Tone } from "../../ui/page";
import { type Column, Table } from "../../ui/table";
import { figures } from "../score/figures";

const TONES: Readonly<Record<string, Tone>> = {
  overdue: "bad",
  expired: "bad",
  required: "waiting",
  completed: "good",
};
const ORDER = ["overdue", "expired", "required", "completed"];

export function CourseStatus({ status }: { status: string }) {
  const { word } = useDesk();
  return <Chip tone={TONES[status] ?? "quiet"}>{word("officers", status, "course_")}</Chip>;
}

export function Training({ courses }: { courses: readonly Course[] }) {
  const { t, dates, language } = useDesk();
  const day = (on: string | undefined) => (on === undefined ? "" : dates.day(on));
  const columns: Column<Course>[] = [
    { name: "course", title: t("officers.course"), kind: "row", cell: (one) => one.course },
    { name: "status", title: t("officers.state"), cell: (one) => <CourseStatus status={one.status} /> },
    { name: "due", title: t("officers.due"), cell: (one) => day(one.due_on) },
    { name: "passed", title: t("officers.passed"), cell: (one) => day(one.completed_on) },
    { name: "until", title: t("officers.holds_until"), cell: (one) => day(one.expires_on) },
    {
      name: "hours",
      title: t("officers.hours"),
      kind: "number",
      cell: (one) => figures(language).plain(one.hours, one.hours % 1 === 0 ? 0 : 1),
    },
  ];
  if (courses.length === 0) return <Empty>{t("officers.no_training")}</Empty>;
  const sorted = [...courses].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <Table caption={t("officers.training")} columns={columns} rows={sorted} rowKey={(one) => one.course} />
  );
}
