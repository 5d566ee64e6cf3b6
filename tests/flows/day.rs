//! The lists of a desk: what went out and was held back on a day, and what concerns one number or mailbox.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, call, theft};

async fn list(world: &World, query: &str, groups: &[&str]) -> Value {
    let (status, answer) = world.read(&format!("/v1/updates{query}"), groups).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn search(world: &World, address: &str) -> Vec<String> {
    let (status, answer) =
        world.command("/v1/updates/search", &["records"], json!({"address": address})).await;
    assert_eq!(status, 200, "{answer}");
    told(&answer)
}

/// Each update of a list in a line.
fn told(answer: &Value) -> Vec<String> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| {
        let about = one["incident"].as_str().or(one["case"].as_str()).unwrap().to_owned();
        let state = one["reason"].as_str().map_or_else(|| text(one, "state"), str::to_owned);
        format!("{about} {} {} {} {state}", text(one, "person"), text(one, "kind"), text(one, "channel"))
    };
    answer["updates"].as_array().unwrap().iter().map(line).collect()
}

fn case(id: &str, at: &str, investigator: &str) -> Value {
    json!({"type": "case.opened", "id": id, "timestamp": at, "data": {
        "case": {"number": "26-9", "offence": "23F", "investigator": {"name": "Det. Sample", "email": investigator}},
        "people": [{"id": "v", "roles": ["victim"], "phone": "218-555-0177", "email": "ada@example.com", "contact": "ok"}]}})
}

