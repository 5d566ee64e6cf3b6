//! A small invented history, end to end: the files are read, the score is measured, the controls hold, and what does not
//! belong in the score cannot be named in it.
mod past;

use std::fmt::Write as _;
use std::path::PathBuf;

use super::*;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const HISTORY: &str = r#"
name = "Sample"
asof = "2020-01-01..2021-01-01"
label = "sustained"
horizon_months = 12
complete_until = "2022-12-31"
[roster]
file = "roster.csv"
officer = "id"
hired = "hired"
[[events]]
indicator = "complaint"
file = "complaints.csv"
id = "number"
officer = "id"
dated = "day"
[[events]]
indicator = "use_of_force"
file = "force.csv"
id = "number"
officer = "id"
dated = "day"
[[labels]]
name = "sustained"
file = "complaints.csv"
officer = "id"
dated = "day"
where = [{ column = "sustained", is = ["yes"] }]
[[thresholds]]
name = "3 complaints in 180 days"
any = [{ indicator = "complaint", count = 3, days = 180 }]
"#;

/// Two hundred officers, of whom every tenth has a complaint each month, sustained every third time; dates as in the US.
fn sample(name: &str) -> Folder {
    let folder = std::env::temp_dir().join(format!("precinct-backtest-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut roster, mut complaints, mut force) = (
        "id,hired\n".to_owned(),
        "\u{feff}number,id,day,sustained\n".to_owned(),
        "number,id,day\n".to_owned(),
    );
    for officer in 0..200 {
        let _ = writeln!(roster, "O{officer:03},{}/1/2010", officer % 12 + 1);
        let every = if officer % 10 == 0 { 1 } else { 11 + officer % 7 };
        for month in (0..48).filter(|month| (month + officer) % every == 0) {
            let day = format!("{}/{}/{} 11:05:00 PM", month % 12 + 1, officer % 28 + 1, 2018 + month / 12);
            let sustained = if (month + officer) % 3 == 0 { "yes" } else { "no" };
            let _ = writeln!(complaints, "C{officer}-{month},O{officer:03},{day},{sustained}");
            let _ = writeln!(force, "F{officer}-{month},O{officer:03},{day}");
        }
    }
    complaints.push_str("C-x,O001,#VALUE!,no\nC-y,,1/1/2020,no\n");
    for (file, text) in [("roster.csv", roster), ("complaints.csv", complaints), ("force.csv", force)] {
        std::fs::write(folder.join(file), text).unwrap();
    }
    std::fs::write(folder.join("history.toml"), HISTORY).unwrap();
    Folder(folder)
}

fn officers(folder: &Folder) -> Officers {
    Officers {
        data: folder.0.clone(),
        history: Some(folder.0.join("history.toml")),
        asof: None,
        label: None,
        horizon: None,
        out: Some(folder.0.join("out")),
        demographics: None,
        rules: concat!(env!("CARGO_MANIFEST_DIR"), "/../agency/eis.toml").into(),
        rounds: 20,
        scores: true,
    }
}

#[test]
fn a_history_is_measured_end_to_end() {
    let folder = sample("end");
    let figures = officers(&folder).figures().unwrap();
    // The twenty planted ones come first, and each has another complaint that is sustained.
    let score = figures.methods["score"];
    assert!(score.auc > 0.55 && score.precision_at.pct5 > 0.99, "{score:?}");
    let control = |index: usize| (figures.controls[index].met, figures.controls[index].found.clone());
    assert!(control(1).0, "an event after the origin: {}", control(1).1);
    assert!(control(2).0, "the order of rows: {}", control(2).1);
    let dirt: Vec<_> = figures.dirt.iter().map(|(_, why, rows)| (why.as_str(), *rows)).collect();
    assert_eq!(dirt, [("a spreadsheet error in place of a date", 1), ("no officer", 1)]);
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.0.join("out/metrics.json")).unwrap()).unwrap();
    for method in ["score", "score_peer", "complaints_24m", "sustained_5y"] {
        for cut in ["1pct", "2pct", "5pct", "10pct", "50", "100"] {
            assert!(json[method]["precision_at"][cut].is_f64(), "{method} {cut}");
        }
        assert!(json[method]["auc"].is_f64() && json[method]["lift_at_5pct"].is_f64());
    }
    assert!(
        json["thresholds"]["3 complaints in 180 days"]["flagged"].as_u64().is_some_and(|flagged| flagged > 0)
    );
    assert!(json["churn_per_month"].is_f64());
    let page = std::fs::read_to_string(folder.0.join("out/report.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 4);
    assert!(!page.contains("src=") && !page.contains("<link"), "the page needs nothing else");
}

#[test]
fn a_protected_attribute_cannot_be_named_in_the_score() {
    let text =
        HISTORY.replace("dated = \"day\"\n[[events]]", "dated = \"day\"\nseverity = \"race\"\n[[events]]");
    let error = History::parse(&text).unwrap_err().to_string();
    assert!(error.contains("race is a protected attribute"), "{error}");
}

#[track_caller]
fn refused(asof: &str) {
    assert!(origins(asof).is_err(), "{asof}");
}

#[test]
fn origins_lie_a_year_apart() {
    assert_eq!(origins("2008-01-01..2013-01-01").unwrap().len(), 6);
    assert_eq!(origins("2012-07-01").unwrap().len(), 1);
    refused("2013-01-01..2008-01-01");
    refused("soon");
    assert_eq!(months("24m").unwrap(), 24);
    assert!(months("0m").is_err());
}
