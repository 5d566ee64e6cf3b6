//! Which method ranks the cells: the one that stands, unless another one would have done clearly better.
use jiff::Timestamp;

use super::candidate::Candidate;
use super::series::Series;
use super::trial::{Catches, Trial};

/// Gain below which the champion stays: less is noise.
pub const MARGIN: f64 = 0.02;

/// How many candidates a challenger is the mean of. The best one alone owes part of its lead to luck: a mean of
/// three gained about as much on later years and fell less often below the default (docs/adr/0009).
pub const BLEND: usize = 3;

/// What a choice came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The method that ranks from now on.
    pub champion: Candidate,
    /// Whether it is another one than before.
    pub changed: bool,
    /// Mean PAI of the method that stood, over the origins of the choice.
    pub stood: f64,
    /// Mean PAI of the challenger over the same origins.
    pub challenger: f64,
}

impl Trial<'_> {
    /// Chooses for one group. `found` are the catches of `list` on this group at `origins`; the first setting decides.
    /// The challenger, the mean of the best of the list, replaces `champion` if its mean PAI is greater by more than
    /// [`MARGIN`].
    pub fn choose(
        &self,
        all: &Series,
        group: &Series,
        list: &[Candidate],
        found: &[Catches],
        champion: &Candidate,
        origins: &[Timestamp],
    ) -> Choice {
        let pai: Vec<f64> = found.iter().map(|catches| catches.mean(0).pai).collect();
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by(|a, b| pai[*b].total_cmp(&pai[*a])); // stable: of equals the first of the list
        let best: Vec<&Candidate> = order.iter().take(BLEND).map(|place| &list[*place]).collect();
        let pair = [champion.clone(), Candidate::mean_of(&best)];
        let found = self.roll(all, &[group], &pair, origins, &|| ());
        let [stood, challenger] = [0, 1].map(|place| found[0][place].mean(0).pai);
        let [champion, other] = pair;
        let changed = challenger > (1.0 + MARGIN) * stood;
        Choice { champion: if changed { other } else { champion }, changed, stood, challenger }
    }
}
