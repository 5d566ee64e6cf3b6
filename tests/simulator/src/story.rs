//! What happens in the city of one run: calls and cases with the people in them, told by a CAD and a records system
//! that repeat, reorder and correct themselves, and people who text STOP. Everything comes from the seed. The story
//! also knows what the functions must find out for themselves: who may be told, and who never.
use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A post of a sender.
#[derive(Clone, Debug)]
pub struct Post {
    /// When it is posted first.
    pub at: Timestamp,
    /// The path.
    pub path: &'static str,
    /// The event.
    pub event: Value,
    /// Addresses that nobody may write to any more once this post was acknowledged.
    pub forbids: Vec<String>,
}

/// A text that a person sends.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// When.
    pub at: Timestamp,
    /// Number.
    pub from: String,
    /// Words.
    pub words: &'static str,
}

/// What is true in the city, and what is told of it.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// When the day begins.
    pub day: Timestamp,
    /// Posts by time.
    pub posts: Vec<Post>,
    /// Texts by time.
    pub inbound: Vec<Inbound>,
    /// Addresses that may never get anything but an answer to their own text.
    pub never: BTreeSet<String>,
    /// Calls whose callers may be told, by their people.
    pub told: BTreeMap<String, Vec<String>>,
    /// Names, numbers, addresses that may stand in no log, error, dead letter or object.
    pub canaries: Vec<String>,
    /// How many calls and cases.
    pub lifecycles: u64,
    /// Whether calls are over within minutes.
    brief: bool,
}

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Opened, answered, closed.
    Plain,
    /// Nobody comes for a while.
    Delayed,
    /// Becomes a case.
    Case,
    /// Of a type about which nobody is told.
    Denied,
    /// Violence at home from the start.
    AtHome,
    /// Turns out to be violence at home.
    Reclassified,
    /// The caller turns out to be the suspect.
    Suspect,
    /// A child calls.
    Minor,
    /// Nobody may write to this person.
    Never,
    /// Called off.
    Cancelled,
}

/// Courses as often as they are drawn.
const COURSES: [Course; 20] = [
    Course::Plain,
    Course::Plain,
    Course::Plain,
    Course::Plain,
    Course::Plain,
    Course::Plain,
    Course::Delayed,
    Course::Delayed,
    Course::Case,
    Course::Case,
    Course::Denied,
    Course::Denied,
    Course::AtHome,
    Course::AtHome,
    Course::Reclassified,
    Course::Reclassified,
    Course::Suspect,
    Course::Minor,
    Course::Never,
    Course::Cancelled,
];

/// Where the calls of a run begin: days of every season, the nights of the clock change among them.
pub(crate) const DAYS: [&str; 6] = [
    "2026-07-07T17:00:00Z",
    "2026-12-18T20:30:00Z",
    "2026-03-08T06:30:00Z",
    "2026-11-01T05:30:00Z",
    "2026-05-20T02:10:00Z",
    "2026-01-31T23:55:00Z",
];

/// One call being told.
struct Call<'a> {
    story: &'a mut Story,
    random: &'a mut Rng,
    id: String,
    opened: Timestamp,
    phone: String,
    email: String,
    events: u32,
}

impl Story {
    /// The story of `seed` with `calls` calls, as senders tell it.
    pub fn of(seed: u64, calls: u32) -> Self {
        let (mut story, mut random) = Self::untold(seed, calls);
        story.muddle(&mut random);
        story
    }

    /// The same story, everything told once and in order.
    pub fn in_order(seed: u64, calls: u32) -> Self {
        let (mut story, _) = Self::untold(seed, calls);
        story.posts.sort_by_key(|post| post.at);
        story
    }

    fn untold(seed: u64, calls: u32) -> (Self, Rng) {
        let mut random = Rng::with_seed(seed ^ 0x57_0127);
        let start: Timestamp = DAYS[random.usize(..DAYS.len())].parse().expect("an instant");
        let mut story = Self { day: start, ..Self::default() };
        for number in 0..calls {
            let opened = start + SignedDuration::from_secs(random.i64(0..600));
            let course = COURSES[random.usize(..COURSES.len())];
            story.call(number, opened, course, &mut random);
        }
        (story, random)
    }

