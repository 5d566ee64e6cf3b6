// The day's updates, newest first: the page that stays open on a dispatcher's second screen.
import { useState } from "preact/hooks";
import { KINDS, STATES, type Updates } from "../../api/updates";
import { useDesk } from "../../shell/desk";
import type { ViewProps } from "../../shell/views";
import { Select } from "../../ui/fields";
import { Empty, Page } from "../../ui/page";
import { Loaded, useFresh, useResource } from "../../ui/resource";
import { List } from "./list";
import { More } from "./more";
import { Found, Search } from "./search";
import { kindWords } from "./words";

/** Days back that the API lists; older ones are in the record of the call or case. */
const BACK = 5;

export default function Day(_: ViewProps) {
  const { t } = useDesk();
  const [address, setAddress] = useState<{ text: string; round: number } | undefined>(undefined);
  const find = (text: string | undefined) =>
    setAddress((before) => (text ? { text, round: (before?.round ?? 0) + 1 } : undefined));
  return (
    <Page title={t("updates.title")} tab={t("updates.title")}>
      <Search onAddress={find} />
      {address ? <Found address={address.text} round={address.round} /> : <Lines />}
    </Page>
  );
}

function Lines() {
  const desk = useDesk();
  const { api, t, dates, now } = desk;
  const [back, setBack] = useState(0);
  const [state, setState] = useState("");
  const [kind, setKind] = useState("");
  const date = dates.isoDay(new Date(now().getTime() - back * 86_400_000));
  const query = { date, state, kind, limit: "100" };
  const page = useResource(JSON.stringify(query), (signal) => api.get<Updates>("/v1/updates", query, signal));
  useFresh(page.reload, back === 0);
  const states = STATES.map((one) => ({ value: one, label: desk.word("updates", one, "state_") }));
  const kinds = KINDS.map((one) => ({ value: one, label: kindWords(desk, one) }));
  return (
    <>
      <div class="filters no-print">
        <fieldset class="day-choice" aria-label={t("updates.day")}>
          <button type="button" disabled={back >= BACK} onClick={() => setBack(back + 1)}>
            ‹ <span class="unseen">{t("updates.day_before")}</span>
          </button>
          <strong aria-live="polite">{back === 0 ? t("updates.today") : dates.day(date)}</strong>
          <button type="button" disabled={back === 0} onClick={() => setBack(back - 1)}>
            › <span class="unseen">{t("updates.day_after")}</span>
          </button>
        </fieldset>
        <Select
          label={t("updates.became")}
          value={state}
          onValue={setState}
          options={[{ value: "", label: t("updates.any_state") }, ...states]}
        />
        <Select
          label={t("updates.kind")}
          value={kind}
          onValue={setKind}
          options={[{ value: "", label: t("updates.any_kind") }, ...kinds]}
        />
        {page.readAt !== undefined && (
          <p class="as-of">{t("updates.as_of", { at: dates.time(page.readAt) })}</p>
        )}
      </div>
      <Loaded of={page}>
        {(first) =>
          first.updates.length === 0 ? (
            <Empty>{t(state || kind ? "updates.none_of_these" : "updates.none")}</Empty>
          ) : (
            <>
              <List updates={first.updates} caption={t("updates.caption", { day: dates.day(date) })} />
              <More
                key={JSON.stringify(query)}
                next={first.next}
                load={(cursor) => api.get<Updates>("/v1/updates", { ...query, cursor })}
              >
                {(more) => <List updates={more.updates} caption={t("updates.earlier")} />}
              </More>
            </>
          )
        }
      </Loaded>
    </>
  );
}
