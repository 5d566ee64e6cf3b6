//! Posts of vendors: the profile that declares the path says how the sender proves who it is and what its rows mean.
//!
//! A profile that cannot be used stops its own path and nothing else: 911 intake must not hang on it.
use std::collections::BTreeMap;

use aws_lambda_events::event::apigw::ApiGatewayProxyRequest;
use incident::profile::{Auth, Mapped, Profile, Takes};
use serde_json::Value;
use startup::agency::{AgencyError, Folder};
use startup::http::{Answer, Fault};
use startup::intake::{Event, Post, admit, check_count, json, read_one, unavailable, unreadable};
use startup::webhook::Scheme;

use crate::Context;

/// The profiles that take posts, by path.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    by_path: BTreeMap<String, (Profile, Scheme)>,
    /// Some file could not be used, and nobody knows which path it would have declared.
    broken: bool,
}

impl Profiles {
    /// Reads `profiles/*.toml`; a folder without them has none. What cannot be used is logged.
    pub(crate) fn load(folder: &Folder) -> Result<Self, AgencyError> {
        let zone = folder.agency()?.zone()?;
        let mut profiles = Self::default();
        for file in folder.list("profiles", "toml").unwrap_or_default() {
            let name = file.trim_end_matches(".toml");
            let read = folder.text(&format!("profiles/{file}")).map_err(|error| error.to_string());
            let read =
                read.and_then(|text| Profile::parse(name, &text, &zone).map_err(|error| error.to_string()));
            match read {
                Ok(profile) => profiles.add(profile),
                Err(reason) => {
                    profiles.broken = true;
                    tracing::error!(profile.name = name, reason, "profile cannot be used");
                }
            }
        }
        Ok(profiles)
    }

    fn add(&mut self, profile: Profile) {
        if let Some((path, auth)) = profile.endpoint.clone() {
            let scheme = match auth {
                Auth::StandardWebhooks => Scheme::StandardWebhooks,
                Auth::TicketscadV2 => Scheme::TicketscadV2,
                Auth::ApiKey => Scheme::ApiKey,
            };
            self.by_path.entry(path).or_insert((profile, scheme));
        }
    }

    fn at(&self, path: &str) -> Result<&(Profile, Scheme), Answer> {
        self.by_path.get(path).ok_or_else(|| {
            if self.broken {
                unavailable()
            } else {
                Answer::problem(
                    404,
                    "No such path",
                    "no profile of the agency folder declares this path",
                    &[],
                )
            }
        })
    }
}

/// Admits a vendor's post and maps its rows to events of the contract.
pub(crate) async fn receive(context: &Context, request: &ApiGatewayProxyRequest) -> Result<Post, Answer> {
    let (profile, scheme) = context.profiles.at(request.path.as_deref().unwrap_or_default())?;
    let now = context.clock.now();
    let admitted = admit(request, &context.sources, now, &["application/json"], &[*scheme]).await?;
    let rows = profile.rows(json(&admitted.body)?).map_err(|fault| {
        let faults = [Fault { index: None, pointer: fault.pointer, code: fault.code, detail: fault.detail }];
        Answer::problem(
            422,
            "Nothing acceptable",
            "the body has not the form that the profile reads",
            &faults,
        )
    })?;
    check_count(rows.len())?;
    let mut post = Post {
        source: admitted.source,
        // From here on the events are the contract's own, for the table of calls or that of cases.
        path: match profile.takes {
            Takes::Cad => "/v1/cad/events".into(),
            Takes::Cases => "/v1/cases/events".into(),
        },
        baseline: admitted.baseline,
        events: Vec::with_capacity(rows.len()),
        ignored: 0,
    };
    let mut unmapped = 0;
    for (index, row) in rows.iter().enumerate() {
        unmapped += add(&mut post, profile, index, row);
    }
    if unmapped > 0 {
        tracing::info!(
            profile.name,
            event.unmapped = unmapped,
            "the profile's tables do not know some values"
        );
    }
    Ok(post)
}

/// Adds the events of one row; how many of its values no table knew.
fn add(post: &mut Post, profile: &Profile, index: usize, row: &Value) -> usize {
    let Mapped { events, unmapped } = match profile.map(row) {
        Ok(mapped) => mapped,
        Err(fault) => {
            let fault =
                Fault { index: Some(index), pointer: fault.pointer, code: fault.code, detail: fault.detail };
            post.events.push(Event::Err(unreadable(fault, row)));
            return 0;
        }
    };
    post.ignored += usize::from(events.is_empty());
    post.events.extend(events.iter().map(|event| read_one(index, event.json())));
    unmapped.len()
}
