//! What a command is about, as it is named on the command line.
use std::collections::BTreeSet;
use std::io::BufRead;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use incident::address;
use records::Scope;
use updates::Subject;

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A person, by telephone numbers and e-mail addresses.
    Person,
    /// A call, by number.
    Incident,
    /// A case, by number.
    Case,
    /// An officer, by id.
    Officer,
}

/// Who or what.
#[derive(Args, Clone, Debug)]
pub struct Target {
    /// What is named.
    pub kind: Kind,
    /// The number, the id, or every address known of the person; `-` reads one from each line of standard input, so that
    /// none stands in the shell's history.
    #[arg(required = true)]
    pub names: Vec<String>,
}

impl Kind {
    /// The same for a hold.
    pub(super) fn scope(self) -> Scope {
        match self {
            Self::Person => Scope::Person,
            Self::Incident => Scope::Incident,
            Self::Case => Scope::Case,
            Self::Officer => Scope::Officer,
        }
    }
}

impl Target {
    /// The names, read from standard input where the command says so, addresses normalised.
    pub(super) fn resolved(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut names = self.names.clone();
        if names == ["-"] {
            names = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
            names.retain(|name| !name.trim().is_empty());
        }
        if names.is_empty() {
            bail!("nobody is named");
        }
        if self.kind != Kind::Person {
            anyhow::ensure!(names.len() == 1, "name one {} at a time", self.kind.scope());
            return Ok(names.into_iter().collect());
        }
        names
            .iter()
            .map(|name| {
                normalised(name)
                    .context("an address can be used by nobody: give a ten-digit number or an e-mail")
            })
            .collect()
    }

    /// Key of the call or case, where it is one.
    pub(super) fn subject(&self, name: &str) -> Option<String> {
        match self.kind {
            Kind::Incident => Some(Subject::incident_key(name)),
            Kind::Case => Some(Subject::case_key(name)),
            Kind::Person | Kind::Officer => None,
        }
    }
}

/// An address as the tables know it.
pub(super) fn normalised(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains('@') { address::email(text).ok() } else { address::phone(text).ok() }
}
