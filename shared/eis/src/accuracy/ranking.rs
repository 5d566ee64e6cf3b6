//! Area under the curve, average precision, precision and recall among the first k, by blocks of equal scores.

/// Officers in descending order of score, and where blocks of equal scores end.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    indices: Vec<usize>,
    /// One past the last place of each block.
    ends: Vec<usize>,
}

/// Officers with one score.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Block {
    count: f64,
    hits: f64,
}

/// A ranking with what came of each officer.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    blocks: Vec<Block>,
    /// Officers, or the sum of their weights.
    pub size: f64,
    /// Officers with the outcome.
    pub positives: f64,
}

/// The number of officers that `share` of `size` is: rounded, halves to even, as in the measured set-up.
pub fn share_of(share: f64, size: f64) -> f64 {
    libm::rint(share * size)
}

impl Order {
    /// Ranks `scores`, greatest first.
    pub fn new(scores: &[f64]) -> Self {
        let mut indices: Vec<usize> = (0..scores.len()).collect();
        indices.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        let mut ends = Vec::new();
        for place in 1..=indices.len() {
            if place == indices.len() || scores[indices[place]] != scores[indices[place - 1]] {
                ends.push(place);
            }
        }
        Self { indices, ends }
    }

    /// The ranking with the outcomes `hits`, given in the order of the scores.
    pub fn ranked(&self, hits: &[bool]) -> Ranked {
        self.weighted(hits, |_| 1.0)
    }

    /// The same with every officer counted `weight` times, as a bootstrap draws them.
    pub fn weighted(&self, hits: &[bool], weight: impl Fn(usize) -> f64) -> Ranked {
        let mut blocks = Vec::with_capacity(self.ends.len());
        for members in self.blocks() {
            let mut block = Block { count: 0.0, hits: 0.0 };
            for index in members {
                let weight = weight(*index);
                block.count += weight;
                block.hits += if hits[*index] { weight } else { 0.0 };
            }
            if block.count > 0.0 {
                blocks.push(block);
            }
        }
        let (size, positives) =
            blocks.iter().fold((0.0, 0.0), |(size, hits), block| (size + block.count, hits + block.hits));
        Ranked { blocks, size, positives }
    }

    /// How much of each officer is among the first `k`: 1, 0, or the chance of it for those who tie at the cut.
    pub fn first(&self, k: f64) -> Vec<f64> {
        let mut taken = vec![0.0; self.indices.len()];
        let mut seen = 0.0;
        for members in self.blocks() {
            let count = members.len() as f64;
            for index in members {
                taken[*index] = ((k - seen) / count).clamp(0.0, 1.0);
            }
            seen += count;
        }
        taken
    }

    fn blocks(&self) -> impl Iterator<Item = &[usize]> {
        let begins = std::iter::once(&0).chain(&self.ends);
        begins.zip(&self.ends).map(|(begin, end)| &self.indices[*begin..*end])
    }
}

impl Ranked {
    /// Ranks `scores`, greatest first, with the outcomes `hits`.
    pub fn new(scores: &[f64], hits: &[bool]) -> Self {
        Order::new(scores).ranked(hits)
    }

    /// Share of officers with the outcome.
    pub fn base(&self) -> f64 {
        self.positives / self.size
    }

    /// Area under the ROC curve by mid-ranks: the chance that an officer with the outcome stands above one
    /// without, a tie counting one half (Mann and Whitney). `None` where either kind is missing.
    pub fn auc(&self) -> Option<f64> {
        let negatives = self.size - self.positives;
        if self.positives <= 0.0 || negatives <= 0.0 {
            return None;
        }
        let (mut wins, mut below) = (0.0, negatives);
        for block in &self.blocks {
            let misses = block.count - block.hits;
            below -= misses;
            wins += block.hits * (below + misses / 2.0);
        }
        Some(wins / (self.positives * negatives))
    }

    /// Average precision `sum (R_n - R_(n-1)) P_n` over distinct scores, the convention of scikit-learn: officers
    /// who tie enter together. `None` without an outcome.
    pub fn average_precision(&self) -> Option<f64> {
        let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
        for block in &self.blocks {
            seen += block.count;
            hits += block.hits;
            sum += block.hits * hits / seen;
        }
        (self.positives > 0.0).then(|| sum / self.positives)
    }

    /// Average precision as its mean over all orders of those who tie, for whole counts; without ties it equals
    /// [`Self::average_precision`].
    pub fn average_precision_over_orders(&self) -> Option<f64> {
        let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
        for block in &self.blocks {
            let (count, found) = (block.count, block.hits);
            // The other hits of the block stand before place j with equal chance.
            let others = if count > 1.0 { (found - 1.0) / (count - 1.0) } else { 0.0 };
            for place in 0..count as usize {
                let before = place as f64;
                sum += found / count * (hits + 1.0 + before * others) / (seen + before + 1.0);
            }
            seen += count;
            hits += found;
        }
        (self.positives > 0.0).then(|| sum / self.positives)
    }

