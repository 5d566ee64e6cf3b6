//! A sender's secret is replaced while posts keep coming, in the steps of docs/secrets.md: no post that is signed as it
//! should be is refused, however old what a function remembers of the secrets, and however long a post is on its way.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lambda_events::http::HeaderMap;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use startup::webhook::{Scheme, SourceCache, sign};
use tests::instant;

const OLD: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const PATH: &str = "/v1/cad/events";
/// Seconds after which functions read the secrets anew, and that a post may be on its way.
const KEPT: i64 = 300;
/// When the operator takes each step, in seconds from the beginning.
const BOTH: i64 = 600;

/// What Secrets Manager holds.
#[derive(Clone, Debug, Default)]
struct Secrets(Arc<Mutex<String>>);

impl Secrets {
    fn hold(&self, secrets: &[&str]) {
        *self.0.lock().unwrap() = json!({"cad": {"secrets": secrets, "paths": [PATH]}}).to_string();
    }

    fn client(&self) -> aws_sdk_secretsmanager::Client {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("local", "local", None, None, "local");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()));
        aws_sdk_secretsmanager::Client::new(&config.build())
    }
}

impl HttpConnector for Secrets {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let body = json!({"ARN": "a", "Name": "n", "SecretString": *self.0.lock().unwrap()}).to_string();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200_u16.try_into().unwrap(), SdkBody::from(body))))
    }
}

fn at(second: i64) -> Timestamp {
    instant("2026-07-07T09:00:00Z") + SignedDuration::from_secs(second)
}

/// Whether a function takes a post that `secret` signed at `signed` and that arrives at `arrived`.
async fn takes(function: &SourceCache, secret: &str, signed: i64, arrived: i64) -> bool {
    let body = b"[]";
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", "m".parse().unwrap());
    headers.insert("webhook-timestamp", at(signed).as_second().to_string().parse().unwrap());
    headers.insert("webhook-signature", sign(secret, "m", at(signed), body).unwrap().parse().unwrap());
    let sources = function.sources(at(arrived)).await.unwrap();
    sources.authenticate(PATH, &[Scheme::StandardWebhooks], &headers, body, at(arrived)).is_ok()
}

/// How many posts are refused where the sender changes at `change` and the old secret is taken out at `only_new`.
async fn refused(change: i64, only_new: i64) -> usize {
    let secrets = Secrets::default();
    secrets.hold(&[OLD]);
    // Ten running functions, which began to remember at different times.
    let functions: Vec<SourceCache> =
        (0..10).map(|_| SourceCache::new(secrets.client(), "s".into())).collect();
    let mut refused = 0;
    for second in (0..only_new + 1200).step_by(10) {
        match second {
            BOTH => secrets.hold(&[NEW, OLD]),
            _ if second == only_new => secrets.hold(&[NEW]),
            _ => {}
        }
        for (function, begun) in functions.iter().zip((0..).step_by(30)) {
            for on_its_way in [0, 60, 290] {
                let signed = second - on_its_way;
                let secret = if signed < change { OLD } else { NEW };
                let taken = second < begun || takes(function, secret, signed, second).await;
                refused += usize::from(!taken);
            }
        }
    }
    refused
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_refused_post() {
    assert_eq!(refused(BOTH + KEPT, BOTH + 2 * KEPT).await, 0);
    // Later is as good.
    assert_eq!(refused(BOTH + 7 * KEPT, BOTH + 20 * KEPT).await, 0);
}

#[tokio::test]
async fn a_step_taken_too_early_is_what_the_waits_are_for() {
    assert!(refused(BOTH + 10, BOTH + 2 * KEPT).await > 0, "the sender changed before everybody knew");
    assert!(refused(BOTH + KEPT, BOTH + KEPT + 10).await > 0, "posts under the old secret were on their way");
}

#[tokio::test]
async fn a_secret_taken_out_opens_nothing_once_nobody_remembers_it() {
    let secrets = Secrets::default();
    secrets.hold(&[OLD]);
    let function = SourceCache::new(secrets.client(), "s".into());
    assert!(takes(&function, OLD, 0, 0).await);
    secrets.hold(&[NEW]);
    assert!(takes(&function, OLD, KEPT - 1, KEPT - 1).await, "remembered for five minutes");
    assert!(!takes(&function, OLD, KEPT, KEPT).await);
    assert!(takes(&function, NEW, KEPT, KEPT).await);
}
