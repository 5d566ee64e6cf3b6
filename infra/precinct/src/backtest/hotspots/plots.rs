//! Pictures of a group: PAI by origin, and a map of the last origin.
use std::fmt::Write as _;

use anyhow::Result;
use hotspot::Lattice;
use plotters::prelude::SeriesLabelPosition;

use super::super::plots::{Frame, Line, draw, top};
use super::play::{METHODS, Played, Tried};

/// Width of a map in units of the drawing.
const WIDTH: f64 = 460.0;
/// Side of the mark of a chosen cell: cells are a unit or two wide and would not be seen.
const MARK: f64 = 4.0;

/// PAI of every method by origin, at the deciding setting.
pub(super) fn origins(played: &Played, group: &Tried) -> Result<String> {
    let line = |method: usize| -> Line {
        let catches = group.found[method].0.first().into_iter().flatten().enumerate();
        let points = catches.filter_map(|(place, catch)| Some((place as f64 + 1.0, catch.metrics()?.pai)));
        (METHODS[method].to_owned(), points.collect())
    };
    let lines: Vec<Line> = (0..METHODS.len()).map(line).collect();
    let last = played.origins.len().max(2) as f64;
    let frame = Frame {
        x: ("origin, the first is 1", 0.5, last + 0.5),
        y: ("PAI", 0.0, top(&lines) * 1.35),
        whole_x: true,
        legend: SeriesLabelPosition::UpperLeft,
    };
    draw(&lines, &frame)
}

/// The cells that were chosen at the last origin, by whether anything happened there, and the cells where something
/// happened that were not chosen. Cells of the study area are drawn as rows of one rectangle each.
pub(super) fn map(lattice: &Lattice, group: &Tried) -> String {
    let frame = Plane::of(lattice);
    let mut chosen = vec![false; lattice.len()];
    for cell in &group.chosen {
        chosen[*cell as usize] = true;
    }
    let mut svg = format!(
        r#"<svg viewBox="0 0 {WIDTH:.0} {:.1}" role="img" aria-label="map"><g class="area">"#,
        frame.height
    );
    for (row, from, to) in stretches(lattice) {
        let (x, y) = (frame.x(from), frame.y(row));
        let _ = write!(
            svg,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.2}"/>"#,
            frame.x(to + 1) - x,
            frame.step.1 + 0.1
        );
    }
    svg.push_str("</g>");
    let happened = |cell: usize| group.happened[cell] > 0;
    let layers: [(&str, Wanted, f64); 3] = [
        ("missed", &|cell| happened(cell) && !chosen[cell], frame.step.0.max(1.2)),
        ("empty", &|cell| chosen[cell] && !happened(cell), MARK),
        ("hit", &|cell| chosen[cell] && happened(cell), MARK),
    ];
    for (class, wanted, side) in layers {
        let _ = write!(svg, r#"<path class="{class}" d=""#);
        for cell in (0..lattice.len()).filter(|cell| wanted(*cell)) {
            let (x, y) = frame.centre(lattice, cell);
            let half = side / 2.0;
            let _ = write!(svg, "M{:.1} {:.1}h{side:.1}v{side:.1}h-{side:.1}z", x - half, y - half);
        }
        svg.push_str(r#""/>"#);
    }
    svg.push_str("</svg>");
    svg
}

/// Which cells a layer draws.
type Wanted<'a> = &'a dyn Fn(usize) -> bool;

/// Where columns and rows of cells lie in the drawing.
struct Plane {
    west: u32,
    north: u32,
    step: (f64, f64),
    height: f64,
}

impl Plane {
    fn of(lattice: &Lattice) -> Self {
        let columns = || lattice.cells().iter().map(hotspot::Cell::column);
        let rows = || lattice.cells().iter().map(hotspot::Cell::row);
        let (west, east) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
        let (south, north) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
        let (width_m, height_m) = lattice.cell_size_m();
        let step = WIDTH / f64::from(east - west + 1);
        let step = (step, step * height_m / width_m);
        Self { west, north, step, height: step.1 * f64::from(north - south + 1) }
    }

    fn x(&self, column: u32) -> f64 {
        f64::from(column - self.west) * self.step.0
    }

    fn y(&self, row: u32) -> f64 {
        f64::from(self.north - row) * self.step.1
    }

    fn centre(&self, lattice: &Lattice, cell: usize) -> (f64, f64) {
        let cell = lattice.cells()[cell];
        (self.x(cell.column()) + self.step.0 / 2.0, self.y(cell.row()) + self.step.1 / 2.0)
    }
}

/// Row, first and last column of each stretch of study cells without a gap.
fn stretches(lattice: &Lattice) -> Vec<(u32, u32, u32)> {
    let mut cells: Vec<(u32, u32)> = lattice.cells().iter().map(|cell| (cell.row(), cell.column())).collect();
    cells.sort_unstable();
    let joined = cells.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1);
    joined.map(|cells| (cells[0].0, cells[0].1, cells[cells.len() - 1].1)).collect()
}
