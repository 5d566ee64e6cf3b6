//! Plays a city: reads its files, chooses the method on earlier nights, holds it and the baselines to the later ones.
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, ReaderBuilder};
use hotspot::fact::utc_day;
use hotspot::forecast::intake::{Events, Row, Rows};
use hotspot::forecast::{
    Areas, Candidate, Catches, Choice, Grid, Intake, Metrics, Scorer, Series, Setting, Trial, baseline,
    candidate, candidates, rank,
};
use hotspot::history::DAY_US;
use hotspot::{Lattice, StudyArea};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::progress;
use super::super::sheet::unpacked;
use super::city::{City, Columns};

/// The methods, ours first, in the order of the catches of a group.
pub(super) const METHODS: [&str; 5] =
    ["precinct", baseline::NAMES[0], baseline::NAMES[1], baseline::NAMES[2], baseline::NAMES[3]];

/// What came of a city.
pub(super) struct Played {
    pub city: City,
    pub lattice: Lattice,
    pub settings: Vec<Setting>,
    pub origins: Vec<Date>,
    pub tuning: Vec<Date>,
    pub rows: Rows,
    pub study_km2: f64,
    /// First and last day of the events.
    pub span: (Date, Date),
    /// Days of the last window after the last event.
    pub days_unseen: i64,
    pub candidates: usize,
    pub groups: Vec<Tried>,
    pub seconds: f64,
}

/// What came of a group.
pub(super) struct Tried {
    pub name: String,
    pub choice: Choice,
    /// By method, as in [`METHODS`].
    pub found: Vec<Catches>,
    /// The cells that the forecast chose at the last origin, best first, and what happened in each cell.
    pub chosen: Vec<u32>,
    pub happened: Vec<u32>,
}

impl Played {
    /// Means of a method at a setting.
    pub(super) fn metrics(&self, group: usize, method: usize, setting: usize) -> Metrics {
        self.groups[group].found[method].mean(setting)
    }

    /// Mean over the groups of the gain in PAI over another method, as a share, at the deciding setting.
    pub(super) fn mean_gain(&self, over: usize) -> f64 {
        let gain = |group: usize| self.metrics(group, 0, 0).pai / self.metrics(group, over, 0).pai - 1.0;
        (0..self.groups.len()).map(gain).sum::<f64>() / self.groups.len() as f64
    }
}

/// Plays `city` on the files in `folder`.
pub(super) fn play(city: City, folder: &Path) -> Result<Played> {
    let path = folder.join(&city.boundary);
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let area = StudyArea::from_geojson(&text).with_context(|| path.display().to_string())?;
    let lattice = Lattice::new(&area, city.precision);
    ensure!(!lattice.is_empty(), "{}: no cell has its centre inside", path.display());
    let events = read(&city, folder, &lattice)?;
    let (from, to) = events.all.span().with_context(|| format!("{}: no row can be used", city.title))?;
    let origins = city.origins()?;
    let tuning = city.tuning(origins[0], from);
    let (grid, areas) = (Grid::new(&lattice, candidate::WIDEST_M), Areas::new(&lattice));
    let settings = city.settings();
    let trial = Trial { lattice: &lattice, grid: &grid, areas: &areas, settings: &settings };
    let started = std::time::Instant::now();
    let groups = try_all(&trial, &city, &events, &tuning, &origins);
    let last = origins[origins.len() - 1].as_microsecond() + city.horizons[0] * DAY_US;
    Ok(Played {
        seconds: started.elapsed().as_secs_f64(),
        origins: origins.iter().map(|origin| utc_day(*origin)).collect(),
        tuning: tuning.iter().map(|origin| utc_day(*origin)).collect(),
        rows: events.rows,
        study_km2: areas.total_m2 / 1e6,
        span: (utc_day(from), utc_day(to)),
        days_unseen: ((last - to.as_microsecond() - 1) / DAY_US).max(0), // a date stands for its whole day
        candidates: candidates().len(),
        groups,
        settings,
        lattice,
        city,
    })
}

