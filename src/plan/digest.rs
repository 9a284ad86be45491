//! A hash over the requests of a plan, to tell whether a job is taken up again with the input it was begun with.

use core::fmt;

/// A multiplicative hash over every request and its length, eight bytes at a step in four independent lanes: every
/// byte of a plan goes through here, and a hash that takes them one by one would cost as much as the whole check. It
/// guards against mistakes, not against an enemy: whoever can choose the input needs no collision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

/// Odd, and its bits in no order: the first digits of the fraction of the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const LANES: [u64; 4] = [1, 2, 3, 4];

impl Default for Digest {
    fn default() -> Self {
        Self(FACTOR)
    }
}

impl Digest {
    /// Half of it, for where a line is told from another.
    pub const fn short(&self) -> u32 {
        (self.0 >> 32) as u32 ^ self.0 as u32
    }

    /// Takes the next request in.
    pub fn push(&mut self, request: &[u8]) {
        let mut lanes = LANES;
        let (blocks, rest) = request.as_chunks::<32>();
        for block in blocks {
            take(&mut lanes, block);
        }
        // The length tells the filling from zeros that are meant, and one request from two.
        let (words, few) = rest.as_chunks::<8>();
        let last = few.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let filled = words.iter().map(|word| u64::from_le_bytes(*word)).chain([last, 0, 0, 0]);
        lanes.iter_mut().zip(filled).for_each(|(lane, word)| *lane = step(*lane, word));
        let end = lanes.into_iter().chain([request.len() as u64]);
        self.0 = end.fold(self.0, step);
    }
}

fn take(lanes: &mut [u64; 4], block: &[u8; 32]) {
    let (words, _) = block.as_chunks::<8>();
    for (lane, word) in lanes.iter_mut().zip(words) {
        *lane = step(*lane, u64::from_le_bytes(*word));
    }
}

/// One to one in either argument, so that a single change can never be lost on the way.
const fn step(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(FACTOR).rotate_left(29)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "words64-{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(requests: &[&str]) -> String {
        let mut digest = Digest::default();
        for request in requests {
            digest.push(request.as_bytes());
        }
        digest.to_string()
    }

    #[test]
    fn order_borders_and_every_byte_count() {
        let all = [of(&[]), of(&["ab", "c"]), of(&["a", "bc"]), of(&["c", "ab"]), of(&["ab", "d"])];
        let mut unique = all.to_vec();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), all.len());
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_eq!(of(&[]), "words64-9e3779b97f4a7c15");
    }

    #[test]
    fn no_byte_of_a_long_request_can_change_unseen() {
        let long = "0123456789".repeat(13);
        let mut seen = std::collections::HashSet::from([of(&[&long])]);
        for at in 0..long.len() {
            let changed = format!("{}!{}", &long[..at], &long[at + 1..]);
            assert!(seen.insert(of(&[&changed])), "{changed}");
            assert!(seen.insert(of(&[&long[..at]])), "cut at {at}");
            assert!(seen.insert(of(&[&format!("{}{}", &long[..at], "\0".repeat(at + 1))])), "filled at {at}");
        }
    }
}
