//! Where a string ends, found by blocks of sixty-four bytes.
//!
//! Theory of operation: a block without a quote, backslash or control is passed in one step. In others, runs of
//! backslashes are told apart by arithmetic over bits, so that a text full of escapes takes no branch for each. What is
//! wrong with a string is found out slowly, once, by [`crate::json::Scanner`].

use crate::simd::{Marks, marks, places_of};

/// What stands between two quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Bytes up to the closing quote.
    pub len: usize,
    /// Whether there are escapes among them.
    pub escaped: bool,
    /// How many of the bytes are not ASCII.
    pub beyond: usize,
}

impl Inside {
    /// The inside of the string whose opening quote has been read; `None` unless a good one ends in `bytes`.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut inside = Self::default();
        // Whether the first byte of the next block is escaped by the last of this.
        let mut carry = 0;
        let (blocks, _) = bytes.as_chunks::<64>();
        for (at, block) in (0..).step_by(64).zip(blocks) {
            let Marks { special, beyond } = marks(block);
            if special == 0 && carry == 0 {
                inside.beyond += beyond.count_ones() as usize;
                continue;
            }
            let slashes = places_of(b'\\', block);
            let quotes = places_of(b'"', block);
            let escaped = escaped(slashes, &mut carry);
            let end = (quotes & !escaped).trailing_zeros();
            let before = 1_u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1);
            if special & !slashes & !quotes & before != 0 || !are_escapes(escaped & before, bytes, at) {
                return None;
            }
            inside.escaped |= (slashes | escaped) & before != 0;
            inside.beyond += (beyond & before).count_ones() as usize;
            if end < 64 {
                inside.len = at + end as usize;
                return Some(inside);
            }
        }
        inside.finish(bytes, blocks.len() * 64, carry == 1)
    }

    /// The last bytes, one by one: there are not enough of them for a block.
    fn finish(mut self, bytes: &[u8], start: usize, carry: bool) -> Option<Self> {
        let mut at = start;
        if carry {
            at += escape(bytes, at)?;
        }
        loop {
            match *bytes.get(at)? {
                b'"' => break,
                b'\\' => {
                    self.escaped = true;
                    at += 1 + escape(bytes, at + 1)?;
                }
                0..=0x1F => return None,
                byte => {
                    self.beyond += usize::from(!byte.is_ascii());
                    at += 1;
                }
            }
        }
        self.len = at;
        Some(self)
    }
}

/// Which bytes follow a backslash that is not itself escaped.
///
/// After a backslash that begins a run, every other byte is escaped as far as the run goes and one further. Runs that
/// begin at an even and at an odd bit are made alike by a subtraction that carries through them.
const fn escaped(slashes: u64, carry: &mut u64) -> u64 {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    if slashes == 0 {
        let first = *carry;
        *carry = 0;
        return first;
    }
    let begins = slashes & !*carry;
    let either = ((begins << 1) | ODD).wrapping_sub(begins) ^ ODD;
    let escaped = either ^ (slashes | *carry);
    *carry = (either & slashes) >> 63;
    escaped
}

/// Whether at each of these places of the block at `start` the rest of an escape stands.
fn are_escapes(mut places: u64, bytes: &[u8], start: usize) -> bool {
    while places != 0 {
        if escape(bytes, start + places.trailing_zeros() as usize).is_none() {
            return false;
        }
        places &= places - 1;
    }
    true
}

/// How long the escape is whose backslash stands before `at`, without it.
fn escape(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(1),
        b'u' => bytes.get(at + 1..at + 5)?.iter().all(u8::is_ascii_hexdigit).then_some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Scanner, Token};
    use proptest::prelude::*;

    /// What the scanner says of the same bytes, byte by byte.
    fn slow(bytes: &[u8]) -> Option<Inside> {
        let (mut at, mut inside) = (0, Inside::default());
        loop {
            match *bytes.get(at)? {
                b'"' => return Some(Inside { len: at, ..inside }),
                b'\\' => {
                    inside.escaped = true;
                    at += 1 + escape(bytes, at + 1)?;
                }
                0..=0x1F => return None,
                byte => {
                    inside.beyond += usize::from(byte >= 0x80);
                    at += 1;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn blocks_say_what_single_bytes_say(
            before in 0..140_usize,
            pieces in proptest::collection::vec("\\\\{0,5}|\\\\u[0-9a-fg]{0,4}|[nbx/\"]|[a-z é🙂]{0,70}|\u{1}", 0..12),
        ) {
            let text = "x".repeat(before) + &pieces.concat() + "\" behind it, more than a block of anything, so that blocks are used";
            prop_assert_eq!(Inside::of(text.as_bytes()), slow(text.as_bytes()), "{}", text);
            let quoted = format!("\"{text}");
            let token = Scanner::over(&quoted).step();
            match (Inside::of(text.as_bytes()), token) {
                (Some(inside), Ok(Some(Token::String(string)))) => {
                    prop_assert_eq!((inside.len, inside.escaped), (string.raw().len(), string.is_escaped()));
                }
                (None, Err(_)) => {}
                (inside, token) => prop_assert!(false, "{inside:?}, {token:?}: {text}"),
            }
        }
    }

    #[test]
    fn an_escape_may_lie_across_two_blocks() {
        for before in 55..70 {
            for escape in ["\\\"", "\\\\", "\\u12aF", "\\\\\\\""] {
                let text = format!("{}{escape}{}\"", "a".repeat(before), "b".repeat(70));
                let want = Inside { len: text.len() - 1, escaped: true, beyond: 0 };
                assert_eq!(Inside::of(text.as_bytes()), Some(want), "{text}");
                assert_eq!(Inside::of(&text.as_bytes()[..text.len() - 1]), None);
            }
            let bad = format!("{}\\u12g4{}\"", "a".repeat(before), "b".repeat(70));
            assert_eq!(Inside::of(bad.as_bytes()), None);
        }
    }
}
