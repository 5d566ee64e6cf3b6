//! The files of one group: recencies of the other half-lives, and the cells with an incident as GeoJSON.
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use flate2::{Compression, GzBuilder};
use hotspot::{CellTable, Lattice};

use crate::Failure;

/// One row for each cell with any score, one column for each half-life.
pub(crate) fn recencies(
    path: &Path,
    lattice: &Lattice,
    scores: &[Vec<f64>],
    half_lives: &[f64],
) -> Result<(), Failure> {
    let mut text = String::from("geohash");
    for days in half_lives {
        write!(text, ",rec_H{days}")?;
    }
    text.push('\n');
    for (cell, name) in lattice.names().iter().enumerate() {
        if scores.iter().any(|scores| scores[cell] > 0.0) {
            text.push_str(name);
            for scores in scores {
                write!(text, ",{:?}", scores[cell])?;
            }
            text.push('\n');
        }
    }
    Ok(std::fs::write(path, text)?)
}

/// Cells with an incident in the window, RFC 7946, gzipped without a time stamp.
pub(crate) fn geojson(path: &Path, table: &CellTable) -> Result<(), Failure> {
    let file = BufWriter::new(File::create(path)?);
    let mut packed = GzBuilder::new().mtime(0).write(file, Compression::new(1));
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let mut first = true;
    for cell in (0..table.lattice.len()).filter(|cell| table.counts[*cell] > 0) {
        text.push_str(if first { "\n" } else { ",\n" });
        first = false;
        feature(&mut text, table, cell)?;
        if text.len() > 1 << 16 {
            packed.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    text.push_str("\n]}\n");
    packed.write_all(text.as_bytes())?;
    packed.finish()?.flush()?;
    Ok(())
}

fn feature(text: &mut String, table: &CellTable, cell: usize) -> Result<(), Failure> {
    let name = &table.lattice.names()[cell];
    let [west, south, east, north] =
        table.lattice.cells()[cell].corners_e7().map(|e7| (e7 as f64 / 1e7).to_string());
    let classes = table.space_time.as_ref();
    let class = classes.map_or("none", |found| found.emergence[cell].word());
    let unadjusted = classes.map_or("none", |found| found.persistence[cell].word());
    write!(
        text,
        "{{\"type\":\"Feature\",\"id\":\"{name}\",\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[\
         [{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}},\
         \"properties\":{{\"geohash\":\"{name}\",\"count\":{},\"z\":{},\"q\":{},\"q_binom\":{},\
         \"label\":{},\"recency\":{},\"kde150\":{},\"class_sf\":\"{unadjusted}\",\
         \"class_arcgis\":\"{class}\"}}}}",
        table.counts[cell],
        rounded(table.z[cell], 1e4),
        rounded(table.q[cell], 1e6),
        rounded(table.q_binom[cell], 1e6),
        table.joint(cell),
        rounded(table.recency[cell], 1e4),
        rounded(table.kde[cell], 1e4),
    )?;
    Ok(())
}

/// The nearest multiple of 1 / `steps`; its shortest text is what a fixed number of decimals prints, and quicker.
fn rounded(number: f64, steps: f64) -> f64 {
    (number * steps).round() / steps
}
