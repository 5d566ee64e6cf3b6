//! Counts, Gi*, p, q, recency, kernel sums and binomial tails of twelve maps.
use std::path::Path;

use hotspot::table::Hot;
use hotspot::{CellTable, CrimeFact};

use crate::source::{
    BURGLARY, CALLS, CHALLENGE, PHILADELPHIA, PHILADELPHIA_AREA, PORTLAND_AREA, VIOLENT, facts, folder,
    history, lattice, unzip,
};

/// A golden table and what it was made from.
struct Golden {
    file: &'static str,
    source: &'static str,
    area: &'static str,
    origin: &'static str,
    window_days: u16,
    /// Offences that count; all where empty.
    offences: &'static [&'static str],
    precision: u8,
    cells: usize,
    gistar: [u32; 3],
    joint: [u32; 3],
}

fn check(data: &Path, facts: &[CrimeFact], golden: &Golden) {
    let (history, marks) = history(facts, golden.offences);
    let lattice = lattice(data, golden.area, golden.precision);
    assert_eq!(lattice.len(), golden.cells, "{}", golden.file);
    let table =
        CellTable::compute(&lattice, &history, golden.origin.parse().unwrap(), golden.window_days, &marks);
    compare(&table, &unzip(data.join("golden").join(golden.file)), golden);
    let labels = |hot: Hot| [hot.at_99, hot.at_95, hot.at_90];
    assert_eq!(labels(table.hot_by_gistar()), golden.gistar, "{}", golden.file);
    assert_eq!(labels(table.hot()), golden.joint, "{}", golden.file);
}

/// Compares through the text form, as a reader of the file would.
fn compare(table: &CellTable, expected: &str, golden: &Golden) {
    let ours = table.to_csv();
    let mut ours = csv::Reader::from_reader(ours.as_bytes());
    let mut theirs = csv::Reader::from_reader(expected.as_bytes());
    let headers = theirs.headers().unwrap().clone();
    let ours_headers = ours.headers().unwrap().clone();
    assert_eq!(
        ours_headers.iter().take(headers.len()).collect::<Vec<_>>(),
        headers.iter().collect::<Vec<_>>()
    );
    let mut worst = vec![0.0f64; headers.len()];
    let mut rows = 0;
    for (ours, theirs) in ours.records().zip(theirs.records()) {
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        rows += 1;
        for column in 0..headers.len() {
            if column < 4 {
                assert_eq!(
                    ours[column], theirs[column],
                    "{} {} {}",
                    golden.file, &theirs[0], &headers[column]
                );
                continue;
            }
            let (x, y): (f64, f64) = (ours[column].parse().unwrap(), theirs[column].parse().unwrap());
            let gap = (x - y).abs();
            if gap > 1e-300 {
                worst[column] = worst[column].max(gap / y.abs());
            }
        }
    }
    assert_eq!(rows, table.lattice.len(), "{}", golden.file);
    for (header, worst) in headers.iter().zip(&worst).skip(4) {
        println!("{} {header}: largest relative difference {worst:.1e}", golden.file);
        let limit = if header.ends_with("binom") { 1e-11 } else { 1e-12 };
        assert!(*worst <= limit, "{} {header}: {worst:e}", golden.file);
    }
}

fn philadelphia(
    file: &'static str,
    offences: &'static [&'static str],
    gistar: [u32; 3],
    joint: [u32; 3],
) -> Golden {
    Golden {
        file,
        source: PHILADELPHIA,
        area: PHILADELPHIA_AREA,
        origin: "2025-01-01T00:00:00Z",
        window_days: 365,
        offences,
        precision: 7,
        cells: 20_660,
        gistar,
        joint,
    }
}

fn calls(file: &'static str, offences: &'static [&'static str], gistar: [u32; 3], joint: [u32; 3]) -> Golden {
    let (source, origin) = (CALLS, "2016-10-01T00:00:00Z");
    let base = philadelphia(file, offences, gistar, joint);
    Golden { source, area: PORTLAND_AREA, origin, window_days: 61, cells: 23_376, ..base }
}

fn challenge(
    file: &'static str,
    offences: &'static [&'static str],
    gistar: [u32; 3],
    joint: [u32; 3],
) -> Golden {
    let (source, origin) = (CHALLENGE, "2017-03-01T00:00:00Z");
    Golden { source, origin, window_days: 365, ..calls(file, offences, gistar, joint) }
}

/// Reads each source once and checks the tables made from it.
fn check_all(tables: &[Golden]) {
    let Some(data) = folder() else { return };
    let facts = facts(&unzip(data.join(tables[0].source)));
    for golden in tables {
        assert_eq!(golden.source, tables[0].source);
        check(&data, &facts, golden);
    }
}

#[test]
fn philadelphia_agrees_in_every_cell() {
    check_all(&[
        philadelphia("philly_all_p7_2025-01-01.csv.gz", &[], [744, 972, 1164], [744, 972, 1164]),
        philadelphia("philly_violent_p7_2025-01-01.csv.gz", VIOLENT, [1206, 1613, 1800], [1206, 1613, 1800]),
        philadelphia(
            "philly_theft_from_vehicle_p7_2025-01-01.csv.gz",
            &["Theft from Vehicle"],
            [768, 1071, 1210],
            [768, 1071, 1210],
        ),
        philadelphia("philly_burglary_p7_2025-01-01.csv.gz", BURGLARY, [932, 1200, 1518], [932, 1200, 1518]),
        philadelphia(
            "philly_veh_theft_p7_2025-01-01.csv.gz",
            &["Motor Vehicle Theft"],
            [1237, 1820, 2195],
            [1237, 1820, 2195],
        ),
        Golden {
            precision: 6,
            cells: 650,
            ..philadelphia("philly_all_p6_2025-01-01.csv.gz", &[], [61, 69, 83], [61, 69, 83])
        },
    ]);
}

#[test]
fn portland_calls_agree_in_every_cell() {
    check_all(&[
        calls("portland_all_p7_2016-10-01.csv.gz", &[], [935, 1143, 1282], [935, 1143, 1282]),
        calls("portland_street_p7_2016-10-01.csv.gz", &["STREET CRIMES"], [737, 955, 956], [737, 955, 956]),
        calls("portland_burglary_p7_2016-10-01.csv.gz", &["BURGLARY"], [195, 1346, 1346], [0, 0, 18]),
        calls(
            "portland_veh_theft_p7_2016-10-01.csv.gz",
            &["MOTOR VEHICLE THEFT"],
            [584, 587, 587],
            [13, 35, 35],
        ),
    ]);
}

#[test]
fn portland_challenge_agrees_in_every_cell() {
    check_all(&[
        challenge(
            "portland_nij_burglary_p7_2017-03-01.csv.gz",
            &["BURGLARY"],
            [623, 625, 632],
            [27, 76, 201],
        ),
        challenge(
            "portland_nij_veh_theft_p7_2017-03-01.csv.gz",
            &["MOTOR VEHICLE THEFT"],
            [708, 1199, 1199],
            [434, 708, 1199],
        ),
    ]);
}
