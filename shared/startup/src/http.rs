//! Answers over HTTP: JSON, and problems in the form of RFC 9457, for REST and HTTP APIs alike.
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayV2httpResponse};
use aws_lambda_events::http::{HeaderMap, HeaderValue};
use base64::Engine;
use serde::Serialize;

/// An answer before it is put into the form of one API or the other. Its body may tell of people; it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub media_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body, JSON or HTML text.
    pub body: String,
}

/// One fault of one event or field, as listed in a problem's `errors`.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Fault {
    /// Place of the event in the posted array; absent for a single body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// JSON pointer to the field inside that event.
    pub pointer: String,
    /// Stable word for machines.
    pub code: &'static str,
    /// What is wrong and what would be right; never the value itself, which may be personal.
    pub detail: String,
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// `value` as JSON.
    pub fn json(status: u16, value: &impl Serialize) -> Self {
        let body = serde_json::to_string(value).unwrap_or_else(|_| "{}".into());
        Self { status, media_type: "application/json", headers: Vec::new(), body }
    }

    /// A problem document; `title` names the kind of problem, `detail` says what to do.
    pub fn problem(status: u16, title: &str, detail: &str, errors: &[Fault]) -> Self {
        let problem = Problem { r#type: "about:blank", title, status, detail, errors };
        Self { media_type: "application/problem+json", ..Self::json(status, &problem) }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn header_map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert("content-type", HeaderValue::from_static(self.media_type));
        map.insert("cache-control", HeaderValue::from_static("no-store"));
        map.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        map.insert(
            "strict-transport-security",
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
        map.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
        // A page may be styled in place and nothing else; what is no page is nothing that a browser should run.
        let policy = if self.media_type.starts_with("text/html") {
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        } else {
            "default-src 'none'; frame-ancestors 'none'"
        };
        map.insert("content-security-policy", HeaderValue::from_static(policy));
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                map.insert(*name, value);
            }
        }
        map
    }

    /// For a REST API (proxy format 1.0).
    pub fn into_rest(self) -> ApiGatewayProxyResponse {
        let mut response = ApiGatewayProxyResponse::default();
        response.status_code = i64::from(self.status);
        response.headers = self.header_map();
        response.body = Some(Body::Text(self.body));
        response
    }

    /// For an HTTP API (payload format 2.0).
    pub fn into_http(self) -> ApiGatewayV2httpResponse {
        let mut response = ApiGatewayV2httpResponse::default();
        response.status_code = i64::from(self.status);
        response.headers = self.header_map();
        response.body = Some(Body::Text(self.body));
        response
    }
}

/// The bytes as the client sent them: API Gateway wraps what it takes for binary in base64.
pub fn raw_body(body: Option<&str>, is_base64_encoded: bool) -> Result<Vec<u8>, Answer> {
    let text = body.unwrap_or_default();
    if !is_base64_encoded {
        return Ok(text.as_bytes().to_vec());
    }
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|_| Answer::problem(400, "Unreadable body", "the body is not valid base64", &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: Answer, policy: &str) {
        let rest = answer.clone().into_rest().headers;
        assert_eq!(rest, answer.into_http().headers);
        let header = |name: &str| rest.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("strict-transport-security").starts_with("max-age=63072000"));
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(
            header("content-security-policy").starts_with(policy),
            "{}",
            header("content-security-policy")
        );
        // Who may read across origins is said by the API's settings or not at all.
        assert_eq!(rest.keys().filter(|name| name.as_str().starts_with("access-control-")).count(), 0);
    }

    #[test]
    fn every_answer_carries_the_security_headers() {
        let html = Answer {
            status: 200,
            media_type: "text/html; charset=utf-8",
            headers: Vec::new(),
            body: String::new(),
        };
        check(Answer::json(200, &()), "default-src 'none'; frame-ancestors 'none'");
        check(
            Answer::problem(401, "Not authenticated", "d", &[]),
            "default-src 'none'; frame-ancestors 'none'",
        );
        check(html.clone(), "default-src 'none'; style-src 'unsafe-inline'");
        check(html.header("content-security-policy", "default-src 'self'"), "default-src 'self'");
    }
}
