//! What people do to a case: steps, interventions, the officer's statement. The rules are `eis::case`; here a request is
//! read, the case is read anew for each attempt, and case, entry and sealed words are stored as one.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use eis::case::{
    Actor, Capacity, Case, Entry, Intervention, Kind, Progress, Refusal, Request, State, Step, Work,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use startup::http::Answer;
use table::personnel::cases::Filed;

use crate::body::{self, refuse};
use crate::caller::Caller;
use crate::refusal_of_step::refused;
use crate::route::Route;
use crate::scope::{Reach, capacity, reach};
use crate::{Context, Reply, not_found};

/// How often an act that met another one is tried anew.
const ROUNDS: u32 = 8;
/// Longest text of a reason or a statement, in bytes.
const LONGEST: usize = 8_000;

/// A case after an act.
#[derive(Serialize)]
struct Standing<'a> {
    alert_id: &'a str,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Date>,
    /// Steps that are open to the caller now.
    legal: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[Intervention]>::is_empty")]
    interventions: &'a [Intervention],
}

/// An intervention to plan, or, with `number`, how one went on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Help {
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    due_on: Option<Date>,
    #[serde(default)]
    course: Option<String>,
    #[serde(default)]
    number: Option<u32>,
    #[serde(default)]
    progress: Option<Progress>,
    #[serde(default)]
    words: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    text: String,
    /// Whether score, events or decision are contested: somebody has to rule on that.
    #[serde(default)]
    contest: bool,
}

