//! `POST /v1/incidents/{id}/messages` and `POST /v1/cases/{number}/messages`: a message in a member of staff's own
//! words, to one person. It passes the same gates as every update. What would not go out now is not stored: the answer
//! says why, and what there is to choose. With `preview` nothing is stored at all, and the answer says what would be.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use incident::StaffMessage;
use incident::staff::Way;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use startup::http::Answer;
use table::StoreError;
use table::messages::State;
use table::planning::Loaded;
use table::received::{Received, Written};
use updates::{Channel, Kind, Outcome, Planned, Reason, Subject, plan};

use crate::body::{self, refuse};
use crate::caller::Caller;
use crate::messages::is_own_case;
use crate::refusal::{MAY_OVERRIDE, TOO_LONG, Withheld, withheld};
use crate::route::Route;
use crate::{Context, Reply, SOURCE, not_found};

/// How often the subject is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;
/// Ordinal of a message that is only shown: no key has so few digits.
const PREVIEW: &str = "preview";
/// Longest message, in bytes; a text holds far less.
const LONGEST: usize = 2_000;

/// A message as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Id of the person in the call or case.
    person: String,
    text: String,
    /// By which way; else as the kind's channels say.
    #[serde(default)]
    channel: Option<Way>,
    /// Whether it may wait for the end of quiet hours.
    #[serde(default)]
    wait: bool,
    /// Why it goes out although the type of call or the address is off limits.
    #[serde(default)]
    override_reason: Option<String>,
    /// Whether it is only to be shown.
    #[serde(default)]
    preview: bool,
}

#[derive(Serialize)]
struct Receipt<'a> {
    /// Name of the message among those of its call or case.
    ordinal: &'a str,
    person: &'a str,
    ways: Vec<Sending>,
}

/// What becomes of it by one way.
#[derive(Serialize)]
struct Sending {
    channel: Channel,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

/// A request to write about one subject.
pub(crate) struct Writing<'a> {
    key: String,
    pub(crate) ordinal: String,
    entry: &'a Entry,
    pub(crate) caller: &'a Caller,
}

/// A message about a call.
pub(crate) async fn of_incident(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let route = Route::IncidentMessages { id: id.into() };
    let mut may = caller.is_any(route.full_roles());
    if !may && let Some(call) = context.subjects.incident(id).await? {
        may = is_own_case(context, caller, call.facts.case_number()).await?;
    }
    write(context, caller, Subject::incident_key(id), may, request).await
}

/// A message about a case.
pub(crate) async fn of_case(
    context: &Context,
    caller: &Caller,
    number: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let route = Route::CaseMessages { number: number.into() };
    let may = caller.is_any(route.full_roles()) || is_own_case(context, caller, Some(number)).await?;
    write(context, caller, Subject::case_key(number), may, request).await
}

async fn write(
    context: &Context,
    caller: &Caller,
    key: String,
    may: bool,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let about = vec![key.split_once('#').map_or(key.as_str(), |(_, id)| id).to_owned()];
    if !may {
        return Ok(Reply { answer: not_found(), about });
    }
    let read = body::read::<Entry>(request).and_then(|entry| {
        check(&entry, caller)?;
        let name = if entry.preview {
            PREVIEW.to_owned()
        } else {
            body::request_name(request, &format!("message|{key}"))?
        };
        Ok((entry, name))
    });
    let (entry, ordinal) = match read {
        Ok(read) => read,
        Err(answer) => return Ok(Reply { answer, about }),
    };
    let message = Writing { key, ordinal, entry: &entry, caller };
    if entry.preview {
        return Ok(Reply { answer: preview(context, &message).await?, about });
    }
    let mut round = 0;
    let answer = loop {
        match once(context, &message).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => break result?,
        }
    };
    Ok(Reply { answer, about })
}

fn check(entry: &Entry, caller: &Caller) -> Result<(), Answer> {
    if entry.text.trim().is_empty() || entry.text.len() > LONGEST {
        return Err(refuse("/text", "must hold 1 to 2000 bytes"));
    }
    let Some(reason) = &entry.override_reason else { return Ok(()) };
    if !caller.is_any(MAY_OVERRIDE) {
        return Err(crate::forbidden("an override is for victim services and admins alone"));
    }
    if reason.trim().is_empty() || reason.len() > 200 {
        return Err(refuse("/override_reason", "say why, in at most 200 bytes"));
    }
    Ok(())
}

