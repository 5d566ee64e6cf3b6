//! What a text that comes in asks for: to stop, to start again, for help, for a language, for rescue. Read by lists of
//! words and phrases, because a guess must be explainable; what is unclear is said to be so, and a person reads it.
mod decide;
mod emergency;
mod lists;
mod stop;
mod tokens;

pub use decide::{Decided, Heard, Latest, Meaning, SurveyAnswer, SurveyAsked, Talk, decide};
pub use stop::Stop;

use tokens::Tokens;

/// A text that came in, read by itself; what it means depends on what was said before as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether it sounds like an emergency. It may ask to stop at the same time.
    pub emergency: bool,
    /// Whether it asks for no more texts.
    pub stop: Stop,
    /// A word that asks for something else, where the text is little more than that word.
    pub keyword: Option<Keyword>,
    /// A number from 1 to 5, should the text answer a survey.
    pub score: Option<Score>,
    /// Language of the words that were understood, ISO 639, where it is not English.
    pub language: Option<&'static str>,
    /// Whether it is thanks and the like, which nobody has to read.
    pub polite: bool,
}

/// What a single word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// START: lift the opt-outs.
    Start,
    /// YES: the same, where an opt-out stands; else an answer to something.
    Yes,
    /// HELP: who is this?
    Help,
    /// Texts in this language, ISO 639.
    Language(&'static str),
}

/// A score from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// 1 is poor, 5 is very good.
    pub value: u8,
    /// Whether words follow the number.
    pub with_words: bool,
}

/// Reads a text. Case, punctuation and accents do not matter.
pub fn read(body: &str) -> Reading {
    let tokens = Tokens::of(body);
    let (emergency, rescue_language) = emergency::read(&tokens);
    let (stop, stop_language) = stop::read(&tokens);
    let plain = !emergency && stop == Stop::No;
    let keyword = keyword(&tokens).filter(|_| plain);
    Reading {
        emergency,
        stop,
        keyword: keyword.map(|(keyword, _)| keyword),
        score: score(&tokens).filter(|_| plain),
        language: rescue_language.or(stop_language).or(keyword.and_then(|(_, language)| language)),
        polite: plain && tokens.all_in(lists::POLITE),
    }
}

/// Whether a text names the case `number`, however it is spaced or hyphenated.
pub fn names(body: &str, number: &str) -> bool {
    Tokens::of(body).names(number)
}

fn keyword(tokens: &Tokens) -> Option<(Keyword, Option<&'static str>)> {
    let first = tokens.first()?;
    let language = lists::LANGUAGE_WORDS.iter().find(|(word, _)| *word == first);
    if let Some((_, code)) = language.filter(|_| tokens.len() <= 3) {
        return Some((Keyword::Language(code), lists::other(code)));
    }
    if lists::each(lists::WHO_IS_THIS).any(|question| tokens.is(question)) {
        return Some((Keyword::Help, None));
    }
    let keywords = [(Keyword::Start, lists::START), (Keyword::Help, lists::HELP), (Keyword::Yes, lists::YES)];
    let found = keywords
        .into_iter()
        .find_map(|(keyword, lists)| Some((keyword, lists::language_of(lists, |word| word == first)?)));
    found.filter(|_| tokens.len() <= 2).map(|(keyword, language)| (keyword, lists::other(language)))
}

/// A digit first, or one of the number words with at most one word beside it.
fn score(tokens: &Tokens) -> Option<Score> {
    let first = tokens.first()?;
    let digit = first.parse().ok().filter(|value| (1..=5).contains(value));
    let word = || {
        let short = tokens.len() <= 2;
        lists::NUMBERS.iter().find(|(word, _)| short && *word == first).map(|(_, value)| *value)
    };
    let value = digit.or_else(word)?;
    Some(Score { value, with_words: !tokens.all_in(lists::BESIDE_A_SCORE) })
}
