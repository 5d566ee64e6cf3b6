//! What staff enter: messages in their own words, people who did not call, wishes and safe ways, revocations.
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, call, theft};

const MESSAGES: &str = "/v1/incidents/26-1/messages";

/// A person in `groups` sends a request under `key`.
async fn ask(
    world: &World,
    (method, path): (&str, &str),
    groups: &[&str],
    key: &str,
    body: Value,
) -> (u16, Value) {
    let token = world.stack.token("staff-1", groups);
    let answer = world.stack.staff((method, path), &token, Some(key), &body).await.unwrap();
    world.drain().await;
    answer
}

async fn write(world: &World, groups: &[&str], key: &str, body: Value) -> (u16, Value) {
    ask(world, ("POST", MESSAGES), groups, key, body).await
}

async fn contact(world: &World, groups: &[&str], body: Value) -> (u16, Value) {
    ask(world, ("PUT", "/v1/contacts"), groups, "", body).await
}

fn case(kind: &str, id: &str, at: &str, phone: &str) -> Value {
    json!({"type": kind, "id": id, "timestamp": at, "data": {
        "case": {"number": "26-1192", "offence": "220", "incident_id": "26-1"},
        "people": [{"id": "v", "roles": ["victim"], "phone": phone, "contact": "ok"}]}})
}

fn words(world: &World) -> Vec<String> {
    world.texts().into_iter().map(|text| text.body.replace("Example City Police: ", "")).collect()
}

#[tokio::test]
async fn a_message_goes_out_once_however_often_it_is_posted() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let body = json!({"person": "p1", "text": "Please bring the papers of the bicycle."});
    let (status, first) = write(&world, &["dispatch"], "k-1", body.clone()).await;
    assert_eq!((status, &first["ways"][0]["state"]), (202, &json!("pending")), "{first}");
    let (status, again) = write(&world, &["dispatch"], "k-1", body).await;
    assert_eq!(
        (status, &again["ordinal"], &again["ways"][0]["state"]),
        (200, &first["ordinal"], &json!("accepted"))
    );
    let other = write(&world, &["dispatch"], "k-1", json!({"person": "p1", "text": "Something else."})).await;
    assert_eq!((other.0, world.texts().len()), (422, 2), "{}", other.1);
    assert_eq!(words(&world)[1], "Please bring the papers of the bicycle. Reply STOP to end.");
}

