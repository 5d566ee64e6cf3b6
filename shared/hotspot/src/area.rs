//! The study area: polygons from GeoJSON, and whether a point lies inside their union (D2).
use serde_json::Value;

/// A closed ring of (longitude, latitude) in degrees; winding does not matter here.
type Ring = Vec<(f64, f64)>;

/// Polygons whose union is the area studied; the rings of one polygon count by the even-odd rule.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyArea {
    polygons: Vec<Vec<Ring>>,
}

/// The boundary file is not what it should be; the text says where.
#[derive(Debug, thiserror::Error)]
pub enum BoundaryError {
    /// The file is not JSON.
    #[error("the boundary is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A part has another form than GeoJSON polygons.
    #[error("the boundary at {pointer}: {reason}")]
    Form {
        /// JSON pointer into the file.
        pointer: String,
        /// What was expected.
        reason: &'static str,
    },
    /// There is no polygon in it.
    #[error("the boundary holds no polygon")]
    Empty,
}

impl StudyArea {
    /// Reads a FeatureCollection, Feature, Polygon or MultiPolygon in longitude and latitude.
    pub fn from_geojson(text: &str) -> Result<Self, BoundaryError> {
        let mut polygons = Vec::new();
        collect(&serde_json::from_str(text)?, "", &mut polygons)?;
        if polygons.is_empty() {
            return Err(BoundaryError::Empty);
        }
        Ok(Self { polygons })
    }

    /// West, south, east and north of all vertices, in degrees.
    pub fn bounds(&self) -> [f64; 4] {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        self.polygons
            .iter()
            .flatten()
            .flatten()
            .fold(start, |[w, s, e, n], &(lon, lat)| [w.min(lon), s.min(lat), e.max(lon), n.max(lat)])
    }

    /// Every ring of every polygon, for a drawing.
    pub(crate) fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.polygons.iter().flatten()
    }

    /// Stretches of longitude `[from, to)` inside the union at one latitude; they may overlap.
    pub fn stretches(&self, latitude: f64) -> Vec<(f64, f64)> {
        let mut stretches = Vec::new();
        let mut crossings = Vec::new();
        for polygon in &self.polygons {
            crossings.clear();
            for ring in polygon {
                let ends = ring.iter().zip(ring.iter().skip(1).chain(ring.first()));
                crossings.extend(
                    ends.filter(|((_, y1), (_, y2))| (*y1 > latitude) != (*y2 > latitude))
                        .map(|((x1, y1), (x2, y2))| (x2 - x1) * (latitude - y1) / (y2 - y1) + x1),
                );
            }
            crossings.sort_by(f64::total_cmp);
            stretches.extend(crossings.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
        stretches
    }

    /// Whether a point lies inside the union.
    pub fn contains(&self, longitude: f64, latitude: f64) -> bool {
        self.stretches(latitude).iter().any(|&(from, to)| from <= longitude && longitude < to)
    }
}

/// Adds the polygons of a GeoJSON object.
fn collect(value: &Value, pointer: &str, polygons: &mut Vec<Vec<Ring>>) -> Result<(), BoundaryError> {
    match value["type"].as_str() {
        Some("FeatureCollection") => {
            for (i, feature) in list(&value["features"], &format!("{pointer}/features"))?.iter().enumerate() {
                collect(feature, &format!("{pointer}/features/{i}"), polygons)?;
            }
            Ok(())
        }
        Some("Feature") => collect(&value["geometry"], &format!("{pointer}/geometry"), polygons),
        Some("Polygon") => {
            polygons.push(polygon(&value["coordinates"], &format!("{pointer}/coordinates"))?);
            Ok(())
        }
        Some("MultiPolygon") => {
            for (i, part) in
                list(&value["coordinates"], &format!("{pointer}/coordinates"))?.iter().enumerate()
            {
                polygons.push(polygon(part, &format!("{pointer}/coordinates/{i}"))?);
            }
            Ok(())
        }
        _ => Err(form(pointer, "expected a FeatureCollection, Feature, Polygon or MultiPolygon")),
    }
}

fn polygon(value: &Value, pointer: &str) -> Result<Vec<Ring>, BoundaryError> {
    let rings = list(value, pointer)?.iter().enumerate();
    rings.map(|(i, ring)| read_ring(ring, &format!("{pointer}/{i}"))).collect()
}

fn read_ring(value: &Value, pointer: &str) -> Result<Ring, BoundaryError> {
    let ring: Option<Ring> = list(value, pointer)?
        .iter()
        .map(|position| Some((position.get(0)?.as_f64()?, position.get(1)?.as_f64()?)))
        .collect();
    let ring = ring.ok_or_else(|| form(pointer, "expected positions of two numbers"))?;
    if ring.len() < 4 {
        return Err(form(pointer, "expected a ring of four positions or more"));
    }
    if ring.iter().any(|(lon, lat)| lon.abs() > 180.0 || lat.abs() > 90.0) {
        return Err(form(pointer, "expected degrees of longitude, then latitude"));
    }
    Ok(ring)
}

fn list<'a>(value: &'a Value, pointer: &str) -> Result<&'a Vec<Value>, BoundaryError> {
    value.as_array().ok_or_else(|| form(pointer, "expected a list"))
}

fn form(pointer: &str, reason: &'static str) -> BoundaryError {
    BoundaryError::Form { pointer: if pointer.is_empty() { "/".into() } else { pointer.into() }, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(west: f64, south: f64, east: f64, north: f64) -> String {
        format!("[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]")
    }

    #[test]
    fn a_hole_is_outside_and_two_polygons_are_one_area() {
        let with_hole = format!("[{},{}]", ring(0.0, 0.0, 10.0, 10.0), ring(4.0, 4.0, 6.0, 6.0));
        let beside = format!("[{}]", ring(9.0, 0.0, 20.0, 10.0));
        let text = format!(r#"{{"type":"MultiPolygon","coordinates":[{with_hole},{beside}]}}"#);
        let area = StudyArea::from_geojson(&text).unwrap();
        assert_eq!(area.bounds(), [0.0, 0.0, 20.0, 10.0]);
        for (lon, lat, inside) in
            [(1.0, 1.0, true), (5.0, 5.0, false), (9.5, 5.0, true), (15.0, 5.0, true), (21.0, 5.0, false)]
        {
            assert_eq!(area.contains(lon, lat), inside, "{lon} {lat}");
        }
    }

    #[test]
    fn a_wrong_file_is_named_by_its_pointer() {
        let text = |text: &str| StudyArea::from_geojson(text).unwrap_err().to_string();
        insta::assert_snapshot!(text(r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point"}}]}"#), @"the boundary at /features/0/geometry: expected a FeatureCollection, Feature, Polygon or MultiPolygon");
        insta::assert_snapshot!(text(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}"#), @"the boundary at /coordinates/0: expected a ring of four positions or more");
        insta::assert_snapshot!(text(r#"{"type":"FeatureCollection","features":[]}"#), @"the boundary holds no polygon");
        insta::assert_snapshot!(text(r#"{"type":"Polygon","coordinates":[[[2700000,0],[1,0],[1,1],[0,0]]]}"#), @"the boundary at /coordinates/0: expected degrees of longitude, then latitude");
    }
}
