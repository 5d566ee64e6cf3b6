//! What is published, what is refused, and that every language says the same.
use std::fmt::Write as _;

use startup::agency::Folder;

use super::*;
use crate::check::tests::Copy;

const TODAY: &str = "2026-11-28";

fn write(copy: &Copy, drafts: bool) -> (String, bool) {
    let pages = Pages { out: copy.0.join("out"), agency: copy.0.clone(), drafts };
    pages.write(&Folder::new(&copy.0), TODAY.parse().unwrap()).unwrap()
}

/// Names of the written files.
fn written(copy: &Copy) -> Vec<String> {
    let entries = fs::read_dir(copy.0.join("out")).map(|entries| entries.map(Result::unwrap).collect());
    let entries: Vec<fs::DirEntry> = entries.unwrap_or_default();
    let mut names: Vec<String> =
        entries.iter().map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn sign(copy: &Copy, languages: &[&str]) {
    let file = copy.0.join("approvals.toml");
    let mut text = fs::read_to_string(&file).unwrap();
    for language in languages {
        let name = format!("{language}.toml");
        let hash = page_hash(&name, &fs::read_to_string(copy.0.join(PAGES).join(&name)).unwrap());
        write!(
            text,
            "\n[pages.{language}]\nname = \"Pat Example\"\ndate = \"2026-06-01\"\nhash = \"{hash}\"\n"
        )
        .unwrap();
    }
    fs::write(file, text).unwrap();
}

#[test]
fn nothing_is_published_that_nobody_signed() {
    let copy = Copy::new();
    let (told, ready) = write(&copy, false);
    assert!(!ready && told.contains("Nothing is written"), "{told}");
    assert!(told.contains("[pages.en]\nname = \"\"\ndate = \"2026-11-28\"\nhash = \""), "{told}");
    assert_eq!(written(&copy), [""; 0]);
    // A language that falls back has nothing to fall back to.
    sign(&copy, &["es"]);
    assert!(!write(&copy, false).1);
    assert_eq!(published(&copy.0, "es.html").unwrap(), None);
}

#[test]
fn what_is_signed_is_published_and_links_to_nothing_else() {
    let copy = Copy::new();
    sign(&copy, &["en", "es"]);
    assert!(write(&copy, false).1);
    assert_eq!(written(&copy), ["en.html", "es.html", "index.html", "style.css"]);
    let page = published(&copy.0, "es.html").unwrap().unwrap();
    assert_eq!(page, fs::read_to_string(copy.0.join("out/es.html")).unwrap());
    assert!(page.contains("href=\"en.html\"") && !page.contains("hmn.html"), "{page}");
    assert!(!page.contains("Draft"), "{page}");
    assert_eq!(published(&copy.0, "hmn.html").unwrap(), None);
    assert_eq!(published(&copy.0, "../agency.toml").unwrap(), None);
}

#[test]
fn a_changed_word_waits_for_a_new_signature() {
    let copy = Copy::new();
    sign(&copy, &["en"]);
    let file = copy.0.join("pages/en.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("Money, gift cards", "Money, cash, gift cards")).unwrap();
    assert!(!write(&copy, false).1);
    assert_eq!(published(&copy.0, "index.html").unwrap(), None);
}

#[test]
fn drafts_say_that_they_are_drafts() {
    let copy = Copy::new();
    sign(&copy, &["en"]);
    assert!(write(&copy, true).1);
    let page = |name: &str| fs::read_to_string(copy.0.join("out").join(name)).unwrap();
    assert!(!page("en.html").contains("class=\"draft\""));
    for language in ["es", "hmn", "so"] {
        let page = page(&format!("{language}.html"));
        assert!(
            page.contains(&format!("has signed [pages.{language}] in")) && page.contains("noindex"),
            "{page}"
        );
    }
}

#[test]
fn a_page_says_number_stop_privacy_and_terms_and_runs_nothing() {
    let copy = Copy::new();
    let pages = read(&Folder::new(&copy.0)).unwrap();
    let languages: Vec<&str> = pages.iter().map(|page| page.language.as_str()).collect();
    assert_eq!(
        languages,
        Folder::new(&copy.0).list("texts", "").unwrap(),
        "texts and pages differ in languages"
    );
    let agency = Folder::new(&copy.0).agency().unwrap();
    for (name, text) in files(&agency, pages).into_iter().filter(|(name, _)| name != "style.css") {
        for part in ["218-555-0190", "id=\"privacy\"", "id=\"terms\"", "STOP", "HELP", "911", POLICY] {
            assert!(text.contains(part), "{name} lacks {part}");
        }
        for part in ["<script", " style=", "<style", "://", "{{", "{%"] {
            assert!(!text.contains(part), "{name} holds {part}");
        }
    }
}

#[test]
fn names_go_in_as_text_and_numbers_stay_whole() {
    let copy = Copy::new();
    let file = copy.0.join("agency.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("Example City Police\"", "Town & County Police\"")).unwrap();
    sign(&copy, &["en"]);
    let page = published(&copy.0, "en.html").unwrap().unwrap();
    assert!(page.contains("<title>Is this text real? - Town &amp; County Police</title>"), "{page}");
    assert!(!page.contains("Town & County"), "{page}");
    assert!(page.contains("<span class=\"whole\">218-555-0190.</span>"), "{page}");
}

/// Replaces `from` by `to` in the English page and expects the fault.
#[track_caller]
fn refused(from: &str, to: &str, named: &str) {
    let copy = Copy::new();
    let file = copy.0.join("pages/en.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "pages/en.toml no longer holds {from:?}");
    fs::write(&file, text.replace(from, to)).unwrap();
    let report = crate::check::inspect(&copy.0);
    let printed = report.to_string();
    assert!(!report.is_sound() && printed.contains(named), "{printed}");
}

#[test]
fn a_page_that_says_too_little_or_too_much_is_refused() {
    refused("{{ number }}", "our number", "real: must say \"218-555-0190\"");
    refused("Reply START", "Write BEGIN", "stop: must say \"START\"");
    refused(
        "Message and data rates may apply",
        "Rates may apply",
        "terms: must say \"Message and data rates",
    );
    refused("with third parties", "with others", "privacy: must say \"third parties\"");
    refused("no link in it.", "no link in it but www.example.com.", "must not contain a link");
    refused("Money,", "<b>Money</b>,", "must be plain words");
    refused("{{ agency }} call and", "{{ town }} call and", "pages/en.toml: terms.points[0]: UndefinedError");
    refused("heading = \"Terms\"", "heading = \" \"", "terms.heading: is blank");
    refused("[terms]", "[conditions]", "unknown field `conditions`");
}

#[test]
fn a_page_that_few_can_read_is_refused() {
    let long = "Notwithstanding interdepartmental confidentiality considerations, unauthorized communications \
                representing organizational responsibilities necessitate administrative identification procedures. ";
    refused("That you keep a text secret.", &long.repeat(12), "reads at grade");
}

#[test]
fn without_a_number_there_is_no_page() {
    let copy = Copy::new();
    let file = copy.0.join("agency.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("text_number =", "# text_number =")).unwrap();
    let printed = crate::check::inspect(&copy.0).to_string();
    assert!(printed.contains("agency.toml: text_number: is missing"), "{printed}");
    fs::remove_dir_all(copy.0.join(PAGES)).unwrap();
    assert!(crate::check::inspect(&copy.0).is_sound(), "a folder without pages needs no number");
}
