//! The stack on one machine: the same handlers with the same AWS clients, pointed at servers of this process on
//! loopback, moved by a virtual clock. What it does not prove stands in docs/local-stack.md.
//!
//! ```text
//! curl, tests ─▶ router ─▶ handlers ─▶ AWS SDK ─▶ endpoint ─▶ tables, buckets, keys, captured texts and e-mails
//!                                 ▲                              │
//!                                 └── engine: streams, queues, schedules, clock
//! ```
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use embedded::{agency, tables};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use startup::{Entropy, Runtime, Variables};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

mod calls;
mod captures;
pub(crate) mod client;
mod clock;
pub(crate) mod data;
mod desk;
mod endpoint;
mod engine;
mod failures;
mod functions;
mod gateway;
mod kms;
mod local;
mod meter;
mod objects;
mod oidc;
mod providers;
mod public;
mod queue;
mod router;
mod schedule;
mod secrets;
pub(crate) mod server;
mod site;
mod stream;
mod tokens;
mod webhook;

pub use calls::Object;
pub use captures::{Email, Fault, Service, Text, Webhook};
pub(crate) use data::write_json;
pub use meter::Written;
pub use secrets::DEFAULT_SECRET;

/// Largest body an API Gateway takes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// Pause of the background between two rounds.
const ROUND: Duration = Duration::from_millis(25);

/// How a stack is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept; none: a temporary folder that goes with the stack.
    pub data: Option<PathBuf>,
    /// The data folder of another stack that does not run; this one begins with a copy of what is in it.
    pub seed: Option<PathBuf>,
    /// The agency folder, which is copied.
    pub agency: PathBuf,
    /// The built map page; it may be missing.
    pub site: PathBuf,
    /// The built desk; it may be missing.
    pub desk: PathBuf,
    /// Where the clock starts; none: where it was on this data folder, else machine time.
    pub now: Option<Timestamp>,
    /// Port on loopback; none: any free one.
    pub port: Option<u16>,
    /// Whether the copied agency folder is turned live: updates live, texts approved, alerts and map on.
    pub live: bool,
    /// Whether the clock stands still between moves, so that every stamp is known beforehand.
    pub still: bool,
    /// Whether streams, queues and schedules run by themselves; without, `drain`, `advance` and `set` run them.
    pub background: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: None,
            seed: None,
            agency: PathBuf::from("infra/agency"),
            site: PathBuf::from(site::FOLDER),
            desk: PathBuf::from(desk::FOLDER),
            now: None,
            port: None,
            live: true,
            still: false,
            background: false,
        }
    }
}

/// A running stack; it ends when dropped.
pub struct Stack {
    shared: Arc<Shared>,
    // Servers and background; aborted on drop.
    _tasks: JoinSet<()>,
    // Last, and here alone: aborted tasks may keep `shared` a moment longer than the folder should stay.
    data: data::DataFolder,
}

/// What the parts of a stack share.
pub(crate) struct Shared {
    pub(crate) clock: clock::VirtualClock,
    pub(crate) zone: TimeZone,
    pub(crate) tables: dynoxide::Database,
    pub(crate) captures: Arc<captures::Captures>,
    pub(crate) meter: meter::Meter,
    pub(crate) functions: functions::Functions,
    pub(crate) tokens: tokens::Tokens,
    pub(crate) codes: oidc::Codes,
    pub(crate) sessions: oidc::Sessions,
    pub(crate) engine: tokio::sync::Mutex<engine::Engine>,
    pub(crate) objects: aws_sdk_s3::Client,
    pub(crate) http: client::Http,
    pub(crate) secret: String,
    pub(crate) url: String,
    pub(crate) site: PathBuf,
    pub(crate) desk: PathBuf,
    pub(crate) agency: PathBuf,
}

