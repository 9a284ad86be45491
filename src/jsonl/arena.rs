//! Strings gathered so that JavaScript decodes many of them at once.
//!
//! Theory of operation: to decode a string costs JavaScript much the same however short it is; a piece of a decoded
//! string costs next to nothing. So short strings stand together in pages, escapes undone, those of pure ASCII apart from
//! others, whose pieces are counted in UTF-16 as JavaScript counts. Pages are small, because a piece keeps its page
//! alive. Long strings are pages of their own, where they stand in the line if that says what they mean.

use super::fields::Span;
use super::shape::SlotKind;
use crate::json::unescape;

pub mod layout {
    //! How a string and its page are told, in two words each; `js/strings.ts` reads by the same figures.

    /// Bits of a string's first word that say where in its page it begins; the rest is the page's number.
    pub const START_BITS: u32 = 12;
    /// Length of a string that is all of its page.
    pub const WHOLE: u32 = (1 << 30) - 1;
    /// Bit of a string's second word: the first word and the rest are a span of JSON in the lines.
    pub const JSON: u32 = 1 << 31;
    /// Bit of a page's length: it stands in the lines.
    pub const IN_LINES: u32 = 1 << 31;
    /// Bit of a page's length: it is nothing but ASCII.
    pub const ASCII: u32 = 1 << 30;
}

/// Bytes of a page.
const PAGE: usize = 1 << layout::START_BITS;
/// Bytes from which on a string is a page of its own.
const LONG: usize = 1 << 10;
/// Longer strings with escapes are left to JavaScript: a second copy of them would not fit into the memory allowed.
const LONGEST: usize = 4 << 20;

/// What was allocated for more is given back.
const KEPT: usize = 2 << 20;

/// What a string is for: those of one use share their pages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    Id,
    Text,
}

/// Strings and their pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arena {
    bytes: Vec<u8>,
    pages: Vec<u32>,
    open: [Option<Open>; 4],
    /// Room for a string whose escapes are undone.
    decoded: Vec<u8>,
}

/// A page with room for more.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    page: usize,
    start: usize,
    len: usize,
    units: usize,
}

impl Arena {
    /// Takes in a string of `line`, which begins at `base` of the lines; answers its two words.
    pub(super) fn push(
        &mut self,
        used: Use,
        line: &[u8],
        base: usize,
        text: Span,
        kind: SlotKind,
    ) -> [u32; 2] {
        let at = base as u32 + text.start;
        let raw = text.of(line);
        let json = [at.wrapping_sub(1), (text.len + 2) | layout::JSON];
        let (escaped, is_ascii) = match kind {
            SlotKind::String { halved: true, .. } => return json,
            _ if raw.len() >= layout::ASCII as usize => return json,
            SlotKind::String { escaped, .. } => (escaped, false),
            _ => (false, true),
        };
        if escaped {
            return if raw.len() > LONGEST { None } else { self.unescaped(used, raw) }.unwrap_or(json);
        }
        if raw.len() < LONG {
            self.short(used, raw, is_ascii)
        } else {
            self.alone(at, text.len | layout::IN_LINES | ascii(is_ascii))
        }
    }

    /// Takes in a string whose escapes are to be undone; `None` where that gives no text.
    fn unescaped(&mut self, used: Use, raw: &[u8]) -> Option<[u32; 2]> {
        if raw.len() >= LONG {
            let start = self.bytes.len();
            if !unescape(raw, &mut self.bytes) {
                self.bytes.truncate(start);
                return None;
            }
            let is_ascii = self.bytes.get(start..).is_some_and(is_ascii);
            return Some(self.alone(start as u32, (self.bytes.len() - start) as u32 | ascii(is_ascii)));
        }
        let mut decoded = core::mem::take(&mut self.decoded);
        let is_text = unescape(raw, &mut decoded);
        let words = is_text.then(|| self.short(used, &decoded, is_ascii(&decoded)));
        decoded.clear();
        self.decoded = decoded;
        words
    }

    fn alone(&mut self, start: u32, len: u32) -> [u32; 2] {
        let page = (self.pages.len() / 2) as u32;
        self.pages.extend([start, len]);
        [page << layout::START_BITS, layout::WHOLE]
    }

