//! What became of the updates, as tables: by kind and fate, and the tasks.
use std::fmt::Write as _;

use updates::Reason;
use updates::summary::{Fate, Row, Summary, Tasks};

/// The tables of `summary`.
pub(super) fn table(summary: &Summary) -> String {
    let mut text = format!("Updates, {} to {}; rules {}\n\n", summary.from, summary.to, summary.policy);
    for Row { fate, count } in &summary.updates {
        let Fate { kind, channel, state, reason, language } = fate;
        let why = reason.map_or("", Reason::word);
        let language = language.as_deref().unwrap_or_default();
        let row =
            format!("{count:6}  {:19} {:5} {state:10} {why:24} {language}", kind.word(), channel.word());
        let _ = writeln!(text, "{}", row.trim_end());
    }
    if summary.updates.is_empty() {
        text += "none\n";
    }
    if !summary.tasks.is_empty() {
        let _ =
            writeln!(text, "\n{:20} {:>6} {:>6} {:>6} {:>7}", "tasks", "opened", "closed", "open", "overdue");
    }
    for (kind, Tasks { opened, closed, open, overdue }) in &summary.tasks {
        let _ = writeln!(text, "{:20} {opened:6} {closed:6} {open:6} {overdue:7}", kind.word());
    }
    text
}
