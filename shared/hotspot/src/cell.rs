//! Geohash cells as integers (D1), so that edges, corners and neighbours are exact.
//!
//! Names and their decoding come from crate `geohash`; positions are placed by integers instead, since that
//! crate's encoder rounds within one part in 10^16 of a cell edge and wraps at longitude 180.

/// Mean Earth radius in metres (IUGG R1), as used for areas and distances (D10, D11).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Precision at which facts keep their position: cells of about 29 m by 19 m at 40 degrees of latitude.
pub const FACT_PRECISION: u8 = 8;

/// A geohash cell: column and row of the grid of its precision, from west and from south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    precision: u8,
    ix: u32,
    iy: u32,
}

/// The text is not a geohash of 1 to 12 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a geohash of 1 to 12 characters")]
pub struct NotAGeohash;

impl Cell {
    /// The cell of `precision` (1 to 12) that holds a position in degrees, or nothing if the position is no
    /// place on Earth. A cell owns its western and southern edge; longitude 180 and latitude 90 belong to the
    /// last cell (D1).
    pub fn at(longitude: f64, latitude: f64, precision: u8) -> Option<Self> {
        if !(longitude.abs() <= 180.0 && latitude.abs() <= 90.0) {
            return None; // also where either is not a number
        }
        let (lon_bits, lat_bits) = bits(precision);
        Some(Self { precision, ix: slot(longitude, 180.0, lon_bits), iy: slot(latitude, 90.0, lat_bits) })
    }

    /// The cell at column `ix` and row `iy` of the grid of `precision`.
    pub fn new(precision: u8, ix: u32, iy: u32) -> Self {
        Self { precision, ix, iy }
    }

    /// The cell called `name`.
    pub fn named(name: &str) -> Result<Self, NotAGeohash> {
        if name.is_empty() || !name.is_ascii() {
            return Err(NotAGeohash);
        }
        let corner = geohash::decode_bbox(name).map_err(|_| NotAGeohash)?.min();
        Self::at(corner.x, corner.y, name.len() as u8).ok_or(NotAGeohash)
    }

    /// Its geohash.
    pub fn name(&self) -> String {
        let (longitude, latitude) = self.centre();
        let centre = geohash::Coord { x: longitude, y: latitude };
        geohash::encode(centre, usize::from(self.precision)).expect("a cell's centre is a place on Earth")
    }

    /// Number of characters of its geohash.
    pub fn precision(&self) -> u8 {
        self.precision
    }

    /// Column, counted from longitude -180.
    pub fn column(&self) -> u32 {
        self.ix
    }

    /// Row, counted from latitude -90.
    pub fn row(&self) -> u32 {
        self.iy
    }

    /// The cell of a coarser (or the same) precision around this one: its name is a prefix of this one's.
    pub fn parent(&self, precision: u8) -> Self {
        let (lon_bits, lat_bits) = bits(self.precision);
        let (lon_coarse, lat_coarse) = bits(precision.min(self.precision));
        Self {
            precision: precision.min(self.precision),
            ix: self.ix >> (lon_bits - lon_coarse),
            iy: self.iy >> (lat_bits - lat_coarse),
        }
    }

    /// Longitude and latitude of the centre in degrees, exact in `f64` up to precision 8.
    pub fn centre(&self) -> (f64, f64) {
        let (lon_bits, lat_bits) = bits(self.precision);
        (edge(2 * self.ix + 1, 180.0, lon_bits + 1), edge(2 * self.iy + 1, 90.0, lat_bits + 1))
    }

    /// West, south, east, north in units of 10^-7 degrees, rounded from the integer indices, so that
    /// neighbours round a shared corner alike.
    pub fn corners_e7(&self) -> [i64; 4] {
        let (lon_bits, lat_bits) = bits(self.precision);
        let (ix, iy) = (u64::from(self.ix), u64::from(self.iy));
        [
            edge_e7(ix, 180, lon_bits),
            edge_e7(iy, 90, lat_bits),
            edge_e7(ix + 1, 180, lon_bits),
            edge_e7(iy + 1, 90, lat_bits),
        ]
    }

    /// Area in square metres on the sphere (D10).
    pub fn area_m2(&self) -> f64 {
        let (lon_bits, lat_bits) = bits(self.precision);
        let south = edge(self.iy, 90.0, lat_bits).to_radians();
        let north = edge(self.iy + 1, 90.0, lat_bits).to_radians();
        let width = (360.0 / (1u64 << lon_bits) as f64).to_radians();
        EARTH_RADIUS_M * EARTH_RADIUS_M * width * (libm::sin(north) - libm::sin(south))
    }
}

/// Bits of longitude and latitude at a precision (D1).
pub(crate) fn bits(precision: u8) -> (u32, u32) {
    let bits = 5 * u32::from(precision);
    (bits.div_ceil(2), bits / 2)
}

/// Coordinate of the lower edge of slot `i` of `2^bits` over [-half, half]: dyadic, exact in `f64` for the
/// precisions in use.
fn edge(i: u32, half: f64, bits: u32) -> f64 {
    f64::from(i) * (2.0 * half) * one_in(bits) - half
}

/// 2^-bits, exactly: a product with it has the bits of the quotient by 2^bits, without the division.
fn one_in(bits: u32) -> f64 {
    f64::from_bits(u64::from(1023 - bits) << 52)
}

/// The same in units of 10^-7 degrees, rounded half up.
fn edge_e7(i: u64, half: i64, bits: u32) -> i64 {
    let span = 2 * half as i128 * 10_000_000;
    let scaled = (i128::from(i) * span * 2 + (1i128 << bits)) >> (bits + 1);
    scaled as i64 - half * 10_000_000
}

