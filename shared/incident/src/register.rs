//! Last-writer-wins registers ordered by when things happened, never by when they arrived.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The order of two values of one field: event time, then life-cycle rank, then a hash of the content, so that
/// even a tie has one winner everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// When the event happened.
    pub at: Timestamp,
    /// Rank of the event's type in the life cycle; higher is later.
    pub rank: u8,
}

/// A field that keeps the value with the greatest stamp. `null` is a value; a field never seen holds none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register<T> {
    #[serde(rename = "w", skip_serializing_if = "Option::is_none", default)]
    winner: Option<Winner>,
    #[serde(rename = "v", skip_serializing_if = "Option::is_none", default = "none")]
    value: Option<T>,
}

type Winner = (Timestamp, u8, u32);

fn none<T>() -> Option<T> {
    None
}

impl<T> Default for Register<T> {
    fn default() -> Self {
        Self { winner: None, value: None }
    }
}

impl<T: Serialize + Clone> Register<T> {
    /// Takes `value` if its stamp is greater than the present one; `None` clears.
    pub fn write(&mut self, stamp: Stamp, value: Option<T>) {
        let winner = (stamp.at, stamp.rank, content_hash(&value));
        if self.winner.is_none_or(|present| present < winner) {
            self.winner = Some(winner);
            self.value = value;
        }
    }

    /// Takes the other's value if its stamp is greater.
    pub fn absorb(&mut self, other: &Self) {
        if self.winner < other.winner {
            *self = other.clone();
        }
    }

    /// Takes a field of an event: outer `None` is absent (unknown), inner `None` is an explicit null.
    pub fn write_field(&mut self, stamp: Stamp, field: &Option<Option<T>>) {
        if let Some(value) = field {
            self.write(stamp, value.clone());
        }
    }
}

impl<T> Register<T> {
    /// The present value.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// When the present value (or its clearing) happened.
    pub fn at(&self) -> Option<Timestamp> {
        self.winner.map(|(at, ..)| at)
    }

    /// Whether the field was never mentioned: left out when facts are stored.
    pub fn is_unset(&self) -> bool {
        self.winner.is_none()
    }
}

fn content_hash(value: &impl Serialize) -> u32 {
    let json = serde_json::to_vec(value).unwrap_or_default();
    let digest = Sha256::digest(json);
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}
