//! What stands between a handler and the world: the SDK's HTTP connector, its sleep and its clock, all of them inside
//! this process and on virtual time. A request only joins a list here; the world takes it from there, when it likes.
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;

/// A place for one value that somebody waits for.
pub(crate) struct Slot<T>(Mutex<(Option<T>, Option<Waker>)>);

impl<T> Slot<T> {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new((None, None))))
    }

    /// Puts the value in and wakes who waits.
    pub(crate) fn fill(&self, value: T) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.0 = Some(value);
        if let Some(waker) = held.1.take() {
            waker.wake();
        }
    }

    async fn wait(&self) -> T {
        poll_fn(|context| {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(value) = held.0.take() {
                Poll::Ready(value)
            } else {
                held.1 = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

/// An answer on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: body.into(), headers: Vec::new() }
    }
}

/// A request that a handler has made and nobody has answered yet.
pub(crate) struct Request {
    /// The invocation that made it.
    pub(crate) task: u64,
    /// `DynamoDB`, `KMS`, `SNS` … as told apart on the wire.
    pub(crate) service: Service,
    /// The action, or method for S3.
    pub(crate) action: String,
    pub(crate) uri: String,
    pub(crate) body: Vec<u8>,
    /// Headers that a service looks at.
    pub(crate) conditions: Vec<(&'static str, String)>,
    pub(crate) slot: Arc<Slot<Result<Answer, ConnectorError>>>,
}

/// The services of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Tables.
    DynamoDb,
    /// Key management.
    Kms,
    /// Secrets.
    Secrets,
    /// Texts.
    Sns,
    /// E-mails.
    Ses,
    /// Objects.
    S3,
}

/// Somebody who sleeps until a moment.
pub(crate) struct Sleeper {
    pub(crate) until: Timestamp,
    pub(crate) slot: Arc<Slot<()>>,
}

#[derive(Default)]
struct Held {
    now: Timestamp,
    task: u64,
    requests: Vec<Request>,
    sleepers: Vec<Sleeper>,
}

/// The shared end of it all; clones are the same network.
#[derive(Clone)]
pub(crate) struct Network(Arc<Mutex<Held>>);

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

impl Network {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Held { now, ..Held::default() })))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.held().now
    }

    pub(crate) fn set_now(&self, now: Timestamp) {
        self.held().now = now;
    }

    /// Says whose requests come next.
    pub(crate) fn enter(&self, task: u64) {
        self.held().task = task;
    }

    /// What was asked for since the last call.
    pub(crate) fn take(&self) -> (Vec<Request>, Vec<Sleeper>) {
        let mut held = self.held();
        (std::mem::take(&mut held.requests), std::mem::take(&mut held.sleepers))
    }

    /// The SDK settings that lead here and nowhere else.
    pub(crate) fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new("simulated", "simulated", None, None, "simulator");
        let connector = SharedHttpConnector::new(self.clone());
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url("http://simulated")
            .http_client(http_client_fn(move |_: &HttpConnectorSettings, _| connector.clone()))
            .sleep_impl(self.clone())
            .time_source(self.clone())
            .build()
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let slot = Slot::new();
        let header = |name: &str| request.headers().get(name).map(str::to_owned);
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let target = header("x-amz-target");
        let (service, action) = match target.as_deref().and_then(|target| target.split_once('.')) {
            Some(("TrentService", action)) => (Service::Kms, action.to_owned()),
            Some(("secretsmanager", action)) => (Service::Secrets, action.to_owned()),
            Some((_, action)) => (Service::DynamoDb, action.to_owned()),
            None if body.starts_with(b"Action=Publish") => (Service::Sns, "Publish".into()),
            None if body.starts_with(b"Action=") => (Service::Ses, "SendRawEmail".into()),
            None => (Service::S3, request.method().to_owned()),
        };
        let conditions = ["if-match", "if-none-match"];
        let conditions =
            conditions.into_iter().filter_map(|name| header(name).map(|value| (name, value))).collect();
        let mut held = self.held();
        let task = held.task;
        let uri = request.uri().to_owned();
        held.requests.push(Request { task, service, action, uri, body, conditions, slot: Arc::clone(&slot) });
        drop(held);
        HttpConnectorFuture::new(async move { slot.wait().await.map(wire) })
    }
}

fn wire(answer: Answer) -> HttpResponse {
    let status = answer.status.try_into().expect("services answer with HTTP statuses");
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value);
    }
    response
}

impl AsyncSleep for Network {
    fn sleep(&self, duration: Duration) -> Sleep {
        let slot = Slot::new();
        let mut held = self.held();
        let until = held.now + duration;
        held.sleepers.push(Sleeper { until, slot: Arc::clone(&slot) });
        drop(held);
        Sleep::new(async move { slot.wait().await })
    }
}

impl TimeSource for Network {
    fn now(&self) -> SystemTime {
        let since = self.held().now.as_microsecond();
        SystemTime::UNIX_EPOCH + Duration::from_micros(since.unsigned_abs())
    }
}
