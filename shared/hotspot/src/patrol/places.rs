//! Names of places, so that a plan says "Harbour Mall" and not a geohash.
use serde::Deserialize;

use crate::Cell;
use crate::cell::EARTH_RADIUS_M;

/// A cell whose centre is this near is called by the place alone: about half a cell.
pub const AT_THE_PLACE_M: f64 = 75.0;

/// A city's places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places(Vec<Place>);

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Place {
    name: String,
    longitude: f64,
    latitude: f64,
}

/// A row of the file of places is wrong.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// The file cannot be read as a table.
    #[error("{0}; the header must be name,longitude,latitude")]
    Csv(#[from] csv::Error),
    /// A row has no name or is no place on Earth.
    #[error("line {line}: expected a name, a longitude and a latitude in degrees")]
    Row {
        /// Line of the file, the header being 1.
        line: usize,
    },
}

impl Places {
    /// Reads `name,longitude,latitude` with a header row; other columns are passed over. The order of rows does not
    /// matter.
    pub fn from_csv(text: &str) -> Result<Self, PlacesError> {
        let mut places = Vec::new();
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        for (i, place) in reader.deserialize().enumerate() {
            let place: Place = place?;
            if place.name.is_empty() || Cell::at(place.longitude, place.latitude, 7).is_none() {
                return Err(PlacesError::Row { line: i + 2 });
            }
            places.push(place);
        }
        Ok(Self(places))
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How a cell is called: by the place nearest to its centre, at most `within_m` metres from it; of two as near by
    /// the first by name. Beyond [`AT_THE_PLACE_M`] distance and direction from the place are added, so that two cells
    /// beside one place are told apart.
    pub fn name(&self, cell: Cell, within_m: f64) -> Option<String> {
        let (longitude, latitude) = cell.centre();
        let narrowing = libm::cos(latitude.to_radians());
        let near = self.0.iter().map(|place| {
            let east = (longitude - place.longitude).to_radians() * narrowing;
            let north = (latitude - place.latitude).to_radians();
            (EARTH_RADIUS_M * (east * east + north * north).sqrt(), place.name.as_str(), east, north)
        });
        let near = near.filter(|(metres, ..)| *metres <= within_m);
        let (metres, name, east, north) =
            near.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)))?;
        if metres <= AT_THE_PLACE_M {
            return Some(name.to_owned());
        }
        Some(format!("{name}, {} m {}", 10 * (metres / 10.0).round() as u32, direction(east, north)))
    }
}

/// One of eight directions.
fn direction(east: f64, north: f64) -> &'static str {
    /// Tangent of half of an eighth of a circle.
    const STEEP: f64 = 0.414_213_562_373_095_1;
    let across = if east < 0.0 { "west" } else { "east" };
    match (north < 0.0, across) {
        _ if north.abs() <= STEEP * east.abs() => across,
        (down, _) if east.abs() <= STEEP * north.abs() => {
            if down {
                "south"
            } else {
                "north"
            }
        }
        (true, "west") => "south-west",
        (true, _) => "south-east",
        (false, "west") => "north-west",
        (false, _) => "north-east",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: &str =
        "name,longitude,latitude,note\nHarbour Mall,-92.1005,46.7867,x\n\"Park, North\",-92.1005,46.7890,\n";

    #[track_caller]
    fn check(within_m: f64, expected: Option<&str>) {
        let places = Places::from_csv(CITY).unwrap();
        // Its centre is 71 m north of the mall and 185 m south of the park.
        let cell = Cell::at(-92.1005, 46.7868, 7).unwrap();
        assert_eq!(places.name(cell, within_m).as_deref(), expected);
    }

    #[test]
    fn the_nearest_place_within_the_limit_lends_its_name() {
        check(250.0, Some("Harbour Mall"));
        check(80.0, Some("Harbour Mall"));
        check(10.0, None);
    }

    #[track_caller]
    fn check_beside(longitude: f64, latitude: f64, expected: &str) {
        let places = Places::from_csv(CITY).unwrap();
        let cell = Cell::at(longitude, latitude, 7).unwrap();
        assert_eq!(places.name(cell, 500.0).as_deref(), Some(expected));
    }

    #[test]
    fn a_cell_beside_a_place_is_called_by_distance_and_direction() {
        check_beside(-92.0985, 46.7868, "Harbour Mall, 130 m north-east");
        check_beside(-92.1030, 46.7858, "Harbour Mall, 220 m west");
        check_beside(-92.1005, 46.7840, "Harbour Mall, 230 m south");
    }

    #[test]
    fn a_wrong_row_is_named() {
        let text = |rows: &str| {
            Places::from_csv(&format!("name,longitude,latitude\n{rows}")).unwrap_err().to_string()
        };
        insta::assert_snapshot!(text("A,1,2\nB,2700000,2"), @"line 3: expected a name, a longitude and a latitude in degrees");
        insta::assert_snapshot!(text("A,east,2"), @"CSV deserialize error: record 1 (line: 2, byte: 24): field 1: invalid float literal; the header must be name,longitude,latitude");
    }
}
