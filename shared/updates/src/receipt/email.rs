//! E-mail: notifications of an SES identity and events of a configuration set. Two names for the type, one form else.
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{CLAIM_TAG, Failure, Fate, Objection, Receipt, Unreadable};
use crate::kind::Channel;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(alias = "notificationType")]
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    subscription: Option<Subscription>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    timestamp: Option<Timestamp>,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_sub_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    new_topic_preferences: Option<Preferences>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Preferences {
    #[serde(default)]
    unsubscribe_all: bool,
}

pub(super) fn read(value: &Value) -> Result<Option<Receipt>, Unreadable> {
    let event =
        Event::deserialize(value).map_err(|_| Unreadable("an SES event lacks its type or mail.messageId"))?;
    let Some((fate, objection)) = outcome(&event)? else { return Ok(None) };
    let Mail { message_id, timestamp, mut destination, mut tags } = event.mail;
    Ok(Some(Receipt {
        provider_id: message_id,
        claim: tags.remove(CLAIM_TAG).and_then(|mut values| values.pop()),
        channel: Channel::Email,
        taken_at: timestamp,
        destination: if destination.len() == 1 { destination.pop() } else { None },
        fate,
        objection,
    }))
}

fn outcome(event: &Event) -> Result<Option<(Fate, Option<Objection>)>, Unreadable> {
    let outcome = match event.event_type.as_str() {
        // A delay is not yet a failure: a bounce follows, or a delivery.
        "Send" | "DeliveryDelay" => (Fate::Taken, None),
        "Delivery" => (Fate::Delivered, None),
        "Reject" | "Rendering Failure" => (Fate::Failed(Failure::ContentRefused), None),
        "Bounce" => {
            let bounce = event.bounce.as_ref().ok_or(Unreadable("an SES bounce lacks bounce.bounceType"))?;
            (Fate::Failed(bounced(&bounce.bounce_type, &bounce.bounce_sub_type)), None)
        }
        "Complaint" => {
            let dropped =
                event.complaint.as_ref().and_then(|complaint| complaint.complaint_sub_type.as_deref())
                    == Some("OnAccountSuppressionList");
            // Somebody who complains has received it, unless SES dropped it for an earlier complaint.
            let fate = if dropped { Fate::Failed(Failure::OnProviderList) } else { Fate::Delivered };
            (fate, Some(Objection::Complained))
        }
        "Subscription" => {
            let preferences = event.subscription.as_ref().and_then(|one| one.new_topic_preferences.as_ref());
            if !preferences.is_some_and(|preferences| preferences.unsubscribe_all) {
                return Ok(None);
            }
            (Fate::Delivered, Some(Objection::Unsubscribed))
        }
        // Opens and clicks are not asked for; a type that SES adds later must not block the queue.
        _ => return Ok(None),
    };
    Ok(Some(outcome))
}

/// Types and subtypes: SES developer guide, "Contents of notifications"; an unknown one goes by its type.
fn bounced(kind: &str, subtype: &str) -> Failure {
    match (kind, subtype) {
        ("Permanent", "Suppressed" | "OnAccountSuppressionList") => Failure::OnProviderList,
        ("Permanent", "UnsubscribedRecipient") => Failure::OptedOut,
        ("Permanent", _) => Failure::InvalidAddress,
        ("Transient", "MailboxFull" | "CustomTimeoutExceeded") => Failure::Unreachable,
        ("Transient", "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
            Failure::ContentRefused
        }
        // Transient/General is also what an out-of-office reply gives.
        _ => Failure::NoClearAnswer,
    }
}
