//! Reads the facts with the clients of AWS; nothing here judges, nothing changes anything.
mod alarms;
mod messaging;
mod resources;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use aws_config::SdkConfig;
use bytes::Bytes;
use hyper::Request;
use serde_json::Value;
use startup::agency::Folder;

use super::facts::{Agency, Facts, Issuer, Read};
use crate::access::{Access, Described, why};
use crate::go_live::Part;
use crate::package;
use crate::stack::client::Http;

/// Everything about the stack; an error only where the stack itself cannot be found.
pub(super) async fn facts(access: &Access, agency: &Path, issuer: bool) -> anyhow::Result<Facts> {
    let sdk = access.sdk().await;
    let stack = access.describe(&sdk).await?;
    let declared = Declared::read(&sdk, &access.stack).await?;
    let http = Http::new()?;
    Ok(Facts {
        stack: access.stack.clone(),
        texts: messaging::texts(&sdk, &stack).await,
        emails: messaging::emails(&sdk, &stack).await,
        alarms: alarms::read(&sdk, &http, declared.named("AWS::CloudWatch::Alarm")).await,
        agency: self::agency(&sdk, &http, agency, &declared).await?,
        secrets: resources::secrets(&sdk, &declared).await,
        tables: resources::tables(&sdk, &declared).await,
        readers: resources::readers(&sdk, &declared).await,
        failures: resources::failures(&sdk, &declared).await,
        schedules: resources::schedules(&sdk, &declared).await,
        functions: resources::functions(&sdk, &declared).await,
        issuer: if issuer { Some(self::issuer(&http, &stack).await) } else { None },
    })
}

/// The resources that the stack consists of: type, and physical name by logical name.
struct Declared(Vec<(String, String, String)>);

impl Declared {
    async fn read(sdk: &SdkConfig, stack: &str) -> anyhow::Result<Self> {
        let client = aws_sdk_cloudformation::Client::new(sdk);
        let mut pages = client.list_stack_resources().stack_name(stack).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| anyhow::anyhow!("the stack's resources: {}", why(&error)))?;
            let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
            all.extend(page.stack_resource_summaries().iter().map(|one| {
                (text(one.resource_type()), text(one.logical_resource_id()), text(one.physical_resource_id()))
            }));
        }
        Ok(Self(all))
    }

    /// Physical names by logical name, of one type.
    fn named(&self, kind: &str) -> BTreeMap<String, String> {
        let of_kind = self.0.iter().filter(|(found, _, _)| found == kind);
        of_kind.map(|(_, logical, physical)| (logical.clone(), physical.clone())).collect()
    }
}

async fn agency(sdk: &SdkConfig, http: &Http, root: &Path, declared: &Declared) -> anyhow::Result<Agency> {
    let folder = Folder::new(root);
    let agency = folder.agency()?;
    let updates = std::fs::read_to_string(root.join("updates.toml")).context("updates.toml")?;
    let updates: toml::Table = updates.parse().context("updates.toml")?;
    let cap = updates.get("limits").and_then(|limits| limits.get("spend_per_month_usd"));
    let cap = cap.and_then(|cap| cap.as_float().or_else(|| cap.as_integer().map(|whole| whole as f64)));
    let mut deployed = BTreeMap::new();
    for (logical, name) in declared.named("AWS::Lambda::Function") {
        deployed.insert(logical, packed(sdk, http, &name).await);
    }
    Ok(Agency {
        here: package::of_folder(root)?,
        deployed,
        modes: Part::ALL.iter().map(|part| (part.key().into(), part.mode(&agency).into())).collect(),
        spend_per_month_usd: cap.unwrap_or_default(),
        posts_tasks: agency.task_webhook.url.is_some(),
    })
}

/// Digest of the agency folder in a function's package.
async fn packed(sdk: &SdkConfig, http: &Http, name: &str) -> Read<String> {
    let client = aws_sdk_lambda::Client::new(sdk);
    let answer = client.get_function().function_name(name).send().await.map_err(|error| why(&error))?;
    let location = answer.code().and_then(|code| code.location()).ok_or("Lambda names no package")?;
    let read = async {
        let answer = http.send(Request::get(location).body(Bytes::new())?).await?;
        anyhow::ensure!(answer.status.is_success(), "its package answers {}", answer.status);
        package::of_package(&answer.body)
    };
    read.await.map_err(|error| format!("{error:#}"))
}

async fn issuer(http: &Http, stack: &Described) -> Issuer {
    let named = stack.outputs.get("StaffIssuer").or_else(|| stack.parameters.get("JwtIssuer"));
    let expected = named.cloned().unwrap_or_default();
    let read = async {
        let url = format!("{}/.well-known/openid-configuration", expected.trim_end_matches('/'));
        let answer = http.send(Request::get(url).body(Bytes::new())?).await?;
        anyhow::ensure!(answer.status.is_success(), "it answers {}", answer.status);
        let document: Value = serde_json::from_slice(&answer.body).context("it is no JSON")?;
        document["issuer"].as_str().map(str::to_owned).context("it names no issuer")
    };
    Issuer { found: read.await.map_err(|error| format!("{error:#}")), expected }
}
