//! How well a generated department of 5,000 fits what was measured: every figure is printed beside its target and held
//! within a stated tolerance. `cargo test -p precinct department -- --nocapture` shows the table.
use std::collections::BTreeMap;

use eis::{Known, Ledger, Level, Revision, Ruleset};
use jiff::tz::TimeZone;

use super::*;
use crate::import::personnel::{Checked, Options};

fn department(officers: usize) -> Department {
    Department { seed: 2026, officers, years: 5, last_day: jiff::civil::date(2026, 7, 3) }
}

/// Found values beside their targets; those that lie too far off.
#[derive(Default)]
struct Fit(Vec<String>);

impl Fit {
    fn check(&mut self, what: &str, found: f64, target: f64, tolerance: f64) {
        println!("{what:44} {found:8.3}   target {target:7.3} ± {tolerance}");
        if (found - target).abs() > tolerance {
            self.0.push(format!("{what}: {found:.3}"));
        }
    }
}

/// Those the targets are about: officers, detectives and sergeants on duty on the last day.
fn population(history: &History, last_day: Date) -> Vec<&Person> {
    let counts = |person: &&Person| {
        person.sworn
            && person
                .on_duty(last_day)
                .is_some_and(|post| matches!(post.rank, "officer" | "detective" | "sergeant"))
    };
    history.people.iter().filter(counts).collect()
}

/// Events of `indicator` by officer in the 24 months that end `back` months before the last day.
fn counts(history: &History, people: &[&Person], indicator: &str, back: i64, last_day: Date) -> Vec<f64> {
    let until = last_day.saturating_sub(Span::new().months(back));
    let from = until.saturating_sub(Span::new().months(24));
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for report in history.reports.iter().filter(|report| report.indicator == indicator) {
        if report.occurred > from && report.occurred <= until && !report.id.contains("again") {
            *counts.entry(&report.officer).or_default() += 1.0;
        }
    }
    people.iter().map(|person| counts.get(person.id.as_str()).copied().unwrap_or(0.0)).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn share(values: &[f64], test: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|value| test(**value)).count() as f64 / values.len() as f64
}

/// Share of all events that the top 5 % of officers hold.
fn concentration(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted[..sorted.len() / 20].iter().sum::<f64>() / sorted.iter().sum::<f64>()
}

/// Mid-ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        (below + sorted.partition_point(|other| other <= value)) as f64 / 2.0
    };
    values.iter().map(rank).collect()
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum::<f64>();
    sum(&|a, b| a * b) / libm::sqrt(sum(&|a, _| a * a) * sum(&|_, b| b * b))
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    pearson(&ranks(a), &ranks(b))
}

fn quantile(values: &mut [f64], p: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() as f64 * p) as usize]
}

fn days(from: Date, to: Date) -> f64 {
    to.duration_since(from).as_hours() as f64 / 24.0
}

/// A folder that goes with the test.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn written(department: Department) -> (Folder, Checked) {
    let name = format!("precinct-department-{}", startup::Entropy::system().token());
    let folder = Folder(std::env::temp_dir().join(name));
    department.write(&folder.0).unwrap();
    let options = Options {
        folder: folder.0.clone(),
        agency: concat!(env!("CARGO_MANIFEST_DIR"), "/../agency").into(),
        errors: folder.0.join("errors.csv"),
        state: folder.0.join("state"),
        restart: false,
    };
    let checked = Checked::read(&options).unwrap();
    (folder, checked)
}

