//! `GET /v1/policy`: the rules that are in force, and who approved which version of them. Read once from the agency
//! folder that the function was deployed with; nobody outside the department is named in it.
use std::collections::BTreeMap;

use eis::Ruleset;
use jiff::civil::Date;
use serde::Serialize;
use startup::agency::{Agency, AgencyError, Folder};
use startup::http::Answer;
use updates::approvals::{Approval, Approvals, files_hash, signers};
use updates::policy::Channels;
use updates::{Class, Kind, Policy};

use crate::caller::Caller;
use crate::route::Route;
use crate::scope::reach;
use crate::{Context, Reply};

/// How a time of day is written.
const CLOCK: &str = "%H:%M";

/// What is in force.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InForce {
    modes: Modes,
    /// Whether anything is sent: mode and approved deny lists.
    live: bool,
    kinds: Vec<KindShown>,
    delays: Delays,
    quiet_hours: QuietHours,
    versions: Versions,
    approvals: Vec<Approved>,
}

#[derive(Clone, Debug, Serialize)]
struct Modes {
    updates: String,
    alerts: String,
    alerts_from: Option<Date>,
    map: String,
}

#[derive(Clone, Debug, Serialize)]
struct KindShown {
    kind: Kind,
    class: Class,
    on: bool,
    channels: &'static str,
    max_age_minutes: i64,
}

#[derive(Clone, Debug, Serialize)]
struct Delays {
    /// For priority 1, 2 and so on; the last for all below.
    by_priority_minutes: Vec<i64>,
    past_window_minutes: i64,
}

#[derive(Clone, Debug, Serialize)]
struct QuietHours {
    from: String,
    to: String,
    /// How long after closure the closing text still ignores them.
    call_closed_after_minutes: i64,
}

#[derive(Clone, Debug, Serialize)]
struct Versions {
    /// As stored with each decision.
    updates: String,
    /// Of the formulas of early intervention.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruleset: Option<String>,
}

/// Something that people sign, and who did.
#[derive(Clone, Debug, Serialize)]
struct Approved {
    /// `texts`, `deny_list`, `ruleset` or `map`.
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Of what is deployed.
    hash: String,
    /// How many different people must sign.
    needed: usize,
    state: State,
    signed: Vec<Signed>,
}

#[derive(Clone, Serialize)]
struct Signed {
    name: String,
    date: Date,
    hash: String,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Enough people signed this version.
    InForce,
    /// Only another version was signed, or this one by too few.
    Stale,
    /// Nobody signed anything.
    Missing,
}

// Without the name.
impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").field("date", &self.date).finish_non_exhaustive()
    }
}

impl Approved {
    fn new(what: &'static str, hash: String, needed: usize, approvals: &[Approval]) -> Self {
        let state = if signers(approvals, &hash).len() >= needed {
            State::InForce
        } else if approvals.is_empty() {
            State::Missing
        } else {
            State::Stale
        };
        let signed = approvals.iter().map(|approval| Signed {
            name: approval.name.clone(),
            date: approval.date,
            hash: approval.hash.clone(),
            state: if approval.holds(&hash) { State::InForce } else { State::Stale },
        });
        Self { what, language: None, signed: signed.collect(), hash, needed, state }
    }
}

impl InForce {
    /// What the folder says. A part that cannot be read is left out: `precinct check` names what is wrong with it.
    pub(crate) fn of(folder: &Folder, agency: &Agency, policy: &Policy, rules: Option<&Ruleset>) -> Self {
        let approvals: Approvals = folder.toml("approvals.toml").unwrap_or_default();
        let lists = policy.deny_lists();
        let mut approved = texts(folder, &approvals);
        approved.push(Approved::new(
            "deny_list",
            lists.hash(),
            lists.signatures_needed(),
            &approvals.deny_list,
        ));
        approved.extend(rules.map(|rules| Approved::new("ruleset", rules.sha256(), 1, &approvals.ruleset)));
        match map_hash(folder) {
            Ok(hash) => approved.push(Approved::new("map", hash, 1, &approvals.map)),
            Err(error) => tracing::error!(error = %error, "the settings of the map cannot be read"),
        }
        let modes = agency.modes.clone();
        Self {
            modes: Modes {
                updates: modes.updates,
                alerts: modes.alerts,
                alerts_from: modes.alerts_from,
                map: modes.map,
            },
            live: policy.live,
            kinds: Kind::ALL.iter().map(|kind| shown(*kind, policy)).collect(),
            delays: delays(policy),
            quiet_hours: quiet_hours(policy),
            versions: Versions {
                updates: policy.version().to_owned(),
                ruleset: rules.map(|rules| rules.version.clone()),
            },
            approvals: approved,
        }
    }
}

