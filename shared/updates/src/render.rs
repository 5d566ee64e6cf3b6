//! Fills a kind's words with facts. Blank, unknown or too long refuses: nothing half-said is ever sent.
use std::collections::BTreeMap;

use incident::event::Investigator;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::advice::PLACEHOLDER;
use crate::derive::{ordinal_of, ordinal_of_agency};
use crate::kind::{Answer, Channel, Kind};
use crate::segments::{Alphabet, Size, limit, measure};
use crate::subject::Subject;
use crate::texts::{EMAILS, Texts, environment};
use crate::transliterate::plain;

/// What every text may say about the agency.
#[derive(Clone, Debug)]
pub struct AgencyWords {
    /// Name that opens each text.
    pub name: String,
    /// Number for questions, as printed.
    pub non_emergency_phone: String,
    /// Whether 911 takes texts here.
    pub text_to_911: bool,
    /// Time zone in which times are said.
    pub zone: TimeZone,
}

/// Values of placeholders; only those that are known.
pub type Values = BTreeMap<&'static str, String>;

/// A finished message.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject; empty for a text.
    pub subject: String,
    /// The words.
    pub body: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered([private])")
    }
}

/// Why nothing was rendered, without the values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} in {language}: {reason}")]
pub struct Refused {
    kind: Kind,
    language: String,
    reason: String,
}

/// The placeholders that every text can fill.
pub fn agency_values(agency: &AgencyWords) -> Values {
    let mut values = Values::from([
        ("agency", agency.name.clone()),
        ("non_emergency", agency.non_emergency_phone.clone()),
    ]);
    if agency.text_to_911 {
        values.insert("text_to_911", "yes".into());
    }
    values
}

/// The placeholders that `kind` can fill from this subject.
pub fn values(subject: &Subject, kind: Kind, ordinal: &str, agency: &AgencyWords, texts: &Texts) -> Values {
    let mut values = agency_values(agency);
    match subject {
        Subject::Incident(incident) => {
            values.insert("call", incident.id.clone());
            if let (Kind::OfficersOnTheWay, Some(eta)) = (kind, incident.facts.expected_arrival()) {
                let (from, to) = arrival_window(eta);
                values.insert("window_from", clock_time(from, &agency.zone));
                values.insert("window_to", clock_time(to, &agency.zone));
            }
            if kind == Kind::CallTransferred
                && let Some((_, agency)) =
                    incident.facts.transfers().find(|(_, agency)| ordinal_of_agency(agency) == ordinal)
            {
                values.insert("new_agency", agency.name.trim().to_owned());
                values.insert("new_agency_phone", printed_phone(&agency.phone));
            }
            if kind == Kind::CallClosed {
                let outcomes = &texts.of(kind).outcomes;
                let code = incident.facts.disposition().unwrap_or("default");
                let words = outcomes.get(code).or_else(|| outcomes.get("default"));
                values.extend(words.map(|words| ("outcome", words.clone())));
            }
        }
        Subject::Case(case, _) => {
            values.insert("case", case.number.clone());
            let status = ordinal.rsplit_once('.').map_or(ordinal, |(status, _)| status);
            let words = texts.of(kind).statuses.get(status);
            values.extend(words.map(|words| ("status", words.clone())));
            let investigator = match kind {
                // The one who was assigned then, even if another has taken over since.
                Kind::CaseAssigned => assigned(case, ordinal),
                _ => case.facts.investigator(),
            };
            let name = investigator.and_then(|investigator| investigator.name.as_deref());
            let phone = investigator.and_then(|investigator| investigator.phone.as_deref());
            values.extend(name.map(|name| ("investigator_name", name.trim().to_owned())));
            values.extend(phone.map(|phone| ("investigator_phone", printed_phone(phone))));
            let contact = phone.map_or_else(|| agency.non_emergency_phone.clone(), printed_phone);
            values.insert("contact_phone", contact);
        }
    }
    let advice = subject.call_type().and_then(|call_type| texts.of(kind).advice.get(call_type));
    values.extend(advice.map(|words| (PLACEHOLDER, words.trim().to_owned())));
    if kind == Kind::StaffMessage {
        let message = subject.private().staff_messages.get(ordinal);
        values.extend(message.map(|message| ("message", message.text.trim().to_owned())));
    }
    values.retain(|_, value| !value.trim().is_empty());
    values
}

fn assigned<'a>(case: &'a incident::Case, ordinal: &str) -> Option<&'a Investigator> {
    case.facts.assignments().map(|(_, who)| who).find(|who| ordinal_of(who) == ordinal)
}

/// Fills the words of `kind` for `channel`. Texts must fit the parts that [`allowed`] gives them.
pub fn render(kind: Kind, channel: Channel, texts: &Texts, values: &Values) -> Result<Rendered, Refused> {
    let rendered = draft(kind, channel, texts, values)?;
    if channel == Channel::Text {
        let refused = |reason| Refused { kind, language: texts.language.clone(), reason };
        fits(&rendered.body, &texts.language).map_err(refused)?;
    }
    Ok(rendered)
}

