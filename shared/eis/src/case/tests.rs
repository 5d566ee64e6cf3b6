//! The life of a case: the whole way, every wrong turn, and who may take which.
use jiff::Timestamp;

use super::*;
use crate::alert::Engine;
use crate::ruleset::{Ruleset, Workflow};

const DAY: Date = Date::constant(2026, 7, 5);

fn flow() -> Workflow {
    Ruleset::parse(include_str!("../../../../infra/agency/eis.toml")).unwrap().workflow
}

fn trigger(rule: &str, indicator: Option<&str>) -> Trigger {
    let engine = if rule == "exceedance" || rule == "percentile" { Engine::Model } else { Engine::Threshold };
    Trigger { engine, rule: rule.into(), indicator: indicator.map(String::from) }
}

fn news(date: Date, triggers: &[Trigger]) -> News {
    let raised = |trigger: &Trigger| Raised { trigger: trigger.clone(), date, run_id: "run".into() };
    News {
        officer_id: "E-7".into(),
        at: Timestamp::UNIX_EPOCH,
        date,
        s: Micro::ONE,
        pct: 99.0,
        triggers: triggers.iter().map(raised).collect(),
        parties: BTreeSet::new(),
        notice_delay: None,
    }
}

fn opened() -> Case {
    let Raising::Open(case) = raise(None, &news(DAY, &[trigger("percentile", None)]), &flow()) else {
        panic!("nothing is open")
    };
    case
}

fn actor(id: &str, capacity: Capacity) -> Actor {
    Actor { id: id.into(), capacity }
}

fn sergeant() -> Actor {
    actor("sergeant", Capacity::Supervisor)
}

fn captain() -> Actor {
    actor("captain", Capacity::Commander)
}

fn officer() -> Actor {
    actor("officer", Capacity::Officer)
}

fn to(word: &str) -> Step {
    let (to, argument) = word.split_once(' ').unwrap_or((word, ""));
    let words = |name: &str| -> serde_json::Value {
        serde_json::json!({"to": to, name: argument.parse::<u16>().map_or_else(|_| argument.into(), serde_json::Value::from)})
    };
    let json = match to {
        _ if argument.is_empty() => serde_json::json!({"to": to}),
        "Disposition" => words("disposition"),
        "Closed" => words("outcome"),
        "FollowUp" => words("check"),
        "Adjudicated" => words("ruling"),
        _ => words("into"),
    };
    match to {
        "Notified" => Step::Notified,
        "Escalated" => Step::Escalated,
        _ => serde_json::from_value::<Request>(json).unwrap().step().unwrap(),
    }
}

fn try_step(case: &Case, by: &Actor, on: Date, word: &str) -> Result<Case, Refusal> {
    let flow = flow();
    let work = Work { case, by, at: Timestamp::UNIX_EPOCH, on, flow: &flow };
    work.step(&to(word), true).map(|(case, _)| case)
}

/// The case after `words`, each by its actor, all on one day.
fn walk(case: Case, on: Date, words: &[(&Actor, &str)]) -> Case {
    words.iter().fold(case, |case, (by, word)| {
        try_step(&case, by, on, word).unwrap_or_else(|error| panic!("{word}: {error:?}"))
    })
}

fn legal(case: &Case, by: &Actor) -> String {
    let flow = flow();
    Work { case, by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow }.legal().join(" ")
}

fn decided(disposition: &str) -> Case {
    let word = format!("Disposition {disposition}");
    walk(opened(), DAY, &[(&Actor::system(), "Notified"), (&sergeant(), "UnderReview"), (&sergeant(), &word)])
}

fn planned() -> Case {
    let case = walk(decided("Intervention"), DAY, &[(&captain(), "SecondReview")]);
    let (flow, by) = (flow(), sergeant());
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
    work.plan(Kind::Coaching, "E-1", Date::constant(2026, 8, 1), None).unwrap().0
}

fn finished() -> Case {
    let case = walk(planned(), DAY, &[(&sergeant(), "Active")]);
    let (flow, by) = (flow(), sergeant());
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
    work.progress(1, Progress::Done, false).unwrap().0
}

