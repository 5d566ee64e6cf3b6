//! The demonstration day: the stories of `events/demo/`, built into the command so that it plays anywhere.
use std::collections::BTreeSet;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The files in the order in which the stories are told.
const FILES: [(&str, &str); 10] = [
    ("crash", include_str!("../../../../events/demo/crash.jsonl")),
    ("theft", include_str!("../../../../events/demo/theft.jsonl")),
    ("home", include_str!("../../../../events/demo/home.jsonl")),
    ("stop", include_str!("../../../../events/demo/stop.jsonl")),
    ("repeats", include_str!("../../../../events/demo/repeats.jsonl")),
    ("noise", include_str!("../../../../events/demo/noise.jsonl")),
    ("shared-phone", include_str!("../../../../events/demo/shared-phone.jsonl")),
    ("minor", include_str!("../../../../events/demo/minor.jsonl")),
    ("burglary", include_str!("../../../../events/demo/burglary.jsonl")),
    ("personnel", include_str!("../../../../events/demo/personnel.jsonl")),
];

/// What `precinct serve --demo` adds on the morning after: work for everybody who looks in. The demonstration does not tell it.
const MORNING: (&str, &str) = ("morning", include_str!("../../../../events/demo/morning.jsonl"));

/// One story: what it is about, and what it makes others post.
#[derive(Debug)]
pub(crate) struct Story {
    /// Headline.
    pub(crate) title: String,
    /// Two sentences.
    pub(crate) about: String,
    /// In the order of the file.
    pub(crate) steps: Vec<Step>,
}

/// Something that arrives at a known time.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Step {
    /// When, by the virtual clock.
    pub(crate) at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub(crate) act: Act,
}

/// What arrives.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Act {
    /// A signed post of one event or several.
    Post {
        /// Path of the API.
        path: String,
        /// As posted.
        body: Value,
    },
    /// A text from a person.
    Text {
        /// Their number.
        text_from: String,
        /// Their words.
        body: String,
    },
}

#[derive(Deserialize)]
struct Header {
    story: String,
    about: String,
}

/// Every story of the day.
pub(crate) fn stories() -> anyhow::Result<Vec<Story>> {
    FILES.iter().map(|(name, text)| read(name, text)).collect()
}

/// The story of the morning after.
pub(crate) fn morning() -> anyhow::Result<Story> {
    read(MORNING.0, MORNING.1)
}

/// All steps of all stories in the order of time; at the same time, in the order of the stories.
pub(crate) fn timeline(stories: &[Story]) -> Vec<Step> {
    let mut steps: Vec<Step> = stories.iter().flat_map(|story| story.steps.iter().cloned()).collect();
    steps.sort_by_key(|step| step.at);
    steps
}

fn read(name: &'static str, text: &str) -> anyhow::Result<Story> {
    let mut lines = text.lines();
    let place = |number: usize| format!("events/demo/{name}.jsonl, line {number}");
    let header: Header = serde_json::from_str(lines.next().unwrap_or_default()).with_context(|| place(1))?;
    let steps = lines
        .enumerate()
        .map(|(index, line)| serde_json::from_str(line).with_context(|| place(index + 2)))
        .collect::<anyhow::Result<_>>()?;
    Ok(Story { title: header.story, about: header.about, steps })
}

impl Story {
    /// Numbers of the calls in it.
    pub(crate) fn incidents(&self) -> BTreeSet<String> {
        self.ids("/data/incident/id")
    }

    /// Numbers of the cases in it.
    pub(crate) fn cases(&self) -> BTreeSet<String> {
        self.ids("/data/case/number")
    }

    /// Texts that people sent: when, from which number, in which words.
    pub(crate) fn replies(&self) -> impl Iterator<Item = (Timestamp, &str, &str)> {
        self.steps.iter().filter_map(|step| match &step.act {
            Act::Text { text_from, body } => Some((step.at, text_from.as_str(), body.as_str())),
            Act::Post { .. } => None,
        })
    }

    /// Numbers and e-mail addresses of everybody in it.
    pub(crate) fn addresses(&self) -> BTreeSet<String> {
        let events = self.steps.iter().flat_map(Step::events);
        let people = events.filter_map(|event| event.pointer("/data/people")?.as_array()).flatten();
        let address = |person: &Value, name: &str| person[name].as_str().map(String::from);
        people.flat_map(|person| [address(person, "phone"), address(person, "email")]).flatten().collect()
    }

    fn ids(&self, pointer: &str) -> BTreeSet<String> {
        let id = |event: &Value| event.pointer(pointer)?.as_str().map(String::from);
        self.steps.iter().flat_map(Step::events).filter_map(id).collect()
    }
}

impl Step {
    /// The events of a post, one or several.
    pub(crate) fn events(&self) -> &[Value] {
        match &self.act {
            Act::Post { body: Value::Array(events), .. } => events,
            Act::Post { body, .. } => std::slice::from_ref(body),
            Act::Text { .. } => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those of the day and of the morning after.
    fn all() -> Vec<Story> {
        stories().unwrap().into_iter().chain([morning().unwrap()]).collect()
    }

    #[test]
    fn every_story_can_be_read() {
        for story in all() {
            assert!(!story.steps.is_empty(), "{}", story.title);
        }
    }

    #[test]
    fn nothing_is_posted_before_it_happened() {
        for story in all() {
            for step in &story.steps {
                for event in step.events() {
                    let happened: Timestamp = event["timestamp"].as_str().unwrap().parse().unwrap();
                    assert!(happened <= step.at, "{}: {event}", story.title);
                }
            }
        }
    }

    #[test]
    fn every_number_belongs_to_nobody() {
        for (name, text) in FILES.into_iter().chain([MORNING]) {
            for number in text.split("\"+1").skip(1).map(|rest| &rest[..10]) {
                assert!(("2185550100"..="2185550199").contains(&number), "{name}: {number}");
            }
        }
    }

    #[test]
    fn ids_are_repeated_in_the_story_of_repeats_alone() {
        let mut seen = BTreeSet::new();
        for story in all().iter().filter(|story| !story.title.starts_with("A parked car")) {
            for event in story.steps.iter().flat_map(Step::events) {
                assert!(seen.insert(event["id"].to_string()), "{event}");
            }
        }
    }

    #[test]
    fn the_timeline_runs_forward() {
        let steps = timeline(&stories().unwrap());
        assert!(steps.is_sorted_by_key(|step| step.at));
        assert_eq!(steps.len(), 51);
    }
}
