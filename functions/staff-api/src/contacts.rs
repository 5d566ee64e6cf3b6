//! `POST /v1/contacts/search` and `PUT /v1/contacts`: what is known of an address, and what staff have to say about it:
//! how the person may be reached and until when, a way that is safe, an opt-out that came by telephone or at the
//! counter. The address stands in the body, never in the address line, and is never sent back.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use incident::Contact;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use startup::http::Answer;
use table::StoreError;
use table::revocations::Revocation;
use updates::contact::CONFIRMED_SAFE_AT_MOST;
use updates::{Channel, Class, ConfirmedSafe, ContactState, Flag, OptOut, Scope, Subject};

use crate::body::{self, refuse};
use crate::caller::{Caller, Role};
use crate::{Context, Reply, forbidden, mask};

/// Longest time for which a wish holds before the person must be asked again.
const WISH_AT_MOST: SignedDuration = SignedDuration::from_hours(24 * 366);
/// How often a contact is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;
/// Who may say that a way is safe although a latch or a deny list forbids it.
const MAY_CONFIRM: &[Role] = &[Role::VictimServices, Role::Admin];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    address: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    address: String,
    #[serde(default)]
    wish: Option<Wish>,
    #[serde(default)]
    confirmed_safe: Option<Safe>,
    #[serde(default)]
    revocation: Option<Revoked>,
    /// Only `false`: the number or mailbox works again.
    #[serde(default)]
    undeliverable: Option<bool>,
    /// The case for which this is entered: its updates are decided again at once.
    #[serde(default)]
    case_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// `ok` takes a wish back.
    contact: Contact,
    /// When the person must be asked again.
    #[serde(default)]
    until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Safe {
    channel: Channel,
    /// null: the way is not safe any more.
    #[serde(default)]
    until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoked {
    #[serde(default)]
    scope: Reaching,
    #[serde(default)]
    class: Option<Class>,
    #[serde(default)]
    case_number: Option<String>,
    received_at: Timestamp,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reaching {
    #[default]
    All,
    Class,
    Case,
}

/// What is known of an address.
#[derive(Serialize)]
struct Shown {
    /// Masked.
    address: String,
    /// Whether anything is stored about it.
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    latched_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wish: Option<WishShown>,
    confirmed_safe: Vec<Confirmed>,
    opt_outs: Vec<OptOut>,
    undeliverable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_survey_at: Option<Timestamp>,
}

/// A wish, in the words in which it is entered.
#[derive(Serialize)]
struct WishShown {
    contact: Contact,
    until: Timestamp,
}

/// A safe way; who confirmed it stands in the audit trail.
#[derive(Serialize)]
struct Confirmed {
    channel: Channel,
    until: Timestamp,
}

pub(crate) async fn search(context: &Context, request: &ApiGatewayV2httpRequest) -> anyhow::Result<Reply> {
    let Search { address } = match body::read(request) {
        Ok(search) => search,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    match context.updates.contacts.find(&address).await? {
        None => Ok(Reply::refusal(no_address())),
        Some((address, state)) => reply(context, &address, &state).await,
    }
}

pub(crate) async fn enter(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let entry: Entry = match body::read(request) {
        Ok(entry) => entry,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let now = context.clock.now();
    if let Err(answer) = check(&entry, caller, now) {
        return Ok(Reply::refusal(answer));
    }
    let mut round = 0;
    loop {
        let Some((address, state)) = context.updates.contacts.find(&entry.address).await? else {
            return Ok(Reply::refusal(no_address()));
        };
        let next = entered(&entry, &state, &caller.subject, now);
        if next != state {
            match context.updates.contacts.write(&address, &next).await {
                Err(error) if error.is_condition() && round < ROUNDS => {
                    round += 1;
                    continue;
                }
                result => result?,
            }
        }
        follow_up(context, &entry, &address, now).await?;
        return reply(context, &address, &next).await;
    }
}

fn check(entry: &Entry, caller: &Caller, now: Timestamp) -> Result<(), Answer> {
    let Entry { wish, confirmed_safe, revocation, undeliverable, .. } = entry;
    if wish.is_none() && confirmed_safe.is_none() && revocation.is_none() && undeliverable.is_none() {
        let detail = "say what is new: wish, confirmed_safe, revocation or undeliverable";
        return Err(refuse("", detail));
    }
    if confirmed_safe.is_some() && !caller.is_any(MAY_CONFIRM) {
        return Err(forbidden("confirmed_safe is entered by victim services or an admin alone"));
    }
    match wish {
        Some(Wish { contact: Contact::Ok, until: Some(_) }) => {
            return Err(refuse("/wish/until", "ok takes a wish back: leave out until"));
        }
        Some(Wish { contact: Contact::Ok, until: None }) | None => {}
        Some(Wish { until: None, .. }) => {
            return Err(refuse("/wish/until", "say until when it holds; then the person is asked again"));
        }
        Some(Wish { until: Some(until), .. }) => {
            within(*until, now, WISH_AT_MOST, "/wish/until", "at most 366 days")?;
        }
    }
    if let Some(until) = confirmed_safe.as_ref().and_then(|safe| safe.until) {
        within(until, now, CONFIRMED_SAFE_AT_MOST, "/confirmed_safe/until", "at most 90 days")?;
    }
    if *undeliverable == Some(true) {
        return Err(refuse("/undeliverable", "only false: receipts say what cannot be delivered"));
    }
    revocation.as_ref().map_or(Ok(()), |revoked| check_revocation(revoked, now))
}

fn check_revocation(revoked: &Revoked, now: Timestamp) -> Result<(), Answer> {
    if revoked.received_at > now {
        return Err(refuse("/revocation/received_at", "is in the future"));
    }
    match (revoked.scope, revoked.class, &revoked.case_number) {
        (Reaching::All, None, None) | (Reaching::Class, Some(_), None) | (Reaching::Case, None, Some(_)) => {
            Ok(())
        }
        (Reaching::All, ..) => {
            Err(refuse("/revocation/scope", "scope all takes neither class nor case_number"))
        }
        (Reaching::Class, ..) => {
            Err(refuse("/revocation/class", "scope class takes a class and nothing else"))
        }
        (Reaching::Case, ..) => {
            Err(refuse("/revocation/case_number", "scope case takes a case_number and nothing else"))
        }
    }
}

fn within(
    until: Timestamp,
    now: Timestamp,
    most: SignedDuration,
    pointer: &str,
    words: &str,
) -> Result<(), Answer> {
    if until > now && until <= now + most {
        return Ok(());
    }
    Err(refuse(pointer, &format!("must lie in the future, {words} ahead")))
}

/// The state after `entry`; the same where that changes nothing.
fn entered(entry: &Entry, state: &ContactState, by: &str, now: Timestamp) -> ContactState {
    let mut next = state.clone();
    if let Some(wish) = &entry.wish {
        next.flag = wish.until.map(|until| Flag { wish: wish.contact, until });
    }
    if let Some(safe) = &entry.confirmed_safe {
        next.confirmed_safe.retain(|known| known.channel != safe.channel && known.until > now);
        let confirmed = safe.until.map(|until| ConfirmedSafe { channel: safe.channel, by: by.into(), until });
        next.confirmed_safe.extend(confirmed);
    }
    if let Some(revoked) = &entry.revocation
        && let Some(opted_out) = next.opted_out(scope(revoked), revoked.received_at, "staff")
    {
        next = opted_out;
    }
    if entry.undeliverable == Some(false) && next.undeliverable {
        // Receipts of what was sent before do not bring it back.
        next = ContactState { undeliverable: false, reach_at: Some(now), ..next };
    }
    let changed = ContactState { rev: state.rev, ..next.clone() } != *state;
    if changed { ContactState { rev: state.rev + 1, ..next } } else { state.clone() }
}

fn scope(revoked: &Revoked) -> Scope {
    match (&revoked.class, &revoked.case_number) {
        (Some(class), _) => Scope::Class(*class),
        (_, Some(case)) => Scope::Case(case.clone()),
        _ => Scope::All,
    }
}

/// Puts a revocation on record and plans the case anew; both may be repeated.
async fn follow_up(
    context: &Context,
    entry: &Entry,
    address: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(revoked) = &entry.revocation {
        let index = context.updates.contacts.index(address).await?;
        let id =
            context.updates.messages.pseudonym(&format!("revocation|{index}|{:?}", scope(revoked))).await?;
        let note =
            Revocation { id, received_at: revoked.received_at, effective_at: Some(now), by: "staff".into() };
        context.updates.messages.note_revocation(&note).await?;
    }
    if let Some(number) = &entry.case_number {
        context.updates.replan(&Subject::case_key(number), &context.policy, now).await?;
    }
    Ok(())
}

async fn reply(context: &Context, address: &str, state: &ContactState) -> anyhow::Result<Reply> {
    let now = context.clock.now();
    let shown = Shown {
        address: mask::address(address),
        known: state.rev > 0,
        latched_until: state.latch_until.filter(|until| *until > now),
        wish: state
            .flag
            .as_ref()
            .filter(|flag| flag.until > now)
            .map(|flag| WishShown { contact: flag.wish, until: flag.until }),
        confirmed_safe: state
            .confirmed_safe
            .iter()
            .filter(|safe| safe.until > now)
            .map(|safe| Confirmed { channel: safe.channel, until: safe.until })
            .collect(),
        opt_outs: state.opt_outs.clone(),
        undeliverable: state.undeliverable,
        language: state.language.clone(),
        last_survey_at: state.survey_at,
    };
    let about = vec![context.updates.contacts.index(address).await?];
    Ok(Reply { answer: Answer::json(200, &shown), about })
}

pub(crate) fn no_address() -> Answer {
    refuse("/address", "must be a telephone number of the North American plan or an e-mail address")
}
