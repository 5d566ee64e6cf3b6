// The supervisors' own list: nobody here has a case, and no figure stands beside a name. Each leads to the record, where the
// score is shown with its reasons.
import type { OfficerList } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import { Empty, Section } from "../../ui/page";
import { useResource } from "../../ui/resource";
import { Person } from "../officers/person";

interface WatchListProps {
  watch: readonly { readonly officer_id: string }[];
}

export function WatchList({ watch }: WatchListProps) {
  const { api, t, n } = useDesk();
  // The list names nobody; the roster does. Where it cannot be read the numbers do.
  const roster = useResource<OfficerList>(`watched ${watch.length > 0}`, async (signal) =>
    watch.length > 0 ? api.get("/v1/officers", { level: "watch", limit: "200" }, signal) : { officers: [] },
  );
  const names = new Map(roster.value?.officers.map((officer) => [officer.officer_id, officer]));
  return (
    <Section title={t("officers.watch")}>
      <p class="lead">{t("officers.watch_lead")}</p>
      {watch.length === 0 ? (
        <Empty>{t("officers.watch_empty")}</Empty>
      ) : (
        <ul class="watched" aria-label={n("officers.watch_count", watch.length)}>
          {watch.map(({ officer_id }) => {
            const officer = names.get(officer_id);
            return (
              <li key={officer_id}>
                {officer ? (
                  <Person officer={officer} />
                ) : (
                  <a href={href("officers", officer_id)}>{officer_id}</a>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
