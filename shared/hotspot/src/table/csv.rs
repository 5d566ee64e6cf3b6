//! The text form of a table: what the department opens, and what a test compares cell by cell.
use std::fmt::Write;

use super::CellTable;
use crate::spacetime::{SLICES, SpaceTime};

/// Columns of the text form, in order; later versions only add to the right.
pub const COLUMNS: &str = "geohash,count_train,c_i,S_i,gi_z,p,q,rec_H180,kde150,p_binom,q_binom,\
    x0,x1,x2,x3,x4,x5,x6,x7,x8,x9,x10,x11,x12,mk_s,mk_z,class_sf,class_arcgis,harm_H180";

impl CellTable<'_> {
    /// The table as CSV with [`COLUMNS`], one row per study cell in geohash order. Numbers are written so that
    /// reading them gives the same bits.
    pub fn to_csv(&self) -> String {
        let mut text = String::with_capacity(220 * self.lattice.len() + 100);
        text.push_str(COLUMNS);
        text.push('\n');
        let mut of_kind: Vec<Option<[String; 2]>> = vec![None; self.kinds.pairs().len()];
        for (i, name) in self.lattice.names().iter().enumerate() {
            text.push_str(name);
            push_count(&mut text, u64::from(self.counts[i]));
            push_count(&mut text, u64::from(self.near.members[i]));
            push_count(&mut text, self.near.sums[i]);
            let [gistar, tail] = of_kind[self.kinds.of_cell(i)].get_or_insert_with(|| {
                let numbers = |columns: &[&Vec<f64>]| {
                    let mut text = String::new();
                    for column in columns {
                        push_number(&mut text, column[i]);
                    }
                    text
                };
                [numbers(&[&self.z, &self.p, &self.q]), numbers(&[&self.p_binom, &self.q_binom])]
            });
            text.push_str(gistar);
            let start = text.len();
            push_number(&mut text, self.recency[i]);
            let score = start..text.len();
            push_number(&mut text, self.kde[i]);
            text.push_str(tail);
            match &self.space_time {
                Some(space_time) => push_slices(&mut text, space_time, i),
                None => text.extend(std::iter::repeat_n(',', SLICES + 4)),
            }
            if self.harm[i] == self.recency[i] {
                text.extend_from_within(score);
            } else {
                push_number(&mut text, self.harm[i]);
            }
            text.push('\n');
        }
        text
    }
}

/// Adds the slices of a cell, its trend and its classes.
fn push_slices(text: &mut String, space_time: &SpaceTime, cell: usize) {
    for slice in &space_time.slices {
        push_count(text, u64::from(slice.counts[cell]));
    }
    let trend = space_time.trends[cell];
    let _ = write!(text, ",{}", trend.s);
    push_number(text, trend.z);
    let classes = (space_time.persistence[cell].word(), space_time.emergence[cell].word());
    let _ = write!(text, ",{},{}", classes.0, classes.1);
}

/// Adds a comma and a count; nearly all have one digit, which needs no formatting.
fn push_count(text: &mut String, count: u64) {
    match u8::try_from(count) {
        Ok(digit @ 0..=9) => text.extend([',', char::from(b'0' + digit)]),
        _ => {
            let _ = write!(text, ",{count}");
        }
    }
}

/// Adds a comma and the shortest text that reads back as the same number; whole numbers without a point.
fn push_number(text: &mut String, number: f64) {
    let whole = number == number.trunc() && number.abs() < 1e15;
    let _ = if whole { write!(text, ",{}", number as i64) } else { write!(text, ",{number:?}") };
}
