//! What may stand in a failure queue, told apart by its form.
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// One message of a failure queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// Lambda gave up records of a stream.
    Records(Records),
    /// A scheduled run was given up: the time it was for.
    Run(Timestamp),
    /// Lines of a delivery log that Lambda was handed and gave up.
    LogLines,
    /// A text that came in, or what SES or SNS said: it may hold a number or an address.
    Sealed,
}

/// Where the records lie, as Lambda says; nothing of what is in them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Records {
    pub(super) stream_arn: String,
    pub(super) shard_id: String,
    pub(super) start_sequence_number: String,
    pub(super) end_sequence_number: String,
    pub(super) approximate_arrival_of_first_record: Timestamp,
    pub(super) approximate_arrival_of_last_record: Timestamp,
}

impl Records {
    /// Whether they were to be sent: the stream is that of the outbox.
    pub(super) fn are_of(&self, table: &str) -> bool {
        self.stream_arn.split_once(":table/").and_then(|(_, rest)| rest.split('/').next()) == Some(table)
    }

    /// Whether the record with this number is one of them. Numbers are whole numbers of many digits.
    pub(super) fn reach(&self, number: &str) -> bool {
        let size = |text: &str| (text.len(), text.to_owned());
        size(number) <= size(&self.end_sequence_number)
    }
}

/// Reads a message; what has no form known here is taken for personal.
pub(super) fn read(body: &str) -> Letter {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    if let Ok(records) = serde_json::from_value(value["DDBStreamBatchInfo"].clone()) {
        return Letter::Records(records);
    }
    let payload = value.get("requestPayload").unwrap_or(&value);
    if !payload["awslogs"].is_null() {
        return Letter::LogLines;
    }
    match payload["time"].as_str().map(str::parse) {
        Some(Ok(time)) if payload.as_object().is_some_and(|fields| fields.len() == 1) => Letter::Run(time),
        _ => Letter::Sealed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the service's own documentation shows it.
    const GIVEN_UP: &str = r#"{"requestContext": {"requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
        "functionArn": "arn:aws:lambda:us-east-2:123456789012:function:plan-updates", "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 1}, "responseContext": {"statusCode": 200, "executedVersion": "$LATEST",
        "functionError": "Unhandled"}, "version": "1.0", "timestamp": "2019-11-14T00:13:49.717Z",
        "DDBStreamBatchInfo": {"shardId": "shardId-00000001573689847184-864758bb",
        "startSequenceNumber": "800000000003126276362", "endSequenceNumber": "800000000003126276362",
        "approximateArrivalOfFirstRecord": "2019-11-14T00:13:19Z", "approximateArrivalOfLastRecord": "2019-11-14T00:13:19Z",
        "batchSize": 1, "streamArn": "arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388"}}"#;

    #[test]
    fn records_given_up_are_known_by_their_place() {
        let Letter::Records(records) = read(GIVEN_UP) else { panic!("not taken for records") };
        assert!(records.are_of("mytable") && !records.are_of("my"));
        assert!(records.reach("800000000003126276362") && records.reach("99"));
        assert!(!records.reach("800000000003126276363") && !records.reach("1000000000003126276362"));
    }

    #[track_caller]
    fn check(body: &str, expected: Letter) {
        assert_eq!(read(body), expected);
    }

    #[test]
    fn other_letters_are_known_by_their_form_or_taken_for_personal() {
        let run = || Letter::Run("2026-07-05T08:30:00Z".parse().unwrap());
        check(r#"{"time":"2026-07-05T08:30:00Z"}"#, run());
        check(r#"{"version":"1.0","requestPayload":{"time":"2026-07-05T08:30:00Z"}}"#, run());
        check(r#"{"requestPayload":{"awslogs":{"data":"H4s"}}}"#, Letter::LogLines);
        check(r#"{"originationNumber":"+12185550123","messageBody":"STOP"}"#, Letter::Sealed);
        check(r#"{"time":"2026-07-05T08:30:00Z","body":"STOP"}"#, Letter::Sealed);
        check("STOP", Letter::Sealed);
    }
}
