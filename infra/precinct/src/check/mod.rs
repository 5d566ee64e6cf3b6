//! `precinct check`: reads the whole agency folder with the very types the functions use, and names file, key
//! and reason of everything that would stop or surprise them. The build refuses a folder that fails here.
mod profiles;
mod report;
mod words;

use std::io::ErrorKind;
use std::path::Path;

use jiff::civil::Date;
use records::{Class, Retention};
use startup::agency::{Agency, AgencyError, Folder};
use updates::approvals::{Approval, Approvals};
use updates::{Kind, Owner, Policy};

pub use profiles::Sample;
pub use report::Report;

use crate::go_live::{Missing, Part, standing};

/// Roles of the staff API.
const ROLES: [&str; 11] = [
    "dispatch",
    "records",
    "investigator",
    "victim_services",
    "officer",
    "supervisor",
    "commander",
    "internal_affairs",
    "analyst",
    "auditor",
    "admin",
];

/// Checks the folder at `path` and prints what it found; true where nothing is wrong.
pub fn run(path: &Path) -> bool {
    let report = inspect(path);
    show!("{report}");
    report.is_sound()
}

/// Checks every file of the folder at `path`.
pub fn inspect(path: &Path) -> Report {
    let folder = Folder::new(path);
    let mut report = Report::new(path);
    if !path.is_dir() {
        report.fault(".", "there is no such folder".to_owned());
        return report;
    }
    let agency = folder.agency().map_err(|error| report.agency_fault(error)).ok();
    if let Some(agency) = &agency {
        identity(&mut report, agency);
        let policy = policy(&mut report, &folder, agency);
        profiles::check(&mut report, &folder, agency, policy.as_ref());
        let approvals = approvals(&mut report, &folder);
        words::check(&mut report, &folder, agency, &approvals, policy.as_ref());
        pages(&mut report, &folder);
    }
    ruleset(&mut report, &folder);
    hotspots(&mut report, &folder);
    retention(&mut report, &folder);
    if let Some(agency) = &agency {
        for part in Part::ALL {
            going_live(&mut report, &folder, agency, part);
        }
    }
    report
}

/// What a part lacks to go live; a fault where it is on without.
fn going_live(report: &mut Report, folder: &Folder, agency: &Agency, part: Part) {
    // What nobody needs in order to be live: languages that fall back.
    let without = folder.list("texts", "").unwrap_or_default();
    // Whatever cannot be read has been named by the check of its own file.
    let Ok(standing) = standing(folder, part, &without, Date::ZERO) else { return };
    let (key, mode) = (part.key(), part.mode(agency));
    let listed = |missing: &[Missing]| {
        missing.iter().map(|missing| missing.what.as_str()).collect::<Vec<_>>().join(", ")
    };
    if standing.missing.is_empty() {
        return report.row(&format!("modes.{key}"), format!("{mode}; approved"));
    }
    let lacks = listed(&standing.missing);
    if mode == part.on() {
        let reason = format!(
            "{lacks}: not approved, and modes.{key} is {mode}; `precinct go-live {key}` prints the lines"
        );
        report.unapproved("approvals.toml", reason);
    }
    let row = format!("{mode}; to go live it lacks {lacks}: `precinct go-live {key}`");
    report.row(&format!("modes.{key}"), row);
}

/// What the types of `agency.toml` cannot say by themselves.
fn identity(report: &mut Report, agency: &Agency) {
    let modes = &agency.modes;
    let unknown_role = agency.groups.values().find(|role| !ROLES.contains(&role.as_str()));
    let rules = [
        (agency.name.trim().is_empty(), "name", "must not be blank: it opens each text"),
        (
            !agency.email_from.contains('@'),
            "email_from",
            "must be an e-mail address such as updates@police.example.gov",
        ),
        (agency.page.contains("://"), "page", "is written without https://"),
        (agency.non_emergency_phone.trim().is_empty(), "non_emergency_phone", "must not be blank"),
        (!["shadow", "live"].contains(&modes.updates.as_str()), "modes.updates", "must be shadow or live"),
        (!["off", "on"].contains(&modes.alerts.as_str()), "modes.alerts", "must be off or on"),
        (!["off", "on"].contains(&modes.map.as_str()), "modes.map", "must be off or on"),
        (
            modes.alerts == "on" && modes.alerts_from.is_none(),
            "modes.alerts_from",
            "must be a date where alerts are on: history would raise old alerts",
        ),
        (
            agency.text_number.as_deref().is_some_and(|number| incident::address::phone(number).is_err()),
            "text_number",
            "must be a telephone number such as 218-555-0190",
        ),
        (unknown_role.is_some(), "groups", "maps a group to a role that the staff API does not know"),
    ];
    for (wrong, key, reason) in rules {
        if wrong {
            report.fault("agency.toml", format!("{key}: {reason}"));
        }
    }
    tasks(report, agency);
    report.row(
        "agency.toml",
        format!(
            "{}, {}; updates {}, alerts {}, map {}",
            agency.name, agency.time_zone, modes.updates, modes.alerts, modes.map
        ),
    );
}

