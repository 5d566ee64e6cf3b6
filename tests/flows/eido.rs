//! EIDOs from end to end: what a caller's phone shows when an exchange tells how an incident stands.
use serde_json::{Value, json};
use tests::{CALLER, World};

const PATH: &str = "/v1/cad/eido";
const EIDO: &str = "application/emergency.eido+json; version=\"1\"";

/// A stamp, as many minutes past noon.
fn at(minute: u8) -> String {
    format!("2026-07-07T12:{minute:02}:00-05:00")
}

/// A theft, its caller and what the car sent to it does.
fn theft(minute: u8, statuses: &[&str], unit: &[&str]) -> Value {
    json!({
        "$id": "urn:emergency:uid:incidentid:a1b2c3d4:bcf.example.gov", "eidoVersion": "1.0",
        "lastUpdateTimeStamp": at(minute), "issuingElementIdentification": "idx.example.gov",
        "incidentComponent": {"$id": "incident-1", "lastUpdateTimeStamp": at(minute), "internalIncidentId": "26-1",
            "incidentTypeCommonRegistryText": "LARCENY", "incidentStatusCommonRegistryText": statuses,
            "incidentCommonPriorityNumber": 8, "personReference": [{"$ref": "person-1"}]},
        "callComponent": [{"$id": "call-1", "lastUpdateTimeStamp": at(0), "callStartTimestamp": at(0),
            "callBackReference": {"$ref": "callback-1"}}],
        "callbackComponent": [{"$id": "callback-1", "lastUpdateTimeStamp": at(0),
            "callBackInformationUri": [format!("tel:{}", CALLER.trim_start_matches("+1"))]}],
        "personComponent": [{"$id": "person-1", "lastUpdateTimeStamp": at(0), "callIdentifier": ["call-1"],
            "personIncidentRoleRegistryText": ["Caller"]}],
        "emergencyResourceComponent": [{"$id": "214@example.gov", "lastUpdateTimeStamp": at(minute),
            "secondaryUnitStatusRegistryText": unit, "eta": at(minute + 10)}],
    })
}

fn opened() -> Value {
    theft(0, &["Active"], &[])
}

fn en_route() -> Value {
    theft(1, &["Active", "ResourcesAssigned"], &["Dispatched", "EnRoute"])
}

async fn post(world: &World, body: Value) -> Value {
    let (status, answer) = world.stack.post(PATH, &body).await.unwrap();
    assert_eq!(status, 202, "{answer}");
    world.drain().await;
    answer
}

/// Posts bytes, signed, with more headers.
async fn post_with(world: &World, body: Vec<u8>, headers: &[(&str, &str)]) -> (u16, Value) {
    let now = world.stack.now();
    let signature = startup::webhook::sign(world.stack.secret(), "msg", now, &body).unwrap();
    let second = now.as_second().to_string();
    let signed = [("webhook-id", "msg"), ("webhook-timestamp", &second), ("webhook-signature", &signature)];
    world.stack.post_with(PATH, body, &[&signed, headers].concat()).await.unwrap()
}

fn counts(answer: &Value) -> (u64, u64) {
    (answer["accepted"].as_u64().unwrap(), answer["duplicates"].as_u64().unwrap())
}

