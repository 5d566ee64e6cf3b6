//! The night's patrol plan: written for officers as GeoJSON and as a page, and beside it, out of their sight, the record
//! with the cells held out, in which later nights count the incidents of each shift.
mod page;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use hotspot::geojson::MEDIA_TYPE;
use hotspot::history::Selection;
use hotspot::patrol::kind::{SLICE_DAYS, SLICES};
use hotspot::patrol::{Beats, Inputs, Places, Plan, Record, geojson};
use hotspot::{Lattice, Settings, StudyArea};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::Serialize;
use startup::agency::Folder;

use crate::bucket::{Bucket, Headers, If};
use crate::night::Night;

/// Plans of so many nights back are counted again: reports come in late.
const COUNTED_AGAIN_DAYS: i64 = 28;

/// What of the agency folder a plan needs besides the settings.
pub struct City {
    /// Beats.
    pub beats: Beats,
    /// Names of places.
    pub places: Places,
    pub(crate) zone: TimeZone,
    pub(crate) agency: String,
}

/// What the plan holds, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PatrolReport {
    /// Beats.
    pub beats: usize,
    /// Cells listed for a shift, over all shifts.
    pub stops: usize,
    /// Cells held out for a shift, over all shifts.
    pub controls: usize,
    /// Cells that rest tonight.
    pub resting: usize,
    /// Cells listed beyond the cap by an override.
    pub overridden: usize,
    /// Cells with a score that lie in no beat.
    pub outside_beats: usize,
    /// Earlier plans in which incidents were counted.
    pub counted: usize,
}

impl City {
    /// Reads beats and places; fails with file and reason where either is wrong.
    pub fn read(folder: &Folder, settings: &Settings, area: &StudyArea) -> Result<Self> {
        let agency = folder.agency()?;
        Ok(Self {
            beats: beats(folder, settings, area)?,
            places: places(folder, settings)?,
            zone: agency.zone()?,
            agency: agency.name,
        })
    }
}

/// The beats that the settings name, or the whole area as one.
pub fn beats(folder: &Folder, settings: &Settings, area: &StudyArea) -> Result<Beats> {
    let Some(file) = &settings.patrol.beats else { return Ok(Beats::whole(area)) };
    Beats::from_geojson(&folder.text(file)?, &settings.patrol.beat_property)
        .with_context(|| format!("agency folder: {file}"))
}

/// The places that the settings name.
pub fn places(folder: &Folder, settings: &Settings) -> Result<Places> {
    let Some(file) = &settings.patrol.places else { return Ok(Places::default()) };
    Places::from_csv(&folder.text(file)?).with_context(|| format!("agency folder: {file}"))
}

impl Night<'_> {
    /// Writes the plan of the night's date by the `scores` of the cells; gives what it holds and the keys written.
    pub(crate) async fn patrol(
        &self,
        internal: &Bucket,
        lattice: &Lattice,
        city: &City,
        scores: &[f64],
    ) -> Result<(PatrolReport, Vec<String>)> {
        let mut standing = standing(internal, self.date()).await?;
        let plan = Plan::make(Inputs {
            settings: &self.settings.patrol,
            date: self.date(),
            zone: &city.zone,
            lattice,
            scores,
            slices: &self.slices(lattice),
            beats: &city.beats,
            places: &city.places,
            previous: &standing,
        });
        let mut record = Record::of(&plan);
        if let Some(earlier) = standing.iter().find(|earlier| earlier.date == record.date) {
            record.keep(earlier);
        }
        standing.retain(|earlier| earlier.date != record.date);
        standing.push(record);
        let mut keys = self.write_plan(internal, &plan, city).await?;
        let mut report = summary(&plan, city);
        for mut record in standing {
            let before = record.clone();
            record.count(lattice, self.origin, |from, to| self.all_counts(lattice, from, to));
            if record != before || record.date == self.date() {
                report.counted += usize::from(record.date != self.date());
                keys.push(write_record(internal, &record).await?);
            }
        }
        Ok((report, keys))
    }

    /// Counts per cell in each of the slices before the origin, oldest first.
    fn slices(&self, lattice: &Lattice) -> Vec<Vec<u32>> {
        let before = |slices: i64| self.origin - SignedDuration::from_hours(24 * SLICE_DAYS * slices);
        let slices = (1..=SLICES as i64).rev();
        slices.map(|back| self.all_counts(lattice, before(back), before(back - 1))).collect()
    }

    fn all_counts(&self, lattice: &Lattice, from: Timestamp, to: Timestamp) -> Vec<u32> {
        let marks = self.marks(None, |_| true);
        self.history.counts(lattice, Selection { from, to, categories: &marks }).cells
    }

    async fn write_plan(&self, internal: &Bucket, plan: &Plan, city: &City) -> Result<Vec<String>> {
        let page = page::page(plan, &city.beats, &city.agency).context("the page of the patrol plan")?;
        let files =
            [("geojson", MEDIA_TYPE, geojson::collection(plan)), ("html", "text/html; charset=utf-8", page)];
        let mut keys = Vec::new();
        for (ending, content_type, text) in files {
            let key = format!("patrol/{}.{ending}", plan.date);
            let headers = Headers { content_type, ..Headers::default() };
            internal.put(&key, Bytes::from(text), If::Anything, headers).await?;
            keys.push(key);
        }
        Ok(keys)
    }
}

/// Records of the nights whose plans are looked back at, and of `date` itself where the night is run again.
async fn standing(internal: &Bucket, date: Date) -> Result<Vec<Record>> {
    let keys: Vec<String> = (0..=COUNTED_AGAIN_DAYS)
        .map(|back| record_key(date.saturating_sub(Span::new().days(back))))
        .collect();
    let objects = internal.get_all(&keys).await?;
    let records = objects.into_iter().map(|(key, object)| {
        Record::from_json(&object.body)
            .with_context(|| format!("{key} cannot be read; remove it to go on without"))
    });
    records.collect()
}

async fn write_record(internal: &Bucket, record: &Record) -> Result<String> {
    let key = record_key(record.date);
    let headers = Headers { content_type: "application/json", ..Headers::default() };
    internal.put(&key, Bytes::from(record.to_json()), If::Anything, headers).await?;
    Ok(key)
}

/// Apart from `patrol/`, so that who may read plans does not read which cells are held out.
fn record_key(date: Date) -> String {
    format!("patrol-records/{date}.json")
}

fn summary(plan: &Plan, city: &City) -> PatrolReport {
    let beats = || plan.shifts.iter().flat_map(|shift| &shift.beats);
    let overridden = |stop: &&hotspot::patrol::plan::Stop| stop.overridden.is_some();
    PatrolReport {
        beats: city.beats.list().len(),
        stops: beats().map(|beat| beat.stops.len()).sum(),
        controls: beats().map(|beat| beat.controls.len()).sum(),
        resting: plan
            .shifts
            .first()
            .map_or(0, |shift| shift.beats.iter().map(|beat| beat.resting.len()).sum()),
        overridden: plan
            .shifts
            .first()
            .map_or(0, |shift| shift.beats.iter().flat_map(|beat| &beat.stops).filter(overridden).count()),
        outside_beats: plan.outside_beats,
        counted: 0,
    }
}