    /// One plain call each of some courses, told once and in order: what single faults and pairs are tried on.
    pub fn plain(scenario: usize) -> Self {
        let scenarios = [
            Course::Plain,
            Course::Delayed,
            Course::Case,
            Course::AtHome,
            Course::Reclassified,
            Course::Suspect,
            Course::Never,
            Course::Cancelled,
        ];
        let mut random = Rng::with_seed(scenario as u64);
        let mut story = Self { brief: true, ..Self::default() };
        let start = "2026-07-07T17:00:00Z".parse().expect("an instant");
        story.call(0, start, scenarios[scenario % scenarios.len()], &mut random);
        story.posts.sort_by_key(|post| post.at);
        story
    }

    /// How many plain stories there are.
    pub const PLAIN: usize = 8;

    /// When the story begins.
    pub fn start(&self) -> Timestamp {
        self.posts.iter().map(|post| post.at).min().unwrap_or_default()
    }

    /// When the last post or text is first sent.
    pub fn end(&self) -> Timestamp {
        let posts = self.posts.iter().map(|post| post.at);
        posts.chain(self.inbound.iter().map(|text| text.at)).max().unwrap_or_default()
    }

    fn call(&mut self, number: u32, opened: Timestamp, course: Course, random: &mut Rng) {
        let phone = format!("+1218555{:04}", 100 + number);
        let email = format!("caller-{number}@canary.example.com");
        let id = format!("26-{number:05}");
        self.lifecycles += 1;
        self.canaries.extend([
            phone[2..].to_owned(),
            email.clone(),
            format!("Quillfeather-{number}"),
            format!("{number} Canary Row"),
        ]);
        let mut call = Call { story: self, random, id, opened, phone, email, events: 0 };
        call.tell(course);
    }

    /// What senders do: say things twice, late, and again under another id.
    fn muddle(&mut self, random: &mut Rng) {
        let mut more = Vec::new();
        for post in &mut self.posts {
            match random.u8(..16) {
                0 => {
                    let after = SignedDuration::from_millis(random.i64(0..3000));
                    more.push(Post { at: post.at + after, ..post.clone() });
                }
                1 => {
                    let mut again = Post { at: post.at + seconds(random.i64(0..900)), ..post.clone() };
                    let id = format!("{}-reissued", again.event["id"].as_str().unwrap_or_default());
                    again.event["id"] = json!(id);
                    more.push(again);
                }
                2 => post.at += seconds(random.i64(0..600)),
                3 => more.push(Post {
                    at: post.at + SignedDuration::from_hours(random.i64(1..100)),
                    ..post.clone()
                }),
                _ => {}
            }
        }
        self.posts.extend(more);
        if random.u8(..3) == 0 {
            self.reconnect(random);
        }
        self.posts.sort_by_key(|post| post.at);
    }

    /// A sender that was cut off for some minutes says everything at once.
    fn reconnect(&mut self, random: &mut Rng) {
        let back = self.start() + seconds(random.i64(120..600));
        let gone = back - seconds(random.i64(60..300));
        for post in self.posts.iter_mut().filter(|post| (gone..back).contains(&post.at)) {
            post.at = back + SignedDuration::from_millis(random.i64(0..1500));
        }
    }
}