fn try_all(
    trial: &Trial,
    city: &City,
    events: &Events,
    tuning: &[Timestamp],
    origins: &[Timestamp],
) -> Vec<Tried> {
    let list = candidates();
    let groups: Vec<&Series> = events.groups.iter().collect();
    let bar = progress(tuning.len() + groups.len(), "backtest {bar:30} {pos}/{len} nights and groups");
    let past = trial.roll(&events.all, &groups, &list, tuning, &|| bar.inc(1));
    let each = city.groups.iter().zip(&groups).zip(&past).map(|((entry, series), past)| {
        let standing = Candidate::standing();
        let choice = trial.choose(&events.all, series, &list, past, &standing, tuning);
        let found = hold(trial, events, series, &choice.champion, origins);
        let last = origins[origins.len() - 1];
        let chosen = choose_cells(trial, events, series, &choice.champion, last);
        let happened = series.counts_after(trial.lattice, last, city.horizons[0]);
        bar.inc(1);
        Tried { name: entry.name.clone(), choice, found, chosen, happened }
    });
    let tried = each.collect();
    bar.finish_and_clear();
    tried
}

/// Catches of every method, ours first.
fn hold(
    trial: &Trial,
    events: &Events,
    series: &Series,
    champion: &Candidate,
    origins: &[Timestamp],
) -> Vec<Catches> {
    let mut ours = trial.roll(&events.all, &[series], std::slice::from_ref(champion), origins, &|| ());
    let mut found = ours.swap_remove(0);
    found.resize(METHODS.len(), Catches::default());
    for origin in origins {
        let outcomes = trial.outcomes(series, *origin);
        let scores = baseline::scores(trial.lattice, trial.grid, series, *origin);
        for (scores, found) in scores.iter().zip(&mut found[1..]) {
            trial.hold(&outcomes, scores, found);
        }
    }
    found
}

fn choose_cells(
    trial: &Trial,
    events: &Events,
    series: &Series,
    champion: &Candidate,
    origin: Timestamp,
) -> Vec<u32> {
    let mut scorer = Scorer::new(trial.grid, std::slice::from_ref(champion));
    let (mut scores, mut ranking) = (Vec::new(), Vec::new());
    scorer.load_all(&events.all, origin);
    scorer.load(series, origin);
    scorer.scores(0, &mut scores);
    let limit = trial.settings[0].limit;
    rank::rank(&scores, trial.areas.most(limit), &mut ranking);
    trial.areas.chosen(&ranking, limit).to_vec()
}

fn read(city: &City, folder: &Path, lattice: &Lattice) -> Result<Events> {
    let zone = TimeZone::get(&city.zone).with_context(|| format!("zone: {} is no time zone", city.zone))?;
    let groups = city.groups();
    let mut intake = Intake::new(lattice, &groups, zone);
    for file in &city.files {
        read_file(&folder.join(file), &city.columns, &mut intake)?;
    }
    Ok(intake.finish())
}

fn read_file(path: &Path, columns: &Columns, intake: &mut Intake) -> Result<()> {
    let shown = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("{shown} cannot be read"))?;
    let plain = BufReader::with_capacity(1 << 18, unpacked(BufReader::with_capacity(1 << 16, file))?);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(plain);
    let header = reader.headers().with_context(|| format!("{shown} has no header"))?.clone();
    let column = |name: &String| {
        let known = || header.iter().collect::<Vec<_>>().join(", ");
        let same = |header: &str| header.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name);
        let place = header.iter().position(same);
        place.with_context(|| format!("{shown} has no column {name:?}; it has {}", known()))
    };
    let id = columns.id.as_ref().map(column).transpose()?;
    let [at, offence] = [column(&columns.at)?, column(&columns.offence)?];
    let [longitude, latitude] = [column(&columns.longitude)?, column(&columns.latitude)?];
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).with_context(|| format!("reading {shown}"))? {
        let field =
            |place: usize| record.get(place).and_then(|field| str::from_utf8(field).ok()).unwrap_or("");
        intake.add(Row {
            id: id.map_or("", field),
            at: field(at),
            offence: field(offence),
            longitude: field(longitude),
            latitude: field(latitude),
        });
    }
    Ok(())
}
