//! A month of calls for service and the cases that come of them, as a dispatch and a records system would post them:
//! every event type, several people in a call, types that are denied, calls that turn out to be something else, and
//! deliveries that come twice, late or out of order.
mod case;
mod people;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::City;
use super::random::Random;

/// Days of history.
const DAYS: usize = 30;
/// Call types with their share in a hundred and the offence that a report of it names. Those that no list of the
/// sample department allows are denied; some of them latch.
const TYPES: &[(&str, f64, Option<&str>)] = &[
    ("LARCENY", 11.0, Some("23H")),
    ("BURGLARY", 4.0, Some("220")),
    ("VEHSTLN", 3.0, Some("240")),
    ("VANDAL", 4.0, Some("290")),
    ("FRAUD", 3.0, Some("26A")),
    ("SHOPLIFT", 3.0, Some("23C")),
    ("MVA", 10.0, None),
    ("MVAHR", 2.0, None),
    ("DISVEH", 4.0, None),
    ("PARKING", 6.0, None),
    ("NOISE", 10.0, None),
    ("ANIMAL", 4.0, None),
    ("PROPFND", 2.0, None),
    ("THAZ", 3.0, None),
    ("RECKDRV", 3.0, None),
    ("ALRBA", 4.0, None),
    ("DVA", 3.0, Some("13A")),
    ("DVNA", 4.0, Some("13B")),
    ("FAM", 3.0, None),
    ("STKX", 0.5, Some("13C")),
    ("ORDERV", 0.7, None),
    ("CUST", 0.8, None),
    ("WELFARE", 6.0, None),
    ("TRESPASS", 3.0, None),
    ("ASSAULT", 2.0, Some("13A")),
    ("UNKNOWN-7", 1.0, None),
];
/// Share of calls by hour of the day.
const HOURS: [f64; 24] = [
    3.0, 2.4, 2.2, 1.6, 1.2, 1.2, 1.8, 2.9, 3.8, 4.2, 4.5, 4.8, 5.1, 5.0, 5.3, 5.8, 6.1, 6.3, 6.0, 5.8, 5.6,
    5.3, 4.8, 4.1,
];
/// How a call ends: APCO disposition codes and their weights; 03, 04 and 09 are arrests, citations and summonses.
const DISPOSITIONS: &[(&str, f64)] = &[
    ("01", 30.0),
    ("02", 30.0),
    ("03", 6.0),
    ("04", 5.0),
    ("05", 6.0),
    ("14", 12.0),
    ("17", 6.0),
    ("18", 5.0),
];

/// The month's events in the order of their arrival.
pub(super) fn events(city: &City, incidents: usize) -> Vec<Value> {
    let mut calls: Vec<Timestamp> = {
        let mut random = Random::new(city.seed, "times of calls");
        (0..incidents).map(|_| moment(city, &mut random)).collect()
    };
    calls.sort_unstable();
    let mut posted = Vec::new();
    for (number, opened) in calls.iter().enumerate() {
        let before = number.checked_sub(1).map(|number| id(city, number));
        let mut course = Course::new(city, number, *opened);
        course.run(before);
        posted.extend(course.deliveries());
    }
    posted.sort_by_key(|(at, _)| *at);
    posted.into_iter().map(|(_, event)| event).collect()
}

fn moment(city: &City, random: &mut Random) -> Timestamp {
    let back = random.below(DAYS) as i64;
    let day = city.last_day.saturating_sub(SignedDuration::from_hours(24 * back));
    let time =
        Time::constant(random.weighted(&HOURS) as i8, random.below(60) as i8, random.below(60) as i8, 0);
    day.to_datetime(time)
        .to_zoned_datetime(city.zone.clone())
        .map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

fn id(city: &City, number: usize) -> String {
    format!("{:02}-{number:06}", city.last_day.year() % 100)
}

/// One call as it runs.
struct Course<'a> {
    city: &'a City,
    random: Random,
    number: usize,
    id: String,
    now: Timestamp,
    events: Vec<(Timestamp, Value)>,
}

impl<'a> Course<'a> {
    fn new(city: &'a City, number: usize, opened: Timestamp) -> Self {
        let random = Random::new(city.seed, &format!("call {number}"));
        Self { city, random, number, id: id(city, number), now: opened, events: Vec::new() }
    }

