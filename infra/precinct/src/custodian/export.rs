//! `precinct export`: everything held about a person, a call, a case or an officer, as JSON, as a page, and with a list of
//! the files and their hashes. With `--redact`, without what belongs to others.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use records::{Marks, Redaction, redact};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::audit::ExportAudit;
use super::find::{Found, find, key};
use super::page::page;
use super::place::{Place, Where};
use super::target::{Kind, Target};

/// What is handed out.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Everything held about a person, by telephone numbers and e-mail addresses.
    Person(About),
    /// A call with its messages, replies and tasks.
    Incident(About),
    /// A case with its messages, replies and tasks.
    Case(About),
    /// An officer's file: events, scores with their explanations, reviews, statements, coaching.
    Officer(About),
    /// The audit trail of some days, of everybody or of one person, about everything or about one record.
    Audit(ExportAudit),
}

/// Whom it is about.
#[derive(Args, Debug)]
pub struct About {
    /// The number, the id, or every address known of the person; `-` reads one from each line of standard input.
    #[arg(required = true)]
    pub names: Vec<String>,
    /// How and where.
    #[command(flatten)]
    pub how: How,
}

/// How a copy is made.
#[derive(Args, Clone, Debug)]
pub struct How {
    /// Folder for the copy; it must be new or empty.
    #[arg(long)]
    pub out: PathBuf,
    /// Leave out what belongs to other people, and mark where it was.
    #[arg(long)]
    pub redact: bool,
    /// Who makes the copy; stands in the audit trail as a pseudonym.
    #[arg(long)]
    pub by: String,
    /// Where.
    #[command(flatten)]
    pub place: Where,
}

/// A copy of somebody's records.
#[derive(Clone, Debug)]
pub struct Export {
    /// Of whom.
    pub target: Target,
    /// How.
    pub how: How,
}

impl What {
    /// Makes the copy and prints what is in it.
    pub async fn run(self) -> anyhow::Result<()> {
        let (kind, About { names, how }) = match self {
            Self::Person(about) => (Kind::Person, about),
            Self::Incident(about) => (Kind::Incident, about),
            Self::Case(about) => (Kind::Case, about),
            Self::Officer(about) => (Kind::Officer, about),
            Self::Audit(audit) => return audit.run().await,
        };
        let export = Export { target: Target { kind, names }, how };
        tell!("{}", export.at(&export.how.place.open().await?).await?);
        Ok(())
    }
}

/// What stands beside the files: nobody is named here.
#[derive(Serialize)]
struct Manifest<'a> {
    made_at: Timestamp,
    about: &'static str,
    redacted: bool,
    removed: &'a Marks,
    rows: BTreeMap<String, usize>,
    files: Vec<File>,
}

/// A file of the copy.
#[derive(Serialize)]
pub(super) struct File {
    name: &'static str,
    bytes: usize,
    sha256: String,
}

impl Export {
    /// Makes the copy from an opened place; what is in it, in words.
    pub async fn at(&self, place: &Place) -> anyhow::Result<String> {
        let names = self.target.resolved()?;
        empty_folder(&self.how.out)?;
        let found = find(place, &self.target, &names, false).await?;
        let about = match self.target.kind {
            Kind::Person => found.indexes.clone(),
            _ => names.clone(),
        };
        // A copy of which there is no record is not made.
        place.audit(&self.how.by, action(self.target.kind), about, 200).await?;
        if found.rows.is_empty() {
            bail!("nothing is held about this {}", self.target.kind.scope());
        }
        let mut rows: Vec<Value> = found.rows.iter().map(|row| readable(&row.view)).collect();
        let mut marks = Marks::new();
        if self.how.redact {
            let mut redaction = redaction(self.target.kind, &found, &names);
            redaction.learn(&rows);
            for row in &mut rows {
                redaction.apply(row, &mut marks);
            }
        }
        rows.sort_by(|a, b| key(a).cmp(&key(b)));
        self.write(place, &rows, &marks, &found)
    }

