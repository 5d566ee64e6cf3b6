//! Phone numbers and e-mail addresses in the one form under which they are compared and indexed.

/// Why nothing can be sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Not a number that a subscriber of the North American Numbering Plan can have: 911-prefixed handsets that
    /// were never activated, premium numbers, numbers of other plans.
    NotASubscriber,
    /// Not an address at all.
    Malformed,
}

/// A phone number as E.164, e.g. `+12185550123`. Takes `tel:`, punctuation and ten digits without the country code.
pub fn phone(text: &str) -> Result<String, Unusable> {
    let text = text.trim().trim_start_matches("tel:");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let foreign = text.starts_with('+') && !digits.starts_with('1');
    let national = match digits.len() {
        _ if foreign => return Err(Unusable::NotASubscriber),
        10 => digits.as_str(),
        11 if digits.starts_with('1') => &digits[1..],
        _ => return Err(Unusable::Malformed),
    };
    let (area, exchange) = (&national[..3], &national[3..6]);
    let starts_right = |code: &str| !code.starts_with(['0', '1']);
    if !starts_right(area)
        || !starts_right(exchange)
        || area.ends_with("11")
        || area == "900"
        || exchange == "976"
    {
        return Err(Unusable::NotASubscriber);
    }
    Ok(format!("+1{national}"))
}

/// An e-mail address, lower case. Only its shape is checked; delivery tells the rest.
pub fn email(text: &str) -> Result<String, Unusable> {
    let text = text.trim().to_lowercase();
    let bad = |c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\".contains(c);
    match text.split_once('@') {
        Some((local, domain))
            if !local.is_empty()
                && domain.contains('.')
                && !domain.contains('@')
                && !text.contains(bad)
                && text.len() <= 254 =>
        {
            Ok(text)
        }
        _ => Err(Unusable::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, Unusable>) {
        assert_eq!(phone(text), expected.map(String::from));
    }

    #[test]
    fn numbers_take_one_form() {
        check("+1 (218) 555-0123", Ok("+12185550123"));
        check("tel:2185550123", Ok("+12185550123"));
        check("1-218-555-0123", Ok("+12185550123"));
    }

    #[test]
    fn numbers_nobody_can_be_texted_on_are_told_apart() {
        check("911-555-0123", Err(Unusable::NotASubscriber));
        check("900-555-0123", Err(Unusable::NotASubscriber));
        check("+44 20 7946 0000", Err(Unusable::NotASubscriber));
        check("555-0123", Err(Unusable::Malformed));
        check("", Err(Unusable::Malformed));
    }

    #[test]
    fn emails_are_lower_case_and_single() {
        assert_eq!(email(" Pat@Example.COM "), Ok("pat@example.com".into()));
        assert_eq!(email("a@example.com, b@example.com"), Err(Unusable::Malformed));
        assert_eq!(email("a@example.com\r\nBcc: b@example.com"), Err(Unusable::Malformed));
    }
}
