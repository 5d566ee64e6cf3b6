//! The command itself, with a reader that left: what it was told to do is done all the same.
use std::io::pipe;
use std::process::{Command, Stdio};

/// Runs the command with both outputs closed by whoever would read them.
#[track_caller]
fn check(arguments: &[&str], expected: i32) {
    let (reader, writer) = pipe().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_precinct"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    drop(reader);
    assert_eq!(command.status().unwrap().code(), Some(expected), "{arguments:?}");
}

// A panic would end them with 101.
#[test]
fn a_reader_that_left_stops_no_command() {
    check(&["check", "../agency"], 0);
    check(&["check", "no-such-folder"], 1);
}