#[tokio::test]
async fn a_sequence_is_told_once_and_a_reconnect_tells_nothing() {
    let world = World::new().await;
    assert_eq!(counts(&post(&world, opened()).await), (1, 0));
    world.until(&at(1)).await;
    assert_eq!(counts(&post(&world, en_route()).await), (1, 0));
    let transcript = world.transcript();
    insta::assert_snapshot!(transcript, @r"
    12:00 +12185550123: Example City Police: we have your call 26-1. You are in line. If it gets worse call 911. Reply ESPAÑOL, HMOOB, SOOMAALI or STOP to end.
    12:01 +12185550123: Example City Police: officers are on the way, call 26-1, expected 12:10 PM to 12:25 PM. If it gets worse call 911. Reply STOP to end.
    ");
    // The exchange sends all active incidents anew, in any order, as often as the bridge connects.
    for _ in 0..2 {
        assert_eq!(post(&world, json!([en_route(), opened(), en_route()])).await["accepted"], 0);
    }
    world.minutes(5).await;
    assert_eq!(world.transcript(), transcript);
}

#[tokio::test]
async fn a_reconnect_after_a_restart_tells_nothing_either() {
    let world = World::lasting().await;
    post(&world, opened()).await;
    let world = world.restarted().await;
    assert_eq!(counts(&post(&world, json!([opened(), opened()])).await), (0, 2));
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn the_sample_events_tell_of_a_call_and_of_a_car() {
    let world = World::at("2026-07-04T21:14:03-05:00").await;
    for name in ["eido-opened-post.json", "eido-enroute-post.json"] {
        let path = format!("{}/../events/{name}", env!("CARGO_MANIFEST_DIR"));
        let request: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
        assert_eq!(counts(&post(&world, body).await), (1, 0));
    }
    assert_eq!(world.messages("26-048213").await, ["call_received accepted", "officers_on_the_way accepted"]);
}

#[tokio::test]
async fn a_reclassified_incident_tells_nothing_more() {
    let world = World::new().await;
    post(&world, opened()).await;
    assert_eq!(world.texts().len(), 1);
    world.until(&at(1)).await;
    let mut violence = en_route();
    violence["incidentComponent"]["incidentTypeCommonRegistryText"] = json!("DVA");
    post(&world, violence).await;
    let closed = theft(5, &["Closed"], &["Cleared"]);
    world.until(&at(5)).await;
    post(&world, closed).await;
    world.minutes(120).await;
    assert_eq!((world.texts().len(), world.emails().len()), (1, 0));
    let decisions = world.decisions("26-1").await;
    assert!(
        decisions.contains(&"officers_on_the_way suppressed call_type_denied".to_owned()),
        "{decisions:?}"
    );
}

#[tokio::test]
async fn an_old_state_that_comes_late_is_not_told() {
    let world = World::new().await;
    world.until(&at(5)).await;
    post(&world, theft(5, &["Closed"], &["Cleared"])).await;
    let texts = world.texts().len();
    assert_eq!(counts(&post(&world, en_route()).await), (0, 1));
    assert_eq!(world.texts().len(), texts);
}

/// Another incident that took the place of the theft; its own caller is somebody else.
fn survivor(minute: u8, unit: &[&str]) -> Value {
    let mut survivor = theft(minute, &["Active"], unit);
    let replaced = survivor["$id"].take();
    survivor["$id"] = json!("urn:emergency:uid:incidentid:e5f6:bcf.example.gov");
    survivor["incidentComponent"]["internalIncidentId"] = json!("26-2");
    survivor["personComponent"] = json!([]);
    survivor["mergeComponent"] = json!([{"$id": "merge-1", "lastUpdateTimeStamp": at(2),
        "incidentTrackingIdentifier": replaced, "incidentMergeDirectionCode": "REPLACING"}]);
    survivor
}

#[tokio::test]
async fn a_merged_incident_falls_silent_and_its_caller_goes_on_in_the_other() {
    let world = World::new().await;
    post(&world, opened()).await;
    world.until(&at(2)).await;
    post(&world, survivor(2, &[])).await;
    post(&world, theft(3, &["Active"], &["EnRoute"])).await;
    assert_eq!(world.texts().len(), 1, "received once, and nothing more of the merged one");
    assert!(world.decisions("26-1").await.contains(&"officers_on_the_way suppressed merged".to_owned()));
    world.until(&at(5)).await;
    post(&world, survivor(5, &["EnRoute"])).await;
    assert_eq!(world.texts().len(), 2);
    assert!(world.texts()[1].body.contains("call 26-2"), "{}", world.texts()[1].body);
}

#[tokio::test]
async fn a_merge_told_before_the_merged_one_holds_for_it_too() {
    let world = World::new().await;
    world.until(&at(2)).await;
    post(&world, survivor(2, &[])).await;
    post(&world, opened()).await;
    assert_eq!(world.messages("a1b2c3d4:bcf.example.gov").await, Vec::<String>::new());
    assert_eq!(world.texts().len(), 0);
}

#[tokio::test]
async fn two_incidents_with_one_number_stay_apart() {
    let world = World::new().await;
    post(&world, opened()).await;
    let mut other = opened();
    other["$id"] = json!("urn:emergency:uid:incidentid:e5f6:bcf.other.example.gov");
    other["callbackComponent"][0]["callBackInformationUri"] = json!(["tel:2185550177"]);
    post(&world, other).await;
    assert_eq!(world.updates("26-1").await["messages"].as_array().unwrap().len(), 1);
    assert_eq!(world.messages("e5f6:bcf.other.example.gov").await, ["call_received accepted"]);
}

#[tokio::test]
async fn a_first_subscription_in_baseline_tells_nobody() {
    let world = World::new().await;
    let body = serde_json::to_vec(&json!([en_route()])).unwrap();
    let headers = [("content-type", EIDO), ("precinct-mode", "baseline")];
    let (status, answer) = post_with(&world, body, &headers).await;
    assert_eq!((status, counts(&answer)), (202, (1, 0)), "{answer}");
    world.drain().await;
    world.minutes(2).await;
    assert_eq!(world.texts(), []);
}

#[tokio::test]
async fn a_call_that_is_no_incident_yet_is_ignored_and_may_become_one() {
    let world = World::new().await;
    let mut call = opened();
    call.as_object_mut().unwrap().remove("incidentComponent");
    assert_eq!(post(&world, call).await["ignored"], 1);
    assert_eq!(counts(&post(&world, opened()).await), (1, 0));
    assert_eq!(world.messages("26-1").await, ["call_received accepted"]);
}

#[tokio::test]
async fn faults_are_answered_by_place_and_field() {
    let world = World::new().await;
    let mut bad = en_route();
    bad["personComponent"][0]["lastUpdateTimeStamp"] = json!("this morning");
    let answer = post(&world, json!([opened(), bad.clone()])).await;
    assert_eq!(answer["rejected"][0]["index"], 1);
    assert_eq!(answer["rejected"][0]["pointer"], "/personComponent/0/lastUpdateTimeStamp");
    assert_eq!(world.stack.post(PATH, &bad).await.unwrap().0, 422);
    let status = async |body: &[u8], media_type| {
        post_with(&world, body.to_vec(), &[("content-type", media_type)]).await.0
    };
    assert_eq!(status(b"<eido/>", "application/xml").await, 415);
    assert_eq!(status(b"<eido/>", EIDO).await, 400);
    assert_eq!(status(&vec![b' '; 256 * 1024 + 1], EIDO).await, 413);
    let wrong = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let body = serde_json::to_vec(&opened()).unwrap();
    assert_eq!(world.stack.post_bytes(PATH, body, wrong).await.unwrap().0, 401);
}
