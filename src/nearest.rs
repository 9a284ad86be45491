//! What a mistyped name was probably meant to be. Stands on the ground floor: columns, keys and betas are all mistyped.

/// The name among `names` that `wanted` is likely a slip of: the same but for case, or within a third of its length in
/// insertions, deletions, replacements and swaps of neighbours.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = wanted.to_lowercase().chars().collect();
    let reach = (letters.len() / 3).max(1);
    names
        .map(|name| (distance(&letters, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .filter(|&(distance, _)| distance <= reach)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// Optimal string alignment distance. Rows of the usual table, of which the last two are kept.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (i, &letter_a) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(above.len());
        row.push(i + 1);
        let mut last_b = None;
        for (j, &letter_b) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&above, j) + usize::from(letter_a != letter_b);
            let mut best = replaced.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if last_a == Some(letter_b) && last_b == Some(letter_a) && j > 0 {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
            last_b = Some(letter_b);
        }
        last_a = Some(letter_a);
        before = core::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_definition() {
        for (a, b, want) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("reveiw", "review", 1),
            ("ca", "abc", 3),
            ("ab", "ba", 1),
        ] {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(a), &letters(b)), want, "{a} {b}");
        }
    }

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["id", "review", "stars"];
        for (wanted, want) in
            [("reveiw", Some("review")), ("Review", Some("review")), ("star", Some("stars")), ("title", None)]
        {
            assert_eq!(nearest(wanted, names.into_iter()), want, "{wanted}");
        }
    }
}
