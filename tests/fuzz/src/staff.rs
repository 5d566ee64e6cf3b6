//! What staff ask: every address of the staff API with values drawn for its places, its query and its body, by somebody
//! with every role or by an officer; and the public page to unsubscribe.
use serde_json::{Value, json};
use staff_api::Route;

use crate::chance::Chance;
use crate::mutate::{CANARIES, Wire, bytes, spoil, wire};

/// Every role but those whose holder the roster must name.
const ROLES: &str =
    "[dispatch records investigator victim_services commander internal_affairs analyst auditor admin]";

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The address, without its values.
    pub what: String,
    /// Method.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Who asks.
    pub subject: String,
    /// In which groups.
    pub groups: &'static str,
    /// The body.
    pub wire: Wire,
}

/// A request to the staff API or to the public page.
pub fn ask(chance: &mut Chance) -> Ask {
    let (what, method, path, mut body) = if chance.once_in(16) {
        let method = *chance.pick(&["GET", "POST"]);
        let token = *chance.pick(&["", "x", "a.b", "%00", "\u{e9}", "AAAA:AAAA"]);
        (
            format!("{method} /v1/unsubscribe/{{token}}"),
            method,
            format!("/v1/unsubscribe/{token}"),
            json!("scope=all"),
        )
    } else {
        let routes = Route::samples();
        let route = chance.pick(&routes);
        let (method, template) = route.name().split_once(' ').unwrap_or_default();
        let path = filled(chance, route, template);
        (route.name().into(), method, path + query(chance, method), body(chance, route))
    };
    // Half stay as they are: what is sound reaches the depths, where a wrong state is refused and not a wrong word.
    if chance.once_in(2) {
        spoil(chance, &mut body);
    }
    let body = bytes(chance, &body);
    let (subject, groups) = match chance.below(6) {
        0 => (format!("s-{}", officer(chance)), "[officer]"),
        1 => (format!("s-{}", officer(chance)), "[supervisor]"),
        _ => ("staff-1".into(), ROLES),
    };
    Ask { what, method, path, subject, groups, wire: wire(chance, &body) }
}

fn call(chance: &mut Chance) -> String {
    format!("26-{}", chance.below(40))
}

fn case(chance: &mut Chance) -> String {
    format!("C-{}", chance.below(20))
}

fn officer(chance: &mut Chance) -> String {
    format!("E-{}", chance.below(12))
}

/// The address with a value at each of its places, now and then one that nobody should send.
fn filled(chance: &mut Chance, route: &Route, template: &str) -> String {
    const ODD: [&str; 12] = [
        "%00",
        "%2e%2e",
        "\u{e9}",
        "a%2Fb",
        "%zz",
        "",
        "INC%2326-1",
        "E-1.2026-13-45",
        ".2026-07-05",
        "9999-12-31",
        "-009999-01-01",
        "2026-02-30",
    ];
    let parts = template.split('/').map(|part| {
        if !part.starts_with('{') {
            return part.to_owned();
        }
        match chance.below(16) {
            0 => (*chance.pick(&ODD)).to_owned(),
            1 => "x".repeat(*chance.pick(&[64, 65, 300, 2000])),
            _ => value(chance, route, part),
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A sound value for the place `part`.
fn value(chance: &mut Chance, route: &Route, part: &str) -> String {
    match (part, route) {
        ("{date}", _) => {
            (*chance.pick(&["2026-07-04", "2026-07-05", "2026-07-07", "latest", "9999-12-30"])).to_owned()
        }
        ("{name}", _) => {
            (*chance.pick(&["training", "coaching", "year", "evaluation", "fairness", "other"])).to_owned()
        }
        ("{number}", _) => case(chance),
        (_, Route::IncidentUpdates { .. } | Route::IncidentMessages { .. }) => call(chance),
        (
            _,
            Route::Alert { .. }
            | Route::AlertTransitions { .. }
            | Route::AlertInterventions { .. }
            | Route::AlertStatement { .. },
        ) => format!("{}.2026-07-05", officer(chance)),
        (_, Route::TaskDone { .. }) => (*chance.pick(&["none", "0123456789abcdef"])).to_owned(),
        _ => officer(chance),
    }
}

fn query(chance: &mut Chance, method: &str) -> &'static str {
    if method != "GET" && !chance.once_in(8) {
        return "";
    }
    let query: &&str = chance.pick(&[
        "",
        "",
        "",
        "",
        "?limit=x",
        "?limit=0",
        "?limit=1",
        "?cursor=zz",
        "?cursor=00ff",
        "?cursor=452d31",
        "?owner=?",
        "?year=99999",
        "?year=2026&format=csv",
        "?date=9999-12-31",
        "?date=9999-12-30",
        "?date=2026-07-07",
        "?from=a&to=b",
        "?from=9999-12-31&to=0001-01-01",
        "?format=geojson",
        "?format=html",
        "?format=none",
        "?state=suppressed&kind=survey",
        "?level=review",
        "?unit=\u{0}",
    ]);
    query
}

/// A sound body: one arm for each route, so that a new one is not forgotten.
fn body(chance: &mut Chance, route: &Route) -> Value {
    let words = CANARIES[4];
    match route {
        Route::IncidentMessages { .. } => json!({"person": "p1", "text": "Please call.", "wait": true}),
        Route::CaseMessages { .. } => json!({"person": "p1", "text": "Please call.", "channel": "text"}),
        Route::CasePeople { .. } => {
            json!({"phone": CANARIES[0], "name": CANARIES[2], "channels": ["text"], "basis": "asked"})
        }
        Route::ContactsSearch | Route::UpdatesSearch => {
            json!({"address": *chance.pick(&[CANARIES[0], CANARIES[1]])})
        }
        Route::Contacts => {
            json!({"address": CANARIES[1], "wish": {"contact": "never"}, "undeliverable": false, "case_number": case(chance),
                "revocation": {"scope": "all", "received_at": "2026-07-07T12:00:00-05:00"}})
        }
        Route::TaskDone { .. } => json!({"outcome": "revoked"}),
        Route::Release { .. } => json!({}),
        Route::Coaching { .. } => json!({"held_on": "2026-07-04", "topic": "reports", "words": words}),
        Route::Goals { .. } => json!({"due_on": "2026-12-31", "words": words}),
        Route::AlertTransitions { .. } => json!({"to": "Closed", "words": words}),
        Route::AlertInterventions { .. } => {
            json!({"kind": "mentor", "owner": officer(chance), "due_on": "2026-12-31"})
        }
        Route::AlertStatement { .. } => json!({"text": words, "contest": chance.once_in(2)}),
        Route::PatrolVisits { .. } => {
            json!({"shift": "day", "geohash": "cbqd0jq", "arrived_at": "2026-07-05T13:00:00Z", "minutes": 15})
        }
        Route::Pause => json!({"scope": "source", "value": "nobody", "on": true, "reason": words}),
        Route::Me
        | Route::IncidentUpdates { .. }
        | Route::CaseUpdates { .. }
        | Route::Updates
        | Route::Tasks
        | Route::OfficerScore { .. }
        | Route::Alerts
        | Route::Officers
        | Route::Officer { .. }
        | Route::Alert { .. }
        | Route::Report { .. }
        | Route::Patrol { .. }
        | Route::PatrolReport
        | Route::Statistics { .. }
        | Route::Nights
        | Route::Policy => Value::Null,
    }
}
