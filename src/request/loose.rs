//! The values of a request that may be others in the next, and what is asked of them there.

use std::borrow::Cow;

use super::check::Facts;
use super::media::Extent;
use super::rules::{Looks, looks_of_data};
use super::schema::{Format, Mark, Text};
use super::terms::Terms;
use crate::json::{Inside, Str};
use crate::simd::base64_run;

/// A value that may be another in the next request: of a string, its inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loose {
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) varies: Varies,
}

/// What is asked of such a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Varies {
    /// To be an id that the API takes.
    Id,
    /// To be some text, no longer than this.
    Text { most: u32 },
    /// To be an address of the web.
    Address,
    /// To be base64 of the same looks.
    Data(Option<Looks>),
    /// To be a whole number from 1 to this.
    MaxTokens { most: u32 },
}

/// What is noted of a request on the way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    loose: Vec<Loose>,
    /// Where `max_tokens` is among them.
    max_tokens: Option<usize>,
}

/// Digits of a number that is written plainly; no limit on tokens has more.
const DIGITS: usize = 7;

impl Seen {
    pub(super) fn clear(&mut self) {
        self.loose.clear();
        self.max_tokens = None;
    }

    pub(super) fn loose(&self) -> &[Loose] {
        &self.loose
    }

    pub(super) fn loose_bytes(&self) -> usize {
        self.loose.iter().map(|loose| loose.len).sum()
    }

    pub(super) fn id(&mut self, string: Str<'_>) {
        self.add(string, Varies::Id);
    }

    /// The number at `at`, which is held to a limit that the model has.
    pub(super) fn max_tokens(&mut self, at: usize, text: &str) {
        if plain(text.as_bytes()).is_some_and(|(len, _)| len == text.len()) {
            self.max_tokens = Some(self.loose.len());
            self.loose.push(Loose { at, len: text.len(), varies: Varies::MaxTokens { most: 0 } });
        }
    }

    /// Says how large `max_tokens` may be, or that other numbers are held to it and it has to stay what it is.
    pub(super) fn bound(&mut self, most: Option<u32>) {
        let Some(at) = self.max_tokens.take() else { return };
        match (most, self.loose.get_mut(at)) {
            (Some(most), Some(loose)) => loose.varies = Varies::MaxTokens { most },
            _ => drop(self.loose.remove(at)),
        }
    }

    /// A string under a mark. Only under these does nothing depend on which text it is.
    pub(super) fn text(&mut self, mark: Mark, text: &Text, string: Str<'_>) {
        match (mark, text.format) {
            (Mark::Data, Format::Base64) => self.add(string, Varies::Data(None)),
            (
                Mark::System | Mark::TurnText | Mark::BlockText | Mark::AnyText,
                Format::Free | Format::NotBlank,
            ) if text.least <= 1 => self.add(string, Varies::Text { most: text.most }),
            (Mark::AnyText, Format::Address) => self.add(string, Varies::Address),
            _ => {}
        }
    }

    fn add(&mut self, string: Str<'_>, varies: Varies) {
        self.loose.push(Loose { at: string.offset(), len: string.raw().len(), varies });
    }
}

impl Varies {
    /// Whether the model gets to read it.
    pub(super) const fn is_read(self) -> bool {
        !matches!(self, Self::Id | Self::MaxTokens { .. })
    }

