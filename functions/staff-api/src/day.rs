//! `GET /v1/updates`: what went out and what was held back on a day of the agency, newest first; and
//! `POST /v1/updates/search`: the same of one number or mailbox. For people at a desk who do not know the number of the
//! call yet. No address is in either, and the one that is looked for stands in the body.
use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use startup::http::Answer;
use table::decided::Entry;
use table::messages::State;
use updates::Kind;

use crate::body;
use crate::caller::Caller;
use crate::contacts::no_address;
use crate::fates::{Fate, Rows, rows, with_roles};
use crate::page::{Page, cursor, filter, refuse};
use crate::route::Route;
use crate::{Context, Reply, mask};

/// How far back a search looks: as long as the keys of messages outlive their content.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 400);
/// Entries of a day whose calls and cases are read at a time.
const CHUNK: usize = 64;

#[derive(Serialize)]
struct List {
    date: Date,
    updates: Vec<Fate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    address: String,
}

#[derive(Serialize)]
struct Found {
    /// Masked.
    address: String,
    updates: Vec<Fate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which updates of a day are wanted.
struct Asked {
    date: Date,
    state: Option<State>,
    kind: Option<Kind>,
    page: Page,
}

impl Asked {
    fn of(context: &Context, request: &ApiGatewayV2httpRequest) -> Result<Self, Answer> {
        let date = match request.query_string_parameters.first("date") {
            None => context.today().1,
            Some(text) => {
                // The last days that can be written have no end.
                let day = text.parse().ok().filter(|day| bounds(context, *day).is_ok());
                day.ok_or_else(|| refuse("date", "date must be a day such as 2026-07-04"))?
            }
        };
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        let states: Vec<&str> = State::ALL.iter().map(|state| state.word()).collect();
        let state = filter(request, "state", &states)?;
        let kind = filter(request, "kind", &kinds)?;
        Ok(Self {
            date,
            state: state.and_then(|word| State::ALL.into_iter().find(|state| state.word() == word)),
            kind: kind.and_then(Kind::from_word),
            page: Page::of(request)?,
        })
    }

    fn admits(&self, fate: &Fate) -> bool {
        self.state.is_none_or(|state| fate.state == state) && self.kind.is_none_or(|kind| fate.kind == kind)
    }
}

/// `GET /v1/updates`
pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let asked = match Asked::of(context, request) {
        Ok(asked) => asked,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let (from, to) = bounds(context, asked.date)?;
    let decided = context.updates.messages.decided(from, to).await?;
    let placed = decided.into_iter().map(|entry| (place(entry.at, &name(&entry)), entry));
    let after = asked.page.after.as_ref();
    let mut entries: Vec<(String, Entry)> =
        placed.filter(|(place, _)| after.is_none_or(|after| place < after)).collect();
    entries.sort_by(|(one, _), (other, _)| other.cmp(one));
    let (found, next) = page(context, caller, &asked, &entries).await?;
    let about = about(&found);
    let updates = with_roles(context, found).await?;
    Ok(Reply { answer: Answer::json(200, &List { date: asked.date, updates, next }), about })
}

/// The first and the last instant of a day of the agency.
fn bounds(context: &Context, date: Date) -> anyhow::Result<(Timestamp, Timestamp)> {
    let start = |date: Date| -> anyhow::Result<Timestamp> {
        let midnight = date.to_datetime(Time::midnight());
        Ok(midnight.to_zoned_datetime(context.policy.zone().clone())?.timestamp())
    };
    Ok((start(date)?, start(date.checked_add(1.day())?)?))
}

/// As many of the day's updates as a page holds, and where to go on. Only calls and cases of this page are read.
async fn page(
    context: &Context,
    caller: &Caller,
    asked: &Asked,
    entries: &[(String, Entry)],
) -> anyhow::Result<(Vec<Fate>, Option<String>)> {
    let own = (!caller.is_any(Route::Updates.full_roles())).then_some(caller);
    let mut known: BTreeMap<String, Rows> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let (mut found, mut last): (Vec<Fate>, Option<String>) = (Vec::new(), None);
    for chunk in entries.chunks(CHUNK) {
        let fresh: BTreeSet<String> = chunk
            .iter()
            .map(|(_, entry)| entry.key.pk.clone())
            .filter(|key| seen.insert(key.clone()))
            .collect();
        known.extend(rows(context, own, fresh).await?);
        for (place, entry) in chunk {
            let fate = known.get(&entry.key.pk).and_then(|rows| rows.decided_last(&entry.key.sk));
            let Some(fate) = fate.filter(|fate| asked.admits(fate)) else { continue };
            if found.len() == asked.page.limit {
                return Ok((found, last.as_deref().map(cursor)));
            }
            found.push(fate);
            last = Some(place.clone());
        }
    }
    Ok((found, None))
}

/// `POST /v1/updates/search`
pub(crate) async fn search(context: &Context, request: &ApiGatewayV2httpRequest) -> anyhow::Result<Reply> {
    let read = body::read::<Search>(request).and_then(|search| Ok((search, Page::of(request)?)));
    let (search, page) = match read {
        Ok(read) => read,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let Some((address, _)) = context.updates.contacts.find(&search.address).await? else {
        return Ok(Reply::refusal(no_address()));
    };
    let recipient = context.updates.contacts.index(&address).await?;
    let now = context.clock.now();
    let to = now + SignedDuration::from_secs(1);
    let entries = context.updates.messages.concerning(&recipient, now - LOOK_BACK, to).await?;
    let subjects = entries.into_iter().map(|entry| entry.key.pk).collect();
    let known = rows(context, None, subjects).await?;
    let mut fates: Vec<(String, Fate)> = known
        .values()
        .flat_map(|rows| rows.to(&recipient))
        .filter(|fate| fate.at() >= now - LOOK_BACK)
        .map(|fate| (place(fate.at(), &fate.name()), fate))
        .collect();
    fates.sort_by(|(one, _), (other, _)| other.cmp(one));
    fates.retain(|(place, _)| page.after.as_ref().is_none_or(|after| place < after));
    let more = fates.len() > page.limit;
    fates.truncate(page.limit);
    let next = fates.last().filter(|_| more).map(|(place, _)| cursor(place));
    let found: Vec<Fate> = fates.into_iter().map(|(_, fate)| fate).collect();
    let mut about = about(&found);
    about.push(recipient);
    let updates = with_roles(context, found).await?;
    Ok(Reply { answer: Answer::json(200, &Found { address: mask::address(&address), updates, next }), about })
}

/// Whom an answer tells about: each call and case once.
fn about(fates: &[Fate]) -> Vec<String> {
    let numbers: BTreeSet<&str> = fates.iter().filter_map(Fate::about).collect();
    numbers.into_iter().map(str::to_owned).collect()
}

fn name(entry: &Entry) -> String {
    format!("{} {}", entry.key.pk, entry.key.sk)
}

/// Where something stands in a list: by its time, and within an instant by a digest, since keys hold blind indexes and a
/// cursor stands in an address line.
fn place(at: Timestamp, name: &str) -> String {
    format!("{:015} {}", at.as_millisecond(), hex::encode(&Sha256::digest(name)[..8]))
}
