//! A person of an EIDO as we know people: roles, name, age, language, and the number they can be reached at.
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::read::{CallbackComponent, Eido, PersonComponent, hashed, serves_as_number};
use super::words::{Words, within};
use crate::event::{Field, PersonFields};
use crate::person::{Contact, Role};

/// What the person component itself says.
pub(super) fn person(component: &PersonComponent, at: Timestamp) -> PersonFields {
    let niem = &component.nc_person_component;
    let known = |names: &[&str]| within(niem, names).map(Words::of).unwrap_or_default();
    let email = known(&["homeContactInformation", "contactEmailId"]);
    PersonFields {
        id: person_id(component),
        roles: roles(&component.person_incident_role_registry_text),
        name: set(name(niem)),
        email: set(email.first().map(String::from)),
        language: set(language(niem)),
        age: set(age(niem, at)),
        ..PersonFields::default()
    }
}

fn set<T>(value: Option<T>) -> Field<T> {
    value.map(Some)
}

/// The sender's id, unless it is one that we cannot use or is itself a way to reach the person.
pub(super) fn person_id(component: &PersonComponent) -> String {
    let id = component.id.first().unwrap_or_default();
    let is_address =
        id.contains('@') || ["tel:", "sip:", "sips:", "mailto:"].iter().any(|scheme| id.starts_with(scheme));
    if serves_as_number(id) && !is_address { id.to_owned() } else { hashed("person-", id) }
}

/// A word outside the registry names somebody involved; the words for a suspect that senders use beside it count as one.
fn roles(words: &Words) -> Field<BTreeSet<Role>> {
    let role = |word: &str| match letters(word).as_str() {
        "caller" => Role::Caller,
        "reportingparty" => Role::ReportingParty,
        "victim" => Role::Victim,
        "witness" => Role::Witness,
        "personofinterest" => Role::PersonOfInterest,
        "suspect" | "offender" | "perpetrator" | "arrestee" | "defendant" => Role::Suspect,
        _ => Role::Involved,
    };
    set((!words.is_empty()).then(|| words.iter().map(role).collect()))
}

/// A word without case, blanks and punctuation: registries are spelled in more than one way.
pub(super) fn letters(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn name(niem: &Value) -> Option<String> {
    let name = within(niem, &["name"])?;
    let part =
        |part: &str| within(name, &[part]).and_then(|value| Words::of(value).first().map(String::from));
    let parts: Vec<String> = [part("personGivenName"), part("personSurName")].into_iter().flatten().collect();
    if parts.is_empty() {
        return part("personFullName").or_else(|| name.as_str().map(|text| text.trim().to_owned()));
    }
    Some(parts.join(" "))
}

/// The languages that texts are written in, by their ISO 639-1 code; another one by the code it came with.
fn language(niem: &Value) -> Option<String> {
    let told = within(niem, &["primaryLanguage"]).map(Words::of).unwrap_or_default();
    let code = told.iter().find_map(|word| {
        let code = word.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        (matches!(code.len(), 2 | 3) && code.chars().all(|c| c.is_ascii_alphabetic())).then_some(code)
    });
    let english = || {
        let told = within(niem, &["isLanguageEnglish"]).map(Words::of)?;
        (told.first() == Some("true")).then(|| "en".to_owned())
    };
    code.or_else(english).map(|code| match code.as_str() {
        "eng" => "en".into(),
        "spa" => "es".into(),
        "mww" | "hnj" | "hmv" => "hmn".into(),
        "som" => "so".into(),
        _ => code,
    })
}

/// Age in years at `at`, from the date of birth, else as measured; of a range the lower end, so that whoever may be a
/// minor counts as one. An age in months or days is that of a small child.
fn age(niem: &Value, at: Timestamp) -> Option<u8> {
    let birth = within(niem, &["birthDate"]).map(Words::of).unwrap_or_default();
    let born = birth.iter().find_map(|text| text.get(..10)?.parse::<Date>().ok());
    if let Some(born) = born {
        let today = at.to_zoned_datetime(TimeZone::UTC).date();
        let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
        return u8::try_from(i32::from(today.year()) - i32::from(born.year()) - i32::from(before_birthday))
            .ok();
    }
    let measure = within(niem, &["ageMeasure"]).map(Words::of)?;
    let least = measure.iter().filter_map(|word| word.parse::<f64>().ok()).min_by(f64::total_cmp)?;
    let small = |unit: String| ["mon", "day", "wee", "hour"].iter().any(|start| unit.starts_with(start));
    let years = if measure.iter().any(|word| small(letters(word))) { 0.0 } else { least };
    (0.0..=150.0).contains(&years).then_some(years as u8)
}

/// The number of a person, when it was last touched, and what else is known of it.
pub(super) struct Number {
    /// As new as the youngest component on the way to it.
    pub(super) at: Timestamp,
    /// Where to reach them first, and the wish that goes with it.
    pub(super) fields: PersonFields,
    /// Other numbers given for them: what endangers one endangers all.
    pub(super) others: Vec<PersonFields>,
}

/// The way to the number: the person's own callback, else that of a call they were in.
pub(super) fn number(eido: &Eido, person: &PersonComponent) -> Option<Number> {
    let mut at = person.at?;
    let mut references: Vec<&str> = person.call_back_reference.iter().collect();
    if references.is_empty() {
        for call in calls_of(eido, person).filter(|call| !call.call_back_reference.is_empty()) {
            references.extend(call.call_back_reference.iter());
            at = at.max(call.at.unwrap_or(at));
        }
    }
    let is_meant =
        |callback: &&CallbackComponent| callback.id.first().is_some_and(|id| references.contains(&id));
    let mut numbers = Vec::new();
    let mut with_conditions = false;
    for callback in eido.callbacks.0.iter().filter(is_meant) {
        at = at.max(callback.at.unwrap_or(at));
        for updated in &callback.updated_cbn.0 {
            at = at.max(updated.at.unwrap_or(at));
            let described =
                updated.updated_cbn_caller_description.iter().any(|text| !names_a_telephone(text));
            with_conditions |= described;
            numbers.extend(updated.updated_cbn_identifier_uri.iter().filter_map(dialable));
        }
        let uris = || callback.call_back_information_uri.iter();
        numbers.extend(uris().filter(|uri| !uri.starts_with("sip")).filter_map(dialable));
        numbers.extend(uris().filter(|uri| uri.starts_with("sip")).filter_map(dialable));
    }
    let mut told = BTreeSet::new();
    numbers.retain(|number| told.insert(number.clone()));
    let id = person_id(person);
    let with =
        |phone: String| PersonFields { id: id.clone(), phone: Some(Some(phone)), ..PersonFields::default() };
    let mut numbers = numbers.into_iter().map(with);
    let mut fields = numbers.next()?;
    fields.contact = set(with_conditions.then_some(Contact::AskFirst));
    Some(Number { at, fields, others: numbers.collect() })
}

fn calls_of<'a>(
    eido: &'a Eido,
    person: &'a PersonComponent,
) -> impl Iterator<Item = &'a super::read::CallComponent> {
    let id = person.id.first();
    eido.calls.0.iter().filter(move |call| {
        let named =
            call.id.first().is_some_and(|call| person.call_identifier.iter().any(|named| named == call));
        named || call.person_reference.iter().any(|named| Some(named) == id)
    })
}