/// The slot a coordinate falls into, corrected so that edge(i) <= value < edge(i + 1).
fn slot(value: f64, half: f64, bits: u32) -> u32 {
    let last = (1u32 << bits) - 1; // 30 bits at most
    let estimate = (value + half) / (2.0 * half) * f64::from(1u32 << bits);
    let mut i = (estimate as u32).min(last);
    while i > 0 && value < edge(i, half, bits) {
        i -= 1;
    }
    while i < last && value >= edge(i + 1, half, bits) {
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook encoder: halve the interval, at or above the middle goes up.
    fn bisect(longitude: f64, latitude: f64, precision: u8) -> String {
        let alphabet = b"0123456789bcdefghjkmnpqrstuvwxyz";
        let mut ranges = [(-180.0, 180.0, longitude), (-90.0, 90.0, latitude)];
        let digit = |first: usize, ranges: &mut [(f64, f64, f64); 2]| {
            (0..5).fold(0, |digit, bit| {
                let (low, high, value) = &mut ranges[(first + bit) % 2];
                let middle = f64::midpoint(*low, *high);
                let up = *value >= middle;
                if up {
                    *low = middle;
                } else {
                    *high = middle;
                }
                digit << 1 | usize::from(up)
            })
        };
        (0..usize::from(precision)).map(|i| char::from(alphabet[digit(5 * i, &mut ranges)])).collect()
    }

    #[track_caller]
    fn check(longitude: f64, latitude: f64, precision: u8, name: &str) {
        let cell = Cell::at(longitude, latitude, precision).unwrap();
        assert_eq!(cell.name(), name);
        assert_eq!(Cell::named(name), Ok(cell));
        assert_eq!(bisect(longitude, latitude, precision), name);
    }

    #[test]
    fn known_places_have_their_known_geohash() {
        check(-75.1635, 39.9526, 7, "dr4e395");
        check(-92.1005, 46.7867, 7, "cbqd0jq");
        check(10.40744, 57.64911, 8, "u4pruydq");
    }

    #[test]
    fn the_ends_of_the_world_belong_to_the_last_cell() {
        check(180.0, 90.0, 7, "zzzzzzz");
        check(-180.0, -90.0, 7, "0000000");
    }

    #[test]
    fn what_is_no_place_has_no_cell() {
        assert_eq!(Cell::at(f64::NAN, 0.0, 7), None);
        assert_eq!(Cell::at(0.0, f64::INFINITY, 7), None);
        assert_eq!(Cell::at(2_746_300.0, 40.0, 7), None);
        assert_eq!(Cell::at(0.0, -90.1, 7), None);
        assert_eq!(Cell::named(""), Err(NotAGeohash));
        assert_eq!(Cell::named("dr4a"), Err(NotAGeohash));
    }

    #[test]
    fn the_mean_cell_of_a_city_has_the_published_area() {
        let cell = Cell::at(-75.118, 40.0026, 7).unwrap();
        assert!((cell.area_m2() - 17_860.0).abs() < 40.0, "{}", cell.area_m2());
    }

    proptest! {
        #[test]
        fn encoding_equals_bisection(lon in -180.0..=180.0f64, lat in -90.0..=90.0f64, precision in 1u8..=8) {
            prop_assert_eq!(Cell::at(lon, lat, precision).unwrap().name(), bisect(lon, lat, precision));
        }

        #[test]
        fn edges_belong_to_the_cell_above(ix in 0u32..1 << 18, iy in 0u32..1 << 17) {
            let (lon, lat) = (edge(ix, 180.0, 18), edge(iy, 90.0, 17));
            prop_assert_eq!(Cell::at(lon, lat, 7), Some(Cell::new(7, ix, iy)));
            prop_assert_eq!(Cell::new(7, ix, iy).name(), bisect(lon, lat, 7));
        }

        #[test]
        fn names_decode_to_their_cell(lon in -180.0..180.0f64, lat in -90.0..90.0f64, precision in 1u8..=8) {
            let cell = Cell::at(lon, lat, precision).unwrap();
            prop_assert_eq!(Cell::named(&cell.name()), Ok(cell));
            let bbox = geohash::decode_bbox(&cell.name()).unwrap();
            prop_assert!(bbox.min().x <= lon && lon < bbox.max().x && bbox.min().y <= lat && lat < bbox.max().y);
        }

        #[test]
        fn a_parent_is_a_prefix(lon in -180.0..180.0f64, lat in -90.0..90.0f64, fine in 1u8..=8, coarse in 1u8..=8) {
            let cell = Cell::at(lon, lat, fine).unwrap();
            let parent = cell.parent(coarse);
            prop_assert!(cell.name().starts_with(&parent.name()));
            prop_assert_eq!(parent, Cell::at(lon, lat, coarse.min(fine)).unwrap());
        }

        #[test]
        fn neighbours_share_their_rounded_corners(ix in 0u32..(1 << 18) - 1, iy in 0u32..(1 << 17) - 1) {
            let [_, _, east, north] = Cell::new(7, ix, iy).corners_e7();
            let [west, south, _, _] = Cell::new(7, ix + 1, iy + 1).corners_e7();
            prop_assert_eq!((east, north), (west, south));
            let exact = edge(ix + 1, 180.0, 18);
            prop_assert!((east as f64 / 1e7 - exact).abs() <= 5.1e-8);
        }
    }
}
