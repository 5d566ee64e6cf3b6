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
        // Cognito has a name of its own for the claim.
        let groups = claims.get("groups").or_else(|| claims.get("cognito:groups")).map_or("", String::as_str);
        let roles = split(groups).filter_map(|group| self.0.get(group).copied()).collect();
        Some(Caller { subject, email: claims.get("email").cloned(), roles })
    }
}

/// API Gateway flattens a claim that is an array to `[a b]`; a single group may come bare, and a provider may have written
/// a list as text. A group whose name has a blank in it cannot be told from two: give groups names without.
fn split(groups: &str) -> impl Iterator<Item = &str> {
    let groups = groups.trim();
    let inner = groups.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(groups);
    let names = inner
        .split([' ', ','])
        .map(|group| group.strip_prefix('"').and_then(|group| group.strip_suffix('"')).unwrap_or(group));
    names.filter(|group| !group.is_empty())
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
        check(r#"["dispatch","records"]"#, &["dispatch", "records"]);
        check(r#"["dispatch", "records"]"#, &["dispatch", "records"]);
        check("dispatch,records", &["dispatch", "records"]);
        check("[]", &[]);
        check("", &[]);
        // No role has such a name: what is odd gives nobody anything.
        check("[[admin]]", &["[admin]"]);
        check("\"admin", &["\"admin"]);
    }

    fn groups() -> Groups {
        let own = Role::ALL.map(|role| (role.word().to_owned(), role.word().to_owned()));
        Groups::new(&BTreeMap::from(own)).unwrap()
    }

    #[track_caller]
    fn roles(claims: &serde_json::Value, expected: Option<&[Role]>) {
        // Whatever headers say, claims alone count: the authorizer made them of a token that it checked.
        let request: ApiGatewayV2httpRequest = serde_json::from_value(serde_json::json!({
            "version": "2.0", "rawPath": "/v1/tasks",
            "headers": {"x-user": "root", "x-groups": "admin", "groups": "[admin]", "authorization": "Bearer a.b.c",
                "x-amzn-oidc-data": "eyJncm91cHMiOiJhZG1pbiJ9"},
            "requestContext": {"authorizer": claims, "http": {"method": "GET", "path": "/v1/tasks"}, "timeEpoch": 0},
        }))
        .unwrap();
        let found = groups().caller(&request).map(|caller| caller.roles);
        assert_eq!(found, expected.map(|roles| roles.iter().copied().collect()));
    }

    #[test]
    fn roles_come_from_checked_claims_and_nowhere_else() {
        let jwt = |claims: serde_json::Value| serde_json::json!({"jwt": {"claims": claims, "scopes": null}});
        roles(&serde_json::Value::Null, None);
        roles(&jwt(serde_json::json!({})), None);
        roles(&jwt(serde_json::json!({"sub": "", "groups": "[admin]"})), None);
        roles(&jwt(serde_json::json!({"sub": "s"})), Some(&[]));
        roles(&jwt(serde_json::json!({"sub": "s", "groups": "[Admin ADMIN administrators]"})), Some(&[]));
        roles(&jwt(serde_json::json!({"sub": "s", "roles": "[admin]", "scope": "admin"})), Some(&[]));
        roles(&jwt(serde_json::json!({"sub": "s", "groups": "[records]"})), Some(&[Role::Records]));
        roles(&jwt(serde_json::json!({"sub": "s", "cognito:groups": "[records]"})), Some(&[Role::Records]));
        let both = serde_json::json!({"sub": "s", "groups": "[records]", "cognito:groups": "[admin]"});
        roles(&jwt(both), Some(&[Role::Records]));
    }

    #[test]
    fn a_mapping_to_an_unknown_role_is_refused() {
        let mapping = BTreeMap::from([("desk".to_owned(), "dispatcher".to_owned())]);
        assert!(Groups::new(&mapping).unwrap_err().to_string().contains("desk"));
    }
}
