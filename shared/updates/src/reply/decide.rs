//! What is done about a text that came in: a function of the text, of what is known of its number, of what was said to
//! it before, and of the clock.
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Keyword, Reading, Score, Stop};
use crate::contact::{ContactState, Scope};
use crate::kind::{Answer, Class, Kind, words};
use crate::task::{Need, TaskKind};

/// How long after a survey a number still answers it.
const SCORE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long after a score the next text is its comment.
const COMMENT_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How often at most a number is told that its text is passed on, or that nobody reads it.
const ONCE_IN: SignedDuration = SignedDuration::from_hours(24);
/// Answers to one number within an hour: an answering machine that says "in an emergency call 911" would else talk with
/// us for ever. Tasks and opt-outs do not count.
const ANSWERS_AN_HOUR: u32 = 10;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

words! {
    /// What a text that came in was taken for.
    Meaning {
        Emergency = "emergency",
        Stop = "stop",
        PossibleStop = "possible_stop",
        Start = "start",
        Help = "help",
        Language = "language",
        SurveyScore = "survey_score",
        SurveyComment = "survey_comment",
        CaseReply = "case_reply",
        Other = "other",
    }
}

/// The last message that went to the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// What it told.
    pub kind: Kind,
    /// Key of the call or case it was about.
    pub subject: String,
    /// When it went out.
    pub sent_at: Timestamp,
    /// The language it was in, ISO 639.
    pub language: Option<String>,
}

/// A survey that went to the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAsked {
    /// When.
    pub sent_at: Timestamp,
    /// Call type of the call it asks about, for the counters.
    pub call_type: String,
    /// Language it was in, for the counters.
    pub language: String,
    /// The score, once given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scored_at: Option<Timestamp>,
    /// Whether a comment was given.
    #[serde(default)]
    pub commented: bool,
}

/// What was said to the number lately, so that nothing is said twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Talk {
    /// When it was last told that its text is passed on, or that nobody reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// Answers to it in the hour since `since`.
    pub answers: u32,
    /// When that hour began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// A text with everything that its meaning depends on.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    /// The text, read.
    pub reading: &'a Reading,
    /// Key under which it is stored; tasks name it.
    pub reply: &'a str,
    /// What is known of the number.
    pub contact: &'a ContactState,
    /// The last message that went to it.
    pub latest: Option<&'a Latest>,
    /// The last survey that went to it.
    pub survey: Option<&'a SurveyAsked>,
    /// What was said to it lately.
    pub talk: &'a Talk,
    /// A case that the text names, if news of it went to this number.
    pub named_case: Option<&'a str>,
    /// Whether STOP in answer to a survey ends surveys alone.
    pub stop_keeps_case_news: bool,
    /// When the text was received.
    pub received: Timestamp,
}

/// A survey's answer, for the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyAnswer {
    /// The score, where the text gives one.
    pub score: Option<u8>,
    /// Whether the text holds a comment.
    pub comment: bool,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What the text was taken for.
    pub meaning: Meaning,
    /// The number's state, where it changes.
    pub contact: Option<ContactState>,
    /// What is answered.
    pub answers: Vec<Answer>,
    /// What a person has to do.
    pub needs: Vec<Need>,
    /// The survey after an answer to it, and the answer.
    pub survey: Option<(SurveyAsked, SurveyAnswer)>,
    /// What was said lately, where it changes.
    pub talk: Option<Talk>,
}

/// Decides. Whatever the text says besides, an emergency is answered and a STOP is honoured.
pub fn decide(heard: &Heard<'_>) -> Decided {
    let mut decided = judge(heard);
    count_answers(heard, &mut decided);
    decided
}

