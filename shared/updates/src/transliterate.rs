//! Typographic characters as their look-alikes of the GSM-7 alphabet: one curly quote pasted into a name would
//! otherwise more than halve the room of a text. Letters are never replaced: `Núñez` stays `Núñez`.

/// Marks and blanks, each with what stands for it. Left alone: letters, modifier letters such as the Hawaiian
/// ʻokina, and the joiners that some scripts need.
const ALIKE: &[(&str, &str)] = &[
    ("‘’‚‛′´`", "'"),
    ("“”„‟″«»", "\""),
    ("‹", "<"),
    ("›", ">"),
    ("‐‑‒–—―−⁃", "-"),
    ("•‣", "*"),
    ("⁄", "/"),
    ("…", "..."),
    (
        "\t\u{A0}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{202F}\u{205F}\u{3000}",
        " ",
    ),
    // Soft hyphen, zero-width space and word joiner, byte-order mark: nothing to see.
    ("\u{AD}\u{200B}\u{2060}\u{FEFF}", ""),
];

/// A letter and the accent typed after it, as some systems send names, are one letter of the alphabet.
const COMPOSED: &[(char, &str, &str)] = &[
    ('\u{300}', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
    ('\u{301}', "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
    ('\u{302}', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
    ('\u{303}', "anoANO", "ãñõÃÑÕ"),
    ('\u{308}', "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
    ('\u{30A}', "aA", "åÅ"),
    ('\u{327}', "cC", "çÇ"),
];

/// `text` with the same letters and plainer marks.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if let Some((_, alike)) = ALIKE.iter().find(|(marks, _)| marks.contains(c)) {
            plain.push_str(alike);
        } else if let Some(letter) = plain.chars().last().and_then(|base| composed(base, c)) {
            plain.pop();
            plain.push(letter);
        } else {
            plain.push(c);
        }
    }
    plain
}

fn composed(base: char, accent: char) -> Option<char> {
    let (_, bases, letters) = COMPOSED.iter().find(|(mark, ..)| *mark == accent)?;
    letters.chars().nth(bases.chars().position(|letter| letter == base)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::{Alphabet, measure};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text), expected);
        assert_eq!(plain(expected), expected);
    }

    #[test]
    fn marks_and_blanks_have_their_look_alikes() {
        check("O’Neil – “Main” St…", "O'Neil - \"Main\" St...");
        check("call\u{A0}218‑555‑0100", "call 218-555-0100");
        check("a\u{200B}b\u{AD}c", "abc");
    }

    #[test]
    fn letters_stay() {
        check("Núñez, Łukasz, Đặng, Հայ, 王", "Núñez, Łukasz, Đặng, Հայ, 王");
        check("Kaʻahumanu", "Kaʻahumanu");
    }

    #[test]
    fn an_accent_typed_apart_joins_its_letter() {
        check("Jose\u{301} Pen\u{303}a", "José Peña");
        check("q\u{301}", "q\u{301}");
    }

    #[test]
    fn a_pasted_text_fits_the_small_alphabet_again() {
        assert_eq!(measure("It’s fine — call us…").alphabet, Alphabet::Ucs2);
        assert_eq!(measure(&plain("It’s fine — call us…")).alphabet, Alphabet::Gsm7);
    }
}
