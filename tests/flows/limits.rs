//! Limits from end to end: the breaker opens and closes, one number has its share of a day, the money of a month ends,
//! a burst waits for the number's rate, a silent sender is a task.
use embedded::agency::copy_folder;
use precinct::stack::{Options, Stack};
use serde_json::{Value, json};
use table::Planning;
use tests::{CALLER, NOON, World, call, event, instant, theft};
use updates::{Owner, TaskKind};

use crate::alarms::{listen, rings};

/// A world whose `updates.toml` has other values for some keys of `[limits]` and `[silence]`.
async fn world(changes: &[(&str, &str)]) -> World {
    let folder = std::env::temp_dir().join(format!("precinct-limits-{}", startup::Entropy::system().token()));
    copy_folder(&tests::shipped_agency(), &folder).unwrap();
    let file = folder.join("updates.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let line = |line: &str| {
        let change = changes.iter().find(|(key, _)| line.starts_with(&format!("{key} = ")));
        change.map_or_else(|| line.to_owned(), |(key, value)| format!("{key} = {value}"))
    };
    std::fs::write(&file, text.lines().map(line).collect::<Vec<_>>().join("\n")).unwrap();
    let options =
        Options { agency: folder.clone(), now: Some(instant(NOON)), still: true, ..Options::default() };
    let stack = Stack::start(options).await.unwrap();
    // The stack has its own copy.
    std::fs::remove_dir_all(folder).unwrap();
    World::of(stack)
}

fn planning(world: &World) -> Planning {
    let runtime = world.stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    Planning::open(runtime, &dynamo, &kms).unwrap()
}

async fn open_tasks(world: &World, owner: Owner) -> Vec<TaskKind> {
    let tasks = planning(world).messages.open_tasks(owner, 50).await.unwrap();
    tasks.into_iter().map(|task| task.kind).collect()
}

/// `count` calls from as many numbers.
fn flood(count: usize, at: &str) -> Value {
    let one = |n: usize| {
        call("LARCENY", &format!("f-{at}-{n}"), at, &format!("26-{n}"), &format!("+1218555{:04}", 100 + n))
    };
    (0..count).map(one).collect()
}

/// How many states each message of an answer went through.
fn steps(answer: &Value) -> Vec<usize> {
    let rows = answer["messages"].as_array().unwrap().iter();
    rows.map(|row| row["history"].as_array().unwrap().len()).collect()
}

#[tokio::test]
async fn a_flood_opens_the_breaker_which_closes_by_itself() {
    let (heard, _listening) = listen();
    let world = world(&[("breaker_per_minute", "10"), ("breaker_open_minutes", "3")]).await;
    world.cad(flood(20, NOON)).await;
    assert_eq!(world.texts().len(), 10);
    let held = world.messages("26-19").await;
    assert_eq!(held, ["call_received suppressed breaker_open"]);
    assert_eq!(open_tasks(&world, Owner::Admin).await, [TaskKind::BreakerOpened]);
    rings("SendingHeld", "SendUpdatesLog", "breaker_opened", &heard.take());
    world.minutes(2).await;
    assert_eq!(world.texts().len(), 10, "open still");
    world.minutes(2).await;
    assert_eq!(world.texts().len(), 20, "decided again once it has closed");
}

#[tokio::test]
async fn staff_close_the_breaker_early() {
    let world = world(&[("breaker_per_minute", "10"), ("breaker_open_minutes", "60")]).await;
    world.cad(flood(12, NOON)).await;
    assert_eq!(world.texts().len(), 10);
    let order = json!({"scope": "breaker", "on": false});
    world.minutes(1).await;
    assert_eq!(world.command("/v1/pause", &["dispatch"], order).await.0, 200);
    world.minutes(2).await;
    assert_eq!(world.texts().len(), 12);
}

/// What the breaker held of them came due for ever, two hundred of them a shard and the sweep reached nothing else.
#[tokio::test]
async fn what_the_breaker_holds_of_a_call_that_may_not_be_told_any_more_is_closed() {
    let world = world(&[("breaker_per_minute", "10"), ("breaker_open_minutes", "3")]).await;
    world.cad(flood(12, NOON)).await;
    assert_eq!(world.messages("26-11").await, ["call_received suppressed breaker_open"]);
    let at_home = json!({"incident": {"call_type": "DVA"}});
    world.cad(event("incident.reclassified", "again", NOON, "26-11", at_home)).await;
    assert_eq!(world.messages("26-11").await, ["call_received suppressed call_type_denied"]);
    world.minutes(90).await;
    assert_eq!(planning(&world).messages.due(world.stack.now(), 10).await.unwrap(), []);
    assert!(world.texts().iter().all(|text| text.to != "+12185550111"));
}

#[tokio::test]
async fn one_number_gets_its_share_of_a_day() {
    let world = world(&[("per_number_per_day", "2")]).await;
    for n in 0..4 {
        world.cad(theft(&format!("e-{n}"), NOON, &format!("26-{n}"))).await;
    }
    assert_eq!(world.texts().len(), 2);
    assert_eq!(world.messages("26-3").await, ["call_received suppressed number_cap"]);
    world.until("2026-07-08T12:00:00-05:00").await;
    world.cad(theft("e-9", "2026-07-08T12:00:00-05:00", "26-9")).await;
    assert_eq!(world.texts().iter().filter(|text| text.to == CALLER).count(), 3);
}

