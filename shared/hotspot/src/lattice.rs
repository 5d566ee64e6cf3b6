//! The cells of a study area in one order, zero cells included, with their neighbours (D2, D5).
use crate::area::StudyArea;
use crate::cell::{Cell, bits};
use crate::sums;

/// Stands for "no study cell here" in the table of slots.
const NONE: u32 = u32::MAX;

/// All cells whose centre lies in the study area, sorted by geohash.
#[derive(Clone, Debug, PartialEq)]
pub struct Lattice {
    precision: u8,
    /// Column and row of the south-west slot.
    origin: (u32, u32),
    columns: usize,
    rows: usize,
    /// Position in `cells` by slot, row by row.
    slots: Vec<u32>,
    cells: Vec<Cell>,
    names: Vec<String>,
    /// Slot of each cell: the way back from `slots`.
    places: Vec<u32>,
    /// Members of each cell's 3 x 3 neighbourhood.
    members: Vec<u32>,
}

impl Lattice {
    /// The lattice of `area` at `precision`.
    pub fn new(area: &StudyArea, precision: u8) -> Self {
        let [west, south, east, north] = area.bounds();
        let low = Cell::at(west, south, precision).expect("the boundary was checked to be on Earth");
        let high = Cell::at(east, north, precision).expect("the boundary was checked to be on Earth");
        let columns = (high.column() - low.column() + 1) as usize;
        let rows = (high.row() - low.row() + 1) as usize;
        let mut inside = vec![false; columns * rows];
        for row in 0..rows {
            let at = |column: u32| Cell::new(precision, column, low.row() + row as u32);
            for (from, to) in area.stretches(at(0).centre().1) {
                let first = Cell::at(from, 0.0, precision).map_or(low.column(), |cell| cell.column());
                let last = Cell::at(to, 0.0, precision).map_or(high.column(), |cell| cell.column());
                for column in first.max(low.column())..=last.min(high.column()) {
                    let longitude = at(column).centre().0;
                    inside[row * columns + (column - low.column()) as usize] |=
                        from <= longitude && longitude < to;
                }
            }
        }
        Self::from_slots(precision, (low.column(), low.row()), columns, &inside)
    }

    fn from_slots(precision: u8, origin: (u32, u32), columns: usize, inside: &[bool]) -> Self {
        let study = inside.iter().enumerate().filter(|(_, inside)| **inside).map(|(slot, _)| {
            let cell =
                Cell::new(precision, origin.0 + (slot % columns) as u32, origin.1 + (slot / columns) as u32);
            (cell.name(), slot, cell)
        });
        let mut study: Vec<_> = study.collect();
        study.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        let mut slots = vec![NONE; inside.len()];
        for (index, (_, slot, _)) in study.iter().enumerate() {
            slots[*slot] = index as u32;
        }
        let cells = study.iter().map(|(_, _, cell)| *cell).collect();
        let places: Vec<u32> = study.iter().map(|(_, slot, _)| *slot as u32).collect();
        let names = study.into_iter().map(|(name, _, _)| name).collect();
        let rows = inside.len() / columns;
        let mut lattice =
            Self { precision, origin, columns, rows, slots, cells, names, places, members: vec![] };
        lattice.members = sums::of_blocks(&lattice, &vec![1; lattice.len()]);
        lattice
    }

    /// Number of study cells, n.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether no cell's centre lies inside.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Geohash precision of its cells.
    pub fn precision(&self) -> u8 {
        self.precision
    }

    /// The cells, by geohash.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Their geohashes, ascending.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Position of a cell of this precision in [`Self::cells`].
    pub fn index_of(&self, cell: Cell) -> Option<usize> {
        let column = i64::from(cell.column()) - i64::from(self.origin.0);
        let row = i64::from(cell.row()) - i64::from(self.origin.1);
        if cell.precision() == self.precision { self.at(column, row) } else { None }
    }

    /// Position of the study cell `dx` columns east and `dy` rows north of cell `index`.
    pub fn beside(&self, index: usize, dx: i64, dy: i64) -> Option<usize> {
        let cell = self.cells[index];
        let column = i64::from(cell.column()) - i64::from(self.origin.0) + dx;
        self.at(column, i64::from(cell.row()) - i64::from(self.origin.1) + dy)
    }

