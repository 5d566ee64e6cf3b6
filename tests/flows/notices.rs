//! Notices: who hears of a task, and how often, when the receiver answers, fails or is gone.
use std::time::Duration;

use precinct::stack::{Fault, Service};
use table::Planning;
use tests::{NOON, World, instant};
use updates::{Need, TaskKind};

/// Raises a task as the functions do, and lets everything happen that follows at once.
async fn raise(world: &World, kind: TaskKind, subject: &str) {
    let runtime = world.stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    let planning = Planning::open(runtime, &dynamo, &kms).unwrap();
    let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    planning.messages.raise(&Need::new(kind, subject, "test"), world.stack.now(), &zone).await.unwrap();
    world.drain().await;
}

#[tokio::test]
async fn a_task_is_mailed_and_posted_once_and_once_more_when_overdue() {
    let world = World::new().await;
    raise(&world, TaskKind::EmergencyReply, "REPLY#1").await;
    raise(&world, TaskKind::EmergencyReply, "REPLY#1").await;
    let mails = world.emails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "dispatch-desk@police.example.gov");
    assert_eq!(mails[0].subject, "Task: a reply that sounds like an emergency");
    let posts = world.stack.webhooks().unwrap();
    assert_eq!((posts.len(), posts[0].signed, posts[0].status), (1, true, 204));
    assert_eq!(posts[0].body["type"], "task.opened");
    assert_eq!(posts[0].body["data"]["kind"], "emergency_reply");
    assert_eq!(posts[0].body["data"]["due_at"], "2026-07-07T17:05:00Z");
    assert_eq!(posts[0].body["id"], posts[0].id.as_str());

    world.minutes(4).await;
    assert_eq!(world.emails().len(), 1);
    world.minutes(2).await;
    let mut late: Vec<String> = world.emails()[1..].iter().map(|mail| mail.to.clone()).collect();
    late.sort();
    assert_eq!(late, ["dispatch-desk@police.example.gov", "precinct-admin@police.example.gov"]);
    assert_eq!(world.stack.webhooks().unwrap()[1].body["type"], "task.escalated");
    world.minutes(600).await;
    assert_eq!((world.emails().len(), world.stack.webhooks().unwrap().len()), (3, 2));
}

#[tokio::test]
async fn a_webhook_is_posted_again_under_its_id_until_it_is_taken() {
    let world = World::new().await;
    world.stack.fault(Service::Webhook, Fault::Throttle, Duration::ZERO);
    raise(&world, TaskKind::CaseReply, "CASE#26-1").await;
    world.until("2026-07-07T12:40:00-05:00").await;
    let posts = world.stack.webhooks().unwrap();
    let times: Vec<_> = posts.iter().map(|post| post.at).collect();
    assert_eq!(
        times,
        [NOON, "2026-07-07T12:01:00-05:00", "2026-07-07T12:06:00-05:00", "2026-07-07T12:36:00-05:00"]
            .map(instant)
    );
    assert!(posts.iter().all(|post| post.status == 500 && post.signed));
    world.stack.fault(Service::Webhook, Fault::Off, Duration::ZERO);
    world.minutes(1500).await;
    let posts = world.stack.webhooks().unwrap();
    assert_eq!((posts.len(), posts[4].status), (5, 204));
    assert!(posts.iter().all(|post| post.id == posts[0].id && post.body == posts[0].body));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone() {
    let world = World::new().await;
    world.stack.fault(Service::Webhook, Fault::Reject, Duration::ZERO);
    raise(&world, TaskKind::CaseReply, "CASE#26-1").await;
    world.minutes(600).await;
    let posts = world.stack.webhooks().unwrap();
    assert_eq!((posts.len(), posts[0].status), (1, 410));
}

#[tokio::test]
async fn a_webhook_that_is_never_taken_ends_with_its_day() {
    let world = World::new().await;
    world.stack.fault(Service::Webhook, Fault::Throttle, Duration::ZERO);
    raise(&world, TaskKind::CaseReply, "CASE#26-1").await;
    world.minutes(60 * 30).await;
    let posts = world.stack.webhooks().unwrap();
    let day = instant("2026-07-08T12:00:00-05:00");
    assert!(posts.len() > 4 && posts.iter().all(|post| post.at <= day), "{} posts", posts.len());
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_not_sent_again() {
    let world = World::new().await;
    world.stack.fault(Service::Ses, Fault::AcceptThenLose, Duration::ZERO);
    raise(&world, TaskKind::CaseReply, "CASE#26-1").await;
    world.stack.fault(Service::Ses, Fault::Off, Duration::ZERO);
    world.stack.redeliver().await.unwrap();
    world.minutes(60).await;
    assert_eq!(world.emails().len(), 1);
}

#[tokio::test]
async fn a_busy_mail_service_is_asked_again() {
    let world = World::new().await;
    world.stack.fault(Service::Ses, Fault::Throttle, Duration::ZERO);
    raise(&world, TaskKind::CaseReply, "CASE#26-1").await;
    assert_eq!(world.emails(), []);
    world.stack.fault(Service::Ses, Fault::Off, Duration::ZERO);
    world.minutes(2).await;
    assert_eq!(world.emails().len(), 1);
}
