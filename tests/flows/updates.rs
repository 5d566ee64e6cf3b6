//! Updates from end to end: what a caller's phone shows, and what it does not.
use serde_json::json;
use tests::{CALLER, NOON, World, call, en_route, event, instant, theft};

#[tokio::test]
async fn repeated_swapped_and_reissued_events_give_two_texts() {
    let world = World::new().await;
    let at = "2026-07-07T12:00:00-05:00";
    world.cad(theft("e-1", at, "26-1")).await;
    world.cad(en_route("e-2", at, "26-1")).await;
    world.cad(en_route("e-2", at, "26-1")).await;
    world.cad(theft("e-1", at, "26-1")).await;
    world.cad(json!([en_route("e-9002", at, "26-1"), theft("e-9001", at, "26-1")])).await;
    world.minutes(3).await;
    insta::assert_snapshot!(world.transcript(), @r"
    12:00 +12185550123: Example City Police: we have your call 26-1. You are in line. If it gets worse call 911. Reply ESPAÑOL, HMOOB, SOOMAALI or STOP to end.
    12:00 +12185550123: Example City Police: officers are on the way, call 26-1, expected 12:10 PM to 12:25 PM. If it gets worse call 911. Reply STOP to end.
    ");
}

#[tokio::test]
async fn any_order_gives_the_same_set_or_less() {
    let world = World::new().await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let kinds: Vec<String> = world.messages("26-1").await;
    assert!(kinds.contains(&"officers_on_the_way accepted".to_owned()), "{kinds:?}");
    assert_eq!(world.texts().iter().filter(|text| text.body.contains(" way")).count(), 1);
}

#[tokio::test]
async fn stop_ends_all_texts_and_is_recorded() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.reply(CALLER, "Stop.").await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    world.cad(theft("e-3", NOON, "26-2")).await;
    // The one confirmation, and nothing after it.
    assert_eq!(world.texts().len(), 2);
    assert!(world.texts()[1].body.contains("no more texts"));
    assert!(world.decisions("26-1").await.contains(&"officers_on_the_way suppressed opted_out".to_owned()));
    assert!(world.decisions("26-2").await.contains(&"call_received suppressed opted_out".to_owned()));
    world.reply(CALLER, "START").await;
    world.cad(theft("e-4", NOON, "26-3")).await;
    assert_eq!(world.texts().len(), 4);
}

#[tokio::test]
async fn wrongly_signed_posts_store_nothing() {
    let world = World::new().await;
    let wrong = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let body = theft("e-1", NOON, "26-1").to_string().into_bytes();
    let (status, answer) = world.stack.post_bytes("/v1/cad/events", body, wrong).await.unwrap();
    assert_eq!((status, answer["title"].as_str()), (401, Some("Not authenticated")));
    world.drain().await;
    assert_eq!(world.texts(), []);
    assert_eq!(world.read("/v1/incidents/26-1/updates", &["dispatch"]).await.0, 404);
}

#[tokio::test]
async fn a_bad_event_is_named_and_the_others_are_taken() {
    let world = World::new().await;
    let bad = json!({"type": "incident.opened", "id": "e-2", "timestamp": "yesterday", "data": {}});
    let batch = json!([theft("e-1", NOON, "26-1"), bad, en_route("e-3", NOON, "26-1")]);
    let (status, answer) = world.stack.post("/v1/cad/events", &batch).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(2)));
    assert_eq!(answer["rejected"][0]["index"], 1);
    assert_eq!(answer["rejected"][0]["pointer"], "/timestamp");
    world.drain().await;
    assert_eq!(world.messages("26-1").await.len(), 2);
}

#[tokio::test]
async fn violence_at_home_silences_the_number_for_the_next_call_too() {
    let world = World::new().await;
    world.cad(call("DVA", "e-1", NOON, "26-1", CALLER)).await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    world.cad(call("NOISE", "e-3", NOON, "26-2", CALLER)).await;
    world.cad(en_route("e-4", NOON, "26-2")).await;
    world.minutes(120).await;
    assert_eq!((world.texts().len(), world.emails().len()), (0, 0));
    let first = world.decisions("26-1").await;
    assert!(first.iter().all(|line| line.contains("suppressed")), "{first:?}");
    let next = world.decisions("26-2").await;
    assert!(!next.is_empty() && next.iter().all(|line| line.ends_with("safety_latch")), "{next:?}");
}

