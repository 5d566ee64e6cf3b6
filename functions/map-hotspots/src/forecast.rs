//! The method that ranks the cells of each map: kept in the internal bucket, chosen anew once a month, told every night.
//!
//! `forecast/{map}.json` is what stands; `forecast/{date}.json` is what ranked on a night, so that a past night that is
//! run again ranks as it did; `forecast/{date}/{map}.csv` are the cells it named.
use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use hotspot::forecast::{Forecaster, Plan, Series, Standing, nightly};
use hotspot::{Lattice, Settings};
use jiff::civil::Date;

use crate::bucket::{Bucket, Headers, If};

/// Columns of the named cells.
const COLUMNS: &str = "rank,geohash,expected_per_day";

/// What stood before a night, by map.
pub(crate) struct Before {
    standing: BTreeMap<String, Standing>,
    /// What ranked on this very night, where a later one has chosen since.
    past: Option<BTreeMap<String, Standing>>,
    due: bool,
}

/// The cells that a map's method named, best first, with their scores.
pub(crate) struct Named {
    pub(crate) cells: Vec<u32>,
    pub(crate) scores: Vec<f64>,
}

impl Before {
    /// Reads what stands for every map.
    pub(crate) async fn read(internal: &Bucket, settings: &Settings, night: Date) -> Result<Self> {
        let keys: Vec<String> = settings.maps().map(|(map, _)| key(map)).collect();
        let objects: BTreeMap<String, _> = internal.get_all(&keys).await?.into_iter().collect();
        let mut standing = BTreeMap::new();
        for (map, _) in settings.maps() {
            if let Some(object) = objects.get(&key(map)) {
                let read = serde_json::from_slice(&object.body);
                standing.insert(map.to_owned(), read.with_context(|| format!("reading {}", key(map)))?);
            }
        }
        let later = standing.values().any(|standing: &Standing| standing.chosen > night);
        let past = if later { Some(Self::of_night(internal, night).await?) } else { None };
        let due = |(map, _): (&str, _)| Standing::is_due(standing.get(map), settings.forecast, night);
        let due = past.is_none() && settings.maps().any(due);
        Ok(Self { standing, past, due })
    }

    /// Days of the log that the forecasts need: more where a method is chosen.
    pub(crate) fn days_back(&self, plan: Plan) -> i64 {
        if self.due {
            return nightly::days_back(plan);
        }
        let methods = self.past.as_ref().unwrap_or(&self.standing).values();
        methods.map(|standing| standing.champion.look_back_days()).max().unwrap_or_default()
    }

    async fn of_night(internal: &Bucket, night: Date) -> Result<BTreeMap<String, Standing>> {
        let key = format!("forecast/{night}.json");
        let Some(object) = internal.get(&key).await? else { return Ok(BTreeMap::new()) };
        serde_json::from_slice(&object.body).with_context(|| format!("reading {key}"))
    }

    /// The method of a map on `night`, chosen anew where that is due. A night before the last choice keeps what ranked
    /// on it, the default if nothing is known of it.
    fn method(
        &self,
        map: &str,
        forecaster: &Forecaster,
        (all, group): (&Series, &Series),
        plan: Plan,
        night: Date,
    ) -> Standing {
        if let Some(past) = &self.past {
            return past.get(map).cloned().unwrap_or_else(|| forecaster.default(night));
        }
        match self.standing.get(map) {
            Some(standing) if !Standing::is_due(Some(standing), plan, night) => standing.clone(),
            before => forecaster.choose(all, group, before.cloned(), night),
        }
    }
}

/// A night's forecasts as they are made, map by map.
pub(crate) struct Forecasts<'a> {
    before: &'a Before,
    forecaster: Forecaster<'a>,
    lattice: &'a Lattice,
    all: Series,
    plan: Plan,
    night: Date,
    methods: BTreeMap<String, Standing>,
}

impl<'a> Forecasts<'a> {
    /// Ready for the maps of `night`; `all` are the events of everything.
    pub(crate) fn new(
        before: &'a Before,
        lattice: &'a Lattice,
        all: Series,
        plan: Plan,
        night: Date,
    ) -> Self {
        let forecaster = Forecaster::new(lattice, plan);
        Self { before, forecaster, lattice, all, plan, night, methods: BTreeMap::new() }
    }

    /// Makes the forecast of a map and writes the cells it names; gives them and the keys written.
    pub(crate) async fn map(
        &mut self,
        internal: &Bucket,
        map: &str,
        group: &Series,
    ) -> Result<(Named, Vec<String>)> {
        let series = (&self.all, group);
        let method = self.before.method(map, &self.forecaster, series, self.plan, self.night);
        let scores = self.forecaster.scores(&self.all, group, &method.champion, self.night);
        let cells = self.forecaster.named(&scores);
        let mut text = format!("{COLUMNS}\n");
        for (place, cell) in cells.iter().enumerate() {
            let cell = *cell as usize;
            let _ = writeln!(text, "{},{},{:?}", place + 1, self.lattice.names()[cell], scores[cell]);
        }
        let mut keys = vec![format!("forecast/{}/{map}.csv", self.night)];
        let headers = Headers { content_type: "text/csv; charset=utf-8", ..Headers::default() };
        internal.put(&keys[0], Bytes::from(text), If::Anything, headers).await?;
        if self.before.past.is_none() && self.before.standing.get(map) != Some(&method) {
            put(internal, &key(map), &method).await?;
            keys.push(key(map));
        }
        self.methods.insert(map.to_owned(), method);
        Ok((Named { cells, scores }, keys))
    }

    /// Writes what ranked tonight, with its figures; gives the key.
    pub(crate) async fn finish(self, internal: &Bucket) -> Result<String> {
        let key = format!("forecast/{}.json", self.night);
        put(internal, &key, &self.methods).await?;
        Ok(key)
    }
}

fn key(map: &str) -> String {
    format!("forecast/{map}.json")
}

async fn put(internal: &Bucket, key: &str, value: &impl serde::Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    let headers = Headers { content_type: "application/json", ..Headers::default() };
    internal.put(key, Bytes::from(text), If::Anything, headers).await?;
    Ok(())
}
