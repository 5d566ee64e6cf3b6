// Words and signs that the views of updates share: kinds, states, ways, reasons, roles in a call.
import type { Channel, State, Update } from "../../api/updates";
import { type Desk, useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import { Chip, type Tone } from "../../ui/page";

const TONES: Readonly<Record<State, Tone>> = {
  deferred: "waiting",
  pending: "under-way",
  claimed: "under-way",
  accepted: "good",
  delivered: "good",
  failed: "bad",
  unknown: "bad",
  suppressed: "withheld",
  superseded: "quiet",
  expired: "quiet",
};

export function StateChip({ state, reason }: { state: State; reason?: string | undefined }) {
  const { word, has } = useDesk();
  const short = reason !== undefined && has("reasons", `${reason}_short`) ? `${reason}_short` : reason;
  return (
    <Chip tone={TONES[state] ?? "quiet"}>
      <span>
        {word("updates", state, "state_")}
        {short !== undefined && <span class="chip-reason">{word("reasons", short)}</span>}
      </span>
    </Chip>
  );
}

export function kindWords(desk: Desk, kind: string): string {
  return desk.word("updates", kind, "kind_");
}

export function wayWords(desk: Desk, channel: Channel): string {
  return desk.word("updates", channel, "way_");
}

/** `caller, victim (p1)`: no name comes from the API, so the roles and the id have to do. */
export function personWords(desk: Desk, person: string, roles: readonly string[] = []): string {
  const labels = roles.map((role) => desk.word("updates", role, "role_")).join(", ");
  return labels === "" ? person : `${labels} (${person})`;
}

/** The name of a language in the reader's own. */
export function languageWords(desk: Desk, language: string): string {
  try {
    return new Intl.DisplayNames(desk.language, { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** The call or case of a line, as a link to its record where that is open to the reader. */
export function AboutLink({ update }: { update: Pick<Update, "incident" | "case"> }) {
  const { t, may } = useDesk();
  const isCase = update.case !== undefined;
  const number = update.case ?? update.incident ?? "";
  const route = isCase ? "GET /v1/cases/{number}/updates" : "GET /v1/incidents/{id}/updates";
  const label = (
    <>
      <span class="quiet">{t(isCase ? "updates.case_short" : "updates.incident_short")}</span>{" "}
      <span class="number">{number}</span>
    </>
  );
  if (!may(route)) return <span>{label}</span>;
  return <a href={href(isCase ? "cases" : "incidents", number)}>{label}</a>;
}
