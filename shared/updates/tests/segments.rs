//! Segments hold a conservation law and an order: nothing is lost or torn, and more text never takes fewer parts.
use proptest::prelude::*;
use updates::segments::{Alphabet, measure, parts};

/// Texts around the limits: plain letters, escapes, accents, emoji.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{1,80}",
        2 => "[\\^{}\\[\\]~|€]{1,60}",
        1 => "[áíóú’]{1,40}",
        1 => "[\u{1F600}-\u{1F64F}]{1,40}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// Septets or 16-bit units of one part, counted apart from the code under test.
fn units(part: &str, alphabet: Alphabet) -> usize {
    match alphabet {
        Alphabet::Gsm7 => part.chars().map(|c| if "^{}\\[]~|€".contains(c) { 2 } else { 1 }).sum(),
        Alphabet::Ucs2 => part.encode_utf16().count(),
    }
}

proptest! {
    #[test]
    fn parts_join_to_the_text_and_none_is_too_long(text in text()) {
        let (size, parts) = (measure(&text), parts(&text));
        prop_assert_eq!(parts.concat(), text.as_str());
        prop_assert_eq!(parts.len(), size.parts);
        let (single, each) = if size.alphabet == Alphabet::Gsm7 { (160, 153) } else { (70, 67) };
        let room = if parts.len() == 1 { single } else { each };
        // A part holds whole characters (it is a `&str`), so neither an escape nor a surrogate pair is torn.
        for part in &parts {
            prop_assert!(units(part, size.alphabet) <= room);
        }
        let units: usize = parts.iter().map(|part| units(part, size.alphabet)).sum();
        prop_assert_eq!(units, size.units);
        // No part ends while the next character would still fit.
        for (part, next) in parts.iter().zip(parts.iter().skip(1)) {
            let first = next.chars().next().map(String::from).unwrap_or_default();
            prop_assert!(units_with(part, &first, size.alphabet) > each);
        }
    }

    #[test]
    fn more_text_never_takes_fewer_parts(text in text(), cut in any::<prop::sample::Index>()) {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let prefix = &text[..*cut.get(&ends)];
        prop_assert!(measure(prefix).parts <= measure(&text).parts);
    }
}

fn units_with(part: &str, next: &str, alphabet: Alphabet) -> usize {
    units(part, alphabet) + units(next, alphabet)
}
