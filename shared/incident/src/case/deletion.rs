//! What is left of a case whose data was deleted; see the same of a call.
use jiff::Timestamp;

use super::{Case, CaseFacts, CaseMoment};
use crate::call::Private;
use crate::deletion;

impl Case {
    /// See [`crate::Incident::forget`].
    pub fn forget(&mut self, until: Timestamp) {
        self.facts = self.facts.remains(until);
        self.private = self.private.remains();
    }

    /// See [`crate::Incident::expunge`].
    pub fn expunge(&mut self) {
        self.forget(Timestamp::MAX);
        self.facts.sealed = true;
        self.private = Private::default();
    }

    /// See [`crate::Incident::latest`].
    pub fn latest(&self) -> Option<Timestamp> {
        deletion::latest(&self.facts).max(self.private.latest())
    }
}

impl CaseFacts {
    /// Whether what happened at `at` was deleted.
    pub fn is_deleted(&self, at: Timestamp) -> bool {
        self.deleted_until.is_some_and(|until| at <= until)
    }

    /// What happened up to here was deleted; [`Timestamp::MAX`] where that was by order.
    pub fn deleted_until(&self) -> Option<Timestamp> {
        self.deleted_until
    }

    fn remains(&self, until: Timestamp) -> Self {
        let opened = self.moments.get(&CaseMoment::Opened).map(|times| (CaseMoment::Opened, times.clone()));
        Self {
            incident_id: self.incident_id.clone(),
            moments: opened.into_iter().collect(),
            sealed: self.sealed,
            deleted_until: self.deleted_until.max(Some(until)),
            sources: self.sources.clone(),
            place: self.place.remains(),
            ..Self::default()
        }
    }
}
