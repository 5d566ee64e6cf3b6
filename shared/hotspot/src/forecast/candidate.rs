//! The methods that compete to rank the cells of a map: a fixed list, so that what wins was not searched for.
use serde::{Deserialize, Serialize};

use super::metrics::nine_decimals;
use crate::history::{HALF_LIFE_DAYS, LOOK_BACK_DAYS};

/// Version of [`candidates`]; a champion chosen from another list is chosen anew.
pub const LIST_VERSION: &str = "1";

/// Where the events of a part come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The map's own categories.
    Group,
    /// Everything, brought to the rate of the map's own events.
    All,
}

/// Smoothing of a part: y = x + share · (KDE(x) - x) (D14).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Smoothing {
    /// Bandwidth of the kernel in metres.
    pub bandwidth_m: f64,
    /// Share of the kernel that neighbours get; the cell itself keeps weight 1.
    pub share: f64,
}

/// One addend of a score: events that lose half their weight in so many days.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Part {
    /// Whose events.
    pub source: Source,
    /// Half-life in days.
    pub half_life_days: f64,
    /// Share of the score.
    pub share: f64,
    /// Days before the origin whose events count (D12).
    pub look_back_days: i64,
    /// How it is spread over neighbours, if at all.
    pub smoothing: Option<Smoothing>,
}

/// A method: the score of a cell is the sum of its parts, each a rate of events a day (D13).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// Its parts.
    pub parts: Vec<Part>,
}

impl Candidate {
    /// One half-life, nothing else: the score of [`crate::CellTable::recency`] as a rate.
    pub fn recency(name: &str, half_life_days: f64) -> Self {
        candidate(name, &[(half_life_days, 1.0, 0.0, 0.0)], 0.0)
    }

    /// The candidate that stands until another one wins.
    pub fn standing() -> Self {
        Self::recency(DEFAULT, HALF_LIFE_DAYS)
    }

    /// The mean of several candidates. Its parts are theirs, equal ones put together; shares have nine decimals, so
    /// that a method that is kept as text stays the same.
    pub fn mean_of(candidates: &[&Self]) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for part in candidates.iter().flat_map(|candidate| &candidate.parts) {
            let share = part.share / candidates.len() as f64;
            match parts.iter_mut().find(|known| Part { share: part.share, ..**known } == *part) {
                Some(known) => known.share += share,
                None => parts.push(Part { share, ..*part }),
            }
        }
        for part in &mut parts {
            part.share = nine_decimals(part.share);
        }
        let names: Vec<&str> = candidates.iter().map(|candidate| candidate.name.as_str()).collect();
        Self { name: format!("mean of {}", names.join(", ")), parts }
    }

    /// How far back any of its parts looks, in days.
    pub fn look_back_days(&self) -> i64 {
        self.parts.iter().map(|part| part.look_back_days).max().unwrap_or_default()
    }
}

/// Name of the candidate that stands until another one wins.
pub const DEFAULT: &str = "h180";

/// A part as [`candidates`] writes it: half-life, share, bandwidth and share of the kernel (0 for none).
type Short = (f64, f64, f64, f64);

/// The list, the default first. One half-life; two half-lives in shares; a sharp short one with a smoothed long one;
/// and these with a share of everything, which steadies maps of few events.
pub fn candidates() -> Vec<Candidate> {
    const NONE: (f64, f64) = (0.0, 0.0);
    let one = |half_life: f64, (bandwidth, share): (f64, f64)| vec![(half_life, 1.0, bandwidth, share)];
    let two = |share: f64, short: f64, long: f64, (bandwidth, spread): (f64, f64)| {
        vec![(short, share, 0.0, 0.0), (long, 1.0 - share, bandwidth, spread)]
    };
    let list: [(&str, Vec<Short>, f64); 19] = [
        (DEFAULT, one(HALF_LIFE_DAYS, NONE), 0.0),
        ("h30", one(30.0, NONE), 0.0),
        ("h60", one(60.0, NONE), 0.0),
        ("h90", one(90.0, NONE), 0.0),
        ("h365", one(365.0, NONE), 0.0),
        ("h730", one(730.0, NONE), 0.0),
        ("h180_s100", one(180.0, (100.0, 0.5)), 0.0),
        ("h365_s75", one(365.0, (75.0, 0.5)), 0.0),
        ("h730_s100x1", one(730.0, (100.0, 1.0)), 0.0),
        ("75_h30+25_h365", two(0.75, 30.0, 365.0, NONE), 0.0),
        ("50_h30+50_h365", two(0.5, 30.0, 365.0, NONE), 0.0),
        ("50_h60+50_h730", two(0.5, 60.0, 730.0, NONE), 0.0),
        ("50_h90+50_h730", two(0.5, 90.0, 730.0, NONE), 0.0),
        ("25_h60+75_h365", two(0.25, 60.0, 365.0, NONE), 0.0),
        ("25_h60+75_h365_s75", two(0.25, 60.0, 365.0, (75.0, 0.5)), 0.0),
        ("50_h180+50_h730_s100x1", two(0.5, 180.0, 730.0, (100.0, 1.0)), 0.0),
        ("h365+20_all", one(365.0, NONE), 0.2),
        ("50_h180+50_h730_s75+10_all", two(0.5, 180.0, 730.0, (75.0, 0.5)), 0.1),
        ("25_h90+75_h730_s100+10_all", two(0.25, 90.0, 730.0, (100.0, 0.5)), 0.1),
    ];
    list.into_iter().map(|(name, parts, all)| candidate(name, &parts, all)).collect()
}

/// Half-life of the share of everything, in days.
const ALL_HALF_LIFE_DAYS: f64 = 90.0;

/// How far back candidates of several parts look, in days.
const MIX_LOOK_BACK_DAYS: i64 = 1_461;

fn candidate(name: &str, parts: &[Short], all: f64) -> Candidate {
    let alone = parts.len() == 1 && all == 0.0;
    let look_back_days = if alone { LOOK_BACK_DAYS } else { MIX_LOOK_BACK_DAYS };
    let own = parts.iter().map(|(half_life_days, share, bandwidth_m, spread)| Part {
        source: Source::Group,
        half_life_days: *half_life_days,
        share: (1.0 - all) * share,
        look_back_days,
        smoothing: (*spread > 0.0).then_some(Smoothing { bandwidth_m: *bandwidth_m, share: *spread }),
    });
    let (source, half_life_days) = (Source::All, ALL_HALF_LIFE_DAYS);
    let everything = Part { source, half_life_days, share: all, look_back_days, smoothing: None };
    Candidate { name: name.to_owned(), parts: own.chain((all > 0.0).then_some(everything)).collect() }
}

/// Widest bandwidth of the list, in metres: what a grid must be made for.
pub const WIDEST_M: f64 = 150.0;
