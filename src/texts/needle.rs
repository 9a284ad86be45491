//! What is searched for, made ready to be found fast.

use super::Block;
use super::fold::{fold, folded, variants};
use crate::simd::pairs;

/// Words to search for. Letters match in both cases, in every script that has two; nothing else is the same as anything
/// else. Nothing at all is in every text.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// In small letters.
    words: String,
    chars: Vec<char>,
    /// Of the characters, the one whose forms are looked for.
    anchor: usize,
    /// Two bytes for each form that a hit may have: where they are not, nothing is.
    forms: Vec<[Probe; 2]>,
}

/// A byte that a hit has so many bytes behind its place, once these bits are set in it.
#[derive(Clone, Copy, Debug)]
struct Probe {
    at: usize,
    byte: u8,
    bits: u8,
}

/// From the most common in texts to the rarest: what is looked for first is the rarest.
const COMMON: &[u8] = b" etaoinshrdlucmfwygpbvkxqjz";

impl Probe {
    const fn seen(self) -> (u8, u8) {
        (self.byte, self.bits)
    }
}

impl Needle {
    /// Makes `words` ready.
    pub(super) fn new(words: &str) -> Self {
        let words = folded(words);
        let chars: Vec<char> = words.chars().collect();
        let anchor = chars.iter().position(|c| !c.is_ascii());
        let forms = match anchor {
            None => vec![rarest(words.as_bytes())],
            Some(anchor) => chars.get(anchor).map(|c| variants(*c).map(ends).collect()).unwrap_or_default(),
        };
        Self { words, chars, anchor: anchor.unwrap_or(0), forms }
    }

    /// What is searched for, in small letters.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// Calls `hit` with the number of each text of the block that holds it, and the place of [`Self::first_in`], in order,
    /// each once.
    pub(super) fn find_in(&self, block: &Block, mut hit: impl FnMut(usize, usize)) {
        if self.words.is_empty() || block.is_odd {
            for number in 0..block.ends.len() {
                if let Some(place) = self.first_in(block, number, 0) {
                    hit(number, place);
                }
            }
        } else {
            self.scan(block, &mut hit);
        }
    }

    /// A place in the block before which this text of it does not hold the needle, nor words that begin with it; `None`
    /// where the text does not hold it at all. `from` is such a place that is known already, or 0.
    pub(super) fn first_in(&self, block: &Block, number: usize, from: usize) -> Option<usize> {
        let range = block.range(number)?;
        if self.words.is_empty() {
            return Some(range.start);
        }
        if block.is_odd {
            let text = folded(block.text.get(range.clone())?);
            return text.contains(&self.words).then_some(range.start);
        }
        // Letters that are typed behind others mostly stand behind them in the text, too.
        let from = from.max(range.start);
        if from < range.end && self.is_at(&block.text, &range, from) {
            return Some(from);
        }
        let bytes = block.text.as_bytes();
        (from..range.end).step_by(64).find_map(|at| {
            let mut places = self.places(bytes, at);
            while places != 0 {
                let place = at + places.trailing_zeros() as usize;
                places &= places - 1;
                if place < range.end && self.is_at(&block.text, &range, place) {
                    return Some(place);
                }
            }
            None
        })
    }

    fn scan(&self, block: &Block, hit: &mut impl FnMut(usize, usize)) {
        let bytes = block.text.as_bytes();
        let (mut at, mut number) = (0, 0);
        while at < bytes.len() {
            let mut places = self.places(bytes, at);
            let mut next = at + 64;
            while places != 0 {
                let place = at + places.trailing_zeros() as usize;
                places &= places - 1;
                number = text_at(&block.ends, place, number);
                let Some(range) = block.range(number) else { return };
                if !self.is_at(&block.text, &range, place) {
                    continue;
                }
                hit(number, place);
                // One hit in a text is enough.
                number += 1;
                let behind = range.end - at;
                if behind >= 64 {
                    next = range.end;
                    break;
                }
                places &= u64::MAX << behind;
            }
            at = next;
        }
    }

    /// Where among the 64 bytes from `at` on it may stand: the place of its start or, beyond ASCII, of its anchor.
    fn places(&self, bytes: &[u8], at: usize) -> u64 {
        self.forms
            .iter()
            .map(|[a, b]| {
                let of = |probe: &Probe| bytes.get(at + probe.at..).unwrap_or_default();
                match (of(a).first_chunk(), of(b).first_chunk()) {
                    (Some(near), Some(far)) => pairs(near, a.seen(), far, b.seen()),
                    // Behind the last byte there is none that is looked for.
                    _ => pairs(&padded(of(a)), a.seen(), &padded(of(b)), b.seen()),
                }
            })
            .fold(0, |all, places| all | places)
    }

    fn is_at(&self, text: &str, range: &core::ops::Range<usize>, place: usize) -> bool {
        if self.words.is_ascii() {
            let end = place + self.words.len();
            let found = text.as_bytes().get(place..end).unwrap_or_default();
            return end <= range.end && found.eq_ignore_ascii_case(self.words.as_bytes());
        }
        let (Some(before), Some(behind)) = (text.get(range.start..place), text.get(place..range.end)) else {
            return false;
        };
        let (left, right) = self.chars.split_at_checked(self.anchor).unwrap_or_default();
        begins(before.chars().rev(), left.iter().rev()) && begins(behind.chars(), right.iter())
    }
}

/// Whether `text` begins with `wanted`.
fn begins<'a>(mut text: impl Iterator<Item = char>, mut wanted: impl Iterator<Item = &'a char>) -> bool {
    wanted.all(|wanted| text.next().map(fold) == Some(*wanted))
}

/// The number of the text in which the byte at `place` stands, `from` or a later one.
fn text_at(ends: &[u32], place: usize, from: usize) -> usize {
    let rest = ends.get(from..).unwrap_or_default();
    // Mostly it is one of the next.
    let near = rest.get(..8).unwrap_or(rest);
    match near.iter().position(|end| *end as usize > place) {
        Some(number) => from + number,
        None => from + rest.partition_point(|end| *end as usize <= place),
    }
}

/// The two rarest bytes of words in ASCII.
fn rarest(words: &[u8]) -> [Probe; 2] {
    let rank = |at: &usize| {
        let byte = words.get(*at).copied().unwrap_or_default();
        COMMON.iter().position(|common| *common == byte).unwrap_or(COMMON.len())
    };
    let probe = |at: usize| {
        let byte = words.get(at).copied().unwrap_or_default();
        // A bit more makes small letters of large ones, and no other byte a letter.
        Probe { at, byte, bits: if byte.is_ascii_lowercase() { 0x20 } else { 0 } }
    };
    let first = (0..words.len()).max_by_key(rank).unwrap_or_default();
    let second = (0..words.len()).filter(|at| *at != first).max_by_key(rank).unwrap_or(first);
    [probe(first), probe(second)]
}

/// The first and the last byte of a character.
fn ends(c: char) -> [Probe; 2] {
    let mut room = [0; 4];
    let bytes = c.encode_utf8(&mut room).as_bytes();
    let probe = |at: usize| Probe { at, byte: bytes.get(at).copied().unwrap_or_default(), bits: 0 };
    [probe(0), probe(bytes.len() - 1)]
}

/// The bytes with a byte behind them that no UTF-8 has.
fn padded(bytes: &[u8]) -> [u8; 64] {
    core::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0xFF))
}
