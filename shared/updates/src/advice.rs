//! Advice by call type: a short paragraph in the e-mail, such as where to add to a report. It may name a page of the
//! department's own and is held to the same neutral words as everything else; a text never shows it.
use std::collections::BTreeMap;

use crate::kind::Kind;
use crate::wording::{offence_in, plain_words};

/// Name of the placeholder that only bodies of e-mails have.
pub const PLACEHOLDER: &str = "advice";

/// Kinds whose e-mails may show advice.
pub const KINDS: [Kind; 3] = [Kind::CallReceived, Kind::CallClosed, Kind::CaseNumber];

/// What a file's table of advice breaks by itself; the error is the reason.
pub(crate) fn parsed(kind: Kind, advice: &BTreeMap<String, String>) -> Result<(), String> {
    if !advice.is_empty() && !KINDS.contains(&kind) {
        return Err("advice: only call_received, call_closed and case_number show some".into());
    }
    for (call_type, words) in advice {
        let reason = if words.trim().is_empty() {
            "is blank: write the words, or leave the line out"
        } else if words.trim().contains('\n') {
            "must be one paragraph"
        } else if words.contains("{{") || words.contains("{%") {
            "is shown as it stands: it can hold no placeholder"
        } else {
            continue;
        };
        return Err(format!("advice.{call_type}: {reason}"));
    }
    Ok(())
}

/// The rules that advice breaks. `own` are the domains of the department, to which a link may lead.
pub fn broken(words: &str, language: &str, own: &[&str]) -> Vec<String> {
    let is_link = |word: &&str| word.starts_with("https://");
    let rest: Vec<&str> = words.split_whitespace().filter(|word| !is_link(word)).collect();
    let mut broken = plain_words(&rest.join(" "), language);
    for link in words.split_whitespace().filter(is_link) {
        let host = host(link);
        if !own.iter().any(|domain| host == *domain || host.ends_with(&format!(".{domain}"))) {
            broken.push(format!(
                "may only link to the department's own pages: {host:?} is not on {}",
                own.join(" or ")
            ));
        }
        // An address is read on a screen like any other word.
        if let Some(word) = offence_in(&link.replace(|c: char| !c.is_alphanumeric(), " "), language) {
            broken.push(format!("must not say what happened, in a link either: {word:?}"));
        }
    }
    broken
}

/// The domains of the department: that of its page, and that of its e-mails.
pub fn own_domains<'a>(page: &'a str, email_from: &'a str) -> Vec<&'a str> {
    let page = page.split(['/', ':']).next().unwrap_or_default();
    let mail = email_from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut domains: Vec<&str> = [page, mail].into_iter().filter(|domain| !domain.is_empty()).collect();
    domains.dedup();
    domains
}

fn host(link: &str) -> String {
    let rest = link.trim_start_matches("https://");
    // Browsers read a backslash as a slash.
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    // What stands before an @ is a name that only looks like a host.
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    host.trim_end_matches(['.', ',', ';', ')']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &[&str] = &["police.example.gov"];

    #[track_caller]
    fn kept(words: &str) {
        assert_eq!(broken(words, "en", OWN), [""; 0]);
    }

    #[track_caller]
    fn refused(words: &str, named: &str) {
        let found = broken(words, "en", OWN);
        assert!(found.iter().any(|reason| reason.contains(named)), "{found:?}");
    }

    #[test]
    fn a_link_to_the_departments_own_page_is_kept() {
        kept("You can add to your report at https://police.example.gov/report.");
        kept("You can add to your report at https://www.police.example.gov/report?from=mail");
        kept("Lock your doors at night.");
    }

    #[test]
    fn any_other_link_is_refused() {
        refused("See https://example.com/report.", "\"example.com\" is not on police.example.gov");
        refused("See https://police.example.gov.example.com/report.", "\"police.example.gov.example.com\"");
        refused("See https://police.example.gov@example.com/report.", "\"example.com\"");
        refused("See https://notpolice.example.gov/", "\"notpolice.example.gov\"");
        refused("See https://example.com\\@police.example.gov.", "\"example.com\"");
        refused("See http://police.example.gov/report.", "a link");
        refused("See police.example.gov/report.", "a link");
    }

    #[test]
    fn neither_words_nor_links_say_what_happened() {
        refused("We have tips after a burglary.", "\"burglary\"");
        refused("See https://police.example.gov/after-a-burglary.", "\"burglary\"");
        refused("See our dispo codes.", "words of the trade");
        refused("Documentation necessitates considerable administrative preparation.", "reads at grade");
    }

    #[test]
    fn the_departments_domains_are_those_of_page_and_e_mails() {
        assert_eq!(
            own_domains("example.gov/police", "updates@police.example.gov"),
            ["example.gov", "police.example.gov"]
        );
        assert_eq!(own_domains("police.example.gov/updates", "updates@police.example.gov"), OWN);
    }
}
