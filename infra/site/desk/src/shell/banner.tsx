// What is paused stands above every view, for everybody: a dispatcher must not wonder why nobody gets a text.
import type { Pause } from "../api/me";
import { useDesk } from "./desk";

export function PauseBanner() {
  const { t, me, may } = useDesk();
  if (me.pauses.length === 0) return null;
  return (
    <section class="pause-banner" aria-label={t("shell.paused")}>
      <ul>
        {me.pauses.map((pause) => (
          <li key={`${pause.scope} ${pause.value}`}>
            <PauseLine pause={pause} />
          </li>
        ))}
      </ul>
      {may("POST /v1/pause") && <a href="#/pause">{t("shell.pause_change")}</a>}
    </section>
  );
}

export function PauseLine({ pause }: { pause: Pause }) {
  const { t, word, dates } = useDesk();
  const { scope, value = "", since, reason, until } = pause;
  const name = scope === "kind" ? word("updates", value, "kind_") : value;
  return (
    <>
      <strong>{word("shell", scope, "pause_").replace("{value}", name)}</strong>{" "}
      <span>
        {t("shell.pause_since", { since: dates.moment(since) })}
        {until ? ` ${t("shell.pause_until", { until: dates.moment(until) })}` : ""}
        {reason ? ` · ${reason}` : ""}
      </span>
    </>
  );
}
