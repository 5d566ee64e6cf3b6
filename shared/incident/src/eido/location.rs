//! Where it happened, from PIDF-LO (RFC 4119, RFC 5139, RFC 5491): XML in a JSON text, and nothing to trust.
//!
//! Read by the pull parser quick-xml: it fetches nothing and expands nothing; a document type is refused, depth and size
//! are bounded, and of all elements only a point, a circle small enough, and the civic address are looked at.
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::person::letters;
use super::read::{Eido, IncidentComponent, LocationComponent};
use crate::event::Location;

/// A larger text is no address of one place.
const SIZE_LIMIT: usize = 64 * 1024;
/// Nesting seen in the field is about eight.
const DEPTH_LIMIT: usize = 32;
/// Half of a cell of the map (geohash-7, 153 m): a circle wider than that does not say in which cell it happened.
const RADIUS_LIMIT: f64 = 76.0;

/// The best readable location of the incident with the stamp of its component: the place as it is now, then as first
/// told, then where the caller is. Routing, towers, units and staging areas are other places.
pub(super) fn of_incident(eido: &Eido, incident: &IncidentComponent) -> Option<(jiff::Timestamp, Location)> {
    let mut candidates: Vec<(u8, &LocationComponent)> = eido
        .locations
        .0
        .iter()
        .filter_map(|component| Some((preference(component, incident)?, component)))
        .collect();
    candidates.sort_by_key(|(preference, _)| *preference);
    let mut found: Option<(jiff::Timestamp, Location)> = None;
    for (_, component) in candidates {
        let read = component.location_by_value.iter().map(read);
        for location in read.filter(|location| *location != Location::default()) {
            let at = component.at?;
            let (stamp, best) = found.get_or_insert_with(|| (at, Location::default()));
            *stamp = at.max(*stamp);
            if best.latitude.is_none() {
                (best.latitude, best.longitude) = (location.latitude, location.longitude);
            }
            best.address = best.address.take().or(location.address);
        }
    }
    found
}

fn preference(component: &LocationComponent, incident: &IncidentComponent) -> Option<u8> {
    let id = component.id.first();
    let is_referenced = incident.location_reference.iter().any(|named| Some(named) == id);
    let kind = component.location_type_description_registry_text.first().map(letters).unwrap_or_default();
    match kind.as_str() {
        "currentincident" => Some(0),
        "initialincident" => Some(1),
        "routinglocation" | "towerlocation" | "unitlocation" | "staging" => None,
        "caller" => is_referenced.then_some(3),
        _ => is_referenced.then_some(2),
    }
}

/// What can be read of one PIDF-LO; what cannot stays empty.
fn read(xml: &str) -> Location {
    scan(xml).map(|parts| parts.location()).unwrap_or_default()
}

#[derive(Default)]
struct Parts {
    position: Option<(f64, f64)>,
    radius: Option<f64>,
    civic: Vec<(String, String)>,
}

