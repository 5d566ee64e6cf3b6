//! When in the week crime happens: 168 hours of the agency's own clock, for the city and for each area.
//!
//! A cell has far too few events for 168 bins, so profiles belong to districts and lean on the city's the more,
//! the fewer events a district has. Hours that a change of the clock leaves out or repeats are counted as they were.
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Bins: Monday 0 to 1 o'clock is the first, Sunday 23 to 24 the last.
pub const BINS: usize = 168;

const HOUR_US: i64 = 3_600_000_000;

/// When an event happened, and in which area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The moment, or the beginning of the time in which it happened.
    pub from: Timestamp,
    /// The end of that time, where it is an interval: a burglary found in the morning.
    pub to: Option<Timestamp>,
    /// Place of its district or cluster.
    pub area: usize,
}

/// Relative rates of a city and of its areas: 1 is the average hour, 2 twice as many events an hour. The mean
/// over the hours that there were is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    /// Hours of each bin in the window.
    pub exposure_hours: Vec<f64>,
    /// Rate of each bin in the whole city.
    pub city: Vec<f64>,
    /// Rate of each bin in each area.
    pub areas: Vec<Vec<f64>>,
    /// How many events of its own outweigh the city's profile: an area with as many leans on each by half.
    /// Nothing where the areas do not differ beyond chance: then all have the city's profile.
    pub prior_events: Option<f64>,
}

/// Calls `visit` with bin and microseconds for each stretch of `[from, to)` that lies in one hour of the local
/// clock; the microseconds add up to the interval.
pub fn walk(zone: &TimeZone, from: Timestamp, to: Timestamp, mut visit: impl FnMut(usize, i64)) {
    let (mut at, end) = (from.as_microsecond(), to.as_microsecond());
    while at < end {
        let now = Timestamp::from_microsecond(at).expect("between two instants");
        let offset = i64::from(zone.to_offset(now).seconds()) * 1_000_000;
        let change =
            zone.following(now).next().map_or(i64::MAX, |change| change.timestamp().as_microsecond());
        let stop = end.min(change);
        while at < stop {
            let local = at + offset;
            let next = stop.min(local - local.rem_euclid(HOUR_US) + HOUR_US - offset);
            // 1970 began on a Thursday, the fourth day.
            visit((local.div_euclid(HOUR_US) + 3 * 24).rem_euclid(BINS as i64) as usize, next - at);
            at = next;
        }
    }
}

