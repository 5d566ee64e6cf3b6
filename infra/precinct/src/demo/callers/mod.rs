//! What each caller received and what was held back, told in the order of time. Everything here was read
//! back: texts and e-mails from the receivers, decisions from the staff API.
use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use updates::{Channel, Kind, Reason};

use super::bubble::{bubble, wrap};

/// Columns in which the time stands, and everything else beneath one another.
const INDENT: usize = 11;
/// Widest line of prose.
pub(super) const WIDTH: usize = 90;

/// Something that a story shows at a time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) entry: Entry,
}

/// What a story shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    /// A text, exactly as the phone got it.
    Text {
        /// Number it went to.
        to: String,
        /// Its words.
        words: String,
    },
    /// An e-mail.
    Email {
        /// Address it went to.
        to: String,
        /// Its subject.
        subject: String,
        /// Where it was written to.
        file: String,
    },
    /// A person's answer.
    Reply {
        /// Number it came from.
        from: String,
        /// Its words.
        words: String,
    },
    /// Something that was not sent, or not yet.
    Held(Held),
}

/// A decision not to send, or not yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    kind: Kind,
    channels: Vec<Channel>,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    Suppressed(Option<Reason>),
    Deferred(Option<Timestamp>),
    Superseded,
    Expired,
    Unknown,
}

/// A decision as the staff API shows it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Decision {
    /// Sender's id of the person concerned.
    pub(crate) person: String,
    /// What it is about.
    pub(crate) kind: Kind,
    /// Text or e-mail.
    pub(crate) channel: Channel,
    /// State that was decided on.
    pub(crate) state: String,
    /// Why, if suppressed.
    #[serde(default)]
    pub(crate) reason: Option<Reason>,
    /// Until when, if deferred.
    #[serde(default)]
    pub(crate) until: Option<Timestamp>,
    /// When it was decided.
    pub(crate) decided_at: Timestamp,
}

/// The decisions that held something back, each once, channels of one decision together.
pub(crate) fn held(decisions: &[Decision]) -> Vec<Line> {
    let mut lines: Vec<(String, Line)> = Vec::new();
    for decision in decisions {
        let why = match decision.state.as_str() {
            // Kinds that go to other roles are no news about this person.
            "suppressed" if decision.reason == Some(Reason::RoleNotNotified) => continue,
            "suppressed" => Why::Suppressed(decision.reason),
            "deferred" => Why::Deferred(decision.until),
            "superseded" => Why::Superseded,
            "expired" => Why::Expired,
            "unknown" => Why::Unknown,
            _ => continue,
        };
        // One person may stand in call and case.
        let person = decision.person.trim_start_matches("call.");
        let same = |(who, line): &&mut (String, Line)| match &line.entry {
            Entry::Held(held) => who == person && held.kind == decision.kind && held.why == why,
            _ => false,
        };
        match lines.iter_mut().find(same).map(|(_, line)| &mut line.entry) {
            Some(Entry::Held(held)) if !held.channels.contains(&decision.channel) => {
                held.channels.push(decision.channel);
            }
            Some(_) => {}
            None => {
                let held = Held { kind: decision.kind, channels: vec![decision.channel], why };
                let line = Line { at: decision.decided_at, entry: Entry::Held(held) };
                lines.push((person.to_owned(), line));
            }
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// A story with its lines in the order of time.
pub(crate) fn tell(title: &str, about: &str, mut lines: Vec<Line>, zone: &TimeZone) -> String {
    lines.sort_by_key(|line| line.at);
    let mut told = heading(title);
    for line in wrap(about, WIDTH) {
        let _ = writeln!(told, "{line}");
    }
    told.push('\n');
    let first = lines.first().map(|line| line.at.to_zoned_datetime(zone.clone()).date());
    for line in &lines {
        let local = line.at.to_zoned_datetime(zone.clone());
        let form = if Some(local.date()) == first { "%H:%M" } else { "%a %H:%M" };
        let clock = local.strftime(form).to_string();
        told.push_str(&entry(&format!("{clock:>9}  "), &line.entry, zone));
    }
    told
}

/// A line across the page with a title in it.
pub(crate) fn heading(title: &str) -> String {
    let rule = "─".repeat(WIDTH.saturating_sub(title.chars().count() + 4));
    format!("\n── {title} {rule}\n")
}

fn entry(clock: &str, entry: &Entry, zone: &TimeZone) -> String {
    match entry {
        Entry::Text { to, words } => format!("{clock}Text to {}\n{}", phone(to), bubble(words, INDENT)),
        Entry::Reply { from, words } => {
            format!("{clock}Answer from {}\n{}", phone(from), bubble(words, INDENT))
        }
        Entry::Email { to, subject, file } => {
            prose(clock, &format!("E-mail to {to}: \"{subject}\" ({file})"))
        }
        Entry::Held(held) => prose(clock, &explain(held, zone)),
    }
}

fn prose(clock: &str, words: &str) -> String {
    format!("{clock}{}\n", wrap(words, WIDTH - INDENT).join(&format!("\n{}", " ".repeat(INDENT))))
}

fn explain(held: &Held, zone: &TimeZone) -> String {
    let channels: Vec<&str> = held.channels.iter().map(|channel| by(*channel)).collect();
    let what = format!("\"{}\", by {}", matter(held.kind), channels.join(" and "));
    match held.why {
        Why::Suppressed(Some(reason)) => format!("Held back: {what}. {} [{reason}]", plain(reason)),
        Why::Suppressed(None) => format!("Held back: {what}, for no recorded reason."),
        Why::Deferred(Some(until)) => {
            let until = until.to_zoned_datetime(zone.clone()).strftime("%A %H:%M");
            format!("Waits until {until}: {what}. [deferred]")
        }
        Why::Deferred(None) => format!("Waits until the investigator releases it: {what}. [deferred]"),
        Why::Superseded => format!("No longer sent: {what}. Something later made it pointless. [superseded]"),
        Why::Expired => format!("No longer sent: {what}. It became too old. [expired]"),
        Why::Unknown => format!("Sent, perhaps: {what}. No answer came, so it is never repeated. [unknown]"),
    }
}

fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Text => "text",
        Channel::Email => "e-mail",
    }
}

/// What a kind tells, in a few words.
fn matter(kind: Kind) -> &'static str {
    match kind {
        Kind::CallReceived => "we have your call",
        Kind::OfficersOnTheWay => "officers are on the way",
        Kind::OfficersDelayed => "officers are delayed",
        Kind::CallClosed => "your call is closed",
        Kind::CallTransferred => "another agency has your call",
        Kind::CaseNumber => "your report has a number",
        Kind::CaseAssigned => "your report has an investigator",
        Kind::CaseStatus => "the status of your report",
        Kind::CaseReferred => "it went to the prosecutor",
        Kind::CaseCharged => "a charge was filed",
        Kind::CaseClosed => "your report was closed",
        Kind::ContactRequested => "please call us",
        Kind::Survey => "how did we do",
        Kind::StaffMessage => "a message by staff",
    }
}