#[test]
fn the_whole_way_with_its_due_days() {
    let mut days = Vec::new();
    let mut case = opened();
    let mut note = |case: &Case| {
        days.push(format!("{:?} due {}", case.state, case.due_on.map_or("-".into(), |day| day.to_string())));
    };
    note(&case);
    for (by, word) in
        [(Actor::system(), "Notified"), (sergeant(), "UnderReview"), (sergeant(), "OfficerResponse")]
    {
        case = walk(case, DAY, &[(&by, word)]);
        note(&case);
    }
    let (flow_days, by) = (flow(), officer());
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow_days };
    case = work.statement(false).unwrap().0;
    for (by, word) in [(sergeant(), "Disposition Intervention"), (captain(), "SecondReview")] {
        case = walk(case, DAY, &[(&by, word)]);
        note(&case);
    }
    case = finished();
    let after = |days: i64| DAY.saturating_add(jiff::Span::new().days(days));
    refused(
        &walk(case.clone(), DAY, &[(&sergeant(), "FollowUp")]),
        &sergeant(),
        "FollowUp 30",
        "check: the look after 30 days is due on 2026-08-04",
    );
    for (days, word) in [
        (0, "FollowUp"),
        (30, "FollowUp 30"),
        (90, "FollowUp 90"),
        (180, "FollowUp 180"),
        (181, "Closed Improved"),
    ] {
        case = walk(case, after(days), &[(&sergeant(), word)]);
        note(&case);
    }
    insta::assert_snapshot!(days.join("\n"), @"
    Detected due 2026-07-05
    Notified due 2026-07-19
    UnderReview due 2026-07-19
    OfficerResponse due 2026-07-15
    Disposition due 2026-07-12
    SecondReview due 2026-07-19
    FollowUp due 2026-08-04
    FollowUp due 2026-10-03
    FollowUp due 2027-01-01
    FollowUp due 2027-01-15
    Closed due -
    ");
    assert_eq!((case.outcome, case.closed_on), (Some(Outcome::Improved), Some(after(181))));
}

