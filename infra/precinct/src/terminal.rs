//! What a command says on the terminal. Nobody has to read it to the end: `precinct redrive --apply | head -1` closes the pipe after a
//! line, and the rest of the queues is worked off all the same, where `println!` would panic between two of them.
use std::fmt::Arguments;
use std::io::{Write, stderr, stdout};

/// Writes a line to standard output, as `println!` does; a reader that left is no error.
#[macro_export]
macro_rules! tell {
    ($($said:tt)*) => { $crate::terminal::answer(format_args!("{}\n", format_args!($($said)*))) };
}

/// Writes to standard output, as `print!` does; a reader that left is no error.
#[macro_export]
macro_rules! show {
    ($($said:tt)*) => { $crate::terminal::answer(format_args!($($said)*)) };
}

/// Writes a line to standard error, as `eprintln!` does; a reader that left is no error.
#[macro_export]
macro_rules! remark {
    ($($said:tt)*) => { $crate::terminal::aside(format_args!("{}\n", format_args!($($said)*))) };
}

/// Writes to standard output.
pub fn answer(said: Arguments<'_>) {
    let _ = stdout().lock().write_fmt(said);
}

/// Writes to standard error.
pub fn aside(said: Arguments<'_>) {
    let _ = stderr().lock().write_fmt(said);
}
