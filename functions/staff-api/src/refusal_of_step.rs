//! How a refused act on a case is answered: 409 names the steps that are open, 403 the person who may, 422 the field.
use eis::case::{Refusal, State};
use serde::Serialize;
use startup::http::Answer;

use crate::body::refuse;
use crate::forbidden;

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// Where the case stands.
    state: State,
    /// The steps that are open to the caller.
    legal: &'a [&'static str],
}

/// The answer to a refused act.
pub(crate) fn refused(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Person(who) => forbidden(who),
        Refusal::Field { field, detail } => refuse(&format!("/{field}"), detail),
        Refusal::State { state, legal, detail } => {
            let why = if detail.is_empty() { "it does not follow from this state" } else { detail };
            let open = if legal.is_empty() { "none".to_owned() } else { legal.join(", ") };
            let problem = Problem {
                r#type: "about:blank",
                title: "Not possible now",
                status: 409,
                detail: format!("{why}; open to you: {open}"),
                state: *state,
                legal,
            };
            Answer { media_type: "application/problem+json", ..Answer::json(409, &problem) }
        }
    }
}
