//! The hottest cells, read back from the internal table that the nightly run wrote.
use std::fmt::Write;

use hotspot::{Cell, label};
use serde::Deserialize;

/// A row of `cells/{date}/{category}.csv`, as far as it is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Place {
    geohash: String,
    count_train: u64,
    #[serde(rename = "S_i")]
    around: u64,
    gi_z: f64,
    q: f64,
    q_binom: f64,
    #[serde(rename = "rec_H180")]
    recency: f64,
}

/// The `count` cells that rank first: by recency-weighted count, ties by name.
pub(crate) fn hottest(csv: &[u8], count: usize) -> anyhow::Result<Vec<Place>> {
    let mut places: Vec<Place> = csv::Reader::from_reader(csv).deserialize().collect::<Result<_, _>>()?;
    places.sort_by(|a, b| b.recency.total_cmp(&a.recency).then_with(|| a.geohash.cmp(&b.geohash)));
    places.truncate(count);
    Ok(places)
}

/// The table as it is printed.
pub(crate) fn tell(places: &[Place]) -> String {
    let mut told = String::from(
        "  cell     middle                reports in a year   with the cells around it   label\n",
    );
    for place in places {
        let middle = Cell::named(&place.geohash).map_or_else(
            |_| "unknown".to_owned(),
            |cell| {
                let (longitude, latitude) = cell.centre();
                format!("{latitude:.4}, {longitude:.4}")
            },
        );
        let bin = label::joint_bin(place.gi_z, place.q, place.q_binom);
        let label = label::confidence(bin).map_or_else(
            || "no more than chance".to_owned(),
            |percent| format!("hot at {percent} % (z {:.1})", place.gi_z),
        );
        let Place { geohash, count_train, around, .. } = place;
        // Writing to a String cannot fail.
        let _ = writeln!(told, "  {geohash}  {middle:20}  {count_train:17}   {around:24}   {label}");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"geohash,count_train,c_i,S_i,gi_z,p,q,rec_H180,kde150,p_binom,q_binom
cbm2m1b,41,9,130,11.25,0,0,55.5,1,0,0
cbm2m1c,40,9,128,11.5,0,0,60.25,1,0,0
cbm2m1d,2,9,6,0.5,0.6,0.9,60.25,1,0.4,0.8
cbm2m1e,0,9,6,0.5,0.6,0.9,0,1,0.4,0.8
";

    #[test]
    fn cells_rank_by_recent_reports_and_ties_by_name() {
        let names: Vec<String> = hottest(TABLE, 3).unwrap().into_iter().map(|place| place.geohash).collect();
        assert_eq!(names, ["cbm2m1c", "cbm2m1d", "cbm2m1b"]);
    }

    #[test]
    fn the_table_reads_plainly() {
        insta::assert_snapshot!(tell(&hottest(TABLE, 3).unwrap()), @r#"
        cell     middle                reports in a year   with the cells around it   label
        cbm2m1c  46.4605, -93.6454                    40                        128   hot at 99 % (z 11.5)
        cbm2m1d  46.4591, -93.6440                     2                          6   no more than chance
        cbm2m1b  46.4605, -93.6468                    41                        130   hot at 99 % (z 11.2)
        "#);
    }
}
