//! The house rules of wording: the agency first, how to stop last, no link, nothing that says what happened, 911 where
//! it matters, and plain English at the reading level of an eighth grader. `precinct check` refuses what breaks one.
use crate::kind::{Answer, Class, Kind};

/// Highest reading grade of English texts: what plain-language rules for the public ask for, such as California's.
pub const GRADE: f64 = 8.0;

/// Words of the trade that the public does not know, in lower case.
const JARGON: &[&str] = &[
    "unfounded",
    "rp",
    "r/p",
    "dispo",
    "disposition",
    "perp",
    "eta",
    "edp",
    "goa",
    "utl",
    "bolo",
    "atl",
    "unk",
    "cfs",
    "cad",
    "rms",
    "nfa",
    "mva",
    "dv",
    "vic",
    "sus",
    "wit",
    "complainant",
    "complainants",
    "apprehended",
    "perpetrator",
    "perpetrators",
    "reporting party",
    "responding unit",
    "on scene",
    "code 4",
    "code four",
    "copy that",
    "case file",
    "pending adjudication",
    "pursuant to",
];

/// Words that say what happened, or to whom, on a screen that others may read; by language, in lower case.
const OFFENCES: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "abuse",
            "abused",
            "arrest",
            "arrested",
            "arson",
            "assault",
            "assaulted",
            "attack",
            "beaten",
            "break-in",
            "burglary",
            "child",
            "crime",
            "custody",
            "death",
            "domestic",
            "drug",
            "drugs",
            "fraud",
            "gun",
            "harassment",
            "homicide",
            "kidnapping",
            "killed",
            "knife",
            "murder",
            "offender",
            "order of protection",
            "overdose",
            "rape",
            "raped",
            "restraining order",
            "robbed",
            "robbery",
            "sex",
            "sexual",
            "shooting",
            "shoplifting",
            "shot",
            "stabbing",
            "stalking",
            "stolen",
            "suicide",
            "suspect",
            "suspects",
            "theft",
            "threat",
            "trafficking",
            "trespass",
            "victim",
            "victims",
            "violence",
            "violent",
            "weapon",
        ],
    ),
    (
        "es",
        &[
            "abuso",
            "acoso",
            "agresion",
            "agresor",
            "amenaza",
            "arma",
            "armas",
            "arrestado",
            "arresto",
            "asalto",
            "asesinato",
            "crimen",
            "delito",
            "detenido",
            "domestica",
            "droga",
            "drogas",
            "fraude",
            "herido",
            "homicidio",
            "hurto",
            "menor",
            "muerte",
            "orden de alejamiento",
            "pistola",
            "robado",
            "robo",
            "sexual",
            "sospechoso",
            "suicidio",
            "victima",
            "victimas",
            "violacion",
            "violencia",
        ],
    ),
    (
        "hmn",
        &[
            "kev tsim txom",
            "mos deev",
            "neeg phem",
            "neeg raug tsim txom",
            "phom",
            "raug tua",
            "raug txhom",
            "riam",
            "tsim txom",
            "tub sab",
            "tua neeg",
            "tua tus kheej",
            "txhom",
            "yeeb tshuaj",
            "yuam deev",
        ],
    ),
    (
        "so",
        &[
            "bistoolad",
            "daroogo",
            "dambi",
            "dhibane",
            "dhibbane",
            "dil",
            "dilay",
            "eedeysane",
            "handadaad",
            "hub",
            "kufsi",
            "mindi",
            "qoys",
            "rabshad",
            "tacaddi",
            "tuug",
            "xadgudub",
            "xatooyo",
        ],
    ),
];

/// The rules that a finished text of `kind` breaks.
pub fn of_text(text: &str, kind: Kind, language: &str, agency: &str) -> Vec<String> {
    let mut broken = around(text, language, agency);
    let has = |word: &str| contains(&folded(text), word);
    let rules = [
        (!stops_last(text), "must end with how to stop: the last sentence names STOP"),
        (
            kind.class() == Class::EmergencyService && !text.contains("911"),
            "must say what to do if it gets worse: 911 is missing",
        ),
        (
            language == "en" && kind == Kind::OfficersDelayed && !has("delayed"),
            "must contain the word delayed",
        ),
        (
            language == "en" && kind != Kind::OfficersOnTheWay && has("way"),
            "must not contain the word way: only officers_on_the_way may",
        ),
    ];
    broken.extend(rules.into_iter().filter(|(broken, _)| *broken).map(|(_, reason)| reason.to_owned()));
    broken
}

