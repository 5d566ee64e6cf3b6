//! The agency folder of the stack: a copy with every mode on and every text approved, since nothing leaves this
//! machine. The shipped folder and the deployed functions know no such switch.
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use startup::agency::Folder;
use updates::approvals::{PAGES, files_hash, page_hash};
use updates::deny::DenyLists;

/// What replaces the `[modes]` of `agency.toml`.
const MODES: &str =
    "\n[modes]\nupdates = \"live\"\nalerts = \"on\"\nalerts_from = \"1900-01-01\"\nmap = \"on\"\n";

/// Copies the folder at `from` to `to`, which is replaced; `live` turns its modes on. Tasks are posted to the stack at
/// `url`, never to where the folder says; without it, nowhere.
pub fn copy(from: &Path, to: &Path, live: bool, url: Option<&str>) -> anyhow::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("{} cannot be replaced", to.display()))?;
    }
    copy_folder(from, to)
        .with_context(|| format!("the agency folder {} cannot be copied", from.display()))?;
    let agency = to.join("agency.toml");
    let text = fs::read_to_string(&agency).context("the agency folder has no agency.toml")?;
    let mut text = without(&text, "[task_webhook]");
    if let Some(url) = url {
        writeln!(text, "\n[task_webhook]\nurl = \"{url}/_local/webhooks\"")?;
    }
    if live {
        text = without(&text, "[modes]") + MODES;
    }
    fs::write(&agency, text)?;
    if live {
        fs::write(to.join("approvals.toml"), approvals(&Folder::new(to))?)?;
    }
    Ok(())
}

/// Copies everything below `from` to `to`.
pub fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The settings without `table`.
fn without(text: &str, table: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = line.trim() == table;
        }
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Approvals of everything as it stands. Two names, so that deny lists beyond those as shipped can be tried here.
fn approvals(folder: &Folder) -> anyhow::Result<String> {
    let mut approvals = String::from("# Written by the local stack: everything counts as approved here.\n");
    let mut sign = |heading: &str, name: &str, hash: &str| {
        write!(approvals, "{heading}\nname = \"{name}\"\ndate = \"1900-01-01\"\nhash = \"{hash}\"\n")
    };
    for language in folder.list("texts", "").unwrap_or_default() {
        let hash = files_hash(&folder.files(&format!("texts/{language}"), "toml")?);
        sign(&format!("[texts.{language}]"), "local stack", &hash)?;
    }
    for (file, text) in folder.files(PAGES, "toml").unwrap_or_default() {
        let language = file.trim_end_matches(".toml");
        sign(&format!("[pages.{language}]"), "local stack", &page_hash(&file, &text))?;
    }
    // Lists that cannot be read are named by the function that needs them.
    if let Ok(lists) = folder.toml::<DenyLists>("updates.toml") {
        sign("[[deny_list]]", "local stack", &lists.hash())?;
        sign("[[deny_list]]", "the same stack again", &lists.hash())?;
    }
    Ok(approvals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_left_out_and_the_rest_stays() {
        let text =
            "name = \"A\"\n[modes]\nupdates = \"shadow\"\nmap = \"off\"\n[groups]\nadmin = \"admin\"\n";
        assert_eq!(without(text, "[modes]"), "name = \"A\"\n[groups]\nadmin = \"admin\"\n");
    }
}