/// What would become of the message, and its words.
async fn preview(context: &Context, message: &Writing<'_>) -> Result<Answer, StoreError> {
    let now = context.clock.now();
    let Some(mut loaded) = context.updates.load(&message.key).await? else { return Ok(not_found()) };
    if let Some(answer) = no_such_person(&loaded, message) {
        return Ok(answer);
    }
    add(&mut loaded.subject, message, now);
    let ways = planned(context, &loaded, message, now).await?;
    Ok(crate::preview::show(context, &loaded, message, &ways))
}

fn no_such_person(loaded: &Loaded, message: &Writing<'_>) -> Option<Answer> {
    let is_there = loaded.subject.people().iter().any(|(id, _)| *id == message.entry.person);
    (!is_there).then(|| refuse("/person", "must be the id of a person in this call or case"))
}

async fn once(context: &Context, message: &Writing<'_>) -> Result<Answer, StoreError> {
    let now = context.clock.now();
    let Some(mut loaded) = context.updates.load(&message.key).await? else { return Ok(not_found()) };
    if let Some(known) = loaded.subject.private().staff_messages.get(&message.ordinal) {
        return if is_same(known, message) {
            receipt(context, message, 200).await
        } else {
            Ok(refuse("", "this Idempotency-Key was used for another message; take a new one"))
        };
    }
    if let Some(answer) = no_such_person(&loaded, message) {
        return Ok(answer);
    }
    add(&mut loaded.subject, message, now);
    if let Some(answer) = refusal(context, &loaded, message, now).await? {
        return Ok(answer);
    }
    let digest = hex::encode(Sha256::digest(&message.ordinal));
    let received = Received { source: SOURCE, id: &message.ordinal, digest: &digest, at: now };
    let latching = context.updates.latching(&context.policy, now);
    let touched = vec![(loaded.subject, loaded.rev, loaded.due_at)];
    match latching.store(&received, touched, now, Vec::new()).await? {
        Written::IdReused => {
            Ok(refuse("", "this Idempotency-Key was used for another request; take a new one"))
        }
        Written::Stored | Written::Duplicate => {
            context.updates.replan(&message.key, &context.policy, now).await?;
            receipt(context, message, 202).await
        }
    }
}

fn is_same(known: &StaffMessage, message: &Writing<'_>) -> bool {
    let Entry { person, text, channel, override_reason, .. } = message.entry;
    (&known.person, &known.text, &known.way, &known.override_reason)
        == (person, text, channel, override_reason)
}

fn add(subject: &mut Subject, message: &Writing<'_>, now: Timestamp) {
    let private = match subject {
        Subject::Incident(incident) => &mut incident.private,
        Subject::Case(case, _) => &mut case.private,
    };
    let Entry { person, text, channel, override_reason, .. } = message.entry;
    private.write(
        &message.ordinal,
        StaffMessage {
            at: now,
            by: message.caller.subject.clone(),
            person: person.clone(),
            way: *channel,
            text: text.clone(),
            override_reason: override_reason.clone(),
        },
    );
}

impl Writing<'_> {
    /// Whether it goes by this way, now or, where its writer lets it wait, later.
    pub(crate) fn goes(&self, way: &Planned) -> bool {
        match way.outcome {
            Outcome::Pending => true,
            Outcome::Deferred(_) => self.entry.wait,
            _ => false,
        }
    }
}

/// The ways as planned, and none while updates are paused.
async fn planned(
    context: &Context,
    loaded: &Loaded,
    message: &Writing<'_>,
    now: Timestamp,
) -> Result<Vec<Planned>, StoreError> {
    let plan = plan(&loaded.subject, &loaded.known.states, &context.policy, now);
    let is_this = |way: &Planned| way.kind == Kind::StaffMessage && way.ordinal == message.ordinal;
    let mut ways: Vec<Planned> = plan.updates.into_iter().filter(is_this).collect();
    if ways.iter().any(|way| message.goes(way)) {
        let pauses = context.updates.messages.pauses().await?;
        if pauses.iter().any(|pause| pause.covers(Kind::StaffMessage, &loaded.subject)) {
            for way in &mut ways {
                way.outcome = Outcome::Suppressed(Reason::Paused);
            }
        }
    }
    Ok(ways)
}