/// The texts of the elements we know. `None` for what is not well formed or not meant to be read.
fn scan(xml: &str) -> Option<Parts> {
    if xml.len() > SIZE_LIMIT {
        return None;
    }
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut parts = Parts::default();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEPTH_LIMIT => {
                open.push(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
                text.clear();
            }
            Event::Text(piece) => text.push_str(&piece.decode().ok()?),
            Event::GeneralRef(reference) => text.push(character(&reference)?),
            Event::End(_) => {
                parts.take(&open, text.trim());
                open.pop();
                text.clear();
            }
            Event::Start(_) | Event::DocType(_) => return None,
            Event::Eof => return open.is_empty().then_some(parts),
            Event::Empty(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// A character reference or one of the five names that XML itself knows.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character);
    }
    match reference.decode().ok()?.as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

impl Parts {
    fn take(&mut self, open: &[String], text: &str) {
        let Some((name, outer)) = open.split_last() else { return };
        let inside = |element: &str| outer.last().is_some_and(|last| last == element);
        match name.as_str() {
            // Of several shapes the first counts.
            "pos" if (inside("Point") || inside("Circle")) && self.position.is_none() => {
                self.position = position(text);
            }
            "radius" if inside("Circle") && self.radius.is_none() => self.radius = text.parse().ok(),
            _ if inside("civicAddress") && !text.is_empty() => {
                self.civic.push((name.clone(), text.to_owned()));
            }
            _ => {}
        }
    }

    fn location(&self) -> Location {
        let sharp = self.radius.is_none_or(|radius| (0.0..=RADIUS_LIMIT).contains(&radius));
        let position = self.position.filter(|_| sharp);
        Location {
            latitude: position.map(|(latitude, _)| latitude),
            longitude: position.map(|(_, longitude)| longitude),
            address: self.address(),
        }
    }

    /// Number, street and town in the order in which an address is said.
    fn address(&self) -> Option<String> {
        let said = |names: &[&str]| {
            let part = |name: &&str| {
                self.civic.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
            };
            names.iter().filter_map(part).collect::<Vec<_>>().join(" ")
        };
        let street = ["HNO", "HNS", "PRD", "PRM", "STP", "RD", "A6", "STS", "POD", "POM"];
        let street = said(if self.civic.iter().any(|(name, _)| name == "RD") {
            &["HNO", "HNS", "PRD", "PRM", "STP", "RD", "STS", "POD", "POM"]
        } else {
            &street
        });
        let parts = [said(&["LMK"]), street, said(&["UNIT"]), said(&["A3"])];
        let address = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        (!address.is_empty()).then_some(address)
    }
}

/// `latitude longitude`, in degrees, WGS 84; a height behind them is left out.
fn position(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    let (latitude, longitude) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    on_earth.then_some((latitude, longitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CIVIC: &str = "<ca:civicAddress><ca:country>US</ca:country><ca:A1>MN</ca:A1><ca:A3>Example City</ca:A3>\
        <ca:PRD>W</ca:PRD><ca:RD>Superior</ca:RD><ca:STS>Street</ca:STS><ca:HNO>300</ca:HNO></ca:civicAddress>";

    fn wrapped(shape: &str) -> String {
        format!("<?xml version=\"1.0\"?><presence><gp:location-info>{shape}</gp:location-info></presence>")
    }

    #[track_caller]
    fn check(xml: &str, position: Option<(f64, f64)>, address: Option<&str>) {
        let location = read(xml);
        assert_eq!(location.latitude.zip(location.longitude), position);
        assert_eq!(location.address.as_deref(), address);
    }

    #[test]
    fn points_and_small_circles_are_positions() {
        let place = Some((46.7867, -92.1005));
        check(&wrapped("<gml:Point><gml:pos>46.7867 -92.1005</gml:pos></gml:Point>"), place, None);
        check(&wrapped("<gml:Point><gml:pos>46.7867 -92.1005 210</gml:pos></gml:Point>"), place, None);
        check(
            &wrapped("<gs:Circle><gml:pos>46.7867 -92.1005</gml:pos><gs:radius>40</gs:radius></gs:Circle>"),
            place,
            None,
        );
    }

    #[test]
    fn a_wide_circle_or_a_place_off_the_earth_is_none() {
        check(
            &wrapped("<gs:Circle><gml:pos>46.7 -92.1</gml:pos><gs:radius>900</gs:radius></gs:Circle>"),
            None,
            None,
        );
        check(&wrapped("<gml:Point><gml:pos>146.7 -92.1</gml:pos></gml:Point>"), None, None);
        check(&wrapped("<gml:Point><gml:pos>north</gml:pos></gml:Point>"), None, None);
    }

    #[test]
    fn a_civic_address_is_written_as_it_is_said() {
        check(&wrapped(CIVIC), None, Some("300 W Superior Street, Example City"));
        let named = "<civicAddress><LMK>Lift Bridge &amp; Park</LMK><A3>Example City</A3></civicAddress>";
        check(&wrapped(named), None, Some("Lift Bridge & Park, Example City"));
    }

    #[test]
    fn what_is_no_plain_xml_gives_nothing() {
        check("300 W Superior St", None, None);
        check("<presence><gml:Point><gml:pos>46.7867 -92.1005</gml:pos>", None, None);
        check("<!DOCTYPE p [<!ENTITY a \"x\">]><p><civicAddress><RD>&a;</RD></civicAddress></p>", None, None);
        check("<p><civicAddress><RD>&a;</RD></civicAddress></p>", None, None);
        check(&format!("{}{}", "<a>".repeat(40), "</a>".repeat(40)), None, None);
    }
}
