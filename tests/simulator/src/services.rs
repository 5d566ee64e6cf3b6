//! KMS, Secrets Manager and S3, as much of them as the functions of caller updates ask for.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::network::{Answer, Request};

/// Signs the posts of every sender.
pub(crate) const SECRET: &str = "whsec_c2ltdWxhdGVkLXdlYmhvb2stc2VjcmV0LTAwMDAwMDE=";

/// KMS: each data key is drawn from a counter, its wrapped form is the key under another name and bound to its context.
#[derive(Default)]
pub(crate) struct Kms {
    made: Vec<(Value, Vec<u8>)>,
}

impl Kms {
    pub(crate) fn call(&mut self, action: &str, body: &[u8], random: &mut fastrand::Rng) -> Answer {
        let call: Value = serde_json::from_slice(body).unwrap_or_default();
        let context = json!([call["KeyId"], call["EncryptionContext"]]);
        match action {
            "GenerateDataKey" => {
                let key: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(32).collect();
                let wrapped = STANDARD.encode(format!("wrapped-{}", self.made.len()));
                let plain = STANDARD.encode(&key);
                self.made.push((context, key));
                let answer = json!({"KeyId": call["KeyId"], "Plaintext": plain, "CiphertextBlob": wrapped});
                Answer::new(200, answer.to_string())
            }
            "Decrypt" => {
                let blob = call["CiphertextBlob"].as_str().and_then(|text| STANDARD.decode(text).ok());
                let number = blob
                    .and_then(|blob| String::from_utf8(blob).ok()?.strip_prefix("wrapped-")?.parse().ok());
                match number.and_then(|number: usize| self.made.get(number)) {
                    Some((made, key)) if made[1] == context[1] => {
                        let answer = json!({"KeyId": made[0], "Plaintext": STANDARD.encode(key)});
                        Answer::new(200, answer.to_string())
                    }
                    _ => Answer::new(400, json!({"__type": "InvalidCiphertextException"}).to_string()),
                }
            }
            _ => Answer::new(400, json!({"__type": "UnknownOperationException"}).to_string()),
        }
    }
}

/// Secrets Manager: one sender for every path.
pub(crate) fn secret() -> Answer {
    let paths = ["/v1/cad/events", "/v1/cases/events"];
    let senders = json!({"dispatch": {"secrets": [SECRET], "paths": paths}});
    let answer = json!({"ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:senders", "Name": "senders",
                        "VersionId": "1", "SecretString": senders.to_string()});
    Answer::new(200, answer.to_string())
}

/// S3: what was put, by path.
#[derive(Default)]
pub(crate) struct Objects {
    pub(crate) held: BTreeMap<String, Vec<u8>>,
    /// The greatest version of each call in the crime log.
    pub(crate) logged: BTreeMap<String, u64>,
}

impl Objects {
    pub(crate) fn call(&mut self, request: &Request) -> Answer {
        let path = request.uri.split('?').next().unwrap_or_default().to_owned();
        let header = |name: &str| request.conditions.iter().find(|(given, _)| *given == name);
        match request.action.as_str() {
            "PUT" if header("if-none-match").is_some() && self.held.contains_key(&path) => {
                Answer::new(412, "<Error><Code>PreconditionFailed</Code></Error>")
            }
            "PUT" => {
                let fact: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                if let (Some(incident), Some(version)) = (fact["incident"].as_str(), fact["version"].as_u64())
                {
                    let known = self.logged.entry(incident.to_owned()).or_default();
                    *known = version.max(*known);
                }
                self.held.insert(path, request.body.clone());
                Answer { headers: vec![("etag", "\"1\"".into())], ..Answer::new(200, "") }
            }
            "GET" => match self.held.get(&path) {
                Some(bytes) => Answer::new(200, String::from_utf8_lossy(bytes)),
                None => Answer::new(404, "<Error><Code>NoSuchKey</Code></Error>"),
            },
            _ => Answer::new(405, "<Error><Code>MethodNotAllowed</Code></Error>"),
        }
    }
}
