// The policy in force: what is switched on, the rules of sending, and who approved which version. What nobody approved is said so.
import type { Approval, Policy } from "../../api/system";
import { useDesk } from "../../shell/desk";
import type { ViewProps } from "../../shell/views";
import { Chip, Empty, Page, Section, type Tone } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";
import { PrintButton } from "../print";
import { span } from "./span";

import "../../style/places.css";

const TONES: Readonly<Record<string, Tone>> = { in_force: "good", stale: "bad", missing: "waiting" };

export default function PolicyView(_: ViewProps) {
  const { api, t } = useDesk();
  const found = useResource<Policy>("policy", (signal) => api.get("/v1/policy", {}, signal));
  return (
    <Page
      title={t("places.policy")}
      tab={t("places.policy")}
      lead={t("places.policy_lead")}
      actions={<PrintButton />}
    >
      <Loaded of={found}>
        {(policy) => (
          <>
            <Modes policy={policy} />
            <Approvals approvals={policy.approvals} />
            <Kinds policy={policy} />
            <Rules policy={policy} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Modes({ policy }: { policy: Policy }) {
  const { t, word, dates } = useDesk();
  const { modes } = policy;
  const since = modes.alerts_from ? t("places.alerts_since", { day: dates.day(modes.alerts_from) }) : "";
  const facts = [
    ["updates", modes.updates, ""],
    ["alerts", modes.alerts, since],
    ["map", modes.map, ""],
  ] as const;
  return (
    <Section title={t("places.modes")}>
      <dl class="fact-list">
        {facts.map(([what, mode, more]) => (
          <div key={what}>
            <dt>{word("places", what, "mode_of_")}</dt>
            <dd>
              <Chip tone={mode === "live" || mode === "on" ? "good" : "quiet"}>
                {word("places", mode, "mode_")}
              </Chip>
              <small>{more === "" ? word("places", `${what}_${mode}`, "mode_says_") : more}</small>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Approvals({ approvals }: { approvals: readonly Approval[] }) {
  const { t, word, dates } = useDesk();
  const columns: Column<Approval>[] = [
    {
      name: "what",
      title: t("places.approved_what"),
      kind: "row",
      cell: (one) => (
        <>
          {word("places", one.what, "approval_")}
          {one.language && ` (${one.language})`}
        </>
      ),
    },
    {
      name: "state",
      title: t("places.state"),
      cell: (one) => (
        <Chip tone={TONES[one.state] ?? "quiet"}>{word("places", one.state, "approval_state_")}</Chip>
      ),
    },
    {
      name: "signed",
      title: t("places.signed_by"),
      cell: (one) =>
        one.signed.length === 0 ? (
          t("places.nobody_signed")
        ) : (
          <ul class="plain">
            {one.signed.map((signature) => (
              <li key={`${signature.name} ${signature.date}`}>
                {signature.name}, {dates.day(signature.date)}
                {signature.state === "stale" && <small>{t("places.signed_other")}</small>}
              </li>
            ))}
          </ul>
        ),
    },
    { name: "needed", title: t("places.needed"), kind: "number", cell: (one) => one.needed },
    {
      name: "hash",
      title: t("places.version"),
      cell: (one) => <code title={one.hash}>{one.hash.slice(0, 12)}</code>,
    },
  ];
  return (
    <Section title={t("places.approvals")}>
      <p class="lead">{t("places.approvals_lead")}</p>
      {approvals.length === 0 ? (
        <Empty>{t("places.no_approvals")}</Empty>
      ) : (
        <Table
          caption={t("places.approvals")}
          columns={columns}
          rows={approvals}
          rowKey={(one) => `${one.what} ${one.language ?? ""}`}
        />
      )}
    </Section>
  );
}

type Kind = Policy["kinds"][number];

function Kinds({ policy }: { policy: Policy }) {
  const { t, word, language } = useDesk();
  const columns: Column<Kind>[] = [
    {
      name: "kind",
      title: t("places.message"),
      kind: "row",
      cell: (one) => word("updates", one.kind, "kind_"),
    },
    { name: "class", title: t("places.class"), cell: (one) => word("places", one.class, "class_") },
    {
      name: "on",
      title: t("places.switch"),
      cell: (one) => (
        <Chip tone={one.on ? "good" : "quiet"}>{t(one.on ? "places.switch_on" : "places.switch_off")}</Chip>
      ),
    },
    { name: "ways", title: t("places.ways"), cell: (one) => word("places", one.channels, "ways_") },
    {
      name: "age",
      title: t("places.max_age"),
      kind: "number",
      cell: (one) => span(one.max_age_minutes, language),
    },
  ];
  return (
    <Section title={t("places.kinds")}>
      <Table caption={t("places.kinds")} columns={columns} rows={policy.kinds} rowKey={(one) => one.kind} />
    </Section>
  );
}

function Rules({ policy }: { policy: Policy }) {
  const { t, language } = useDesk();
  const { delays, quiet_hours, versions } = policy;
  const last = delays.by_priority_minutes.length;
  const steps = delays.by_priority_minutes.map((minutes, index) =>
    t(index + 1 === last ? "places.delay_last" : "places.delay_step", { minutes, priority: index + 1 }),
  );
  return (
    <Section title={t("places.rules")}>
      <ul class="plain">
        <li>
          {t("places.rule_delays", {
            steps: new Intl.ListFormat(language).format(steps),
            past: delays.past_window_minutes,
          })}
        </li>
        <li>
          {t("places.rule_quiet", {
            from: quiet_hours.from,
            to: quiet_hours.to,
            after: quiet_hours.call_closed_after_minutes,
          })}
        </li>
        {Object.entries(versions).map(([name, version]) => (
          <li key={name}>
            {t("places.rule_version", { name })} <code>{version}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}