#[tokio::test]
async fn a_message_that_would_not_go_out_says_why_and_what_to_choose() {
    let world = World::new().await;
    world.cad(call("DVA", "e-1", NOON, "26-1", CALLER)).await;
    let body = json!({"person": "p1", "text": "Please call."});
    let (status, problem) = write(&world, &["dispatch"], "k-1", body.clone()).await;
    let choices = |problem: &Value| -> Vec<String> {
        problem["choices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["choice"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!((status, &problem["reason"]), (409, &json!("call_type_denied")), "{problem}");
    assert_eq!(choices(&problem), ["ask_victim_services", "call"]);
    let decisions = world.decisions("26-1").await;
    assert!(decisions.contains(&"staff_message suppressed call_type_denied".into()), "{decisions:?}");

    let mut overriding = body;
    overriding["override_reason"] = json!("she asked for it at the counter");
    assert_eq!(write(&world, &["dispatch"], "k-2", overriding.clone()).await.0, 403);
    assert_eq!(world.texts().len(), 0);
    assert_eq!(write(&world, &["victim_services"], "k-2", overriding).await.0, 202);
    assert_eq!(words(&world), ["Please call. Reply STOP to end."]);
}

#[tokio::test]
async fn an_override_lifts_no_opt_out_and_no_wish() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.reply(CALLER, "STOP").await;
    let told = world.texts().len();
    let body = json!({"person": "p1", "text": "Please call.", "override_reason": "urgent"});
    let (status, problem) = write(&world, &["admin"], "k-1", body.clone()).await;
    assert_eq!((status, &problem["reason"]), (409, &json!("opted_out")), "{problem}");
    let wish = json!({"address": CALLER, "wish": {"contact": "never", "until": "2026-09-01T00:00:00Z"}});
    assert_eq!(contact(&world, &["records"], wish).await.0, 200);
    assert_eq!(write(&world, &["admin"], "k-2", body).await.1["reason"], json!("contact_never"));
    assert_eq!(world.texts().len(), told);
}

#[tokio::test]
async fn at_night_a_message_waits_only_if_its_writer_says_so() {
    let world = World::at("2026-07-07T22:30:00-05:00").await;
    world.cad(theft("e-1", "2026-07-07T22:30:00-05:00", "26-1")).await;
    let body = json!({"person": "p1", "text": "Please call."});
    let (status, problem) = write(&world, &["records"], "k-1", body.clone()).await;
    assert_eq!(
        (status, &problem["reason"], &problem["until"]),
        (409, &json!("quiet_hours"), &json!("2026-07-08T13:00:00Z"))
    );
    let mut waiting = body;
    waiting["wait"] = json!(true);
    let (status, receipt) = write(&world, &["records"], "k-1", waiting).await;
    assert_eq!((status, &receipt["ways"][0]["state"]), (202, &json!("deferred")), "{receipt}");
    world.until("2026-07-08T08:00:00-05:00").await;
    assert!(words(&world).contains(&"Please call. Reply STOP to end.".into()), "{:?}", words(&world));
}

#[tokio::test]
async fn bad_input_names_its_field_and_stores_nothing() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    for (body, pointer) in [
        (json!({"person": "p9", "text": "Please call."}), "/person"),
        (json!({"person": "p1", "text": " "}), "/text"),
        (json!({"person": "p1", "text": "x".repeat(160)}), "/text"),
        (json!({"person": "p1"}), "/text"),
        (json!({"person": "p1", "text": "x", "channel": "fax"}), "/channel"),
    ] {
        let (status, problem) = write(&world, &["dispatch"], "k-1", body).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{problem}");
    }
    let token = world.stack.token("staff-1", &["dispatch"]);
    let body = json!({"person": "p1", "text": "x"});
    assert_eq!(world.stack.command(MESSAGES, &token, &body).await.unwrap().0, 400, "no Idempotency-Key");
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn a_victim_who_did_not_call_is_told_once_staff_entered_the_consent() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let opened = json!({"type": "case.opened", "id": "c-1", "timestamp": NOON, "data": {
        "case": {"number": "26-1192", "offence": "220", "incident_id": "26-1"}}});
    world.cases(opened).await;
    let person = json!({"name": "Sam Sample", "phone": "218-555-0177", "channels": ["text"], "language": "es",
        "basis": "asked by telephone"});
    let path = ("POST", "/v1/cases/26-1192/people");
    let (status, receipt) = ask(&world, path, &["victim_services"], "k-1", person.clone()).await;
    assert_eq!((status, &receipt["case_number"]), (201, &json!("26-1192")), "{receipt}");
    assert_eq!(ask(&world, path, &["victim_services"], "k-1", person.clone()).await, (200, receipt));
    let to_victim: Vec<_> = world.texts().into_iter().filter(|text| text.to == "+12185550177").collect();
    assert_eq!(to_victim.len(), 1, "{to_victim:?}");
    assert!(to_victim[0].body.contains("26-1192"));

    for (change, pointer) in [
        (json!({"phone": "911-555"}), "/phone"),
        (json!({"channels": ["email"]}), "/channels"),
        (json!({"basis": ""}), "/basis"),
        (json!({"role": "suspect"}), "/role"),
        (json!({"id": "nobody"}), "/id"),
        (json!({"role": "guardian", "guardian_of": "v"}), "/guardian_of"),
    ] {
        let mut bad = person.clone();
        bad.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, problem) = ask(&world, path, &["records"], "k-2", bad).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{problem}");
    }
}

