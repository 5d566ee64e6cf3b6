//! The department's rules as the functions run by them: read from the agency folder, and live only where somebody
//! approved the deny lists.
use startup::agency::{AgencyError, Folder};
use updates::Policy;
use updates::approvals::Approvals;

/// The department's rules, live or in shadow as its modes say. Live needs approved deny lists: without them nothing is
/// sent, since nobody may be told of a call about which nobody decided. Approvals that cannot be read approve nothing,
/// and stop no function.
pub fn policy(folder: &Folder) -> Result<Policy, AgencyError> {
    let agency = folder.agency()?;
    let mut policy =
        Policy::parse(&folder.text("updates.toml")?, agency.zone()?, agency.modes.updates == "live")
            .map_err(|error| AgencyError::Invalid { file: "updates.toml".into(), reason: error.0 })?;
    if policy.live {
        let approvals: Approvals = folder.toml("approvals.toml").unwrap_or_else(|error| {
            tracing::error!(error = %error, "approvals cannot be read");
            Approvals::default()
        });
        policy.live = approvals.approves_deny_list(&policy.deny_lists());
        if !policy.live {
            tracing::error!(
                "updates are live but the deny lists are not approved: nothing is sent until \
                 `precinct go-live updates` finds them approved"
            );
        }
    }
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Whether the shipped folder is live with this mode and these approvals.
    #[track_caller]
    fn check(name: &str, mode: &str, approvals: &str, expected: bool) {
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency");
        let read = |file: &str| fs::read_to_string(format!("{shipped}/{file}")).unwrap();
        let folder = std::env::temp_dir().join(format!("precinct-policy-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let agency = read("agency.toml").replace("updates = \"shadow\"", &format!("updates = \"{mode}\""));
        fs::write(folder.join("agency.toml"), agency).unwrap();
        fs::write(folder.join("updates.toml"), read("updates.toml")).unwrap();
        fs::write(folder.join("approvals.toml"), approvals).unwrap();
        let live = policy(&Folder::new(&folder)).unwrap().live;
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(live, expected);
    }

    #[test]
    fn live_needs_approved_deny_lists() {
        let hash = updates::deny::DenyLists::shipped().hash();
        let signed = |hash: &str| {
            format!("[[deny_list]]\nname = \"Sam Sample\"\ndate = \"2026-06-01\"\nhash = \"{hash}\"\n")
        };
        check("signed", "live", &signed(&hash), true);
        check("shadow", "shadow", &signed(&hash), false);
        check("unsigned", "live", "", false);
        check("older", "live", &signed("0123"), false);
        check("unreadable", "live", "[[deny_list]]\nname = 1\n", false);
    }
}
