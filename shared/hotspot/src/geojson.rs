//! GeoJSON text of the public layer (RFC 7946): the same features give the same bytes.
use std::fmt::Write;

use serde::Serialize;

use crate::public::Feature;

/// Media type of the text.
pub const MEDIA_TYPE: &str = "application/geo+json";

/// The properties, in the order in which they are written.
#[derive(Serialize)]
struct Properties<'a> {
    geohash: &'a str,
    category: &'a str,
    window_days: u16,
    count_band: &'a str,
    class: Option<&'a str>,
    confidence: Option<u8>,
    trend: Option<&'a str>,
    rank_band: Option<&'a str>,
    as_of: jiff::civil::Date,
}

/// A FeatureCollection, one feature a line, in the order given (by geohash). Rings run counter-clockwise from
/// the south-west corner; coordinates have at most seven decimals; no `crs` member, no wall clock.
pub fn collection(features: &[Feature]) -> String {
    let mut text = String::with_capacity(400 * features.len() + 100);
    text.push_str("{\"type\":\"FeatureCollection\"");
    if let Some([west, south, east, north]) = bounds(features) {
        let _ = write!(
            text,
            ",\"bbox\":[{},{},{},{}]",
            degrees(west),
            degrees(south),
            degrees(east),
            degrees(north)
        );
    }
    text.push_str(",\"features\":[");
    for (i, feature) in features.iter().enumerate() {
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        push_feature(&mut text, feature);
    }
    text.push_str("\n]}\n");
    text
}

fn push_feature(text: &mut String, feature: &Feature) {
    let name = feature.cell.name();
    let [west, south, east, north] = feature.cell.corners_e7().map(degrees);
    let properties = Properties {
        geohash: &name,
        category: &feature.category,
        window_days: feature.window_days,
        count_band: &feature.count_band,
        class: feature.class,
        confidence: feature.confidence,
        trend: feature.trend,
        rank_band: feature.rank_band,
        as_of: feature.as_of,
    };
    let properties = serde_json::to_string(&properties).expect("strings, numbers and nulls are always JSON");
    let _ = write!(
        text,
        "{{\"type\":\"Feature\",\"id\":\"{name}\",\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":\
         [[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}},\
         \"properties\":{properties}}}"
    );
}

/// What stands in place of an edition that was withdrawn: a collection without features that says so.
pub const WITHDRAWN: &str = "{\"type\":\"FeatureCollection\",\"withdrawn\":true,\"features\":[]}\n";

/// West, south, east, north of all features, in 10^-7 degrees.
fn bounds(features: &[Feature]) -> Option<[i64; 4]> {
    features.iter().map(|feature| feature.cell.corners_e7()).reduce(
        |[w, s, e, n], [west, south, east, north]| [w.min(west), s.min(south), e.max(east), n.max(north)],
    )
}

/// Units of 10^-7 degrees as decimal degrees, without trailing zeros.
pub(crate) fn degrees(e7: i64) -> String {
    let (whole, part) = (e7.unsigned_abs() / 10_000_000, e7.unsigned_abs() % 10_000_000);
    let sign = if e7 < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{part:07}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn feature(cell: Cell) -> Feature {
        Feature {
            cell,
            category: "all".into(),
            window_days: 365,
            count_band: "<5".into(),
            class: None,
            confidence: None,
            trend: None,
            rank_band: None,
            as_of: date(2026, 7, 6),
        }
    }

    #[test]
    fn a_feature_reads_as_expected() {
        let hot = Feature {
            count_band: "50-99".into(),
            class: Some("hot"),
            confidence: Some(99),
            rank_band: Some("top 1 %"),
            ..feature(Cell::at(-92.1005, 46.7867, 7).unwrap())
        };
        insta::assert_snapshot!(collection(&[hot]), @r#"
        {"type":"FeatureCollection","bbox":[-92.1011353,46.7866516,-92.099762,46.7880249],"features":[
        {"type":"Feature","id":"cbqd0jq","geometry":{"type":"Polygon","coordinates":[[[-92.1011353,46.7866516],[-92.099762,46.7866516],[-92.099762,46.7880249],[-92.1011353,46.7880249],[-92.1011353,46.7866516]]]},"properties":{"geohash":"cbqd0jq","category":"all","window_days":365,"count_band":"50-99","class":"hot","confidence":99,"trend":null,"rank_band":"top 1 %","as_of":"2026-07-06"}}
        ]}
        "#);
    }

    #[test]
    fn an_empty_map_is_an_empty_collection() {
        assert_eq!(collection(&[]), "{\"type\":\"FeatureCollection\",\"features\":[\n]}\n");
    }

    #[track_caller]
    fn check(e7: i64, expected: &str) {
        assert_eq!(degrees(e7), expected);
    }

    #[test]
    fn degrees_keep_their_sign_and_lose_trailing_zeros() {
        check(-921_005_000, "-92.1005");
        check(-1, "-0.0000001");
        check(1_800_000_000, "180");
        check(0, "0");
    }

    proptest! {
        #[test]
        fn rings_close_wind_counter_clockwise_and_carry_the_same_keys(lon in -179.9..179.9f64, lat in -89.9..89.9f64, precision in 5u8..=8) {
            let cell = Cell::at(lon, lat, precision).unwrap();
            let text = collection(&[feature(cell)]);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let one = &value["features"][0];
            let ring: Vec<(f64, f64)> = serde_json::from_value(one["geometry"]["coordinates"][0].clone()).unwrap();
            prop_assert_eq!(ring.first(), ring.last());
            let twice: f64 = ring.windows(2).map(|p| (p[0].0 - lon) * (p[1].1 - lat) - (p[1].0 - lon) * (p[0].1 - lat)).sum();
            prop_assert!(twice > 0.0);
            prop_assert!(ring[0].0 <= lon + 1e-7 && lon <= ring[1].0 + 1e-7);
            prop_assert_eq!(one["properties"].as_object().unwrap().len(), 9);
            let decimals = text.split(['[', ']', ',']).filter_map(|part| part.split_once('.')).map(|(_, part)| part.len());
            prop_assert!(decimals.max() <= Some(7));
        }
    }
}
