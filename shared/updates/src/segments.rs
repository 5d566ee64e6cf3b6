//! How many parts a text takes: GSM-7 where every character fits, UCS-2 otherwise (3GPP TS 23.038).

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Two septets each: an escape and the character.
const EXTENDED: &str = "^{}\\[]~|€";

/// Alphabet of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Seven bits a character.
    Gsm7,
    /// Sixteen bits a unit; an emoji takes two.
    Ucs2,
}

/// Size of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Its alphabet.
    pub alphabet: Alphabet,
    /// Septets, or 16-bit units.
    pub units: usize,
    /// Parts it is billed as.
    pub parts: usize,
}

/// Measures `text`. Neither an escape pair nor a surrogate pair is torn between parts.
pub fn measure(text: &str) -> Size {
    let alphabet = alphabet(text);
    let units = text.chars().map(|c| width(c, alphabet)).sum();
    Size { alphabet, units, parts: parts(text).len() }
}

/// The parts that `text` is sent in, in order; one empty part for an empty text. How a carrier cuts is its own
/// matter: this is the longest a text can get, since every character stays whole.
pub fn parts(text: &str) -> Vec<&str> {
    let alphabet = alphabet(text);
    let (single, each) = match alphabet {
        Alphabet::Gsm7 => (160, 153),
        Alphabet::Ucs2 => (70, 67),
    };
    if text.chars().map(|c| width(c, alphabet)).sum::<usize>() <= single {
        return vec![text];
    }
    let (mut parts, mut start, mut filled) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        let width = width(c, alphabet);
        if filled + width > each {
            parts.push(&text[start..at]);
            (start, filled) = (at, 0);
        }
        filled += width;
    }
    parts.push(&text[start..]);
    parts
}

/// Parts that a text in `language` may take: one in English, two in a language that needs more words or letters.
pub fn limit(language: &str) -> usize {
    if language == "en" { 1 } else { 2 }
}

fn alphabet(text: &str) -> Alphabet {
    let small = text.chars().all(|c| BASIC.contains(c) || EXTENDED.contains(c));
    if small { Alphabet::Gsm7 } else { Alphabet::Ucs2 }
}

/// Units that a character takes.
fn width(c: char, alphabet: Alphabet) -> usize {
    match alphabet {
        Alphabet::Gsm7 if EXTENDED.contains(c) => 2,
        Alphabet::Gsm7 => 1,
        Alphabet::Ucs2 => c.len_utf16(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, parts: usize) {
        assert_eq!(measure(text).parts, parts);
    }

    #[test]
    fn gsm_texts_break_at_160_and_153() {
        check(&"a".repeat(160), 1);
        check(&"a".repeat(161), 2);
        check(&"a".repeat(306), 2);
        check(&"a".repeat(307), 3);
    }

    #[test]
    fn extension_characters_count_twice_and_stay_whole() {
        check(&format!("{}€", "a".repeat(158)), 1);
        check(&format!("{}€", "a".repeat(159)), 2);
        check(&format!("{0}€{0}", "a".repeat(152)), 3);
    }

    #[test]
    fn one_foreign_character_makes_the_whole_text_ucs2() {
        check(&"á".repeat(70), 1);
        check(&"á".repeat(71), 2);
        check(&"á".repeat(134), 2);
        check(&"á".repeat(135), 3);
        check(&format!("{}’", "a".repeat(69)), 1);
        check(&format!("{}’", "a".repeat(70)), 2);
        check(&format!("{0}\u{1F600}{0}", "á".repeat(66)), 3);
    }
}
