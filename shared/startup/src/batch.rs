//! Answers of functions that read streams and queues: which records failed, by their identifiers.
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};

/// The answer for a stream batch. An empty list means that every record is done; Lambda resumes at the lowest
/// sequence number named, successes after it included, so handlers must be safe to repeat.
pub fn stream_failures(sequence_numbers: impl IntoIterator<Item = String>) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures = sequence_numbers
        .into_iter()
        .map(|number| {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(number);
            failure
        })
        .collect();
    response
}
