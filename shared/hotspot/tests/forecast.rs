//! The forecast by its public face: nothing of the future, no order of the input, figures by hand.
#![expect(clippy::unwrap_used, reason = "a test that fails loudly")]
use hotspot::forecast::intake::{Row, Rows};
use hotspot::forecast::{
    Areas, Candidate, Catch, Catches, Grid, Group, Intake, Limit, Metrics, Outcome, Scorer, Series, Setting,
    Trial, candidates,
};
use hotspot::history::DAY_US;
use hotspot::{Cell, Lattice, StudyArea, kde};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// 12 columns and 10 rows of p7 cells.
fn lattice() -> Lattice {
    let low = Cell::at(-92.1, 46.78, 7).unwrap();
    let corner = |dx: u32, dy: u32| Cell::new(7, low.column() + dx, low.row() + dy).corners_e7();
    let ([w, s, _, _], [e, n, _, _]) = (corner(0, 0), corner(12, 10));
    let [w, s, e, n] = [w, s, e, n].map(|e7| e7 as f64 / 1e7);
    let ring = format!("[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]");
    let text = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
    Lattice::new(&StudyArea::from_geojson(&text).unwrap(), 7)
}

fn day(day: i64) -> Timestamp {
    Timestamp::from_microsecond(day * DAY_US).unwrap()
}

/// Scores of a candidate on a series that is everything as well.
fn scores(lattice: &Lattice, candidate: &Candidate, series: &Series, origin: Timestamp) -> Vec<f64> {
    let grid = Grid::new(lattice, 150.0);
    let mut scorer = Scorer::new(&grid, std::slice::from_ref(candidate));
    let mut scores = Vec::new();
    scorer.load_all(series, origin);
    scorer.load(series, origin);
    scorer.scores(0, &mut scores);
    scores
}

fn named(name: &str) -> Candidate {
    candidates().into_iter().find(|candidate| candidate.name == name).unwrap()
}

