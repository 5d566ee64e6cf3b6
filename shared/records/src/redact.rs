//! What is taken out of a copy that leaves the department: other people's names, numbers, e-mails and addresses, and free
//! text that is not the requester's own. Each place says what was there, and all of them are counted.
//!
//! It works on opened rows as JSON: first by what a row is, then by what its texts look like, for whatever somebody
//! wrote where it does not belong.
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Names shorter than this are not looked for in texts: they would be found in other words.
const SHORTEST_NAME: usize = 3;

/// Fields that hold keys and hashes, in which digits stand by chance.
const IDENTIFIERS: &[&str] = &[
    "pk",
    "sk",
    "table",
    "recipient",
    "sender",
    "claim",
    "provider_id",
    "text_hash",
    "policy",
    "run_id",
    "ruleset_sha256",
    "input_sha256",
    "output_sha256",
    "subject_index",
];

/// What was taken out, and how often.
pub type Marks = BTreeMap<&'static str, u64>;

/// Who may see themselves in the copy; everybody else is taken out.
#[derive(Clone, Default)]
pub struct Redaction {
    /// Ids of the requester in each call and case, by its key.
    pub people: BTreeMap<String, BTreeSet<String>>,
    /// Blind indexes of the requester's addresses.
    pub indexes: BTreeSet<String>,
    /// The addresses themselves.
    pub addresses: BTreeSet<String>,
    /// The officer whose own file it is.
    pub officer: Option<String>,
    /// Names of others, as they stand in the rows.
    others: BTreeSet<String>,
}

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It names people.
        f.debug_struct("Redaction").finish_non_exhaustive()
    }
}

