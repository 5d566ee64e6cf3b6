//! One review from the night it is detected until it is closed, through the real handlers; docs/a-review.md shows the
//! same requests and answers, and this test holds it to them.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use precinct::stack::Email;
use serde_json::{Value, json};
use tests::{World, instant};

const EVENING: &str = "2026-07-04T18:00:00-05:00";
const NIGHT: &str = "2026-07-05T03:30:00-05:00";
const MORNING: &str = "2026-07-05T05:00:00-05:00";
const CASE: &str = "/v1/alerts/E-10.2026-07-05";

async fn department(world: &World) {
    personnel(world, json!(tests::department(EVENING))).await;
}

async fn personnel(world: &World, events: Value) {
    let (status, answer) = world.stack.post("/v1/personnel/events", &events).await.unwrap();
    assert_eq!((status, &answer["rejected"]), (202, &json!([])), "{answer}");
}

async fn detected() -> World {
    let world = World::lasting_at(EVENING).await;
    department(&world).await;
    for (time, function) in [(NIGHT, "score-officers"), (MORNING, "notify-reviews")] {
        world.until(time).await;
        // The clock ran it already; a night run twice raises and tells nothing twice.
        world.stack.run(function, Some(instant(time))).await.unwrap();
    }
    world.drain().await;
    world
}

/// Somebody with one role reads or posts.
async fn ask(world: &World, who: (&str, &str), path: &str, body: Option<&Value>) -> (u16, Value) {
    let token = world.stack.token(who.0, &[who.1]);
    let method = if body.is_some() { "POST" } else { "GET" };
    let nothing = Value::Null;
    world.stack.staff((method, path), &token, Some(path), body.unwrap_or(&nothing)).await.unwrap()
}

const SERGEANT: (&str, &str) = ("subject-1", "supervisor");
const COMMANDER: (&str, &str) = ("captain", "commander");
const OFFICER: (&str, &str) = ("subject-10", "officer");

async fn step(world: &World, who: (&str, &str), body: Value) -> (u16, Value) {
    ask(world, who, &format!("{CASE}/transitions"), Some(&body)).await
}

fn subjects(emails: &[Email]) -> Vec<(String, String)> {
    let mut subjects: Vec<_> = emails.iter().map(|email| (email.to.clone(), email.subject.clone())).collect();
    subjects.sort();
    subjects
}

#[tokio::test]
async fn supervisor_and_officer_are_told_once() {
    let world = detected().await;
    let expected = [
        ("e10@police.example.gov".to_owned(), "A review of your record was opened".to_owned()),
        ("e1@police.example.gov".to_owned(), "Reviews: 1 new".to_owned()),
    ];
    assert_eq!(subjects(&world.emails()), expected);
    assert!(world.emails().iter().all(|email| !email.text.contains("Sample Officer")));
}

