//! Whom a caller may see: everybody, one's own chain of command, oneself. An officer's or supervisor's token counts
//! only while it is tied to an officer on duty.
use table::personnel::roster::Profile;

use crate::caller::{Caller, Role};
use crate::route::Route;
use crate::{Context, Reply, forbidden};

/// Ranks between an officer and the chief; a longer chain is a loop in the data.
const LONGEST_CHAIN: usize = 32;

/// Whom a caller may see on a route.
pub(crate) enum Reach {
    /// Everybody.
    All,
    /// Those below `officer_id` if `chain`, and that officer if `own`.
    Own { officer_id: String, chain: bool, own: bool },
}

/// The caller's reach on `route`, or the refusal.
pub(crate) async fn reach(
    context: &Context,
    caller: &Caller,
    route: &Route,
) -> anyhow::Result<Result<Reach, Reply>> {
    if caller.is_any(route.full_roles()) {
        return Ok(Ok(Reach::All));
    }
    let tied = context.personnel.officer_of(&context.personnel_ring, &caller.subject).await?;
    let Some(profile) = tied else {
        let detail = "your token is not tied to an officer on duty; the roster must name your sign-in";
        return Ok(Err(Reply::refusal(forbidden(detail))));
    };
    let may = |role: Role| route.limited_roles().contains(&role) && caller.roles.contains(&role);
    Ok(Ok(Reach::Own {
        officer_id: profile.post.officer_id,
        chain: may(Role::Supervisor),
        own: may(Role::Officer),
    }))
}

impl Reach {
    /// Whether `officer` may be shown.
    pub(crate) async fn covers(&self, context: &Context, officer: &str) -> anyhow::Result<bool> {
        match self {
            Self::All => Ok(true),
            Self::Own { officer_id, own, .. } if officer == officer_id => Ok(*own),
            Self::Own { officer_id, chain, .. } => {
                Ok(*chain && is_above(context, officer_id, officer).await?)
            }
        }
    }

    /// The officer behind a limited caller.
    pub(crate) fn officer(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Own { officer_id, .. } => Some(officer_id),
        }
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
    officer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    rank: String,
    unit: String,
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
