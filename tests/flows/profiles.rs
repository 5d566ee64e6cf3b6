//! Vendors' posts from end to end: TicketsCAD by its own signature, Resgrid by API key, any other by profile.
use embedded::agency::copy_folder;
use std::path::PathBuf;

use precinct::bridge::Bridge;
use precinct::stack::{Options, Stack};
use serde_json::{Value, json};
use startup::webhook::sign_ticketscad;
use tests::{CALLER, NOON, World, theft};

const TICKETS: &str = "/v1/cad/ticketscad";

/// A webhook of TicketsCAD.
fn ticket(kind: &str, at: &str, data: Value) -> Value {
    json!({"event_type": kind, "timestamp": at, "data": data})
}

/// Posts to the path of TicketsCAD under the header `name`, signed with `secret`.
async fn post_signed(world: &World, name: &str, secret: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string().into_bytes();
    let (now, delivery) = (world.stack.now(), startup::Entropy::system().token());
    let signature = sign_ticketscad(secret, now, &body);
    let stamp = now.as_second().to_string();
    let kind = ("x-webhook-event", "any");
    let headers =
        [kind, ("x-webhook-delivery", &delivery), ("x-webhook-timestamp", &stamp), (name, &signature)];
    world.stack.post_with(TICKETS, body, &headers).await.unwrap()
}

/// The same, which must be taken.
async fn deliver(world: &World, body: Value) -> Value {
    let (status, answer) = post_signed(world, "x-webhook-signature-v2", world.stack.secret(), &body).await;
    assert_eq!(status, 202, "{answer}");
    world.drain().await;
    answer
}

#[tokio::test]
async fn each_fact_of_ticketscad_is_told_once_though_it_comes_twice() {
    let world = World::new().await;
    let later = "2026-07-07T12:00:01-05:00";
    let audit = json!({"target_id": 42, "ticket_id": 42, "details": {"in_types_id": "Theft", "severity": 0},
        "phone": CALLER, "contact": "Pat Example", "summary": "free text"});
    let screen = json!({"ticket_id": 42, "scope": "a bicycle", "address": "1 Example Street", "severity": 0});
    deliver(&world, ticket("incident.new", later, screen.clone())).await;
    deliver(&world, ticket("incident.created", NOON, audit.clone())).await;
    let again = deliver(&world, ticket("incident.created", NOON, audit)).await;
    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(1)));
    deliver(&world, ticket("assign.created", NOON, json!({"incident_id": 42, "responder_id": 7}))).await;
    let assigned = json!({"ticket_id": 42, "responder": 7, "action": "assign"});
    deliver(&world, ticket("responder.assign", later, assigned)).await;
    let status = |word: &str| json!({"ticket_id": 42, "responder_id": 7, "status": word});
    deliver(&world, ticket("responder.status", NOON, status("Responding"))).await;
    let flat = json!({"id": 7, "old_status": "Dispatched", "new_status": "Responding", "incident_id": 42});
    deliver(&world, ticket("responder.status_changed", later, flat)).await;
    let lunch = deliver(&world, ticket("responder.status", NOON, status("Lunch"))).await;
    assert_eq!((&lunch["accepted"], &lunch["ignored"]), (&json!(0), &json!(1)));
    world.minutes(12).await;
    let done = world.stack.now().to_string();
    deliver(&world, ticket("responder.status", &done, status("On Scene"))).await;
    world.minutes(5).await;
    let (closed, second) = ("2026-07-07T12:17:00-05:00", "2026-07-07T12:17:02-05:00");
    let screen =
        json!({"ticket_id": 42, "incident_number": "26-1", "new_status": 1, "status_label": "Closed"});
    deliver(&world, ticket("incident.close", second, screen)).await;
    let audit = json!({"target_id": 42, "details": {"old_status": 2, "new_status": 1}});
    deliver(&world, ticket("incident.closed", closed, audit)).await;
    world.minutes(60).await;
    let texts = world.texts();
    let told: Vec<bool> = texts
        .iter()
        .zip(["have your call 42", "on the way", "is closed"])
        .map(|(text, words)| text.body.contains(words))
        .collect();
    assert_eq!((texts.len(), told), (3, vec![true; 3]), "{}", world.transcript());
}

