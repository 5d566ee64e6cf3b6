//! `precinct serve` as a process of its own, on a copy of the agency folder whose limits stand out of the way: the
//! machinery is measured, not the ramp that holds a small city's texts to three a second.
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use embedded::agency::copy_folder;

/// Lines of `updates.toml` and what they say for a measurement.
const RAISED: [(&str, &str); 3] = [
    ("breaker_per_minute = 60", "breaker_per_minute = 1000000"),
    ("spend_per_month_usd = 250.0", "spend_per_month_usd = 1000000.0"),
    ("texts_per_second = 3.0", "texts_per_second = 1000.0"),
];

/// A running server; it ends when dropped.
pub struct Server {
    process: Child,
    /// Base URL.
    pub url: String,
    /// The secret it tells at its start.
    pub secret: String,
    folder: PathBuf,
}

impl Server {
    /// Starts `program` on a fresh data folder and the agency folder `agency` with its limits raised.
    pub fn start(program: &Path, agency: &Path) -> anyhow::Result<Self> {
        let name = format!("precinct-load-{}-{}", std::process::id(), startup::Entropy::system().token());
        let folder = std::env::temp_dir().join(name);
        copy_raised(agency, &folder.join("agency"))?;
        let serve = Command::new(program)
            .args(["serve", "--port", "0"])
            .arg("--data")
            .arg(folder.join("data"))
            .arg("--agency")
            .arg(folder.join("agency"))
            .env_remove("PRECINCT_WEBHOOK_SECRET")
            .stdout(Stdio::piped())
            .spawn();
        let mut process = serve.with_context(|| format!("{} cannot be started", program.display()))?;
        let said = process.stdout.take().context("the server's output is not open")?;
        let mut said = BufReader::new(said).lines();
        let mut server = Self { process, url: String::new(), secret: String::new(), folder };
        while let Some(line) = said.next().transpose()? {
            if let Some(url) = line.strip_prefix("precinct: serving at ") {
                url.clone_into(&mut server.url);
            }
            if let Some(secret) = line.trim().strip_prefix("secret ") {
                secret.split_whitespace().next().unwrap_or_default().clone_into(&mut server.secret);
                // Whoever prints into a closed pipe ends; the rest is a few lines.
                std::thread::spawn(move || said.for_each(drop));
                return Ok(server);
            }
        }
        bail!("{} ended without serving", program.display())
    }

    /// Id of its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with us whatever it says to that; the folder is only ours.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Copies an agency folder with its limits raised.
pub fn copy_raised(from: &Path, to: &Path) -> anyhow::Result<()> {
    copy_folder(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    let file = to.join("updates.toml");
    let mut text = fs::read_to_string(&file)?;
    for (line, raised) in RAISED {
        ensure!(text.contains(line), "updates.toml of {} no longer says `{line}`", from.display());
        text = text.replace(line, raised);
    }
    Ok(fs::write(&file, text)?)
}
