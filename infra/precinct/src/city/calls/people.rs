//! The people of a call. Every number is one of those kept for fiction (555-0100 to 555-0199 of some area), every
//! e-mail address one of example.com.
use serde_json::{Value, json};

use super::super::random::Random;

/// Residents who call.
const RESIDENTS: usize = 45_000;
/// Some call again and again.
const FREQUENT: usize = 400;
/// Given names; nobody is meant.
const NAMES: &[&str] = &["Sample", "Specimen", "Placeholder", "Muster", "Example", "Dummy"];

/// Who is in call `number`, the caller first.
pub(super) fn people(random: &mut Random, number: usize) -> Vec<Value> {
    let caller = resident(random);
    let victim_too = random.chance(0.35);
    let roles: &[&str] = if victim_too { &["caller", "victim"] } else { &["caller"] };
    let mut people = vec![person(random, "p1", roles, caller)];
    match random.weighted(&[70.0, 10.0, 7.0, 5.0, 5.0, 3.0]) {
        1 => {
            let other = resident(random);
            people.push(person(random, "p2", &["caller"], other));
        }
        // Two records of one person: dispatch noted the victim anew.
        2 => people.push(person(random, "p2", &["victim"], caller)),
        3 => {
            let other = resident(random);
            people.push(person(random, "p2", &["victim"], other));
        }
        4 => {
            let other = if random.chance(0.25) { caller } else { resident(random) };
            people.push(person(random, "p2", &["suspect"], other));
        }
        5 => {
            let other = resident(random);
            people.push(person(random, "p2", &["witness"], other));
        }
        _ => {}
    }
    for person in &mut people {
        person["name"] = json!(format!("{} {number}", NAMES[random.below(NAMES.len())]));
    }
    people
}

fn resident(random: &mut Random) -> usize {
    if random.chance(0.1) { random.below(FREQUENT) } else { random.below(RESIDENTS) }
}

fn person(random: &mut Random, id: &str, roles: &[&str], resident: usize) -> Value {
    let mut person = json!({"id": id, "roles": roles});
    match random.weighted(&[93.0, 4.0, 3.0]) {
        0 => person["phone"] = json!(phone(resident)),
        // A handset that was never activated: its number begins with 911 and takes no text.
        1 => person["phone"] = json!(format!("911-555-01{:02}", resident % 100)),
        _ => {}
    }
    if random.chance(0.25) {
        person["email"] = json!(format!("resident{resident}@example.com"));
    }
    match random.weighted(&[90.0, 5.0, 2.5, 2.5]) {
        1 => person["language"] = json!("es"),
        2 => person["language"] = json!("hmn"),
        3 => person["language"] = json!("so"),
        _ => {}
    }
    if random.chance(0.3) {
        let age = if random.chance(0.05) { 10 + random.below(8) } else { 18 + random.below(70) };
        person["age"] = json!(age);
    }
    if random.chance(0.05) {
        let wishes = ["ok", "ask_first", "no_text", "no_email", "never"];
        person["contact"] = json!(wishes[random.below(wishes.len())]);
    }
    person
}

/// The number of a resident: a hundred to an area, the area codes in turn.
fn phone(resident: usize) -> String {
    let is_area = |area: &usize| area % 100 != 11 && area / 10 % 10 != 9 && ![555, 900].contains(area);
    let area = (200..1000).filter(is_area).nth(resident / 100).unwrap_or(218);
    format!("+1{area}55501{:02}", resident % 100)
}
