//! The CSV twin of a public map, for portals that read tables: the same columns, the cell as well-known text, and a
//! date without zone, as Socrata's calendar dates want it.
use std::fmt::Write;

use crate::geojson::degrees;
use crate::public::Feature;

/// Media type of the text.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

/// The same without its parameter, as catalogues name it.
pub const BARE_MEDIA_TYPE: &str = "text/csv";

/// The columns. They keep their names for ever: a portal's data set hangs on them.
pub const COLUMNS: &str =
    "geohash,category,window_days,count_band,class,confidence,trend,rank_band,as_of,wkt";

/// One row a feature, in the order given (by geohash); withheld values are empty.
pub fn csv(features: &[Feature]) -> String {
    let mut text = String::with_capacity(200 * features.len() + COLUMNS.len() + 1);
    let _ = writeln!(text, "{COLUMNS}");
    for feature in features {
        let [west, south, east, north] = feature.cell.corners_e7().map(degrees);
        let confidence = feature.confidence.map(|percent| percent.to_string()).unwrap_or_default();
        let _ = writeln!(
            text,
            "{},{},{},{},{},{confidence},{},{},{}T00:00:00,\"POLYGON (({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))\"",
            feature.cell.name(),
            feature.category,
            feature.window_days,
            feature.count_band,
            feature.class.unwrap_or_default(),
            feature.trend.unwrap_or_default(),
            feature.rank_band.unwrap_or_default(),
            feature.as_of,
        );
    }
    text
}

/// What each column holds, for the portal's page about the data.
pub const DICTIONARY: &str = "\
column,type,meaning
geohash,text,\"Name of the cell. Seven characters: about 150 m square; six: about 1 km by 600 m, in place of cells with few incidents and on maps of one category\"
category,text,\"Map: all, or the group of offences it shows\"
window_days,number,\"Days counted. They end some days before as_of\"
count_band,text,\"Reported incidents in the cell, as a band. <5 (or another threshold): one or more, but fewer than that; nothing else is told of such cells. 5+: five or more\"
class,text,\"hot: the cell and its neighbours have more incidents than chance explains; cold: fewer; none: neither. Empty where the count is small\"
confidence,number,\"Of hot or cold, in percent: 90, 95 or 99, with correction for the number of cells\"
trend,text,\"Direction over the last year, where the cell is hot\"
rank_band,text,\"Place among all cells by recent incidents, as a band. Empty where the count is small\"
as_of,date,\"Date of the edition\"
wkt,text,\"The cell as a polygon in longitude and latitude (CSV only)\"
";

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Cell;

    #[test]
    fn a_row_reads_as_expected() {
        let feature = Feature {
            cell: Cell::at(-92.1005, 46.7867, 7).unwrap(),
            category: "all".into(),
            window_days: 365,
            count_band: "5-9".into(),
            class: Some("hot"),
            confidence: Some(95),
            trend: None,
            rank_band: Some("top 1 %"),
            as_of: date(2026, 7, 6),
        };
        insta::assert_snapshot!(csv(&[feature]), @r#"
        geohash,category,window_days,count_band,class,confidence,trend,rank_band,as_of,wkt
        cbqd0jq,all,365,5-9,hot,95,,top 1 %,2026-07-06T00:00:00,"POLYGON ((-92.1011353 46.7866516, -92.099762 46.7866516, -92.099762 46.7880249, -92.1011353 46.7880249, -92.1011353 46.7866516))"
        "#);
    }

    #[test]
    fn the_dictionary_has_every_column_in_order() {
        let named = DICTIONARY.lines().skip(1).map(|line| line.split(',').next().unwrap());
        assert_eq!(named.collect::<Vec<_>>().join(","), COLUMNS);
    }
}
