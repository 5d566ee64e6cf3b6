//! House rules that the compiler cannot hold: what pure crates may link, who writes DynamoDB attributes, how long a
//! file is and how it begins.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PURE: &[&str] = &["audit", "crime-log", "eis", "hotspot", "incident", "records", "updates"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every Rust file of the workspace with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders: Vec<PathBuf> =
        ["functions", "shared", "infra", "tests"].iter().map(|name| root().join(name)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                // Packages of the map page are not ours.
                folders.extend((!entry.ends_with("node_modules")).then_some(entry));
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                found.push((entry.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The packages that each package of Cargo.lock depends on; development dependencies count too.
fn locked() -> BTreeMap<String, BTreeSet<String>> {
    let lock: toml::Table =
        toml::from_str(&std::fs::read_to_string(root().join("Cargo.lock")).unwrap()).unwrap();
    let mut packages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let needs = package.get("dependencies").and_then(|list| list.as_array()).into_iter().flatten();
        // Where two versions of a package are locked, an entry is `name version`.
        let names = needs.map(|need| need.as_str().unwrap().split(' ').next().unwrap().to_owned());
        packages.entry(package["name"].as_str().unwrap().to_owned()).or_default().extend(names);
    }
    packages
}

#[test]
fn pure_crates_link_no_aws_no_async_and_no_logging() {
    let packages = locked();
    for pure in PURE {
        let mut reached = BTreeSet::from([(*pure).to_owned()]);
        let mut next = vec![(*pure).to_owned()];
        while let Some(package) = next.pop() {
            next.extend(packages[&package].iter().filter(|need| reached.insert((*need).clone())).cloned());
        }
        let effects = |name: &&String| {
            name.starts_with("aws-")
                || ["tokio", "tracing", "hyper", "startup", "table", "vault"].contains(&name.as_str())
        };
        let found: Vec<&String> = reached.iter().filter(effects).collect();
        assert!(found.is_empty(), "{pure} reaches {found:?}");
    }
}

/// The local stack gives everybody a token for every role: whatever is deployed must not be able to.
#[test]
fn no_function_can_play_the_local_stack() {
    let packages = locked();
    for (path, manifest) in manifests() {
        if path.starts_with("functions") || path.starts_with("shared") {
            let name = manifest["package"]["name"].as_str().unwrap();
            let mut reached = BTreeSet::from([name.to_owned()]);
            let mut next = vec![name.to_owned()];
            while let Some(package) = next.pop() {
                let needs = packages.get(&package).into_iter().flatten();
                next.extend(needs.filter(|need| reached.insert((*need).clone())).cloned());
            }
            assert!(!reached.contains("precinct"), "{name} links the local stack");
        }
    }
    let words = ["_local/oidc", "oidc::"];
    let mut deployed: Vec<(PathBuf, String)> = sources();
    deployed.retain(|(path, _)| path.starts_with("functions") || path.starts_with("shared"));
    let template = Path::new("infra/template.yaml");
    deployed.push((template.to_owned(), std::fs::read_to_string(root().join(template)).unwrap()));
    assert!(deployed.len() > 100, "{} files found", deployed.len());
    for (path, text) in deployed {
        for word in words {
            assert!(!text.contains(word), "{} names {word}, which is the local stack's", path.display());
        }
    }
}

#[test]
fn pure_crates_read_no_clock_file_or_variable() {
    let pure =
        |path: &Path| PURE.iter().any(|name| path.starts_with(Path::new("shared").join(name).join("src")));
    for (path, text) in sources().into_iter().filter(|(path, _)| pure(path)) {
        for effect in ["std::env", "std::fs", "std::net", "SystemTime", "Instant::now", "Timestamp::now"] {
            assert!(!text.contains(effect), "{} uses {effect}", path.display());
        }
    }
}

#[test]
fn attributes_are_written_by_table_alone() {
    let others = sources().into_iter().filter(|(path, _)| path.starts_with("functions"));
    for (path, text) in others {
        assert!(
            !text.contains("types::AttributeValue"),
            "{}: DynamoDB attributes belong to shared/table",
            path.display()
        );
    }
}

#[test]
fn files_say_why_they_exist_and_stay_short() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{} does not open with why it exists", path.display());
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines, 500 are allowed", path.display());
    }
}

/// Every Cargo.toml of ours, with its path; the root's is the workspace.
fn manifests() -> Vec<(PathBuf, toml::Table)> {
    let mut folders = vec![root().to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap();
            if entry.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                folders.push(entry);
            } else if name == "Cargo.toml" {
                let manifest = toml::from_str(&std::fs::read_to_string(&entry).unwrap()).unwrap();
                found.push((entry.strip_prefix(root()).unwrap().to_owned(), manifest));
            }
        }
    }
    found
}

#[test]
fn no_crate_may_write_unsafe_code() {
    let mut crates = 0;
    for (path, manifest) in manifests() {
        let path = path.display();
        let forbids = |lints: &toml::Value| lints["rust"]["unsafe_code"].as_str() == Some("forbid");
        if let Some(workspace) = manifest.get("workspace").and_then(|table| table.get("lints")) {
            assert!(forbids(workspace), "{path}: the workspace does not forbid unsafe code");
        }
        if manifest.contains_key("package") {
            crates += 1;
            // A crate outside the workspace cannot inherit and says it by itself.
            let lints = manifest.get("lints").unwrap_or_else(|| panic!("{path} has no [lints]"));
            let inherits = lints.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            assert!(inherits || forbids(lints), "{path}: neither `lints.workspace = true` nor its own");
        }
    }
    assert!(crates > 20, "{crates} crates found");
    for (path, text) in sources() {
        let lifted = text.contains("allow(unsafe_code)") || text.contains("expect(unsafe_code)");
        assert!(!lifted || path.ends_with("house.rs"), "{} lifts the lint", path.display());
    }
}

/// Every Markdown file that is kept, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap();
            if entry.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "md") {
                let text = std::fs::read_to_string(&entry).unwrap();
                found.push((entry, text));
            }
        }
    }
    found
}

#[test]
fn links_between_documents_lead_somewhere() {
    for (path, text) in documents() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap();
            let is_ours = !file.is_empty() && !file.contains("://") && !file.contains(' ');
            let found = !is_ours || path.parent().unwrap().join(file).exists();
            assert!(found, "{}: {target} leads nowhere", path.display());
        }
    }
}

#[test]
fn tests_that_the_readme_names_exist() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, compared) = readme.split_once("## Compared with what is on the market").unwrap();
    let rows = compared.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| "));
    let tests: String = sources().into_iter().map(|(_, text)| text).collect();
    let mut named = 0;
    for row in rows {
        let shown_by = row.rsplit('|').nth(1).unwrap();
        for name in shown_by.split('`').skip(1).step_by(2).filter(|name| !name.contains(' ')) {
            assert!(tests.contains(&format!("fn {name}(")), "{name} is no test");
            named += 1;
        }
    }
    assert!(named > 40, "{named} tests named");
}
