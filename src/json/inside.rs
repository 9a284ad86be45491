//! Where a string ends, found by blocks of sixty-four bytes.
//!
//! Theory of operation: a block without a quote, backslash or control is passed in one step. In others, runs of
//! backslashes are told apart by arithmetic over bits, so that a text full of escapes takes no branch for each. What is
//! wrong with a string is found out slowly, once, by [`crate::json::Scanner`].
//!
//! Bytes that nobody has read as UTF-8 before are read so on the way: where few of a block are beyond ASCII, character by
//! character; where many are, the whole string once more, by vectors.

use super::utf8::{Beyond, Characters, Trusted};
use crate::simd::{Marks, hex_places, marks, places_of, places_of_letter, plain_run};

/// What stands between two quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Bytes up to the closing quote.
    pub len: usize,
    /// Whether there are escapes among them.
    pub escaped: bool,
    /// How many of the bytes are not ASCII.
    pub beyond: usize,
    /// Whether some `\uD83D`-style escape has no partner: half a character, of which UTF-8 knows nothing.
    pub halved: bool,
}

impl Inside {
    /// The inside of the string whose opening quote has been read; `None` unless a good one ends in `bytes`, which are
    /// known to be UTF-8.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Reading::<Trusted>::default().string(bytes)
    }

    /// The same of any bytes; `None` also where the string is no UTF-8.
    pub fn of_any(bytes: &[u8]) -> Option<Self> {
        Reading::<Characters>::default().string(bytes)
    }
}

/// A string that is being read.
#[derive(Default)]
struct Reading<B> {
    inside: Inside,
    /// Whether the first byte of the next block is escaped by the last of this.
    carry: u64,
    escapes: Escapes,
    beyond: B,
}

impl<B: Beyond> Reading<B> {
    fn string(mut self, bytes: &[u8]) -> Option<Inside> {
        // Keys, names and words are short.
        if let Some(len) = bytes.first_chunk().map(plain_run)
            && bytes.get(len) == Some(&b'"')
        {
            return Some(Inside { len, ..self.inside });
        }
        let (blocks, rest) = bytes.as_chunks::<64>();
        for (at, block) in (0..).step_by(64).zip(blocks) {
            match self.block(block, bytes, at) {
                Step::On => {}
                Step::End => return self.ended(bytes),
                Step::Bad => return None,
            }
        }
        // The last bytes, filled up with what ends nothing.
        let mut last = [b' '; 64];
        let ((words, few), (to_words, _)) = (rest.as_chunks::<8>(), last.as_chunks_mut::<8>());
        to_words.iter_mut().zip(words).for_each(|(to, from)| *to = *from);
        last.iter_mut().skip(words.len() * 8).zip(few).for_each(|(to, from)| *to = *from);
        match self.block(&last, bytes, bytes.len() - rest.len()) {
            Step::End => self.ended(bytes),
            _ => None,
        }
    }

    fn ended(self, bytes: &[u8]) -> Option<Inside> {
        let inside = Inside { halved: self.escapes.halves.are_alone(), ..self.inside };
        self.beyond.end(bytes.get(..inside.len)?).then_some(inside)
    }

