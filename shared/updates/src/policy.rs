//! `updates.toml`: which kinds are on, for which calls, how old, by which channel, at which hours.
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::deny::{Denials, DenyLists};
use crate::kind::Kind;
use crate::limits::Limits;
use crate::silence::Silence;

/// The department's rules, read and checked.
#[derive(Clone, Debug)]
pub struct Policy {
    file: File,
    zone: TimeZone,
    /// `live`, or `shadow`: everything but the send.
    pub live: bool,
    version: String,
}

/// `updates.toml` cannot be used; the text names key and reason.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("updates.toml: {0}")]
pub struct PolicyError(pub String);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    adult_age: u8,
    latch_days: u16,
    number_recheck_days: u16,
    delay_minutes: Vec<u16>,
    delay_past_window_minutes: u16,
    quiet_hours: QuietHours,
    call_closed_quiet_after_minutes: u16,
    call_types: Denials,
    offences: Denials,
    survey: SurveyRules,
    #[serde(default)]
    hold_out: HoldOut,
    limits: Limits,
    silence: Silence,
    kinds: BTreeMap<Kind, KindRules>,
    /// Set after the tables were restored.
    nothing_before: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuietHours {
    from: Time,
    to: Time,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurveyRules {
    after_minutes: u32,
    days_between: u16,
    not_after_dispositions: BTreeSet<String>,
    #[serde(default)]
    stop_keeps_case_news: bool,
}

/// A random share of calls about which some kinds are not told, to measure their effect.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOut {
    share: f64,
    kinds: BTreeSet<Kind>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRules {
    on: bool,
    channels: Channels,
    max_age_minutes: u32,
}

/// Which channels a kind uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Text only.
    Text,
    /// E-mail only.
    Email,
    /// Both, where both addresses are known.
    Both,
    /// Text; e-mail where no text can be sent.
    First,
}

impl Policy {
    /// Reads and checks the file; `live` is the agency's mode.
    pub fn parse(text: &str, zone: TimeZone, live: bool) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(text).map_err(|error| PolicyError(error.to_string()))?;
        for kind in Kind::ALL {
            if !file.kinds.contains_key(kind) {
                return Err(PolicyError(format!("kinds.{kind} is missing")));
            }
        }
        if file.delay_minutes.is_empty() || file.delay_minutes.contains(&0) {
            return Err(PolicyError(
                "delay_minutes needs one number of minutes per priority, each above 0".into(),
            ));
        }
        if !(0.0..=0.5).contains(&file.hold_out.share) {
            return Err(PolicyError("hold_out.share must be from 0 to 0.5".into()));
        }
        file.call_types.check("call_types")?;
        file.offences.check("offences")?;
        file.limits.check().map_err(PolicyError)?;
        file.silence.check().map_err(PolicyError)?;
        let version = hex::encode(&Sha256::digest(text)[..6]);
        Ok(Self { file, zone, live, version })
    }

    /// First twelve hexadecimal digits of the file's SHA-256: stored with each decision.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The agency's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether something that came about at `at` lies before the fence of a restore: what of it was told is not known any
    /// more, so nothing of it is told.
    pub fn is_fenced(&self, at: Timestamp) -> bool {
        self.file.nothing_before.is_some_and(|fence| at < fence)
    }

    /// Whether the kind is sent at all.
    pub fn is_on(&self, kind: Kind) -> bool {
        self.file.kinds.get(&kind).is_some_and(|rules| rules.on)
    }

    /// Channels of the kind.
    pub fn channels(&self, kind: Kind) -> Channels {
        self.file.kinds.get(&kind).map_or(Channels::Text, |rules| rules.channels)
    }

    /// How old an update may be when it is sent.
    pub fn max_age(&self, kind: Kind) -> SignedDuration {
        let minutes = self.file.kinds.get(&kind).map_or(0, |rules| rules.max_age_minutes);
        SignedDuration::from_mins(i64::from(minutes))
    }

    /// How long a caller waits before being told of a delay. Priority 1 is the most urgent; unknown counts as low.
    pub fn delay(&self, priority: Option<u8>) -> SignedDuration {
        let steps = &self.file.delay_minutes;
        let index =
            priority.map_or(steps.len(), |priority| usize::from(priority.max(1)) - 1).min(steps.len() - 1);
        SignedDuration::from_mins(i64::from(steps[index]))
    }

    /// How far past the arrival window nobody may have arrived before the caller is told.
    pub fn delay_past_window(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.file.delay_past_window_minutes))
    }

    /// How long after closure the closing text still ignores quiet hours.
    pub fn call_closed_quiet_after(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.file.call_closed_quiet_after_minutes))
    }

    /// Quiet hours: from, to, agency time.
    pub fn quiet_hours(&self) -> (Time, Time) {
        (self.file.quiet_hours.from, self.file.quiet_hours.to)
    }

    /// How long after closure a survey goes out.
    pub fn survey_after(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.file.survey.after_minutes))
    }

    /// How long an address has rest from surveys after one.
    pub fn survey_interval(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.file.survey.days_between))
    }

    /// Whether STOP in answer to a survey ends surveys alone.
    pub fn stop_keeps_case_news(&self) -> bool {
        self.file.survey.stop_keeps_case_news
    }

    /// Whether a call that ended with this disposition may be followed by a survey: not after an arrest.
    pub fn surveys_after(&self, disposition: Option<&str>) -> bool {
        disposition.is_none_or(|code| !self.file.survey.not_after_dispositions.contains(code))
    }

    /// Whether a call whose draw (0 to below 1) is `draw` is left untold of `kind`.
    pub fn is_held_out(&self, kind: Kind, draw: f64) -> bool {
        draw < self.file.hold_out.share && self.file.hold_out.kinds.contains(&kind)
    }

    /// What may leave: `[limits]`.
    pub fn limits(&self) -> &Limits {
        &self.file.limits
    }

    /// When a silent sender is an alarm: `[silence]`.
    pub fn silence(&self) -> &Silence {
        &self.file.silence
    }

    /// Age from which a person is told directly.
    pub fn adult_age(&self) -> u8 {
        self.file.adult_age
    }

    /// How long after a number was last told news of a case still goes there without asking.
    pub fn number_recheck(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.file.number_recheck_days))
    }

    /// How long a latch holds.
    pub fn latch(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.file.latch_days))
    }

    /// The deny lists, which somebody has to approve before anything is sent.
    pub fn deny_lists(&self) -> DenyLists {
        DenyLists { call_types: self.file.call_types.clone(), offences: self.file.offences.clone() }
    }

    /// Whether calls of all these types may be told about: each one known and allowed, and at least one.
    pub fn allows_call_types(&self, types: &BTreeSet<String>) -> bool {
        !types.is_empty() && types.is_subset(&self.file.call_types.allowed)
    }

    /// Whether all these offences may be told about; none at all is no objection.
    pub fn allows_offences(&self, offences: &BTreeSet<String>) -> bool {
        offences.is_subset(&self.file.offences.allowed)
    }

    /// Whether a call of one of these types or offences latches the addresses of the people in it.
    pub fn latches(&self, types: &BTreeSet<String>, offences: &BTreeSet<String>) -> bool {
        !types.is_disjoint(&self.file.call_types.latching)
            || !offences.is_disjoint(&self.file.offences.latching)
    }

    /// Whether the call type stands in any list. One that stands in none is denied too, but nobody decided so.
    pub fn knows_call_type(&self, code: &str) -> bool {
        self.file.call_types.knows(code)
    }

    /// Whether the offence stands in any list.
    pub fn knows_offence(&self, code: &str) -> bool {
        self.file.offences.knows(code)
    }
}
