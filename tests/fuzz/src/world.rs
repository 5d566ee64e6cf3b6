//! The real handlers over the cloud in this process, and the verdict on each of their answers.
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use aws_lambda_events::http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use startup::webhook::{sign, sign_ticketscad};
use startup::{Clock, Entropy, Runtime, Variables};

use crate::agency::Agency;
use crate::cloud::{Cloud, Write};
use crate::mutate::{CANARIES, Wire};
use crate::overheard::Overheard;
use crate::staff::Ask;

const SECRET: &str = "whsec_cHJlY2luY3QtbG9jYWwtc3RhY2stc2VjcmV0LTAwMDE=";
const PATHS: [&str; 7] = [
    "/v1/cad/events",
    "/v1/cad/eido",
    "/v1/cases/events",
    "/v1/cad/ticketscad",
    "/v1/cad/profiles/example-json",
    "/v1/cases/profiles/records",
    "/v1/personnel/events",
];

/// What is wrong with an answer.
pub type Fault = String;

/// Handlers on tables of their own.
pub struct World {
    cloud: Cloud,
    executor: tokio::runtime::Runtime,
    incidents: incident_intake::Context,
    personnel: personnel_intake::Context,
    staff: staff_api::Context,
    replies: replies::Context,
    receipts: receipts::Context,
    unsubscribe: unsubscribe::Context,
    overheard: Overheard,
    now: Timestamp,
}

/// An answer, whichever API it is of.
struct Answer {
    status: i64,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn new(status: i64, headers: HeaderMap, body: Option<Body>) -> Self {
        let body = match body {
            Some(Body::Text(text)) => text,
            _ => String::new(),
        };
        Self { status, headers, body }
    }
}

impl World {
    /// A world without records, at noon of a working day.
    pub fn new(overheard: &Overheard, agency: &Agency) -> anyhow::Result<Self> {
        let source = |scheme: &str| json!({"scheme": scheme, "secrets": [SECRET], "paths": PATHS});
        let secret = json!({"cad": source("standard_webhooks"), "tickets": source("ticketscad_v2"), "key": source("api_key")});
        let cloud = Cloud::new(&secret.to_string())?;
        let now: Timestamp = "2026-07-07T17:00:00Z".parse()?;
        let runtime =
            Runtime::new(cloud.sdk(), Clock::new(move || now), Entropy::system(), variables(agency));
        Ok(Self {
            executor: tokio::runtime::Builder::new_current_thread().enable_time().build()?,
            incidents: incident_intake::Context::new(&runtime)?,
            personnel: personnel_intake::Context::new(&runtime)?,
            staff: staff_api::Context::new(&runtime)?,
            replies: replies::Context::new(&runtime)?,
            receipts: receipts::Context::new(&runtime)?,
            unsubscribe: unsubscribe::Context::new(&runtime)?,
            overheard: overheard.clone(),
            cloud,
            now,
        })
    }

    /// Posts `body` to an intake, signed, under `headers` besides and handed over as `wire`; what is wrong with the answer,
    /// and its status.
    pub fn post(&self, path: &str, body: &[u8], wire: Wire, headers: &[(&str, &str)]) -> Result<u16, Fault> {
        let mut request = ApiGatewayProxyRequest::default();
        request.path = Some(path.into());
        request.headers = self.signed(path, body, headers);
        (request.body, request.is_base64_encoded) = (wire.body, wire.is_base64);
        let answer = self.run(async {
            let answer = if path == "/v1/personnel/events" {
                personnel_intake::handle(&self.personnel, request).await
            } else {
                incident_intake::handle(&self.incidents, request).await
            };
            answer.map(|answer| Answer::new(answer.status_code, answer.headers, answer.body))
        })?;
        let written = self.cloud.written();
        self.judge(&answer)?;
        intake_kept_its_word(&answer, &written)?;
        Ok(answer.status as u16)
    }

    /// A request of staff, or to the public page; its status.
    pub fn ask(&self, ask: &Ask) -> Result<u16, Fault> {
        let Ask { method, path, subject, groups, wire, .. } = ask;
        let (is_public, token) = match path.strip_prefix("/v1/unsubscribe/") {
            Some(token) => (true, token),
            None => (false, ""),
        };
        let claims = json!({"sub": subject, "groups": groups});
        let (path_alone, query) = path.split_once('?').unwrap_or((path.as_str(), ""));
        let query: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let request = json!({"version": "2.0", "rawPath": path_alone, "queryStringParameters": query,
            "headers": {"content-type": if is_public { "application/x-www-form-urlencoded" } else { "application/json" },
                "idempotency-key": "fuzz"},
            "pathParameters": {"token": token}, "body": wire.body, "isBase64Encoded": wire.is_base64,
            "requestContext": {"stage": "$default", "authorizer": {"jwt": {"claims": claims, "scopes": null}},
                "http": {"method": method, "path": path_alone, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""},
                "timeEpoch": 0}});
        let request: ApiGatewayV2httpRequest =
            serde_json::from_value(request).map_err(|error| error.to_string())?;
        let answer = self.run(async {
            let answer = if is_public {
                unsubscribe::handle(&self.unsubscribe, request).await
            } else {
                staff_api::handle(&self.staff, request).await
            };
            answer.map(|answer| Answer::new(answer.status_code, answer.headers, answer.body))
        })?;
        let written = self.cloud.written();
        self.judge(&answer)?;
        // A message that is not sent leaves its decision; nothing else of a refusal stays.
        let stays = |key: &String| !is_technical(key) && !key.contains(" DEC#");
        match written.iter().flatten().find(|key| answer.status >= 300 && stays(key)) {
            Some(key) => Err(format!("{} left {key}", answer.status)),
            None => Ok(answer.status as u16),
        }
    }

