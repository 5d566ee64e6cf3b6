//! What makes the alarms ring that count lines of a log: the line as a deployed function writes it, the filter and the alarm
//! of the template. CloudWatch joins them by names alone, and the emulator evaluates no filters.
use fuzz::overheard::Overheard;
use serde_json::Value;

use crate::template::source::of_type;

/// The lines that functions write from now on, in this thread and in the form of a deployed function.
pub(crate) fn listen() -> (Overheard, tracing::subscriber::DefaultGuard) {
    let heard = Overheard::default();
    let lines = startup::logging::subscriber("error".parse().unwrap(), heard.clone());
    (heard, tracing::subscriber::set_default(lines))
}

/// Holds that `lines` make `alarm` ring: a line whose `alarm` is `word` is what the filter of `log` counts, into the metric of that alarm.
#[track_caller]
pub(crate) fn rings(alarm: &str, log: &str, word: &str, lines: &str) {
    let filters = of_type("AWS::Logs::MetricFilter");
    let (_, filter) = filters.iter().find(|(_, filter)| filter["LogGroupName"]["Ref"] == log).unwrap();
    assert_eq!(filter["FilterPattern"], r#"{ $.alarm = "*" }"#, "the pattern that the next line stands for");
    let said = |line: &str| serde_json::from_str::<Value>(line).unwrap()["alarm"] == word;
    assert!(lines.lines().any(said), "no line says {word}: {lines}");
    let counted = &filter["MetricTransformations"][0];
    let alarms = of_type("AWS::CloudWatch::Alarm");
    let (_, rung) = alarms.iter().find(|(name, _)| *name == alarm).unwrap();
    assert_eq!(
        (&rung["Namespace"], &rung["MetricName"]),
        (&counted["MetricNamespace"], &counted["MetricName"])
    );
    assert_eq!(counted["MetricValue"], "1");
}

#[test]
fn every_filter_has_a_flow_that_makes_its_alarm_ring() {
    let filters = of_type("AWS::Logs::MetricFilter");
    let logs: Vec<&str> =
        filters.iter().map(|(_, filter)| filter["LogGroupName"]["Ref"].as_str().unwrap()).collect();
    // The tests that call `rings`.
    assert_eq!(logs, ["SendUpdatesLog", "SweepUpdatesLog"]);
}
