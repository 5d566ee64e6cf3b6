//! Beats: named polygons, and which cell belongs to which.
use serde_json::Value;

use crate::area::{BoundaryError, StudyArea};
use crate::lattice::Lattice;

/// Name of the only beat where a department names none.
pub const WHOLE_AREA: &str = "all";

/// The beats by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Beats(Vec<Beat>);

/// One beat.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    /// Its name.
    pub name: String,
    /// Its outline; several features of one name are one beat.
    pub outlines: Vec<StudyArea>,
}

/// The file of beats is not what it should be; the text says where.
#[derive(Debug, thiserror::Error)]
pub enum BeatsError {
    /// The file is not JSON.
    #[error("the beats are not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// There is no list of features.
    #[error("the beats must be a GeoJSON FeatureCollection with one feature a beat")]
    Form,
    /// A feature has no name.
    #[error(
        "feature {number} has no text or whole number in its property `{property}`; set patrol.beat_property"
    )]
    Name {
        /// Position in the file, from 1.
        number: usize,
        /// The property looked for.
        property: String,
    },
    /// A feature's geometry is wrong.
    #[error("beat {name}: {source}")]
    Outline {
        /// The beat.
        name: String,
        /// What is wrong with it.
        source: BoundaryError,
    },
}

impl Beats {
    /// The whole area as one beat.
    pub fn whole(area: &StudyArea) -> Self {
        Self(vec![Beat { name: WHOLE_AREA.into(), outlines: vec![area.clone()] }])
    }

    /// Reads a FeatureCollection of polygons with their name in `property`. The order of features does not matter.
    pub fn from_geojson(text: &str, property: &str) -> Result<Self, BeatsError> {
        let value: Value = serde_json::from_str(text)?;
        let features = value["features"].as_array().filter(|features| !features.is_empty());
        let mut beats: Vec<Beat> = Vec::new();
        for (i, feature) in features.ok_or(BeatsError::Form)?.iter().enumerate() {
            let no_name = || BeatsError::Name { number: i + 1, property: property.into() };
            let name = name_of(&feature["properties"][property]).ok_or_else(no_name)?;
            let outline = StudyArea::from_geojson(&feature.to_string())
                .map_err(|source| BeatsError::Outline { name: name.clone(), source })?;
            match beats.iter_mut().find(|beat| beat.name == name) {
                Some(beat) => beat.outlines.push(outline),
                None => beats.push(Beat { name, outlines: vec![outline] }),
            }
        }
        beats.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self(beats))
    }

    /// The beats, by name.
    pub fn list(&self) -> &[Beat] {
        &self.0
    }

    /// For each cell the position of its beat in [`Self::list`]: the first by name that its centre lies in.
    pub fn of_cells(&self, lattice: &Lattice) -> Vec<Option<usize>> {
        let at = |cell: &crate::Cell| {
            let (longitude, latitude) = cell.centre();
            self.0.iter().position(|beat| beat.contains(longitude, latitude))
        };
        lattice.cells().iter().map(at).collect()
    }
}

impl Beat {
    fn contains(&self, longitude: f64, latitude: f64) -> bool {
        self.outlines.iter().any(|outline| outline.contains(longitude, latitude))
    }
}

fn name_of(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(name: &str, west: f64) -> String {
        let east = west + 0.1;
        format!(
            r#"{{"type":"Feature","properties":{{"name":{name}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},0],[{east},0],[{east},0.1],[{west},0.1],[{west},0]]]}}}}"#
        )
    }

    fn read(features: &[String]) -> Result<Beats, BeatsError> {
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Beats::from_geojson(&text, "name")
    }

    #[test]
    fn features_of_one_name_are_one_beat_and_their_order_does_not_matter() {
        let features = [feature("\"B\"", 0.1), feature("7", 0.3), feature("\"B\"", 0.2)];
        let beats = read(&features).unwrap();
        let names: Vec<&str> = beats.list().iter().map(|beat| beat.name.as_str()).collect();
        assert_eq!(names, ["7", "B"]);
        assert!(beats.list()[1].contains(0.15, 0.05) && beats.list()[1].contains(0.25, 0.05));
        assert!(!beats.list()[1].contains(0.35, 0.05));
    }

    #[test]
    fn a_wrong_file_is_named_by_its_feature() {
        let text = |features: &[String]| read(features).unwrap_err().to_string();
        insta::assert_snapshot!(text(&[feature("\" \"", 0.0)]), @"feature 1 has no text or whole number in its property `name`; set patrol.beat_property");
        insta::assert_snapshot!(text(&[feature("\"B\"", 999.0)]), @"beat B: the boundary at /geometry/coordinates/0: expected degrees of longitude, then latitude");
        insta::assert_snapshot!(text(&[]), @"the beats must be a GeoJSON FeatureCollection with one feature a beat");
    }
}
