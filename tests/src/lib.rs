//! The world that the flow tests act in: the whole stack on one machine, its clock standing still, and short words
//! for what senders, callers and staff do. Nothing here looks inside: it posts, reads back and moves the clock.
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use precinct::stack::{Email, Options, Stack, Text};
use serde_json::{Value, json};

/// Noon of a working day in Example City: no quiet hours.
pub const NOON: &str = "2026-07-07T12:00:00-05:00";
/// Number of the caller in most tests.
pub const CALLER: &str = "+12185550123";

/// A stack and the data folder it may be restarted on.
pub struct World {
    /// The stack itself.
    pub stack: Stack,
    folder: Option<TemporaryFolder>,
}

impl World {
    /// A new world at noon.
    pub async fn new() -> Self {
        Self::at(NOON).await
    }

    /// A new world at `now`.
    pub async fn at(now: &str) -> Self {
        Self { stack: start(None, Some(now)).await, folder: None }
    }

    /// A new world at `now` whose agency folder has `to` for `from` in one file.
    pub async fn with(now: &str, file: &str, from: &str, to: &str) -> Self {
        let agency = changed_agency(file, from, to);
        let options =
            Options { now: Some(instant(now)), still: true, agency: agency.0.clone(), ..Options::default() };
        let stack = Stack::start(options).await.expect("the stack starts on the changed agency folder");
        Self { stack, folder: None }
    }

    /// A world around a stack that a test has set up for itself.
    pub fn of(stack: Stack) -> Self {
        Self { stack, folder: None }
    }

    /// A new world at noon that can be restarted on the same data.
    pub async fn lasting() -> Self {
        Self::lasting_at(NOON).await
    }

    /// A new world at `now` that can be restarted on the same data.
    pub async fn lasting_at(now: &str) -> Self {
        let folder = TemporaryFolder::new();
        Self { stack: start(Some(&folder.0), Some(now)).await, folder: Some(folder) }
    }

    /// The same world after its process was killed and started again.
    pub async fn restarted(self) -> Self {
        let now = self.stack.now().to_string();
        self.restarted_at(&now).await
    }

    /// The same world, stopped and started again at `now`: what would have fallen due in between has not.
    pub async fn restarted_at(self, now: &str) -> Self {
        let folder = self.folder.expect("a lasting world");
        drop(self.stack);
        Self { stack: start(Some(&folder.0), Some(now)).await, folder: Some(folder) }
    }

    /// The same world, stopped and started again at once with `to` for `from` in one file of its agency folder, as after
    /// a deployment.
    pub async fn redeployed(self, file: &str, from: &str, to: &str) -> Self {
        let agency = changed_agency(file, from, to);
        let (now, folder) = (self.stack.now(), self.folder.expect("a lasting world"));
        drop(self.stack);
        let options = Options {
            data: Some(folder.0.clone()),
            agency: agency.0.clone(),
            now: Some(now),
            still: true,
            ..Options::default()
        };
        let stack = Stack::start(options).await.expect("the stack starts on the changed agency folder");
        Self { stack, folder: Some(folder) }
    }

    /// Posts CAD events, which must all be taken, and lets everything happen that follows at once.
    pub async fn cad(&self, events: impl Into<Value>) {
        self.taken("/v1/cad/events", events.into()).await;
    }

    /// The same for events of the records system.
    pub async fn cases(&self, events: impl Into<Value>) {
        self.taken("/v1/cases/events", events.into()).await;
    }

    async fn taken(&self, path: &str, body: Value) {
        let (status, answer) = self.stack.post(path, &body).await.expect("the stack answers");
        assert_eq!((status, &answer["rejected"]), (202, &json!([])), "{answer}");
        self.drain().await;
    }

    /// Works off streams and queues.
    pub async fn drain(&self) {
        self.stack.drain().await.expect("streams and queues can be worked off");
        self.nothing_given_up();
    }

    /// No test provokes a fault that a function may not survive: a record on the failure list is a bug.
    fn nothing_given_up(&self) {
        let failed = std::fs::read_to_string(self.stack.data().join("failed.jsonl"));
        assert_eq!(failed.unwrap_or_default(), "", "records were given up");
    }

    /// Moves the clock by `minutes`, stopping at each due moment.
    pub async fn minutes(&self, minutes: i64) {
        self.stack.advance(SignedDuration::from_mins(minutes)).await.expect("the clock can be moved");
        self.nothing_given_up();
    }

    /// Moves the clock to `to`.
    pub async fn until(&self, to: &str) {
        self.stack.set(instant(to)).await.expect("the clock can be moved");
        self.nothing_given_up();
    }

    /// A text from a person, worked off.
    pub async fn reply(&self, from: &str, words: &str) {
        self.stack.inbound_text(from, words).await.expect("the queue takes it");
        self.drain().await;
    }

    /// A person in `groups` reads a path.
    pub async fn read(&self, path: &str, groups: &[&str]) -> (u16, Value) {
        self.stack.get(path, &self.stack.token("staff-1", groups)).await.expect("the stack answers")
    }

    /// A person in `groups` posts to a path.
    pub async fn command(&self, path: &str, groups: &[&str], body: Value) -> (u16, Value) {
        let token = self.stack.token("staff-1", groups);
        self.stack.command(path, &token, &body).await.expect("the stack answers")
    }

