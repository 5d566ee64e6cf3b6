//! What happens in the city of one run: calls and cases with the people in them, told by a CAD and a records system
//! that repeat, reorder and correct themselves, and people who text STOP. Everything comes from the seed. The story
//! also knows what the functions must find out for themselves: who may be told, and who never.
use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::telling::Call;

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
    /// Landlines and mailboxes that are gone, which nobody knows before the carrier or the mail server says so.
    pub unreachable: BTreeSet<String>,
    /// Calls whose callers may be told, by their people.
    pub told: BTreeMap<String, Vec<String>>,
    /// Names, numbers, addresses that may stand in no log, error, dead letter or object.
    pub canaries: Vec<String>,
    /// How many calls and cases.
    pub lifecycles: u64,
    /// How much there is to tell of a call.
    pub(crate) pace: Pace,
    /// Somebody who calls again and again: number and address.
    regular: Option<(String, String)>,
}

/// How much is told of a call, and how fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Every step, over the better part of an hour or days.
    #[default]
    Full,
    /// Every step, within minutes.
    Brief,
    /// Everything in one post, when the unit is on its way.
    Storm,
}

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
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
    /// An officer's own stop or check: nobody called.
    OfficerInitiated,
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

/// Courses of a storm as often as they are drawn: what a dispatch system tells of in a busy quarter of an hour, where every
/// other entry is an officer's own and every fourth is a call whose caller may be told.
const STORM: [(Course, usize); 8] = [
    (Course::OfficerInitiated, 16),
    (Course::Plain, 6),
    (Course::Denied, 3),
    (Course::AtHome, 2),
    (Course::Never, 2),
    (Course::Minor, 1),
    (Course::Reclassified, 1),
    (Course::Cancelled, 1),
];

/// Area codes of the callers, of which each has a hundred numbers that are nobody's.
const AREAS: [u32; 10] = [218, 320, 507, 608, 612, 651, 701, 715, 763, 952];

/// Where the calls of a run begin: days of every season, the nights of the clock change among them.
pub(crate) const DAYS: [&str; 6] = [
    "2026-07-07T17:00:00Z",
    "2026-12-18T20:30:00Z",
    "2026-03-08T06:30:00Z",
    "2026-11-01T05:30:00Z",
    "2026-05-20T02:10:00Z",
    "2026-01-31T23:55:00Z",
];

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
        (Self::calls(Pace::Full, calls, (600, &COURSES), &mut random), random)
    }

    /// The storm of `seed`: `calls` short calls within a quarter of an hour, each told once its unit is on the way, as a CAD tells
    /// them that posts on dispatch; now and then something is told twice, late, or corrected.
    pub fn storm(seed: u64, calls: u32) -> Self {
        let mut random = Rng::with_seed(seed ^ 0x5_7027);
        let courses: Vec<Course> = STORM.iter().flat_map(|(course, times)| vec![*course; *times]).collect();
        let mut story = Self::calls(Pace::Storm, calls, (900, &courses), &mut random);
        story.muddle(&mut random);
        story
    }

    /// Calls of some courses, opened within so many seconds of one of the days.
    fn calls(pace: Pace, calls: u32, (within, courses): (i64, &[Course]), random: &mut Rng) -> Self {
        let day: Timestamp = DAYS[random.usize(..DAYS.len())].parse().expect("an instant");
        let mut story = Self { day, pace, ..Self::default() };
        for number in 0..calls {
            let opened = day + SignedDuration::from_secs(random.i64(0..within));
            let course = courses[random.usize(..courses.len())];
            story.call(number, opened, course, random);
        }
        story
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
        let mut story = Self { pace: Pace::Brief, ..Self::default() };
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
        let (area, line) = (AREAS[number as usize / 100 % AREAS.len()], 100 + number % 100);
        let own = (format!("+1{area}555{line:04}"), format!("caller-{number}@canary.example.com"));
        if self.pace != Pace::Brief {
            self.unreachable.extend(self.is_out_of_reach(number).then(|| own.0.clone()));
        }
        // A storm tells nobody by e-mail who can be told by text.
        if self.pace == Pace::Full {
            self.unreachable.extend(self.is_out_of_reach(number / 2).then(|| own.1.clone()));
        }
        let (phone, email) = self.caller(course, own, random);
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

    /// Every eighth phone, and two mailboxes of sixteen, some of people whose phone is none of those; on some days those of the
    /// first caller, who may be the one that calls again and again.
    fn is_out_of_reach(&self, number: u32) -> bool {
        let day = DAYS.iter().position(|day| day.parse::<Timestamp>().is_ok_and(|day| day == self.day));
        day.is_some_and(|day| number as usize % 8 == day)
    }

    /// Who makes a call of this course: somebody new, or the one who calls again and again, in a city about every third
    /// harmless call, in a storm every twelfth, so that the day's cap for an address is reached.
    fn caller(&mut self, course: Course, own: (String, String), random: &mut Rng) -> (String, String) {
        // Others change what the person may be told of any call.
        if !matches!(course, Course::Plain | Course::Delayed | Course::Cancelled) {
            return own;
        }
        let of = if self.pace == Pace::Storm { 12 } else { 3 };
        match &self.regular {
            Some(regular) if random.u8(..of) == 0 => regular.clone(),
            Some(_) => own,
            None => {
                self.regular = Some(own.clone());
                own
            }
        }
    }

    /// What senders do with every fourth post, in a storm with every eighth: say it twice, late, or again under another id; the
    /// latest after days, in a storm after a quarter of an hour.
    fn muddle(&mut self, random: &mut Rng) {
        let (of, latest) = if self.pace == Pace::Storm { (32, 15) } else { (16, 6000) };
        let latest = SignedDuration::from_mins(latest);
        let mut more = Vec::new();
        for post in &mut self.posts {
            match random.u8(..of) {
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
                3 => more.push(Post { at: post.at + latest * random.i32(1..100) / 100, ..post.clone() }),
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

pub(crate) fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}
