//! A log in memory at 16 bytes an event: ten million rows of which a third is recent fit a small machine.
use jiff::Timestamp;

use crate::inputs::Inputs;
use crate::lattice::Lattice;

/// One event inside the study area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Packed {
    /// Seconds since 1970: until 2106.
    second: u32,
    /// Place of its cell in the lattice.
    cell: u32,
    category: u16,
    /// Marks of the caller's own, as the origin of the report.
    flags: u16,
    weight: f32,
}

/// Events of one lattice in order of time, in as many parts as there were readers.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    parts: Vec<Vec<Packed>>,
}

impl Packed {
    /// An event of weight 1; nothing if its time is not between 1970 and 2106.
    pub fn new(at: Timestamp, cell: u32, category: u16) -> Option<Self> {
        Some(Self { second: u32::try_from(at.as_second()).ok()?, cell, category, flags: 0, weight: 1.0 })
    }

    /// The same with a weight, for recency by harm.
    pub fn weighing(self, weight: f32) -> Self {
        Self { weight, ..self }
    }

    /// The same with marks.
    pub fn flagged(self, flags: u16) -> Self {
        Self { flags, ..self }
    }
}

impl Log {
    /// Takes the parts as they are if they follow one another in order of time and all events weigh the same,
    /// so that no order among those of one second can change a sum; else sorts everything.
    pub fn of(mut parts: Vec<Vec<Packed>>) -> Self {
        let events = || parts.iter().flatten();
        let weight = events().next().map(|event| event.weight);
        let alike = events().all(|event| Some(event.weight) == weight);
        if !(alike && events().is_sorted_by_key(|event| event.second)) {
            let mut all = std::mem::take(&mut parts).concat();
            all.sort_unstable_by(|a, b| {
                let key = |event: &Packed| (event.second, event.cell, event.category, event.flags);
                key(a).cmp(&key(b)).then(a.weight.total_cmp(&b.weight))
            });
            parts = vec![all];
        }
        Self { parts }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sums of the categories marked in `categories`.
    pub fn inputs(
        &self,
        lattice: &Lattice,
        origin: Timestamp,
        window_days: u16,
        categories: &[bool],
        half_lives_days: &[f64],
    ) -> Inputs {
        let mut inputs = Inputs::new(lattice.len(), origin, window_days, half_lives_days);
        for event in self.parts.iter().flatten() {
            if categories.get(usize::from(event.category)) == Some(&true) {
                let at_us = i64::from(event.second) * 1_000_000;
                inputs.add(Some(event.cell as usize), at_us, f64::from(event.weight));
            }
        }
        inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::CITY;
    use crate::{Random, StudyArea};

    #[test]
    fn an_event_takes_sixteen_bytes() {
        assert_eq!(size_of::<Packed>(), 16);
    }

    #[test]
    fn the_order_of_rows_and_parts_does_not_matter() {
        let lattice = Lattice::new(&StudyArea::from_geojson(CITY).unwrap(), 6);
        let mut random = Random::new(9);
        let mut events: Vec<Packed> = (0..5_000)
            .map(|_| {
                let at = Timestamp::from_second(1_700_000_000 + random.below(90_000_000) as i64).unwrap();
                let event = Packed::new(at, random.below(lattice.len()) as u32, random.below(3) as u16);
                event.unwrap().weighing(1.0 + random.below(3) as f32)
            })
            .collect();
        let origin = Timestamp::from_second(1_790_000_000).unwrap();
        let inputs = |events: &[Packed], part: usize| {
            let log = Log::of(events.chunks(part).map(<[Packed]>::to_vec).collect());
            assert_eq!(log.len(), 5_000);
            log.inputs(&lattice, origin, 365, &[true, false, true], &[30.0, 365.0])
        };
        let once = inputs(&events, 5_000);
        random.shuffle(&mut events);
        assert_eq!(inputs(&events, 700), once);
    }
}