#[test]
fn what_is_open_in_each_state() {
    insta::assert_snapshot!(open_steps(), @"
    Detected
      sergeant: UnderReview Closed/Left
      captain: UnderReview Closed/Left
    Notified
      sergeant: UnderReview Closed/Left
      captain: UnderReview Closed/Left
    UnderReview
      sergeant: OfficerResponse Disposition Closed/Left
      captain: OfficerResponse Disposition Closed/Left
    OfficerResponse
      sergeant: Closed/Left
      captain: Closed/Left
    Disposition
      sergeant: Closed/Left
      captain: UnderReview SecondReview Closed/Left
    SecondReview
      sergeant: Closed
      captain: Closed
    SecondReview
      sergeant: InterventionPlanned Closed/Left
      captain: InterventionPlanned Closed/Left
    InterventionPlanned
      sergeant: Active InterventionPlanned Closed/Left
      captain: Active InterventionPlanned Closed/Left
    Active
      sergeant: InterventionPlanned Closed/Left
      captain: InterventionPlanned Closed/Left
    Active
      sergeant: FollowUp InterventionPlanned Closed/Left
      captain: FollowUp InterventionPlanned Closed/Left
    FollowUp
      sergeant: FollowUp Closed/Left
      captain: FollowUp Closed/Left
    Closed
      sergeant: 
      captain: Reopened Merged
    ");
}

fn open_steps() -> String {
    let cases = [
        opened(),
        walk(opened(), DAY, &[(&Actor::system(), "Notified")]),
        walk(opened(), DAY, &[(&sergeant(), "UnderReview")]),
        walk(opened(), DAY, &[(&sergeant(), "UnderReview"), (&sergeant(), "OfficerResponse")]),
        decided("NoAction"),
        walk(decided("NoAction"), DAY, &[(&captain(), "SecondReview")]),
        walk(decided("Intervention"), DAY, &[(&captain(), "SecondReview")]),
        planned(),
        walk(planned(), DAY, &[(&sergeant(), "Active")]),
        finished(),
        walk(finished(), DAY, &[(&sergeant(), "FollowUp")]),
        walk(decided("NoAction"), DAY, &[(&captain(), "SecondReview"), (&sergeant(), "Closed")]),
    ];
    let line = |case: &Case| {
        format!(
            "{:?}\n  sergeant: {}\n  captain: {}",
            case.state,
            legal(case, &sergeant()),
            legal(case, &captain())
        )
    };
    let table: Vec<String> = cases.iter().map(line).collect();
    table.join("\n")
}

#[track_caller]
fn refused(case: &Case, by: &Actor, word: &str, expected: &str) {
    let refusal = try_step(case, by, DAY, word).unwrap_err();
    let text = match &refusal {
        Refusal::State { state, detail, .. } => format!("{state:?}: {detail}"),
        other => other.to_string(),
    };
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn wrong_turns_are_refused() {
    refused(&opened(), &sergeant(), "Disposition NoAction", "Detected");
    refused(&opened(), &sergeant(), "Closed", "Detected");
    refused(&decided("NoAction"), &sergeant(), "Closed", "Disposition");
    refused(
        &walk(decided("Intervention"), DAY, &[(&captain(), "SecondReview")]),
        &sergeant(),
        "Closed",
        "SecondReview",
    );
    refused(
        &walk(planned(), DAY, &[(&sergeant(), "Active")]),
        &sergeant(),
        "FollowUp",
        "Active: an intervention",
    );
    let looked = walk(finished(), DAY, &[(&sergeant(), "FollowUp")]);
    refused(&looked, &sergeant(), "Closed Improved", "FollowUp: not every look");
    refused(&looked, &sergeant(), "FollowUp 90", "check: the next look is the one after 30 days");
    refused(&opened(), &officer(), "UnderReview", "this step is for");
}

#[test]
fn a_second_review_is_by_somebody_else() {
    refused(&decided("NoAction"), &sergeant(), "SecondReview", "a second review is by a person other");
    refused(&decided("NoAction"), &sergeant(), "UnderReview", "a decision is given back by a person other");
    let back = walk(decided("NoAction"), DAY, &[(&captain(), "UnderReview")]);
    assert_eq!((back.state, back.due_on), (State::UnderReview, Some(Date::constant(2026, 7, 19))));
}

#[test]
fn reasons_are_mandatory() {
    let (flow, by) = (flow(), sergeant());
    let case = walk(opened(), DAY, &[(&by, "UnderReview")]);
    for word in ["NoAction", "DataError", "ContextExplained", "Intervention", "ReferIA"] {
        let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
        let refusal = work.step(&to(&format!("Disposition {word}")), false).unwrap_err();
        assert!(matches!(refusal, Refusal::Field { field: "reason", .. }));
    }
}

#[test]
fn the_officers_window_holds_until_the_answer_or_its_end() {
    let case = walk(opened(), DAY, &[(&sergeant(), "UnderReview"), (&sergeant(), "OfficerResponse")]);
    refused(&case, &sergeant(), "Disposition NoAction", "OfficerResponse: the officer may still answer");
    let last = Date::constant(2026, 7, 15);
    assert!(try_step(&case, &sergeant(), last, "UnderReview").is_err());
    assert!(try_step(&case, &sergeant(), last.tomorrow().unwrap(), "UnderReview").is_ok());
}

#[test]
fn an_objection_is_ruled_on_before_anything_is_closed() {
    let flow = flow();
    let at = Timestamp::UNIX_EPOCH;
    let case = walk(decided("NoAction"), DAY, &[(&captain(), "SecondReview")]);
    let by = officer();
    let contested = Work { case: &case, by: &by, at, on: DAY, flow: &flow }.statement(true).unwrap().0;
    refused(&contested, &sergeant(), "Closed", "SecondReview: the officer contests it");
    refused(&contested, &sergeant(), "Adjudicated uphold", "this step is for a commander");
    let ruled = walk(contested, DAY, &[(&captain(), "Adjudicated uphold"), (&sergeant(), "Closed")]);
    assert!(ruled.is_closed());
    // What is closed can be contested too, and taken up again by command.
    let again = Work { case: &ruled, by: &by, at, on: DAY, flow: &flow }.statement(true).unwrap().0;
    let reopened = walk(again, DAY, &[(&captain(), "Adjudicated correct"), (&captain(), "Reopened")]);
    assert_eq!((reopened.state, reopened.closed_on), (State::UnderReview, None));
    refused(&ruled, &sergeant(), "Reopened", "this step is for a commander");
}

#[test]
fn of_a_wellness_referral_only_three_words_are_kept() {
    let (flow, by) = (flow(), sergeant());
    let case = planned();
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
    let case = work.plan(Kind::WellnessReferral, "E-1", DAY, None).unwrap().0;
    let work = Work { case: &case, ..work };
    assert!(matches!(work.progress(2, Progress::Done, false), Err(Refusal::Field { field: "progress", .. })));
    let offered = work.progress(2, Progress::Offered, false).unwrap().0;
    assert_eq!(offered.interventions[1].ended_on, None);
    let work = Work { case: &offered, ..work };
    assert_eq!(work.progress(2, Progress::Declined, false).unwrap().0.interventions[1].ended_on, Some(DAY));
}

#[test]
fn the_same_plan_again_is_no_second_one() {
    let (flow, by) = (flow(), sergeant());
    let case = planned();
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
    let due = Date::constant(2026, 8, 1);
    assert!(matches!(work.plan(Kind::Coaching, "E-1", due, None), Err(Refusal::State { .. })));
    assert!(work.plan(Kind::Coaching, "E-2", due, None).is_ok());
}

#[test]
fn training_is_done_when_the_training_record_says_so() {
    let (flow, by) = (flow(), sergeant());
    let case = planned();
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
    assert!(work.plan(Kind::Training, "E-1", DAY, None).is_err());
    let case = work.plan(Kind::Training, "E-1", DAY, Some("de-escalation")).unwrap().0;
    let work = Work { case: &case, ..work };
    assert!(work.progress(2, Progress::Done, false).is_err());
    assert!(work.progress(2, Progress::Done, true).is_ok());
}

#[test]
fn overdue_steps_climb_a_rank_a_week() {
    let (flow, by) = (flow(), Actor::system());
    let case = walk(opened(), DAY, &[(&by, "Notified")]);
    let up = |day: i8| {
        let on = Date::constant(2026, 7, day);
        Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on, flow: &flow }.ranks_up()
    };
    assert_eq!((up(19), up(20), up(26), up(27)), (0, 1, 1, 2));
}

#[track_caller]
fn check_raise(last: &Case, date: Date, triggers: &[Trigger], expected: &str) {
    let found = match raise(Some(last), &news(date, triggers), &flow()) {
        Raising::Open(_) => "open",
        Raising::Join(..) => "join",
        Raising::Known => "known",
        Raising::Quiet => "quiet",
        Raising::Suppressed => "suppressed",
    };
    assert_eq!(found, expected);
}

fn closed(suppress_until: Option<Date>) -> Case {
    let (flow, by) = (flow(), sergeant());
    let case = walk(opened(), DAY, &[(&by, "UnderReview")]);
    let step = Step::Disposition { disposition: Disposition::NoAction, suppress_until };
    let case = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow }
        .step(&step, true)
        .unwrap()
        .0;
    walk(case, DAY, &[(&captain(), "SecondReview"), (&by, "Closed")])
}