/// The rules that a finished answer breaks.
pub fn of_answer(text: &str, answer: Answer, language: &str, agency: &str) -> Vec<String> {
    let mut broken = around(text, language, agency);
    // An answer that confirms an opt-out has nothing left to stop.
    let confirms = answer.word().starts_with("stopped");
    if answer == Answer::NotMonitored {
        if !text.contains("911") {
            broken.push("must say what to do in need: 911 is missing".into());
        }
    } else if !confirms && !stops_last(text) {
        broken.push("must end with how to stop: the last sentence names STOP".into());
    }
    broken
}

/// The rules that an e-mail of `kind` breaks, before its footer with the one link is put below it.
pub fn of_email(subject: &str, body: &str, kind: Kind, language: &str, agency: &str) -> Vec<String> {
    let mut broken: Vec<String> =
        around(subject, language, agency).into_iter().map(|reason| format!("subject: {reason}")).collect();
    broken.extend(plain_words(body, language).into_iter().map(|reason| format!("body: {reason}")));
    if body.trim().contains("\n\n\n") {
        broken.push("body: has an empty paragraph: let {% if … %} stand right before its words".into());
    }
    if kind.class() == Class::EmergencyService && !body.contains("911") {
        broken.push("body: must say what to do if it gets worse: 911 is missing".into());
    }
    broken
}

/// What holds for whatever a phone may show while it is locked.
fn around(text: &str, language: &str, agency: &str) -> Vec<String> {
    let prefix = format!("{agency}: ");
    let mut broken = Vec::new();
    if !text.starts_with(&prefix) {
        broken.push("must open with the agency's name and a colon".into());
    }
    broken.extend(plain_words(text.strip_prefix(&prefix).unwrap_or(text), language));
    broken
}

/// What holds for words on any screen.
pub(crate) fn plain_words(text: &str, language: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let folded = folded(text);
    if has_link(text) {
        broken.push("must not contain a link".into());
    }
    if let Some(word) = offence_in(text, language) {
        broken.push(format!("must not say what happened: {word:?}"));
    }
    if language == "en" {
        if let Some(word) = JARGON.iter().find(|word| contains(&folded, word)) {
            broken.push(format!("must not use words of the trade: {word:?}"));
        }
        if let Some(code) = text.split_whitespace().find(|word| is_ten_code(word)) {
            broken.push(format!("must not use ten-codes: {code:?}"));
        }
        if let Some(grade) = grade(text).filter(|grade| *grade > GRADE) {
            broken.push(format!(
                "reads at grade {grade:.1}, the limit is {GRADE}: use shorter words or sentences"
            ));
        }
    }
    broken
}

/// A word in `text` that says what happened.
pub(crate) fn offence_in(text: &str, language: &str) -> Option<&'static str> {
    let (_, words) = OFFENCES.iter().find(|(code, _)| *code == language)?;
    let folded = folded(text);
    words.iter().copied().find(|word| contains(&folded, word))
}

/// Whether the last sentence names STOP.
fn stops_last(text: &str) -> bool {
    let last =
        text.trim_end_matches(['.', '!', '?', ' ']).rsplit(['.', '!', '?', ':']).next().unwrap_or_default();
    last.split(|c: char| !c.is_alphanumeric()).any(|word| word == "STOP")
}

fn has_link(text: &str) -> bool {
    let lower = text.to_lowercase();
    let domain = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        [".com", ".gov", ".org", ".net", ".us", ".info", ".ly"].iter().any(|end| word.contains(end))
    };
    lower.contains("://") || lower.contains("www.") || lower.split_whitespace().any(domain)
}

