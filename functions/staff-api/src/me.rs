//! `GET /v1/me`: who is signed in, what they may do, and whether anything is paused: what a page needs before it shows
//! anything. It names the routes that would admit the caller, so that no page keeps a table of roles of its own.
use serde::Serialize;
use startup::agency::{Agency, Folder};
use startup::http::Answer;

use crate::caller::{Caller, Role};
use crate::pause::{InForce, in_force};
use crate::route::Route;
use crate::{Context, Reply};

/// What a page says of the department.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Department {
    name: String,
    time_zone: String,
    /// For what cannot wait and is no emergency, as texts print it.
    phone: String,
    /// Languages that have texts.
    languages: Vec<String>,
    default_language: String,
}

impl Department {
    pub(crate) fn of(agency: &Agency, folder: &Folder) -> Self {
        let languages = folder.list("texts", "").unwrap_or_else(|error| {
            tracing::error!(error = %error, "languages cannot be listed");
            Vec::new()
        });
        Self {
            name: agency.name.clone(),
            time_zone: agency.time_zone.clone(),
            phone: agency.non_emergency_phone.clone(),
            languages,
            default_language: agency.default_language.clone(),
        }
    }
}

#[derive(Serialize)]
struct Me<'a> {
    subject: &'a str,
    roles: Vec<Role>,
    /// Whom the roster ties the token to.
    officer: Option<Tied>,
    /// Names of the routes that admit the caller.
    may: Vec<&'static str>,
    agency: &'a Department,
    /// With the offset of the agency.
    now: String,
    pauses: Vec<InForce>,
}

#[derive(Serialize)]
struct Tied {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// How the roster knows the caller, as far as it decides on a role.
#[derive(Clone, Copy, Default)]
struct Tie {
    tied: bool,
    on_duty: bool,
}

pub(crate) async fn show(context: &Context, caller: &Caller) -> anyhow::Result<Reply> {
    let (mut officer, mut tie, mut pauses) = (None, Tie::default(), Vec::new());
    // Without a role one is told that alone: a pause names a call, and says why.
    if !caller.roles.is_empty() {
        pauses = in_force(context).await?;
        let ring = &context.personnel_ring;
        if let Some(profile) = context.personnel.officer_of(ring, &caller.subject).await? {
            tie = Tie { tied: true, on_duty: profile.post.active };
            let name = context.personnel.names(ring, &profile).await?.name;
            officer = Some(Tied { id: profile.post.officer_id, name });
        }
    }
    let now = context.clock.now().to_zoned_datetime(context.policy.zone().clone());
    let me = Me {
        subject: &caller.subject,
        roles: caller.roles.iter().copied().collect(),
        officer,
        may: Route::samples().iter().filter(|route| may(route, caller, tie)).map(Route::name).collect(),
        agency: &context.department,
        now: now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        pauses,
    };
    Ok(Reply { answer: Answer::json(200, &me), about: Vec::new() })
}

/// Whether `route` would admit the caller: the roles officer and supervisor count where the roster knows the token, and a
/// supervisor on duty.
fn may(route: &Route, caller: &Caller, tie: Tie) -> bool {
    let counts = |role: &Role| match role {
        Role::Officer => tie.tied,
        Role::Supervisor => tie.on_duty,
        _ => true,
    };
    let limited = route.limited_roles().iter().filter(|role| caller.roles.contains(role));
    *route == Route::Me || caller.is_any(route.full_roles()) || limited.into_iter().any(counts)
}
