//! Reads the template, the function table and their like into plain JSON values for the checks in `template`.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

pub(crate) fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// CloudFormation's short forms as the long ones: `!Ref X` as `{"Ref": "X"}`, `!GetAtt A.B` as `{"GetAtt": "A.B"}`.
fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            json!({ tag.trim_start_matches('!'): plain(tagged.value) })
        }
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(pairs) => {
            let key = |key: Yaml| {
                key.as_str().map_or_else(|| serde_yaml_ng::to_string(&key).unwrap(), str::to_owned)
            };
            Value::Object(pairs.into_iter().map(|(name, value)| (key(name), plain(value))).collect())
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

/// The template; parsed once, since a debug build takes its time over a thousand lines.
pub(crate) static TEMPLATE: LazyLock<Value> = LazyLock::new(|| yaml("infra/template.yaml"));

/// A YAML file.
pub(crate) fn yaml(path: &str) -> Value {
    plain(serde_yaml_ng::from_str(&file(path)).unwrap_or_else(|error| panic!("{path}: {error}")))
}

pub(crate) fn resources() -> &'static Map<String, Value> {
    TEMPLATE["Resources"].as_object().unwrap()
}

pub(crate) fn of_type(kind: &str) -> Vec<(&'static str, &'static Value)> {
    let all = resources().iter().filter(|(_, resource)| resource["Type"] == kind);
    all.map(|(name, resource)| (name.as_str(), &resource["Properties"])).collect()
}

/// `staff-api` as `StaffApi`.
pub(crate) fn pascal(function: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    function.split('-').map(capital).collect()
}

pub(crate) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn statements(function: &str) -> &'static [Value] {
    role_statements(&format!("{}Role", pascal(function)))
}

/// What a role's policy allows.
pub(crate) fn role_statements(role: &str) -> &'static [Value] {
    resources()[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].as_array().unwrap()
}

/// The resources of a statement, one or many.
pub(crate) fn targets(statement: &Value) -> Vec<Value> {
    match &statement["Resource"] {
        Value::Array(many) => many.clone(),
        one => vec![one.clone()],
    }
}

/// What a role may do to a table or bucket of ours: `(IncidentsTable, dynamodb:GetItem)`.
pub(crate) fn grants(function: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for statement in statements(function) {
        let text = statement["Resource"].to_string();
        let targets = resources().iter().filter(|(name, resource)| {
            let kind = resource["Type"].as_str().unwrap_or_default();
            matches!(kind, "AWS::DynamoDB::Table" | "AWS::S3::Bucket") && text.contains(name.as_str())
        });
        for (target, _) in targets {
            found.extend(strings(&statement["Action"]).into_iter().map(|action| (target.clone(), action)));
        }
    }
    found
}

/// Whether a statement is for what AWS does on the function's behalf (streams, encrypted storage, queues, logs) and
/// not for a call that the function makes.
pub(crate) fn on_behalf(statement: &Value) -> bool {
    let action = &strings(&statement["Action"])[0];
    statement["Condition"]["StringEquals"].get("kms:ViaService").is_some()
        || statement["Resource"]["GetAtt"].as_str().is_some_and(|resource| resource.ends_with(".StreamArn"))
        || action.starts_with("logs:")
        || action.starts_with("sqs:")
}

/// The rows of functions/README.md by function: trigger, reads, writes, sends, variables, on failure.
pub(crate) fn readme() -> BTreeMap<String, Vec<String>> {
    let text = file("functions/README.md");
    let rows = text.lines().filter(|line| line.starts_with("| ["));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
        let name = cells.next().unwrap();
        (name[1..name.find(']').unwrap()].to_owned(), cells.collect())
    })
    .collect()
}

/// Words of a table cell that are code.
pub(crate) fn code(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
