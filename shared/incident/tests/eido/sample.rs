//! The sample that NENA publishes with its standard. Not part of this project: `PRECINCT_DATA` says where it lies.
use std::path::PathBuf;

use incident::eido;
use serde_json::{Value, json};

use crate::sequence::{at, play};

fn published() -> Option<Value> {
    let folder = PathBuf::from(std::env::var_os("PRECINCT_DATA")?);
    let text = std::fs::read_to_string(folder.join("eido/nena_sample_call_transfer.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn nena_s_sample_is_read() {
    let Some(mut sample) = published() else {
        eprintln!("skipped: PRECINCT_DATA is not set");
        return;
    };
    let eido = eido::read(&sample).unwrap();
    assert_eq!(eido::tracking_number(eido.tracking_id()), "a56e556d871:bcf.state.pa.us");
    assert!(!eido.tells_of_an_incident(), "it is a call being transferred");
    // An incident made of that call: the person, their number by way of the callback, the time of the call.
    sample["incidentComponent"] =
        json!({"lastUpdateTimeStamp": at(0), "incidentTypeCommonRegistryText": "MVA"});
    let told = play(&[sample]);
    let person = told.incident.private.people.values().next().unwrap();
    assert_eq!(person.phone().map(incident::address::phone), Some(Ok("+18195551212".into())));
    assert_eq!(person.addresses().count(), 1, "the sip: address holds the same number");
    let opened = told.incident.facts.opened_at().unwrap();
    assert_eq!(opened.to_string(), "2021-04-30T18:40:00Z");
}