impl Call<'_> {
    fn tell(&mut self, course: Course) {
        let call_type = match course {
            Course::Denied => "WARRANT",
            Course::AtHome => "DVA",
            Course::Delayed => "NOISE",
            _ => ["LARCENY", "MVA", "VANDAL", "NOISE"][self.random.usize(..4)],
        };
        let mut person = json!({
            "id": "p1", "roles": ["caller", "victim"], "phone": self.phone, "email": self.email, "contact": "ok",
            "name": format!("Quillfeather-{}", self.number()),
        });
        match course {
            Course::Minor => person["age"] = json!(12),
            Course::Never => person["contact"] = json!("never"),
            _ => {}
        }
        let address = format!("{} Canary Row", self.number());
        let incident = json!({
            "call_type": call_type, "priority": self.random.u8(1..5), "opened_at": self.opened, "beat": "21",
            "location": {"latitude": 46.7867, "longitude": -92.1005, "address": address},
        });
        let is_silent = matches!(course, Course::Denied | Course::AtHome | Course::Minor | Course::Never);
        let both = vec![self.phone.clone(), self.email.clone()];
        if is_silent {
            self.story.never.extend(both.clone());
        } else {
            self.story.told.insert(self.id.clone(), both.clone());
        }
        self.event("incident.opened", 0, json!({"incident": incident, "people": [person]}), Vec::new());
        self.stop_now_and_then(course);
        self.go_on(course, both);
    }

    fn go_on(&mut self, course: Course, both: Vec<String>) {
        match course {
            Course::Delayed => {
                // Well behind the second delay, so that whether it is told is no matter of a sweep's second.
                let units = json!({"units": [{"id": "214", "status": "enroute"}]});
                self.event("unit.enroute", 2550, units, Vec::new());
                self.close(2750);
            }
            Course::Case => {
                self.way();
                self.event("incident.updated", 180, json!({"case_number": self.case()}), Vec::new());
                self.close(if self.story.brief { 200 } else { 1500 });
                self.case_news();
            }
            Course::Reclassified => {
                self.event("incident.reclassified", 60, json!({"incident": {"call_type": "DVA"}}), both);
                self.way();
                self.close(300);
            }
            Course::Suspect => {
                let person = json!({"people": [{"id": "p1", "roles": ["suspect"]}]});
                self.event("incident.updated", 45, person, both);
                self.way();
                self.close(300);
            }
            Course::Cancelled => self.event("incident.cancelled", 240, json!({}), Vec::new()),
            Course::Plain | Course::Denied | Course::AtHome | Course::Minor | Course::Never => {
                self.way();
                self.close(if self.story.brief { 240 } else { 1200 });
            }
        }
    }

    fn way(&mut self) {
        let eta = self.opened + seconds(900);
        let units = json!({"units": [{"id": "214", "status": "enroute", "eta": eta}]});
        self.event("unit.enroute", 120, units, Vec::new());
    }

    fn close(&mut self, after: i64) {
        self.event("incident.closed", after, json!({"disposition": "01"}), Vec::new());
    }

    fn case_news(&mut self) {
        let person = json!([{"id": "p1", "roles": ["victim"], "phone": self.phone, "email": self.email, "contact": "ok"}]);
        let number = self.case();
        let opened = json!({"case": {"number": number, "incident_id": self.id, "offence": "23H", "status": "open"},
                            "people": person});
        self.case_event("case.opened", 3600, opened);
        let investigator = json!({"name": "Det. Sample", "phone": "218-555-0199"});
        let assigned = json!({"case": {"number": number, "investigator": investigator}});
        self.case_event("case.assigned", 7200, assigned);
    }

    /// People text STOP when a text has just reached them, or is about to.
    fn stop_now_and_then(&mut self, course: Course) {
        if course == Course::Plain && self.random.u8(..3) == 0
            || course == Course::Case && self.random.u8(..4) == 0
        {
            let after = [1, 2, 119, 120, 121, 122, 1199, 1200, 1201, 1202][self.random.usize(..10)];
            let at = self.opened + seconds(after) + SignedDuration::from_millis(self.random.i64(0..1000));
            let words = ["STOP", "stop", "ALTO", "unsubscribe"][self.random.usize(..4)];
            self.story.inbound.push(Inbound { at, from: self.phone.clone(), words });
        }
    }

    fn event(&mut self, kind: &str, after: i64, data: Value, forbids: Vec<String>) {
        let mut data = data;
        data["incident"]["id"] = json!(self.id);
        self.post("/v1/cad/events", kind, after, data, forbids);
    }

    fn case_event(&mut self, kind: &str, after: i64, data: Value) {
        self.post("/v1/cases/events", kind, after, data, Vec::new());
    }

    fn post(&mut self, path: &'static str, kind: &str, after: i64, data: Value, forbids: Vec<String>) {
        let at = self.opened + seconds(after);
        self.events += 1;
        let event = json!({"type": kind, "id": format!("{}-{}", self.id, self.events), "timestamp": at, "data": data});
        let at = at + SignedDuration::from_millis(self.random.i64(50..3000));
        self.story.posts.push(Post { at, path, event, forbids });
    }

    fn number(&self) -> u32 {
        self.id[3..].parse().unwrap_or_default()
    }

    fn case(&self) -> String {
        format!("26-C{:04}", self.number())
    }
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}
