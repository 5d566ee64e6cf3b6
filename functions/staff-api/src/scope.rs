//! Whom a caller may see: everybody, one's own chain of command, oneself. A supervisor's token counts only while it is
//! tied to an officer on duty; an officer on leave keeps the own record, since the days to answer a review run on.
use eis::case::{Capacity, Case};
use table::personnel::roster::Profile;

use crate::caller::{Caller, Role};
use crate::route::Route;
use crate::{Context, Reply, forbidden};

/// Ranks between an officer and the chief; a longer chain is a loop in the data.
const LONGEST_CHAIN: usize = 32;

/// Whom a caller may see on a route.
pub(crate) struct Reach {
    /// By role: no matter whom.
    everybody: bool,
    /// The officer whom the token is tied to.
    officer_id: Option<String>,
    /// Those below that officer.
    chain: bool,
    /// That officer.
    own: bool,
}

/// The caller's reach on `route`, or the refusal.
pub(crate) async fn reach(
    context: &Context,
    caller: &Caller,
    route: &Route,
) -> anyhow::Result<Result<Reach, Reply>> {
    let tied = context.personnel.officer_of(&context.personnel_ring, &caller.subject).await?;
    let on_duty = tied.as_ref().is_some_and(|profile| profile.post.active);
    let officer_id = tied.map(|profile: Profile| profile.post.officer_id);
    let everybody = caller.is_any(route.full_roles());
    if !everybody && officer_id.is_none() {
        let detail = "your token is not tied to an officer; the roster must name your sign-in";
        return Ok(Err(Reply::refusal(forbidden(detail))));
    }
    let may = |role: Role| route.limited_roles().contains(&role) && caller.roles.contains(&role);
    Ok(Ok(Reach { everybody, officer_id, chain: on_duty && may(Role::Supervisor), own: may(Role::Officer) }))
}

impl Reach {
    /// Whether `officer` may be shown.
    pub(crate) async fn covers(&self, context: &Context, officer: &str) -> anyhow::Result<bool> {
        if self.everybody {
            return Ok(true);
        }
        match &self.officer_id {
            Some(own) if own == officer => Ok(self.own),
            Some(above) => Ok(self.chain && is_above(context, above, officer).await?),
            None => Ok(false),
        }
    }

    /// Whether the caller may work on `case`: nobody on an own one, nor on one whose scenes they were at.
    pub(crate) async fn covers_case(&self, context: &Context, case: &Case) -> anyhow::Result<bool> {
        let involved =
            self.officer_id.as_ref().is_some_and(|own| *own == case.officer_id || case.is_party(own));
        Ok(!involved && self.covers(context, &case.officer_id).await?)
    }

    /// Whether `officer` is the caller.
    pub(crate) fn is_self(&self, officer: &str) -> bool {
        self.officer_id.as_deref() == Some(officer)
    }

    /// Whether the caller comes by a role that sees everything here, or as a supervisor on duty.
    pub(crate) fn is_in_charge(&self) -> bool {
        self.everybody || self.chain
    }

    /// The officer whom the caller is.
    pub(crate) fn officer(&self) -> Option<&str> {
        self.officer_id.as_deref()
    }
}

/// The refusal of a caller who comes neither by a role that sees everything here, nor as a supervisor on duty.
pub(crate) async fn barred(
    context: &Context,
    caller: &Caller,
    route: &Route,
) -> anyhow::Result<Option<Reply>> {
    Ok(match reach(context, caller, route).await? {
        Err(refusal) => Some(refusal),
        Ok(reach) if reach.is_in_charge() => None,
        Ok(_) => Some(Reply::refusal(forbidden("this is for supervisors on duty"))),
    })
}

/// In which capacity a caller with this reach acts on an officer other than themselves.
pub(crate) fn capacity(caller: &Caller) -> Capacity {
    if caller.roles.contains(&Role::Commander) {
        Capacity::Commander
    } else if caller.roles.contains(&Role::InternalAffairs) {
        Capacity::InternalAffairs
    } else {
        Capacity::Supervisor
    }
}

/// Whether `supervisor` stands somewhere above `officer`.
async fn is_above(context: &Context, supervisor: &str, officer: &str) -> anyhow::Result<bool> {
    let mut at = context.personnel.profile(officer).await?;
    for _ in 0..LONGEST_CHAIN {
        let Some(above) = at.as_ref().and_then(|profile| profile.post.supervisor_id.clone()) else { break };
        if above == supervisor {
            return Ok(true);
        }
        at = context.personnel.profile(&above).await?;
    }
    Ok(false)
}

/// How an officer is shown beside a score or an alert.
#[derive(serde::Serialize)]
pub(crate) struct Shown {
    pub(crate) officer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    rank: String,
    pub(crate) unit: String,
    shift: String,
}

/// Post and name of `profile`.
pub(crate) async fn shown(context: &Context, profile: &Profile) -> anyhow::Result<Shown> {
    let names = context.personnel.names(&context.personnel_ring, profile).await?;
    let post = &profile.post;
    Ok(Shown {
        officer_id: post.officer_id.clone(),
        name: names.name,
        rank: post.rank.clone(),
        unit: post.unit.clone(),
        shift: post.shift.clone(),
    })
}
