//! What the demonstration leaves in `target/demo/`: texts, e-mails, GeoJSON, the cell table, the story.
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use hotspot::manifest::Manifest;
use hotspot::{catalogue, manifest};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::stack::Stack;

/// An e-mail that was written to a file.
#[derive(Clone, Debug)]
pub(super) struct Filed {
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) at: Timestamp,
    /// Below the output folder.
    pub(super) file: String,
}

/// An empty folder at `output`: what an earlier demonstration left is removed.
pub(super) fn renew(output: &Path) -> anyhow::Result<()> {
    if output.exists() {
        fs::remove_dir_all(output).with_context(|| format!("{} cannot be emptied", output.display()))?;
    }
    write(output, "README.txt", "Written by `precinct demo`, which empties this folder each time it runs.\n")
}

/// Each text in a file of its own, named by time and number.
pub(super) fn texts(stack: &Stack, output: &Path, zone: &TimeZone) -> anyhow::Result<()> {
    for (number, text) in stack.texts()?.iter().enumerate() {
        let at = text.at.to_zoned_datetime(zone.clone());
        let name = format!("texts/{:02}.txt", number + 1);
        let content = format!("To: {}\nAt: {}\n\n{}\n", text.to, at.strftime("%Y-%m-%d %H:%M:%S"), text.body);
        write(output, &name, &content)?;
    }
    Ok(())
}

/// Each e-mail as the mail server got it.
pub(super) fn emails(stack: &Stack, output: &Path) -> anyhow::Result<Vec<Filed>> {
    let mut filed = Vec::new();
    for (number, email) in stack.emails()?.into_iter().enumerate() {
        let file = format!("emails/{:02}.eml", number + 1);
        let raw = fs::read(stack.captures_folder().join(format!("{}.eml", email.message_id)));
        write(output, &file, raw.context("an e-mail that was taken is not on file")?)?;
        filed.push(Filed { to: email.to, subject: email.subject, at: email.at, file });
    }
    Ok(filed)
}

/// The public bucket as a folder, unpacked: catalogue, manifest and the latest edition.
pub(super) async fn public(stack: &Stack, output: &Path) -> anyhow::Result<()> {
    let Some(manifest) = stack.public(manifest::KEY).await? else { return Ok(()) };
    let named: Manifest = serde_json::from_slice(&manifest)?;
    let beside =
        [catalogue::KEY, catalogue::KEY_3, catalogue::DICTIONARY_KEY, manifest::OUTLINE_KEY, manifest::KEY]
            .map(str::to_owned);
    let maps = named.files.into_iter().flat_map(|file| [file.path, file.csv]);
    for key in beside.into_iter().chain(maps) {
        let content = stack.public(&key).await?.with_context(|| format!("the public bucket lacks {key}"))?;
        write(output, &format!("public/{key}"), content)?;
    }
    Ok(())
}

/// The internal table of cells.
pub(super) fn cells(output: &Path, table: &[u8]) -> anyhow::Result<()> {
    write(output, "cells.csv", table)
}

/// Everything that was told.
pub(super) fn story(output: &Path, told: &str) -> anyhow::Result<()> {
    write(output, "story.txt", told)
}

/// Writes one file below `output`, with its folders.
pub(super) fn write(output: &Path, name: &str, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let path = output.join(name);
    let folder = path.parent().unwrap_or(output);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, content))
        .with_context(|| format!("{} cannot be written", path.display()))
}
