//! `precinct hold`: places, lifts and lists legal holds. What is held is deleted by nothing and nobody until it is lifted.
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use records::{Hold as InForce, Scope};
use table::holds::{Holds, Lifted};

use super::place::{Place, Where};
use super::target::{Kind, Target};

/// What to do with holds.
#[derive(Debug, Subcommand)]
pub enum Hold {
    /// Place a hold.
    Add(Order),
    /// Lift a hold.
    Remove(Order),
    /// List the holds in force and those that were lifted.
    List(Where),
}

/// A hold to be placed or lifted.
#[derive(Args, Debug)]
pub struct Order {
    /// Who or what.
    #[command(flatten)]
    pub target: Target,
    /// Why, e.g. the number of the lawsuit; without personal data.
    #[arg(long)]
    pub reason: String,
    /// Who orders it.
    #[arg(long)]
    pub by: String,
    /// Where.
    #[command(flatten)]
    pub place: Where,
}

impl Hold {
    /// Does it and prints what is then in force.
    pub async fn run(&self) -> anyhow::Result<()> {
        let (Self::Add(Order { place: at, .. }) | Self::Remove(Order { place: at, .. }) | Self::List(at)) =
            self;
        tell!("{}", self.at(&at.open().await?).await?);
        Ok(())
    }

    /// The same at an opened place; what is then in force, in words.
    pub async fn at(&self, place: &Place) -> anyhow::Result<String> {
        match self {
            Self::Add(order) => order.change(place, true).await?,
            Self::Remove(order) => order.change(place, false).await?,
            Self::List(_) => {}
        }
        list(place).await
    }
}

impl Order {
    async fn change(&self, place: &Place, adds: bool) -> anyhow::Result<()> {
        if self.reason.trim().is_empty() || self.by.trim().is_empty() {
            bail!("say why (--reason) and who orders it (--by)");
        }
        let action = if adds { "precinct hold add" } else { "precinct hold remove" };
        let holds = if self.target.kind == Kind::Officer { &place.officer_holds } else { &place.holds };
        let mut values = Vec::new();
        for name in self.target.resolved()? {
            values.push(match self.target.kind {
                Kind::Person => place.opener.planning.contacts.index(&name).await?,
                _ => name,
            });
        }
        // The record comes first: what cannot be recorded is not done.
        place.audit(&self.by, action, values.clone(), 200).await?;
        for value in values {
            if adds { self.add(place, holds, value).await? } else { self.lift(place, holds, value).await? }
        }
        Ok(())
    }

    async fn add(&self, place: &Place, holds: &Holds, value: String) -> anyhow::Result<()> {
        let (by, reason) = (self.by.clone(), self.reason.clone());
        let hold = InForce { scope: self.target.kind.scope(), value, by, since: place.now(), reason };
        match holds.place(&hold).await {
            // In force already: placing it twice is no fault, and the first one keeps its date.
            Err(error) if error.is_condition() => Ok(()),
            result => Ok(result?),
        }
    }

    async fn lift(&self, place: &Place, holds: &Holds, value: String) -> anyhow::Result<()> {
        let scope = self.target.kind.scope();
        let in_force = holds.in_force().await?.holds;
        let hold = in_force.into_iter().find(|hold| hold.scope == scope && hold.value == value);
        let hold = hold.with_context(|| {
            format!("there is no hold on this {scope}; `precinct hold list` tells which there are")
        })?;
        let lifted = Lifted {
            hold,
            lifted_by: self.by.clone(),
            lifted_at: place.now(),
            lifted_because: self.reason.clone(),
        };
        Ok(holds.lift(&lifted).await?)
    }
}

/// What is in force, and what was. A person stands there by the index of the address alone.
async fn list(place: &Place) -> anyhow::Result<String> {
    let (mut text, mut lifted) = (String::new(), Vec::new());
    for holds in [&place.holds, &place.officer_holds] {
        for hold in holds.in_force().await?.holds {
            let InForce { scope, value, by, since, reason } = &hold;
            write!(text, "\n  {scope} {}, since {since}, by {by}: {reason}", shown(*scope, value))?;
        }
        lifted.extend(holds.lifted().await?);
    }
    let mut text = if text.is_empty() { "nothing is held".to_owned() } else { format!("held now:{text}") };
    if !lifted.is_empty() {
        text.push_str("\nlifted:");
    }
    for Lifted { hold, lifted_by, lifted_at, lifted_because } in &lifted {
        let InForce { scope, value, since, .. } = hold;
        let shown = shown(*scope, value);
        write!(text, "\n  {scope} {shown}, {since} to {lifted_at}, by {lifted_by}: {lifted_because}")?;
    }
    Ok(text)
}

fn shown(scope: Scope, value: &str) -> String {
    if scope == Scope::Person { format!("(index {value})") } else { value.to_owned() }
}
