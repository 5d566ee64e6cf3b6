//! The operator's command as a library: the local stack that tests build on, and the commands over it.

#[macro_use]
pub mod terminal;

pub mod access;
pub mod audit;
pub mod backtest;
pub mod bridge;
pub mod check;
pub mod city;
pub mod custodian;
pub mod demo;
#[cfg(feature = "doctor")]
pub mod doctor;
pub mod generate;
pub mod go_live;
pub mod import;
pub mod package;
pub mod pages;
pub mod pause;
mod post;
pub mod redrive;
pub mod replay;
pub mod report;
pub mod restore;
pub mod rotate;
pub mod run;
pub mod send;
pub mod serve;
pub mod stack;
#[cfg(feature = "doctor")]
pub mod test_text;
pub mod withdraw;
