//! One request at its service: what the plan of faults makes of it, what it changes, and what the caller gets to know.
use aws_smithy_runtime_api::client::result::ConnectorError;
use jiff::SignedDuration;
use serde_json::json;

use crate::fault::{Asked, Fault};
use crate::network::{Answer, Service};
use crate::restore::MOST_INTERRUPTED;
use crate::tables::Change;
use crate::work::{FENCE, REDRIVE};
use crate::world::{Moment, World};

/// How old an index or an eventually consistent read is at most.
const LAG_MILLIS: std::ops::Range<i64> = 50..4000;

impl World {
    /// A request has arrived.
    pub(crate) fn arrive(&mut self, number: u64) {
        let Some(request) = self.requests.get(&number) else { return };
        let (task, service) = (request.task, request.service);
        let may_lag = service == Service::DynamoDb && crate::tables::may_lag(&request.action, &request.body);
        let asked = Asked { service, action: request.action.clone(), may_lag };
        let uri = request.uri.clone();
        let now = self.now();
        self.checker.leaked("an address of a request", &uri, now);
        self.effects += 1;
        let function = self.function_of(task);
        self.count((function, service), &asked.action);
        let dies = !matches!(function, FENCE | REDRIVE) || self.interrupted < MOST_INTERRUPTED;
        let fault = self.plan.at(self.effects, &asked, now, dies);
        self.note((self.effects, service, &asked.action, fault));
        if self.setting.calm {
            self.actions.push(asked);
        }
        if fault.is_some() {
            self.checker.troubled(task);
        }
        if fault == Some(Fault::CrashBefore) {
            self.requests.remove(&number);
            self.kill(task);
            return;
        }
        let answer = self.carry_out(number, fault);
        if fault.is_some() {
            // Once more: what the call itself has claimed is held only now.
            self.checker.troubled(task);
        }
        if fault == Some(Fault::CrashAfter) {
            self.requests.remove(&number);
            self.kill(task);
            return;
        }
        match answer {
            Some(answer) => {
                self.note(answer.status);
                let travel = self.travel() + self.thought(service);
                self.later(travel, Moment::Answer(number, Ok(answer)));
            }
            // No answer ever comes: the SDK's own time-out ends the wait, or a connection that was reset.
            None if self.weather.bool() && !self.setting.calm => {
                let reset = ConnectorError::io("connection reset".into());
                self.later(SignedDuration::from_millis(400), Moment::Answer(number, Err(reset)));
            }
            None => {
                self.requests.remove(&number);
            }
        }
    }

    fn count(&mut self, whose: (&'static str, Service), action: &str) {
        let calls = self.calls.entry(whose).or_default();
        match calls.get_mut(action) {
            Some(count) => *count += 1,
            None => drop(calls.insert(action.to_owned(), 1)),
        }
    }

    /// How long a provider takes to accept a message now and then.
    fn thought(&mut self, service: Service) -> SignedDuration {
        let is_slow = matches!(service, Service::Sns | Service::Ses) && !self.setting.calm;
        let millis = if is_slow && self.weather.bool() { self.weather.i64(50..600) } else { 0 };
        SignedDuration::from_millis(millis)
    }

    /// Carries a request out, or not; the answer, if one is under way.
    fn carry_out(&mut self, number: u64, fault: Option<Fault>) -> Option<Answer> {
        let service = self.requests[&number].service;
        if matches!(service, Service::Sns | Service::Ses) {
            return self.send(number, fault);
        }
        if fault == Some(Fault::Throttle) && self.requests[&number].action == "BatchGetItem" {
            return Some(self.tables.some_of(&self.requests[&number].body));
        }
        let is_not_applied =
            matches!(fault, Some(Fault::Error | Fault::Timeout | Fault::Throttle | Fault::Conflict));
        let answer = if is_not_applied { None } else { Some(self.apply(number, fault)) };
        match fault {
            None | Some(Fault::Stale | Fault::CrashAfter) => answer,
            Some(Fault::Timeout | Fault::TimeoutApplied) => None,
            Some(fault) => Some(refusal(service, fault)),
        }
    }

    fn apply(&mut self, number: u64, fault: Option<Fault>) -> Answer {
        let now = self.now();
        // Eventually consistent reads lag now and then without anything being wrong.
        let is_stale = fault == Some(Fault::Stale) || !self.setting.calm && self.weather.u8(..4) == 0;
        let lag = is_stale.then(|| SignedDuration::from_millis(self.weather.i64(LAG_MILLIS)));
        let request = &self.requests[&number];
        match request.service {
            Service::Kms => self.kms.call(&request.action, &request.body, &mut self.weather),
            Service::Secrets => crate::services::secret(),
            Service::S3 => self.objects.call(request),
            _ => {
                let task = request.task;
                let done = self.tables.call(&request.action, &request.body, now, lag);
                for change in &done.changes {
                    self.changed(task, change);
                }
                done.answer
            }
        }
    }

    /// A write has committed: streams, due index and invariants learn of it.
    pub(crate) fn changed(&mut self, task: u64, change: &Change) {
        let now = self.now();
        self.note((change.place.table, &change.place.pk, &change.place.sk, change.new.is_some()));
        self.checker.changed(task, change, now);
        if self.function_of(task) == REDRIVE {
            self.failures.handed_out(&change.place.pk);
        }
        self.sweeps.changed(change);
        self.stream(change, false);
        self.plan_sweep();
    }

    fn send(&mut self, number: u64, fault: Option<Fault>) -> Option<Answer> {
        let now = self.now();
        let request = &self.requests[&number];
        let task = request.task;
        let (answer, taken) = self.providers.call(request.service, &request.body, now, fault);
        if taken && let Some(taken) = self.providers.accepted.last().cloned() {
            self.note((&taken.to, &taken.body));
            self.checker.accepted(task, &taken, &self.tables, now);
            self.report_later(&taken);
        }
        answer
    }
}

fn refusal(service: Service, fault: Fault) -> Answer {
    let (status, code) = match (service, fault) {
        (Service::S3, Fault::Throttle) => return Answer::new(503, "<Error><Code>SlowDown</Code></Error>"),
        (Service::S3, _) => return Answer::new(500, "<Error><Code>InternalError</Code></Error>"),
        (_, Fault::Conflict) => {
            let reasons = json!([{"Code": "TransactionConflict"}]);
            let body = json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                              "Message": "simulated", "CancellationReasons": reasons});
            return Answer::new(400, body.to_string());
        }
        (Service::DynamoDb, Fault::Throttle) => {
            (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")
        }
        (Service::DynamoDb, _) => (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
        (_, Fault::Throttle) => (400, "ThrottlingException"),
        (Service::Kms, _) => (500, "KMSInternalException"),
        _ => (500, "InternalServiceError"),
    };
    Answer::new(status, json!({"__type": code, "message": "simulated"}).to_string())
}
