//! The inside of a JSON string: compared, measured and decoded only when asked for.

use std::borrow::Cow;

use crate::simd::run_without;

/// A string as it stands in the input, between its quotes, already known to be valid JSON and valid UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Str<'a> {
    raw: &'a str,
    offset: usize,
    escaped: bool,
}

impl<'a> Str<'a> {
    pub(super) const fn new(raw: &'a str, offset: usize, escaped: bool) -> Self {
        Self { raw, offset, escaped }
    }

    /// A string of which nothing but the text between its quotes is known.
    pub fn of(raw: &'a str) -> Self {
        Self::new(raw, 0, raw.contains('\\'))
    }

    /// The text between the quotes, escapes as written.
    pub const fn raw(&self) -> &'a str {
        self.raw
    }

    /// Where [`Self::raw`] begins in the scanned bytes.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the raw text holds escapes, so that it differs from the decoded one.
    pub const fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// Whether the string means `text`, however it is written.
    pub fn is(&self, text: &str) -> bool {
        if self.escaped { self.decode() == text } else { self.raw == text }
    }

    /// The string's meaning. A surrogate that stands alone, legal in JSON but not in UTF-8, becomes U+FFFD;
    /// [`Self::has_lone_surrogate`] tells.
    #[inline]
    pub fn decode(&self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut out = Vec::with_capacity(self.raw.len());
        unescape(self.raw.as_bytes(), &mut out);
        Cow::Owned(String::from_utf8(out).unwrap_or_default())
    }

    /// The characters that it means, as [`Self::decode`] has them.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        Units::new(self.raw).map(|unit| unit.unwrap_or('\u{FFFD}'))
    }

    /// Whether some `\uD800`-style escape has no partner: such a string has no UTF-8 form.
    pub fn has_lone_surrogate(&self) -> bool {
        self.escaped && Units::new(self.raw).any(|unit| unit.is_none())
    }

    /// Characters (Unicode scalar values; a lone surrogate counts as one), as the API counts lengths.
    pub fn char_count(&self) -> usize {
        if self.escaped { Units::new(self.raw).count() } else { self.raw.chars().count() }
    }
}

/// Appends what the inside of a good string means, as [`Str::decode`] has it. Answers whether it has a UTF-8 form: no
/// surrogate in it stands alone.
///
/// Theory of operation: sixteen bytes are copied at a step, before anybody knows whether a backslash is among them; what
/// was copied from there on is written over. No escape means more bytes than it has.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let begin = out.len();
    out.resize(begin + raw.len() + STEP, 0);
    let mut is_whole = true;
    let (mut rest, mut at) = (raw, begin);
    while let Some(first) = rest.first() {
        if *first != b'\\' {
            let space = out.get_mut(at..).unwrap_or_default();
            let run = if let (Some(from), Some(to)) = (rest.first_chunk(), space.first_chunk_mut::<STEP>()) {
                *to = *from;
                run_without(b'\\', from)
            } else {
                let run = rest.iter().zip(space).take_while(|(from, _)| **from != b'\\');
                run.map(|(from, to)| *to = *from).count()
            };
            (rest, at) = (rest.get(run..).unwrap_or_default(), at + run);
            continue;
        }
        let (byte, behind) = match *rest {
            [_, b'u', ref digits @ ..] => {
                let (char, behind) = unicode(digits);
                is_whole &= char.is_some();
                at += put(char.unwrap_or('\u{FFFD}'), out.get_mut(at..).unwrap_or_default());
                rest = behind;
                continue;
            }
            [_, b'b', ref behind @ ..] => (8, behind),
            [_, b'f', ref behind @ ..] => (12, behind),
            [_, b'n', ref behind @ ..] => (b'\n', behind),
            [_, b'r', ref behind @ ..] => (b'\r', behind),
            [_, b't', ref behind @ ..] => (b'\t', behind),
            [_, other, ref behind @ ..] => (other, behind),
            _ => break,
        };
        if let Some(space) = out.get_mut(at) {
            *space = byte;
        }
        (rest, at) = (behind, at + 1);
    }
    out.truncate(at);
    is_whole
}

/// Bytes that are copied at once.
const STEP: usize = 16;

