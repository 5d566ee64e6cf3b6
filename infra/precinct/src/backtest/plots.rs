//! Plots of the page as SVG. Text, axes and grid take the colour of the page's text, so that they can be read on
//! light and on dark; the colours of the lines are readable on both.
use anyhow::{Result, anyhow};
use plotters::prelude::*;
use plotters::style::FontFamily;

use super::figures::{Calibration, Figures};

const SIZE: (u32, u32) = (460, 320);
/// Replaced by `currentColor` in the finished drawing.
const TEXT: RGBColor = RGBColor(1, 2, 3);
const PALETTE: [RGBColor; 5] = [
    RGBColor(37, 118, 214),
    RGBColor(214, 102, 20),
    RGBColor(28, 150, 96),
    RGBColor(168, 88, 190),
    RGBColor(130, 130, 130),
];

/// A line with its name.
pub(super) type Line = (String, Vec<(f64, f64)>);

/// Axes of a plot.
pub(super) struct Frame<'a> {
    pub x: (&'a str, f64, f64),
    pub y: (&'a str, f64, f64),
    /// Years are whole, shares have decimals.
    pub whole_x: bool,
    pub legend: SeriesLabelPosition,
}

/// Precision among the first so many per cent.
pub(super) fn precision(figures: &Figures) -> Result<String> {
    let line = |name: &&str| (words(name).to_owned(), figures.curves.get(*name).cloned().unwrap_or_default());
    let lines: Vec<Line> = super::figures::MAIN.iter().map(line).collect();
    let frame = Frame {
        x: ("share of the force on the list, %", 0.0, 15.0),
        y: ("share of them with the outcome", 0.0, top(&lines)),
        whole_x: true,
        legend: SeriesLabelPosition::UpperRight,
    };
    draw(&lines, &frame)
}

/// Precision among the first 5 %, by origin.
pub(super) fn origins(figures: &Figures) -> Result<String> {
    let line = |name: &str| -> Line {
        let at = figures.per_origin.iter().map(|(day, at)| {
            let precision = at.methods.get(name).map_or(0.0, |method| method.precision_at.pct5);
            (f64::from(day.year()), precision)
        });
        (words(name).to_owned(), at.collect())
    };
    let base = figures.per_origin.iter().map(|(day, at)| (f64::from(day.year()), at.base)).collect();
    let lines = vec![
        line("score"),
        line("score_peer"),
        line("complaints_24m"),
        ("whole department".to_owned(), base),
    ];
    let years = lines[0].1.iter().map(|point| point.0);
    let (first, last) = years.fold((f64::MAX, f64::MIN), |(low, high), year| (low.min(year), high.max(year)));
    let frame = Frame {
        x: ("origin, 1 January", first - 0.2, last.max(first + 1.0) + 0.2),
        y: ("share of the first 5 % with the outcome", 0.0, top(&lines) * 1.3),
        whole_x: true,
        legend: SeriesLabelPosition::UpperLeft,
    };
    draw(&lines, &frame)
}

/// Foretold against seen, in tenths of the force.
pub(super) fn calibration(calibration: &Calibration) -> Result<String> {
    let points = |bands: &[eis::accuracy::Band]| -> Vec<(f64, f64)> {
        bands.iter().map(|band| (band.predicted, band.seen)).collect()
    };
    let mut lines: Vec<Line> = Vec::new();
    for (name, bands) in [("as it comes", &calibration.raw), ("recalibrated", &calibration.recalibrated)] {
        if !bands.is_empty() {
            lines.push((name.to_owned(), points(bands)));
        }
    }
    let wide = lines.iter().flat_map(|line| &line.1).fold(0.0, |most: f64, point| most.max(point.0));
    let most = top(&lines).max(wide * 1.05);
    lines.push(("exact".to_owned(), vec![(0.0, 0.0), (most, most)]));
    let frame = Frame {
        x: ("foretold", 0.0, most),
        y: ("seen", 0.0, most),
        whole_x: false,
        legend: SeriesLabelPosition::LowerRight,
    };
    draw(&lines, &frame)
}

/// Where an axis ends so that all lines fit.
pub(super) fn top(lines: &[Line]) -> f64 {
    let most = lines.iter().flat_map(|line| &line.1).fold(0.0, |most: f64, point| most.max(point.1));
    (most * 1.1).max(0.01)
}

/// A method in words.
pub(super) fn words(method: &str) -> &str {
    match method {
        "score" => "score",
        "score_peer" => "score against peers",
        "score_shipped" => "score, rules as shipped",
        "complaints_24m" => "complaints in 24 months",
        "complaints_12m" => "complaints in 12 months",
        "force_24m" => "force reports in 24 months",
        "sustained_5y" => "sustained in 5 years",
        other => other,
    }
}

/// A drawing of some lines.
pub(super) fn draw(lines: &[Line], frame: &Frame) -> Result<String> {
    let mut svg = String::new();
    draw_into(&mut svg, lines, frame).map_err(|error| anyhow!("drawing a plot: {error}"))?;
    let fixed = format!("width=\"{}\" height=\"{}\" ", SIZE.0, SIZE.1);
    Ok(svg.replace("#010203", "currentColor").replacen(&fixed, "", 1))
}

fn draw_into(svg: &mut String, lines: &[Line], frame: &Frame) -> Result<(), Box<dyn std::error::Error>> {
    let font = |size: i32| FontDesc::from((FontFamily::SansSerif, size)).color(&TEXT);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin(10)
        .x_label_area_size(44)
        .y_label_area_size(54)
        .build_cartesian_2d(frame.x.1..frame.x.2, frame.y.1..frame.y.2)?;
    let decimals = 2 * usize::from(!frame.whole_x);
    chart
        .configure_mesh()
        .x_desc(frame.x.0)
        .y_desc(frame.y.0)
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&|x| format!("{x:.decimals$}"))
        .y_label_formatter(&|y| format!("{y:.2}"))
        .label_style(font(13))
        .axis_desc_style(font(13))
        .axis_style(TEXT.mix(0.6))
        .bold_line_style(TEXT.mix(0.15))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for ((name, points), colour) in lines.iter().zip(PALETTE) {
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(3)));
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
    }
    chart.configure_series_labels().position(frame.legend.clone()).label_font(font(12)).draw()?;
    area.present()?;
    Ok(())
}
