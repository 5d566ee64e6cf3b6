// The scores of the last nights. Each opens to the whole sum: a figure alone is never the answer.
import { useState } from "preact/hooks";
import type { Night, ScoreShown } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Empty } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { Events } from "../alerts/events";
import { ScorePanel } from "../score/panel";

export function Nights({ officer, nights }: { officer: string; nights: readonly Night[] }) {
  const { t } = useDesk();
  if (nights.length === 0) return <Empty>{t("officers.no_nights")}</Empty>;
  return (
    <ul class="nights">
      {nights.map((night, index) => (
        <OneNight key={night.date} officer={officer} night={night} open={index === 0} />
      ))}
    </ul>
  );
}

function OneNight({ officer, night, open }: { officer: string; night: Night; open: boolean }) {
  const { t, dates, word } = useDesk();
  const [shown, setShown] = useState(open);
  return (
    <li>
      <details open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary>
          {dates.day(night.date)}
          {night.level !== "none" && ` · ${word("officers", night.level, "level_")}`}
          {night.insufficient_history && ` · ${t("officers.insufficient_short")}`}
        </summary>
        {shown && <Whole officer={officer} date={night.date} />}
      </details>
    </li>
  );
}

function Whole({ officer, date }: { officer: string; date: string }) {
  const { api, t } = useDesk();
  const found = useResource<ScoreShown>(`score ${officer} ${date}`, (signal) =>
    api.get(`/v1/officers/${encodeURIComponent(officer)}/scores/${date}`, {}, signal),
  );
  return (
    <Loaded of={found}>
      {(shown) => (
        <>
          <ScorePanel score={shown.score} spread={shown.spread} />
          {shown.events !== undefined && (
            <>
              <h3>{t("officers.events_behind")}</h3>
              <Events events={shown.events} score={shown.score} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}
