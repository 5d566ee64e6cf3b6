//! Which request leads where, and which roles each route is for, as text.
use std::fmt::Write;

use super::*;

#[track_caller]
fn check(method: &str, path: &str, expected: Option<Route>) {
    assert_eq!(Route::parse(method, path), expected);
}

#[test]
fn routes_go_by_method_and_path() {
    check("GET", "/v1/alerts", Some(Route::Alerts));
    check("POST", "/v1/alerts", None);
    check("GET", "/v1/me", Some(Route::Me));
    check("GET", "/v1/pause", None);
    check("GET", "/v1/incidents/26-1%2F2/updates", Some(Route::IncidentUpdates { id: "26-1/2".into() }));
    check("GET", "/v1/reports/patrol", Some(Route::PatrolReport));
    check("GET", "/v1/incidents//updates", None);
    check("GET", "/v1/incidents/%zz/updates", None);
}

#[test]
fn a_named_stage_is_taken_off() {
    assert_eq!(without_stage("/prod/v1/alerts", "prod"), "/v1/alerts");
    assert_eq!(without_stage("/v1/alerts", "$default"), "/v1/alerts");
    assert_eq!(without_stage("/v1/alerts", "v"), "/v1/alerts");
}

/// Which part of the contract a route belongs to.
fn part(route: &Route) -> &'static str {
    let named = |parts: &[&str]| parts.iter().any(|part| route.name().contains(part));
    if named(&["/v1/me", "/v1/nights", "/v1/policy"]) {
        "desk"
    } else if named(&["/patrol", "/statistics"]) {
        "places"
    } else if named(&["/v1/officers", "/v1/alerts", "/v1/reports"]) {
        "officers"
    } else {
        "updates"
    }
}

/// The design's table of endpoints and roles, as text.
fn table(wanted: &str) -> String {
    let mut table = String::new();
    for route in Route::samples().into_iter().filter(|route| part(route) == wanted) {
        let word = |roles: &[Role]| {
            let mut words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
            words.sort_unstable();
            words.join(" ")
        };
        let (all, own) = (word(route.full_roles()), word(route.limited_roles()));
        let _ = write!(table, "{}\n  all: {all}\n  own: {own}\n", route.name());
        for role in Role::ALL {
            let caller = Caller { subject: "s".into(), email: None, roles: [role].into() };
            let expected = route.full_roles().contains(&role) || route.limited_roles().contains(&role);
            assert_eq!(route.admits(&caller), expected);
        }
        let nobody = Caller { subject: "s".into(), email: None, roles: std::collections::BTreeSet::new() };
        assert_eq!(route.admits(&nobody), route == Route::Me);
    }
    table
}

#[test]
fn every_role_at_every_endpoint_of_updates() {
    insta::assert_snapshot!(table("updates"), @"
    GET /v1/incidents/{id}/updates
      all: admin auditor dispatch records victim_services
      own: investigator
    GET /v1/cases/{number}/updates
      all: admin auditor dispatch records victim_services
      own: investigator
    GET /v1/updates
      all: admin auditor dispatch records victim_services
      own: investigator
    POST /v1/updates/search
      all: admin dispatch records victim_services
      own: 
    POST /v1/incidents/{id}/messages
      all: admin dispatch records victim_services
      own: investigator
    POST /v1/cases/{number}/messages
      all: admin records victim_services
      own: investigator
    POST /v1/cases/{number}/people
      all: admin records victim_services
      own: investigator
    POST /v1/contacts/search
      all: admin dispatch records victim_services
      own: 
    PUT /v1/contacts
      all: admin dispatch records victim_services
      own: 
    GET /v1/tasks
      all: admin
      own: dispatch investigator records victim_services
    POST /v1/tasks/{id}/done
      all: admin
      own: dispatch investigator records victim_services
    POST /v1/cases/{number}/release
      all: admin
      own: investigator
    POST /v1/pause
      all: admin commander dispatch
      own: 
    ");
}

#[test]
fn every_role_at_every_endpoint_of_the_desk_itself() {
    insta::assert_snapshot!(table("desk"), @"
    GET /v1/me
      all: admin analyst auditor commander dispatch internal_affairs investigator officer records supervisor victim_services
      own: 
    GET /v1/nights
      all: admin analyst auditor commander internal_affairs
      own: supervisor
    GET /v1/policy
      all: admin analyst auditor commander dispatch internal_affairs investigator records victim_services
      own: officer supervisor
    ");
}

#[test]
fn every_role_at_every_endpoint_of_places() {
    insta::assert_snapshot!(table("places"), @"
    GET /v1/patrol/{date}
      all: analyst commander dispatch
      own: supervisor
    POST /v1/patrol/{date}/visits
      all: analyst
      own: supervisor
    GET /v1/reports/patrol
      all: analyst commander dispatch
      own: supervisor
    GET /v1/statistics/{date}
      all: admin analyst commander
      own: supervisor
    ");
}

#[test]
fn every_role_at_every_endpoint_of_early_intervention() {
    insta::assert_snapshot!(table("officers"), @"
    GET /v1/officers/{id}/scores/{date}
      all: commander internal_affairs
      own: officer supervisor
    GET /v1/alerts
      all: commander internal_affairs
      own: supervisor
    GET /v1/officers
      all: commander internal_affairs
      own: officer supervisor
    GET /v1/officers/{id}
      all: commander internal_affairs
      own: officer supervisor
    POST /v1/officers/{id}/coaching
      all: commander internal_affairs
      own: supervisor
    POST /v1/officers/{id}/goals
      all: commander internal_affairs
      own: supervisor
    GET /v1/alerts/{id}
      all: commander internal_affairs
      own: supervisor
    POST /v1/alerts/{id}/transitions
      all: commander internal_affairs
      own: supervisor
    POST /v1/alerts/{id}/interventions
      all: commander internal_affairs
      own: supervisor
    POST /v1/alerts/{id}/statement
      all: 
      own: officer
    GET /v1/reports/{name}
      all: commander internal_affairs
      own: supervisor
    ");
}