/// E-mails that sum up a week.
fn weeks(world: &World) -> Vec<String> {
    let emails = world.emails();
    let weeks = emails.iter().filter(|email| email.subject == "Reviews: the week");
    weeks.map(|email| email.text.lines().take(3).collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn a_week_is_summed_up_on_monday_or_on_the_first_day_after_a_missed_one() {
    let world = detected().await;
    let expected = ["Reviews in the week from Monday, June 29.  Opened: 1"];
    let without_monday = world.restarted_at("2026-07-07T03:00:00-05:00").await;
    without_monday.until("2026-07-07T04:59:00-05:00").await;
    assert_eq!(weeks(&without_monday), [""; 0]);
    for day in ["2026-07-07", "2026-07-08", "2026-07-09"] {
        without_monday.until(&format!("{day}T06:00:00-05:00")).await;
        assert_eq!(weeks(&without_monday), expected, "{day}");
    }

    let usual = detected().await;
    for day in ["2026-07-06", "2026-07-07", "2026-07-08"] {
        usual.until(&format!("{day}T06:00:00-05:00")).await;
        assert_eq!(weeks(&usual), expected, "{day}");
    }
}

#[tokio::test]
async fn a_delayed_notice_reaches_the_officer_on_its_day() {
    let world = World::lasting_at(EVENING).await;
    department(&world).await;
    let delay = json!({"officer_id": "E-10", "authority": "County prosecutor", "until": "2026-07-07"});
    let delay = json!({"type": "notice.delayed", "id": "d-1", "timestamp": EVENING, "data": delay});
    personnel(&world, delay).await;
    let told = |world: &World| world.emails().iter().filter(|email| email.to.starts_with("e10@")).count();
    world.until("2026-07-06T06:00:00-05:00").await;
    assert_eq!(told(&world), 0);
    let statement = json!({"text": "I object."});
    let path = format!("{CASE}/statement");
    assert_eq!(ask(&world, OFFICER, &path, Some(&statement)).await.0, 404, "it is not known yet");
    let (_, own) = ask(&world, OFFICER, "/v1/officers/E-10", None).await;
    assert_eq!((&own["alerts"], &own["scores"]), (&json!([]), &json!([])), "a level would tell as much");
    let (_, list) = ask(&world, OFFICER, "/v1/officers", None).await;
    assert_eq!(list["officers"][0].get("level"), None, "{list}");
    let score = "/v1/officers/E-10/scores/2026-07-05";
    assert_eq!(ask(&world, OFFICER, score, None).await.0, 404);
    assert_eq!(ask(&world, SERGEANT, score, None).await.0, 200);
    world.until("2026-07-07T06:00:00-05:00").await;
    assert_eq!(told(&world), 1);
    assert_eq!(ask(&world, OFFICER, score, None).await.0, 200);
    assert_eq!(ask(&world, OFFICER, &path, Some(&statement)).await.0, 200);
}

#[tokio::test]
async fn a_statement_sent_twice_by_a_broken_connection_stands_once() {
    let world = detected().await;
    let path = format!("{CASE}/statement");
    for words in ["I was there alone.", "I was there alone.", "Nobody came.", "I was there alone."] {
        let (status, answer) = ask(&world, OFFICER, &path, Some(&json!({"text": words}))).await;
        assert_eq!(status, 200, "{answer}");
    }
    let (_, case) = ask(&world, SERGEANT, CASE, None).await;
    let said: Vec<&Value> = case["log"].as_array().unwrap().iter().map(|line| &line["words"]).collect();
    let said: Vec<&str> = said.into_iter().filter_map(Value::as_str).collect();
    // What somebody says again after something else is said again.
    assert_eq!(said, ["I was there alone.", "Nobody came.", "I was there alone."]);
}

#[tokio::test]
async fn each_run_leaves_a_report_of_whom_reviews_fall_on() {
    let world = detected().await;
    let (status, report) = ask(&world, COMMANDER, "/v1/reports/fairness", None).await;
    assert_eq!((status, &report["officers"], &report["review"]["count"]), (200, &json!(21), &json!(1)));
    assert_eq!(report["groups"]["unit"]["patrol"]["of"], 21, "{report}");
    assert!(!report.to_string().contains("E-10"), "no report names an officer under review");
    assert_eq!(ask(&world, SERGEANT, "/v1/reports/fairness", None).await.0, 403);
}

#[tokio::test]
async fn an_overdue_step_climbs_and_each_rank_is_told() {
    let world = detected().await.restarted_at("2026-07-20T04:00:00-05:00").await;
    world.until("2026-07-20T06:00:00-05:00").await;
    let late = |world: &World, to: &str| {
        let overdue = |email: &&Email| email.to == to && email.subject.contains("overdue");
        world.emails().iter().filter(overdue).count()
    };
    assert_eq!((late(&world, "e1@police.example.gov"), late(&world, "e0@police.example.gov")), (1, 1));
    let (_, case) = ask(&world, SERGEANT, CASE, None).await;
    assert_eq!((&case["overdue"], &case["alert"]["escalated_on"]), (&json!(true), &json!(["2026-07-20"])));
}

#[tokio::test]
async fn a_referral_stands_alone_and_is_seen_by_internal_affairs() {
    let world = detected().await;
    assert_eq!(step(&world, SERGEANT, json!({"to": "UnderReview"})).await.0, 200);
    let refer = json!({"to": "Disposition", "disposition": "ReferIA", "reason": "Two complaints name the same trick."});
    assert_eq!(step(&world, SERGEANT, refer).await.0, 200);
    let (_, held) = ask(&world, ("ia", "internal_affairs"), "/v1/officers/E-10", None).await;
    let referral = held["referrals"][0].to_string();
    assert!(referral.contains("the same trick") && !referral.contains("2026-07-05\""), "{referral}");
    assert!(!referral.contains("pct") && !referral.contains("alert"), "{referral}");
    assert_eq!(ask(&world, SERGEANT, "/v1/officers/E-10", None).await.1.get("referrals"), None);
}

#[tokio::test]
async fn a_pause_works_although_the_rules_for_officers_cannot_be_read() {
    let world = World::with(EVENING, "eis.toml", "version = \"gp-1\"", "version = \"gp-9\"").await;
    let pause = json!({"scope": "all", "on": true, "reason": "wrong texts"});
    assert_eq!(ask(&world, ("d", "dispatch"), "/v1/pause", Some(&pause)).await.0, 200);
    assert_eq!(ask(&world, COMMANDER, "/v1/reports/evaluation", None).await.0, 200);
}

#[tokio::test]
async fn coaching_needs_no_alert_and_is_seen_by_the_officer() {
    let world = detected().await;
    let session =
        json!({"held_on": "2026-07-05", "topic": "reports", "words": "Went through three reports."});
    let path = "/v1/officers/E-12/coaching";
    assert_eq!(ask(&world, SERGEANT, path, Some(&session)).await.0, 201);
    assert_eq!(ask(&world, SERGEANT, path, Some(&session)).await.0, 200, "the same key is the same session");
    assert_eq!(ask(&world, ("subject-2", "supervisor"), path, Some(&session)).await.0, 404);
    let goal = json!({"due_on": "2026-09-30", "words": "Reports on the day."});
    let (status, receipt) = ask(&world, SERGEANT, "/v1/officers/E-12/goals", Some(&goal)).await;
    assert_eq!(status, 201);
    let half = json!({"id": receipt["id"], "percent": 50, "words": "Half of them were."});
    assert_eq!(ask(&world, SERGEANT, "/v1/officers/E-12/goals", Some(&half)).await.0, 200);
    let (_, held) = ask(&world, ("subject-12", "officer"), "/v1/officers/E-12", None).await;
    assert_eq!(held["coaching"][0]["words"], "Went through three reports.");
    assert_eq!((&held["goals"][0]["percent"], &held["goals"][0]["status"]), (&json!(50), &json!("open")));
    let (_, report) = ask(&world, COMMANDER, "/v1/reports/coaching", None).await;
    assert_eq!(
        (&report["rows"][0]["officer_id"], &report["rows"][0]["percent"]),
        (&json!("E-12"), &json!(50))
    );
}

#[tokio::test]
async fn overdue_training_is_listed_and_filtered() {
    let world = detected().await;
    let required = |officer: &str, due: &str| {
        json!({"type": "training.required", "id": format!("t-{officer}"), "timestamp": EVENING,
            "data": {"officer_id": officer, "course": "first aid", "due_on": due}})
    };
    personnel(&world, json!([required("E-12", "2026-06-30"), required("E-14", "2026-12-31")])).await;
    let (_, report) = ask(&world, COMMANDER, "/v1/reports/training", None).await;
    let rows: Vec<_> =
        report["rows"].as_array().unwrap().iter().map(|row| (&row["officer_id"], &row["status"])).collect();
    assert_eq!(rows, [(&json!("E-12"), &json!("overdue")), (&json!("E-14"), &json!("required"))]);
    let (_, list) = ask(&world, SERGEANT, "/v1/officers?training=overdue", None).await;
    assert_eq!(list["officers"].as_array().unwrap().len(), 1, "E-12 answers to E-1: {list}");
    let (_, list) = ask(&world, COMMANDER, "/v1/officers?level=review&limit=5", None).await;
    assert_eq!(list["officers"][0]["officer_id"], "E-10");
    assert_eq!(ask(&world, COMMANDER, "/v1/officers?level=high", None).await.0, 400);
}

/// Who does what under the case's address, and the status it is answered with.
type Act = ((&'static str, &'static str), &'static str, Value, u16);

/// From taking the case up to planning what was agreed.
fn decided() -> Vec<Act> {
    let words = "Five of the six came from one street on three Saturdays; I worked them alone.";
    let early = json!({"to": "Disposition", "disposition": "NoAction", "reason": "Nothing in it."});
    let decision = json!({"to": "Disposition", "disposition": "Intervention",
        "reason": "Alone on a busy street: a second officer on Saturdays, and a refresher."});
    let training =
        json!({"kind": "training", "course": "de-escalation", "owner": "E-1", "due_on": "2026-08-01"});
    vec![
        (SERGEANT, "transitions", json!({"to": "UnderReview"}), 200),
        (SERGEANT, "transitions", json!({"to": "OfficerResponse"}), 200),
        (SERGEANT, "transitions", early, 409),
        (OFFICER, "statement", json!({"text": words}), 200),
        (SERGEANT, "transitions", decision, 200),
        (SERGEANT, "transitions", json!({"to": "SecondReview"}), 403),
        (COMMANDER, "transitions", json!({"to": "SecondReview"}), 200),
        (SERGEANT, "interventions", training, 200),
        (SERGEANT, "transitions", json!({"to": "Active"}), 200),
    ]
}

/// Acts on the case; what was posted and answered is added to `shown`.
async fn act(world: &World, acts: Vec<Act>, shown: &mut Vec<Value>) {
    for (who, path, body, expected) in acts {
        let (status, answer) = ask(world, who, &format!("{CASE}/{path}"), Some(&body)).await;
        assert_eq!(status, expected, "{path} {body}: {answer}");
        shown.extend([body, answer]);
    }
}

#[tokio::test]
async fn a_review_from_detected_to_closed() {
    let mut world = detected().await;
    let (_, list) = ask(&world, SERGEANT, "/v1/alerts", None).await;
    let first = ["alert_id", "state", "due_on", "s", "pct", "thresholds", "contributions"];
    let mut shown = vec![pick(&list["alerts"][0], &first)];
    act(&world, decided(), &mut shown).await;
    let done = json!({"number": 1, "progress": "done"});
    let (status, _) = ask(&world, SERGEANT, &format!("{CASE}/interventions"), Some(&done)).await;
    assert_eq!(status, 422, "the training record does not hold the course yet");
    let completed = json!({"type": "training.completed", "id": "t-1", "timestamp": "2026-07-05T10:00:00-05:00",
        "data": {"officer_id": "E-10", "course": "de-escalation", "hours": 8, "result": "passed"}});
    personnel(&world, completed).await;
    let ended = vec![
        (SERGEANT, "interventions", done, 200),
        (SERGEANT, "transitions", json!({"to": "FollowUp"}), 200),
    ];
    act(&world, ended, &mut shown).await;
    for (day, check) in [("2026-08-04", 30), ("2026-10-03", 90), ("2027-01-01", 180)] {
        world = world.restarted_at(&format!("{day}T09:00:00-06:00")).await;
        let look = json!({"to": "FollowUp", "check": check, "reason": "No complaint since."});
        act(&world, vec![(SERGEANT, "transitions", look, 200)], &mut shown).await;
    }
    let closed = json!({"to": "Closed", "outcome": "Improved", "reason": "Three quiet looks."});
    act(&world, vec![(SERGEANT, "transitions", closed, 200)], &mut shown).await;
    let (_, case) = ask(&world, COMMANDER, CASE, None).await;
    assert_eq!(case["log"].as_array().unwrap().len(), 16, "{}", case["log"]);
    shown.push(case["log"][6].clone());
    let (_, own) = ask(&world, OFFICER, "/v1/officers/E-10", None).await;
    assert_eq!(own["alerts"][0]["outcome"], "Improved");
    let page = include_str!("../../docs/a-review.md");
    for block in shown {
        let text = serde_json::to_string_pretty(&block).unwrap();
        assert!(page.contains(&text), "docs/a-review.md does not show this any more:\n{text}");
    }
}

fn pick(value: &Value, names: &[&str]) -> Value {
    Value::Object(names.iter().map(|name| ((*name).to_owned(), value[*name].clone())).collect())
}
