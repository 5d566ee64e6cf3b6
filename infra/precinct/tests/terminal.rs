//! The command itself, with a reader that left: what it was told to do is done all the same.
use std::io::pipe;
use std::process::{Command, Stdio};

/// How the command ends whose outputs were closed by whoever would read them.
fn ends_with(arguments: &[&str]) -> std::io::Result<Option<i32>> {
    let (reader, writer) = pipe()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_precinct"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command.stdout(writer.try_clone()?).stderr(writer);
    drop(reader);
    Ok(command.status()?.code())
}

// A panic would end them with 101.
#[test]
fn a_reader_that_left_stops_no_command() -> std::io::Result<()> {
    assert_eq!(ends_with(&["check", "../agency"])?, Some(0));
    assert_eq!(ends_with(&["check", "no-such-folder"])?, Some(1));
    Ok(())
}
