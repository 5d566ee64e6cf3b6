//! The AWS endpoint: one address for every service, told apart as AWS tells them apart on the wire.
use std::sync::Arc;

use embedded::tables;
use hyper::StatusCode;

use super::captures::Captures;
use super::clock::VirtualClock;
use super::failures::Failures;
use super::kms::Kms;
use super::meter::Meter;
use super::objects::Objects;
use super::providers;
use super::secrets;
use super::server::{Ask, Lost, Reply, plain};

/// What answers behind the endpoint.
pub(crate) struct Endpoint {
    pub(crate) tables: dynoxide::Database,
    pub(crate) meter: Meter,
    pub(crate) kms: Kms,
    pub(crate) objects: Objects,
    pub(crate) captures: Arc<Captures>,
    pub(crate) clock: VirtualClock,
    pub(crate) failures: Arc<Failures>,
    pub(crate) secrets: secrets::Secrets,
}

impl Endpoint {
    /// Answers one call of an SDK.
    pub(crate) async fn answer(&self, ask: Ask) -> Result<Reply, Lost> {
        let header = |name: &str| ask.headers().get(name).and_then(|value| value.to_str().ok());
        if let Some((service, action)) = header("x-amz-target").and_then(|target| target.split_once('.')) {
            return Ok(match service {
                "DynamoDB_20120810" | "DynamoDBStreams_20120810" => self.table_answer(action, ask.body()),
                "AmazonSQS" => self.failures.answer(action, ask.body()),
                "TrentService" => self.kms.answer(action, ask.body()),
                "secretsmanager" => secrets::answer(&self.secrets, action, ask.body()),
                other => unknown(other),
            });
        }
        if header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return providers::answer(&self.captures, self.clock.now(), ask.body()).await;
        }
        Ok(self.objects.answer(ask).await)
    }

    /// Answers `action` on the tables as the service does, and notes what it wrote.
    fn table_answer(&self, action: &str, body: &[u8]) -> Reply {
        const KIND: &str = "application/x-amz-json-1.0";
        let asked = Meter::asked(action, body);
        let answered = match &asked {
            Some(asked) => tables::call(&self.tables, action, asked.to_string().as_bytes()),
            None => tables::call(&self.tables, action, body),
        };
        match answered {
            Ok(body) => {
                if let Some(asked) = &asked {
                    self.meter.note(action, asked, &body);
                }
                plain(StatusCode::OK, KIND, body)
            }
            Err(error) => {
                let status =
                    StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                plain(status, KIND, error.to_json())
            }
        }
    }
}

fn unknown(service: &str) -> Reply {
    let body = serde_json::json!({
        "__type": "UnknownOperationException",
        "message": format!("the local stack has no service {service}"),
    });
    plain(StatusCode::BAD_REQUEST, "application/x-amz-json-1.1", body.to_string())
}
