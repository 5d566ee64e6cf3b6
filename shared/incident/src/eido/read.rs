//! One EIDO as posted: the fields we use of NENA-STA-021.1, everything optional, whatever else it holds left unread.
//! Written by hand, since no generator gets through the published schema. Notes have no place here at all.
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::words::{Many, Words};
use crate::event::Invalid;
use crate::limits::is_reckonable;

/// Where a tracking identifier begins; what follows names the incident.
const TRACKING: &str = "urn:emergency:uid:incidentid:";

/// The state of one incident, read. Personal data: it does not print.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Eido {
    #[serde(rename = "$id")]
    id: Words,
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    at: Option<Timestamp>,
    #[serde(rename = "eidoVersion")]
    version: Words,
    #[serde(rename = "incidentComponent")]
    incidents: Many<IncidentComponent>,
    #[serde(rename = "callComponent")]
    pub(super) calls: Many<CallComponent>,
    #[serde(rename = "callbackComponent")]
    pub(super) callbacks: Many<CallbackComponent>,
    #[serde(rename = "dispatchComponent")]
    pub(super) dispatches: Many<DispatchComponent>,
    #[serde(rename = "emergencyResourceComponent")]
    pub(super) resources: Many<ResourceComponent>,
    #[serde(rename = "personComponent")]
    pub(super) persons: Many<PersonComponent>,
    #[serde(rename = "locationComponent")]
    pub(super) locations: Many<LocationComponent>,
    #[serde(rename = "mergeComponent")]
    pub(super) merges: Many<MergeComponent>,
}

