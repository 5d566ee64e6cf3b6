// What the stub answers: an invented department, one of everything that the views can show.

import type { Me } from "../../../desk/src/api/me";
import type {
  Contact,
  Decision,
  Preview,
  RecordOf,
  Tasks,
  Update,
  Updates,
} from "../../../desk/src/api/updates";

/** The stub's clock: a day of its own, as the demonstration has. */
export const NOW = "2026-07-07T03:04:00-05:00";

export const EVERYTHING = [
  "GET /v1/me",
  "GET /v1/updates",
  "POST /v1/updates/search",
  "GET /v1/incidents/{id}/updates",
  "GET /v1/cases/{number}/updates",
  "POST /v1/incidents/{id}/messages",
  "POST /v1/cases/{number}/messages",
  "POST /v1/cases/{number}/people",
  "POST /v1/cases/{number}/release",
  "POST /v1/contacts/search",
  "PUT /v1/contacts",
  "GET /v1/tasks",
  "POST /v1/tasks/{id}/done",
  "POST /v1/pause",
];

export function me(overrides: Partial<Me> = {}): Me {
  return {
    subject: "sub-dana",
    roles: ["victim_services"],
    officer: null,
    may: EVERYTHING,
    agency: {
      name: "Example City Police",
      time_zone: "America/Chicago",
      phone: "218-555-0100",
      languages: ["en", "es", "hmn", "so"],
      default_language: "en",
    },
    now: NOW,
    pauses: [],
    ...overrides,
  };
}

const line = (minutes: number, rest: Partial<Update> & Pick<Update, "kind" | "state">): Update => ({
  person: "p1",
  roles: ["caller"],
  channel: "text",
  ordinal: "0",
  language: "en",
  at: new Date(Date.parse(NOW) - minutes * 60_000).toISOString(),
  ...rest,
});

export const updates: Updates = {
  date: "2026-07-07",
  updates: [
    line(1, { incident: "26-048219", kind: "officers_on_the_way", state: "accepted" }),
    line(2, { incident: "26-048219", kind: "call_received", state: "delivered" }),
    line(6, {
      incident: "26-048218",
      kind: "call_received",
      state: "suppressed",
      reason: "call_type_denied",
    }),
    line(14, { incident: "26-048214", kind: "officers_delayed", state: "delivered", language: "es" }),
    line(21, {
      case: "26-1234",
      person: "v",
      roles: ["victim"],
      kind: "case_charged",
      state: "suppressed",
      reason: "safety_latch",
    }),
    line(33, { case: "26-1229", person: "v", roles: ["victim"], kind: "case_status", state: "deferred" }),
    line(47, { incident: "26-048209", kind: "call_closed", state: "failed" }),
    line(59, { incident: "26-048209", kind: "officers_on_the_way", state: "unknown" }),
    line(65, { incident: "26-048201", kind: "call_received", state: "expired" }),
    line(80, {
      case: "26-1228",
      person: "v",
      roles: ["victim"],
      kind: "staff_message",
      channel: "email",
      state: "accepted",
    }),
  ],
};

const decision = (minutes: number, rest: Partial<Decision> & Pick<Decision, "kind" | "state">): Decision => ({
  decided_at: new Date(Date.parse(NOW) - minutes * 60_000).toISOString(),
  person: "v",
  ordinal: "0",
  channel: "text",
  policy: "0a1b2c3d4e5f",
  rule: "updates.toml: kinds",
  ...rest,
});

export const record: RecordOf = {
  people: [
    {
      id: "v",
      roles: ["victim"],
      language: "es",
      channels: ["text", "email"],
      addresses: ["…0123", "a…@example.com"],
    },
    { id: "s1", roles: ["suspect"], channels: [], addresses: [] },
  ],
  decisions: [
    decision(4_000, { kind: "case_number", state: "pending" }),
    decision(900, {
      kind: "case_assigned",
      state: "suppressed",
      reason: "safety_latch",
      rule: "updates.toml: latch_days",
    }),
    decision(60, { kind: "case_charged", state: "deferred", rule: "release" }),
    decision(20, {
      kind: "case_status",
      state: "deferred",
      until: "2026-07-07T13:00:00Z",
      rule: "updates.toml: quiet_hours",
    }),
  ],
  messages: [
    {
      created_at: "2026-07-04T14:20:00Z",
      person: "v",
      kind: "case_number",
      ordinal: "0",
      channel: "text",
      state: "delivered",
      address: "…0123",
      at: "2026-07-04T14:20:00Z",
      expires_at: "2026-07-07T14:20:00Z",
      policy: "0a1b2c3d4e5f",
      language: "es",
      text: "Example City Police: su número de caso es 26-1234. Preguntas: …0100. Responda STOP para no recibir más.",
      history: [
        { at: "2026-07-04T14:20:01Z", state: "claimed" },
        { at: "2026-07-04T14:20:02Z", state: "accepted" },
        { at: "2026-07-04T14:20:09Z", state: "delivered" },
      ],
    },
  ],
};

