//! The sample events of events/: each is read as the type its function takes, and the posts carry signatures that a
//! function would accept at the time they are dated.
use std::path::Path;

use aws_lambda_events::event::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use aws_lambda_events::event::cloudwatch_logs::LogsEvent;
use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::sqs::SqsEvent;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use startup::Scheduled;
use startup::webhook::{Scheme, Sources};

/// The secret that events/README.md names.
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn sample<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("events").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn check_post(name: &str, path: &str, events: usize) {
    let request: ApiGatewayProxyRequest = sample(name);
    let body = request.body.unwrap();
    let sources = format!(r#"{{"sample": {{"secrets": ["{SECRET}"], "paths": ["{path}"]}}}}"#);
    let now: Timestamp = "2026-07-04T21:14:03-05:00".parse().unwrap();
    let source = Sources::parse(&sources).unwrap().authenticate(
        path,
        &[Scheme::StandardWebhooks],
        &request.headers,
        body.as_bytes(),
        now,
    );
    assert_eq!(source.unwrap(), "sample");
    assert_eq!(request.path.as_deref(), Some(path));
    let posted: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(posted.as_array().map_or(1, Vec::len), events);
}

#[test]
fn posts_are_signed_and_read_as_rest_requests() {
    check_post("cad-post.json", "/v1/cad/events", 2);
    check_post("eido-opened-post.json", "/v1/cad/eido", 1);
    check_post("eido-enroute-post.json", "/v1/cad/eido", 1);
    check_post("case-post.json", "/v1/cases/events", 1);
    check_post("personnel-post.json", "/v1/personnel/events", 2);
}

#[test]
fn stream_records_carry_the_attribute_their_filter_asks_for() {
    let incidents: Event = sample("incidents-stream.json");
    assert!(incidents.records[0].change.new_image.contains_key("unplanned"));
    let messages: Event = sample("messages-stream.json");
    assert!(messages.records[0].change.new_image.contains_key("state"));
}

#[test]
fn receipts_are_read_in_each_of_their_forms() {
    let read = |sent: &str| updates::receipt::read(sent).unwrap().len();
    let count = |name: &str| -> usize {
        let batch: SqsEvent = sample(name);
        batch.records.iter().map(|record| read(record.body.as_deref().unwrap())).sum()
    };
    assert_eq!((count("email-receipts.json"), count("text-receipt.json")), (3, 1));
    let lines: LogsEvent = sample("text-deliveries.json");
    assert_eq!(lines.aws_logs.data.log_events.iter().map(|line| read(&line.message)).sum::<usize>(), 2);
}

#[test]
fn text_schedule_and_staff_request_are_read() {
    let texts: SqsEvent = sample("inbound-text.json");
    assert!(texts.records[0].body.as_deref().unwrap().contains("STOP"));
    let night: Scheduled = sample("schedule.json");
    assert_eq!(night.time.to_string(), "2026-07-05T08:30:00Z");
    let request: ApiGatewayV2httpRequest = sample("staff-incident-updates.json");
    let claims = request.request_context.authorizer.unwrap().jwt.unwrap().claims;
    assert_eq!(claims["groups"], "[dispatch records]");
    let click: ApiGatewayV2httpRequest = sample("unsubscribe-post.json");
    assert_eq!(click.body.as_deref(), Some("List-Unsubscribe=One-Click"));
    assert!(click.path_parameters.contains_key("token") && click.request_context.authorizer.is_none());
}