    /// What dispatch reads about a call.
    pub async fn updates(&self, incident: &str) -> Value {
        let (status, answer) = self.read(&format!("/v1/incidents/{incident}/updates"), &["dispatch"]).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// The decisions about a call as `kind state reason`, as often as they were made, in order.
    pub async fn decisions(&self, incident: &str) -> Vec<String> {
        lines(&self.updates(incident).await["decisions"])
    }

    /// The messages about a call as `kind state reason`.
    pub async fn messages(&self, incident: &str) -> Vec<String> {
        lines(&self.updates(incident).await["messages"])
    }

    /// Texts so far.
    pub fn texts(&self) -> Vec<Text> {
        self.stack.texts().expect("what was sent lies on file")
    }

    /// Texts so far with agency time and number, in order, one to a line: for snapshots.
    pub fn transcript(&self) -> String {
        let zone = TimeZone::get("America/Chicago").expect("a zone of the bundled database");
        let line = |text: Text| {
            let at = text.at.to_zoned_datetime(zone.clone());
            format!("{} {}: {}", at.strftime("%H:%M"), text.to, text.body)
        };
        self.texts().into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// E-mails so far.
    pub fn emails(&self) -> Vec<Email> {
        self.stack.emails().expect("what was sent lies on file")
    }
}

fn lines(rows: &Value) -> Vec<String> {
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let line =
        |row: &Value| ["kind", "state", "reason"].map(|name| word(row, name)).join(" ").trim().to_owned();
    rows.as_array().into_iter().flatten().map(line).collect()
}

/// A CAD event. `data` is merged over the call's number.
pub fn event(kind: &str, id: &str, at: &str, incident: &str, data: Value) -> Value {
    let mut merged = json!({"incident": {"id": incident}});
    merge(&mut merged, data);
    json!({"type": kind, "id": id, "timestamp": at, "data": merged})
}

/// A call about a stolen bicycle, from [`CALLER`], opened at `at`.
pub fn theft(id: &str, at: &str, incident: &str) -> Value {
    call("LARCENY", id, at, incident, CALLER)
}

/// A call of `call_type` from `phone`.
pub fn call(call_type: &str, id: &str, at: &str, incident: &str, phone: &str) -> Value {
    let incident_facts = json!({"call_type": call_type, "priority": 3, "opened_at": at});
    let people = json!([{"id": "p1", "roles": ["caller"], "phone": phone}]);
    event("incident.opened", id, at, incident, json!({"incident": incident_facts, "people": people}))
}

/// A car on its way, there in about ten minutes.
pub fn en_route(id: &str, at: &str, incident: &str) -> Value {
    let eta = instant(at) + SignedDuration::from_mins(10);
    let units = json!([{"id": "214", "status": "enroute", "eta": eta}]);
    event("unit.enroute", id, at, incident, json!({"units": units}))
}

/// Events of a department posted at `at`: a chief, two sergeants, and nine officers each; `E-10`, who answers to `E-1`, has
/// six complaints in the first half of 2026.
pub fn department(at: &str) -> Vec<Value> {
    let event =
        |kind: &str, id: String, data: Value| json!({"type": kind, "id": id, "timestamp": at, "data": data});
    let officer = |number: i32| {
        let above = match number {
            0 => None,
            1 | 2 => Some(0),
            _ => Some(1 + number % 2),
        };
        let data = json!({"officer_id": format!("E-{number}"), "subject": format!("subject-{number}"),
            "hired_on": "2018-03-01", "rank": "officer", "unit": "patrol", "shift": "days",
            "name": format!("Sample Officer {number}"), "email": format!("e{number}@police.example.gov"),
            "supervisor_id": above.map(|above| format!("E-{above}")), "active": true});
        event("officer.upserted", format!("hr-{number}"), data)
    };
    let complaint = |number: i32| {
        let data = json!({"event_id": format!("c-{number}"), "officer_id": "E-10", "indicator": "complaint",
            "occurred_on": format!("2026-0{}-10", number + 1), "reported_on": format!("2026-0{}-11", number + 1),
            "scene_id": format!("scene-{number}")});
        event("event.reported", format!("c-{number}-reported"), data)
    };
    (0..21).map(officer).chain((0..6).map(complaint)).collect()
}

/// An instant in RFC 3339.
pub fn instant(text: &str) -> Timestamp {
    text.parse().expect("tests write instants in RFC 3339")
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

async fn start(data: Option<&Path>, now: Option<&str>) -> Stack {
    let options = Options {
        data: data.map(Path::to_owned),
        agency: shipped_agency(),
        now: now.map(instant),
        still: true,
        ..Options::default()
    };
    Stack::start(options).await.expect("the stack starts on the shipped agency folder")
}

/// The agency folder of the repository.
pub fn shipped_agency() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency"))
}

/// The agency folder of the repository with `to` for `from` in one file.
fn changed_agency(file: &str, from: &str, to: &str) -> TemporaryFolder {
    let agency = TemporaryFolder::new();
    embedded::agency::copy_folder(&shipped_agency(), &agency.0).expect("a folder can be copied");
    let path = agency.0.join(file);
    let text = std::fs::read_to_string(&path).expect("a file of the agency folder");
    assert!(text.contains(from), "{file} no longer holds {from:?}");
    std::fs::write(&path, text.replacen(from, to, 1)).expect("the copy can be written");
    agency
}

/// A folder that goes with the test.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> Self {
        let name = format!("precinct-test-{}-{}", std::process::id(), startup::Entropy::system().token());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // Nothing useful can be done where the system keeps a file of it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
