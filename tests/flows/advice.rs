//! Advice by call type from end to end: it reaches the e-mail and no text, and nobody whose call ever had a denied type.
use precinct::stack::Email;
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, call, event};

const ADDRESS: &str = "ada.marsh@example.com";
const LINK: &str = "https://police.example.gov/report";

/// A report of damage that came of call 26-1, with a victim who can be reached by text and e-mail.
fn case() -> Value {
    json!({"type": "case.opened", "id": "c-1", "timestamp": NOON, "data": {
        "case": {"number": "26-1192", "offence": "290", "incident_id": "26-1"},
        "people": [{"id": "v", "roles": ["victim"], "phone": CALLER, "email": ADDRESS, "contact": "ok"}]}})
}

fn received(world: &World) -> Vec<Email> {
    world.emails().into_iter().filter(|email| email.to == ADDRESS).collect()
}

#[tokio::test]
async fn the_email_shows_the_advice_of_the_calls_type_and_no_text_does() {
    let world = World::new().await;
    world.cad(call("VANDAL", "e-1", NOON, "26-1", "+12185550124")).await;
    world.cases(case()).await;
    let email = received(&world).pop().unwrap();
    assert!(email.text.contains(LINK) && email.html.contains(&format!("href=\"{LINK}\"")), "{}", email.text);
    assert_eq!(world.texts().len(), 2);
    assert!(!world.texts().iter().any(|text| text.body.contains("://")), "{}", world.transcript());
}

#[tokio::test]
async fn a_safe_way_to_somebody_whose_call_ever_had_a_denied_type_carries_no_advice() {
    let world = World::new().await;
    world.cad(call("DVA", "e-1", NOON, "26-1", CALLER)).await;
    let type_now = json!({"incident": {"call_type": "VANDAL"}});
    world.cad(event("incident.reclassified", "e-2", "2026-07-07T12:05:00-05:00", "26-1", type_now)).await;
    world.cases(case()).await;
    assert_eq!(received(&world).len(), 0);
    let safe = json!({"address": ADDRESS, "case_number": "26-1192",
        "confirmed_safe": {"channel": "email", "until": "2026-08-01T12:00:00-05:00"}});
    let token = world.stack.token("staff-1", &["victim_services"]);
    let (status, answer) = world.stack.staff(("PUT", "/v1/contacts"), &token, None, &safe).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    world.drain().await;
    let email = received(&world).pop().unwrap();
    assert!(email.text.contains("Your report has the number 26-1192."), "{}", email.text);
    assert!(!email.text.contains(LINK) && !email.html.contains(LINK), "{}", email.text);
}
