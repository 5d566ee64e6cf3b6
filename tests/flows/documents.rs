//! What is handed out on paper against what is there: a training page for every role, with the views and commands that
//! it names, and the vendor's page with its test vector and its types of events.
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use staff_api::Role;

use crate::template::source::{file, yaml};

/// The views of the desk and the address that each lives by.
const VIEWS: [(&str, &str); 13] = [
    ("updates", "GET /v1/updates"),
    ("incidents", "GET /v1/incidents/{id}/updates"),
    ("cases", "GET /v1/cases/{number}/updates"),
    ("contacts", "POST /v1/contacts/search"),
    ("tasks", "GET /v1/tasks"),
    ("pause", "POST /v1/pause"),
    ("alerts", "GET /v1/alerts"),
    ("officers", "GET /v1/officers"),
    ("patrol", "GET /v1/patrol/{date}"),
    ("statistics", "GET /v1/statistics/{date}"),
    ("nights", "GET /v1/nights"),
    ("policy", "GET /v1/policy"),
    ("reports", "GET /v1/reports/{name}"),
];

/// The training page of each role.
fn pages() -> BTreeMap<&'static str, String> {
    let page = |role: &str| file(&format!("docs/training/{}.md", role.replace('_', "-")));
    Role::ALL.iter().map(|role| (role.word(), page(role.word()))).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The views that a page names, without what follows the first slash.
fn views(page: &str) -> BTreeSet<String> {
    let fragments = quoted(page).into_iter().filter_map(|words| words.strip_prefix("#/"));
    fragments.map(|fragment| fragment.split('/').next().unwrap().to_owned()).collect()
}

/// By address, the roles that docs/staff-roles.md lets in, if only to learn that nothing is there for them.
fn admitted() -> BTreeMap<String, BTreeSet<String>> {
    let text = file("docs/staff-roles.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (address, rest) = row.split_once('`').unwrap();
        let callers = rest.split(['|', ',']).map(str::trim);
        let roles = callers.filter_map(|caller| caller.split(' ').next()).map(str::to_owned);
        (address.to_owned(), roles.collect())
    })
    .collect()
}

#[test]
fn every_role_has_a_page_of_one_sheet_with_the_same_parts() {
    let index = file("docs/training/README.md");
    for (role, page) in pages() {
        let parts =
            ["\n## What you see\n", "\n## Your first five minutes\n", "\n## You must never\n", "\n**Ask**: "];
        let places: Vec<usize> = parts
            .iter()
            .map(|part| page.find(part).unwrap_or_else(|| panic!("{role}: no {part:?}")))
            .collect();
        assert!(places.is_sorted(), "{role}: the parts stand in another order");
        assert!(page.lines().count() <= 45 && page.len() <= 3_000, "{role}: does not fit one sheet");
        assert!(index.contains(&format!("| {role} |")), "{role} is missing in docs/training/README.md");
    }
}

#[test]
fn a_page_names_the_views_that_its_role_has_and_no_others() {
    let admitted = admitted();
    let mut compared = 0;
    for (role, page) in pages() {
        let mut named = views(&page);
        // A page of one's own is there for whoever the roster names; it is taught to officers.
        assert_eq!(named.remove("me"), role == "officer", "{role}: #/me");
        for (view, address) in VIEWS {
            let told = named.remove(view);
            let Some(roles) = admitted.get(address) else { continue };
            assert_eq!(told, roles.contains(role), "{role}: #/{view}, which lives by {address}");
            compared += 1;
        }
        assert!(named.is_empty(), "{role}: the desk has no view {named:?}");
    }
    assert!(compared >= 80, "{compared} compared: docs/staff-roles.md has another form");
}

#[test]
fn commands_and_addresses_that_a_page_names_exist() {
    let main = file("infra/precinct/src/main.rs");
    let (_, commands) = main.split_once("enum Command {").unwrap();
    let command = |name: &str| {
        let variant: String = name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect();
        [" {", "(", ","].iter().any(|end| commands.contains(&format!("\n    {variant}{end}")))
    };
    assert!(command("go-live") && !command("go-home"));
    let contract = yaml("infra/openapi.yaml");
    let (mut told, all) = (0, pages());
    let others =
        ["going-live.md", "public-pages.md", "cad-vendor.md"].map(|name| file(&format!("docs/{name}")));
    for text in all.values().chain(&others) {
        for line in text.lines() {
            let starts =
                line.match_indices("precinct ").filter(|(at, _)| *at == 0 || line[..*at].ends_with('`'));
            for (at, word) in starts {
                let rest = &line[at + word.len()..];
                let name = rest.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next().unwrap();
                assert!(!name.is_empty() && command(name), "precinct {name}: there is no such command");
                told += 1;
            }
        }
        for words in quoted(text) {
            let Some((method, path)) = words.split_once(" /v1/") else { continue };
            let path = format!("/v1/{}", path.split([' ', '?']).next().unwrap());
            let method = method.rsplit(' ').next().unwrap().to_lowercase();
            assert!(contract["paths"][&path][&method].is_object(), "{words}: not in infra/openapi.yaml");
        }
    }
    assert!(told > 15, "{told} commands found");
}

/// The value of a line of the page's test vector.
fn vector(page: &str, name: &str) -> String {
    let line = page.lines().find_map(|line| line.strip_prefix(&format!("{name} "))).unwrap();
    line.trim().to_owned()
}

#[test]
fn the_vendors_test_vector_is_what_the_intake_takes() {
    let page = file("docs/cad-vendor.md");
    let body = file("docs/signing/event.json");
    let at = jiff::Timestamp::from_second(vector(&page, "timestamp").parse().unwrap()).unwrap();
    let signature =
        startup::webhook::sign(&vector(&page, "secret"), &vector(&page, "id"), at, body.as_bytes());
    assert_eq!(signature.unwrap(), vector(&page, "signature"));
    let length = format!("docs/signing/event.json ({} bytes, no line end)", body.len());
    assert_eq!(vector(&page, "body"), length);
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["type"], "unit.enroute");
}

#[test]
fn the_vendors_page_names_every_type_of_event_and_no_other() {
    let page = file("docs/cad-vendor.md");
    let is_type = |words: &&str| {
        let known = ["incident.", "unit.", "case."].iter().any(|start| words.starts_with(start));
        known && words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'_')
    };
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    // The first cell holds types; the second, fields.
    let named: BTreeSet<String> = rows
        .flat_map(|row| quoted(row.split('|').nth(1).unwrap()))
        .filter(is_type)
        .map(str::to_owned)
        .collect();
    let contract = yaml("infra/openapi.yaml");
    let mut types = BTreeSet::new();
    for schema in ["CadEvent", "CaseEvent"] {
        let listed = &contract["components"]["schemas"][schema]["properties"]["type"]["enum"];
        types.extend(listed.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()));
    }
    assert_eq!(named, types);
}

#[test]
fn pictures_that_the_readme_shows_are_made_by_the_script_and_small() {
    let (readme, script) = (file("README.md"), file("infra/site/pictures/make.mjs"));
    let shown = readme.split("<img src=\"docs/pictures/").skip(1);
    let names: BTreeSet<&str> = shown.map(|rest| rest.split(".webp\"").next().unwrap()).collect();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        assert!(script.contains(&format!("keep(\"{name}\"")), "{name}: no script makes it");
        let path = format!("{}/../docs/pictures/{name}.webp", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(bytes.starts_with(b"RIFF") && bytes.len() <= 150_000, "{name}: {} bytes", bytes.len());
    }
}
