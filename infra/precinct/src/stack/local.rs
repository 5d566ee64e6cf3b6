//! `/_local/…`: what a test or a curious person needs and a deployed stack does not have.
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use hyper::{Method, StatusCode};
use jiff::{Span, Timestamp};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::captures::{Fault, HOLD, Service};
use super::server::{Ask, Reply, json as json_reply, plain};
use super::{Shared, engine, webhook};

/// Answers `/_local/{rest}`; what cannot be done is a problem with status 400.
pub(crate) async fn answer(shared: &Arc<Shared>, rest: &str, ask: Ask) -> Reply {
    let answered = match *ask.method() {
        Method::POST if rest == "webhooks" => return webhook::receive(shared, &ask).await,
        Method::GET => get(shared, rest, ask.uri().query().unwrap_or_default()).await,
        Method::POST => post(shared, rest, ask.body()).await,
        _ => Ok(None),
    };
    match answered {
        Ok(Some(reply)) => reply,
        Ok(None) => problem(StatusCode::NOT_FOUND, "the local stack has no such path"),
        Err(error) => problem(StatusCode::BAD_REQUEST, &format!("{error:#}")),
    }
}

async fn get(shared: &Arc<Shared>, rest: &str, query: &str) -> anyhow::Result<Option<Reply>> {
    let value = match rest {
        "texts" => serde_json::to_value(shared.captures.texts()?)?,
        "emails" => serde_json::to_value(shared.captures.emails()?)?,
        "webhooks" => serde_json::to_value(shared.captures.webhooks()?)?,
        "clock" => json!({"now": shared.clock.now()}),
        "token" => {
            let parameter = |name: &str| {
                let mut pairs = form_urlencoded::parse(query.as_bytes());
                pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
            };
            let groups = parameter("groups").unwrap_or_default();
            let groups: Vec<&str> = groups.split(',').filter(|group| !group.is_empty()).collect();
            let subject = parameter("sub").unwrap_or_else(|| "local".into());
            json!({"token": shared.tokens.sign(&subject, &groups, shared.clock.now())})
        }
        _ => {
            let Some(key) = rest.strip_prefix("internal/") else { return Ok(None) };
            let key = percent_decode_str(key).decode_utf8_lossy();
            let Some(object) = shared.object("internal", &key).await? else {
                return Ok(Some(problem(StatusCode::NOT_FOUND, "the internal bucket has no such key")));
            };
            let kind = object.content_type.clone().unwrap_or_else(|| "application/octet-stream".into());
            return Ok(Some(plain(StatusCode::OK, &kind, object.plain()?)));
        }
    };
    Ok(Some(json_reply(StatusCode::OK, &value)))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Clock {
    set: Option<Timestamp>,
    advance: Option<Span>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Run {
    time: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inbound {
    from: Option<String>,
    body: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Broken {
    service: Option<Service>,
    mode: Fault,
    /// How long a lost answer hangs before the connection ends.
    hold_ms: Option<u64>,
}

async fn post(shared: &Arc<Shared>, rest: &str, body: &[u8]) -> anyhow::Result<Option<Reply>> {
    let value = match rest {
        "clock" => clock(shared, read(body)?).await?,
        "drain" => {
            engine::drain(shared).await?;
            json!({"now": shared.clock.now()})
        }
        "inbound-text" => {
            let inbound: Inbound = read(body)?;
            if let Some(from) = &inbound.from {
                shared.engine.lock().await.queues.add_text(from, &inbound.body, shared.clock.now())?;
            }
            json!({"queued": usize::from(inbound.from.is_some())})
        }
        "ses-event" => {
            let event: Value = read(body)?;
            if !event.is_null() {
                shared.engine.lock().await.queues.add_ses_event(&event, shared.clock.now())?;
            }
            json!({"queued": usize::from(!event.is_null())})
        }
        "sms-log" => {
            let line: Value = read(body)?;
            if !line.is_null() {
                shared.engine.lock().await.queues.add_sms_log(&line, shared.clock.now())?;
            }
            json!({"queued": usize::from(!line.is_null())})
        }
        "fault" => {
            let broken: Broken = read(body)?;
            if let Some(service) = broken.service {
                let hold = broken.hold_ms.map_or(HOLD, Duration::from_millis);
                shared.captures.set_fault(service, broken.mode, hold);
            }
            let in_force = Service::ALL.map(|service| {
                anyhow::Ok((serde_json::to_value(service)?, shared.captures.fault(service).0))
            });
            let name = |service: Value| service.as_str().unwrap_or_default().to_owned();
            let mut all = serde_json::Map::new();
            for one in in_force {
                let (service, fault) = one?;
                all.insert(name(service), serde_json::to_value(fault)?);
            }
            Value::Object(all)
        }
        _ => {
            let Some(function) = rest.strip_prefix("run/") else { return Ok(None) };
            let run: Run = read(body)?;
            engine::run(shared, function, run.time).await?
        }
    };
    Ok(Some(json_reply(StatusCode::OK, &value)))
}

async fn clock(shared: &Arc<Shared>, clock: Clock) -> anyhow::Result<Value> {
    match (clock.set, clock.advance) {
        (None, None) => {}
        (Some(to), None) => engine::set(shared, to).await?,
        (None, Some(span)) => {
            let now = shared.clock.now();
            let to = now
                .to_zoned_datetime(shared.zone.clone())
                .checked_add(span)
                .context("the clock ends before that")?;
            if to.timestamp() < now {
                bail!("advance goes forward; set moves the clock back");
            }
            if to.timestamp() > now {
                engine::set(shared, to.timestamp()).await?;
            }
        }
        (Some(_), Some(_)) => bail!("give set or advance, not both"),
    }
    Ok(json!({"now": shared.clock.now()}))
}

/// The body as `T`; an empty one says nothing.
fn read<T: DeserializeOwned + Default>(body: &[u8]) -> anyhow::Result<T> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| anyhow!("the body is not what this path takes: {error}"))
}

fn problem(status: StatusCode, detail: &str) -> Reply {
    let body =
        json!({"type": "about:blank", "title": "Local stack", "status": status.as_u16(), "detail": detail});
    plain(status, "application/problem+json", body.to_string())
}