#[tokio::test]
async fn what_is_entered_about_a_witness_makes_no_victim() {
    let world = World::new().await;
    let witness = json!({"id": "w", "roles": ["witness"], "name": "Sam Sample"});
    world
        .cases(json!({"type": "case.opened", "id": "c-1", "timestamp": NOON, "data": {
            "case": {"number": "26-1192", "offence": "220"}, "people": [witness]}}))
        .await;
    let entry = json!({"id": "w", "phone": CALLER, "channels": ["text"], "basis": "asked by telephone"});
    let path = ("POST", "/v1/cases/26-1192/people");
    assert_eq!(ask(&world, path, &["records"], "k-1", entry).await.0, 201);
    assert_eq!(world.texts().len(), 0);
}

#[tokio::test]
async fn a_pause_refuses_a_message_and_the_record_says_so() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let pause = json!({"scope": "all", "on": true, "reason": "trial"});
    assert_eq!(world.command("/v1/pause", &["admin"], pause).await.0, 200);
    let body = json!({"person": "p1", "text": "Please call."});
    let (status, problem) = write(&world, &["dispatch"], "k-1", body).await;
    assert_eq!((status, &problem["reason"]), (409, &json!("paused")), "{problem}");
    assert!(world.decisions("26-1").await.contains(&"staff_message suppressed paused".into()));
}

#[tokio::test]
async fn everybody_in_the_case_of_a_violent_call_is_latched_and_whom_staff_add_too() {
    let world = World::new().await;
    world.cad(call("DVA", "e-1", NOON, "26-1", CALLER)).await;
    let noise = async |number: &str, phone: &str| {
        world.cad(call("NOISE", &format!("e-{number}"), NOON, number, phone)).await;
        assert_eq!(world.decisions(number).await, ["call_received suppressed safety_latch"], "{number}");
    };
    world.cases(case("case.opened", "c-1", NOON, "+12185550140")).await;
    noise("26-2", "+12185550140").await;
    let person = json!({"phone": "+12185550177", "channels": ["text"], "basis": "asked by telephone"});
    assert_eq!(ask(&world, ("POST", "/v1/cases/26-1192/people"), &["records"], "k-1", person).await.0, 201);
    noise("26-3", "+12185550177").await;
    assert_eq!(world.texts().len(), 0);
}

#[tokio::test]
async fn a_confirmed_safe_way_lifts_the_latch_for_news_of_the_case_alone() {
    let world = World::new().await;
    world.cad(call("DVA", "e-1", NOON, "26-1", CALLER)).await;
    world.cases(case("case.opened", "c-1", NOON, CALLER)).await;
    assert_eq!(world.texts().len(), 0);
    let body = json!({"address": CALLER, "case_number": "26-1192",
        "confirmed_safe": {"channel": "text", "until": "2026-08-01T12:00:00-05:00"}});
    let (status, problem) = contact(&world, &["dispatch"], body.clone()).await;
    assert_eq!(status, 403, "{problem}");
    let (status, shown) = contact(&world, &["victim_services"], body).await;
    assert_eq!((status, &shown["confirmed_safe"][0]["channel"]), (200, &json!("text")), "{shown}");
    assert_eq!(world.texts().len(), 1, "the case number, at once");
    let taken_back = json!({"address": CALLER, "confirmed_safe": {"channel": "text"}});
    assert_eq!(contact(&world, &["admin"], taken_back).await.1["confirmed_safe"], json!([]));
}

