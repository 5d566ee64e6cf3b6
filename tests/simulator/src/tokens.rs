//! What DynamoDB remembers of transactions by their token: for ten minutes the same request is answered as it was and does
//! nothing, and another one under the same token is refused. The embedded database would keep these minutes by the clock on the
//! wall, and look through all of its tokens with every transaction.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::network::Answer;

/// How long a token is good.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(10);

/// The tokens of one run.
#[derive(Default)]
pub(crate) struct Tokens(BTreeMap<String, Done>);

/// A transaction that was carried out.
struct Done {
    at: Timestamp,
    items: u64,
    answer: Answer,
}

/// A transaction's token, and what was asked for with it.
pub(crate) struct Asked {
    token: String,
    items: u64,
}

impl Asked {
    /// Of a request's body; `None` where it has no token.
    pub(crate) fn of(request: &Value) -> Option<Self> {
        let token = request["ClientRequestToken"].as_str()?.to_owned();
        let mut items = DefaultHasher::new();
        request["TransactItems"].hash(&mut items);
        Some(Self { token, items: items.finish() })
    }

    /// The body without the token.
    pub(crate) fn cut_from(&self, body: &[u8]) -> Option<Vec<u8>> {
        let field = format!(",\"ClientRequestToken\":\"{}\"", self.token);
        // It comes last, or nearly so.
        let start = body.windows(field.len()).rposition(|part| part == field.as_bytes())?;
        Some([&body[..start], &body[start + field.len()..]].concat())
    }
}

impl Tokens {
    /// The answer to who comes with a token that was used.
    pub(crate) fn answer(&self, asked: &Asked, now: Timestamp) -> Option<Answer> {
        let done = self.0.get(&asked.token).filter(|done| now.duration_since(done.at) < REMEMBERED)?;
        Some(if done.items == asked.items { done.answer.clone() } else { mismatch() })
    }

    /// Notes that a transaction was carried out and how it was answered.
    pub(crate) fn done(&mut self, asked: Asked, answer: &Answer, now: Timestamp) {
        let done = Done { at: now, items: asked.items, answer: answer.clone() };
        self.0.insert(asked.token, done);
    }
}

fn mismatch() -> Answer {
    let code = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException";
    Answer::new(400, json!({"__type": code, "message": "simulated"}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Tables;

    /// Adds `step` to a counter under a token, minutes after the first call, and again; the status of each and the counter then.
    #[track_caller]
    fn check(calls: &[(&str, u8, i64)], expected: &[(u16, &str)]) {
        let mut tables = Tables::new().unwrap();
        let mut add = |token: &str, step: u8, minutes: i64| {
            let update = json!({"TableName": "Incidents", "Key": {"pk": {"S": "INC#1"}, "sk": {"S": "STATE"}},
                                "UpdateExpression": "ADD n :step",
                                "ExpressionAttributeValues": {":step": {"N": step.to_string()}}});
            let body =
                format!("{{\"TransactItems\":[{{\"Update\":{update}}}],\"ClientRequestToken\":\"{token}\"}}");
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
            let done = tables.call("TransactWriteItems", body.as_bytes(), now, None);
            let counted =
                tables.all("Incidents").find_map(|(_, item)| Some(item["n"]["N"].as_str()?.to_owned()));
            (done.answer.status, counted.unwrap_or_default())
        };
        let seen: Vec<_> = calls.iter().map(|(token, step, minutes)| add(token, *step, *minutes)).collect();
        let seen: Vec<_> = seen.iter().map(|(status, counted)| (*status, counted.as_str())).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_token_that_comes_again_does_nothing_for_ten_minutes() {
        check(&[("a", 1, 0), ("a", 1, 9), ("a", 1, 10)], &[(200, "1"), (200, "1"), (200, "2")]);
        check(&[("a", 1, 0), ("b", 1, 0)], &[(200, "1"), (200, "2")]);
    }

    #[test]
    fn a_token_for_something_else_is_refused() {
        check(&[("a", 1, 0), ("a", 2, 9), ("a", 1, 9)], &[(200, "1"), (400, "1"), (200, "1")]);
    }
}
