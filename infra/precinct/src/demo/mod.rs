pub mod bubble;
pub mod callers;
pub mod day;
pub mod places;
