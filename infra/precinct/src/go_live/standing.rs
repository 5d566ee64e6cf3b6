//! Where a part of the system stands: its mode, what is approved, and what is missing before the public may notice it.
use std::collections::BTreeMap;

use clap::ValueEnum;
use hotspot::Settings;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use startup::agency::{Agency, AgencyError, Folder};
use updates::approvals::{Approval, Approvals, files_hash, signers};
use updates::deny::Loosened;
use updates::{Kind, Policy};

/// A part that the public or the force notices once it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Texts and e-mails to callers and victims.
    Updates,
    /// Alerts of early intervention.
    Alerts,
    /// The public map.
    Map,
}

impl Part {
    /// Every part, in the order of `[modes]`.
    pub const ALL: [Self; 3] = [Self::Updates, Self::Alerts, Self::Map];

    /// Its key under `[modes]` in `agency.toml`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Updates => "updates",
            Self::Alerts => "alerts",
            Self::Map => "map",
        }
    }

    /// The mode in which it is noticed.
    pub fn on(self) -> &'static str {
        if self == Self::Updates { "live" } else { "on" }
    }

    /// Its mode now.
    pub fn mode(self, agency: &Agency) -> &str {
        match self {
            Self::Updates => &agency.modes.updates,
            Self::Alerts => &agency.modes.alerts,
            Self::Map => &agency.modes.map,
        }
    }
}

/// Something without which a part may not be on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// In few words.
    pub(crate) what: String,
    /// What to write, and where.
    pub(crate) advice: String,
    /// The lines.
    pub(crate) lines: String,
}

/// Where a part stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// What would be so once it is on.
    pub(crate) facts: Vec<String>,
    /// Files concerned with the hash that approvals name.
    pub(crate) hashes: Vec<(String, String)>,
    /// What it lacks.
    pub(crate) missing: Vec<Missing>,
    /// What nobody approved and nothing needs: languages that fall back.
    pub(crate) optional: Vec<Missing>,
}

/// Reads where `part` stands. `without`: languages that may stay unapproved. `today` dates the lines to be pasted.
pub(crate) fn standing(
    folder: &Folder,
    part: Part,
    without: &[String],
    today: Date,
) -> Result<Standing, AgencyError> {
    let agency = folder.agency()?;
    let approvals: Approvals = folder.toml("approvals.toml")?;
    let mut standing = Standing::default();
    match part {
        Part::Updates => {
            standing.languages(folder, &agency, &approvals, without, today)?;
            standing.deny_lists(folder, &agency.zone()?, &approvals, today)?;
        }
        Part::Alerts => standing.ruleset(folder, &agency, &approvals, today)?,
        Part::Map => standing.map(folder, &agency, &approvals, today)?,
    }
    Ok(standing)
}

impl Standing {
    fn languages(
        &mut self,
        folder: &Folder,
        agency: &Agency,
        approvals: &Approvals,
        without: &[String],
        today: Date,
    ) -> Result<(), AgencyError> {
        let default = &agency.default_language;
        let mut languages = folder.list("texts", "")?;
        // The default language first: the others fall back to it.
        languages.sort_by_key(|language| language != default);
        for language in languages {
            let hash = files_hash(&folder.files(&format!("texts/{language}"), "toml")?);
            self.hashes.push((format!("texts/{language}"), hash.clone()));
            let approval = approvals.texts.get(&language);
            if let Some(approval) = approval.filter(|approval| approval.holds(&hash)) {
                let Approval { name, date, .. } = approval;
                self.facts.push(format!("texts in {language} are sent: approved by {name} on {date}"));
                continue;
            }
            let missing = Missing {
                what: format!("texts.{language}"),
                advice: match approval {
                    Some(_) => {
                        format!("replace [texts.{language}] in approvals.toml, whose texts have changed, by")
                    }
                    None => "add to approvals.toml".to_owned(),
                },
                lines: lines(&format!("[texts.{language}]"), today, &hash),
            };
            if language != *default && without.contains(&language) {
                let reads = format!("people who read {language} are written to in {default}: not approved");
                self.facts.push(reads);
                self.optional.push(missing);
            } else {
                self.facts.push(format!("texts in {language} are not approved"));
                self.missing.push(missing);
            }
        }
        Ok(())
    }

