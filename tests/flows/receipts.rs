//! Receipts from end to end: what the providers say later reaches the message, the address and, where somebody must be
//! told, a person.
use std::time::Duration;

use precinct::stack::{Email, Fault, Service, Text};
use serde_json::{Value, json};
use table::planning::open_messages;
use tests::{CALLER, NOON, World, call, en_route, theft};
use updates::Owner;

const VICTIM: &str = "ruth@example.com";

/// A line of the delivery log about `text`.
fn log(text: &Text, status: &str, response: &str) -> Value {
    json!({
        "notification": {"messageId": text.message_id, "timestamp": text.at.strftime("%Y-%m-%d %H:%M:%S.000").to_string()},
        "delivery": {"destination": text.to, "priceInUSD": 0.00645, "smsType": "Transactional",
                     "providerResponse": response, "dwellTimeMs": 599},
        "status": status,
    })
}

fn delivered(text: &Text) -> Value {
    log(text, "SUCCESS", "Message has been accepted by phone carrier")
}

/// An event of SES about `email`.
fn ses(email: &Email, kind: &str, more: Value) -> Value {
    let mut event = json!({
        "eventType": kind,
        "mail": {"messageId": email.message_id, "timestamp": email.at, "destination": [email.to]},
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn bounced(email: &Email, kind: &str, subtype: &str) -> Value {
    let recipients = json!([{"emailAddress": email.to, "status": "5.1.1"}]);
    let bounce = json!({"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": recipients});
    ses(email, "Bounce", json!({"bounce": bounce}))
}

/// An event of the records system about case 26-1187, whose victim can be reached by `way` alone.
fn case(kind: &str, id: &str, way: &Value) -> Value {
    let mut person = json!({"id": "v1", "roles": ["victim"], "contact": "ok"});
    person.as_object_mut().unwrap().extend(way.as_object().unwrap().clone());
    let status = if kind == "case.closed" { "closed" } else { "open" };
    let case = json!({"number": "26-1187", "offence": "220", "status": status});
    json!({"type": kind, "id": id, "timestamp": NOON, "data": {"case": case, "people": [person]}})
}

/// A case opened and closed, and the mail about its end.
async fn closed_by_mail(world: &World) -> Email {
    let way = json!({"email": VICTIM});
    world.cases(case("case.opened", "r-1", &way)).await;
    world.cases(case("case.closed", "r-2", &way)).await;
    to_victim(world).pop().unwrap()
}

/// E-mails to the victim; tasks are mailed too.
fn to_victim(world: &World) -> Vec<Email> {
    world.emails().into_iter().filter(|email| email.to == VICTIM).collect()
}

async fn told_by_sns(world: &World, line: Value) {
    world.stack.sms_log(&line).await.unwrap();
    world.drain().await;
}

async fn told_by_ses(world: &World, event: Value) {
    world.stack.ses_event(&event).await.unwrap();
    world.drain().await;
}

/// What is known of the messages about the case, as `kind state reason`.
async fn case_messages(world: &World) -> Vec<String> {
    let (status, answer) = world.read("/v1/cases/26-1187/updates", &["records"]).await;
    assert_eq!(status, 200, "{answer}");
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let rows = answer["messages"].as_array().unwrap().iter();
    rows.map(|row| ["kind", "state", "reason"].map(|name| word(row, name)).join(" ").trim().to_owned())
        .collect()
}

/// What the open tasks of `owner` cover.
async fn tasks(world: &World, owner: Owner) -> Vec<String> {
    let runtime = world.stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let messages = open_messages(runtime, &dynamo, &aws_sdk_kms::Client::new(&runtime.sdk)).unwrap();
    let open = messages.open_tasks(owner, 20).await.unwrap();
    open.iter().flat_map(|task| task.covers.iter().map(|cover| format!("{} {cover}", task.subject))).collect()
}

#[tokio::test]
async fn a_delivered_text_is_marked() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.messages("26-1").await, ["call_received accepted"]);
    told_by_sns(&world, delivered(&world.texts()[0])).await;
    assert_eq!(world.messages("26-1").await, ["call_received delivered"]);
}

#[tokio::test]
async fn a_bounce_is_remembered_and_what_must_be_told_becomes_a_task() {
    let world = World::new().await;
    let email = closed_by_mail(&world).await;
    let sent = to_victim(&world).len();
    told_by_ses(&world, bounced(&email, "Permanent", "General")).await;
    assert!(case_messages(&world).await.contains(&"case_closed failed".to_owned()));
    let open = tasks(&world, Owner::VictimServices).await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].starts_with("CASE#26-1187 case_closed ") && open[0].ends_with(" failed"), "{open:?}");

    world.cases(case("case.contact_requested", "r-3", &json!({"email": VICTIM}))).await;
    assert_eq!(to_victim(&world).len(), sent);
    let (_, answer) = world.read("/v1/cases/26-1187/updates", &["records"]).await;
    let withheld = answer["decisions"].as_array().unwrap().iter();
    let reasons: Vec<&Value> =
        withheld.filter(|row| row["kind"] == "contact_requested").map(|row| &row["reason"]).collect();
    assert_eq!(reasons, ["undeliverable_address"]);
    let open = tasks(&world, Owner::VictimServices).await;
    assert!(open.iter().any(|cover| cover.contains("contact_requested")), "{open:?}");
}

