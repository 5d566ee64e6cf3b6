//! Who asks: the token's subject, and the roles that its groups map to.
use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use serde::Serialize;

/// A role of the staff API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Role {
    Dispatch,
    Records,
    Investigator,
    VictimServices,
    Officer,
    Supervisor,
    Commander,
    InternalAffairs,
    Analyst,
    Auditor,
    Admin,
}

impl Role {
    /// Every role, in the order of the contract.
    pub const ALL: [Self; 11] = [
        Self::Dispatch,
        Self::Records,
        Self::Investigator,
        Self::VictimServices,
        Self::Officer,
        Self::Supervisor,
        Self::Commander,
        Self::InternalAffairs,
        Self::Analyst,
        Self::Auditor,
        Self::Admin,
    ];

    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Records => "records",
            Self::Investigator => "investigator",
            Self::VictimServices => "victim_services",
            Self::Officer => "officer",
            Self::Supervisor => "supervisor",
            Self::Commander => "commander",
            Self::InternalAffairs => "internal_affairs",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }
}

/// An authenticated member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's subject.
    pub subject: String,
    /// Work e-mail, if the token tells it.
    pub email: Option<String>,
    /// Roles.
    pub roles: BTreeSet<Role>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("roles", &self.roles).finish_non_exhaustive()
    }
}

impl Caller {
    /// Whether the caller has one of `roles`.
    pub fn is_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

/// The agency's mapping of groups to roles.
#[derive(Clone, Debug)]
pub(crate) struct Groups(BTreeMap<String, Role>);

impl Groups {
    /// Reads the mapping; a role that does not exist is an error, since nobody would notice its absence.
    pub(crate) fn new(mapping: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let role = |word: &str| Role::ALL.into_iter().find(|role| role.word() == word);
        let pair = |(group, word): (&String, &String)| {
            let role = role(word).ok_or_else(|| anyhow::anyhow!("{group}: {word:?} is not a role"))?;
            Ok((group.clone(), role))
        };
        mapping.iter().map(pair).collect::<anyhow::Result<_>>().map(Self)
    }

    /// Who sent `request`; `None` without a subject, which the authorizer does not let through.
    pub(crate) fn caller(&self, request: &ApiGatewayV2httpRequest) -> Option<Caller> {
        let claims = &request.request_context.authorizer.as_ref()?.jwt.as_ref()?.claims;
        let subject = claims.get("sub").filter(|subject| !subject.is_empty())?.clone();
        let groups = claims.get("groups").map_or("", String::as_str);
        let roles = split(groups).filter_map(|group| self.0.get(group).copied()).collect();
        Some(Caller { subject, email: claims.get("email").cloned(), roles })
    }
}

/// API Gateway flattens a claim that is an array to `[a b]`; a single group may come bare.
fn split(groups: &str) -> impl Iterator<Item = &str> {
    let inner = groups.trim().trim_start_matches('[').trim_end_matches(']');
    inner.split([' ', ',']).filter(|group| !group.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(claim: &str, expected: &[&str]) {
        assert_eq!(split(claim).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn groups_come_as_api_gateway_flattens_them() {
        check("[dispatch records]", &["dispatch", "records"]);
        check("[dispatch]", &["dispatch"]);
        check("dispatch", &["dispatch"]);
        check("[a, b]", &["a", "b"]);
        check("[]", &[]);
        check("", &[]);
    }

    #[test]
    fn a_mapping_to_an_unknown_role_is_refused() {
        let mapping = BTreeMap::from([("desk".to_owned(), "dispatcher".to_owned())]);
        assert!(Groups::new(&mapping).unwrap_err().to_string().contains("desk"));
    }
}
