//! Copies: everything that is held, with what belongs to others taken out, and a list of files that can be checked.
use std::path::{Path, PathBuf};

use precinct::custodian::{Export, ExportAudit, How, Kind};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{CALLER, World, department};

use super::{canary, nowhere, place, target};

/// A folder that goes with the test.
struct Out(PathBuf);

impl Out {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("precinct-copy-{name}-{}", std::process::id())))
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        // Nothing useful can be done where the system keeps a file of it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn copy(world: &World, out: &Path, kind: Kind, names: &[&str], redact: bool) -> anyhow::Result<String> {
    let how = How { out: out.to_owned(), redact, by: "records-1".into(), place: nowhere() };
    Export { target: target(kind, names), how }.at(&place(world)).await
}

fn read(out: &Path, file: &str) -> String {
    std::fs::read_to_string(out.join(file)).unwrap()
}

#[tokio::test]
async fn a_person_gets_everything_and_nothing_of_others() {
    let (world, out) = (canary().await, Out::new("person"));
    world.reply(CALLER, "HMOOB").await;
    copy(&world, &out.0, Kind::Person, &[CALLER, "canary@example.com"], true).await.unwrap();
    let text = read(&out.0, "records.json");
    for own in ["Quill Canary", "5550123", "canary@example.com", "Canary words"] {
        assert!(text.contains(own), "{own} is missing");
    }
    for other in ["Wilma Witness", "5550177", "Det. Sample", "sample@police", "Canary Way"] {
        assert!(!text.contains(other) && !read(&out.0, "summary.html").contains(other), "{other} is left");
    }
    let kinds: Value = serde_json::from_str(&text).unwrap();
    let has =
        |sk: &str| kinds.as_array().unwrap().iter().any(|row| row["sk"].as_str().unwrap().starts_with(sk));
    for sk in ["STATE", "MSG#", "DEC#", "REPLY", "CONTACT"] {
        assert!(has(sk), "{sk} is missing");
    }
    let manifest: Value = serde_json::from_str(&read(&out.0, "manifest.json")).unwrap();
    assert_eq!(manifest["removed"]["another person"], 1, "{manifest}");
    for file in manifest["files"].as_array().unwrap() {
        let body = std::fs::read(out.0.join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["sha256"], hex::encode(Sha256::digest(&body)));
    }
    assert!(!read(&out.0, "manifest.json").contains("5550123"), "a manifest names nobody");
    let again = copy(&world, &out.0, Kind::Person, &[CALLER], true).await.unwrap_err().to_string();
    assert!(again.contains("is not empty"), "{again}");
}

#[tokio::test]
async fn a_call_is_copied_with_all_in_it_and_redacted_with_nobody() {
    let world = canary().await;
    let (whole, redacted) = (Out::new("call"), Out::new("call-redacted"));
    copy(&world, &whole.0, Kind::Incident, &["26-1"], false).await.unwrap();
    copy(&world, &redacted.0, Kind::Incident, &["26-1"], true).await.unwrap();
    for name in ["Quill Canary", "Wilma Witness", "1 Canary Way", "5550123", "canary@example.com"] {
        assert!(read(&whole.0, "records.json").contains(name), "{name} is missing");
        assert!(!read(&redacted.0, "records.json").contains(name), "{name} is left");
    }
    let none = copy(&world, &Out::new("none").0, Kind::Incident, &["26-9"], false).await.unwrap_err();
    assert!(none.to_string().contains("nothing is held"), "{none}");
}

#[tokio::test]
async fn an_officers_file_is_copied_with_scores_and_without_who_wrote_what() {
    let (world, out) = (World::new().await, Out::new("officer"));
    let (status, _) =
        world.stack.post("/v1/personnel/events", &json!(department("2026-01-05T09:00:00Z"))).await.unwrap();
    assert_eq!(status, 202);
    world.minutes(20).await;
    world.stack.run("score-officers", None).await.unwrap();
    copy(&world, &out.0, Kind::Officer, &["E-10"], true).await.unwrap();
    let text = read(&out.0, "records.json");
    assert!(text.contains("Sample Officer 10") && text.contains("e10@police.example.gov"), "{text}");
    assert!(text.contains("SCORE#") && text.contains("c-0") && text.contains("weight_basis"), "{text}");
    assert!(!text.contains("E-1\"") && !text.contains("Sample Officer 11"), "the supervisor stands in it");
}

#[tokio::test]
async fn the_audit_trail_is_picked_by_who_acted_and_about_what() {
    let (world, out) = (canary().await, Out::new("audit"));
    world.updates("26-1").await;
    world.read("/v1/cases/26-1234/updates", &["records"]).await;
    let day = "2026-07-07".parse().unwrap();
    let of = async |name: &str, actor: Option<&str>, about: Option<&str>| -> Vec<Value> {
        let out = out.0.join(name);
        let audit = ExportAudit {
            from: day,
            to: day,
            actor: actor.map(str::to_owned),
            about: about.map(str::to_owned),
            out: out.clone(),
            by: "records-1".into(),
            place: nowhere(),
        };
        audit.at(&place(&world)).await.unwrap();
        serde_json::from_str(&read(&out, "audit.json")).unwrap()
    };
    let actions = |records: &[Value]| -> Vec<String> {
        records.iter().map(|record| record["action"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        actions(&of("staff", Some("staff-1"), None).await),
        ["GET /v1/incidents/{id}/updates", "GET /v1/cases/{number}/updates"]
    );
    let about = of("about", Some("staff-1"), Some("26-1")).await;
    assert!(actions(&about).contains(&"GET /v1/incidents/{id}/updates".to_owned()), "{about:#?}");
    assert!(!about.iter().any(|record| record.to_string().contains("26-1\"")), "pseudonyms alone");
    let own = of("records", Some("records-1"), None).await;
    assert_eq!(actions(&own), ["precinct export audit"; 3], "who reads the trail stands in it");
}
