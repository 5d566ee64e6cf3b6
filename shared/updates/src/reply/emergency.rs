//! Does a text sound like an emergency? A false alarm costs a look; a missed one may cost a life.
use super::lists;
use super::tokens::Tokens;

/// Whether it does, and in which language where that is not English.
pub(super) fn read(tokens: &Tokens) -> (bool, Option<&'static str>) {
    let (rest, _) = tokens.without(lists::each(lists::NO_EMERGENCY));
    let language = lists::language_of(lists::EMERGENCY, |phrase| rest.has(phrase));
    (language.is_some(), language.and_then(lists::other))
}
