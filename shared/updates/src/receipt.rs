//! What the providers say of a message after they took it: SES notifications and events, the delivery log of SNS, events
//! of End User Messaging. Read into one form, in which neither order nor repetition matters.
//!
//! ```text
//! taken < failed, perhaps (an out-of-office reply looks the same) < delivered < failed
//! ```
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kind::{Channel, words};

mod email;
mod text;

/// Tag of each e-mail that holds the token of its claim: it comes back in every event, and so finds a message whose
/// provider id never arrived.
pub const CLAIM_TAG: &str = "claim";

words! {
    /// Why a message was not delivered, in the words kept on its row.
    Failure {
        NoClearAnswer = "no_clear_answer",
        Unreachable = "unreachable",
        ContentRefused = "content_refused",
        Blocked = "blocked",
        PriceLimit = "price_limit",
        SpendLimit = "spend_limit",
        UnknownError = "unknown_error",
        OptedOut = "opted_out",
        OnProviderList = "on_provider_list",
        BlockedByRecipient = "blocked_by_recipient",
        Landline = "landline",
        InvalidAddress = "invalid_address",
    }
}

impl Failure {
    /// Whether no message will ever reach the address: it does not exist, cannot receive, or the provider drops whatever
    /// is sent to it. Anything else says nothing about the next message.
    pub fn is_of_the_address(self) -> bool {
        matches!(
            self,
            Self::OnProviderList | Self::BlockedByRecipient | Self::Landline | Self::InvalidAddress
        )
    }
}

/// What became of a message as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The provider has it.
    Taken,
    /// It was handed to the recipient's carrier or mail server. Nobody says whether it was read.
    Delivered,
    /// It was not delivered.
    Failed(Failure),
}

impl Fate {
    /// What is known after both were said, in either order: what weighs more.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self.weight() >= other.weight() { self } else { other }
    }

    /// A failure outweighs a delivery, since mail servers bounce what they took; one that may be somebody's out-of-office
    /// reply does not.
    fn weight(self) -> (u8, Option<Failure>) {
        match self {
            Self::Taken => (0, None),
            Self::Failed(Failure::NoClearAnswer) => (1, None),
            Self::Delivered => (2, None),
            Self::Failed(failure) => (3, Some(failure)),
        }
    }
}

/// What the recipient did about a message, where the provider says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Called it spam.
    Complained,
    /// Unsubscribed at the provider.
    Unsubscribed,
}

/// One receipt. Its `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's id of the message.
    pub provider_id: String,
    /// Token of the claim under which it was sent, from [`CLAIM_TAG`].
    pub claim: Option<String>,
    /// By which way it went.
    pub channel: Channel,
    /// When the provider took it.
    pub taken_at: Option<Timestamp>,
    /// Where it went, as the provider writes it.
    pub destination: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// What the recipient said to it.
    pub objection: Option<Objection>,
}

impl Receipt {
    /// Whether it shows that the address can be reached; `None` where it shows nothing. Mail to somebody who complained is
    /// dropped by the provider from then on.
    pub fn reachable(&self) -> Option<bool> {
        match (self.fate, self.objection) {
            (_, Some(Objection::Complained)) => Some(false),
            (Fate::Delivered, _) => Some(true),
            (Fate::Failed(failure), _) if failure.is_of_the_address() => Some(false),
            _ => None,
        }
    }

    /// By what an opt-out from everything came about, if it shows one: `email` or `provider`.
    pub fn opt_out(&self) -> Option<&'static str> {
        match (self.fate, self.objection) {
            (_, Some(_)) => Some("email"),
            (Fate::Failed(Failure::OptedOut), None) => Some("provider"),
            _ => None,
        }
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("channel", &self.channel)
            .field("fate", &self.fate)
            .field("objection", &self.objection)
            .finish_non_exhaustive()
    }
}

/// A receipt that has none of the known forms. Says what is missing, never what was there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a receipt cannot be read: {0}")]
pub struct Unreadable(pub &'static str);

/// Reads what a provider sent: one receipt, an array of them, or either inside the envelope of an SNS topic. What concerns
/// no message (opens, clicks, a topic's greeting, types that are not known yet) gives nothing.
pub fn read(sent: &str) -> Result<Vec<Receipt>, Unreadable> {
    // SES says so once, as plain text, when a topic becomes its destination.
    if sent.trim_start().starts_with("Successfully validated SNS topic") {
        return Ok(Vec::new());
    }
    let value = serde_json::from_str(sent).map_err(|_| Unreadable("it is not JSON"))?;
    match value {
        Value::Array(many) => many.iter().map(one).collect::<Result<Vec<_>, _>>().map(flat),
        Value::Object(ref outer) => match (outer.get("Type").and_then(Value::as_str), outer.get("Message")) {
            (Some("Notification"), Some(Value::String(inner))) => read(inner),
            (Some(_), Some(_)) => Ok(Vec::new()),
            _ => one(&value).map(|receipt| receipt.into_iter().collect()),
        },
        _ => Err(Unreadable("it is no JSON object")),
    }
}

fn flat(receipts: Vec<Option<Receipt>>) -> Vec<Receipt> {
    receipts.into_iter().flatten().collect()
}

fn one(value: &Value) -> Result<Option<Receipt>, Unreadable> {
    let has = |name: &str| value.get(name).is_some();
    match value {
        _ if has("mail") => email::read(value),
        _ if has("delivery") && has("status") => text::read_log(value),
        _ if has("eventType") && has("messageId") => text::read_event(value),
        // The greeting of an identity's topic.
        _ if value["notificationType"] == "AmazonSnsSubscriptionSucceeded" => Ok(None),
        _ => Err(Unreadable("it has no form of SES, of the SNS delivery log or of End User Messaging")),
    }
}