/// Keeps the answers to one number within their hourly limit; only the confirmation of a STOP passes it.
fn count_answers(heard: &Heard<'_>, decided: &mut Decided) {
    if decided.answers.is_empty() {
        return;
    }
    let mut talk = decided.talk.take().unwrap_or_else(|| heard.talk.clone());
    if talk.since.is_none_or(|since| heard.received.duration_since(since) >= HOUR) {
        (talk.since, talk.answers) = (Some(heard.received), 0);
    }
    if talk.answers >= ANSWERS_AN_HOUR {
        decided.answers.retain(|answer| matches!(answer, Answer::Stopped | Answer::StoppedPart));
    }
    talk.answers += u32::try_from(decided.answers.len()).unwrap_or(ANSWERS_AN_HOUR);
    decided.talk = Some(talk);
}

fn judge(heard: &Heard<'_>) -> Decided {
    let mut decided = Decided {
        meaning: Meaning::Other,
        contact: None,
        answers: Vec::new(),
        needs: Vec::new(),
        survey: None,
        talk: None,
    };
    let about_a_case = heard.latest.filter(|latest| is_read_by_staff(latest));
    match heard.reading.stop {
        Stop::Yes { everything } => stop(heard, everything, &mut decided),
        Stop::Perhaps => {
            decided.meaning = Meaning::PossibleStop;
            decided.needs.push(Need::new(TaskKind::PossibleRevocation, heard.reply, about(heard)));
        }
        Stop::No => {}
    }
    if heard.reading.emergency {
        decided.meaning = Meaning::Emergency;
        decided.answers.insert(0, Answer::NotMonitored);
        decided.needs.push(Need::new(TaskKind::EmergencyReply, heard.reply, about(heard)));
    } else if let Some(keyword) = heard.reading.keyword.filter(|keyword| is_meant(*keyword, heard)) {
        follow(heard, keyword, &mut decided);
        return decided;
    } else if heard.reading.stop == Stop::No && answers_survey(heard, &mut decided) {
        return decided;
    }
    if let Some(latest) = about_a_case.filter(|_| !matches!(heard.reading.stop, Stop::Yes { .. })) {
        if decided.meaning == Meaning::Other {
            decided.meaning = Meaning::CaseReply;
        }
        decided.needs.push(Need::new(TaskKind::CaseReply, &latest.subject, heard.reply));
    }
    tell_once(heard, about_a_case.is_some(), &mut decided);
    decided
}

/// What a task says it is about: the call or case of the last message.
fn about(heard: &Heard<'_>) -> String {
    heard.latest.map_or_else(|| "no call or case".into(), |latest| latest.subject.clone())
}

/// News of a case and what staff wrote: somebody waits for the answer.
fn is_read_by_staff(latest: &Latest) -> bool {
    latest.kind == Kind::StaffMessage
        || (latest.kind.is_about_a_case() && latest.subject.starts_with("CASE#"))
}

fn stop(heard: &Heard<'_>, everything: bool, decided: &mut Decided) {
    decided.meaning = Meaning::Stop;
    let surveys = Scope::Class(Class::Survey);
    let knows = |scope: &Scope| heard.contact.opt_outs.iter().any(|opt_out| opt_out.scope == *scope);
    let answers_a_survey = heard.latest.is_some_and(|latest| latest.kind == Kind::Survey);
    let scope = match heard.named_case {
        _ if everything => Scope::All,
        Some(number) => Scope::Case(number.into()),
        // STOP once more ends the rest.
        None if answers_a_survey && heard.stop_keeps_case_news && !knows(&surveys) => surveys,
        None => Scope::All,
    };
    let answer = if scope == Scope::All { Answer::Stopped } else { Answer::StoppedPart };
    decided.contact = heard.contact.opted_out(scope, heard.received, "text");
    // One confirmation: a STOP repeated changes nothing and is not answered.
    decided.answers.extend(decided.contact.is_some().then_some(answer));
}

/// YES answers many questions; it is START only where there is something to start again.
fn is_meant(keyword: Keyword, heard: &Heard<'_>) -> bool {
    keyword != Keyword::Yes || !heard.contact.opt_outs.is_empty()
}

