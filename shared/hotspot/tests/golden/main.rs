//! Every statistic against the golden tables of two real cities, cell by cell. The data is no part of the
//! repository: `PRECINCT_DATA` names its folder, and without it the tests say that they skipped.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails loudly and shows its figures"
)]

mod cells;
mod near_repeat;
mod source;
mod spacetime;
