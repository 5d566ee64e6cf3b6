//! Whether texts and e-mails leave, arrive, and can be answered.
use serde_json::Value;

use super::super::facts::{Emails, Number, Texts};
use super::Report;

/// Everything about texts.
pub(super) fn texts(report: &mut Report, texts: &Texts, cap: f64) {
    if report.read("sms-sandbox", "the account's SMS sandbox", &texts.sandbox) == Some(&true) {
        report.wrong(
            "sms-sandbox",
            "the account is in the SMS sandbox",
            "Texts reach only numbers that were verified by hand; every other caller hears nothing.",
            "Ask AWS Support for production access: AWS End User Messaging, SMS, \"Request production access\" \
             (docs/going-live.md; it takes days).",
        );
    }
    spend_limit(report, texts, cap);
    number(report, texts);
    topic(report, texts);
}

fn spend_limit(report: &mut Report, texts: &Texts, cap: f64) {
    let Some(attributes) =
        report.read("sms-spend-limit", "the SMS settings of the account", &texts.attributes)
    else {
        return;
    };
    // AWS's own default is one dollar, which it does not always tell.
    let limit =
        attributes.get("MonthlySpendLimit").and_then(|limit| limit.parse::<f64>().ok()).unwrap_or(1.0);
    if limit < cap {
        report.wrong(
            "sms-spend-limit",
            format!("AWS stops texts at {limit} dollars a month, updates.toml allows {cap}"),
            "From that sum on no text leaves until the first of the month, and callers hear nothing.",
            "Ask AWS Support to raise the account's SMS spending quota, then: aws sns set-sms-attributes --attributes \
             MonthlySpendLimit=AMOUNT",
        );
    }
    let role = attributes.get("DeliveryStatusIAMRole").map_or("", String::as_str);
    if role != texts.delivery_role || role.is_empty() {
        report.wrong(
            "sms-deliveries",
            "SNS does not log what became of texts with the stack's role",
            "Whether a text arrived stays unknown: dead numbers are texted again, and no task comes up for news that must be told.",
            format!(
                "aws sns set-sms-attributes --attributes DeliveryStatusIAMRole={},DeliveryStatusSuccessSamplingRate=100 \
                 (docs/receipts.md)",
                texts.delivery_role
            ),
        );
    }
}

fn number(report: &mut Report, texts: &Texts) {
    const CHECK: &str = "sms-number";
    let origination = &texts.origination;
    if origination.is_empty() {
        report.wrong(
            CHECK,
            "the stack names no number that texts come from",
            "SNS chooses a number, or sends nothing: in the United States it must be a registered one, and replies to \
             another reach nobody.",
            "Register a toll-free or 10DLC number (docs/going-live.md) and deploy with SmsOriginationNumber=+1...",
        );
        return;
    }
    let Some(numbers) = report.read(CHECK, "the account's numbers", &texts.numbers) else { return };
    let Some(number) = numbers.iter().find(|number| number.number == *origination) else {
        report.wrong(
            CHECK,
            format!("the account has no number {origination} in this region"),
            "Every text is refused.",
            "aws pinpoint-sms-voice-v2 describe-phone-numbers, then deploy with SmsOriginationNumber set to one of them",
        );
        return;
    };
    if number.status != "ACTIVE" {
        report.wrong(
            CHECK,
            format!("{origination} is {}", number.status),
            "A number whose registration is not through sends nothing.",
            "Look at its registration: aws pinpoint-sms-voice-v2 describe-registrations",
        );
    }
    replies_to(report, number, &texts.topic);
}

