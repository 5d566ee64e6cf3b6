//! Does a text ask for no more texts? By any reasonable means (47 CFR 64.1200(a)(10)): the words of the rule and of the
//! providers, free text in the shipped languages, and with care for "please don't stop".
use super::lists;
use super::tokens::Tokens;

/// Whether a text asks for no more texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It does not.
    No,
    /// It may: a person has to read it.
    Perhaps,
    /// It does; `everything` where it says so itself, whatever it answers.
    Yes {
        /// STOPALL, "stop all texts".
        everything: bool,
    },
}

/// Reads it, with the language of the words where that is not English.
pub(super) fn read(tokens: &Tokens) -> (Stop, Option<&'static str>) {
    let (rest, wants_more) = tokens.without(lists::flat(lists::KEEP_GOING));
    let (rest, _) = rest.without(lists::each(lists::OTHER_STOPS));
    let (stop, language) = judge(&rest);
    let stop = match stop {
        // It says both: a person decides.
        Stop::Yes { .. } if wants_more => Stop::Perhaps,
        Stop::Yes { .. } => Stop::Yes { everything: tokens.any_in(lists::EVERYTHING) },
        other => other,
    };
    (stop, language.and_then(lists::other))
}

fn judge(rest: &Tokens) -> (Stop, Option<&'static str>) {
    let yes = Stop::Yes { everything: false };
    let sentence = lists::language_of(lists::STOP_PHRASES, |phrase| rest.has(phrase));
    let sentence = sentence.or_else(|| lists::language_of(lists::STOP_WHOLE, |phrase| rest.is(phrase)));
    if sentence.is_some() {
        return (yes, sentence);
    }
    let first = rest.first().unwrap_or_default();
    let strong = lists::language_of(lists::STOP_ALWAYS, |word| word == first);
    if strong.is_some() {
        let next = rest.iter().skip_while(|word| *word != first).nth(1).unwrap_or_default();
        let aimed_elsewhere = lists::holds(lists::AFTER_OTHER_STOPS, next) && !next.is_empty();
        return (if aimed_elsewhere { Stop::Perhaps } else { yes }, strong);
    }
    let alone = lists::language_of(lists::STOP_ALONE, |word| word == first);
    if alone.is_some() {
        let fillers = |word: &str| {
            word == first
                || word.is_empty()
                || lists::holds(lists::FILLERS, word)
                || word.starts_with(|c: char| c.is_ascii_digit())
        };
        return (if rest.iter().all(fillers) { yes } else { Stop::Perhaps }, alone);
    }
    let mention = lists::language_of(lists::STOP_ALWAYS, |word| rest.has(word));
    if mention.is_some() {
        return (Stop::Perhaps, mention);
    }
    let unwilling = rest.any_in(lists::UNWILLING)
        || lists::each(lists::UNWILLING_PHRASES).any(|phrase| rest.has(phrase))
        || lists::STOP_ALONE.iter().any(|(language, words)| *language == "en" && rest.any_in(words));
    let about_texts = rest.any_in(lists::MESSAGES);
    if (about_texts && unwilling) || lists::each(lists::PERHAPS_PHRASES).any(|phrase| rest.has(phrase)) {
        return (Stop::Perhaps, None);
    }
    (Stop::No, None)
}
