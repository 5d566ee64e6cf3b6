//! A day's summary of the updates: what became of them, which tasks came up, whether telling helped. Counts alone: no
//! person, number or text is in it.
use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::effect::{Arm, Effect, SMALLEST_SHOWN};
use crate::kind::{Channel, Kind, Reason};
use crate::standing::{Revocations, Surveys};
use crate::task::TaskKind;

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fate {
    /// What it told.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
    /// State of the contract.
    pub state: String,
    /// Why it was not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// Language it was sent in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
}

/// How often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What.
    #[serde(flatten)]
    pub fate: Fate,
    /// Number of updates.
    pub count: u32,
}

/// Tasks of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tasks {
    /// Came up on the day.
    pub opened: u32,
    /// Ended on the day.
    pub closed: u32,
    /// Open when the summary was made.
    pub open: u32,
    /// Of those, past their time.
    pub overdue: u32,
}

/// One day, or several added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// First day, agency time.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Version of the rules at the last one.
    pub policy: String,
    /// What became of the updates that came about on the day.
    pub updates: Vec<Row>,
    /// Tasks by kind. Requests that may be revocations have ten business days (47 CFR 64.1200(a)(10)).
    pub tasks: BTreeMap<TaskKind, Tasks>,
    /// Repeat calls by call type, exact: days can only be added up from exact counts. Whoever shows them leaves out small
    /// ones.
    pub effect: Effect,
    /// How revocations stood when the summary was made.
    #[serde(default)]
    pub revocations: Revocations,
    /// The surveys of the month until then.
    #[serde(default)]
    pub surveys: Surveys,
}

/// Counts fates.
pub fn rows(fates: impl IntoIterator<Item = Fate>) -> Vec<Row> {
    let mut counts: BTreeMap<Fate, u32> = BTreeMap::new();
    for fate in fates {
        *counts.entry(fate).or_default() += 1;
    }
    counts.into_iter().map(|(fate, count)| Row { fate, count }).collect()
}

impl Summary {
    /// Adds a later day: counts add up, what stood is what stood last.
    pub fn add(&mut self, later: &Self) {
        self.to = later.to;
        self.policy.clone_from(&later.policy);
        let both = self.updates.iter().chain(&later.updates);
        let mut counts: BTreeMap<Fate, u32> = BTreeMap::new();
        for row in both {
            *counts.entry(row.fate.clone()).or_default() += row.count;
        }
        self.updates = counts.into_iter().map(|(fate, count)| Row { fate, count }).collect();
        for tasks in self.tasks.values_mut() {
            (tasks.open, tasks.overdue) = (0, 0);
        }
        for (kind, tasks) in &later.tasks {
            let sum = self.tasks.entry(*kind).or_default();
            sum.opened += tasks.opened;
            sum.closed += tasks.closed;
            (sum.open, sum.overdue) = (tasks.open, tasks.overdue);
        }
        self.effect += &later.effect;
        self.revocations = later.revocations.clone();
        self.surveys = later.surveys.clone();
    }

    /// As comma-separated values for a spreadsheet; small counts of calls are left out.
    pub fn csv(&self) -> String {
        let mut csv = String::from("section,name,channel,state,reason,language,count\n");
        for Row { fate, count } in &self.updates {
            let Fate { kind, channel, state, reason, language } = fate;
            let reason = reason.map_or("", Reason::word);
            let language = language.as_deref().unwrap_or_default();
            let _ = writeln!(csv, "updates,{kind},{channel},{state},{reason},{language},{count}");
        }
        for (kind, tasks) in &self.tasks {
            let counts = [("opened", tasks.opened), ("closed", tasks.closed), ("open", tasks.open)];
            for (state, count) in counts.into_iter().chain([("overdue", tasks.overdue)]) {
                let _ = writeln!(csv, "tasks,{kind},,{state},,,{count}");
            }
        }
        let total = ("all".to_owned(), self.effect.total());
        for (call_type, arms) in self.effect.0.clone().into_iter().chain([total]) {
            let quoted = quoted(&call_type);
            let arms = [
                ("told", arms.told),
                ("not_told", arms.not_told),
                ("drawn_to_tell", arms.drawn_to_tell),
                ("held_out", arms.held_out),
            ];
            for (name, arm) in arms {
                let Arm { calls, repeats } = arm;
                let _ = writeln!(csv, "calls,{quoted},,{name},,,{}", shown(calls));
                let _ = writeln!(csv, "calls_with_repeat,{quoted},,{name},,,{}", shown(repeats));
            }
        }
        csv
    }
}

/// A count, or that it is too small to be shown.
pub fn shown(count: u32) -> String {
    if (1..SMALLEST_SHOWN).contains(&count) { format!("<{SMALLEST_SHOWN}") } else { count.to_string() }
}

/// A call type as one field: whatever its sender writes stays one.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace(['\r', '\n'], " "))
}
