//! `precinct demo`: a day in Example City, played through the real handlers on this machine and told in plain
//! words. It posts signed HTTP like everybody else and prints only what it reads back.
//!
//! ```text
//! city (seeded) ─▶ import, posts ─▶ stack ◀─ events/demo, minute by minute, night included
//!                                     │
//!      texts, e-mails, decisions, alerts, cells ─▶ the story, target/demo/
//! ```
mod bubble;
mod callers;
mod day;
mod files;
mod load;
mod officers;
mod places;
mod read;
mod stand;

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::stack::{Options, Stack};
use callers::{Entry, Line};
use day::{Act, Step, Story};
pub(crate) use stand::stand;

/// Where everything is written, below the current directory.
const OUTPUT: &str = "target/demo";
/// The day that is played; history ends the day before.
const DAY: Date = date(2026, 7, 4);
/// The night after it: date of scores and cells.
const NIGHT: Date = date(2026, 7, 5);
/// How many cells and officers are shown in full.
const CELLS: usize = 5;
const OFFICERS: usize = 3;

/// Plays and tells the day.
pub async fn run(agency: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    let output = PathBuf::from(OUTPUT);
    files::renew(&output)?;
    let zone = startup::agency::Folder::new(agency).agency()?.zone()?;
    let stack = Stack::start(Options {
        data: Some(output.join("data")),
        agency: agency.to_owned(),
        now: Some(at(DAY, 6, &zone)?),
        live: true,
        still: true,
        ..Options::default()
    })
    .await?;
    let mut told = Told::default();
    told.say(&callers::heading("A day in Example City"));
    told.say(INTRODUCTION);
    remark!("\nLoading three years of crime and two of personnel history; this takes half a minute or so.");

    let history = load::history(&stack, agency, &output, DAY, &zone).await?;
    told.say(&history);
    let stories = day::stories()?;
    play(&stack, &day::timeline(&stories)).await?;
    end_night(&stack, &zone).await?;

    let emails = files::emails(&stack, &output)?;
    let (personnel, calls): (Vec<&Story>, Vec<&Story>) =
        stories.iter().partition(|story| story.incidents().is_empty());
    let mut held = 0;
    for story in calls {
        held += tell_story(&mut told, &stack, story, &emails, &zone).await?;
    }
    let sent = (stack.texts()?.len(), emails.len());
    told.say(&format!("\nIn all: {} texts, {} e-mails, {held} held back or overtaken.\n", sent.0, sent.1));
    let about = personnel.first().map_or("", |story| story.about.as_str());
    tell_officers(&mut told, &stack, about).await?;
    tell_places(&mut told, &stack, &output).await?;
    files::texts(&stack, &output, &zone)?;
    files::public(&stack, &output).await?;
    told.say(&closing(&output));
    files::story(&output, &told.text)?;
    show(&format!("\nPlayed and told in {:.0} s.\n", started.elapsed().as_secs_f64()));
    Ok(())
}

const INTRODUCTION: &str = "\
Everything below runs on this machine and nothing leaves it: the department, its people and
their numbers are invented. The functions are the ones that are deployed; here they run live,
with all texts taken as approved, on a copy of the agency folder.
";

/// What has been told so far: printed at once, kept for `story.txt`.
#[derive(Default)]
struct Told {
    text: String,
}

impl Told {
    fn say(&mut self, text: &str) {
        show(text);
        self.text.push_str(text);
    }
}

