//! The real handlers. Each invocation takes a warm context or starts a new one; one that crashes takes its context
//! with it, as a sandbox takes its memory.
use std::future::Future;
use std::pin::Pin;

use anyhow::Result;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::ApiGatewayProxyRequest;
use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use jiff::Timestamp;
use serde_json::Value;
use startup::Runtime;

use crate::failures::Order;

/// What a function is called with.
pub(crate) enum Input {
    Intake(Box<ApiGatewayProxyRequest>),
    Plan(Event),
    Log(Event),
    Send(Event),
    Sweep(Value),
    Replies(SqsEvent),
    Receipts(Value),
    /// No function: the operator's commands after a restore of a copy of that instant.
    Fence(Runtime, Timestamp),
    /// No function: the operator's command for the failure queues.
    Redrive(Runtime, Vec<Order>),
    /// What a test has a sandbox do.
    #[cfg(test)]
    Planted(Invocation),
}

/// What a function answers.
#[derive(Debug)]
pub(crate) enum Output {
    Http(i64, String),
    /// What has to come again.
    Failures(Vec<String>),
    Done,
}

/// A context on its way back to the warm ones.
#[expect(clippy::large_enum_variant, reason = "one lives for a moment")]
pub(crate) enum Warm {
    Intake(incident_intake::Context),
    Plan(plan_updates::Context),
    Log(log_crime::Context),
    Send(send_updates::Context),
    Sweep(sweep_updates::Context),
    Replies(replies::Context),
    Receipts(receipts::Context),
    Nothing,
}

/// A running invocation.
pub(crate) type Invocation = Pin<Box<dyn Future<Output = (Result<Output>, Warm)>>>;

/// Every function with its warm contexts.
pub(crate) struct Functions {
    runtime: Runtime,
    intake: Vec<incident_intake::Context>,
    plan: Vec<plan_updates::Context>,
    log: Vec<log_crime::Context>,
    send: Vec<send_updates::Context>,
    sweep: Vec<sweep_updates::Context>,
    replies: Vec<replies::Context>,
    receipts: Vec<receipts::Context>,
}

macro_rules! invoke {
    ($self:ident, $pool:ident, $krate:ident, $variant:ident, $event:expr, $read:expr) => {{
        let context = match $self.$pool.pop() {
            Some(context) => context,
            None => $krate::Context::new(&$self.runtime)?,
        };
        let event = $event;
        Box::pin(async move {
            let answer = $krate::handle(&context, event).await;
            (answer.map($read), Warm::$variant(context))
        })
    }};
}

impl Functions {
    pub(crate) fn new(runtime: Runtime) -> Self {
        Self {
            runtime,
            intake: Vec::new(),
            plan: Vec::new(),
            log: Vec::new(),
            send: Vec::new(),
            sweep: Vec::new(),
            replies: Vec::new(),
            receipts: Vec::new(),
        }
    }

    /// Starts an invocation; nothing of it runs before it is polled.
    pub(crate) fn invoke(&mut self, input: Input) -> Result<Invocation> {
        Ok(match input {
            Input::Intake(event) => invoke!(self, intake, incident_intake, Intake, *event, |answer| {
                let body = match answer.body {
                    Some(Body::Text(text)) => text,
                    _ => String::new(),
                };
                Output::Http(answer.status_code, body)
            }),
            Input::Plan(event) => invoke!(self, plan, plan_updates, Plan, event, stream_failures),
            Input::Log(event) => invoke!(self, log, log_crime, Log, event, stream_failures),
            Input::Send(event) => invoke!(self, send, send_updates, Send, event, stream_failures),
            Input::Sweep(event) => invoke!(self, sweep, sweep_updates, Sweep, event, |()| Output::Done),
            Input::Replies(event) => invoke!(self, replies, replies, Replies, event, queue_failures),
            Input::Receipts(event) => invoke!(self, receipts, receipts, Receipts, event, queue_failures),
            Input::Fence(runtime, copied) => Box::pin(async move {
                (crate::restore::close(runtime, copied).await.map(|()| Output::Done), Warm::Nothing)
            }),
            Input::Redrive(runtime, orders) => Box::pin(async move {
                (crate::failures::work_off(runtime, orders).await.map(Output::Failures), Warm::Nothing)
            }),
            #[cfg(test)]
            Input::Planted(invocation) => invocation,
        })
    }

    /// Keeps a context for the next invocation.
    pub(crate) fn keep(&mut self, warm: Warm) {
        match warm {
            Warm::Intake(context) => self.intake.push(context),
            Warm::Plan(context) => self.plan.push(context),
            Warm::Log(context) => self.log.push(context),
            Warm::Send(context) => self.send.push(context),
            Warm::Sweep(context) => self.sweep.push(context),
            Warm::Replies(context) => self.replies.push(context),
            Warm::Receipts(context) => self.receipts.push(context),
            Warm::Nothing => {}
        }
    }
}

fn stream_failures(answer: DynamoDbEventResponse) -> Output {
    let failures = answer.batch_item_failures.into_iter();
    Output::Failures(failures.map(|failure| failure.item_identifier.unwrap_or_default()).collect())
}

fn queue_failures(answer: SqsBatchResponse) -> Output {
    Output::Failures(answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect())
}