#[tokio::test]
async fn a_day_lists_what_went_out_and_what_was_held_back_newest_first() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.minutes(1).await;
    world.cad(call("DVA", "e-2", "2026-07-07T12:01:00-05:00", "26-2", "218-555-0124")).await;
    world.minutes(1).await;
    world.cases(case("c-1", "2026-07-07T12:02:00-05:00", "det.sample@example.gov")).await;
    let day = list(&world, "", &["dispatch"]).await;
    assert_eq!(day["date"], "2026-07-07");
    let all = told(&day);
    assert_eq!(all.len(), 4, "{all:?}");
    let mut newest = all[..2].to_vec();
    newest.sort();
    assert_eq!(newest, ["26-9 v case_number email accepted", "26-9 v case_number text accepted"]);
    assert_eq!(
        all[2..],
        ["26-2 p1 call_received text call_type_denied", "26-1 p1 call_received text accepted"]
    );
    assert_eq!(
        (&day["updates"][3]["roles"], &day["updates"][3]["language"]),
        (&json!(["caller"]), &json!("en"))
    );
    assert_eq!(day["updates"][3]["at"], "2026-07-07T17:00:00Z");
    let text = day.to_string();
    assert!(
        !text.contains("555") && !text.contains("example.com") && !text.contains("Example City"),
        "{text}"
    );

    assert_eq!(told(&list(&world, "?state=suppressed", &["auditor"]).await), all[2..3]);
    assert_eq!(told(&list(&world, "?kind=call_received", &["records"]).await), all[2..]);
    assert_eq!(told(&list(&world, "?date=2026-07-06", &["records"]).await), Vec::<String>::new());
    for query in ["?state=gone", "?kind=calls", "?date=today", "?limit=0"] {
        assert_eq!(world.read(&format!("/v1/updates{query}"), &["records"]).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn an_update_stands_once_on_the_day_on_which_it_was_decided_last() {
    let night = "2026-07-07T22:30:00-05:00";
    let world = World::at(night).await;
    world.cases(case("c-1", night, "det.sample@example.gov")).await;
    let waiting = ["26-9 v case_number email deferred", "26-9 v case_number text deferred"];
    let sorted = async |date: &str| {
        let mut all = told(&list(&world, &format!("?date={date}"), &["records"]).await);
        all.sort();
        all
    };
    // The night of the agency is the next day in UTC.
    assert_eq!(sorted("2026-07-07").await, waiting);
    assert_eq!(sorted("2026-07-08").await, Vec::<String>::new());
    world.until("2026-07-08T08:01:00-05:00").await;
    assert_eq!(sorted("2026-07-07").await, Vec::<String>::new());
    let sent = ["26-9 v case_number email accepted", "26-9 v case_number text accepted"];
    assert_eq!(sorted("2026-07-08").await, sent);
}

#[tokio::test]
async fn pages_hold_every_update_of_a_day_once() {
    let world = World::new().await;
    for number in 1..=7 {
        world.cad(theft(&format!("e-{number}"), NOON, &format!("26-{number}"))).await;
    }
    let whole = told(&list(&world, "", &["dispatch"]).await);
    let (mut query, mut paged) = ("?limit=3".to_owned(), Vec::new());
    loop {
        let page = list(&world, &query, &["dispatch"]).await;
        let lines = told(&page);
        assert!(lines.len() <= 3 && !lines.is_empty());
        paged.extend(lines);
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=3&cursor={next}");
    }
    assert_eq!((paged.len(), &paged), (7, &whole));
}

#[tokio::test]
async fn an_investigator_lists_own_cases_and_their_calls() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cases(case("c-1", NOON, "staff-1")).await;
    let mine = told(&list(&world, "", &["investigator"]).await);
    assert!(mine.len() == 2 && mine.iter().all(|line| line.starts_with("26-9 v case_number")), "{mine:?}");
    let link = json!({"type": "incident.updated", "id": "e-2", "timestamp": NOON, "data": {
        "incident": {"id": "26-1"}, "case_number": "26-9"}});
    world.cad(link).await;
    assert_eq!(told(&list(&world, "", &["investigator"]).await).len(), 3);
}

#[tokio::test]
async fn a_number_is_found_with_what_it_got_and_what_was_withheld_from_it() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.minutes(1).await;
    world.cad(call("DVA", "e-2", "2026-07-07T12:01:00-05:00", "26-2", CALLER)).await;
    world.cad(theft_of("e-3", "26-3", "218-555-0188")).await;
    let found = search(&world, "(218) 555-0123").await;
    assert_eq!(found[0], "26-2 p1 call_received text call_type_denied");
    assert_eq!(found[1..], ["26-1 p1 call_received text accepted"]);
    assert_eq!(search(&world, "218-555-0188").await.len(), 1);
    assert_eq!(search(&world, "nobody@example.com").await, Vec::<String>::new());
    let none = world.command("/v1/updates/search", &["records"], json!({"address": "none"})).await;
    assert_eq!((none.0, &none.1["errors"][0]["pointer"]), (422, &json!("/address")));
    let (_, answer) = world.command("/v1/updates/search", &["records"], json!({"address": CALLER})).await;
    assert_eq!(answer["address"], "…0123");
    assert!(!answer.to_string().contains("5550123"));
    // The address is nowhere but in the body: a cursor names a place and no key.
    let (_, page) =
        world.command("/v1/updates/search?limit=1", &["records"], json!({"address": CALLER})).await;
    let next = page["next"].as_str().unwrap().to_owned();
    let path = format!("/v1/updates/search?limit=1&cursor={next}");
    let (_, page) = world.command(&path, &["records"], json!({"address": CALLER})).await;
    assert_eq!((told(&page), page.get("next")), (found[1..].to_vec(), None));
}

#[tokio::test]
async fn what_was_withheld_counts_against_no_cap() {
    let world = World::new().await;
    for number in 1..=30 {
        world.cad(call("DVA", &format!("d-{number}"), NOON, &format!("27-{number}"), "218-555-0124")).await;
    }
    assert_eq!(search(&world, "218-555-0124").await.len(), 30);
    // The index that the cap counts from has them in a partition of their own.
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 1);
}

fn theft_of(id: &str, incident: &str, phone: &str) -> Value {
    call("LARCENY", id, NOON, incident, phone)
}
