//! AWS inside the process: the SDK's own clients, whose calls end in a memory database, a key service that wraps
//! nothing, one secret and a bucket that keeps nothing. What was written since the last look is noted call by call.
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dynoxide::Database;
use embedded::tables::{call, memory};
use serde_json::{Value, json};
use table::schema::{PK, SK};

/// One successful call that wrote: the keys of all its items, as `table pk sk`.
pub(crate) type Write = Vec<String>;

/// The services.
#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    tables: Arc<Tables>,
    secret: Arc<str>,
    written: Arc<Mutex<Vec<Write>>>,
}

struct Tables(Database);

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tables")
    }
}

impl Cloud {
    /// Empty tables, and `secret` in Secrets Manager under every name.
    pub(crate) fn new(secret: &str) -> anyhow::Result<Self> {
        Ok(Self { tables: Arc::new(Tables(memory()?)), secret: secret.into(), written: Arc::default() })
    }

    /// Settings with which every client of the SDK ends here.
    pub(crate) fn sdk(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("local", "local", None, None, "local");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url("http://127.0.0.1")
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    /// What was written since the last look.
    pub(crate) fn written(&self) -> Vec<Write> {
        std::mem::take(&mut self.written.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, request: &HttpRequest) -> (u16, String) {
        let body = request.body().bytes().unwrap_or_default();
        match request.headers().get("x-amz-target").and_then(|target| target.split_once('.')) {
            Some(("DynamoDB_20120810", action)) => match call(&self.tables.0, action, body) {
                Ok(answer) => {
                    self.note(action, body);
                    (200, answer)
                }
                Err(error) => (error.status_code(), error.to_json()),
            },
            Some(("TrentService", action)) => (200, key(action, body).to_string()),
            Some(("secretsmanager", _)) => {
                (200, json!({"ARN": "arn", "Name": "name", "SecretString": &*self.secret}).to_string())
            }
            // The bucket keeps nothing and has nothing.
            _ if request.method() == "PUT" => (200, String::new()),
            _ => (404, "<Error><Code>NoSuchKey</Code></Error>".into()),
        }
    }

    fn note(&self, action: &str, body: &[u8]) {
        if !matches!(action, "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems") {
            return;
        }
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let one = |write: &Value| {
            let place = write.get("Item").or_else(|| write.get("Key"))?;
            let part = |name: &str| place[name]["S"].as_str().unwrap_or_default();
            Some(format!("{} {} {}", write["TableName"].as_str().unwrap_or_default(), part(PK), part(SK)))
        };
        let of_transaction = asked["TransactItems"].as_array().into_iter().flatten();
        let writes = of_transaction.filter_map(|item| {
            let (kind, write) = item.as_object()?.iter().next()?;
            one(write).filter(|_| kind != "ConditionCheck")
        });
        let write = one(&asked).into_iter().chain(writes).collect();
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(write);
    }
}

impl HttpConnector for Cloud {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.answer(&request);
        let status =
            StatusCode::try_from(status).unwrap_or_else(|_| StatusCode::try_from(500).expect("a status"));
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// The plain key is its own wrapping: the real one is tested in the stack.
fn key(action: &str, body: &[u8]) -> Value {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let plain =
        if action == "Decrypt" { asked["CiphertextBlob"].clone() } else { json!(STANDARD.encode([7; 32])) };
    json!({"KeyId": asked["KeyId"], "Plaintext": plain, "CiphertextBlob": plain})
}
