//! Answers of functions that read streams and queues: which records failed, by their identifiers.
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};

/// The answer for a stream batch. An empty list means that every record is done; Lambda resumes at the lowest
/// sequence number named, successes after it included, so handlers must be safe to repeat.
pub fn stream_failures(sequence_numbers: impl IntoIterator<Item = String>) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    #[cfg(feature = "mutants")]
    let sequence_numbers = mutated(sequence_numbers);
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

/// What two mistakes would answer.
#[cfg(feature = "mutants")]
fn mutated(sequence_numbers: impl IntoIterator<Item = String>) -> Vec<String> {
    use crate::mutant::{Mutant, is};
    let mut numbers: Vec<String> = sequence_numbers.into_iter().collect();
    if is(Mutant::EmptyBatchAnswer) {
        numbers.clear();
    }
    if is(Mutant::LastFailure) {
        numbers.drain(..numbers.len().saturating_sub(1));
    }
    numbers
}
