//! The page of a copy: what is in it, row by row, for people.
use std::collections::BTreeMap;

use anyhow::Context as _;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value as Shown, context};
use serde_json::Value;

use super::find::key;

const PAGE: &str = r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{ title }}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}pre{white-space:pre-wrap;background:#f4f4f4;padding:.7em}h3{margin-bottom:.2em}</style>
<h1>{{ title }}</h1>
<p>Made {{ made_at }}. {{ rows|length }} entries.{% if redacted %} What belongs to others was taken out and is marked [redacted: …].{% endif %}</p>
{% if removed %}<table>{% for kind, count in removed|items %}<tr><td>{{ kind }}</td><td>{{ count }}</td></tr>{% endfor %}</table>{% endif %}
{% for row in rows %}<h3>{{ row.title }}</h3><pre>{{ row.text }}</pre>
{% endfor %}</html>
"#;

/// The page over `rows`.
pub(super) fn page(
    title: &str,
    made_at: &str,
    rows: &[Value],
    removed: &BTreeMap<&'static str, u64>,
    redacted: bool,
) -> anyhow::Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", PAGE).context("the page's template")?;
    let shown: Vec<Value> = rows.iter().map(shown).collect();
    let page = environment.get_template("page")?;
    Ok(page.render(context! { title, made_at, rows => Shown::from(Serde(shown)), removed, redacted })?)
}

fn shown(row: &Value) -> Value {
    let mut rest = row.clone();
    if let Some(fields) = rest.as_object_mut() {
        for name in ["pk", "sk", "table", "rev", "due_at"] {
            fields.remove(name);
        }
    }
    let text = serde_json::to_string_pretty(&rest).unwrap_or_default();
    serde_json::json!({"title": title(row), "text": text})
}

/// What a row is, in words.
fn title(row: &Value) -> String {
    let (pk, sk) = key(row);
    let id = |pk: &str| pk.split_once('#').map_or_else(|| pk.to_owned(), |(_, id)| id.to_owned());
    let word = |name: &str| row[name].as_str().unwrap_or_default();
    match sk.split('#').next().unwrap_or_default() {
        "STATE" if pk.starts_with("CASE#") => format!("Case {}", id(pk)),
        "STATE" => format!("Call {}", id(pk)),
        "MSG" => {
            format!("Message about {}: {} by {}, {}", id(pk), word("kind"), word("channel"), word("state"))
        }
        "DEC" => format!("Decision about {}: {} {}", id(pk), word("kind"), word("state")),
        "REPLY" if pk.starts_with("REPLY#") => format!("Text received {}", word("at")),
        "REPLY" => format!("Text received about {}", id(pk)),
        "NOTE" => "Notice or answer".to_owned(),
        "TASK" => format!("Task: {}", word("kind")),
        "TALK" => "What was said to the number lately".to_owned(),
        "CONTACT" => "Wishes and flags of the address".to_owned(),
        "PROFILE" => format!("Officer {}", id(pk)),
        "LOG" => format!("Record of {}", word("recorded_at")),
        "SCORE" => format!("Score of {}", sk.split('#').nth(1).unwrap_or_default()),
        "ALERT" => format!("Review {}", sk.split('#').nth(1).unwrap_or_default()),
        "CASE" => "Step of a review".to_owned(),
        "COACHING" => "Coaching".to_owned(),
        "GOAL" => "Goal".to_owned(),
        "REFERRAL" => "Referral".to_owned(),
        other => format!("{} {other}", row["table"].as_str().unwrap_or_default()),
    }
}
