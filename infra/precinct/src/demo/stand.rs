//! `precinct serve --demo`: the sample city, loaded and its day played, in a stack that stays up for people to look around.
//!
//! Loading takes a minute in a debug build, so the loaded city is kept in `target/demo-city/` and copied from then on. It is
//! loaded anew when the program or the agency folder is another one.
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use jiff::tz::TimeZone;
use startup::agency::Folder;

use super::{DAY, NIGHT, at, day, end_night, load, play};
use crate::package::of_folder as folder_digest;
use crate::stack::{Options, Stack};

/// Where the loaded city is kept, below the current directory.
const KEPT: &str = "target/demo-city";
/// Says in a data folder that the whole city is in it, and of which program and agency folder.
const LOADED: &str = "demo-city.txt";

/// A stack with the city in it, running on from the morning after its day; a data folder that holds the city goes on where it
/// was.
pub(crate) async fn stand(options: Options) -> anyhow::Result<Stack> {
    if let Some(data) = &options.data
        && holds_city(data)?
    {
        return Stack::start(Options { background: true, ..options }).await;
    }
    let zone = Folder::new(&options.agency).agency()?.zone()?;
    let seed = kept(Path::new(KEPT), &options.agency, &zone).await?;
    let morning = morning(&zone)?;
    Stack::start(Options { seed: Some(seed), now: Some(morning), background: true, ..options }).await
}

/// When people come in: everything of the morning's story has happened.
fn morning(zone: &TimeZone) -> anyhow::Result<jiff::Timestamp> {
    Ok(at(NIGHT, 8, zone)? + jiff::SignedDuration::from_mins(10))
}

/// Whether the whole city is in `data`; another stack, or a half of the city, is not loaded over.
fn holds_city(data: &Path) -> anyhow::Result<bool> {
    if data.join(LOADED).exists() {
        return Ok(true);
    }
    if data.join("clock.json").exists() {
        bail!("{} holds another stack: give --data an empty folder for the city", data.display());
    }
    Ok(false)
}

/// The folder with the loaded city: the one that is kept in `root`, or loaded anew.
async fn kept(root: &Path, agency: &Path, zone: &TimeZone) -> anyhow::Result<PathBuf> {
    let key = key(agency)?;
    let city = root.join("city");
    if fs::read_to_string(city.join(LOADED)).is_ok_and(|found| found == key) {
        return Ok(city);
    }
    remark!("Loading the sample city: three years of crime, two of personnel history, and its day.");
    remark!("This takes a minute in a debug build; {} keeps it for the next time.", root.display());
    let started = Instant::now();
    let beside = root.join(format!("loading-{}", std::process::id()));
    load(&beside, agency, zone).await?;
    fs::write(beside.join(LOADED), &key)?;
    if city.exists() {
        fs::remove_dir_all(&city).with_context(|| format!("{} cannot be replaced", city.display()))?;
    }
    fs::rename(&beside, &city).with_context(|| format!("{} cannot be made", city.display()))?;
    remark!("Loaded in {:.0} s.", started.elapsed().as_secs_f64());
    Ok(city)
}

/// Loads the city into the data folder `data`; the stack that does it has ended when this returns.
async fn load(data: &Path, agency: &Path, zone: &TimeZone) -> anyhow::Result<()> {
    let stack = Stack::start(Options {
        data: Some(data.to_owned()),
        agency: agency.to_owned(),
        now: Some(at(DAY, 6, zone)?),
        still: true,
        ..Options::default()
    })
    .await?;
    load::history(&stack, agency, &data.join("demo"), DAY, zone).await?;
    play(&stack, &day::timeline(&day::stories()?)).await?;
    end_night(&stack, zone).await?;
    play(&stack, &day::morning()?.steps).await?;
    stack.set(morning(zone)?).await
}

/// Names the program, by when it was built, and the agency folder.
fn key(agency: &Path) -> anyhow::Result<String> {
    let program = fs::metadata(std::env::current_exe()?)?;
    let built = program.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    Ok(format!("{built} {} {}\n", program.len(), folder_digest(agency)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_is_put_into_an_empty_folder_alone() {
        let data = std::env::temp_dir().join(format!("precinct-stand-{}", std::process::id()));
        assert!(!holds_city(&data).unwrap());
        fs::create_dir_all(&data).unwrap();
        assert!(!holds_city(&data).unwrap());
        fs::write(data.join("clock.json"), "{}").unwrap();
        let error = holds_city(&data).unwrap_err().to_string();
        assert!(error.ends_with("give --data an empty folder for the city"), "{error}");
        fs::write(data.join(LOADED), "").unwrap();
        assert!(holds_city(&data).unwrap());
        fs::remove_dir_all(data).unwrap();
    }

    #[tokio::test]
    async fn the_morning_leaves_work_for_each_role_with_tasks() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let agency = concat!(env!("CARGO_MANIFEST_DIR"), "/../agency").into();
        let now = Some(at(DAY, 6, &zone).unwrap());
        let stack = Stack::start(Options { agency, now, still: true, ..Options::default() }).await.unwrap();
        play(&stack, &day::timeline(&day::stories().unwrap())).await.unwrap();
        end_night(&stack, &zone).await.unwrap();
        play(&stack, &day::morning().unwrap().steps).await.unwrap();
        let (status, answer) = stack.get("/v1/tasks", &stack.token("s-1", &["admin"])).await.unwrap();
        assert_eq!(status, 200);
        let tasks = answer["tasks"].as_array().unwrap();
        for (owner, kind) in [
            ("dispatch", "emergency_reply"),
            ("records", "possible_revocation"),
            ("investigator", "case_reply"),
            ("victim_services", "victim_update"),
        ] {
            assert!(
                tasks.iter().any(|task| task["owner"] == owner && task["kind"] == kind),
                "{owner}: {answer}"
            );
        }
    }

    #[tokio::test]
    async fn a_kept_city_is_used_while_program_and_settings_are_the_same() {
        let root = std::env::temp_dir().join(format!("precinct-kept-{}", std::process::id()));
        let agency = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../agency"));
        fs::create_dir_all(root.join("city")).unwrap();
        fs::write(root.join("city").join(LOADED), key(agency).unwrap()).unwrap();
        assert_eq!(kept(&root, agency, &TimeZone::UTC).await.unwrap(), root.join("city"));
        fs::create_dir_all(root.join("agency")).unwrap();
        fs::write(root.join("agency/agency.toml"), "name = \"another\"").unwrap();
        assert_ne!(key(&root.join("agency")).unwrap(), key(agency).unwrap());
        fs::remove_dir_all(root).unwrap();
    }
}
