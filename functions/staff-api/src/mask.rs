//! Addresses on a screen: enough to recognise, not enough to copy.

/// The last four digits of a number, the first letter and the domain of an e-mail.
pub(crate) fn address(address: &str) -> String {
    if let Some((local, domain)) = address.rsplit_once('@') {
        let first = local.chars().next().map_or_else(String::new, String::from);
        return format!("{first}…@{domain}");
    }
    let digits: Vec<char> = address.chars().filter(char::is_ascii_digit).collect();
    format!("…{}", digits[digits.len().saturating_sub(4)..].iter().collect::<String>())
}

/// A text with every word masked that holds an `@` or seven digits or more.
pub(crate) fn text(text: &str) -> String {
    let is_address = |word: &str| {
        word.contains('@') || word.chars().filter(char::is_ascii_digit).count() >= 7 && !word.contains('/')
    };
    let mask = |piece: &str| {
        let word = piece.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '+');
        if is_address(word) { piece.replace(word, &address(word)) } else { piece.to_owned() }
    };
    text.split_inclusive(char::is_whitespace).map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_can_be_recognised_and_not_copied() {
        assert_eq!(address("+12185550123"), "…0123");
        assert_eq!(address("ada.marsh@example.com"), "a…@example.com");
        assert_eq!(
            text("Call 218-555-0100 or\nwrite to ada@example.com."),
            "Call …0100 or\nwrite to a…@example.com."
        );
        assert_eq!(text("Case 26-1234 on 2026-07-04."), "Case 26-1234 on …0704.");
    }
}
