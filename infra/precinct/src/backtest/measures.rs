//! From snapshots to figures: means over origins, rules at equal workload, differences, calibration, short service.
use std::collections::{BTreeMap, BTreeSet};

use eis::accuracy::{self, Isotonic, Order, Ranked, bands, bootstrap, brier, share_of};
use jiff::ToSpan as _;

use super::figures::{AtOrigin, Calibration, Cost, Difference, Measured, Rule, Service};
use super::history::History;
use super::snapshot::Snapshot;

/// The seed of every lot drawn here.
pub(super) const SEED: u64 = 20_080_101;
/// Shares of the force, in per cent, at which the plot shows precision.
const PLOTTED: [f64; 10] = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0];

/// Each origin on its own.
pub(super) fn per_origin(snapshots: &[Snapshot]) -> BTreeMap<jiff::civil::Date, AtOrigin> {
    let one = |snapshot: &Snapshot| {
        let measured = |scores: &Vec<f64>| Measured::of(&Ranked::new(scores, &snapshot.hits));
        let methods = snapshot.methods.iter().map(|(name, scores)| (name.clone(), measured(scores)));
        let base = Ranked::new(snapshot.of("score"), &snapshot.hits).base();
        let at = AtOrigin {
            officers: snapshot.officers.len(),
            base,
            censoring: snapshot.censoring,
            methods: methods.collect(),
        };
        (snapshot.t, at)
    };
    snapshots.iter().map(one).collect()
}

/// Means over origins.
pub(super) fn means(origins: &BTreeMap<jiff::civil::Date, AtOrigin>) -> BTreeMap<String, Measured> {
    let names: BTreeSet<&String> = origins.values().flat_map(|origin| origin.methods.keys()).collect();
    let mean = |name: &String| {
        let all: Vec<Measured> = origins.values().map(|origin| origin.methods[name]).collect();
        (name.clone(), Measured::mean(&all))
    };
    names.into_iter().map(mean).collect()
}

/// Rules against as many names from the top of the score and of the count, origins pooled.
pub(super) fn thresholds(history: &History, snapshots: &[Snapshot]) -> BTreeMap<String, Rule> {
    let mut rules = BTreeMap::new();
    for (index, rule) in history.thresholds.iter().enumerate() {
        let (mut flagged, mut right, mut score, mut complaints) = (0, 0, 0.0, 0.0);
        for snapshot in snapshots {
            let named = &snapshot.named[index];
            let k = named.iter().filter(|named| **named).count();
            flagged += k;
            right += named.iter().zip(&snapshot.hits).filter(|(named, hit)| **named && **hit).count();
            score += Ranked::new(snapshot.of("score"), &snapshot.hits).hits_at(k as f64);
            complaints += Ranked::new(snapshot.of("complaints_24m"), &snapshot.hits).hits_at(k as f64);
        }
        let share = |hits: f64| (flagged > 0).then(|| hits / flagged as f64);
        let found = Rule {
            flagged,
            precision: share(right as f64),
            score_same_k: share(score),
            complaints_same_k: share(complaints),
        };
        rules.insert(rule.name.clone(), found);
    }
    rules
}

/// The score less rank by complaints, with intervals from `rounds` draws of officers with all their origins.
pub(super) fn differences(snapshots: &[Snapshot], rounds: usize) -> Vec<Difference> {
    let officers: BTreeSet<&String> = snapshots.iter().flat_map(|snapshot| &snapshot.officers).collect();
    let places: BTreeMap<&String, usize> = officers.into_iter().zip(0..).collect();
    let others = ["complaints_24m", "score_peer", "sustained_5y"];
    let prepared: Vec<(&Snapshot, Vec<usize>, Order, Vec<Order>)> = snapshots
        .iter()
        .map(|snapshot| {
            let rows = snapshot.officers.iter().map(|officer| places[officer]).collect();
            let others = others.iter().map(|name| Order::new(snapshot.of(name))).collect();
            (snapshot, rows, Order::new(snapshot.of("score")), others)
        })
        .collect();
    let less = |other: usize, drawn: &[u32]| -> [Option<f64>; 2] {
        let (mut auc, mut precision) = (0.0, 0.0);
        for (snapshot, rows, score, others) in &prepared {
            let weight = |index: usize| f64::from(drawn[rows[index]]);
            let both = [score, &others[other]].map(|order| {
                let ranked = order.weighted(&snapshot.hits, weight);
                Some((ranked.auc()?, ranked.precision_at(share_of(0.05, ranked.size))?))
            });
            let [Some(score), Some(other)] = both else { return [None, None] };
            auc += (score.0 - other.0) / prepared.len() as f64;
            precision += (score.1 - other.1) / prepared.len() as f64;
        }
        [Some(auc), Some(precision)]
    };
    let once = vec![1; places.len()];
    let one = |(index, name): (usize, &&str)| {
        let [auc, precision] = less(index, &once);
        let [auc_interval, precision_interval] =
            bootstrap(places.len(), rounds, SEED, |drawn| less(index, drawn));
        Difference {
            what: format!("score less {name}"),
            auc: auc.unwrap_or(0.0),
            auc_interval,
            precision_at_5pct: precision.unwrap_or(0.0),
            precision_interval,
        }
    };
    others.iter().enumerate().map(one).collect()
}

/// What the weight of a finding costs, means over origins.
pub(super) fn costs(snapshots: &[Snapshot]) -> Vec<Cost> {
    let Some(first) = snapshots.first() else { return Vec::new() };
    let cost = |(index, (name, _)): (usize, &(String, Vec<f64>))| {
        let measure =
            |snapshot: &Snapshot| Measured::of(&Ranked::new(&snapshot.variants[index].1, &snapshot.hits));
        let all: Vec<Measured> = snapshots.iter().map(measure).collect();
        let mean = Measured::mean(&all);
        Cost { what: name.clone(), auc: mean.auc, precision_at_5pct: mean.precision_at.pct5 }
    };
    first.variants.iter().enumerate().map(cost).collect()
}

