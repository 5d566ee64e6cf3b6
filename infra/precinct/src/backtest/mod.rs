//! `precinct backtest`: what the score would have found in an agency's own past, before anything goes live.
mod audit;
mod controls;
mod figures;
mod gates;
mod history;
mod hotspots;
mod measures;
mod monthly;
mod origin;
mod page;
mod plots;
mod print;
mod records;
mod scenes;
mod sheet;
mod snapshot;
#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use eis::Ruleset;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::ToSpan as _;
use jiff::civil::Date;

use figures::Figures;
use history::{Demographics, History};
use origin::Origin;
use records::Records;
use snapshot::{Rules, Snapshot};

/// What is tried on the past.
#[derive(Debug, Subcommand)]
pub enum What {
    /// The officers' score, on yearly origins: accuracy, threshold rules at equal workload, churn, groups.
    Officers(Officers),
    /// The same-scene index, against a published figure per officer where the history names one.
    Scenes(scenes::Scenes),
    /// The forecast of hot spots, on monthly origins: PAI, PEI and hit rate beside a count, a kernel and Gi*.
    Hotspots(hotspots::Hotspots),
}

/// Arguments of `precinct backtest officers`.
#[derive(Args, Debug)]
pub struct Officers {
    /// Folder with the files that the history names.
    #[arg(long)]
    data: PathBuf,
    /// Which files hold what (docs/backtest.md); without it, the shipped history of Chicago.
    #[arg(long)]
    history: Option<PathBuf>,
    /// First and last origin, a year apart each: 2008-01-01..2013-01-01.
    #[arg(long)]
    asof: Option<String>,
    /// What counts as an outcome: a label of the history (sustained, lawsuit, adverse, force).
    #[arg(long)]
    label: Option<String>,
    /// Length of the window after each origin, in months: 24m.
    #[arg(long)]
    horizon: Option<String>,
    /// Folder for metrics.json and report.html; made if missing.
    #[arg(long)]
    out: Option<PathBuf>,
    /// File of groups, in place of the history's; read after everybody is scored, for the figures by group alone.
    #[arg(long)]
    demographics: Option<PathBuf>,
    /// The agency's eis.toml.
    #[arg(long, default_value = "infra/agency/eis.toml")]
    rules: PathBuf,
    /// Draws behind each interval.
    #[arg(long, default_value_t = 1000)]
    rounds: usize,
    /// Also write the scores and outcomes of every origin to scores.csv under --out; they are personal data.
    #[arg(long, requires = "out")]
    scores: bool,
}

/// Runs what was asked for; false where a gate or a control failed.
pub fn run(what: &What) -> Result<bool> {
    let officers = match what {
        What::Officers(officers) => officers,
        What::Scenes(scenes) => return scenes.run(),
        What::Hotspots(hotspots) => return hotspots.run(),
    };
    let started = std::time::Instant::now();
    let figures = officers.figures()?;
    show!("{}", print::table(&figures));
    if let Some(out) = &officers.out {
        tell!("written: {} and report.html", out.join("metrics.json").display());
    }
    tell!("took {:.1} s", started.elapsed().as_secs_f64());
    Ok(figures.gates.iter().chain(&figures.controls).all(|gate| gate.met))
}

/// What is tried, as the arguments and the history settle it.
struct Plan {
    history: History,
    rules: Rules,
    origins: Vec<Date>,
    label: String,
    months: u32,
}

impl Officers {
    fn plan(&self) -> Result<Plan> {
        let history = History::read(self.history.as_deref())?;
        let text = std::fs::read_to_string(&self.rules).with_context(|| {
            format!("{} cannot be read; name your eis.toml by --rules", self.rules.display())
        })?;
        let shipped = Ruleset::parse(&text).with_context(|| self.rules.display().to_string())?;
        let label = self.label.clone().unwrap_or_else(|| history.label.clone());
        let months = match &self.horizon {
            Some(horizon) => months(horizon)?,
            None => history.label(&label)?.months.unwrap_or(history.horizon_months),
        };
        let origins = origins(self.asof.as_deref().unwrap_or(&history.asof))?;
        Ok(Plan {
            rules: Rules { score: history.rules.apply(&shipped), shipped },
            history,
            origins,
            label,
            months,
        })
    }

    fn figures(&self) -> Result<Figures> {
        let plan = self.plan()?;
        let records = records::load(&plan.history, &self.data, None)?;
        let snapshots = plan.snapshots(&records)?;
        let mut figures = plan.measure(&records, &snapshots, self.rounds)?;
        let load = |lot| records::load(&plan.history, &self.data, Some(lot));
        let last = plan.origins[plan.origins.len() - 1];
        figures.controls = vec![
            controls::permuted(&snapshots),
            controls::future(&plan.history, &records, &plan.rules, last),
            controls::shuffled(&plan.history, &records, &plan.rules, last, load)?,
        ];
        // Everybody is scored: only now is the file of groups opened.
        if let Some((folder, from)) = self.demographics(&plan.history) {
            figures.groups = audit::groups(&from, &folder, &snapshots, self.rounds)?;
        }
        if let Some(out) = &self.out {
            self.write(out, &figures, &snapshots)?;
        }
        Ok(figures)
    }

