//! To whom a case goes: the officer's supervisor, then rank by rank up. Who was at its scenes, or is the officer, is left
//! out, and whoever has no address on the roster; where nobody is left, the commanders' mailbox.
use eis::case::Case;
use table::StoreError;

use crate::Context;

/// Ranks between an officer and the chief; a longer chain is a loop in the data.
const LONGEST_CHAIN: usize = 32;

/// E-mail addresses of the supervisor and of so many `ranks` above; the empty address where there is none at all.
pub(crate) async fn addresses(
    context: &Context,
    case: &Case,
    ranks: usize,
) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut at = context.personnel.profile(&case.officer_id).await?;
    for _ in 0..LONGEST_CHAIN {
        let Some(above) = at.and_then(|profile| profile.post.supervisor_id) else { break };
        at = context.personnel.profile(&above).await?;
        let Some(profile) = at.as_ref().filter(|profile| profile.post.active) else { continue };
        if case.is_party(&above) || above == case.officer_id {
            continue;
        }
        let names = context.personnel.names(&context.ring, profile).await?;
        found.extend(names.email);
        if found.len() > ranks {
            return Ok(found);
        }
    }
    // Above the last of the chain stand the commanders.
    found.push(context.commanders.clone().unwrap_or_default());
    Ok(found)
}
