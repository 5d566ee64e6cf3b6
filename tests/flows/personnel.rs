//! Flow 2 through the real handlers: personnel events in, scores with reasons and one open alert per officer out.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use eis::Run;
use jiff::Timestamp;
use precinct::stack::{Options, Stack};
use serde_json::{Value, json};
use table::personnel::Personnel;

/// A quiet afternoon; the night after it is that of 5 July.
const AFTERNOON: &str = "2026-07-04T18:00:00Z";
/// 03:30 in Chicago.
const NIGHT: &str = "2026-07-05T08:30:00Z";
const NEXT_NIGHT: &str = "2026-07-06T08:30:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn stack(live: bool) -> Stack {
    let agency = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency").into();
    let options = Options { agency, now: Some(at(AFTERNOON)), still: true, live, ..Options::default() };
    Stack::start(options).await.unwrap()
}

fn personnel(stack: &Stack) -> Personnel {
    let dynamo = aws_sdk_dynamodb::Client::new(&stack.runtime().sdk);
    Personnel::open(stack.runtime(), &dynamo).unwrap()
}

fn event(kind: &str, id: &str, data: Value) -> Value {
    json!({"type": kind, "id": id, "timestamp": "2026-07-01T12:00:00-05:00", "data": data})
}

fn officer(number: usize) -> Value {
    let data = json!({"officer_id": format!("E-{number:03}"), "name": format!("Sample Officer {number}"),
        "hired_on": "2018-03-01", "rank": "officer", "unit": format!("patrol-{}", number % 3), "shift": "days",
        "supervisor_id": null, "active": true});
    event("officer.upserted", &format!("hr-{number}"), data)
}

fn complaint(id: &str, officer: usize, day: &str) -> Value {
    let data = json!({"event_id": id, "officer_id": format!("E-{officer:03}"), "indicator": "complaint",
        "occurred_on": day, "reported_on": day});
    event("event.reported", &format!("{id}-reported"), data)
}

fn finding(id: &str, finding: &str) -> Value {
    let data = json!({"event_id": id, "finding": finding, "closed_on": "2026-07-01"});
    event("event.finding", &format!("{id}-{finding}"), data)
}

async fn post(stack: &Stack, events: Vec<Value>) -> Value {
    let mut last = Value::Null;
    for part in events.chunks(100) {
        let (status, answer) = stack.post("/v1/personnel/events", &json!(part)).await.unwrap();
        assert_eq!(status, 202, "{answer}");
        last = answer;
    }
    last
}

/// Forty officers with a complaint each at most, and `E-007` with six in the last year.
async fn department(stack: &Stack) {
    let mut events: Vec<Value> = (0..40).map(officer).collect();
    events.extend((0..20).map(|number| complaint(&format!("c-{number}"), number * 2, "2025-03-10")));
    for (number, month) in (1..7).enumerate() {
        events.push(complaint(&format!("x-{number}"), 7, &format!("2026-0{month}-15")));
    }
    post(stack, events).await;
}

async fn night(stack: &Stack, time: &str) -> Value {
    stack.run("score-officers", Some(at(time))).await.unwrap()
}

async fn score(stack: &Stack, date: &str, officer: &str) -> eis::Explanation {
    let personnel = personnel(stack);
    let run = personnel.run(date.parse().unwrap()).await.unwrap().unwrap();
    personnel.score(run.date, &run.run_id, officer).await.unwrap().unwrap()
}

fn complaints(score: &eis::Explanation) -> Vec<&str> {
    let term = score.terms.iter().find(|term| term.indicator == "complaint").unwrap();
    term.events.iter().map(|event| event.event_id.as_str()).collect()
}

#[tokio::test]
async fn a_night_scores_with_reasons_and_opens_one_alert() {
    let stack = stack(true).await;
    department(&stack).await;
    stack.set(at(NIGHT)).await.unwrap();
    let report = night(&stack, NIGHT).await;
    assert_eq!(report["officers_scored"], 40);

    let score = score(&stack, "2026-07-05", "E-007").await;
    assert_eq!(score.level, eis::Level::Review);
    assert_eq!(complaints(&score), ["x-0", "x-1", "x-2", "x-3", "x-4", "x-5"]);
    assert!(score.sentence.contains("Complaints add"));

    stack.set(at(NEXT_NIGHT)).await.unwrap();
    let again = night(&stack, NEXT_NIGHT).await;
    assert_eq!((&again["alerts_opened"], &again["alerts_joined"]), (&json!(0), &json!(0)));
    let (alerts, next) = personnel(&stack).open_cases(None, 50).await.unwrap();
    assert_eq!(next, None);
    let ids: Vec<&str> = alerts.iter().map(|filed| filed.case.alert_id.as_str()).collect();
    assert_eq!(ids, ["E-007.2026-07-05"]);
}

