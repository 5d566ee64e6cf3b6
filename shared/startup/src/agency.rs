//! The agency folder: the department's own settings and texts, packed beside the binary.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::{Deserialize, de::DeserializeOwned};

/// Where the folder is and how its files are read. Errors name file, key and reason.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// A file of the agency folder is missing or wrong; the text names file and reason.
#[derive(Debug, thiserror::Error)]
pub enum AgencyError {
    /// The file cannot be read.
    #[error("agency folder: {file} cannot be read ({reason}); restore it from the shipped folder")]
    Unreadable {
        /// Path inside the folder.
        file: String,
        /// What the system said.
        reason: std::io::ErrorKind,
    },
    /// The file was read but says something impossible.
    #[error("agency folder: {file}: {reason}")]
    Invalid {
        /// Path inside the folder.
        file: String,
        /// Key and reason.
        reason: String,
    },
}

/// `agency.toml`: who the department is. Every other file of the folder belongs to the crate that uses it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Name that opens each text, e.g. `Example City Police`.
    pub name: String,
    /// IANA time zone, e.g. `America/Chicago`.
    pub time_zone: String,
    /// Number for matters that cannot wait for an officer but are no emergency, as printed in texts.
    pub non_emergency_phone: String,
    /// Number that texts come from, as people read it; said on the public page.
    #[serde(default)]
    pub text_number: Option<String>,
    /// Whether 911 can be reached by text here.
    #[serde(default)]
    pub text_to_911: bool,
    /// Language used where a person's own is unknown or not approved.
    #[serde(default = "english")]
    pub default_language: String,
    /// Sender of e-mails, on a domain verified with SES.
    pub email_from: String,
    /// Public page about the service, without the scheme; never put into texts by default.
    pub page: String,
    /// Identity-provider group to role, for the staff API; the shipped mapping is group name = role name.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// Role that owns tasks to the mailbox that is told of them.
    #[serde(default)]
    pub mailboxes: BTreeMap<String, String>,
    /// Where tasks are also posted to: the department's paging or CAD.
    #[serde(default)]
    pub task_webhook: TaskWebhook,
    /// Who publishes the public map.
    pub publisher: Publisher,
    /// Places that the public map must not point at, as shelters.
    #[serde(default)]
    pub masked: Vec<Masked>,
    /// Mode of each public-facing part.
    #[serde(default)]
    pub modes: Modes,
}

/// The outward webhook for tasks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskWebhook {
    /// An `https` address; without one nothing is posted.
    pub url: Option<String>,
}

/// Names on the open-data catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Publishing body.
    pub name: String,
    /// Contact name.
    pub contact: String,
    /// Contact e-mail.
    pub email: String,
    /// Licence URL of the published files.
    pub licence: String,
    /// Address under which the public bucket is served, as `https://data.example.gov`; without it there is no catalogue.
    #[serde(default)]
    pub url: Option<String>,
    /// Sentence shown with the map.
    pub disclaimer: String,
}

/// A place that the public map must not point at. It has no name here: the file is read by many.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Masked {
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
}

/// What is live. Nothing is on a first deployment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Modes {
    /// `shadow` (everything but the send) or `live`.
    pub updates: String,
    /// `off` or `on`.
    pub alerts: String,
    /// Alerts are raised only for nights from this date on.
    pub alerts_from: Option<jiff::civil::Date>,
    /// `off` or `on`.
    pub map: String,
}

impl Default for Modes {
    fn default() -> Self {
        Self { updates: "shadow".into(), alerts: "off".into(), alerts_from: None, map: "off".into() }
    }
}

fn english() -> String {
    "en".into()
}

impl Agency {
    /// The agency's time zone.
    pub fn zone(&self) -> Result<TimeZone, AgencyError> {
        TimeZone::get(&self.time_zone).map_err(|_| AgencyError::Invalid {
            file: "agency.toml".into(),
            reason: format!("time_zone: {:?} is not an IANA zone such as America/Chicago", self.time_zone),
        })
    }
}

impl Folder {
    /// The folder at `path`; nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// `agency.toml`.
    pub fn agency(&self) -> Result<Agency, AgencyError> {
        let agency: Agency = self.toml("agency.toml")?;
        agency.zone()?;
        Ok(agency)
    }

    /// The text of `file`.
    pub fn text(&self, file: &str) -> Result<String, AgencyError> {
        std::fs::read_to_string(self.0.join(file))
            .map_err(|error| AgencyError::Unreadable { file: file.into(), reason: error.kind() })
    }

    /// `file` read as TOML of the shape `T`.
    pub fn toml<T: DeserializeOwned>(&self, file: &str) -> Result<T, AgencyError> {
        let text = self.text(file)?;
        toml::from_str(&text)
            .map_err(|error| AgencyError::Invalid { file: file.into(), reason: error.to_string() })
    }

    /// The texts of the files in `folder` that end in `.ending`, by name.
    pub fn files(&self, folder: &str, ending: &str) -> Result<BTreeMap<String, String>, AgencyError> {
        let names = self.list(folder, ending)?;
        names
            .into_iter()
            .map(|name| self.text(&format!("{folder}/{name}")).map(|text| (name, text)))
            .collect()
    }

    /// Names of the files in `folder` that end in `.ending`, sorted.
    pub fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>, AgencyError> {
        let entries = std::fs::read_dir(self.0.join(folder))
            .map_err(|error| AgencyError::Unreadable { file: folder.into(), reason: error.kind() })?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| ending.is_empty() || name.ends_with(&format!(".{ending}")))
            .collect();
        names.sort();
        Ok(names)
    }
}
