//! What of a row goes once its time is over. Each row is looked at by itself and changed in one conditional write, so
//! that a run may be killed anywhere, run twice, or meet an event that comes in between.
//!
//! Content goes first; the keys that keep a replay from looking new outlive it, and go only where no facts are left from
//! which anything could be derived again.
mod contacts;
mod held;
mod incidents;
mod messages;
mod officers;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use records::{Class, Retention};
use serde::Serialize;
use updates::Owner;

use crate::error::StoreError;
use crate::holds::{Holds, InForce};
use crate::personnel::Personnel;
use crate::planning::Planning;
use crate::schema::{PK, SK};
use crate::store::{Item, Store};

pub use held::Held;

/// Open tasks of one owner that are read at most.
const OPEN_TASKS: usize = 5_000;

/// Whoever may own a task.
const OWNERS: [Owner; 5] =
    [Owner::VictimServices, Owner::Dispatch, Owner::Investigator, Owner::Records, Owner::Admin];

/// A table that is looked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Incidents.
    Incidents,
    /// Messages.
    Messages,
    /// Contacts.
    Contacts,
    /// Personnel.
    Personnel,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Incidents, Self::Messages, Self::Contacts, Self::Personnel];

    /// The table's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incidents => "Incidents",
            Self::Messages => "Messages",
            Self::Contacts => "Contacts",
            Self::Personnel => "Personnel",
        }
    }

    /// Whether anything in it is ever deleted.
    pub fn is_concerned(self, retention: &Retention) -> bool {
        let classes: &[Class] = match self {
            Self::Incidents => &[Class::Incidents, Class::Quarantine],
            Self::Messages => &[Class::Messages, Class::Patrol],
            Self::Contacts => &[Class::Contacts],
            Self::Personnel => &[Class::Personnel, Class::Quarantine],
        };
        classes.iter().any(|class| retention.days(*class).is_some())
    }
}

/// The table of a part.
pub fn store<'a>(part: Part, planning: &'a Planning, personnel: &'a Personnel) -> &'a Store {
    match part {
        Part::Incidents => planning.incidents.store(),
        Part::Messages => planning.messages.store(),
        Part::Contacts => planning.contacts.store(),
        Part::Personnel => personnel.store(),
    }
}

/// What became of a row whose time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Its personal data is gone, its key stays.
    Emptied,
    /// It is gone.
    Removed,
    /// A legal hold keeps it.
    Held,
    /// Something about it is still open.
    Open,
    /// Somebody else wrote it, or a hold was placed, at the same time: next time.
    Met,
}

/// How many rows met which fate, by class.
pub type Counts = BTreeMap<&'static str, BTreeMap<Fate, u64>>;

/// Looks after rows, by the holds that were in force when it was made: make a new one for each slice.
pub struct Keeper<'a> {
    planning: &'a Planning,
    personnel: &'a Personnel,
    retention: &'a Retention,
    now: Timestamp,
    held: Held<'a>,
    officers: InForce,
    /// What open tasks are about: it is still needed.
    needed: BTreeSet<String>,
    standing: BTreeMap<String, bool>,
}

impl<'a> Keeper<'a> {
    /// Reads the holds and the open tasks.
    pub async fn new(
        planning: &'a Planning,
        personnel: &'a Personnel,
        retention: &'a Retention,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut needed = BTreeSet::new();
        for owner in OWNERS {
            for task in planning.messages.open_tasks(owner, OPEN_TASKS).await? {
                needed.extend(task.covers);
                needed.insert(task.subject);
            }
        }
        Ok(Self {
            planning,
            personnel,
            retention,
            now,
            held: Held::read(planning).await?,
            officers: Holds::new(personnel.store().clone()).in_force().await?,
            needed,
            standing: BTreeMap::new(),
        })
    }

    /// Whether a hold on a person, a call or a case is in force: then no file that may tell of them goes.
    pub fn holds_any_incident(&self) -> bool {
        !self.held.is_empty()
    }

    /// Looks after one row; none where it has time.
    pub async fn look_after(&mut self, part: Part, item: &Item) -> Result<Option<(Class, Fate)>, StoreError> {
        let text =
            |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        let (pk, sk) = (text(PK), text(SK));
        let done = match part {
            Part::Incidents => self.incident(&pk, &sk, item).await,
            Part::Messages => self.message(&pk, &sk, item).await,
            Part::Contacts => self.contact(&pk, item).await,
            Part::Personnel => self.officer(&pk, &sk, item).await,
        };
        match done {
            Err((class, error)) if error.is_condition() => Ok(Some((class, Fate::Met))),
            Err((_, error)) => Err(error),
            Ok(done) => Ok(done),
        }
    }

    fn is_over(&self, class: Class, changed: Timestamp) -> bool {
        self.retention.is_over(class, changed, self.now)
    }

    /// Whether a call or case still has facts from which something could be derived.
    async fn has_facts(&mut self, subject: &str) -> Result<bool, StoreError> {
        if let Some(known) = self.standing.get(subject) {
            return Ok(*known);
        }
        let has = match self.planning.load(subject).await? {
            Some(loaded) => !incidents::is_bare(&loaded.subject),
            None => false,
        };
        self.standing.insert(subject.to_owned(), has);
        Ok(has)
    }
}

/// What a look at a row comes to; an error names the class it was about.
type Done = Result<Option<(Class, Fate)>, (Class, StoreError)>;

/// Names the class of an error.
trait Of<T> {
    fn of(self, class: Class) -> Result<T, (Class, StoreError)>;
}

impl<T> Of<T> for Result<T, StoreError> {
    fn of(self, class: Class) -> Result<T, (Class, StoreError)> {
        self.map_err(|error| (class, error))
    }
}

/// The end of a day, by UTC.
fn end_of(date: &str) -> Option<Timestamp> {
    let next = date.parse::<Date>().ok()?.tomorrow().ok()?;
    let midnight = next.to_datetime(jiff::civil::Time::midnight());
    Some(midnight.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}
