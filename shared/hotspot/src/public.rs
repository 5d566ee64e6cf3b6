//! The public layers of one edition, made together: what each shows depends on what the others tell of the same cells.
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::cell::Cell;
use crate::disclosure::{self, Fine, Shown};
use crate::label::confidence;
use crate::privacy::{Band, hidden_among};
use crate::table::CellTable;
use crate::trend::public_trend;

/// One cell of a public map. Every feature carries every property; what is withheld is null.
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
    /// Direction over the last year.
    pub trend: Option<&'static str>,
    /// Place in the ranking by recency.
    pub rank_band: Option<&'static str>,
    /// Date of the run.
    pub as_of: Date,
}

/// What all features of an edition share.
#[derive(Clone, Copy, Debug)]
pub struct Edition {
    /// Days counted.
    pub window_days: u16,
    /// Date of the run.
    pub as_of: Date,
    /// Smallest count shown.
    pub k: u32,
}

/// A map as counted, before anything is withheld.
pub struct Counted<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its statistics in coarse cells.
    pub coarse: CellTable<'a>,
}

/// Incidents sorted into parts: each holds those that lie in the same maps, so that no incident is in two.
pub struct Part {
    /// The maps it lies in: bit j for map j; bit 0, the map of everything, is always set.
    pub maps: u32,
    /// Incidents in each fine cell.
    pub counts: Vec<u32>,
}

/// The layers of an edition by name, in the order of `maps`: the map of everything, first, in fine cells, with coarse
/// ones wherever a fine one would give a small count away or is `masked`; the others in coarse cells.
pub fn layers(
    edition: Edition,
    fine: &CellTable,
    maps: &[Counted],
    parts: &[Part],
    masked: &[bool],
) -> Vec<(String, Vec<Feature>)> {
    let writer = Writer::new(edition, fine, maps);
    let mut layers: Vec<(String, Vec<Feature>)> =
        maps.iter().map(|map| (map.name.to_owned(), Vec::new())).collect();
    for (parent, children) in families(fine, maps[0].coarse.lattice.precision()) {
        let family = Family::new(edition.k, fine, &children, parts, masked, maps.len());
        for (map, (_, features)) in layers.iter_mut().enumerate() {
            features.extend(writer.write(&family, parent, map));
        }
    }
    for (_, features) in &mut layers {
        features.sort_by_cached_key(|feature| feature.cell.name());
    }
    layers
}

/// The fine cells with incidents, by the coarse cell around them.
fn families(fine: &CellTable, precision: u8) -> Vec<(Cell, Vec<usize>)> {
    let mut families: BTreeMap<String, (Cell, Vec<usize>)> = BTreeMap::new();
    for (index, cell) in fine.lattice.cells().iter().enumerate().filter(|(index, _)| fine.counts[*index] > 0)
    {
        let parent = cell.parent(precision);
        families.entry(parent.name()).or_insert((parent, Vec::new())).1.push(index);
    }
    families.into_values().collect()
}

/// One coarse cell: the fine cells shown inside, and what is shown of each map.
struct Family {
    visible: Vec<usize>,
    /// Whether the coarse cell stands in for hidden fine ones.
    stands_in: bool,
    counts: Vec<u64>,
    shown: Vec<Shown>,
}

impl Family {
    fn new(
        k: u32,
        fine: &CellTable,
        children: &[usize],
        parts: &[Part],
        masked: &[bool],
        maps: usize,
    ) -> Self {
        let hidden = hidden_among(children, &fine.counts, k, masked);
        let visible: Vec<usize> = children.iter().copied().filter(|child| !hidden.contains(child)).collect();
        let bands = visible.iter().map(|child| Band::of(u64::from(fine.counts[*child]), k));
        let (low, high) = bands
            .fold((0, 0), |(low, high), band| (low + band.low, high + band.high.unwrap_or(disclosure::OPEN)));
        let fine_told = Fine { low, high: hidden.is_empty().then_some(high) };
        let sum = |part: &Part| children.iter().map(|child| u64::from(part.counts[*child])).sum();
        let counts: Vec<u64> = parts.iter().map(sum).collect();
        let masks: Vec<u32> = parts.iter().map(|part| part.maps).collect();
        let cell = disclosure::Cell { parts: &masks, counts: &counts, maps, k };
        let shown = cell.protect(fine_told);
        let at_least = shown[0] == Shown::AtLeastK;
        Self {
            visible: if at_least { Vec::new() } else { visible },
            stands_in: at_least || !hidden.is_empty(),
            counts: (0..maps).map(|map| cell.count(map)).collect(),
            shown,
        }
    }
}

/// What a statistic says of a cell, for those whose count may be told.
#[derive(Clone, Copy)]
struct Known {
    /// The joint label.
    bin: i8,
    rank: Option<&'static str>,
    trend: Option<&'static str>,
}

impl Known {
    fn of(table: &CellTable, index: usize, rank: Option<&'static str>, k: u32) -> Self {
        Self { bin: table.joint(index), rank, trend: public_trend(table, index, k) }
    }
}

/// Turns what may be shown into features.
struct Writer<'a> {
    edition: Edition,
    fine: &'a CellTable<'a>,
    maps: &'a [Counted<'a>],
    fine_ranks: Vec<Option<&'static str>>,
    ranks: Vec<Vec<Option<&'static str>>>,
}

impl<'a> Writer<'a> {
    fn new(edition: Edition, fine: &'a CellTable<'a>, maps: &'a [Counted<'a>]) -> Self {
        let ranks = maps.iter().map(|map| rank_bands(&map.coarse)).collect();
        Self { edition, fine, maps, fine_ranks: rank_bands(fine), ranks }
    }

    /// The features of one coarse cell in one map.
    fn write(&self, family: &Family, parent: Cell, map: usize) -> Vec<Feature> {
        let fine = family.visible.iter().filter(|_| map == 0).map(|child| {
            let known = Some(Known::of(self.fine, *child, self.fine_ranks[*child], self.edition.k));
            let band = Band::of(u64::from(self.fine.counts[*child]), self.edition.k);
            self.feature(map, self.fine.lattice.cells()[*child], band, known)
        });
        let table = &self.maps[map].coarse;
        let index = table.lattice.index_of(parent);
        let known = index.map(|index| Known::of(table, index, self.ranks[map][index], self.edition.k));
        let band = match family.shown[map] {
            Shown::Band => Some((Band::of(family.counts[map], self.edition.k), known)),
            Shown::AtLeastK => Some((Band::at_least(self.edition.k), None)),
            Shown::Nothing => None,
        };
        let coarse = band.filter(|_| map > 0 || family.stands_in);
        fine.chain(coarse.map(|(band, known)| self.feature(map, parent, band, known))).collect()
    }

    fn feature(&self, map: usize, cell: Cell, band: Band, known: Option<Known>) -> Feature {
        let known = known.filter(|_| !band.is_small());
        let class = |bin: i8| match bin.signum() {
            1 => "hot",
            -1 => "cold",
            _ => "none",
        };
        Feature {
            cell,
            category: self.maps[map].name.to_owned(),
            window_days: self.edition.window_days,
            count_band: band.to_string(),
            class: known.map(|known| class(known.bin)),
            confidence: known.and_then(|known| confidence(known.bin)),
            trend: known.and_then(|known| known.trend),
            rank_band: known.and_then(|known| known.rank),
            as_of: self.edition.as_of,
        }
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
