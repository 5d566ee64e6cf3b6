//! API Gateway: turns a request into the very event a function gets from it, and the function's answer back.
use std::collections::BTreeMap;

use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{
    ApiGatewayProxyRequest, ApiGatewayProxyResponse, ApiGatewayV2httpRequest, ApiGatewayV2httpResponse,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{HeaderMap, HeaderName};
use hyper::{Response, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::server::{Ask, Reply, json as json_reply};

/// The event of a REST API (proxy format 1.0).
pub(crate) fn rest_event(ask: &Ask, now: Timestamp) -> anyhow::Result<ApiGatewayProxyRequest> {
    let path = ask.uri().path();
    let (body, is_base64) = body_of(ask);
    let (single, multiple) = query_of(ask);
    let headers: BTreeMap<&str, String> = headers_of(ask.headers());
    let event = json!({
        "resource": path,
        "path": path,
        "httpMethod": ask.method().as_str(),
        "headers": headers,
        "multiValueHeaders": headers.iter().map(|(name, value)| ((*name).to_owned(), json!([value])))
            .collect::<serde_json::Map<_, _>>(),
        "queryStringParameters": single,
        "multiValueQueryStringParameters": multiple,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000", "apiId": "local", "stage": "local", "protocol": "HTTP/1.1",
            "httpMethod": ask.method().as_str(), "path": format!("/local{path}"), "resourcePath": path,
            "requestId": startup::Entropy::system().token(),
            "requestTimeEpoch": now.as_millisecond(),
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": body,
        "isBase64Encoded": is_base64,
    });
    Ok(serde_json::from_value(event)?)
}

/// The event of an HTTP API (payload format 2.0) on the route `route`, with the claims its authorizer found, if it has one.
pub(crate) fn http_event(
    ask: &Ask,
    route: &str,
    parameters: &BTreeMap<String, String>,
    claims: Option<&BTreeMap<String, String>>,
    now: Timestamp,
) -> anyhow::Result<ApiGatewayV2httpRequest> {
    let (body, is_base64) = body_of(ask);
    let (single, _) = query_of(ask);
    let time = now.to_zoned_datetime(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S %z").to_string();
    let event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": ask.uri().path(),
        "rawQueryString": ask.uri().query().unwrap_or_default(),
        "headers": headers_of(ask.headers()),
        "queryStringParameters": single,
        "pathParameters": parameters,
        "requestContext": {
            "accountId": "000000000000", "apiId": "local", "stage": "$default", "routeKey": route,
            "domainName": "localhost", "domainPrefix": "localhost",
            "requestId": startup::Entropy::system().token(),
            "authorizer": claims.map(|claims| json!({"jwt": {"claims": claims, "scopes": null}})),
            "http": {
                "method": ask.method().as_str(), "path": ask.uri().path(), "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": ask.headers().get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or(""),
            },
            "time": time,
            "timeEpoch": now.as_millisecond(),
        },
        "body": body,
        "isBase64Encoded": is_base64,
    });
    Ok(serde_json::from_value(event)?)
}

/// A REST function's answer; an error is 502, as from API Gateway.
pub(crate) fn rest_reply(answer: anyhow::Result<ApiGatewayProxyResponse>) -> Reply {
    match answer {
        Ok(answer) => reply(answer.status_code, &answer.headers, answer.body, answer.is_base64_encoded),
        Err(error) => failed(StatusCode::BAD_GATEWAY, &error),
    }
}

/// An HTTP function's answer; an error is 500, as from API Gateway.
pub(crate) fn http_reply(answer: anyhow::Result<ApiGatewayV2httpResponse>) -> Reply {
    match answer {
        Ok(answer) => reply(answer.status_code, &answer.headers, answer.body, answer.is_base64_encoded),
        Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

fn failed(status: StatusCode, error: &anyhow::Error) -> Reply {
    tracing::error!(error = format!("{error:#}"), "function failed");
    json_reply(status, &json!({"message": "Internal server error"}))
}

fn reply(status: i64, headers: &HeaderMap, body: Option<Body>, is_base64: bool) -> Reply {
    let bytes = match body {
        Some(Body::Text(text)) if is_base64 => STANDARD.decode(text).unwrap_or_default(),
        Some(Body::Text(text)) => text.into_bytes(),
        Some(Body::Binary(bytes)) => bytes,
        _ => Vec::new(),
    };
    let mut reply = Response::new(bytes.into());
    *reply.status_mut() = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.as_str().parse::<HeaderName>(), value.as_bytes().try_into()) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

/// Bytes that are not UTF-8 reach a function in base64, as binary media types do.
fn body_of(ask: &Ask) -> (Value, bool) {
    match std::str::from_utf8(ask.body()) {
        Ok("") => (Value::Null, false),
        Ok(text) => (json!(text), false),
        Err(_) => (json!(STANDARD.encode(ask.body())), true),
    }
}

fn headers_of(headers: &HeaderMap) -> BTreeMap<&str, String> {
    headers
        .keys()
        .map(|name| {
            let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            (name.as_str(), values.collect::<Vec<_>>().join(","))
        })
        .collect()
}

fn query_of(ask: &Ask) -> (Value, Value) {
    let mut multiple: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(ask.uri().query().unwrap_or_default().as_bytes()) {
        multiple.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    if multiple.is_empty() {
        return (Value::Null, Value::Null);
    }
    let single: BTreeMap<&String, String> =
        multiple.iter().map(|(name, values)| (name, values.join(","))).collect();
    (json!(single), json!(multiple))
}