fn follow(heard: &Heard<'_>, keyword: Keyword, decided: &mut Decided) {
    match keyword {
        Keyword::Start | Keyword::Yes => {
            decided.meaning = Meaning::Start;
            decided.contact = heard.contact.opted_in_as_of(heard.received);
            // A START that was overtaken by a later STOP is not confirmed.
            let started = decided.contact.is_some() || heard.contact.opt_outs.is_empty();
            decided.answers.extend(started.then_some(Answer::Started));
        }
        Keyword::Help => {
            decided.meaning = Meaning::Help;
            decided.answers.push(Answer::Help);
        }
        Keyword::Language(code) => {
            decided.meaning = Meaning::Language;
            if heard.contact.language.as_deref() != Some(code) {
                decided.contact = Some(ContactState { language: Some(code.into()), ..heard.contact.next() });
            }
            decided.answers.extend((!wants_silence(heard)).then_some(Answer::LanguageSet));
        }
    }
}

/// Whether the text answers the last survey, and what follows.
fn answers_survey(heard: &Heard<'_>, decided: &mut Decided) -> bool {
    let Some(survey) = heard.survey else { return false };
    let since = |from: Timestamp| heard.received.duration_since(from);
    let newer = heard.latest.filter(|latest| latest.sent_at > survey.sent_at);
    // What staff asked after the survey may want a number for an answer.
    let asked_since = newer.is_some_and(|latest| latest.kind == Kind::StaffMessage);
    let (next, answer) = match (survey.scored_at, heard.reading.score) {
        (None, Some(Score { value, with_words }))
            if since(survey.sent_at) <= SCORE_WITHIN && !asked_since =>
        {
            let next =
                SurveyAsked { scored_at: Some(heard.received), commented: with_words, ..survey.clone() };
            (next, SurveyAnswer { score: Some(value), comment: with_words })
        }
        (Some(_), Some(Score { with_words: false, .. })) if newer.is_none() => {
            // Another number: the first one counts.
            decided.meaning = Meaning::SurveyScore;
            return true;
        }
        (Some(scored), _) if !survey.commented && since(scored) <= COMMENT_WITHIN && newer.is_none() => {
            (SurveyAsked { commented: true, ..survey.clone() }, SurveyAnswer { score: None, comment: true })
        }
        _ => return false,
    };
    decided.meaning = if answer.score.is_some() { Meaning::SurveyScore } else { Meaning::SurveyComment };
    if !wants_silence(heard) {
        decided.answers.push(if answer.comment { Answer::SurveyThanks } else { Answer::SurveyScored });
    }
    decided.survey = Some((next, answer));
    true
}

/// Where nothing else is answered: once a day, that the text is passed on, or how to stop, or that nobody reads it.
fn tell_once(heard: &Heard<'_>, is_passed_on: bool, decided: &mut Decided) {
    let told = heard.talk.told_at.is_some_and(|at| heard.received.duration_since(at) < ONCE_IN);
    if !decided.answers.is_empty() || told || wants_silence(heard) || heard.reading.stop_is_certain() {
        return;
    }
    let answer = match decided.meaning {
        _ if is_passed_on => Answer::PassedOn,
        // It says how to stop.
        Meaning::PossibleStop => Answer::Help,
        Meaning::Other if heard.reading.polite => return,
        _ => Answer::NotMonitored,
    };
    decided.answers.push(answer);
    decided.talk = Some(Talk { told_at: Some(heard.received), ..heard.talk.clone() });
}

/// Whether only what is owed goes to the number: it opted out, it is latched, or its owner wants no texts.
fn wants_silence(heard: &Heard<'_>) -> bool {
    let contact = heard.contact;
    let all = contact.opt_outs.iter().any(|opt_out| opt_out.scope == Scope::All);
    let wish = contact.wish(heard.received);
    all || contact.is_latched(heard.received) || wish.is_some_and(|wish| wish != incident::Contact::Ok)
}

impl Reading {
    fn stop_is_certain(&self) -> bool {
        matches!(self.stop, Stop::Yes { .. })
    }
}
