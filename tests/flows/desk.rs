//! What the desk shows of whoever sits at it and of the service itself: who one is and may do, what is paused, what the
//! nights did; and what stands behind a score.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use serde_json::{Value, json};
use staff_api::{Role, Route};

use crate::staff::{ALERT, NOW, SCORE, ask, department, night, stack};

/// What `subject` in `groups` is told about themselves.
async fn me(stack: &precinct::stack::Stack, subject: &str, groups: &[&str]) -> Value {
    let (status, answer) = ask(stack, "/v1/me", subject, groups).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn may(me: &Value) -> Vec<&str> {
    me["may"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[tokio::test]
async fn everybody_is_told_who_they_are_and_where_they_are() {
    let stack = stack().await;
    department(&stack).await;
    let told = me(&stack, "subject-1", &["supervisor"]).await;
    assert_eq!(told["subject"], "subject-1");
    assert_eq!(told["roles"], json!(["supervisor"]));
    assert_eq!(told["officer"], json!({"id": "E-1", "name": "Sample Officer 1"}));
    let agency = json!({"name": "Example City Police", "time_zone": "America/Chicago", "phone": "218-555-0100",
        "languages": ["en", "es", "hmn", "so"], "default_language": "en"});
    assert_eq!(told["agency"], agency);
    assert_eq!((NOW, &told["now"]), ("2026-07-04T18:00:00Z", &json!("2026-07-04T13:00:00-05:00")));
    assert_eq!(me(&stack, "stranger", &["dispatch"]).await["officer"], Value::Null);
}

#[tokio::test]
async fn may_names_what_admits_the_caller_and_nothing_else() {
    let stack = stack().await;
    department(&stack).await;
    for role in Role::ALL {
        let told = me(&stack, "stranger", &[role.word()]).await;
        let named = may(&told);
        for route in Route::samples() {
            let open = route.full_roles().contains(&role)
                || route.limited_roles().contains(&role) && !matches!(role, Role::Officer | Role::Supervisor);
            assert_eq!(
                named.contains(&route.name()),
                open || route == Route::Me,
                "{} {}",
                role.word(),
                route.name()
            );
        }
    }
    // Roles that need the roster: nothing for a token that it does not know, nor for a supervisor on leave.
    let own = may(&me(&stack, "subject-1", &["officer"]).await).len();
    assert!(own > 1 && may(&me(&stack, "subject-1", &["supervisor"]).await).len() > own);
    let away = tests::department(NOW)
        .into_iter()
        .find(|event| event["type"] == "officer.upserted" && event["data"]["officer_id"] == "E-1");
    let mut away = away.unwrap();
    away["id"] = json!("leave-1");
    away["timestamp"] = json!("2026-07-04T18:00:01Z");
    away["data"]["active"] = json!(false);
    let (status, answer) = stack.post("/v1/personnel/events", &away).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(1)), "{answer}");
    assert_eq!(may(&me(&stack, "subject-1", &["supervisor"]).await), ["GET /v1/me"]);
    assert_eq!(may(&me(&stack, "subject-1", &["officer"]).await).len(), own);
}

#[tokio::test]
async fn pauses_are_told_to_everybody_with_a_role() {
    let stack = stack().await;
    let order = json!({"scope": "kind", "value": "survey", "on": true, "reason": "too many"});
    let token = stack.token("d", &["dispatch"]);
    assert_eq!(stack.command("/v1/pause", &token, &order).await.unwrap().0, 200);
    let pause = json!([{"scope": "kind", "value": "survey", "since": NOW, "reason": "too many"}]);
    for role in Role::ALL {
        assert_eq!(me(&stack, "stranger", &[role.word()]).await["pauses"], pause, "{}", role.word());
    }
    let nobody = me(&stack, "stranger", &["none_of_ours"]).await;
    assert_eq!(
        (&nobody["pauses"], &nobody["roles"], may(&nobody)),
        (&json!([]), &json!([]), vec!["GET /v1/me"])
    );
    assert_eq!(stack.get("/v1/me", "no.valid.token").await.unwrap().0, 401);
    assert_eq!(me(&stack, "d", &["dispatch"]).await["pauses"], pause);
    let off = json!({"scope": "kind", "value": "survey", "on": false});
    assert_eq!(stack.command("/v1/pause", &token, &off).await.unwrap().0, 200);
    assert_eq!(me(&stack, "d", &["dispatch"]).await["pauses"], json!([]));
}

#[tokio::test]
async fn an_open_breaker_is_told_until_it_closes() {
    let stack = stack().await;
    let dynamo = aws_sdk_dynamodb::Client::new(&stack.runtime().sdk);
    let kms = aws_sdk_kms::Client::new(&stack.runtime().sdk);
    let messages = table::planning::open_messages(stack.runtime(), &dynamo, &kms).unwrap();
    let (now, until) = (stack.now(), stack.now() + jiff::SignedDuration::from_mins(15));
    messages.pause(&table::messages::Pause::breaker(now, until, "61 in a minute".into())).await.unwrap();
    let told = me(&stack, "d", &["dispatch"]).await;
    assert_eq!(
        (&told["pauses"][0]["scope"], &told["pauses"][0]["until"]),
        (&json!("breaker"), &json!(until))
    );
    stack.set(until).await.unwrap();
    assert_eq!(me(&stack, "d", &["dispatch"]).await["pauses"], json!([]));
}

#[tokio::test]
async fn each_nightly_function_leaves_what_it_did() {
    let world = tests::World::at("2026-07-04T18:00:00-05:00").await;
    department(&world.stack).await;
    world.until("2026-07-06T06:30:00-05:00").await;
    let (status, answer) = world.read("/v1/nights?limit=2", &["auditor"]).await;
    assert_eq!(status, 200, "{answer}");
    let nights: Vec<(&str, &str, &str)> = answer["nights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["date"].as_str().unwrap(), one["function"].as_str().unwrap(), one["state"].as_str().unwrap())
        })
        .collect();
    let functions =
        ["map-hotspots", "notify-reviews", "retain-records", "score-officers", "summarise-updates"];
    let expected: Vec<_> = ["2026-07-06", "2026-07-05"]
        .into_iter()
        .flat_map(|date| functions.map(|function| (date, function, "finished")))
        .collect();
    assert_eq!(nights, expected);
    let scored =
        answer["nights"].as_array().unwrap().iter().find(|one| one["function"] == "score-officers").unwrap();
    assert_eq!(scored["finished_at"], "2026-07-06T08:30:00Z");
    assert_eq!(
        (&scored["counts"]["officers_scored"], &scored["failures"]),
        (&json!(21), &json!(0)),
        "{scored}"
    );
    assert_eq!(world.read("/v1/nights?limit=32", &["admin"]).await.0, 400);
    let one = world.read("/v1/nights?limit=1", &["admin"]).await.1;
    assert_eq!(one["nights"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn statistics_are_the_rows_of_the_nights_file() {
    let world = tests::World::at("2026-07-04T18:00:00-05:00").await;
    assert_eq!(world.read("/v1/statistics/latest", &["analyst"]).await.0, 404);
    let mut call = tests::theft("e-1", "2026-07-04T18:00:00-05:00", "26-1");
    call["data"]["incident"]["location"] = json!({"latitude": 46.7867, "longitude": -92.1005});
    world.cad(call).await;
    world.until("2026-07-05T04:00:00-05:00").await;
    let (status, latest) = world.read("/v1/statistics/latest", &["analyst"]).await;
    assert_eq!((status, &latest["date"]), (200, &json!("2026-07-05")), "{latest}");
    assert_eq!(latest["columns"][3], "last_7_days");
    let rows = latest["rows"].as_array().unwrap();
    let all = rows.iter().find(|row| row[0] == "incidents" && row[1] == "all" && row[2] == "all");
    assert_eq!(all.map(|row| &row[3]), Some(&json!(1)), "{latest}");
    assert_eq!(world.read("/v1/statistics/2026-07-05", &["admin"]).await.1, latest);
    assert_eq!(world.read("/v1/statistics/2026-07-03", &["admin"]).await.0, 404);
    assert_eq!(world.read("/v1/statistics/never", &["admin"]).await.0, 400);
}

#[tokio::test]
async fn the_policy_in_force_names_modes_kinds_and_approvals() {
    let stack = stack().await;
    let (status, policy) = ask(&stack, "/v1/policy", "d", &["dispatch"]).await;
    assert_eq!(status, 200, "{policy}");
    // The local stack is live and takes texts and deny lists as approved.
    assert_eq!((&policy["live"], &policy["modes"]["updates"]), (&json!(true), &json!("live")));
    let approvals = policy["approvals"].as_array().unwrap();
    let state = |what: &str| approvals.iter().find(|one| one["what"] == what).unwrap()["state"].clone();
    assert_eq!((state("texts"), state("deny_list")), (json!("in_force"), json!("in_force")));
    assert_eq!((state("ruleset"), state("map")), (json!("missing"), json!("missing")));
    assert_eq!(policy["kinds"].as_array().unwrap().len(), 14);
    assert_eq!(
        policy["quiet_hours"],
        json!({"from": "21:00", "to": "08:00", "call_closed_after_minutes": 60})
    );
    assert_eq!(ask(&stack, "/v1/policy", "d", &["none_of_ours"]).await.0, 403);
}

#[tokio::test]
async fn a_score_says_each_contribution_in_words_and_how_scores_lie_among_peers() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    let (_, answer) = ask(&stack, SCORE, "subject-1", &["supervisor"]).await;
    assert_eq!(answer["contributions"][0]["indicator"], "complaint");
    let words = answer["contributions"][0]["sentence"].as_str().unwrap();
    assert!(words.starts_with("Complaints add ") && words.contains("officers)"), "{words}");
    assert_eq!(answer["events"].as_array().unwrap().len(), 6);
    let everybody = answer["spread"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&everybody["group"], &everybody["officers"]),
        (&json!("department"), &answer["score"]["population"])
    );
    let (low, high) = (everybody["p10"].as_f64().unwrap(), everybody["p90"].as_f64().unwrap());
    assert!(low <= high && high <= answer["score"]["s"].as_f64().unwrap(), "{everybody}");
    let (_, other) = ask(&stack, "/v1/officers/E-12/scores/2026-07-05", "x", &["internal_affairs"]).await;
    let words = other["contributions"][0]["sentence"].as_str().unwrap();
    assert!(
        words.starts_with("Complaints take ") && words.ends_with("below the department's rate."),
        "{words}"
    );
    let (_, review) = ask(&stack, ALERT, "subject-1", &["supervisor"]).await;
    for part in ["contributions", "events", "spread"] {
        assert_eq!(review[part], answer[part], "{part}");
    }
    assert!(review["legal"].as_array().is_some());
}
