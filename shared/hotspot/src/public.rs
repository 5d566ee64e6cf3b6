//! The public layer of one map: features without counts below k, and without anything they follow from.
use jiff::civil::Date;

use crate::cell::Cell;
use crate::label::confidence;
use crate::privacy::{band, withhold};
use crate::table::CellTable;

/// One cell of the public map. Every feature carries every property; what is withheld is null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The cell.
    pub cell: Cell,
    /// Name of the map.
    pub category: String,
    /// Days counted.
    pub window_days: u16,
    /// Band of the number of incidents.
    pub count_band: String,
    /// `hot`, `cold` or `none` by the joint label.
    pub class: Option<&'static str>,
    /// Confidence of the label in percent.
    pub confidence: Option<u8>,
    /// Direction over the last year; not computed yet.
    pub trend: Option<&'static str>,
    /// Place in the ranking by recency.
    pub rank_band: Option<&'static str>,
    /// Date of the run.
    pub as_of: Date,
}

/// What all features of a map share.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// Name of the map.
    pub category: &'a str,
    /// Days counted.
    pub window_days: u16,
    /// Date of the run.
    pub as_of: Date,
    /// Smallest count shown.
    pub k: u32,
}

/// Features of a map shown in fine cells, with coarse ones in place of what is withheld.
pub fn fine_features(edition: Edition, fine: &CellTable, coarse: &CellTable) -> Vec<Feature> {
    let shown = withhold(fine.lattice, &fine.counts, coarse.lattice.precision(), edition.k);
    let ranks = rank_bands(fine);
    let visible = (0..fine.lattice.len()).filter(|index| shown.fine[*index]);
    let mut features: Vec<Feature> = visible
        .map(|i| {
            feature(
                edition,
                fine.lattice.cells()[i],
                u64::from(fine.counts[i]),
                Some((fine.joint(i), ranks[i])),
            )
        })
        .collect();
    let ranks = rank_bands(coarse);
    features.extend(shown.coarse.iter().map(|(cell, total)| {
        let known = coarse.lattice.index_of(*cell).map(|i| (coarse.joint(i), ranks[i]));
        feature(edition, *cell, *total, known)
    }));
    sorted(features)
}

/// Features of a map shown in coarse cells only.
pub fn coarse_features(edition: Edition, table: &CellTable) -> Vec<Feature> {
    let ranks = rank_bands(table);
    let occupied = (0..table.lattice.len()).filter(|index| table.counts[*index] > 0);
    let each = occupied.map(|i| {
        feature(
            edition,
            table.lattice.cells()[i],
            u64::from(table.counts[i]),
            Some((table.joint(i), ranks[i])),
        )
    });
    sorted(each.collect())
}

fn feature(edition: Edition, cell: Cell, count: u64, known: Option<(i8, Option<&'static str>)>) -> Feature {
    let known = known.filter(|_| count >= u64::from(edition.k));
    Feature {
        cell,
        category: edition.category.to_owned(),
        window_days: edition.window_days,
        count_band: band(count, edition.k),
        class: known.map(|(bin, _)| match bin.signum() {
            1 => "hot",
            -1 => "cold",
            _ => "none",
        }),
        confidence: known.and_then(|(bin, _)| confidence(bin)),
        trend: None,
        rank_band: known.and_then(|(_, rank)| rank),
        as_of: edition.as_of,
    }
}

/// For each cell the share of the study area's cells that it ranks among, where its score is above zero.
fn rank_bands(table: &CellTable) -> Vec<Option<&'static str>> {
    let n = table.lattice.len();
    let mut bands = vec![None; n];
    for (place, index) in table.ranking().into_iter().enumerate() {
        let share = [(1, "top 1 %"), (5, "top 5 %"), (10, "top 10 %"), (25, "top 25 %")];
        let band = share.into_iter().find(|(percent, _)| (place + 1) * 100 <= percent * n);
        bands[index] = band.map(|(_, name)| name).filter(|_| table.recency[index] > 0.0);
    }
    bands
}

fn sorted(mut features: Vec<Feature>) -> Vec<Feature> {
    features.sort_by_cached_key(|feature| feature.cell.name());
    features
}
