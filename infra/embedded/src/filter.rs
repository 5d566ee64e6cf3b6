//! Event-source filters: the JSON patterns of the template, applied as the service applies them.
use serde_json::Value;

/// Whether `event` matches `pattern`: every field named must match one of its listed values or rules.
pub fn matches(pattern: &Value, event: Option<&Value>) -> bool {
    match pattern {
        Value::Object(fields) => {
            fields.iter().all(|(name, inner)| matches(inner, event.and_then(|event| event.get(name))))
        }
        Value::Array(rules) => rules.iter().any(|rule| allows(rule, event)),
        _ => false,
    }
}

fn allows(rule: &Value, value: Option<&Value>) -> bool {
    let Value::Object(rule) = rule else { return Some(rule) == value };
    rule.iter().all(|(name, argument)| match name.as_str() {
        "exists" => argument.as_bool() == Some(value.is_some()),
        "prefix" => value
            .and_then(Value::as_str)
            .is_some_and(|text| argument.as_str().is_some_and(|prefix| text.starts_with(prefix))),
        // A rule that this stack does not know must not quietly let everything through.
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use table::schema::{INCIDENTS_FILTER, MESSAGES_FILTER};

    #[track_caller]
    fn check(filter: &str, event: Value, expected: bool) {
        assert_eq!(matches(&serde_json::from_str(filter).unwrap(), Some(&event)), expected, "{event}");
    }

    #[test]
    fn planning_sees_what_intake_wrote() {
        let image = json!({"pk": {"S": "INC#1"}, "unplanned": {"N": "1"}});
        check(INCIDENTS_FILTER, json!({"eventName": "INSERT", "dynamodb": {"NewImage": image}}), true);
        check(INCIDENTS_FILTER, json!({"eventName": "REMOVE", "dynamodb": {"OldImage": image}}), false);
        check(INCIDENTS_FILTER, json!({"eventName": "MODIFY", "dynamodb": {"NewImage": {}}}), false);
    }

    #[test]
    fn sending_sees_pending_messages() {
        let message = |sk: &str, state: &str| json!({"eventName": "MODIFY", "dynamodb": {"NewImage": {"sk": {"S": sk}, "state": {"S": state}}}});
        check(MESSAGES_FILTER, message("MSG#1", "pending"), true);
        check(MESSAGES_FILTER, message("MSG#1", "claimed"), false);
        check(MESSAGES_FILTER, message("TASK#1", "pending"), false);
    }
}
