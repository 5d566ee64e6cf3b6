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
    let septets: Option<Vec<usize>> = text
        .chars()
        .map(|c| if BASIC.contains(c) { Some(1) } else { EXTENDED.contains(c).then_some(2) })
        .collect();
    match septets {
        Some(widths) => size(Alphabet::Gsm7, &widths, 160, 153),
        None => size(Alphabet::Ucs2, &text.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
    }
}

fn size(alphabet: Alphabet, widths: &[usize], single: usize, each: usize) -> Size {
    let units: usize = widths.iter().sum();
    if units <= single {
        return Size { alphabet, units, parts: 1 };
    }
    let (mut parts, mut filled) = (1, 0);
    for width in widths {
        if filled + width > each {
            parts += 1;
            filled = 0;
        }
        filled += width;
    }
    Size { alphabet, units, parts }
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