impl Stack {
    /// Starts everything; it answers when this returns.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let data = open_data(&options)?;
        let port = options.port.unwrap_or(0);
        let router = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| format!("port {port} on loopback cannot be used; choose another with --port"))?;
        let url = format!("http://{}", router.local_addr()?);
        agency::copy(&options.agency, &data.join("agency"), options.live, Some(&url))?;
        let folder = startup::agency::Folder::new(data.join("agency"));
        let zone = folder.agency()?.zone()?;
        let clock = clock::VirtualClock::open(&data.join("clock.json"), options.now, options.still)?;
        let captures = Arc::new(captures::Captures::open(data.join("captures"))?);
        let tables = tables::open(&data.join("tables.sqlite"))?;
        let meter = meter::Meter::default();
        let secret = secrets::from_environment();
        let failures =
            Arc::new(failures::Failures::open(data.join("failures.json"), data.join("failed.jsonl"))?);
        let mut tasks = JoinSet::new();

        let endpoint = Arc::new(endpoint::Endpoint {
            tables: tables.clone(),
            meter: meter.clone(),
            kms: kms::Kms::open(&data.join("master.key"))?,
            objects: objects::Objects::open(&data.join("s3"))?,
            captures: Arc::clone(&captures),
            clock: clock.clone(),
            failures: Arc::clone(&failures),
            secrets: secrets::Secrets {
                senders: secrets::senders(&secret, &folder.list("profiles", "toml").unwrap_or_default()),
                secret: secret.clone(),
            },
        });
        let sdk = spawn_endpoint(&mut tasks, endpoint).await?;

        let runtime = Runtime::new(sdk, clock.as_clock(), Entropy::system(), Variables::default());
        let shared = Arc::new(Shared {
            functions: functions::Functions::new(&runtime, &data.join("agency"), &url),
            tokens: tokens::Tokens::open(&data.join("token.key"), oidc::issuer(&url))?,
            codes: oidc::Codes::default(),
            sessions: oidc::Sessions::default(),
            engine: tokio::sync::Mutex::new(open_engine(&data, &failures)?),
            objects: calls::s3_client(&runtime.sdk),
            http: client::Http::new()?,
            clock,
            zone,
            tables,
            captures,
            meter,
            secret,
            url,
            site: options.site,
            desk: options.desk,
            agency: data.join("agency"),
        });
        spawn_router(&mut tasks, &shared, router);
        if options.background {
            spawn_background(&mut tasks, &shared);
        }
        Ok(Self { shared, _tasks: tasks, data })
    }
}

/// The data folder, begun as a copy of the seed where there is one.
fn open_data(options: &Options) -> anyhow::Result<data::DataFolder> {
    let data = data::DataFolder::open(options.data.as_deref())?;
    if let Some(seed) = &options.seed {
        agency::copy_folder(seed, data.path())
            .with_context(|| format!("the data folder {} cannot be copied", seed.display()))?;
    }
    Ok(data)
}

fn open_engine(
    data: &data::DataFolder,
    failures: &Arc<failures::Failures>,
) -> anyhow::Result<engine::Engine> {
    Ok(engine::Engine {
        streams: stream::Streams::open(data.join("streams.json"), Arc::clone(failures))?,
        queues: queue::Queues::open(data.path(), failures)?,
    })
}

/// What every SDK client of the stack starts from: one endpoint for all services.
fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new(objects::ACCESS_KEY, objects::SECRET_KEY, None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .build()
}

/// Serves the AWS services on loopback; what finds them there.
async fn spawn_endpoint(
    tasks: &mut JoinSet<()>,
    endpoint: Arc<endpoint::Endpoint>,
) -> anyhow::Result<SdkConfig> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let sdk = sdk_config(&format!("http://{}", listener.local_addr()?));
    tasks.spawn(async move {
        server::serve(listener, usize::MAX, move |ask| {
            let endpoint = Arc::clone(&endpoint);
            async move { endpoint.answer(ask).await }
        })
        .await;
    });
    Ok(sdk)
}

fn spawn_router(tasks: &mut JoinSet<()>, shared: &Arc<Shared>, listener: TcpListener) {
    let shared = Arc::clone(shared);
    tasks.spawn(async move {
        server::serve(listener, BODY_LIMIT, move |ask| {
            let shared = Arc::clone(&shared);
            async move { Ok(router::answer(&shared, ask).await) }
        })
        .await;
    });
}

fn spawn_background(tasks: &mut JoinSet<()>, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tasks.spawn(async move {
        loop {
            if let Err(error) = engine::tick(&shared).await {
                tracing::error!(error = format!("{error:#}"), "background round failed");
            }
            tokio::time::sleep(ROUND).await;
        }
    });
}

#[cfg(test)]
mod tests;
