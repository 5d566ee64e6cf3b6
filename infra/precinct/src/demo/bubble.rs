//! A text as the phone shows it: wrapped in a box, so that what was sent stands apart from what is told.
use std::fmt::Write;

/// Widest line inside a box.
const WIDTH: usize = 46;

/// `words` in a box, each line indented by `indent`.
pub(crate) fn bubble(words: &str, indent: usize) -> String {
    let lines = wrap(words, WIDTH);
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let margin = " ".repeat(indent);
    let mut shown = format!("{margin}╭{}╮\n", "─".repeat(width + 2));
    for line in &lines {
        let fill = " ".repeat(width - line.chars().count());
        let _ = writeln!(shown, "{margin}│ {line}{fill} │");
    }
    // Writing to a String cannot fail.
    let _ = writeln!(shown, "{margin}╰{}╯", "─".repeat(width + 2));
    shown
}

/// Breaks at blanks; a word longer than the line is broken inside. Line breaks of the text stay.
pub(crate) fn wrap(words: &str, width: usize) -> Vec<String> {
    words.lines().flat_map(|line| wrap_line(line, width)).collect()
}

fn wrap_line(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![Vec::new()];
    for word in line.split_whitespace() {
        let used = lines.last().map_or(0, Vec::len);
        if used > 0 && used + 1 + word.chars().count() > width {
            lines.push(Vec::new());
        } else if used > 0 {
            add(&mut lines, ' ', width);
        }
        word.chars().for_each(|letter| add(&mut lines, letter, width));
    }
    lines.into_iter().map(String::from_iter).collect()
}

fn add(lines: &mut Vec<Vec<char>>, letter: char, width: usize) {
    match lines.last_mut() {
        Some(line) if line.len() < width => line.push(letter),
        _ => lines.push(vec![letter]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_boxed_as_the_phone_shows_it() {
        let words =
            "Example City Police: we have your call 26-1. If it gets worse call 911. Reply STOP to end.";
        insta::assert_snapshot!(bubble(words, 2), @r"
        ╭───────────────────────────────────────────────╮
        │ Example City Police: we have your call 26-1.  │
        │ If it gets worse call 911. Reply STOP to end. │
        ╰───────────────────────────────────────────────╯
        ");
    }

    #[test]
    fn a_short_text_has_a_small_box() {
        insta::assert_snapshot!(bubble("STOP", 4), @r"
        ╭──────╮
        │ STOP │
        ╰──────╯
        ");
    }

    #[track_caller]
    fn check(words: &str, width: usize, expected: &[&str]) {
        assert_eq!(wrap(words, width), expected);
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_inside() {
        check("one two three", 8, &["one two", "three"]);
        check("abcdefghij k", 4, &["abcd", "efgh", "ij k"]);
        check("exactly8 x", 8, &["exactly8", "x"]);
        check("a\n\nb", 8, &["a", "", "b"]);
    }
}
