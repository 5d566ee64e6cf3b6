// Where a case stands, in a chip, and by when the present step is due.
import { useDesk } from "../../shell/desk";
import { Chip, type Tone } from "../../ui/page";

const TONES: Readonly<Record<string, Tone>> = {
  Detected: "waiting",
  Notified: "waiting",
  UnderReview: "under-way",
  OfficerResponse: "under-way",
  Disposition: "under-way",
  SecondReview: "under-way",
  InterventionPlanned: "under-way",
  Active: "under-way",
  FollowUp: "under-way",
  Closed: "good",
};

/** The way of a case, as it is drawn; a decision without intervention skips three of them. */
export const WAY = [
  "Notified",
  "UnderReview",
  "OfficerResponse",
  "Disposition",
  "SecondReview",
  "InterventionPlanned",
  "Active",
  "FollowUp",
  "Closed",
] as const;

export function StateChip({ state }: { state: string }) {
  const { word } = useDesk();
  return <Chip tone={TONES[state] ?? "quiet"}>{word("officers", state, "state_")}</Chip>;
}

export function Due({ on, overdue }: { on?: string | undefined; overdue: boolean }) {
  const { t, dates } = useDesk();
  if (on === undefined) return <span class="quiet">{t("officers.no_due")}</span>;
  return (
    <span class="due">
      {dates.day(on)}
      {overdue && <Chip tone="bad">{t("officers.overdue")}</Chip>}
    </span>
  );
}