impl Redaction {
    /// Notes whose names stand in `rows`, so that they are found in the texts of others.
    pub fn learn<'a>(&mut self, rows: impl IntoIterator<Item = &'a Value>) {
        for row in rows {
            let (pk, _) = key(row);
            let own = self.people.get(pk).cloned().unwrap_or_default();
            let people = row["private"]["people"].as_object().into_iter().flatten();
            let others =
                people.filter(|(id, _)| !own.contains(*id)).map(|(_, person)| &person["name"]["value"]);
            let mut names: Vec<&Value> = others.collect();
            names.push(&row["facts"]["investigator"]["value"]["name"]);
            names.extend(
                row["facts"]["assignments"].as_array().into_iter().flatten().map(|one| &one[1]["name"]),
            );
            let names =
                names.into_iter().filter_map(Value::as_str).filter(|name| name.len() >= SHORTEST_NAME);
            self.others.extend(names.map(str::to_owned));
        }
    }

    /// Takes out of `row` what is not the requester's.
    pub fn apply(&self, row: &mut Value, marks: &mut Marks) {
        let (pk, sk) = {
            let (pk, sk) = key(row);
            (pk.to_owned(), sk.to_owned())
        };
        let kind = sk.split('#').next().unwrap_or_default();
        match kind {
            "STATE" => self.subject(&pk, row, marks),
            "MSG" => {
                let is_own = self.is_own(row, "recipient");
                take_unless(is_own, row, &["address", "body"], "message to another person", marks);
            }
            "REPLY" => {
                take_unless(self.is_own(row, "sender"), row, &["sealed"], "words of another person", marks);
            }
            "NOTE" => {
                take(row, "letter", "letter to staff", marks);
                take(row, "address", "address", marks);
            }
            _ if pk.starts_with("OFF#") => self.officer(&pk, row, marks),
            _ => {}
        }
        take(row, "by", "employee", marks);
        if let Some(done) = row.get_mut("done") {
            take(done, "by", "employee", marks);
        }
        self.texts(row, marks);
    }

    fn is_own(&self, row: &Value, index: &str) -> bool {
        row[index].as_str().is_some_and(|index| self.indexes.contains(index))
    }

    fn subject(&self, pk: &str, row: &mut Value, marks: &mut Marks) {
        let nobody = BTreeSet::new();
        let own = self.people.get(pk).unwrap_or(&nobody);
        if let Some(people) = row["private"]["people"].as_object_mut() {
            for (id, person) in people {
                if own.contains(id) {
                    take_vouching(person, marks);
                } else {
                    replace(person, "another person", marks);
                }
            }
        }
        if let Some(messages) = row["private"]["staff_messages"].as_object_mut() {
            for message in messages.values_mut() {
                if message["person"].as_str().is_some_and(|person| own.contains(person)) {
                    take(message, "by", "employee", marks);
                    take(message, "override_reason", "free text", marks);
                } else {
                    replace(message, "message to another person", marks);
                }
            }
        }
        take(&mut row["private"], "address", "address of a place", marks);
        take(&mut row["facts"]["place"], "position", "position of a place", marks);
        take(&mut row["facts"], "investigator", "employee", marks);
        take(&mut row["facts"], "assignments", "employee", marks);
    }

    /// An officer's row: what others wrote goes, and who they are; the officer's own statement stays.
    fn officer(&self, pk: &str, row: &mut Value, marks: &mut Marks) {
        let is_own = self.officer.as_deref().is_some_and(|id| pk == format!("OFF#{id}"));
        let is_statement = row["by"]["capacity"] == "officer";
        take_unless(is_own && is_statement, row, &["words"], "free text", marks);
        take_unless(is_own, row, &["sealed"], "name", marks);
        for path in [&["post"][..], &["event"], &["event", "data"], &["case"]] {
            let mut at = &mut *row;
            for name in path {
                at = &mut at[*name];
            }
            if at.is_object() {
                take(at, "supervisor_id", "employee", marks);
            }
        }
        // Reading a missing name wrote a null there.
        if let Some(fields) = row.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
    }

    fn texts(&self, value: &mut Value, marks: &mut Marks) {
        match value {
            Value::String(text) => *text = self.text(text, marks),
            Value::Array(values) => values.iter_mut().for_each(|value| self.texts(value, marks)),
            Value::Object(fields) => {
                let texts = fields.iter_mut().filter(|(name, _)| !IDENTIFIERS.contains(&name.as_str()));
                texts.for_each(|(_, value)| self.texts(value, marks));
            }
            _ => {}
        }
    }

    /// A text without the numbers, e-mails and names of others.
    fn text(&self, text: &str, marks: &mut Marks) -> String {
        let mut text = text.to_owned();
        for name in &self.others {
            let mut out = String::new();
            // The mark itself may hold the name: only what follows it is looked at again.
            while let Some(at) = find(&text, name) {
                out.push_str(&text[..at]);
                out.push_str(&mark("name", marks));
                text.drain(..at + name.len());
            }
            text = out + &text;
        }
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, found, kind, after)) = next_address(rest) {
            out.push_str(before);
            if self.addresses.contains(&normal(found)) {
                out.push_str(found);
            } else {
                out.push_str(&mark(kind, marks));
            }
            rest = after;
        }
        out + rest
    }
}

fn key(row: &Value) -> (&str, &str) {
    (row["pk"].as_str().unwrap_or_default(), row["sk"].as_str().unwrap_or_default())
}

fn mark(what: &'static str, marks: &mut Marks) -> String {
    *marks.entry(what).or_default() += 1;
    format!("[redacted: {what}]")
}

fn replace(value: &mut Value, what: &'static str, marks: &mut Marks) {
    if !value.is_null() {
        *value = Value::String(mark(what, marks));
    }
}

fn take(row: &mut Value, field: &str, what: &'static str, marks: &mut Marks) {
    if let Some(value) = row.get_mut(field) {
        replace(value, what, marks);
    }
}

fn take_unless(is_own: bool, row: &mut Value, fields: &[&str], what: &'static str, marks: &mut Marks) {
    if !is_own {
        for field in fields {
            take(row, field, what, marks);
        }
    }
}

/// Who of the staff vouched for a person, and for which minor.
fn take_vouching(person: &mut Value, marks: &mut Marks) {
    if let Some(vouched) = person.get_mut("vouched").and_then(|vouched| vouched.get_mut("value")) {
        take(vouched, "by", "employee", marks);
        take(vouched, "guardian_of", "another person", marks);
    }
}

