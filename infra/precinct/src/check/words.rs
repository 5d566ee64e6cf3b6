//! The texts: each rendered with the longest values it can meet, measured, held to the house rules of wording, and
//! tried with the least that each trigger brings, so that a text never fails for the first time in front of a caller.
use std::collections::BTreeMap;

use startup::agency::{Agency, Folder};
use updates::approvals::Approvals;
use updates::render::{AgencyWords, agency_values, longest_values, render, render_answer, render_footer};
use updates::segments::{limit, measure};
use updates::texts::{ANSWERS, EMAILS, Texts};
use updates::triggers::unfilled;
use updates::{Answer, Channel, Kind, Policy, advice, wording};

use super::Report;

/// Checks every language of the folder.
pub(super) fn check(
    report: &mut Report,
    folder: &Folder,
    agency: &Agency,
    approvals: &Approvals,
    policy: Option<&Policy>,
) {
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
            let own = advice::own_domains(&agency.page, &agency.email_from);
            for kind in advice::KINDS {
                advised(report, &texts, kind, &words, &own, policy);
            }
            answers(report, &texts, &words);
            footer(report, &texts, &words);
            for unfilled in unfilled(&texts, &words) {
                report.fault(&format!("texts/{language}/{}.toml", unfilled.kind), unfilled.to_string());
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
    let language = &texts.language;
    let file = format!("texts/{language}/{kind}.toml");
    let values = longest_values(texts, kind, agency);
    match render(kind, Channel::Text, texts, &values) {
        Ok(text) => {
            measured(report, &file, language, kind.word(), &text.body);
            for reason in wording::of_text(&text.body, kind, language, &agency.name) {
                report.fault(&file, format!("text: {reason}"));
            }
        }
        Err(refused) => report.fault(&file, format!("text: {refused}")),
    }
    match render(kind, Channel::Email, texts, &values) {
        Ok(email) => {
            for reason in wording::of_email(&email.subject, &email.body, kind, language, &agency.name) {
                report.fault(&file, reason);
            }
        }
        Err(refused) => report.fault(&file, format!("subject or body: {refused}")),
    }
}

/// Advice by call type: its words, whether the e-mail shows it, and whether anybody is ever told of such a call.
fn advised(
    report: &mut Report,
    texts: &Texts,
    kind: Kind,
    agency: &AgencyWords,
    own: &[&str],
    policy: Option<&Policy>,
) {
    let file = format!("texts/{}/{kind}.toml", texts.language);
    for (call_type, words) in &texts.of(kind).advice {
        let mut fault = |reason: &str| report.fault(&file, format!("advice.{call_type}: {reason}"));
        for reason in advice::broken(words, &texts.language, own) {
            fault(&reason);
        }
        if policy.is_some_and(|policy| !policy.allows_call_types(&[call_type.clone()].into())) {
            fault("updates.toml does not allow this call type: nobody would be told");
        }
        let mut values = longest_values(texts, kind, agency);
        values.insert(advice::PLACEHOLDER, words.trim().to_owned());
        let Ok(email) = render(kind, Channel::Email, texts, &values) else { continue };
        if !email.body.contains(words.trim()) {
            fault("the body does not show it: {% if advice is defined %}{{ advice }}{% endif %} is missing");
        }
        if email.body.trim().contains("\n\n\n") {
            fault("the body has an empty paragraph beside it");
        }
    }
}

fn answers(report: &mut Report, texts: &Texts, agency: &AgencyWords) {
    let language = &texts.language;
    let file = format!("texts/{language}/{ANSWERS}");
    for answer in Answer::ALL {
        match render_answer(*answer, texts, &agency_values(agency)) {
            Ok(text) => {
                measured(report, &file, language, answer.word(), &text.body);
                for reason in wording::of_answer(&text.body, *answer, language, &agency.name) {
                    report.fault(&file, format!("{answer}: {reason}"));
                }
            }
            Err(refused) => report.fault(&file, refused),
        }
    }
}

/// Notes the size of a text; more parts than its language may take are a fault.
fn measured(report: &mut Report, file: &str, language: &str, name: &'static str, text: &str) {
    let (size, limit) = (measure(text), limit(language));
    if size.parts > limit {
        let reason = format!("{} units need {} parts, the limit is {limit}", size.units, size.parts);
        report.fault(file, format!("{name}: {reason}"));
    }
    report.size(language, name, size);
}

fn footer(report: &mut Report, texts: &Texts, agency: &AgencyWords) {
    for has_link in [true, false] {
        if let Err(refused) = render_footer(texts, &agency_values(agency), has_link) {
            report.fault(&format!("texts/{}/{EMAILS}", texts.language), refused);
        }
    }
}
