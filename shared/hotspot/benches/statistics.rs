//! The statistics of one map of a large city, one by one and together: a year of everything, and of burglary.
use criterion::{Criterion, criterion_group, criterion_main};
use hotspot::calibration::CITY;
use hotspot::near_repeat::{Bands, Event, Knox};
use hotspot::spacetime::{SLICES, SpaceTime};
use hotspot::{CellTable, Lattice, Random, StudyArea, kde};

/// Counts of `events` events that concentrate as crime does: the third power of a uniform number.
fn counts(lattice: &Lattice, events: usize, random: &mut Random) -> Vec<u32> {
    let mut counts = vec![0; lattice.len()];
    for _ in 0..events {
        let unit = random.below(1 << 20) as f64 / f64::from(1 << 20);
        counts[(unit * unit * unit * lattice.len() as f64) as usize] += 1;
    }
    counts
}

fn maps(criterion: &mut Criterion) {
    let lattice = Lattice::new(&StudyArea::from_geojson(CITY).expect("the sample reads"), 7);
    for (name, events) in [("all", 153_107), ("burglary", 4_795)] {
        let mut random = Random::new(1);
        let year = counts(&lattice, events, &mut random);
        let slices: Vec<Vec<u32>> =
            (0..SLICES).map(|_| counts(&lattice, events / SLICES, &mut random)).collect();
        let scores: Vec<f64> = year.iter().map(|count| f64::from(*count)).collect();
        let mut group = criterion.benchmark_group(name);
        let table = || CellTable::of_counts(&lattice, year.clone(), vec![0.0; lattice.len()]);
        group.bench_function("Gi*, p, q, tail, its q, kde150", |b| b.iter(table));
        group.bench_function("kernel of 500 m", |b| b.iter(|| kde::smoothed(&lattice, &scores, 500.0, 0.5)));
        group.bench_function("thirteen slices", |b| b.iter(|| SpaceTime::of(&lattice, slices.clone())));
        group.bench_function("all of one map", |b| {
            b.iter(|| (table(), SpaceTime::of(&lattice, slices.clone())));
        });
        group.finish();
    }
}

fn near_repeats(criterion: &mut Criterion) {
    let mut random = Random::new(1);
    let mut metre = || random.below(20_000) as f64;
    let events: Vec<Event> =
        (0..3_283).map(|i| Event { x_m: metre(), y_m: metre(), day: f64::from(i) / 9.0 }).collect();
    let mut group = criterion.benchmark_group("near repeats");
    group.sample_size(10);
    group.bench_function("3,283 events, 999 shuffles", |b| {
        b.iter(|| Knox::of(&events, &Bands::default(), 999, 1));
    });
    group.finish();
}

criterion_group!(benches, maps, near_repeats);
criterion_main!(benches);
