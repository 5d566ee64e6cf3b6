//! The flow tests: one binary, a module for each flow.
#![expect(clippy::unwrap_used, reason = "in a test, what cannot be had is a failure")]

mod advice;
mod commands;
mod editions;
mod eido;
mod events;
mod house;
mod import_personnel;
mod limits;
mod notices;
mod order;
mod outbox;
mod patrol;
mod personnel;
mod places;
mod profiles;
mod receipts;
mod replies;
mod review;
mod roles;
mod rotation;
mod secrets;
mod security;
mod silence;
mod staff;
mod staff_entries;
mod summary;
mod surveys;
mod tasks;
mod template;
mod units;
mod unsubscribe;
mod updates;