/// What becomes of a reply to the number.
fn replies_to(report: &mut Report, number: &Number, topic: &str) {
    let Number { number: shown, id, .. } = number;
    if !number.two_way || number.two_way_topic.as_deref() != Some(topic) {
        let to = match &number.two_way_topic {
            Some(other) if number.two_way => format!("replies to {shown} go to {other}"),
            _ => format!("{shown} takes no replies"),
        };
        report.wrong(
            "sms-two-way",
            to,
            "Nobody reads a STOP, a call for help or an answer.",
            format!(
                "aws pinpoint-sms-voice-v2 update-phone-number --phone-number-id {id} --two-way-enabled \
                 --two-way-channel-arn {topic}"
            ),
        );
    }
    if !number.self_managed_opt_outs {
        report.wrong(
            "sms-opt-outs",
            format!("AWS answers STOP to {shown} by itself"),
            "The stack does not hear of it, a START does not lift it, and only English words count.",
            format!(
                "aws pinpoint-sms-voice-v2 update-phone-number --phone-number-id {id} --self-managed-opt-outs-enabled \
                 (docs/replies.md)"
            ),
        );
    }
}

fn topic(report: &mut Report, texts: &Texts) {
    const CHECK: &str = "sms-topic";
    if let Some(policy) = report.read(CHECK, "the policy of the topic of replies", &texts.topic_policy)
        && !lets_replies_in(policy)
    {
        report.wrong(
            CHECK,
            "the policy of the topic of replies does not let the messaging service publish",
            "Replies are refused on their way in: a STOP is lost.",
            "Deploy the template again: it owns the policy (InboundTextsPolicy).",
        );
    }
    if report.read(CHECK, "the subscriptions of the topic of replies", &texts.topic_subscriptions) == Some(&0)
    {
        report.wrong(
            CHECK,
            "nothing is subscribed to the topic of replies",
            "Replies arrive at AWS and are read by nobody.",
            "Deploy the template again: it owns the subscription (InboundTextsToQueue).",
        );
    }
}

/// Whether a statement allows the messaging service to publish.
fn lets_replies_in(policy: &str) -> bool {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = match &policy["Statement"] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    let names = |value: &Value, wanted: &str| match value {
        Value::Array(several) => several.iter().any(|one| one == wanted),
        one => one == wanted,
    };
    statements.iter().any(|statement| {
        let action = &statement["Action"];
        statement["Effect"] == "Allow"
            && names(&statement["Principal"]["Service"], "sms-voice.amazonaws.com")
            && ["sns:Publish", "SNS:Publish", "sns:*"].iter().any(|wanted| names(action, wanted))
    })
}

/// Everything about e-mails.
pub(super) fn emails(report: &mut Report, emails: &Emails) {
    let name = &emails.identity;
    let what = format!("the SES identity {name}");
    match report.read("email-identity", &what, &emails.found) {
        None => {}
        Some(None) => report.wrong(
            "email-identity",
            format!("SES does not know {name}"),
            "Every e-mail is refused: case numbers and news of cases reach nobody.",
            format!("aws sesv2 create-email-identity --email-identity {name}, then its records into DNS (docs/going-live.md)"),
        ),
        Some(Some(identity)) => {
            if !identity.verified {
                report.wrong(
                    "email-identity",
                    format!("{name} is not verified"),
                    "Every e-mail is refused: case numbers and news of cases reach nobody.",
                    format!(
                        "Put the three CNAME records of aws sesv2 get-email-identity --email-identity {name} into DNS and wait"
                    ),
                );
            }
            if !identity.dkim {
                report.wrong(
                    "email-dkim",
                    format!("e-mails of {name} are not signed with DKIM"),
                    "Large mailbox providers put them among the junk or refuse them.",
                    format!(
                        "aws sesv2 put-email-identity-dkim-attributes --email-identity {name} --signing-enabled, and its CNAME \
                         records into DNS"
                    ),
                );
            }
        }
    }
    if report.read("email-sandbox", "the SES account", &emails.production) == Some(&false) {
        report.wrong(
            "email-sandbox",
            "the account is in the SES sandbox",
            "E-mails reach only addresses that were verified by hand.",
            "Request production access: SES, account dashboard (docs/going-live.md; it takes a day or more).",
        );
    }
}
