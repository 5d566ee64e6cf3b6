//! The words of one language's page, as its file says them and as they read once filled.
use std::collections::BTreeSet;

use serde::Deserialize;
use updates::render::{Values, fill};
use updates::wording;

/// `pages/<language>.toml`. Every section is there in every language, so that none of them promises less.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The language's own name, for the links between pages.
    pub(crate) language: String,
    pub(crate) title: String,
    pub(crate) lead: String,
    /// How to tell that a text is ours.
    pub(crate) real: Section,
    /// What no text of ours asks for.
    pub(crate) never: Section,
    /// What to do in need: nobody reads answers at all hours.
    pub(crate) help: Section,
    pub(crate) stop: Section,
    pub(crate) privacy: Section,
    pub(crate) terms: Section,
}

/// A heading, a list, and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) points: Vec<String>,
    #[serde(default)]
    pub(crate) after: Option<String>,
}

impl Words {
    /// Reads a file; the error is the reason.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|fault| fault.to_string())
    }

    /// The sections with their anchors, in the order of the page.
    pub(crate) fn sections(&self) -> [(&'static str, &Section); 6] {
        [
            ("real", &self.real),
            ("never", &self.never),
            ("help", &self.help),
            ("stop", &self.stop),
            ("privacy", &self.privacy),
            ("terms", &self.terms),
        ]
    }

    /// The words with every placeholder filled; the error names the key.
    pub(crate) fn filled(mut self, values: &Values) -> Result<Self, String> {
        let set = |key: &str, text: &mut String| {
            *text = fill(text, values).map_err(|reason| format!("{key}: {reason}"))?;
            if text.trim().is_empty() { Err(format!("{key}: is blank")) } else { Ok(()) }
        };
        set("language", &mut self.language)?;
        set("title", &mut self.title)?;
        set("lead", &mut self.lead)?;
        let sections = [
            ("real", &mut self.real),
            ("never", &mut self.never),
            ("help", &mut self.help),
            ("stop", &mut self.stop),
            ("privacy", &mut self.privacy),
            ("terms", &mut self.terms),
        ];
        for (name, section) in sections {
            set(&format!("{name}.heading"), &mut section.heading)?;
            if section.points.is_empty() {
                return Err(format!("{name}.points: is empty"));
            }
            for (index, point) in section.points.iter_mut().enumerate() {
                set(&format!("{name}.points[{index}]"), point)?;
            }
            if let Some(after) = &mut section.after {
                set(&format!("{name}.after"), after)?;
            }
        }
        Ok(self)
    }

    /// What filled words must say and do not, and what they must not say.
    pub(crate) fn broken(&self, language: &str, values: &Values) -> Vec<String> {
        let mut broken = Vec::new();
        let mut must = |section: &str, text: &str, word: &str| {
            if !text.contains(word) {
                broken.push(format!("{section}: must say {word:?}"));
            }
        };
        let known = |key: &str| values.get(key).map_or("", String::as_str);
        for word in [known("agency"), known("number"), known("non_emergency")] {
            must("real", &self.real.text(), word);
        }
        must("help", &self.help.text(), "911");
        for word in ["STOP", "START", "HELP", known("non_emergency")] {
            must("stop", &self.stop.text(), word);
        }
        for word in [known("agency"), "STOP", "HELP", "911"] {
            must("terms", &self.terms.text(), word);
        }
        if language == "en" {
            // In the very words that whoever vets a number looks for.
            must("privacy", &self.privacy.text(), "third parties");
            must("terms", &self.terms.text(), "Message frequency varies");
            must("terms", &self.terms.text(), "Message and data rates may apply");
        }
        broken.extend(self.ill_worded(language));
        broken
    }

    fn ill_worded(&self, language: &str) -> BTreeSet<String> {
        let text = self.text();
        let mut broken = BTreeSet::new();
        // People learn here that we send no links; a page that holds some teaches the opposite.
        if text.contains("://") || text.contains("www.") {
            broken.insert("must not contain a link".to_owned());
        }
        if text.contains(['<', '>']) {
            broken.insert("must be plain words, without marks of HTML".to_owned());
        }
        let grade = wording::grade(&text).unwrap_or_default();
        if language == "en" && grade > wording::GRADE {
            broken.insert(format!("reads at grade {grade:.1}, {} is the limit", wording::GRADE));
        }
        broken
    }

    fn text(&self) -> String {
        let sections = self.sections().map(|(_, section)| format!("{}\n{}", section.heading, section.text()));
        format!("{}\n{}\n{}", self.title, self.lead, sections.join("\n"))
    }
}

impl Section {
    fn text(&self) -> String {
        let mut lines: Vec<&str> = self.points.iter().map(String::as_str).collect();
        lines.extend(self.after.as_deref());
        lines.join("\n")
    }
}