    /// The 3 x 3 neighbourhood of a cell, itself included, study cells only (D5).
    pub fn neighbourhood(&self, index: usize) -> impl Iterator<Item = usize> {
        (-1..=1).flat_map(move |dy| (-1..=1).filter_map(move |dx| self.beside(index, dx, dy)))
    }

    /// How many cells [`Self::neighbourhood`] has, for each cell: c_i of D5.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Columns of the rectangle around the study area: the length of a row of [`Self::spread`].
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One value per cell laid out over the rectangle around the study area, row by row from the south-west;
    /// slots outside the study area hold the default, zero.
    pub fn spread<T: Copy + Default>(&self, values: impl Iterator<Item = T>) -> Vec<T> {
        let mut slots = vec![T::default(); self.slots.len()];
        for (place, value) in self.places.iter().zip(values) {
            slots[*place as usize] = value;
        }
        slots
    }

    /// The reverse of [`Self::spread`]: the values of the study cells, in their order.
    pub fn gather<T: Copy>(&self, slots: &[T]) -> Vec<T> {
        self.places.iter().map(|place| slots[*place as usize]).collect()
    }

    /// Mean latitude of the study cells' centres in degrees: where the plane of all distances is true (D11).
    pub fn mean_latitude(&self) -> f64 {
        let latitudes: f64 = self.cells.iter().map(|cell| cell.centre().1).sum();
        latitudes / self.len().max(1) as f64
    }

    /// Width and height of a cell in metres at the mean latitude of the study cells' centres (D11).
    pub fn cell_size_m(&self) -> (f64, f64) {
        let mean = self.mean_latitude();
        let (lon_bits, lat_bits) = bits(self.precision);
        let degrees = |span: f64, bits: u32| (span / (1u64 << bits) as f64).to_radians();
        let radius = crate::cell::EARTH_RADIUS_M;
        (radius * degrees(360.0, lon_bits) * libm::cos(mean.to_radians()), radius * degrees(180.0, lat_bits))
    }

    fn at(&self, column: i64, row: i64) -> Option<usize> {
        let column = usize::try_from(column).ok().filter(|column| *column < self.columns)?;
        let row = usize::try_from(row).ok().filter(|row| *row < self.rows)?;
        let index = self.slots[row * self.columns + column];
        (index != NONE).then_some(index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rectangle of 4 columns and 3 rows of p7 cells around Duluth's latitude.
    fn rectangle() -> Lattice {
        let low = Cell::at(-92.1, 46.78, 7).unwrap();
        let corner = |dx: u32, dy: u32| Cell::new(7, low.column() + dx, low.row() + dy).corners_e7();
        let ([w, s, _, _], [e, n, _, _]) = (corner(0, 0), corner(4, 3));
        let [w, s, e, n] = [w, s, e, n].map(|e7| e7 as f64 / 1e7);
        let text = format!(
            r#"{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}"#
        );
        Lattice::new(&StudyArea::from_geojson(&text).unwrap(), 7)
    }

    #[test]
    fn cells_are_those_with_their_centre_inside_sorted_by_name() {
        let lattice = rectangle();
        assert_eq!(lattice.len(), 12);
        assert!(lattice.names().is_sorted());
        for (index, cell) in lattice.cells().iter().enumerate() {
            assert_eq!(lattice.index_of(*cell), Some(index));
            assert_eq!(cell.name(), lattice.names()[index]);
        }
    }

    #[test]
    fn neighbourhoods_end_at_the_border() {
        let lattice = rectangle();
        let mut sizes: Vec<usize> = (0..12).map(|index| lattice.neighbourhood(index).count()).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 9, 9]);
        let mut members = lattice.members().to_vec();
        members.sort_unstable();
        assert_eq!(members, [4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 9, 9]);
    }

    #[test]
    fn a_cell_elsewhere_or_of_another_precision_is_not_in_it() {
        let lattice = rectangle();
        assert_eq!(lattice.index_of(Cell::at(-75.0, 40.0, 7).unwrap()), None);
        assert_eq!(lattice.index_of(Cell::at(-92.1, 46.78, 6).unwrap()), None);
    }
}
