//! What was known on a past day, on an invented history with findings that come late: nothing after the origin, and no
//! order of rows, reaches the score.
use std::fmt::Write as _;
use std::path::Path;

use eis::Ruleset;
use eis::accuracy::{Lot, Ranked};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::super::history::History;
use super::super::origin::Origin;
use super::super::snapshot::{Rules, Snapshot};
use super::super::{controls, records};
use super::Folder;

const HISTORY: &str = r#"
name = "invented"
asof = "2020-01-01..2021-01-01"
label = "later"
horizon_months = 12
complete_until = "2021-06-30"
[roster]
file = "people.csv"
officer = "id"
hired = "hired"
separated = "left"
unit = "unit"
rank = "rank"
supervisor = "sergeant"
[[events]]
indicator = "complaint"
file = "events.csv"
id = "case"
officer = "id"
dated = "day"
known = "told"
finding = "finding"
closed = "closed"
findings = { S = "sustained", U = "unfounded" }
[[labels]]
name = "later"
file = "events.csv"
officer = "id"
dated = "day"
decided = "closed"
where = [{ column = "finding", is = ["s"] }]
[[thresholds]]
name = "2 in 180 days"
any = [{ indicator = "complaint", count = 2, days = 180 }]
[rules]
weights = { complaint = 1 }
"#;

/// A folder of its own for each test; 160 officers, of whom every fifth draws many complaints, before and after.
fn folder(name: &str) -> Folder {
    let folder = std::env::temp_dir().join(format!("precinct-past-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut lot = Lot::new(5);
    let (mut people, mut events) =
        (String::from("\u{feff}id,hired,left,unit,rank,sergeant\n"), String::new());
    events.push_str("case,id,day,told,finding,closed,note\n");
    for officer in 0..160 {
        let hired = date(2009, 1, 1).saturating_add((officer * 20).days());
        writeln!(people, "P-{officer},{hired},,unit-{},officer,S-{}", officer % 4, officer % 8).unwrap();
        let count = if officer % 5 == 0 { 12 } else { lot.below(4) };
        for event in 0..count {
            let day = date(2016, 1, 1).saturating_add((lot.below(1900) as i64).days());
            let closed = day.saturating_add(200.days());
            let finding = ["S", "U", "", "N"][lot.below(4)];
            let (month, dom, year) = (day.month(), day.day(), day.year());
            writeln!(
                events,
                "C-{officer}-{event},P-{officer},{month}/{dom}/{year} 1:05:00 PM,{day},{finding},{closed},\"two\nlines\""
            )
            .unwrap();
        }
    }
    events.push_str("C-x,P-1,#VALUE!,,S,,\nC-y,,1/2/2019,,S,,\n");
    std::fs::write(folder.join("people.csv"), people).unwrap();
    std::fs::write(folder.join("events.csv"), events).unwrap();
    Folder(folder)
}

fn rules(history: &History) -> Rules {
    let shipped = Ruleset::parse(include_str!("../../../../agency/eis.toml")).unwrap();
    Rules { score: history.rules.apply(&shipped), shipped }
}

const T: Date = date(2020, 1, 1);

fn snapshot(history: &History, records: &records::Records) -> Snapshot {
    let label = history.label("later").unwrap();
    Snapshot::take(&Origin { history, records, t: T }, &rules(history), label, 12)
}

fn read(folder: &Path) -> (History, records::Records) {
    let history = History::parse(HISTORY).unwrap();
    let records = records::load(&history, folder, None).unwrap();
    (history, records)
}

#[test]
fn the_score_finds_who_comes_again_and_permuted_outcomes_are_found_by_chance() {
    let (history, records) = read(&folder("finds").0);
    let snapshot = snapshot(&history, &records);
    let auc = |hits: &[bool]| Ranked::new(snapshot.of("score"), hits).auc().unwrap();
    assert_eq!(snapshot.officers.len(), 160);
    assert!(auc(&snapshot.hits) > 0.6, "{}", auc(&snapshot.hits));
    let mut lot = Lot::new(1);
    let permuted = (0..200).map(|_| {
        let mut hits = snapshot.hits.clone();
        lot.shuffle(&mut hits);
        auc(&hits)
    });
    let mean = permuted.sum::<f64>() / 200.0;
    assert!((mean - 0.5).abs() < 0.02, "{mean}");
}

#[test]
fn events_on_the_origin_and_the_order_of_rows_change_nothing() {
    let folder = folder("order");
    let (history, records) = read(&folder.0);
    let rules = rules(&history);
    let future = controls::future(&history, &records, &rules, T);
    assert!(future.met, "{}", future.found);
    let load = |lot| records::load(&history, &folder.0, Some(lot));
    assert!(controls::shuffled(&history, &records, &rules, T, load).unwrap().met);
    assert_eq!(records, records::load(&history, &folder.0, Some(Lot::new(77))).unwrap());
}

#[test]
fn a_finding_is_seen_only_after_its_day_and_censoring_is_counted() {
    let (history, records) = read(&folder("findings").0);
    let early = Origin { history: &history, records: &records, t: T };
    let sustained = |origin: &Origin| -> usize {
        records.service.keys().map(|id| origin.sustained(id, "complaint", 1825)).sum()
    };
    let all: usize = records
        .events
        .values()
        .flat_map(std::collections::BTreeMap::values)
        .filter(|past| past.finding == eis::event::Finding::Sustained && past.dated < T)
        .count();
    assert!(sustained(&early) < all && sustained(&early) > 0);
    let label = history.label("later").unwrap();
    let (officers, censoring) = early.outcomes(label, 12);
    assert!(!officers.is_empty() && censoring.decided_after > 0 && censoring.days_missing == 0);
    let late = Origin { t: date(2021, 1, 1), ..early };
    assert_eq!(late.outcomes(label, 12).1.days_missing, 184);
}

#[test]
fn a_history_names_what_is_missing() {
    let history =
        HISTORY.replace("file = \"events.csv\"\nofficer = \"id\"\ndated = \"day\"\ndecided", "decided");
    let error = History::parse(&history).unwrap_err().to_string();
    assert_eq!(error, "labels.later: give file, officer and dated, or any");
    let error = History::parse(HISTORY).unwrap().label("gone").unwrap_err().to_string();
    assert_eq!(error, "--label gone: the history has later");
}
