//! The addresses, and the roles each is for: the design's table, in one place.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;

use crate::caller::{Caller, Role};

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /v1/me`
    Me,
    /// `GET /v1/incidents/{id}/updates`
    IncidentUpdates {
        /// Incident.
        id: String,
    },
    /// `GET /v1/cases/{number}/updates`
    CaseUpdates {
        /// Case.
        number: String,
    },
    /// `POST /v1/incidents/{id}/messages`
    IncidentMessages {
        /// Incident.
        id: String,
    },
    /// `POST /v1/cases/{number}/messages`
    CaseMessages {
        /// Case.
        number: String,
    },
    /// `POST /v1/cases/{number}/people`
    CasePeople {
        /// Case.
        number: String,
    },
    /// `POST /v1/contacts/search`
    ContactsSearch,
    /// `PUT /v1/contacts`
    Contacts,
    /// `GET /v1/tasks`
    Tasks,
    /// `POST /v1/tasks/{id}/done`
    TaskDone {
        /// Task.
        id: String,
    },
    /// `POST /v1/cases/{number}/release`
    Release {
        /// Case.
        number: String,
    },
    /// `GET /v1/officers/{id}/scores/{date}`
    OfficerScore {
        /// Officer.
        id: String,
        /// As-of date of the run.
        date: String,
    },
    /// `GET /v1/alerts`
    Alerts,
    /// `GET /v1/officers`
    Officers,
    /// `GET /v1/officers/{id}`
    Officer {
        /// Officer.
        id: String,
    },
    /// `POST /v1/officers/{id}/coaching`
    Coaching {
        /// Officer.
        id: String,
    },
    /// `POST /v1/officers/{id}/goals`
    Goals {
        /// Officer.
        id: String,
    },
    /// `GET /v1/alerts/{id}`
    Alert {
        /// Alert.
        id: String,
    },
    /// `POST /v1/alerts/{id}/transitions`
    AlertTransitions {
        /// Alert.
        id: String,
    },
    /// `POST /v1/alerts/{id}/interventions`
    AlertInterventions {
        /// Alert.
        id: String,
    },
    /// `POST /v1/alerts/{id}/statement`
    AlertStatement {
        /// Alert.
        id: String,
    },
    /// `GET /v1/reports/{name}`
    Report {
        /// `training`, `coaching`, `year`, `evaluation` or `fairness`.
        name: String,
    },
    /// `GET /v1/patrol/{date}`
    Patrol {
        /// Date of the plan.
        date: String,
    },
    /// `POST /v1/patrol/{date}/visits`
    PatrolVisits {
        /// Date of the plan.
        date: String,
    },
    /// `GET /v1/reports/patrol`
    PatrolReport,
    /// `POST /v1/pause`
    Pause,
}

impl Route {
    /// One of each, for tests over all of them.
    pub fn samples() -> [Self; 26] {
        let id = || "sample".to_owned();
        [
            Self::Me,
            Self::IncidentUpdates { id: id() },
            Self::CaseUpdates { number: id() },
            Self::IncidentMessages { id: id() },
            Self::CaseMessages { number: id() },
            Self::CasePeople { number: id() },
            Self::ContactsSearch,
            Self::Contacts,
            Self::Tasks,
            Self::TaskDone { id: id() },
            Self::Release { number: id() },
            Self::OfficerScore { id: id(), date: "2026-07-04".into() },
            Self::Alerts,
            Self::Officers,
            Self::Officer { id: id() },
            Self::Coaching { id: id() },
            Self::Goals { id: id() },
            Self::Alert { id: id() },
            Self::AlertTransitions { id: id() },
            Self::AlertInterventions { id: id() },
            Self::AlertStatement { id: id() },
            Self::Report { name: id() },
            Self::Patrol { date: "2026-07-04".into() },
            Self::PatrolVisits { date: "2026-07-04".into() },
            Self::PatrolReport,
            Self::Pause,
        ]
    }

    /// The route of `request`, by method and path.
    pub fn of(request: &ApiGatewayV2httpRequest) -> Option<Self> {
        let path = request.raw_path.as_deref()?;
        let stage = request.request_context.stage.as_deref().unwrap_or_default();
        Self::parse(request.request_context.http.method.as_str(), without_stage(path, stage))
    }

    fn parse(method: &str, path: &str) -> Option<Self> {
        let parts: Vec<String> = path.split('/').skip(1).map(decode).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if parts.iter().any(|part| part.is_empty()) {
            return None;
        }
        match (method, parts.as_slice()) {
            ("GET", ["v1", "me"]) => Some(Self::Me),
            ("GET", ["v1", "incidents", id, "updates"]) => Some(Self::IncidentUpdates { id: (*id).into() }),
            ("GET", ["v1", "cases", number, "updates"]) => {
                Some(Self::CaseUpdates { number: (*number).into() })
            }
            ("POST", ["v1", "incidents", id, "messages"]) => {
                Some(Self::IncidentMessages { id: (*id).into() })
            }
            ("POST", ["v1", "cases", number, "messages"]) => {
                Some(Self::CaseMessages { number: (*number).into() })
            }
            ("POST", ["v1", "cases", number, "people"]) => {
                Some(Self::CasePeople { number: (*number).into() })
            }
            ("POST", ["v1", "contacts", "search"]) => Some(Self::ContactsSearch),
            ("PUT", ["v1", "contacts"]) => Some(Self::Contacts),
            ("GET", ["v1", "tasks"]) => Some(Self::Tasks),
            ("POST", ["v1", "tasks", id, "done"]) => Some(Self::TaskDone { id: (*id).into() }),
            ("POST", ["v1", "cases", number, "release"]) => Some(Self::Release { number: (*number).into() }),
            ("GET", ["v1", "officers", id, "scores", date]) => {
                Some(Self::OfficerScore { id: (*id).into(), date: (*date).into() })
            }
            ("GET", ["v1", "alerts"]) => Some(Self::Alerts),
            ("GET", ["v1", "officers"]) => Some(Self::Officers),
            ("GET", ["v1", "officers", id]) => Some(Self::Officer { id: (*id).into() }),
            ("POST", ["v1", "officers", id, "coaching"]) => Some(Self::Coaching { id: (*id).into() }),
            ("POST", ["v1", "officers", id, "goals"]) => Some(Self::Goals { id: (*id).into() }),
            ("GET", ["v1", "alerts", id]) => Some(Self::Alert { id: (*id).into() }),
            ("POST", ["v1", "alerts", id, "transitions"]) => {
                Some(Self::AlertTransitions { id: (*id).into() })
            }
            ("POST", ["v1", "alerts", id, "interventions"]) => {
                Some(Self::AlertInterventions { id: (*id).into() })
            }
            ("POST", ["v1", "alerts", id, "statement"]) => Some(Self::AlertStatement { id: (*id).into() }),
            ("GET", ["v1", "patrol", date]) => Some(Self::Patrol { date: (*date).into() }),
            ("POST", ["v1", "patrol", date, "visits"]) => Some(Self::PatrolVisits { date: (*date).into() }),
            ("GET", ["v1", "reports", "patrol"]) => Some(Self::PatrolReport),
            ("GET", ["v1", "reports", name]) => Some(Self::Report { name: (*name).into() }),
            ("POST", ["v1", "pause"]) => Some(Self::Pause),
            _ => None,
        }
    }

    /// Roles that see everybody here.
    pub fn full_roles(&self) -> &'static [Role] {
        use Role::{Admin, Analyst, Auditor, Commander, Dispatch, InternalAffairs, Records, VictimServices};
        match self {
            Self::Me => &Role::ALL,
            Self::IncidentUpdates { .. } | Self::CaseUpdates { .. } => {
                &[Dispatch, Records, VictimServices, Auditor, Admin]
            }
            Self::CaseMessages { .. } | Self::CasePeople { .. } => &[VictimServices, Records, Admin],
            Self::IncidentMessages { .. } | Self::ContactsSearch | Self::Contacts => {
                &[VictimServices, Records, Dispatch, Admin]
            }
            // Whose a task is decides who sees it.
            Self::Tasks | Self::TaskDone { .. } | Self::Release { .. } => &[Admin],
            Self::Officers
            | Self::Officer { .. }
            | Self::OfficerScore { .. }
            | Self::Coaching { .. }
            | Self::Goals { .. }
            | Self::Alerts
            | Self::Alert { .. }
            | Self::AlertTransitions { .. }
            | Self::AlertInterventions { .. }
            | Self::Report { .. } => &[InternalAffairs, Commander],
            Self::Patrol { .. } | Self::PatrolReport => &[Commander, Analyst, Dispatch],
            Self::PatrolVisits { .. } => &[Analyst],
            // The officer's own words.
            Self::AlertStatement { .. } => &[],
            Self::Pause => &[Dispatch, Commander, Admin],
        }
    }

    /// Roles that see only what is theirs: own chain, oneself, own cases.
    pub fn limited_roles(&self) -> &'static [Role] {
        match self {
            Self::IncidentUpdates { .. }
            | Self::CaseUpdates { .. }
            | Self::IncidentMessages { .. }
            | Self::CaseMessages { .. }
            | Self::CasePeople { .. }
            | Self::Release { .. } => &[Role::Investigator],
            Self::Tasks | Self::TaskDone { .. } => {
                &[Role::Dispatch, Role::Records, Role::Investigator, Role::VictimServices]
            }
            Self::Officers | Self::Officer { .. } | Self::OfficerScore { .. } => {
                &[Role::Supervisor, Role::Officer]
            }
            Self::Alerts
            | Self::Alert { .. }
            | Self::AlertTransitions { .. }
            | Self::AlertInterventions { .. }
            | Self::Coaching { .. }
            | Self::Goals { .. }
            | Self::Report { .. }
            // Nothing of these is about a person; a supervisor's token counts only while it is tied to one on duty.
            | Self::Patrol { .. }
            | Self::PatrolVisits { .. }
            | Self::PatrolReport => &[Role::Supervisor],
            Self::AlertStatement { .. } => &[Role::Officer],
            Self::Me | Self::ContactsSearch | Self::Contacts | Self::Pause => &[],
        }
    }

    /// Whether any of the caller's roles may come here at all. Who one is, is told to everybody who signed in.
    pub fn admits(&self, caller: &Caller) -> bool {
        *self == Self::Me || caller.is_any(self.full_roles()) || caller.is_any(self.limited_roles())
    }

    /// Name in the audit trail: the address without its values.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Me => "GET /v1/me",
            Self::IncidentUpdates { .. } => "GET /v1/incidents/{id}/updates",
            Self::CaseUpdates { .. } => "GET /v1/cases/{number}/updates",
            Self::IncidentMessages { .. } => "POST /v1/incidents/{id}/messages",
            Self::CaseMessages { .. } => "POST /v1/cases/{number}/messages",
            Self::CasePeople { .. } => "POST /v1/cases/{number}/people",
            Self::ContactsSearch => "POST /v1/contacts/search",
            Self::Contacts => "PUT /v1/contacts",
            Self::Tasks => "GET /v1/tasks",
            Self::TaskDone { .. } => "POST /v1/tasks/{id}/done",
            Self::Release { .. } => "POST /v1/cases/{number}/release",
            Self::OfficerScore { .. } => "GET /v1/officers/{id}/scores/{date}",
            Self::Alerts => "GET /v1/alerts",
            Self::Officers => "GET /v1/officers",
            Self::Officer { .. } => "GET /v1/officers/{id}",
            Self::Coaching { .. } => "POST /v1/officers/{id}/coaching",
            Self::Goals { .. } => "POST /v1/officers/{id}/goals",
            Self::Alert { .. } => "GET /v1/alerts/{id}",
            Self::AlertTransitions { .. } => "POST /v1/alerts/{id}/transitions",
            Self::AlertInterventions { .. } => "POST /v1/alerts/{id}/interventions",
            Self::AlertStatement { .. } => "POST /v1/alerts/{id}/statement",
            Self::Report { .. } => "GET /v1/reports/{name}",
            Self::Patrol { .. } => "GET /v1/patrol/{date}",
            Self::PatrolVisits { .. } => "POST /v1/patrol/{date}/visits",
            Self::PatrolReport => "GET /v1/reports/patrol",
            Self::Pause => "POST /v1/pause",
        }
    }
}

/// A named stage stands in front of the path; the default one does not.
fn without_stage<'a>(path: &'a str, stage: &str) -> &'a str {
    let rest = path.strip_prefix('/').and_then(|path| path.strip_prefix(stage));
    rest.filter(|rest| !stage.is_empty() && rest.starts_with('/')).unwrap_or(path)
}

/// Percent-decoding (RFC 3986, 2.1) of one path segment.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let (digits, tail) = rest.split_at_checked(2)?;
            bytes.extend(hex::decode(digits).ok()?);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
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
        if named(&["/v1/me"]) {
            "desk"
        } else if named(&["/patrol"]) {
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
            let nobody =
                Caller { subject: "s".into(), email: None, roles: std::collections::BTreeSet::new() };
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
}