#[tokio::test]
async fn wrong_and_older_signatures_are_refused() {
    let world = World::new().await;
    let body = ticket("incident.created", NOON, json!({"ticket_id": 42, "type": "Theft", "phone": CALLER}));
    let secret = world.stack.secret();
    assert_eq!(
        post_signed(&world, "x-webhook-signature-v2", "another secret, long enough", &body).await.0,
        401
    );
    assert_eq!(post_signed(&world, "x-webhook-signature", secret, &body).await.0, 401);
    // The local sender's own scheme opens this path no more than TicketsCAD's opens the others.
    assert_eq!(world.stack.post(TICKETS, &body).await.unwrap().0, 401);
    let bytes = body.to_string().into_bytes();
    let stamp = world.stack.now().as_second().to_string();
    let signature = sign_ticketscad(secret, world.stack.now(), &bytes);
    let headers = [("x-webhook-timestamp", stamp.as_str()), ("x-webhook-signature-v2", &signature)];
    assert_eq!(world.stack.post_with("/v1/cad/events", bytes.clone(), &headers).await.unwrap().0, 401);
    world.minutes(6).await;
    assert_eq!(world.stack.post_with(TICKETS, bytes, &headers).await.unwrap().0, 401, "too old");
    assert_eq!(world.texts(), []);
    assert_eq!(world.read("/v1/incidents/42/updates", &["dispatch"]).await.0, 404);
}

#[tokio::test]
async fn an_unknown_type_is_denied_and_violence_at_home_latches() {
    let world = World::new().await;
    let open = |id: u8, kind: &str| {
        ticket("incident.created", NOON, json!({"ticket_id": id, "type": kind, "phone": CALLER}))
    };
    deliver(&world, open(1, "NOISE")).await; // our word, but not one of the table's
    deliver(&world, open(2, "Domestic Disturbance")).await;
    deliver(&world, open(3, "Theft")).await;
    assert_eq!(world.texts(), []);
    let reasons = |lines: Vec<String>| lines.first().cloned().unwrap_or_default();
    assert_eq!(reasons(world.decisions("1").await), "call_received suppressed call_type_denied");
    assert_eq!(reasons(world.decisions("3").await), "call_received suppressed safety_latch");
}

/// What the template of docs/connect-a-cad.md prints for a new call.
fn resgrid() -> Vec<u8> {
    let call = json!({"type": "incident.opened", "id": "resgrid-77-opened", "timestamp": NOON, "data": {
        "incident": {"id": "26-77", "call_type": "LARCENY", "priority": 3, "opened_at": NOON},
        "people": [{"id": "caller", "roles": ["caller"], "name": "Pat Example", "phone": CALLER}]}});
    call.to_string().into_bytes()
}

#[tokio::test]
async fn resgrid_posts_with_its_key_and_to_calls_alone() {
    let world = World::new().await;
    let key = [("x-api-key", world.stack.secret())];
    let (status, answer) = world.stack.post_with("/v1/cad/events", resgrid(), &key).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(1)), "{answer}");
    world.drain().await;
    assert_eq!(world.texts().len(), 1);
    let wrong = [("x-api-key", "0123456789abcdef0123456789")];
    assert_eq!(world.stack.post_with("/v1/cad/events", resgrid(), &wrong).await.unwrap().0, 401);
    for path in ["/v1/cases/events", "/v1/personnel/events", TICKETS] {
        assert_eq!(world.stack.post_with(path, resgrid(), &key).await.unwrap().0, 401, "{path}");
    }
}

