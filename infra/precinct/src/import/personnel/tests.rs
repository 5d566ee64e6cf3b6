//! Folders as agencies have them: every file, every fault, and that a fault loads nothing.
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use startup::Entropy;

use super::*;

/// A folder that goes with the test.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn folder(files: &[(&str, &str)]) -> Place {
    let place = Place(std::env::temp_dir().join(format!("precinct-import-{}", Entropy::system().token())));
    fs::create_dir_all(&place.0).unwrap();
    for (name, text) in files {
        fs::write(place.0.join(name), text).unwrap();
    }
    place
}

fn agency() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../agency"))
}

fn options(folder: &Path) -> Options {
    Options {
        folder: folder.to_owned(),
        agency: agency(),
        errors: folder.join("import-errors.csv"),
        state: folder.join("import-personnel.state"),
        restart: false,
    }
}

const OFFICERS: &str = "officer_id,effective_on,hired_on,rank,unit,shift,supervisor_id,active\n\
    E-1,2020-01-06,2018-03-01,officer,patrol-1,days,E-9,yes\n\
    E-1,1/15/2024,3/1/2018,officer,patrol-2,nights,,Y\n";
const EVENTS: &str = "event_id,officer_id,indicator,occurred_on,reported_on,severity\n\
    c-1,E-1,complaint,2024-02-01,2024-02-03,\n";

/// Rows that can be loaded, and the file of faults.
fn read(files: &[(&str, &str)]) -> (u64, String, Vec<String>) {
    let place = folder(files);
    let checked = Checked::read(&options(&place.0)).unwrap();
    let errors = fs::read_to_string(place.0.join("import-errors.csv")).unwrap_or_default();
    (checked.rows, errors, checked.notes)
}

#[track_caller]
fn fault(file: &str, text: &str, expected: &str) {
    let (_, errors, _) = read(&[(file, text)]);
    let start = errors.lines().nth(1).unwrap_or_default();
    assert!(start.starts_with(expected), "{start}");
}

