//! Whom no survey asks: after an arrest, a citation or a summons, after a call of a denied type, and nobody whose address
//! a call at home has latched meanwhile. The text would be one too many, and the answers would not be fair.
use serde_json::json;
use tests::{CALLER, NOON, World, call, event, theft};

const CLOSED: &str = "2026-07-07T12:30:00-05:00";
const EVENING: &str = "2026-07-07T19:00:00-05:00";

async fn world() -> World {
    World::with(NOON, "updates.toml", "[kinds.survey]\non = false", "[kinds.survey]\non = true").await
}

async fn close(world: &World, incident: &str, disposition: &str) {
    let data = json!({"disposition": disposition});
    world.cad(event("incident.closed", &format!("c-{incident}"), CLOSED, incident, data)).await;
}

fn surveys(world: &World) -> usize {
    world.texts().iter().filter(|text| text.body.contains("how did we do")).count()
}

/// The decisions about a survey of the call.
async fn decisions(world: &World, incident: &str) -> Vec<String> {
    let all = world.decisions(incident).await;
    all.into_iter().filter(|decision| decision.starts_with("survey")).collect()
}

#[tokio::test]
async fn a_call_that_ended_with_a_report_is_asked_about() {
    let world = world().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    close(&world, "26-1", "01").await;
    world.until(EVENING).await;
    assert_eq!(surveys(&world), 1, "{}", world.transcript());
}

#[tokio::test]
async fn nobody_is_asked_after_an_arrest_a_citation_or_a_summons() {
    for disposition in ["03", "04", "09"] {
        let world = world().await;
        world.cad(theft("e-1", NOON, "26-1")).await;
        close(&world, "26-1", disposition).await;
        world.until(EVENING).await;
        assert_eq!((surveys(&world), decisions(&world, "26-1").await), (0, vec![]), "{disposition}");
    }
}

#[tokio::test]
async fn an_arrest_that_is_told_after_the_closure_counts() {
    let world = world().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    close(&world, "26-1", "01").await;
    let later = "2026-07-07T13:00:00-05:00";
    world.cad(event("incident.closed", "c-2", later, "26-1", json!({"disposition": "03"}))).await;
    world.until(EVENING).await;
    assert_eq!(surveys(&world), 0, "{}", world.transcript());
}

#[tokio::test]
async fn a_call_of_a_denied_type_is_not_asked_about_and_the_record_says_why() {
    for call_type in ["DVA", "SUICIDE", "UNHEARD-OF"] {
        let world = world().await;
        world.cad(call(call_type, "e-1", NOON, "26-1", CALLER)).await;
        close(&world, "26-1", "01").await;
        world.until(EVENING).await;
        assert_eq!(decisions(&world, "26-1").await, ["survey suppressed call_type_denied"], "{call_type}");
        assert_eq!(world.texts(), [], "{call_type}");
    }
}

#[tokio::test]
async fn a_call_that_turns_out_to_be_of_a_denied_type_is_not_asked_about() {
    let world = world().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    close(&world, "26-1", "01").await;
    let type_now = json!({"incident": {"call_type": "DVA"}});
    world.cad(event("incident.updated", "e-2", "2026-07-07T13:00:00-05:00", "26-1", type_now)).await;
    world.until(EVENING).await;
    assert_eq!((surveys(&world), decisions(&world, "26-1").await.len()), (0, 1), "{}", world.transcript());
}

#[tokio::test]
async fn a_number_that_a_call_at_home_has_latched_is_not_asked_about_another() {
    let world = world().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    close(&world, "26-1", "01").await;
    world.cad(call("DVA", "e-2", "2026-07-07T14:00:00-05:00", "26-2", CALLER)).await;
    world.until(EVENING).await;
    assert_eq!(surveys(&world), 0, "{}", world.transcript());
    assert_eq!(decisions(&world, "26-1").await, ["survey suppressed safety_latch"]);
}
