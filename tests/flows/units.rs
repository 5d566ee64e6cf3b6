//! What an event costs in write units, indexes included, summed from what the database says of the real calls; and
//! how large the rows are that are written often. docs/write-units.md says where each unit goes.
#![expect(clippy::print_stdout, reason = "the test prints what it measures")]
use precinct::stack::Written;
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, en_route, event, theft};

/// A call with everything that a dispatch system usually knows.
fn opened() -> Value {
    let incident = json!({"call_type": "LARCENY", "priority": 3, "beat": "21", "opened_at": "2026-07-07T11:59:40-05:00",
        "occurred_from": "2026-07-07T09:00:00-05:00", "origin": "reported",
        "location": {"latitude": 46.7867, "longitude": -92.1005, "address": "300 W Example St"}});
    let people = json!([{"id": "p1", "roles": ["caller", "victim"], "name": "Ada Marsh", "phone": CALLER,
        "email": "ada.marsh@example.com", "language": "en", "age": 34, "contact": "ok"}]);
    event(
        "incident.opened",
        "cad-evt-10001",
        NOON,
        "26-048213",
        json!({"incident": incident, "people": people}),
    )
}

/// Sums and prints what was written since the last time.
fn spent(world: &World, what: &str) -> f64 {
    let written = world.stack.written();
    let sum: f64 = written.iter().map(Written::units).sum();
    println!("{what}: {sum} units");
    for call in written {
        println!("{call}");
    }
    sum
}

#[tokio::test]
async fn an_event_costs_no_more_than_its_budget() {
    let world = World::new().await;
    // Data keys of the day are made once a day.
    world.cad(theft("cad-evt-1", NOON, "26-1")).await;
    spent(&world, "first call of the day");
    world.cad(opened()).await;
    assert_eq!(world.texts().len(), 2);
    let first = spent(&world, "opened, one text");
    assert!(first <= 20.0, "{first}");
    let unit = |status: &str| json!({"units": [{"id": "214", "status": status}], "disposition": "01"});
    let mut id = 10_001;
    let mut at = 0;
    for (kind, told) in [
        ("unit.assigned", 0),
        ("incident.updated", 0),
        ("unit.enroute", 1),
        ("unit.arrived", 0),
        ("unit.cleared", 0),
        ("incident.closed", 1),
    ] {
        (id, at) = (id + 1, at + 1);
        let when = format!("2026-07-07T12:00:{at:02}-05:00");
        let before = world.texts().len();
        world.until(&when).await;
        let _ = world.stack.written();
        let name = format!("cad-evt-{id}");
        let event = if kind == "unit.enroute" {
            en_route(&name, &when, "26-048213")
        } else {
            event(kind, &name, &when, "26-048213", unit("assigned"))
        };
        world.cad(event).await;
        assert_eq!(world.texts().len() - before, told, "{kind}");
        let sum = spent(&world, kind);
        // The closing goes out by text and by e-mail.
        let budget = match (kind, told) {
            ("incident.closed", _) => 34.0,
            (_, 0) => 6.0,
            _ => 20.0,
        };
        assert!(sum <= budget, "{kind}: {sum}");
    }
    for table in ["Incidents", "Messages", "Contacts"] {
        for (row, size) in world.stack.row_sizes(table).unwrap() {
            println!("{size:>5} bytes  {table} {row}");
            assert!(size < 1024, "{table} {row}: {size} bytes");
        }
    }
}
