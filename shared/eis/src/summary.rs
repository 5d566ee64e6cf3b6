//! What a run keeps of each score once that is written out. The explanations of a large department are larger than
//! all else, so a night hands them on one by one and keeps these lines.
use sha2::{Digest, Sha256};

use crate::alert::Level;
use crate::explanation::Explanation;
use crate::micro::Micro;

/// One officer's score in outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Whose.
    pub officer_id: String,
    /// Level by the score.
    pub level: Level,
    /// The score.
    pub s: Micro,
    /// Percentile, 0 to 100.
    pub pct: f64,
    /// Too little is known for the score to say anything.
    pub insufficient_history: bool,
    /// The score or a threshold rule asks for a review.
    pub for_review: bool,
    /// On the supervisor's own list, by the score or a threshold's warning, and not for review.
    pub watched: bool,
}

/// All scores of a run in outline, and the hash over all of their bytes.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    lines: Sha256,
    outlines: Vec<Outline>,
}

impl Summary {
    /// Takes the next explanation; they come in the order of officers' ids.
    pub fn add(&mut self, score: &Explanation) {
        self.lines.update(score.to_json());
        self.lines.update("\n");
        self.outlines.push(Outline {
            officer_id: score.officer_id.clone(),
            level: score.level,
            s: score.s,
            pct: score.pct,
            insufficient_history: score.insufficient_history,
            for_review: !score.reasons().is_empty(),
            watched: score.is_watched(),
        });
    }

    /// The outlines, by officers' ids.
    pub fn outlines(&self) -> &[Outline] {
        &self.outlines
    }

    /// SHA-256 over all explanations, one line each.
    pub fn sha256(&self) -> String {
        hex::encode(self.lines.clone().finalize())
    }
}

impl<'a> FromIterator<&'a Explanation> for Summary {
    fn from_iter<T: IntoIterator<Item = &'a Explanation>>(scores: T) -> Self {
        let mut summary = Self::default();
        scores.into_iter().for_each(|score| summary.add(score));
        summary
    }
}
