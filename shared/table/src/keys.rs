//! Keys of calls, cases, contacts and technical items. Each key is built in this crate and nowhere else.

/// Number of shards of a `due` index: enough that one busy minute does not heat one partition.
pub const DUE_SHARDS: u8 = 4;

/// A partition and sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// A key from its two parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// State of a call for service or a case: `INC#26-048213` or `CASE#26-1234`, sort key `STATE`.
pub fn subject(subject: &str) -> Key {
    Key::new(subject, "STATE")
}

/// A received event, kept for seven days so that its repetition is known.
pub fn received(source: &str, id: &str) -> Key {
    Key::new(format!("EVT#{source}#{id}"), "EVT")
}

/// A rejected event, sealed, kept for fourteen days.
pub fn rejected(source: &str, digest: &str) -> Key {
    Key::new(format!("REJ#{source}#{digest}"), "REJ")
}

/// What is kept of an incident's last EIDO, by its tracking identifier.
pub fn snapshot(tracking_id: &str) -> Key {
    Key::new(format!("EIDO#{tracking_id}"), "SNAPSHOT")
}

/// A wrapped data key, in the table whose items it seals.
pub fn data_key(id: &str) -> Key {
    Key::new(format!("KEY#{id}"), "KEY")
}

/// A person's address in Contacts, by blind index.
pub fn contact(index: &str) -> Key {
    Key::new(format!("ADDR#{index}"), "CONTACT")
}

/// A lease: whoever holds it is the only one at work.
pub fn lease(name: &str) -> Key {
    Key::new(format!("LEASE#{name}"), "LEASE")
}

/// A task, by its id.
pub fn task(id: &str) -> Key {
    Key::new(format!("TASK#{id}"), "TASK")
}

/// A notice, under what it is about: a task's or a reply's partition.
pub fn notice(pk: &str, name: &str) -> Key {
    Key::new(pk, format!("NOTE#{name}"))
}

/// A text that came in, by the provider's id of it.
pub fn reply(inbound_id: &str) -> Key {
    Key::new(format!("REPLY#{inbound_id}"), "REPLY")
}

/// Up to when the sweep has looked after received events.
pub fn swept() -> Key {
    Key::new("SWEPT", "RECEIVED")
}

/// The provider's id of the text that `key` is the partition key of, if it is one.
pub fn reply_id(key: &str) -> Option<&str> {
    key.strip_prefix("REPLY#")
}

/// What was said to a number lately, by its blind index.
pub fn conversation(index: &str) -> Key {
    Key::new(format!("TALK#{index}"), "TALK")
}

/// A visit under the plan of a date, by the name of the request that told of it.
pub fn patrol_visit(date: jiff::civil::Date, name: &str) -> Key {
    Key::new(format!("PATROL#{date}"), format!("VISIT#{name}"))
}

/// What a function did in a night.
pub fn night(date: jiff::civil::Date, function: &str) -> Key {
    Key::new("NIGHTS", format!("{date}#{function}"))
}

/// Counters of the surveys of a month, by call type and language.
pub fn survey_count(month: &str, call_type: &str, language: &str) -> Key {
    Key::new(format!("SURVEYS#{month}"), format!("{call_type}#{language}"))
}

/// A revocation, in the month in which it was received.
pub fn revocation(received: jiff::Timestamp, id: &str) -> Key {
    let received = received.to_string();
    Key::new(format!("REVOKED#{}", &received[..7]), format!("{received}#{id}"))
}

/// The shard of a due index for a partition key: stable, evenly spread.
pub fn due_shard(pk: &str) -> String {
    format!("D{}", shard(pk))
}

/// The same for received events, which stay in the index: it is read by windows of time.
pub fn received_shard(pk: &str) -> String {
    format!("E{}", shard(pk))
}

/// The shard of a due index that lists the decisions of a day (UTC). No sweep reads it.
pub fn decided_shard(day: jiff::civil::Date) -> String {
    format!("DECIDED#{day}")
}

/// The partition of the recipient index that lists what was withheld from an address, apart from messages to it.
pub fn withheld_from(recipient: &str) -> String {
    format!("WITHHELD#{recipient}")
}

fn shard(pk: &str) -> u32 {
    let sum: u32 = pk.bytes().fold(7, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    sum % u32::from(DUE_SHARDS)
}

/// The key in a stream record.
pub fn from_stream(keys: &serde_dynamo::Item) -> Option<Key> {
    let part = |name: &str| match keys.get(name)? {
        serde_dynamo::AttributeValue::S(text) => Some(text.clone()),
        _ => None,
    };
    Some(Key { pk: part("pk")?, sk: part("sk")? })
}

/// The subject that a removed record of a received event told of.
#[cfg(feature = "mutants")]
pub fn subject_removed(old: &serde_dynamo::Item) -> Option<String> {
    match old.get("subject")? {
        serde_dynamo::AttributeValue::S(text) => Some(text.clone()),
        _ => None,
    }
}
