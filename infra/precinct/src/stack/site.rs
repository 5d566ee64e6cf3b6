//! The map page beside the public files, as a deployment copies it into the bucket: the built one where there is
//! one, else a page that says how to build it, so that nothing here needs Node.
use std::path::{Component, Path};

use hyper::StatusCode;
use hyper::header::HeaderValue;

use super::server::{Reply, plain};

/// Where `npm run build` puts the page, from the root of the checkout.
pub(crate) const FOLDER: &str = "infra/site/dist";

/// What the page may load and run; the same as in its own head (infra/site/index.html).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob:; worker-src 'self'; base-uri 'none'; form-action 'none'";

/// What stands in for a page that was not built.
const UNBUILT: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Map not built</title></head>
<body>
<h1>The map page is not built</h1>
<p>It needs Node 20.19 or newer. In the checkout:</p>
<pre>cd infra/site\nnpm ci\nnpm run build</pre>
<p>Then start <code>precinct serve</code> from the root of the checkout and load this page again.</p>
<p>The files it shows are here already: <a href=\"hotspots/latest.geojson\">hotspots/latest.geojson</a>.</p>
</body>
</html>
";

/// A built page's file: media type and bytes; `unbuilt` stands in for an `index.html` that is missing.
pub(crate) async fn file(folder: &Path, key: &str, unbuilt: &str) -> Option<(&'static str, Vec<u8>)> {
    let kind = media_type(key)?;
    // A key is a name below the folder, never a way out of it.
    if !Path::new(key).components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    match tokio::fs::read(folder.join(key)).await {
        Ok(body) => Some((kind, body)),
        Err(_) if key == "index.html" => Some((kind, unbuilt.into())),
        Err(_) => None,
    }
}

/// The file of the page that belongs under `key`, if one does.
pub(crate) async fn answer(folder: &Path, key: &str) -> Option<Reply> {
    let (kind, body) = file(folder, key, UNBUILT).await?;
    let mut reply = plain(StatusCode::OK, kind, body);
    let headers = reply.headers_mut();
    headers.insert("content-security-policy", HeaderValue::from_static(POLICY));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("cache-control", HeaderValue::from_static("no-cache"));
    Some(reply)
}

/// Media types of the forms a build writes; nothing else is served.
pub(crate) fn media_type(key: &str) -> Option<&'static str> {
    match Path::new(key).extension()?.to_str()? {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript"),
        "css" => Some("text/css"),
        "svg" => Some("image/svg+xml"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn body(folder: &Path, key: &str) -> Option<String> {
        let reply = answer(folder, key).await?;
        assert_eq!(reply.headers()["content-security-policy"], POLICY);
        Some(String::from_utf8(reply.into_body().to_vec()).unwrap())
    }

    #[test]
    fn the_header_and_the_page_state_one_policy() {
        let page = include_str!("../../../site/index.html");
        assert!(page.contains(&format!("content=\"{POLICY}\"")), "infra/site/index.html has another policy");
    }

    #[tokio::test]
    async fn without_a_build_the_page_says_how_to_make_one() {
        let page = body(Path::new("no such folder"), "index.html").await.unwrap();
        assert!(page.contains("npm run build"));
        assert_eq!(body(Path::new("no such folder"), "assets/index.js").await, None);
    }

    #[tokio::test]
    async fn a_built_page_is_served_and_nothing_around_it() {
        let root = std::env::temp_dir().join(format!("precinct-site-{}", std::process::id()));
        let folder = root.join("dist");
        fs::create_dir_all(folder.join("assets")).unwrap();
        for (name, text) in
            [("dist/index.html", "page"), ("dist/assets/a.js", "code"), ("out.html", "secret")]
        {
            fs::write(root.join(name), text).unwrap();
        }
        assert_eq!(body(&folder, "index.html").await.as_deref(), Some("page"));
        assert_eq!(body(&folder, "assets/a.js").await.as_deref(), Some("code"));
        assert_eq!(body(&folder, "../out.html").await, None);
        assert_eq!(body(&folder, root.join("out.html").to_str().unwrap()).await, None);
        assert_eq!(body(&folder, "data.json").await, None);
        fs::remove_dir_all(root).unwrap();
    }
}