#[tokio::test]
async fn a_new_reason_joins_the_open_alert() {
    let stack = stack(true).await;
    department(&stack).await;
    assert_eq!(night(&stack, NIGHT).await["alerts_opened"], 1);
    stack.set(at("2026-07-05T15:00:00Z")).await.unwrap();
    let force = |number: usize| {
        let day = format!("2026-06-0{}", number + 1);
        let data = json!({"event_id": format!("f-{number}"), "officer_id": "E-007", "indicator": "use_of_force",
            "occurred_on": day, "reported_on": day});
        event("event.reported", &format!("f-{number}-reported"), data)
    };
    post(&stack, (0..6).map(force).collect()).await;
    let report = night(&stack, NEXT_NIGHT).await;
    assert_eq!((&report["alerts_opened"], &report["alerts_joined"]), (&json!(0), &json!(1)));
    let case = personnel(&stack).last_case("E-007").await.unwrap().unwrap().case;
    let reasons: Vec<String> = case
        .triggers
        .iter()
        .map(|raised| [&*raised.trigger.rule, raised.trigger.indicator.as_deref().unwrap_or("-")].join(" "))
        .collect();
    // The score's and the rules', those of the first night before those of the second.
    let expected = [
        "percentile -",
        "exceedance complaint",
        "complaints -",
        "several indicators together -",
        "exceedance use_of_force",
        "force -",
    ];
    assert_eq!(reasons, expected);
}

#[tokio::test]
async fn events_of_somebody_nobody_knows_are_counted() {
    let stack = stack(true).await;
    post(&stack, vec![officer(1), complaint("c-1", 1, "2026-06-01"), complaint("c-2", 99, "2026-06-01")])
        .await;
    let report = night(&stack, NIGHT).await;
    assert_eq!((&report["officers_scored"], &report["officers_unknown"]), (&json!(1), &json!(1)));
    // Once the post is known, what was recorded before counts.
    post(&stack, vec![officer(99)]).await;
    let report = night(&stack, NEXT_NIGHT).await;
    assert_eq!((&report["officers_scored"], &report["officers_unknown"]), (&json!(2), &json!(0)));
    assert_eq!(complaints(&score(&stack, "2026-07-06", "E-099").await), ["c-2"]);
}

