//! The city limits, read from the agency folder's `boundary.geojson`, so that generated crime falls inside.
use std::fmt;

use serde_json::Value;

type Ring = Vec<[f64; 2]>;

/// One polygon or several, in degrees (longitude, latitude).
#[derive(Clone, Debug)]
pub struct Boundary {
    rings: Vec<Ring>,
}

/// The file holds no polygon.
#[derive(Debug)]
pub struct NoPolygon;

impl fmt::Display for NoPolygon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the boundary file holds no GeoJSON polygon")
    }
}

impl std::error::Error for NoPolygon {}

impl Boundary {
    /// Reads a GeoJSON geometry, feature or feature collection of polygons.
    pub fn parse(geojson: &str) -> Result<Self, NoPolygon> {
        let value: Value = serde_json::from_str(geojson).map_err(|_| NoPolygon)?;
        let mut rings = Vec::new();
        collect(&value, &mut rings);
        if rings.is_empty() { Err(NoPolygon) } else { Ok(Self { rings }) }
    }

    /// Whether the point lies inside: even-odd over all rings, so that holes count as outside.
    pub fn contains(&self, [x, y]: [f64; 2]) -> bool {
        let crossings = self.rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
        let right = |&(a, b): &(&[f64; 2], &[f64; 2])| {
            (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]
        };
        crossings.filter(right).count() % 2 == 1
    }

    /// West, south, east, north.
    pub fn bounds(&self) -> [f64; 4] {
        let start = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        self.rings
            .iter()
            .flatten()
            .fold(start, |b, [x, y]| [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)])
    }
}

/// Finds every `coordinates` of a Polygon or MultiPolygon, however deep.
fn collect(value: &Value, rings: &mut Vec<Ring>) {
    match value["type"].as_str() {
        Some("FeatureCollection") => each(&value["features"], |feature| collect(feature, rings)),
        Some("Feature") => collect(&value["geometry"], rings),
        Some("Polygon") => each(&value["coordinates"], |ring| rings.extend(read(ring))),
        Some("MultiPolygon") => {
            each(&value["coordinates"], |polygon| each(polygon, |ring| rings.extend(read(ring))));
        }
        _ => {}
    }
}

fn each(array: &Value, visit: impl FnMut(&Value)) {
    array.as_array().into_iter().flatten().for_each(visit);
}

fn read(ring: &Value) -> Option<Ring> {
    let position = |at: &Value| Some([at[0].as_f64()?, at[1].as_f64()?]);
    ring.as_array()?.iter().map(position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE_WITH_HOLE: &str = r#"{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
        "coordinates": [[[0,0],[4,0],[4,4],[0,4],[0,0]], [[1,1],[1,2],[2,2],[2,1],[1,1]]]}}"#;

    #[track_caller]
    fn check(point: [f64; 2], inside: bool) {
        assert_eq!(Boundary::parse(SQUARE_WITH_HOLE).unwrap().contains(point), inside);
    }

    #[test]
    fn a_hole_is_outside() {
        check([3.0, 3.0], true);
        check([1.5, 1.5], false);
        check([5.0, 1.0], false);
    }

    #[test]
    fn bounds_hold_every_ring() {
        assert_eq!(Boundary::parse(SQUARE_WITH_HOLE).unwrap().bounds(), [0.0, 0.0, 4.0, 4.0]);
    }

    #[test]
    fn a_file_without_polygons_is_refused() {
        assert!(Boundary::parse(r#"{"type": "FeatureCollection", "features": []}"#).is_err());
    }
}
