//! `precinct erase`: a person, a call, a case or an officer, by order. Without `--apply` it tells what would go and changes
//! nothing. Killed half-way, it is given again: what is gone already is no longer found.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use records::Scope;
use table::erasure::{Erasing, Erasure};
use table::holds::InForce;
use table::personnel::departed::Departed;
use table::retention::{Held, Part};
use table::{Planning, StoreError};
use updates::Subject;

use super::find::{Found, Row, find, key};
use super::place::{Place, Where};
use super::target::{Kind, Target};

/// How often what is left is looked for again: something may come in while the rows go.
const ROUNDS: usize = 4;

/// Arguments of the command.
#[derive(Args, Clone, Debug)]
pub struct Erase {
    /// Who or what.
    #[command(flatten)]
    pub target: Target,
    /// By which order, e.g. the number of the court order; without personal data.
    #[arg(long)]
    pub reason: String,
    /// Who gives the command.
    #[arg(long)]
    pub by: String,
    /// Do it. Without this, only tell what would go.
    #[arg(long)]
    pub apply: bool,
    /// Where.
    #[command(flatten)]
    pub place: Where,
}

/// What goes: subjects to rewrite, rows by what becomes of them.
#[derive(Debug, Default)]
struct Work {
    /// Calls and cases: whole ones.
    expunged: BTreeSet<String>,
    /// Calls into which an erased one was merged, with it.
    survivors: BTreeSet<(String, String)>,
    /// People of calls and cases.
    people: BTreeMap<String, BTreeSet<String>>,
    rows: Vec<Row>,
    officers: BTreeSet<String>,
    /// Messages that are being sent right now.
    busy: usize,
}

impl Erase {
    /// Does it, or tells what it would do.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let (text, complete) = self.at(&self.place.open().await?).await?;
        tell!("{text}");
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// The same at an opened place: what went or would go, and whether nothing is left.
    pub async fn at(&self, place: &Place) -> anyhow::Result<(String, bool)> {
        if self.reason.trim().is_empty() || self.by.trim().is_empty() {
            bail!("name the order (--reason) and who gives the command (--by)");
        }
        let names = self.target.resolved()?;
        let found = find(place, &self.target, &names, true).await?;
        let work = self.work(&found, &names)?;
        let held = self.refuse_if_held(place, &found, &names).await?;
        if !self.apply {
            return Ok((work.told("would go; add --apply to do it", &found), true));
        }
        let about = if self.target.kind == Kind::Person { found.indexes.clone() } else { names.clone() };
        let mut record = self.begin(place, about).await?;
        let first = work.told("went", &found);
        let mut left = work;
        for _ in 0..ROUNDS {
            self.carry_out(place, &left, &held, place.now()).await?;
            place.settle().await?;
            left = self.work(&find(place, &self.target, &names, true).await?, &names)?;
            if left.is_empty() {
                record.complete_at = Some(place.now());
                place.opener.planning.messages.note_erasure(&record).await?;
                return Ok((first, true));
            }
        }
        Ok((left.told("are left; give the command again in two minutes", &Found::default()), false))
    }

    /// The record and the audit come first: what cannot be recorded is not done.
    async fn begin(&self, place: &Place, about: BTreeSet<String>) -> anyhow::Result<Erasure> {
        let action = match self.target.kind {
            Kind::Person => "precinct erase person",
            Kind::Incident => "precinct erase incident",
            Kind::Case => "precinct erase case",
            Kind::Officer => "precinct erase officer",
        };
        place.audit(&self.by, action, about.clone(), 200).await?;
        let record = Erasure {
            id: format!("{}.{}", place.now(), place.token()),
            scope: self.target.kind.scope().word().to_owned(),
            about,
            by: self.by.clone(),
            reason: self.reason.clone(),
            at: place.now(),
            complete_at: None,
        };
        place.opener.planning.messages.note_erasure(&record).await?;
        Ok(record)
    }

    /// The holds, if none of them covers what is to go.
    async fn refuse_if_held(
        &self,
        place: &Place,
        found: &Found,
        names: &BTreeSet<String>,
    ) -> anyhow::Result<Both> {
        let mut held = Held::read(&place.opener.planning).await?;
        let officers = place.officer_holds.in_force().await?;
        let mut is_held = found.indexes.iter().any(|index| held.address(index));
        is_held |= names
            .iter()
            .any(|name| officers.holds(Scope::Officer, name) && self.target.kind == Kind::Officer);
        let mut subjects: BTreeSet<String> = found.people.keys().cloned().collect();
        subjects.extend(names.iter().filter_map(|name| self.target.subject(name)));
        for row in &found.rows {
            let (pk, _) = key(&row.view);
            let of = row.view["subject"].as_str().unwrap_or(pk);
            subjects.extend([pk, of].into_iter().filter(|key| is_subject(key)).map(str::to_owned));
        }
        for subject in &subjects {
            is_held |= held.subject(subject).await?;
        }
        if is_held {
            bail!(
                "a legal hold is on this {}: nothing was erased; `precinct hold list` tells which",
                self.target.kind.scope()
            );
        }
        Ok(Both { records: held.in_force, officers })
    }

