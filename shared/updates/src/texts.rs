//! `texts/<language>/<kind>.toml`, `answers.toml` and `emails.toml`: the words of each kind, of each answer to a text
//! that came in, and of what stands around e-mails, checked as a whole before one of them is used.
use std::collections::BTreeMap;

use incident::case::STATUSES;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;

use crate::approvals::files_hash;
use crate::kind::{Answer, Kind};

/// The texts of one language.
#[derive(Clone, Debug)]
pub struct Texts {
    /// ISO 639 code, the name of the folder.
    pub language: String,
    /// [`files_hash`] of the folder: stored with each message, and what approvals name.
    pub hash: String,
    kinds: BTreeMap<Kind, KindTexts>,
    answers: BTreeMap<Answer, String>,
    /// What stands around e-mails.
    pub emails: EmailTexts,
}

/// File of the answers in each language's folder.
pub const ANSWERS: &str = "answers.toml";
/// File of what stands around e-mails.
pub const EMAILS: &str = "emails.toml";

/// The words of one kind. Templates are minijinja; a placeholder without a value refuses the render.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindTexts {
    /// Text message.
    pub text: String,
    /// Subject of the e-mail.
    pub subject: String,
    /// Body of the e-mail, plain text with blank lines between paragraphs.
    pub body: String,
    /// For `call_closed`: words by disposition code, and `default`.
    #[serde(default)]
    pub outcomes: BTreeMap<String, String>,
    /// For `case_status`: words by status; all of the contract's list.
    #[serde(default)]
    pub statuses: BTreeMap<String, String>,
    /// For the [kinds](crate::advice::KINDS) that have some: a paragraph by call type, for the body of the e-mail alone.
    #[serde(default)]
    pub advice: BTreeMap<String, String>,
}

/// What stands below every e-mail, and the page on which e-mails are stopped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailTexts {
    /// Who writes, and whom to call.
    pub footer: String,
    /// Words of the link to the page.
    pub stop_link: String,
    /// What stands in its place where there is no page.
    pub stop_by_phone: String,
    /// The page.
    pub page: PageTexts,
}

/// Words of the page on which e-mails are stopped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageTexts {
    /// Heading.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// First choice, taken unless another is: everything.
    pub everything: String,
    /// Only what is about the report that the e-mail was about.
    pub report: String,
    /// Only surveys.
    pub surveys: String,
    /// The button.
    pub button: String,
    /// What is said when it is done.
    pub done: String,
    /// What else one should know.
    pub also: String,
    /// The link is damaged.
    pub unknown: String,
    /// It could not be recorded.
    pub later: String,
}

impl EmailTexts {
    /// Reads `emails.toml`; the error is the reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        let texts: Self = toml::from_str(text).map_err(|fault| fault.to_string())?;
        let page = &texts.page;
        for template in
            [&texts.footer, &texts.stop_link, &texts.stop_by_phone, &page.also, &page.unknown, &page.later]
        {
            compiles(template)?;
        }
        Ok(texts)
    }
}

/// A text file cannot be used; the text names file and reason.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("texts/{language}/{file}: {reason}")]
pub struct TextsError {
    /// Language of the folder.
    pub language: String,
    /// File in it.
    pub file: String,
    /// What is wrong.
    pub reason: String,
}

impl Texts {
    /// Reads the files of one language, name to contents: one per kind, all of them, no others.
    pub fn parse(language: &str, files: &BTreeMap<String, String>) -> Result<Self, TextsError> {
        let error =
            |file: &str, reason: String| TextsError { language: language.into(), file: file.into(), reason };
        let mut kinds = BTreeMap::new();
        let mut answers = BTreeMap::new();
        let mut emails = None;
        for (file, text) in files {
            if file == ANSWERS {
                answers = parse_answers(text).map_err(|reason| error(file, reason))?;
                continue;
            }
            if file == EMAILS {
                emails = Some(EmailTexts::parse(text).map_err(|reason| error(file, reason))?);
                continue;
            }
            let kind = file.strip_suffix(".toml").and_then(Kind::from_word);
            let kind = kind.ok_or_else(|| error(file, "is not named after a kind of update".into()))?;
            let texts: KindTexts = toml::from_str(text).map_err(|fault| error(file, fault.to_string()))?;
            for template in [&texts.text, &texts.subject, &texts.body] {
                compiles(template).map_err(|reason| error(file, reason))?;
            }
            crate::advice::parsed(kind, &texts.advice).map_err(|reason| error(file, reason))?;
            if kind == Kind::CallClosed && !texts.outcomes.contains_key("default") {
                return Err(error(file, "outcomes.default is missing".into()));
            }
            let missing = STATUSES.iter().find(|status| !texts.statuses.contains_key(**status));
            if let (Kind::CaseStatus, Some(status)) = (kind, missing) {
                return Err(error(file, format!("statuses.{status} is missing")));
            }
            kinds.insert(kind, texts);
        }
        if let Some(missing) = Kind::ALL.iter().find(|kind| !kinds.contains_key(kind)) {
            return Err(error(&format!("{missing}.toml"), "is missing".into()));
        }
        if let Some(missing) = Answer::ALL.iter().find(|answer| !answers.contains_key(answer)) {
            return Err(error(ANSWERS, format!("{missing} is missing")));
        }
        let emails = emails.ok_or_else(|| error(EMAILS, "is missing".into()))?;
        Ok(Self { language: language.into(), hash: files_hash(files), kinds, answers, emails })
    }

    /// The words of an answer.
    pub fn answer(&self, answer: Answer) -> &str {
        &self.answers[&answer]
    }

    /// The words of `kind`.
    pub fn of(&self, kind: Kind) -> &KindTexts {
        &self.kinds[&kind]
    }
}

fn parse_answers(text: &str) -> Result<BTreeMap<Answer, String>, String> {
    let answers: BTreeMap<Answer, String> = toml::from_str(text).map_err(|fault| fault.to_string())?;
    answers.values().try_for_each(|template| compiles(template))?;
    Ok(answers)
}

fn compiles(template: &str) -> Result<(), String> {
    environment().add_template_owned("t", template.to_owned()).map_err(|fault| fault.to_string())
}

/// Strict templates: an unknown placeholder is an error, never a blank.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}
