//! Attributes that must never reach the score, refused by name wherever they stand in posted data.
use serde_json::Value;

/// Names refused, compared without regard to case, spaces, dashes and underscores. The first twelve are the
/// contract's; the rest are what other systems call the same, and further protected traits.
pub const NAMES: &[&str] = &[
    "race",
    "ethnicity",
    "gender",
    "sex",
    "age",
    "birth_date",
    "marital_status",
    "religion",
    "disability",
    "protected_leave",
    "union",
    "eap",
    "date_of_birth",
    "dob",
    "gender_identity",
    "genetic_information",
    "national_origin",
    "pregnancy",
    "sexual_orientation",
    "union_membership",
];

/// JSON pointer (RFC 6901), below `at`, to the first protected name in `value`, however deep it is nested.
pub fn find(at: &str, value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, inner)| {
            let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            if is_protected(name) { Some(place) } else { find(&place, inner) }
        }),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, inner)| find(&format!("{at}/{index}"), inner))
        }
        _ => None,
    }
}

/// Whether `name` is one of [`NAMES`].
pub fn is_protected(name: &str) -> bool {
    NAMES.iter().any(|known| letters(known).eq(letters(name)))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: Value, expected: Option<&str>) {
        assert_eq!(find("/data", &value).as_deref(), expected);
    }

    #[test]
    fn every_name_of_the_contract_is_refused() {
        for name in &NAMES[..12] {
            check(json!({ *name: "x" }), Some(&format!("/data/{name}")));
        }
    }

    #[test]
    fn spelling_and_depth_do_not_hide_a_name() {
        check(json!({"Birth-Date": "x"}), Some("/data/Birth-Date"));
        check(json!({"hr": [{"maritalStatus": null}]}), Some("/data/hr/0/maritalStatus"));
    }

    #[test]
    fn words_that_only_contain_a_name_pass() {
        check(json!({"average": 1, "stage": 2, "unit": "Trade Union Square", "mileage": 3}), None);
    }
}