impl fmt::Debug for Eido {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Eido([private])")
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct IncidentComponent {
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    pub(super) incident_type_common_registry_text: Words,
    pub(super) incident_type_internal_code: Words,
    pub(super) incident_status_common_registry_text: Words,
    pub(super) internal_incident_id: Words,
    pub(super) document_identification: Words,
    pub(super) report_number_type: Words,
    pub(super) incident_common_priority_number: Words,
    pub(super) beat_or_dispatch_group_text: Words,
    pub(super) disposition_component: Many<DispositionComponent>,
    pub(super) location_reference: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DispositionComponent {
    pub(super) disposition_common_registry_code: Words,
    pub(super) disposition_primary_indicator: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CallComponent {
    #[serde(rename = "$id")]
    pub(super) id: Words,
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    #[serde(deserialize_with = "time")]
    pub(super) call_start_timestamp: Option<Timestamp>,
    pub(super) call_back_reference: Words,
    pub(super) person_reference: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CallbackComponent {
    #[serde(rename = "$id")]
    pub(super) id: Words,
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    pub(super) call_back_information_uri: Words,
    pub(super) updated_cbn: Many<UpdatedCallback>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UpdatedCallback {
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    pub(super) updated_cbn_identifier_uri: Words,
    pub(super) updated_cbn_caller_description: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DispatchComponent {
    pub(super) emergency_resource_reference: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ResourceComponent {
    #[serde(rename = "$id")]
    pub(super) id: Words,
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    pub(super) primary_unit_status_registry_text: Words,
    pub(super) secondary_unit_status_registry_text: Words,
    pub(super) active_on_incident_id: Words,
    pub(super) eta: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PersonComponent {
    #[serde(rename = "$id")]
    pub(super) id: Words,
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    pub(super) person_incident_role_registry_text: Words,
    pub(super) call_identifier: Words,
    pub(super) call_back_reference: Words,
    /// NIEM; entered where a value is wanted.
    pub(super) nc_person_component: Value,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LocationComponent {
    #[serde(rename = "$id")]
    pub(super) id: Words,
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    pub(super) location_type_description_registry_text: Words,
    pub(super) location_by_value: Words,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct MergeComponent {
    #[serde(rename = "lastUpdateTimeStamp", deserialize_with = "time")]
    pub(super) at: Option<Timestamp>,
    /// Drafts of the standard call it an identification.
    #[serde(alias = "incidentTrackingIdentification")]
    pub(super) incident_tracking_identifier: Words,
    pub(super) incident_merge_direction_code: Words,
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let words = Words::deserialize(deserializer)?;
    let at: Option<Timestamp> =
        words.first().map(str::parse).transpose().map_err(serde::de::Error::custom)?;
    if at.is_some_and(|at| !is_reckonable(at)) {
        return Err(serde::de::Error::custom("out of range"));
    }
    Ok(at)
}

/// Reads one EIDO. The fault names the first field that cannot be read and never repeats its value.
pub fn read(value: &Value) -> Result<Eido, Invalid> {
    if !value.is_object() {
        return Err(invalid(String::new(), "an EIDO is an object"));
    }
    let mut eido: Eido = serde_path_to_error::deserialize(value).map_err(|error| {
        invalid(
            pointer(error.path()),
            "the value has a form that this field does not take; a time is RFC 3339 with an offset, between 1970 and 2200",
        )
    })?;
    if eido.version.first().is_some_and(|version| version.split('.').next() != Some("1")) {
        return Err(invalid("/eidoVersion".into(), "EIDO 1.x is read here"));
    }
    is_tracking_id(&eido.id, "/$id")?;
    eido.stamp_components()?;
    Ok(eido)
}

impl Eido {
    /// The Incident Tracking Identifier, the same in every EIDO of the incident.
    pub fn tracking_id(&self) -> &str {
        self.id.first().unwrap_or_default()
    }

    /// The incident itself, where one was made of the call.
    pub(super) fn incident(&self) -> Option<&IncidentComponent> {
        self.incidents.0.iter().max_by_key(|component| component.at)
    }

    /// Whether it tells of an incident, not only of a call that came in.
    pub fn tells_of_an_incident(&self) -> bool {
        self.incident().is_some()
    }

    /// Numbers that can serve as ours, those that fit into a text first: the one under which the agency knows the incident
    /// and would tell a caller; the part of the tracking identifier that its maker counts by; all of that identifier.
    /// Only the last is unique everywhere.
    pub fn numbers(&self) -> Vec<String> {
        let internal = self.incident().and_then(|incident| incident.internal_incident_id.first());
        let whole = tracking_number(self.tracking_id());
        let (counted, _) = whole.split_once(':').unwrap_or_default();
        // By NENA-STA-010 it has ten characters at least; a shorter one may be anybody's.
        let counted = Some(counted).filter(|counted| counted.len() >= 10);
        let mut numbers: Vec<String> = [internal, counted]
            .into_iter()
            .flatten()
            .filter(|id| serves_as_number(id))
            .map(String::from)
            .collect();
        numbers.push(whole);
        numbers
    }

    /// A component without a stamp of its own is as new as the whole. What the order hangs on must have one or the
    /// other, and whoever is told apart by `$id` must have that.
    fn stamp_components(&mut self) -> Result<(), Invalid> {
        let whole = self.at;
        let stamped = |at: &mut Option<Timestamp>, place: String| {
            *at = at.or(whole);
            let missing =
                || invalid(format!("{place}/lastUpdateTimeStamp"), "needs a time: RFC 3339 with an offset");
            at.map(|_| ()).ok_or_else(missing)
        };
        let named = |id: &Words, place: &str| {
            let missing = || invalid(format!("{place}/$id"), "needs the identifier of the component");
            id.first().map(|_| ()).ok_or_else(missing)
        };
        for incident in &mut self.incidents.0 {
            stamped(&mut incident.at, "/incidentComponent".into())?;
        }
        for (index, person) in self.persons.0.iter_mut().enumerate() {
            let place = format!("/personComponent/{index}");
            named(&person.id, &place)?;
            stamped(&mut person.at, place)?;
        }
        for (index, unit) in self.resources.0.iter_mut().enumerate() {
            let place = format!("/emergencyResourceComponent/{index}");
            named(&unit.id, &place)?;
            stamped(&mut unit.at, place)?;
        }
        for (index, location) in self.locations.0.iter_mut().enumerate() {
            stamped(&mut location.at, format!("/locationComponent/{index}"))?;
        }
        for (index, merge) in self.merges.0.iter_mut().enumerate() {
            let place = format!("/mergeComponent/{index}");
            is_tracking_id(
                &merge.incident_tracking_identifier,
                &format!("{place}/incidentTrackingIdentifier"),
            )?;
            stamped(&mut merge.at, place)?;
        }
        Ok(())
    }
}

/// An EIDO as it may be kept for whoever mends its sender: notes are never kept, not even sealed.
pub fn without_notes(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("notesComponent");
    }
    value
}

/// The number that stands in a tracking identifier itself: what follows `incidentid:`, or a hash where that is too long.
pub fn tracking_number(tracking_id: &str) -> String {
    let begins = tracking_id.get(..TRACKING.len()).is_some_and(|start| start.eq_ignore_ascii_case(TRACKING));
    let number = if begins { &tracking_id[TRACKING.len()..] } else { tracking_id };
    if serves_as_number(number) { number.to_owned() } else { hashed("eido-", tracking_id) }
}

/// A short stable name made from a longer one.
pub(super) fn hashed(prefix: &str, text: &str) -> String {
    use sha2::{Digest, Sha256};
    format!("{prefix}{}", hex::encode(&Sha256::digest(text)[..8]))
}

pub(super) fn serves_as_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_graphic() && c != '#')
}

fn is_tracking_id(id: &Words, pointer: &str) -> Result<(), Invalid> {
    let usable = |id: &str| id.len() <= 256 && id.chars().all(|c| c.is_ascii_graphic());
    let missing = "needs an Incident Tracking Identifier: 1 to 256 printable ASCII characters without blanks";
    if id.first().is_some_and(usable) { Ok(()) } else { Err(invalid(pointer.into(), missing)) }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&name);
    }
    pointer
}

fn invalid(pointer: String, detail: &str) -> Invalid {
    Invalid { pointer, code: "invalid", detail: detail.into() }
}
