//! The bridge against a server that keeps what it is sent: nothing is skipped, whatever happens to the files.
use std::collections::BTreeSet;
use std::fs;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hyper::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::stack::server::{Ask, Lost, Reply, json as reply, serve};

/// A folder for one test and an intake that remembers.
struct Place {
    folder: PathBuf,
    url: String,
    intake: Arc<Mutex<Intake>>,
}

#[derive(Default)]
struct Intake {
    known: BTreeSet<String>,
    /// Ids in the order in which they came, repetitions included.
    came: Vec<String>,
    /// Posts that are answered 401 from now on.
    closed: bool,
}

impl Intake {
    fn take(&mut self, events: &[Value]) -> (u16, Value) {
        if self.closed {
            return (401, json!({"title": "Not authenticated"}));
        }
        let (mut accepted, mut rejected) = (0, Vec::new());
        for (index, event) in events.iter().enumerate() {
            let id = event["id"].as_str().unwrap_or_default().to_owned();
            if event["type"] == "bad" {
                rejected
                    .push(json!({"index": index, "pointer": "/type", "code": "unknown_type", "detail": "x"}));
                continue;
            }
            self.came.push(id.clone());
            accepted += usize::from(self.known.insert(id));
        }
        let duplicates = events.len() - accepted - rejected.len();
        (202, json!({"accepted": accepted, "duplicates": duplicates, "rejected": rejected}))
    }
}