/// The texts of each language, those approved without a folder included.
fn texts(folder: &Folder, approvals: &Approvals) -> Vec<Approved> {
    let languages = folder.list("texts", "").unwrap_or_default();
    let of = |language: String| {
        let files = folder.files(&format!("texts/{language}"), "toml").ok()?;
        let signed: Vec<Approval> = approvals.texts.get(&language).into_iter().cloned().collect();
        Some(Approved { language: Some(language), ..Approved::new("texts", files_hash(&files), 1, &signed) })
    };
    languages.into_iter().filter_map(of).collect()
}

/// What an approval of the map names: its settings and its study area.
fn map_hash(folder: &Folder) -> Result<String, AgencyError> {
    const FILE: &str = "hotspots.toml";
    let text = folder.text(FILE)?;
    let settings = hotspot::Settings::from_toml(&text)
        .map_err(|error| AgencyError::Invalid { file: FILE.into(), reason: error.to_string() })?;
    let area = folder.text(&settings.boundary)?;
    Ok(files_hash(&BTreeMap::from([(FILE.to_owned(), text), (settings.boundary, area)])))
}

fn shown(kind: Kind, policy: &Policy) -> KindShown {
    let channels = match policy.channels(kind) {
        Channels::Text => "text",
        Channels::Email => "email",
        Channels::Both => "both",
        Channels::First => "first",
    };
    let max_age_minutes = policy.max_age(kind).as_mins();
    KindShown { kind, class: kind.class(), on: policy.is_on(kind), channels, max_age_minutes }
}

fn delays(policy: &Policy) -> Delays {
    let mut by_priority: Vec<i64> = (1..=9).map(|priority| policy.delay(Some(priority)).as_mins()).collect();
    let last = policy.delay(None).as_mins();
    while by_priority.len() > 1 && by_priority[by_priority.len() - 2] == last {
        by_priority.pop();
    }
    Delays { by_priority_minutes: by_priority, past_window_minutes: policy.delay_past_window().as_mins() }
}

fn quiet_hours(policy: &Policy) -> QuietHours {
    let (from, to) = policy.quiet_hours();
    QuietHours {
        from: from.strftime(CLOCK).to_string(),
        to: to.strftime(CLOCK).to_string(),
        call_closed_after_minutes: policy.call_closed_quiet_after().as_mins(),
    }
}

pub(crate) async fn show(context: &Context, caller: &Caller) -> anyhow::Result<Reply> {
    Ok(match reach(context, caller, &Route::Policy).await? {
        Err(refusal) => refusal,
        Ok(_) => Reply { answer: Answer::json(200, &*context.in_force), about: Vec::new() },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn approval(name: &str, hash: &str) -> Approval {
        Approval { name: name.into(), date: "2026-06-01".parse().unwrap(), hash: hash.into() }
    }

    #[track_caller]
    fn check(signed: &[(&str, &str)], needed: usize, expected: State) {
        let signed: Vec<Approval> = signed.iter().map(|(name, hash)| approval(name, hash)).collect();
        assert_eq!(Approved::new("deny_list", "now".into(), needed, &signed).state, expected);
    }

    #[test]
    fn an_approval_is_in_force_where_enough_people_signed_this_version() {
        check(&[], 1, State::Missing);
        check(&[("Sam Sample", "now")], 1, State::InForce);
        check(&[("Sam Sample", "before")], 1, State::Stale);
        check(&[("Sam Sample", "now")], 2, State::Stale);
        check(&[("Sam Sample", "now"), ("sam  sample", "now")], 2, State::Stale);
        check(&[("Sam Sample", "now"), ("Chris Muster", "now")], 2, State::InForce);
    }

    #[test]
    fn the_shipped_folder_is_shown_as_it_stands() {
        let folder = Folder::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency"));
        let agency = folder.agency().unwrap();
        let policy = table::planning::policy(&folder).unwrap();
        let rules = Ruleset::parse(&folder.text("eis.toml").unwrap()).unwrap();
        let shown = InForce::of(&folder, &agency, &policy, Some(&rules));
        assert_eq!(shown.delays.by_priority_minutes, [15, 20, 30]);
        assert_eq!((&*shown.quiet_hours.from, &*shown.quiet_hours.to), ("21:00", "08:00"));
        assert_eq!((&*shown.modes.updates, shown.live), ("shadow", false));
        let what: BTreeSet<&str> = shown.approvals.iter().map(|one| one.what).collect();
        assert_eq!(what, BTreeSet::from(["deny_list", "map", "ruleset", "texts"]));
        assert!(shown.approvals.iter().all(|one| one.state == State::Missing && one.hash.len() == 64));
        assert_eq!(
            shown.kinds.iter().filter(|one| !one.on).map(|one| one.kind).collect::<Vec<_>>(),
            [Kind::Survey]
        );
    }
}
