//! One night: the window read from the log, the tables of every map, the public layer.
use anyhow::Result;
use bytes::Bytes;
use hotspot::fact::{midnight, utc_day};
use hotspot::history::{LOOK_BACK_DAYS, Selection, Tally};
use hotspot::label::{confidence, low_count};
use hotspot::public::{Counted, Edition, Part, layers};
use hotspot::{CellTable, History, Lattice, Settings};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::collections::BTreeSet;

use crate::AgencyPart;
use crate::bucket::{Bucket, Headers, If};
use crate::fold::{DAYS, day_key, day_of};
use crate::forecast::{Before, Forecasts, Named};
use crate::publish::Layer;
use crate::report::{Hottest, MapReport};

/// How many cells the report names.
const HOTTEST: usize = 5;

/// The night's inputs: everything that a map is made from.
pub(crate) struct Night<'a> {
    pub(crate) agency: &'a AgencyPart,
    pub(crate) settings: &'a Settings,
    /// End of the training windows: midnight UTC at or before the scheduled time.
    pub(crate) origin: Timestamp,
    pub(crate) history: History,
    pub(crate) tally: Tally,
}

/// What the tables of a night tell the rest of it.
#[derive(Default)]
pub(crate) struct Tables {
    /// Each map, the one of everything first.
    pub(crate) maps: Vec<MapReport>,
    /// The cells that rank first in the map of everything.
    pub(crate) hottest: Vec<Hottest>,
    /// The forecast of everything, for each cell.
    pub(crate) scores: Vec<f64>,
    /// Keys written.
    pub(crate) files: Vec<String>,
}

/// Whole UTC days of the public count.
#[derive(Clone, Copy)]
struct Window {
    /// The first day that is not counted any more.
    end: Date,
    days: u16,
}

impl Window {
    fn start(self) -> Timestamp {
        midnight(self.end.saturating_sub(Span::new().days(i64::from(self.days))))
    }

    fn end(self) -> Timestamp {
        midnight(self.end)
    }
}

impl<'a> Night<'a> {
    /// Reads the log as far back as any statistic of the night looks.
    pub(crate) async fn read(
        log: &Bucket,
        agency: &'a AgencyPart,
        time: Timestamp,
        days_back: i64,
    ) -> Result<Self> {
        let settings = &agency.settings;
        let last = utc_day(time);
        let window = settings.window_days.max(settings.public.window_days);
        let back = LOOK_BACK_DAYS.max(window.into()).max(days_back);
        let first = last.saturating_sub(Span::new().days(back + i64::from(settings.public.delay_days)));
        let keys: Vec<String> = days_between(log, first, last).await?.into_iter().map(day_key).collect();
        let files: Vec<Bytes> =
            log.get_all(&keys).await?.into_iter().map(|(_, object)| object.body).collect();
        let gathering = crime_log::gather(&files, settings)?;
        drop(files);
        let (history, tally) = gathering.settle();
        Ok(Self { agency, settings, origin: midnight(last), history, tally })
    }

    /// Date of the night: of its origin, in UTC.
    pub(crate) fn date(&self) -> Date {
        utc_day(self.origin)
    }

    /// Writes the internal table and the forecast of every map.
    pub(crate) async fn tables(
        &self,
        internal: &Bucket,
        lattice: &Lattice,
        before: &Before,
    ) -> Result<Tables> {
        let mut tables = Tables::default();
        let files = &mut tables.files;
        let all = self.history.series(lattice, &self.marks(None, |_| true));
        let mut forecasts = Forecasts::new(before, lattice, all, self.settings.forecast, self.date());
        for (name, categories) in self.settings.maps() {
            let marks = self.marks(categories, |_| true);
            let table =
                CellTable::compute(lattice, &self.history, self.origin, self.settings.window_days, &marks);
            let key = format!("cells/{}/{name}.csv", self.date());
            let headers = Headers { content_type: "text/csv; charset=utf-8", ..Headers::default() };
            internal.put(&key, Bytes::from(table.to_csv()), If::Anything, headers).await?;
            files.push(key);
            tables.maps.push(report(name, &table));
            let group = self.history.series(lattice, &marks);
            let (named, keys) = forecasts.map(internal, name, &group).await?;
            files.extend(keys);
            if categories.is_none() {
                tables.hottest = hottest_of(&table, &named);
                tables.scores = named.scores;
            }
        }
        files.push(forecasts.finish(internal).await?);
        Ok(tables)
    }

