//! What tests, the demo and the commands ask of a running stack. Posts and reads go through real HTTP.
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use aws_config::SdkConfig;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::operation::get_object::GetObjectError;
use bytes::Bytes;
use embedded::tables;
use hyper::Request;
use hyper::header::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use startup::{Entropy, Runtime};

use super::captures::{Email, Fault, Service, Text, Webhook};
use super::{Shared, Stack, Written, engine, public};

/// A stored object with the headers it is served with.
#[derive(Clone, Debug)]
pub struct Object {
    /// Bytes as stored, perhaps packed.
    pub body: Vec<u8>,
    /// Media type.
    pub content_type: Option<String>,
    /// `gzip` where packed.
    pub content_encoding: Option<String>,
    /// How long it may be kept.
    pub cache_control: Option<String>,
    /// Entity tag, quoted.
    pub etag: Option<String>,
}

impl Object {
    /// The bytes, unpacked.
    pub fn plain(self) -> anyhow::Result<Vec<u8>> {
        match self.content_encoding.as_deref() {
            Some("gzip") => public::unpack(&self.body).context("object is not in gzip form"),
            _ => Ok(self.body),
        }
    }
}

impl Shared {
    /// The object at `key` of `bucket`.
    pub(crate) async fn object(&self, bucket: &str, key: &str) -> anyhow::Result<Option<Object>> {
        let output = match self.objects.get_object().bucket(bucket).key(key).send().await {
            Ok(output) => output,
            Err(error) => {
                return match error.into_service_error() {
                    GetObjectError::NoSuchKey(_) => Ok(None),
                    other => Err(other).with_context(|| format!("bucket {bucket} cannot be read")),
                };
            }
        };
        let etag = output.e_tag().map(str::to_owned);
        Ok(Some(Object {
            content_type: output.content_type,
            content_encoding: output.content_encoding,
            cache_control: output.cache_control,
            etag,
            body: output.body.collect().await?.into_bytes().to_vec(),
        }))
    }
}

/// The S3 client as the functions build it.
pub(crate) fn s3_client(sdk: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(sdk)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    aws_sdk_s3::Client::from_conf(config.build())
}

impl Stack {
    /// Base URL of the router.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// What the functions wrote since the last time, call by call, with its cost.
    pub fn written(&self) -> Vec<Written> {
        self.shared.meter.take()
    }

    /// Size in bytes of every row of `table`, as the service counts it, by partition and sort key.
    pub fn row_sizes(&self, table: &str) -> anyhow::Result<Vec<(String, usize)>> {
        tables::row_sizes(&self.shared.tables, table)
    }

    /// Whether the data folder goes with the stack.
    pub fn is_temporary(&self) -> bool {
        self.data.is_temporary()
    }

    /// The webhook secret in force.
    pub fn secret(&self) -> &str {
        &self.shared.secret
    }

    /// What the functions run on: for clients of one's own.
    pub fn runtime(&self) -> &Runtime {
        self.shared.functions.runtime()
    }