#[tokio::test]
async fn a_reclassified_call_silences_what_was_still_to_come() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let later = "2026-07-07T12:00:30-05:00";
    let facts = json!({"incident": {"call_type": "DVA"}});
    world.until(later).await;
    world.cad(event("incident.reclassified", "e-2", later, "26-1", facts)).await;
    world.cad(en_route("e-3", later, "26-1")).await;
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn a_case_number_at_night_waits_for_the_morning() {
    let night = "2026-07-07T22:30:00-05:00";
    let world = World::at(night).await;
    let case = json!({"type": "case.opened", "id": "r-1", "timestamp": night, "data": {
        "case": {"number": "26-1192", "offence": "220", "status": "open"},
        "people": [{"id": "p1", "roles": ["victim"], "phone": CALLER, "contact": "ok"}]}});
    world.cases(case).await;
    world.until("2026-07-08T07:59:00-05:00").await;
    assert_eq!(world.texts(), []);
    world.until("2026-07-08T08:01:00-05:00").await;
    assert_eq!(world.texts().len(), 1);
    assert_eq!(world.texts()[0].at, instant("2026-07-08T08:00:00-05:00"));
}

#[tokio::test]
async fn a_pause_holds_everything_and_resuming_sends_nothing_stale() {
    let world = World::new().await;
    let (status, answer) = world
        .command("/v1/pause", &["dispatch"], json!({"scope": "all", "on": true, "reason": "drill"}))
        .await;
    assert!((200..300).contains(&status), "{answer}");
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts(), []);
    world.minutes(11).await;
    let resume = json!({"scope": "all", "on": false, "reason": "drill over"});
    let (status, answer) = world.command("/v1/pause", &["dispatch"], resume).await;
    assert!((200..300).contains(&status), "{answer}");
    world.minutes(3).await;
    assert_eq!(world.texts(), []);
    world.cad(theft("e-2", "2026-07-07T12:14:00-05:00", "26-2")).await;
    assert_eq!(world.texts().len(), 1);
}

/// Each of two messages of one case, on its way out, planned the other one anew, which then went to be held once more.
#[tokio::test]
async fn two_held_messages_of_one_case_do_not_wake_each_other() {
    let world = World::new().await;
    let pause = |on: bool| json!({"scope": "all", "on": on, "reason": "drill"});
    assert_eq!(world.command("/v1/pause", &["dispatch"], pause(true)).await.0, 200);
    let case = json!({"type": "case.opened", "id": "r-1", "timestamp": NOON, "data": {
        "case": {"number": "26-1192", "offence": "220", "status": "open"},
        "people": [{"id": "p1", "roles": ["victim"], "phone": CALLER, "email": "v@example.com", "contact": "ok"}]}});
    world.cases(case).await;
    world.minutes(5).await;
    assert_eq!((world.texts().len(), world.emails().len()), (0, 0));
    let path = "/v1/cases/26-1192/updates";
    let (status, answer) = world.read(path, &["dispatch"]).await;
    assert_eq!(status, 200, "{answer}");
    let held = answer["decisions"].as_array().unwrap().iter().filter(|one| one["reason"] == "paused");
    assert_eq!(held.count(), 2, "one decision for each way, however long it lasts: {answer}");
    assert_eq!(world.command("/v1/pause", &["dispatch"], pause(false)).await.0, 200);
    world.minutes(2).await;
    assert_eq!((world.texts().len(), world.emails().len()), (1, 1));
}

#[tokio::test]
async fn a_delay_is_told_by_the_clock_alone_once_and_once_more() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.minutes(29).await;
    assert_eq!(world.texts().len(), 1);
    world.minutes(1).await;
    let texts = world.texts();
    assert_eq!(texts.len(), 2);
    assert!(texts[1].body.contains("delayed"), "{}", texts[1].body);
    assert_eq!(texts[1].at, instant("2026-07-07T12:30:00-05:00"));
    world.minutes(300).await;
    assert_eq!(world.texts().len(), 3);
}

#[tokio::test]
async fn news_of_a_charge_is_held_until_its_release() {
    let world = World::new().await;
    let people = json!([{"id": "p1", "roles": ["victim"], "phone": CALLER, "contact": "ok"}]);
    let case = |kind: &str, id: &str, more: serde_json::Value| {
        let mut case = json!({"number": "26-1187", "offence": "220", "status": "open"});
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"type": kind, "id": id, "timestamp": NOON, "data": {"case": case, "people": people}})
    };
    world.cases(case("case.opened", "r-1", json!({}))).await;
    assert_eq!(world.texts().len(), 1);
    let release = json!({"release_at": "2026-07-07T15:00:00-05:00"});
    world.cases(case("case.charged", "r-2", release)).await;
    world.until("2026-07-07T14:59:00-05:00").await;
    assert_eq!(world.texts().len(), 1);
    world.until("2026-07-07T15:01:00-05:00").await;
    assert_eq!(world.texts().len(), 2);
}

#[tokio::test]
async fn an_event_id_is_free_again_after_seven_days() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let later = "2026-07-15T12:00:00-05:00";
    world.stack.set(instant(later)).await.unwrap();
    let (status, answer) = world.stack.post("/v1/cad/events", &theft("e-1", later, "26-2")).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(1)), "{answer}");
}
