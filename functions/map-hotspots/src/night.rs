//! One night: the window read from the log, the tables of every map, the public layer.
use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use hotspot::fact::{midnight, utc_day};
use hotspot::history::{Gathering, LOOK_BACK_DAYS, Tally};
use hotspot::label::{confidence, low_count};
use hotspot::public::{Edition, Feature, coarse_features, fine_features};
use hotspot::{CellTable, History, Lattice, Settings, StudyArea, geojson};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::collections::BTreeSet;

use crate::bucket::{Bucket, Headers, IN_FLIGHT, If};
use crate::day_file;
use crate::fold::{DAYS, day_key, day_of};
use crate::report::{Hottest, MapReport};

/// How many cells the report names.
const HOTTEST: usize = 5;

/// The night's inputs: everything that a map is made from.
pub(crate) struct Night<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) area: &'a StudyArea,
    /// End of the training windows: midnight UTC at or before the scheduled time.
    pub(crate) origin: Timestamp,
    pub(crate) history: History,
    pub(crate) tally: Tally,
}

/// A map's public file before it is written.
pub(crate) struct PublicFile {
    pub(crate) category: String,
    pub(crate) text: String,
}

impl<'a> Night<'a> {
    /// Reads the log as far back as any statistic of the night looks.
    pub(crate) async fn read(
        log: &Bucket,
        settings: &'a Settings,
        area: &'a StudyArea,
        time: Timestamp,
    ) -> Result<Self> {
        let last = utc_day(time);
        let back = LOOK_BACK_DAYS.max(settings.window_days.into()).max(settings.public.window_days.into());
        let first = last.saturating_sub(Span::new().days(back + i64::from(settings.public.delay_days)));
        let mut gathering = Gathering::new(settings);
        let days = days_between(log, first, last).await?;
        let mut files = stream::iter(days).map(async |day| log.get(&day_key(day)).await).buffered(IN_FLIGHT);
        while let Some(object) = files.try_next().await? {
            let Some(object) = object else { continue };
            for row in day_file::decode(object.body).context("reading a day file of the crime log")? {
                gathering.push(&row);
            }
        }
        let (history, tally) = gathering.settle();
        Ok(Self { settings, area, origin: midnight(last), history, tally })
    }

    /// Date of the night: of its origin, in UTC.
    pub(crate) fn date(&self) -> Date {
        utc_day(self.origin)
    }

    /// Writes the internal table of every map; reports each, and the hottest cells of the map of everything.
    pub(crate) async fn tables(
        &self,
        internal: &Bucket,
        lattice: &Lattice,
    ) -> Result<(Vec<MapReport>, Vec<Hottest>, Vec<String>)> {
        let (mut maps, mut hottest, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for (name, categories) in self.settings.maps() {
            let marks = self.marks(categories, |_| true);
            let table =
                CellTable::compute(lattice, &self.history, self.origin, self.settings.window_days, &marks);
            let key = format!("cells/{}/{name}.csv", self.date());
            let headers = Headers { content_type: "text/csv; charset=utf-8", ..Headers::default() };
            internal.put(&key, Bytes::from(table.to_csv()), If::Anything, headers).await?;
            files.push(key);
            maps.push(report(name, &table));
            if categories.is_none() {
                hottest = hottest_of(&table);
            }
        }
        Ok((maps, hottest, files))
    }

    /// The public layer of every map that has something to show to the public.
    pub(crate) fn public_files(&self) -> Vec<PublicFile> {
        let public = &self.settings.public;
        let fine = Lattice::new(self.area, public.precision);
        let coarse = Lattice::new(self.area, public.coarse_precision);
        let end = midnight(self.date().saturating_sub(Span::new().days(i64::from(public.delay_days))));
        let mut files = Vec::new();
        for (name, categories) in self.settings.maps() {
            let marks = self.marks(categories, |category| self.settings.is_public(category));
            if !marks.contains(&true) {
                continue;
            }
            let edition =
                Edition { category: name, window_days: public.window_days, as_of: self.date(), k: public.k };
            let table = |lattice| CellTable::compute(lattice, &self.history, end, public.window_days, &marks);
            let features: Vec<Feature> = match categories {
                None => fine_features(edition, &table(&fine), &table(&coarse)),
                Some(_) => coarse_features(edition, &table(&coarse)),
            };
            files.push(PublicFile { category: name.to_owned(), text: geojson::collection(&features) });
        }
        files
    }

    /// Whether the public counts of a night of `date` include a day.
    pub(crate) fn counts_day(settings: &Settings, date: Date, day: Date) -> bool {
        let public = &settings.public;
        let end = date.saturating_sub(Span::new().days(i64::from(public.delay_days)));
        (end.saturating_sub(Span::new().days(i64::from(public.window_days)))..end).contains(&day)
    }

    /// Which categories of the history count in a map.
    fn marks(&self, wanted: Option<&BTreeSet<String>>, allowed: impl Fn(&str) -> bool) -> Vec<bool> {
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

fn hottest_of(table: &CellTable) -> Vec<Hottest> {
    let ranked = table.ranking().into_iter().filter(|index| table.recency[*index] > 0.0);
    let hottest = ranked.take(HOTTEST).map(|index| {
        let (longitude, latitude) = table.lattice.cells()[index].centre();
        Hottest {
            geohash: table.lattice.names()[index].clone(),
            longitude,
            latitude,
            incidents: table.counts[index],
            recency: table.recency[index],
            z: table.z[index],
            confidence: confidence(table.joint(index)).filter(|_| table.z[index] > 0.0),
        }
    });
    hottest.collect()
}
