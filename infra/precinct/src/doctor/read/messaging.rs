//! What the account says of texts and e-mails.
use aws_config::SdkConfig;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError;
use aws_sdk_sesv2::types::DkimStatus;

use super::super::facts::{Emails, Identity, Number, Read, Texts};
use super::alarms::subscriptions;
use crate::access::{Described, why};

pub(super) async fn texts(sdk: &SdkConfig, stack: &Described) -> Texts {
    let sns = aws_sdk_sns::Client::new(sdk);
    let sandbox = sns.get_sms_sandbox_account_status().send().await;
    let attributes = sns.get_sms_attributes().send().await;
    let output = |name: &str| stack.outputs.get(name).cloned().unwrap_or_default();
    let topic = output("InboundTextsTopic");
    Texts {
        sandbox: sandbox.map(|answer| answer.is_in_sandbox).map_err(|error| why(&error)),
        attributes: attributes
            .map(|answer| answer.attributes.unwrap_or_default().into_iter().collect())
            .map_err(|error| why(&error)),
        origination: stack.parameters.get("SmsOriginationNumber").cloned().unwrap_or_default(),
        numbers: numbers(sdk).await,
        topic_policy: policy(&sns, &topic).await,
        topic_subscriptions: subscriptions(sdk, &topic).await,
        topic,
        delivery_role: output("TextDeliveryRoleArn"),
    }
}

async fn policy(sns: &aws_sdk_sns::Client, topic: &str) -> Read<String> {
    let answer = sns.get_topic_attributes().topic_arn(topic).send().await.map_err(|error| why(&error))?;
    Ok(answer.attributes.and_then(|mut all| all.remove("Policy")).unwrap_or_default())
}

async fn numbers(sdk: &SdkConfig) -> Read<Vec<Number>> {
    let client = aws_sdk_pinpointsmsvoicev2::Client::new(sdk);
    let mut pages = client.describe_phone_numbers().into_paginator().send();
    let mut numbers = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| why(&error))?;
        numbers.extend(page.phone_numbers().iter().map(|one| Number {
            number: one.phone_number().to_owned(),
            id: one.phone_number_id().unwrap_or_default().to_owned(),
            status: one.status().as_str().to_owned(),
            two_way: one.two_way_enabled(),
            two_way_topic: one.two_way_channel_arn().map(str::to_owned),
            self_managed_opt_outs: one.self_managed_opt_outs_enabled(),
        }));
    }
    Ok(numbers)
}

pub(super) async fn emails(sdk: &SdkConfig, stack: &Described) -> Emails {
    let client = aws_sdk_sesv2::Client::new(sdk);
    let identity = stack.parameters.get("EmailIdentity").cloned().unwrap_or_default();
    let found = match client.get_email_identity().email_identity(&identity).send().await {
        Ok(answer) => {
            let dkim = answer.dkim_attributes();
            let signed = dkim
                .is_some_and(|dkim| dkim.signing_enabled() && dkim.status() == Some(&DkimStatus::Success));
            Ok(Some(Identity { verified: answer.verified_for_sending_status(), dkim: signed }))
        }
        Err(error) if error.as_service_error().is_some_and(GetEmailIdentityError::is_not_found_exception) => {
            Ok(None)
        }
        Err(error) => Err(why(&error)),
    };
    let account = client.get_account().send().await;
    let production = account.map(|answer| answer.production_access_enabled()).map_err(|error| why(&error));
    Emails { identity, found, production }
}
