//! The method of a map from night to night: when it is chosen, when it stays, and what is told of it.
#![expect(clippy::unwrap_used, reason = "a test that fails loudly")]
use hotspot::fact::midnight;
use hotspot::forecast::nightly::Reason;
use hotspot::forecast::{Forecaster, Plan, Series, Standing};
use hotspot::{Lattice, StudyArea};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

const NIGHT: Date = date(2026, 7, 1);

fn lattice() -> Lattice {
    let square = r#"{"type":"Polygon","coordinates":[[[-92.2,46.7],[-92.17,46.7],[-92.17,46.73],[-92.2,46.73],[-92.2,46.7]]]}"#;
    Lattice::new(&StudyArea::from_geojson(square).unwrap(), 7)
}

/// An event a day in a cell that changes every 40 days: a short memory finds it, a long one does not.
fn wandering(days: i64) -> Series {
    let at = |back: i64| midnight(NIGHT.saturating_sub(back.days())).as_microsecond();
    Series::new((1..=days).map(|back| (at(back), (back / 40 * 37 % 300) as u32)).collect())
}

fn choose(series: &Series, before: Option<Standing>, night: Date) -> Standing {
    Forecaster::new(&lattice(), Plan::default()).choose(series, series, before, night)
}

#[test]
fn with_too_little_history_the_default_ranks_and_the_file_says_so() {
    let standing = choose(&wandering(600), None, NIGHT);
    assert_eq!((standing.reason, standing.champion.name.as_str()), (Reason::TooLittleHistory, "h180"));
    assert_eq!((standing.since, standing.metrics), (NIGHT, None));
}

#[test]
fn a_better_method_takes_over_and_stays_when_the_same_night_is_run_again() {
    let series = wandering(2_000);
    let first = choose(&series, None, NIGHT);
    assert_eq!((first.reason, first.origins, first.since), (Reason::Changed, 24, NIGHT));
    assert!(first.metrics.unwrap().pai > first.count_365.unwrap().pai);
    let again = choose(&series, Some(first.clone()), NIGHT);
    assert_eq!((again.reason, &again.champion, again.since), (Reason::Kept, &first.champion, NIGHT));
    assert_eq!(again.metrics, first.metrics);
    let text = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Standing>(&text).unwrap(), first);
}

#[track_caller]
fn check(before: Option<&Standing>, plan: Plan, days: i64, due: bool) {
    assert_eq!(Standing::is_due(before, plan, NIGHT.saturating_add(days.days())), due);
}

#[test]
fn a_choice_is_due_once_a_month_on_its_own_night_and_when_the_settings_change() {
    let (plan, standing) = (Plan::default(), choose(&wandering(10), None, NIGHT));
    check(None, plan, 0, true);
    check(Some(&standing), plan, 0, true);
    check(Some(&standing), plan, 29, false);
    check(Some(&standing), plan, 30, true);
    check(Some(&standing), Plan { horizon_days: 7, ..plan }, 1, true);
    let older = Standing { candidates_version: "0".into(), ..standing };
    check(Some(&older), plan, 1, true);
}
