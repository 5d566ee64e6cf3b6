//! How the time of a nightly score grows with the department: `cargo bench -p eis`. Figures: docs/performance.md.
mod department;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use department::Size;

/// Officers with 200 events each: a small agency, ten times that, and the size of the largest but a few.
const SIZES: [usize; 3] = [150, 1_500, 5_000];

fn score(criterion: &mut Criterion) {
    let rules = department::rules();
    let mut group = criterion.benchmark_group("score");
    group.sample_size(10);
    for officers in SIZES {
        let input = department::department(Size { officers, events: 200, streams: true });
        let events: usize = input.officers.values().map(|officer| officer.events.len()).sum();
        group.throughput(Throughput::Elements(events as u64));
        group.bench_with_input(BenchmarkId::from_parameter(officers), &input, |bencher, input| {
            bencher.iter(|| eis::score(input, &rules));
        });
    }
}

criterion_group!(benches, score);
criterion_main!(benches);