    /// What is still to be erased of what was found.
    fn work(&self, found: &Found, names: &BTreeSet<String>) -> Result<Work, StoreError> {
        let whole = matches!(self.target.kind, Kind::Incident | Kind::Case);
        let mut work = Work::default();
        for row in &found.rows {
            let (pk, sk) = key(&row.view);
            match (row.part, sk) {
                (Part::Incidents, "STATE") if whole => {
                    let is_gone = row.view["facts"]["deleted_until"].as_str().is_some_and(is_for_good);
                    if !is_gone {
                        work.expunged.insert(pk.to_owned());
                    }
                    let merged = row.view["facts"]["merged_into"].as_array().into_iter().flatten();
                    let into = merged.filter_map(|id| id.as_str()).map(Subject::incident_key);
                    work.survivors
                        .extend(into.map(|survivor| (survivor, pk.to_owned())).filter(|_| !is_gone));
                }
                (Part::Incidents, "STATE") => {
                    // People of the linked call stand in the case under its mark alone: they go with the call.
                    let own =
                        found.people.get(pk).into_iter().flatten().filter(|id| !id.starts_with("call."));
                    work.people.insert(pk.to_owned(), own.cloned().collect());
                }
                (Part::Personnel, _) => {
                    if sk != "DEPARTED" {
                        work.rows.push(row.clone());
                        work.officers.extend(names.iter().cloned());
                    }
                }
                _ => match Planning::erasing(&row.item, whole)? {
                    Erasing::Done => {}
                    Erasing::Busy => work.busy += 1,
                    Erasing::Empty | Erasing::Remove => work.rows.push(row.clone()),
                },
            }
        }
        Ok(work)
    }

    async fn carry_out(&self, place: &Place, work: &Work, held: &Both, now: Timestamp) -> anyhow::Result<()> {
        let planning = &place.opener.planning;
        let whole = matches!(self.target.kind, Kind::Incident | Kind::Case);
        for subject in &work.expunged {
            met(planning.expunge(subject, now, &held.records).await)?;
        }
        for (survivor, gone) in &work.survivors {
            met(planning.expunge_merged(survivor, gone, now, &held.records).await)?;
        }
        for (subject, people) in &work.people {
            met(planning.erase_people(subject, people, now, &held.records).await)?;
        }
        for officer in &work.officers {
            let departed = Departed { until: Timestamp::MAX, deleted_at: now };
            met(place.opener.personnel.delete_file(officer, departed, &held.officers).await)?;
        }
        for row in &work.rows {
            if row.part == Part::Personnel {
                self.personnel_row(place, row, &work.officers, &held.officers).await?;
            } else {
                met(planning.erase_row(row.part, &row.item, whole, now, &held.records).await)?;
            }
        }
        Ok(())
    }

    async fn personnel_row(
        &self,
        place: &Place,
        row: &Row,
        officers: &BTreeSet<String>,
        held: &InForce,
    ) -> anyhow::Result<()> {
        let personnel = &place.opener.personnel;
        let (pk, _) = key(&row.view);
        if pk.starts_with("PEV#") {
            met(personnel.erase_place(&row.item, held).await)?;
        } else if row.item.contains_key("run_id") && !pk.starts_with("OFF#") {
            for officer in officers {
                met(personnel.erase_from_run(&row.item, officer, held).await)?;
            }
        }
        Ok(())
    }
}

/// The holds as they were when it was decided that none is in the way.
struct Both {
    records: InForce,
    officers: InForce,
}

impl Work {
    fn is_empty(&self) -> bool {
        let people = self.people.values().all(BTreeSet::is_empty);
        self.expunged.is_empty() && people && self.rows.is_empty() && self.busy == 0
    }

    fn told(&self, what: &str, found: &Found) -> String {
        let mut text =
            if self.is_empty() { "nothing is left to erase".to_owned() } else { format!("these {what}:") };
        for subject in self.expunged.iter().chain(self.people.keys()) {
            let people = self.people.get(subject).map_or(0, BTreeSet::len);
            let of = if people == 0 { "all of".to_owned() } else { format!("{people} people of") };
            let _ = write!(text, "\n  {of} {}", subject.replacen('#', " ", 1).to_lowercase());
        }
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for row in &self.rows {
            let kind = key(&row.view).1.split('#').next().unwrap_or_default();
            *counts.entry((row.part.name(), kind)).or_default() += 1;
        }
        for ((table, kind), count) in counts {
            let _ = write!(text, "\n  {table}: {count} {}", word(kind));
        }
        if self.busy > 0 {
            let _ = write!(text, "\n  {} messages are being sent at this moment", self.busy);
        }
        if !found.further.is_empty() {
            let _ = write!(
                text,
                "\n{} further addresses stand in these records; what is held under them alone (replies, wishes) goes only if they are named too",
                found.further.len()
            );
        }
        text
    }
}

/// What rows of a kind are called.
fn word(kind: &str) -> &'static str {
    match kind {
        "MSG" => "messages",
        "DEC" => "decisions",
        "REPLY" => "replies",
        "NOTE" => "notices",
        "TASK" => "tasks",
        "TALK" => "conversations",
        "CONTACT" => "addresses",
        "LOG" => "recorded events",
        "SCORE" => "scores",
        "ALERT" | "LASTALERT" => "reviews",
        "CASE" => "steps of reviews",
        _ => "other rows",
    }
}

fn is_subject(key: &str) -> bool {
    key.starts_with("INC#") || key.starts_with("CASE#")
}

fn is_for_good(until: &str) -> bool {
    until.parse().is_ok_and(|until: Timestamp| until == Timestamp::MAX)
}

/// Somebody else wrote the row meanwhile: the next round sees what is left. A hold that was placed meanwhile keeps every
/// round from writing, and the command ends incomplete.
fn met<T>(done: Result<T, StoreError>) -> anyhow::Result<()> {
    match done {
        Err(error) if !error.is_condition() => {
            Err(error).context("not everything is erased; give the command again")
        }
        _ => Ok(()),
    }
}
