//! Reports with rows about people, a page of officers at a time.
use std::collections::BTreeMap;

use eis::coaching::GoalStatus;
use eis::record::Status;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use serde::Serialize;

use super::Asked;
use crate::scope::Reach;
use crate::{Context, record};

/// Officers read at once.
const IN_FLIGHT: usize = 16;

/// Whom a row is about.
#[derive(Clone, Serialize)]
pub(super) struct Person {
    pub(super) officer_id: String,
    name: Option<String>,
    unit: String,
}

#[derive(Serialize)]
pub(super) struct TrainingRow {
    officer_id: String,
    name: Option<String>,
    unit: String,
    course: String,
    status: Status,
    due_on: Option<Date>,
    completed_on: Option<Date>,
    expires_on: Option<Date>,
    hours: f64,
}

#[derive(Serialize)]
pub(super) struct CoachingRow {
    officer_id: String,
    name: Option<String>,
    unit: String,
    sessions: usize,
    last_session_on: Option<Date>,
    next_session_on: Option<Date>,
    goal: Option<String>,
    goal_due_on: Option<Date>,
    percent: Option<u8>,
    status: Option<GoalStatus>,
    overdue: bool,
}

#[derive(Serialize)]
pub(super) struct YearRow {
    officer_id: String,
    name: Option<String>,
    unit: String,
    measure: String,
    of: String,
    count: f64,
}

/// A page of officers on duty within reach, and the id after which to go on.
pub(super) async fn page(
    context: &Context,
    reach: &Reach,
    asked: &Asked<'_>,
) -> anyhow::Result<(Vec<Person>, Option<String>)> {
    let ids = context.personnel.officers().await?;
    let after = asked.page.after.as_ref();
    let wanted = ids.into_iter().filter(|id| after.is_none_or(|after| id > after));
    let read = |id: String| async move { person(context, reach, &id).await };
    let mut found = stream::iter(wanted.map(read)).buffered(IN_FLIGHT);
    let mut people: Vec<Person> = Vec::new();
    while let Some(person) = found.try_next().await? {
        let Some(person) = person.filter(|one| asked.unit.is_none_or(|unit| unit == one.unit)) else {
            continue;
        };
        if people.len() == asked.page.limit {
            let last = people.last().map(|person| person.officer_id.clone());
            return Ok((people, last));
        }
        people.push(person);
    }
    Ok((people, None))
}

async fn person(context: &Context, reach: &Reach, id: &str) -> anyhow::Result<Option<Person>> {
    let profile = context.personnel.profile(id).await?.filter(|profile| profile.post.active);
    let Some(profile) = profile else { return Ok(None) };
    if !reach.covers(context, id).await? {
        return Ok(None);
    }
    let names = context.personnel.names(&context.personnel_ring, &profile).await?;
    Ok(Some(Person { officer_id: id.into(), name: names.name, unit: profile.post.unit }))
}

/// Every course that is required, overdue or has run out.
pub(super) async fn training(context: &Context, people: &[Person]) -> anyhow::Result<Vec<TrainingRow>> {
    let on = context.today().1;
    let mut rows = Vec::new();
    for person in people {
        let courses = record::ledger(context, &person.officer_id).await?.training(&person.officer_id, on);
        for course in courses.into_iter().filter(|course| course.status != Status::Completed) {
            let Person { officer_id, name, unit } = person.clone();
            rows.push(TrainingRow {
                officer_id,
                name,
                unit,
                course: course.course,
                status: course.status,
                due_on: course.due_on,
                completed_on: course.completed_on,
                expires_on: course.expires_on,
                hours: course.hours,
            });
        }
    }
    Ok(rows)
}

/// Sessions and goals; a row for each goal, or one for sessions without any.
pub(super) async fn coaching(context: &Context, people: &[Person]) -> anyhow::Result<Vec<CoachingRow>> {
    let on = context.today().1;
    let ring = &context.personnel_ring;
    let mut rows = Vec::new();
    for person in people {
        let sessions = context.personnel.sessions(ring, &person.officer_id).await?;
        let goals = context.personnel.goals(ring, &person.officer_id).await?;
        let Person { officer_id, name, unit } = person.clone();
        let row = CoachingRow {
            officer_id,
            name,
            unit,
            sessions: sessions.len(),
            last_session_on: sessions.iter().map(|session| session.entry.held_on).max(),
            next_session_on: sessions.iter().filter_map(|session| session.entry.next_on).max(),
            goal: None,
            goal_due_on: None,
            percent: None,
            status: None,
            overdue: false,
        };
        if goals.is_empty() && !sessions.is_empty() {
            rows.push(row);
            continue;
        }
        rows.extend(goals.into_iter().map(|goal| CoachingRow {
            officer_id: row.officer_id.clone(),
            name: row.name.clone(),
            unit: row.unit.clone(),
            goal: Some(goal.id),
            goal_due_on: Some(goal.entry.due_on),
            percent: Some(goal.entry.percent),
            status: Some(goal.entry.status),
            overdue: goal.entry.is_overdue(on),
            ..row
        }));
    }
    Ok(rows)
}

/// What the year `year` added to each record, in counts.
pub(super) async fn year(context: &Context, people: &[Person], year: i16) -> anyhow::Result<Vec<YearRow>> {
    let on = context.today().1;
    let ring = &context.personnel_ring;
    let mut rows = Vec::new();
    for person in people {
        let id = &person.officer_id;
        let mut counts: BTreeMap<(String, String), f64> = BTreeMap::new();
        let mut add = |measure: &str, of: String, amount: f64| {
            *counts.entry((measure.to_owned(), of)).or_default() += amount;
        };
        if let Some(record) = record::ledger(context, id).await?.record(id, on, context.policy.zone()) {
            for event in
                record.events.iter().filter(|event| event.occurred_on.year() == year && !event.voided)
            {
                let finding = serde_json::to_value(event.finding)?;
                add(&event.indicator, finding.as_str().unwrap_or_default().to_owned(), 1.0);
            }
            for praise in record.commendations.iter().filter(|praise| praise.date.year() == year) {
                add("commendation", praise.kind.clone().unwrap_or_default(), 1.0);
            }
            for course in record.training {
                let passed = course.completed_on.is_some_and(|day| day.year() == year);
                if passed || course.status != Status::Completed {
                    let status = serde_json::to_value(course.status)?;
                    add(&format!("course {}", status.as_str().unwrap_or_default()), course.course, 1.0);
                }
            }
        }
        for session in context.personnel.sessions(ring, id).await? {
            if session.entry.held_on.year() == year {
                add("coaching", session.entry.topic, 1.0);
            }
        }
        for goal in context.personnel.goals(ring, id).await? {
            let status = serde_json::to_value(goal.entry.status)?;
            add("goal", status.as_str().unwrap_or_default().to_owned(), 1.0);
        }
        rows.extend(counts.into_iter().map(|((measure, of), count)| YearRow {
            officer_id: id.clone(),
            name: person.name.clone(),
            unit: person.unit.clone(),
            measure,
            of,
            count,
        }));
    }
    Ok(rows)
}
