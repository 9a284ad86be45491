//! A JSON object becomes a row: the text of the members that somebody asked for.

use std::collections::BTreeSet;

use crate::json::{Scanner, SyntaxError, Token};

/// Values of one row at a time, by the number of the wanted column.
#[derive(Debug)]
pub(super) struct JsonRow {
    text: Vec<u8>,
    /// Where a wanted column's value stands in `text`; `None` where the row does not have it.
    values: Vec<Option<core::ops::Range<usize>>>,
    /// Member names seen so far, a bounded number of them, for a person who mistyped one.
    names: BTreeSet<String>,
    /// A wanted value that holds half a character: it has no text.
    halved: Option<(usize, usize)>,
}

/// Why a line is no row.
#[derive(Debug)]
pub(super) enum NoRow {
    Syntax(SyntaxError),
    NotAnObject,
    /// The text of this wanted column holds half a character, and begins at this byte.
    Halved(usize, usize),
}

impl From<SyntaxError> for NoRow {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

/// Names kept for hints.
const NAMES: usize = 1000;

impl JsonRow {
    pub(super) const fn new() -> Self {
        Self { text: Vec::new(), values: Vec::new(), names: BTreeSet::new(), halved: None }
    }

    /// Reads the row on `line`; of a member that is there twice the last counts, as in `JSON.parse`.
    pub(super) fn read(&mut self, line: &[u8], wanted: &[String]) -> Result<(), NoRow> {
        self.text.clear();
        self.halved = None;
        self.values.clear();
        self.values.resize(wanted.len(), None);
        let mut scanner = Scanner::new(line)?;
        let is_object = scanner.step()? == Some(Token::ObjectStart);
        if is_object {
            while let Some(Token::Key(key)) = scanner.step()? {
                self.member(&key.decode(), &mut scanner, line, wanted)?;
            }
        }
        while scanner.step()?.is_some() {}
        match self.halved {
            Some((column, at)) => Err(NoRow::Halved(column, at)),
            None if is_object => Ok(()),
            None => Err(NoRow::NotAnObject),
        }
    }

    fn member(
        &mut self,
        name: &str,
        scanner: &mut Scanner<'_>,
        line: &[u8],
        wanted: &[String],
    ) -> Result<(), SyntaxError> {
        if self.names.len() < NAMES && !self.names.contains(name) {
            self.names.insert(name.to_owned());
        }
        let column = wanted.iter().position(|wanted| *wanted == name.trim());
        let Some((column, value)) = column.and_then(|column| Some((column, self.values.get_mut(column)?)))
        else {
            return scanner.skip_value().map(drop);
        };
        let (start, before) = (self.text.len(), scanner.halved().len());
        let is_text = push_value(scanner, line, &mut self.text)?;
        if is_text && scanner.halved().len() > before {
            self.halved = scanner.halved().last().map(|at| (column, *at));
        }
        *value = Some(start..self.text.len());
        Ok(())
    }

    /// The value of the wanted column with this number; empty where the row does not have it.
    pub(super) fn value_of(&self, column: usize) -> &str {
        let range = self.values.get(column).cloned().flatten();
        let bytes = range.and_then(|range| self.text.get(range)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Whether the row has the wanted column with this number.
    pub(super) fn has(&self, column: usize) -> bool {
        self.values.get(column).is_some_and(Option::is_some)
    }

    /// Member names seen so far.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }
}

/// The names of the members of the object on `line`, each once; `None` where it is none.
pub(super) fn columns(line: &[u8]) -> Option<Vec<String>> {
    let mut scanner = Scanner::new(line).ok()?;
    let mut names: Vec<String> = Vec::new();
    if scanner.step().ok()? != Some(Token::ObjectStart) {
        return None;
    }
    while let Some(Token::Key(key)) = scanner.step().ok()? {
        let name = key.decode().trim().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
        scanner.skip_value().ok()?;
    }
    while scanner.step().ok()?.is_some() {}
    Some(names)
}

/// Appends the next value as text: strings as they mean, `null` as nothing, the rest as compact JSON. Answers whether it
/// is a string.
fn push_value(scanner: &mut Scanner<'_>, line: &[u8], out: &mut Vec<u8>) -> Result<bool, SyntaxError> {
    let mut ahead = scanner.clone();
    if let Some(Token::String(text)) = ahead.step()? {
        *scanner = ahead;
        out.extend_from_slice(text.decode().as_bytes());
        return Ok(true);
    }
    let value = line.get(scanner.skip_value()?).unwrap_or_default();
    if value != b"null" {
        compact(value, out);
    }
    Ok(false)
}

/// Appends JSON without the white space between its tokens.
pub(super) fn compact(json: &[u8], out: &mut Vec<u8>) {
    let (mut in_string, mut escaped) = (false, false);
    for &byte in json {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            continue;
        } else {
            in_string = byte == b'"';
        }
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_the_text_a_person_would_write() {
        let mut row = JsonRow::new();
        let wanted = ["s", "n", "b", "z", "o", "l", "none"].map(str::to_owned);
        let line = br#"{ "s" : "a\n\u00e9", "n": -1.50e3, "b":true, "z":null,
            "o": {"a b": [1, "x y\" ", {}]}, "x": [1], "l": [ ], " s ": "last" }"#;
        row.read(line, &wanted).unwrap();
        let values: Vec<&str> = (0..wanted.len()).map(|column| row.value_of(column)).collect();
        assert_eq!(values, ["last", "-1.50e3", "true", "", r#"{"a b":[1,"x y\" ",{}]}"#, "[]", ""]);
        assert!(row.has(3) && !row.has(6) && row.names().any(|name| name == "x"));
        row.read(br#"{"s":"a\n\u00e9"}"#, &wanted).unwrap();
        assert_eq!((row.value_of(0), row.value_of(1)), ("a\né", ""));
    }

    #[test]
    fn a_text_with_half_a_character_is_no_row_where_somebody_asks_for_it() {
        let mut row = JsonRow::new();
        let line = br#"{"a":"\ud83d\ude00","b":["\ud83d"],"c":"cut \ud83d"}"#;
        row.read(line, &["a".to_owned(), "b".to_owned()]).unwrap();
        assert_eq!((row.value_of(0), row.value_of(1)), ("😀", r#"["\ud83d"]"#));
        assert!(matches!(row.read(line, &["c".to_owned()]), Err(NoRow::Halved(0, 39))));
        row.read(br#"{"c":"whole"}"#, &["c".to_owned()]).unwrap();
    }

    #[test]
    fn what_is_no_object_is_no_row() {
        let mut row = JsonRow::new();
        assert!(matches!(row.read(b"[1]", &[]), Err(NoRow::NotAnObject)));
        assert!(matches!(row.read(b"{\"a\":1} x", &[]), Err(NoRow::Syntax(_))));
        assert!(matches!(row.read(b"{\"a\":\"\xff\"}", &[]), Err(NoRow::Syntax(_))));
    }
}
