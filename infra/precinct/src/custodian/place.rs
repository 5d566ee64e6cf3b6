//! The tables and buckets that a command works on: those of a data folder, or those that a deployed stack names in its
//! outputs.
use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use staff_api::{Act, Role, Trail};
use startup::{Runtime, Variables};
use table::holds::Holds;
use table::opened::Opener;
use table::personnel::Personnel;
use table::{KeyRing, Planning};

use crate::access::Access;
use crate::stack::{Options, Stack};

/// Where the records are.
#[derive(Args, Clone, Debug)]
pub struct Where {
    /// Data folder of a local stack.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Name of a deployed stack; the credentials and the region of the AWS command line are used.
    #[arg(long, conflicts_with = "data", required_unless_present = "data")]
    pub stack: Option<String>,
    /// Agency folder of the data folder's stack.
    #[arg(long, default_value = "infra/agency")]
    pub agency: PathBuf,
}

/// Opened tables and buckets.
pub struct Place {
    /// What reads every row.
    pub opener: Opener,
    /// Holds on people, calls and cases.
    pub holds: Holds,
    /// Holds on officers.
    pub officer_holds: Holds,
    /// The audit trail.
    trail: Trail,
    runtime: Runtime,
    // The servers of a data folder; they end with it.
    local: Option<Stack>,
}

impl Where {
    /// Opens it.
    pub async fn open(&self) -> anyhow::Result<Place> {
        match (&self.data, &self.stack) {
            (Some(data), _) => {
                anyhow::ensure!(data.is_dir(), "there is no data folder {}", data.display());
                let agency = self.agency.clone();
                let options = Options { data: Some(data.clone()), agency, ..Options::default() };
                let stack = Stack::start(options).await?;
                let runtime = stack.runtime().clone();
                Place::new(runtime, Some(stack))
            }
            (None, Some(name)) => Place::new(deployed(name).await?, None),
            (None, None) => bail!("name --data or --stack"),
        }
    }
}

impl Place {
    /// The place that `runtime` reaches.
    pub fn new(runtime: Runtime, local: Option<Stack>) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let planning = Planning::open(&runtime, &dynamo, &kms)?;
        let personnel = Personnel::open(&runtime, &dynamo)?;
        let personnel_ring: KeyRing = personnel.ring(&runtime, &kms)?;
        Ok(Self {
            holds: Holds::new(planning.messages.store().clone()),
            officer_holds: personnel.holds(),
            opener: Opener { planning, personnel, personnel_ring },
            trail: Trail::new(&runtime)?,
            runtime,
            local,
        })
    }

    /// The present instant there.
    pub fn now(&self) -> Timestamp {
        self.runtime.clock.now()
    }

    /// A new id.
    pub fn token(&self) -> String {
        self.runtime.entropy.token()
    }

    /// What the functions there run on.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Writes an audit record; `by` and `about` become pseudonyms.
    pub async fn audit(
        &self,
        by: &str,
        action: &'static str,
        about: impl IntoIterator<Item = String>,
        status: u16,
    ) -> anyhow::Result<()> {
        let messages = &self.opener.planning.messages;
        let actor = messages.pseudonym(&format!("staff|{by}")).await?;
        let mut pseudonyms = Vec::new();
        for id in about {
            pseudonyms.push(messages.pseudonym(&format!("about|{id}")).await?);
        }
        let roles = vec![Role::Records.word().to_owned()];
        let act = Act { actor, roles, action: action.to_owned(), about: pseudonyms, status };
        self.trail.record(self.now(), act).await
    }

    /// Lets everything happen that follows; on a deployed stack it does so by itself.
    pub async fn settle(&self) -> anyhow::Result<()> {
        match &self.local {
            Some(stack) => stack.drain().await,
            None => Ok(()),
        }
    }
}

/// The variables of a function in the deployed stack `name`, from its outputs.
async fn deployed(name: &str) -> anyhow::Result<Runtime> {
    let runtime = Runtime::start().await;
    let access = Access { stack: name.to_owned(), region: None, endpoint_url: None };
    let outputs = access.describe(&runtime.sdk).await?.outputs;
    with_outputs(&runtime, name, &outputs)
}

/// `runtime` with the variables that the outputs of the stack `name` give.
pub(crate) fn with_outputs(
    runtime: &Runtime,
    name: &str,
    outputs: &BTreeMap<String, String>,
) -> anyhow::Result<Runtime> {
    const NAMES: &[(&str, &str)] = &[
        ("INCIDENTS_TABLE", "IncidentsTableName"),
        ("MESSAGES_TABLE", "MessagesTableName"),
        ("CONTACTS_TABLE", "ContactsTableName"),
        ("PERSONNEL_TABLE", "PersonnelTableName"),
        ("UPDATES_KEY_ID", "UpdatesKeyId"),
        ("CONTACTS_KEY_ID", "ContactsKeyId"),
        ("PERSONNEL_KEY_ID", "PersonnelKeyId"),
        ("AUDIT_BUCKET", "AuditBucketName"),
        ("INTERNAL_BUCKET", "InternalBucketName"),
        ("PUBLIC_BUCKET", "PublicBucketName"),
    ];
    let mut variables = Vec::new();
    for (variable, output) in NAMES {
        let value = outputs.get(*output).with_context(|| {
            format!("the stack {name} has no output {output}; deploy the template of this version first")
        })?;
        variables.push((*variable, value.as_str()));
    }
    Ok(runtime.with_variables(variables.into_iter().collect::<Variables>()))
}
