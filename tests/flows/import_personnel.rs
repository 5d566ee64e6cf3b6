//! Years of history from files into the real intake: cut short and begun again, each row is stored once, and the night
//! after it scores from it.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use precinct::import::personnel::{Checked, Counts, Options};
use precinct::stack::Stack;
use table::personnel::Personnel;
use tests::World;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Forty officers, one of them transferred; 240 complaints, most of which were closed: more than four posts.
fn folder() -> Folder {
    let folder =
        Folder(std::env::temp_dir().join(format!("precinct-rows-{}", startup::Entropy::system().token())));
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut officers = "officer_id,effective_on,hired_on,rank,unit,shift,supervisor_id,active\n".to_owned();
    for number in 0..40 {
        let unit = number % 3;
        writeln!(officers, "E-{number:03},2021-03-01,2018-03-01,officer,patrol-{unit},days,,yes").unwrap();
    }
    officers += "E-007,2025-11-01,2018-03-01,officer,traffic,days,,yes\n";
    let mut events = "event_id,officer_id,indicator,occurred_on,reported_on\n".to_owned();
    let mut findings = "event_id,finding,closed_on\n".to_owned();
    for number in 0..240 {
        let (officer, day) = (number * number % 40, 1 + number % 28);
        let (year, month) = (2022 + number % 4, 1 + number % 12);
        let on = format!("{year}-{month:02}-{day:02}");
        writeln!(events, "c-{number},E-{officer:03},complaint,{on},{on}").unwrap();
        if number % 4 != 0 {
            writeln!(findings, "c-{number},not_sustained,2026-05-0{}", 1 + number % 9).unwrap();
        }
    }
    for (name, text) in [("officers.csv", officers), ("events.csv", events), ("findings.csv", findings)] {
        std::fs::write(folder.0.join(name), text).unwrap();
    }
    folder
}

const ROWS: u64 = 41 + 240 + 180;

fn options(folder: &Path) -> Options {
    Options {
        folder: folder.to_owned(),
        agency: concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency").into(),
        errors: folder.join("import-errors.csv"),
        state: folder.join("import-personnel.state"),
        restart: false,
    }
}

/// Loads until the answer to post `last` has come, and is cut short there.
async fn load(stack: &Stack, options: &Options, last: Option<usize>) -> anyhow::Result<Counts> {
    let mut posts = 0;
    let mut after_post = |_: &Counts| {
        posts += 1;
        if last == Some(posts) {
            bail!("the power is gone");
        }
        Ok(())
    };
    let url = format!("{}/v1/personnel/events", stack.url());
    let mut checked = Checked::read(options)?;
    assert_eq!((checked.rows, checked.faulty()), (ROWS, 0));
    checked.load(options, (&url, "the stack"), &mut after_post).await
}

/// Rows of the ledger over all officers.
async fn recorded(stack: &Stack) -> u64 {
    let dynamo = aws_sdk_dynamodb::Client::new(&stack.runtime().sdk);
    let personnel = Personnel::open(stack.runtime(), &dynamo).unwrap();
    let mut rows = 0;
    for officer in personnel.officers().await.unwrap() {
        rows += personnel.revisions(&officer, stack.now()).await.unwrap().len() as u64;
    }
    rows
}

#[tokio::test]
async fn an_import_that_was_cut_short_goes_on_and_stores_each_row_once() {
    let folder = folder();
    let options = options(&folder.0);
    let world = World::lasting().await;
    // The second hundred is stored, but that was never written down; others may have been on their way.
    assert!(load(&world.stack, &options, Some(2)).await.is_err());
    let stored = recorded(&world.stack).await;
    assert!((200..=ROWS).contains(&stored), "{stored} stored");
    let world = world.restarted().await;
    let counts = load(&world.stack, &options, None).await.unwrap();
    assert_eq!((counts.rows, counts.accepted + counts.duplicates, counts.rejected), (ROWS, ROWS, 0));
    assert!(counts.duplicates >= 100, "{} duplicates", counts.duplicates);
    assert_eq!(recorded(&world.stack).await, ROWS);
    // Once more, and once more from the beginning.
    assert_eq!(load(&world.stack, &options, None).await.unwrap(), counts);
    let anew = load(&world.stack, &Options { restart: true, ..options }, None).await.unwrap();
    assert_eq!(anew, Counts { rows: ROWS, accepted: 0, duplicates: ROWS, rejected: 0 });
    assert_eq!(recorded(&world.stack).await, ROWS);
}

#[tokio::test]
async fn a_folder_that_grew_adds_what_is_new() {
    let folder = folder();
    let options = options(&folder.0);
    let world = World::new().await;
    load(&world.stack, &options, None).await.unwrap();
    let grown = std::fs::read_to_string(folder.0.join("officers.csv")).unwrap()
        + "E-040,2026-07-01,2026-07-01,officer,patrol-1,days,,yes\n";
    std::fs::write(folder.0.join("officers.csv"), grown).unwrap();
    let url = format!("{}/v1/personnel/events", world.stack.url());
    let mut checked = Checked::read(&options).unwrap();
    let counts = checked.load(&options, (&url, "the stack"), &mut |_| Ok(())).await.unwrap();
    assert_eq!(counts, Counts { rows: ROWS + 1, accepted: 1, duplicates: ROWS, rejected: 0 });
}

#[tokio::test]
async fn what_was_imported_is_scored_by_the_unit_held_on_the_day() {
    let folder = folder();
    let world = World::new().await;
    load(&world.stack, &options(&folder.0), None).await.unwrap();
    world.until("2026-07-08T03:30:00-05:00").await;
    let dynamo = aws_sdk_dynamodb::Client::new(&world.stack.runtime().sdk);
    let personnel = Personnel::open(world.stack.runtime(), &dynamo).unwrap();
    let run = personnel.run("2026-07-08".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(run.officers_scored, 40);
    let score = personnel.score(run.date, &run.run_id, "E-007").await.unwrap().unwrap();
    let peers: Vec<&str> = score.terms[0].peers.iter().map(|group| group.key.as_str()).collect();
    assert_eq!(peers, ["officer", "patrol-1, officer, days"]);
}
