//! The token endpoint: a code or a refresh token for the tokens of a person (RFC 6749, sections 4.1.3 and 6, for a public client),
//! and the endpoint that takes a refresh token back (RFC 7009).
use std::sync::Arc;

use hyper::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::people::{Person, with_subject};
use super::sessions::Session;
use super::{CLIENT, parameter};
use crate::stack::Shared;
use crate::stack::server::{Reply, json as json_reply, plain};

/// How long the desk's token is good, in seconds: as the template's client sets it.
pub(super) const LIFETIME: i64 = 15 * 60;

/// Whom the tokens are for.
struct Owner {
    person: Person,
    begun_at: Timestamp,
    nonce: Option<String>,
    /// A new session's refresh token.
    refresh: Option<String>,
}

/// Answers a form posted to the token endpoint.
pub(super) fn answer(shared: &Arc<Shared>, form: &[u8]) -> Reply {
    let given = |name: &str| parameter(form, name);
    if given("client_id").as_deref() != Some(CLIENT) {
        return json_reply(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_client"}));
    }
    let owner = match given("grant_type").as_deref() {
        Some("authorization_code") => by_code(shared, given),
        Some("refresh_token") => by_refresh_token(shared, given),
        Some(_) => Err("unsupported_grant_type"),
        None => Err("invalid_request"),
    };
    match owner {
        Ok(owner) => json_reply(StatusCode::OK, &tokens(shared, owner)),
        Err(error) => json_reply(StatusCode::BAD_REQUEST, &json!({"error": error})),
    }
}

fn by_code(shared: &Shared, given: impl Fn(&str) -> Option<String>) -> Result<Owner, &'static str> {
    let wanted = (given("code"), given("code_verifier"), given("redirect_uri"));
    let (Some(code), Some(verifier), Some(redirect_uri)) = wanted else {
        return Err("invalid_request");
    };
    let grant = shared.codes.redeem(&code, &verifier, &redirect_uri, shared.clock.now());
    let grant = grant.ok_or("invalid_grant")?;
    let person = with_subject(&grant.subject).ok_or("invalid_grant")?;
    let session = Session { subject: grant.subject, begun_at: grant.issued_at };
    let refresh = Some(shared.sessions.begin(session));
    Ok(Owner { person, begun_at: grant.issued_at, nonce: grant.nonce, refresh })
}

fn by_refresh_token(shared: &Shared, given: impl Fn(&str) -> Option<String>) -> Result<Owner, &'static str> {
    let token = given("refresh_token").ok_or("invalid_request")?;
    let session = shared.sessions.find(&token, shared.clock.now()).ok_or("invalid_grant")?;
    let person = with_subject(&session.subject).ok_or("invalid_grant")?;
    Ok(Owner { person, begun_at: session.begun_at, nonce: None, refresh: None })
}

fn tokens(shared: &Shared, Owner { person, begun_at, nonce, refresh }: Owner) -> Value {
    let now = shared.clock.now();
    let mut more = json!({
        "email": person.subject, "name": person.name, "auth_time": begun_at.as_second(),
        "exp": now.as_second() + LIFETIME,
    });
    if let Some(nonce) = nonce {
        more["nonce"] = nonce.into();
    }
    let token = shared.tokens.sign_for_desk(&person.subject, &[person.role], more, now);
    let mut answer = json!({
        "access_token": token, "id_token": token, "token_type": "Bearer", "expires_in": LIFETIME,
        "scope": "openid email",
    });
    if let Some(refresh) = refresh {
        answer["refresh_token"] = refresh.into();
    }
    answer
}

/// Takes a refresh token back; of one that is unknown there is nothing to say either (RFC 7009, section 2.2).
pub(super) fn revoke(shared: &Shared, form: &[u8]) -> Reply {
    if parameter(form, "client_id").as_deref() != Some(CLIENT) {
        return json_reply(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_client"}));
    }
    if let Some(token) = parameter(form, "token") {
        shared.sessions.end(&token);
    }
    plain(StatusCode::OK, "text/plain", "")
}
