//! The public bucket over HTTP, as a content delivery network would serve it.
use std::io::Read as _;
use std::sync::Arc;

use flate2::read::GzDecoder;
use hyper::header::HeaderValue;
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::server::{Ask, Reply, plain};
use super::{Object, Shared, site};
use crate::pages;

/// Answers `GET /public/{key}`; packed only for a client that asks for it.
pub(crate) async fn answer(shared: &Arc<Shared>, key: &str, ask: &Ask) -> Reply {
    if ask.method() != Method::GET && ask.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "Method Not Allowed");
    }
    let key = match key {
        "" => "index.html".into(),
        _ => percent_decode_str(key).decode_utf8_lossy(),
    };
    let object = match shared.object("public", &key).await {
        Ok(Some(object)) => object,
        Ok(None) => {
            if let Some(name) = key.strip_prefix(pages::PLACE) {
                return about_texts(shared, name);
            }
            let page = site::answer(&shared.site, &key).await;
            return page.unwrap_or_else(|| plain(StatusCode::NOT_FOUND, "text/plain", "Not Found"));
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "public bucket cannot be read");
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "Internal Server Error");
        }
    };
    respond(object, ask)
}

/// A page about texts, as `precinct pages` would publish it from the stack's copy of the agency folder.
fn about_texts(shared: &Shared, name: &str) -> Reply {
    let text = match pages::published(&shared.agency, name) {
        Ok(Some(text)) => text,
        Ok(None) => return plain(StatusCode::NOT_FOUND, "text/plain", "Not Found"),
        Err(error) => return plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", error.to_string()),
    };
    let kind = site::media_type(name).unwrap_or("text/html; charset=utf-8");
    let mut reply = plain(StatusCode::OK, kind, text);
    let headers = reply.headers_mut();
    headers.insert("content-security-policy", HeaderValue::from_static(pages::POLICY));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    reply
}

fn respond(object: Object, ask: &Ask) -> Reply {
    let header =
        |name: &str| ask.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let stored_packed = object.content_encoding.as_deref() == Some("gzip");
    let packed = stored_packed && header("accept-encoding").contains("gzip");
    // The two forms of a file are two representations: their tags must differ.
    let etag = if packed {
        object.etag.clone()
    } else {
        object.etag.as_deref().map(|tag| format!("\"{}-plain\"", tag.trim_matches('"')))
    };
    let fresh = etag.as_deref().is_some_and(|tag| header("if-none-match") == tag);
    let (status, body) = match (fresh, packed || !stored_packed) {
        (true, _) => (StatusCode::NOT_MODIFIED, Vec::new()),
        (false, true) => (StatusCode::OK, object.body),
        (false, false) => match unpack(&object.body) {
            Ok(body) => (StatusCode::OK, body),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
        },
    };
    let kind = object.content_type.as_deref().unwrap_or("application/octet-stream");
    let mut reply = plain(status, kind, body);
    let further = [
        ("etag", etag),
        ("cache-control", object.cache_control),
        ("content-encoding", packed.then(|| "gzip".into())),
        ("vary", Some("accept-encoding".into())),
        ("access-control-allow-origin", Some("*".into())),
    ];
    for (name, value) in further {
        if let Some(value) = value.and_then(|value| value.parse().ok()) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

/// The bytes of a gzip file.
pub(crate) fn unpack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain)?;
    Ok(plain)
}