    /// Posts JSON, signed as the local source at the present instant: status and answer.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        self.post_bytes(path, body.to_string().into_bytes(), self.secret()).await
    }

    /// Posts bytes signed with `secret`, which may be a wrong one.
    pub async fn post_bytes(&self, path: &str, body: Vec<u8>, secret: &str) -> anyhow::Result<(u16, Value)> {
        let url = format!("{}{path}", self.url());
        let id = Entropy::system().token();
        let answer = self.shared.http.post_signed(&url, secret, &id, self.now(), body.into(), false).await?;
        Ok((answer.status.as_u16(), as_json(&answer.body)))
    }

    /// Posts bytes under these headers, for senders with a scheme of their own.
    pub async fn post_with(
        &self,
        path: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> anyhow::Result<(u16, Value)> {
        let is_typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let default = [("content-type", "application/json")];
        let headers = headers.iter().chain(default.iter().filter(|_| !is_typed));
        let request = Request::post(format!("{}{path}", self.url()));
        let request = headers.fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = self.shared.http.send(request.body(body.into())?).await?;
        Ok((answer.status.as_u16(), as_json(&answer.body)))
    }

    /// Reads a path of the staff API, or any other, with `token`.
    pub async fn get(&self, path: &str, token: &str) -> anyhow::Result<(u16, Value)> {
        self.staff(("GET", path), token, None, &Value::Null).await
    }

    /// Posts JSON to the staff API with `token`.
    pub async fn command(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        self.staff(("POST", path), token, None, body).await
    }

    /// A request to the public API, as a browser or a mail program makes it: status, headers and page.
    pub async fn browse(
        &self,
        method: &str,
        path: &str,
        form: &str,
    ) -> anyhow::Result<(u16, BTreeMap<String, String>, String)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(form.to_owned()))?;
        let answer = self.shared.http.send(request).await?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok((answer.status.as_u16(), headers, String::from_utf8_lossy(&answer.body).into_owned()))
    }

    /// A request to the staff API with `token` and, where given, an `Idempotency-Key`; null sends no body.
    pub async fn staff(
        &self,
        (method, path): (&str, &str),
        token: &str,
        key: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<(u16, Value)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url()))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let answer = self.shared.http.send(request.body(body)?).await?;
        Ok((answer.status.as_u16(), as_json(&answer.body)))
    }

    /// A token for `subject` in `groups`.
    pub fn token(&self, subject: &str, groups: &[&str]) -> String {
        self.shared.tokens.sign(subject, groups, self.now())
    }

    /// Texts sent so far.
    pub fn texts(&self) -> anyhow::Result<Vec<Text>> {
        self.shared.captures.texts()
    }

    /// E-mails sent so far.
    pub fn emails(&self) -> anyhow::Result<Vec<Email>> {
        self.shared.captures.emails()
    }

    /// Webhooks posted so far, repetitions and refused ones too.
    pub fn webhooks(&self) -> anyhow::Result<Vec<Webhook>> {
        self.shared.captures.webhooks()
    }

    /// The folder with the raw e-mails, `<message id>.eml`.
    pub fn captures_folder(&self) -> std::path::PathBuf {
        self.data.join("captures")
    }

    /// Lets a provider fail; `hold` is how long a lost answer keeps its caller waiting.
    pub fn fault(&self, service: Service, fault: Fault, hold: Duration) {
        self.shared.captures.set_fault(service, fault, hold);
    }

    /// A text from a person to the department, queued.
    pub async fn inbound_text(&self, from: &str, body: &str) -> anyhow::Result<()> {
        self.shared.engine.lock().await.queues.add_text(from, body, self.now())
    }

    /// A notification or event of SES, queued.
    pub async fn ses_event(&self, event: &Value) -> anyhow::Result<()> {
        self.shared.engine.lock().await.queues.add_ses_event(event, self.now())
    }

    /// A line of the delivery log of SNS, queued.
    pub async fn sms_log(&self, line: &Value) -> anyhow::Result<()> {
        self.shared.engine.lock().await.queues.add_sms_log(line, self.now())
    }

    /// A message of the queue of texts as it is, e.g. one that was delivered before.
    pub async fn inbound_message(&self, body: &str) -> anyhow::Result<()> {
        self.shared.engine.lock().await.queues.add_raw_text(body, self.now())
    }

    /// Works off streams and queues.
    pub async fn drain(&self) -> anyhow::Result<()> {
        engine::drain(&self.shared).await
    }

    /// Delivers every record of every stream once more.
    pub async fn redeliver(&self) -> anyhow::Result<()> {
        self.shared.engine.lock().await.streams.rewind()?;
        self.drain().await
    }

    /// The present instant of the stack.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Moves the clock forward, stopping at each due moment.
    pub async fn advance(&self, by: SignedDuration) -> anyhow::Result<()> {
        engine::set(&self.shared, self.now().checked_add(by)?).await
    }

    /// Moves the clock to `to`; forward as `advance` does.
    pub async fn set(&self, to: Timestamp) -> anyhow::Result<()> {
        engine::set(&self.shared, to).await
    }

    /// Runs a scheduled function for `time`, else for now: its report.
    pub async fn run(&self, function: &str, time: Option<Timestamp>) -> anyhow::Result<Value> {
        engine::run(&self.shared, function, time).await
    }

    /// An object of the internal bucket, unpacked.
    pub async fn internal(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        self.shared.object("internal", key).await?.map(Object::plain).transpose()
    }

    /// An object of the public bucket, unpacked.
    pub async fn public(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        self.shared.object("public", key).await?.map(Object::plain).transpose()
    }

    /// An object as stored.
    pub async fn object(&self, bucket: &str, key: &str) -> anyhow::Result<Option<Object>> {
        self.shared.object(bucket, key).await
    }
}

fn as_json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}