#[tokio::test]
async fn another_vendor_is_read_by_its_profile() {
    let world = World::new().await;
    let persons = json!([{"key": "A", "kind": "CALLER", "tel": "218-555-0123"}]);
    let row = |seq: u8, what: &str, persons: &Value| {
        json!({"seq": seq, "what": what, "when": world.stack.now().as_second(),
            "call": {"no": "26-1", "nature": "LARC", "prio": "C", "persons": persons}, "cars": [{"name": "214"}]})
    };
    let stranger = json!([{"key": "B", "kind": "OFFENDER", "tel": "218-555-0124"}]);
    let body =
        json!({"events": [row(1, "NEW", &persons), row(2, "CHG", &stranger), row(3, "ENR", &json!([]))]});
    let path = "/v1/cad/profiles/example-json";
    let (status, answer) = world.stack.post(path, &body).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(2)), "{answer}");
    let rejected = &answer["rejected"][0];
    assert_eq!(rejected["index"], 1);
    assert_eq!(
        (&rejected["pointer"], &rejected["code"]),
        (&json!("/call/persons/0/kind"), &json!("unmapped"))
    );
    world.drain().await;
    assert_eq!(world.texts().len(), 2);
    assert_eq!(world.stack.post(path, &json!({"items": []})).await.unwrap().0, 422);
    assert_eq!(world.stack.post("/v1/cad/profiles/nobody", &body).await.unwrap().0, 404);
}

/// A folder of one test, removed when it ends.
struct Exports(PathBuf);

impl Exports {
    fn new() -> Self {
        let folder =
            format!("precinct-exports-{}-{}", std::process::id(), startup::Entropy::system().token());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn bridge(&self, world: &World) -> Bridge {
        Bridge {
            csv: Some(self.0.join("calls.csv")),
            jsonl: None,
            profile: Some("example-csv".into()),
            url: format!("{}/v1/cad/events", world.stack.url()),
            state: Some(self.0.join("state")),
            once: true,
            baseline: false,
            every: 1,
            agency: concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency").into(),
        }
    }
}

impl Drop for Exports {
    fn drop(&mut self) {
        // A leftover in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn an_export_is_bridged_and_a_crash_tells_nobody_twice() {
    let (world, exports) = (World::new().await, Exports::new());
    let file = exports.0.join("calls.csv");
    let header = "Call No,Type,Priority,Received,Enroute,Units,Caller Phone\n";
    let row = |enroute: &str| format!("26-1,THEFT,3,07/07/2026 12:00:00,{enroute},214,(218) 555-0123\n");
    std::fs::write(&file, format!("{header}{}", row(""))).unwrap();
    assert!(exports.bridge(&world).run().await.unwrap());
    world.drain().await;
    assert_eq!(world.texts().len(), 1);
    let before = std::fs::read(exports.0.join("state")).unwrap();
    // The export is written anew with one more stamp; the bridge dies after the post and before its state is written.
    world.minutes(1).await;
    std::fs::write(&file, format!("{header}{}", row("07/07/2026 12:01:00"))).unwrap();
    for _ in 0..2 {
        assert!(exports.bridge(&world).run().await.unwrap());
        world.drain().await;
        assert_eq!(world.texts().len(), 2, "{}", world.transcript());
        std::fs::write(exports.0.join("state"), &before).unwrap();
    }
    let seen = world.updates("26-1").await.to_string();
    assert!(seen.contains("officers_on_the_way"), "{seen}");
}

#[tokio::test]
async fn a_profile_that_cannot_be_used_stops_its_own_path_alone() {
    let folder = Exports::new();
    copy_folder(&tests::shipped_agency(), &folder.0).unwrap();
    std::fs::write(folder.0.join("profiles/ticketscad.toml"), [0xff]).unwrap();
    let options = Options {
        agency: folder.0.clone(),
        now: Some(tests::instant(NOON)),
        still: true,
        ..Options::default()
    };
    let stack = Stack::start(options).await.unwrap();
    assert_eq!(stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap().0, 202);
    assert_eq!(stack.post(TICKETS, &json!({})).await.unwrap().0, 503, "the sender keeps it and tries again");
    assert_eq!(stack.post("/v1/cad/profiles/example-json", &json!({})).await.unwrap().0, 422);
}