/// Events of 500 days in 120 cells.
fn events() -> impl Strategy<Value = Vec<(i64, u32)>> {
    prop::collection::vec((0..500 * DAY_US, 0u32..120), 0..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_comes_at_the_origin_or_later_changes_no_score(
        past in events(), later in prop::collection::vec((500 * DAY_US..600 * DAY_US, 0u32..120), 1..20)
    ) {
        let lattice = lattice();
        let both: Vec<_> = past.iter().chain(&later).copied().chain([(500 * DAY_US, 0)]).collect();
        let (past, both) = (Series::new(past), Series::new(both));
        for candidate in candidates() {
            let before = scores(&lattice, &candidate, &past, day(500));
            prop_assert_eq!(before, scores(&lattice, &candidate, &both, day(500)), "{}", candidate.name);
        }
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(
        (events, shuffled) in events().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    ) {
        prop_assert_eq!(Series::new(events), Series::new(shuffled));
    }

    #[test]
    fn no_choice_catches_more_than_the_best_one(events in events(), after in events(), share in 0.01..0.5) {
        let lattice = lattice();
        let (grid, areas) = (Grid::new(&lattice, 150.0), Areas::new(&lattice));
        let later = after.iter().map(|(at, cell)| (at + 500 * DAY_US, *cell));
        let series = Series::new(events.into_iter().chain(later).collect());
        let limits = [Limit::Fraction(share), Limit::SquareMiles(share)];
        let settings = limits.map(|limit| Setting { horizon_days: 30, limit });
        let trial = Trial { lattice: &lattice, grid: &grid, areas: &areas, settings: &settings };
        for found in &trial.roll(&series, &[&series], &candidates(), &[day(400), day(500)], &|| ())[0] {
            for (limit, catches) in limits.iter().zip(&found.0) {
                for catch in catches {
                    prop_assert!(catch.hits <= catch.best && catch.best <= catch.events);
                    prop_assert!(catch.cells <= areas.most(*limit));
                    let Some(metrics) = catch.metrics() else { continue };
                    prop_assert!(metrics.pai <= metrics.pai_max && metrics.pei <= 1.0 && metrics.hit_rate <= 1.0);
                }
            }
        }
    }

    #[test]
    fn twice_the_events_give_twice_the_score_and_the_same_figures(events in events()) {
        let lattice = lattice();
        let twice = Series::new(events.iter().chain(&events).copied().collect());
        let once = Series::new(events);
        for candidate in candidates() {
            let single = scores(&lattice, &candidate, &once, day(500));
            for (single, double) in single.iter().zip(scores(&lattice, &candidate, &twice, day(500))) {
                prop_assert!((2.0 * single - double).abs() <= 1e-12 * double.abs(), "{}", candidate.name);
            }
        }
        let areas = Areas::new(&lattice);
        let catch = |series: &Series| {
            let ranking: Vec<u32> = (0..20).collect();
            Outcome::after(series, &lattice, day(0), 500).catch(&ranking, Limit::Fraction(0.1), &areas).metrics()
        };
        let (single, double) = (catch(&once), catch(&twice));
        prop_assert_eq!(single.map(|one| (one.pai, one.pei)), double.map(|one| (one.pai, one.pei)));
    }

    #[test]
    fn a_mean_of_candidates_scores_as_the_mean_of_their_scores(events in events(), pick in prop::collection::vec(0usize..19, 1..6)) {
        let (lattice, series) = (lattice(), Series::new(events));
        let list = candidates();
        let chosen: Vec<&Candidate> = pick.iter().map(|place| &list[*place]).collect();
        let mean = scores(&lattice, &Candidate::mean_of(&chosen), &series, day(500));
        let each: Vec<_> = chosen.iter().map(|one| scores(&lattice, one, &series, day(500))).collect();
        for (cell, mean) in mean.iter().enumerate() {
            let expected = each.iter().map(|scores| scores[cell]).sum::<f64>() / each.len() as f64;
            prop_assert!((mean - expected).abs() <= 1e-8 * expected.abs());
        }
    }
}

#[test]
fn a_score_is_a_rate_that_halves_with_its_half_life() {
    let lattice = lattice();
    let series = Series::new(vec![(0, 7), (0, 7), (90 * DAY_US, 7)]);
    let found = scores(&lattice, &named("h180"), &series, day(180));
    let expected = std::f64::consts::LN_2 / 180.0 * (0.5 + 0.5 + std::f64::consts::FRAC_1_SQRT_2);
    assert!((found[7] - expected).abs() < 1e-15);
    assert_eq!(found.iter().filter(|score| **score > 0.0).count(), 1);
}

#[test]
fn events_before_the_look_back_do_not_count() {
    let (lattice, candidate) = (lattice(), named("h180"));
    let score = |at: i64| scores(&lattice, &candidate, &Series::new(vec![(at, 7)]), day(1_095))[7];
    assert!(score(0) > 0.0);
    assert_eq!(score(-1), 0.0);
}

#[test]
fn a_full_share_of_smoothing_is_the_kernel_sum() {
    let lattice = lattice();
    let counts: Vec<u32> = (0..120).map(|cell| cell * 7 % 5).collect();
    let mut values: Vec<f64> = counts.iter().map(|count| f64::from(*count)).collect();
    let grid = Grid::new(&lattice, 150.0);
    grid.smooth(&mut values, &grid.kernel(150.0), 1.0, &mut Vec::new());
    for (value, expected) in values.iter().zip(kde::kernel_sums(&lattice, &counts, 150.0)) {
        assert!((value - expected).abs() < 1e-12 * expected, "{value} {expected}");
    }
}

#[test]
fn ties_go_by_geohash_and_an_area_is_never_exceeded() {
    let mut ranking = Vec::new();
    hotspot::forecast::rank::rank(&[1.0, 3.0, 1.0, 2.0, 1.0], 4, &mut ranking);
    assert_eq!(ranking, [1, 3, 0, 2]);
    let lattice = lattice();
    let areas = Areas::new(&lattice);
    let all: Vec<u32> = (0..120).collect();
    assert_eq!(areas.chosen(&all, Limit::Fraction(0.019)).len(), 2);
    let chosen = areas.chosen(&all, Limit::SquareMiles(0.25));
    let (area, next) = (areas.of(chosen), areas.of(&all[..=chosen.len()]));
    assert!(area <= 0.25 * 2_589_988.110336 && 0.25 * 2_589_988.110336 < next);
}

#[test]
fn the_figures_are_those_of_the_definition() {
    let catch = Catch { cells: 2, area_m2: 2e6, study_m2: 100e6, hits: 6, events: 20, best: 8 };
    let found = catch.metrics().unwrap();
    assert_eq!((found.hit_rate, found.pei), (0.3, 0.75));
    assert_eq!((found.pai, found.pai_max, found.area_km2), (0.3 / 0.02, 0.4 / 0.02, 2.0));
    let nothing = Catch { events: 0, hits: 0, best: 0, ..catch };
    let mean = Metrics::mean([&catch, &nothing, &Catch { hits: 4, ..catch }]);
    assert_eq!((mean.hit_rate, mean.windows), (0.25, 2));
}

/// Catches of 1,000 events in which a method finds `hits`.
fn caught(hits: u64) -> Catches {
    let catch = Catch { cells: 1, area_m2: 1.0, study_m2: 100.0, hits, events: 1_000, best: 1_000 };
    Catches(vec![vec![catch]])
}

#[test]
fn the_champion_stays_unless_a_challenger_is_clearly_better() {
    let lattice = lattice();
    let (grid, areas) = (Grid::new(&lattice, 150.0), Areas::new(&lattice));
    let settings = [Setting { horizon_days: 30, limit: Limit::Fraction(0.01) }];
    let trial = Trial { lattice: &lattice, grid: &grid, areas: &areas, settings: &settings };
    // Cell 0 was busy long ago, cell 1 of late and after the origin.
    let old = (0..100).map(|hour| (hour * DAY_US / 24, 0));
    let new = (0..40).map(|hour| (380 * DAY_US + hour * DAY_US, 1));
    let series = Series::new(old.chain(new).collect());
    let (long, short) = (Candidate::recency("long", 5_000.0), Candidate::recency("short", 30.0));
    let list = [long.clone(), short.clone()];
    let choose = |found: &[Catches], list: &[Candidate], champion| {
        trial.choose(&series, &series, list, found, champion, &[day(400)])
    };
    let better = choose(&[caught(10), caught(20)], &list[1..], &long);
    assert!(better.changed && better.challenger > better.stood);
    let worse = choose(&[caught(10), caught(20)], &list[..1], &short);
    assert_eq!((worse.changed, worse.champion), (false, short.clone()));
    let same = choose(&[caught(10), caught(20)], &list[1..], &short);
    assert_eq!((same.changed, same.champion), (false, short));
}

#[test]
fn rows_that_cannot_be_used_are_counted_by_reason() {
    let lattice = lattice();
    let name = |name: &str, offences: &[&str]| Group {
        name: name.into(),
        offences: offences.iter().map(|offence| (*offence).to_owned()).collect(),
    };
    let groups = [name("all", &[]), name("theft", &["Theft"])];
    let mut intake = Intake::new(&lattice, &groups, TimeZone::get("America/Chicago").unwrap());
    let row = Row { id: "1", at: "2026-07-04", offence: "Theft", longitude: "-92.099", latitude: "46.781" };
    let rows = [
        row,
        Row { at: "2026-07-04 12:00:00+00", offence: "Arson", ..row },
        Row { id: "2", at: "2026-07-04 12:00:00", ..row },
        Row { at: "soon", ..row },
        Row { latitude: "", ..row },
        Row { latitude: "0.0", longitude: "0", ..row },
        Row { latitude: "-91", ..row },
        Row { latitude: "47.9", ..row },
    ];
    for row in rows {
        intake.add(row);
    }
    let events = intake.finish();
    let expected = Rows {
        read: 8,
        used: 2,
        no_time: 1,
        no_coordinates: 1,
        zero_coordinates: 1,
        impossible_coordinates: 1,
        outside: 1,
        repeated: 1,
    };
    assert_eq!(events.rows, expected);
    assert_eq!((events.groups[0].len(), events.groups[1].len()), (2, 1));
    let (first, last) = events.all.span().unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2026-07-04T12:00:00Z".into(), "2026-07-04T17:00:00Z".into())
    );
}
