//! The texts: each rendered with the longest values it can meet, measured, and held to the house rules of
//! wording, so that a text never fails for the first time in front of a caller.
use std::collections::BTreeMap;

use startup::agency::{Agency, Folder};
use updates::approvals::Approvals;
use updates::render::{AgencyWords, longest_values, render};
use updates::segments::measure;
use updates::texts::Texts;
use updates::{Channel, Class, Kind};

use super::Report;

/// Checks every language of the folder.
pub(super) fn check(report: &mut Report, folder: &Folder, agency: &Agency, approvals: &Approvals) {
    let languages = match folder.list("texts", "") {
        Ok(languages) => languages,
        Err(error) => return report.agency_fault(error),
    };
    if !languages.contains(&agency.default_language) {
        let reason = format!("default_language: there are no texts in texts/{}", agency.default_language);
        report.fault("agency.toml", reason);
    }
    let Ok(zone) = agency.zone() else { return };
    let words = AgencyWords {
        name: agency.name.clone(),
        non_emergency_phone: agency.non_emergency_phone.clone(),
        text_to_911: agency.text_to_911,
        zone,
    };
    for language in languages {
        if let Some(texts) = read(report, folder, &language) {
            for kind in Kind::ALL {
                one(report, &texts, *kind, &words);
            }
            let approved =
                if approvals.approves(&language, &texts.hash) { "approved" } else { "not approved" };
            let line = format!("{} kinds, {approved}; hash {}…", Kind::ALL.len(), &texts.hash[..12]);
            report.row(&format!("texts/{language}"), line);
        }
    }
}

fn read(report: &mut Report, folder: &Folder, language: &str) -> Option<Texts> {
    let place = format!("texts/{language}");
    let names = folder.list(&place, "toml").map_err(|error| report.agency_fault(error)).ok()?;
    let mut files = BTreeMap::new();
    for name in names {
        let text = report.read(folder, &format!("{place}/{name}"))?;
        files.insert(name, text);
    }
    Texts::parse(language, &files)
        .map_err(|error| report.fault(&format!("{place}/{}", error.file), error.reason))
        .ok()
}

fn one(report: &mut Report, texts: &Texts, kind: Kind, agency: &AgencyWords) {
    let file = format!("texts/{}/{kind}.toml", texts.language);
    let values = longest_values(texts, kind, agency);
    match render(kind, Channel::Text, texts, &values) {
        Ok(text) => {
            report.size(&texts.language, kind, measure(&text.body));
            for reason in wording(&text.body, kind, &texts.language, agency) {
                report.fault(&file, format!("text: {reason}"));
            }
        }
        Err(refused) => report.fault(&file, format!("text: {refused}")),
    }
    if let Err(refused) = render(kind, Channel::Email, texts, &values) {
        report.fault(&file, format!("subject or body: {refused}"));
    }
}

/// The house rules a text breaks.
fn wording(text: &str, kind: Kind, language: &str, agency: &AgencyWords) -> Vec<&'static str> {
    let english = language == "en";
    let has = |word: &str| text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|found| found == word);
    let live = kind.class() == Class::EmergencyService;
    let rules = [
        (!text.starts_with(&agency.name), "must open with the agency's name"),
        (!text.contains("STOP"), "must say how to stop: the word STOP is missing"),
        (live && !text.contains("911"), "must say what to do if it gets worse: 911 is missing"),
        (english && kind == Kind::OfficersDelayed && !has("delayed"), "must contain the word delayed"),
        (
            english && kind != Kind::OfficersOnTheWay && has("way"),
            "must not contain the word way: only officers_on_the_way may",
        ),
        (text.contains("://") || text.contains("www."), "must not contain a link"),
    ];
    rules.into_iter().filter_map(|(broken, reason)| broken.then_some(reason)).collect()
}
