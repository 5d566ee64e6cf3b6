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
    /// `GET /v1/updates`
    Updates,
    /// `POST /v1/updates/search`
    UpdatesSearch,
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
    /// `GET /v1/statistics/{date}`
    Statistics {
        /// Date of the night, or `latest`.
        date: String,
    },
    /// `GET /v1/nights`
    Nights,
    /// `GET /v1/policy`
    Policy,
    /// `POST /v1/pause`
    Pause,
}

impl Route {
    /// One of each, for tests over all of them.
    pub fn samples() -> [Self; 31] {
        let id = || "sample".to_owned();
        [
            Self::Me,
            Self::IncidentUpdates { id: id() },
            Self::CaseUpdates { number: id() },
            Self::Updates,
            Self::UpdatesSearch,
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
            Self::Statistics { date: "latest".into() },
            Self::Nights,
            Self::Policy,
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
            ("GET", ["v1", "updates"]) => Some(Self::Updates),
            ("POST", ["v1", "updates", "search"]) => Some(Self::UpdatesSearch),
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
            ("GET", ["v1", "statistics", date]) => Some(Self::Statistics { date: (*date).into() }),
            ("GET", ["v1", "nights"]) => Some(Self::Nights),
            ("GET", ["v1", "policy"]) => Some(Self::Policy),
            ("POST", ["v1", "pause"]) => Some(Self::Pause),
            _ => None,
        }
    }

    /// Roles that see everybody here.
    pub fn full_roles(&self) -> &'static [Role] {
        use Role::{Admin, Analyst, Auditor, Commander, Dispatch, InternalAffairs, Records, VictimServices};
        match self {
            Self::Me => &Role::ALL,
            Self::IncidentUpdates { .. } | Self::CaseUpdates { .. } | Self::Updates => {
                &[Dispatch, Records, VictimServices, Auditor, Admin]
            }
            Self::CaseMessages { .. } | Self::CasePeople { .. } => &[VictimServices, Records, Admin],
            Self::IncidentMessages { .. } | Self::ContactsSearch | Self::Contacts | Self::UpdatesSearch => {
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
            Self::Statistics { .. } => &[Commander, Analyst, Admin],
            Self::Nights => &[Commander, InternalAffairs, Analyst, Auditor, Admin],
            Self::Policy => &[
                Dispatch,
                Records,
                Role::Investigator,
                VictimServices,
                Commander,
                InternalAffairs,
                Analyst,
                Auditor,
                Admin,
            ],
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
            | Self::Updates
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
            | Self::PatrolReport
            | Self::Statistics { .. }
            | Self::Nights => &[Role::Supervisor],
            Self::Policy => &[Role::Supervisor, Role::Officer],
            Self::AlertStatement { .. } => &[Role::Officer],
            Self::Me | Self::ContactsSearch | Self::Contacts | Self::UpdatesSearch | Self::Pause => &[],
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
            Self::Updates => "GET /v1/updates",
            Self::UpdatesSearch => "POST /v1/updates/search",
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
            Self::Statistics { .. } => "GET /v1/statistics/{date}",
            Self::Nights => "GET /v1/nights",
            Self::Policy => "GET /v1/policy",
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
mod tests;
