//! Text, however it is wrapped: senders write `"spa"`, `["spa"]`, `{"value": "spa"}` or `[{"simpleType": "spa"}]` for
//! the same thing, and one object where the standard has an array.
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Every text of a field, unwrapped and trimmed; blank ones are left out.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(value: &Value) -> Self {
        let mut words = Vec::new();
        collect(value, &mut words);
        Self(words)
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// NIEM puts text under `value` and codes under `simpleType`; references stand under `$ref`. Of any other object every
/// text counts.
fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => {
            words.extend(Some(text.trim()).filter(|text| !text.is_empty()).map(String::from));
        }
        Value::Bool(_) | Value::Number(_) => words.push(value.to_string()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        Value::Object(fields) => {
            match ["value", "simpleType", "$ref"].iter().find_map(|name| fields.get(*name)) {
                Some(value) => collect(value, words),
                None => fields.values().for_each(|value| collect(value, words)),
            }
        }
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::of(&value))
    }
}

/// The components of one kind: an array, a single object, or nothing. The visitor passes on to the element, so that a
/// fault inside it still has its whole path.
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Many<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or an array of objects")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Many::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(elements)).map(Many)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(|one| Many(vec![one]))
    }
}

/// What stands at `names` inside NIEM data, going into the first element of every array on the way.
pub(super) fn within<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    let value = match value {
        Value::Array(values) => values.first()?,
        value => value,
    };
    match names {
        [] => Some(value),
        [name, rest @ ..] => within(value.get(name)?, rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Value, expected: &[&str]) {
        assert_eq!(Words::of(&value).iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn text_is_found_under_every_wrapper() {
        check(json!("spa"), &["spa"]);
        check(json!(["Active", "ReOpened"]), &["Active", "ReOpened"]);
        check(json!([{"value": "Dana"}]), &["Dana"]);
        check(json!({"languageCode": [{"simpleType": "spa"}]}), &["spa"]);
        check(json!({"$ref": "p1"}), &["p1"]);
        check(json!(7), &["7"]);
    }

    #[test]
    fn blank_and_null_are_nothing() {
        check(json!(null), &[]);
        check(json!(["  ", null, {"value": ""}]), &[]);
    }

    #[test]
    fn arrays_on_the_way_are_entered() {
        let person = json!({"name": [{"personGivenName": [{"value": "Dana"}]}]});
        assert_eq!(within(&person, &["name", "personGivenName"]), Some(&json!({"value": "Dana"})));
        assert_eq!(within(&person, &["name", "personSurName"]), None);
    }
}
