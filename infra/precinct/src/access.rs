//! Which deployed stack a command is about, and how it is reached.
use std::collections::BTreeMap;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::types::Stack;
use clap::Args;

/// Arguments of every command that reads a stack.
#[derive(Args, Clone, Debug)]
pub struct Access {
    /// Name of the deployed stack; the credentials of the AWS command line are used.
    #[arg(long)]
    pub stack: String,
    /// Region of the stack; else the one of the AWS command line.
    #[arg(long)]
    pub region: Option<String>,
    /// Another address for every service, as of an emulator.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
}

/// What a stack says of itself.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// Parameters by name, as deployed.
    pub parameters: BTreeMap<String, String>,
    /// Outputs by name.
    pub outputs: BTreeMap<String, String>,
}

impl Access {
    /// What the clients are built from.
    pub async fn sdk(&self) -> SdkConfig {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        loader.load().await
    }

    /// The stack's parameters and outputs; without them nothing else can be asked.
    pub async fn describe(&self, sdk: &SdkConfig) -> anyhow::Result<Described> {
        let client = aws_sdk_cloudformation::Client::new(sdk);
        let answer = client.describe_stacks().stack_name(&self.stack).send().await.map_err(|error| {
            let (name, why) = (&self.stack, why(&error));
            anyhow::anyhow!("the stack {name} cannot be described; check name, region and credentials: {why}")
        })?;
        Ok(answer.stacks().first().map(described).unwrap_or_default())
    }
}

fn described(stack: &Stack) -> Described {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let parameters = stack.parameters().iter();
    let outputs = stack.outputs().iter();
    Described {
        parameters: parameters.map(|one| (text(one.parameter_key()), text(one.parameter_value()))).collect(),
        outputs: outputs.map(|one| (text(one.output_key()), text(one.output_value()))).collect(),
    }
}

/// Why a call failed, in one line, and never what was answered: an answer may hold a secret.
pub(crate) fn why<E, R>(error: &SdkError<E, R>) -> String
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: ProvideErrorMetadata + std::error::Error,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => chain(error),
    }
}

/// An error and its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        told = format!("{told}: {cause}");
        next = cause.source();
    }
    told
}
