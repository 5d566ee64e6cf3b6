//! Why a message that staff wrote does not go out, and what they can do instead: the choices behind each reason.
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use startup::http::Answer;
use updates::Reason;

use crate::caller::{Caller, Role};

/// What is said of words that no text holds.
pub(crate) const TOO_LONG: &str = "does not fit into a text together with the department's name and how to stop: say it in \
                                   fewer words, or choose channel email";

/// Who may decide that a message goes out although the type of call or the address is off limits.
pub(crate) const MAY_OVERRIDE: &[Role] = &[Role::VictimServices, Role::Admin];

/// Why it does not go out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withheld {
    /// It would wait until then.
    Quiet(Option<Timestamp>),
    /// It would not go out at all.
    Reason(Reason),
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// `quiet_hours`, or one of the reasons of the contract.
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    choices: Vec<Choice>,
}

/// Why a message does not go out now, in words, and what there is to choose.
#[derive(Serialize)]
pub(crate) struct Told {
    /// `quiet_hours`, or one of the reasons of the contract.
    pub(crate) reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    detail: String,
    choices: Vec<Choice>,
}

/// Something to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Choice {
    choice: &'static str,
    detail: &'static str,
}

const WAIT: Choice = Choice {
    choice: "wait",
    detail: "send the same with \"wait\": true, and it goes out when quiet hours end",
};
const OVERRIDE: Choice = Choice {
    choice: "override",
    detail: "send the same under a new Idempotency-Key with override_reason, if you know that it endangers nobody",
};
const ASK: Choice = Choice {
    choice: "ask_victim_services",
    detail: "victim services may confirm a safe way, or send it with an override_reason",
};
const CALL: Choice = Choice { choice: "call", detail: "speak to the person, in a way you know to be safe" };
const EMAIL: Choice = Choice { choice: "email", detail: "send the same with channel email" };
const TEXT: Choice = Choice { choice: "text", detail: "send the same with channel text" };
const CONSENT: Choice = Choice {
    choice: "consent",
    detail: "ask, and enter the answer with its basis: POST /v1/cases/{number}/people",
};
const MEND: Choice = Choice {
    choice: "correct_address",
    detail: "correct the address in the records system, or enter it with the person",
};
const RESUME: Choice =
    Choice { choice: "resume", detail: "somebody paused updates: POST /v1/pause tells which" };
const NONE_LIVE: Choice =
    Choice { choice: "call", detail: "updates are in shadow: nothing is sent yet, so speak to the person" };

/// 409 with the reason and what there is to choose.
pub(crate) fn withheld(why: &Withheld, caller: &Caller, zone: &TimeZone) -> Answer {
    let Told { reason, until, detail, choices } = told(why, caller, zone);
    let detail = format!("{detail}; nothing was stored");
    let problem =
        Problem { r#type: "about:blank", title: "Not sent", status: 409, detail, reason, until, choices };
    Answer { media_type: "application/problem+json", ..Answer::json(409, &problem) }
}

/// The reason in words, and what there is to choose.
pub(crate) fn told(why: &Withheld, caller: &Caller, zone: &TimeZone) -> Told {
    let (reason, until, detail) = match why {
        Withheld::Quiet(until) => {
            let clock =
                until.map(|until| until.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string());
            let clock = clock.unwrap_or_else(|| "later".into());
            ("quiet_hours", *until, format!("quiet hours: it would go out at {clock}"))
        }
        Withheld::Reason(Reason::RenderRefused) => (Reason::RenderRefused.word(), None, TOO_LONG.to_owned()),
        Withheld::Reason(reason) => (reason.word(), None, format!("it would not go out ({})", reason.rule())),
    };
    Told { reason, until, detail, choices: choices(why, caller.is_any(MAY_OVERRIDE)) }
}

fn choices(why: &Withheld, may_override: bool) -> Vec<Choice> {
    let reason = match why {
        Withheld::Quiet(_) => return vec![WAIT, CALL],
        Withheld::Reason(reason) => reason,
    };
    match reason {
        Reason::CallTypeDenied | Reason::OffenceDenied | Reason::SafetyLatch => {
            vec![if may_override { OVERRIDE } else { ASK }, CALL]
        }
        Reason::ContactNoText | Reason::RenderRefused => vec![EMAIL, CALL],
        Reason::ContactNoEmail => vec![TEXT, CALL],
        Reason::ContactAskFirst => vec![CONSENT, CALL],
        Reason::NoAddress | Reason::NotASubscriberNumber | Reason::UndeliverableAddress => {
            vec![MEND, EMAIL, CALL]
        }
        Reason::Paused => vec![RESUME, CALL],
        Reason::Shadow => vec![NONE_LIVE],
        _ => vec![CALL],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(why: Withheld, may_override: bool, expected: &[&str]) {
        let words: Vec<&str> = choices(&why, may_override).iter().map(|choice| choice.choice).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn every_reason_leaves_something_to_do() {
        check(Withheld::Quiet(None), false, &["wait", "call"]);
        check(Withheld::Reason(Reason::SafetyLatch), false, &["ask_victim_services", "call"]);
        check(Withheld::Reason(Reason::SafetyLatch), true, &["override", "call"]);
        check(Withheld::Reason(Reason::ContactNoText), true, &["email", "call"]);
        check(Withheld::Reason(Reason::OptedOut), true, &["call"]);
        for reason in Reason::ALL {
            assert!(!choices(&Withheld::Reason(*reason), false).is_empty(), "{reason}");
        }
    }
}
