//! What a line consists of: its strings and numbers, and the text around them.

use core::ops::Range;

use crate::json::{Scanner, SyntaxError, Token, read};
use crate::wire::UsagePart;

/// A string or number of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Where it stands, a string without its quotes.
    pub(super) range: Range<usize>,
    pub(super) is_number: bool,
    /// Whether it says of what kind the object around it is: where it differs, other fields count.
    pub(super) is_kind: bool,
    /// How many strings, numbers and words of the line come before it.
    pub(super) ordinal: u32,
}

/// The strings and numbers of a line, in its order.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) leaves: Vec<Leaf>,
    /// All strings, numbers and words.
    scalars: u32,
    /// All keys of all objects.
    pub(super) keys: u32,
}

impl Outline {
    /// The outline of `line`; `None` when there are more than `most` leaves.
    ///
    /// # Errors
    /// When it is not JSON.
    pub(super) fn of(line: &[u8], most: usize) -> Result<Option<Self>, SyntaxError> {
        let mut outline = Self::default();
        let mut scanner = Scanner::new(line)?;
        let mut is_kind = false;
        while let Some(token) = scanner.step()? {
            let (range, is_number) = match token {
                Token::Key(key) => {
                    outline.keys += 1;
                    is_kind = key.is("type");
                    continue;
                }
                Token::String(text) => (text.offset()..text.offset() + text.raw().len(), false),
                Token::Number(_) => (scanner.start()..scanner.offset(), true),
                Token::Bool(_) | Token::Null => {
                    outline.scalars += 1;
                    continue;
                }
                _ => {
                    is_kind = false;
                    continue;
                }
            };
            if outline.leaves.len() == most {
                return Ok(None);
            }
            outline.leaves.push(Leaf { range, is_number, is_kind, ordinal: outline.scalars });
            outline.scalars += 1;
        }
        Ok(Some(outline))
    }

    /// The bytes of `line` that are no leaf.
    pub(super) fn skeleton(&self, line: &[u8]) -> Vec<u8> {
        let mut skeleton = Vec::new();
        let mut at = 0;
        for leaf in &self.leaves {
            skeleton.extend_from_slice(line.get(at..leaf.range.start).unwrap_or_default());
            at = leaf.range.end;
        }
        skeleton.extend_from_slice(line.get(at..).unwrap_or_default());
        skeleton
    }
}

/// Where the numbers of a usage object begin in its text; `None` where a key comes twice, for then one undoes the other.
pub(super) fn usage_numbers(text: &str) -> Option<Vec<(usize, UsagePart)>> {
    let (mut numbers, mut keys, mut is_plain) = (Vec::new(), Vec::new(), true);
    let mut seen = |name: String| {
        is_plain &= !keys.contains(&name);
        keys.push(name);
    };
    let mut note = |part: Option<UsagePart>, scanner: &Scanner<'_>| {
        let at = scanner.value_offset();
        if let (Some(part), Some(b'-' | b'0'..=b'9')) = (part, text.as_bytes().get(at)) {
            numbers.push((at, part));
        }
    };
    let walked = read::members(&mut Scanner::over(text), |key, scanner| {
        let key = key.decode();
        seen(key.to_string());
        note(UsagePart::of(&key, None), scanner);
        read::members(scanner, |inner, scanner| {
            let inner = inner.decode();
            seen(format!("{key}/{inner}"));
            note(UsagePart::of(&key, Some(&inner)), scanner);
            read::skip(scanner)
        })?;
        Ok(())
    });
    (walked == Ok(true) && is_plain).then_some(numbers)
}