/// Prints; whoever reads may stop early (`| head`), the files are written all the same.
fn show(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn at(day: Date, hour: i8, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    Ok(zone.to_timestamp(day.at(hour, 0, 0, 0))?)
}

/// Plays the steps, each at its time; whatever falls due in between runs first.
async fn play(stack: &Stack, steps: &[Step]) -> anyhow::Result<()> {
    for step in steps {
        stack.set(step.at).await?;
        match &step.act {
            Act::Post { path, body } => {
                let (status, answer) = stack.post(path, body).await?;
                ensure!(status == 202, "POST {path} at {} answered {status}: {answer}", step.at);
            }
            Act::Text { text_from, body } => stack.inbound_text(text_from, body).await?,
        }
        stack.drain().await?;
    }
    Ok(())
}

/// Past the nightly runs, to the hour at which the deferred e-mails go out.
async fn end_night(stack: &Stack, zone: &TimeZone) -> anyhow::Result<()> {
    stack.set(at(NIGHT, 8, zone)?).await?;
    stack.drain().await
}

/// One story: texts, e-mails, answers and what was held back, each with its time; how many were held back.
async fn tell_story(
    told: &mut Told,
    stack: &Stack,
    story: &Story,
    emails: &[files::Filed],
    zone: &TimeZone,
) -> anyhow::Result<usize> {
    let addresses = story.addresses();
    let mut lines: Vec<Line> = Vec::new();
    for text in stack.texts()?.into_iter().filter(|text| addresses.contains(&text.to)) {
        lines.push(Line { at: text.at, entry: Entry::Text { to: text.to, words: text.body } });
    }
    for email in emails.iter().filter(|email| addresses.contains(&email.to)) {
        let (to, subject, file) = (email.to.clone(), email.subject.clone(), email.file.clone());
        lines.push(Line { at: email.at, entry: Entry::Email { to, subject, file } });
    }
    for (at, from, words) in story.replies() {
        lines.push(Line { at, entry: Entry::Reply { from: from.to_owned(), words: words.to_owned() } });
    }
    for id in story.incidents() {
        lines.extend(callers::held(&read::about_call(stack, &id).await?));
    }
    for number in story.cases() {
        lines.extend(callers::held(&read::about_case(stack, &number).await?));
    }
    let held = lines.iter().filter(|line| matches!(line.entry, Entry::Held(_))).count();
    told.say(&callers::tell(&story.title, &story.about, lines, zone));
    Ok(held)
}

async fn tell_officers(told: &mut Told, stack: &Stack, about: &str) -> anyhow::Result<()> {
    told.say(&callers::heading("The night: officers to review"));
    let alerts = read::alerts(stack).await?;
    let mut scores = Vec::new();
    for alert in &alerts {
        scores.push(read::score(stack, &alert.officer_id, &NIGHT.to_string()).await?);
    }
    scores.sort_by(|a, b| b.0.s.cmp(&a.0.s).then_with(|| a.0.officer_id.cmp(&b.0.officer_id)));
    told.say(&officers::introduction(about, scores.len()));
    for (rank, (score, person)) in scores.iter().take(OFFICERS).enumerate() {
        told.say(&officers::tell(score, person));
        if rank == 0 {
            told.say(&officers::words(score));
        }
        told.say("\n");
    }
    told.say(&officers::others(scores.get(OFFICERS..).unwrap_or_default()));
    Ok(())
}

async fn tell_places(told: &mut Told, stack: &Stack, output: &Path) -> anyhow::Result<()> {
    told.say(&callers::heading("The night: the five hottest cells"));
    let key = format!("cells/{NIGHT}/all.csv");
    let table = stack.internal(&key).await?.with_context(|| format!("the night wrote no {key}"))?;
    told.say(&places::tell(&places::hottest(&table, CELLS)?));
    files::cells(output, &table)?;
    for ending in ["geojson", "html"] {
        let key = format!("patrol/{NIGHT}.{ending}");
        let plan = stack.internal(&key).await?.with_context(|| format!("the night wrote no {key}"))?;
        files::write(output, &key, plan)?;
    }
    Ok(())
}

fn closing(output: &Path) -> String {
    let folder = output.display();
    let mut files = vec![
        ("texts/".to_owned(), "each text as it was sent"),
        ("emails/".to_owned(), "each e-mail as .eml, for any mail program"),
    ];
    files.push(("public/hotspots/latest.geojson".to_owned(), "the public map: drop it on any map"));
    files.push(("public/data.json".to_owned(), "the catalogue that open-data portals read"));
    files.push(("cells.csv".to_owned(), "every cell with every statistic, for the department alone"));
    files.push((format!("patrol/{NIGHT}.html"), "the patrol plan, to print for roll call"));
    files.push(("history/".to_owned(), "the generated past: crime and personnel"));
    files.push((
        "data/".to_owned(),
        "all that was stored; look around with: precinct serve --data target/demo/data",
    ));
    files.push(("story.txt".to_owned(), "what you have just read"));
    let mut closing = callers::heading("Where everything is");
    for (file, what) in files {
        // Writing to a String cannot fail.
        let _ = writeln!(closing, "  {:44} {what}", format!("{folder}/{file}"));
    }
    closing
}