/// A reason in plain words.
fn plain(reason: Reason) -> &'static str {
    match reason {
        Reason::KindOff => "The department does not send this kind.",
        Reason::CallTypeDenied => "Nothing is ever sent about calls of this type.",
        Reason::OffenceDenied => "Nothing is ever sent about this offence.",
        Reason::RoleSuspect => "The person is under suspicion.",
        Reason::NumberOfSuspect => "The number is also that of a person under suspicion.",
        Reason::Minor => "The person is a child.",
        Reason::ContactNever => "The person is not to be contacted.",
        Reason::ContactNoText => "The person wants no texts.",
        Reason::ContactNoEmail => "The person wants no e-mail.",
        Reason::ContactAskFirst => "The person has not agreed to be contacted this way.",
        Reason::SafetyLatch => {
            "An earlier call for help at home came from this number, and somebody else may be reading it."
        }
        Reason::OptedOut => "The person answered STOP.",
        Reason::UndeliverableAddress => "Nothing reaches this address.",
        Reason::NoAddress => "No address is known.",
        Reason::NotASubscriberNumber => "The number cannot receive texts.",
        Reason::Baseline => "It was known before the service began.",
        Reason::Merged => "The call was joined to another.",
        Reason::Cancelled => "The call was called off.",
        Reason::BreakerOpen => "Too many messages at once: everything was stopped.",
        Reason::SpendCap => "The month's money for texts is spent.",
        Reason::SurveyCap => "The person was asked not long ago.",
        Reason::NumberCap => "The number has had all its messages of the day.",
        Reason::HoldOut => "The call is one of those left untold to measure the effect.",
        Reason::Paused => "Sending is paused.",
        Reason::UnapprovedText => "Nobody has approved the words.",
        Reason::Shadow => "The service only watches so far.",
        Reason::StatusUnmapped => "The records system sent a status that is on no list.",
        Reason::RoleNotNotified => "It goes to people in another role.",
        Reason::RenderRefused => "The words could not be filled in.",
    }
}

/// A number as people write it: 218-555-0150.
fn phone(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(digits) if digits.len() == 10 && digits.is_ascii() => {
            format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..])
        }
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests;