#[tokio::test]
async fn a_complaint_is_an_opt_out() {
    let world = World::new().await;
    let email = closed_by_mail(&world).await;
    let sent = to_victim(&world).len();
    told_by_ses(&world, ses(&email, "Complaint", json!({"complaint": {"complaintFeedbackType": "abuse"}})))
        .await;
    assert!(case_messages(&world).await.contains(&"case_closed delivered".to_owned()));
    assert_eq!(tasks(&world, Owner::VictimServices).await, [""; 0]);
    world.cases(case("case.contact_requested", "r-3", &json!({"email": VICTIM}))).await;
    assert_eq!(to_victim(&world).len(), sent);
    let (_, answer) = world.read("/v1/cases/26-1187/updates", &["records"]).await;
    assert!(answer["decisions"].to_string().contains("opted_out"), "{answer}");
}

/// After the first text met `response`, whether the next one to the same number goes out.
async fn goes_on_after(response: &str) -> (bool, Vec<String>) {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    told_by_sns(&world, log(&world.texts()[0], "FAILURE", response)).await;
    assert_eq!(world.messages("26-1").await, ["call_received failed"]);
    world.cad(theft("e-2", NOON, "26-2")).await;
    (world.texts().len() == 2, world.decisions("26-2").await)
}

#[tokio::test]
async fn dead_numbers_and_landlines_are_remembered_and_a_phone_out_of_reach_is_not() {
    for response in ["Invalid phone number", "Destination is a landline", "Phone has blocked SMS"] {
        let (sent, decisions) = goes_on_after(response).await;
        assert!(
            !sent && decisions.contains(&"call_received suppressed undeliverable_address".into()),
            "{response}"
        );
    }
    let (sent, decisions) = goes_on_after("Phone number is opted out").await;
    assert!(!sent && decisions.contains(&"call_received suppressed opted_out".into()), "{decisions:?}");
    assert!(goes_on_after("Phone is currently unreachable/unavailable").await.0);
}

#[tokio::test]
async fn an_unknown_text_is_cleared_up_by_its_receipt_and_never_sent_again() {
    let world = World::new().await;
    world.stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::ZERO);
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    assert_eq!(world.messages("26-1").await, ["call_received unknown"]);
    world.minutes(3).await;
    // The same number, but not at that time: no evidence.
    let mut other = delivered(&world.texts()[0]);
    other["notification"] = json!({"messageId": "other", "timestamp": "2026-07-07 16:30:00.000"});
    told_by_sns(&world, other).await;
    assert_eq!(world.messages("26-1").await, ["call_received unknown"]);
    told_by_sns(&world, delivered(&world.texts()[0])).await;
    assert_eq!(world.messages("26-1").await, ["call_received delivered"]);
    assert_eq!(world.texts().len(), 1);
}