#[tokio::test]
async fn staff_record_a_wish_a_revocation_and_that_a_number_works_again() {
    let world = World::new().await;
    let search = json!({"address": "218-555-0123"});
    let (status, before) =
        ask(&world, ("POST", "/v1/contacts/search"), &["dispatch"], "", search.clone()).await;
    assert_eq!((status, &before["known"], &before["address"]), (200, &json!(false), &json!("…0123")));
    let wish = json!({"address": CALLER, "wish": {"contact": "no_text", "until": "2026-09-01T00:00:00Z"}});
    assert_eq!(contact(&world, &["dispatch"], wish).await.1["wish"]["contact"], json!("no_text"));
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.decisions("26-1").await, ["call_received suppressed contact_no_text"]);
    let taken_back = json!({"address": CALLER, "wish": {"contact": "ok"}});
    assert_eq!(contact(&world, &["dispatch"], taken_back).await.1["wish"], Value::Null);

    let revocation = json!({"address": CALLER, "revocation": {"received_at": "2026-07-06T09:00:00-05:00"}});
    for _ in 0..2 {
        let (_, shown) = contact(&world, &["records"], revocation.clone()).await;
        assert_eq!(
            (shown["opt_outs"].as_array().unwrap().len(), &shown["opt_outs"][0]["by"]),
            (1, &json!("staff"))
        );
    }
    world.cad(theft("e-2", NOON, "26-2")).await;
    assert_eq!(world.decisions("26-2").await, ["call_received suppressed opted_out"]);
    let (_, after) = ask(&world, ("POST", "/v1/contacts/search"), &["dispatch"], "", search).await;
    assert_eq!(after["opt_outs"][0]["scope"], json!("all"));
}

#[tokio::test]
async fn an_entry_about_a_contact_names_the_field_that_is_wrong() {
    let world = World::new().await;
    for (change, pointer) in [
        (json!({}), ""),
        (json!({"address": "12345"}), "/address"),
        (json!({"wish": {"contact": "never"}}), "/wish/until"),
        (json!({"wish": {"contact": "never", "until": "2028-01-01T00:00:00Z"}}), "/wish/until"),
        (
            json!({"confirmed_safe": {"channel": "text", "until": "2026-12-01T00:00:00Z"}}),
            "/confirmed_safe/until",
        ),
        (json!({"undeliverable": true}), "/undeliverable"),
        (json!({"revocation": {"received_at": "2026-07-08T00:00:00Z"}}), "/revocation/received_at"),
        (json!({"revocation": {"scope": "case", "received_at": NOON}}), "/revocation/case_number"),
    ] {
        let mut body = json!({"address": CALLER});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        if pointer == "/address" {
            body["undeliverable"] = json!(false);
        }
        let (status, problem) = contact(&world, &["admin"], body).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{problem}");
    }
}

