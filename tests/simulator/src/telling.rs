//! How one call is told: the events that its senders post, by its course.
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::story::{Course, Inbound, Pace, Post, Story, seconds};

/// One call being told.
pub(crate) struct Call<'a> {
    pub(crate) story: &'a mut Story,
    pub(crate) random: &'a mut Rng,
    pub(crate) id: String,
    pub(crate) opened: Timestamp,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) events: u32,
}

impl Call<'_> {
    /// Everything that is told of it.
    pub(crate) fn tell(&mut self, course: Course) {
        let call_type = match course {
            Course::Denied => "WARRANT",
            Course::AtHome => "DVA",
            Course::Delayed => "NOISE",
            Course::OfficerInitiated => "TRAFFIC",
            _ => ["LARCENY", "MVA", "VANDAL", "NOISE"][self.random.usize(..4)],
        };
        let mut person = json!({
            "id": "p1", "roles": ["caller", "victim"], "phone": self.phone, "email": self.email, "contact": "ok",
            "name": format!("Quillfeather-{}", self.number()),
        });
        match course {
            Course::Minor => person["age"] = json!(12),
            Course::Never => person["contact"] = json!("never"),
            Course::OfficerInitiated => person["roles"] = json!(["suspect"]),
            _ => {}
        }
        let address = format!("{} Canary Row", self.number());
        let mut incident = json!({
            "call_type": call_type, "priority": self.random.u8(1..5), "opened_at": self.opened, "beat": "21",
            "location": {"latitude": 46.7867, "longitude": -92.1005, "address": address},
        });
        let is_own = course == Course::OfficerInitiated;
        if is_own {
            incident["origin"] = json!("officer_initiated");
        }
        let is_silent =
            is_own || matches!(course, Course::Denied | Course::AtHome | Course::Minor | Course::Never);
        let both = vec![self.phone.clone(), self.email.clone()];
        if is_silent {
            self.story.never.extend(both.clone());
        } else {
            self.story.told.insert(self.id.clone(), both.clone());
        }
        let mut opened = json!({"incident": incident, "people": [person]});
        if is_own && self.random.u8(..8) > 0 {
            // Most stops and checks are told of without a name, let alone a number.
            opened["people"] = json!([]);
        }
        if self.story.pace == Pace::Storm {
            return self.tell_at_once(course, opened, both);
        }
        self.event("incident.opened", 0, opened, Vec::new());
        self.stop_now_and_then(course);
        self.go_on(course, both);
    }

    /// One post when the unit is on its way, and what has to be put right after it.
    fn tell_at_once(&mut self, course: Course, mut opened: Value, both: Vec<String>) {
        // Without a time of arrival, so that nobody is late.
        let (kind, status) = match course {
            Course::OfficerInitiated => ("unit.arrived", "arrived"),
            _ => ("unit.enroute", "enroute"),
        };
        opened["units"] = json!([{"id": "214", "status": status}]);
        let after = self.random.i64(5..90);
        self.event(kind, after, opened, Vec::new());
        match course {
            Course::Reclassified => {
                self.event("incident.reclassified", 100, json!({"incident": {"call_type": "DVA"}}), both);
            }
            Course::Cancelled => self.event("incident.cancelled", 240, json!({}), Vec::new()),
            Course::Plain if self.random.u8(..16) == 0 => {
                let at = self.opened + SignedDuration::from_millis(self.random.i64(1000..120_000));
                self.story.inbound.push(Inbound { at, from: self.phone.clone(), words: "STOP" });
            }
            _ => {}
        }
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
                self.close(if self.story.pace == Pace::Brief { 200 } else { 1500 });
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
            Course::Plain
            | Course::Denied
            | Course::AtHome
            | Course::Minor
            | Course::Never
            | Course::OfficerInitiated => {
                self.way();
                self.close(if self.story.pace == Pace::Brief { 240 } else { 1200 });
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
