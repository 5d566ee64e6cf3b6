//! Texts that come in, from end to end: what is answered, who is tasked, what is kept.
use std::path::PathBuf;
use std::time::Duration;

use precinct::stack::{Fault, Options, Service, Stack};
use serde_json::{Value, json};
use table::Planning;
use tests::{CALLER, NOON, World, en_route, event, instant, theft};
use updates::Owner;
use updates::reply::Meaning;

const SURVEYS: (&str, &str, &str) =
    ("updates.toml", "[kinds.survey]\non = false", "[kinds.survey]\non = true");

fn tables(stack: &Stack) -> Planning {
    let runtime = stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    Planning::open(runtime, &dynamo, &kms).unwrap()
}

/// Open tasks of a role as `kind subject`.
async fn tasks(world: &World, owner: Owner) -> Vec<String> {
    let open = tables(&world.stack).messages.open_tasks(owner, 100).await.unwrap();
    open.into_iter().map(|task| format!("{} {}", task.kind, task.subject)).collect()
}

/// A text as the queue holds it, under an id of its own.
fn queued(id: &str, words: &str, previous: Option<&str>) -> String {
    json!({"originationNumber": CALLER, "destinationNumber": "+12185550190", "messageKeyword": "X", "messageBody": words,
           "inboundMessageId": id, "previousPublishedMessageId": previous})
    .to_string()
}

fn case(kind: &str, id: &str, at: &str) -> Value {
    json!({"type": kind, "id": id, "timestamp": at, "data": {
        "case": {"number": "26-1192", "offence": "220", "status": "open"},
        "people": [{"id": "p1", "roles": ["victim"], "phone": CALLER, "contact": "ok"}]}})
}

/// A call that is closed at half past twelve.
async fn closed_call(world: &World, incident: &str) {
    world.cad(theft(&format!("o-{incident}"), NOON, incident)).await;
    let at = "2026-07-07T12:30:00-05:00";
    let data = json!({"disposition": "01"});
    world.cad(event("incident.closed", &format!("c-{incident}"), at, incident, data)).await;
}

fn bodies(world: &World, from: usize) -> Vec<String> {
    let name = "Example City Police: ";
    world.texts()[from..].iter().map(|text| text.body.trim_start_matches(name).to_owned()).collect()
}

#[tokio::test]
async fn a_stop_is_confirmed_once_however_often_it_comes() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let message = queued("in-1", "Stop", None);
    for _ in 0..3 {
        world.stack.inbound_message(&message).await.unwrap();
        world.drain().await;
    }
    world.reply(CALLER, "STOP").await;
    world.reply(CALLER, "please stop texting me").await;
    world.stack.redeliver().await.unwrap();
    world.minutes(10).await;
    assert_eq!(
        bodies(&world, 1),
        ["you will get no more texts from us. Reply START to get them again. In an emergency call 911."]
    );
    let messages = tables(&world.stack).messages;
    let honoured = messages.honoured_revocations(world.stack.now(), 1).await.unwrap();
    assert_eq!((honoured.count, honoured.longest.as_secs()), (1, 0));
}

#[tokio::test]
async fn a_confirmation_whose_answer_was_lost_is_not_repeated_and_a_late_one_is_not_sent() {
    let world = World::new().await;
    world.stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::ZERO);
    world.reply(CALLER, "STOP").await;
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.minutes(30).await;
    assert_eq!(world.texts().len(), 1);

    let busy = World::new().await;
    busy.stack.fault(Service::Sns, Fault::Throttle, Duration::ZERO);
    busy.reply(CALLER, "STOP").await;
    busy.minutes(6).await;
    busy.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    busy.minutes(30).await;
    assert_eq!(busy.texts(), []);
}

#[tokio::test]
async fn start_and_help_are_answered() {
    let world = World::new().await;
    world.reply(CALLER, "STOP").await;
    world.reply(CALLER, "HELP").await;
    world.reply(CALLER, "yes").await;
    let told = bodies(&world, 0);
    assert_eq!(told.len(), 3);
    assert!(told[1].contains("Questions: 218-555-0100"), "{}", told[1]);
    assert!(told[2].starts_with("you will get texts from us again"), "{}", told[2]);
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 4);
}

