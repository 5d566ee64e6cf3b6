//! The lattice as a padded rectangle, so that a kernel is a list of offsets and needs no look-up per neighbour.
use crate::lattice::Lattice;

/// Where each study cell lies in a rectangle with an empty border as wide as the widest kernel.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Slot by cell.
    slots: Vec<u32>,
    columns: usize,
    size: usize,
    border: (usize, usize),
    cell_m: (f64, f64),
}

/// Weights of a Gaussian kernel by offset of slots, the cell itself first with weight 1 (D11).
#[derive(Clone, Debug)]
pub struct Kernel {
    offsets: Vec<(isize, f64)>,
}

impl Kernel {
    /// Weight of all other cells together.
    pub fn others(&self) -> f64 {
        self.offsets[1..].iter().map(|(_, weight)| weight).sum()
    }
}

impl Grid {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The rectangle around `lattice` for kernels of at most `bandwidth_m`.
    pub fn new(lattice: &Lattice, bandwidth_m: f64) -> Self {
        let cell_m = lattice.cell_size_m();
        let border = (reach(bandwidth_m, cell_m.0), reach(bandwidth_m, cell_m.1));
        let cells = lattice.cells();
        let low = |of: fn(&crate::Cell) -> u32| cells.iter().map(of).min().unwrap_or_default();
        let (west, south) = (low(crate::Cell::column), low(crate::Cell::row));
        let place = |cell: &crate::Cell| ((cell.column() - west) as usize, (cell.row() - south) as usize);
        let width = cells.iter().map(|cell| place(cell).0 + 1).max().unwrap_or_default();
        let height = cells.iter().map(|cell| place(cell).1 + 1).max().unwrap_or_default();
        let columns = width + 2 * border.0;
        let slot = |cell| {
            let (column, row) = place(cell);
            ((row + border.1) * columns + column + border.0) as u32
        };
        let slots = cells.iter().map(slot).collect();
        Self { slots, columns, size: columns * (height + 2 * border.1), border, cell_m }
    }

    /// The kernel of a bandwidth, cut at three bandwidths; wider ones than the grid was made for are cut at its
    /// border.
    pub fn kernel(&self, bandwidth_m: f64) -> Kernel {
        let limit = |size: f64, border: usize| reach(bandwidth_m, size).min(border) as isize;
        let (dx, dy) = (limit(self.cell_m.0, self.border.0), limit(self.cell_m.1, self.border.1));
        let mut offsets = vec![(0, 1.0)];
        for row in -dy..=dy {
            for column in -dx..=dx {
                let (x, y) = (column as f64 * self.cell_m.0, row as f64 * self.cell_m.1);
                let square = x * x + y * y;
                if (column, row) != (0, 0) && square <= 9.0 * bandwidth_m * bandwidth_m {
                    let weight = libm::exp(-square / (2.0 * bandwidth_m * bandwidth_m));
                    offsets.push((row * self.columns as isize + column, weight));
                }
            }
        }
        Kernel { offsets }
    }

    /// Adds to each cell `share` times the kernel's sum over the *other* cells: y = x + share (KDE(x) - x) (D14).
    /// `rectangle` is room to work in; what it held is lost.
    pub fn smooth(&self, values: &mut [f64], kernel: &Kernel, share: f64, rectangle: &mut Vec<f64>) {
        rectangle.clear();
        rectangle.resize(self.size, 0.0);
        for (slot, value) in self.slots.iter().zip(values.iter()) {
            rectangle[*slot as usize] = *value;
        }
        let others = &kernel.offsets[1..];
        for (slot, value) in self.slots.iter().zip(values.iter_mut()) {
            let here = *slot as isize;
            let near = others.iter().map(|(offset, weight)| weight * rectangle[(here + offset) as usize]);
            *value += share * near.sum::<f64>();
        }
    }
}

fn reach(bandwidth_m: f64, size_m: f64) -> usize {
    (3.0 * bandwidth_m / size_m) as usize
}