/// The same however long it is, for whoever still writes it. Texts have plain marks in place of typographic ones. Advice
/// is known to bodies of e-mails alone: it may hold a link.
pub fn draft(kind: Kind, channel: Channel, texts: &Texts, values: &Values) -> Result<Rendered, Refused> {
    let refused = |reason: String| Refused { kind, language: texts.language.clone(), reason };
    let mut without_advice = values.clone();
    without_advice.remove(PLACEHOLDER);
    let fill = |template: &str, values: &Values| {
        let filled = environment().render_str(template, values);
        filled.map_err(|error| refused(format!("{:?} in line {}", error.kind(), error.line().unwrap_or(0))))
    };
    let words = texts.of(kind);
    match channel {
        Channel::Text => {
            Ok(Rendered { subject: String::new(), body: plain(&fill(&words.text, &without_advice)?) })
        }
        Channel::Email => {
            Ok(Rendered { subject: fill(&words.subject, &without_advice)?, body: fill(&words.body, values)? })
        }
    }
}

/// Fills the words of an answer to a text that came in. `values` need the agency's own only.
pub fn render_answer(answer: Answer, texts: &Texts, values: &Values) -> Result<Rendered, String> {
    let filled = environment().render_str(texts.answer(answer), values);
    let body = plain(&filled.map_err(|error| format!("{answer} in {}: {:?}", texts.language, error.kind()))?);
    fits(&body, &texts.language).map_err(|reason| format!("{answer} in {}: {reason}", texts.language))?;
    Ok(Rendered { subject: String::new(), body })
}

/// What stands below an e-mail: who writes, and how to stop it where there is no link for that.
pub fn render_footer(texts: &Texts, values: &Values, has_link: bool) -> Result<String, String> {
    let mut template = texts.emails.footer.clone();
    if !has_link {
        template = format!("{template} {}", texts.emails.stop_by_phone);
    }
    fill(&template, values).map_err(|reason| format!("{EMAILS} in {}: {reason}", texts.language))
}

/// A template with its placeholders filled; the error never holds a value.
pub fn fill(template: &str, values: &Values) -> Result<String, String> {
    environment().render_str(template, values).map_err(|error| format!("{:?}", error.kind()))
}

/// Parts that a text of this size may take: [`limit`], or two where a name in it needs UCS-2.
pub fn allowed(size: Size, language: &str) -> usize {
    if size.alphabet == Alphabet::Gsm7 { limit(language) } else { 2 }
}

fn fits(body: &str, language: &str) -> Result<(), String> {
    let size = measure(body);
    let limit = allowed(size, language);
    if size.parts > limit {
        return Err(format!("{} units need {} parts, the limit is {limit}", size.units, size.parts));
    }
    Ok(())
}

/// Values as long as they come, to measure the longest text a kind can make.
pub fn longest_values(texts: &Texts, kind: Kind, agency: &AgencyWords) -> Values {
    let mut values = agency_values(agency);
    values.extend([
        ("call", "26-0482139".to_owned()),
        ("case", "26-1234567".into()),
        ("window_from", "12:40 PM".into()),
        ("window_to", "12:55 PM".into()),
        ("investigator_name", "Det. Wolfeschlegel".into()),
        ("languages", "ESPAÑOL, HMOOB, SOOMAALI".into()),
        ("investigator_phone", "218-555-0100".into()),
        ("contact_phone", "218-555-0100".into()),
        ("new_agency", "Example County Sheriff and Rescue Department".into()),
        ("new_agency_phone", "218-555-0100".into()),
        // Staff see how much room there is; what they write is measured before it is taken.
        ("message", "Please call Det. Wolfeschlegel at 218-555-0100 about report 26-1234567.".into()),
    ]);
    let longest = texts.of(kind).outcomes.values().max_by_key(|words| words.len());
    values.extend(longest.map(|words| ("outcome", words.clone())));
    let longest = texts.of(kind).statuses.values().max_by_key(|words| words.len());
    values.extend(longest.map(|words| ("status", words.clone())));
    values
}

/// A quarter of an hour that begins at the five minutes before the estimate.
pub fn arrival_window(eta: Timestamp) -> (Timestamp, Timestamp) {
    let from = Timestamp::from_second(eta.as_second().div_euclid(300) * 300).unwrap_or(eta);
    (from, from + SignedDuration::from_mins(15))
}

fn clock_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%-I:%M %p").to_string()
}

/// A number as people write it: 218-555-0150.
fn printed_phone(text: &str) -> String {
    match incident::address::phone(text) {
        Ok(e164) => format!("{}-{}-{}", &e164[2..5], &e164[5..8], &e164[8..]),
        Err(_) => text.trim().to_owned(),
    }
}