    fn short(&mut self, used: Use, text: &[u8], is_ascii: bool) -> [u32; 2] {
        let class = 2 * used as usize + usize::from(!is_ascii);
        let units = if is_ascii { text.len() } else { utf16_len(text) };
        let mut open = match self.open.get(class).copied().flatten() {
            Some(open) if open.len + text.len() <= PAGE => open,
            _ => {
                let (page, start) = (self.pages.len() / 2, self.bytes.len());
                self.pages.extend([start as u32, 0]);
                self.bytes.resize(start + PAGE, 0);
                Open { page, start, len: 0, units: 0 }
            }
        };
        let at = open.start + open.len;
        if let Some(space) = self.bytes.get_mut(at..at + text.len()) {
            space.copy_from_slice(text);
        }
        let words = [(open.page << layout::START_BITS | open.units) as u32, units as u32];
        open.len += text.len();
        open.units += units;
        if let Some(len) = self.pages.get_mut(2 * open.page + 1) {
            *len = open.len as u32 | ascii(is_ascii);
        }
        if let Some(slot) = self.open.get_mut(class) {
            *slot = Some(open);
        }
        words
    }

    /// The bytes of the pages.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where each page stands.
    pub fn pages(&self) -> &[u32] {
        &self.pages
    }

    /// Forgets all strings, keeping what was allocated for short ones.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        if self.bytes.capacity() > KEPT {
            self.bytes.shrink_to(1 << 16);
        }
        self.pages.clear();
        self.open = [None; 4];
    }
}

const fn ascii(is_ascii: bool) -> u32 {
    if is_ascii { layout::ASCII } else { 0 }
}

/// Whether all of it is ASCII, told without a branch in between.
fn is_ascii(text: &[u8]) -> bool {
    text.iter().fold(0, |all, byte| all | byte) < 0x80
}

/// The length of UTF-8 text in JavaScript.
fn utf16_len(text: &[u8]) -> usize {
    let begins = text.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    begins + text.iter().filter(|byte| **byte >= 0xF0).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The string that two words tell, as JavaScript finds it.
    fn told(arena: &Arena, lines: &[u8], [first, second]: [u32; 2]) -> String {
        if second & layout::JSON != 0 {
            let json = &lines[first as usize..][..(second & !layout::JSON) as usize];
            return serde_json::from_slice(json).unwrap();
        }
        let page = 2 * (first >> layout::START_BITS) as usize;
        let (at, len) = (arena.pages[page] as usize, arena.pages[page + 1]);
        let source = if len & layout::IN_LINES == 0 { arena.bytes() } else { lines };
        let text = std::str::from_utf8(&source[at..][..(len & !(layout::IN_LINES | layout::ASCII)) as usize])
            .unwrap();
        assert_eq!(len & layout::ASCII != 0, text.is_ascii());
        if second == layout::WHOLE {
            return text.to_owned();
        }
        let start = first as usize & (PAGE - 1);
        let units: Vec<u16> = text.encode_utf16().skip(start).take(second as usize).collect();
        String::from_utf16(&units).unwrap()
    }

    proptest! {
        #[test]
        fn every_string_is_found_again(strings in prop::collection::vec(("[a-z]{0,9}|.{0,40}|[a-zé🙂\n\"]{0,90}", 1..60_usize, any::<bool>()), 0..60)) {
            let mut arena = Arena::default();
            for _ in 0..2 {
                arena.clear();
                let (mut lines, mut words) = (Vec::new(), Vec::new());
                for (text, times, is_id) in &strings {
                    let text = text.repeat(*times);
                    let line = serde_json::to_string(&text).unwrap();
                    let kind = if text.is_ascii() && !line.contains('\\') { SlotKind::Plain } else { SlotKind::String { escaped: line.contains('\\'), halved: false } };
                    let span = Span { start: 1, len: line.len() as u32 - 2 };
                    let used = if *is_id { Use::Id } else { Use::Text };
                    words.push((arena.push(used, line.as_bytes(), lines.len(), span, kind), text));
                    lines.extend_from_slice(line.as_bytes());
                }
                for (words, text) in words {
                    prop_assert_eq!(told(&arena, &lines, words), text);
                }
            }
        }
    }
}