#[test]
fn every_size_imports_without_a_fault() {
    for officers in [FEWEST, 150, 1_100] {
        let (_folder, checked) = written(Department { years: 2, ..department(officers) });
        assert_eq!(checked.faulty(), 0, "{officers}");
        assert!(checked.rows > 20 * officers as u64, "{officers}: {} rows", checked.rows);
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |seed| {
        let (folder, _) = written(Department { seed, years: 1, ..department(FEWEST) });
        let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();
        ["officers.csv", "exposure.csv", "events.csv", "findings.csv", "truth.csv"].map(read)
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn what_is_planted_comes_out_as_it_was_planted() {
    let department = department(900);
    let (folder, checked) = written(department);
    let rules = Ruleset::parse(include_str!("../../../../agency/eis.toml")).unwrap();
    let revisions = checked.events().map(|event| {
        let event = event.unwrap();
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        let timestamp: jiff::Timestamp = text("timestamp").parse().unwrap();
        let data = event["data"].as_object().unwrap();
        let (read, _) = eis::event::read(&text("type"), data, department.last_day, &rules.names()).unwrap();
        Revision { source: "hr".into(), id: text("id"), timestamp, recorded_at: timestamp, event: read }
    });
    let ledger = Ledger::new(revisions, Known::Reported);
    let input = ledger.input(department.last_day.tomorrow().unwrap(), &TimeZone::UTC, BTreeMap::new());
    let scores = eis::score(&input, &rules).scores;
    assert!(
        (860..=920).contains(&scores.len()),
        "{} are scored: some are on leave, some came back",
        scores.len()
    );
    let truth = std::fs::read_to_string(folder.0.join("truth.csv")).unwrap();
    let of = |kind: &str| -> Vec<&eis::Explanation> {
        let subjects: Vec<&str> = truth
            .lines()
            .filter(|line| line.contains(kind))
            .filter_map(|line| line.split(',').next())
            .collect();
        scores.iter().filter(|score| subjects.contains(&score.officer_id.as_str())).collect()
    };
    let (escalators, busy, rookies) = (of("escalator"), of("busy_ordinary"), of("rookie"));
    assert_eq!((escalators.len(), busy.len() > 3, rookies.len() > 3), (7, true, true));
    for s in &escalators {
        println!(
            "DBG {} {} {} {} {:?}",
            s.officer_id,
            s.s,
            s.pct,
            s.duty_months,
            s.terms
                .iter()
                .map(|t| (t.indicator.as_str(), t.n, t.y, t.e, t.mu, t.m_g, t.r_dept, t.exposure_unit))
                .collect::<Vec<_>>()
        );
    }
    assert!(escalators.iter().all(|score| score.level != Level::None));
    let found = escalators.iter().filter(|score| score.level == Level::Review).count();
    assert!(found >= 6, "{found} of {} escalators", escalators.len());
    let reviewed = busy.iter().filter(|score| score.level == Level::Review).count();
    assert!(reviewed * 4 <= busy.len(), "{reviewed} of {} busy ones", busy.len());
    assert!(rookies.iter().all(|score| score.insufficient_history));
    // A mistyped id belongs to nobody, and is told.
    assert_eq!(
        ledger.unknown_officers().len(),
        truth.lines().filter(|line| line.contains("mistyped_officer")).count()
    );
}

#[test]
fn five_thousand_officers_fit_what_was_measured() {
    let department = department(5_000);
    let history = department.history();
    let mut fit = Fit::default();
    counts_fit(&mut fit, &history, department.last_day);
    groups_fit(&mut fit, &history, department.last_day);
    complaints_fit(&mut fit, &history, department.last_day);
    force_fits(&mut fit, &history);
    careers_fit(&mut fit, &department, &history);
    assert!(fit.0.is_empty(), "too far off: {:#?}", fit.0);
}

fn counts_fit(fit: &mut Fit, history: &History, last_day: Date) {
    let people = population(history, last_day);
    let of = |indicator, back| counts(history, &people, indicator, back, last_day);
    let (complaints, force) = (of("complaint", 0), of("use_of_force", 0));
    fit.check("complaints in 24 months, mean", mean(&complaints), 1.06, 0.10);
    fit.check("complaints, officers without", share(&complaints, |n| n == 0.0), 0.52, 0.04);
    fit.check("complaints, share of the top 5 %", concentration(&complaints), 0.30, 0.04);
    fit.check("force in 24 months, mean", mean(&force), 0.94, 0.10);
    fit.check("force, officers without", share(&force, |n| n == 0.0), 0.62, 0.04);
    fit.check("force, share of the top 5 %", concentration(&force), 0.39, 0.04);
    // Of those who served through both spans.
    let served: Vec<&Person> =
        people.iter().filter(|person| days(person.hired_on(), last_day) > 1_461.0).copied().collect();
    let successive = |indicator| {
        spearman(
            &counts(history, &served, indicator, 24, last_day),
            &counts(history, &served, indicator, 0, last_day),
        )
    };
    fit.check("complaints, Spearman of successive spans", successive("complaint"), 0.40, 0.05);
    fit.check("force, Spearman of successive spans", successive("use_of_force"), 0.52, 0.05);
    fit.check("complaints and force, Spearman", spearman(&complaints, &force), 0.45, 0.06);
    let mut units: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, person) in people.iter().enumerate() {
        units.entry(person.on_duty(last_day).map_or("", |post| &post.unit)).or_default().push(place);
    }
    let within = units.values().filter(|places| places.len() >= 100).map(|places| {
        let of = |values: &[f64]| places.iter().map(|place| values[*place]).collect::<Vec<f64>>();
        spearman(&of(&complaints), &of(&force))
    });
    fit.check("complaints and force within a unit", mean(&within.collect::<Vec<f64>>()), 0.32, 0.08);
}

fn groups_fit(fit: &mut Fit, history: &History, last_day: Date) {
    let people = population(history, last_day);
    let complaints = counts(history, &people, "complaint", 0, last_day);
    let force = counts(history, &people, "use_of_force", 0, last_day);
    for (from, to, target) in [
        (0.0, 2.0, 0.40),
        (2.0, 5.0, 1.95),
        (5.0, 10.0, 1.82),
        (10.0, 15.0, 1.02),
        (15.0, 20.0, 0.82),
        (20.0, 25.0, 0.61),
        (25.0, 40.0, 0.50),
    ] {
        let is_in = |person: &Person| (from..to).contains(&(days(person.hired_on(), last_day) / 365.25));
        let band: Vec<f64> = people
            .iter()
            .zip(&complaints)
            .filter(|(person, _)| is_in(person))
            .map(|(_, count)| *count)
            .collect();
        fit.check(
            &format!("complaints after {from} to {to} years"),
            mean(&band),
            target,
            0.15 + 0.1 * target,
        );
    }
    let mut districts: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
    for (person, (complaints, force)) in people.iter().zip(complaints.iter().zip(&force)) {
        let unit = person.on_duty(last_day).map_or("", |post| post.unit.as_str());
        let sums = districts.entry(unit).or_default();
        *sums = (sums.0 + 1.0, sums.1 + complaints, sums.2 + force);
    }
    let means = |of: fn(&(f64, f64, f64)) -> f64| {
        let beats = districts.iter().filter(|(unit, _)| unit.starts_with("patrol-"));
        let mut means: Vec<f64> = beats.map(|(_, sums)| of(sums) / sums.0).collect();
        means.sort_by(f64::total_cmp);
        (means[0], means[means.len() - 1])
    };
    let (complaints, force) = (means(|sums| sums.1), means(|sums| sums.2));
    fit.check("complaints, quietest district", complaints.0, 0.53, 0.20);
    fit.check("complaints, busiest district", complaints.1, 2.53, 0.50);
    fit.check("force, quietest district", force.0, 0.43, 0.20);
    fit.check("force, busiest district", force.1, 2.19, 0.50);
}

fn complaints_fit(fit: &mut Fit, history: &History, last_day: Date) {
    let reports: Vec<&Report> = history
        .reports
        .iter()
        .filter(|report| report.indicator == "complaint" && report.finding.is_some())
        .collect();
    let scenes: std::collections::BTreeSet<&str> =
        reports.iter().filter_map(|report| report.scene.as_deref()).collect();
    fit.check("officers to a complaint", reports.len() as f64 / scenes.len() as f64, 1.93, 0.10);
    let sustained =
        reports.iter().filter(|report| report.finding.is_some_and(|(word, _)| word == "sustained"));
    fit.check("complaints sustained", sustained.count() as f64 / reports.len() as f64, 0.057, 0.008);
    let mut lags: Vec<f64> = reports.iter().map(|report| days(report.occurred, report.reported)).collect();
    fit.check("days to report, median", quantile(&mut lags, 0.5), 1.0, 0.5);
    fit.check("days to report, 90th percentile", quantile(&mut lags, 0.9), 58.0, 6.0);
    let mut open: Vec<f64> =
        reports.iter().filter_map(|report| Some(days(report.reported, report.finding?.1))).collect();
    fit.check("days to close, median", quantile(&mut open, 0.5), 146.0, 10.0);
    fit.check("days to close, 90th percentile", quantile(&mut open, 0.9), 847.0, 80.0);
    assert!(
        reports.iter().any(|report| report.finding.is_some_and(|(_, closed)| closed > last_day)),
        "some are open"
    );
}

fn force_fits(fit: &mut Fit, history: &History) {
    let mut scenes: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
    for report in history.reports.iter().filter(|report| report.indicator == "use_of_force") {
        if let Some(scene) = report.scene.as_deref().filter(|_| !report.id.ends_with("again")) {
            scenes.entry(scene).or_default().push(report);
        }
    }
    let sizes: Vec<f64> = scenes.values().map(|reports| reports.len() as f64).collect();
    fit.check("officers to a force scene", mean(&sizes), 1.56, 0.06);
    fit.check("force scenes with several officers", share(&sizes, |size| size > 1.0), 0.41, 0.03);
    let hurt =
        history.reports.iter().filter(|report| report.indicator == "force_injury" && report.scene.is_some());
    fit.check("force scenes with somebody hurt", hurt.count() as f64 / sizes.len() as f64, 0.26, 0.03);
    let unequal =
        scenes.values().filter(|reports| reports.iter().any(|one| one.severity != reports[0].severity));
    assert!(unequal.count() > 500, "scenes of unequal levels are there to be compared");
    let mut months = [0.0; 12];
    let mut weekdays = [0.0; 7];
    // Whole years alone, so that no month counts more often.
    let first =
        history.reports.iter().map(|report| report.occurred).min().map_or(0, |day| i32::from(day.year()));
    for reports in scenes.values() {
        let day = reports[0].occurred;
        if (first + 2..first + 6).contains(&i32::from(day.year())) {
            months[usize::from(day.month().unsigned_abs()) - 1] += 1.0;
        }
        weekdays[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())] += 1.0;
    }
    for (month, target) in months.iter().zip(crate::city::conduct::MONTHS) {
        fit.check("force scenes in a month, share", month / months.iter().sum::<f64>(), target, 0.012);
    }
    for (weekday, target) in weekdays.iter().zip(crate::city::conduct::WEEKDAYS) {
        fit.check("force scenes on a weekday, share", weekday / sizes.len() as f64, target, 0.012);
    }
}

fn careers_fit(fit: &mut Fit, department: &Department, history: &History) {
    let (mut transfers, mut years) = (0.0, 0.0);
    for person in history.people.iter().filter(|person| person.sworn) {
        let moves = person.posts.windows(2).filter(|pair| pair[0].unit != pair[1].unit);
        transfers += moves.count() as f64;
        for post in person.posts.iter().enumerate().filter(|(_, post)| post.active) {
            let end = person.posts.get(post.0 + 1).map_or(department.last_day, |next| next.from);
            years += days(post.1.from, end) / 365.25;
        }
    }
    fit.check("transfers in an officer's year", transfers / years, 0.145, 0.012);
    let on_leave = history
        .people
        .iter()
        .filter(|person| person.posts.windows(2).any(|pair| !pair[0].active && pair[1].active));
    assert!(on_leave.count() > 100, "some went on leave and came back");
    let again = history
        .people
        .iter()
        .filter(|person| person.posts.windows(2).any(|pair| pair[0].hired_on != pair[1].hired_on));
    assert!(again.count() > 10, "some were hired again");
}
