//! From the TOML to a sound profile: every key is judged, and an error names the key and what would be right.
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;
use toml::Value as Toml;

use super::build::{Block, Condition, Conditions, Entry, Piece, Template};
use super::field::{Field, Table, Tables};
use super::file::{ConditionSpec, EntrySpec, EventSpec, FieldSpec, File, TableSpec, TypeSpec};
use super::targets::{Form, Part, form, names};
use super::{Auth, Codes, Format, Profile, ProfileError, Takes};

/// A key and what is wrong with it.
pub(super) type Wrong = (String, String);

/// What is known of a profile while its blocks are judged.
pub(super) struct Compiler {
    pub(super) takes: Takes,
    pub(super) zone: TimeZone,
    pub(super) tables: Tables,
    pub(super) codes: Codes,
}

/// Reads and checks a profile.
pub(super) fn profile(name: &str, text: &str, zone: &TimeZone) -> Result<Profile, ProfileError> {
    let wrong = |(key, reason): Wrong| ProfileError { profile: name.into(), key, reason };
    let file: File =
        toml::from_str(text).map_err(|error| wrong(("file".into(), error.to_string().trim_end().into())))?;
    compile(name, file, zone).map_err(wrong)
}

fn compile(name: &str, file: File, zone: &TimeZone) -> Result<Profile, Wrong> {
    let zone = zone_of(file.time_zone.as_deref(), "time_zone", zone)?;
    let tables = tables(&file.tables)?;
    let mut compiler = Compiler { takes: file.takes, zone, tables, codes: Codes::default() };
    let endpoint = endpoint(name, &file)?;
    let delimiter = delimiter(&file)?;
    pointer(&file.rows, "rows")?;
    if file.events.is_empty() {
        return Err(wrong("events", "there must be at least one [[events]] block"));
    }
    let blocks = file.events.iter().enumerate().map(|(index, spec)| compiler.block(&file, spec, index));
    let blocks = blocks.collect::<Result<_, _>>()?;
    let Compiler { takes, tables, codes, .. } = compiler;
    Ok(Profile {
        name: name.into(),
        takes,
        format: file.format,
        endpoint,
        delimiter,
        rows: file.rows,
        tables,
        blocks,
        codes,
    })
}

pub(super) fn wrong(key: &str, reason: &str) -> Wrong {
    (key.into(), reason.into())
}

pub(super) fn pointer(pointer: &str, key: &str) -> Result<(), Wrong> {
    if pointer.is_empty() || pointer.starts_with('/') {
        return Ok(());
    }
    Err(wrong(
        key,
        &format!("{pointer:?} is no JSON pointer: it must begin with /, such as /call/id or /Call Type"),
    ))
}

pub(super) fn zone_of(name: Option<&str>, key: &str, otherwise: &TimeZone) -> Result<TimeZone, Wrong> {
    let Some(name) = name else { return Ok(otherwise.clone()) };
    TimeZone::get(name).map_err(|_| wrong(key, "must be an IANA zone such as America/Chicago"))
}

/// The endpoint lies on one of the routes that are deployed, so that a post can reach it.
fn endpoint(name: &str, file: &File) -> Result<Option<(String, Auth)>, Wrong> {
    let (path, auth) = match (&file.path, file.auth) {
        (None, None) => return Ok(None),
        (Some(path), Some(auth)) => (path, auth),
        _ => return Err(wrong("auth", "path and auth belong together")),
    };
    if file.format == Format::Csv {
        return Err(wrong(
            "path",
            "rows of CSV are not posted: leave path and auth out and use precinct bridge",
        ));
    }
    let allowed: &[String] = &match file.takes {
        Takes::Cad => vec!["/v1/cad/ticketscad".to_owned(), format!("/v1/cad/profiles/{name}")],
        Takes::Cases => vec![format!("/v1/cases/profiles/{name}")],
    };
    if allowed.contains(path) {
        return Ok(Some((path.clone(), auth)));
    }
    Err(wrong("path", &format!("must be {}", allowed.join(" or "))))
}

fn delimiter(file: &File) -> Result<u8, Wrong> {
    let delimiter = file.delimiter.unwrap_or(',');
    u8::try_from(delimiter)
        .ok()
        .filter(|byte| byte.is_ascii() && !b"\"\r\n".contains(byte))
        .ok_or_else(|| wrong("delimiter", "must be one ASCII character other than a quote or a line end"))
}

fn tables(specs: &BTreeMap<String, TableSpec>) -> Result<Tables, Wrong> {
    let one = |(name, spec): (&String, &TableSpec)| {
        let key = format!("tables.{name}");
        if spec.unmapped.is_some() && spec.otherwise.is_some() {
            return Err(wrong(&key, "unmapped and otherwise exclude each other"));
        }
        let values = spec.values.iter().map(|(from, to)| Ok((from.trim().to_owned(), plain(to, &key)?)));
        let values = values.collect::<Result<_, Wrong>>()?;
        let otherwise = spec.otherwise.as_ref().map(|value| plain(value, &key)).transpose()?;
        Ok((name.clone(), Table { values, unmapped: spec.unmapped, otherwise }))
    };
    specs.iter().map(one).collect()
}

/// A constant: text, number, true or false, or a list of them.
pub(super) fn plain(toml: &Toml, key: &str) -> Result<Value, Wrong> {
    Ok(match toml {
        Toml::String(text) => Value::from(text.as_str()),
        Toml::Integer(number) => Value::from(*number),
        Toml::Float(number) => Value::from(*number),
        Toml::Boolean(flag) => Value::from(*flag),
        Toml::Array(list) => list.iter().map(|one| plain(one, key)).collect::<Result<_, _>>()?,
        _ => return Err(wrong(key, "a value is a text, a number, true, false or a list of such")),
    })
}

