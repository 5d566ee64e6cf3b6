//! What the maps do not count and the bulletin does: incidents without a position, those that officers found, and
//! clearances.
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{Crime, History};
use crate::bulletin::{Bulletin, Measure, NO_BEAT};
use crate::fact::midnight;
use crate::lattice::Lattice;
use crate::settings::UNMAPPED;

/// Kept beside the events of the maps.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) no_position: Vec<Crime>,
    pub(super) officer_initiated: Vec<Crime>,
    /// By the day of the clearance.
    pub(super) cleared: Vec<(Date, Crime)>,
}

impl History {
    /// Counts everything into `bulletin`, by local day in `zone`; `beats` gives the name of each cell's beat.
    pub fn count_into(
        &self,
        bulletin: &mut Bulletin,
        zone: &TimeZone,
        lattice: &Lattice,
        beats: &[Option<&str>],
    ) {
        let category = |crime: &Crime| self.categories[usize::from(crime.category)].as_str();
        let beat = |crime: &Crime| crime.index(lattice).and_then(|index| beats[index]).unwrap_or(NO_BEAT);
        let first = bulletin.first_day().saturating_sub(Span::new().days(1));
        let from = self.crimes.partition_point(|crime| crime.at_us < midnight(first).as_microsecond());
        for crime in &self.crimes[from..] {
            let day = crime.day(zone);
            let mut add = |measure| bulletin.add(measure, beat(crime), category(crime), day);
            add(Measure::Incidents);
            if crime.index(lattice).is_none() {
                add(Measure::OutsideArea);
            }
            if category(crime) == UNMAPPED {
                add(Measure::UnmappedOffence);
            }
        }
        for crime in &self.beside.no_position {
            for measure in [Measure::Incidents, Measure::NoPosition] {
                bulletin.add(measure, NO_BEAT, category(crime), crime.day(zone));
            }
        }
        for crime in &self.beside.officer_initiated {
            bulletin.add(Measure::OfficerInitiated, beat(crime), category(crime), crime.day(zone));
        }
        for (on, crime) in &self.beside.cleared {
            bulletin.add(Measure::Clearances, beat(crime), category(crime), *on);
        }
    }
}

impl Crime {
    /// The local day on which it began.
    fn day(&self, zone: &TimeZone) -> Date {
        let at = Timestamp::from_microsecond(self.at_us).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned_datetime(zone.clone()).date()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::bulletin::{ALL, Bulletin, Line, Measure, NO_BEAT};
    use crate::fact::Clearance;
    use crate::history::Gathering;
    use crate::{Cell, CrimeFact, Lattice, Origin, Settings, StudyArea};

    const CITY: &str = r#"{"type":"Polygon","coordinates":[[[-92.12,46.77],[-92.08,46.77],[-92.08,46.79],[-92.12,46.79],[-92.12,46.77]]]}"#;

    fn fact(incident: &str, at: &str) -> CrimeFact {
        CrimeFact {
            incident: incident.into(),
            version: 1,
            occurred_from: at.parse().unwrap(),
            occurred_to: None,
            offence: "Larceny".into(),
            category: String::new(),
            origin: Origin::Reported,
            geohash: Cell::at(-92.1005, 46.7867, 8).map(|cell| cell.name()),
            cleared: None,
            previous_day: None,
            deleted: false,
            forget: false,
        }
    }

    #[test]
    fn everything_reported_counts_on_its_local_day_and_what_is_wrong_with_it_too() {
        let settings = Settings::from_toml("boundary = \"b\"\n[offences]\nLarceny = \"theft\"").unwrap();
        let mut gathering = Gathering::new(&settings);
        let cleared = Some((Clearance::Arrest, date(2026, 7, 5)));
        let elsewhere = Cell::at(-90.0, 46.0, 8).map(|cell| cell.name());
        for fact in [
            // Half past one in Greenwich is the evening before in Chicago: eight days ago, not seven.
            fact("1", "2026-06-29T01:30:00Z"),
            CrimeFact { cleared, ..fact("2", "2026-07-05T12:00:00Z") },
            CrimeFact { geohash: None, ..fact("3", "2026-07-05T12:00:00Z") },
            CrimeFact {
                geohash: elsewhere,
                offence: "Loitering".into(),
                ..fact("4", "2026-07-05T12:00:00Z")
            },
            CrimeFact { origin: Origin::OfficerInitiated, ..fact("5", "2026-07-05T12:00:00Z") },
            CrimeFact { deleted: true, ..fact("6", "2026-07-05T12:00:00Z") },
        ] {
            gathering.push(&fact);
        }
        let (history, _) = gathering.settle();
        let lattice = Lattice::new(&StudyArea::from_geojson(CITY).unwrap(), 7);
        let beats = vec![Some("north"); lattice.len()];
        let mut bulletin = Bulletin::new(date(2026, 7, 6));
        let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
        history.count_into(&mut bulletin, &zone, &lattice, &beats);
        let week = |measure, beat: &str| {
            let Line { week, month, .. } = bulletin.line(measure, beat, ALL);
            (week, month)
        };
        assert_eq!(week(Measure::Incidents, ALL), (3, 4));
        assert_eq!(week(Measure::Incidents, "north"), (1, 2));
        assert_eq!(week(Measure::Incidents, NO_BEAT), (2, 2));
        assert_eq!(week(Measure::Clearances, "north"), (1, 1));
        assert_eq!(week(Measure::NoPosition, ALL), (1, 1));
        assert_eq!(week(Measure::OutsideArea, ALL), (1, 1));
        assert_eq!(week(Measure::UnmappedOffence, ALL), (1, 1));
        assert_eq!(week(Measure::OfficerInitiated, "north"), (1, 1));
    }
}
