//! What stands when the night is summarised: revocations against their clock of ten business days, and the surveys of
//! the month. No person, number or text is in it.
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A revocation, or what may be one, that is not in force yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRevocation {
    /// Id of the task, or of the entry.
    pub id: String,
    /// Whether a person has yet to say whether it is one.
    pub unclear: bool,
    /// When it was received.
    pub received_at: Timestamp,
    /// By when it must be honoured: ten business days after (47 CFR 64.1200(a)(10)).
    pub due_at: Timestamp,
    /// Whether that time was over when this was so.
    #[serde(default)]
    pub overdue: bool,
}

/// How revocations stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocations {
    /// When this was so.
    pub as_of: Timestamp,
    /// IANA name of the agency's time zone: business days are counted in it.
    #[serde(default)]
    pub zone: String,
    /// Not in force yet, the most urgent first.
    pub open: Vec<OpenRevocation>,
    /// How many of this month's and the last one's are in force.
    pub honoured: u64,
    /// The longest that one of them took, in seconds.
    pub longest_seconds: i64,
}

/// What came of the surveys of one month about calls of one type in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SurveyCount {
    /// Call type, as the CAD names it.
    pub call_type: String,
    /// Language the survey was in, ISO 639.
    pub language: String,
    /// Surveys handed to the provider.
    pub sent: u64,
    /// Surveys answered with a score.
    pub answered: u64,
    /// Comments given.
    pub comments: u64,
    /// Answers of 1 (poor).
    pub score_1: u64,
    /// Answers of 2.
    pub score_2: u64,
    /// Answers of 3.
    pub score_3: u64,
    /// Answers of 4.
    pub score_4: u64,
    /// Answers of 5 (very good).
    pub score_5: u64,
}

impl SurveyCount {
    /// Answers by score, 1 first.
    pub fn scores(&self) -> [u64; 5] {
        [self.score_1, self.score_2, self.score_3, self.score_4, self.score_5]
    }

    /// Adds another's counts; whose type and language it is stays.
    pub fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.answered += other.answered;
        self.comments += other.comments;
        self.score_1 += other.score_1;
        self.score_2 += other.score_2;
        self.score_3 += other.score_3;
        self.score_4 += other.score_4;
        self.score_5 += other.score_5;
    }
}

/// The surveys sent in one month, so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surveys {
    /// The month, e.g. `2026-07`.
    pub month: String,
    /// By call type and language.
    pub counts: Vec<SurveyCount>,
    /// How many answered in each language: whether those who read another one are heard as well.
    #[serde(default)]
    pub by_language: BTreeMap<String, Response>,
}

/// How many of those who were asked answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Surveys handed to the provider.
    pub sent: u64,
    /// Surveys answered with a score.
    pub answered: u64,
    /// Answers to a hundred surveys, rounded.
    pub percent: u64,
}

impl Surveys {
    /// The surveys of `month`.
    pub fn of(month: String, counts: Vec<SurveyCount>) -> Self {
        let mut by_language: BTreeMap<String, Response> = BTreeMap::new();
        for count in &counts {
            let response = by_language.entry(count.language.clone()).or_default();
            response.sent += count.sent;
            response.answered += count.answered;
            response.percent = percent(response.answered, response.sent);
        }
        Self { month, counts, by_language }
    }
}

/// A share in whole percent, rounded; 0 of nothing.
pub fn percent(part: u64, whole: u64) -> u64 {
    (part * 100 + whole / 2).checked_div(whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_response_rate() {
        let count = |call_type: &str, language: &str, sent, answered| SurveyCount {
            call_type: call_type.into(),
            language: language.into(),
            sent,
            answered,
            ..SurveyCount::default()
        };
        let counts =
            vec![count("LARCENY", "en", 10, 4), count("NOISE", "en", 5, 1), count("NOISE", "so", 2, 0)];
        let surveys = Surveys::of("2026-07".into(), counts);
        assert_eq!(surveys.by_language["en"], Response { sent: 15, answered: 5, percent: 33 });
        assert_eq!(surveys.by_language["so"], Response { sent: 2, answered: 0, percent: 0 });
        assert_eq!((percent(2, 3), percent(0, 0)), (67, 0));
    }

    #[test]
    fn counts_add_up_score_by_score() {
        let one = SurveyCount { sent: 3, answered: 2, score_1: 1, score_5: 1, ..SurveyCount::default() };
        let mut sum = SurveyCount { language: "es".into(), comments: 1, ..one.clone() };
        sum.add(&one);
        assert_eq!((sum.sent, sum.answered, sum.comments, sum.scores()), (6, 4, 1, [2, 0, 0, 0, 2]));
        assert_eq!(sum.language, "es");
    }
}
