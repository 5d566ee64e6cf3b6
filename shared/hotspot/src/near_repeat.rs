//! Near repeats (Knox 1964; D18): do crimes close in space follow one another closer in time than chance?
//!
//! Pairs within the largest distance are found once through a grid; a permutation then only moves the dates.
use crate::cell::EARTH_RADIUS_M;
use crate::random::Random;

/// An event on a plane, in time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Event {
    /// Metres to the east of any fixed line.
    pub x_m: f64,
    /// Metres to the north.
    pub y_m: f64,
    /// Days since any fixed instant, with fractions.
    pub day: f64,
}

/// Edges of the bands, ascending; a band holds its lower edge and not its upper one. The first distance or
/// lapse of time is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Bands {
    /// Upper edges of the bands of distance, in metres. A first edge of 1 m means the same place.
    pub metres: Vec<f64>,
    /// Upper edges of the bands of time, in days.
    pub days: Vec<f64>,
}

/// One band of distance and time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Pairs found.
    pub observed: u64,
    /// Mean of the pairs after the dates were shuffled.
    pub expected: f64,
    /// Observed / expected; nothing where none is expected.
    pub ratio: Option<f64>,
    /// (shuffles with as many pairs or more + 1) / (shuffles + 1).
    pub p: f64,
}

/// The result: one row for each band of distance, one entry in it for each band of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Knox {
    /// Pairs within the largest distance, whatever their lapse of time.
    pub pairs: usize,
    /// The bands.
    pub rows: Vec<Vec<Band>>,
}

/// Two events within the largest distance, and their band of distance.
struct Pair {
    one: u32,
    other: u32,
    band: u32,
}

impl Event {
    /// An event at a place in degrees, on the plane that is true at `latitude`: one mean latitude for a city.
    pub fn at(place: (f64, f64), day: f64, latitude: f64) -> Self {
        let (longitude, north) = (place.0.to_radians(), place.1.to_radians());
        Self {
            x_m: EARTH_RADIUS_M * libm::cos(latitude.to_radians()) * longitude,
            y_m: EARTH_RADIUS_M * north,
            day,
        }
    }
}

impl Default for Bands {
    /// Same place, 100, 200 and 400 m; four weeks.
    fn default() -> Self {
        Self { metres: vec![1.0, 100.0, 200.0, 400.0], days: vec![7.0, 14.0, 21.0, 28.0] }
    }
}

impl Knox {
    /// Counts the pairs of each band and compares them with `shuffles` random orders of the dates among the
    /// events, drawn from `seed`. Events with a coordinate that is no number are left out; their order does not matter.
    pub fn of(events: &[Event], bands: &Bands, shuffles: u32, seed: u64) -> Self {
        let finite = |event: &&Event| event.x_m.is_finite() && event.y_m.is_finite() && event.day.is_finite();
        let mut events: Vec<Event> = events.iter().filter(finite).copied().collect();
        events.sort_by(|a, b| {
            a.x_m.total_cmp(&b.x_m).then(a.y_m.total_cmp(&b.y_m)).then(a.day.total_cmp(&b.day))
        });
        let pairs = near_pairs(&events, &bands.metres);
        let mut days: Vec<f64> = events.iter().map(|event| event.day).collect();
        let observed = tally(&pairs, &days, bands);
        let (mut sums, mut as_many) = (vec![0u64; observed.len()], vec![0u32; observed.len()]);
        let mut random = Random::new(seed);
        for _ in 0..shuffles {
            random.shuffle(&mut days);
            for (i, found) in tally(&pairs, &days, bands).into_iter().enumerate() {
                sums[i] += found;
                as_many[i] += u32::from(found >= observed[i]);
            }
        }
        let band = |i: usize| {
            let expected = sums[i] as f64 / f64::from(shuffles.max(1));
            let ratio = (sums[i] > 0).then(|| observed[i] as f64 / expected);
            let p = f64::from(as_many[i] + 1) / f64::from(shuffles + 1);
            Band { observed: observed[i], expected, ratio, p }
        };
        let width = bands.days.len();
        let rows = (0..bands.metres.len()).map(|row| (row * width..(row + 1) * width).map(band).collect());
        Self { pairs: pairs.len(), rows: rows.collect() }
    }
}

