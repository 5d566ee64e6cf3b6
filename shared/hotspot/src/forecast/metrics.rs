//! How good a choice of cells was (D16).
use serde::{Deserialize, Serialize};

/// What a choice of cells caught in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Catch {
    /// Cells chosen, k.
    pub cells: usize,
    /// Their area a, in square metres.
    pub area_m2: f64,
    /// Area A of all study cells, in square metres.
    pub study_m2: f64,
    /// Events in the chosen cells, n.
    pub hits: u64,
    /// Events in all study cells, N.
    pub events: u64,
    /// Most events that as many cells could have caught, n*.
    pub best: u64,
}

/// The figures of a catch, or their means over several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Metrics {
    /// Share of the events caught over share of the area chosen: (n / N) / (a / A).
    pub pai: f64,
    /// Share caught of what as many cells could have caught: n / n*.
    pub pei: f64,
    /// Share of the events caught: n / N.
    pub hit_rate: f64,
    /// PAI of the best choice in hindsight: (n* / N) / (a / A).
    pub pai_max: f64,
    /// Cells chosen.
    pub k: f64,
    /// Their area in square kilometres.
    pub area_km2: f64,
    /// Their share of the study area.
    pub area_share: f64,
    /// Events in a window.
    pub events: f64,
    /// Windows that had any event; others have no figures.
    pub windows: usize,
}

impl Catch {
    /// The figures, unless nothing happened or nothing was chosen.
    pub fn metrics(&self) -> Option<Metrics> {
        if self.events == 0 || self.cells == 0 {
            return None;
        }
        let (area_share, events) = (self.area_m2 / self.study_m2, self.events as f64);
        Some(Metrics {
            pai: self.hits as f64 / events / area_share,
            pei: self.hits as f64 / self.best as f64,
            hit_rate: self.hits as f64 / events,
            pai_max: self.best as f64 / events / area_share,
            k: self.cells as f64,
            area_km2: self.area_m2 / 1e6,
            area_share,
            events,
            windows: 1,
        })
    }
}

impl Metrics {
    /// The figures with nine decimals: what is kept as text and read again stays the same number.
    pub fn rounded(self) -> Self {
        Self {
            pai: nine_decimals(self.pai),
            pei: nine_decimals(self.pei),
            hit_rate: nine_decimals(self.hit_rate),
            pai_max: nine_decimals(self.pai_max),
            k: nine_decimals(self.k),
            area_km2: nine_decimals(self.area_km2),
            area_share: nine_decimals(self.area_share),
            events: nine_decimals(self.events),
            windows: self.windows,
        }
    }

    /// Means over the windows in which anything happened, each window counting once.
    pub fn mean<'c>(catches: impl IntoIterator<Item = &'c Catch>) -> Self {
        let sum = catches.into_iter().filter_map(Catch::metrics).fold(Self::default(), |sum, one| Self {
            pai: sum.pai + one.pai,
            pei: sum.pei + one.pei,
            hit_rate: sum.hit_rate + one.hit_rate,
            pai_max: sum.pai_max + one.pai_max,
            k: sum.k + one.k,
            area_km2: sum.area_km2 + one.area_km2,
            area_share: sum.area_share + one.area_share,
            events: sum.events + one.events,
            windows: sum.windows + 1,
        });
        let over = sum.windows.max(1) as f64;
        Self {
            pai: sum.pai / over,
            pei: sum.pei / over,
            hit_rate: sum.hit_rate / over,
            pai_max: sum.pai_max / over,
            k: sum.k / over,
            area_km2: sum.area_km2 / over,
            area_share: sum.area_share / over,
            events: sum.events / over,
            windows: sum.windows,
        }
    }
}

/// Rounds to nine decimals, which a parser of JSON reads back exactly.
pub(super) fn nine_decimals(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}