/// Why the message does not go out, if it does not by any way: planned, paused, worded. Each refusal that is not about
/// the words stands in the record.
async fn refusal(
    context: &Context,
    loaded: &Loaded,
    message: &Writing<'_>,
    now: Timestamp,
) -> Result<Option<Answer>, StoreError> {
    let ways = planned(context, loaded, message, now).await?;
    if ways.iter().any(|way| message.goes(way)) {
        let mut going = ways.iter().filter(|way| message.goes(way));
        return Ok(going.find_map(|way| unworded(context, loaded, message, way)));
    }
    let answer = withheld(&why(&ways), message.caller, context.policy.zone());
    for way in ways {
        // An ordinal that no message can take: what is sent later under the same key is decided for itself.
        let way = Planned { ordinal: format!("{}-refused", message.ordinal), ..way };
        context.updates.record(&message.key, loaded, &way, &context.policy, now).await?;
    }
    Ok(Some(answer))
}

/// Why none of the ways is one: quiet hours if it might only wait, else the first reason.
pub(crate) fn why(ways: &[Planned]) -> Withheld {
    let waits = ways.iter().find_map(|way| match way.outcome {
        Outcome::Deferred(until) => Some(Withheld::Quiet(until)),
        _ => None,
    });
    let reason = ways.iter().find_map(|way| match way.outcome {
        Outcome::Suppressed(reason) => Some(Withheld::Reason(reason)),
        _ => None,
    });
    waits.or(reason).unwrap_or(Withheld::Reason(Reason::Cancelled))
}

/// The language that was asked for from the address of this way.
pub(crate) fn asked<'a>(loaded: &'a Loaded, way: &Planned) -> Option<&'a str> {
    let index = way.address.as_ref().and_then(|address| loaded.known.indexes.get(&address.0))?;
    loaded.known.language(index)
}

/// The refusal where the words cannot be sent by this way.
fn unworded(context: &Context, loaded: &Loaded, message: &Writing<'_>, way: &Planned) -> Option<Answer> {
    let asked = asked(loaded, way);
    let unapproved =
        || withheld(&Withheld::Reason(Reason::UnapprovedText), message.caller, context.policy.zone());
    let Some(words) = &context.words else { return Some(unapproved()) };
    match words.word(&loaded.subject, &way.person, way.kind, &way.ordinal, way.channel, asked) {
        Ok(_) => None,
        Err(Reason::UnapprovedText) => Some(unapproved()),
        Err(_) => Some(refuse("/text", TOO_LONG)),
    }
}

async fn receipt(context: &Context, message: &Writing<'_>, status: u16) -> Result<Answer, StoreError> {
    let rows = context.updates.messages.of(&message.key).await?.into_iter();
    let ways = rows
        .filter(|row| row.kind == Kind::StaffMessage && row.ordinal == message.ordinal)
        .map(|row| Sending {
            channel: row.channel,
            state: row.state,
            reason: row.reason,
            until: row.due_at.filter(|_| row.state == State::Deferred),
        })
        .collect();
    Ok(Answer::json(status, &Receipt { ordinal: &message.ordinal, person: &message.entry.person, ways }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::caller::Role;

    #[track_caller]
    fn checked(text: &str, reason: Option<&str>, role: Role, expected: Option<u16>) {
        let entry = Entry {
            person: "p1".into(),
            text: text.into(),
            channel: None,
            wait: false,
            override_reason: reason.map(Into::into),
            preview: false,
        };
        let caller = Caller { subject: "s".into(), email: None, roles: BTreeSet::from([role]) };
        assert_eq!(check(&entry, &caller).err().map(|answer| answer.status), expected);
    }

    #[test]
    fn a_message_says_something_and_an_override_why() {
        checked("Please call.", None, Role::Dispatch, None);
        checked(" ", None, Role::Dispatch, Some(422));
        checked("Please call.", Some("spoke to her"), Role::VictimServices, None);
        checked("Please call.", Some(" "), Role::Admin, Some(422));
        checked("Please call.", Some("spoke to her"), Role::Investigator, Some(403));
    }
}
