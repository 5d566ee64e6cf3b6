//! The score against a reference implementation on the public records of one city. The data is no part of the
//! repository: `PRECINCT_DATA` names its folder, and without it the tests say that they skipped.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a helper that fails is a failed test")]
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use eis::event::Finding;
use eis::input::{Incident, Input, Officer, Posting};
use eis::{Explanation, Output, Ruleset, score};
use flate2::read::MultiGzDecoder;
use jiff::ToSpan;
use jiff::civil::Date;

type Rows = Vec<HashMap<String, String>>;

/// Rows of `name` in the folder of public data; nothing where there is none.
fn rows(folder: &Path, name: &str) -> Rows {
    let file = File::open(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(file));
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PRECINCT_DATA").map(|data| PathBuf::from(data).join("eis"));
    if folder.is_none() {
        println!("skipped: PRECINCT_DATA is not set");
    }
    folder
}

fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// The files that the score and its labels are made of.
struct City {
    payroll: Rows,
    roster: HashMap<String, Option<Date>>,
    units: Rows,
    complaints: Rows,
    force: Rows,
    suits: Rows,
}

impl City {
    fn read(folder: &Path) -> Self {
        let roster = rows(folder, "chicago_roster.csv.gz");
        Self {
            payroll: rows(folder, "chicago_payroll_years.csv.gz"),
            roster: roster
                .iter()
                .map(|row| (row["officer_id"].clone(), day(&row["appointed_date"])))
                .collect(),
            units: rows(folder, "chicago_unit_history.csv.gz"),
            complaints: rows(folder, "chicago_complaints.csv.gz"),
            force: rows(folder, "chicago_use_of_force.csv.gz"),
            suits: rows(folder, "chicago_lawsuit_settlements.csv.gz"),
        }
    }

    /// On the payroll the year before, and in one of four ranks in the year itself.
    fn population(&self, t: Date) -> BTreeMap<String, &str> {
        let year = |row: &HashMap<String, String>| row["year"].parse::<i16>().unwrap();
        let before: BTreeSet<&str> = self
            .payroll
            .iter()
            .filter(|row| year(row) == t.year() - 1)
            .map(|row| row["officer_id"].as_str())
            .collect();
        let ranks = ["POLICE OFFICER", "DETECTIVE", "SERGEANT", "FIELD TRAINING OFFICER"];
        let present =
            self.payroll.iter().filter(|row| year(row) == t.year() && ranks.contains(&row["rank"].as_str()));
        let both = present.filter(|row| before.contains(row["officer_id"].as_str()));
        both.map(|row| (row["officer_id"].clone(), row["rank"].as_str())).collect()
    }

    fn unit(&self, t: Date) -> HashMap<&str, (Date, &str)> {
        let mut units: HashMap<&str, (Date, &str)> = HashMap::new();
        for row in &self.units {
            let Some(start) = day(&row["unit_start_date"]) else { continue };
            if start < t && day(&row["unit_end_date"]).is_none_or(|end| end >= t) {
                let held = units.entry(&row["officer_id"]).or_insert((start, &row["unit"]));
                *held = (*held).max((start, &row["unit"]));
            }
        }
        units
    }

    fn input(&self, t: Date) -> Input {
        let units = self.unit(t);
        let officer = |(id, rank): (String, &str)| {
            let appointed = self.roster.get(&id).copied().flatten();
            let hired_on = appointed.unwrap_or_else(|| t.saturating_sub(12.years()));
            let unit = units.get(id.as_str()).map_or("none", |(_, unit)| unit).to_owned();
            let rank = if rank == "POLICE OFFICER" { "officer" } else { "other" }.to_owned();
            let posting = Posting { from: hired_on, unit, rank, shift: "any".into(), active: true };
            let none = BTreeMap::new();
            (id, Officer { hired_on, postings: vec![posting], exposure: BTreeMap::new(), events: none })
        };
        let mut officers: BTreeMap<String, Officer> = self.population(t).into_iter().map(officer).collect();
        let sources =
            [("complaint", &self.complaints, "reported_date"), ("use_of_force", &self.force, "event_date")];
        for (indicator, rows, date) in sources {
            for row in rows {
                if let (Some(officer), Some(day)) = (officers.get_mut(&row["officer_id"]), day(&row[date]))
                    && day < t
                {
                    officer.events.insert(row["incident_id"].clone(), event(indicator, day));
                }
            }
        }
        Input { as_of: t, officers, previous: BTreeMap::new() }
    }

    /// Officers with a complaint that was later sustained, or in a settled suit, within two years.
    fn adverse(&self, t: Date) -> BTreeSet<&str> {
        let within = |text: &str| day(text).is_some_and(|day| t <= day && day < t.saturating_add(2.years()));
        let sustained =
            self.complaints.iter().filter(|row| row["sustained"] == "1" && within(&row["event_date"]));
        let sued = self.suits.iter().filter(|row| within(&row["event_date"]));
        sustained.chain(sued).map(|row| row["officer_id"].as_str()).collect()
    }
}

fn event(indicator: &str, occurred_on: Date) -> Incident {
    let indicator = indicator.into();
    Incident { indicator, occurred_on, severity: None, finding: Finding::Pending, scene_id: None }
}

