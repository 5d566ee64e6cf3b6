//! Invented traffic: calls about stolen things, each from a number of its own, so that every text tells whose it is.
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The hundred numbers of an area that are set aside for fiction end so.
const FICTIONAL: u32 = 100;

/// Area codes a subscriber may have.
static AREAS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let may_be = |area: &u32| area % 100 != 11 && (area / 10) % 10 != 9 && *area != 900;
    (200..=989).filter(may_be).collect()
});

/// Most calls that have a number of their own.
pub fn most_calls() -> u32 {
    u32::try_from(AREAS.len()).unwrap_or(u32::MAX) * FICTIONAL
}

/// One call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    run: String,
    number: u32,
}

impl Call {
    /// Call `number` of the run named `run`; numbers count on through all steps of a process.
    pub fn new(run: &str, number: u32) -> Self {
        Self { run: run.to_owned(), number }
    }

    /// Its number at the dispatch centre.
    pub fn id(&self) -> String {
        format!("{}-{}", self.run, self.number)
    }

    /// Whose phone it came from: 555-0100 to 555-0199 of one area after the other.
    pub fn phone(&self) -> String {
        let area = AREAS[(self.number / FICTIONAL) as usize % AREAS.len()];
        format!("+1{area}55501{:02}", self.number % FICTIONAL)
    }

    /// It is opened.
    pub fn opened(&self, at: Timestamp) -> Value {
        let facts = json!({"call_type": "LARCENY", "priority": 3, "opened_at": at});
        let people = json!([{"id": "p1", "roles": ["caller"], "phone": self.phone()}]);
        self.event("incident.opened", at, facts, ("people", people))
    }

    /// A car is on its way.
    pub fn en_route(&self, at: Timestamp) -> Value {
        let units = json!([{"id": "214", "status": "enroute", "eta": at + SignedDuration::from_mins(10)}]);
        self.event("unit.enroute", at, json!({}), ("units", units))
    }

    /// It is closed.
    pub fn closed(&self, at: Timestamp) -> Value {
        self.event("incident.closed", at, json!({}), ("disposition", json!("01")))
    }

    fn event(&self, kind: &str, at: Timestamp, mut facts: Value, (name, more): (&str, Value)) -> Value {
        facts["id"] = json!(self.id());
        let mut data = json!({"incident": facts});
        data[name] = more;
        json!({"type": kind, "id": format!("{}-{kind}", self.id()), "timestamp": at, "data": data})
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_call_has_a_fictional_number_of_its_own() {
        let numbers: BTreeSet<String> =
            (0..most_calls()).map(|number| Call::new("r", number).phone()).collect();
        assert_eq!(numbers.len(), most_calls() as usize);
        assert!(numbers.iter().all(|number| number.len() == 12 && &number[5..10] == "55501"));
        assert!(!numbers.iter().any(|number| &number[3..5] == "11" || number.starts_with("+1900")));
    }
}
