//! The crime log as Athena sees it, against the files that are written: table, partitions, view.
use std::collections::BTreeMap;

use map_hotspots::fold::DAYS;
use serde_json::Value;

use super::source::resources;

fn input(table: &str) -> &'static Value {
    &resources()[table]["Properties"]["TableInput"]
}

/// A column of the files in Athena's words.
fn column(line: &str) -> (String, &'static str) {
    let words: Vec<&str> = line.trim().trim_end_matches(';').splitn(4, ' ').collect();
    let kind = match (words[1], words.get(3).copied()) {
        ("binary", Some("(UTF8)")) => "string",
        ("int64", Some("(TIMESTAMP(MICROS,true))")) => "timestamp",
        ("int32", Some("(DATE)")) => "date",
        ("int64", None) => "bigint",
        ("boolean", None) => "boolean",
        other => panic!("no type of Athena's for {other:?}"),
    };
    (words[2].to_owned(), kind)
}

#[test]
fn the_table_has_the_columns_of_the_files() {
    let lines = crime_log::SCHEMA.lines().filter(|line| line.ends_with(';'));
    let written: Vec<(String, &str)> = lines.map(column).collect();
    let columns = input("CrimeTable")["StorageDescriptor"]["Columns"].as_array().unwrap();
    let declared: Vec<(String, &str)> = columns
        .iter()
        .map(|column| (column["Name"].as_str().unwrap().to_owned(), column["Type"].as_str().unwrap()))
        .collect();
    assert_eq!(declared, written);
}

/// Nobody adds a partition each day: Athena works them out.
#[test]
fn partitions_are_the_folders_of_the_days() {
    let crime = input("CrimeTable");
    let said: BTreeMap<&str, &Value> = crime["Parameters"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, _)| name.starts_with("projection."))
        .collect();
    let expected = [
        ("projection.day.format", "yyyy-MM-dd"),
        ("projection.day.range", "2000-01-01,NOW"),
        ("projection.day.type", "date"),
        ("projection.enabled", "true"),
    ];
    assert!(said.iter().map(|(name, value)| (*name, value.as_str().unwrap())).eq(expected), "{said:?}");
    assert_eq!(
        (crime["PartitionKeys"].as_array().unwrap().len(), &crime["PartitionKeys"][0]["Name"]),
        (1, &"day".into())
    );
    // `${!day}` is CloudFormation's way of writing what Athena fills in.
    let place = crime["Parameters"]["storage.location.template"]["Sub"].as_str().unwrap();
    assert_eq!(place, format!("s3://${{InternalBucket}}/{DAYS}${{!day}}/"));
    let folder = crime["StorageDescriptor"]["Location"]["Sub"].as_str().unwrap();
    assert!(place.starts_with(folder), "{folder}");
}

#[test]
fn the_view_of_the_crime_log_selects_what_it_declares() {
    let columns = |table: &str| -> Vec<String> {
        let columns = input(table)["StorageDescriptor"]["Columns"].as_array().unwrap();
        columns.iter().map(|column| column["Name"].as_str().unwrap().to_owned()).collect()
    };
    let text =
        input("StandingView")["ViewOriginalText"]["Sub"][1]["View"]["Base64"]["Fn::Sub"].as_str().unwrap();
    let view: Value = serde_json::from_str(text).unwrap();
    let declared: Vec<&str> =
        view["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    let sql = view["originalSql"].as_str().unwrap();
    let selected: Vec<&str> =
        sql.strip_prefix("SELECT ").unwrap().split(" FROM ").next().unwrap().split(", ").collect();
    assert_eq!(selected, declared);
    assert_eq!(declared, columns("StandingView"));
    let of_table = columns("CrimeTable");
    assert!(declared.iter().all(|name| *name == "day" || of_table.iter().any(|column| column == name)));
    assert!(sql.ends_with("WHERE version = newest AND NOT deleted"), "what was taken back stays out");
}