/// All pairs closer than the last edge, each once. `events` are sorted by x.
fn near_pairs(events: &[Event], edges: &[f64]) -> Vec<Pair> {
    let Some(&reach) = edges.last() else { return Vec::new() };
    let square = |event: &Event| ((event.x_m / reach).floor() as i64, (event.y_m / reach).floor() as i64);
    let mut grid: Vec<((i64, i64), u32)> =
        events.iter().enumerate().map(|(index, event)| (square(event), index as u32)).collect();
    grid.sort_unstable();
    let within = |from: (i64, i64), to: (i64, i64)| {
        let first = grid.partition_point(|(square, _)| *square < from);
        first..grid.partition_point(|(square, _)| *square <= to)
    };
    let mut pairs = Vec::new();
    let mut start = 0;
    while start < grid.len() {
        let (x, y) = grid[start].0;
        let end = start + grid[start..].partition_point(|(square, _)| *square == (x, y));
        // The rest of this square, the one to the north, and three in the next column: each pair of squares once.
        let north = within((x, y + 1), (x, y + 1));
        let east = within((x + 1, y - 1), (x + 1, y + 1));
        for at in start..end {
            let others = (at + 1..end).chain(north.clone()).chain(east.clone());
            pairs.extend(others.filter_map(|other| pair(events, grid[at].1, grid[other].1, edges)));
        }
        start = end;
    }
    pairs
}

fn pair(events: &[Event], one: u32, other: u32, edges: &[f64]) -> Option<Pair> {
    let (a, b) = (events[one as usize], events[other as usize]);
    let metres = ((a.x_m - b.x_m) * (a.x_m - b.x_m) + (a.y_m - b.y_m) * (a.y_m - b.y_m)).sqrt();
    let band = edges.iter().position(|edge| metres < *edge)?;
    Some(Pair { one, other, band: band as u32 })
}

/// Pairs by band of distance and, within it, band of time.
fn tally(pairs: &[Pair], days: &[f64], bands: &Bands) -> Vec<u64> {
    let width = bands.days.len();
    // One more column takes the pairs beyond the last band: no branch that depends on the data.
    let mut counts = vec![0u64; bands.metres.len() * (width + 1)];
    for pair in pairs {
        let lapse = (days[pair.one as usize] - days[pair.other as usize]).abs();
        let band: usize = bands.days.iter().map(|edge| usize::from(lapse >= *edge)).sum();
        counts[pair.band as usize * (width + 1) + band] += 1;
    }
    counts.chunks_exact(width + 1).flat_map(|row| row[..width].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(x_m: f64, y_m: f64, day: f64) -> Event {
        Event { x_m, y_m, day }
    }

    #[test]
    fn bands_hold_their_lower_edge_and_not_their_upper_one() {
        let events = [event(0.0, 0.0, 0.0), event(0.0, 100.0, 7.0), event(0.0, 500.0, 0.0)];
        let knox = Knox::of(&events, &Bands::default(), 9, 1);
        assert_eq!(knox.pairs, 1); // 400 m is outside
        assert_eq!(knox.rows[2][1].observed, 1);
        assert_eq!(knox.rows.iter().flatten().map(|cell| cell.observed).sum::<u64>(), 1);
    }

    #[test]
    fn a_series_at_one_place_within_a_week_stands_out() {
        let far = |i: u32| event(f64::from(i) * 1_000.0, 0.0, f64::from(i * 37 % 365));
        let events: Vec<Event> =
            (0..60).map(far).chain((0..5).map(|i| event(0.0, 7_000.0, 100.0 + f64::from(i)))).collect();
        let knox = Knox::of(&events, &Bands::default(), 199, 1);
        let same_place = knox.rows[0][0];
        assert_eq!((same_place.observed, same_place.p), (10, 0.005));
        assert!(same_place.ratio.unwrap() > 10.0);
    }

    proptest! {
        #[test]
        fn the_grid_finds_every_pair_whatever_the_order(
            places in prop::collection::vec((-900.0..900.0f64, -900.0..900.0f64, 0.0..60.0f64), 0..60)
        ) {
            let mut events: Vec<Event> = places.iter().map(|(x, y, day)| event(*x, *y, *day)).collect();
            let bands = Bands::default();
            let apart = |a: &Event, b: &Event| ((a.x_m - b.x_m).powi(2) + (a.y_m - b.y_m).powi(2)).sqrt();
            let all = events.iter().enumerate().flat_map(|(i, a)| events[..i].iter().map(move |b| (a, b)));
            let near = all.filter(|(a, b)| apart(a, b) < 400.0).count();
            let knox = Knox::of(&events, &bands, 19, 3);
            prop_assert_eq!(knox.pairs, near);
            events.reverse();
            prop_assert_eq!(Knox::of(&events, &bands, 19, 3), knox);
        }
    }
}
