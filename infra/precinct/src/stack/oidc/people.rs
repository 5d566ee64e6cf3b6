//! Who can be at the local desk: one person a role. Officer and supervisor are people of the sample city's roster, so that
//! their tie to an officer exists once `precinct serve --demo` has loaded it; the others need none.
use crate::city::ESCALATOR;

/// Domain of everybody's work address, which is also the subject of the token.
const DOMAIN: &str = "police.example.gov";

/// One of those who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Group in the token; as shipped, the role of the same name.
    pub(crate) role: &'static str,
    /// Subject of the token, and work e-mail.
    pub(crate) subject: String,
    /// Invented, as in the sample city where there is one.
    pub(crate) name: &'static str,
    /// What the person is at the department, in words.
    pub(crate) post: &'static str,
}

/// Everybody, in the order of the roles.
pub(crate) fn people() -> Vec<Person> {
    let escalator = ESCALATOR.to_lowercase();
    [
        ("dispatch", "pat.console", "Pat Console", "telecommunicator, evenings"),
        ("records", "rae.ledger", "Rae Ledger", "records clerk"),
        // As the demonstration's case of the theft names its investigator.
        ("investigator", "jo.specimen", "Det. Jo Specimen", "detective"),
        ("victim_services", "vic.harbor", "Vic Harbor", "victim advocate"),
        ("officer", escalator.as_str(), "Hugo Rivers", "officer, patrol-1, evenings (E-1053)"),
        ("supervisor", "e-1048", "Cora Rivers", "sergeant, patrol-1, evenings (E-1048)"),
        ("commander", "e-1002", "Ben Marsh", "captain (E-1002)"),
        ("internal_affairs", "e-1004", "Dale Marsh", "lieutenant, standards (E-1004)"),
        ("analyst", "ana.raster", "Ana Raster", "crime analyst"),
        ("auditor", "otto.review", "Otto Review", "the city's auditor"),
        ("admin", "sam.rack", "Sam Rack", "system administrator"),
    ]
    .map(|(role, account, name, post)| Person { role, subject: format!("{account}@{DOMAIN}"), name, post })
    .into()
}

/// The person with this subject.
pub(crate) fn with_subject(subject: &str) -> Option<Person> {
    people().into_iter().find(|person| person.subject == subject)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::city::{City, SEED};

    #[test]
    fn there_is_one_person_for_each_role() {
        let roles: Vec<&str> = people().iter().map(|person| person.role).collect();
        assert_eq!(roles, staff_api::Role::ALL.map(staff_api::Role::word));
    }

    #[test]
    fn who_is_of_the_roster_is_called_as_there() {
        let city = City { seed: SEED, last_day: date(2026, 7, 3), zone: TimeZone::UTC };
        let officers = city.officers();
        let mut found = Vec::new();
        for person in people() {
            let account = person.subject.split('@').next().unwrap().to_uppercase();
            if let Some(officer) = officers.iter().find(|officer| officer.id == account) {
                assert_eq!(person.name, officer.name, "{account}");
                assert!(person.post.contains(officer.rank), "{account} is {}", officer.rank);
                found.push(person.role);
            }
        }
        assert_eq!(found, ["officer", "supervisor", "commander", "internal_affairs"]);
    }

    #[test]
    fn the_supervisor_is_the_officers_own() {
        let city = City { seed: SEED, last_day: date(2026, 7, 3), zone: TimeZone::UTC };
        let officer = city.officers().into_iter().find(|officer| officer.id == ESCALATOR).unwrap();
        let supervisor = people().into_iter().find(|person| person.role == "supervisor").unwrap();
        let id = officer.supervisor.unwrap().to_lowercase();
        assert_eq!(supervisor.subject, format!("{id}@{DOMAIN}"));
    }
}