    fn write(&self, place: &Place, rows: &[Value], removed: &Marks, found: &Found) -> anyhow::Result<String> {
        let about = self.target.kind.scope().word();
        let title = format!("Records held about this {about}");
        let made_at = place.now();
        let json = serde_json::to_vec_pretty(rows)?;
        let html = page(&title, &made_at.to_string(), rows, removed, self.how.redact)?.into_bytes();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for row in &found.rows {
            *count.entry(row.part.name().to_owned()).or_default() += 1;
        }
        let files = write_files(&self.how.out, vec![("records.json", json), ("summary.html", html)])?;
        let redacted = self.how.redact;
        let manifest = Manifest { made_at, about, redacted, removed, rows: count.clone(), files };
        put(&self.how.out, "manifest.json", &serde_json::to_vec_pretty(&manifest)?)?;
        let mut lines = vec![format!("{} rows written to {}", rows.len(), self.how.out.display())];
        lines.extend(count.iter().map(|(table, rows)| format!("  {table}: {rows}")));
        lines.extend(removed.iter().map(|(kind, count)| format!("  taken out: {kind}, {count} times")));
        if !found.further.is_empty() {
            lines.push(format!(
                "  {} further addresses stand in these records; name them too for what is held under them",
                found.further.len()
            ));
        }
        Ok(lines.join("\n"))
    }
}

fn action(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "precinct export person",
        Kind::Incident => "precinct export incident",
        Kind::Case => "precinct export case",
        Kind::Officer => "precinct export officer",
    }
}

fn redaction(kind: Kind, found: &Found, names: &BTreeSet<String>) -> Redaction {
    let mut redaction = Redaction::default();
    redaction.people.clone_from(&found.people);
    redaction.indexes.clone_from(&found.indexes);
    match kind {
        Kind::Person => {
            let addresses = names.iter().chain(&found.further);
            redaction.addresses = addresses.map(|address| redact::normal(address)).collect();
        }
        Kind::Officer => {
            redaction.officer = names.first().cloned();
            let emails = found.rows.iter().filter(|row| key(&row.view).1 == "PROFILE");
            let emails = emails.filter_map(|row| row.view["sealed"]["email"]["value"].as_str());
            redaction.addresses = emails.map(redact::normal).collect();
        }
        Kind::Incident | Kind::Case => {}
    }
    redaction
}

/// Registers as value and time: how facts merge interests nobody who reads a copy.
fn readable(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            match (fields.get("w"), fields.keys().all(|name| name == "w" || name == "v")) {
                (Some(winner), true) => {
                    json!({"value": fields.get("v").map_or(Value::Null, readable), "as_of": winner[0]})
                }
                _ => fields.iter().map(|(name, value)| (name.clone(), readable(value))).collect(),
            }
        }
        Value::Array(values) => values.iter().map(readable).collect(),
        // Explanations of scores are kept as the text that was hashed.
        Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        other => other.clone(),
    }
}

/// The folder, made if missing. Nothing is written over: a copy is what its manifest says.
pub(super) fn empty_folder(out: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    if fs::read_dir(out)?.next().is_some() {
        bail!("{} is not empty; name a new folder", out.display());
    }
    Ok(())
}

/// Writes the files and lists them with their hashes.
pub(super) fn write_files(out: &Path, files: Vec<(&'static str, Vec<u8>)>) -> anyhow::Result<Vec<File>> {
    let mut listed = Vec::new();
    for (name, body) in files {
        put(out, name, &body)?;
        listed.push(File { name, bytes: body.len(), sha256: hex::encode(Sha256::digest(&body)) });
    }
    Ok(listed)
}

/// Writes a file that only its owner may read.
pub(super) fn put(out: &Path, name: &str, body: &[u8]) -> anyhow::Result<()> {
    let file = out.join(name);
    fs::write(&file, body).with_context(|| format!("{} cannot be written", file.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}
