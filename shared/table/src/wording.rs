//! The texts of the agency folder with their approvals: which language a message is sent in, and its words. What sends
//! a message and what shows it beforehand word it here alike.
use std::collections::BTreeMap;
use std::sync::Arc;

use startup::agency::{Agency, AgencyError, Folder};
use updates::approvals::Approvals;
use updates::gates::denied;
use updates::render::{
    AgencyWords, Refused, Rendered, Values, agency_values, draft, render, render_answer, render_footer,
    values,
};
use updates::texts::Texts;
use updates::{Answer, Channel, Kind, Policy, Reason, Subject};
use updates::{advice, language};

use crate::notices::NotSent;

/// Everything needed to word a message.
#[derive(Debug)]
pub struct Words {
    agency: AgencyWords,
    default_language: String,
    texts: BTreeMap<String, Texts>,
    approvals: Approvals,
    policy: Arc<Policy>,
}

/// A worded message.
#[derive(Debug)]
pub struct Worded {
    /// The language it is in, ISO 639.
    pub language: String,
    /// [`Texts::hash`] of that language's texts.
    pub text_hash: String,
    /// The words.
    pub words: Rendered,
}

/// How words are filled: as they are sent, or as a draft.
type Render = fn(Kind, Channel, &Texts, &Values) -> Result<Rendered, Refused>;

/// What stands below an e-mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Below {
    /// Who writes, whom to call and, where there is no link for it, how to stop e-mails.
    pub footer: String,
    /// Words of that link.
    pub link: String,
}

impl Words {
    /// Reads every language; one bad text refuses the whole folder.
    pub fn load(folder: &Folder, agency: &Agency, policy: &Arc<Policy>) -> Result<Self, AgencyError> {
        Self::approved_by(folder.toml("approvals.toml")?, folder, agency, policy)
    }

    /// The same under other approvals than those of the folder: what tries texts beforehand takes them as approved.
    pub fn approved_by(
        approvals: Approvals,
        folder: &Folder,
        agency: &Agency,
        policy: &Arc<Policy>,
    ) -> Result<Self, AgencyError> {
        let mut texts = BTreeMap::new();
        for language in folder.list("texts", "")? {
            let mut files = BTreeMap::new();
            for file in folder.list(&format!("texts/{language}"), "toml")? {
                let text = folder.text(&format!("texts/{language}/{file}"))?;
                files.insert(file, text);
            }
            let parsed = Texts::parse(&language, &files).map_err(|error| AgencyError::Invalid {
                file: format!("texts/{}/{}", error.language, error.file),
                reason: error.reason,
            })?;
            texts.insert(language.clone(), parsed);
        }
        let agency_words = AgencyWords {
            name: agency.name.clone(),
            non_emergency_phone: agency.non_emergency_phone.clone(),
            text_to_911: agency.text_to_911,
            zone: agency.zone()?,
        };
        Ok(Self {
            agency: agency_words,
            default_language: agency.default_language.clone(),
            texts,
            approvals,
            policy: Arc::clone(policy),
        })
    }

    /// The words for a message: in the person's own language, else the one `asked` for by keyword from that address,
    /// else the department's, else English; and only approved texts.
    pub fn word(
        &self,
        subject: &Subject,
        person: &str,
        kind: Kind,
        ordinal: &str,
        channel: Channel,
        asked: Option<&str>,
    ) -> Result<Worded, Reason> {
        self.fill(render, (subject, person), (kind, ordinal, channel), asked)
    }

    /// The same for whoever still writes it: a text may be longer than one that is sent.
    pub fn draft(
        &self,
        subject: &Subject,
        person: &str,
        ordinal: &str,
        channel: Channel,
        asked: Option<&str>,
    ) -> Result<Worded, Reason> {
        self.fill(draft, (subject, person), (Kind::StaffMessage, ordinal, channel), asked)
    }

    fn fill(
        &self,
        render: Render,
        (subject, person): (&Subject, &str),
        (kind, ordinal, channel): (Kind, &str, Channel),
        asked: Option<&str>,
    ) -> Result<Worded, Reason> {
        let own = subject
            .people()
            .into_iter()
            .find(|(id, _)| id == person)
            .and_then(|(_, person)| person.language());
        let chain = language::chain(own, asked, &self.default_language);
        let texts =
            chain.iter().find_map(|language| self.approved(language)).ok_or(Reason::UnapprovedText)?;
        let mut values = values(subject, kind, ordinal, &self.agency, texts);
        let languages = self.texts.keys().filter(|language| self.approved(language).is_some());
        let offer = language::offer(languages.map(String::as_str), &texts.language);
        values.extend(offer.map(|offer| ("languages", offer)));
        // Staff may let news of a case pass a deny list, by a way that is safe: in the barest words alone.
        if denied(subject, &self.policy).is_some() {
            values.remove(advice::PLACEHOLDER);
        }
        let words = render(kind, channel, texts, &values).map_err(|refused| {
            tracing::error!(error = %refused, "text refused");
            Reason::RenderRefused
        })?;
        Ok(Worded { language: texts.language.clone(), text_hash: texts.hash.clone(), words })
    }