/// Writes the character as UTF-8 and answers its bytes; most that are written as escapes have three.
#[inline]
fn put(char: char, space: &mut [u8]) -> usize {
    let code = u32::from(char);
    if let (0x800..0x1_0000, Some(space)) = (code, space.first_chunk_mut()) {
        let tail = |shift: u32| 0x80 | (code >> shift) as u8 & 0x3F;
        *space = [0xE0 | (code >> 12) as u8, tail(6), tail(0)];
        return 3;
    }
    let mut written = [0; 4];
    let written = char.encode_utf8(&mut written).as_bytes();
    space.iter_mut().zip(written).for_each(|(to, from)| *to = *from);
    written.len()
}

/// The character that these digits stand for, or these and those of a second half behind them; `None` for a half alone.
#[inline]
fn unicode(digits: &[u8]) -> (Option<char>, &[u8]) {
    let (high, behind) = hex4(digits);
    if let (0xD800..0xDC00, [b'\\', b'u', second @ ..]) = (high, behind)
        && let (low @ 0xDC00..0xE000, behind) = hex4(second)
    {
        return (char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)), behind);
    }
    (char::from_u32(high), behind)
}

#[inline]
fn hex4(digits: &[u8]) -> (u32, &[u8]) {
    let Some((four, behind)) = digits.split_first_chunk::<4>() else { return (0xFFFD, &[]) };
    // In ASCII the letters of both cases lie nine behind where they would continue the digits, in the lowest four bits.
    let value = |byte: u8| u32::from(byte & 15) + 9 * u32::from(byte >> 6);
    (four.iter().fold(0, |sum, byte| sum << 4 | value(*byte) & 15), behind)
}

/// Characters of an escaped string; `None` for a surrogate that stands alone.
struct Units<'a> {
    rest: core::str::Chars<'a>,
}

impl<'a> Units<'a> {
    fn new(raw: &'a str) -> Self {
        Self { rest: raw.chars() }
    }

    fn hex4(&mut self) -> u32 {
        (0..4).fold(0, |sum, _| sum * 16 + self.rest.next().and_then(|c| c.to_digit(16)).unwrap_or(0))
    }
}

impl Iterator for Units<'_> {
    type Item = Option<char>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.rest.next()?;
        if first != '\\' {
            return Some(Some(first));
        }
        let plain = match self.rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let high = self.hex4();
                if !(0xD800..0xDC00).contains(&high) {
                    return Some(char::from_u32(high));
                }
                let before_partner = self.rest.clone();
                if self.rest.next() == Some('\\') && self.rest.next() == Some('u') {
                    let low = self.hex4();
                    if (0xDC00..0xE000).contains(&low) {
                        return Some(char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
                    }
                }
                self.rest = before_partner;
                return Some(None);
            }
            other => other,
        };
        Some(Some(plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(raw: &str) -> Str<'_> {
        Str::new(raw, 0, true)
    }

    #[test]
    fn escapes_mean_what_json_says() {
        for (raw, want) in [
            (r"a\n\t\r\b\f", "a\n\t\r\u{8}\u{C}"),
            (r#"\"\\\/"#, "\"\\/"),
            (r"\u00e9\u4E2D", "é中"),
            (r"\uD83D\uDE00", "😀"),
            (r"x\uD83Dy", "x\u{FFFD}y"),
            (r"\uD83D\u0041", "\u{FFFD}A"),
            (r"\uDE00", "\u{FFFD}"),
            (r"\uD83D\uD83D\uDE00", "\u{FFFD}😀"),
        ] {
            assert_eq!(escaped(raw).decode(), want, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn escapes_are_undone_as_they_are_read_one_by_one(
            raw in "([a-zé🙂]{0,9}|\\\\[bfnrt/\"\\\\]|\\\\u[0-9a-fA-F]{4}|\\\\u[dD][89a-fA-F][0-9a-f]{2}){0,12}",
        ) {
            let string = escaped(&raw);
            let slow: String = string.chars().collect();
            let mut out = Vec::new();
            prop_assert_eq!(unescape(raw.as_bytes(), &mut out), !string.has_lone_surrogate());
            prop_assert_eq!(String::from_utf8(out).unwrap(), slow);
        }
    }

    #[test]
    fn a_lone_surrogate_is_told_from_a_pair() {
        assert!(escaped(r"\uD83D").has_lone_surrogate());
        assert!(escaped(r"\uDE00\uD83D").has_lone_surrogate());
        assert!(!escaped(r"\uD83D\uDE00").has_lone_surrogate());
        assert_eq!(escaped(r"\uD83D\uDE00").char_count(), 1);
    }

    #[test]
    fn comparison_looks_through_escapes() {
        assert!(escaped(r"succ\u0065eded").is("succeeded"));
        assert!(Str::new("plain", 0, false).is("plain"));
    }
}
