//! Rows as a person may read them: facts unpacked, what is sealed opened. For copies that the records officer hands out,
//! and for showing that after an erasure nothing is left.
use serde_json::{Map, Value};

use crate::error::StoreError;
use crate::incidents::SubjectItem;
use crate::keyring::KeyRing;
use crate::keys::Key;
use crate::packed::unpack;
use crate::personnel::Personnel;
use crate::planning::Planning;
use crate::retention::Part;
use crate::schema::{PK, SK};
use crate::store::{Item, from_item, key_of};

/// Attributes that serve the database alone.
const TECHNICAL: &[&str] =
    &["ttl", "due_shard", "open_alert", "task_role", "unplanned", "safety", "wrapped", "facts"];

/// Everything that is needed to read every row.
#[derive(Clone, Debug)]
pub struct Opener {
    /// Calls, cases, messages, contacts.
    pub planning: Planning,
    /// Officers.
    pub personnel: Personnel,
    /// What opens their names and what was written about them.
    pub personnel_ring: KeyRing,
}

/// How a sealed attribute was sealed.
enum Sealed {
    Text,
    PackedText,
    Json,
}

impl Opener {
    /// The row `item` of `part` as JSON, under its own attribute names.
    pub async fn open(&self, part: Part, item: &Item) -> Result<Value, StoreError> {
        let Some(Key { pk, sk }) = key_of(item) else {
            return Err(StoreError::malformed("row", "it has no key"));
        };
        let mut plain = item.clone();
        plain.retain(|name, _| !TECHNICAL.contains(&name.as_str()));
        let mut row: Map<String, Value> = from_item("row", plain)?;
        row.insert("table".into(), part.name().into());
        if item.contains_key("facts") {
            let subject: SubjectItem = from_item("subject", item.clone())?;
            row.insert("facts".into(), subject.facts.read("subject")?);
        }
        for (attribute, place, how) in sealed(part, &pk, &sk) {
            if let Some(Value::String(text)) = row.get(attribute)
                && !text.is_empty()
            {
                let opened = self.unseal(part, &place, text, &how).await?;
                row.insert(attribute.into(), opened);
            }
        }
        Ok(Value::Object(row))
    }

    async fn unseal(&self, part: Part, place: &str, sealed: &str, how: &Sealed) -> Result<Value, StoreError> {
        let ring = match part {
            Part::Incidents => &self.planning.incidents.ring,
            Part::Messages => self.planning.messages.ring(),
            Part::Contacts => self.planning.contacts.ring(),
            Part::Personnel => &self.personnel_ring,
        };
        if matches!(how, Sealed::Json) {
            return ring.open_json(place, sealed).await;
        }
        let bytes = ring.open(place, sealed).await?;
        let bytes = match how {
            Sealed::PackedText => {
                unpack(&bytes).ok_or_else(|| StoreError::malformed("sealed data", "it does not unpack"))?
            }
            _ => bytes,
        };
        Ok(Value::String(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// The sealed attributes of a row, and for which place each was sealed.
fn sealed(part: Part, pk: &str, sk: &str) -> Vec<(&'static str, String, Sealed)> {
    let here = |attribute: &str| format!("{pk}|{sk}|{attribute}");
    match (part, sk.split('#').next().unwrap_or_default()) {
        (Part::Incidents, "STATE") => vec![("private", format!("{pk}|private"), Sealed::Json)],
        (Part::Incidents, "SNAPSHOT") => vec![("sealed", format!("{pk}|snapshot"), Sealed::Json)],
        (Part::Incidents | Part::Personnel, "REJ") => vec![("sealed", format!("{pk}|sealed"), Sealed::Text)],
        (Part::Messages, "MSG") => {
            vec![("address", here("address"), Sealed::Text), ("body", here("body"), Sealed::PackedText)]
        }
        (Part::Messages, "REPLY") => vec![("sealed", format!("{pk}|words"), Sealed::Json)],
        (Part::Messages, "NOTE") => {
            vec![("address", here("address"), Sealed::Text), ("letter", here("letter"), Sealed::Json)]
        }
        (Part::Contacts, "CONTACT") => vec![("address", format!("{pk}|address"), Sealed::Text)],
        (Part::Personnel, "PROFILE") => vec![("sealed", here("names"), Sealed::Json)],
        (Part::Personnel, _) => vec![("words", here("words"), Sealed::Text)],
        _ => Vec::new(),
    }
}

/// Whether a row is the database's own: wrapped keys, counters, leases, cursors.
pub fn is_technical(item: &Item) -> bool {
    let pk = item.get(PK).and_then(|pk| pk.as_s().ok()).map(String::as_str).unwrap_or_default();
    let kind = pk.split('#').next().unwrap_or_default();
    let sk = item.get(SK).and_then(|sk| sk.as_s().ok()).map(String::as_str).unwrap_or_default();
    matches!(kind, "KEY" | "LEASE" | "PASS" | "LIMITS" | "SWEPT" | "EVT" | "NIGHTS") || sk == "REVISION"
}
