//! `precinct rotate contacts`: the next step of a new key for finding addresses in Contacts, on a data folder or in a
//! deployed stack. It says when to call again; nobody is stopped meanwhile.
use std::path::PathBuf;

use clap::{Args, Subcommand};
use startup::{Runtime, Variables};
use table::planning::open_contacts;
use table::rotation::Step;

use crate::stack::{Options, Stack};

/// Addresses moved in one call: some minutes of work.
const MOST: usize = 100_000;

/// What is rotated.
#[derive(Subcommand, Debug)]
pub enum What {
    /// The key under which addresses are found in Contacts.
    Contacts(Contacts),
}

/// Where.
#[derive(Args, Debug)]
pub struct Contacts {
    /// Data folder of a local stack.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Name of the Contacts table of a deployed stack; the credentials of the AWS command line are used.
    #[arg(long, conflicts_with = "data", required_unless_present = "data", requires = "key")]
    table: Option<String>,
    /// Id of the stack's ContactsKey.
    #[arg(long, requires = "table")]
    key: Option<String>,
    /// Agency folder that the stack was built with.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
}

/// Takes the next step and prints what to do then.
pub async fn run(what: What) -> anyhow::Result<()> {
    let What::Contacts(Contacts { data, table, key, agency }) = what;
    let step = if let (Some(table), Some(key)) = (table, key) {
        let variables: Variables =
            [("CONTACTS_TABLE", table.as_str()), ("CONTACTS_KEY_ID", key.as_str())].into_iter().collect();
        step(&Runtime::start().await.with_variables(variables), MOST).await?
    } else {
        let stack = Stack::start(Options { data, agency, ..Options::default() }).await?;
        step(stack.runtime(), MOST).await?
    };
    tell!("{}", words(step));
    Ok(())
}

/// The next step on the table that `runtime` names.
pub async fn step(runtime: &Runtime, most: usize) -> anyhow::Result<Step> {
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    let contacts = open_contacts(runtime, &dynamo, &kms)?;
    Ok(contacts.rotate_index(runtime.clock.now(), most).await?)
}

fn words(step: Step) -> String {
    match step {
        Step::Announced { again_at } => {
            format!("a new key was made known; look-ups try it from now on. Call again from {again_at} on")
        }
        Step::Switched { again_at } => {
            format!("what is new is now written under the new key. Call again from {again_at} on")
        }
        Step::TooEarly { again_at } => {
            format!("nothing was done: not everybody knows the last step yet. Call again from {again_at} on")
        }
        Step::Moving { moved } => format!("{moved} addresses were moved and there are more: call again now"),
        Step::Done { moved } => {
            format!("{moved} addresses were moved; every address stands under the new key")
        }
    }
}
