//! What stood at the last summary, as tables: revocations against the clock of ten business days, surveys of the month.
use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use updates::standing::{OpenRevocation, Revocations, SurveyCount, Surveys, percent};
use updates::summary::Summary;
use updates::task::business_days_left;

/// Fewer answers than this are not shown.
const FEW: u64 = updates::effect::SMALLEST_SHOWN as u64;

/// Revocations that are not in force yet, what is overdue first, and how the others were honoured.
pub(super) fn revocations(summary: &Summary) -> String {
    let Revocations { as_of, zone, open, honoured, longest_seconds } = &summary.revocations;
    // Days are the department's: by another clock one that is due in the evening would seem to have a day more.
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let mut text = format!("Revocations as of the night after {}\n\n", summary.to);
    if open.is_empty() {
        text += "none open\n";
    }
    let mut open: Vec<&OpenRevocation> = open.iter().collect();
    open.sort_by_key(|one| (!one.overdue, one.due_at));
    for OpenRevocation { id, unclear, received_at, due_at, overdue } in open {
        let day = |at: &Timestamp| at.to_zoned_datetime(zone.clone()).date();
        let standing = if *overdue {
            "OVERDUE".to_owned()
        } else {
            match business_days_left(*as_of, *due_at, &zone) {
                0 => "due today".to_owned(),
                1 => "1 business day left".to_owned(),
                left => format!("{left} business days left"),
            }
        };
        let what =
            if *unclear { "a reply that somebody has to read: GET /v1/tasks" } else { "not in force yet" };
        let _ =
            writeln!(text, "{standing:21} received {} due {}  {id}  {what}", day(received_at), day(due_at));
    }
    let (hours, minutes) = (longest_seconds / 3600, longest_seconds / 60 % 60);
    let _ = writeln!(
        text,
        "\n{honoured} in force, this month and the last; the longest took {hours} h {minutes} min"
    );
    text
}

/// Surveys of the month by call type and by language. Few answers are not shown: whoever gave them could be known.
pub(super) fn surveys(summary: &Summary) -> String {
    let Surveys { month, counts, .. } = &summary.surveys;
    let mut text = format!("Surveys sent in {month}, as of the night after {}\n", summary.to);
    if counts.is_empty() {
        return text + "\nnone\n";
    }
    let by = |name: fn(&SurveyCount) -> String| {
        let mut sums: BTreeMap<String, SurveyCount> = BTreeMap::new();
        for count in counts {
            sums.entry(name(count)).or_default().add(count);
        }
        sums
    };
    let tables = [
        ("call type", by(|count| count.call_type.clone())),
        ("language", by(|count| count.language.clone())),
    ];
    // A single row left out could be had from the total.
    let few = |sums: &BTreeMap<String, SurveyCount>| sums.values().filter(|sum| is_few(sum)).count();
    let has_total = tables.iter().all(|(_, sums)| few(sums) != 1);
    let total = has_total.then(|| ("all", by(|_| "all".into())));
    for (title, sums) in tables.into_iter().chain(total) {
        let _ = writeln!(
            text,
            "\n{title:12} {:>6} {:>9} {:>6} {:>7} {:>9}  1 (poor) to 5",
            "sent", "answered", "rate", "mean", "comments"
        );
        for (name, sum) in sums {
            text.push_str(&line(&name, &sum));
        }
    }
    text
}

/// Whether so few answered that one of them could be told apart.
fn is_few(sum: &SurveyCount) -> bool {
    (1..FEW).contains(&sum.answered)
}

fn line(name: &str, sum: &SurveyCount) -> String {
    let few = is_few(sum);
    let shown = |count: u64| if few { "few".to_owned() } else { count.to_string() };
    let points: u64 = sum.scores().iter().zip(1..).map(|(count, score)| count * score).sum();
    // Exact to a hundredth: no more is meant.
    let mean = (points * 100 + sum.answered / 2).checked_div(sum.answered).filter(|_| !few);
    let mean = mean.map_or_else(|| "-".to_owned(), |mean| format!("{}.{:02}", mean / 100, mean % 100));
    let rate =
        if few || sum.sent == 0 { "-".to_owned() } else { format!("{} %", percent(sum.answered, sum.sent)) };
    // With total and mean beside it, a score that few gave could be worked out from the others: all of them or none.
    let is_whole = !few && !sum.scores().iter().any(|count| (1..FEW).contains(count));
    let scores = sum.scores().map(|count| if is_whole { count.to_string() } else { "-".to_owned() });
    format!(
        "{name:12} {:6} {:>9} {rate:>6} {mean:>7} {:>9}  {}\n",
        sum.sent,
        shown(sum.answered),
        shown(sum.comments),
        scores.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        serde_json::from_value(serde_json::json!({
            "from": "2026-07-07", "to": "2026-07-07", "policy": "p", "updates": [], "tasks": {}, "effect": {},
            "revocations": {"as_of": "2026-07-08T08:30:00Z", "zone": "America/Chicago", "honoured": 7, "longest_seconds": 7260, "open": [
                {"id": "a1", "unclear": true, "received_at": "2026-06-20T09:00:00Z", "due_at": "2026-07-03T09:00:00Z", "overdue": true},
                {"id": "b2", "unclear": false, "received_at": "2026-07-07T01:00:00Z", "due_at": "2026-07-21T01:00:00Z"}]},
            "surveys": {"month": "2026-07", "counts": [
                {"call_type": "LARCENY", "language": "en", "sent": 20, "answered": 8, "comments": 3, "score_4": 2, "score_5": 6},
                {"call_type": "MVA", "language": "en", "sent": 30, "answered": 11, "comments": 5, "score_3": 5, "score_5": 6},
                {"call_type": "NOISE", "language": "es", "sent": 4, "answered": 1, "score_1": 1}]}}))
        .unwrap()
    }

    #[test]
    fn what_is_overdue_stands_out() {
        insta::assert_snapshot!(revocations(&summary()), @r"
        Revocations as of the night after 2026-07-07

        OVERDUE               received 2026-06-20 due 2026-07-03  a1  a reply that somebody has to read: GET /v1/tasks
        8 business days left  received 2026-07-06 due 2026-07-20  b2  not in force yet

        7 in force, this month and the last; the longest took 2 h 1 min
        ");
    }

    #[test]
    fn few_answers_are_not_shown() {
        insta::assert_snapshot!(surveys(&summary()), @r"
        Surveys sent in 2026-07, as of the night after 2026-07-07

        call type      sent  answered   rate    mean  comments  1 (poor) to 5
        LARCENY          20         8   40 %    4.75         3  - - - - -
        MVA              30        11   37 %    4.09         5  0 0 5 0 6
        NOISE             4       few      -       -       few  - - - - -

        language       sent  answered   rate    mean  comments  1 (poor) to 5
        en               50        19   38 %    4.37         8  - - - - -
        es                4       few      -       -       few  - - - - -
        ");
    }
}
