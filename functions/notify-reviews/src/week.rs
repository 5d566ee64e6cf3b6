//! Mondays: how reviews stand, for the commanders. Counts, and the load of each supervisor by id; no officer under review.
use std::collections::BTreeMap;
use std::fmt::Write;

use eis::case::{Case, Outcome, State};
use eis::record::Status;
use eis::{Known, Ledger};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::ToSpan;
use jiff::civil::Date;
use table::StoreError;
use table::notices::Letter;

use crate::{Context, Round, letters};

/// Ledgers read at once.
const IN_FLIGHT: usize = 16;

/// The week in counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Week {
    from: Date,
    opened: usize,
    closed: BTreeMap<String, usize>,
    open: BTreeMap<State, usize>,
    overdue: usize,
    contested: usize,
    /// Open cases by the officer's supervisor.
    load: BTreeMap<String, usize>,
    watched: usize,
    training_overdue: usize,
}

/// Writes the summary of the seven days before `monday`; false where it is there, or no mailbox is named.
pub(crate) async fn tell(context: &Context, round: Round, monday: Date) -> anyhow::Result<bool> {
    let Some(mailbox) = &context.commanders else { return Ok(false) };
    let week = count(context, round, monday).await?;
    let letter = week.letter();
    Ok(letters::write(context, round, &format!("week|{monday}"), mailbox, &letter).await?)
}

async fn count(context: &Context, round: Round, monday: Date) -> anyhow::Result<Week> {
    let from = monday.saturating_sub(7.days());
    let mut week = Week { from, ..Week::default() };
    for filed in context.personnel.cases_since(from).await? {
        week.add(&filed.case, monday, round.on);
        if !filed.case.is_closed() {
            let profile = context.personnel.profile(&filed.case.officer_id).await?;
            let above = profile.and_then(|profile| profile.post.supervisor_id);
            *week.load.entry(above.unwrap_or_else(|| "nobody".into())).or_default() += 1;
        }
    }
    week.watched = context.personnel.last_run().await?.map_or(0, |run| run.watched.len());
    week.training_overdue = training_overdue(context, round).await?;
    Ok(week)
}

/// Officers on duty with a course overdue or run out.
async fn training_overdue(context: &Context, round: Round) -> Result<usize, StoreError> {
    let one = |id: String| async move {
        let revisions = context.personnel.revisions(&id, round.at).await?;
        let ledger = Ledger::new(revisions, Known::Recorded(round.at));
        let late = |status| matches!(status, Status::Overdue | Status::Expired);
        let overdue = ledger.training(&id, round.on).iter().any(|course| late(course.status));
        let profile = context.personnel.profile(&id).await?;
        Ok::<_, StoreError>(overdue && profile.is_some_and(|profile| profile.post.active))
    };
    let ids = context.personnel.officers().await?;
    let found: Vec<bool> =
        stream::iter(ids.into_iter().map(one)).buffer_unordered(IN_FLIGHT).try_collect().await?;
    Ok(found.into_iter().filter(|overdue| *overdue).count())
}

impl Week {
    /// What happened in the week before `monday`, and what is open `on` the day of the letter.
    fn add(&mut self, case: &Case, monday: Date, on: Date) {
        let within = |day: Date| self.from <= day && day < monday;
        self.opened += usize::from(within(case.opened_on));
        if case.closed_on.is_some_and(within) {
            let how = case.outcome.map_or("nothing to do", outcome);
            *self.closed.entry(how.into()).or_default() += 1;
        }
        if !case.is_closed() {
            *self.open.entry(case.state).or_default() += 1;
            self.overdue += usize::from(case.is_overdue(on));
            self.contested += usize::from(case.is_contested());
        }
    }

    fn letter(&self) -> Letter {
        let list = |rows: Vec<String>| if rows.is_empty() { "none".to_owned() } else { rows.join(", ") };
        let closed = self.closed.iter().map(|(how, count)| format!("{count} {how}")).collect();
        let open = self.open.iter().map(|(state, count)| format!("{count} {state:?}")).collect();
        let load = self.load.iter().map(|(who, count)| format!("{who} {count}")).collect();
        let mut body = format!("Reviews in the week from {}.\n\n", self.from.strftime("%A, %B %-d"));
        let _ = writeln!(body, "Opened: {}", self.opened);
        let _ = writeln!(body, "Closed: {}", list(closed));
        let _ = writeln!(body, "Open now: {}", list(open));
        let _ = writeln!(body, "Overdue: {}; contested and not ruled on: {}", self.overdue, self.contested);
        let _ = writeln!(body, "Open reviews by supervisor: {}", list(load));
        let _ = writeln!(body, "On supervisors' own lists: {}", self.watched);
        let _ = writeln!(body, "Officers with training overdue: {}", self.training_overdue);
        body.push_str(
            "\nMost reviews find nothing that needs doing. Names and reasons are in the staff desk.\n",
        );
        Letter { subject: "Reviews: the week".into(), body }
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Improved => "improved",
        Outcome::NoChange => "no change",
        Outcome::Worse => "worse",
        Outcome::Left => "left",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_in_counts() {
        let week = Week {
            from: "2026-06-29".parse().unwrap(),
            opened: 3,
            closed: [("improved".into(), 1)].into(),
            open: [(State::UnderReview, 2), (State::FollowUp, 1)].into(),
            overdue: 1,
            contested: 0,
            load: [("E-1004".into(), 2), ("E-1009".into(), 1)].into(),
            watched: 5,
            training_overdue: 4,
        };
        let letter = week.letter();
        insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.body), @"
        Reviews: the week

        Reviews in the week from Monday, June 29.

        Opened: 3
        Closed: 1 improved
        Open now: 2 UnderReview, 1 FollowUp
        Overdue: 1; contested and not ruled on: 0
        Open reviews by supervisor: E-1004 2, E-1009 1
        On supervisors' own lists: 5
        Officers with training overdue: 4

        Most reviews find nothing that needs doing. Names and reasons are in the staff desk.
        ");
    }
}