/// A `tel:` number with or without `+1`, or the number that a `sip:` address is made of.
fn dialable(uri: &str) -> Option<String> {
    let number = match uri.split_once(':') {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "tel" => rest,
            "sip" | "sips" => rest.split('@').next()?,
            _ => return None,
        },
        None => uri,
    };
    let number = number.split(';').next()?.trim();
    let telephone = number.chars().filter(char::is_ascii_digit).count() >= 7
        && number.chars().all(|c| c.is_ascii_digit() || "+-.() ".contains(c));
    telephone.then(|| number.to_owned())
}

/// Whether the description of a number only says whose telephone it is. It may as well say when it is safe to use it:
/// anything that is not one of these words is for a person to read, so nothing automatic goes there.
fn names_a_telephone(description: &str) -> bool {
    let plain =
        ["home", "cell", "cellphone", "mobile", "mobilephone", "phone", "personal", "own", "landline"];
    let word = letters(description);
    let word = word.strip_suffix("number").unwrap_or(&word);
    plain.contains(&word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_language(niem: Value, expected: Option<&str>) {
        assert_eq!(language(&niem).as_deref(), expected);
    }

    #[test]
    fn languages_are_named_as_texts_are() {
        check_language(json!({"primaryLanguage": [{"languageCode": [{"simpleType": "spa"}]}]}), Some("es"));
        check_language(json!({"primaryLanguage": "som"}), Some("so"));
        check_language(json!({"primaryLanguage": [{"languageCode": ["mww"]}]}), Some("hmn"));
        check_language(json!({"primaryLanguage": ["hmn"]}), Some("hmn"));
        check_language(json!({"primaryLanguage": "es-MX"}), Some("es"));
        check_language(json!({"primaryLanguage": ["vie"]}), Some("vie"));
        check_language(json!({"isLanguageEnglish": [true]}), Some("en"));
        check_language(json!({}), None);
    }

    #[track_caller]
    fn check_age(niem: Value, expected: Option<u8>) {
        let at = "2026-07-07T17:00:00Z".parse().unwrap();
        assert_eq!(age(&niem, at), expected);
    }

    #[test]
    fn ages_count_full_years_and_doubt_counts_as_younger() {
        check_age(json!({"birthDate": [{"date": [{"value": "2008-07-08"}]}]}), Some(17));
        check_age(json!({"birthDate": "2008-07-07"}), Some(18));
        check_age(
            json!({"ageMeasure": [{"measureIntegerValue": [{"value": 34}], "measureUnitText": ["years"]}]}),
            Some(34),
        );
        check_age(json!({"ageMeasure": [{"measureIntegerValue": 30, "measureUnitText": "months"}]}), Some(0));
        check_age(json!({"ageMeasure": [{"rangeMinimumValue": 16, "rangeMaximumValue": 20}]}), Some(16));
        check_age(json!({"ageMeasure": "unknown"}), None);
    }

    #[track_caller]
    fn check_number(uri: &str, expected: Option<&str>) {
        assert_eq!(dialable(uri).as_deref(), expected);
    }

    #[test]
    fn numbers_are_taken_out_of_their_addresses() {
        check_number("tel:2185550123", Some("2185550123"));
        check_number("TEL:2185550123", Some("2185550123"));
        check_number("tel:+1-218-555-0123;phone-context=example.com", Some("+1-218-555-0123"));
        check_number("sip:+12185550123@example.com;user=phone", Some("+12185550123"));
        check_number("sip:dana@example.com", None);
        check_number("mailto:dana@example.com", None);
    }

    #[test]
    fn only_a_plain_description_leaves_a_number_free_to_use() {
        assert!(names_a_telephone("Cell phone") && names_a_telephone("home number"));
        assert!(!names_a_telephone("call after 9, he works nights") && !names_a_telephone("work"));
    }
}