/// Share of the first 5 % in the five units with most of them, mean over origins.
pub(super) fn top_five_units(snapshots: &[Snapshot]) -> BTreeMap<String, f64> {
    let mut shares = BTreeMap::new();
    for snapshot in snapshots {
        for (name, scores) in &snapshot.methods {
            let flags = first_five(scores);
            let units = snapshot.units.iter().map(String::as_str).zip(flags);
            let share = accuracy::concentration(units, 5).unwrap_or(0.0);
            *shares.entry(name.clone()).or_insert(0.0) += share / snapshots.len() as f64;
        }
    }
    shares
}

/// How much of each officer is among the first 5 %.
pub(super) fn first_five(scores: &[f64]) -> Vec<f64> {
    Order::new(scores).first(share_of(0.05, scores.len() as f64))
}

/// Precision among the first so many per cent, means over origins.
pub(super) fn curves(snapshots: &[Snapshot]) -> BTreeMap<String, Vec<(f64, f64)>> {
    let mut curves = BTreeMap::new();
    for name in super::figures::MAIN {
        let ranked: Vec<Ranked> =
            snapshots.iter().map(|snapshot| Ranked::new(snapshot.of(name), &snapshot.hits)).collect();
        let at = |percent: f64| {
            let precision =
                |ranked: &Ranked| ranked.precision_at(share_of(percent / 100.0, ranked.size)).unwrap_or(0.0);
            (percent, ranked.iter().map(precision).sum::<f64>() / ranked.len() as f64)
        };
        curves.insert(name.to_owned(), PLOTTED.map(at).to_vec());
    }
    curves
}

/// Officers under three years, and the others, all origins together by means over them.
pub(super) fn service(snapshots: &[Snapshot]) -> BTreeMap<String, Service> {
    let one = |name: &str, short: bool| {
        let mut officers = 0;
        let (mut auc, mut precision, mut base, mut flags) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
        for snapshot in snapshots {
            let members: Vec<usize> =
                (0..snapshot.officers.len()).filter(|index| snapshot.short[*index] == short).collect();
            let scores: Vec<f64> = members.iter().map(|index| snapshot.of("score")[*index]).collect();
            let hits: Vec<bool> = members.iter().map(|index| snapshot.hits[*index]).collect();
            let flagged = first_five(snapshot.of("score"));
            flags += members.iter().map(|index| flagged[*index]).sum::<f64>();
            officers += members.len();
            let ranked = Ranked::new(&scores, &hits);
            auc.extend(ranked.auc());
            precision.extend(ranked.precision_at(share_of(0.05, ranked.size)));
            base.extend((ranked.size > 0.0).then(|| ranked.base()));
        }
        let mean = |all: Vec<f64>| (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64);
        let flag_rate = if officers > 0 { flags / officers as f64 } else { 0.0 };
        let found = Service {
            officers,
            base: mean(base),
            auc: mean(auc),
            precision_at_5pct: mean(precision),
            flag_rate,
        };
        (name.to_owned(), found)
    };
    BTreeMap::from([one("under three years", true), one("three years or more", false)])
}

/// The model's chance of a complaint in 12 months, and the label by score; each recalibrated by the origins whose
/// windows had closed.
pub(super) fn calibration(snapshots: &[Snapshot], label: &str, months: u32) -> Vec<Calibration> {
    let complaints = calibrate(
        snapshots,
        "one complaint or more in 12 months",
        12,
        |snapshot| (&snapshot.foretold, &snapshot.again),
        true,
    );
    let labels = calibrate(
        snapshots,
        &format!("{label} in {months} months, by score"),
        months,
        |snapshot| (&snapshot.methods["score"], &snapshot.hits),
        false,
    );
    vec![complaints, labels]
}

fn calibrate<'a>(
    snapshots: &'a [Snapshot],
    outcome: &str,
    months: u32,
    of: impl Fn(&'a Snapshot) -> (&'a Vec<f64>, &'a Vec<bool>),
    is_chance: bool,
) -> Calibration {
    let (mut raw, mut raw_hits) = (Vec::new(), Vec::new());
    let (mut mended, mut mended_hits, mut constant) = (Vec::new(), Vec::new(), Vec::new());
    for snapshot in snapshots {
        let (figures, hits) = of(snapshot);
        raw.extend_from_slice(figures);
        raw_hits.extend_from_slice(hits);
        let closed = |other: &&Snapshot| other.t.saturating_add(i64::from(months).months()) <= snapshot.t;
        let (mut known, mut known_hits) = (Vec::new(), Vec::new());
        for other in snapshots.iter().filter(closed) {
            known.extend_from_slice(of(other).0);
            known_hits.extend_from_slice(of(other).1);
        }
        if let Some(curve) = Isotonic::fit(&known, &known_hits) {
            mended.extend(figures.iter().map(|figure| curve.at(*figure)));
            mended_hits.extend_from_slice(hits);
            let base = hits.iter().filter(|hit| **hit).count() as f64 / hits.len() as f64;
            constant.extend(std::iter::repeat_n(base, hits.len()));
        }
    }
    Calibration {
        outcome: outcome.to_owned(),
        raw: if is_chance { bands(&raw, &raw_hits, 10) } else { Vec::new() },
        recalibrated: bands(&mended, &mended_hits, 10),
        brier_raw: brier(&raw, &raw_hits).filter(|_| is_chance),
        brier_recalibrated: brier(&mended, &mended_hits),
        brier_constant: brier(&constant, &mended_hits),
    }
}
