pub mod bubble;
pub mod day;