/// Hours of each bin in `[from, to)`.
pub fn exposure_hours(zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<f64> {
    let mut hours = vec![0i64; BINS];
    walk(zone, from, to, |bin, us| hours[bin] += us);
    hours.into_iter().map(|us| us as f64 / HOUR_US as f64).collect()
}

/// Calls `add` with bins and weights of an event: one bin with weight 1 for a moment, and for an interval each
/// hour by its share of it (aoristic; Ratcliffe 2000). The weights add up to 1.
pub fn aoristic(zone: &TimeZone, from: Timestamp, to: Option<Timestamp>, mut add: impl FnMut(usize, f64)) {
    let length = to.map_or(0, |to| to.as_microsecond() - from.as_microsecond());
    if length > 0 {
        walk(zone, from, to.unwrap_or(from), |bin, us| add(bin, us as f64 / length as f64));
    } else {
        let local = from.as_microsecond() + i64::from(zone.to_offset(from).seconds()) * 1_000_000;
        add((local.div_euclid(HOUR_US) + 3 * 24).rem_euclid(BINS as i64) as usize, 1.0);
    }
}

/// Whether the source knows days only: every event begins at midnight, UTC or local, whichever the import took.
pub fn only_dates(zone: &TimeZone, occurrences: &[Occurrence]) -> bool {
    let midnight = |at: Timestamp, offset_s: i32| (at.as_second() + i64::from(offset_s)) % 86_400 == 0;
    occurrences.iter().all(|event| midnight(event.from, 0))
        || occurrences.iter().all(|event| midnight(event.from, zone.to_offset(event.from).seconds()))
}

impl Profiles {
    /// Profiles from the events that begin in `[from, to)`; nothing where there are none, or only dates.
    pub fn estimate(
        zone: &TimeZone,
        (from, to): (Timestamp, Timestamp),
        areas: usize,
        occurrences: &[Occurrence],
    ) -> Option<Self> {
        if only_dates(zone, occurrences) {
            return None;
        }
        let mut counts = vec![vec![0.0; BINS]; areas];
        let inside = |event: &&Occurrence| from <= event.from && event.from < to && event.area < areas;
        for event in occurrences.iter().filter(inside) {
            aoristic(zone, event.from, event.to, |bin, weight| counts[event.area][bin] += weight);
        }
        let mut city = vec![0.0; BINS];
        for area in &counts {
            city.iter_mut().zip(area).for_each(|(city, count)| *city += count);
        }
        let total: f64 = city.iter().sum();
        if total <= 0.0 {
            return None;
        }
        for count in &mut city {
            *count /= total;
        }
        let exposure_hours = exposure_hours(zone, from, to);
        let prior_events = prior(&city, &counts);
        let areas = counts.iter().map(|counts| rates(&shrunk(counts, &city, prior_events), &exposure_hours));
        Some(Self {
            areas: areas.collect(),
            city: rates(&city, &exposure_hours),
            exposure_hours,
            prior_events,
        })
    }
}

/// Shares of the bins as rates of the average hour.
fn rates(shares: &[f64], exposure_hours: &[f64]) -> Vec<f64> {
    let hours: f64 = exposure_hours.iter().sum();
    let rate = |(share, exposure): (&f64, &f64)| if *exposure > 0.0 { share * hours / exposure } else { 1.0 };
    shares.iter().zip(exposure_hours).map(rate).collect()
}

/// Posterior mean of an area's shares: its counts and `prior` events of the city's profile.
fn shrunk(counts: &[f64], city: &[f64], prior: Option<f64>) -> Vec<f64> {
    let total: f64 = counts.iter().sum();
    let Some(prior) = prior.filter(|prior| total + prior > 0.0) else { return city.to_vec() };
    counts.iter().zip(city).map(|(count, share)| (count + prior * share) / (total + prior)).collect()
}

/// The strength of the prior by moments: under a Dirichlet prior of `a` events, the chi-square of an area with n
/// events against the city's shares has mean (bins - 1)(n + a) / (1 + a). Solved for a over all areas.
fn prior(city: &[f64], counts: &[Vec<f64>]) -> Option<f64> {
    let bins = city.iter().filter(|share| **share > 0.0).count();
    let (mut areas, mut events, mut chi_square) = (0.0, 0.0, 0.0);
    for area in counts {
        let total: f64 = area.iter().sum();
        if total > 0.0 {
            areas += 1.0;
            events += total;
            let gaps = area.iter().zip(city).filter(|(_, share)| **share > 0.0);
            chi_square += gaps
                .map(|(count, share)| (count - total * share) * (count - total * share) / (total * share))
                .sum::<f64>();
        }
    }
    let excess = chi_square / bins.saturating_sub(1).max(1) as f64;
    (excess > areas).then(|| ((events - excess) / (excess - areas)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;
    use proptest::prelude::*;

    fn chicago() -> TimeZone {
        TimeZone::get("America/Chicago").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn bins_of(from: &str, to: Option<&str>) -> Vec<(usize, f64)> {
        let mut bins = Vec::new();
        aoristic(&chicago(), at(from), to.map(at), |bin, weight| bins.push((bin, weight)));
        bins
    }

    /// Day (0 is Monday) and hour.
    fn bin(day: usize, hour: usize) -> usize {
        24 * day + hour
    }

    #[test]
    fn a_moment_is_one_hour_of_the_local_clock() {
        assert_eq!(bins_of("2026-07-06T05:59:59Z", None), [(bin(0, 0), 1.0)]);
        assert_eq!(bins_of("2026-01-05T05:59:59Z", None), [(bin(6, 23), 1.0)]); // an hour behind in winter
    }

    #[test]
    fn an_interval_is_spread_by_its_share_of_each_hour() {
        let night = bins_of("2026-07-07T04:30:00Z", Some("2026-07-07T06:00:00Z"));
        assert_eq!(night, [(bin(0, 23), 1.0 / 3.0), (bin(1, 0), 2.0 / 3.0)]);
    }

    #[test]
    fn the_hour_that_is_left_out_has_no_share_and_the_one_that_comes_twice_has_two() {
        let spring = bins_of("2026-03-08T07:00:00Z", Some("2026-03-08T09:00:00Z"));
        assert_eq!(spring, [(bin(6, 1), 0.5), (bin(6, 3), 0.5)]);
        let autumn = bins_of("2026-11-01T06:00:00Z", Some("2026-11-01T08:00:00Z"));
        assert_eq!(autumn, [(bin(6, 1), 0.5), (bin(6, 1), 0.5)]);
        let year = exposure_hours(&chicago(), at("2026-01-01T06:00:00Z"), at("2027-01-01T06:00:00Z"));
        assert_eq!([year[bin(6, 1)], year[bin(6, 2)], year[bin(6, 3)]], [53.0, 51.0, 52.0]);
        assert_eq!(year.iter().sum::<f64>(), 8_760.0);
    }

    /// Events of an area, `night` of ten between 22 and 23 o'clock and the rest at any hour.
    fn events(area: usize, count: usize, night: usize, random: &mut Random) -> Vec<Occurrence> {
        let start = at("2026-01-05T06:00:00Z").as_second();
        let hour = |random: &mut Random| if random.below(10) < night { 22 } else { random.below(24) };
        (0..count)
            .map(|_| {
                let second =
                    (random.below(364) * 24 + hour(random)) as i64 * 3_600 + random.below(3_600) as i64;
                Occurrence { from: Timestamp::from_second(start + second).unwrap(), to: None, area }
            })
            .collect()
    }

    #[test]
    fn large_areas_keep_their_own_profile_and_small_ones_lean_on_the_city() {
        let mut random = Random::new(4);
        let mut all = Vec::new();
        for (area, count, night) in [(0, 9_000, 0), (1, 9_000, 5), (2, 9_000, 1), (3, 12, 0), (4, 9_000, 3)] {
            all.extend(events(area, count, night, &mut random));
        }
        let zone = TimeZone::get("Etc/GMT+6").unwrap(); // no change of the clock
        let window = (at("2026-01-05T06:00:00Z"), at("2027-01-04T06:00:00Z"));
        let profiles = Profiles::estimate(&zone, window, 5, &all).unwrap();
        let late = |rates: &[f64]| (0..7).map(|day| rates[bin(day, 22)]).sum::<f64>() / 7.0;
        let rates: Vec<f64> = profiles.areas.iter().map(|rates| late(rates)).collect();
        let (city, prior) = (late(&profiles.city), profiles.prior_events.unwrap());
        assert!(rates[0] < 2.0 && rates[1] > 10.0 && (50.0..5_000.0).contains(&prior), "{rates:?} {prior}");
        assert!((rates[3] - city).abs() < 0.1 * city, "{rates:?} {city}");
        for rates in profiles.areas.iter().chain([&profiles.city]) {
            assert!((rates.iter().sum::<f64>() / 168.0 - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_areas_get_the_profile_of_the_city() {
        let mut random = Random::new(4);
        let all: Vec<_> = (0..6).flat_map(|area| events(area, 400, 2, &mut random)).collect();
        let window = (at("2026-01-05T06:00:00Z"), at("2027-01-04T06:00:00Z"));
        let profiles = Profiles::estimate(&chicago(), window, 6, &all).unwrap();
        assert!(profiles.prior_events.is_none_or(|prior| prior > 1_000.0), "{:?}", profiles.prior_events);
    }

    #[test]
    fn dates_make_no_hours() {
        let day = |text: &str| Occurrence { from: at(text), to: None, area: 0 };
        let window = (at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        let utc = [day("2026-01-02T00:00:00Z"), day("2026-01-03T00:00:00Z")];
        let local = [day("2026-01-02T06:00:00Z"), day("2026-01-03T06:00:00Z")];
        let mixed = [day("2026-01-02T06:00:00Z"), day("2026-01-03T06:10:00Z")];
        for (events, known) in [(utc, false), (local, false), (mixed, true)] {
            assert_eq!(Profiles::estimate(&chicago(), window, 1, &events).is_some(), known);
        }
    }

    proptest! {
        #[test]
        fn every_event_counts_as_one(start in 1_700_000_000i64..1_800_000_000, length in 0i64..2_000_000) {
            let (from, to) = (Timestamp::from_second(start).unwrap(), Timestamp::from_second(start + length).unwrap());
            let mut sum = 0.0;
            aoristic(&chicago(), from, Some(to), |bin, weight| {
                assert!(bin < BINS && weight > 0.0);
                sum += weight;
            });
            prop_assert!((sum - 1.0).abs() < 1e-12);
            let hours: f64 = exposure_hours(&chicago(), from, to).iter().sum();
            prop_assert!((hours - length as f64 / 3_600.0).abs() < 1e-9);
        }
    }
}