/// `POST /v1/alerts/{id}/transitions`
pub(crate) async fn transition(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let route = Route::AlertTransitions { id: id.into() };
    let asked: Request = match body::read(request) {
        Ok(asked) => asked,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let step = match asked.step() {
        Ok(step) => step,
        Err((field, detail)) => return Ok(Reply::refusal(refuse(&format!("/{field}"), detail))),
    };
    if let Some(answer) = wrong_length("/reason", asked.reason.as_deref()) {
        return Ok(Reply::refusal(answer));
    }
    if let Step::Merged { into } = &step
        && !is_open_case_of_same_officer(context, id, into).await?
    {
        let detail = "must be the id of an open case of the same officer";
        return Ok(Reply::refusal(refuse("/into", detail)));
    }
    let words = asked.reason.as_deref();
    act(context, caller, &route, id, words, async |work: Work<'_>, _| Ok(work.step(&step, words.is_some())))
        .await
}

async fn is_open_case_of_same_officer(context: &Context, id: &str, into: &str) -> anyhow::Result<bool> {
    let (one, other) = (context.personnel.case(id).await?, context.personnel.case(into).await?);
    Ok(one
        .zip(other)
        .is_some_and(|(one, other)| one.case.officer_id == other.case.officer_id && !other.case.is_closed()))
}

/// `POST /v1/alerts/{id}/interventions`
pub(crate) async fn intervene(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let route = Route::AlertInterventions { id: id.into() };
    let help: Help = match body::read(request) {
        Ok(help) => help,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    if let Some(answer) = wrong_help(&help) {
        return Ok(Reply::refusal(answer));
    }
    let words = help.words.as_deref();
    act(context, caller, &route, id, words, async |work: Work<'_>, context: &Context| {
        if let (Some(number), Some(progress)) = (help.number, help.progress) {
            if words.is_some() && is_wellness(work.case, number) {
                return Ok(Err(sealed_wellness()));
            }
            let trained = has_trained(context, work.case, number, work.on).await?;
            return Ok(work.progress(number, progress, trained));
        }
        let (Some(kind), Some(owner), Some(due_on)) = (help.kind, &help.owner, help.due_on) else {
            return Ok(Err(Refusal::Field { field: "kind", detail: "say kind, owner and due_on".into() }));
        };
        if words.is_some() && kind == Kind::WellnessReferral {
            return Ok(Err(sealed_wellness()));
        }
        if context.personnel.profile(owner).await?.is_none() {
            let detail = "must be the id of somebody on the roster".into();
            return Ok(Err(Refusal::Field { field: "owner", detail }));
        }
        Ok(work.plan(kind, owner, due_on, help.course.as_deref()))
    })
    .await
}

fn wrong_help(help: &Help) -> Option<Answer> {
    let planning =
        help.kind.is_some() || help.owner.is_some() || help.due_on.is_some() || help.course.is_some();
    let going_on = help.number.is_some() || help.progress.is_some();
    if planning == going_on {
        return Some(refuse("", "plan with kind, owner and due_on, or go on with number and progress"));
    }
    if going_on && help.number.is_none() {
        return Some(refuse("/number", "say which intervention, by its number in the case"));
    }
    if going_on && help.progress.is_none() {
        return Some(refuse("/progress", "say how it went: done, cancelled; offered, declined, attended"));
    }
    for (name, given) in
        [("kind", help.kind.is_some()), ("owner", help.owner.is_some()), ("due_on", help.due_on.is_some())]
    {
        if planning && !given {
            return Some(refuse(&format!("/{name}"), "an intervention has kind, owner and due_on"));
        }
    }
    wrong_length("/words", help.words.as_deref())
}

fn is_wellness(case: &Case, number: u32) -> bool {
    case.interventions.iter().any(|one| one.number == number && one.kind == Kind::WellnessReferral)
}

fn sealed_wellness() -> Refusal {
    let detail = "of a wellness referral nothing is kept but offered, declined or attended".into();
    Refusal::Field { field: "words", detail }
}

/// Whether the training record holds the course of an intervention since it was planned.
async fn has_trained(context: &Context, case: &Case, number: u32, on: Date) -> anyhow::Result<bool> {
    let one = case.interventions.iter().find(|one| one.number == number);
    let Some((one, course)) = one.and_then(|one| Some((one, one.course.as_ref()?))) else { return Ok(false) };
    let ledger = crate::record::ledger(context, &case.officer_id).await?;
    Ok(ledger.has_passed(&case.officer_id, course, one.planned_on, on))
}

/// `POST /v1/alerts/{id}/statement`
pub(crate) async fn statement(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let route = Route::AlertStatement { id: id.into() };
    let statement: Statement = match body::read(request) {
        Ok(statement) => statement,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    if let Some(answer) = wrong_length("/text", Some(&statement.text)) {
        return Ok(Reply::refusal(answer));
    }
    let words = Some(statement.text.as_str());
    act(context, caller, &route, id, words, async |work: Work<'_>, _| Ok(work.statement(statement.contest)))
        .await
}

fn wrong_length(pointer: &str, text: Option<&str>) -> Option<Answer> {
    let text = text?;
    (text.trim().is_empty() || text.len() > LONGEST)
        .then(|| refuse(pointer, "must hold something, and at most 8,000 bytes"))
}

/// Reads the case, lets `perform` act on it, stores what it did with what was written; anew where somebody was faster.
async fn act<F>(
    context: &Context,
    caller: &Caller,
    route: &Route,
    id: &str,
    words: Option<&str>,
    perform: F,
) -> anyhow::Result<Reply>
where
    F: AsyncFn(Work<'_>, &Context) -> anyhow::Result<Result<(Case, Entry), Refusal>>,
{
    let reach = match reach(context, caller, route).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let mut round = 0;
    loop {
        let Some(filed) = context.personnel.case(id).await? else { return Ok(Reply::refusal(not_found())) };
        let about = vec![filed.case.officer_id.clone()];
        let Some(by) = actor(context, caller, &reach, route, &filed.case).await? else {
            return Ok(Reply { answer: not_found(), about });
        };
        let (at, on) = context.today();
        let flow = &context.rules()?.workflow;
        let work = Work { case: &filed.case, by: &by, at, on, flow };
        let (case, entry) = match perform(work, context).await? {
            Ok(done) => done,
            Err(refusal) => return Ok(Reply { answer: refused(&refusal), about }),
        };
        if let Some(words) = words
            && is_repeated(context, &filed.case, &entry, words).await?
        {
            return Ok(Reply { answer: standing(&work), about });
        }
        let sealed = words.map(|words| (&context.personnel_ring, words));
        match context.personnel.file(filed.rev, case.clone(), &entry, sealed).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => {
                result?;
                let work = Work { case: &case, by: &by, at, on, flow };
                return Ok(Reply { answer: standing(&work), about });
            }
        }
    }
}

/// Whether `entry` is what the same person did last, in the same words: browsers repeat a request whose connection broke.
async fn is_repeated(context: &Context, case: &Case, entry: &Entry, words: &str) -> anyhow::Result<bool> {
    let log = context.personnel.log_of(case).await?;
    let Some(last) = log.last().filter(|last| last.entry.act == entry.act && last.entry.by == entry.by)
    else {
        return Ok(false);
    };
    let said = context.personnel.words_of(&context.personnel_ring, case, last).await?;
    Ok(said.as_deref() == Some(words))
}

fn standing(work: &Work<'_>) -> Answer {
    let case = work.case;
    let (alert_id, interventions) = (case.alert_id.as_str(), case.interventions.as_slice());
    let standing =
        Standing { alert_id, state: case.state, due_on: case.due_on, legal: work.legal(), interventions };
    Answer::json(200, &standing)
}

/// Who acts, in which capacity; `None` where the case is not for the caller.
async fn actor(
    context: &Context,
    caller: &Caller,
    reach: &Reach,
    route: &Route,
    case: &Case,
) -> anyhow::Result<Option<Actor>> {
    let id = caller.subject.clone();
    if matches!(route, Route::AlertStatement { .. }) {
        let own = reach.is_self(&case.officer_id) && case.is_known_to_officer(context.today().1);
        return Ok(own.then_some(Actor { id, capacity: Capacity::Officer }));
    }
    let may = reach.covers_case(context, case).await?;
    Ok(may.then(|| Actor { id, capacity: capacity(caller) }))
}

/// The steps that are open to the caller in a case that they may see.
pub(crate) fn legal(context: &Context, caller: &Caller, filed: &Filed) -> anyhow::Result<Vec<&'static str>> {
    let by = Actor { id: caller.subject.clone(), capacity: capacity(caller) };
    let (at, on) = context.today();
    let flow = &context.rules()?.workflow;
    Ok(Work { case: &filed.case, by: &by, at, on, flow }.legal())
}
