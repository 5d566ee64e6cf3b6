// Stopping updates at once, and letting them go on. Everybody sees on every view what is paused.
import { useState } from "preact/hooks";
import type { Pause } from "../../api/me";
import { KINDS } from "../../api/updates";
import { PauseLine } from "../../shell/banner";
import { useDesk } from "../../shell/desk";
import type { ViewProps } from "../../shell/views";
import { Choices, Select, TextField } from "../../ui/fields";
import { Empty, Notice, Page, Section } from "../../ui/page";
import { SendButton, SentTrouble } from "../../ui/sending";
import { useForm, useSubmission } from "../../ui/submission";
import { kindWords } from "./words";

const ROUTE = "/v1/pause";
const EMPTY = { scope: "all", kind: "call_received", value: "", reason: "" };

export default function PauseView(_: ViewProps) {
  const { t, me } = useDesk();
  return (
    <Page title={t("updates.pause_title")} tab={t("updates.pause_title")} lead={t("updates.pause_lead")}>
      <Section title={t("updates.pause_now")}>
        {me.pauses.length === 0 ? (
          <Empty>{t("updates.pause_none")}</Empty>
        ) : (
          <ul class="pauses">
            {me.pauses.map((pause) => (
              <li key={`${pause.scope} ${pause.value}`}>
                <InForce pause={pause} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <NewPause />
    </Page>
  );
}

function InForce({ pause }: { pause: Pause }) {
  const { api, t, refresh } = useDesk();
  const { scope, value } = pause;
  const { sent, send, again } = useSubmission<object, object>(
    `resume/${scope}/${value ?? ""}`,
    (body, key) => api.post(ROUTE, body, { key }),
    () => void refresh(),
  );
  const resume = (event: Event) => {
    event.preventDefault();
    void send({ scope, ...(value === undefined ? {} : { value }), on: false });
  };
  return (
    <form onSubmit={resume} class="pause-line">
      <p>
        <PauseLine pause={pause} />
      </p>
      <SendButton sent={sent}>{t("updates.resume")}</SendButton>
      <SentTrouble sent={sent} again={again} />
    </form>
  );
}

function NewPause() {
  const desk = useDesk();
  const { api, t, refresh } = desk;
  const form = useForm("pause", EMPTY);
  const { sent, send, again } = useSubmission<object, object>(
    "pause",
    (body, key) => api.post(ROUTE, body, { key }),
    () => {
      setSure(false);
      form.clear();
      void refresh();
    },
  );
  const [isSure, setSure] = useState(false);
  const { scope, kind, value, reason } = form.fields;
  const submit = (event: Event) => {
    event.preventDefault();
    if (scope === "all" && !isSure) {
      setSure(true);
      return;
    }
    const named = scope === "all" ? {} : { value: scope === "kind" ? kind : value.trim() };
    void send({ scope, ...named, on: true, reason: reason.trim() });
  };
  return (
    <Section title={t("updates.pause_new")}>
      <form class="form" onSubmit={submit}>
        <Choices
          legend={t("updates.pause_what")}
          value={scope}
          onValue={(next) => {
            setSure(false);
            form.set({ scope: next });
          }}
          options={(["all", "kind", "incident", "source"] as const).map((one) => ({
            value: one,
            label: t(`updates.pause_scope_${one}`),
          }))}
        />
        {scope === "kind" && (
          <Select
            label={t("updates.kind")}
            value={kind}
            onValue={(next) => form.set({ kind: next })}
            options={KINDS.map((one) => ({ value: one, label: kindWords(desk, one) }))}
          />
        )}
        {(scope === "incident" || scope === "source") && (
          <TextField
            label={t(scope === "incident" ? "updates.pause_incident" : "updates.pause_source")}
            value={value}
            onValue={(next) => form.set({ value: next })}
            maxLength={128}
            required
          />
        )}
        <TextField
          label={t("updates.pause_reason")}
          hint={t("updates.pause_reason_hint")}
          value={reason}
          onValue={(next) => form.set({ reason: next })}
          maxLength={200}
          required
        />
        {isSure && <Notice tone="warn">{t("updates.pause_sure")}</Notice>}
        <SentTrouble sent={sent} again={again} />
        <div class="form-end">
          <SendButton sent={sent}>{t(isSure ? "updates.pause_do_all" : "updates.pause_do")}</SendButton>
          {isSure && (
            <button type="button" onClick={() => setSure(false)}>
              {t("updates.cancel")}
            </button>
          )}
        </div>
      </form>
    </Section>
  );
}
