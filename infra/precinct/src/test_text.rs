//! `precinct test-text`: one clearly marked text through a stack's own number, so that a department sees its first text on a
//! phone of its own before anybody else gets one. Whoever opted out is not texted, not even for a test.
use anyhow::{Context as _, bail};
use aws_sdk_sns::types::MessageAttributeValue;
use incident::address;
use startup::agency::Folder;
use startup::{Clock, Entropy, Runtime, Variables};
use table::Planning;
use updates::ContactState;

use crate::access::{Access, why};
use crate::custodian::place::with_outputs;

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct TestText {
    /// Number of a telephone that you hold in your hand.
    #[arg(long)]
    to: String,
    #[command(flatten)]
    access: Access,
    /// Agency folder, for the name that the text begins with.
    #[arg(long, default_value = "infra/agency")]
    agency: std::path::PathBuf,
    /// Send it; without this the command only says what it would send.
    #[arg(long)]
    yes: bool,
}

impl TestText {
    /// Sends the text, or says why not.
    pub async fn run(self) -> anyhow::Result<()> {
        let number = address::phone(&self.to)
            .ok()
            .context("--to is no number that can be texted: give ten digits, or +1 and ten digits")?;
        let words = words(&Folder::new(&self.agency).agency()?.name);
        let sdk = self.access.sdk().await;
        let stack = self.access.describe(&sdk).await?;
        let origination = stack.parameters.get("SmsOriginationNumber").cloned().unwrap_or_default();
        let sns = aws_sdk_sns::Client::new(&sdk);
        let at_provider = sns.check_if_phone_number_is_opted_out().phone_number(&number).send().await;
        let at_provider = at_provider.map(|answer| answer.is_opted_out).map_err(|error| why(&error));
        let runtime = Runtime::new(sdk.clone(), Clock::wall(), Entropy::system(), Variables::default());
        let runtime = with_outputs(&runtime, &self.access.stack, &stack.outputs)?;
        let (dynamo, kms) = (aws_sdk_dynamodb::Client::new(&sdk), aws_sdk_kms::Client::new(&sdk));
        let contacts = Planning::open(&runtime, &dynamo, &kms)?.contacts;
        let known = contacts.find(&number).await.context("what is known of the number cannot be read")?;
        let state = known.map(|(_, state)| state).unwrap_or_default();
        if let Some(why) = refusal(&state, &at_provider) {
            bail!("nothing was sent: {why}");
        }
        let from = if origination.is_empty() { "a number that SNS chooses" } else { &origination };
        if !self.yes {
            tell!("Would send from {from}:\n  {words}\nAdd --yes to send it.");
            return Ok(());
        }
        let id = send(&sns, &number, &words, &origination).await?;
        tell!("Sent from {from}: message {id}\n  {words}");
        tell!("{}", look_at(&self.access));
        Ok(())
    }
}

/// Why the number must not be texted.
fn refusal(state: &ContactState, at_provider: &Result<bool, String>) -> Option<String> {
    if !state.opt_outs.is_empty() {
        return Some(
            "this number opted out of the department's texts; only its owner lifts that, by START".into(),
        );
    }
    match at_provider {
        Ok(false) => None,
        Ok(true) => Some("this number opted out at AWS; only its owner lifts that, by START".into()),
        Err(why) => Some(format!("AWS does not say whether this number opted out ({why})")),
    }
}

/// The words: marked as a test, in one text, with nothing that could be taken for news.
fn words(agency: &str) -> String {
    format!(
        "{agency}: TEST. This text checks the system. It is about no call and no case; you need do nothing."
    )
}

async fn send(
    sns: &aws_sdk_sns::Client,
    number: &str,
    words: &str,
    origination: &str,
) -> anyhow::Result<String> {
    let attribute = |value: &str| {
        MessageAttributeValue::builder()
            .data_type("String")
            .string_value(value)
            .build()
            .context("an attribute")
    };
    let mut call = sns.publish().phone_number(number).message(words);
    call = call.message_attributes("AWS.SNS.SMS.SMSType", attribute("Transactional")?);
    if !origination.is_empty() {
        call = call.message_attributes("AWS.MM.SMS.OriginationNumber", attribute(origination)?);
    }
    let answer =
        call.send().await.map_err(|error| anyhow::anyhow!("SNS does not take it: {}", why(&error)))?;
    answer.message_id.context("SNS took it and named no message: look at the telephone")
}

/// What to look at when nothing arrives.
fn look_at(access: &Access) -> String {
    format!(
        "It should arrive within a minute. If not: precinct doctor --stack {}; then the log groups\n\
         sns/REGION/ACCOUNT/DirectPublishToPhoneNumber and .../Failure, by that message id: \"providerResponse\" says why.\n\
         Answer HELP to it: the reply must come back too.",
        access.stack
    )
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use updates::Scope;

    use super::*;

    #[test]
    fn a_test_is_marked_and_fits_one_text() {
        let words = words("Example City Police");
        assert!(words.starts_with("Example City Police: TEST. "));
        assert_eq!(updates::segments::parts(&words).len(), 1);
    }

    #[test]
    fn whoever_opted_out_anywhere_is_not_texted() {
        let nobody = ContactState::default();
        let stopped = nobody.opted_out(Scope::All, Timestamp::UNIX_EPOCH, "text").unwrap();
        assert_eq!(refusal(&nobody, &Ok(false)), None);
        assert!(refusal(&stopped, &Ok(false)).unwrap().contains("the department's texts"));
        assert!(refusal(&nobody, &Ok(true)).unwrap().contains("at AWS"));
        // Who cannot tell does not text.
        assert!(refusal(&nobody, &Err("denied".into())).unwrap().contains("denied"));
    }
}
