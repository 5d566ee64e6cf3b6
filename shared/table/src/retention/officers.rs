//! The files of officers who have left go as a whole, since a score replays only over a whole record; scores and runs
//! of everybody go by their own date.
use jiff::Timestamp;
use records::retention::KEYS_OUTLIVE;
use records::{Class, Scope};

use super::{Done, Fate, Keeper, Of, Part, end_of};
use crate::error::StoreError;
use crate::personnel::departed::Departed;
use crate::personnel::roster::Profile;
use crate::store::{Item, from_item};

impl Keeper<'_> {
    pub(super) async fn officer(&mut self, pk: &str, sk: &str, item: &Item) -> Done {
        if sk == "REJ" {
            return self.rejected(Part::Personnel, pk, item).await.of(Class::Quarantine);
        }
        if self.retention.days(Class::Personnel).is_none() {
            return Ok(None);
        }
        let fate = match (pk.split_once('#'), sk) {
            (Some(("OFF", id)), "PROFILE") => self.file(id, item).await,
            (Some(("OFF", id)), "DEPARTED") => self.departed(id, item).await,
            (Some(("OFF", id)), sk) if sk.starts_with("SCORE#") => self.score(id, sk, item).await,
            (Some(("PEV", _)), "PLACE") => self.event_of_a_departed(item).await,
            (Some(("RUN", _)), "RUN") | (None, _) if item.contains_key("run_id") => self.run(pk, item).await,
            _ => Ok(None),
        };
        fate.map(|fate| fate.map(|fate| (Class::Personnel, fate))).of(Class::Personnel)
    }

    async fn file(&self, officer_id: &str, item: &Item) -> Result<Option<Fate>, StoreError> {
        let profile: Profile = from_item("officer", item.clone())?;
        if profile.post.active || !self.is_over(Class::Personnel, profile.at) {
            return Ok(None);
        }
        if self.officers.holds(Scope::Officer, officer_id) {
            return Ok(Some(Fate::Held));
        }
        let last = self.personnel.last_case(officer_id).await?;
        if last.is_some_and(|filed| filed.case.closed_on.is_none()) {
            return Ok(Some(Fate::Open));
        }
        let departed = Departed { until: self.now.max(profile.at), deleted_at: self.now };
        self.personnel.delete_file(officer_id, departed, &self.officers).await?;
        Ok(Some(Fate::Emptied))
    }

    async fn departed(&self, officer_id: &str, item: &Item) -> Result<Option<Fate>, StoreError> {
        let departed: Departed = from_item("departed officer", item.clone())?;
        if departed.until == Timestamp::MAX || departed.until + KEYS_OUTLIVE > self.now {
            return Ok(None);
        }
        if self.officers.holds(Scope::Officer, officer_id) {
            return Ok(Some(Fate::Held));
        }
        self.personnel.store().remove("departed officer", item, &self.officers).await?;
        Ok(Some(Fate::Removed))
    }

    async fn score(&self, officer_id: &str, sk: &str, item: &Item) -> Result<Option<Fate>, StoreError> {
        if !self.is_date_over(sk.split('#').nth(1)) {
            return Ok(None);
        }
        if self.officers.holds(Scope::Officer, officer_id) {
            return Ok(Some(Fate::Held));
        }
        self.personnel.store().remove("score", item, &self.officers).await?;
        Ok(Some(Fate::Removed))
    }

    /// Where an event belongs, once its officer's file is gone.
    async fn event_of_a_departed(&self, item: &Item) -> Result<Option<Fate>, StoreError> {
        let Some(id) = item.get("officer_id").and_then(|id| id.as_s().ok()) else { return Ok(None) };
        let departed = self.personnel.departed(id).await?;
        if departed.is_none() || self.personnel.profile(id).await?.is_some() {
            return Ok(None);
        }
        self.personnel.store().remove("place of an event", item, &self.officers).await?;
        Ok(Some(Fate::Removed))
    }

    /// A run names the officers who stood out: any hold on an officer keeps it.
    async fn run(&self, pk: &str, item: &Item) -> Result<Option<Fate>, StoreError> {
        let date = item.get("date").and_then(|date| date.as_s().ok()).map(String::as_str);
        if !self.is_date_over(date) {
            return Ok(None);
        }
        if self.officers.holds.iter().any(|hold| hold.scope == Scope::Officer) {
            return Ok(Some(Fate::Held));
        }
        let store = self.personnel.store();
        if pk.starts_with("RUN#") {
            // What was computed beside it goes first: the run's own row is what it is found by.
            let beside = store.query("run", pk, "").await?;
            for row in beside.iter().filter(|row| !row.contains_key("run_id")) {
                store.remove("run", row, &self.officers).await?;
            }
        }
        store.remove("run", item, &self.officers).await?;
        Ok(Some(Fate::Removed))
    }

    fn is_date_over(&self, date: Option<&str>) -> bool {
        let end = date.and_then(end_of);
        end.is_some_and(|end| self.is_over(Class::Personnel, end))
    }
}