/// What a message would become, in the eyes of people in `groups`.
async fn preview(world: &World, path: &str, groups: &[&str], mut body: Value) -> Value {
    body["preview"] = json!(true);
    let (status, answer) = world.command(path, groups, body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn a_preview_says_what_would_be_sent_and_stores_nothing() {
    let world = World::new().await;
    let mut events = theft("e-1", NOON, "26-1");
    events["data"]["people"][0]["language"] = json!("es");
    world.cad(events).await;
    let (decided, told) = (world.decisions("26-1").await, world.texts().len());
    let body = json!({"person": "p1", "text": "Por favor llame."});
    let shown = preview(&world, MESSAGES, &["dispatch"], body.clone()).await;
    let text = "Example City Police: Por favor llame. Para no recibir mensajes responda STOP o ALTO.";
    assert_eq!((&shown["would"], &shown["language"]), (&json!("send"), &json!("es")), "{shown}");
    assert_eq!(shown["text"], text);
    assert_eq!(
        (&shown["encoding"], &shown["segments"], &shown["segments_allowed"]),
        (&json!("GSM-7"), &json!(1), &json!(2))
    );
    assert_eq!(shown["septets"], json!(text.chars().count()));
    assert_eq!(shown["ways"][0]["would"], "send");
    assert_eq!(shown.get("reason"), None);
    assert_eq!((world.decisions("26-1").await, world.texts().len()), (decided, told));
    // The message itself says the same.
    assert_eq!(write(&world, &["dispatch"], "k-1", body).await.0, 202);
    assert_eq!(world.texts().last().unwrap().body, text);
}

#[tokio::test]
async fn a_preview_gives_the_reason_that_the_message_would_be_refused_for() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(call("DVA", "e-2", NOON, "26-2", "+12185550124")).await;
    let body = json!({"person": "p1", "text": "Please call."});
    let violent = "/v1/incidents/26-2/messages";
    let decided = world.decisions("26-2").await;
    let shown = preview(&world, violent, &["dispatch"], body.clone()).await;
    assert_eq!(
        (&shown["would"], &shown["reason"]),
        (&json!("withhold"), &json!("call_type_denied")),
        "{shown}"
    );
    assert_eq!(shown["choices"][0]["choice"], "ask_victim_services");
    assert!(shown["text"].as_str().unwrap().contains("Please call."));
    assert_eq!(world.decisions("26-2").await, decided, "a preview is no decision");

    let long =
        preview(&world, MESSAGES, &["dispatch"], json!({"person": "p1", "text": "x".repeat(160)})).await;
    assert_eq!(
        (&long["would"], &long["reason"], &long["segments"]),
        (&json!("withhold"), &json!("render_refused"), &json!(2))
    );
    let email = json!({"person": "p1", "text": "Please call.", "channel": "email"});
    let none = preview(&world, MESSAGES, &["dispatch"], email).await;
    assert_eq!(
        (&none["reason"], &none["ways"][0]["channel"]),
        (&json!("no_address"), &json!("email")),
        "{none}"
    );

    let pause = json!({"scope": "all", "on": true, "reason": "trial"});
    assert_eq!(world.command("/v1/pause", &["dispatch"], pause).await.0, 200);
    assert_eq!(preview(&world, MESSAGES, &["dispatch"], body).await["reason"], "paused");
}

#[tokio::test]
async fn a_preview_at_night_waits_as_the_message_would() {
    let world = World::at("2026-07-07T22:30:00-05:00").await;
    world.cad(theft("e-1", "2026-07-07T22:30:00-05:00", "26-1")).await;
    let body = json!({"person": "p1", "text": "Please call."});
    let shown = preview(&world, MESSAGES, &["records"], body.clone()).await;
    let until = json!("2026-07-08T13:00:00Z");
    assert_eq!(
        (&shown["would"], &shown["reason"], &shown["until"]),
        (&json!("defer"), &json!("quiet_hours"), &until)
    );
    assert_eq!(shown["choices"][0]["choice"], "wait");
    let mut waiting = body;
    waiting["wait"] = json!(true);
    let shown = preview(&world, MESSAGES, &["records"], waiting).await;
    assert_eq!(
        (&shown["would"], &shown["waits_until"], shown.get("reason")),
        (&json!("defer"), &until, None)
    );
}

#[tokio::test]
async fn a_preview_is_for_those_who_may_write_and_names_what_is_wrong() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let ask = async |groups: &[&str], body: Value| world.command(MESSAGES, groups, body).await;
    let body = |person: &str| json!({"person": person, "text": "Please call.", "preview": true});
    assert_eq!(ask(&["analyst"], body("p1")).await.0, 403);
    assert_eq!(ask(&["investigator"], body("p1")).await.0, 404);
    let (status, problem) = ask(&["dispatch"], body("p9")).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/person")));
    let mut overriding = body("p1");
    overriding["override_reason"] = json!("urgent");
    assert_eq!(ask(&["dispatch"], overriding).await.0, 403);
}

#[tokio::test]
async fn the_record_lists_whom_one_may_write_to_without_names() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    let updates = world.updates("26-1").await;
    let caller = json!({"id": "p1", "roles": ["caller"], "channels": ["text"], "addresses": ["…0123"]});
    assert_eq!(updates["people"], json!([caller]));
}