    /// Takes the block at `start` of `bytes` in.
    #[inline]
    fn block(&mut self, block: &[u8; 64], bytes: &[u8], start: usize) -> Step {
        let Marks { special, beyond } = marks(block);
        if special == 0 && self.carry == 0 && self.escapes.digits == 0 {
            return if self.beyond(beyond, bytes, start) { Step::On } else { Step::Bad };
        }
        let slashes = places_of(b'\\', block);
        let quotes = places_of(b'"', block);
        let escaped = escaped(slashes, &mut self.carry);
        let end = (quotes & !escaped).trailing_zeros();
        let before = 1_u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1);
        let letters = escaped & before & !(slashes | quotes);
        if special & !slashes & !quotes & before != 0
            || letters | self.escapes.digits != 0 && !self.escapes.block(letters, before, block, bytes, start)
            || !self.beyond(beyond & before, bytes, start)
        {
            return Step::Bad;
        }
        self.inside.escaped |= (slashes | escaped) & before != 0;
        if end < 64 {
            self.inside.len = start + end as usize;
            return Step::End;
        }
        Step::On
    }

    /// Takes in which bytes of the block are beyond ASCII.
    #[inline]
    fn beyond(&mut self, places: u64, bytes: &[u8], start: usize) -> bool {
        self.inside.beyond += places.count_ones() as usize;
        places == 0 || self.beyond.block(places, bytes, start)
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

/// What stands behind backslashes.
#[derive(Default)]
struct Escapes {
    /// Which of the first bytes of the next block have to be digits of an escape that began before it.
    digits: u64,
    halves: Halves,
}

impl Escapes {
    /// Whether at each of these places of the block at `start` an escape goes on whose backslash stands before it, and
    /// each has its digits, as far as the string goes. The branches do not depend on the digits, which nobody can guess.
    #[inline]
    fn block(&mut self, letters: u64, before: u64, block: &[u8; 64], bytes: &[u8], start: usize) -> bool {
        let unicode = letters & places_of(b'u', block);
        let others = letters & !unicode;
        if others != 0 && !are_escapes(others & !places_of(b'n', block), block) {
            return false;
        }
        let wanted = self.digits | unicode << 1 | unicode << 2 | unicode << 3 | unicode << 4;
        self.digits = unicode >> 63 | unicode >> 62 | unicode >> 61 | unicode >> 60;
        if wanted | unicode == 0 {
            return true;
        }
        // The byte that ends the string is no digit.
        if wanted & !hex_places(block) & (before << 1 | 1) != 0 {
            return false;
        }
        self.halves.look(unicode & (places_of_letter(b'd', block) >> 1 | 1 << 63), bytes, start);
        true
    }
}

/// Whether the bytes at these places are letters of escapes, which few texts have but `n` and `u`.
#[inline]
fn are_escapes(mut places: u64, block: &[u8; 64]) -> bool {
    while places != 0 {
        let byte = block.get(places.trailing_zeros() as usize);
        if !matches!(byte, Some(b'/' | b'b' | b'f' | b'r' | b't')) {
            return false;
        }
        places &= places - 1;
    }
    true
}

/// Escapes that stand for half a character: a first half and a second one make a whole.
#[derive(Default)]
struct Halves {
    /// Whether a first half came without its second.
    alone: bool,
    /// Second halves less those that a first one announced.
    seconds: isize,
}

impl Halves {
    const fn are_alone(&self) -> bool {
        self.alone || self.seconds != 0
    }

    /// Takes in what stands behind each `u` at these places of the block at `start`.
    #[inline]
    fn look(&mut self, mut places: u64, bytes: &[u8], start: usize) {
        while places != 0 {
            let at = start + places.trailing_zeros() as usize;
            if let Some(hex @ [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]) =
                bytes.get(at + 1..at + 5)
            {
                self.half(hex, bytes.get(at + 5..at + 9).unwrap_or_default());
            }
            places &= places - 1;
        }
    }

    /// Notes the half that these digits are, and what stands behind it.
    #[cold]
    fn half(&mut self, hex: &[u8], behind: &[u8]) {
        if matches!(hex, [_, b'8'..=b'9' | b'a'..=b'b' | b'A'..=b'B', ..]) {
            let has_second = matches!(behind, [b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F']);
            self.alone |= !has_second;
            self.seconds -= isize::from(has_second);
        } else {
            self.seconds += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Scanner, Str, Token};
    use proptest::prelude::*;

    /// The same, byte by byte.
    fn slow(bytes: &[u8]) -> Option<Inside> {
        let (mut at, mut inside) = (0, Inside::default());
        loop {
            match *bytes.get(at)? {
                b'"' => {
                    let text = String::from_utf8_lossy(&bytes[..at]);
                    return Some(Inside { len: at, halved: Str::of(&text).has_lone_surrogate(), ..inside });
                }
                b'\\' => {
                    inside.escaped = true;
                    match *bytes.get(at + 1)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => {}
                        _ => return None,
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
            pieces in proptest::collection::vec("\\\\{0,5}|\\\\u[0-9a-fg]{0,4}|(\\\\u[dD][89abAB][0-9]D|\\\\uD[c-fC-F]aa){1,3}|[nbx/\"]|[a-z é🙂]{0,70}|\u{1}", 0..12),
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

    proptest! {
        #[test]
        fn a_string_of_any_bytes_is_good_where_it_is_utf8(
            before in 0..140_usize,
            pieces in proptest::collection::vec(piece(), 0..40),
        ) {
            let bytes = [b"x".repeat(before), pieces.concat(), b"\"".to_vec(), b" and what follows".repeat(before % 9)].concat();
            let is_utf8 = |inside: &Inside| core::str::from_utf8(&bytes[..inside.len]).is_ok();
            prop_assert_eq!(Inside::of_any(&bytes), slow(&bytes).filter(is_utf8), "{}", bytes.escape_ascii());
        }
    }

    /// Characters of every length, whole, cut, overlong and beyond the last; and what is no part of any.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        const NASTY: [&[u8]; 22] = [
            b"\x80",
            b"\xbf",
            b"\xc0\x80",
            b"\xc1\xbf",
            b"\xc2",
            b"\xc2\x80",
            b"\xdf\xbf",
            b"\xe0\x80\x80",
            b"\xe0\x9f\xbf",
            b"\xe0\xa0\x80",
            b"\xed\x9f\xbf",
            b"\xed\xa0\x80",
            b"\xef\xbf\xbf",
            b"\xe2\x80",
            b"\xf0\x80\x80\x80",
            b"\xf0\x8f\xbf\xbf",
            b"\xf0\x90\x80\x80",
            b"\xf4\x8f\xbf\xbf",
            b"\xf4\x90\x80\x80",
            b"\xf5\x80\x80\x80",
            b"\xff",
            b"\xf0\x9f\x99",
        ];
        prop_oneof![
            20 => "[a-z]{0,40}|[é🙂界]{1,3}|[界é]{20,60}|\\\\n".prop_map(String::into_bytes),
            1 => proptest::sample::select(NASTY.as_slice()).prop_map(<[u8]>::to_vec),
        ]
    }

    #[test]
    fn an_escape_may_lie_across_two_blocks() {
        for before in 55..70 {
            for escape in ["\\\"", "\\\\", "\\u12aF", "\\\\\\\""] {
                let text = format!("{}{escape}{}\"", "a".repeat(before), "b".repeat(70));
                let want = Inside { len: text.len() - 1, escaped: true, ..Inside::default() };
                assert_eq!(Inside::of(text.as_bytes()), Some(want), "{text}");
                assert_eq!(Inside::of(&text.as_bytes()[..text.len() - 1]), None);
            }
            let bad = format!("{}\\u12g4{}\"", "a".repeat(before), "b".repeat(70));
            assert_eq!(Inside::of(bad.as_bytes()), None);
        }
    }

    #[test]
    fn half_a_character_is_told_from_a_whole_one_wherever_it_stands() {
        for before in 50..70 {
            for (escapes, halved) in [
                ("\\ud83d\\ude00", false),
                ("\\uD83D\\uDE00\\uD83D\\uDE00", false),
                ("\\ud83d", true),
                ("\\ude00", true),
                ("\\ude00\\ud83d", true),
                ("\\ud83d\\ud83d\\ude00", true),
                ("\\ud83d\\n", true),
                ("\\ud83dude00", true),
                ("\\\\ud83d", false),
                ("\\\\ud83d\\ude00", true),
                ("\\ud7ff\\ue000", false),
            ] {
                let text = format!("{}{escapes}{}\"", "a".repeat(before), "b".repeat(before % 2 * 70));
                let inside = Inside::of(text.as_bytes()).unwrap();
                assert_eq!((inside.len, inside.halved), (text.len() - 1, halved), "{text}");
            }
        }
    }
}
