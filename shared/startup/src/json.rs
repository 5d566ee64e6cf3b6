//! JSON from outside, read within limits: how deep, how long, how many, and no name twice in one object, which two
//! readers would take for two different things. A fault names the field, never its value.
use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deepest nesting of lists and objects.
pub const DEEPEST: usize = 32;
/// Longest text, in bytes: the location of an EIDO is a whole document in one.
pub const LONGEST_TEXT: usize = 32 * 1024;
/// Most items of a list and most fields of an object.
pub const MOST: usize = 1000;
/// Longest name of a field, in bytes.
const LONGEST_NAME: usize = 256;

/// Why a body is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is no JSON: cut off, no UTF-8, a number that no number holds.
    Syntax,
    /// It is, but past a limit.
    Limit {
        /// JSON pointer to the field; it stops at a name that no sender of ours would use, which may be personal.
        pointer: String,
        /// Stable word: `too_deep`, `too_long`, `too_many` or `name_twice`.
        code: &'static str,
        /// What would be right.
        detail: &'static str,
    },
}

/// Reads one JSON value.
pub fn read(body: &[u8]) -> Result<Value, Broken> {
    let state = State::default();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Here { state: &state, depth: 0 }.deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) => Err(state.broken.into_inner().unwrap_or(Broken::Syntax)),
    }
}

#[derive(Default)]
struct State {
    /// Names and places from the outermost value to the present one.
    path: RefCell<Vec<String>>,
    broken: RefCell<Option<Broken>>,
}

impl State {
    fn refuse<E: serde::de::Error>(&self, code: &'static str, detail: &'static str) -> E {
        let plain = |name: &&String| {
            !name.is_empty()
                && name.len() <= 64
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c))
        };
        let path = self.path.borrow();
        let pointer =
            path.iter().take_while(plain).fold(String::new(), |pointer, name| format!("{pointer}/{name}"));
        *self.broken.borrow_mut() = Some(Broken::Limit { pointer, code, detail });
        E::custom(code)
    }

    fn inside<T>(&self, name: String, read: impl FnOnce() -> T) -> T {
        self.path.borrow_mut().push(name);
        let value = read();
        self.path.borrow_mut().pop();
        value
    }
}

/// The value that begins here.
#[derive(Clone, Copy)]
struct Here<'s> {
    state: &'s State,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Here<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Here<'_> {
    fn within<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEEPEST {
            return Err(self
                .state
                .refuse("too_deep", "lists and objects stand in one another at most 32 deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn count<E: serde::de::Error>(self, count: usize) -> Result<(), E> {
        if count < MOST {
            return Ok(());
        }
        Err(self.state.refuse("too_many", "a list or an object holds at most 1,000 things"))
    }
}

impl<'de> Visitor<'de> for Here<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        if text.len() > LONGEST_TEXT {
            return Err(self.state.refuse("too_long", "a text holds at most 32 KiB"));
        }
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.within()?;
        let mut items = Vec::new();
        loop {
            let next = self.state.inside(items.len().to_string(), || {
                let item = seq.next_element_seed(inner)?;
                Ok::<_, A::Error>(item)
            })?;
            let Some(item) = next else { return Ok(Value::Array(items)) };
            self.count(items.len())?;
            items.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.within()?;
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name.len() > LONGEST_NAME {
                return Err(self.state.refuse("too_long", "the name of a field holds at most 256 bytes"));
            }
            self.count(fields.len())?;
            let value = self.state.inside(name.clone(), || {
                if fields.contains_key(&name) {
                    return Err(self.state.refuse("name_twice", "an object has each name once"));
                }
                map.next_value_seed(inner)
            })?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn limit(body: &str, pointer: &str, code: &str) {
        match read(body.as_bytes()) {
            Err(Broken::Limit { pointer: found, code: word, .. }) => {
                assert_eq!((found.as_str(), word), (pointer, code));
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn no_json(body: &[u8]) {
        assert_eq!(read(body), Err(Broken::Syntax));
    }

    #[test]
    fn what_is_within_the_limits_reads_as_any_reader_reads_it() {
        for body in [
            r#"{"a":[1,-2,3.5,true,null,"\u00e9\ud83d\ude00"],"b":{}}"#,
            "18446744073709551615",
            "\"\\u0000\"",
            "99999999999999999999999999",
            " [ ] ",
        ] {
            assert_eq!(read(body.as_bytes()), Ok(serde_json::from_str(body).unwrap()), "{body}");
        }
        let deep = format!("{}1{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        assert!(read(deep.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_past_a_limit_names_its_field() {
        let deep = format!("{{\"data\":{}1{}}}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        limit(&deep, &format!("/data{}", "/0".repeat(DEEPEST - 1)), "too_deep");
        let long = format!(r#"[{{"data":{{"name":"{}"}}}}]"#, "x".repeat(LONGEST_TEXT + 1));
        limit(&long, "/0/data/name", "too_long");
        let many = format!("{{\"people\":[{}]}}", vec!["1"; MOST + 1].join(","));
        limit(&many, "/people", "too_many");
        limit(r#"{"data":{"id":1,"id":2}}"#, "/data/id", "name_twice");
        limit(r#"{"+1 218 555 0100":{"id":1,"id":2}}"#, "", "name_twice");
        limit(&format!("{{\"{}\":1}}", "x".repeat(300)), "", "too_long");
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        let endless = "[".repeat(100_000);
        limit(&endless, &"/0".repeat(DEEPEST), "too_deep");
        no_json(b"");
        no_json(b"{} {}");
        no_json(b"1e999");
        no_json(br#""\ud800""#);
        no_json(b"\"\xff\"");
        no_json(b"\"\x00\"");
        no_json(b"{\"a\":");
        no_json(b"\xef\xbb\xbf{}");
    }
}
