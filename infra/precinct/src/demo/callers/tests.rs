//! How a story is told, by snapshot; what is and is not worth telling.
use super::*;

fn at(text: &str) -> Timestamp {
    format!("2026-07-04T{text}:00-05:00").parse().unwrap()
}

fn decision(time: &str, kind: Kind, channel: Channel, state: &str, reason: Option<Reason>) -> Decision {
    Decision {
        person: "p1".into(),
        kind,
        channel,
        state: state.into(),
        reason,
        until: None,
        decided_at: at(time),
    }
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

#[test]
fn a_story_is_told_in_the_order_of_time() {
    let mut lines = held(&[
        decision("12:10", Kind::OfficersOnTheWay, Channel::Text, "suppressed", Some(Reason::OptedOut)),
        decision("12:00", Kind::CallReceived, Channel::Text, "accepted", None),
    ]);
    lines.push(Line {
        at: at("12:02"),
        entry: Entry::Reply { from: "+12185550144".into(), words: "STOP".into() },
    });
    let words = "Example City Police: we have your call 26-048118. Reply STOP to end.".to_owned();
    lines.push(Line { at: at("12:00"), entry: Entry::Text { to: "+12185550144".into(), words } });
    insta::assert_snapshot!(tell("Fireworks", "Lee answers the first text with STOP.", lines, &zone()).trim_start(), @r#"
    ── Fireworks ─────────────────────────────────────────────────────────────────────────────
    Lee answers the first text with STOP.

        12:00  Text to 218-555-0144
               ╭────────────────────────────────────────╮
               │ Example City Police: we have your call │
               │ 26-048118. Reply STOP to end.          │
               ╰────────────────────────────────────────╯
        12:02  Answer from 218-555-0144
               ╭──────╮
               │ STOP │
               ╰──────╯
        12:10  Held back: "officers are on the way", by text. The person answered STOP.
               [opted_out]
    "#);
}

#[test]
fn what_waits_says_until_when_and_both_channels_stand_together() {
    let until = Some("2026-07-05T08:00:00-05:00".parse().unwrap());
    let waits =
        |channel| Decision { until, ..decision("22:52", Kind::CaseNumber, channel, "deferred", None) };
    let mut lines = held(&[waits(Channel::Text), waits(Channel::Email)]);
    lines.push(Line {
        at: "2026-07-05T08:00:00-05:00".parse().unwrap(),
        entry: Entry::Email {
            to: "ola@example.com".into(),
            subject: "your report 26-1192".into(),
            file: "emails/01.eml".into(),
        },
    });
    insta::assert_snapshot!(tell("A break-in", "The number can wait.", lines, &zone()).trim_start(), @r#"
    ── A break-in ────────────────────────────────────────────────────────────────────────────
    The number can wait.

        22:52  Waits until Sunday 08:00: "your report has a number", by text and e-mail.
               [deferred]
    Sun 08:00  E-mail to ola@example.com: "your report 26-1192" (emails/01.eml)
    "#);
}

#[track_caller]
fn check(decisions: &[Decision], expected: usize) {
    assert_eq!(held(decisions).len(), expected);
}

#[test]
fn only_what_was_held_back_is_listed() {
    check(&[decision("12:00", Kind::CallReceived, Channel::Text, "pending", None)], 0);
    check(&[decision("12:00", Kind::CallReceived, Channel::Text, "delivered", None)], 0);
    check(
        &[decision("12:00", Kind::CallReceived, Channel::Text, "suppressed", Some(Reason::RoleNotNotified))],
        0,
    );
    check(&[decision("12:00", Kind::CallReceived, Channel::Text, "expired", None)], 1);
}

#[test]
fn the_same_decision_is_listed_once_also_for_one_person_in_call_and_case() {
    let first = decision("12:00", Kind::CallReceived, Channel::Text, "suppressed", Some(Reason::Minor));
    let linked = Decision { person: "call.p1".into(), ..first.clone() };
    let other = Decision { person: "p2".into(), ..first.clone() };
    check(&[first.clone(), first.clone(), linked], 1);
    check(&[first, other], 2);
}

#[test]
fn numbers_are_written_as_people_do() {
    assert_eq!(phone("+12185550144"), "218-555-0144");
    assert_eq!(phone("+447700900123"), "+447700900123");
}