const WORDS = (text: string) =>
  `Example City Police: ${text} Preguntas: 218-555-0100. Responda STOP para no recibir más.`;

/** A preview by what is written: `latch` and `quiet` stand for what would be withheld or wait. */
export function preview(body: { text: string; override_reason?: string; wait?: boolean }): Preview {
  const text = WORDS(body.text);
  const words = {
    text,
    language: "es",
    segments: Math.ceil(text.length / 160),
    segments_allowed: 1,
    encoding: "GSM-7" as const,
    septets: text.length,
  };
  const whole = (verdict: Omit<Preview, "ways">): Preview => ({
    ...verdict,
    ...words,
    ways: [
      {
        channel: "text",
        would: verdict.would,
        ...(verdict.reason ? { reason: verdict.reason } : {}),
        ...words,
      },
    ],
  });
  if (/latch/.test(body.text) && !body.override_reason) {
    return whole({
      would: "withhold",
      reason: "safety_latch",
      detail: "it would not go out",
      choices: [
        { choice: "override", detail: "with a reason" },
        { choice: "call", detail: "speak" },
      ],
    });
  }
  if (/quiet/.test(body.text)) {
    const choices = body.wait
      ? {}
      : {
          choices: [
            { choice: "wait", detail: "wait" },
            { choice: "call", detail: "speak" },
          ],
        };
    const end = "2026-07-07T13:00:00Z";
    return whole(
      body.wait
        ? { would: "defer", waits_until: end }
        : { would: "defer", reason: "quiet_hours", until: end, ...choices },
    );
  }
  return whole({ would: "send" });
}

export const contact: Contact = {
  address: "…0123",
  known: true,
  latched_until: "2026-09-01T05:00:00Z",
  wish: { contact: "no_text", until: "2027-01-31T06:00:00Z" },
  confirmed_safe: [{ channel: "email", until: "2026-08-01T05:00:00Z" }],
  opt_outs: [{ scope: { class: "survey" }, at: "2026-05-02T15:00:00Z", by: "text" }],
  undeliverable: false,
  language: "es",
};

export const tasks: Tasks = {
  tasks: [
    {
      id: "t1",
      kind: "emergency_reply",
      owner: "dispatch",
      about: { type: "reply", id: "r1" },
      covers: ["INC#26-048219"],
      created_at: "2026-07-07T07:50:00Z",
      due_at: "2026-07-07T07:55:00Z",
      overdue: true,
      escalated_at: "2026-07-07T07:56:00Z",
      replies: [{ at: "2026-07-07T07:50:00Z", from: "…0177", text: "He is back please hurry" }],
      outcomes: ["officers_sent", "called_back", "no_emergency"],
    },
    {
      id: "t2",
      kind: "victim_update",
      owner: "victim_services",
      about: { type: "case", id: "26-1234" },
      covers: ["case_assigned 0 safety_latch"],
      created_at: "2026-07-06T17:00:00Z",
      due_at: "2026-07-07T17:00:00Z",
      overdue: false,
      outcomes: ["told_in_person", "told_by_telephone", "not_reached", "not_to_be_told"],
    },
    {
      id: "t3",
      kind: "held_news",
      owner: "investigator",
      about: { type: "case", id: "26-1234" },
      covers: ["case_charged 0"],
      created_at: "2026-07-06T17:00:00Z",
      due_at: "2026-07-07T20:00:00Z",
      overdue: false,
      outcomes: ["released", "stays_held"],
    },
  ],
};
