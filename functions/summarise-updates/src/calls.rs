//! A call for service as the measure of effect sees it: type, times, blind indexes of its callers.
use std::collections::{BTreeMap, BTreeSet};

use incident::{Incident, Role, address};
use jiff::Timestamp;
use table::messages::{Decision, Message, State};
use table::{Planning, StoreError};
use updates::effect::Call;
use updates::{Kind, Reason};

const CALLERS: &[Role] = &[Role::Caller, Role::ReportingParty];

/// The call `id`; `None` where it is expunged, or nothing is known of its type or opening.
pub(crate) async fn call(
    planning: &Planning,
    id: &str,
    messages: &[Message],
    decisions: &[Decision],
) -> Result<Option<Call>, StoreError> {
    let Some(stored) = planning.incidents.incident(id).await? else { return Ok(None) };
    let incident = stored.value;
    let facts = &incident.facts;
    let (Some(call_type), Some(opened_at)) = (facts.call_type(), facts.opened_at()) else { return Ok(None) };
    if facts.is_expunged() {
        return Ok(None);
    }
    let records = records(&incident);
    let mut numbers = BTreeSet::new();
    for number in records.keys() {
        numbers.insert(planning.contacts.index(number).await?);
    }
    let held_out = decisions.iter().any(|decision| decision.reason == Some(Reason::HoldOut));
    let told = |decision: &Decision| decision.kind == Kind::CallReceived && decision.reason.is_none();
    Ok(Some(Call {
        id: id.to_owned(),
        call_type: call_type.to_owned(),
        opened_at,
        numbers,
        merged_into: facts.merged_into().map(str::to_owned).collect(),
        called_again: records.values().flat_map(|times| times.iter().skip(1).copied()).collect(),
        told_at: messages.iter().filter_map(taken_at).min(),
        drawn: held_out || decisions.iter().any(told),
        held_out,
    }))
}

/// When each caller record came, by normalised number. A record that came with the call itself came at its opening at the
/// latest.
fn records(incident: &Incident) -> BTreeMap<String, Vec<Timestamp>> {
    let mut records: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
    // Callers of a call that was merged into this one are counted where they called.
    let own = incident.private.people.iter().filter(|(id, _)| incident.adopted_at(id).is_none());
    for (_, person) in own.filter(|(_, person)| person.has_role(CALLERS)) {
        let number = person.phone().and_then(|phone| address::phone(phone).ok());
        if let (Some(number), Some(at)) = (number, person.phone_at()) {
            records.entry(number).or_default().push(at);
        }
    }
    for times in records.values_mut() {
        times.sort();
    }
    records
}

/// When a provider took the message, or may have.
fn taken_at(message: &Message) -> Option<Timestamp> {
    let taken = |state| matches!(state, State::Accepted | State::Delivered | State::Unknown);
    message.history.iter().find(|step| taken(step.state)).map(|step| step.at)
}
