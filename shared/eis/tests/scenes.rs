//! The same-scene index against the published posterior of a Bayesian model on the public records of one city. The data
//! is no part of the repository: `PRECINCT_DATA` names its folder, and without it the test says that it skipped.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use eis::scene::same_scene;
use flate2::read::MultiGzDecoder;

fn rows(folder: &Path, name: &str) -> Vec<HashMap<String, String>> {
    let file = File::open(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    csv::Reader::from_reader(MultiGzDecoder::new(file)).deserialize().collect::<Result<_, _>>().unwrap()
}

/// Mid-ranks of values.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let equal = sorted.partition_point(|other| other <= value) - below;
        below as f64 + (equal as f64 - 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

#[test]
fn the_index_ranks_officers_as_the_published_model_does() {
    let Some(folder) = std::env::var_os("PRECINCT_DATA").map(|data| PathBuf::from(data).join("eis")) else {
        println!("skipped: PRECINCT_DATA is not set");
        return;
    };
    let reports = rows(&folder, "seattle_uof_ridgeway.csv.gz");
    let levels = reports.iter().map(|row| {
        (row["incident_id"].as_str(), row["officer_id"].as_str(), row["force_level"].parse().unwrap())
    });
    let found = same_scene(levels);
    let published: BTreeMap<String, f64> = rows(&folder, "seattle_ridgeway_posterior.csv.gz")
        .iter()
        .map(|row| (row["idOff"].clone(), row["lamMean"].parse().unwrap()))
        .collect();
    let ours: Vec<f64> =
        published.keys().map(|id| found.get(id.as_str()).map_or(0.0, |one| one.effect)).collect();
    let theirs: Vec<f64> = published.values().copied().collect();
    let agreement = spearman(&ours, &theirs);
    let first = |values: &[f64]| -> BTreeSet<usize> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        order.into_iter().take(20).collect()
    };
    let overlap = first(&ours).intersection(&first(&theirs)).count();
    println!("{} officers: Spearman {agreement:.4}, {overlap} of the first 20", published.len());
    assert!(agreement >= 0.95 && overlap >= 12);
}
