//! The input as one row of posts, for the measurements of a run: officers in the order of their ids, their posts one
//! after the other. Whatever is kept by post is then one list of numbers.
use std::ops::Range;

use crate::input::{Input, Officer};
use crate::ruleset::Ruleset;

/// Everybody in an input with where their posts lie in a row of all posts.
pub(crate) struct Department<'a> {
    pub(crate) input: &'a Input,
    pub(crate) rules: &'a Ruleset,
    officers: Vec<(&'a Officer, usize)>,
    posts: usize,
}

impl<'a> Department<'a> {
    pub(crate) fn new(input: &'a Input, rules: &'a Ruleset) -> Self {
        let mut posts = 0;
        let officers = input.officers.values().map(|officer| {
            let first = posts;
            posts += officer.postings.len();
            (officer, first)
        });
        Self { input, rules, officers: officers.collect(), posts }
    }

    /// Number of posts of all officers.
    pub(crate) fn posts(&self) -> usize {
        self.posts
    }

    /// Every officer with the places of the posts held, oldest first.
    pub(crate) fn with_posts(&self) -> impl Iterator<Item = (&'a Officer, Range<usize>)> {
        self.officers.iter().map(|(officer, first)| (*officer, *first..*first + officer.postings.len()))
    }

    /// Sums of `values`, one for each post, by officer.
    pub(crate) fn by_officer(&self, values: &[f64]) -> Vec<f64> {
        self.with_posts().map(|(_, posts)| values[posts].iter().sum()).collect()
    }
}
