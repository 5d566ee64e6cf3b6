//! `GET /v1/statistics/{date}`: the nightly counts by beat and category as the internal bucket has them, for a page that
//! draws a table. The same rows as the file; nobody is in them.
use anyhow::Context as _;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use startup::http::Answer;

use crate::caller::Caller;
use crate::page::refuse;
use crate::route::Route;
use crate::scope::barred;
use crate::{Context, Reply, not_found};

/// The word for the newest date.
const LATEST: &str = "latest";
/// How many days back the newest is looked for.
const LOOK_BACK: i64 = 31;
/// Columns that hold words, whatever the words look like: a beat may be called 21.
const WORDS: [&str; 3] = ["measure", "beat", "category"];

#[derive(Serialize)]
struct Statistics {
    date: Date,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

pub(crate) async fn show(context: &Context, caller: &Caller, date: &str) -> anyhow::Result<Reply> {
    if let Some(refusal) = barred(context, caller, &Route::Statistics { date: date.into() }).await? {
        return Ok(refusal);
    }
    let today = context.today().1;
    let dates: Vec<Date> = if date == LATEST {
        (0..=LOOK_BACK).map(|days| today.saturating_sub(days.days())).collect()
    } else if let Ok(date) = date.parse() {
        vec![date]
    } else {
        return Ok(Reply::refusal(refuse("date", "date must be a day such as 2026-07-04, or latest")));
    };
    for date in dates {
        if let Some(file) = context.patrol.object(&format!("stats/{date}.csv")).await? {
            let statistics = read(date, &file).with_context(|| format!("stats/{date}.csv"))?;
            return Ok(Reply::refusal(Answer::json(200, &statistics)));
        }
    }
    Ok(Reply::refusal(not_found()))
}

fn read(date: Date, file: &[u8]) -> anyhow::Result<Statistics> {
    let mut reader = csv::Reader::from_reader(file);
    let columns: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| {
        columns.iter().zip(&record).map(|(column, cell)| value(column, cell)).collect()
    };
    let rows = reader.records().map(|record| record.map(row)).collect::<Result<_, _>>()?;
    Ok(Statistics { date, columns, rows })
}

/// A number where the column counts something; nothing where the file has nothing.
fn value(column: &str, cell: &str) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    if WORDS.contains(&column) {
        return cell.into();
    }
    let number = cell.parse::<i64>().map(Value::from).or_else(|_| cell.parse::<f64>().map(Value::from));
    number.unwrap_or_else(|_| cell.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_counts_is_a_number_and_what_is_named_a_word() {
        let file = "measure,beat,category,last_7_days,change_percent\nincidents,21,larceny,12,-4.5\nincidents,\"a, b\",all,3,\n";
        let shown = read("2026-07-05".parse().unwrap(), file.as_bytes()).unwrap();
        assert_eq!(shown.columns.len(), 5);
        assert_eq!(
            shown.rows[0],
            [json!("incidents"), json!("21"), json!("larceny"), json!(12), json!(-4.5)]
        );
        assert_eq!(shown.rows[1], [json!("incidents"), json!("a, b"), json!("all"), json!(3), Value::Null]);
    }
}
