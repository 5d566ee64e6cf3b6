//! The providers: SNS for texts, SES for e-mail. One attempt each, and an honest reading of the answer.
use std::time::Duration;

use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{MessageTag, RawMessage};
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::types::MessageAttributeValue;
use jiff::Timestamp;
use startup::Runtime;
use startup::agency::Agency;
use updates::email::{Envelope, build};
use updates::receipt::CLAIM_TAG;
use updates::render::Rendered;

/// Below half the lease: a claim is never older than its lease while a call is under way.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What became of a send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Taken, with the provider's id.
    Accepted(String),
    /// Definitely not taken, and may be tried later.
    Throttled,
    /// Definitely not taken, for good.
    Refused(&'static str),
    /// The recipient opted out at the provider.
    OptedOut,
    /// Perhaps taken.
    Unknown,
}

/// Clients of both.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    sns: aws_sdk_sns::Client,
    ses: aws_sdk_ses::Client,
    origination_number: Option<String>,
    from_name: String,
    from: String,
    configuration_set: Option<String>,
}

impl Provider {
    pub(crate) fn new(runtime: &Runtime, agency: &Agency) -> Self {
        let timeouts =
            aws_sdk_sns::config::timeout::TimeoutConfig::builder().operation_attempt_timeout(TIMEOUT).build();
        let sns = aws_sdk_sns::config::Builder::from(&runtime.sdk).timeout_config(timeouts.clone()).build();
        let ses = aws_sdk_ses::config::Builder::from(&runtime.sdk).timeout_config(timeouts).build();
        Self {
            sns: aws_sdk_sns::Client::from_conf(sns),
            ses: aws_sdk_ses::Client::from_conf(ses),
            origination_number: runtime.variables.optional("SMS_ORIGINATION_NUMBER"),
            from_name: agency.name.clone(),
            from: agency.email_from.clone(),
            configuration_set: runtime.variables.optional("SES_CONFIGURATION_SET"),
        }
    }

    /// Texts `words` to `number`.
    pub(crate) async fn text(&self, number: &str, words: &Rendered) -> Sent {
        let attribute = |kind: &str, value: &str| {
            MessageAttributeValue::builder()
                .data_type(kind)
                .string_value(value)
                .build()
                .expect("the type is set")
        };
        let call = self.sns.publish().phone_number(number).message(&words.body);
        let mut call = call.message_attributes("AWS.SNS.SMS.SMSType", attribute("String", "Transactional"));
        if let Some(origin) = &self.origination_number {
            call = call.message_attributes("AWS.MM.SMS.OriginationNumber", attribute("String", origin));
        }
        match call.send().await {
            Ok(output) => Sent::Accepted(output.message_id.unwrap_or_default()),
            Err(error) => classify(&error),
        }
    }

    /// Mails `words` to a mailbox of the department; `token` makes the message id.
    pub(crate) async fn email(&self, address: &str, words: &Rendered, at: Timestamp, token: &str) -> Sent {
        let envelope = Envelope { from_name: &self.from_name, from: &self.from, to: address, at, token };
        self.mail(address, build(&envelope, words), token).await
    }

    /// Mails a finished message to `address`; `token` comes back with every event of the configuration set.
    pub(crate) async fn mail(&self, address: &str, raw: Vec<u8>, token: &str) -> Sent {
        let raw = RawMessage::builder().data(Blob::new(raw)).build();
        let Ok(raw) = raw else { return Sent::Refused("message could not be built") };
        let call = self.ses.send_raw_email().source(&self.from).destinations(address).raw_message(raw);
        let call = match MessageTag::builder().name(CLAIM_TAG).value(token).build() {
            Ok(tag) if self.configuration_set.is_some() => call.tags(tag),
            _ => call,
        };
        match call.set_configuration_set_name(self.configuration_set.clone()).send().await {
            Ok(output) => Sent::Accepted(output.message_id),
            Err(error) => classify(&error),
        }
    }
}

/// A refusal that names itself is definite; anything else may have been taken.
fn classify<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Sent {
    match error {
        // Nothing was written to the wire.
        SdkError::ConstructionFailure(_) => Sent::Refused("request could not be built"),
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            Sent::Refused("request could not be built")
        }
        SdkError::ServiceError(_) => match error.code() {
            Some("Throttling" | "ThrottlingException" | "Throttled" | "TooManyRequestsException") => {
                Sent::Throttled
            }
            Some("OptedOut" | "OptedOutException") => Sent::OptedOut,
            Some("InvalidParameter" | "InvalidParameterException" | "ParameterValueInvalid") => {
                Sent::Refused("invalid parameter")
            }
            Some("AuthorizationError" | "AccessDenied" | "AccessDeniedException") => {
                Sent::Refused("not permitted")
            }
            Some("ConfigurationSetDoesNotExist" | "ConfigurationSetDoesNotExistException") => {
                Sent::Refused("configuration set does not exist")
            }
            Some("MessageRejected") => Sent::Refused("message rejected"),
            Some("MailFromDomainNotVerified" | "MailFromDomainNotVerifiedException") => {
                Sent::Refused("sender not verified")
            }
            _ => Sent::Unknown,
        },
        _ => Sent::Unknown,
    }
}