/// The measured set-up: complaints .7 and force .3, every finding counts, no back-off of peer groups.
fn rules() -> Ruleset {
    let mut rules = Ruleset::parse(include_str!("../../../infra/agency/eis.toml")).unwrap();
    for (name, indicator) in &mut rules.indicators {
        indicator.weight = match name.as_str() {
            "complaint" => 0.7,
            "use_of_force" => 0.3,
            _ => 0.0,
        };
    }
    rules.peers.min_officers = 2;
    rules.peers.min_months = 0.0;
    rules
}

/// Area under the ROC curve by mid-ranks, and tie-averaged precision among the top `share`.
fn accuracy(mut scored: Vec<(f64, bool)>, share: f64) -> (f64, f64) {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let size = scored.len() as f64;
    let k = (share * size).round();
    let positives = scored.iter().filter(|(_, hit)| *hit).count() as f64;
    let (mut ranks, mut hits, mut seen) = (0.0, 0.0, 0.0);
    for tied in scored.chunk_by(|a, b| a.0 == b.0) {
        let (count, found) = (tied.len() as f64, tied.iter().filter(|(_, hit)| *hit).count() as f64);
        ranks += found * (size - seen - (count - 1.0) / 2.0);
        hits += found * ((k - seen) / count).clamp(0.0, 1.0);
        seen += count;
    }
    ((ranks - positives * (positives + 1.0) / 2.0) / (positives * (size - positives)), hits / k)
}

fn term<'a>(output: &'a Output, indicator: &str) -> &'a eis::explanation::Term {
    output.scores[0].terms.iter().find(|term| term.indicator == indicator).unwrap()
}

/// Year, officers, AUC, P@5 %, and a and mu of complaints and force, as printed by the reference.
const PRINTED: [(i16, usize, f64, f64, [f64; 4]); 6] = [
    (2008, 13_275, 0.6898, 0.298, [0.894, 0.567, 0.0505, 0.0298]),
    (2009, 12_969, 0.6956, 0.284, [0.956, 0.585, 0.0518, 0.0335]),
    (2010, 12_780, 0.6990, 0.301, [0.918, 0.571, 0.0534, 0.0348]),
    (2011, 12_396, 0.7043, 0.352, [0.929, 0.520, 0.0527, 0.0365]),
    (2012, 11_955, 0.7181, 0.438, [1.022, 0.495, 0.0493, 0.0385]),
    (2013, 11_758, 0.6751, 0.383, [1.033, 0.509, 0.0457, 0.0405]),
];

#[test]
fn six_years_agree_with_the_printed_figures() {
    let Some(folder) = folder() else { return };
    let city = City::read(&folder);
    let (mut auc_mean, mut precision_mean) = (0.0, 0.0);
    for (year, officers, auc, precision, [a_complaints, a_force, mu_complaints, mu_force]) in PRINTED {
        let t = Date::constant(year, 1, 1);
        let (output, adverse) = (score(&city.input(t), &rules()), city.adverse(t));
        let scored = |score: &Explanation| (score.s.value(), adverse.contains(score.officer_id.as_str()));
        let found = accuracy(output.scores.iter().map(scored).collect(), 0.05);
        println!("{year}: {} officers, AUC {:.4}, P@5% {:.4}", output.scores.len(), found.0, found.1);
        assert_eq!(output.scores.len(), officers);
        assert!((found.0 - auc).abs() < 0.002, "AUC {} is not {auc}", found.0);
        assert!((found.1 - precision).abs() < 0.006, "P@5% {} is not {precision}", found.1);
        let (complaints, force) = (term(&output, "complaint"), term(&output, "use_of_force"));
        for (found, printed, tolerance) in [
            (complaints.a, a_complaints, 0.002),
            (force.a, a_force, 0.002),
            (complaints.mu, mu_complaints, 0.0001),
            (force.mu, mu_force, 0.0001),
        ] {
            assert!((found - printed).abs() < tolerance, "{year}: {found} is not {printed}");
        }
        auc_mean += found.0 / 6.0;
        precision_mean += found.1 / 6.0;
    }
    println!("mean: AUC {auc_mean:.4}, P@5% {precision_mean:.4}");
    assert!(auc_mean >= 0.69 && precision_mean >= 0.335);
}

#[test]
fn each_officers_score_agrees_with_the_reference() {
    let Some(folder) = folder() else { return };
    let output = score(&City::read(&folder).input(Date::constant(2012, 1, 1)), &rules());
    let golden: HashMap<String, f64> = rows(&folder, "golden_scores_2012.csv.gz")
        .iter()
        .map(|row| (row["officer_id"].clone(), row["score"].parse().unwrap()))
        .collect();
    assert_eq!(output.scores.len(), golden.len());
    let apart = |score: &&Explanation| (score.s.value() - golden[&score.officer_id]).abs() > 0.001;
    let count = output.scores.iter().filter(apart).count();
    println!("{count} of {} officers differ by more than .001", golden.len());
    // Peer groups of a handful of officers, where the reference's units differ.
    assert!(count * 50 < golden.len());
}