#[track_caller]
fn refused(files: &[(&str, &str)], expected: &str) {
    let place = folder(files);
    let error = Checked::read(&options(&place.0)).err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn every_file_is_read() {
    let (rows, errors, notes) = read(&[
        ("officers.csv", OFFICERS),
        ("exposure.csv", "officer_id,date,hours,arrests\nE-1,2024-02-29,160.5,3\n"),
        ("events.csv", EVENTS),
        ("findings.csv", "event_id,finding,closed_on\nc-1,not_sustained,2025-01-31\n"),
        ("voided.csv", "event_id,voided_on\nc-1,2025-02-01\n"),
        ("commendations.csv", "officer_id,date,kind\nE-1,2024-05-01,letter\n"),
        ("training_required.csv", "officer_id,course,due_on\nE-1,cit,2026-12-31\n"),
        (
            "training_completed.csv",
            "officer_id,course,completed_on,hours,result\nE-1,cit,2024-06-01,8,passed\n",
        ),
    ]);
    assert_eq!((rows, errors.as_str(), notes), (9, "", Vec::new()));
}

#[test]
fn faults_name_file_line_column_and_what_to_do_but_no_value() {
    let events = "event_id,officer_id,indicator,occurred_on,reported_on\n\
        c-1,E-1,complaint,2024-02-01,2024-02-03\n\
        c-2,E 2,complaint,2024-02-01,2024-02-03\n\
        c-3,E-1,grumpiness,2024-02-01,2024-02-03\n\
        c-4,E-1,complaint,2024-02-05,2024-02-03\n\
        c-5,E-1,complaint,yesterday,2024-02-03\n\
        c-6,E-1,complaint,2024-02-01,#VALUE!\n\
        \"c-7\n\",E-1,complaint,2024-02-01\n\
        c-1,E-2,complaint,2024-02-01,2024-02-03\n";
    let (rows, errors, _) = read(&[("events.csv", events)]);
    assert_eq!(rows, 1);
    insta::assert_snapshot!(errors, @r#"
    file,line,column,code,what_to_do
    events.csv,3,officer_id,invalid,"officer_id must be printable ASCII without spaces, /, ?, #, % and \"
    events.csv,4,indicator,unknown_indicator,indicator must be one of the contract's or be declared in eis.toml
    events.csv,5,reported_on,invalid,reported_on must not lie before occurred_on
    events.csv,6,occurred_on,invalid,"write the day as 2026-07-04, or as 7/4/2026 with month first and all four digits of the year"
    events.csv,7,reported_on,spreadsheet_error,the spreadsheet wrote an error here; mend it or leave the cell empty
    events.csv,8,,wrong_number_of_fields,the row has 4 fields and the header 5; mend the commas or quotes
    events.csv,10,,contradicts_earlier_row,"an earlier row says something else about the same thing and day; keep one of the two, or give the later one its day in effective_on or revised_on"
    "#);
}

#[test]
fn columns_may_say_when_something_was_revised() {
    let events = "event_id,officer_id,indicator,occurred_on,reported_on,revised_on\n\
        c-1,E-1,complaint,2024-02-01,2024-02-03,\n\
        c-1,E-2,complaint,2024-02-01,2024-02-03,2024-03-01\n";
    assert_eq!(read(&[("events.csv", events)]).0, 2);
}

#[test]
fn single_cells_are_refused_by_column() {
    fault("exposure.csv", "officer_id,date,hours\nE-1,2024-02-29,\n", "exposure.csv,2,,invalid,");
    fault("exposure.csv", "officer_id,date,hours\nE-1,,5\n", "exposure.csv,2,date,invalid,date is required");
    fault(
        "findings.csv",
        "event_id,finding,closed_on\nc-1,pending,2024-01-01\n",
        "findings.csv,2,finding,invalid,",
    );
    fault("voided.csv", "event_id,voided_on\nc-1,\n", "voided.csv,2,voided_on,invalid,");
    fault(
        "officers.csv",
        &OFFICERS.replace("yes", "perhaps"),
        "officers.csv,2,active,invalid,\"write true or false",
    );
}

#[test]
fn a_protected_column_refuses_everything_by_name() {
    let officers = OFFICERS.replacen("shift", "shift,Birth Date", 1);
    refused(&[("events.csv", EVENTS), ("officers.csv", &officers)], "remove the columns [\"Birth Date\"]");
}

#[test]
fn a_folder_must_be_one_and_headers_must_name_what_is_needed() {
    refused(&[], "holds none of officers.csv");
    refused(&[("voided.csv", "event_id\nc-1\n")], "lacks the columns [\"voided_on\"]");
    refused(&[("voided.csv", ""), ("voided.csv.gz", "")], "are both there");
}

#[test]
fn packed_files_and_byte_order_marks_are_read() {
    let place = folder(&[("events.csv", &format!("\u{feff}{EVENTS}"))]);
    let mut packed =
        GzEncoder::new(fs::File::create(place.0.join("officers.csv.gz")).unwrap(), Compression::fast());
    packed.write_all(OFFICERS.as_bytes()).unwrap();
    packed.finish().unwrap();
    let checked = Checked::read(&options(&place.0)).unwrap();
    assert_eq!((checked.rows, checked.faulty()), (3, 0));
}

#[test]
fn what_seems_odd_is_told_and_loaded() {
    let (rows, _, notes) = read(&[
        (
            "officers.csv",
            &OFFICERS
                .replace("active\n", "active,badge\n")
                .replace("yes\n", "yes,1\n")
                .replace("Y\n", "Y,1\n"),
        ),
        (
            "events.csv",
            &format!(
                "{EVENTS}c-1,E-1,complaint,2024-02-01,2024-02-03,\nc-9,E-7,complaint,2024-02-01,2024-02-03,\n"
            ),
        ),
        ("findings.csv", "event_id,finding,closed_on\nc-8,sustained,2025-01-31\n"),
    ]);
    assert_eq!(rows, 6);
    insta::assert_snapshot!(notes.join("\n"), @r"
    officers.csv: columns that are not used: badge
    rows that repeat another one word for word: 1; they count once
    rows that name an officer who is not in officers.csv: 1; they count once that officer's post is known
    findings and voids of events that are not in events.csv: 1; they wait for the report
    ");
}

#[test]
fn ids_follow_from_content_alone() {
    let ids = |text: &str| {
        let place = folder(&[("events.csv", text)]);
        let checked = Checked::read(&options(&place.0)).unwrap();
        let ids: Vec<String> =
            checked.loadable().map(|row| row.unwrap().2.event["id"].as_str().unwrap().to_owned()).collect();
        ids.join(" ")
    };
    assert_eq!(ids(EVENTS), ids(&EVENTS.replace("2024-02-01", "2/1/2024")));
    assert_ne!(ids(EVENTS), ids(&EVENTS.replace("c-1", "c-2")));
}

#[tokio::test]
async fn a_faulty_row_loads_nothing_unless_it_is_to_be_skipped() {
    let place =
        folder(&[("officers.csv", OFFICERS), ("events.csv", &format!("{EVENTS}c-2,E-1,complaint,,,\n"))]);
    let data = place.0.join("data");
    let command = Personnel {
        folder: place.0.clone(),
        data: Some(data.clone()),
        url: None,
        agency: agency(),
        errors: None,
        skip_faulty: false,
        restart: false,
    };
    assert!(!command.clone().run().await.unwrap());
    assert!(!data.exists(), "no stack was even started");
    assert!(!Personnel { skip_faulty: true, ..command }.run().await.unwrap(), "not every row was taken");
    let state = fs::read_to_string(data.join("import-personnel.state")).unwrap();
    assert!(state.contains(r#""counts":{"rows":3,"accepted":3,"duplicates":0,"rejected":0}"#), "{state}");
}