    /// The words of an answer to a text: in `language`, else the default one, else English; only approved texts.
    pub fn answer(&self, answer: Answer, language: &str) -> Result<Worded, NotSent> {
        let chain = language::chain(Some(language), None, &self.default_language);
        let texts =
            chain.iter().find_map(|language| self.approved(language)).ok_or(NotSent::UnapprovedText)?;
        let words = render_answer(answer, texts, &agency_values(&self.agency)).map_err(|reason| {
            tracing::error!(reason, "answer refused");
            NotSent::RenderRefused
        })?;
        Ok(Worded { language: texts.language.clone(), text_hash: texts.hash.clone(), words })
    }

    /// What stands below an e-mail in `language`; `None`, with a line in the log, where it cannot be filled.
    pub fn below_email(&self, language: &str, has_link: bool) -> Option<Below> {
        let texts = self.texts.get(language)?;
        match render_footer(texts, &agency_values(&self.agency), has_link) {
            Ok(footer) => Some(Below { footer, link: texts.emails.stop_link.clone() }),
            Err(reason) => {
                tracing::error!(reason, "footer refused");
                None
            }
        }
    }

    fn approved(&self, language: &str) -> Option<&Texts> {
        self.texts.get(language).filter(|texts| self.approvals.approves(language, &texts.hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use incident::{Event, Incident, event};
    use jiff::Timestamp;
    use serde_json::json;
    use updates::approvals::Approval;

    /// The shipped texts with `approved` languages signed, in a department whose own language is `default`.
    fn words(default: &str, approved: &[&str]) -> Words {
        let folder = Folder::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/agency"));
        let mut agency = folder.agency().unwrap();
        agency.default_language = default.into();
        let policy = Arc::new(crate::planning::policy(&folder).unwrap());
        let mut words = Words::approved_by(Approvals::default(), &folder, &agency, &policy).unwrap();
        let sign = |language: &&str| {
            let (name, date) = ("Pat Example".into(), "2026-06-01".parse().unwrap());
            ((*language).to_owned(), Approval { name, date, hash: words.texts[*language].hash.clone() })
        };
        let texts = approved.iter().map(sign).collect();
        words.approvals = Approvals { texts, ..Approvals::default() };
        words
    }

    /// A call by somebody whose record names the language `own`.
    fn call(own: Option<&str>) -> Subject {
        let mut person = json!({"id": "p1", "roles": ["caller"], "phone": "+12185550123"});
        if let Some(own) = own {
            person["language"] = json!(own);
        }
        let data = json!({"incident": {"id": "26-1", "call_type": "NOISE"}, "people": [person]});
        let mut incident = Incident::new("26-1");
        if let Event::Incident(stamp, kind, data) =
            event::read("incident.opened", Timestamp::UNIX_EPOCH, &data, false).unwrap()
        {
            incident.apply(stamp, kind, &data, false);
        }
        Subject::Incident(Box::new(incident))
    }

    #[track_caller]
    fn check(
        own: Option<&str>,
        asked: Option<&str>,
        default: &str,
        approved: &[&str],
        expected: Result<&str, Reason>,
    ) {
        let (words, call) = (words(default, approved), call(own));
        let worded = words.word(&call, "p1", Kind::CallReceived, "0", Channel::Text, asked);
        assert_eq!(
            worded.as_ref().map(|worded| worded.language.as_str()).map_err(|reason| *reason),
            expected
        );
    }

    const ALL: &[&str] = &["en", "es", "hmn", "so"];

    #[test]
    fn the_first_language_of_the_chain_is_used() {
        check(Some("spa"), Some("so"), "hmn", ALL, Ok("es"));
        check(None, Some("so"), "hmn", ALL, Ok("so"));
        check(None, None, "hmn", ALL, Ok("hmn"));
        check(Some("klingon"), None, "es", ALL, Ok("es"));
    }

    #[test]
    fn a_language_that_nobody_signed_falls_back_to_the_next() {
        check(Some("spa"), Some("so"), "hmn", &["en", "hmn", "so"], Ok("so"));
        check(Some("spa"), Some("so"), "hmn", &["en", "hmn"], Ok("hmn"));
        check(Some("spa"), Some("so"), "hmn", &["en"], Ok("en"));
        check(Some("spa"), None, "es", &["so"], Err(Reason::UnapprovedText));
    }

    #[test]
    fn only_signed_languages_are_offered() {
        let offered = |approved: &[&str]| {
            let words = words("en", approved);
            words.word(&call(None), "p1", Kind::CallReceived, "0", Channel::Text, None).unwrap().words.body
        };
        assert!(offered(ALL).ends_with("Reply ESPAÑOL, HMOOB, SOOMAALI or STOP to end."));
        assert!(offered(&["en", "so"]).ends_with("Reply SOOMAALI or STOP to end."));
        assert!(offered(&["en"]).ends_with("911. Reply STOP to end."));
    }

    #[test]
    fn an_answer_falls_back_like_a_message() {
        let language = |wanted: &str, approved: &[&str]| {
            words("so", approved).answer(Answer::Help, wanted).map(|worded| worded.language)
        };
        assert_eq!(language("es", ALL).unwrap(), "es");
        assert_eq!(language("es", &["en", "so"]).unwrap(), "so");
        assert_eq!(language("es", &["en"]).unwrap(), "en");
        assert!(matches!(language("es", &["hmn"]), Err(NotSent::UnapprovedText)));
    }
}
