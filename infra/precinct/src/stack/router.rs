//! The stack's own address: the two APIs of the design, the public bucket, and `/_local/…` for tests and tinkering.
use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::functions::Intake;
use super::gateway::{http_event, http_reply, rest_event, rest_reply};
use super::server::{Ask, Reply, json as json_reply};
use super::{Shared, desk, local, oidc, public};

/// The routes of the staff API, as in the template.
const STAFF_ROUTES: [(&str, &str); 31] = [
    ("GET", "/v1/me"),
    ("GET", "/v1/incidents/{id}/updates"),
    ("GET", "/v1/cases/{number}/updates"),
    ("GET", "/v1/updates"),
    ("POST", "/v1/updates/search"),
    ("POST", "/v1/incidents/{id}/messages"),
    ("POST", "/v1/cases/{number}/messages"),
    ("POST", "/v1/cases/{number}/people"),
    ("POST", "/v1/contacts/search"),
    ("PUT", "/v1/contacts"),
    ("GET", "/v1/tasks"),
    ("POST", "/v1/tasks/{id}/done"),
    ("POST", "/v1/cases/{number}/release"),
    ("GET", "/v1/officers"),
    ("GET", "/v1/officers/{id}"),
    ("GET", "/v1/officers/{id}/scores/{date}"),
    ("POST", "/v1/officers/{id}/coaching"),
    ("POST", "/v1/officers/{id}/goals"),
    ("GET", "/v1/alerts"),
    ("GET", "/v1/alerts/{id}"),
    ("POST", "/v1/alerts/{id}/transitions"),
    ("POST", "/v1/alerts/{id}/interventions"),
    ("POST", "/v1/alerts/{id}/statement"),
    ("GET", "/v1/patrol/{date}"),
    ("POST", "/v1/patrol/{date}/visits"),
    ("GET", "/v1/reports/patrol"),
    ("GET", "/v1/reports/{name}"),
    ("GET", "/v1/statistics/{date}"),
    ("GET", "/v1/nights"),
    ("GET", "/v1/policy"),
    ("POST", "/v1/pause"),
];

/// Where vendors post in their own form.
const PROFILE_ROUTES: [&str; 2] = ["/v1/cad/profiles/{name}", "/v1/cases/profiles/{name}"];

/// Answers one request.
pub(crate) async fn answer(shared: &Arc<Shared>, ask: Ask) -> Reply {
    let path = ask.uri().path().to_owned();
    if let Some(rest) = path.strip_prefix("/_local/oidc/") {
        return oidc::answer(shared, rest, &ask);
    }
    if let Some(rest) = path.strip_prefix("/_local/") {
        return local::answer(shared, rest, ask).await;
    }
    if let Some(key) = path.strip_prefix("/public/") {
        return public::answer(shared, key, &ask).await;
    }
    if path == "/desk" || path.starts_with("/desk/") {
        return desk::answer(shared, &path, &ask).await;
    }
    let intake = match path.as_str() {
        "/v1/cad/events" | "/v1/cad/eido" | "/v1/cases/events" | "/v1/cad/ticketscad" => {
            Some(Intake::Incident)
        }
        _ if PROFILE_ROUTES.iter().any(|route| path_parameters(route, &path).is_some()) => {
            Some(Intake::Incident)
        }
        "/v1/personnel/events" => Some(Intake::Personnel),
        _ => None,
    };
    match intake {
        Some(intake) if ask.method() == Method::POST => post(shared, intake, &ask).await,
        // What a REST API says to a method or path it does not know.
        Some(_) => json_reply(StatusCode::FORBIDDEN, &json!({"message": "Missing Authentication Token"})),
        None if path.starts_with("/v1/unsubscribe/") => unsubscribe(shared, &path, &ask).await,
        None => staff(shared, &path, &ask).await,
    }
}

async fn post(shared: &Arc<Shared>, intake: Intake, ask: &Ask) -> Reply {
    match rest_event(ask, shared.clock.now()) {
        Ok(event) => rest_reply(shared.functions.intake(intake, event).await),
        Err(error) => rest_reply(Err(error)),
    }
}

async fn staff(shared: &Arc<Shared>, path: &str, ask: &Ask) -> Reply {
    let found = STAFF_ROUTES.iter().find_map(|(method, template)| {
        let parameters = path_parameters(template, path)?;
        (ask.method().as_str() == *method).then(|| (format!("{method} {template}"), parameters))
    });
    let Some((route, parameters)) = found else {
        return json_reply(StatusCode::NOT_FOUND, &json!({"message": "Not Found"}));
    };
    let now = shared.clock.now();
    let bearer = ask.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = bearer.map(|value| value.strip_prefix("Bearer ").unwrap_or(value));
    let Some(claims) = token.and_then(|token| shared.tokens.verify(token, now)) else {
        return json_reply(StatusCode::UNAUTHORIZED, &json!({"message": "Unauthorized"}));
    };
    match http_event(ask, &route, &parameters, Some(&claims), now) {
        Ok(event) => http_reply(shared.functions.staff(event).await),
        Err(error) => http_reply(Err(error)),
    }
}

/// The public API: no sign-in.
async fn unsubscribe(shared: &Arc<Shared>, path: &str, ask: &Ask) -> Reply {
    const ROUTE: &str = "/v1/unsubscribe/{token}";
    let known = ask.method() == Method::GET || ask.method() == Method::POST;
    let Some(parameters) = path_parameters(ROUTE, path).filter(|_| known) else {
        return json_reply(StatusCode::NOT_FOUND, &json!({"message": "Not Found"}));
    };
    let route = format!("{} {ROUTE}", ask.method());
    match http_event(ask, &route, &parameters, None, shared.clock.now()) {
        Ok(event) => http_reply(shared.functions.unsubscribe(event).await),
        Err(error) => http_reply(Err(error)),
    }
}

/// The values of `{name}` parts where `path` has the form of `template`.
fn path_parameters(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut parameters = BTreeMap::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(part), Some(value)) => match part.strip_prefix('{').and_then(|part| part.strip_suffix('}'))
            {
                Some(name) if !value.is_empty() => {
                    let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
                    parameters.insert(name.to_owned(), value);
                }
                None if part == value => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, path: &str, expected: Option<&[(&str, &str)]>) {
        let expected = expected
            .map(|pairs| pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
        assert_eq!(path_parameters(template, path), expected);
    }

    #[test]
    fn path_parameters_are_found_and_decoded() {
        check("/v1/incidents/{id}/updates", "/v1/incidents/26-1%2F2/updates", Some(&[("id", "26-1/2")]));
        check("/v1/alerts", "/v1/alerts", Some(&[]));
        check("/v1/incidents/{id}/updates", "/v1/incidents//updates", None);
        check("/v1/incidents/{id}/updates", "/v1/incidents/26-1", None);
        check("/v1/alerts", "/v1/alerts/1", None);
    }
}
