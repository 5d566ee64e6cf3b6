//! The words of the e-mails, and the rows that carry them, sealed.
use std::fmt::Write;

use eis::case::{Case, State};
use jiff::civil::Date;
use table::StoreError;
use table::notices::{Carrier, Letter, Notice, Told};

use crate::{Context, DIGEST_LASTS, LETTER_LASTS, Round};

/// What a supervisor is told in one e-mail.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    pub(crate) new: Vec<Line>,
    pub(crate) due: Vec<Line>,
    pub(crate) overdue: Vec<Line>,
}

/// One case in a digest.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    alert_id: String,
    unit: String,
    state: State,
    due_on: Option<Date>,
}

impl Line {
    /// `case` as it will stand after this round.
    pub(crate) async fn of(context: &Context, case: &Case, round: Round) -> Result<Self, StoreError> {
        let profile = context.personnel.profile(&case.officer_id).await?;
        let is_new = case.state == State::Detected;
        let review_days = i64::from(context.rules.workflow.review_days);
        Ok(Self {
            alert_id: case.alert_id.clone(),
            unit: profile.map(|profile| profile.post.unit).unwrap_or_default(),
            state: case.state,
            due_on: if is_new {
                Some(round.on.saturating_add(jiff::Span::new().days(review_days)))
            } else {
                case.due_on
            },
        })
    }

    fn describe(&self, on: Date) -> String {
        let due = self.due_on.map_or(String::new(), |due| {
            let days = (on - due).get_days();
            let late = if days > 0 { format!(", {days} days ago") } else { String::new() };
            format!(", due {}{late}", due.strftime("%A, %B %-d"))
        });
        format!("- {} ({}): {}{due}.", self.alert_id, self.unit, wanted(self.state))
    }
}

/// What somebody has to do next.
fn wanted(state: State) -> &'static str {
    match state {
        State::Detected | State::Notified => "take up the review",
        State::UnderReview => "weigh contributions and events, and decide",
        State::OfficerResponse => "the officer may answer",
        State::Disposition => "second review, by a person other than the one who decided",
        State::SecondReview => "plan what was agreed, or close",
        State::InterventionPlanned => "begin what was planned",
        State::Active => "interventions under way",
        State::FollowUp => "look how it went",
        State::Closed => "closed",
    }
}

const FOOT: &str = "Each review shows the score as a sum, the rules that were met and the events behind both, in the staff \
                    desk. A review is for coaching, training and help; it is no finding and no ground for discipline. \
                    Officers are named by their id and reasons are left out, on \
                    purpose.\n\nNobody reads answers to this e-mail.\n";

impl Digest {
    fn letter(&self, on: Date) -> Letter {
        let counts = [(self.new.len(), "new"), (self.due.len(), "due"), (self.overdue.len(), "overdue")];
        let counts: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let mut body = String::new();
        for (title, lines) in [("New", &self.new), ("Due soon", &self.due), ("Overdue", &self.overdue)] {
            if lines.is_empty() {
                continue;
            }
            let _ = writeln!(body, "{title}\n");
            for line in lines {
                let _ = writeln!(body, "{}", line.describe(on));
            }
            body.push('\n');
        }
        body.push_str(FOOT);
        Letter { subject: format!("Reviews: {}", counts.join(", ")), body }
    }
}

/// Writes the digest for `address`; false where it is there, or there is nobody to write to.
pub(crate) async fn digest(
    context: &Context,
    round: Round,
    address: &str,
    digest: &Digest,
) -> Result<bool, StoreError> {
    if address.is_empty() {
        return Ok(false);
    }
    let name = format!("digest|{address}|{}", round.on);
    write(context, round, &name, address, &digest.letter(round.on)).await
}

/// Tells the officer that a review was opened. Nobody is told at an address that the roster does not hold.
pub(crate) async fn officer(context: &Context, round: Round, case: &Case) -> Result<(), StoreError> {
    let Some(profile) = context.personnel.profile(&case.officer_id).await? else { return Ok(()) };
    let names = context.personnel.names(&context.ring, &profile).await?;
    let Some(address) = names.email else { return Ok(()) };
    let letter = officer_letter(case, context.rules.workflow.response_days);
    write(context, round, &format!("officer|{}", case.alert_id), &address, &letter).await.map(drop)
}

fn officer_letter(case: &Case, response_days: u16) -> Letter {
    let body = format!(
        "A review of your record was opened on {} (number {}). It is not discipline, no finding, and no statement about \
         you: the record, compared with that of colleagues for the same amount of duty, stands out, and somebody should \
         sit down with you and ask why.\n\nYou can see everything that is held on you in the staff desk: the score as a \
         sum, every event it was made of, and each step of the review. If an event is wrong, or the work explains it, you \
         can write a statement, and you can contest it; somebody other than your reviewer then rules on that. Once your \
         supervisor asks for your answer you have {response_days} days, and nothing is decided before.\n\nYou may bring a \
         representative, as your agreement says.\n\nNobody reads answers to this e-mail.\n",
        case.opened_on.strftime("%A, %B %-d"),
        case.alert_id,
    );
    Letter { subject: "A review of your record was opened".into(), body }
}

/// A row of the outbox; false where it is there already.
pub(crate) async fn write(
    context: &Context,
    round: Round,
    name: &str,
    address: &str,
    letter: &Letter,
) -> Result<bool, StoreError> {
    let lasts = if name.starts_with("digest|") { DIGEST_LASTS } else { LETTER_LASTS };
    let pk = format!("STAFF#{}", context.messages.pseudonym(&format!("letter|{name}")).await?);
    let mut notice = Notice::new(&pk, "letter", Carrier::Email, Told::Letter, round.at, round.at + lasts);
    context.messages.seal_notice_address(&mut notice, address).await?;
    context.messages.seal_letter(&mut notice, letter).await?;
    match context.messages.create_notice(&notice).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_condition() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, state: State, due: &str) -> Line {
        Line { alert_id: id.into(), unit: "patrol-2".into(), state, due_on: due.parse().ok() }
    }

    #[test]
    fn a_digest_says_what_to_do_by_when_and_why() {
        let digest = Digest {
            new: vec![line("E-1053.2026-07-05", State::Detected, "2026-07-19")],
            due: Vec::new(),
            overdue: vec![line("E-1011.2026-06-10", State::UnderReview, "2026-07-01")],
        };
        let letter = digest.letter("2026-07-05".parse().unwrap());
        insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.body), @"
        Reviews: 1 new, 1 overdue

        New

        - E-1053.2026-07-05 (patrol-2): take up the review, due Sunday, July 19.

        Overdue

        - E-1011.2026-06-10 (patrol-2): weigh contributions and events, and decide, due Wednesday, July 1, 4 days ago.

        Each review shows the score as a sum, the rules that were met and the events behind both, in the staff desk. A review is for coaching, training and help; it is no finding and no ground for discipline. Officers are named by their id and reasons are left out, on purpose.

        Nobody reads answers to this e-mail.
        ");
    }

    #[test]
    fn no_subject_names_anybody() {
        let digest = Digest {
            new: vec![line("E-1053.2026-07-05", State::Detected, "2026-07-19")],
            ..Digest::default()
        };
        assert_eq!(digest.letter("2026-07-05".parse().unwrap()).subject, "Reviews: 1 new");
    }
}
