//! S3 on the wire: buckets are folders of the data folder.
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use http_body_util::BodyExt;
use hyper::StatusCode;
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};

use super::server::{Ask, Reply, plain};

/// Access key of every client of the stack.
pub(crate) const ACCESS_KEY: &str = "local";
/// Secret key of every client of the stack.
pub(crate) const SECRET_KEY: &str = "local-secret";

/// The receiver.
pub(crate) struct Objects(S3Service);

impl Objects {
    /// Buckets under `root`.
    pub(crate) fn open(root: &Path) -> anyhow::Result<Self> {
        let files = s3s_fs::FileSystem::new(root)
            .map_err(|error| anyhow!("the buckets in {} cannot be opened: {error:?}", root.display()))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let mut config = S3Config::default();
        // Signatures carry the time of the virtual clock or of the machine: neither is late.
        config.presigned_url_max_skew_time_secs = u32::MAX;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        Ok(Self(builder.build()))
    }

    /// Answers one call.
    pub(crate) async fn answer(&self, ask: Ask) -> Reply {
        let broken = |error: &dyn std::fmt::Debug| {
            tracing::error!(?error, "S3 call failed inside the local stack");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "InternalError")
        };
        match self.0.call(ask.map(s3s::Body::from)).await {
            Ok(reply) => {
                let (head, body) = reply.into_parts();
                match body.collect().await {
                    Ok(body) => Reply::from_parts(head, body.to_bytes()),
                    Err(error) => broken(&error),
                }
            }
            Err(error) => broken(&error),
        }
    }
}