#[tokio::test]
async fn an_emergency_is_answered_at_once_and_dispatch_is_told_also_after_a_stop() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.stack.inbound_message(&queued("in-1", "Stop! he is back with a knife", None)).await.unwrap();
    world.drain().await;
    let told = bodies(&world, 1);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|text| text.contains("nobody reads this number") && text.contains("911")));
    assert!(told.iter().any(|text| text.contains("no more texts")));
    assert_eq!(tasks(&world, Owner::Dispatch).await, ["emergency_reply REPLY#in-1"]);
    assert_eq!(world.emails().last().unwrap().to, "dispatch-desk@police.example.gov");

    world.stack.inbound_message(&queued("in-2", "emergencia ayúdenme", None)).await.unwrap();
    world.drain().await;
    assert_eq!((world.texts().len(), tasks(&world, Owner::Dispatch).await.len()), (4, 2));
    let messages = tables(&world.stack).messages;
    let stored = messages.reply("in-1").await.unwrap().unwrap();
    assert_eq!((stored.meaning, stored.subject.as_deref()), (Meaning::Emergency, Some("INC#26-1")));
    let words = messages.reply_words(&stored).await.unwrap().unwrap();
    assert_eq!((words.from.as_str(), words.text.as_str()), (CALLER, "Stop! he is back with a knife"));
}

#[tokio::test]
async fn a_reply_to_news_of_a_case_goes_to_the_investigator() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", NOON)).await;
    world.reply(CALLER, "I found the serial number").await;
    world.reply(CALLER, "it is on the receipt").await;
    let told = bodies(&world, 1);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("thank you, we pass this on"));
    assert_eq!(tasks(&world, Owner::Investigator).await, ["case_reply CASE#26-1192"]);
    assert_eq!(world.emails().last().unwrap().to, "investigations@police.example.gov");
    let messages = tables(&world.stack).messages;
    let mut read = Vec::new();
    for stored in messages.replies_of("CASE#26-1192").await.unwrap() {
        read.push(messages.reply_words(&stored).await.unwrap().unwrap().text);
    }
    read.sort();
    assert_eq!(read, ["I found the serial number", "it is on the receipt"]);
}

#[tokio::test]
async fn the_message_that_the_provider_names_comes_first() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", NOON)).await;
    let about_the_case = world.texts()[0].message_id.clone();
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.stack.inbound_message(&queued("in-1", "who is on it?", Some(&about_the_case))).await.unwrap();
    world.stack.inbound_message(&queued("in-2", "who is on it?", Some("of-somebody-else"))).await.unwrap();
    world.drain().await;
    let messages = tables(&world.stack).messages;
    let subject = async |id: &str| messages.reply(id).await.unwrap().unwrap().subject;
    assert_eq!(subject("in-1").await.as_deref(), Some("CASE#26-1192"));
    assert!(subject("in-2").await.is_some());
}

#[tokio::test]
async fn stop_with_a_case_number_ends_that_case_alone() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", NOON)).await;
    world.reply(CALLER, "STOP 26-1192").await;
    assert!(bodies(&world, 1)[0].starts_with("you will get no more texts about this"));
    world.cases(case("case.assigned", "r-2", "2026-07-07T12:01:00-05:00")).await;
    assert_eq!(world.texts().len(), 2);
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 3);
    world.reply(CALLER, "STOP 26-9999").await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 4);
}

#[tokio::test]
async fn what_may_be_a_revocation_is_read_within_ten_business_days() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.reply(CALLER, "wrong number, i did not ask for these texts").await;
    let open = tables(&world.stack);
    let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    let open = open.messages.open_revocations(world.stack.now(), &zone).await.unwrap();
    assert_eq!((open.len(), open[0].unclear), (1, true));
    assert_eq!(open[0].due_at, instant("2026-07-21T12:00:00-05:00"));
    assert_eq!(world.emails().last().unwrap().to, "records@police.example.gov");
}

#[tokio::test]
async fn a_survey_is_held_in_the_conversation_and_counted_without_the_person() {
    let (file, from, to) = SURVEYS;
    let world = World::with(NOON, file, from, to).await;
    closed_call(&world, "26-1").await;
    closed_call(&world, "26-2").await;
    world.until("2026-07-07T19:00:00-05:00").await;
    let surveys = world.texts().iter().filter(|text| text.body.contains("how did we do")).count();
    assert_eq!(surveys, 1, "{}", world.transcript());
    let before = world.texts().len();
    let score = queued("in-1", "5!", None);
    world.stack.inbound_message(&score).await.unwrap();
    world.stack.inbound_message(&score).await.unwrap();
    world.drain().await;
    world.reply(CALLER, "2").await;
    world.reply(CALLER, "The officer was very kind").await;
    let told = bodies(&world, before);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("thank you. If you want, tell us more"));
    assert!(told[1].starts_with("thank you, we have your answer"));
    let counts = tables(&world.stack).messages.survey_counts("2026-07").await.unwrap();
    assert_eq!(counts.len(), 1);
    let count = &counts[0];
    assert_eq!((count.call_type.as_str(), count.language.as_str()), ("LARCENY", "en"));
    assert_eq!((count.sent, count.answered, count.comments, count.scores()), (1, 1, 1, [0, 0, 0, 0, 1]));
}

