//! A text as words: lower case, without accents and apostrophes, numbers with their hyphens in one piece.

use super::lists::{COURTESIES, List, holds};

/// The words of a text, in order.
#[derive(Clone, Debug)]
pub(super) struct Tokens(Vec<String>);

impl Tokens {
    /// Splits `body`.
    pub(super) fn of(body: &str) -> Self {
        let mut words = Vec::new();
        let mut word = String::new();
        let folded: Vec<char> = body.chars().flat_map(char::to_lowercase).filter_map(fold).collect();
        for (place, &c) in folded.iter().enumerate() {
            // 26-1234 is one word; opt-out is two.
            let inside_a_number = c == '-'
                && word.ends_with(|last: char| last.is_ascii_digit())
                && folded.get(place + 1).is_some_and(char::is_ascii_digit);
            if c.is_alphanumeric() || inside_a_number {
                word.push(c);
            } else if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        Self(words)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The first word that is no courtesy.
    pub(super) fn first(&self) -> Option<&str> {
        self.iter().find(|word| !holds(COURTESIES, word))
    }

    /// Whether there are words and each is one of `list`.
    pub(super) fn all_in(&self, list: List) -> bool {
        !self.0.is_empty() && self.iter().all(|word| holds(list, word))
    }

    /// Whether one of the words is one of `list`.
    pub(super) fn any_in(&self, list: List) -> bool {
        self.iter().any(|word| holds(list, word))
    }

    /// Whether the words of `phrase` stand in it one after the other.
    pub(super) fn has(&self, phrase: &str) -> bool {
        self.place(phrase).is_some()
    }

    /// Whether it is `phrase` and, at most, courtesies.
    pub(super) fn is(&self, phrase: &str) -> bool {
        let words: Vec<&str> = self.iter().filter(|word| !holds(COURTESIES, word)).collect();
        words.join(" ") == phrase
    }

    /// The same without every occurrence of `phrases`, and whether there was one. A gap keeps the words on its two sides
    /// from being read together.
    pub(super) fn without(&self, phrases: impl Iterator<Item = &'static str>) -> (Self, bool) {
        let mut rest = self.clone();
        for phrase in phrases {
            while let Some(place) = rest.place(phrase) {
                let length = phrase.split(' ').count();
                rest.0.splice(place..place + length, [String::new()]);
            }
        }
        let found = rest.0.iter().any(String::is_empty);
        (rest, found)
    }

    /// Whether it names the case `number`, however it is spaced or hyphenated.
    pub(super) fn names(&self, number: &str) -> bool {
        let flat =
            |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let wanted = flat(number);
        let words: Vec<String> = self.iter().map(flat).collect();
        let from = |start: usize| {
            (start + 1..=words.len().min(start + 4)).any(|end| words[start..end].concat() == wanted)
        };
        !wanted.is_empty() && (0..words.len()).any(from)
    }

    fn place(&self, phrase: &str) -> Option<usize> {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        self.0.windows(phrase.len()).position(|window| window.iter().zip(&phrase).all(|(a, b)| a == b))
    }
}

/// A letter without its accent; nothing for an apostrophe or a combining mark.
fn fold(c: char) -> Option<char> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        '\'' | '’' | '‘' | '`' | '´' | '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}
