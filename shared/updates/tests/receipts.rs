//! Receipts: each form and every answer that the providers document, and that neither order nor repetition matters.
#![expect(clippy::unwrap_used, reason = "in a test, what cannot be had is a failure")]
use proptest::prelude::*;
use serde_json::{Value, json};
use updates::receipt::{Failure, Fate, Receipt, Unreadable, read};
use updates::{Channel, ContactState};

fn one(value: &Value) -> Receipt {
    let mut read = read(&value.to_string()).unwrap();
    assert_eq!(read.len(), 1, "{value}");
    read.remove(0)
}

/// An SES event of `kind`, with what is special to it.
fn ses(kind: &str, more: Value) -> Value {
    let mut event = json!({
        "eventType": kind,
        "mail": {"messageId": "ses-1", "timestamp": "2026-07-07T17:00:00.000Z", "destination": ["pat@example.com"],
                 "headersTruncated": false, "tags": {"ses:configuration-set": ["precinct"], "claim": ["token-1"]}},
        "something": {"new": [1, 2]},
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn bounce(kind: &str, subtype: &str) -> Value {
    let recipients = json!([{"emailAddress": "pat@example.com", "action": "failed", "status": "5.1.1"}]);
    ses(
        "Bounce",
        json!({"bounce": {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": recipients}}),
    )
}

/// A line of the SNS delivery log.
fn log(status: &str, response: &str) -> Value {
    json!({
        "notification": {"messageId": "sns-1", "timestamp": "2026-07-07 17:00:00.558"},
        "delivery": {"phoneCarrier": "Example Mobile", "mnc": 270, "mcc": 310, "numberOfMessageParts": 1,
                     "destination": "+12185550123", "priceInUSD": 0.00645, "smsType": "Transactional",
                     "providerResponse": response, "dwellTimeMs": 599, "dwellTimeMsUntilDeviceAck": 1344},
        "status": status,
    })
}

fn eum(kind: &str, is_final: bool) -> Value {
    json!({
        "eventType": kind, "eventVersion": "1.0", "eventTimestamp": 1_783_443_601_000_i64, "isFinal": is_final,
        "originationPhoneNumber": "+12185550190", "destinationPhoneNumber": "+12185550123", "messageId": "eum-1",
        "messageRequestTimestamp": 1_783_443_600_000_i64, "messageStatus": kind.trim_start_matches("TEXT_"),
    })
}

#[track_caller]
fn check(said: &Value, fate: Fate, reachable: Option<bool>, opt_out: Option<&str>) {
    let receipt = one(said);
    assert_eq!((receipt.fate, receipt.reachable(), receipt.opt_out()), (fate, reachable, opt_out), "{said}");
}

#[track_caller]
fn check_refused(response: &str, failure: Failure) {
    let reachable = failure.is_of_the_address().then_some(false);
    let opt_out = (failure == Failure::OptedOut).then_some("provider");
    check(&log("FAILURE", response), Fate::Failed(failure), reachable, opt_out);
}

#[test]
fn every_answer_of_the_delivery_log_has_its_meaning() {
    check(&log("SUCCESS", "Message has been accepted by phone carrier"), Fate::Delivered, Some(true), None);
    check_refused("Blocked as spam by phone carrier", Failure::Blocked);
    check_refused("Destination is on a blocked list", Failure::BlockedByRecipient);
    check_refused("Invalid phone number", Failure::InvalidAddress);
    check_refused("Message body is invalid", Failure::ContentRefused);
    check_refused("Phone carrier has blocked this message", Failure::Blocked);
    check_refused("Phone carrier is currently unreachable/unavailable", Failure::Unreachable);
    check_refused("Phone has blocked SMS", Failure::BlockedByRecipient);
    check_refused("Phone is on a blocked list", Failure::BlockedByRecipient);
    check_refused("Phone is currently unreachable/unavailable", Failure::Unreachable);
    check_refused("Phone number is opted out", Failure::OptedOut);
    check_refused("This delivery would exceed max price", Failure::PriceLimit);
    check_refused("Unknown error attempting to reach phone", Failure::UnknownError);
    check_refused("No quota left for account", Failure::SpendLimit);
    check_refused("Destination is a landline", Failure::Landline);
    check_refused("Something that SNS will say next year", Failure::UnknownError);
}

#[track_caller]
fn check_bounce(kind: &str, subtype: &str, failure: Failure) {
    let reachable = failure.is_of_the_address().then_some(false);
    check(&bounce(kind, subtype), Fate::Failed(failure), reachable, None);
}

#[test]
fn every_bounce_has_its_meaning() {
    check_bounce("Permanent", "General", Failure::InvalidAddress);
    check_bounce("Permanent", "NoEmail", Failure::InvalidAddress);
    check_bounce("Permanent", "Suppressed", Failure::OnProviderList);
    check_bounce("Permanent", "OnAccountSuppressionList", Failure::OnProviderList);
    check_bounce("Permanent", "NewSubtype", Failure::InvalidAddress);
    check_bounce("Transient", "General", Failure::NoClearAnswer);
    check_bounce("Transient", "MailboxFull", Failure::Unreachable);
    check_bounce("Transient", "MessageTooLarge", Failure::ContentRefused);
    check_bounce("Transient", "ContentRejected", Failure::ContentRefused);
    check_bounce("Transient", "AttachmentRejected", Failure::ContentRefused);
    check_bounce("Undetermined", "Undetermined", Failure::NoClearAnswer);
}

#[test]
fn the_other_events_of_mail_have_theirs() {
    check(&ses("Send", json!({"send": {}})), Fate::Taken, None, None);
    check(&ses("DeliveryDelay", json!({"deliveryDelay": {"delayType": "General"}})), Fate::Taken, None, None);
    check(
        &ses("Delivery", json!({"delivery": {"processingTimeMillis": 546}})),
        Fate::Delivered,
        Some(true),
        None,
    );
    let refused = Fate::Failed(Failure::ContentRefused);
    check(&ses("Reject", json!({"reject": {"reason": "Bad content"}})), refused, None, None);
    check(&ses("Rendering Failure", json!({"failure": {}})), refused, None, None);
    let complaint = json!({"complaint": {"complaintFeedbackType": "abuse", "complaintSubType": null}});
    check(&ses("Complaint", complaint), Fate::Delivered, Some(false), Some("email"));
    let dropped = json!({"complaint": {"complaintSubType": "OnAccountSuppressionList"}});
    let on_list = Fate::Failed(Failure::OnProviderList);
    check(&ses("Complaint", dropped), on_list, Some(false), Some("email"));
    let left = json!({"subscription": {"newTopicPreferences": {"unsubscribeAll": true}}});
    check(&ses("Subscription", left), Fate::Delivered, Some(true), Some("email"));
}

#[test]
fn events_of_end_user_messaging_are_read_too() {
    let failed = Fate::Failed;
    check(&eum("TEXT_QUEUED", false), Fate::Taken, None, None);
    check(&eum("TEXT_DELIVERED", true), Fate::Delivered, Some(true), None);
    check(&eum("TEXT_INVALID", true), failed(Failure::InvalidAddress), Some(false), None);
    check(&eum("TEXT_CARRIER_UNREACHABLE", false), Fate::Taken, None, None);
    check(&eum("TEXT_CARRIER_UNREACHABLE", true), failed(Failure::Unreachable), None, None);
    check(&eum("TEXT_BLOCKED", true), failed(Failure::BlockedByRecipient), Some(false), None);
    check(&eum("TEXT_SPAM", true), failed(Failure::Blocked), None, None);
    check(&eum("TEXT_UNKNOWN", true), failed(Failure::NoClearAnswer), None, None);
    assert_eq!(read(&eum("VOICE_COMPLETED", true).to_string()), Ok(Vec::new()));
}

#[test]
fn both_names_of_the_type_arrays_and_envelopes_are_read() {
    let mut notification = bounce("Permanent", "General");
    let kind = notification.as_object_mut().unwrap().remove("eventType").unwrap();
    notification["notificationType"] = kind;
    assert_eq!(one(&notification), one(&bounce("Permanent", "General")));
    let enveloped =
        json!({"Type": "Notification", "MessageId": "sns-9", "Message": notification.to_string()});
    assert_eq!(one(&enveloped), one(&notification));
    let many = json!([notification, ses("Open", json!({"open": {}})), ses("Send", json!({}))]);
    assert_eq!(read(&many.to_string()).unwrap().len(), 2);
}

#[test]
fn what_identifies_the_message_is_kept() {
    let mail = one(&bounce("Permanent", "General"));
    assert_eq!((mail.provider_id.as_str(), mail.claim.as_deref()), ("ses-1", Some("token-1")));
    assert_eq!((mail.channel, mail.destination.as_deref()), (Channel::Email, Some("pat@example.com")));
    let taken_at = "2026-07-07T17:00:00.558Z".parse().ok();
    let text = one(&log("SUCCESS", ""));
    assert_eq!((text.channel, text.destination.as_deref()), (Channel::Text, Some("+12185550123")));
    assert_eq!((text.taken_at, text.claim), (taken_at, None));
    assert_eq!(one(&eum("TEXT_SENT", false)).taken_at, "2026-07-07T17:00:00Z".parse().ok());
}

#[track_caller]
fn check_nothing(sent: &str) {
    assert_eq!(read(sent), Ok(Vec::new()), "{sent}");
}

#[test]
fn greetings_and_what_concerns_no_message_give_nothing() {
    check_nothing("Successfully validated SNS topic for Amazon SES event publishing.");
    check_nothing(
        r#"{"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed"}"#,
    );
    check_nothing(r#"{"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe"}"#);
    check_nothing(&ses("Click", json!({})).to_string());
    check_nothing(&ses("Something Later", json!({})).to_string());
    check_nothing(&ses("Subscription", json!({"subscription": {"source": "x"}})).to_string());
}

#[track_caller]
fn check_unreadable(sent: &str) {
    let Err(Unreadable(why)) = read(sent) else { panic!("{sent} was read") };
    assert!(!why.contains("555-0123") && !why.contains("pat@"), "{why}");
}

#[test]
fn what_cannot_be_read_is_said_without_its_content() {
    check_unreadable("218-555-0123");
    check_unreadable("[1]");
    check_unreadable(r#"{"to": "pat@example.com"}"#);
    check_unreadable(
        r#"{"eventType": "Bounce", "mail": {"messageId": "1", "destination": ["pat@example.com"]}}"#,
    );
    check_unreadable(r#"{"eventType": "Bounce", "mail": {"destination": ["pat@example.com"]}}"#);
    check_unreadable(&log("PERHAPS", "+1 218-555-0123").to_string());
    assert!(!format!("{:?}", one(&log("SUCCESS", ""))).contains("555"));
}

fn any_receipt() -> impl Strategy<Value = Value> {
    let answers =
        ["Invalid phone number", "Phone is currently unreachable/unavailable", "No quota left for account"];
    let subtypes = [
        ("Permanent", "General"),
        ("Transient", "General"),
        ("Transient", "MailboxFull"),
        ("Undetermined", ""),
    ];
    prop_oneof![
        Just(log("SUCCESS", "")),
        prop::sample::select(answers.to_vec()).prop_map(|answer| log("FAILURE", answer)),
        prop::sample::select(subtypes.to_vec()).prop_map(|(kind, subtype)| bounce(kind, subtype)),
        prop::sample::select(vec!["Send", "Delivery", "DeliveryDelay", "Complaint"])
            .prop_map(|kind| ses(kind, json!({}))),
    ]
}

proptest! {
    /// Receipts of one message, shuffled and some of them twice, end where they end in order.
    #[test]
    fn any_order_and_repetition_ends_in_the_same_state(
        (ordered, shuffled) in prop::collection::vec(any_receipt(), 1..8).prop_flat_map(|receipts| {
            let twice: Vec<Value> = receipts.iter().chain(&receipts[..receipts.len() / 2]).cloned().collect();
            (Just(receipts), Just(twice).prop_shuffle())
        })
    ) {
        let end = |receipts: &[Value]| receipts.iter().map(|receipt| one(receipt).fate).reduce(Fate::and);
        prop_assert_eq!(end(&ordered), end(&shuffled));
    }

    /// What is known of an address follows the message sent last, once anything was stored of it.
    #[test]
    fn an_address_is_judged_by_the_message_sent_last(
        (ordered, shuffled) in prop::collection::vec((any::<bool>(), 1..6_i64), 1..8).prop_flat_map(|shown| {
            let twice: Vec<_> = shown.iter().chain(&shown).copied().collect();
            (Just(shown), Just(twice).prop_shuffle())
        })
    ) {
        let at = |hour: i64| jiff::Timestamp::from_second(1_783_443_600 + hour * 3600).unwrap();
        let end = |shown: &[(bool, i64)]| {
            // A message sent before all of them did not arrive: from here on each receipt is weighed.
            let begun = ContactState::default().reached(false, at(0)).unwrap();
            let next = |state: ContactState, (reachable, hour): (bool, i64)| {
                state.reached(reachable, at(hour)).unwrap_or(state)
            };
            let state = shown.iter().copied().fold(begun, next);
            state.undeliverable
        };
        prop_assert_eq!(end(&ordered), end(&shuffled));
        let last = ordered.iter().map(|(_, hour)| hour).max().unwrap();
        let failed = ordered.iter().any(|(reachable, hour)| hour == last && !reachable);
        prop_assert_eq!(end(&ordered), failed);
    }
}
