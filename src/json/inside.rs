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
        let (blocks, rest) = bytes.as_chunks::<64>();
        for (at, block) in (0..).step_by(64).zip(blocks) {
            match inside.block(block, bytes, at, &mut carry) {
                Step::On => {}
                Step::End => return Some(inside),
                Step::Bad => return None,
            }
        }
        // The last bytes, filled up with what ends nothing.
        let mut last = [b' '; 64];
        let ((words, few), (to_words, _)) = (rest.as_chunks::<8>(), last.as_chunks_mut::<8>());
        to_words.iter_mut().zip(words).for_each(|(to, from)| *to = *from);
        last.iter_mut().skip(words.len() * 8).zip(few).for_each(|(to, from)| *to = *from);
        let step = inside.block(&last, bytes, bytes.len() - rest.len(), &mut carry);
        matches!(step, Step::End).then_some(inside)
    }

    /// Takes the block at `start` of `bytes` in; `carry` says whether its first byte is escaped.
    #[inline]
    fn block(&mut self, block: &[u8; 64], bytes: &[u8], start: usize, carry: &mut u64) -> Step {
        let Marks { special, beyond } = marks(block);
        if special == 0 && *carry == 0 {
            self.beyond += beyond.count_ones() as usize;
            return Step::On;
        }
        let slashes = places_of(b'\\', block);
        let quotes = places_of(b'"', block);
        let escaped = escaped(slashes, carry);
        let end = (quotes & !escaped).trailing_zeros();
        let before = 1_u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1);
        if special & !slashes & !quotes & before != 0 || !are_escapes(escaped & before, bytes, start) {
            return Step::Bad;
        }
        self.escaped |= (slashes | escaped) & before != 0;
        self.beyond += (beyond & before).count_ones() as usize;
        if end < 64 {
            self.len = start + end as usize;
            return Step::End;
        }
        Step::On
    }
}

enum Step {
    On,
    End,
    Bad,
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
#[inline]
fn are_escapes(mut places: u64, bytes: &[u8], start: usize) -> bool {
    while places != 0 {
        if !is_escape(bytes, start + places.trailing_zeros() as usize) {
            return false;
        }
        places &= places - 1;
    }
    true
}

/// Whether the rest of an escape stands at `at`, whose backslash stands before it.
#[inline]
fn is_escape(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
        Some(b'u') => bytes.get(at + 1..at + 5).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Scanner, Token};
    use proptest::prelude::*;

    /// The same, byte by byte.
    fn slow(bytes: &[u8]) -> Option<Inside> {
        let (mut at, mut inside) = (0, Inside::default());
        loop {
            match *bytes.get(at)? {
                b'"' => return Some(Inside { len: at, ..inside }),
                b'\\' => {
                    inside.escaped = true;
                    if !is_escape(bytes, at + 1) {
                        return None;
                    }
                    at += 2;
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
            let text = "x".repeat(before) + &pieces.concat() + ["\"", "\" behind it, more than a block of anything, so that whole blocks are used"][before % 2];
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
