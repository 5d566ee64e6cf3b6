// A visit as it stands on the sheet: where, when, how long. Nobody's name.
import { useEffect } from "preact/hooks";
import type { Visit } from "../../api/places";
import { useDesk } from "../../shell/desk";
import { Select, TextField } from "../../ui/fields";
import { Notice } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useForm, useSubmission } from "../../ui/submission";
import { faultOf } from "../faults";
import type { Stop } from "./plan";
import { arrival } from "./visit";

interface VisitFormProps {
  date: string;
  stops: readonly Stop[];
  stop: Stop | undefined;
  onChosen: (geohash: string) => void;
  onDone: () => void;
}

export function VisitForm({ date, stops, stop, onChosen, onDone }: VisitFormProps) {
  const { api, t, dates, now } = useDesk();
  const name = `visit ${date}`;
  const form = useForm(name, { geohash: "", arrived: "", minutes: "" });
  const submission = useSubmission<Visit, Visit>(
    name,
    (visit, key) => api.post(`/v1/patrol/${date}/visits`, visit, { key }),
    () => {
      form.clear();
      onChosen("");
      onDone();
    },
  );
  const { sent } = submission;
  const { geohash, arrived, minutes } = form.fields;
  const { set } = form;
  // A place chosen on the map or in the table is the one that the form is about.
  useEffect(() => {
    if (stop !== undefined) set({ geohash: stop.geohash });
  }, [stop, set]);
  const listed = stops.find((one) => one.geohash === geohash);
  const usual = { arrived: arrival(listed ?? stops[0], now(), dates), minutes: String(listed?.dwell ?? 15) };
  const at = dates.fromLocal(arrived === "" ? usual.arrived : arrived);
  const send = () => {
    if (listed === undefined || at === undefined) return;
    const stayed = Number(minutes === "" ? usual.minutes : minutes);
    const body = { shift: listed.shift, geohash, arrived_at: at, minutes: stayed };
    void submission.send(body);
  };
  const fault = faultOf(sent);
  return (
    <form
      class="panel form no-print"
      aria-label={t("places.enter_visit")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h3>{t("places.enter_visit")}</h3>
      <Select
        label={t("places.place")}
        value={listed === undefined ? "" : geohash}
        onValue={(value) => {
          set({ geohash: value });
          onChosen(value);
        }}
        fault={fault("geohash")}
        required
        options={[
          { value: "", label: t("places.choose_place") },
          ...stops.map((one) => ({ value: one.geohash, label: `${one.beat} · ${one.order} · ${one.place}` })),
        ]}
      />
      <TextField
        label={t("places.arrived")}
        type="datetime-local"
        value={arrived === "" ? usual.arrived : arrived}
        onValue={(value) => set({ arrived: value })}
        fault={fault("arrived_at")}
        required
      />
      <TextField
        label={t("places.minutes")}
        type="number"
        min="1"
        max="240"
        value={minutes === "" ? usual.minutes : minutes}
        onValue={(value) => set({ minutes: value })}
        fault={fault("minutes")}
        required
      />
      <p class="hint">{t("places.no_names")}</p>
      <SentTrouble sent={sent} again={submission.again} />
      {sent.state === "done" && (
        <Notice tone="good">
          {t("places.visit_kept", {
            place: stops.find((one) => one.geohash === sent.answer.geohash)?.place ?? sent.answer.geohash,
            time: dates.moment(sent.answer.arrived_at),
            minutes: sent.answer.minutes,
          })}
        </Notice>
      )}
      <SendButton sent={sent}>{t("places.record_visit")}</SendButton>
    </form>
  );
}
