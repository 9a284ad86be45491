//! The inside of a JSON string: compared, measured and decoded only when asked for.

use std::borrow::Cow;

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

/// Appends what the inside of a good string means, as [`Str::decode`] has it.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        let (byte, behind) = match *escape {
            [_, b'u', ref digits @ ..] => {
                let (char, behind) = unicode(digits);
                out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                rest = behind;
                continue;
            }
            [_, b'b', ref behind @ ..] => (8, behind),
            [_, b'f', ref behind @ ..] => (12, behind),
            [_, b'n', ref behind @ ..] => (b'\n', behind),
            [_, b'r', ref behind @ ..] => (b'\r', behind),
            [_, b't', ref behind @ ..] => (b'\t', behind),
            [_, other, ref behind @ ..] => (other, behind),
            _ => return,
        };
        out.push(byte);
        rest = behind;
    }
    out.extend_from_slice(rest);
}

/// The character that these digits stand for, or these and those of a second half behind them.
fn unicode(digits: &[u8]) -> (char, &[u8]) {
    let (high, behind) = hex4(digits);
    if let (0xD800..0xDC00, [b'\\', b'u', second @ ..]) = (high, behind)
        && let (low @ 0xDC00..0xE000, behind) = hex4(second)
    {
        let whole = char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
        return (whole.unwrap_or('\u{FFFD}'), behind);
    }
    (char::from_u32(high).unwrap_or('\u{FFFD}'), behind)
}

fn hex4(digits: &[u8]) -> (u32, &[u8]) {
    let (four, behind) = digits.split_at_checked(4).unwrap_or((digits, &[]));
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20).wrapping_sub(b'a').wrapping_add(10) & 15,
    };
    (four.iter().fold(0, |sum, byte| sum * 16 + u32::from(digit(*byte))), behind)
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