    /// The public layer of every map that has something to show to the public.
    pub(crate) fn public_layers(&self) -> Vec<Layer> {
        let public = &self.settings.public;
        let fine = Lattice::new(&self.agency.area, public.precision);
        let coarse = Lattice::new(&self.agency.area, public.coarse_precision);
        let window = Window { end: public.counted_until(self.date()), days: public.window_days };
        let shown = |categories: Option<&BTreeSet<String>>| {
            self.marks(categories, |category| self.settings.is_public(category))
        };
        let maps: Vec<(&str, Vec<bool>)> =
            self.settings.maps().map(|(name, categories)| (name, shown(categories))).collect();
        let maps: Vec<(&str, Vec<bool>)> =
            maps.into_iter().filter(|(_, marks)| marks.contains(&true)).collect();
        let Some((_, everything)) = maps.first() else { return Vec::new() };
        let counted = |(name, marks): &(&'a str, Vec<bool>)| Counted {
            name,
            coarse: CellTable::compute(&coarse, &self.history, window.end(), window.days, marks),
        };
        let counted: Vec<Counted> = maps.iter().map(counted).collect();
        let table = CellTable::compute(&fine, &self.history, window.end(), window.days, everything);
        let edition = Edition { window_days: public.window_days, as_of: self.date(), k: public.k };
        let masked = self.agency.masked(&fine);
        let layers = layers(edition, &table, &counted, &self.parts(&fine, window, &maps), &masked);
        let precision = |index: usize| if index == 0 { public.precision } else { public.coarse_precision };
        layers
            .into_iter()
            .enumerate()
            .map(|(index, (category, features))| Layer { category, precision: precision(index), features })
            .collect()
    }

    /// The incidents of the public window, sorted by the maps they lie in.
    fn parts(&self, fine: &Lattice, window: Window, maps: &[(&str, Vec<bool>)]) -> Vec<Part> {
        let lies_in = |category: usize| {
            let bits = maps.iter().enumerate().map(|(map, (_, marks))| u32::from(marks[category]) << map);
            bits.sum::<u32>()
        };
        let lies_in: Vec<u32> = (0..self.history.categories().len()).map(lies_in).collect();
        let kinds: BTreeSet<u32> = lies_in.iter().copied().filter(|maps| *maps > 0).collect();
        let part = |maps: u32| {
            let marks: Vec<bool> = lies_in.iter().map(|lies_in| *lies_in == maps).collect();
            let selection = Selection { from: window.start(), to: window.end(), categories: &marks };
            Part { maps, counts: self.history.counts(fine, selection).cells }
        };
        kinds.into_iter().map(part).collect()
    }

    /// Whether the public counts of a night of `date` include a day.
    pub(crate) fn counts_day(settings: &Settings, date: Date, day: Date) -> bool {
        let end = settings.public.counted_until(date);
        (end.saturating_sub(Span::new().days(i64::from(settings.public.window_days)))..end).contains(&day)
    }

    /// Which categories of the history count in a map.
    pub(crate) fn marks(
        &self,
        wanted: Option<&BTreeSet<String>>,
        allowed: impl Fn(&str) -> bool,
    ) -> Vec<bool> {
        let counts =
            |category: &String| wanted.is_none_or(|wanted| wanted.contains(category)) && allowed(category);
        self.history.categories().iter().map(counts).collect()
    }
}

/// Days of the log from `first` to `last`, both included.
async fn days_between(log: &Bucket, first: Date, last: Date) -> Result<Vec<Date>> {
    let keys = log.list(DAYS).await?;
    Ok(keys.iter().filter_map(|key| day_of(key)).filter(|day| (first..=last).contains(day)).collect())
}

fn report(name: &str, table: &CellTable) -> MapReport {
    MapReport {
        category: name.to_owned(),
        incidents: table.events,
        outside_study_area: table.outside,
        hot: table.hot(),
        low_count: low_count(table.events, table.lattice.len()),
    }
}

fn hottest_of(table: &CellTable, named: &Named) -> Vec<Hottest> {
    let hottest = named.cells.iter().take(HOTTEST).map(|cell| {
        let index = *cell as usize;
        let (longitude, latitude) = table.lattice.cells()[index].centre();
        Hottest {
            geohash: table.lattice.names()[index].clone(),
            longitude,
            latitude,
            incidents: table.counts[index],
            score: named.scores[index],
            z: table.z[index],
            confidence: confidence(table.joint(index)).filter(|_| table.z[index] > 0.0),
        }
    });
    hottest.collect()
}
