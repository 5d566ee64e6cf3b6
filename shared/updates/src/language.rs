//! Which language a person is told in: their own, else the one they asked for, else the agency's, else English.

/// Codes under which people's records name a language that has a shorter or another one here: ISO 639-2 and 639-3
/// beside 639-1, and names as dispatchers type them. Hmong has no two-letter code; both of its American dialects are
/// written alike.
const SAME: &[(&str, &[&str])] = &[
    ("am", &["amh", "amharic"]),
    ("ar", &["ara", "arb", "arabic"]),
    ("de", &["deu", "ger", "german"]),
    ("en", &["eng", "english"]),
    ("es", &["spa", "spanish", "español", "espanol"]),
    ("fa", &["fas", "per", "prs", "persian", "farsi", "dari"]),
    ("fr", &["fra", "fre", "french"]),
    ("hi", &["hin", "hindi"]),
    ("hmn", &["mww", "hnj", "hmong", "hmoob"]),
    ("ht", &["hat", "haitian", "creole"]),
    ("ja", &["jpn", "japanese"]),
    ("km", &["khm", "khmer"]),
    ("kar", &["ksw", "karen"]),
    ("ko", &["kor", "korean"]),
    ("lo", &["lao"]),
    ("my", &["mya", "bur", "burmese"]),
    ("ne", &["nep", "nepali"]),
    ("om", &["orm", "gaz", "oromo"]),
    ("oj", &["oji", "ciw", "ojibwe"]),
    ("pl", &["pol", "polish"]),
    ("pt", &["por", "portuguese"]),
    ("ru", &["rus", "russian"]),
    ("so", &["som", "somali", "soomaali"]),
    ("sw", &["swa", "swh", "swahili"]),
    ("tl", &["tgl", "fil", "tagalog"]),
    ("uk", &["ukr", "ukrainian"]),
    ("ur", &["urd", "urdu"]),
    ("vi", &["vie", "vietnamese"]),
    ("zh", &["zho", "chi", "cmn", "yue", "chinese"]),
];

/// The word that a person texts to be told in a language: in that language, since they may read no other.
const KEYWORDS: &[(&str, &str)] =
    &[("en", "ENGLISH"), ("es", "ESPAÑOL"), ("hmn", "HMOOB"), ("so", "SOOMAALI")];

/// `code` as the folders of `texts/` are named: the ISO 639-1 code where there is one, else 639-3. Case, region and
/// script (`es-MX`, `spa_US`) do not matter. A code that is not known stays as it is: a department may have its texts.
pub fn normalised(code: &str) -> String {
    let lower = code.trim().to_lowercase();
    let primary = lower.split(['-', '_']).next().unwrap_or_default();
    let known = SAME.iter().find(|(short, others)| *short == primary || others.contains(&primary));
    known.map_or(primary, |(short, _)| short).to_owned()
}

/// The languages to try, best first, each once.
pub fn chain(own: Option<&str>, asked: Option<&str>, default: &str) -> Vec<String> {
    let mut chain = Vec::new();
    for code in [own, asked, Some(default), Some("en")].into_iter().flatten() {
        let code = normalised(code);
        if !code.is_empty() && !chain.contains(&code) {
            chain.push(code);
        }
    }
    chain
}

/// The keyword that asks for `language`.
pub fn keyword(language: &str) -> Option<&'static str> {
    KEYWORDS.iter().find(|(code, _)| *code == language).map(|(_, word)| *word)
}

/// The keywords of `languages` other than `shown`, as the first text offers them: `ESPAÑOL, HMOOB, SOOMAALI`.
pub fn offer<'a>(languages: impl IntoIterator<Item = &'a str>, shown: &str) -> Option<String> {
    let words: Vec<&str> =
        languages.into_iter().filter(|language| *language != shown).filter_map(keyword).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, expected: &str) {
        assert_eq!(normalised(code), expected);
    }

    #[test]
    fn codes_of_every_length_name_one_folder() {
        check("es", "es");
        check("spa", "es");
        check("ES-mx", "es");
        check("Spanish", "es");
        check("mww", "hmn");
        check("HNJ", "hmn");
        check("som", "so");
        check("eng_US", "en");
        check("xx", "xx");
        check("  ", "");
    }

    #[test]
    fn the_persons_own_language_comes_first_and_english_last() {
        assert_eq!(chain(Some("spa"), Some("so"), "en"), ["es", "so", "en"]);
        assert_eq!(chain(None, Some("hmn"), "es"), ["hmn", "es", "en"]);
        assert_eq!(chain(Some(""), None, "en"), ["en"]);
    }

    #[test]
    fn only_other_languages_are_offered() {
        let offered = offer(["en", "es", "hmn", "so", "xx"], "en");
        assert_eq!(offered.as_deref(), Some("ESPAÑOL, HMOOB, SOOMAALI"));
        assert_eq!(offer(["en"], "en"), None);
    }
}