/// Where `name` stands in `text`, whatever the case of its ASCII letters; changing that moves no position.
fn find(text: &str, name: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(&name.to_ascii_lowercase())
}

/// A telephone number by its last ten digits, an e-mail in lower case: to compare.
pub fn normal(address: &str) -> String {
    if address.contains('@') {
        return address.to_lowercase();
    }
    let digits: String = address.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(10)..].to_owned()
}

/// The first address in `text`: what stands before it, itself, what it is, and the rest.
fn next_address(text: &str) -> Option<(&str, &str, &'static str, &str)> {
    let email = email(text).map(|(from, to)| (from, to, "e-mail"));
    let phone = phone(text).map(|(from, to)| (from, to, "phone"));
    let (from, to, kind) = email.into_iter().chain(phone).min()?;
    Some((&text[..from], &text[from..to], kind, &text[to..]))
}

fn email(text: &str) -> Option<(usize, usize)> {
    let is_part = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    for (at, _) in text.match_indices('@') {
        let from = text[..at]
            .rfind(|c: char| !is_part(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let after = &text[at + 1..];
        let length = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
        let domain = after[..length].trim_end_matches(['.', '-', '\'']);
        if from < at && domain.contains('.') {
            return Some((from, at + 1 + domain.len()));
        }
    }
    None
}

/// Whether groups of digits are those in which people write a number; a date is written in others.
fn is_number(groups: &[usize], begins_with_1: bool) -> bool {
    let own = match groups {
        [1, rest @ ..] if begins_with_1 => rest,
        [11] | [4, 3, 4] if begins_with_1 => return true,
        all => all,
    };
    matches!(own, [10] | [3, 7] | [6, 4] | [3, 3, 4])
}

/// The first number of ten digits, or eleven with a leading 1, as people write them.
fn phone(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while from < bytes.len() {
        if !(bytes[from].is_ascii_digit() || bytes[from] == b'(' || bytes[from] == b'+') {
            from += 1;
            continue;
        }
        let (mut to, mut end) = (from, from);
        let mut groups = vec![0];
        while to < bytes.len() && (bytes[to].is_ascii_digit() || b" ()+.-".contains(&bytes[to])) {
            match groups.last_mut() {
                Some(group) if bytes[to].is_ascii_digit() => *group += 1,
                Some(0) | None => {}
                Some(_) => groups.push(0),
            }
            to += 1;
            end = if bytes[to - 1].is_ascii_digit() { to } else { end };
        }
        groups.retain(|group| *group > 0);
        let first = bytes[from..to].iter().find(|byte| byte.is_ascii_digit());
        if is_number(&groups, first == Some(&b'1')) {
            return Some((from, end));
        }
        from = to;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn own() -> Redaction {
        Redaction {
            people: [("INC#26-1".to_owned(), ["p1".to_owned()].into())].into(),
            indexes: ["1.own".to_owned()].into(),
            addresses: [normal("+12185550123"), normal("Me@example.com")].into(),
            ..Redaction::default()
        }
    }

    #[track_caller]
    fn text(written: &str, expected: &str) {
        assert_eq!(own().text(written, &mut Marks::new()), expected);
    }

    #[test]
    fn numbers_and_e_mails_of_others_leave_a_text_and_the_requesters_stay() {
        text("call (218) 555-0199 or 218.555.0123.", "call [redacted: phone] or 218.555.0123.");
        text("+1 218 555 0199", "[redacted: phone]");
        text("mail you@example.com, not ME@example.com.", "mail [redacted: e-mail], not ME@example.com.");
        text("incident 26-048213 of 2026-07-07T17:00:00Z", "incident 26-048213 of 2026-07-07T17:00:00Z");
        text("x@y", "x@y");
        text("review E-10.2026-07-05", "review E-10.2026-07-05");
    }

    #[test]
    fn only_the_requester_is_left_in_a_call() {
        let person = |name: &str| json!({"name": {"value": name}, "phone": {"value": "+12185550111"}});
        let mut row = json!({"pk": "INC#26-1", "sk": "STATE",
            "facts": {"place": {"position": {"value": ["46.1", "-92.1"]}}},
            "private": {"people": {"p1": person("Own Name"), "p2": person("Other Name")},
                "staff_messages": {"1": {"person": "p1", "by": "staff-1", "text": "Ask Other Name"},
                    "2": {"person": "p2", "by": "staff-1", "text": "secret"}},
                "address": {"value": "300 W Superior St"}}});
        let (mut redaction, mut marks) = (own(), Marks::new());
        redaction.learn([&row]);
        redaction.apply(&mut row, &mut marks);
        assert_eq!(row["private"]["people"]["p2"], "[redacted: another person]");
        assert_eq!(row["private"]["people"]["p1"]["name"]["value"], "Own Name");
        assert_eq!(
            row["private"]["people"]["p1"]["phone"]["value"], "[redacted: phone]",
            "not the one asked for"
        );
        assert_eq!(row["private"]["staff_messages"]["1"]["text"], "Ask [redacted: name]");
        assert_eq!(row["private"]["staff_messages"]["2"], "[redacted: message to another person]");
        let whole = row.to_string();
        for gone in ["Other Name", "secret", "Superior", "46.1", "staff-1", "5550111"] {
            assert!(!whole.contains(gone), "{gone} in {whole}");
        }
        assert_eq!(marks["another person"], 1);
        assert_eq!(marks.values().sum::<u64>(), 7, "{marks:?}");
    }

    #[test]
    fn a_name_that_is_part_of_the_mark_ends() {
        let mut redaction = own();
        redaction.others.insert("Name".into());
        assert_eq!(
            redaction.text("a name, a Name", &mut Marks::new()),
            "a [redacted: name], a [redacted: name]"
        );
    }

    #[test]
    fn what_was_sent_to_another_person_leaves_and_ones_own_stays() {
        let message =
            |index: &str| json!({"pk": "INC#26-1", "sk": "MSG#x", "recipient": index, "body": "words"});
        let (mut own_row, mut other) = (message("1.own"), message("1.other"));
        own().apply(&mut own_row, &mut Marks::new());
        own().apply(&mut other, &mut Marks::new());
        assert_eq!(
            (own_row["body"].as_str(), other["body"].as_str()),
            (Some("words"), Some("[redacted: message to another person]"))
        );
    }

    #[test]
    fn an_officers_own_statement_stays_and_what_others_wrote_goes() {
        let entry = |capacity: &str| json!({"pk": "OFF#E-1", "sk": "CASE#a#1", "by": {"id": "x", "capacity": capacity}, "words": "mine"});
        let redaction = Redaction { officer: Some("E-1".into()), ..Redaction::default() };
        let words = |capacity: &str| {
            let mut row = entry(capacity);
            redaction.apply(&mut row, &mut Marks::new());
            (row["words"].as_str().unwrap().to_owned(), row["by"].as_str().unwrap().to_owned())
        };
        assert_eq!(words("officer"), ("mine".into(), "[redacted: employee]".into()));
        assert_eq!(words("supervisor").0, "[redacted: free text]");
    }

    proptest! {
        #[test]
        fn no_number_of_another_person_is_left_in_any_text(before in ".{0,12}", after in ".{0,12}", form in 0usize..4) {
            let number = ["2185550199", "218-555-0199", "(218) 555-0199", "+12185550199"][form];
            // What stands next to it must not make it part of a longer number.
            let written = format!("{before}x{number}x{after}");
            let left = own().text(&written, &mut Marks::new());
            prop_assert!(!left.contains(number), "{}", left);
        }

        #[test]
        fn redacting_twice_changes_nothing_more(written in ".{0,40}") {
            let once = own().text(&written, &mut Marks::new());
            prop_assert_eq!(own().text(&once, &mut Marks::new()), once);
        }
    }
}