/// `10-4`, `10-97`: a call or case number has more digits.
fn is_ten_code(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    word.strip_prefix("10-")
        .is_some_and(|code| (1..=2).contains(&code.len()) && code.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Lower case without accents, words set apart by single blanks, so that a phrase can be looked for as it is.
fn folded(text: &str) -> String {
    let letter = |c: char| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        c if c.is_alphanumeric() || matches!(c, '-' | '/' | '\'') => c,
        _ => ' ',
    };
    let folded: String = text.to_lowercase().chars().map(letter).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `phrase` occurs in a folded text as whole words.
fn contains(folded: &str, phrase: &str) -> bool {
    format!(" {folded} ").contains(&format!(" {phrase} "))
}

/// Reading grade by Flesch and Kincaid: `0.39 words/sentences + 11.8 syllables/words - 15.59` (Kincaid, Fishburne,
/// Rogers and Chissom, Research Branch Report 8-75, US Navy, 1975). `None` for a text without words.
///
/// A sentence ends at `.`, `!`, `?` or `:` before a blank or the end, and at a line's end. What holds a digit (call
/// numbers, telephone numbers, times) is no word: it is looked at, not read.
pub fn grade(text: &str) -> Option<f64> {
    let (mut words, mut syllables, mut sentences) = (0_u32, 0_u32, 0_u32);
    for line in text.lines() {
        let mut open = false;
        for token in line.split_whitespace() {
            let word: String = token.chars().filter(|c| c.is_alphabetic() || *c == '\'').collect();
            if word.chars().any(char::is_alphabetic) && !token.contains(|c: char| c.is_ascii_digit()) {
                words += 1;
                syllables += syllables_of(&word);
                open = true;
            }
            if open && token.ends_with(['.', '!', '?', ':']) {
                sentences += 1;
                open = false;
            }
        }
        sentences += u32::from(open);
    }
    let (words, syllables, sentences) = (f64::from(words), f64::from(syllables), f64::from(sentences));
    (sentences > 0.0).then(|| 0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59)
}

/// Syllables of an English word: groups of vowels (y among them), less a silent final e (not in -le after a
/// consonant), less the e of -ed after any letter but t and d, and of -es where no hiss comes before it; at least one.
/// Right for most everyday words, wrong by one for some (`idea`, `science`), which the mean forgives.
fn syllables_of(word: &str) -> u32 {
    let word: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut groups = 0;
    let mut inside = false;
    for c in &word {
        groups += u32::from(is_vowel(*c) && !inside);
        inside = is_vowel(*c);
    }
    let silent = match word.as_slice() {
        [.., before, 'l', 'e'] => is_vowel(*before),
        [.., before, 'e'] => !is_vowel(*before),
        [.., before, 'e', 'd'] => !is_vowel(*before) && !matches!(before, 't' | 'd'),
        [.., before, 'e', 's'] => !is_vowel(*before) && !matches!(before, 's' | 'x' | 'z' | 'c' | 'g' | 'h'),
        _ => false,
    };
    (groups - u32::from(silent && groups > 1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn broken(text: &str, kind: Kind, language: &str, named: &str) {
        let found = of_text(text, kind, language, "Example City Police");
        assert!(found.iter().any(|reason| reason.contains(named)), "{found:?}");
    }

    #[track_caller]
    fn kept(text: &str, kind: Kind, language: &str) {
        assert_eq!(of_text(text, kind, language, "Example City Police"), Vec::<String>::new());
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        let kind = Kind::CaseClosed;
        kept("Example City Police: your report 26-1 was closed. Reply STOP to end.", kind, "en");
        broken("Your report was closed. Reply STOP to end.", kind, "en", "open with the agency");
        broken("Example City Police: your report was closed.", kind, "en", "names STOP");
        broken("Example City Police: reply STOP to end. It was closed.", kind, "en", "names STOP");
        broken("Example City Police: see example.gov. Reply STOP to end.", kind, "en", "a link");
        broken("Example City Police: your stolen bike. Reply STOP to end.", kind, "en", "\"stolen\"");
        broken("Example City Police: su robo. Responda STOP.", kind, "es", "\"robo\"");
        broken("Example City Police: la víctima. Responda STOP.", kind, "es", "\"victima\"");
        broken(
            "Example City Police: your case was UNFOUNDED. Reply STOP to end.",
            kind,
            "en",
            "\"unfounded\"",
        );
        broken("Example City Police: we are 10-8. Reply STOP to end.", kind, "en", "ten-codes");
        broken("Example City Police: we are late. Reply STOP.", Kind::OfficersDelayed, "en", "911");
        broken("Example City Police: on the way, 911. Reply STOP.", Kind::CallReceived, "en", "the word way");
        let long = "Example City Police: investigation of applicable considerations necessitates additional documentation. Reply STOP to end.";
        broken(long, kind, "en", "reads at grade");
    }

    #[test]
    fn a_word_inside_another_is_not_that_word() {
        kept(
            "Example City Police: a note on sextants and stopgaps. Reply STOP to end.",
            Kind::CaseClosed,
            "en",
        );
        kept("Example City Police: case 10-48213 was closed. Reply STOP to end.", Kind::CaseClosed, "en");
    }

    #[track_caller]
    fn syllables(word: &str, expected: u32) {
        assert_eq!(syllables_of(word), expected, "{word}");
    }

    #[test]
    fn syllables_of_everyday_words() {
        syllables("delayed", 2);
        syllables("closed", 1);
        syllables("noted", 2);
        syllables("office", 2);
        syllables("settle", 2);
        syllables("officers", 3);
        syllables("prosecutor", 4);
        syllables("call", 1);
        syllables("the", 1);
        syllables("changes", 2);
        syllables("notes", 1);
    }

    #[test]
    fn the_grade_of_a_known_sentence() {
        // Twelve words of one syllable in two sentences: 0.39 * 6 + 11.8 - 15.59.
        let grade = grade("The cat sat on the mat. The dog ran to the park.").unwrap();
        assert!((grade - (0.39 * 6.0 + 11.8 - 15.59)).abs() < 1e-9);
        assert_eq!(super::grade("218-555-0100 26-1"), None);
    }
}
