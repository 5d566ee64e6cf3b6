//! Who is compared with whom: same unit, rank class and shift, or the next wider group that is large enough.
//! Events and duty belong to the post held on their day, so that a transfer takes no history along.
use std::collections::BTreeMap;
use std::fmt;

use crate::input::{Input, Posting};
use crate::ruleset::Ruleset;

/// A peer group, from narrow to wide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Unit, rank class and shift.
    Shift(String, String, String),
    /// Unit and rank class.
    Unit(String, String),
    /// Rank class.
    Rank(String),
    /// Everybody scored.
    Department,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shift(unit, rank, shift) => write!(f, "{unit}, {rank}, {shift}"),
            Self::Unit(unit, rank) => write!(f, "{unit}, {rank}"),
            Self::Rank(rank) => write!(f, "{rank}"),
            Self::Department => write!(f, "department"),
        }
    }
}

/// The groups a post belongs to, narrow first.
type Ladder = [Group; 4];

fn ladder(posting: &Posting, rules: &Ruleset) -> Ladder {
    let (unit, shift) = (posting.unit.clone(), posting.shift.clone());
    let rank = rules.rank_class(&posting.rank).to_owned();
    [
        Group::Shift(unit.clone(), rank.clone(), shift),
        Group::Unit(unit, rank.clone()),
        Group::Rank(rank),
        Group::Department,
    ]
}

/// Every officer's posts with the group each is compared with.
pub(crate) struct Peers {
    /// By officer in the order of ids, by post: the group that is large enough.
    pub(crate) chosen: Vec<Vec<Group>>,
    sizes: BTreeMap<Group, usize>,
    ladders: Vec<Vec<Ladder>>,
}

impl Peers {
    /// Chooses the groups; `duty` is decayed months by officer and post.
    pub(crate) fn new(input: &Input, rules: &Ruleset, duty: &[Vec<f64>]) -> Self {
        let ladders: Vec<Vec<Ladder>> = input
            .officers
            .values()
            .map(|officer| officer.postings.iter().map(|posting| ladder(posting, rules)).collect())
            .collect();
        let mut sizes = BTreeMap::new();
        for group in ladders.iter().filter_map(|posts| posts.last()).flatten() {
            *sizes.entry(group.clone()).or_insert(0) += 1;
        }
        let months = sums(&ladders, duty);
        let large = |group: &Group| {
            let size = sizes.get(group).copied().unwrap_or(0);
            size >= rules.peers.min_officers
                && months.get(group).copied().unwrap_or(0.0) >= rules.peers.min_months
        };
        let choose = |ladder: &Ladder| ladder.iter().find(|group| large(group)).unwrap_or(&ladder[3]).clone();
        let chosen = ladders.iter().map(|posts| posts.iter().map(choose).collect()).collect();
        Self { chosen, sizes, ladders }
    }

    /// Officers who hold a post of `group` at T.
    pub(crate) fn size(&self, group: &Group) -> usize {
        self.sizes.get(group).copied().unwrap_or(0)
    }

    /// Sums of `values` (by officer and post) over every group, wide and narrow.
    pub(crate) fn sums(&self, values: &[Vec<f64>]) -> BTreeMap<Group, f64> {
        sums(&self.ladders, values)
    }
}

fn sums(ladders: &[Vec<Ladder>], values: &[Vec<f64>]) -> BTreeMap<Group, f64> {
    let mut sums = BTreeMap::new();
    for (posts, row) in ladders.iter().zip(values) {
        for (ladder, value) in posts.iter().zip(row) {
            for group in ladder {
                *sums.entry(group.clone()).or_insert(0.0) += value;
            }
        }
    }
    sums
}
