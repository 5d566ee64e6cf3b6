//! The link below each e-mail: looking at it changes nothing, a post stops e-mails, and a made-up link is no link.
use precinct::stack::Email;
use serde_json::{Value, json};
use tests::{NOON, World};

const ADDRESS: &str = "pat@example.com";

/// A case of the records system about Pat, who is told by e-mail, in Spanish.
fn case(kind: &str, id: &str, number: &str) -> Value {
    let case = json!({"number": number, "offence": "220", "status": "open"});
    let people =
        json!([{"id": "p1", "roles": ["victim"], "email": ADDRESS, "language": "spa", "contact": "ok"}]);
    json!({"type": kind, "id": id, "timestamp": NOON, "data": {"case": case, "people": people}})
}

/// What Pat received.
fn received(world: &World) -> Vec<Email> {
    world.emails().into_iter().filter(|email| email.to == ADDRESS).collect()
}

/// The raw form of the last e-mail, its folded lines joined.
fn raw(world: &World) -> String {
    let last = received(world).pop().unwrap();
    let file = world.stack.captures_folder().join(format!("{}.eml", last.message_id));
    std::fs::read_to_string(file).unwrap().replace("\r\n ", " ").replace("\r\n", "\n")
}

/// Path of the link in the header that mail programs read.
fn path(world: &World) -> String {
    let raw = raw(world);
    let header = raw.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: <")).unwrap();
    assert!(raw.contains("\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"), "{raw}");
    let url = header.split('>').next().unwrap();
    url.strip_prefix(world.stack.url()).unwrap().to_owned()
}

async fn decisions(world: &World, number: &str) -> Vec<String> {
    let (status, answer) = world.read(&format!("/v1/cases/{number}/updates"), &["records"]).await;
    assert_eq!(status, 200, "{answer}");
    let line = |row: &Value| {
        let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {} {}", word("kind"), word("channel"), word("state"), word("reason"))
    };
    answer["decisions"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn one_click_stops_emails_and_a_look_does_not() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", "26-1")).await;
    let path = path(&world);
    assert!(!path.contains('@') && !path.contains("26-1") && path.len() < 400, "{path}");
    let email = received(&world).pop().unwrap();
    assert!(email.text.contains(&path) && email.html.contains(&path));

    let (status, headers, page) = world.stack.browse("GET", &path, "").await.unwrap();
    assert_eq!((status, headers["content-language"].as_str()), (200, "es"), "{page}");
    assert!(page.contains("<html lang=\"es\">") && page.contains("Solo los de este reporte"), "{page}");
    assert!(!page.contains(ADDRESS) && !page.contains("26-1"), "a link gets forwarded: {page}");
    assert!(headers["content-security-policy"].starts_with("default-src 'none'; style-src 'sha256-"));
    assert_eq!(headers["cache-control"], "no-store");
    world.cases(case("case.contact_requested", "r-2", "26-1")).await;
    assert_eq!(received(&world).len(), 2);

    let one_click = "List-Unsubscribe=One-Click";
    let (status, _, page) = world.stack.browse("POST", &path, one_click).await.unwrap();
    assert_eq!(status, 200, "{page}");
    world.cases(case("case.closed", "r-3", "26-1")).await;
    world.cases(case("case.opened", "r-4", "26-2")).await;
    assert_eq!(received(&world).len(), 2);
    assert!(decisions(&world, "26-1").await.contains(&"case_closed email suppressed opted_out".to_owned()));
    assert!(decisions(&world, "26-2").await.contains(&"case_number email suppressed opted_out".to_owned()));

    let (status, _, again) = world.stack.browse("POST", &path, one_click).await.unwrap();
    assert_eq!((status, again), (200, page));
}

#[tokio::test]
async fn the_form_can_stop_one_report_alone() {
    let world = World::new().await;
    world.cases(case("case.opened", "r-1", "26-1")).await;
    let (status, _, page) = world.stack.browse("POST", &path(&world), "scope=case").await.unwrap();
    assert_eq!(status, 200, "{page}");
    world.cases(case("case.closed", "r-2", "26-1")).await;
    assert_eq!(received(&world).len(), 1);
    world.cases(case("case.opened", "r-3", "26-2")).await;
    assert_eq!(received(&world).len(), 2);
}

#[tokio::test]
async fn a_damaged_or_made_up_link_stops_nothing() {
    let world = World::new().await;
    for path in ["/v1/unsubscribe/1AAAA", "/v1/unsubscribe/x", "/v1/unsubscribe/unsubscribe-1:AAAA"] {
        assert_eq!(world.stack.browse("GET", path, "").await.unwrap().0, 404, "{path}");
    }
    world.cases(case("case.opened", "r-1", "26-1")).await;
    let path = path(&world);
    let middle = path.len() - 20;
    let other = if path.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let mut damaged = path.clone();
    damaged.replace_range(middle..=middle, other);
    let shortened = path[..middle].to_owned();
    for path in [damaged, shortened] {
        let (status, _, page) =
            world.stack.browse("POST", &path, "List-Unsubscribe=One-Click").await.unwrap();
        assert_eq!(status, 404, "{page}");
        assert!(page.contains("218-555-0100"), "{page}");
    }
    world.cases(case("case.closed", "r-2", "26-1")).await;
    assert_eq!(received(&world).len(), 2);
}
