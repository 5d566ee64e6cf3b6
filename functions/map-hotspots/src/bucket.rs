//! A bucket behind its client: whole objects, conditional writes, lists. The one place that names S3 calls.
use anyhow::{Context as _, Result, anyhow};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

/// Reads and writes in flight at a time: enough to hide the round trip, few enough for a small function.
pub const IN_FLIGHT: usize = 32;

/// A bucket by name.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// An object and the tag of its content.
#[derive(Clone, Debug)]
pub struct Object {
    /// Content.
    pub body: Bytes,
    /// Entity tag, for a conditional write.
    pub etag: String,
}

/// On what a write depends.
#[derive(Clone, Copy, Debug)]
pub enum If<'a> {
    /// Nothing: the last writer wins.
    Anything,
    /// There must be no object yet.
    Absent,
    /// The object must still have this tag.
    Tag(&'a str),
}

/// How an object is to be served.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// Media type.
    pub content_type: &'a str,
    /// `gzip`, or nothing.
    pub content_encoding: Option<&'a str>,
    /// How long others may keep it.
    pub cache_control: Option<&'a str>,
    /// User metadata `as-of`.
    pub as_of: Option<&'a str>,
}

/// What became of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Written.
    Done,
    /// The condition did not hold; nothing was written.
    Refused,
}

impl Bucket {
    /// The bucket called `name`.
    pub fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// The object at `key`, if there is one.
    pub async fn get(&self, key: &str) -> Result<Option<Object>> {
        let output = match self.client.get_object().bucket(&self.name).key(key).send().await {
            Ok(output) => output,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(failed("read", key, &error)),
        };
        let etag = output.e_tag.unwrap_or_default();
        let body = output.body.collect().await.with_context(|| format!("reading {key}"))?;
        Ok(Some(Object { body: body.into_bytes(), etag }))
    }

    /// The objects at `keys` in their order, absent ones left out.
    pub async fn get_all(&self, keys: &[String]) -> Result<Vec<(String, Object)>> {
        let reads = stream::iter(keys.to_vec()).map(async |key| anyhow::Ok((self.get(&key).await?, key)));
        let objects: Vec<_> = reads.buffered(IN_FLIGHT).try_collect().await?;
        Ok(objects.into_iter().filter_map(|(object, key)| Some((key, object?))).collect())
    }

    /// The value of the metadata `as-of` of the object at `key`.
    pub async fn as_of(&self, key: &str) -> Result<Option<String>> {
        match self.client.head_object().bucket(&self.name).key(key).send().await {
            Ok(output) => Ok(output.metadata.and_then(|mut metadata| metadata.remove("as-of"))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(failed("look at", key, &error)),
        }
    }

    /// Writes the object at `key`.
    pub async fn put(&self, key: &str, body: Bytes, condition: If<'_>, headers: Headers<'_>) -> Result<Put> {
        let call = self.client.put_object().bucket(&self.name).key(key).body(ByteStream::from(body));
        let call = call
            .content_type(headers.content_type)
            .set_content_encoding(headers.content_encoding.map(str::to_owned))
            .set_cache_control(headers.cache_control.map(str::to_owned));
        let call = match headers.as_of {
            Some(as_of) => call.metadata("as-of", as_of),
            None => call,
        };
        let call = match condition {
            If::Anything => call,
            If::Absent => call.if_none_match("*"),
            If::Tag(tag) => call.if_match(tag),
        };
        match call.send().await {
            Ok(_) => Ok(Put::Done),
            Err(error) if is_refused(&error) => Ok(Put::Refused),
            Err(error) => Err(failed("write", key, &error)),
        }
    }

    /// Keys that begin with `prefix`, sorted.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut next = None;
        loop {
            let call = self.client.list_objects_v2().bucket(&self.name).prefix(prefix);
            let page = call.set_continuation_token(next).send().await;
            let page = page.map_err(|error| failed("list", prefix, &error))?;
            keys.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key));
            next = page.next_continuation_token;
            if next.is_none() {
                keys.sort();
                return Ok(keys);
            }
        }
    }

    /// Removes objects; absent ones are no error.
    pub async fn delete_all(&self, keys: &[String]) -> Result<()> {
        let calls = stream::iter(keys.to_vec()).map(async |key| {
            let result = self.client.delete_object().bucket(&self.name).key(&key).send().await;
            result.map(drop).map_err(|error| failed("delete", &key, &error))
        });
        calls.buffered(IN_FLIGHT).try_collect().await
    }
}

fn is_absent<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("NoSuchKey" | "NotFound"))
}

/// The condition did not hold, or another conditional write was under way.
fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict"))
}

fn failed<E, R>(what: &str, key: &str, error: &SdkError<E, R>) -> anyhow::Error
where
    SdkError<E, R>: std::error::Error,
{
    anyhow!("cannot {what} {key}: {}", DisplayErrorContext(error))
}
