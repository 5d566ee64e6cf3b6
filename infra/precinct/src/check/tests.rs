//! The shipped folder passes; each kind of mistake is named with file, key and reason.
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../agency")
}

/// A copy of the shipped folder, removed when the test ends.
pub(crate) struct Copy(pub(crate) PathBuf);

impl Copy {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let copy = std::env::temp_dir().join(format!("precinct-check-{}-{number}", std::process::id()));
        embedded::agency::copy_folder(&shipped(), &copy).unwrap();
        Self(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // A leftover in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Replaces `from` by `to` in one file and expects the fault `named`.
#[track_caller]
fn check(file: &str, from: &str, to: &str, named: &str) {
    let copy = Copy::new();
    let path = copy.0.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} no longer holds {from:?}");
    fs::write(&path, text.replace(from, to)).unwrap();
    let report = inspect(&copy.0);
    assert!(!report.is_sound());
    let printed = report.to_string();
    assert!(printed.contains(named), "{printed}");
}

#[test]
fn the_shipped_folder_is_sound() {
    let report = inspect(&shipped());
    assert!(report.is_sound(), "{report}");
}

#[test]
fn the_deny_lists_kept_in_the_rules_are_those_of_the_shipped_folder() {
    let folder = Folder::new(shipped());
    let lists: updates::deny::DenyLists = folder.toml("updates.toml").unwrap();
    let kept = updates::deny::DenyLists::shipped();
    assert_eq!(lists.hash(), kept.hash(), "copy them to shared/updates/src/shipped_deny_lists.toml");
}

#[test]
fn what_is_on_without_approval_is_named_with_the_command_that_helps() {
    check(
        "agency.toml",
        "updates = \"shadow\"",
        "updates = \"live\"",
        "approvals.toml: texts.en, deny_list (0 of 1 names): not approved, and modes.updates is live; \
         `precinct go-live updates` prints the lines",
    );
    check("agency.toml", "map = \"off\"", "map = \"on\"", "approvals.toml: map: not approved");
    check("approvals.toml", "# [texts.en]", "[texts.en]\nsigned = true", "unknown field `signed`");
}

#[test]
fn the_shipped_folder_says_what_it_lacks_to_go_live() {
    let report = inspect(&shipped()).to_string();
    assert!(report.contains("shadow; to go live it lacks texts.en, deny_list (0 of 1 names)"), "{report}");
    assert!(report.contains("off; to go live it lacks modes.alerts_from, ruleset"), "{report}");
}

#[test]
fn a_wrong_mode_or_zone_is_named() {
    check(
        "agency.toml",
        "updates = \"shadow\"",
        "updates = \"dark\"",
        "agency.toml: modes.updates: must be shadow or live",
    );
    check("agency.toml", "America/Chicago", "Chicago", "agency.toml: time_zone: \"Chicago\"");
    check(
        "agency.toml",
        "alerts = \"off\"",
        "alerts = \"on\"",
        "agency.toml: modes.alerts_from: must be a date",
    );
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    check("updates.toml", "adult_age", "adult_years", "unknown field `adult_years`");
    check("retention.toml", "# incidents = 730", "calls = 730", "unknown variant `calls`");
}

#[test]
fn an_impossible_score_or_map_is_named() {
    check("eis.toml", "half_life_days = 730", "half_life_days = 0", "eis.toml: ");
    check("hotspots.toml", "precision = 7", "precision = 17", "hotspots.toml: precision: must be 5 to 8");
    check("boundary.geojson", "\"Polygon\"", "\"Point\"", "boundary.geojson: ");
    check(
        "hotspots.toml",
        "cells_per_beat = 5",
        "cells_per_beat = 9",
        "hotspots.toml: patrol.cells_per_beat: must be 2 to 5",
    );
    check("beats.geojson", "\"name\"", "\"beat\"", "beats.geojson: feature 1 has no text");
    check("places.csv", "name,", "title,", "places.csv: ");
}

#[test]
fn a_kind_that_contradicts_itself_is_named() {
    check(
        "updates.toml",
        "latching = [\"DVA\"",
        "latching = [\"LARCENY\", \"DVA\"",
        "updates.toml: call_types: LARCENY cannot be",
    );
}

#[test]
fn a_code_both_allowed_and_denied_is_named() {
    check(
        "updates.toml",
        "\"MVAINJY\", ",
        "\"NOISE\", ",
        "call_types: NOISE cannot be allowed and denied at once",
    );
}

#[test]
fn a_text_with_an_unknown_placeholder_is_named() {
    check(
        "texts/en/case_number.toml",
        "{{ case }}. Keep",
        "{{ offence }}. Keep",
        "texts/en/case_number.toml: text: {{ offence }} has no value after case.opened",
    );
}

#[test]
fn a_placeholder_that_some_trigger_cannot_fill_is_named_with_its_trigger() {
    check(
        "texts/es/case_assigned.toml",
        "ya tiene investigador{% if investigator_name is defined %}: {{ investigator_name }}{% endif %}",
        "ya tiene investigador: {{ investigator_name }}",
        "texts/es/case_assigned.toml: body: {{ investigator_name }} has no value after case.assigned without the \
         investigator's name",
    );
}

#[test]
fn a_text_of_two_segments_is_named() {
    let long = "Keep it for questions and insurance and for whatever else may come of it in the end";
    check(
        "texts/en/case_number.toml",
        "Keep it for questions and insurance",
        long,
        "need 2 parts, the limit is 1",
    );
}

#[test]
fn the_rules_of_wording_are_held() {
    check(
        "texts/en/officers_delayed.toml",
        "officers are delayed",
        "officers are late",
        "must contain the word delayed",
    );
    check(
        "texts/en/call_received.toml",
        "You are in line.",
        "Somebody is under way.",
        "must not contain the word way",
    );
    check("texts/en/case_number.toml", "Reply STOP to end.", "Bye.", "the last sentence names STOP");
    check("texts/so/call_transferred.toml", "wac 911", "wac", "911 is missing");
    check("texts/en/answers.toml", "we pass this on", "the theft is passed on", "\"theft\"");
}

#[test]
fn a_missing_file_is_named() {
    let copy = Copy::new();
    fs::remove_file(copy.0.join("texts/en/call_closed.toml")).unwrap();
    assert!(inspect(&copy.0).to_string().contains("texts/en/call_closed.toml: is missing"));
}

#[test]
fn a_quarantine_that_is_too_long_is_named() {
    check(
        "retention.toml",
        "# quarantine = 14",
        "quarantine = 15",
        "retention.toml: days.quarantine: must be 14 or less",
    );
}

#[test]
fn mailboxes_and_the_task_webhook_are_checked() {
    let file = "agency.toml";
    check(file, "dispatch = \"dispatch-desk@police.example.gov\"\n", "", "mailboxes.dispatch: is missing");
    let commanders = "commander = \"command-staff@police.example.gov\"\n";
    check(file, commanders, "", "mailboxes.commander: is missing");
    check(
        file,
        "records = \"records@police.example.gov\"",
        "records = \"2185550100\"",
        "mailboxes.records: must be",
    );
    check(file, "[mailboxes]\n", "[mailboxes]\nanalyst = \"a@example.gov\"\n", "mailboxes.analyst: no task");
    check(file, "# url = \"https:", "url = \"http:", "task_webhook.url: must be an https address");
}

#[test]
fn a_profile_that_cannot_be_used_is_named() {
    check(
        "profiles/example-csv.toml",
        "\"/Call No\"",
        "\"Call No\"",
        "profiles/example-csv.toml: fields./incident/id: \"Call No\" is no JSON pointer",
    );
    check(
        "profiles/ticketscad.toml",
        "\"Theft\" = \"LARCENY\"",
        "\"Theft\" = 7",
        "profiles/ticketscad.toml: tables.call_types: must be a text",
    );
}

#[test]
fn codes_that_nobody_decided_on_are_told() {
    let copy = Copy::new();
    let path = copy.0.join("profiles/example-csv.toml");
    let text = fs::read_to_string(&path).unwrap().replace("\"ACC\" = \"MVA\"", "\"ACC\" = \"ACCIDENT\"");
    fs::write(&path, text).unwrap();
    let printed = inspect(&copy.0).to_string();
    assert!(printed.contains("in no list of updates.toml: ACCIDENT\n"), "{printed}");
    let shipped = inspect(&shipped()).to_string();
    assert!(!shipped.contains("in no list"), "{shipped}");
}

#[test]
fn a_sample_counts_what_no_table_knows() {
    let copy = Copy::new();
    let file = copy.0.join("sample.csv");
    let rows = "Call No,Type,Received,Enroute\n\
        26-1,THEFT,07/04/2026 21:13:40,07/04/2026 21:20:00\n\
        26-2,PICNIC,07/04/2026 21:13:40,07/04/2026 21:20:00\n\
        26-3,PICNIC,07/04/2026 21:13:40,\n\
        26-4,THEFT,,\n\
        26-5,THEFT,soon,\n";
    fs::write(&file, rows).unwrap();
    let sample = Sample::read(&file, &copy.0, "example-csv").unwrap();
    insta::assert_snapshot!(sample.to_string(), @r#"
    5 rows, 1 without an event, 1 refused
            3  incident.opened
            2  unit.enroute
      Values that no table knows, in rows:
            2  call_types: "PICNIC"
      Refused:
            1  /Received: must be a time as the profile says (first in line 6)
    "#);
}

#[test]
fn advice_that_breaks_a_rule_or_reaches_nobody_is_refused() {
    let file = "texts/en/call_closed.toml";
    let advice = "Tips on locks and lights are at https://police.example.gov/safe-home.";
    check(file, advice, " ", "advice.BURGLARY: is blank");
    check(
        file,
        advice,
        "Tips after a burglary.",
        "advice.BURGLARY: must not say what happened: \"burglary\"",
    );
    check(
        file,
        advice,
        "See https://example.com/tips.",
        "advice.BURGLARY: may only link to the department's own",
    );
    check(file, "BURGLARY =", "DVA =", "advice.DVA: updates.toml does not allow this call type");
    check(file, "BURGLARY =", "BURGLERY =", "advice.BURGLERY: updates.toml does not allow this call type");
    let shown = "{% if advice is defined %}{{ advice }}\n\n{% endif %}";
    check(file, shown, "", "advice.BURGLARY: the body does not show it");
    check(file, shown, "{{ advice }}\n\n", "body: {{ advice }} has no value after incident.closed");
    let hole = "{% if advice is defined %}{{ advice }}{% endif %}\n\n";
    check(file, shown, hole, "body: has an empty paragraph");
}