    fn run(&mut self, before: Option<String>) {
        let weights: Vec<f64> = TYPES.iter().map(|(_, weight, _)| *weight).collect();
        let (call_type, _, offence) = TYPES[self.random.weighted(&weights)];
        let opened = self.now;
        let priority = 1 + self.random.weighted(&[2.0, 3.0, 5.0]);
        let people = people::people(&mut self.random, self.number);
        let beat = format!("{}", 21 + self.random.below(8));
        self.add(
            "incident.opened",
            json!({"incident": {"call_type": call_type, "priority": priority,
            "opened_at": opened, "beat": beat}, "people": people}),
        );
        if self.random.chance(0.25) {
            self.wait(3.0);
            self.add("incident.updated", json!({"incident": {"priority": priority}}));
        }
        if self.random.chance(0.04) {
            self.wait(4.0);
            let now = *["DVA", "ASSAULT", "NOISE", "MVA"].get(self.random.below(4)).unwrap_or(&"MVA");
            self.add("incident.reclassified", json!({"incident": {"call_type": now}}));
        }
        match before.filter(|_| self.random.chance(0.02)) {
            Some(survivor) => {
                self.wait(5.0);
                return self.add("incident.merged", json!({"merged_into": survivor}));
            }
            None if self.random.chance(0.04) => {
                self.wait(10.0);
                return self.add("incident.cancelled", json!({}));
            }
            None => {}
        }
        if self.random.chance(0.02) {
            self.wait(6.0);
            let agency = json!({"name": "Example County Sheriff", "phone": "218-555-0180"});
            return self.add("incident.transferred", json!({"agency": agency}));
        }
        self.response(priority);
        if self.random.chance(0.015) {
            self.wait(40.0);
            self.add("incident.reopened", json!({}));
            self.response(priority);
        }
        if self.random.chance(offence.map_or(0.02, |_| 0.6)) {
            case::run(self, &people, offence);
        }
        if self.random.chance(0.004) {
            self.wait(60.0 * 24.0);
            self.add("incident.expunged", json!({}));
        }
    }

    /// From the assignment of a unit to the end of the call.
    fn response(&mut self, priority: usize) {
        self.wait([3.0, 8.0, 16.0][priority.min(3) - 1]);
        let unit = format!("{}", 200 + self.random.below(40));
        if self.random.chance(0.6) {
            self.add("unit.assigned", json!({"units": [{"id": unit}]}));
            self.wait(1.0);
        }
        self.enroute(&unit);
        if self.random.chance(0.03) {
            self.wait(3.0);
            self.add("unit.diverted", json!({"units": [{"id": unit}]}));
            self.wait(15.0);
            let other = format!("{}", 240 + self.random.below(20));
            self.enroute(&other);
        }
        if self.random.chance(0.05) {
            self.wait(4.0);
            self.add("unit.delayed", json!({"units": [{"id": unit}]}));
        }
        if self.random.chance(0.9) {
            self.wait(9.0);
            self.add("unit.arrived", json!({"units": [{"id": unit}]}));
            self.wait(25.0);
            self.add("unit.cleared", json!({"units": [{"id": unit}]}));
        }
        self.wait(2.0);
        let weights: Vec<f64> = DISPOSITIONS.iter().map(|(_, weight)| *weight).collect();
        let (disposition, _) = DISPOSITIONS[self.random.weighted(&weights)];
        self.add("incident.closed", json!({"disposition": disposition}));
    }

    fn enroute(&mut self, unit: &str) {
        let eta = self.now + SignedDuration::from_mins(4 + self.random.below(12) as i64);
        let units = if self.random.chance(0.7) {
            json!([{"id": unit, "status": "enroute", "eta": eta}])
        } else {
            json!([{"id": unit, "status": "enroute"}])
        };
        self.add("unit.enroute", json!({"units": units}));
    }

    /// Lets some minutes pass, `mean` of them on average.
    fn wait(&mut self, mean: f64) {
        let seconds = 1.0 + 60.0 * self.random.exponential(mean);
        self.now += SignedDuration::from_secs(seconds as i64);
    }

    fn add(&mut self, kind: &str, mut data: Value) {
        if !kind.starts_with("case.") {
            data["incident"]["id"] = json!(self.id);
        }
        let at = self.now.to_zoned_datetime(self.city.zone.clone());
        let at = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let id = format!("{}-{}", self.id, self.events.len());
        self.events.push((self.now, json!({"type": kind, "id": id, "timestamp": at, "data": data})));
    }

    /// The events as they arrive: most at once, some late, some twice, some issued anew under another id. What lies
    /// after the last day has not happened yet.
    fn deliveries(mut self) -> Vec<(Timestamp, Value)> {
        let end =
            self.city.last_day.tomorrow().ok().and_then(|day| {
                day.to_datetime(Time::midnight()).to_zoned_datetime(self.city.zone.clone()).ok()
            });
        let end = end.map_or(Timestamp::MAX, |day| day.timestamp());
        let mut posted = Vec::new();
        for (at, event) in std::mem::take(&mut self.events).into_iter().filter(|(at, _)| *at < end) {
            let late = if self.random.chance(0.03) { self.random.exponential(30.0 * 60.0) } else { 1.0 };
            let arrived = at + SignedDuration::from_secs(late as i64);
            if self.random.chance(0.03) {
                posted.push((arrived + SignedDuration::from_secs(30), event.clone()));
            }
            if self.random.chance(0.01) {
                let mut again = event.clone();
                again["id"] = json!(format!("{}-again", event["id"].as_str().unwrap_or_default()));
                posted.push((arrived + SignedDuration::from_mins(5), again));
            }
            posted.push((arrived, event));
        }
        posted
    }
}
