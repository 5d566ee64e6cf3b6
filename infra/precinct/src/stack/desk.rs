//! The staff desk under `/desk/`, as CloudFront serves it in the cloud: the built page beside the staff API on one origin,
//! with the same headers. Where it is not built, a page says how to build it, so that nothing here needs Node.
use std::sync::Arc;

use hyper::header::HeaderValue;
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::server::{Ask, Reply, json as json_reply, plain};
use super::{Shared, oidc, site};

/// Where `npm run build` puts the desk, from the root of the checkout.
pub(crate) const FOLDER: &str = "infra/site/dist-desk";

/// What the desk may load, run and talk to. The provider that it signs in at has the same origin here.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    worker-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'";

/// Names of a build's assets hold a digest of what is in them: they may be kept.
const KEPT: &str = "public, max-age=31536000, immutable";

/// What stands in for a desk that was not built.
const UNBUILT: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Desk not built</title></head>
<body>
<h1>The desk is not built</h1>
<p>It needs Node 20.19 or newer. In the checkout:</p>
<pre>cd infra/site\nnpm ci\nnpm run build</pre>
<p>Then start <code>precinct serve</code> from the root of the checkout and load this page again.</p>
</body>
</html>
";

/// Answers `/desk` and what lies below it.
pub(crate) async fn answer(shared: &Arc<Shared>, path: &str, ask: &Ask) -> Reply {
    if ask.method() != Method::GET && ask.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "Method Not Allowed");
    }
    let Some(key) = path.strip_prefix("/desk/") else {
        let mut reply = plain(StatusCode::FOUND, "text/plain", "");
        reply.headers_mut().insert("location", HeaderValue::from_static("/desk/"));
        return reply;
    };
    let key = percent_decode_str(key).decode_utf8_lossy();
    let reply = match key.as_ref() {
        "config.json" => json_reply(StatusCode::OK, &oidc::config(&shared.url)),
        "" => page(shared, "index.html").await,
        key => page(shared, key).await,
    };
    with_headers(reply, &key)
}

async fn page(shared: &Arc<Shared>, key: &str) -> Reply {
    match site::file(&shared.desk, key, UNBUILT).await {
        Some((kind, body)) => plain(StatusCode::OK, kind, body),
        None => plain(StatusCode::NOT_FOUND, "text/plain", "Not Found"),
    }
}

fn with_headers(mut reply: Reply, key: &str) -> Reply {
    let kept = reply.status() == StatusCode::OK && key.starts_with("assets/");
    let headers = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", if kept { KEPT } else { "no-store" }),
    ];
    for (name, value) in headers {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Options, Stack};
    use super::*;

    async fn stack(desk: std::path::PathBuf) -> Stack {
        let agency = concat!(env!("CARGO_MANIFEST_DIR"), "/../agency").into();
        let now = Some("2026-07-04T12:00:00-05:00".parse().unwrap());
        Stack::start(Options { agency, desk, now, still: true, ..Options::default() }).await.unwrap()
    }

    async fn check(stack: &Stack, path: &str, status: u16, cache: &str, body: &str) {
        let (found, headers, page) = stack.browse("GET", path, "").await.unwrap();
        assert_eq!(found, status, "{path}");
        assert_eq!(headers["cache-control"], cache, "{path}");
        assert_eq!(headers["content-security-policy"], POLICY, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(page.contains(body), "{path}: {page}");
    }

    #[test]
    fn the_cloud_sends_the_same_policy() {
        let template = include_str!("../../../template.yaml");
        let expected = POLICY.replace("connect-src 'self'", "connect-src 'self' ${SignIn}");
        assert!(template.contains(&format!("\"{expected}\"")), "infra/template.yaml has another policy");
    }

    #[tokio::test]
    async fn without_a_build_the_desk_says_how_to_make_one() {
        let stack = stack("no such folder".into()).await;
        check(&stack, "/desk/", 200, "no-store", "npm run build").await;
        check(&stack, "/desk/assets/index.js", 404, "no-store", "").await;
        let (status, headers, _) = stack.browse("GET", "/desk", "").await.unwrap();
        assert_eq!((status, headers["location"].as_str()), (302, "/desk/"));
        assert_eq!(stack.browse("POST", "/desk/", "").await.unwrap().0, 405);
    }

    #[tokio::test]
    async fn a_built_desk_is_served_with_its_headers_and_nothing_around_it() {
        let root = std::env::temp_dir().join(format!("precinct-desk-{}", std::process::id()));
        let folder = root.join("dist-desk");
        fs::create_dir_all(folder.join("assets")).unwrap();
        for (name, text) in
            [("dist-desk/index.html", "the desk"), ("dist-desk/assets/a.js", "code"), ("out.html", "secret")]
        {
            fs::write(root.join(name), text).unwrap();
        }
        let stack = stack(folder).await;
        check(&stack, "/desk/", 200, "no-store", "the desk").await;
        check(&stack, "/desk/index.html", 200, "no-store", "the desk").await;
        check(&stack, "/desk/assets/a.js", 200, KEPT, "code").await;
        check(&stack, "/desk/..%2Fout.html", 404, "no-store", "Not Found").await;
        // Never a file of the build: told by the stack.
        let issuer = format!("\"issuer\":\"{}/_local/oidc\"", stack.url());
        check(&stack, "/desk/config.json", 200, "no-store", &issuer).await;
        fs::remove_dir_all(root).unwrap();
    }
}
