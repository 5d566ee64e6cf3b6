//! `GET /v1/officers/{id}`: everything held on one person. The officer sees the same as those above, but for what an
//! authority asked to hold back until a day; referrals are for internal affairs alone, so that no officer is warned.
use eis::case::Case;
use eis::coaching::{Goal, Session};
use eis::record::Record;
use eis::{Explanation, Known, Ledger};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use startup::http::Answer;
use table::personnel::cases::Filed;
use table::personnel::coaching::Written;

use crate::caller::{Caller, Role};
use crate::cases::{LogLine, log};
use crate::route::Route;
use crate::scope::{Reach, Shown, reach, shown};
use crate::{Context, Reply, not_found};

/// Nights shown.
const NIGHTS: usize = 14;

#[derive(Serialize)]
struct View {
    officer: Shown,
    #[serde(flatten)]
    record: Option<Record>,
    recognition: Recognition,
    coaching: Vec<Written<Session>>,
    goals: Vec<Written<Goal>>,
    /// The last nights' scores, newest first, each with its sentence; civilians have none.
    scores: Vec<Night>,
    alerts: Vec<OwnCase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrals: Option<Vec<Referral>>,
}

/// Praise lately: shown beside the score, and subtracting nothing from it.
#[derive(Serialize)]
struct Recognition {
    commendations: usize,
    days: u16,
    /// Whether it is enough for the department to say so.
    due: bool,
}

#[derive(Serialize)]
struct Night {
    date: Date,
    level: eis::Level,
    s: eis::micro::Micro,
    pct: f64,
    insufficient_history: bool,
    sentence: String,
    /// Address of the full explanation.
    score: String,
}

#[derive(Serialize)]
struct OwnCase {
    #[serde(flatten)]
    case: Case,
    log: Vec<LogLine>,
}

#[derive(Serialize)]
struct Referral {
    referral_id: String,
    at: Timestamp,
    words: String,
}

/// An officer's ledger as recorded by now.
pub(crate) async fn ledger(context: &Context, officer_id: &str) -> anyhow::Result<Ledger> {
    let now = context.clock.now();
    let revisions = context.personnel.revisions(officer_id, now).await?;
    Ok(Ledger::new(revisions, Known::Recorded(now)))
}

pub(crate) async fn show(context: &Context, caller: &Caller, id: &str) -> anyhow::Result<Reply> {
    let route = Route::Officer { id: id.into() };
    let reach = match reach(context, caller, &route).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let about = vec![id.to_owned()];
    let profile = context.personnel.profile(id).await?;
    let Some(profile) = profile.filter(|_| !id.is_empty()) else {
        return Ok(Reply { answer: not_found(), about });
    };
    if !reach.covers(context, id).await? {
        return Ok(Reply { answer: not_found(), about });
    }
    let on = context.today().1;
    let record = ledger(context, id).await?.record(id, on, context.policy.zone());
    let ring = &context.personnel_ring;
    let for_internal_affairs = caller.roles.contains(&Role::InternalAffairs) && !reach.is_self(id);
    let referrals = if for_internal_affairs { Some(referrals(context, id).await?) } else { None };
    let view = View {
        officer: shown(context, &profile).await?,
        recognition: recognition(context, record.as_ref(), on)?,
        record,
        coaching: context.personnel.sessions(ring, id).await?,
        goals: context.personnel.goals(ring, id).await?,
        scores: nights(context, id, withheld_from(context, &reach, id).await?).await?,
        alerts: cases(context, &reach, id, on).await?,
        referrals,
    };
    Ok(Reply { answer: Answer::json(200, &view), about })
}

fn recognition(context: &Context, record: Option<&Record>, on: Date) -> anyhow::Result<Recognition> {
    let rule = &context.rules()?.recognition;
    let since = on.saturating_sub(i64::from(rule.days).days());
    let praise = record.into_iter().flat_map(|record| &record.commendations);
    let commendations = praise.filter(|one| one.date > since).count();
    let due = commendations >= usize::from(rule.commendations);
    Ok(Recognition { commendations, days: rule.days, due })
}

/// The first night that is withheld from the caller: an officer who is not to know of a case yet must not read it off the
/// level of a score either.
pub(crate) async fn withheld_from(
    context: &Context,
    reach: &Reach,
    id: &str,
) -> anyhow::Result<Option<Date>> {
    if !reach.is_self(id) {
        return Ok(None);
    }
    let last = context.personnel.last_case(id).await?.map(|filed| filed.case);
    let on = context.today().1;
    Ok(last.filter(|case| !case.is_closed() && !case.is_known_to_officer(on)).map(|case| case.opened_on))
}

/// The last nights before the one that is withheld.
async fn nights(context: &Context, id: &str, withheld: Option<Date>) -> anyhow::Result<Vec<Night>> {
    let mut nights = Vec::new();
    for run in context.personnel.recent_runs(NIGHTS).await? {
        if withheld.is_some_and(|from| run.date >= from) {
            continue;
        }
        let Some(score) = context.personnel.score(run.date, &run.run_id, id).await? else { continue };
        let Explanation { level, s, pct, insufficient_history, sentence, .. } = score;
        let score = format!("/v1/officers/{id}/scores/{}", run.date);
        nights.push(Night { date: run.date, level, s, pct, insufficient_history, sentence, score });
    }
    Ok(nights)
}

/// Cases about the officer. To the officer only those that may be known; to others none that they are party to.
async fn cases(context: &Context, reach: &Reach, id: &str, on: Date) -> anyhow::Result<Vec<OwnCase>> {
    let mut shown = Vec::new();
    for Filed { mut case, .. } in context.personnel.cases_of(id).await? {
        let may = if reach.is_self(id) {
            case.is_known_to_officer(on)
        } else {
            reach.officer().is_none_or(|own| !case.is_party(own))
        };
        if may {
            // Who else was there is nobody's business on this page.
            case.parties.clear();
            let log = log(context, &case).await?;
            shown.push(OwnCase { case, log });
        }
    }
    Ok(shown)
}

async fn referrals(context: &Context, id: &str) -> anyhow::Result<Vec<Referral>> {
    let found = context.personnel.referrals(&context.personnel_ring, id).await?;
    let show = |(referral, words): (table::personnel::cases::Referral, String)| Referral {
        referral_id: referral.referral_id,
        at: referral.at,
        words,
    };
    Ok(found.into_iter().map(show).collect())
}
