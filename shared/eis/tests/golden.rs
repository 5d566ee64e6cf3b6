//! The score against a reference implementation on the public records of one city. The data is no part of the
//! repository: `PRECINCT_DATA` names its folder, and without it the tests say that they skipped.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a helper that fails is a failed test")]
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use eis::accuracy::{Ranked, rank_correlation, share_of};
use eis::event::Finding;
use eis::exposure::constant_duty;
use eis::input::{Incident, Input, Officer, Posting};
use eis::rate::{self, Bounds};
use eis::scene::{self, Presence};
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
                    // Seven officers repeat in an incident under another date: the first row counts.
                    officer.events.entry(row["incident_id"].clone()).or_insert_with(|| event(indicator, day));
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

/// Area under the ROC curve, and precision among the first `share`.
fn accuracy(scored: &[(f64, bool)], share: f64) -> (f64, f64) {
    let (scores, hits): (Vec<f64>, Vec<bool>) = scored.iter().copied().unzip();
    let ranked = Ranked::new(&scores, &hits);
    (ranked.auc().unwrap(), ranked.precision_at(share_of(share, ranked.size)).unwrap())
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
        let found = accuracy(&output.scores.iter().map(scored).collect::<Vec<_>>(), 0.05);
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

/// Months of the reference's length of service: twelve a Julian year. Its half-life, like ours, is in months of 30.4.
const REFERENCE_MONTH: f64 = 30.4375;

/// One officer of the reference: months of service, peers, decayed complaints and force.
struct Served {
    id: String,
    months: f64,
    peers: (String, String),
    y: [f64; 2],
}

/// Counts and service of `t`, with months of `month` days.
fn served(input: &Input, month: f64) -> Vec<Served> {
    let one = |(id, officer): (&String, &Officer)| {
        let age = |day: Date| f64::from((input.as_of - day).get_days());
        let post = &officer.postings[0];
        let mut y = [0.0; 2];
        for event in officer.events.values().filter(|event| age(event.occurred_on) <= 1825.0) {
            y[usize::from(event.indicator == "use_of_force")] += libm::exp2(-age(event.occurred_on) / 730.0);
        }
        let months = (age(officer.hired_on) / month).clamp(3.0, 60.0);
        Served { id: id.clone(), months, peers: (post.unit.clone(), post.rank.clone()), y }
    };
    input.officers.iter().map(one).collect()
}

/// The composite by the crate's public formulas alone, without rounding.
fn by_formula(officers: &[Served]) -> HashMap<String, f64> {
    let duty: Vec<f64> = officers.iter().map(|one| constant_duty(one.months, 730.0)).collect();
    let mut scores: HashMap<String, f64> = HashMap::new();
    for (index, weight) in [0.7, 0.3].into_iter().enumerate() {
        let rows: Vec<(f64, f64)> = officers.iter().zip(&duty).map(|(one, e)| (one.y[index], *e)).collect();
        let (mu, a) = (rate::mean(&rows), rate::shape(&rows, Bounds { lowest: 0.2, highest: 5.0 }));
        let mut groups: BTreeMap<&(String, String), (f64, f64)> = BTreeMap::new();
        for (one, (y, e)) in officers.iter().zip(&rows) {
            let group = groups.entry(&one.peers).or_default();
            *group = (group.0 + y, group.1 + e);
        }
        for (one, (y, e)) in officers.iter().zip(&rows) {
            let (sum, exposure) = groups[&one.peers];
            let m_g = rate::group_mean(sum, exposure, mu, a, 10.0);
            *scores.entry(one.id.clone()).or_default() += weight * rate::shrink(*y, *e, mu, m_g, a).dept;
        }
    }
    scores
}

fn golden(folder: &Path) -> HashMap<String, f64> {
    let rows = rows(folder, "golden_scores_2012.csv.gz");
    rows.iter().map(|row| (row["officer_id"].clone(), row["score"].parse().unwrap())).collect()
}

fn apart(found: &HashMap<String, f64>, reference: &HashMap<String, f64>) -> (f64, f64) {
    assert_eq!(found.len(), reference.len());
    let pairs: Vec<(f64, f64)> = found.iter().map(|(id, s)| (*s, reference[id])).collect();
    let most = pairs.iter().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    (most, rank_correlation(&pairs).unwrap())
}

/// The formulas give the reference's values to the last digits. The score differs from them in two definitions and
/// nothing else: service is counted in months of 30.4 days, the half-life's, where the reference counts service in
/// months of 30.4375; and contributions are rounded to millionths, so that what is shown adds up.
#[test]
fn each_officers_score_is_the_references_but_for_two_definitions() {
    let Some(folder) = folder() else { return };
    let (golden, input) = (golden(&folder), City::read(&folder).input(Date::constant(2012, 1, 1)));
    let (most, correlation) = apart(&by_formula(&served(&input, REFERENCE_MONTH)), &golden);
    println!(
        "formulas, months of 30.4375 days: largest difference {most:.1e}, rank correlation {correlation:.6}"
    );
    assert!(most < 1e-9 && correlation > 0.999_999_5);

    let mut rules = rules();
    // The reference has no back-off and counts the oldest day of the window.
    (rules.peers.min_officers, rules.window_days) = (1, 1826);
    let scored: HashMap<String, f64> =
        score(&input, &rules).scores.into_iter().map(|score| (score.officer_id, score.s.value())).collect();
    let (rounding, _) = apart(&scored, &by_formula(&served(&input, 30.4)));
    println!("score against formulas, both in months of 30.4 days: largest difference {rounding:.1e}");
    assert!(rounding < 2e-6);
    let (most, correlation) = apart(&scored, &golden);
    println!("score against the reference: largest difference {most:.4}, rank correlation {correlation:.6}");
    assert!(most < 0.004 && correlation > 0.9999);
}

#[test]
fn the_same_scene_index_ranks_as_the_published_posterior() {
    let Some(folder) = folder() else { return };
    let present = rows(&folder, "seattle_uof_ridgeway.csv.gz");
    let found = scene::index(present.iter().map(|row| Presence {
        scene: &row["incident_id"],
        officer: &row["officer_id"],
        level: row["force_level"].parse().unwrap(),
    }));
    let posterior: BTreeMap<String, f64> = rows(&folder, "seattle_ridgeway_posterior.csv.gz")
        .iter()
        .map(|row| (row["idOff"].clone(), row["lamMean"].parse().unwrap()))
        .collect();
    let effect = |id: &String| found.get(id.as_str()).map_or(0.0, |index| index.effect);
    let pairs: Vec<(f64, f64)> = posterior.iter().map(|(id, mean)| (effect(id), *mean)).collect();
    let correlation = rank_correlation(&pairs).unwrap();
    let first = |value: &dyn Fn(&String) -> f64| -> BTreeSet<&String> {
        let mut ids: Vec<&String> = posterior.keys().collect();
        ids.sort_by(|a, b| value(b).total_cmp(&value(a)));
        ids.into_iter().take(20).collect()
    };
    let overlap = first(&effect).intersection(&first(&|id| posterior[id])).count();
    println!("{} officers: rank correlation {correlation:.4}, {overlap} of the first 20 shared", pairs.len());
    assert!(pairs.len() == 1503 && correlation >= 0.95 && overlap >= 12);
}