#[test]
fn reasons_join_the_open_case_once() {
    let next = DAY.tomorrow().unwrap();
    check_raise(&opened(), next, &[trigger("percentile", None)], "known");
    check_raise(&opened(), next, &[trigger("percentile", None), trigger("complaints", None)], "join");
    check_raise(&opened(), DAY, &[trigger("complaints", None)], "known");
}

#[test]
fn a_closed_case_keeps_its_reasons_quiet_for_ninety_days() {
    let last_quiet = Date::constant(2026, 10, 2);
    let known = [trigger("percentile", None)];
    check_raise(&closed(None), last_quiet, &known, "quiet");
    check_raise(&closed(None), last_quiet.tomorrow().unwrap(), &known, "open");
    check_raise(&closed(None), last_quiet, &[trigger("exceedance", Some("complaint"))], "open");
    check_raise(&closed(None), last_quiet, &[trigger("firearm discharge", None)], "open");
    check_raise(&closed(None), DAY, &[trigger("firearm discharge", None)], "known");
}

#[test]
fn suppression_has_an_end_and_never_hides_a_new_reason() {
    let until = Date::constant(2026, 12, 31);
    check_raise(
        &closed(Some(until)),
        Date::constant(2026, 12, 30),
        &[trigger("percentile", None)],
        "suppressed",
    );
    check_raise(&closed(Some(until)), until, &[trigger("percentile", None)], "open");
    check_raise(&closed(Some(until)), DAY.tomorrow().unwrap(), &[trigger("firearm discharge", None)], "open");
    let (flow, by) = (flow(), sergeant());
    let case = walk(opened(), DAY, &[(&by, "UnderReview")]);
    let work = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow };
    let step = Step::Disposition {
        disposition: Disposition::NoAction,
        suppress_until: Some(Date::constant(2027, 1, 2)),
    };
    assert!(matches!(work.step(&step, true), Err(Refusal::Field { field: "suppress_until", .. })));
}

#[test]
fn every_act_leaves_one_entry() {
    let (flow, by) = (flow(), sergeant());
    let case = opened();
    let (next, entry) = Work { case: &case, by: &by, at: Timestamp::UNIX_EPOCH, on: DAY, flow: &flow }
        .step(&Step::UnderReview, false)
        .unwrap();
    assert_eq!(
        (next.entries, entry.seq, entry.from, entry.state),
        (2, 2, State::Detected, State::UnderReview)
    );
    let json = serde_json::to_value(&entry).unwrap();
    assert_eq!(json["act"], serde_json::json!({"act": "step", "to": "UnderReview"}));
    assert_eq!(serde_json::from_value::<Entry>(json).unwrap(), entry);
}
