pub mod bubble;
pub mod callers;
pub mod day;
pub mod officers;
pub mod places;