/// The public page in each language.
fn pages(report: &mut Report, folder: &Folder) {
    match crate::pages::read(folder) {
        Ok(pages) => {
            for page in pages {
                let signed = if page.signed.is_some() { "approved" } else { "not approved" };
                report.row(
                    &format!("pages/{}.toml", page.language),
                    format!("{signed}; hash {}…", &page.hash[..12]),
                );
            }
        }
        Err(error) => report.agency_fault(error),
    }
}

/// Who hears of tasks: every role that may own one needs a mailbox.
fn tasks(report: &mut Report, agency: &Agency) {
    let mut fault = |reason: String| report.fault("agency.toml", reason);
    for role in Owner::ALL.iter().filter(|role| !agency.mailboxes.contains_key(role.word())) {
        fault(format!("mailboxes.{role}: is missing; nobody would be told of tasks of this role"));
    }
    if !agency.mailboxes.contains_key("commander") {
        fault(
            "mailboxes.commander: is missing; a review without a supervisor would be told to nobody".into(),
        );
    }
    for (role, mailbox) in &agency.mailboxes {
        // Commanders own no task; they are told of reviews.
        if Owner::from_word(role).is_none() && role != "commander" {
            fault(format!("mailboxes.{role}: no task is ever owned by this role"));
        }
        if incident::address::email(mailbox).is_err() {
            fault(format!("mailboxes.{role}: must be an e-mail address"));
        }
    }
    let url: Option<&str> = agency.task_webhook.url.as_deref();
    if url.is_some_and(|url| !url.starts_with("https://") || url.parse::<hyper::Uri>().is_err()) {
        fault("task_webhook.url: must be an https address, or be left out".to_owned());
    }
}

fn policy(report: &mut Report, folder: &Folder, agency: &Agency) -> Option<Policy> {
    let file = "updates.toml";
    let text = report.read(folder, file)?;
    let zone = agency.zone().ok()?;
    match Policy::parse(&text, zone, agency.modes.updates == "live") {
        Ok(policy) => {
            let on = Kind::ALL.iter().filter(|kind| policy.is_on(**kind)).count();
            let (from, to) = policy.quiet_hours();
            let line = format!(
                "{on} of {} kinds on; quiet from {} to {}; version {}",
                Kind::ALL.len(),
                from.strftime("%H:%M"),
                to.strftime("%H:%M"),
                policy.version()
            );
            report.row(file, line);
            report.row("", limits(&policy));
            Some(policy)
        }
        Err(error) => {
            report.fault(file, error.0);
            None
        }
    }
}

/// What may leave, and which silence is an alarm.
fn limits(policy: &Policy) -> String {
    let (limits, silence) = (policy.limits(), policy.silence());
    let watched =
        if silence.sources.is_empty() { "no sender".to_owned() } else { silence.sources.join(", ") };
    format!(
        "at most {} messages a minute, {} to an address a day, {} USD a month, {} parts a second; {watched} watched for {} \
         min of silence",
        limits.breaker_per_minute,
        limits.per_number_per_day,
        limits.spend_per_month_usd,
        limits.texts_per_second,
        silence.minutes
    )
}

fn approvals(report: &mut Report, folder: &Folder) -> Approvals {
    let file = "approvals.toml";
    let signed: Approvals = folder.toml(file).map_err(|error| report.agency_fault(error)).unwrap_or_default();
    let lists = [&signed.deny_list, &signed.ruleset, &signed.map];
    let by_language = signed.texts.values().chain(signed.pages.values());
    let all: Vec<&Approval> = by_language.chain(lists.into_iter().flatten()).collect();
    for signature in &all {
        if signature.name.trim().is_empty() {
            report.fault(file, "name: must say who approved".to_owned());
        }
        if signature.hash.len() != 64 || !signature.hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            report.fault(
                file,
                "hash: must be the 64 hexadecimal digits that `precinct go-live` prints".to_owned(),
            );
        }
    }
    let line = if all.is_empty() {
        "nothing is approved yet".to_owned()
    } else {
        format!("{} signatures", all.len())
    };
    report.row(file, line);
    signed
}