/// Two texts of one moment whose outcome nobody knows.
async fn two_unknown() -> World {
    let world = World::new().await;
    world.stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::ZERO);
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.minutes(3).await;
    world
}

#[tokio::test]
async fn two_unknown_texts_of_one_moment_stay_unknown() {
    let world = two_unknown().await;
    told_by_sns(&world, delivered(&world.texts()[0])).await;
    assert_eq!(world.messages("26-1").await, ["call_received unknown", "officers_on_the_way unknown"]);
}

/// After two texts to the caller whose outcome nobody knows, `response` about a text to `number` that is none of ours: whether
/// the next text to that number goes out.
async fn goes_on_after_two_unknown(response: &str, number: &str) -> bool {
    let world = two_unknown().await;
    let mut line = log(&world.texts()[0], "FAILURE", response);
    line["delivery"]["destination"] = json!(number);
    told_by_sns(&world, line).await;
    assert_eq!(world.messages("26-1").await, ["call_received unknown", "officers_on_the_way unknown"]);
    world.cad(call("LARCENY", "e-3", NOON, "26-3", number)).await;
    world.texts().len() == 3
}

#[tokio::test]
async fn what_a_receipt_says_of_the_address_holds_whichever_message_it_is_about() {
    assert!(!goes_on_after_two_unknown("Destination is a landline", CALLER).await);
    assert!(!goes_on_after_two_unknown("Phone number is opted out", CALLER).await);
    assert!(goes_on_after_two_unknown("Phone is currently unreachable/unavailable", CALLER).await);
    // Nothing is kept about a number that this department never wrote to.
    assert!(goes_on_after_two_unknown("Destination is a landline", "+12185550199").await);
}

#[tokio::test]
async fn an_unknown_email_is_found_by_the_token_of_its_claim() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", &json!({"email": VICTIM}))).await;
    world.stack.fault(Service::Ses, Fault::AcceptThenLose, Duration::ZERO);
    world.cases(case("case.closed", "r-2", &json!({"email": VICTIM}))).await;
    assert!(case_messages(&world).await.contains(&"case_closed unknown".to_owned()));
    let email = to_victim(&world).pop().unwrap();
    let raw = world.stack.captures_folder().join(format!("{}.eml", email.message_id));
    let raw = std::fs::read_to_string(raw).unwrap();
    let token = raw.split("Message-ID: <").nth(1).unwrap().split('@').next().unwrap();
    let mut event = ses(&email, "Send", json!({"send": {}}));
    event["mail"]["tags"] = json!({"claim": [token]});
    told_by_ses(&world, event).await;
    assert!(case_messages(&world).await.contains(&"case_closed accepted".to_owned()));
    told_by_ses(&world, ses(&email, "Delivery", json!({"delivery": {}}))).await;
    assert!(case_messages(&world).await.contains(&"case_closed delivered".to_owned()));
}

#[tokio::test]
async fn receipts_twice_and_in_the_wrong_order_end_as_they_should() {
    let world = World::new().await;
    let email = closed_by_mail(&world).await;
    let delivery = ses(&email, "Delivery", json!({"delivery": {}}));
    let out_of_office = bounced(&email, "Transient", "General");
    for event in [&out_of_office, &delivery, &out_of_office, &delivery] {
        told_by_ses(&world, event.clone()).await;
    }
    assert!(case_messages(&world).await.contains(&"case_closed delivered".to_owned()));
    let bounce = bounced(&email, "Permanent", "NoEmail");
    for event in [&bounce, &delivery, &ses(&email, "Send", json!({})), &bounce, &out_of_office] {
        told_by_ses(&world, event.clone()).await;
    }
    assert!(case_messages(&world).await.contains(&"case_closed failed".to_owned()));
    assert_eq!(tasks(&world, Owner::VictimServices).await.len(), 1);
}

