//! What would become of a message of staff, and its words in the person's language with what stands around them. Nothing
//! is stored: it is planned, paused and worded as the message itself would be at this moment.
use jiff::Timestamp;
use serde::Serialize;
use startup::http::Answer;
use table::planning::Loaded;
use updates::render::allowed;
use updates::segments::{Alphabet, measure};
use updates::{Channel, Outcome, Planned, Reason};

use crate::Context;
use crate::compose::{Writing, asked, why};
use crate::refusal::{Told, Withheld, told};

/// What would become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Would {
    Send,
    /// It would wait for the end of quiet hours.
    Defer,
    Withhold,
}

#[derive(Serialize)]
struct Preview {
    would: Would,
    /// Until when it would wait, as its writer lets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_until: Option<Timestamp>,
    /// Where it does not go, or its writer has not said that it may wait.
    #[serde(flatten)]
    told: Option<Told>,
    /// Of the first way that it goes, else of the first one.
    #[serde(flatten)]
    words: Option<Shown>,
    ways: Vec<Way>,
}

#[derive(Serialize)]
struct Way {
    channel: Channel,
    would: Would,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_until: Option<Timestamp>,
    #[serde(flatten)]
    words: Option<Shown>,
}

/// The words as they would be sent.
#[derive(Clone, Serialize)]
struct Shown {
    /// Of an e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
    language: String,
    #[serde(flatten)]
    size: Option<Size>,
}

/// The size of a text.
#[derive(Clone, Copy, Serialize)]
struct Size {
    segments: usize,
    /// More are not sent.
    segments_allowed: usize,
    encoding: &'static str,
    /// Of GSM-7.
    #[serde(skip_serializing_if = "Option::is_none")]
    septets: Option<usize>,
    /// 16-bit units of UCS-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<usize>,
}

impl Size {
    fn of(text: &str, language: &str) -> Self {
        let size = measure(text);
        let is_gsm = size.alphabet == Alphabet::Gsm7;
        Self {
            segments: size.parts,
            segments_allowed: allowed(size, language),
            encoding: if is_gsm { "GSM-7" } else { "UCS-2" },
            septets: is_gsm.then_some(size.units),
            units: (!is_gsm).then_some(size.units),
        }
    }

    fn fits(self) -> bool {
        self.segments <= self.segments_allowed
    }
}

/// The answer for a message that is planned to go these ways.
pub(crate) fn show(context: &Context, loaded: &Loaded, message: &Writing<'_>, ways: &[Planned]) -> Answer {
    let shown: Vec<Way> = ways.iter().map(|way| of_way(context, loaded, message, way)).collect();
    let going = || ways.iter().zip(&shown).filter(|(way, _)| message.goes(way)).map(|(_, shown)| shown);
    // One way whose words cannot be sent keeps the message from going at all.
    let unworded = going().find_map(|way| way.reason);
    let withheld = match unworded {
        Some(reason) => Some(Withheld::Reason(reason)),
        None if going().next().is_none() => Some(why(ways)),
        None => None,
    };
    let (would, waits_until) = match withheld {
        Some(Withheld::Quiet(_)) => (Would::Defer, None),
        Some(Withheld::Reason(_)) => (Would::Withhold, None),
        None if going().any(|way| way.would == Would::Send) => (Would::Send, None),
        None => (Would::Defer, going().find_map(|way| way.waits_until)),
    };
    let words = going().chain(&shown).find_map(|way| way.words.clone());
    let told = withheld.map(|why| told(&why, message.caller, context.policy.zone()));
    Answer::json(200, &Preview { would, waits_until, told, words, ways: shown })
}

fn of_way(context: &Context, loaded: &Loaded, message: &Writing<'_>, way: &Planned) -> Way {
    let (would, planned, waits_until) = match way.outcome {
        Outcome::Pending => (Would::Send, None, None),
        Outcome::Deferred(until) => (Would::Defer, None, until),
        Outcome::Suppressed(reason) => (Would::Withhold, Some(reason), None),
        Outcome::Superseded | Outcome::Expired => (Would::Withhold, Some(Reason::Cancelled), None),
    };
    let words = words(context, loaded, message, way);
    let unworded = match &words {
        Ok(shown) if shown.size.is_none_or(Size::fits) => None,
        Ok(_) => Some(Reason::RenderRefused),
        Err(reason) => Some(*reason),
    };
    let reason = planned.or(unworded);
    let would = if reason.is_some() { Would::Withhold } else { would };
    Way { channel: way.channel, would, reason, waits_until, words: words.ok() }
}

fn words(context: &Context, loaded: &Loaded, message: &Writing<'_>, way: &Planned) -> Result<Shown, Reason> {
    let words = context.words.as_ref().ok_or(Reason::UnapprovedText)?;
    let worded =
        words.draft(&loaded.subject, &way.person, &message.ordinal, way.channel, asked(loaded, way))?;
    let (subject, text, language) = (worded.words.subject, worded.words.body, worded.language);
    let is_text = way.channel == Channel::Text;
    let size = is_text.then(|| Size::of(&text, &language));
    Ok(Shown { subject: (!is_text).then_some(subject), text, language, size })
}