    /// A message of a queue: `replies` or `receipts`; 200 where it was settled, 400 where it goes to the failure queue.
    pub fn queue(&self, replies: bool, body: &[u8]) -> Result<u16, Fault> {
        let body = String::from_utf8_lossy(body);
        let event = json!({"Records": [{"messageId": "m-1", "body": body, "attributes": {"SentTimestamp": "1783443600000"},
            "messageAttributes": {}, "eventSource": "aws:sqs"}]});
        let answer = self.run(async {
            let failed = if replies {
                replies::handle(&self.replies, serde_json::from_value(event)?).await?.batch_item_failures
            } else {
                receipts::handle(&self.receipts, event).await?.batch_item_failures
            };
            Ok(Answer {
                status: if failed.is_empty() { 200 } else { 400 },
                headers: HeaderMap::new(),
                body: String::new(),
            })
        })?;
        let written = self.cloud.written();
        self.overheard.nothing_of(&CANARIES)?;
        match written.iter().flatten().find(|key| answer.status >= 300 && !is_technical(key)) {
            Some(key) => Err(format!("a message that comes again left {key}")),
            None => Ok(answer.status as u16),
        }
    }

    fn signed(&self, path: &str, body: &[u8], further: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let stamp = self.now.as_second().to_string();
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        };
        set("content-type", "application/json".into());
        if path == "/v1/cad/ticketscad" {
            set("x-webhook-timestamp", stamp);
            set("x-webhook-signature-v2", sign_ticketscad(SECRET, self.now, body));
        } else {
            set("webhook-id", "fuzz".into());
            set("webhook-timestamp", stamp);
            set("webhook-signature", sign(SECRET, "fuzz", self.now, body).unwrap_or_default());
        }
        for (name, value) in further {
            if let (Ok(name), Ok(value)) =
                (name.parse::<aws_lambda_events::http::HeaderName>(), value.parse())
            {
                headers.insert(name, value);
            }
        }
        headers
    }

    /// Runs a handler; a panic and an error are faults alike.
    fn run(&self, handler: impl Future<Output = anyhow::Result<Answer>>) -> Result<Answer, Fault> {
        let answer = catch_unwind(AssertUnwindSafe(|| self.executor.block_on(handler)));
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(format!("the handler failed: {error:#}")),
            Err(_) => Err("the handler panicked".into()),
        }
    }

    /// What holds for every answer: never our fault, nothing personal in a refusal or a log line, the headers.
    fn judge(&self, answer: &Answer) -> Result<(), Fault> {
        if answer.status >= 500 || answer.status < 200 {
            return Err(format!("{} {} {}", answer.status, answer.body, self.overheard.take()));
        }
        self.overheard.nothing_of(&CANARIES)?;
        let leak = CANARIES.iter().find(|canary| answer.status >= 300 && answer.body.contains(**canary));
        if let Some(canary) = leak {
            return Err(format!("{} repeats {canary:?}: {}", answer.status, answer.body));
        }
        for name in [
            "cache-control",
            "x-content-type-options",
            "strict-transport-security",
            "content-security-policy",
        ] {
            if !answer.headers.contains_key(name) {
                return Err(format!("{} has no {name}", answer.status));
            }
        }
        Ok(())
    }
}

/// Whether what was written is what the answer says: one transaction with an event's id for each that was accepted, and
/// beside the keys and the quarantine nothing else; without a 2xx nothing at all.
fn intake_kept_its_word(answer: &Answer, written: &[Write]) -> Result<(), Fault> {
    let is_event = |key: &String| key.contains(" EVT#");
    let stored: Vec<&Write> = written.iter().filter(|write| write.iter().any(is_event)).collect();
    let receipt: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let accepted = receipt["accepted"].as_u64().unwrap_or_default();
    if stored.len() as u64 != accepted {
        return Err(format!("{} says {accepted} accepted, {} were stored", answer.status, stored.len()));
    }
    if let Some(alone) = stored.iter().find(|write| write.len() < 2) {
        return Err(format!("an event was stored without an effect: {alone:?}"));
    }
    let others = written.iter().filter(|write| !write.iter().any(is_event)).flatten();
    // Of an EIDO that tells nothing new its snapshot may move on.
    let mut strays =
        others.filter(|key| !(is_technical(key) || answer.status < 300 && key.contains(" EIDO#")));
    strays.next().map_or(Ok(()), |key| Err(format!("{} also wrote {key}", answer.status)))
}

/// Data keys, and rejected events in quarantine.
fn is_technical(key: &str) -> bool {
    key.contains(" KEY#") || key.contains(" REJ#")
}

fn variables(agency: &Agency) -> Variables {
    let agency = agency.path().to_str().unwrap_or_default();
    [
        ("INCIDENTS_TABLE", "Incidents"),
        ("MESSAGES_TABLE", "Messages"),
        ("CONTACTS_TABLE", "Contacts"),
        ("PERSONNEL_TABLE", "Personnel"),
        ("UPDATES_KEY_ID", "UpdatesKey"),
        ("CONTACTS_KEY_ID", "ContactsKey"),
        ("PERSONNEL_KEY_ID", "PersonnelKey"),
        ("AUDIT_BUCKET", "audit"),
        ("INTERNAL_BUCKET", "internal"),
        ("WEBHOOK_SECRET_ID", "webhook-sources"),
        ("AGENCY_DIR", agency),
    ]
    .into_iter()
    .collect()
}

/// The paths that take posts.
pub fn paths() -> &'static [&'static str] {
    &PATHS
}
