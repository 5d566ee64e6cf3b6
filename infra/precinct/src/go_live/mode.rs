//! Changes one mode in `agency.toml` and nothing else: comments and spacing stay, byte for byte.
use super::Part;

/// `text` with the part's mode on; an error where its line is not written as shipped.
pub(super) fn switched_on(text: &str, part: Part) -> Result<String, String> {
    let mut inside = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            inside = line.split('#').next().unwrap_or_default().trim() == "[modes]";
        }
        if let Some((from, to)) = value_of(line, part.key()).filter(|_| inside) {
            return Ok(format!("{}\"{}\"{}", &text[..at + from], part.on(), &text[at + to..]));
        }
        at += line.len();
    }
    Err(format!("agency.toml: write {} = \"{}\" under [modes] by hand", part.key(), part.on()))
}

/// Where the quoted value of `key` stands in a line, quotes included.
fn value_of(line: &str, key: &str) -> Option<(usize, usize)> {
    let rest = line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('=')?.trim_start();
    let from = line.len() - rest.len();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let end = rest[1..].find(quote)?;
    Some((from, from + end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, part: Part, expected: Result<&str, &str>) {
        let found = switched_on(text, part);
        assert_eq!(found.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn only_the_mode_changes() {
        check(
            "updates = \"no\"\n[modes] # what is on\n  updates = 'shadow' # everything but the send\nmap=\"off\"\n",
            Part::Updates,
            Ok(
                "updates = \"no\"\n[modes] # what is on\n  updates = \"live\" # everything but the send\nmap=\"off\"\n",
            ),
        );
        check("[modes]\r\nmap=\"off\"\r\n", Part::Map, Ok("[modes]\r\nmap=\"on\"\r\n"));
    }

    #[test]
    fn a_mode_written_otherwise_is_left_to_a_person() {
        let by_hand = Err("agency.toml: write alerts = \"on\" under [modes] by hand");
        check("[modes]\nalerts_from = \"2026-01-01\"\n", Part::Alerts, by_hand);
        check("modes = { alerts = \"off\" }\n", Part::Alerts, by_hand);
        check("[modes]\n[groups]\nalerts = \"off\"\n", Part::Alerts, by_hand);
    }
}
