//! Who is compared with whom: same unit, rank class and shift, or the next wider group that is large enough.
//! Events and duty belong to the post held on their day, so that a transfer takes no history along.
use std::collections::BTreeMap;
use std::fmt;

use crate::department::Department;
use crate::input::Posting;
use crate::ruleset::{PeerRules, Ruleset};

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

/// Places of the groups a post belongs to, narrow first.
type Ladder = [usize; 4];

pub(crate) fn ladder(posting: &Posting, rules: &Ruleset) -> [Group; 4] {
    let (unit, shift) = (posting.unit.clone(), posting.shift.clone());
    let rank = rules.rank_class(&posting.rank).to_owned();
    [
        Group::Shift(unit.clone(), rank.clone(), shift),
        Group::Unit(unit, rank.clone()),
        Group::Rank(rank),
        Group::Department,
    ]
}

/// All groups of a department, each with its place in a list, and the groups of every post.
pub(crate) struct Peers {
    names: Vec<String>,
    sizes: Vec<usize>,
    /// By post.
    ladders: Vec<Ladder>,
}

impl Peers {
    pub(crate) fn new(department: &Department) -> Self {
        let mut peers = Self { names: Vec::new(), sizes: Vec::new(), ladders: Vec::new() };
        let mut places = BTreeMap::new();
        for (officer, _) in department.with_posts() {
            for posting in &officer.postings {
                let ladder = ladder(posting, department.rules).map(|group| peers.place(&mut places, group));
                peers.ladders.push(ladder);
            }
            for group in peers.ladders.last().into_iter().flatten() {
                peers.sizes[*group] += 1;
            }
        }
        peers
    }

    /// Where `group` stands in the list; at its end if it is new.
    fn place(&mut self, places: &mut BTreeMap<Group, usize>, group: Group) -> usize {
        let name = group.to_string();
        *places.entry(group).or_insert_with(|| {
            self.names.push(name);
            self.sizes.push(0);
            self.names.len() - 1
        })
    }

    /// By post: the narrowest group that is large enough; `duty` is decayed months by post.
    pub(crate) fn choose(&self, rules: &PeerRules, duty: &[f64]) -> Vec<usize> {
        let months = self.sums(duty);
        let large =
            |group: &&usize| self.sizes[**group] >= rules.min_officers && months[**group] >= rules.min_months;
        self.ladders.iter().map(|ladder| *ladder.iter().find(large).unwrap_or(&ladder[3])).collect()
    }

    /// In words, e.g. `patrol-2, officer`.
    pub(crate) fn name(&self, group: usize) -> &str {
        &self.names[group]
    }

    /// Officers who hold a post of `group` at T.
    pub(crate) fn size(&self, group: usize) -> usize {
        self.sizes[group]
    }

    /// Sums of `values` (by post) over every group, wide and narrow.
    pub(crate) fn sums(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.names.len()];
        for (ladder, value) in self.ladders.iter().zip(values) {
            for group in ladder {
                sums[*group] += value;
            }
        }
        sums
    }
}