    fn demographics(&self, history: &History) -> Option<(PathBuf, Demographics)> {
        let from = history.demographics.clone()?;
        match &self.demographics {
            Some(file) => Some((PathBuf::new(), Demographics { file: file.display().to_string(), ..from })),
            None => Some((self.data.clone(), from)),
        }
    }

    fn write(&self, out: &Path, figures: &Figures, snapshots: &[Snapshot]) -> Result<()> {
        std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
        let mut json = serde_json::to_string_pretty(&figures.to_json())?;
        json.push('\n');
        put(&out.join("metrics.json"), &json)?;
        put(&out.join("report.html"), &page::page(figures)?)?;
        if self.scores {
            put(&out.join("scores.csv"), &scores(snapshots)?)?;
        }
        Ok(())
    }
}

impl Plan {
    fn snapshots(&self, records: &Records) -> Result<Vec<Snapshot>> {
        let label = self.history.label(&self.label)?;
        let bar = progress(self.origins.len(), "scoring {bar:30} {pos}/{len} origins");
        let take = |t: &Date| {
            let origin = Origin { history: &self.history, records, t: *t };
            let snapshot = Snapshot::take(&origin, &self.rules, label, self.months);
            ensure!(
                !snapshot.officers.is_empty(),
                "nobody is to be scored on {t}: look at [population] and --asof"
            );
            bar.inc(1);
            Ok(snapshot)
        };
        let snapshots = self.origins.iter().map(take).collect();
        bar.finish_and_clear();
        snapshots
    }

    fn measure(&self, records: &Records, snapshots: &[Snapshot], rounds: usize) -> Result<Figures> {
        let label = self.history.label(&self.label)?;
        let years: Vec<i16> = self.origins.iter().map(|origin| origin.year()).collect();
        let bar = progress(years.len() * 12, "playing {bar:30} {pos}/{len} months");
        let monthly =
            monthly::play(&self.history, records, &self.rules, label, self.months, &years, &|| bar.inc(1));
        bar.finish_and_clear();
        let per_origin = measures::per_origin(snapshots);
        let mut figures = Figures {
            history: self.history.name.clone(),
            label: self.label.clone(),
            months: self.months,
            ruleset_sha256: self.rules.score.sha256(),
            shipped_sha256: self.rules.shipped.sha256(),
            methods: measures::means(&per_origin),
            thresholds: measures::thresholds(&self.history, snapshots),
            per_origin,
            differences: measures::differences(snapshots, rounds),
            monthly,
            calibration: measures::calibration(snapshots, &self.label, self.months),
            costs: measures::costs(snapshots),
            top_five_units: measures::top_five_units(snapshots),
            service: measures::service(snapshots),
            curves: measures::curves(snapshots),
            groups: std::collections::BTreeMap::new(),
            controls: Vec::new(),
            gates: Vec::new(),
            dirt: records.dirt.rows().map(|(file, why, rows)| (file.into(), why.into(), rows)).collect(),
            rows: records.read.clone(),
        };
        figures.gates = gates::gates(&figures);
        Ok(figures)
    }
}

/// `24m`, or a bare number of months.
fn months(horizon: &str) -> Result<u32> {
    let months = horizon.trim_end_matches('m').parse().ok().filter(|months| (1..=120).contains(months));
    months.with_context(|| format!("--horizon {horizon}: give months, as in 24m"))
}

/// Yearly days from the first to the last.
fn origins(span: &str) -> Result<Vec<Date>> {
    let bad = || format!("--asof {span}: give one day, or first..last, as in 2008-01-01..2013-01-01");
    let (first, last) = span.split_once("..").unwrap_or((span, span));
    let (first, last): (Date, Date) = (first.parse().with_context(bad)?, last.parse().with_context(bad)?);
    let every = |year: i64| first.saturating_add(year.years());
    let origins: Vec<Date> = (0..200).map(every).take_while(|day| *day <= last).collect();
    ensure!(!origins.is_empty(), bad());
    Ok(origins)
}

/// Scores and outcomes, one line an officer and origin, for an independent check of the measures.
fn scores(snapshots: &[Snapshot]) -> Result<String> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    let Some(first) = snapshots.first() else { return Ok(String::new()) };
    let names: Vec<&String> = first.methods.keys().collect();
    let head = ["origin", "officer_id", "hit"].into_iter().map(String::from);
    lines.write_record(head.chain(names.iter().map(|name| (*name).clone())))?;
    for snapshot in snapshots {
        for (index, officer) in snapshot.officers.iter().enumerate() {
            let hit = if snapshot.hits[index] { "1" } else { "0" };
            let fixed = [snapshot.t.to_string(), officer.clone(), hit.to_owned()];
            let values = names.iter().map(|name| snapshot.methods[*name][index].to_string());
            lines.write_record(fixed.into_iter().chain(values))?;
        }
    }
    Ok(String::from_utf8(lines.into_inner()?)?)
}

fn put(path: &Path, text: &str) -> Result<()> {
    let mut file =
        std::fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))
}

/// A bar on the terminal; nothing where the output goes elsewhere.
fn progress(length: usize, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style)
}