impl Compiler {
    fn block(&mut self, file: &File, spec: &EventSpec, index: usize) -> Result<Block, Wrong> {
        let key = format!("events[{index}]");
        let part = Part::Data(self.takes);
        let timestamp = spec.timestamp.as_ref().or(file.timestamp.as_ref());
        let timestamp = timestamp.ok_or_else(|| {
            wrong(&format!("{key}.timestamp"), "says when it happened; it may also stand once at the top")
        })?;
        let mut fields = self.fields(&file.fields, part, "fields")?;
        fields.extend(self.fields(&spec.fields, part, &format!("{key}.fields"))?);
        let identity = if self.takes == Takes::Cad { "/incident/id" } else { "/case/number" };
        if !fields.contains_key(identity) {
            return Err(wrong(
                &format!("{key}.fields"),
                &format!("{identity} is missing: it says what the event is about"),
            ));
        }
        let mut people = self.entries(&file.people, Part::Person, "people")?;
        people.extend(self.entries(&spec.people, Part::Person, &format!("{key}.people"))?);
        let mut units = self.entries(&file.units, Part::Unit, "units")?;
        units.extend(self.entries(&spec.units, Part::Unit, &format!("{key}.units"))?);
        if self.takes == Takes::Cases && !units.is_empty() {
            return Err(wrong(&format!("{key}.units"), "a case has no units"));
        }
        let id = spec.id.as_ref().or(file.id.as_ref());
        Ok(Block {
            conditions: conditions(&spec.when, &spec.unless, &key)?,
            kind: self.kind(&spec.r#type, &format!("{key}.type"))?,
            timestamp: self.field(timestamp, Form::Time, &format!("{key}.timestamp"))?,
            id: id.map(|text| template(text, &format!("{key}.id"))).transpose()?,
            fields,
            people,
            units,
        })
    }

    fn kind(&mut self, spec: &TypeSpec, key: &str) -> Result<Field, Wrong> {
        let spec = match spec {
            TypeSpec::Always(kind) => {
                FieldSpec { value: Some(Toml::String(kind.clone())), ..FieldSpec::default() }
            }
            TypeSpec::Looked(spec) if spec.table.is_some() => spec.clone(),
            TypeSpec::Looked(_) => {
                return Err(wrong(key, "must be an event type, or from and a table of event types"));
            }
        };
        self.field(&spec, Form::EventType, key)
    }

    fn entries(&mut self, specs: &[EntrySpec], part: Part, key: &str) -> Result<Vec<Entry>, Wrong> {
        let one = |(index, spec): (usize, &EntrySpec)| {
            let key = format!("{key}[{index}]");
            if !spec.fields.contains_key("/id") {
                return Err(wrong(
                    &format!("{key}.fields"),
                    "/id is missing: a person or unit is known by it",
                ));
            }
            if spec.split.as_ref().is_some_and(String::is_empty)
                || (spec.split.is_some() && spec.each.is_none())
            {
                return Err(wrong(
                    &format!("{key}.split"),
                    "is what separates the parts of the text at each",
                ));
            }
            if let Some(each) = &spec.each {
                pointer(each, &format!("{key}.each"))?;
            }
            Ok(Entry {
                each: spec.each.clone(),
                split: spec.split.clone(),
                conditions: conditions(&spec.when, &spec.unless, &key)?,
                fields: self.fields(&spec.fields, part, &format!("{key}.fields"))?,
            })
        };
        specs.iter().enumerate().map(one).collect()
    }

    fn fields(
        &mut self,
        specs: &BTreeMap<String, FieldSpec>,
        part: Part,
        key: &str,
    ) -> Result<BTreeMap<String, Field>, Wrong> {
        let one = |(target, spec): (&String, &FieldSpec)| {
            let key = format!("{key}.{target}");
            let form = form(part, target)
                .ok_or_else(|| wrong(&key, &format!("there is no such field; there are {}", names(part))))?;
            Ok((target.clone(), self.field(spec, form, &key)?))
        };
        specs.iter().map(one).collect()
    }
}

fn conditions(
    when: &BTreeMap<String, ConditionSpec>,
    unless: &BTreeMap<String, ConditionSpec>,
    key: &str,
) -> Result<Conditions, Wrong> {
    let list = |specs: &BTreeMap<String, ConditionSpec>, name: &str| {
        let one = |(place, spec): (&String, &ConditionSpec)| {
            pointer(place, &format!("{key}.{name}"))?;
            let condition = match spec {
                ConditionSpec::Present(present) => Condition::Present(*present),
                ConditionSpec::OneOf(words) => {
                    Condition::OneOf(words.iter().map(|word| word.trim().to_owned()).collect())
                }
            };
            Ok((place.clone(), condition))
        };
        specs.iter().map(one).collect::<Result<Vec<_>, Wrong>>()
    };
    Ok(Conditions { when: list(when, "when")?, unless: list(unless, "unless")? })
}

fn template(text: &str, key: &str) -> Result<Template, Wrong> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            return Err(wrong(key, "a { has no }"));
        };
        pointer(inside, key)?;
        pieces.extend((!before.is_empty()).then(|| Piece::Text(before.to_owned())));
        pieces.push(Piece::Pointer(inside.to_owned()));
        rest = after;
    }
    pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
    if pieces.iter().any(|piece| matches!(piece, Piece::Pointer(_))) {
        return Ok(Template(pieces));
    }
    Err(wrong(
        key,
        "must hold a pointer in braces, such as cad-{/event/id}: else every event has the same id",
    ))
}
