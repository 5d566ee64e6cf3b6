// How an officer is named: the name, and beside it what tells two of one name apart.
import type { Shown } from "../../api/personnel";
import { href } from "../../shell/router";

/** Name, or the number where the roster has none. */
export function nameOf(officer: Shown): string {
  return officer.name ?? officer.officer_id;
}

/** `officer · patrol-3 · evenings` */
export function postOf(officer: Shown): string {
  return [officer.rank, officer.unit, officer.shift].filter(Boolean).join(" · ");
}

export function Person({ officer, to }: { officer: Shown; to?: string }) {
  return (
    <span class="person">
      <a href={to ?? href("officers", officer.officer_id)}>{nameOf(officer)}</a>
      <span class="post">
        {officer.officer_id} · {postOf(officer)}
      </span>
    </span>
  );
}
