//! Going live with the shipped folder: what is printed, what is refused, what changes.
use std::fs;
use std::path::Path;

use super::*;
use crate::check::tests::Copy;

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

fn told(path: &Path, part: Part, without: &[String]) -> (String, bool) {
    let (told, ready) = tell(path, part, without, today()).unwrap();
    (told, ready)
}

/// Hashes change with every word; what is printed about them is not their digits.
fn shown(told: &str) -> String {
    let digits = |word: &str| word.trim_matches('"').len() == 64;
    let line = |line: &str| {
        line.split(' ').map(|word| if digits(word) { "HASH" } else { word }).collect::<Vec<_>>().join(" ")
    };
    told.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Appends the printed blocks to the approvals, signed by these names in turn.
fn sign(folder: &Path, told: &str, names: &[&str]) {
    let file = folder.join("approvals.toml");
    let mut approvals = fs::read_to_string(&file).unwrap();
    let mut names = names.iter().cycle();
    for line in told.lines() {
        if line == "name = \"\"" {
            writeln!(approvals, "name = \"{}\"", names.next().unwrap()).unwrap();
        } else if line.starts_with('[') || line.starts_with("date = ") || line.starts_with("hash = ") {
            approvals.push_str(line);
            approvals.push('\n');
        }
    }
    fs::write(file, approvals).unwrap();
}

fn only_english(folder: &Path) {
    for entry in fs::read_dir(folder.join("texts")).unwrap().map(Result::unwrap) {
        if entry.file_name() != "en" {
            fs::remove_dir_all(entry.path()).unwrap();
        }
    }
}

#[test]
fn nothing_is_approved_as_shipped() {
    let copy = Copy::new();
    only_english(&copy.0);
    let (told, ready) = told(&copy.0, Part::Updates, &[]);
    assert!(!ready);
    insta::assert_snapshot!(shown(&told));
}

#[test]
fn the_printed_lines_signed_are_enough_and_one_line_changes() {
    let copy = Copy::new();
    sign(&copy.0, &told(&copy.0, Part::Updates, &[]).0, &["Sam Sample"]);
    let (after, ready) = told(&copy.0, Part::Updates, &[]);
    assert!(ready, "{after}");
    let before = fs::read_to_string(copy.0.join("agency.toml")).unwrap();
    switch_on(&copy.0, Part::Updates).unwrap();
    let now = fs::read_to_string(copy.0.join("agency.toml")).unwrap();
    assert_eq!(now, before.replace("updates = \"shadow\"", "updates = \"live\""));
    assert!(crate::check::inspect(&copy.0).is_sound());
    assert!(told(&copy.0, Part::Updates, &[]).0.starts_with("updates: live already"));
}

#[test]
fn a_language_may_fall_back_if_somebody_says_so() {
    let copy = Copy::new();
    only_english(&copy.0);
    sign(&copy.0, &told(&copy.0, Part::Updates, &[]).0, &["Sam Sample"]);
    let other = copy.0.join("texts/xx");
    fs::create_dir(&other).unwrap();
    for entry in fs::read_dir(copy.0.join("texts/en")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), other.join(entry.file_name())).unwrap();
    }
    let (refused, ready) = told(&copy.0, Part::Updates, &[]);
    assert!(!ready && refused.contains("Missing: texts.xx; add to approvals.toml:"), "{refused}");
    let (taken, ready) = told(&copy.0, Part::Updates, &["xx".into()]);
    assert!(ready && taken.contains("people who read xx are written to in en"), "{taken}");
    let (refused, ready) = told(&copy.0, Part::Updates, &["en".into(), "xx".into()]);
    assert!(ready, "the default language is approved already: {refused}");
}

#[test]
fn a_denied_type_takes_two_different_people() {
    let copy = Copy::new();
    let file = copy.0.join("updates.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"LARCENY\",", "\"LARCENY\", \"XTRA\",")).unwrap();
    let first = told(&copy.0, Part::Updates, &[]).0;
    assert!(first.contains("XTRA is told about, although it is denied as shipped"), "{first}");
    assert_eq!(first.matches("[[deny_list]]").count(), 2);
    sign(&copy.0, &first, &["Sam Sample"]);
    let (refused, ready) = told(&copy.0, Part::Updates, &[]);
    assert!(!ready && refused.contains("Missing: deny_list (1 of 2 names)"), "{refused}");
    sign(&copy.0, &refused, &["Chris Muster"]);
    assert!(told(&copy.0, Part::Updates, &[]).1);
}

#[test]
fn a_changed_text_waits_for_a_new_approval() {
    let copy = Copy::new();
    sign(&copy.0, &told(&copy.0, Part::Updates, &[]).0, &["Sam Sample"]);
    let file = copy.0.join("texts/en/case_number.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n# one more line\n")).unwrap();
    let (refused, ready) = told(&copy.0, Part::Updates, &[]);
    assert!(
        !ready && refused.contains("replace [texts.en] in approvals.toml, whose texts have changed"),
        "{refused}"
    );
}

#[test]
fn alerts_need_their_first_night_and_the_map_its_area() {
    let copy = Copy::new();
    let alerts = told(&copy.0, Part::Alerts, &[]).0;
    let map = told(&copy.0, Part::Map, &[]).0;
    insta::assert_snapshot!(shown(&format!("{alerts}\n{map}")));
}

#[test]
fn an_unsound_folder_does_not_go_live() {
    let copy = Copy::new();
    sign(&copy.0, &told(&copy.0, Part::Updates, &[]).0, &["Sam Sample"]);
    let file = copy.0.join("retention.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("# quarantine = 14", "quarantine = 15")).unwrap();
    let (refused, ready) = told(&copy.0, Part::Updates, &[]);
    assert!(!ready && refused.contains("retention.toml: days.quarantine"), "{refused}");
}
