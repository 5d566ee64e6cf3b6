// The patrol plan of a day: map, the same as a table, visits entered from the sheets of roll call, and how many were done. Places and
// times alone: who patrolled is neither asked nor kept.
import { useMemo, useState } from "preact/hooks";
import { useDesk } from "../../shell/desk";
import { go, href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Select, TextField } from "../../ui/fields";
import { Empty, Page, Section } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { PrintButton } from "../print";
import { Done } from "./done";
import { type Plan, readPlan, shiftAt, stopsOf } from "./plan";
import { PlanMap } from "./plan-map";
import { StopsTable } from "./stops-table";
import { VisitForm } from "./visit-form";

import "../../style/places.css";

export default function Patrol({ query }: ViewProps) {
  const { api, t, dates, now } = useDesk();
  const date = query.get("date") ?? dates.isoDay(now());
  const plan = useResource<Plan | undefined>(`patrol ${date}`, async (signal) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
    return readPlan(await api.get(`/v1/patrol/${date}`, {}, signal));
  });
  const ask = (changes: Record<string, string>) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) next.set(name, value);
    go(`${href("patrol")}?${next}`);
  };
  const missing = plan.error?.trouble === "missing" && plan.value === undefined;
  return (
    <Page
      title={t("places.patrol")}
      tab={t("places.patrol")}
      lead={t("places.patrol_lead")}
      actions={<PrintButton />}
    >
      <form
        class="choose no-print"
        aria-label={t("places.which_plan")}
        onSubmit={(event) => event.preventDefault()}
      >
        <TextField
          label={t("places.date")}
          type="date"
          value={date}
          onValue={(value) => value !== "" && ask({ date: value, shift: "", beat: "" })}
        />
        {plan.value && <PlanChoice plan={plan.value} query={query} ask={ask} />}
      </form>
      {missing ? (
        <Empty>{t("places.no_plan", { day: dates.day(date) })}</Empty>
      ) : (
        <Loaded of={plan}>
          {(found) =>
            found ? <PlanBody plan={found} date={date} query={query} /> : <Empty>{t("places.no_date")}</Empty>
          }
        </Loaded>
      )}
    </Page>
  );
}

interface ChoiceProps {
  plan: Plan;
  query: URLSearchParams;
  ask: (changes: Record<string, string>) => void;
}

function PlanChoice({ plan, query, ask }: ChoiceProps) {
  const { t, now, word } = useDesk();
  return (
    <>
      <Select
        label={t("places.shift")}
        value={query.get("shift") || shiftAt(plan, now())}
        onValue={(shift) => ask({ shift })}
        options={plan.shifts.map((shift) => ({ value: shift, label: word("places", shift, "shift_") }))}
      />
      <Select
        label={t("places.beat")}
        value={query.get("beat") ?? ""}
        onValue={(beat) => ask({ beat })}
        options={[
          { value: "", label: t("places.all_beats") },
          ...plan.beats.map((beat) => ({ value: beat, label: beat })),
        ]}
      />
    </>
  );
}

function PlanBody({ plan, date, query }: { plan: Plan; date: string; query: URLSearchParams }) {
  const { t, n, now, may, dates, word } = useDesk();
  const shift = query.get("shift") || shiftAt(plan, now());
  const beat = query.get("beat") ?? "";
  const stops = useMemo(() => stopsOf(plan, shift, beat), [plan, shift, beat]);
  const [chosen, setChosen] = useState("");
  const [round, setRound] = useState(0);
  const stop = stops.find((one) => one.geohash === chosen);
  const first = stops[0];
  if (first === undefined) return <Empty>{t("places.no_stops")}</Empty>;
  return (
    <>
      <h2 class="plan-head">
        {word("places", shift, "shift_")}, {dates.moment(first.shiftStarts)}–{dates.time(first.shiftEnds)}
        <small>
          {n("places.stops", stops.length)} ·{" "}
          {t("places.stay", { dwell: first.dwell, revisit: first.revisit })}
        </small>
      </h2>
      <div class="plan">
        <PlanMap stops={stops} chosen={chosen} onChosen={setChosen} />
        {may("POST /v1/patrol/{date}/visits") && (
          <VisitForm
            date={date}
            stops={stops}
            stop={stop}
            onChosen={setChosen}
            onDone={() => setRound(round + 1)}
          />
        )}
      </div>
      <Section title={t("places.places_to_visit")}>
        <StopsTable stops={stops} chosen={chosen} onChosen={setChosen} />
        <p class="small">{t("places.plan_note")}</p>
      </Section>
      {may("GET /v1/reports/patrol") && <Done date={date} shift={shift} beat={beat} round={round} />}
    </>
  );
}
