//! The body of a request, and the key that makes repeating it harmless. A fault names its field; no answer repeats a
//! value, which may be personal.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use startup::http::{Answer, Fault, raw_body};

/// Largest body, in bytes.
const LARGEST: usize = 16 * 1024;
/// Longest `Idempotency-Key`.
const LONGEST_KEY: usize = 128;

/// Reads a JSON object of the form `T`.
pub(crate) fn read<T: DeserializeOwned>(request: &ApiGatewayV2httpRequest) -> Result<T, Answer> {
    let body = raw_body(request.body.as_deref(), request.is_base64_encoded)?;
    if body.len() > LARGEST {
        return Err(Answer::problem(413, "Too large", "a request holds at most 16 KiB", &[]));
    }
    let mut json = serde_json::Deserializer::from_slice(&body);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        if inner.is_syntax() || inner.is_eof() {
            return Answer::problem(400, "Not JSON", "the body must be one JSON object", &[]);
        }
        // serde's own words quote the value; the place and the name of a field that is missing or unknown do not.
        let place = pointer(&error.path().to_string());
        let text = inner.to_string();
        let named = ["missing field", "unknown field"].into_iter().find_map(|what| {
            let name = text.strip_prefix(what)?.strip_prefix(" `")?.split('`').next()?;
            is_plain(name).then(|| (what, format!("{}/{name}", place.trim_end_matches(&format!("/{name}")))))
        });
        match named {
            Some((what, pointer)) => refuse(&pointer, what),
            None => refuse(&place, "the value has a form or a word that this field does not take"),
        }
    })
}

/// A JSON pointer for the library's `people[0].roles`. It stops at a name that is none of ours, which may be personal.
fn pointer(path: &str) -> String {
    let path = path.replace('[', ".").replace(']', "");
    let names = path.split('.').filter(|name| !name.is_empty()).take_while(|name| is_plain(name));
    names.fold(String::new(), |pointer, name| format!("{pointer}/{name}"))
}

fn is_plain(name: &str) -> bool {
    name.len() <= 32 && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// 422 that names one field.
pub(crate) fn refuse(pointer: &str, detail: &str) -> Answer {
    let fault = Fault { index: None, pointer: pointer.into(), code: "invalid", detail: detail.into() };
    Answer::problem(422, "Not taken", "see errors; nothing was stored", &[fault])
}

/// The name under which a request with this `Idempotency-Key` is stored: 16 hexadecimal digits. `about` tells apart what
/// kinds of request about which subject may use the same key.
pub(crate) fn request_name(request: &ApiGatewayV2httpRequest, about: &str) -> Result<String, Answer> {
    let key = request.headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = key.filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
    let Some(key) = key else {
        let detail = "send a header Idempotency-Key of 1 to 128 characters, a new one for each message or entry and \
                      the same one when you repeat a request";
        return Err(Answer::problem(400, "No Idempotency-Key", detail, &[]));
    };
    Ok(hex::encode(&Sha256::digest(format!("{about}|{key}"))[..8]))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        age: u8,
    }

    #[track_caller]
    fn check(body: &str, status: u16, pointer: Option<&str>) {
        let mut request = ApiGatewayV2httpRequest::default();
        request.body = Some(body.into());
        let answer = read::<Form>(&request).unwrap_err();
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, problem["errors"][0]["pointer"].as_str()), (status, pointer));
        assert!(!answer.body.contains("secret"), "{}", answer.body);
    }

    #[test]
    fn a_fault_names_its_field_and_repeats_no_value() {
        check("{", 400, None);
        check(r#"{"age": "secret"}"#, 422, Some("/age"));
        check("{}", 422, Some("/age"));
        check(r#"{"age": 1, "extra": "secret"}"#, 422, Some("/extra"));
        check(r#"{"age": 1, "+1 secret": 1}"#, 422, Some(""));
    }
}