fn ruleset(report: &mut Report, folder: &Folder) {
    let file = "eis.toml";
    let Some(text) = report.read(folder, file) else { return };
    match eis::Ruleset::parse(&text) {
        Ok(ruleset) => {
            let (names, hash) = (ruleset.names().len(), ruleset.sha256());
            report.row(file, format!("{names} indicators; score {}; hash {}…", ruleset.version, &hash[..12]));
        }
        Err(error) if error.key == file => report.fault(file, error.reason),
        Err(error) => report.fault(file, error.to_string()),
    }
}

fn hotspots(report: &mut Report, folder: &Folder) {
    let file = "hotspots.toml";
    let Some(text) = report.read(folder, file) else { return };
    let settings = match hotspot::Settings::from_toml(&text) {
        Ok(settings) => settings,
        Err(error) => return report.fault(file, error.to_string()),
    };
    let maps = settings.maps().count();
    let line = format!(
        "{maps} maps of {} offences; counts below {} are never shown",
        settings.offences.len(),
        settings.public.k
    );
    report.row(file, line);
    boundary(report, folder, &settings);
    patrol(report, folder, &settings);
}

/// Beats and places of the patrol plan.
fn patrol(report: &mut Report, folder: &Folder, settings: &hotspot::Settings) {
    let patrol = &settings.patrol;
    if let Some(file) = &patrol.beats
        && let Some(text) = report.read(folder, file)
    {
        match hotspot::patrol::Beats::from_geojson(&text, &patrol.beat_property) {
            Ok(beats) => report.row(file, format!("{} beats of the patrol plan", beats.list().len())),
            Err(error) => report.fault(file, error.to_string()),
        }
    }
    if let Some(file) = &patrol.places
        && let Some(text) = report.read(folder, file)
    {
        match hotspot::patrol::Places::from_csv(&text) {
            Ok(places) => report.row(file, format!("{} names of places for roll call", places.len())),
            Err(error) => report.fault(file, error.to_string()),
        }
    }
}

fn boundary(report: &mut Report, folder: &Folder, settings: &hotspot::Settings) {
    // A path that takes a variable is only known where the function runs.
    if settings.boundary.contains("${") {
        return report.row(&settings.boundary, "is read where the map is made".to_owned());
    }
    let Some(text) = report.read(folder, &settings.boundary) else { return };
    match hotspot::StudyArea::from_geojson(&text) {
        Ok(area) => {
            let cells = hotspot::Lattice::new(&area, settings.precision).len();
            report.row(&settings.boundary, format!("{cells} cells of geohash {}", settings.precision));
        }
        Err(error) => report.fault(&settings.boundary, error.to_string()),
    }
}

/// `retention.toml`: days by class; a class without a number is never deleted.
fn retention(report: &mut Report, folder: &Folder) {
    let file = "retention.toml";
    let Some(text) = report.read(folder, file) else { return };
    let retention = match Retention::parse(&text) {
        Ok(retention) => retention,
        Err(records::retention::Invalid(faults)) => {
            return faults.into_iter().for_each(|fault| report.fault(file, fault));
        }
    };
    let days = Class::ALL.into_iter().filter_map(|class| Some((class, retention.days(class)?)));
    let set: Vec<String> = days.map(|(class, days)| format!("{class} {days} d")).collect();
    let line = if set.is_empty() { "nothing is deleted".to_owned() } else { set.join(", ") };
    report.row(file, line);
}

impl Report {
    fn agency_fault(&mut self, error: AgencyError) {
        match error {
            AgencyError::Unreadable { file, reason: ErrorKind::NotFound } => {
                self.fault(&file, "is missing; restore it from the shipped folder".to_owned());
            }
            AgencyError::Unreadable { file, reason } => {
                self.fault(&file, format!("cannot be read: {reason}"));
            }
            AgencyError::Invalid { file, reason } => self.fault(&file, reason),
        }
    }

    fn read(&mut self, folder: &Folder, file: &str) -> Option<String> {
        folder.text(file).map_err(|error| self.agency_fault(error)).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests;