    /// The length of the value at `at`, if it is surely as good as the one before.
    #[inline]
    pub(super) fn read<'a>(
        self,
        request: &'a [u8],
        at: usize,
        terms: &Terms,
        facts: &mut Facts<'a>,
    ) -> Option<usize> {
        let rest = request.get(at..)?;
        match self {
            Self::Id => {
                let Inside { len, escaped: false, .. } = Inside::of_any(rest)? else { return None };
                let id = core::str::from_utf8(rest.get(..len)?).ok()?;
                if terms.id_problem(id).is_some() {
                    return None;
                }
                facts.custom_id = Some(Cow::Borrowed(id));
                facts.id_value = (at as u32 - 1, len as u32 + 2);
                Some(len)
            }
            Self::Text { most } => {
                let Inside { len, beyond, halved, .. } = Inside::of_any(rest)?;
                if halved || len > most as usize || !says_something(rest.get(..len)?) {
                    return None;
                }
                facts.prompt.other_bytes += beyond as u64;
                facts.prompt.ascii_bytes += (len - beyond) as u64;
                Some(len)
            }
            Self::Address => {
                let Inside { len, escaped: false, beyond: 0, .. } = Inside::of_any(rest)? else {
                    return None;
                };
                facts.prompt.ascii_bytes += len as u64;
                rest.starts_with(b"https://").then_some(len)
            }
            Self::Data(looks) => {
                let (len, extent) = data(rest, looks?)?;
                facts.prompt.ascii_bytes += len as u64;
                facts.prompt.media.add(len, extent);
                Some(len)
            }
            Self::MaxTokens { most } => {
                let (len, value) = plain(rest)?;
                facts.max_tokens = u64::from(value);
                (1..=most).contains(&value).then_some(len)
            }
        }
    }
}

/// Whether the inside of a good string holds anything but white space, as far as its first characters tell.
fn says_something(inside: &[u8]) -> bool {
    let mut rest = inside;
    loop {
        let (first, len) = match rest {
            [] => return false,
            [b'\\', b'n' | b't' | b'r' | b'f', ..] => (Some(' '), 2),
            [b'\\', b'u', hex @ ..] => (unit(hex), 6),
            [0..=0x7F, ..] => (rest.first().map(|byte| char::from(*byte)), 1),
            _ => {
                let first = rest.get(..rest.len().min(4)).unwrap_or_default().utf8_chunks().next();
                let first = first.and_then(|chunk| chunk.valid().chars().next());
                (first, first.map_or(1, char::len_utf8))
            }
        };
        // Half of a pair of surrogates is no white space either.
        if !first.is_some_and(char::is_whitespace) {
            return true;
        }
        rest = rest.get(len..).unwrap_or_default();
    }
}

/// The character whose four digits these are; `None` for a surrogate.
fn unit(hex: &[u8]) -> Option<char> {
    let digits = core::str::from_utf8(hex.get(..4)?).ok()?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// The length of the base64 that begins here, and how large what it says is, if it looks like this.
fn data(rest: &[u8], looks: Looks) -> Option<(usize, Extent)> {
    let run = base64_run(rest);
    let padding = rest.get(run..)?.iter().take(2).take_while(|byte| **byte == b'=').count();
    let len = run + padding;
    let ends = rest.get(len) == Some(&b'"');
    if run == 0 || !ends || !len.is_multiple_of(4) {
        return None;
    }
    let (found, extent) = looks_of_data(rest.get(..len)?)?;
    (found == looks).then_some((len, extent))
}

/// The digits that begin here, without a zero in front, and their value.
fn plain(rest: &[u8]) -> Option<(usize, u32)> {
    let digits = rest.iter().take(DIGITS).take_while(|byte| byte.is_ascii_digit());
    let (len, value) =
        digits.fold((0, 0), |(len, value), digit| (len + 1, value * 10 + u32::from(digit - b'0')));
    (len > 0 && rest.first() != Some(&b'0')).then_some((len, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::scalars::is_blank;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_says_something_where_it_is_neither_empty_nor_blank(
            pieces in proptest::collection::vec("[ x\u{a0}\u{2003}\u{3000}é“界🙂\u{7f}]|\\\\[nrtfb\"/\\\\]|\\\\u(0020|00a0|00A0|3000|0061|D83D|dc00|0085|000b|0000)", 0..6),
        ) {
            let text = pieces.concat();
            let want = !text.is_empty() && !is_blank(Str::of(&text));
            prop_assert_eq!(says_something(text.as_bytes()), want, "{}", text);
        }

        #[test]
        fn a_plain_number_is_what_its_digits_say(number in 1u32..9_999_999, behind in "[,}. e\"]") {
            let text = format!("{number}{behind}5");
            prop_assert_eq!(plain(text.as_bytes()), Some((number.to_string().len(), number)));
        }
    }
}
