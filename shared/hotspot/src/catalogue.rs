//! The catalogue that open-data portals harvest: one data set a map, each valid under DCAT-US 1.1 (non-federal) and 3.0
//! at once. `spatial`, `temporal` and `landingPage` are left out, since each version rejects the other's form. Only the
//! head of the file cannot serve both: 1.1 demands a text in `conformsTo` that 3.0 rejects. So there are two files.
use serde::Serialize;

use crate::geojson;
use crate::manifest::{File, Manifest};
use crate::settings::ALL;
use crate::twin;

/// Key of the catalogue under DCAT-US 1.1 in the public bucket.
pub const KEY: &str = "data.json";

/// Key of the same data sets under the head of DCAT-US 3.0.
pub const KEY_3: &str = "data-3.0.json";

/// Key of the data dictionary.
pub const DICTIONARY_KEY: &str = "hotspots/dictionary.csv";

/// What the catalogue says of the publisher beside the manifest.
#[derive(Clone, Copy, Debug)]
pub struct Contact<'a> {
    /// Name of the contact.
    pub name: &'a str,
    /// Its e-mail address.
    pub email: &'a str,
    /// Address under which the public bucket is served, without the last slash.
    pub url: &'a str,
    /// Days between two editions.
    pub refresh_days: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Catalogue {
    #[serde(skip_serializing_if = "Option::is_none")]
    conforms_to: Option<&'static str>,
    dataset: Vec<Dataset>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dataset {
    identifier: String,
    title: String,
    description: String,
    keyword: Vec<String>,
    modified: String,
    publisher: Publisher,
    contact_point: ContactPoint,
    access_level: &'static str,
    accrual_periodicity: String,
    license: String,
    distribution: Vec<Distribution>,
}

#[derive(Serialize)]
struct Publisher {
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContactPoint {
    r#fn: String,
    has_email: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Distribution {
    title: &'static str,
    #[serde(rename = "downloadURL")]
    download_url: String,
    media_type: &'static str,
    format: &'static str,
}

/// Key and text of both catalogues of an edition; where every edition was withdrawn they list no data set.
pub fn files(manifest: &Manifest, contact: Contact) -> [(&'static str, String); 2] {
    let text = |conforms_to| {
        let dataset = manifest.files.iter().map(|file| dataset(manifest, file, contact)).collect();
        let catalogue = Catalogue { conforms_to, dataset };
        serde_json::to_string_pretty(&catalogue).expect("words and numbers are always JSON") + "\n"
    };
    [(KEY, text(Some("https://project-open-data.cio.gov/v1.1/schema"))), (KEY_3, text(None))]
}

fn dataset(manifest: &Manifest, file: &File, contact: Contact) -> Dataset {
    let Contact { name, email, url, refresh_days } = contact;
    let what =
        if file.category == ALL { "all reported crime".to_owned() } else { file.category.replace('_', " ") };
    let address = |key: &str| format!("{url}/{key}");
    let modified = manifest.as_of.map(|date| format!("{date}T00:00:00Z")).unwrap_or_default();
    Dataset {
        identifier: address(&format!("hotspots/{}", file.category)),
        title: format!("Crime hot spots: {what}"),
        description: format!(
            "Cells of the area by number of reported incidents ({what}) in {} days, in bands, with a label where a cell \
             and its neighbours stand out beyond chance. {}",
            file.window_days, manifest.disclaimer
        ),
        keyword: ["crime", "hot spots", "police", "geohash"].map(str::to_owned).into(),
        modified,
        publisher: Publisher { name: manifest.agency.clone() },
        contact_point: ContactPoint { r#fn: name.to_owned(), has_email: format!("mailto:{email}") },
        access_level: "public",
        accrual_periodicity: format!("R/P{refresh_days}D"),
        license: manifest.license.clone(),
        distribution: vec![
            distribution("GeoJSON", address(&file.path), geojson::MEDIA_TYPE),
            distribution("CSV", address(&file.csv), twin::BARE_MEDIA_TYPE),
            distribution("Data dictionary", address(DICTIONARY_KEY), twin::BARE_MEDIA_TYPE),
        ],
    }
}

fn distribution(title: &'static str, download_url: String, media_type: &'static str) -> Distribution {
    let format = if media_type == geojson::MEDIA_TYPE { "GeoJSON" } else { "CSV" };
    Distribution { title, download_url, media_type, format }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn manifest() -> Manifest {
        let file = File {
            category: "all".into(),
            window_days: 365,
            precision: 7,
            path: "hotspots/latest.geojson".into(),
            csv: "hotspots/latest.csv".into(),
            snapshot: "hotspots/2026-07-06.geojson".into(),
            features: 2,
            bytes: 900,
            sha256: "00".repeat(32),
        };
        Manifest {
            as_of: Some(date(2026, 7, 6)),
            agency: "Example City Police Department".into(),
            disclaimer: "Not a judgement on anybody.".into(),
            license: "https://creativecommons.org/publicdomain/zero/1.0/".into(),
            delay_days: 7,
            excluded: ["sex_offence".to_owned()].into(),
            outline: crate::manifest::OUTLINE_KEY.into(),
            files: vec![file],
            withdrawn: [date(2026, 6, 1)].into(),
        }
    }

    #[test]
    fn a_catalogue_reads_as_expected() {
        let contact = Contact {
            name: "Crime Analysis Unit",
            email: "crime-analysis@police.example.gov",
            url: "https://data.example.gov",
            refresh_days: 7,
        };
        let [(_, first), (_, third)] = files(&manifest(), contact);
        assert_eq!(first.lines().skip(2).collect::<Vec<_>>(), third.lines().skip(1).collect::<Vec<_>>());
        insta::assert_snapshot!(first, @r#"
        {
          "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
          "dataset": [
            {
              "identifier": "https://data.example.gov/hotspots/all",
              "title": "Crime hot spots: all reported crime",
              "description": "Cells of the area by number of reported incidents (all reported crime) in 365 days, in bands, with a label where a cell and its neighbours stand out beyond chance. Not a judgement on anybody.",
              "keyword": [
                "crime",
                "hot spots",
                "police",
                "geohash"
              ],
              "modified": "2026-07-06T00:00:00Z",
              "publisher": {
                "name": "Example City Police Department"
              },
              "contactPoint": {
                "fn": "Crime Analysis Unit",
                "hasEmail": "mailto:crime-analysis@police.example.gov"
              },
              "accessLevel": "public",
              "accrualPeriodicity": "R/P7D",
              "license": "https://creativecommons.org/publicdomain/zero/1.0/",
              "distribution": [
                {
                  "title": "GeoJSON",
                  "downloadURL": "https://data.example.gov/hotspots/latest.geojson",
                  "mediaType": "application/geo+json",
                  "format": "GeoJSON"
                },
                {
                  "title": "CSV",
                  "downloadURL": "https://data.example.gov/hotspots/latest.csv",
                  "mediaType": "text/csv",
                  "format": "CSV"
                },
                {
                  "title": "Data dictionary",
                  "downloadURL": "https://data.example.gov/hotspots/dictionary.csv",
                  "mediaType": "text/csv",
                  "format": "CSV"
                }
              ]
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_manifest_reads_as_expected() {
        insta::assert_snapshot!(manifest().to_json(), @r#"
        {"as_of":"2026-07-06","agency":"Example City Police Department","disclaimer":"Not a judgement on anybody.","license":"https://creativecommons.org/publicdomain/zero/1.0/","delay_days":7,"excluded":["sex_offence"],"outline":"hotspots/outline.geojson","files":[
        {"category":"all","window_days":365,"precision":7,"path":"hotspots/latest.geojson","csv":"hotspots/latest.csv","snapshot":"hotspots/2026-07-06.geojson","features":2,"bytes":900,"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}
        ],"withdrawn":["2026-06-01"]}
        "#);
    }
}
