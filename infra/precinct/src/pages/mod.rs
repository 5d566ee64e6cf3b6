//! `precinct pages`: the public page "Is this text real?", a file a language. Only what a person signed is published,
//! as with the texts; no function has a part in it, so it stays up whatever else is down.
mod html;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use jiff::civil::Date;
use startup::Clock;
use startup::agency::{Agency, AgencyError, Folder};
use updates::approvals::{Approvals, PAGES, page_hash};
use updates::render::{AgencyWords, Values, agency_values};

pub(crate) use html::POLICY;
use words::Words;

/// Where the pages lie in the public bucket.
pub(crate) const PLACE: &str = "texts/";

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Pages {
    /// Folder to write to; its files are what belongs under texts/ in the public bucket.
    #[arg(long)]
    out: PathBuf,
    /// Agency folder.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Write pages that nobody signed too, each with a note above it: to be read at home, never to be published.
    #[arg(long)]
    drafts: bool,
}

/// A language's page, filled.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) language: String,
    pub(crate) words: Words,
    pub(crate) hash: String,
    /// The day on which somebody signed exactly these words.
    pub(crate) signed: Option<Date>,
}

impl Pages {
    /// Writes the pages and prints what was left out and why; `false` where there is nothing to publish.
    pub fn run(&self) -> anyhow::Result<bool> {
        let folder = Folder::new(&self.agency);
        let zone = folder.agency()?.zone()?;
        let today = Clock::wall().now().to_zoned_datetime(zone).date();
        let (told, ready) = self.write(&folder, today)?;
        show!("{told}");
        Ok(ready)
    }

    fn write(&self, folder: &Folder, today: Date) -> anyhow::Result<(String, bool)> {
        let agency = folder.agency()?;
        let all = read(folder)?;
        ensure!(!all.is_empty(), "the agency folder has no pages/; copy it from the shipped folder");
        let default = all.iter().find(|page| page.language == agency.default_language);
        let Some(default) = default else {
            bail!("pages/{}.toml, the page in the default language, is missing", agency.default_language)
        };
        let mut told: String = all.iter().map(|page| line(page, today)).collect();
        if default.signed.is_none() && !self.drafts {
            told.push_str("\nNothing is written: the page in the default language comes first.\n");
            return Ok((told, false));
        }
        let shown = all.iter().filter(|page| self.drafts || page.signed.is_some()).cloned().collect();
        fs::create_dir_all(&self.out).with_context(|| format!("{} cannot be made", self.out.display()))?;
        for (name, text) in files(&agency, shown) {
            let file = self.out.join(name);
            fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        }
        Ok((format!("{told}\nWritten to {}\n", self.out.display()), true))
    }
}

fn line(page: &Page, today: Date) -> String {
    let Page { language, hash, signed, .. } = page;
    match signed {
        Some(date) => format!("{language}: signed on {date}\n"),
        None => format!(
            "{language}: not signed. Somebody who reads it well adds to approvals.toml:\n\n[pages.{language}]\n\
             name = \"\"\ndate = \"{today}\"\nhash = \"{hash}\"\n\n"
        ),
    }
}

/// Every language's page. A folder without pages has none.
pub(crate) fn read(folder: &Folder) -> Result<Vec<Page>, AgencyError> {
    let agency = folder.agency()?;
    let approvals: Approvals = folder.toml("approvals.toml")?;
    if !folder.path().join(PAGES).is_dir() {
        return Ok(Vec::new());
    }
    let values = values(&agency)?;
    let files = folder.files(PAGES, "toml")?;
    files.iter().map(|(file, text)| one(file, text, &approvals, &values)).collect()
}

fn one(file: &str, text: &str, approvals: &Approvals, values: &Values) -> Result<Page, AgencyError> {
    let invalid = |reason| AgencyError::Invalid { file: format!("{PAGES}/{file}"), reason };
    let language = file.trim_end_matches(".toml").to_owned();
    if !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(invalid("is not named after a language, as en.toml".to_owned()));
    }
    let words = Words::parse(text).and_then(|words| words.filled(values)).map_err(invalid)?;
    let broken = words.broken(&language, values);
    if !broken.is_empty() {
        return Err(invalid(broken.join("; ")));
    }
    let hash = page_hash(file, text);
    let approval = approvals.pages.get(&language).filter(|approval| approval.holds(&hash));
    Ok(Page { language, words, signed: approval.map(|approval| approval.date), hash })
}

/// What the pages may say of the agency.
fn values(agency: &Agency) -> Result<Values, AgencyError> {
    let number = agency.text_number.clone().ok_or_else(|| AgencyError::Invalid {
        file: "agency.toml".into(),
        reason: "text_number: is missing; the public page says which number texts come from".into(),
    })?;
    let words = AgencyWords {
        name: agency.name.clone(),
        non_emergency_phone: agency.non_emergency_phone.clone(),
        text_to_911: agency.text_to_911,
        zone: agency.zone()?,
    };
    let mut values = agency_values(&words);
    values.extend([("number", number), ("page", agency.page.clone())]);
    Ok(values)
}

/// The files of `pages` by name. `index.html` is the default language's page, for an address that names none.
fn files(agency: &Agency, pages: Vec<Page>) -> BTreeMap<String, String> {
    let number = agency.text_number.as_deref().unwrap_or_default();
    let mut files = BTreeMap::from([("style.css".to_owned(), html::STYLE.to_owned())]);
    for page in &pages {
        let text = html::page(page, &agency.name, number, &pages);
        if page.language == agency.default_language {
            files.insert("index.html".into(), text.clone());
        }
        files.insert(format!("{}.html", page.language), text);
    }
    files
}

/// The published file under `name` of the agency folder at `path`, if there is one.
pub(crate) fn published(path: &Path, name: &str) -> Result<Option<String>, AgencyError> {
    let folder = Folder::new(path);
    let agency = folder.agency()?;
    let pages: Vec<Page> = read(&folder)?.into_iter().filter(|page| page.signed.is_some()).collect();
    if !pages.iter().any(|page| page.language == agency.default_language) {
        return Ok(None);
    }
    Ok(files(&agency, pages).remove(name))
}
