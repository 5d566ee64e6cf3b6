//! `POST /v1/cases/{number}/people`: a victim who did not call, or whoever speaks for one. The entry says how they may be
//! reached and on what their consent rests.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use incident::event::PersonFields;
use incident::{Contact, Person, Role, StaffEntry, address};
use serde::{Deserialize, Serialize};
use startup::http::Answer;
use table::StoreError;
use table::received::{Received, Written};
use updates::{Channel, Policy, Subject};

use crate::body::{self, refuse};
use crate::caller::Caller;
use crate::messages::is_own_case;
use crate::route::Route;
use crate::{Context, Reply, SOURCE, not_found};

/// How often the case is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;
/// Longest name, basis and the like, in bytes.
const LONGEST: usize = 200;
/// Roles that staff may enter: nobody is made a suspect here.
const ROLES: &[Role] =
    &[Role::Victim, Role::ReportingParty, Role::Guardian, Role::VictimRepresentative, Role::Advocate];

/// A person as entered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Of a person that the case has already; else a new one is made.
    #[serde(default)]
    id: Option<String>,
    /// Of a new person, victim unless said otherwise; one whom the case has already keeps theirs.
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    age: Option<u8>,
    /// The ways that the person agreed to.
    channels: Vec<Channel>,
    /// On what the consent rests, e.g. `asked by telephone`.
    basis: String,
    /// The minor of whom this is a guardian that was confirmed not to be involved.
    #[serde(default)]
    guardian_of: Option<String>,
}

#[derive(Serialize)]
struct Receipt<'a> {
    case_number: &'a str,
    person: &'a str,
}

pub(crate) async fn add(
    context: &Context,
    caller: &Caller,
    number: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let about = vec![number.to_owned()];
    let route = Route::CasePeople { number: number.into() };
    let may = caller.is_any(route.full_roles()) || is_own_case(context, caller, Some(number)).await?;
    let key = Subject::case_key(number);
    let read = body::read::<Entry>(request)
        .and_then(|entry| Ok((entry, body::request_name(request, &format!("person|{key}"))?)));
    let (entry, name) = match read {
        Ok(read) if may => read,
        Ok(_) => return Ok(Reply { answer: not_found(), about }),
        Err(answer) => return Ok(Reply { answer, about }),
    };
    let id = entry.id.clone().unwrap_or_else(|| format!("staff-{name}"));
    let mut round = 0;
    let answer = loop {
        match store(context, caller, number, (&entry, &id, &name)).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => break result?,
        }
    };
    Ok(Reply { answer, about })
}

async fn store(
    context: &Context,
    caller: &Caller,
    number: &str,
    (entry, id, name): (&Entry, &str, &str),
) -> Result<Answer, StoreError> {
    let Some(loaded) = context.updates.load(&Subject::case_key(number)).await? else {
        return Ok(not_found());
    };
    let Subject::Case(mut case, call) = loaded.subject else { return Ok(not_found()) };
    let ward = entry.guardian_of.as_ref().and_then(|minor| case.private.people.get(minor));
    if let Err(answer) = check(entry, case.private.people.contains_key(id), ward, &context.policy) {
        return Ok(answer);
    }
    let now = context.clock.now();
    case.private.enter(now, &staff_entry(entry, id, &caller.subject));
    let digest = context.updates.contacts.keyed_hash(&format!("{:?}", canonical(entry))).await?;
    let received = Received { source: SOURCE, id: name, digest: &digest, at: now };
    let latching = context.updates.latching(&context.policy, now);
    let touched = vec![(Subject::Case(case, call), loaded.rev, loaded.due_at)];
    Ok(match latching.store(&received, touched, now, Vec::new()).await? {
        Written::Stored => Answer::json(201, &Receipt { case_number: number, person: id }),
        Written::Duplicate => Answer::json(200, &Receipt { case_number: number, person: id }),
        Written::IdReused => refuse("", "this Idempotency-Key was used for another entry; take a new one"),
    })
}

fn check(entry: &Entry, is_known: bool, ward: Option<&Person>, policy: &Policy) -> Result<(), Answer> {
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= LONGEST);
    if entry.id.is_some() && !is_known {
        return Err(refuse("/id", "the case has nobody of this id; leave it out to add a person"));
    }
    if entry.role.is_some_and(|role| !ROLES.contains(&role)) {
        let detail = "must be victim, reporting_party, guardian, victim_representative or advocate";
        return Err(refuse("/role", detail));
    }
    if entry.basis.trim().is_empty() || entry.basis.len() > LONGEST {
        return Err(refuse(
            "/basis",
            "say on what the consent rests, in at most 200 bytes, e.g. asked by telephone",
        ));
    }
    for (pointer, text) in [("/name", &entry.name), ("/language", &entry.language)] {
        if !short(text) {
            return Err(refuse(pointer, "has more than 200 bytes"));
        }
    }
    if entry.phone.as_deref().is_some_and(|phone| address::phone(phone).is_err()) {
        return Err(refuse("/phone", "must be a subscriber's number of the North American plan"));
    }
    if entry.email.as_deref().is_some_and(|email| address::email(email).is_err()) {
        return Err(refuse("/email", "must be an e-mail address"));
    }
    let has = |channel: &Channel| match channel {
        Channel::Text => entry.phone.is_some(),
        Channel::Email => entry.email.is_some(),
    };
    if entry.channels.is_empty() || !entry.channels.iter().all(has) {
        return Err(refuse("/channels", "name text, email or both, each with its phone or email"));
    }
    check_guardian(entry, ward, policy)
}

fn check_guardian(entry: &Entry, ward: Option<&Person>, policy: &Policy) -> Result<(), Answer> {
    if entry.guardian_of.is_none() {
        return Ok(());
    }
    if entry.role != Some(Role::Guardian) {
        return Err(refuse("/role", "whoever stands for a minor has the role guardian"));
    }
    let is_minor = ward.and_then(Person::age).is_some_and(|age| age < policy.adult_age());
    if is_minor {
        Ok(())
    } else {
        Err(refuse("/guardian_of", "must name a minor in this case, by id, whose age is known"))
    }
}

/// The entry with what the ways agreed to mean for contact.
fn staff_entry(entry: &Entry, id: &str, by: &str) -> StaffEntry {
    let contact = match (entry.channels.contains(&Channel::Text), entry.channels.contains(&Channel::Email)) {
        (true, true) => Contact::Ok,
        (true, false) => Contact::NoEmail,
        _ => Contact::NoText,
    };
    let role = entry.role.or(entry.id.is_none().then_some(Role::Victim));
    let fields = PersonFields {
        id: id.into(),
        roles: role.map(|role| Some([role].into())),
        name: entry.name.clone().map(Some),
        phone: entry.phone.clone().map(Some),
        email: entry.email.clone().map(Some),
        language: entry.language.clone().map(Some),
        age: entry.age.map(Some),
        contact: Some(Some(contact)),
        removed: Some(Some(false)),
    };
    StaffEntry { fields, basis: entry.basis.clone(), by: by.into(), guardian_of: entry.guardian_of.clone() }
}

/// Everything that makes one entry another.
fn canonical(entry: &Entry) -> impl std::fmt::Debug {
    let Entry { id, role, name, phone, email, language, age, channels, basis, guardian_of } = entry;
    let who = (id.clone(), *role, name.clone(), phone.clone(), email.clone(), language.clone(), *age);
    (who, channels.clone(), basis.clone(), guardian_of.clone())
}
