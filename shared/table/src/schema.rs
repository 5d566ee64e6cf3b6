//! Shape of the tables, for the local stack and for the test that compares them with the SAM template.

/// Partition key of every table.
pub const PK: &str = "pk";
/// Sort key of every table.
pub const SK: &str = "sk";
/// Time-to-live attribute of technical items (epoch seconds); personal data is deleted by the sweep instead.
pub const TTL: &str = "ttl";

/// A keys-only index over sparse attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Index name.
    pub name: &'static str,
    /// Partition key attribute, a string.
    pub pk: &'static str,
    /// Sort key attribute, a string.
    pub sk: &'static str,
}

/// A table, by its logical name (the SAM resource is this name with `Table` behind it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Logical name.
    pub name: &'static str,
    /// Whether a stream of new and old images is on.
    pub stream: bool,
    /// Its indexes.
    pub indexes: &'static [Index],
}

/// What waits for a moment: by shard and RFC 3339 instant.
pub const DUE: Index = Index { name: "due", pk: "due_shard", sk: "due_at" };
/// Messages by the provider's message id.
pub const PROVIDER: Index = Index { name: "provider", pk: "provider_id", sk: "sk" };
/// Messages by recipient (blind index), newest last.
pub const RECIPIENT: Index = Index { name: "recipient", pk: "recipient", sk: "created_at" };
/// Open tasks by owner role.
pub const OPEN_TASKS: Index = Index { name: "open_tasks", pk: "task_role", sk: "due_at" };
/// Open alerts.
pub const OPEN_ALERTS: Index = Index { name: "open_alerts", pk: "open_alert", sk: "sk" };

/// The tables of the stack.
pub const TABLES: &[Table] = &[
    Table { name: "Incidents", stream: true, indexes: &[DUE] },
    Table { name: "Messages", stream: true, indexes: &[DUE, PROVIDER, RECIPIENT, OPEN_TASKS] },
    Table { name: "Contacts", stream: false, indexes: &[] },
    Table { name: "Personnel", stream: false, indexes: &[OPEN_ALERTS] },
];

/// What of the Incidents stream reaches plan-updates and log-crime, as an event-source filter: what intake wrote,
/// not what plan-updates wrote after it.
pub const INCIDENTS_FILTER: &str =
    r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"unplanned":{"N":[{"exists":true}]}}}}"#;
/// What of the Messages stream reaches send-updates: messages and notices ready to be sent.
pub const MESSAGES_FILTER: &str = r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"sk":{"S":[{"prefix":"MSG#"},{"prefix":"NOTE#"}]},"state":{"S":["pending"]}}}}"#;
