//! Thirteen slices, the trend of their z, and both vocabularies of classes.
use std::collections::BTreeMap;

use hotspot::mann_kendall::Trend;
use hotspot::spacetime::SpaceTime;

use crate::source::{
    BURGLARY, PHILADELPHIA, PHILADELPHIA_AREA, VIOLENT, facts, folder, history, lattice, unzip,
};

/// Counts of each class in the order of the golden figures.
fn tally<'a>(words: impl Iterator<Item = &'a str>, order: &[&str]) -> Vec<usize> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    words.for_each(|word| *found.entry(word).or_default() += 1);
    assert!(found.keys().all(|word| order.contains(word)), "{found:?}");
    order.iter().map(|word| found.get(word).copied().unwrap_or(0)).collect()
}

fn check(name: &str, found: &SpaceTime, unadjusted: [usize; 5], adjusted: [usize; 8], trends: [usize; 2]) {
    let order = ["persistent", "emerging", "former", "intermittent", "none"];
    assert_eq!(tally(found.persistence.iter().map(|class| class.word()), &order), unadjusted, "{name}");
    let order =
        ["persistent", "intensifying", "diminishing", "historical", "consecutive", "new", "sporadic", "none"];
    assert_eq!(tally(found.emergence.iter().map(|class| class.word()), &order), adjusted, "{name}");
    let clear = |up: bool| {
        let same = |trend: &&Trend| trend.p() <= 0.05 && (trend.z > 0.0) == up;
        found.trends.iter().filter(same).count()
    };
    assert_eq!([clear(true), clear(false)], trends, "{name}");
    println!("{name}: {unadjusted:?} {adjusted:?} {trends:?}");
}

/// The golden file of all crime, row by row.
fn compare(names: &[String], found: &SpaceTime, expected: &str) {
    let mut reader = csv::Reader::from_reader(expected.as_bytes());
    let (mut rows, mut worst) = (0, 0.0f64);
    for (cell, row) in reader.records().map(Result::unwrap).enumerate() {
        let counts = found.slices.iter().map(|slice| slice.counts[cell].to_string());
        let ours: Vec<String> = std::iter::once(names[cell].clone()).chain(counts).collect();
        assert_eq!(ours, row.iter().take(14).collect::<Vec<_>>());
        let trend = found.trends[cell];
        let classes = (found.persistence[cell].word(), found.emergence[cell].word());
        assert_eq!((trend.s.to_string().as_str(), classes), (&row[14], (&row[16], &row[17])), "{}", &row[0]);
        let z: f64 = row[15].parse().unwrap();
        worst = worst.max((trend.z - z).abs() / z.abs().max(1e-300));
        rows += 1;
    }
    println!("{rows} cells; mk_z: largest relative difference {worst:.1e}");
    assert_eq!(rows, names.len());
    assert!(worst <= 1e-12);
}

#[test]
fn slices_trends_and_classes_agree_in_every_cell() {
    let Some(data) = folder() else { return };
    let facts = facts(&unzip(data.join(PHILADELPHIA)));
    let lattice = lattice(&data, PHILADELPHIA_AREA, 7);
    let origin = "2025-01-01T00:00:00Z".parse().unwrap();
    let space_time = |offences: &[&str]| {
        let (history, marks) = history(&facts, offences);
        SpaceTime::of(&lattice, history.inputs(&lattice, origin, 365, &marks, &[]).slices)
    };
    let all = space_time(&[]);
    let expected = unzip(data.join("golden/philly_spacetime_p7_2025-01-01.csv.gz"));
    compare(lattice.names(), &all, &expected);
    check("all", &all, [716, 383, 1650, 1777, 16134], [184, 23, 8, 8, 37, 65, 487, 19848], [758, 488]);
    let violent = space_time(VIOLENT);
    check("violent", &violent, [218, 630, 3181, 3065, 13566], [23, 1, 0, 0, 9, 89, 470, 20068], [64, 150]);
    let burglary = space_time(BURGLARY);
    check("burglary", &burglary, [16, 1065, 4418, 3109, 12052], [1, 0, 0, 0, 16, 167, 307, 20169], [44, 95]);
}
