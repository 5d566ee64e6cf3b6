//! The alarms. CloudWatch's own client would bring a second version of the HTTP types into every crate that uses AWS, so its
//! one call is signed here, in the protocol of which CloudWatch and the emulator both know (AWS JSON 1.0).
use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use anyhow::Context as _;
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use hyper::Request;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::facts::{Alarm, Alarms, Read};
use crate::access::why;
use crate::stack::client::Http;

/// Alarms in one question, at most.
const MOST: usize = 100;

pub(super) async fn read(sdk: &SdkConfig, http: &Http, declared: BTreeMap<String, String>) -> Alarms {
    let names: Vec<&String> = declared.values().collect();
    let mut all = BTreeMap::new();
    for some in names.chunks(MOST) {
        match describe(sdk, http, some).await {
            Ok(found) => all.extend(found),
            Err(error) => {
                return Alarms { declared, found: Err(format!("{error:#}")), targets: BTreeMap::new() };
            }
        }
    }
    let topics = all.values().flat_map(|alarm: &Alarm| &alarm.actions).filter(|arn| arn.contains(":sns:"));
    let mut targets = BTreeMap::new();
    for topic in topics.collect::<std::collections::BTreeSet<_>>() {
        targets.insert(topic.clone(), subscriptions(sdk, topic).await);
    }
    Alarms { declared, found: Ok(all), targets }
}

/// Confirmed subscriptions of a topic.
pub(super) async fn subscriptions(sdk: &SdkConfig, topic: &str) -> Read<usize> {
    let client = aws_sdk_sns::Client::new(sdk);
    let answer = client.list_subscriptions_by_topic().topic_arn(topic).send().await;
    let answer = answer.map_err(|error| why(&error))?;
    let confirmed = |arn: &&str| arn.starts_with("arn:");
    Ok(answer.subscriptions().iter().filter_map(|one| one.subscription_arn()).filter(confirmed).count())
}

async fn describe(
    sdk: &SdkConfig,
    http: &Http,
    names: &[&String],
) -> anyhow::Result<BTreeMap<String, Alarm>> {
    let region = sdk.region().context("no region is set: give --region")?.to_string();
    let url = match sdk.endpoint_url() {
        Some(url) => format!("{}/", url.trim_end_matches('/')),
        None => format!("https://monitoring.{region}.amazonaws.com/"),
    };
    let body = json!({"AlarmNames": names, "AlarmTypes": ["MetricAlarm"], "MaxRecords": MOST}).to_string();
    let mut request = Request::post(&url)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", "GraniteServiceVersion20100801.DescribeAlarms")
        .body(bytes::Bytes::from(body))?;
    let provider = sdk.credentials_provider().context("there are no credentials")?;
    let identity = provider.provide_credentials().await.context("no credentials could be had")?.into();
    let now = UNIX_EPOCH + startup::Clock::wall().now().duration_since(Timestamp::UNIX_EPOCH).unsigned_abs();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&region)
        .name("monitoring")
        .time(now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let signable = SignableRequest::new(
        "POST",
        &url,
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Bytes(request.body()),
    )?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    let answer = http.send(request).await.context("CloudWatch cannot be reached")?;
    let text = String::from_utf8_lossy(&answer.body);
    anyhow::ensure!(answer.status.is_success(), "CloudWatch answers {}: {text}", answer.status);
    Ok(parse(&serde_json::from_str(&text).context("CloudWatch answers no JSON")?))
}

fn parse(answer: &Value) -> BTreeMap<String, Alarm> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let alarms = answer["MetricAlarms"].as_array().into_iter().flatten();
    let alarm = |one: &Value| Alarm {
        enabled: one["ActionsEnabled"].as_bool().unwrap_or(true),
        actions: one["AlarmActions"].as_array().into_iter().flatten().map(text).collect(),
        state: text(&one["StateValue"]),
    };
    alarms.map(|one| (text(&one["AlarmName"]), alarm(one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_are_read_as_cloudwatch_writes_them() {
        let answer = json!({"MetricAlarms": [
            {"AlarmName": "a", "ActionsEnabled": true, "AlarmActions": ["arn:aws:sns:us-east-1:1:t"], "StateValue": "OK"},
            {"AlarmName": "b", "ActionsEnabled": false, "AlarmActions": [], "StateValue": "ALARM"},
        ]});
        let found = parse(&answer);
        let a =
            Alarm { enabled: true, actions: vec!["arn:aws:sns:us-east-1:1:t".into()], state: "OK".into() };
        let b = Alarm { enabled: false, actions: Vec::new(), state: "ALARM".into() };
        assert_eq!(found, BTreeMap::from([("a".into(), a), ("b".into(), b)]));
        assert_eq!(parse(&json!({})), BTreeMap::new());
    }
}