    /// Outcomes among the first `k`, those who tie at the cut counted by chance.
    pub fn hits_at(&self, k: f64) -> f64 {
        let (mut seen, mut hits) = (0.0, 0.0);
        for block in &self.blocks {
            hits += block.hits * ((k - seen) / block.count).clamp(0.0, 1.0);
            seen += block.count;
        }
        hits
    }

    /// Share of the first `k` with the outcome; `None` for `k` of 0.
    pub fn precision_at(&self, k: f64) -> Option<f64> {
        let k = k.min(self.size);
        (k > 0.0).then(|| self.hits_at(k) / k)
    }

    /// Share of the outcomes that are among the first `k`; `None` without an outcome.
    pub fn recall_at(&self, k: f64) -> Option<f64> {
        (self.positives > 0.0).then(|| self.hits_at(k) / self.positives)
    }

    /// Precision among the first `k` over the share in the whole department.
    pub fn lift_at(&self, k: f64) -> Option<f64> {
        self.precision_at(k).filter(|_| self.positives > 0.0).map(|precision| precision / self.base())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn close(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} is not {expected}");
    }

    #[test]
    fn published_example_of_four() {
        // scikit-learn, roc_auc_score and average_precision_score, examples of their pages.
        let ranked = Ranked::new(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]);
        close(ranked.auc(), 0.75);
        close(ranked.average_precision(), 5.0 / 6.0);
        close(ranked.average_precision_over_orders(), 5.0 / 6.0);
        close(ranked.precision_at(2.0), 0.5);
        close(ranked.recall_at(3.0), 1.0);
        close(ranked.lift_at(1.0), 2.0);
    }

    #[test]
    fn who_ties_at_the_cut_counts_by_chance() {
        let ranked = Ranked::new(&[2.0, 1.0, 1.0, 1.0], &[true, true, false, false]);
        close(ranked.precision_at(2.0), f64::midpoint(1.0, 1.0 / 3.0));
        assert_eq!(Order::new(&[2.0, 1.0, 1.0]).first(2.0), [1.0, 0.5, 0.5]);
        close(Ranked::new(&[1.0; 4], &[true, false, false, false]).auc(), 0.5);
    }

    #[test]
    fn without_an_outcome_there_is_nothing_to_measure() {
        let ranked = Ranked::new(&[1.0, 2.0], &[false, false]);
        assert_eq!((ranked.auc(), ranked.average_precision(), ranked.recall_at(1.0)), (None, None, None));
        assert_eq!(ranked.precision_at(0.0), None);
        assert_eq!(ranked.precision_at(9.0), Some(0.0));
    }

    /// Up to seven officers with few distinct scores, so that most of them tie.
    fn tied() -> impl Strategy<Value = Vec<(u8, bool)>> {
        prop::collection::vec((0..3_u8, any::<bool>()), 2..7)
    }

    /// Mean of `measure` over all orders, each made strict by minute differences.
    fn over_orders(rows: &[(u8, bool)], measure: &dyn Fn(&Ranked) -> f64) -> f64 {
        fn walk(left: &mut Vec<usize>, order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
            if left.is_empty() {
                return all.push(order.clone());
            }
            for place in 0..left.len() {
                let index = left.remove(place);
                order.push(index);
                walk(left, order, all);
                order.pop();
                left.insert(place, index);
            }
        }
        let mut orders = Vec::new();
        walk(&mut (0..rows.len()).collect(), &mut Vec::new(), &mut orders);
        let one = |order: &Vec<usize>| {
            let score = |(place, index): (usize, &usize)| f64::from(rows[*index].0) - place as f64 * 1e-6;
            let scores: Vec<f64> = order.iter().enumerate().map(score).collect();
            let hits: Vec<bool> = order.iter().map(|index| rows[*index].1).collect();
            measure(&Ranked::new(&scores, &hits))
        };
        orders.iter().map(one).sum::<f64>() / orders.len() as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn each_measure_is_its_mean_over_all_orders_of_those_who_tie(rows in tied(), k in 1..6_u8) {
            prop_assume!(rows.iter().any(|row| row.1) && rows.iter().any(|row| !row.1));
            let (scores, hits): (Vec<f64>, Vec<bool>) =
                rows.iter().map(|(score, hit)| (f64::from(*score), *hit)).unzip();
            let ranked = Ranked::new(&scores, &hits);
            let k = f64::from(k);
            close(ranked.auc(), over_orders(&rows, &|r| r.auc().unwrap()));
            close(ranked.precision_at(k), over_orders(&rows, &|r| r.precision_at(k).unwrap()));
            close(
                ranked.average_precision_over_orders(),
                over_orders(&rows, &|r| r.average_precision().unwrap()),
            );
        }

        #[test]
        fn drawing_an_officer_twice_is_having_two_of_them(rows in tied()) {
            let (scores, hits): (Vec<f64>, Vec<bool>) =
                rows.iter().map(|(score, hit)| (f64::from(*score), *hit)).unzip();
            let twice = |values: &[f64]| [values, values].concat();
            let doubled = Ranked::new(&twice(&scores), &[hits.clone(), hits.clone()].concat());
            prop_assert_eq!(Order::new(&scores).weighted(&hits, |_| 2.0), doubled);
        }
    }
}
