//! The e-mail about a task: what has to be done, by when, where to look. No name, no number, nothing anybody wrote.
use jiff::ZonedDateTime;
use updates::render::Rendered;
use updates::{Owner, TaskKind};

/// Subject and body for the mailbox of `owner`.
pub(super) fn words(kind: TaskKind, owner: Owner, due: ZonedDateTime, escalated: bool, id: &str) -> Rendered {
    let (title, what) = described(kind);
    let due = due.strftime("%A, %B %-d, %-I:%M %p");
    let (subject, state) = if escalated {
        (format!("OVERDUE: {title}"), "This task is overdue. It was due by")
    } else {
        (format!("Task: {title}"), "Please do it by")
    };
    let body = format!(
        "{what}\n\n{state} {due}.\n\nTask {id}. It is in the list of open tasks of the role {owner}; what it is about \
         is shown there, to people of that role. This e-mail holds none of it on purpose.\n\nNobody reads answers to \
         this e-mail.\n"
    );
    Rendered { subject, body }
}

/// A short title, and what is to be done.
fn described(kind: TaskKind) -> (&'static str, &'static str) {
    match kind {
        TaskKind::VictimUpdate => (
            "tell a victim in person",
            "News of a case could not or must not be sent by machine. Please tell the person in a way that is safe for \
             them.",
        ),
        TaskKind::EmergencyReply => (
            "a reply that sounds like an emergency",
            "Somebody answered one of our texts in words that sound like an emergency. They were told at once that \
             nobody reads that number and to call 911. Please read the text now and act on it.",
        ),
        TaskKind::CaseReply => (
            "a reply about a case",
            "Somebody answered a text about a case. Please read it and get in touch if it needs an answer.",
        ),
        TaskKind::PossibleRevocation => (
            "perhaps somebody wants no more texts",
            "Somebody wrote something that may mean that they want no more texts. Please read it; if that is what they \
             want, enter it as a revocation. The law allows ten business days from the day it came in.",
        ),
        TaskKind::HeldNews => (
            "news of a case is waiting to be released",
            "News of a charge or a referral has waited for a day. Please release it, or leave it held and say so.",
        ),
        TaskKind::FeedSilent => (
            "nothing comes from the CAD",
            "No event has come in from the CAD for longer than is usual. Until it speaks again callers are told nothing \
             new.",
        ),
        TaskKind::BreakerOpened => (
            "updates have stopped themselves",
            "More updates were about to leave in one minute than is plausible, so sending has stopped. Please find out \
             why before you let it go on.",
        ),
        TaskKind::SpendCapReached => (
            "the spending limit for texts is reached",
            "Texts are no longer sent because this month's limit is spent. E-mails still are.",
        ),
        TaskKind::RowUnreadable => (
            "a record cannot be read",
            "What is stored about a call or a case cannot be read, so nobody is told anything about it. The record of the \
             task says which one; docs/recovery.md says how it is mended.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due() -> ZonedDateTime {
        "2026-07-07T12:05:00-05:00[America/Chicago]".parse().unwrap()
    }

    #[test]
    fn an_emergency_says_what_by_when_and_where() {
        let mail = words(TaskKind::EmergencyReply, Owner::Dispatch, due(), false, "0123abcd");
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.body), @r"
        Task: a reply that sounds like an emergency

        Somebody answered one of our texts in words that sound like an emergency. They were told at once that nobody reads that number and to call 911. Please read the text now and act on it.

        Please do it by Tuesday, July 7, 12:05 PM.

        Task 0123abcd. It is in the list of open tasks of the role dispatch; what it is about is shown there, to people of that role. This e-mail holds none of it on purpose.

        Nobody reads answers to this e-mail.
        ");
    }

    #[test]
    fn every_kind_has_its_own_words() {
        let titles: std::collections::BTreeSet<&str> =
            TaskKind::ALL.iter().map(|kind| described(*kind).0).collect();
        assert_eq!(titles.len(), TaskKind::ALL.len());
        let late = words(TaskKind::CaseReply, Owner::Admin, due(), true, "0123abcd");
        assert!(late.subject.starts_with("OVERDUE: ") && late.body.contains("overdue"));
    }
}
