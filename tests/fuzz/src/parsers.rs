//! The readers alone, without tables: they take damaged input at a rate that whole handlers cannot.
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use incident::eido;
use incident::profile::{Profile, Takes};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::chance::Chance;
use crate::mutate::{bytes, spoil};
use crate::{agency, replies, sample, world};

/// The readers with what they need.
pub struct Parsers {
    profiles: Vec<Profile>,
    indicators: BTreeSet<String>,
}

impl Parsers {
    /// The shipped profiles, and that for cases.
    pub fn new() -> anyhow::Result<Self> {
        let shipped = [
            ("ticketscad", include_str!("../../../infra/agency/profiles/ticketscad.toml")),
            ("example-json", include_str!("../../../infra/agency/profiles/example-json.toml")),
            ("records", agency::RECORDS),
        ];
        let zone = TimeZone::get("America/Chicago")?;
        let parse = |(name, text): (&str, &str)| anyhow::Ok(Profile::parse(name, text, &zone)?);
        Ok(Self {
            profiles: shipped.into_iter().map(parse).collect::<Result<_, _>>()?,
            indicators: BTreeSet::from(["complaint".to_owned()]),
        })
    }

    /// One damaged input through every reader of its path. The error is a panic, told by its input.
    pub fn one(&self, chance: &mut Chance) -> Result<(), String> {
        let path = *chance.pick(world::paths());
        let mut posted = sample::post(chance, path);
        spoil(chance, &mut posted);
        let body = bytes(chance, &posted);
        let message = replies::message(chance);
        let read = catch_unwind(AssertUnwindSafe(|| self.read(path, &body, &message)));
        read.map_err(|_| format!("a reader panicked at {path}: {}", String::from_utf8_lossy(&body)))
    }

    fn read(&self, path: &str, body: &[u8], message: &[u8]) {
        let Ok(items) = startup::intake::items(body) else { return };
        for (index, item) in items.into_iter().enumerate() {
            match path {
                "/v1/cad/eido" => eido(&item),
                "/v1/cad/ticketscad" => self.rows(&self.profiles[0], item),
                "/v1/cad/profiles/example-json" => self.rows(&self.profiles[1], item),
                "/v1/cases/profiles/records" => self.rows(&self.profiles[2], item),
                _ => self.event(path, index, item),
            }
        }
        let words = String::from_utf8_lossy(message);
        let _ = updates::reply::read(&words);
        let _ = updates::receipt::read(&words);
    }

    fn rows(&self, profile: &Profile, body: Value) {
        let path = match profile.takes {
            Takes::Cad => "/v1/cad/events",
            Takes::Cases => "/v1/cases/events",
        };
        for row in profile.rows(body).unwrap_or_default() {
            for event in profile.map(&row).map(|mapped| mapped.events).unwrap_or_default() {
                self.event(path, 0, event.json());
            }
        }
    }

    fn event(&self, path: &str, index: usize, item: Value) {
        let Ok(envelope) = startup::intake::read_one(index, item) else { return };
        if path == "/v1/personnel/events" {
            if let (Some(data), Ok(day)) = (envelope.data.as_object(), "2026-07-07".parse()) {
                let _ = eis::event::read(&envelope.kind, data, day, &self.indicators);
            }
            return;
        }
        let read = incident::event::read(
            &envelope.kind,
            envelope.timestamp,
            &envelope.data,
            path == "/v1/cases/events",
        );
        match read {
            Ok(incident::Event::Incident(stamp, kind, data)) => {
                let mut call = incident::Incident::new(&data.incident.id);
                call.apply(stamp, kind, &data, false);
                let _ = call.safety_text();
            }
            Ok(incident::Event::Case(stamp, kind, data)) => {
                let mut case = incident::Case::new(&data.case.number);
                case.apply(stamp, kind, &data, false);
                let _ = case.safety_text();
            }
            Err(_) => {}
        }
    }
}

fn eido(item: &Value) {
    let _ = eido::without_notes(item);
    if let Ok(read) = eido::read(item) {
        let _ = eido::difference(&read, &eido::Snapshot::new("26-1"));
        let _ = read.numbers();
    }
}
