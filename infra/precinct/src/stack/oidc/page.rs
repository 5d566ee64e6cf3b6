//! The provider's pages: who signs in, and why somebody cannot.
use std::sync::LazyLock;

use hyper::StatusCode;
use hyper::header::HeaderValue;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value as Shown, context};
use serde_json::json;

use super::super::server::{Reply, plain};
use super::people::people;

/// The form goes to the provider, whose answer leads back to the desk: the same origin. Nothing else runs or loads.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 34rem; margin: 2rem auto; padding: 0 1rem }
button { display: block; width: 100%; margin: 0 0 .5rem; padding: .6rem .8rem; font: inherit; text-align: start }
span { display: block; font-size: .875rem }
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
{% if detail %}<p>{{ detail }}</p>{% endif %}
{% if people %}<p>This is the local stack: everybody here is invented, and nobody is asked for a password.</p>
<form method="post" action="/_local/oidc/authorize?{{ query }}">
{% for person in people %}<button name="subject" value="{{ person.subject }}" data-role="{{ person.role }}"><strong>{{ person.role | replace("_", " ") }}</strong><span>{{ person.name }}, {{ person.post }}</span></button>
{% endfor %}</form>{% endif %}
</main>
</body>
</html>
"#;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", PAGE).expect("the page's template is a constant");
    environment
});

/// The choice of people; the form carries `query`, the request as it came.
pub(super) fn choose(query: &str) -> Reply {
    let people: Vec<_> = people()
        .into_iter()
        .map(|one| json!({"role": one.role, "subject": one.subject, "name": one.name, "post": one.post}))
        .collect();
    let people = Shown::from(Serde(people));
    page(StatusCode::OK, &context! { title => "Who signs in?", query, people })
}

/// A request that cannot be answered to the page that made it, since it may not be ours.
pub(super) fn refuse(detail: &str) -> Reply {
    page(StatusCode::BAD_REQUEST, &context! { title => "This sign-in cannot go on", detail })
}

/// The provider's session has ended.
pub(super) fn signed_out() -> Reply {
    page(StatusCode::OK, &context! { title => "Signed out" })
}

fn page(status: StatusCode, filled: &Shown) -> Reply {
    let rendered = PAGES.get_template("page").and_then(|page| page.render(filled));
    let Ok(body) = rendered else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "Internal Server Error");
    };
    let mut reply = plain(status, "text/html; charset=utf-8", body);
    reply.headers_mut().insert("content-security-policy", HeaderValue::from_static(POLICY));
    reply
}