    fn deny_lists(
        &mut self,
        folder: &Folder,
        zone: &TimeZone,
        approvals: &Approvals,
        today: Date,
    ) -> Result<(), AgencyError> {
        let policy = Policy::parse(&folder.text("updates.toml")?, zone.clone(), true)
            .map_err(|error| AgencyError::Invalid { file: "updates.toml".into(), reason: error.0 })?;
        let (on, off): (Vec<Kind>, Vec<Kind>) = Kind::ALL.iter().partition(|kind| policy.is_on(**kind));
        self.facts.push(format!("kinds on: {}", words(&on)));
        if !off.is_empty() {
            self.facts.push(format!("kinds off: {}", words(&off)));
        }
        let lists = policy.deny_lists();
        let (calls, offences) = (lists.call_types.allowed.len(), lists.offences.allowed.len());
        self.facts
            .push(format!("told about: {calls} call types and {offences} offences; all others are denied"));
        for loosened in lists.loosened() {
            self.facts.push(match loosened {
                Loosened::Allowed(code) => format!("{code} is told about, although it is denied as shipped"),
                Loosened::NotLatching(code) => format!("{code} does not latch, although it does as shipped"),
            });
        }
        let signed = approvals.deny_list_signers(&lists).len();
        let what = format!("deny_list ({signed} of {} names)", lists.signatures_needed());
        self.hashes.push(("updates.toml (call_types, offences)".into(), lists.hash()));
        for _ in signed..lists.signatures_needed() {
            self.add(&what, "[[deny_list]]", today, &lists.hash());
        }
        Ok(())
    }

    fn ruleset(
        &mut self,
        folder: &Folder,
        agency: &Agency,
        approvals: &Approvals,
        today: Date,
    ) -> Result<(), AgencyError> {
        let ruleset = eis::Ruleset::parse(&folder.text("eis.toml")?)
            .map_err(|error| AgencyError::Invalid { file: "eis.toml".into(), reason: error.to_string() })?;
        let (indicators, version) = (ruleset.names().len(), &ruleset.version);
        self.facts.push(format!("{indicators} indicators, score {version}"));
        match agency.modes.alerts_from {
            Some(from) => self.facts.push(format!("nights before {from} raise no alert")),
            None => self.missing.push(Missing {
                what: "modes.alerts_from".into(),
                advice: "add to agency.toml under [modes], so that history raises no old alerts".into(),
                lines: format!("alerts_from = \"{today}\"\n"),
            }),
        }
        let hash = ruleset.sha256();
        self.signed("eis.toml", "ruleset", "[[ruleset]]", &approvals.ruleset, &hash, today);
        Ok(())
    }

    fn map(
        &mut self,
        folder: &Folder,
        agency: &Agency,
        approvals: &Approvals,
        today: Date,
    ) -> Result<(), AgencyError> {
        let file = "hotspots.toml";
        let text = folder.text(file)?;
        let settings = Settings::from_toml(&text)
            .map_err(|error| AgencyError::Invalid { file: file.into(), reason: error.to_string() })?;
        if settings.boundary.contains("${") {
            let reason = "boundary: the map goes live only with a file of this folder".to_owned();
            return Err(AgencyError::Invalid { file: file.into(), reason });
        }
        let (maps, k) = (settings.maps().count(), settings.public.k);
        self.facts.push(format!(
            "{maps} maps of {} offences; counts below {k} are never shown",
            settings.offences.len()
        ));
        let public = &settings.public;
        self.facts.push(format!(
            "the public sees {} days that end {} days before each edition, one every {} days",
            public.window_days, public.delay_days, public.refresh_days
        ));
        self.facts.push(format!("left out before anything is counted: {}", joined(&public.excluded)));
        self.facts.push(match agency.masked.len() {
            0 => {
                "no place is masked; shelters and the like belong under [[masked]] in agency.toml".to_owned()
            }
            places => format!("{places} places are masked"),
        });
        if agency.publisher.url.is_none() {
            self.missing.push(Missing {
                what: "publisher.url".into(),
                advice: "add to agency.toml under [publisher]: where the public bucket is served".into(),
                lines: "url = \"https://\"\n".into(),
            });
        }
        let area = folder.text(&settings.boundary)?;
        let hash = files_hash(&BTreeMap::from([(file.to_owned(), text), (settings.boundary.clone(), area)]));
        let files = format!("{file} and {}", settings.boundary);
        self.signed(&files, "map", "[[map]]", &approvals.map, &hash, today);
        Ok(())
    }

    fn signed(
        &mut self,
        file: &str,
        what: &str,
        heading: &str,
        approvals: &[Approval],
        hash: &str,
        today: Date,
    ) {
        self.hashes.push((file.to_owned(), hash.to_owned()));
        if signers(approvals, hash).is_empty() {
            self.add(what, heading, today, hash);
        }
    }

    fn add(&mut self, what: &str, heading: &str, today: Date, hash: &str) {
        self.missing.push(Missing {
            what: what.to_owned(),
            advice: "add to approvals.toml".to_owned(),
            lines: lines(heading, today, hash),
        });
    }
}

fn lines(heading: &str, today: Date, hash: &str) -> String {
    format!("{heading}\nname = \"\"\ndate = \"{today}\"\nhash = \"{hash}\"\n")
}

fn joined(names: &std::collections::BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn words(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ")
}
