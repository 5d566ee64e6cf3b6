//! A small load through the tool that measures a large one: every call is told once, also when everything is paused in
//! the middle. How long it takes is not looked at.
use load::{Plan, Target, pause, run, server};
use precinct::stack::{Options, Stack};
use tests::shipped_agency;

/// A stack that runs by itself, by the clock of this machine, with its limits out of the way.
async fn running() -> (Stack, Target, std::path::PathBuf) {
    let name = format!("precinct-load-{}-{}", std::process::id(), startup::Entropy::system().token());
    let agency = std::env::temp_dir().join(name);
    server::copy_raised(&shipped_agency(), &agency).unwrap();
    let options = Options { agency: agency.clone(), background: true, ..Options::default() };
    let stack = Stack::start(options).await.unwrap();
    let target = Target::new(stack.url(), stack.secret());
    (stack, target, agency)
}

#[tokio::test]
async fn every_call_of_a_load_is_told_once() {
    let (_stack, target, agency) = running().await;
    let plan = Plan { run: "smoke".into(), rate: 50.0, calls: 60, first: 0 };
    let measured = run(&target, &plan).await.unwrap();
    assert_eq!((measured.acknowledged, measured.verdict.texts), (60, 60));
    assert_eq!((measured.verdict.lost, measured.verdict.doubled), (0, 0));
    std::fs::remove_dir_all(agency).unwrap();
}

#[tokio::test]
async fn no_claim_begins_once_a_pause_is_answered_and_lifting_it_loses_nothing() {
    let (_stack, target, agency) = running().await;
    let paused = pause::run(&target, "pause", 0, (60, 50.0)).await.unwrap();
    assert_eq!((paused.claims_after, paused.verdict.texts), (0, 60), "{paused:?}");
    assert_eq!((paused.verdict.lost, paused.verdict.doubled), (0, 0));
    assert!(paused.held > 0, "nothing was held: {paused:?}");
    std::fs::remove_dir_all(agency).unwrap();
}
