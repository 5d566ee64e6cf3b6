//! SNS and SES on the wire: texts and e-mails are captured instead of sent, and fail on demand.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use jiff::Timestamp;
use mail_parser::MessageParser;

use super::captures::{Captures, Email, Fault, Service, Text};
use super::server::{Lost, Reply, plain};

/// Answers a call in the form of the AWS query protocol.
pub(crate) async fn answer(captures: &Captures, now: Timestamp, body: &[u8]) -> Result<Reply, Lost> {
    let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let (service, action) = match form.get("Action").map(String::as_str) {
        Some("Publish") => (Service::Sns, "Publish"),
        Some("SendRawEmail") => (Service::Ses, "SendRawEmail"),
        _ => return Ok(refuse(StatusCode::BAD_REQUEST, "InvalidAction")),
    };
    let (fault, hold) = captures.fault(service);
    match (fault, service) {
        (Fault::Throttle, Service::Sns) => return Ok(refuse(StatusCode::TOO_MANY_REQUESTS, "Throttled")),
        (Fault::Throttle, Service::Ses) => return Ok(refuse(StatusCode::BAD_REQUEST, "Throttling")),
        (Fault::Reject, Service::Sns) => return Ok(refuse(StatusCode::BAD_REQUEST, "InvalidParameter")),
        (Fault::Reject, Service::Ses) => return Ok(refuse(StatusCode::BAD_REQUEST, "MessageRejected")),
        _ => {}
    }
    let message_id = message_id();
    let taken = match service {
        Service::Sns => take_text(captures, now, &form, &message_id),
        _ => take_email(captures, now, &form, &message_id),
    };
    let Some(()) = taken else { return Ok(refuse(StatusCode::BAD_REQUEST, "InvalidParameter")) };
    if fault == Fault::AcceptThenLose {
        tokio::time::sleep(hold).await;
        return Err(Lost);
    }
    let space = match service {
        Service::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
        _ => "http://ses.amazonaws.com/doc/2010-12-01/",
    };
    let xml = format!(
        "<{action}Response xmlns=\"{space}\"><{action}Result><MessageId>{message_id}</MessageId></{action}Result>\
         <ResponseMetadata><RequestId>{message_id}</RequestId></ResponseMetadata></{action}Response>"
    );
    Ok(plain(StatusCode::OK, "text/xml", xml))
}

/// A text goes to a number; anything else is refused. `None` says so.
fn take_text(
    captures: &Captures,
    at: Timestamp,
    form: &BTreeMap<String, String>,
    message_id: &str,
) -> Option<()> {
    let to = form.get("PhoneNumber").filter(|number| number.starts_with('+'))?.clone();
    let body = form.get("Message").filter(|body| !body.is_empty())?.clone();
    captures.add_text(&Text { to, body, message_id: message_id.into(), at }).ok()
}

/// An e-mail comes as raw MIME and is read back here as a mail program would.
fn take_email(
    captures: &Captures,
    at: Timestamp,
    form: &BTreeMap<String, String>,
    message_id: &str,
) -> Option<()> {
    let raw = STANDARD.decode(form.get("RawMessage.Data")?).ok()?;
    let mail = MessageParser::default().parse(&raw)?;
    let header = || mail.to()?.first()?.address().map(str::to_owned);
    let to = form.get("Destinations.member.1").cloned().or_else(header)?;
    let email = Email {
        to,
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        html: if mail.html_body_count() > 0 {
            mail.body_html(0).unwrap_or_default().into_owned()
        } else {
            String::new()
        },
        message_id: message_id.into(),
        at,
    };
    captures.add_email(&email, &raw).ok()
}

fn message_id() -> String {
    startup::Entropy::system().token()
}

fn refuse(status: StatusCode, code: &str) -> Reply {
    let xml = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>asked for by the operator, or \
         malformed</Message></Error><RequestId>0</RequestId></ErrorResponse>"
    );
    plain(status, "text/xml", xml)
}
