//! Three years of reported crime: a dozen hot places, neighbourhoods around them, seasons, hours, and the
//! dirt that real extracts carry.
use std::fmt::Write;

use hotspot::StudyArea;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use super::random::Random;
use super::{CRIME_YEARS, City};

/// The columns of the file, as `precinct import crime --columns` names them.
pub const COLUMNS: &str = "id=id,from=occurred_at,offence=offence,lon=longitude,lat=latitude";
/// Reports a year: about 89 for each thousand inhabitants.
const A_YEAR: usize = 8_000;
const HOT_PLACES: usize = 12;
const NEIGHBOURHOODS: usize = 25;
/// Share of rows with something wrong.
const DIRTY: f64 = 0.01;
/// Standard deviations in metres.
const HOT_SPREAD: f64 = 70.0;
const NEIGHBOURHOOD_SPREAD: f64 = 700.0;
/// Metres in a degree of latitude.
const DEGREE: f64 = 111_195.0;

/// An offence as the records system words it: share of all reports, share at hot places, whether it happens
/// at night, and how much more of it summer brings.
struct Offence(&'static str, f64, f64, bool, f64);

const OFFENCES: [Offence; 12] = [
    Offence("Larceny", 0.22, 0.35, false, 0.15),
    Offence("Shoplifting", 0.12, 0.80, false, 0.0),
    Offence("Theft From Vehicle", 0.14, 0.30, true, 0.25),
    Offence("Motor Vehicle Theft", 0.06, 0.20, true, 0.15),
    Offence("Burglary Residential", 0.05, 0.10, false, 0.20),
    Offence("Burglary Non-Residential", 0.03, 0.30, true, 0.05),
    Offence("Vandalism", 0.13, 0.30, true, 0.25),
    Offence("Simple Assault", 0.11, 0.40, true, 0.20),
    Offence("Aggravated Assault", 0.03, 0.45, true, 0.25),
    Offence("Robbery", 0.02, 0.55, true, 0.15),
    Offence("Fraud", 0.06, 0.10, false, 0.0),
    Offence("Trespass", 0.03, 0.55, true, 0.10),
];

/// A place that draws crime; `from` and `until` are shares of the three years.
struct Place {
    at: [f64; 2],
    weight: f64,
    spread: f64,
    from: f64,
    until: f64,
}

struct Row {
    at: Timestamp,
    offence: &'static str,
    point: [f64; 2],
}

pub(super) fn csv(city: &City, area: &StudyArea) -> String {
    let mut random = Random::new(city.seed, "crime");
    let hot = places(city, area, "hot-places", HOT_PLACES, HOT_SPREAD);
    let around = places(city, area, "neighbourhoods", NEIGHBOURHOODS, NEIGHBOURHOOD_SPREAD);
    let shares: Vec<f64> = OFFENCES.iter().map(|offence| offence.1).collect();
    let mut rows: Vec<Row> = (0..A_YEAR * CRIME_YEARS as usize)
        .map(|_| {
            let offence = &OFFENCES[random.weighted(&shares)];
            let (share, at) = moment(city, offence, &mut random);
            let places = if random.chance(offence.2) { &hot } else { &around };
            Row { at, offence: offence.0, point: point(area, places, share, &mut random) }
        })
        .collect();
    rows.sort_by_key(|row| row.at);
    write(city, &rows)
}

/// Places inside the area. The first fades out, the last comes up in the last five months.
fn places(city: &City, area: &StudyArea, name: &str, count: usize, spread: f64) -> Vec<Place> {
    let mut random = Random::new(city.seed, name);
    (0..count)
        .map(|number| Place {
            at: anywhere(area, &mut random),
            // Crime concentrates: the second place has two thirds of the first, and so on.
            weight: 1.0 / (1.0 + 0.5 * number as f64),
            spread,
            from: if number + 1 == count && count == HOT_PLACES { 0.86 } else { 0.0 },
            until: if number == 0 && count == HOT_PLACES { 0.55 } else { 1.0 },
        })
        .collect()
}

fn anywhere(area: &StudyArea, random: &mut Random) -> [f64; 2] {
    let [west, south, east, north] = area.bounds();
    loop {
        let point = [random.between(west, east), random.between(south, north)];
        if area.contains(point[0], point[1]) {
            return point;
        }
    }
}

/// Around a place that is active at this share of the three years; one report in ten falls anywhere.
fn point(area: &StudyArea, places: &[Place], share: f64, random: &mut Random) -> [f64; 2] {
    let active = |place: &Place| if (place.from..place.until).contains(&share) { place.weight } else { 0.0 };
    let weights: Vec<f64> = places.iter().map(active).collect();
    if random.chance(0.1) {
        return block(anywhere(area, random));
    }
    let place = &places[random.weighted(&weights)];
    loop {
        let metres = [random.normal() * place.spread, random.normal() * place.spread];
        let latitude = place.at[1] + metres[1] / DEGREE;
        let narrowing = libm::cos(latitude.to_radians());
        let point = block([place.at[0] + metres[0] / (DEGREE * narrowing), latitude]);
        if area.contains(point[0], point[1]) {
            return point;
        }
    }
}

/// Cities publish the hundred-block, not the house: positions snap to about 35 metres.
fn block([longitude, latitude]: [f64; 2]) -> [f64; 2] {
    [libm::round(longitude * 2_200.0) / 2_200.0, libm::round(latitude * 3_200.0) / 3_200.0]
}

/// When: season by month, hour by offence. Gives the share of the three years as well.
fn moment(city: &City, offence: &Offence, random: &mut Random) -> (f64, Timestamp) {
    let start = city.last_day.saturating_sub(Span::new().years(CRIME_YEARS)).saturating_add(1.day());
    let days = (city.last_day.duration_since(start).as_hours() / 24 + 1) as f64;
    loop {
        let share = random.unit();
        let day = start.saturating_add(((share * days) as i64).days());
        // Warmest in mid-July; a slow rise of 4 % a year.
        let season = 1.0 + offence.4 * libm::cos((day_of_year(day) - 196.0) / 365.25 * std::f64::consts::TAU);
        if random.chance(season * (1.0 + 0.12 * share) / ((1.0 + offence.4) * 1.12)) {
            return (share, clock(day, hour(offence.3, random), &city.zone, random));
        }
    }
}

fn day_of_year(day: Date) -> f64 {
    f64::from(day.day_of_year())
}

/// Around 15:00, or around 23:00 for what happens at night; one report in ten at any hour.
fn hour(night: bool, random: &mut Random) -> i8 {
    if random.chance(0.1) {
        return random.below(24) as i8;
    }
    let middle = if night { 23.0 } else { 15.0 };
    let drawn = libm::floor(middle + 3.5 * random.normal()) as i64;
    drawn.rem_euclid(24) as i8
}

fn clock(day: Date, hour: i8, zone: &TimeZone, random: &mut Random) -> Timestamp {
    let time = Time::new(hour, random.below(60) as i8, 0, 0).unwrap_or(Time::midnight());
    zone.to_timestamp(day.to_datetime(time)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn write(city: &City, rows: &[Row]) -> String {
    let mut random = Random::new(city.seed, "dirt");
    let mut file = String::from("id,occurred_at,offence,longitude,latitude\n");
    for (number, row) in rows.iter().enumerate() {
        let fields = Fields {
            id: format!("S-{:06}", number + 1),
            at: row.at.strftime("%Y-%m-%d %H:%M:%S+00").to_string(),
            offence: row.offence.to_owned(),
            position: [format!("{:.6}", row.point[0]), format!("{:.6}", row.point[1])],
        };
        let fields = if random.chance(DIRTY) { soil(fields, number, &mut random) } else { fields };
        let Fields { id, at, offence, position: [longitude, latitude] } = fields;
        // Writing to a String cannot fail.
        let _ = writeln!(file, "{id},{at},{offence},{longitude},{latitude}");
    }
    file
}

struct Fields {
    id: String,
    at: String,
    offence: String,
    position: [String; 2],
}

/// What is wrong in real extracts: no position, 0/0, another projection's feet, a repeated id, no date, no
/// offence.
fn soil(mut fields: Fields, number: usize, random: &mut Random) -> Fields {
    match random.weighted(&[0.35, 0.1, 0.15, 0.2, 0.1, 0.1]) {
        0 => fields.position = [String::new(), String::new()],
        1 => fields.position = ["0".to_owned(), "0".to_owned()],
        2 => fields.position = ["2746300.0".to_owned(), "410250.5".to_owned()],
        3 => fields.id = format!("S-{number:06}"),
        4 => fields.at = String::new(),
        _ => fields.offence = String::new(),
    }
    fields
}
