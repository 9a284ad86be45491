//! Whether bytes beyond ASCII are UTF-8, told on the way through a string.

/// Bytes beyond ASCII in one block from which on it takes fewer steps to read the whole string once more.
const MANY: u32 = 16;

/// What is done about bytes beyond ASCII.
pub(super) trait Beyond: Default {
    /// Takes in where they are in the block at `start` of `bytes`; `false` where they are no UTF-8.
    fn block(&mut self, places: u64, bytes: &[u8], start: usize) -> bool;
    /// Whether the string is UTF-8, as far as no block has told.
    fn end(&self, inside: &[u8]) -> bool;
}

/// Nothing is done: the bytes are known to be UTF-8.
#[derive(Default)]
pub(super) struct Trusted;

impl Beyond for Trusted {
    #[inline]
    fn block(&mut self, _: u64, _: &[u8], _: usize) -> bool {
        true
    }

    #[inline]
    fn end(&self, _: &[u8]) -> bool {
        true
    }
}

/// Character by character, until there are many.
#[derive(Default)]
pub(super) struct Characters {
    /// How many bytes of the next block belong to a character that began before it, and are known to be good.
    over: u32,
    /// Whether the string is read once more at its end.
    again: bool,
}

impl Beyond for Characters {
    #[inline]
    fn block(&mut self, mut places: u64, bytes: &[u8], start: usize) -> bool {
        self.again |= places.count_ones() > MANY;
        if self.again {
            return true;
        }
        places &= u64::MAX << self.over;
        self.over = 0;
        while places != 0 {
            let at = places.trailing_zeros();
            let length = character(bytes.get(start + at as usize..).unwrap_or_default());
            if length == 0 {
                return false;
            }
            places &= !(((1 << length) - 1) << at);
            self.over = (at + length).saturating_sub(u64::BITS);
        }
        true
    }

    fn end(&self, inside: &[u8]) -> bool {
        !self.again || simdutf8::basic::from_utf8(inside).is_ok()
    }
}

/// The length of the character beyond ASCII that begins here; 0 where none does.
#[inline]
fn character(bytes: &[u8]) -> u32 {
    match *bytes {
        [0xC2..=0xDF, 0x80..=0xBF, ..] => 2,
        [0xE0, 0xA0..=0xBF, 0x80..=0xBF, ..]
        | [0xE1..=0xEC | 0xEE..=0xEF, 0x80..=0xBF, 0x80..=0xBF, ..]
        | [0xED, 0x80..=0x9F, 0x80..=0xBF, ..] => 3,
        [0xF0, 0x90..=0xBF, 0x80..=0xBF, 0x80..=0xBF, ..]
        | [0xF1..=0xF3, 0x80..=0xBF, 0x80..=0xBF, 0x80..=0xBF, ..]
        | [0xF4, 0x80..=0x8F, 0x80..=0xBF, 0x80..=0xBF, ..] => 4,
        _ => 0,
    }
}
