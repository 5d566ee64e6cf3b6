//! What was read: plain values, so that what follows from them can be tried without any service.
use std::collections::BTreeMap;

/// What was read, or why it could not be: somebody without a permission must not be told that all is well.
pub type Read<T> = Result<T, String>;

/// Everything that the findings follow from.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "one field for each area of the stack")]
pub struct Facts {
    pub stack: String,
    pub texts: Texts,
    pub emails: Emails,
    pub alarms: Alarms,
    pub agency: Agency,
    /// Secrets of the stack by logical name.
    pub secrets: BTreeMap<String, Read<SecretState>>,
    /// Tables by logical name.
    pub tables: BTreeMap<String, Read<Table>>,
    /// What hands a stream or queue to a function, by logical name.
    pub readers: BTreeMap<String, Read<String>>,
    /// Messages in each failure queue, by logical name.
    pub failures: BTreeMap<String, Read<i64>>,
    /// State of each schedule, by logical name.
    pub schedules: BTreeMap<String, Read<String>>,
    /// Reserved concurrency of each function where there is one, by logical name.
    pub functions: BTreeMap<String, Read<Option<i32>>>,
    /// Issuer of staff tokens, and what its discovery document says; none where it was not asked.
    pub issuer: Option<Issuer>,
}

/// What AWS says of texts.
#[derive(Clone, Debug)]
pub struct Texts {
    /// Whether the account may text verified numbers alone.
    pub sandbox: Read<bool>,
    /// `MonthlySpendLimit` and `DeliveryStatusIAMRole` of SNS, among others.
    pub attributes: Read<BTreeMap<String, String>>,
    /// `SmsOriginationNumber` of the stack; empty: none.
    pub origination: String,
    /// Numbers of the account.
    pub numbers: Read<Vec<Number>>,
    /// Topic to which replies are to go.
    pub topic: String,
    /// Policy of that topic, as JSON.
    pub topic_policy: Read<String>,
    /// Subscriptions of that topic.
    pub topic_subscriptions: Read<usize>,
    /// Role that lets SNS log what became of texts.
    pub delivery_role: String,
}

/// A number that texts can come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// E.164.
    pub number: String,
    /// Id at AWS, for the commands.
    pub id: String,
    /// e.g. `ACTIVE`, `PENDING`.
    pub status: String,
    /// Whether replies come back.
    pub two_way: bool,
    /// Where they go.
    pub two_way_topic: Option<String>,
    /// Whether STOP is left to us.
    pub self_managed_opt_outs: bool,
}

/// What AWS says of e-mails.
#[derive(Clone, Debug)]
pub struct Emails {
    /// `EmailIdentity` of the stack.
    pub identity: String,
    /// The identity; none where SES does not know it.
    pub found: Read<Option<Identity>>,
    /// Whether SES sends to addresses that are not verified.
    pub production: Read<bool>,
}

/// A sending domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// May send.
    pub verified: bool,
    /// Signs with DKIM, and the keys were found in DNS.
    pub dkim: bool,
}

/// The stack's alarms.
#[derive(Clone, Debug)]
pub struct Alarms {
    /// Names by logical name, as the stack declares them.
    pub declared: BTreeMap<String, String>,
    /// What CloudWatch has of them, by name.
    pub found: Read<BTreeMap<String, Alarm>>,
    /// Confirmed subscriptions of each topic that an alarm names.
    pub targets: BTreeMap<String, Read<usize>>,
}

/// One alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// Whether it acts at all.
    pub enabled: bool,
    /// Whom it tells.
    pub actions: Vec<String>,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
}

/// The department's settings.
#[derive(Clone, Debug)]
pub struct Agency {
    /// Digest of the folder here.
    pub here: String,
    /// Digest of the folder in each function's package, by logical name.
    pub deployed: BTreeMap<String, Read<String>>,
    /// `[modes]`, by key.
    pub modes: BTreeMap<String, String>,
    /// `limits.spend_per_month_usd` of `updates.toml`.
    pub spend_per_month_usd: f64,
    /// Whether tasks are posted to the department's paging.
    pub posts_tasks: bool,
}

/// What a secret holds; never the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretState {
    /// As the template made it: `{}`.
    Default,
    /// A secret that the documentation, the samples or the local stack print.
    Published,
    /// Something else.
    Set,
}

/// One table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Whether changes are handed on.
    pub stream: bool,
    /// Whether every second of the last weeks can be restored.
    pub recovery: Option<bool>,
    /// Whether it can be deleted by mistake.
    pub protected: bool,
}

/// The identity provider.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// As the stack's authorizer has it.
    pub expected: String,
    /// `issuer` of its discovery document.
    pub found: Read<String>,
}
