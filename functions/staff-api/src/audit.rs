//! The audit trail: one object per request, pseudonymous, each holding the hash of the one before, written with
//! If-None-Match into a bucket with Object Lock. A gap or an altered record breaks its writer's chain.
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context as _;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumAlgorithm;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use sha2::{Digest, Sha256};
use startup::{Entropy, Runtime};
use tokio::sync::Mutex;

use crate::caller::Role;

/// What was done, by whom, about whom.
#[derive(Clone, Debug)]
pub struct Act {
    /// Pseudonym of the token's subject, or of the name that a command was given.
    pub actor: String,
    /// In which roles.
    pub roles: BTreeSet<Role>,
    /// Address without its values, or the command.
    pub action: &'static str,
    /// Pseudonyms of officers or incidents shown.
    pub about: Vec<String>,
    /// HTTP status of the answer: refusals are recorded too.
    pub status: u16,
}

#[derive(Serialize)]
struct Record<'a> {
    writer: &'a str,
    seq: u64,
    at: Timestamp,
    actor: &'a str,
    roles: &'a BTreeSet<Role>,
    action: &'a str,
    about: &'a [String],
    status: u16,
    previous: &'a str,
}

/// Where this process stands in its chain.
#[derive(Clone, Debug)]
struct Link {
    writer: String,
    seq: u64,
    previous: String,
}

/// Writes the trail of one process.
#[derive(Clone, Debug)]
pub struct Trail {
    s3: aws_sdk_s3::Client,
    bucket: String,
    entropy: Entropy,
    /// Held while a record is written, so that the chain does not fork.
    link: Arc<Mutex<Link>>,
}

impl Trail {
    /// A trail with a new writer.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let config = Builder::from(&runtime.sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        let link = Link { writer: runtime.entropy.token(), seq: 0, previous: String::new() };
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(config),
            bucket: runtime.variables.required("AUDIT_BUCKET")?,
            entropy: runtime.entropy.clone(),
            link: Arc::new(Mutex::new(link)),
        })
    }

    /// Writes one record; an error means that nothing may be shown.
    pub async fn record(&self, at: Timestamp, act: Act) -> anyhow::Result<()> {
        let mut link = self.link.lock().await;
        loop {
            let seq = link.seq + 1;
            let record = Record {
                writer: &link.writer,
                seq,
                at,
                actor: &act.actor,
                roles: &act.roles,
                action: act.action,
                about: &act.about,
                status: act.status,
                previous: &link.previous,
            };
            let body = serde_json::to_vec(&record).context("audit record")?;
            let hash = hex::encode(Sha256::digest(&body));
            let day = at.to_zoned_datetime(TimeZone::UTC).date();
            let key = format!("audit/{day}/{}/{seq:010}.json", link.writer);
            if self.put(&key, body).await? {
                *link = Link { seq, previous: hash, ..link.clone() };
                return Ok(());
            }
            // An earlier attempt at this number was stored although its answer was lost: a new writer goes on
            // from the last record known to be whole.
            *link = Link { writer: self.entropy.token(), seq: 0, previous: link.previous.clone() };
        }
    }

    /// Whether the object was created; false if its key is taken.
    async fn put(&self, key: &str, body: Vec<u8>) -> anyhow::Result<bool> {
        let call = self.s3.put_object().bucket(&self.bucket).key(key).if_none_match("*");
        // S3 refuses an object for a bucket with a default retention that comes without a checksum.
        let call = call.checksum_algorithm(ChecksumAlgorithm::Sha256);
        let call = call.content_type("application/json").body(ByteStream::from(body));
        match Box::pin(call.send()).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("PreconditionFailed") => Ok(false),
            Err(error) => {
                let code = error.code().unwrap_or("no answer").to_owned();
                anyhow::bail!("audit record could not be written ({code})")
            }
        }
    }
}
