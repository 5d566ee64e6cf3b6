//! The page: plain HTML that works without scripts, at any width, read aloud, in the light and in the dark. It shows
//! neither the address nor the report, since a link gets forwarded.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use startup::agency::{AgencyError, Folder};
use startup::http::Answer;
use updates::approvals::{Approvals, files_hash};
use updates::render::{AgencyWords, Values, agency_values, fill};
use updates::texts::{EMAILS, EmailTexts, PageTexts};

/// Shipped words, for a folder in which no language can be used: people must be able to stop e-mails all the same.
const ENGLISH: &str = include_str!("../../../infra/agency/texts/en/emails.toml");

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--ground:#f0f2f5;--line:#1f4e79;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#1f252c;--ground:#14181d;--line:#8fc1ec;--on:#14181d}}
body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
main{box-sizing:border-box;max-width:36rem;margin:0 auto;padding:1.5rem;background:var(--paper);border-top:4px solid var(--line)}
@media (min-width:40rem){main{margin-top:2rem;border-radius:4px}}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
.agency{font-weight:bold;margin:0 0 1rem}
fieldset{border:0;margin:0 0 1rem;padding:0}
legend{padding:0;margin-bottom:.5rem}
label{display:flex;gap:.75rem;align-items:baseline;padding:.6rem 0}
input{width:1.25rem;height:1.25rem;flex:none;margin:0;accent-color:var(--line);align-self:center}
button{font:inherit;font-weight:bold;padding:.7rem 1.6rem;border:0;border-radius:4px;background:var(--line);color:var(--on)}
button:focus-visible,input:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
";

/// The words of the page in each language that may be shown.
#[derive(Debug)]
pub(crate) struct Pages {
    agency: String,
    values: Values,
    default_language: String,
    texts: BTreeMap<String, PageTexts>,
    english: PageTexts,
}

impl Pages {
    /// Reads what is approved; what cannot be read is left out with a line in the log.
    pub(crate) fn load(folder: &Folder) -> anyhow::Result<Self> {
        let agency = folder.agency()?;
        let approvals: Approvals = folder.toml("approvals.toml").unwrap_or_default();
        let mut texts = BTreeMap::new();
        for language in folder.list("texts", "").unwrap_or_default() {
            match read(folder, &language, &approvals) {
                Ok(page) => texts.extend(page.map(|page| (language, page))),
                Err(error) => tracing::error!(error = %error, "texts of a language left out"),
            }
        }
        let words = AgencyWords {
            name: agency.name.clone(),
            non_emergency_phone: agency.non_emergency_phone.clone(),
            text_to_911: agency.text_to_911,
            zone: agency.zone()?,
        };
        let english = EmailTexts::parse(ENGLISH).map_err(anyhow::Error::msg)?.page;
        Ok(Self {
            values: agency_values(&words),
            agency: agency.name,
            default_language: agency.default_language,
            texts,
            english,
        })
    }

    /// The question what to stop. `about_a_report` offers to stop that report's e-mails alone.
    pub(crate) fn form(&self, language: &str, about_a_report: bool) -> Answer {
        let (language, texts) = self.texts(Some(language));
        let mut choices = vec![("all", &texts.everything)];
        choices.extend(about_a_report.then_some(("case", &texts.report)));
        choices.push(("surveys", &texts.surveys));
        let choice = |(value, words): (&str, &String)| {
            let checked = if value == "all" { " checked" } else { "" };
            format!(
                "<label><input type=\"radio\" name=\"scope\" value=\"{value}\"{checked}><span>{}</span></label>\n",
                escaped(words)
            )
        };
        let content = format!(
            "<form method=\"post\">\n<fieldset>\n<legend>{}</legend>\n{}</fieldset>\n<p><button type=\"submit\">{}\
             </button></p>\n</form>\n<p>{}</p>\n",
            escaped(&texts.question),
            choices.into_iter().map(choice).collect::<String>(),
            escaped(&texts.button),
            self.filled(&texts.also),
        );
        self.page(200, language, texts, &content)
    }

    /// It is done.
    pub(crate) fn done(&self, language: &str) -> Answer {
        let (language, texts) = self.texts(Some(language));
        let content =
            format!("<p role=\"status\">{}</p>\n<p>{}</p>\n", escaped(&texts.done), self.filled(&texts.also));
        self.page(200, language, texts, &content)
    }

    /// The link is none of ours, or damaged.
    pub(crate) fn unknown(&self) -> Answer {
        let (language, texts) = self.texts(None);
        self.page(404, language, texts, &format!("<p>{}</p>\n", self.filled(&texts.unknown)))
    }

    /// It could not be recorded; a mail program tries again by itself.
    pub(crate) fn later(&self, language: Option<&str>) -> Answer {
        let (language, texts) = self.texts(language);
        let content = format!("<p role=\"alert\">{}</p>\n", self.filled(&texts.later));
        self.page(503, language, texts, &content).header("retry-after", "60")
    }

    /// The words in `language`, else in the department's, else in English.
    fn texts<'a>(&'a self, language: Option<&'a str>) -> (&'a str, &'a PageTexts) {
        let chain = [language, Some(self.default_language.as_str())];
        let found = chain.into_iter().flatten().find_map(|code| Some((code, self.texts.get(code)?)));
        found.unwrap_or(("en", &self.english))
    }

    fn filled(&self, template: &str) -> String {
        escaped(&fill(template, &self.values).unwrap_or_default())
    }

    fn page(&self, status: u16, language: &str, texts: &PageTexts, content: &str) -> Answer {
        let (agency, title, language) = (escaped(&self.agency), escaped(&texts.title), escaped(language));
        let body = format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} - {agency}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <p class=\"agency\">{agency}</p>\n<h1>{title}</h1>\n{content}</main>\n</body>\n</html>\n"
        );
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        Answer { status, media_type: "text/html; charset=utf-8", headers: Vec::new(), body }
            .header("content-language", language)
            .header("content-security-policy", policy)
            .header("referrer-policy", "no-referrer")
            .header("x-robots-tag", "noindex, nofollow")
    }
}

/// The page's words in `language`, where its texts are approved as they stand.
fn read(folder: &Folder, language: &str, approvals: &Approvals) -> Result<Option<PageTexts>, AgencyError> {
    let mut files = BTreeMap::new();
    for name in folder.list(&format!("texts/{language}"), "toml")? {
        let text = folder.text(&format!("texts/{language}/{name}"))?;
        files.insert(name, text);
    }
    if !approvals.approves(language, &files_hash(&files)) {
        return Ok(None);
    }
    let text = files.get(EMAILS).map(String::as_str).unwrap_or_default();
    let invalid = |reason| AgencyError::Invalid { file: format!("texts/{language}/{EMAILS}"), reason };
    EmailTexts::parse(text).map(|texts| Some(texts.page)).map_err(invalid)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