impl Place {
    async fn new() -> Self {
        let name = format!("precinct-bridge-{}-{}", std::process::id(), startup::Entropy::system().token());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(folder.join("drop")).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/v1/cad/events", listener.local_addr().unwrap());
        let intake = Arc::new(Mutex::new(Intake::default()));
        let shared = Arc::clone(&intake);
        let answer = move |ask: Ask| {
            let shared = Arc::clone(&shared);
            async move {
                let events: Vec<Value> = serde_json::from_slice(ask.body()).unwrap_or_default();
                let (status, body) = shared.lock().unwrap().take(&events);
                Ok::<Reply, Lost>(reply(StatusCode::from_u16(status).unwrap(), &body))
            }
        };
        tokio::spawn(async move { serve(listener, usize::MAX, answer).await });
        Self { folder, url, intake }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.file(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Lets a file look as if nobody had written to it for a minute.
    fn settle(&self, name: &str) {
        let before = SystemTime::UNIX_EPOCH + Duration::from_mins(1);
        File::options().append(true).open(self.file(name)).unwrap().set_modified(before).unwrap();
    }

    fn bridge(&self, jsonl: &str) -> Bridge {
        Bridge {
            csv: None,
            jsonl: Some(self.file(jsonl)),
            profile: None,
            url: self.url.clone(),
            state: Some(self.file("state")),
            once: true,
            baseline: false,
            every: 1,
            agency: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../agency")),
        }
    }

    fn csv(&self, csv: &str) -> Bridge {
        Bridge {
            csv: Some(self.file(csv)),
            jsonl: None,
            profile: Some("example-csv".into()),
            ..self.bridge(csv)
        }
    }

    /// What came since the last look.
    fn came(&self) -> Vec<String> {
        std::mem::take(&mut self.intake.lock().unwrap().came)
    }

    fn rejected(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.file("state.rejected.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A leftover in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn line(id: &str) -> String {
    format!(
        "{}\n",
        json!({"type": "incident.updated", "id": id, "timestamp": "2026-07-07T17:00:00Z", "data": {}})
    )
}

#[tokio::test]
async fn a_growing_file_is_sent_line_by_line_and_half_a_line_waits() {
    let place = Place::new().await;
    place.append("calls.jsonl", &(line("1") + &line("2") + "{\"type\": \"incident.upd"));
    let bridge = place.bridge("calls.jsonl");
    assert!(bridge.run().await.unwrap());
    assert_eq!(place.came(), ["1", "2"]);
    assert!(bridge.run().await.unwrap());
    assert_eq!(place.came(), [""; 0]);
    place.append("calls.jsonl", "ated\", \"id\": \"3\"}\n");
    place.append("calls.jsonl", &line("4"));
    bridge.run().await.unwrap();
    assert_eq!(place.came(), ["3", "4"]);
}

#[tokio::test]
async fn killed_before_the_state_is_written_it_repeats_the_batch_and_nothing_else() {
    let place = Place::new().await;
    place.append("calls.jsonl", &line("1"));
    let bridge = place.bridge("calls.jsonl");
    bridge.run().await.unwrap();
    let before = fs::read(place.file("state")).unwrap();
    place.append("calls.jsonl", &line("2"));
    bridge.run().await.unwrap();
    fs::write(place.file("state"), before).unwrap();
    place.append("calls.jsonl", &line("3"));
    bridge.run().await.unwrap();
    assert_eq!(place.came(), ["1", "2", "2", "3"]);
    assert_eq!(place.intake.lock().unwrap().known.len(), 3);
}

#[tokio::test]
async fn a_refused_post_moves_nothing() {
    let place = Place::new().await;
    place.append("calls.jsonl", &line("1"));
    place.intake.lock().unwrap().closed = true;
    let error = format!("{:#}", place.bridge("calls.jsonl").run().await.unwrap_err());
    assert!(error.contains("lines 1 to 1 were not taken") && error.contains("answers 401"), "{error}");
    place.intake.lock().unwrap().closed = false;
    place.bridge("calls.jsonl").run().await.unwrap();
    assert_eq!(place.came(), ["1"]);
}

#[tokio::test]
async fn a_rotated_file_is_finished_before_the_new_one_begins() {
    let place = Place::new().await;
    place.append("calls.jsonl", &line("1"));
    let bridge = place.bridge("calls.jsonl");
    bridge.run().await.unwrap();
    place.append("calls.jsonl", &line("2"));
    fs::rename(place.file("calls.jsonl"), place.file("calls.jsonl.1")).unwrap();
    place.append("calls.jsonl", &line("3"));
    bridge.run().await.unwrap();
    assert_eq!(place.came(), ["1", "2"], "the old file may still be written to");
    place.settle("calls.jsonl.1");
    bridge.run().await.unwrap();
    bridge.run().await.unwrap();
    assert_eq!(place.came(), ["3"]);
}

#[tokio::test]
async fn a_truncated_or_rewritten_file_is_read_anew() {
    let place = Place::new().await;
    place.append("calls.jsonl", &(line("1") + &line("2")));
    let bridge = place.bridge("calls.jsonl");
    bridge.run().await.unwrap();
    fs::write(place.file("calls.jsonl"), line("3")).unwrap();
    bridge.run().await.unwrap();
    fs::write(place.file("calls.jsonl"), line("2") + &line("3") + &line("4")).unwrap();
    bridge.run().await.unwrap();
    assert_eq!(place.came(), ["1", "2", "3", "2", "3", "4"]);
}

#[tokio::test]
async fn files_of_a_folder_come_by_name_and_the_last_line_of_one_that_is_over_counts() {
    let place = Place::new().await;
    place.append("drop/b.jsonl", &line("b1"));
    place.append("drop/a.jsonl", &line("a1"));
    place.append("drop/.hidden", &line("x"));
    place.append("drop/c.jsonl.part", &line("y"));
    let bridge = place.bridge("drop");
    bridge.run().await.unwrap();
    place.append("drop/c.jsonl", &line("c1"));
    place.append("drop/a.jsonl", &line("a2"));
    bridge.run().await.unwrap();
    bridge.run().await.unwrap();
    assert_eq!(place.came(), ["a1", "b1", "a2", "c1"]);
    fs::remove_dir_all(place.file("drop")).unwrap();
    fs::create_dir_all(place.file("drop")).unwrap();
    let header = "Call No,Type,Received\n";
    place.append("drop/1.csv", &format!("{header}26-1,THEFT,07/07/2026 12:00:00"));
    let bridge = Bridge { state: Some(place.file("csv-state")), ..place.csv("drop") };
    bridge.run().await.unwrap();
    place.append("drop/2.csv", header);
    bridge.run().await.unwrap();
    assert_eq!(place.came().len(), 0, "the row may still be half");
    place.settle("drop/1.csv");
    bridge.run().await.unwrap();
    assert_eq!(place.came().len(), 1);
}

#[tokio::test]
async fn rows_that_are_not_taken_are_kept_with_line_and_fault() {
    let place = Place::new().await;
    let rows = "Call No,Type,Received\n\
        26-1,THEFT,07/07/2026 12:00:00\n\
        26-2,THEFT,noon\n\
        26-3\n\
        26-4,THEFT,\n\
        \"26-5\",\"THEFT\",\"07/07/2026 12:00:00\"\n";
    place.append("calls.csv", rows);
    assert!(!place.csv("calls.csv").run().await.unwrap());
    assert_eq!(place.came().len(), 2);
    let kept: Vec<String> = place
        .rejected()
        .iter()
        .map(|row| format!("{} {} {}", row["line"], row["pointer"], row["row"]))
        .collect();
    assert_eq!(kept, [r#"3 "/Received" "26-2,THEFT,noon""#, r#"4 "" "26-3""#]);
    place.append("bad.jsonl", &line("1").replace("incident.updated", "bad"));
    place.append("bad.jsonl", "no JSON\n");
    place.append("bad.jsonl", &line("2"));
    fs::remove_file(place.file("state.rejected.jsonl")).unwrap();
    let bridge = Bridge { state: Some(place.file("state")), ..place.bridge("bad.jsonl") };
    bridge.run().await.unwrap();
    let kept: Vec<String> = place
        .rejected()
        .iter()
        .map(|row| format!("{} {} {}", row["line"], row["code"], row["detail"]))
        .collect();
    assert_eq!(kept, [r#"1 "unknown_type" "x""#, r#"2 "invalid" "the line is no JSON object""#]);
}

#[tokio::test]
async fn more_than_a_post_holds_goes_in_several() {
    let place = Place::new().await;
    let lines: String = (0..250).map(|number| line(&number.to_string())).collect();
    place.append("calls.jsonl", &lines);
    place.append("calls.jsonl", &line(&"x".repeat(BATCH_BYTES)));
    place.bridge("calls.jsonl").run().await.unwrap();
    assert_eq!(place.came().len(), 250);
    assert_eq!(place.rejected()[0]["code"], "too_large");
}

#[tokio::test]
async fn one_bridge_uses_a_state_at_a_time_and_for_one_address() {
    let place = Place::new().await;
    place.append("calls.jsonl", &line("1"));
    let held = StateFile::open(&place.file("state")).unwrap();
    let error = place.bridge("calls.jsonl").run().await.unwrap_err().to_string();
    assert!(error.contains("in use by another bridge"), "{error}");
    drop(held);
    place.bridge("calls.jsonl").run().await.unwrap();
    let elsewhere = Bridge { url: "http://127.0.0.1:9/v1/cad/events".into(), ..place.bridge("calls.jsonl") };
    let error = elsewhere.run().await.unwrap_err().to_string();
    assert!(error.contains("give another --state"), "{error}");
}
