//! What was told against what had to be told: the set of texts against the set of acknowledged calls.
use std::collections::BTreeMap;

use crate::client::Text;
use crate::traffic::Call;

/// The verdict about a set of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Texts that came to these calls' numbers.
    pub texts: usize,
    /// Texts that had to come and did not.
    pub lost: usize,
    /// Texts that came once too often.
    pub doubled: usize,
}

/// Judges `calls`, each of which had to be told `each` different texts, by all texts so far.
pub fn judge(calls: &[Call], each: usize, texts: &[Text]) -> Verdict {
    let mut by_number: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for text in texts {
        by_number.entry(&text.to).or_default().push(&text.body);
    }
    let mut verdict = Verdict::default();
    for call in calls {
        let mut told = by_number.get(call.phone().as_str()).cloned().unwrap_or_default();
        let all = told.len();
        told.sort_unstable();
        told.dedup();
        verdict.texts += all;
        verdict.doubled += all - told.len();
        verdict.lost += each.saturating_sub(told.len());
        // A text that nobody asked for is as bad as one that came twice.
        verdict.doubled += told.len().saturating_sub(each);
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: &[(u32, &str)], expected: (usize, usize, usize)) {
        let calls = [Call::new("r", 0), Call::new("r", 1)];
        let text = |(number, body): &(u32, &str)| Text {
            to: Call::new("r", *number).phone(),
            body: (*body).to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let texts: Vec<Text> = told.iter().map(text).collect();
        let Verdict { texts, lost, doubled } = judge(&calls, 1, &texts);
        assert_eq!((texts, lost, doubled), expected);
    }

    #[test]
    fn each_call_is_told_once_and_others_do_not_count() {
        check(&[(0, "a"), (1, "a"), (7, "a")], (2, 0, 0));
        check(&[(0, "a")], (1, 1, 0));
        check(&[(0, "a"), (0, "a"), (1, "a")], (3, 0, 1));
        check(&[(0, "a"), (0, "b"), (1, "a")], (3, 0, 1));
    }
}