/// Every byte of a run: its report and each stored item.
async fn bytes(stack: &Stack, report: &Value) -> Vec<String> {
    let personnel = personnel(stack);
    let run: Run = personnel.run("2026-07-05".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(report["output_sha256"], run.output_sha256);
    let mut bytes = vec![format!("{run:?}")];
    for officer in personnel.officers().await.unwrap() {
        bytes.push(format!("{:?}", personnel.score_item(&run, &officer).await.unwrap()));
    }
    bytes
}

#[tokio::test]
async fn the_same_night_run_again_gives_the_same_bytes() {
    let stack = stack(true).await;
    department(&stack).await;
    let first = night(&stack, NIGHT).await;
    let before = bytes(&stack, &first).await;
    // What comes in later does not change what was known that night.
    stack.set(at("2026-07-05T15:00:00Z")).await.unwrap();
    post(&stack, vec![complaint("late", 7, "2026-07-01"), finding("x-1", "unfounded")]).await;
    let second = night(&stack, NIGHT).await;
    assert_eq!(bytes(&stack, &second).await, before);
    assert_eq!(
        (&first["alerts_opened"], &second["alerts_opened"]),
        (&json!(1), &json!(1)),
        "the night's case, once"
    );
    assert_eq!(personnel(&stack).cases_of("E-007").await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_recorded_after_the_watermark_waits_for_the_next_night() {
    let stack = stack(true).await;
    department(&stack).await;
    stack.set(at("2026-07-05T08:20:00Z")).await.unwrap();
    post(&stack, vec![complaint("late", 7, "2026-07-01")]).await;
    night(&stack, NIGHT).await;
    assert!(!complaints(&score(&stack, "2026-07-05", "E-007").await).contains(&"late"));
    stack.set(at(NEXT_NIGHT)).await.unwrap();
    night(&stack, NEXT_NIGHT).await;
    assert!(complaints(&score(&stack, "2026-07-06", "E-007").await).contains(&"late"));
}

#[tokio::test]
async fn findings_voids_and_confidence_reach_the_score_in_any_order() {
    let stack = stack(true).await;
    // The finding is there before the report, and before anybody knows the officer.
    post(&stack, vec![finding("x-0", "exonerated")]).await;
    department(&stack).await;
    let secret = json!({"event_id": "secret", "officer_id": "E-007", "indicator": "complaint",
        "occurred_on": "2026-06-01", "reported_on": "2026-06-01", "confidential_until": "2026-07-06"});
    let voided = event("event.voided", "void-1", json!({"event_id": "x-1"}));
    post(&stack, vec![event("event.reported", "secret-1", secret), voided]).await;
    night(&stack, NIGHT).await;
    assert_eq!(complaints(&score(&stack, "2026-07-05", "E-007").await), ["x-2", "x-3", "x-4", "x-5"]);
    night(&stack, NEXT_NIGHT).await;
    let next = score(&stack, "2026-07-06", "E-007").await;
    assert_eq!(complaints(&next), ["secret", "x-2", "x-3", "x-4", "x-5"]);
}

#[tokio::test]
async fn each_event_of_a_post_stands_alone_and_faults_are_named() {
    let stack = stack(true).await;
    let mut protected = officer(2);
    protected["data"]["race"] = json!("x");
    let answer = post(&stack, vec![officer(1), protected, complaint("c", 1, "2026-07-09T00:00:00Z")]).await;
    assert_eq!(answer["accepted"], 1);
    assert_eq!(answer["rejected"][0]["pointer"], "/data/race");
    assert_eq!(answer["rejected"][0]["code"], "protected_attribute");
    assert_eq!(answer["rejected"][1]["index"], 2);
    assert_eq!(answer["rejected"][1]["pointer"], "/data/occurred_on");

    let mut other = officer(1);
    other["data"]["unit"] = json!("traffic");
    let answer = post(&stack, vec![officer(1), other]).await;
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(0), &json!(1)));
    assert_eq!(answer["rejected"][0]["code"], "id_reused");

    let only_protected = json!([event("officer.upserted", "hr-9", json!({"age": 44}))]);
    let (status, problem) = stack.post("/v1/personnel/events", &only_protected).await.unwrap();
    assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!("protected_attribute")));
}

#[tokio::test]
async fn a_report_with_the_id_of_the_finding_that_waits_for_it_is_refused() {
    let stack = stack(false).await;
    post(&stack, vec![officer(1)]).await;
    let (mut waiting, mut report) = (finding("ia-1", "sustained"), complaint("ia-1", 1, "2026-06-20"));
    waiting["id"] = json!("one-for-both");
    report["id"] = json!("one-for-both");
    let answer = post(&stack, vec![waiting, report]).await;
    assert_eq!((&answer["accepted"], &answer["rejected"][0]["code"]), (&json!(1), &json!("id_reused")));
}

#[tokio::test]
async fn nothing_is_raised_while_alerts_are_off() {
    let stack = stack(false).await;
    department(&stack).await;
    let report = night(&stack, NIGHT).await;
    assert_eq!((&report["officers_scored"], &report["alerts_opened"]), (&json!(40), &json!(0)));
    assert_eq!(score(&stack, "2026-07-05", "E-007").await.level, eis::Level::Review);
    assert!(personnel(&stack).open_cases(None, 50).await.unwrap().0.is_empty());
}

#[tokio::test]
async fn names_are_sealed_where_they_are_stored() {
    let stack = stack(true).await;
    post(&stack, vec![officer(1)]).await;
    let mut stored = Vec::new();
    for file in ["tables.sqlite", "tables.sqlite-wal"] {
        stored.extend(std::fs::read(stack.data().join(file)).unwrap_or_default());
    }
    let holds = |text: &str| stored.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("E-001"), "the place to look is right");
    assert!(!holds("Sample Officer"));
}
