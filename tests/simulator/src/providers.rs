//! SNS and SES as an oracle: they take, refuse, lose and report, and they know what really reached a person.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::MessageParser;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::network::{Answer, Service};

/// A message that a provider took: a person gets it.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) service: Service,
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// The claim that SES echoes in its events.
    pub(crate) tag: Option<String>,
    /// Whether the sender was told so.
    pub(crate) acknowledged: bool,
}

/// What the carrier says of a number that cannot receive texts.
const LANDLINE: &str = "Destination is a landline";
/// The kind of bounce of a mailbox that does not exist.
const PERMANENT: &str = "Permanent";

/// The address that can never be reached, if the receipt says so.
pub(crate) fn unreachable(receipt: &Value) -> Option<&str> {
    if receipt["delivery"]["providerResponse"] == LANDLINE {
        return receipt["delivery"]["destination"].as_str();
    }
    (receipt["bounce"]["bounceType"] == PERMANENT).then(|| receipt["mail"]["destination"][0].as_str())?
}

/// Whether a message reached its phone or mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    Delivered,
    NotNow,
    Never,
}

/// Both providers of one run.
#[derive(Default)]
pub(crate) struct Providers {
    /// Everything taken, in order.
    pub(crate) accepted: Vec<Accepted>,
}

impl Providers {
    /// Carries out one send under `fault`: the answer on the wire, if one comes, and whether the message was taken.
    pub(crate) fn call(
        &mut self,
        service: Service,
        body: &[u8],
        now: Timestamp,
        fault: Option<Fault>,
    ) -> (Option<Answer>, bool) {
        let refusal = match (fault, service) {
            (Some(Fault::Throttle), Service::Sns) => Some((429, "Throttled")),
            (Some(Fault::Throttle), _) => Some((400, "Throttling")),
            (Some(Fault::Rejected), Service::Sns) => Some((400, "InvalidParameter")),
            (Some(Fault::Rejected), _) => Some((400, "MessageRejected")),
            (Some(Fault::OptedOut), _) => Some((400, "OptedOut")),
            (Some(Fault::Error), _) => Some((500, "InternalFailure")),
            _ => None,
        };
        if let Some((status, code)) = refusal {
            return (Some(refuse(status, code)), false);
        }
        if matches!(fault, Some(Fault::Timeout | Fault::CrashBefore)) {
            return (None, false);
        }
        let Some(mut taken) = self.read(service, body, now) else {
            return (Some(refuse(400, "InvalidParameter")), false);
        };
        taken.acknowledged = fault.is_none();
        let answer = match fault {
            None => Some(accept(service, &taken.id)),
            Some(Fault::ErrorApplied) => Some(refuse(500, "InternalFailure")),
            Some(_) => None,
        };
        self.accepted.push(taken);
        (answer, true)
    }

    fn read(&self, service: Service, body: &[u8], at: Timestamp) -> Option<Accepted> {
        let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let id = format!("provider-{}", self.accepted.len() + 1);
        let taken = |to, body, tag| Accepted { service, to, body, id, at, tag, acknowledged: false };
        if service == Service::Sns {
            let to = form.get("PhoneNumber").filter(|number| number.starts_with('+'))?.clone();
            return Some(taken(to, form.get("Message")?.clone(), None));
        }
        let raw = STANDARD.decode(form.get("RawMessage.Data")?).ok()?;
        let mail = MessageParser::default().parse(&raw)?;
        let text = mail.body_text(0).unwrap_or_default();
        // The link that stops e-mails is another each time; the words are not.
        let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains("://")).collect();
        let body = format!("{}\n{}", mail.subject().unwrap_or_default(), words.join(" "));
        Some(taken(
            form.get("Destinations.member.1")?.clone(),
            body,
            form.get("Tags.member.1.Value").cloned(),
        ))
    }
}

impl Accepted {
    /// What the provider reports of it later: a line of the delivery log, or an event of SES.
    pub(crate) fn receipt(&self, reached: Reached) -> Value {
        if self.service == Service::Sns {
            let (status, said) = match reached {
                Reached::Delivered => ("SUCCESS", "Message has been accepted by phone carrier"),
                Reached::NotNow => ("FAILURE", "Phone is currently unreachable/unavailable"),
                Reached::Never => ("FAILURE", LANDLINE),
            };
            let stamp = self.at.strftime("%Y-%m-%d %H:%M:%S.000").to_string();
            return json!({
                "notification": {"messageId": self.id, "timestamp": stamp},
                "delivery": {"destination": self.to, "priceInUSD": 0.00645, "smsType": "Transactional",
                             "providerResponse": said, "dwellTimeMs": 599},
                "status": status,
            });
        }
        let tags = self.tag.iter().map(|tag| (updates::receipt::CLAIM_TAG, json!([tag])));
        let mail = json!({"messageId": self.id, "timestamp": self.at, "destination": [self.to],
                          "tags": tags.collect::<BTreeMap<_, _>>()});
        if reached == Reached::Delivered {
            return json!({"eventType": "Delivery", "mail": mail, "delivery": {"recipients": [self.to]}});
        }
        let kind = if reached == Reached::Never { PERMANENT } else { "Transient" };
        let bounced = json!([{"emailAddress": self.to, "status": "5.1.1"}]);
        json!({"eventType": "Bounce", "mail": mail,
               "bounce": {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": bounced}})
    }
}

fn accept(service: Service, id: &str) -> Answer {
    let (action, space) = match service {
        Service::Sns => ("Publish", "http://sns.amazonaws.com/doc/2010-03-31/"),
        _ => ("SendRawEmail", "http://ses.amazonaws.com/doc/2010-12-01/"),
    };
    let xml = format!(
        "<{action}Response xmlns=\"{space}\"><{action}Result><MessageId>{id}</MessageId></{action}Result>\
         <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
    );
    Answer::new(200, xml)
}

fn refuse(status: u16, code: &str) -> Answer {
    let xml = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>simulated</Message></Error>\
         <RequestId>0</RequestId></ErrorResponse>"
    );
    Answer::new(status, xml)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The receipt of a message to `to` names it as out of reach for good where it is, and nowhere else.
    #[track_caller]
    fn check(service: Service, to: &str) {
        let taken = Accepted {
            service,
            to: to.into(),
            body: String::new(),
            id: "provider-1".into(),
            at: Timestamp::UNIX_EPOCH,
            tag: None,
            acknowledged: true,
        };
        assert_eq!(unreachable(&taken.receipt(Reached::Never)), Some(to));
        assert_eq!(unreachable(&taken.receipt(Reached::NotNow)), None);
        assert_eq!(unreachable(&taken.receipt(Reached::Delivered)), None);
    }

    #[test]
    fn a_receipt_says_who_is_out_of_reach() {
        check(Service::Sns, "+12185550123");
        check(Service::Ses, "caller-1@canary.example.com");
    }
}
