//! A made-up history of any size: nine years in order of time, a few places with much and many with little.
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use hotspot::{Lattice, Random};
use jiff::Timestamp;

use crate::{Failure, GROUPS};

/// 2016-01-01, and seconds until 2025-01-01.
const FIRST: i64 = 1_451_606_400;
const LENGTH: i64 = 284_083_200;

/// Writes `rows` rows in the columns of the real file.
pub(crate) fn write(rows: u64, path: &Path, lattice: &Lattice) -> Result<(), Failure> {
    let mut random = Random::new(1);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(file, "id,occurred_at,offense,lon,lat")?;
    for row in 0..rows {
        let second = FIRST + (i128::from(LENGTH) * i128::from(row) / i128::from(rows.max(1))) as i64;
        let at = Timestamp::from_second(second)?.strftime("%Y-%m-%d %H:%M:%S+00").to_string();
        // The cube of a uniform number: a tenth of the cells holds almost half of the rows.
        let unit = random.below(1 << 20) as f64 / f64::from(1 << 20);
        let cell = lattice.cells()[(unit * unit * unit * lattice.len() as f64) as usize];
        let (longitude, latitude) = cell.centre();
        writeln!(
            file,
            "{},{at},{},{longitude:.8},{latitude:.8}",
            201_600_000_000 + row,
            offence(&mut random)
        )?;
    }
    Ok(file.flush()?)
}

fn offence(random: &mut Random) -> &'static str {
    match random.below(100) {
        0..9 => GROUPS[1].1[random.below(5)],
        9..18 => GROUPS[2].1[0],
        18..22 => GROUPS[3].1[random.below(2)],
        22..27 => GROUPS[4].1[0],
        27..60 => "Thefts",
        _ => "All Other Offenses",
    }
}
