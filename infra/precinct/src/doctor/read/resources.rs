//! The state of each resource that can stand still, be lost or be left at its default.
use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, StreamSpecification};
use aws_sdk_sqs::types::QueueAttributeName;

use super::super::facts::{Read, SecretState, Table};
use super::Declared;
use crate::access::why;
use crate::stack::DEFAULT_SECRET;

/// The secret of the signing examples and of the emulator suite: bytes 0 to 31.
const SAMPLE_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

pub(super) async fn secrets(sdk: &SdkConfig, declared: &Declared) -> BTreeMap<String, Read<SecretState>> {
    let client = aws_sdk_secretsmanager::Client::new(sdk);
    let mut found = BTreeMap::new();
    for (logical, id) in declared.named("AWS::SecretsManager::Secret") {
        let answer = client.get_secret_value().secret_id(id).send().await;
        // Only what it amounts to is kept.
        let state = answer.map(|answer| secret_state(answer.secret_string().unwrap_or_default()));
        found.insert(logical, state.map_err(|error| why(&error)));
    }
    found
}

fn secret_state(value: &str) -> SecretState {
    if matches!(value.trim(), "" | "{}") {
        SecretState::Default
    } else if [DEFAULT_SECRET, SAMPLE_SECRET].iter().any(|published| value.contains(published)) {
        SecretState::Published
    } else {
        SecretState::Set
    }
}

pub(super) async fn tables(sdk: &SdkConfig, declared: &Declared) -> BTreeMap<String, Read<Table>> {
    let client = aws_sdk_dynamodb::Client::new(sdk);
    let mut found = BTreeMap::new();
    for (logical, name) in declared.named("AWS::DynamoDB::Table") {
        found.insert(logical, table(&client, &name).await);
    }
    found
}

async fn table(client: &aws_sdk_dynamodb::Client, name: &str) -> Read<Table> {
    let answer = client.describe_table().table_name(name).send().await.map_err(|error| why(&error))?;
    let table = answer.table().ok_or("the service describes no table")?;
    let stream = table.stream_specification().is_some_and(StreamSpecification::stream_enabled);
    let backups = client.describe_continuous_backups().table_name(name).send().await;
    let backups = backups.map_err(|error| why(&error))?;
    let recovery = backups
        .continuous_backups_description()
        .and_then(|backups| backups.point_in_time_recovery_description())
        .and_then(|recovery| recovery.point_in_time_recovery_status());
    Ok(Table {
        stream,
        recovery: recovery.map(|status| *status == PointInTimeRecoveryStatus::Enabled),
        protected: table.deletion_protection_enabled() == Some(true),
    })
}

pub(super) async fn readers(sdk: &SdkConfig, declared: &Declared) -> BTreeMap<String, Read<String>> {
    let client = aws_sdk_lambda::Client::new(sdk);
    let mut found = BTreeMap::new();
    for (logical, id) in declared.named("AWS::Lambda::EventSourceMapping") {
        let answer = client.get_event_source_mapping().uuid(id).send().await;
        let state = answer.map(|answer| answer.state().unwrap_or("unknown").to_owned());
        found.insert(logical, state.map_err(|error| why(&error)));
    }
    found
}

pub(super) async fn failures(sdk: &SdkConfig, declared: &Declared) -> BTreeMap<String, Read<i64>> {
    let client = aws_sdk_sqs::Client::new(sdk);
    let mut found = BTreeMap::new();
    let queues = declared.named("AWS::SQS::Queue");
    for (logical, url) in queues.into_iter().filter(|(logical, _)| logical.ends_with("Failures")) {
        let answer = client.get_queue_attributes().queue_url(url);
        let answer = answer
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
            .send()
            .await;
        let waiting = answer.map(|answer| {
            let numbers = answer.attributes.unwrap_or_default().into_values();
            numbers.filter_map(|number| number.parse::<i64>().ok()).sum()
        });
        found.insert(logical, waiting.map_err(|error| why(&error)));
    }
    found
}

pub(super) async fn schedules(sdk: &SdkConfig, declared: &Declared) -> BTreeMap<String, Read<String>> {
    let client = aws_sdk_scheduler::Client::new(sdk);
    let mut found = BTreeMap::new();
    for (logical, name) in declared.named("AWS::Scheduler::Schedule") {
        let answer = client.get_schedule().name(name).send().await;
        let state = answer.map(|answer| answer.state().map_or("unknown", |state| state.as_str()).to_owned());
        found.insert(logical, state.map_err(|error| why(&error)));
    }
    found
}

pub(super) async fn functions(sdk: &SdkConfig, declared: &Declared) -> BTreeMap<String, Read<Option<i32>>> {
    let client = aws_sdk_lambda::Client::new(sdk);
    let mut found = BTreeMap::new();
    for (logical, name) in declared.named("AWS::Lambda::Function") {
        let answer = client.get_function_concurrency().function_name(name).send().await;
        let reserved = answer.map(|answer| answer.reserved_concurrent_executions());
        found.insert(logical, reserved.map_err(|error| why(&error)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_secrets_are_known_and_others_are_not_kept() {
        let check = |value: &str, expected| assert_eq!(secret_state(value), expected, "{value}");
        check("{}", SecretState::Default);
        check(" \n", SecretState::Default);
        check(&format!(r#"{{"cad": {{"secrets": ["{DEFAULT_SECRET}"]}}}}"#), SecretState::Published);
        check(&format!(r#"{{"secrets": ["{SAMPLE_SECRET}"]}}"#), SecretState::Published);
        check(r#"{"secrets": ["whsec_other"]}"#, SecretState::Set);
    }
}
