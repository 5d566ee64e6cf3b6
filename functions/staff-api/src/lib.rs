//! What staff may read and do: a route, the roles it is for, the people it may show, and an audit record before any
//! answer leaves. Without the record there is no answer; only who one is oneself leaves none.
use std::sync::Arc;

use anyhow::Context as _;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use eis::Ruleset;
use jiff::Timestamp;
use jiff::civil::Date;
use startup::http::Answer;
use startup::{Clock, Runtime, agency};
use table::personnel::Personnel;
use table::planning::policy;
use table::subject_facts::SubjectFacts;
use table::wording::Words;
use table::{KeyRing, Planning, Store};
use updates::Policy;

mod alerts;
mod body;
mod caller;
mod case_work;
mod cases;
mod coaching;
mod compose;
mod contacts;
mod day;
mod fates;
mod mask;
mod me;
mod messages;
mod nights;
mod officers;
mod page;
mod patrol;
mod pause;
mod people;
mod policy;
mod preview;
mod reasons;
mod record;
mod refusal;
mod refusal_of_step;
mod release;
mod reports;
mod route;
mod scope;
mod statistics;
mod tasks;
mod trail;

pub use audit::Act;
pub use caller::{Caller, Role};
pub use route::Route;
pub use trail::Trail;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "MESSAGES_TABLE",
    "CONTACTS_TABLE",
    "PERSONNEL_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "PERSONNEL_KEY_ID",
    "AUDIT_BUCKET",
    "INTERNAL_BUCKET",
    "AGENCY_DIR",
];

/// Under which name what staff enter is received, beside the webhooks' sources.
const SOURCE: &str = "staff-api";

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    updates: Planning,
    subjects: SubjectFacts,
    personnel: Personnel,
    personnel_ring: KeyRing,
    audit: Trail,
    patrol: patrol::Patrol,
    groups: caller::Groups,
    department: Arc<me::Department>,
    in_force: Arc<policy::InForce>,
    policy: Arc<Policy>,
    /// The rules of early intervention. None where they cannot be used: then no case moves, and everything else goes on.
    rules: Option<Arc<Ruleset>>,
    /// None where the texts cannot be used: then nothing can be written, and everything else goes on.
    words: Option<Arc<Words>>,
    clock: Clock,
}

impl Context {
    /// Reads the variables and the agency's mapping of groups to roles.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        let personnel = Personnel::open(runtime, &dynamo)?;
        let agency = folder.agency()?;
        let policy = Arc::new(policy(&folder)?);
        let words = Words::load(&folder, &agency, &policy).inspect_err(|error| {
            tracing::error!(error = %error, "texts cannot be used: staff messages are refused");
        });
        let rules = folder.text("eis.toml").map_err(anyhow::Error::from);
        let rules = rules.and_then(|text| Ok(Ruleset::parse(&text)?)).inspect_err(|error| {
            tracing::error!(error = format!("{error:#}"), "eis.toml cannot be used: no case can be worked");
        });
        let rules = rules.ok();
        let in_force = policy::InForce::of(&folder, &agency, &policy, rules.as_ref());
        let incidents = Store::new(
            dynamo.clone(),
            runtime.variables.required("INCIDENTS_TABLE")?,
            runtime.entropy.clone(),
        );
        Ok(Self {
            updates: Planning::open(runtime, &dynamo, &kms)?,
            subjects: SubjectFacts::new(incidents),
            personnel_ring: personnel.ring(runtime, &kms)?,
            personnel,
            audit: Trail::new(runtime)?,
            patrol: patrol::Patrol::open(runtime, &dynamo)?,
            policy,
            rules: rules.map(Arc::new),
            in_force: Arc::new(in_force),
            words: words.ok().map(Arc::new),
            department: Arc::new(me::Department::of(&agency, &folder)),
            groups: caller::Groups::new(&agency.groups).context("agency folder: agency.toml: groups")?,
            clock: runtime.clock.clone(),
        })
    }
}

impl Context {
    /// The rules of early intervention; an error is answered as 503.
    fn rules(&self) -> anyhow::Result<&Ruleset> {
        self.rules.as_deref().context("eis.toml cannot be used")
    }

    /// Now, and the agency's day.
    fn today(&self) -> (Timestamp, Date) {
        let now = self.clock.now();
        (now, now.to_zoned_datetime(self.policy.zone().clone()).date())
    }
}

/// An answer and whom it tells about, for the audit record.
struct Reply {
    answer: Answer,
    /// Ids of officers, incidents or cases; stored as pseudonyms.
    about: Vec<String>,
}