#[tokio::test]
async fn an_address_goes_by_the_message_that_was_sent_last() {
    for swapped in [false, true] {
        let world = World::new().await;
        world.cad(theft("e-1", NOON, "26-1")).await;
        world.minutes(5).await;
        world.cad(theft("e-2", "2026-07-07T12:05:00-05:00", "26-2")).await;
        let texts = world.texts();
        let mut lines = [log(&texts[0], "FAILURE", "Invalid phone number"), delivered(&texts[1])];
        if swapped {
            lines.reverse();
        }
        for line in lines {
            told_by_sns(&world, line).await;
        }
        world.cad(theft("e-3", "2026-07-07T12:05:00-05:00", "26-3")).await;
        assert_eq!(world.texts().len(), 3, "swapped: {swapped}");
    }
}

#[tokio::test]
async fn what_stays_unknown_for_three_days_is_given_to_a_person() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", &json!({"phone": CALLER}))).await;
    world.stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::ZERO);
    world.cases(case("case.closed", "r-2", &json!({"phone": CALLER}))).await;
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.until("2026-07-10T11:59:00-05:00").await;
    assert_eq!(tasks(&world, Owner::VictimServices).await, [""; 0]);
    world.until("2026-07-10T12:01:00-05:00").await;
    let open = tasks(&world, Owner::VictimServices).await;
    assert!(open.len() == 1 && open[0].starts_with("CASE#26-1187 case_closed "), "{open:?}");
    assert!(case_messages(&world).await.contains(&"case_closed unknown".to_owned()));
    // A receipt that comes after all does not raise it again.
    let text = world.texts().pop().unwrap();
    told_by_sns(&world, log(&text, "FAILURE", "Unknown error attempting to reach phone")).await;
    assert!(case_messages(&world).await.contains(&"case_closed failed".to_owned()));
    assert_eq!(tasks(&world, Owner::VictimServices).await, open);
}

#[tokio::test]
async fn what_is_refused_at_once_and_must_be_told_becomes_a_task() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", &json!({"phone": CALLER}))).await;
    world.stack.fault(Service::Sns, Fault::Reject, Duration::ZERO);
    world.cases(case("case.closed", "r-2", &json!({"phone": CALLER}))).await;
    world.minutes(1).await;
    assert!(case_messages(&world).await.contains(&"case_closed failed".to_owned()));
    assert_eq!(tasks(&world, Owner::VictimServices).await.len(), 1);
}

#[tokio::test]
async fn an_empty_account_is_told_to_the_administrators() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let line = log(&world.texts()[0], "FAILURE", "No quota left for account");
    told_by_sns(&world, line.clone()).await;
    told_by_sns(&world, line).await;
    assert_eq!(tasks(&world, Owner::Admin).await, ["SPEND#2026-07 provider"]);
    assert_eq!(world.messages("26-1").await, ["call_received failed"]);
}

#[tokio::test]
async fn strangers_receipts_change_nothing_and_what_cannot_be_read_is_kept_aside() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.minutes(5).await;
    let mut stranger = delivered(&world.texts()[0]);
    stranger["notification"]["messageId"] = json!("somebody else's");
    told_by_sns(&world, stranger).await;
    assert_eq!(world.messages("26-1").await, ["call_received accepted"]);

    world.stack.ses_event(&json!({"to": VICTIM})).await.unwrap();
    world.stack.drain().await.unwrap();
    let failed = std::fs::read_to_string(world.stack.data().join("failed.jsonl")).unwrap();
    assert!(failed.contains("receipts") && !failed.contains(VICTIM), "{failed}");
}