#[tokio::test]
async fn a_survey_that_the_provider_was_too_busy_for_is_sent_later_and_counted_once() {
    let (file, from, to) = SURVEYS;
    let world = World::with(NOON, file, from, to).await;
    closed_call(&world, "26-1").await;
    world.until("2026-07-07T18:29:00-05:00").await;
    world.stack.fault(Service::Sns, Fault::Throttle, Duration::ZERO);
    world.minutes(3).await;
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.minutes(5).await;
    assert_eq!(world.texts().iter().filter(|text| text.body.contains("how did we do")).count(), 1);
    let counts = tables(&world.stack).messages.survey_counts("2026-07").await.unwrap();
    assert_eq!(counts[0].sent, 1);
}

#[tokio::test]
async fn stop_after_a_survey_keeps_case_news_where_the_department_says_so() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency/updates.toml"))
        .unwrap();
    let start = text.find("stop_keeps_case_news").unwrap();
    let end = text.find(SURVEYS.1).unwrap();
    let changed = text[start..end].replacen("= false", "= true", 1) + SURVEYS.2;
    let world = World::with(NOON, SURVEYS.0, &(text[start..end].to_owned() + SURVEYS.1), &changed).await;
    closed_call(&world, "26-1").await;
    world.until("2026-07-07T19:00:00-05:00").await;
    let before = world.texts().len();
    world.reply(CALLER, "STOP").await;
    assert!(bodies(&world, before)[0].starts_with("you will get no more texts about this"));
    world.cases(case("case.opened", "r-1", "2026-07-07T19:00:00-05:00")).await;
    assert_eq!(world.texts().len(), before + 2);
}

#[tokio::test]
async fn a_language_is_set_by_its_word() {
    let world = World::new().await;
    world.reply(CALLER, "Español").await;
    assert_eq!(world.texts().len(), 1);
    let address = CALLER.to_owned();
    let known = tables(&world.stack).contacts.known([&address]).await.unwrap();
    assert_eq!(known.states[&address].language.as_deref(), Some("es"));
}

#[tokio::test]
async fn a_pause_holds_courtesies_but_neither_a_confirmation_nor_an_emergency() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", NOON)).await;
    let pause = json!({"scope": "all", "on": true, "reason": "drill"});
    assert!(world.command("/v1/pause", &["dispatch"], pause).await.0 < 300);
    world.reply(CALLER, "thank you so much").await;
    assert_eq!(world.texts().len(), 1);
    world.reply(CALLER, "he has a gun").await;
    world.reply(CALLER, "STOP").await;
    assert_eq!(world.texts().len(), 3);
}

#[tokio::test]
async fn in_shadow_nothing_leaves_and_the_stop_still_holds() {
    let options = Options {
        agency: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency")),
        now: Some(instant(NOON)),
        still: true,
        live: false,
        ..Options::default()
    };
    let stack = Stack::start(options).await.unwrap();
    stack.inbound_text(CALLER, "STOP he has a gun").await.unwrap();
    stack.drain().await.unwrap();
    assert_eq!(
        (stack.texts().unwrap().len(), stack.emails().unwrap().len(), stack.webhooks().unwrap().len()),
        (0, 0, 0)
    );
    let address = CALLER.to_owned();
    let planning = tables(&stack);
    assert_eq!(planning.contacts.known([&address]).await.unwrap().states[&address].opt_outs.len(), 1);
    assert_eq!(planning.messages.open_tasks(Owner::Dispatch, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_no_text_goes_to_the_failure_list_and_holds_nobody_up() {
    let world = World::new().await;
    world.stack.inbound_message("{\"originationNumber\": 5}").await.unwrap();
    world.stack.inbound_message(&queued("in-1", "STOP", None)).await.unwrap();
    world.stack.drain().await.unwrap();
    let failed = std::fs::read_to_string(world.stack.data().join("failed.jsonl")).unwrap();
    assert_eq!(failed.lines().count(), 1, "{failed}");
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn a_number_of_another_plan_is_not_texted_back_but_its_emergency_is_told() {
    let world = World::new().await;
    world.reply("+442079460000", "help me").await;
    world.reply("+442079460000", "STOP").await;
    assert_eq!(world.texts(), []);
    assert_eq!(tasks(&world, Owner::Dispatch).await.len(), 1);
}