impl Reply {
    fn refusal(answer: Answer) -> Self {
        Self { answer, about: Vec::new() }
    }
}

/// Answers one request. What cannot be read or recorded is 503, never half an answer.
pub async fn handle(
    context: &Context,
    request: ApiGatewayV2httpRequest,
) -> anyhow::Result<ApiGatewayV2httpResponse> {
    let answer = match respond(context, &request).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "request could not be answered");
            Answer::problem(503, "Temporarily unavailable", "try again in a few seconds", &[])
                .header("retry-after", "5")
        }
    };
    Ok(answer.into_http())
}

async fn respond(context: &Context, request: &ApiGatewayV2httpRequest) -> anyhow::Result<Answer> {
    let Some(route) = Route::of(request) else { return Ok(not_found()) };
    let Some(caller) = context.groups.caller(request) else {
        return Ok(Answer::problem(401, "Not authenticated", "sign in and send the token", &[]));
    };
    let reply = if route.admits(&caller) {
        dispatch(context, &caller, &route, request).await?
    } else {
        Reply::refusal(forbidden("none of your roles may do this"))
    };
    if route == Route::Me {
        // Shows nobody but who asks, and is asked again each minute: it would bury what the trail is for.
        return Ok(reply.answer);
    }
    let actor = context.updates.messages.pseudonym(&format!("staff|{}", caller.subject)).await?;
    let mut about = Vec::new();
    for id in &reply.about {
        about.push(context.updates.messages.pseudonym(&format!("about|{id}")).await?);
    }
    let roles = caller.roles.iter().map(|role| role.word().to_owned()).collect();
    let action = route.name().to_owned();
    let act = Act { actor, roles, action, about, status: reply.answer.status };
    context.audit.record(context.clock.now(), act).await?;
    Ok(reply.answer)
}

async fn dispatch(
    context: &Context,
    caller: &Caller,
    route: &Route,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    match route {
        Route::Me => me::show(context, caller).await,
        Route::IncidentUpdates { id } => messages::of_incident(context, caller, id).await,
        Route::CaseUpdates { number } => messages::of_case(context, caller, number).await,
        Route::Updates => day::list(context, caller, request).await,
        Route::UpdatesSearch => day::search(context, request).await,
        Route::IncidentMessages { id } => compose::of_incident(context, caller, id, request).await,
        Route::CaseMessages { number } => compose::of_case(context, caller, number, request).await,
        Route::CasePeople { number } => people::add(context, caller, number, request).await,
        Route::ContactsSearch => contacts::search(context, request).await,
        Route::Contacts => contacts::enter(context, caller, request).await,
        Route::Tasks => tasks::list(context, caller, request).await,
        Route::TaskDone { id } => tasks::done(context, caller, id, request).await,
        Route::Release { number } => release::release(context, caller, number).await,
        Route::OfficerScore { id, date } => officers::score(context, caller, id, date).await,
        Route::Alerts => alerts::list(context, caller, request).await,
        Route::Officers => officers::list(context, caller, request).await,
        Route::Officer { id } => record::show(context, caller, id).await,
        Route::Coaching { id } => coaching::add(context, caller, id, request).await,
        Route::Goals { id } => coaching::goal(context, caller, id, request).await,
        Route::Alert { id } => cases::show(context, caller, id).await,
        Route::AlertTransitions { id } => case_work::transition(context, caller, id, request).await,
        Route::AlertInterventions { id } => case_work::intervene(context, caller, id, request).await,
        Route::AlertStatement { id } => case_work::statement(context, caller, id, request).await,
        Route::Report { name } => reports::show(context, caller, name, request).await,
        Route::Patrol { date } => patrol::show(context, caller, date, request).await,
        Route::PatrolVisits { date } => patrol::visit(context, caller, date, request).await,
        Route::PatrolReport => patrol::report(context, caller, request).await,
        Route::Statistics { date } => statistics::show(context, caller, date).await,
        Route::Nights => nights::list(context, caller, request).await,
        Route::Policy => policy::show(context, caller).await,
        Route::Pause => pause::set(context, caller, request).await,
    }
}

fn forbidden(detail: &str) -> Answer {
    Answer::problem(403, "Not allowed", detail, &[])
}

/// The same for what is not there and for what is not for the caller's eyes.
fn not_found() -> Answer {
    Answer::problem(404, "Not found", "there is nothing for you at this address", &[])
}
