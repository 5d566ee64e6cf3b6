//! What a text that comes in asks for. Opt-out words are honoured in every form the FCC names.

/// Meaning of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Stop everything to this number.
    Stop,
    /// Lift the opt-out.
    Start,
    /// Asks who this is.
    Help,
    /// Anything else.
    Other,
}

/// 47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel, unsubscribe; the others are the providers'.
const STOP: &[&str] =
    &["stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe", "remove", "arret", "td"];
const START: &[&str] = &["start", "unstop", "yes"];
const HELP: &[&str] = &["help", "info"];

/// Reads a reply: the first word decides, case and punctuation do not matter, and a few whole phrases count.
pub fn read(body: &str) -> Reply {
    let words: Vec<String> = body
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let Some(first) = words.first().map(String::as_str) else { return Reply::Other };
    let phrase = words.join(" ");
    let asks_to_stop = [
        "opt out",
        "stop texting",
        "stop messaging",
        "do not text",
        "don t text",
        "no more texts",
        "leave me alone",
    ];
    if STOP.contains(&first) || asks_to_stop.iter().any(|words| phrase.contains(words)) {
        Reply::Stop
    } else if START.contains(&first) && words.len() <= 2 {
        Reply::Start
    } else if HELP.contains(&first) && words.len() <= 2 {
        Reply::Help
    } else {
        Reply::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Reply) {
        assert_eq!(read(body), expected, "{body}");
    }

    #[test]
    fn every_word_the_rule_names_stops() {
        for word in
            ["stop", "Quit", "END.", "revoke", "Opt out", "opt-out", "CANCEL", "unsubscribe", " STOP please"]
        {
            check(word, Reply::Stop);
        }
        check("please stop texting me", Reply::Stop);
        check("Don't text this number", Reply::Stop);
    }

    #[test]
    fn other_words_do_not() {
        check("START", Reply::Start);
        check("yes", Reply::Start);
        check("help", Reply::Help);
        check("yes he is back and has a knife", Reply::Other);
        check("the bus stop on 5th", Reply::Other);
        check("", Reply::Other);
    }
}
