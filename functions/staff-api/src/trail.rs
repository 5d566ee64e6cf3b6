//! Writes the audit trail: one object per request, pseudonymous, with If-None-Match into a bucket with Object Lock.
//! How records hang together is the rule of `shared/audit`, which `precinct audit verify` checks.
use std::sync::Arc;

use anyhow::Context as _;
use audit::{Act, Chain, Object};
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumAlgorithm;
use jiff::Timestamp;
use startup::{Entropy, Runtime};
use tokio::sync::Mutex;

/// Where this process stands.
#[derive(Debug)]
struct State {
    chain: Chain,
    /// A call was begun and nobody knows whether it was stored.
    in_doubt: bool,
}

/// Writes the trail of one process.
#[derive(Clone, Debug)]
pub struct Trail {
    s3: aws_sdk_s3::Client,
    bucket: String,
    entropy: Entropy,
    /// Held while a record is written, so that the chain does not fork.
    state: Arc<Mutex<State>>,
}

impl Trail {
    /// A trail with a new writer.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let config = Builder::from(&runtime.sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        let state = State { chain: Chain::new(runtime.entropy.token()), in_doubt: false };
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(config),
            bucket: runtime.variables.required("AUDIT_BUCKET")?,
            entropy: runtime.entropy.clone(),
            state: Arc::new(Mutex::new(state)),
        })
    }

    /// Writes one record; an error means that nothing may be shown.
    pub async fn record(&self, at: Timestamp, act: Act) -> anyhow::Result<()> {
        let mut state = self.state.lock().await;
        loop {
            if state.in_doubt {
                // The number may be taken, and after midnight its key would be another: a new writer goes on from
                // the last record known to be whole.
                state.chain = state.chain.continued_by(self.entropy.token());
            }
            let (object, after) = state.chain.next(at, act.clone()).context("audit record")?;
            // Until the answer is there; a request that is given up leaves it so.
            state.in_doubt = true;
            if self.put(object).await? {
                *state = State { chain: after, in_doubt: false };
                return Ok(());
            }
        }
    }

    /// Whether the object was created; false if its key is taken, as by an earlier attempt whose answer was lost.
    async fn put(&self, object: Object) -> anyhow::Result<bool> {
        let call = self.s3.put_object().bucket(&self.bucket).key(object.key).if_none_match("*");
        // S3 refuses an object for a bucket with a default retention that comes without a checksum.
        let call = call.checksum_algorithm(ChecksumAlgorithm::Sha256);
        let call = call.content_type("application/json").body(ByteStream::from(object.body));
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
