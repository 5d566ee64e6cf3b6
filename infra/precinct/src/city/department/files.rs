//! Writes a department as the folder that `precinct import personnel` reads, with the truth beside it. Only what was
//! known by the last day is written.
use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use super::{Department, History};

/// One file under construction.
struct Sheet {
    writer: csv::Writer<std::fs::File>,
    rows: usize,
}

impl Sheet {
    fn new(folder: &Path, name: &str, header: &[&str]) -> Result<Self> {
        let path = folder.join(name);
        let mut writer =
            csv::Writer::from_path(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        writer.write_record(header)?;
        Ok(Self { writer, rows: 0 })
    }

    fn row(&mut self, fields: &[&str]) -> Result<()> {
        self.rows += 1;
        Ok(self.writer.write_record(fields)?)
    }

    fn finish(mut self) -> Result<usize> {
        self.writer.flush()?;
        Ok(self.rows)
    }
}

pub(super) fn write(department: &Department, history: &History, folder: &Path) -> Result<usize> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let last_day = department.last_day;
    let rows = [
        officers(history, folder)?,
        exposure(history, folder)?,
        reports(history, last_day, folder)?,
        praise(history, last_day, folder)?,
        courses(history, last_day, folder)?,
    ];
    let mut sheet = Sheet::new(folder, "truth.csv", &["subject", "kind", "detail"])?;
    for truth in &history.truth {
        sheet.row(&[&truth.subject, truth.kind, &truth.detail])?;
    }
    sheet.finish()?;
    Ok(rows.iter().sum())
}

fn officers(history: &History, folder: &Path) -> Result<usize> {
    let header = [
        "officer_id",
        "effective_on",
        "hired_on",
        "rank",
        "unit",
        "shift",
        "supervisor_id",
        "active",
        "employee_type",
        "name",
        "email",
        "subject",
    ];
    let mut sheet = Sheet::new(folder, "officers.csv", &header)?;
    for person in &history.people {
        let kind = if person.sworn { "sworn" } else { "civilian" };
        let address = format!("{}@police.example.gov", person.id.to_lowercase());
        for post in &person.posts {
            let supervisor = post.supervisor.map_or("", |place| history.people[place].id.as_str());
            sheet.row(&[
                &person.id,
                &post.from.to_string(),
                &post.hired_on.to_string(),
                post.rank,
                &post.unit,
                post.shift,
                supervisor,
                if post.active { "true" } else { "false" },
                kind,
                &person.name,
                &address,
                &address,
            ])?;
        }
    }
    sheet.finish()
}

fn exposure(history: &History, folder: &Path) -> Result<usize> {
    let header = ["officer_id", "date", "hours", "calls", "arrests", "stops", "miles"];
    let mut sheet = Sheet::new(folder, "exposure.csv", &header)?;
    for duty in &history.duty {
        let counts = [duty.calls, duty.arrests, duty.stops, duty.miles].map(|count| count.to_string());
        let [calls, arrests, stops, miles] = &counts;
        sheet.row(&[
            &duty.officer,
            &duty.day.to_string(),
            &duty.hours.to_string(),
            calls,
            arrests,
            stops,
            miles,
        ])?;
    }
    sheet.finish()
}

fn reports(history: &History, last_day: Date, folder: &Path) -> Result<usize> {
    let header =
        ["event_id", "officer_id", "indicator", "occurred_on", "reported_on", "severity", "scene_id"];
    let mut events = Sheet::new(folder, "events.csv", &header)?;
    let mut findings = Sheet::new(folder, "findings.csv", &["event_id", "finding", "closed_on"])?;
    let mut voided = Sheet::new(folder, "voided.csv", &["event_id", "voided_on"])?;
    for report in history.reports.iter().filter(|report| report.reported <= last_day) {
        let severity = report.severity.map(|level| level.to_string()).unwrap_or_default();
        let (occurred, reported) = (report.occurred.to_string(), report.reported.to_string());
        let scene = report.scene.as_deref().unwrap_or_default();
        events.row(&[
            &report.id,
            &report.officer,
            report.indicator,
            &occurred,
            &reported,
            &severity,
            scene,
        ])?;
        if let Some((finding, closed)) = report.finding.filter(|(_, closed)| *closed <= last_day) {
            findings.row(&[&report.id, finding, &closed.to_string()])?;
        }
        if let Some(day) = report.voided.filter(|day| *day <= last_day) {
            voided.row(&[&report.id, &day.to_string()])?;
        }
    }
    Ok(events.finish()? + findings.finish()? + voided.finish()?)
}

fn praise(history: &History, last_day: Date, folder: &Path) -> Result<usize> {
    let mut sheet = Sheet::new(folder, "commendations.csv", &["officer_id", "date", "kind"])?;
    for praise in history.praise.iter().filter(|praise| praise.day <= last_day) {
        sheet.row(&[&praise.officer, &praise.day.to_string(), praise.kind])?;
    }
    sheet.finish()
}

fn courses(history: &History, last_day: Date, folder: &Path) -> Result<usize> {
    let header = ["officer_id", "course", "due_on", "required_on"];
    let mut required = Sheet::new(folder, "training_required.csv", &header)?;
    let header = ["officer_id", "course", "completed_on", "hours", "result"];
    let mut completed = Sheet::new(folder, "training_completed.csv", &header)?;
    for course in history.courses.iter().filter(|course| course.required <= last_day) {
        required.row(&[
            &course.officer,
            &course.course,
            &course.due.to_string(),
            &course.required.to_string(),
        ])?;
        if let Some(day) = course.taken {
            completed.row(&[
                &course.officer,
                &course.course,
                &day.to_string(),
                &course.hours.to_string(),
                "passed",
            ])?;
        }
    }
    Ok(required.finish()? + completed.finish()?)
}
