//! `precinct pause`: stops everything at once, or one kind, source or incident, through the staff API of a stack; and
//! lets it go on. Whoever may do so is decided there, by the token.
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use clap::{Args, ValueEnum};
use hyper::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::stack::client::Http;

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Pause {
    /// What is stopped.
    pub scope: Scope,
    /// Kind of update, source or incident; nothing for all.
    pub value: Option<String>,
    /// Let it go on; what expired meanwhile is never sent.
    #[arg(long)]
    pub off: bool,
    /// Why, without personal data; needed to stop.
    #[arg(long, required_unless_present = "off")]
    pub reason: Option<String>,
    /// Base of the staff API, e.g. https://staff.example.gov or http://127.0.0.1:8911.
    #[arg(long)]
    pub url: String,
    /// Environment variable that holds a token of the identity provider (role dispatch, commander or admin).
    #[arg(long, value_name = "NAME")]
    pub token_env: String,
}

/// What is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// Every message.
    All,
    /// One kind of update.
    Kind,
    /// What one sender posted.
    Source,
    /// One call or case.
    Incident,
}

/// What the API answers.
#[derive(Deserialize)]
struct Receipt {
    in_force: Vec<InForce>,
}

#[derive(Deserialize)]
struct InForce {
    scope: String,
    value: Option<String>,
    since: String,
    reason: String,
}

impl Pause {
    /// Sends the order and prints which pauses are then in force.
    pub async fn run(&self) -> anyhow::Result<()> {
        let token = std::env::var(&self.token_env)
            .with_context(|| format!("the environment variable {} holds no token", self.token_env))?;
        tell!("{}", self.order(&token).await?);
        Ok(())
    }

    /// The same with the token itself; what is then in force, in words.
    pub async fn order(&self, token: &str) -> anyhow::Result<String> {
        let body = serde_json::to_vec(&self.body()?)?;
        let request = Request::post(format!("{}/v1/pause", self.url.trim_end_matches('/')))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", token.trim()))
            .body(Bytes::from(body))
            .context("--url or the token cannot stand in a request")?;
        let answer = Http::new()?.send(request).await.with_context(|| {
            format!("{} gives no answer: nothing is known to have changed; call again", self.url)
        })?;
        match answer.status.as_u16() {
            200 => {
                in_force(&serde_json::from_slice(&answer.body).context("the answer is none of a staff API")?)
            }
            401 => bail!("the token in {} is not valid, or no longer: nothing has changed", self.token_env),
            403 => bail!(
                "the token's roles may not pause: dispatch, commander or admin may; nothing has changed"
            ),
            status => bail!("the staff API answers {status}: {}", detail(&answer.body)),
        }
    }

    fn body(&self) -> anyhow::Result<Value> {
        let scope = match self.scope {
            Scope::All => "all",
            Scope::Kind => "kind",
            Scope::Source => "source",
            Scope::Incident => "incident",
        };
        let mut body = json!({"scope": scope, "on": !self.off});
        match (&self.value, self.scope) {
            (None, Scope::All) => {}
            (Some(value), Scope::Kind | Scope::Source | Scope::Incident) => body["value"] = json!(value),
            (Some(_), Scope::All) => bail!("all takes no name: it stops everything"),
            (None, _) => bail!("name the {scope}, e.g. `precinct pause {scope} {}`", self.example()),
        }
        if let Some(reason) = &self.reason {
            body["reason"] = json!(reason);
        }
        Ok(body)
    }

    fn example(&self) -> &'static str {
        match self.scope {
            Scope::All => "",
            Scope::Kind => "call_received",
            Scope::Source => "cad",
            Scope::Incident => "26-048213",
        }
    }
}

fn in_force(receipt: &Receipt) -> anyhow::Result<String> {
    if receipt.in_force.is_empty() {
        return Ok("nothing is paused".to_owned());
    }
    let mut out = "paused now:".to_owned();
    for InForce { scope, value, since, reason } in &receipt.in_force {
        let value = value.as_deref().map(|value| format!(" {value}")).unwrap_or_default();
        write!(out, "\n  {scope}{value}, since {since}: {reason}")?;
    }
    Ok(out)
}

/// What an error answer says, else nothing: a body that is no problem document may be anything.
fn detail(body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let faults = problem["errors"].as_array().into_iter().flatten();
    let mut said: Vec<&str> = faults.filter_map(|fault| fault["detail"].as_str()).collect();
    if said.is_empty() {
        said.extend(problem["detail"].as_str());
    }
    if said.is_empty() { "without a reason".to_owned() } else { said.join("; ") }
}