/// A case with a number, and its two victims.
fn two_victims(number: &str) -> Value {
    let victim = |n: u32| json!({"id": format!("p{n}"), "roles": ["victim"], "phone": format!("+1218555010{n}"), "contact": "ok"});
    json!({"type": "case.opened", "id": "r-1", "timestamp": NOON, "data": {
        "case": {"number": number, "offence": "220", "status": "open"}, "people": [victim(0), victim(1)]}})
}

async fn case_steps(world: &World, number: &str) -> Vec<usize> {
    let (status, answer) = world.read(&format!("/v1/cases/{number}/updates"), &["dispatch"]).await;
    assert_eq!(status, 200, "{answer}");
    steps(&answer)
}

/// Each planned the other one anew, which was then withheld once more, until both were too old.
#[tokio::test]
async fn two_messages_of_one_case_above_the_share_do_not_wake_each_other() {
    let world = world(&[("per_number_per_day", "1"), ("per_number_per_day_must_notify", "1")]).await;
    world.cad(flood(2, NOON)).await;
    world.minutes(1).await;
    world.cases(two_victims("26-1192")).await;
    assert_eq!(case_steps(&world, "26-1192").await, [2, 2], "pending, then withheld");
    assert_eq!(world.texts().len(), 2);
}

/// As above: a number that makes the words too long for one text.
#[tokio::test]
async fn two_messages_of_one_case_that_cannot_be_worded_do_not_wake_each_other() {
    let (world, number) = (world(&[]).await, "26-1192".repeat(8));
    world.cases(two_victims(&number)).await;
    assert_eq!(case_steps(&world, &number).await, [2, 2], "pending, then withheld");
    world.minutes(61).await;
    assert_eq!(
        case_steps(&world, &number).await,
        [4, 4],
        "tried once more, as the words may have been mended"
    );
    assert_eq!(world.texts(), []);
}

#[tokio::test]
async fn when_the_months_money_is_used_up_texts_stop_and_an_administrator_is_told() {
    let world = world(&[("spend_per_month_usd", "0.0375")]).await;
    world.cad(flood(5, NOON)).await;
    assert_eq!(world.texts().len(), 3);
    assert_eq!(world.messages("26-4").await, ["call_received suppressed spend_cap"]);
    assert_eq!(open_tasks(&world, Owner::Admin).await, [TaskKind::SpendCapReached]);
}

#[tokio::test]
async fn a_burst_waits_for_the_numbers_rate() {
    let world = world(&[("texts_per_second", "0.5")]).await;
    world.cad(flood(9, NOON)).await;
    let at_once = world.texts().len();
    assert_eq!(at_once, 5);
    assert_eq!(world.messages("26-8").await, ["call_received deferred"]);
    world.minutes(2).await;
    assert_eq!(world.texts().len(), 9);
}

/// Each planned the other one anew, which then went to wait for the rate once more.
#[tokio::test]
async fn two_texts_of_one_case_that_wait_for_the_rate_do_not_wake_each_other() {
    let world = world(&[("texts_per_second", "0.5")]).await;
    world.cad(flood(5, NOON)).await;
    let victim = |n: u32| json!({"id": format!("p{n}"), "roles": ["victim"], "phone": format!("+1218555019{n}"), "contact": "ok"});
    let case = json!({"type": "case.opened", "id": "r-1", "timestamp": NOON, "data": {
        "case": {"number": "26-1192", "offence": "220", "status": "open"}, "people": [victim(1), victim(2)]}});
    world.cases(case).await;
    let (status, answer) = world.read("/v1/cases/26-1192/updates", &["dispatch"]).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(steps(&answer), [2, 2], "pending, then deferred: {answer}");
    world.minutes(2).await;
    assert_eq!(world.texts().len(), 7);
}

#[tokio::test]
async fn two_senders_never_lease_more_than_the_month_pays_for() {
    let world = world(&[]).await;
    let messages = planning(&world).messages;
    let counters = |spent_micro_usd| updates::limits::Counters { spent_micro_usd, ..Default::default() };
    messages.lease(&counters(1), 0).await.unwrap();
    let (_, rev) = messages.counters().await.unwrap();
    messages.lease(&counters(2), rev).await.unwrap();
    let second = messages.lease(&counters(9), rev).await.unwrap_err();
    assert!(second.is_condition());
    assert_eq!(messages.counters().await.unwrap().0.spent_micro_usd, 2);
}

#[tokio::test]
async fn a_sender_that_falls_silent_is_one_task_for_dispatch() {
    let (heard, _listening) = listen();
    let world = world(&[("sources", "[\"local\"]")]).await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let run = async |to: &str| {
        world.until(to).await;
        world.stack.run("sweep-updates", None).await.unwrap();
        open_tasks(&world, Owner::Dispatch).await
    };
    assert_eq!(run("2026-07-07T12:59:00-05:00").await, []);
    assert_eq!(heard.take(), "");
    assert_eq!(run("2026-07-07T13:01:00-05:00").await, [TaskKind::FeedSilent]);
    rings("FeedSilent", "SweepUpdatesLog", "feed_silent", &heard.take());
    assert_eq!(run("2026-07-07T13:02:00-05:00").await, [TaskKind::FeedSilent]);
}
