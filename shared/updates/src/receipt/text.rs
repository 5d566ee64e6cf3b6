//! Texts: lines of the SNS delivery log in CloudWatch, and events of End User Messaging.
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::{Failure, Fate, Receipt, Unreadable};
use crate::kind::Channel;

#[derive(Deserialize)]
struct Line {
    notification: Notification,
    delivery: Delivery,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    message_id: String,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    destination: Option<String>,
    #[serde(default)]
    provider_response: String,
}

/// A line of `sns/<region>/<account>/DirectPublishToPhoneNumber` or its `/Failure`.
pub(super) fn read_log(value: &Value) -> Result<Option<Receipt>, Unreadable> {
    let line = Line::deserialize(value)
        .map_err(|_| Unreadable("an SNS delivery log line lacks notification.messageId or status"))?;
    let fate = match line.status.as_str() {
        "SUCCESS" => Fate::Delivered,
        "FAILURE" => Fate::Failed(refused(&line.delivery.provider_response)),
        _ => return Err(Unreadable("an SNS delivery log line has a status other than SUCCESS and FAILURE")),
    };
    // `2016-06-28 00:40:34.558`, in UTC.
    let taken_at = line.notification.timestamp.and_then(|at| at.parse::<DateTime>().ok());
    Ok(Some(Receipt {
        provider_id: line.notification.message_id,
        claim: None,
        channel: Channel::Text,
        taken_at: taken_at.and_then(|at| Some(at.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())),
        destination: line.delivery.destination,
        fate,
        objection: None,
    }))
}

/// The answers that SNS documents, by their words; one it adds later says nothing about the number.
fn refused(response: &str) -> Failure {
    let response = response.to_lowercase();
    let said = |words: &str| response.contains(words);
    match () {
        () if said("landline") => Failure::Landline,
        () if said("invalid phone number") => Failure::InvalidAddress,
        () if said("opted out") => Failure::OptedOut,
        () if said("no quota left") => Failure::SpendLimit,
        () if said("max price") => Failure::PriceLimit,
        () if said("body is invalid") => Failure::ContentRefused,
        // The carrier's verdict on this message, not on the number.
        () if said("blocked as spam") || said("carrier has blocked") => Failure::Blocked,
        () if said("blocked sms") || said("blocked list") => Failure::BlockedByRecipient,
        () if said("unreachable") => Failure::Unreachable,
        () => Failure::UnknownError,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    message_id: String,
    #[serde(default)]
    is_final: bool,
    destination_phone_number: Option<String>,
    /// Milliseconds since 1970.
    message_request_timestamp: Option<i64>,
}

/// An event of End User Messaging.
pub(super) fn read_event(value: &Value) -> Result<Option<Receipt>, Unreadable> {
    let event = Event::deserialize(value)
        .map_err(|_| Unreadable("an event of End User Messaging lacks eventType or messageId"))?;
    let failed = |failure| if event.is_final { Fate::Failed(failure) } else { Fate::Taken };
    let fate = match event.event_type.as_str() {
        "TEXT_SENT" | "TEXT_PENDING" | "TEXT_QUEUED" => Fate::Taken,
        "TEXT_SUCCESSFUL" | "TEXT_DELIVERED" => Fate::Delivered,
        "TEXT_INVALID" => failed(Failure::InvalidAddress),
        "TEXT_INVALID_MESSAGE" => failed(Failure::ContentRefused),
        "TEXT_UNREACHABLE" | "TEXT_CARRIER_UNREACHABLE" | "TEXT_TTL_EXPIRED" => failed(Failure::Unreachable),
        "TEXT_BLOCKED" => failed(Failure::BlockedByRecipient),
        "TEXT_CARRIER_BLOCKED" | "TEXT_SPAM" | "TEXT_PROTECT_BLOCKED" => failed(Failure::Blocked),
        "TEXT_UNKNOWN" => failed(Failure::NoClearAnswer),
        // Voice, media, and whatever comes later.
        _ => return Ok(None),
    };
    Ok(Some(Receipt {
        provider_id: event.message_id,
        claim: None,
        channel: Channel::Text,
        taken_at: event.message_request_timestamp.and_then(|at| Timestamp::from_millisecond(at).ok()),
        destination: event.destination_phone_number,
        fate,
        objection: None,
    }))
}
