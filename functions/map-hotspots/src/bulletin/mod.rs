//! The statistics of the chief and the council, written each night into the internal bucket: `stats/{date}.csv` and
//! the same as a page.
use anyhow::Result;
use bytes::Bytes;
use hotspot::Lattice;
use hotspot::bulletin::{ALL, Bulletin, FEWEST_TO_COMPARE, Line, Measure};
use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;

use crate::bucket::{Bucket, Headers, If};
use crate::night::Night;
use crate::patrol::City;

/// One line of a table.
#[derive(Serialize)]
struct Row {
    name: String,
    /// Whether it is the line of the whole.
    all: bool,
    week: u32,
    week_before: u32,
    month: u32,
    month_before: u32,
    year: u32,
    year_before: u32,
    change: String,
    cleared: u32,
    share: String,
}

#[derive(Serialize)]
struct Table {
    title: String,
    /// Heading of the first column.
    first: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Page<'a> {
    agency: &'a str,
    last_day: Date,
    fewest: u32,
    tables: Vec<Table>,
    quality: Vec<Row>,
}

impl Night<'_> {
    /// Writes the statistics of the days before the local date of `time`; gives the keys.
    pub(crate) async fn bulletin(
        &self,
        internal: &Bucket,
        lattice: &Lattice,
        city: &City,
        time: Timestamp,
    ) -> Result<Vec<String>> {
        let beats = city.beats.of_cells(lattice);
        let name = |beat: &Option<usize>| beat.map(|beat| city.beats.list()[beat].name.as_str());
        let beats: Vec<Option<&str>> = beats.iter().map(name).collect();
        let mut bulletin = Bulletin::new(time.to_zoned_datetime(city.zone.clone()).date());
        self.history.count_into(&mut bulletin, &city.zone, lattice, &beats);
        let page = page(&bulletin, &city.agency)?;
        let files = [
            ("csv", "text/csv; charset=utf-8", bulletin.to_csv()),
            ("html", "text/html; charset=utf-8", page),
        ];
        let mut keys = Vec::new();
        for (ending, content_type, text) in files {
            let key = format!("stats/{}.{ending}", bulletin.date);
            let headers = Headers { content_type, ..Headers::default() };
            internal.put(&key, Bytes::from(text), If::Anything, headers).await?;
            keys.push(key);
        }
        Ok(keys)
    }
}

fn page(bulletin: &Bulletin, agency: &str) -> Result<String> {
    let (beats, categories) = (bulletin.beats(), bulletin.categories());
    let in_beat = |beat: &str| -> Vec<Row> {
        let rows = categories.iter().map(|category| row(bulletin, beat, category, category));
        rows.filter(|row| row.all || row.year + row.year_before + row.month_before > 0).collect()
    };
    let mut tables = vec![Table { title: "By category".into(), first: "Category", rows: in_beat(ALL) }];
    if beats.len() > 1 {
        let rows = beats.iter().map(|beat| row(bulletin, beat, ALL, beat)).collect();
        tables.push(Table { title: "By beat".into(), first: "Beat", rows });
        let one =
            |beat: &&str| Table { title: format!("Beat: {beat}"), first: "Category", rows: in_beat(beat) };
        tables.extend(beats[1..].iter().map(one));
    }
    let quality: Vec<Row> = Measure::ALL[2..].iter().map(|measure| quality(bulletin, *measure)).collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", include_str!("page.html"))?;
    Ok(environment.get_template("page")?.render(Value::from(Serde(&Page {
        agency,
        last_day: bulletin.date.yesterday()?,
        fewest: FEWEST_TO_COMPARE,
        tables,
        quality,
    })))?)
}

fn row(bulletin: &Bulletin, beat: &str, category: &str, name: &str) -> Row {
    let line = bulletin.line(Measure::Incidents, beat, category);
    let cleared = bulletin.line(Measure::Clearances, beat, category).year;
    let share =
        (line.year > 0).then(|| format!("{:.0} %", 100.0 * f64::from(cleared) / f64::from(line.year)));
    of_line(name.replace('_', " "), name == ALL, line, cleared, share.unwrap_or_default())
}

fn quality(bulletin: &Bulletin, measure: Measure) -> Row {
    let name = match measure {
        Measure::NoPosition => "without a position",
        Measure::OutsideArea => "outside the study area",
        Measure::UnmappedOffence => "of an offence that hotspots.toml does not list",
        _ => "found by officers: not counted above",
    };
    of_line(name.to_owned(), false, bulletin.line(measure, ALL, ALL), 0, String::new())
}

fn of_line(name: String, all: bool, line: Line, cleared: u32, share: String) -> Row {
    let Line { week, week_before, month, month_before, year, year_before } = line;
    let change = line.change_percent().map(in_words).unwrap_or_default();
    Row { name, all, week, week_before, month, month_before, year, year_before, change, cleared, share }
}

/// A change in whole percent; nothing between -0.5 and 0.5 has a sign.
fn in_words(percent: f64) -> String {
    if percent.abs() < 0.5 { "0 %".to_owned() } else { format!("{percent:+.0} %") }
}

#[cfg(test)]
mod tests {
    use hotspot::bulletin::NO_BEAT;
    use jiff::Span;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_page_tells_what_was_counted_and_takes_no_name_for_markup() {
        let mut bulletin = Bulletin::new(date(2026, 7, 6));
        for back in 1..=20 {
            let day = date(2026, 7, 6).saturating_sub(Span::new().days(back));
            bulletin.add(Measure::Incidents, "<b>North", "veh_theft", day);
            bulletin.add(
                Measure::Incidents,
                "<b>North",
                "veh_theft",
                day.saturating_sub(Span::new().years(1)),
            );
        }
        bulletin.add(Measure::Clearances, "<b>North", "veh_theft", date(2026, 7, 1));
        bulletin.add(Measure::NoPosition, NO_BEAT, "veh_theft", date(2026, 7, 1));
        let page = page(&bulletin, "Example City Police").unwrap();
        let rows: Vec<&str> = page.lines().filter(|line| line.contains("veh theft")).collect();
        assert_eq!(
            rows[0],
            "<tr><td>veh theft</td><td>7</td><td>7</td><td>20</td><td>0</td><td>20</td><td>20</td><td>0 %</td><td>1</td><td>5 %</td></tr>"
        );
        assert!(page.contains("<h2>Beat: &lt;b&gt;North</h2>") && !page.contains("<b>North"));
        assert!(page.contains("<td>without a position</td><td>1</td><td>1</td><td>1</td>"));
        assert!(page.contains("to 2026-07-05</title>"));
    }
}
