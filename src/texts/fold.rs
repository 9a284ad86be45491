//! When two characters are the same to a search.

/// The character in its small form. Of the odd ones only the first character of that form.
pub(super) fn fold(c: char) -> char {
    match c {
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        'ς' => 'σ',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

/// A text in small letters, odd ones too.
pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(fold).collect()
}

/// Whether the character folds to something of another kind: the dotted I of Turkish to two characters, the sign of
/// kelvin to a letter of ASCII. All others fold one to one, and what is beyond ASCII stays there.
pub(super) const fn is_odd(c: char) -> bool {
    matches!(c, '\u{130}' | '\u{212A}')
}

/// The characters that fold to `small`, itself among them.
pub(super) fn variants(small: char) -> impl Iterator<Item = char> {
    // No letter behind these has a small form of its own.
    ('\0'..'\u{1_F000}').chain([small]).filter(move |c| fold(*c) == small || *c == small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_odd_ones_fold_one_to_one_and_stay_on_their_side_of_ascii() {
        for c in '\0'..=char::MAX {
            let small: Vec<char> = c.to_lowercase().collect();
            assert_eq!(is_odd(c), small.len() > 1 || !c.is_ascii() && small[0].is_ascii(), "{c:?}");
            assert!(c < '\u{1_F000}' || fold(c) == c, "{c:?}");
            assert_eq!(fold(fold(c)), fold(c));
        }
    }

    #[test]
    fn every_form_of_a_letter_is_known() {
        let of = |c| variants(c).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(of('å'), ['å', 'Å', '\u{212B}'].into());
        assert_eq!(of('σ'), ['σ', 'ς', 'Σ'].into());
        assert_eq!(of('😀'), ['😀'].into());
        assert_eq!(of('日'), ['日'].into());
    }
}
