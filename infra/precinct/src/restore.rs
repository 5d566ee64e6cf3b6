//! `precinct restore`: brings lost rows back from a copy that point-in-time recovery made beside the live table. The copy
//! is only read; no row comes back ready to be sent. docs/recovery.md has the runbook.
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::ensure;
use clap::Subcommand;
use jiff::Timestamp;
use startup::Runtime;
use table::handout::{Handout, Standing};
use table::planning::{open_contacts, open_messages};
use table::restore::{Fate, Restore as Rows, hear_again};

use crate::stack::{Options, Stack};

/// What is brought back.
#[derive(Subcommand, Debug)]
pub enum Restore {
    /// Lost rows, from a restored copy of a table.
    Rows {
        /// Table that point-in-time recovery restored.
        #[arg(long)]
        from: String,
        /// Live table; the same as --from closes what waits in a table that was restored under its own name.
        #[arg(long)]
        into: String,
        /// Put the copy's data keys in the place of those that the live table has made anew since: what was sealed under
        /// these cannot be read any more.
        #[arg(long)]
        replace_keys: bool,
        /// Data folder of a local stack; without it the tables are deployed ones, and the credentials of the AWS command
        /// line are used.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Do it; without this it is only told.
        #[arg(long)]
        apply: bool,
    },
    /// Plans for calls and cases that changed since an hour before an instant, made once more where the outbox lost what came
    /// of them: under the fence nothing of it is sent, and what must be told becomes a task. Deployed tables are named by
    /// INCIDENTS_TABLE and MESSAGES_TABLE.
    Plans(Since),
    /// Opt-outs by text that Contacts lost, from the texts that the outbox keeps. Deployed tables and keys are named by the
    /// variables that the functions have: MESSAGES_TABLE, CONTACTS_TABLE, UPDATES_KEY_ID, CONTACTS_KEY_ID.
    Stops(Since),
}

/// From when on.
#[derive(clap::Args, Clone, Debug)]
pub struct Since {
    /// The instant to which the table was restored.
    #[arg(long)]
    since: Timestamp,
    /// Data folder of a local stack.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Do it; without this it is only told.
    #[arg(long)]
    apply: bool,
}

/// Rows by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome(pub BTreeMap<Fate, usize>);

impl Restore {
    /// Does it and prints what became of what.
    pub async fn run(self) -> anyhow::Result<()> {
        let (data, apply) = match &self {
            Self::Rows { data, apply, .. } => (data.clone(), *apply),
            Self::Plans(since) | Self::Stops(since) => (since.data.clone(), since.apply),
        };
        let stack = match data {
            Some(_) => Some(Stack::start(Options { data, ..Options::default() }).await?),
            None => None,
        };
        let runtime = match &stack {
            Some(stack) => stack.runtime().clone(),
            None => Runtime::start().await,
        };
        let told = match self {
            Self::Rows { from, into, replace_keys, .. } => {
                let order = Order { from, into, replace_keys, apply };
                format!("{} into {}: {}", order.from, order.into, restore(&runtime, &order).await?)
            }
            Self::Plans(Since { since, .. }) => {
                let (planned, unreadable) = plans(&runtime, since, apply).await?;
                format!(
                    "{planned} calls and cases that changed since an hour before {since} are planned once more, \
                     {unreadable} cannot be read"
                )
            }
            Self::Stops(Since { since, .. }) => {
                format!(
                    "{} numbers had said STOP or START since {since}",
                    stops(&runtime, since, apply).await?
                )
            }
        };
        tell!("{told}{}", if apply { "" } else { " (nothing was changed; --apply does it)" });
        Ok(())
    }
}

/// Has the calls and cases that changed since an hour before an instant planned once more, or tells how many it would be; and
/// how many of them cannot be read.
pub async fn plans(runtime: &Runtime, since: Timestamp, apply: bool) -> anyhow::Result<(usize, usize)> {
    let client = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let table = |name| runtime.variables.required(name);
    let handout = Handout::new(&client, table("INCIDENTS_TABLE")?, table("MESSAGES_TABLE")?);
    let (mut planned, mut unreadable) = (0, 0);
    for key in handout.changed(since).await? {
        let now = runtime.clock.now();
        let standing =
            if apply { handout.hand_out(&key, now).await? } else { handout.standing(&key, now).await? };
        match standing {
            Standing::Unreadable => unreadable += 1,
            // Whoever has moved it meanwhile has the stream carry it.
            _ => planned += 1,
        }
    }
    Ok((planned, unreadable))
}

/// Hears the texts since an instant once more for opt-outs; how many numbers changed, or would.
pub async fn stops(runtime: &Runtime, since: Timestamp, apply: bool) -> anyhow::Result<usize> {
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    let (messages, contacts) =
        (open_messages(runtime, &dynamo, &kms)?, open_contacts(runtime, &dynamo, &kms)?);
    Ok(hear_again((&messages, &contacts), since, apply).await?)
}

/// Which rows are brought back, and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// The restored table.
    pub from: String,
    /// The live one.
    pub into: String,
    /// Whether data keys that were made anew give way to those of the copy.
    pub replace_keys: bool,
    /// Whether it is done or only told.
    pub apply: bool,
}

/// Brings the rows of one table back into another. Repeating it changes nothing more.
pub async fn restore(runtime: &Runtime, order: &Order) -> anyhow::Result<Outcome> {
    let client = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let rows = Rows::new(&client, order.from.clone(), order.into.clone());
    keys(&rows, order).await?;
    let (mut outcome, mut start) = (Outcome::default(), None);
    loop {
        let page = rows.page(start).await?;
        for item in page.items {
            *outcome.0.entry(rows.row(item, runtime.clock.now(), order.apply).await?).or_default() += 1;
        }
        start = page.next;
        if start.is_none() {
            return Ok(outcome);
        }
    }
}

/// Sees to the data keys before any row comes back that is sealed under them.
async fn keys(rows: &Rows, order: &Order) -> anyhow::Result<()> {
    let mut start = None;
    loop {
        let page = rows.page(start).await?;
        for item in page.items {
            if !rows.is_other_key(&item).await? {
                continue;
            }
            ensure!(
                order.replace_keys,
                "{} has made data keys anew since it lost them: with --replace-keys those of the copy take their place, and \
                 what was sealed meanwhile cannot be read any more; docs/recovery.md",
                order.into
            );
            if order.apply {
                rows.put_key(item).await?;
            }
        }
        start = page.next;
        if start.is_none() {
            return Ok(());
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the copy is empty");
        }
        let words = |fate: &Fate| match fate {
            Fate::Copied => "brought back",
            Fate::Closed => "closed: will not be sent",
            Fate::Stands => "stand as they are",
            Fate::Merged => "put together with what came since",
            Fate::MadeAnew => "made anew since the loss: have their source post them again",
            Fate::LeftOut => "left out",
            Fate::Unreadable => "cannot be read, left out",
        };
        let parts: Vec<String> =
            self.0.iter().map(|(fate, count)| format!("{count} {}", words(fate))).collect();
        f.write_str(&parts.join(", "))
    }
}
