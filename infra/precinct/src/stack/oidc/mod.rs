//! The identity provider of the local desk: OpenID Connect with authorization code and PKCE, for the people of the sample
//! city and without passwords. It exists in this crate alone, which no function links: a deployed stack cannot play it.
//!
//! ```text
//! desk ─▶ authorize (who? or login_hint, or the session) ─▶ desk?code ─▶ token (code, verifier) ─▶ the staff API's JWT
//!                                            every quarter of an hour ─▶ token (refresh token) ──▶ the next
//! ```
mod codes;
mod page;
mod people;
mod sessions;
mod token;

use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::Shared;
use super::server::{Ask, Reply, json as json_reply, plain};
use super::tokens::Tokens;
pub(crate) use codes::Codes;
use codes::Grant;
use people::with_subject;
pub(crate) use sessions::Sessions;

/// Where the provider lies below the stack's address.
const PATH: &str = "/_local/oidc";
/// The desk's name at the provider.
pub(crate) const CLIENT: &str = "desk";
/// The provider's session: whose turn it is, so that a reload of the desk need not ask again.
const COOKIE: &str = "precinct_local_subject";

/// The provider's name for a stack at `url`.
pub(crate) fn issuer(url: &str) -> String {
    format!("{url}{PATH}")
}

/// What `/desk/config.json` says.
pub(crate) fn config(url: &str) -> Value {
    json!({"issuer": issuer(url), "client_id": CLIENT, "scope": "openid email"})
}

/// Answers `/_local/oidc/{rest}`.
pub(crate) fn answer(shared: &Arc<Shared>, rest: &str, ask: &Ask) -> Reply {
    let method = ask.method();
    let mut reply = match rest {
        ".well-known/openid-configuration" if method == Method::GET => discovery(&shared.url),
        "jwks" if method == Method::GET => json_reply(StatusCode::OK, &shared.tokens.keys()),
        "authorize" if method == Method::GET || method == Method::POST => authorize(shared, ask),
        "token" if method == Method::POST => token::answer(shared, ask.body()),
        "revoke" if method == Method::POST => token::revoke(shared, ask.body()),
        "logout" if method == Method::GET || method == Method::POST => log_out(shared, ask),
        _ => plain(StatusCode::NOT_FOUND, "text/plain", "Not Found"),
    };
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

/// OpenID Connect Discovery 1.0.
fn discovery(url: &str) -> Reply {
    let issuer = issuer(url);
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "revocation_endpoint": format!("{issuer}/revoke"),
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [Tokens::ALGORITHM],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email"],
        "claims_supported": ["iss", "aud", "sub", "exp", "iat", "nonce", "email", "name", "groups"],
        "authorization_response_iss_parameter_supported": true,
    });
    json_reply(StatusCode::OK, &document)
}

/// The one page that may be led back to.
fn desk(shared: &Shared) -> String {
    format!("{}/desk/", shared.url)
}

/// A parameter of a query or a form; given twice it counts as missing, as OAuth wants it.
fn parameter(form: &[u8], name: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(form).filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = found.next()?.into_owned();
    (found.next().is_none() && !value.is_empty()).then_some(value)
}

fn authorize(shared: &Arc<Shared>, ask: &Ask) -> Reply {
    let query = ask.uri().query().unwrap_or_default();
    let given = |name: &str| parameter(query.as_bytes(), name);
    // Until both are known to be ours, nobody is sent anywhere.
    if given("client_id").as_deref() != Some(CLIENT) {
        return page::refuse("The page that asks is not the desk: its client_id is unknown here.");
    }
    let desk = desk(shared);
    if given("redirect_uri").as_deref() != Some(desk.as_str()) {
        return page::refuse(&format!("Only {desk} can sign in here: open the desk at that very address."));
    }
    let state = given("state");
    let back = |more: &[(&str, &str)]| lead_back(shared, state.as_deref(), more);
    if given("response_type").as_deref() != Some("code") {
        return back(&[("error", "unsupported_response_type")]);
    }
    let challenge = given("code_challenge").filter(|challenge| is_challenge(challenge));
    let (Some("S256"), Some(challenge)) = (given("code_challenge_method").as_deref(), challenge) else {
        return back(&[("error", "invalid_request"), ("error_description", "PKCE with S256 is required")]);
    };
    if !given("scope").is_some_and(|scope| scope.split(' ').any(|one| one == "openid")) {
        return back(&[("error", "invalid_scope")]);
    }
    let prompt = given("prompt");
    let chosen = (ask.method() == Method::POST).then(|| parameter(ask.body(), "subject")).flatten();
    let session = cookie(ask.headers()).filter(|_| prompt.as_deref().is_none_or(|prompt| prompt == "none"));
    let mut person = [chosen, given("login_hint"), session].into_iter().flatten();
    let Some(person) = person.find_map(|subject| with_subject(&subject)) else {
        return match prompt.as_deref() {
            Some("none") => back(&[("error", "login_required")]),
            _ => page::choose(query),
        };
    };
    let code = shared.codes.issue(Grant {
        subject: person.subject.clone(),
        redirect_uri: desk,
        challenge,
        nonce: given("nonce"),
        issued_at: shared.clock.now(),
    });
    remember(back(&[("code", &code)]), &format!("{COOKIE}={}", person.subject))
}

/// Back to the desk with `more` in its address.
fn lead_back(shared: &Shared, state: Option<&str>, more: &[(&str, &str)]) -> Reply {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(more).append_pair("iss", &issuer(&shared.url));
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    redirect(&format!("{}?{}", desk(shared), query.finish()))
}

fn redirect(to: &str) -> Reply {
    // See Other: a posted form is never posted on.
    let mut reply = plain(StatusCode::SEE_OTHER, "text/plain", "");
    if let Ok(to) = to.parse() {
        reply.headers_mut().insert("location", to);
    }
    reply
}

/// Whether it can be the base64url form of a SHA-256 digest.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

fn remember(mut reply: Reply, pair: &str) -> Reply {
    if let Ok(cookie) = format!("{pair}; Path={PATH}; HttpOnly; SameSite=Lax").parse() {
        reply.headers_mut().insert("set-cookie", cookie);
    }
    reply
}

/// Ends the session; back to the desk where the desk asks for it.
fn log_out(shared: &Arc<Shared>, ask: &Ask) -> Reply {
    let query = ask.uri().query().unwrap_or_default().as_bytes();
    let desk = desk(shared);
    let reply = match parameter(query, "post_logout_redirect_uri").as_deref() {
        None => page::signed_out(),
        Some(to) if to == desk => match parameter(query, "state") {
            None => redirect(&desk),
            Some(state) => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                redirect(&format!("{desk}?{}", query.append_pair("state", &state).finish()))
            }
        },
        Some(_) => page::refuse(&format!("Only {desk} can be led back to.")),
    };
    remember(reply, &format!("{COOKIE}=; Max-Age=0"))
}

#[cfg(test)]
mod tests;
