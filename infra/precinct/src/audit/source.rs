//! Where a trail is read from: the folder of a local stack, or every version of every object of a bucket.
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use audit::{Fault, PREFIX, Verifier};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

/// Objects read at a time.
const AT_ONCE: usize = 32;

/// Reads the audit bucket of a local stack; `root` is its folder.
pub(super) fn folder(root: &Path, verifier: &mut Verifier) -> anyhow::Result<()> {
    let top = root.join(PREFIX);
    if !root.is_dir() {
        return Err(anyhow!("{} is no folder: is --data the folder of a local stack?", root.display()));
    }
    let mut open = if top.is_dir() { vec![top] } else { Vec::new() };
    while let Some(folder) = open.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let body =
                    std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                let key = path.strip_prefix(root)?.components();
                let key: Vec<_> = key.map(|part| part.as_os_str().to_string_lossy()).collect();
                verifier.read(&key.join("/"), &body);
            }
        }
    }
    Ok(())
}

/// What the bucket says of one key.
#[derive(Default)]
struct Versions {
    /// The first that was written.
    oldest: Option<String>,
    count: usize,
    hidden: bool,
}

/// Reads the first version of every object; later versions and delete markers are breaks.
pub(super) async fn bucket(s3: &Client, bucket: &str, verifier: &mut Verifier) -> anyhow::Result<()> {
    let versions = versions(s3, bucket).await?;
    for (key, found) in &versions {
        if found.hidden {
            verifier.fault(key, Fault::Hidden);
        }
        if found.count > 1 {
            verifier.fault(key, Fault::Overwritten);
        }
    }
    let readable = versions.into_iter().filter_map(|(key, found)| Some((key, found.oldest?)));
    let bodies = stream::iter(readable).map(|(key, version)| read(s3, bucket, key, version));
    let mut bodies = bodies.buffer_unordered(AT_ONCE);
    while let Some((key, body)) = bodies.try_next().await? {
        verifier.read(&key, &body);
    }
    Ok(())
}

async fn read(s3: &Client, bucket: &str, key: String, version: String) -> anyhow::Result<(String, Vec<u8>)> {
    let answer = s3.get_object().bucket(bucket).key(&key).version_id(version).send().await;
    let answer = answer.map_err(|error| anyhow!("{key} cannot be read: {}", DisplayErrorContext(&error)))?;
    let body = answer.body.collect().await.with_context(|| format!("{key} cannot be read"))?;
    Ok((key, body.to_vec()))
}

/// Every key with its versions. S3 lists the newest version of a key first.
async fn versions(s3: &Client, bucket: &str) -> anyhow::Result<BTreeMap<String, Versions>> {
    let mut found: BTreeMap<String, Versions> = BTreeMap::new();
    let (mut key_marker, mut version_marker) = (None, None);
    loop {
        let call = s3.list_object_versions().bucket(bucket).prefix(PREFIX);
        let call = call.set_key_marker(key_marker).set_version_id_marker(version_marker);
        let page = call.send().await;
        let page =
            page.map_err(|error| anyhow!("{bucket} cannot be listed: {}", DisplayErrorContext(&error)))?;
        for version in page.versions() {
            let Some(key) = version.key() else { continue };
            let entry = found.entry(key.to_owned()).or_default();
            entry.oldest = version.version_id().map(str::to_owned);
            entry.count += 1;
        }
        for key in page.delete_markers().iter().filter_map(|marker| marker.key()) {
            found.entry(key.to_owned()).or_default().hidden = true;
        }
        if page.is_truncated() != Some(true) {
            return Ok(found);
        }
        (key_marker, version_marker) = (page.next_key_marker, page.next_version_id_marker);
    }
}

/// Whether records of the bucket can be deleted, in words.
pub(super) async fn lock(s3: &Client, bucket: &str) -> anyhow::Result<String> {
    let answer = s3.get_object_lock_configuration().bucket(bucket).send().await;
    let rule = match &answer {
        Ok(answer) => answer.object_lock_configuration().and_then(|lock| lock.rule()),
        Err(error) if error.code() == Some("ObjectLockConfigurationNotFoundError") => None,
        Err(error) => {
            return Err(anyhow!("{bucket} cannot be asked for its lock: {}", DisplayErrorContext(error)));
        }
    };
    let retention = rule.and_then(|rule| rule.default_retention());
    Ok(match retention.and_then(|retention| Some((retention.mode()?, retention.days()?))) {
        Some((mode, days)) => format!("Object Lock: {mode}, {days} days"),
        None => "WARNING: no Object Lock, records of this bucket can be deleted".to_owned(),
    })
}
