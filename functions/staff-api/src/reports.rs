//! `GET /v1/reports/{name}`: what commanders print: training that is due, coaching and goals, a year's record of each
//! officer, the yearly evaluation of early intervention itself, and how a night's reviews fall on groups of officers. None
//! holds anybody's score: a score is for coaching, and a table of scores is a ranking.
mod evaluation;
mod officers;

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use eis::fairness::FairnessReport;
use serde::Serialize;
use startup::http::{Answer, Fault};

use crate::caller::Caller;
use crate::page::{Page, cursor, filter};
use crate::route::Route;
use crate::scope::reach;
use crate::{Context, Reply, forbidden, not_found};

#[derive(Serialize)]
struct Table<'a, T> {
    report: &'a str,
    rows: &'a [T],
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What a report is about.
struct Asked<'a> {
    page: Page,
    /// A year, for reports about one.
    year: i16,
    csv: bool,
    unit: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn of(context: &Context, request: &'a ApiGatewayV2httpRequest) -> Result<Self, Answer> {
        let query = &request.query_string_parameters;
        let this_year = context.today().1.year();
        let year = match query.first("year") {
            None => this_year,
            Some(text) => text
                .parse()
                .ok()
                .filter(|year| (2000..=this_year).contains(year))
                .ok_or_else(|| wrong_year(this_year))?,
        };
        let csv = filter(request, "format", &["json", "csv"])? == Some("csv");
        Ok(Self { page: Page::of(request)?, year, csv, unit: query.first("unit") })
    }
}

fn wrong_year(this_year: i16) -> Answer {
    let detail = format!("year must be a number from 2000 to {this_year}");
    let fault = Fault { index: None, pointer: "/year".into(), code: "invalid", detail: detail.clone() };
    Answer::problem(400, "Wrong query", &detail, &[fault])
}

pub(crate) async fn show(
    context: &Context,
    caller: &Caller,
    name: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let route = Route::Report { name: name.into() };
    let reach = match reach(context, caller, &route).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let asked = match Asked::of(context, request) {
        Ok(asked) => asked,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    if matches!(name, "evaluation" | "fairness") {
        if !caller.is_any(route.full_roles()) {
            return Ok(Reply::refusal(forbidden("this report is for commanders and internal affairs")));
        }
        if name == "fairness" {
            return fairness(context).await;
        }
        let rows = evaluation::rows(context, asked.year).await?;
        return Ok(Reply { answer: table(name, &rows, None, asked.csv)?, about: Vec::new() });
    }
    let (people, next) = officers::page(context, &reach, &asked).await?;
    let about = people.iter().map(|person| person.officer_id.clone()).collect();
    let next = next.map(|id| cursor(&id));
    let answer = match name {
        "training" => table(name, &officers::training(context, &people).await?, next, asked.csv)?,
        "coaching" => table(name, &officers::coaching(context, &people).await?, next, asked.csv)?,
        "year" => table(name, &officers::year(context, &people, asked.year).await?, next, asked.csv)?,
        _ => not_found(),
    };
    Ok(Reply { answer, about })
}

/// How the last night's reviews fall on units, rank classes, shifts and years of service.
async fn fairness(context: &Context) -> anyhow::Result<Reply> {
    let Some(run) = context.personnel.last_run().await? else { return Ok(Reply::refusal(not_found())) };
    let found: Option<Option<FairnessReport>> = context.personnel.beside(&run, "FAIRNESS").await?;
    Ok(match found.flatten() {
        Some(report) => Reply { answer: Answer::json(200, &report), about: Vec::new() },
        None => Reply::refusal(not_found()),
    })
}

/// The rows as JSON, or as a table with a header row; where a table goes on, a header says after what.
fn table<T: Serialize>(name: &str, rows: &[T], next: Option<String>, csv: bool) -> anyhow::Result<Answer> {
    if !csv {
        return Ok(Answer::json(200, &Table { report: name, rows, next }));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    let body = without_formulas(&writer.into_inner()?)?;
    let answer = Answer { status: 200, media_type: "text/csv; charset=utf-8", headers: Vec::new(), body };
    Ok(match next {
        Some(next) => answer.header("precinct-next", next),
        None => answer,
    })
}

/// The same table with a quote before whatever a spreadsheet would take for a formula: names and words come from other
/// systems, and the table is opened on a commander's desk.
fn without_formulas(table: &[u8]) -> anyhow::Result<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        writer.write_record(record?.iter().map(|cell| {
            let is_formula =
                cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
            if is_formula { format!("'{cell}") } else { cell.to_owned() }
        }))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: &str, expected: &str) {
        assert_eq!(without_formulas(table.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn nothing_in_a_table_is_a_formula() {
        check("name,topic\nAda,\"=cmd|x,1\"\n", "name,topic\nAda,\"'=cmd|x,1\"\n");
        check("a,b\n@SUM(A1),+1 more\n", "a,b\n'@SUM(A1),'+1 more\n");
        check("a,b\n-1.5,two = 2\n", "a,b\n-1.5,two = 2\n");
    }
}
