//! What follows from the facts: each finding with what it means and what to do about it. Pure: no client, no clock.
mod messaging;
mod resources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::facts::{Facts, Read};

/// Every check with what it looks at, in the order of the report.
pub const CHECKS: [(&str, &str); 20] = [
    ("sms-sandbox", "texts go to everybody, not to verified numbers alone"),
    ("sms-spend-limit", "AWS lets texts cost what updates.toml allows"),
    ("sms-number", "texts come from a number of the account"),
    ("sms-two-way", "replies to the number reach the stack"),
    ("sms-opt-outs", "STOP is left to the stack"),
    ("sms-topic", "the topic takes replies and hands them on"),
    ("sms-deliveries", "SNS logs what became of texts"),
    ("email-identity", "the sending domain is verified"),
    ("email-dkim", "e-mails are signed with DKIM"),
    ("email-sandbox", "e-mails go to everybody"),
    ("alarms", "every alarm exists and acts"),
    ("alarm-targets", "somebody hears the alarms"),
    ("agency-folder", "what is deployed is the folder here"),
    ("secrets", "no secret is a default or a published one"),
    ("streams", "tables hand their changes on"),
    ("readers", "streams and queues are read"),
    ("recovery", "tables can be restored and not deleted by mistake"),
    ("failures", "nothing was given up"),
    ("schedules", "schedules run"),
    ("functions", "no function is stopped"),
];

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something does not work, or is not safe.
    Wrong,
    /// It could not be looked at, so nobody can say.
    Unread,
    /// Worth knowing.
    Note,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// Name of the check.
    pub check: &'static str,
    /// What was found, and on what.
    pub what: String,
    /// What it means for people.
    pub meaning: String,
    /// What to do.
    pub remedy: String,
}

/// What the doctor says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the stack.
    pub stack: String,
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// Checks that found nothing.
    pub good: Vec<&'static str>,
}

impl Report {
    /// Whether nothing is wrong and everything could be looked at.
    pub fn is_well(&self) -> bool {
        self.findings.iter().all(|finding| finding.level == Level::Note)
    }

    fn add(&mut self, level: Level, check: &'static str, what: String, meaning: &str, remedy: String) {
        self.findings.push(Finding { level, check, what, meaning: meaning.into(), remedy });
    }

    fn wrong(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        meaning: &str,
        remedy: impl Into<String>,
    ) {
        self.add(Level::Wrong, check, what.into(), meaning, remedy.into());
    }

    fn note(
        &mut self,
        check: &'static str,
        what: impl Into<String>,
        meaning: &str,
        remedy: impl Into<String>,
    ) {
        self.add(Level::Note, check, what.into(), meaning, remedy.into());
    }

    /// What was read; else the finding that it could not be, about `what`.
    fn read<'a, T>(&mut self, check: &'static str, what: &str, read: &'a Read<T>) -> Option<&'a T> {
        match read {
            Ok(value) => Some(value),
            Err(why) => {
                let remedy = "Look at the reason; a permission that is missing is named in docs/doctor.md.";
                let meaning = "Nobody can say whether this is well.";
                self.add(
                    Level::Unread,
                    check,
                    format!("{what} cannot be read: {why}"),
                    meaning,
                    remedy.into(),
                );
                None
            }
        }
    }

    /// Each entry that could be read; one finding for all of those that could not.
    fn read_all<'a, T>(
        &mut self,
        check: &'static str,
        what: &str,
        all: &'a BTreeMap<String, Read<T>>,
    ) -> Vec<(&'a str, &'a T)> {
        let mut found = Vec::new();
        let mut unread: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, read) in all {
            match read {
                Ok(value) => found.push((name.as_str(), value)),
                Err(why) => unread.entry(why).or_default().push(name),
            }
        }
        for (why, names) in unread {
            let _: Option<&()> =
                self.read(check, &format!("{what} {}", names.join(", ")), &Err(why.to_owned()));
        }
        found
    }
}

/// What follows from `facts`.
pub fn examine(facts: &Facts) -> Report {
    let mut report = Report { stack: facts.stack.clone(), ..Report::default() };
    messaging::texts(&mut report, &facts.texts, facts.agency.spend_per_month_usd);
    messaging::emails(&mut report, &facts.emails);
    resources::alarms(&mut report, &facts.alarms);
    resources::agency(&mut report, &facts.agency);
    resources::secrets(&mut report, facts);
    resources::tables(&mut report, facts);
    resources::moving(&mut report, facts);
    if let Some(issuer) = &facts.issuer {
        resources::issuer(&mut report, issuer);
    }
    report.findings.sort_by_key(|finding| finding.level);
    let bad = |check: &str| report.findings.iter().any(|one| one.check == check && one.level != Level::Note);
    report.good = CHECKS.iter().map(|(check, _)| *check).filter(|check| !bad(check)).collect();
    report
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let level = match finding.level {
                Level::Wrong => "WRONG",
                Level::Unread => "UNREAD",
                Level::Note => "note",
            };
            writeln!(f, "{level:6} {}: {}", finding.check, finding.what)?;
            writeln!(f, "       {}", finding.meaning)?;
            writeln!(f, "       -> {}\n", finding.remedy)?;
        }
        let titles: Vec<&str> =
            CHECKS.iter().filter(|(check, _)| self.good.contains(check)).map(|(_, title)| *title).collect();
        if !titles.is_empty() {
            writeln!(f, "good:  {}", titles.join("\n       "))?;
        }
        let count = |level| self.findings.iter().filter(|finding| finding.level == level).count();
        let (wrong, unread) = (count(Level::Wrong), count(Level::Unread));
        writeln!(f, "\n{}: {wrong} wrong, {unread} that could not be looked at", self.stack)
    }
}
