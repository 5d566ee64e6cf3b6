//! A small map of a beat as inline SVG: its outline, those beside it, the stops by number. Black and white, no text
//! but numbers and a scale, nothing fetched; the same plan gives the same bytes.
use std::fmt::Write;

use super::beats::{Beat, Beats};
use super::kind::Kind;
use super::plan::Stop;
use crate::cell::EARTH_RADIUS_M;

/// Width and height of the drawing, and what stays free around the beat, in its own units.
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 190.0;
const MARGIN: f64 = 14.0;
/// Radius of a number's circle.
const RADIUS: f64 = 8.5;
/// Lengths of the scale bar, in metres.
const SCALES: [u32; 8] = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
/// Where a number moves when another one is in its way.
const DIRECTIONS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)];

/// Degrees to units of the drawing: equirectangular, true to scale at the middle of the beat.
struct Projection {
    west: f64,
    north: f64,
    /// Units in a degree of longitude and of latitude.
    across: f64,
    down: f64,
    left: f64,
    top: f64,
    /// Units in a metre.
    scale: f64,
}

/// The map of the beat at `index` of [`Beats::list`].
pub fn svg(beats: &Beats, index: usize, stops: &[Stop]) -> String {
    let beat = &beats.list()[index];
    let projection = Projection::of(beat);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Map of the beat with its stops by number\">"
    );
    let others = beats.list().iter().enumerate().filter(|(other, _)| *other != index);
    for (_, other) in others {
        outline(&mut svg, &projection, other, "#fff", "#999", 0.6);
    }
    outline(&mut svg, &projection, beat, "#eee", "#000", 1.4);
    let cells: Vec<[f64; 4]> = stops.iter().map(|stop| projection.cell(stop)).collect();
    for [x, y, width, height] in &cells {
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#000\"/>"
        );
    }
    numbers(&mut svg, stops, &cells);
    scale_bar(&mut svg, projection.scale);
    svg.push_str("</svg>");
    svg
}

impl Projection {
    fn of(beat: &Beat) -> Self {
        let corners = beat.outlines.iter().map(crate::StudyArea::bounds);
        let bounds = corners.reduce(|[w, s, e, n], [west, south, east, north]| {
            [w.min(west), s.min(south), e.max(east), n.max(north)]
        });
        let [west, south, east, north] = bounds.unwrap_or([0.0, 0.0, 1.0, 1.0]);
        let metres_down = EARTH_RADIUS_M.to_radians();
        let metres_across = metres_down * libm::cos(f64::midpoint(south, north).to_radians());
        let (wide, high) = ((east - west) * metres_across, (north - south) * metres_down);
        let scale = ((WIDTH - 2.0 * MARGIN) / wide).min((HEIGHT - 2.0 * MARGIN) / high);
        Self {
            west,
            north,
            across: metres_across * scale,
            down: metres_down * scale,
            left: (WIDTH - wide * scale) / 2.0,
            top: (HEIGHT - high * scale) / 2.0,
            scale,
        }
    }

    fn point(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        (self.left + (longitude - self.west) * self.across, self.top + (self.north - latitude) * self.down)
    }

    /// West, north, width and height of a stop's cell; at least large enough to be seen in print.
    fn cell(&self, stop: &Stop) -> [f64; 4] {
        let [west, south, east, north] = stop.cell.corners_e7().map(|e7| e7 as f64 / 1e7);
        let ((x, y), (right, bottom)) = (self.point(west, north), self.point(east, south));
        let (width, height) = ((right - x).max(3.0), (bottom - y).max(3.0));
        [f64::midpoint(x, right) - width / 2.0, f64::midpoint(y, bottom) - height / 2.0, width, height]
    }
}

fn outline(svg: &mut String, projection: &Projection, beat: &Beat, fill: &str, stroke: &str, width: f64) {
    let rings = beat.outlines.iter().flat_map(crate::StudyArea::rings);
    let mut path = String::new();
    for ring in rings {
        for (i, (longitude, latitude)) in ring.iter().enumerate() {
            let (x, y) = projection.point(*longitude, *latitude);
            let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { "M" } else { "L" });
        }
        path.push('Z');
    }
    let _ = write!(
        svg,
        "<path d=\"{path}\" fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>"
    );
}

/// Each stop's number beside its cell: black for chronic places, white for temporary ones.
fn numbers(svg: &mut String, stops: &[Stop], cells: &[[f64; 4]]) {
    let middles: Vec<(f64, f64)> =
        cells.iter().map(|[x, y, width, height]| (x + width / 2.0, y + height / 2.0)).collect();
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for (stop, middle) in stops.iter().zip(&middles) {
        let at = free(*middle, &placed, &middles);
        placed.push(at);
        let (fill, ink) = match stop.kind {
            Kind::Chronic => ("#000", "#fff"),
            Kind::Temporary => ("#fff", "#000"),
        };
        let _ = write!(
            svg,
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#000\"/>\
             <circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{RADIUS}\" fill=\"{fill}\" stroke=\"#000\" stroke-width=\"1.3\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{ink}\">{}</text>",
            middle.0,
            middle.1,
            at.0,
            at.1,
            at.0,
            at.1,
            at.0,
            at.1 + 4.0,
            stop.order
        );
    }
}

/// The nearest spot beside a cell that hides neither a number nor another cell and lies in the drawing.
fn free(middle: (f64, f64), placed: &[(f64, f64)], cells: &[(f64, f64)]) -> (f64, f64) {
    let apart = |a: (f64, f64), b: (f64, f64), least: f64| {
        (a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1) >= least * least
    };
    let inside = |(x, y): (f64, f64)| {
        (RADIUS..=WIDTH - RADIUS).contains(&x) && (RADIUS..=HEIGHT - RADIUS - 12.0).contains(&y)
    };
    let lengths = (0..6).map(|step| 14.0 + 8.0 * f64::from(step));
    let spots =
        lengths.flat_map(|length| DIRECTIONS.map(|(x, y)| (middle.0 + length * x, middle.1 + length * y)));
    let clear = |spot: &(f64, f64)| {
        inside(*spot)
            && placed.iter().all(|other| apart(*spot, *other, 2.0 * RADIUS + 2.0))
            && cells.iter().all(|cell| apart(*spot, *cell, RADIUS + 3.0))
    };
    spots.into_iter().find(clear).unwrap_or(middle)
}

fn scale_bar(svg: &mut String, scale: f64) {
    let fits = |metres: &u32| f64::from(*metres) * scale <= WIDTH / 3.0;
    let metres = SCALES.into_iter().rev().find(fits).unwrap_or(SCALES[0]);
    let words = if metres < 1_000 { format!("{metres} m") } else { format!("{} km", metres / 1_000) };
    let (y, end) = (HEIGHT - 4.0, 4.0 + f64::from(metres) * scale);
    let _ = write!(
        svg,
        "<path d=\"M4 {0}V{y}H{end:.1}V{0}\" fill=\"none\" stroke=\"#000\"/><text class=\"scale\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\" x=\"{1:.1}\" y=\"{y}\">{words}</text>",
        y - 4.0,
        end + 5.0
    );
}
