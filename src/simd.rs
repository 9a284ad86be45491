//! Sixteen bytes at a step: the few loops in which the time goes, in the instructions of the machine.
//!
//! The one file of the engine with `unsafe` in it: a load of sixteen bytes from a reference to sixteen bytes, and, off
//! WebAssembly, instructions that every such machine has. Everything is written once, over [`Lanes`]; what a machine without vectors runs is held against the
//! vectors by the tests below.
#![allow(
    unsafe_code,
    reason = "a vector is loaded through a pointer; the reference beside it proves the bounds"
)]

/// A vector of sixteen bytes.
trait Lanes: Copy {
    fn load(bytes: &[u8; 16]) -> Self;
    fn splat(byte: u8) -> Self;
    /// All bits of a byte where both are the same, none elsewhere.
    fn eq(self, other: Self) -> Self;
    /// All bits of a byte where it is at most the other's, none elsewhere.
    fn at_most(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    /// Each byte less the other's, around zero.
    fn less(self, other: Self) -> Self;
    /// The highest bit of each byte, the first byte's lowest.
    fn bits(self) -> u16;
}

/// What a block of a JSON text holds, one bit a byte, the first byte's lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Quotes, backslashes, and controls below U+0020.
    pub(crate) special: u64,
    /// Bytes beyond ASCII.
    pub(crate) beyond: u64,
}

/// What the block holds.
#[inline]
pub(crate) fn marks(block: &[u8; 64]) -> Marks {
    marks_by::<Native>(block)
}

/// Which bytes of the block are `byte`.
#[inline]
pub(crate) fn places_of(byte: u8, block: &[u8; 64]) -> u64 {
    places_by::<Native>(byte, block)
}

/// Which places of both blocks have `a` in the one and `b` in the other: a byte, and bits set before it is compared.
#[inline]
pub(crate) fn pairs(near: &[u8; 64], a: (u8, u8), far: &[u8; 64], b: (u8, u8)) -> u64 {
    pairs_by::<Native>(near, a, far, b)
}

/// How many bytes at the front are ASCII without quotes, backslashes and controls.
#[inline]
pub(crate) fn plain_run(bytes: &[u8; 16]) -> usize {
    plain_run_by::<Native>(bytes)
}

/// How many of the bytes are beyond ASCII.
#[inline]
pub(crate) fn count_beyond(bytes: &[u8]) -> usize {
    count_beyond_by::<Native>(bytes)
}

/// Whether both are the same bytes.
#[inline]
pub(crate) fn is_same(a: &[u8], b: &[u8]) -> bool {
    is_same_by::<Native>(a, b)
}

/// How many bytes at the front are of the standard alphabet of base64.
#[inline]
pub(crate) fn base64_run(bytes: &[u8]) -> usize {
    base64_run_by::<Native>(bytes)
}

/// Whether `byte` is of the standard alphabet of base64, `=` not included.
pub(crate) const fn is_base64(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/')
}

#[inline]
fn special<L: Lanes>(lanes: L) -> L {
    lanes.eq(L::splat(b'"')).or(lanes.eq(L::splat(b'\\'))).or(lanes.at_most(L::splat(0x1F)))
}

#[inline]
fn plain_run_by<L: Lanes>(bytes: &[u8; 16]) -> usize {
    let lanes = L::load(bytes);
    u32::from(special(lanes).or(lanes).bits()).trailing_zeros().min(16) as usize
}

#[inline]
fn count_beyond_by<L: Lanes>(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let of = |block| quarters::<L>(block).map(|(_, lanes)| lanes.bits().count_ones() as usize).sum::<usize>();
    blocks.iter().map(of).sum::<usize>() + rest.iter().filter(|byte| !byte.is_ascii()).count()
}

#[inline]
fn marks_by<L: Lanes>(block: &[u8; 64]) -> Marks {
    let mut marks = Marks::default();
    for (shift, lanes) in quarters::<L>(block) {
        let special = special(lanes);
        marks.special |= u64::from(special.bits()) << shift;
        marks.beyond |= u64::from(lanes.bits()) << shift;
    }
    marks
}

#[inline]
fn places_by<L: Lanes>(byte: u8, block: &[u8; 64]) -> u64 {
    quarters::<L>(block)
        .fold(0, |places, (shift, lanes)| places | u64::from(lanes.eq(L::splat(byte)).bits()) << shift)
}

#[inline]
fn pairs_by<L: Lanes>(near: &[u8; 64], a: (u8, u8), far: &[u8; 64], b: (u8, u8)) -> u64 {
    let is = |lanes: L, (byte, bits)| lanes.or(L::splat(bits)).eq(L::splat(byte));
    quarters::<L>(near).zip(quarters::<L>(far)).fold(0, |places, ((shift, near), (_, far))| {
        places | u64::from(is(near, a).and(is(far, b)).bits()) << shift
    })
}

#[inline]
fn is_same_by<L: Lanes>(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let same = |a: &[u8; 16], b: &[u8; 16]| L::load(a).eq(L::load(b));
    let (Some(last_a), Some(last_b)) = (a.last_chunk(), b.last_chunk()) else { return is_same_short(a, b) };
    let ((long_a, a), (long_b, b)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    for (a, b) in long_a.iter().zip(long_b) {
        let ((a, _), (b, _)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
        let all = a.iter().zip(b).map(|(a, b)| same(a, b)).reduce(L::and);
        if all.is_some_and(|all| all.bits() != u16::MAX) {
            return false;
        }
    }
    let ((short_a, _), (short_b, _)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    // What is left is looked at together with bytes before it.
    short_a.iter().zip(short_b).all(|(a, b)| same(a, b).bits() == u16::MAX)
        && same(last_a, last_b).bits() == u16::MAX
}

/// The same for two texts of one length below sixteen: two loads that overlap.
#[inline]
fn is_same_short(a: &[u8], b: &[u8]) -> bool {
    if let (Some(a), Some(b), Some(last_a), Some(last_b)) =
        (a.first_chunk::<8>(), b.first_chunk::<8>(), a.last_chunk::<8>(), b.last_chunk::<8>())
    {
        return a == b && last_a == last_b;
    }
    if let (Some(a), Some(b), Some(last_a), Some(last_b)) =
        (a.first_chunk::<4>(), b.first_chunk::<4>(), a.last_chunk::<4>(), b.last_chunk::<4>())
    {
        return a == b && last_a == last_b;
    }
    a.iter().eq(b)
}

#[inline]
fn base64_run_by<L: Lanes>(bytes: &[u8]) -> usize {
    let fits = |(_, lanes): (u32, L)| {
        // A bit more makes small letters of large ones, and no other byte a letter.
        let letter = lanes.or(L::splat(0x20)).less(L::splat(b'a')).at_most(L::splat(25));
        // The slash stands before the zero.
        let digit = lanes.less(L::splat(b'/')).at_most(L::splat(10));
        letter.or(digit).or(lanes.eq(L::splat(b'+')))
    };
    let (blocks, _) = bytes.as_chunks::<64>();
    let is_whole = |block: &&[u8; 64]| {
        quarters::<L>(block).map(fits).reduce(L::and).is_some_and(|all| all.bits() == u16::MAX)
    };
    let sure = blocks.iter().take_while(is_whole).count() * 64;
    let rest = bytes.get(sure..).unwrap_or_default();
    sure + rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len())
}

/// The four vectors of a block, each with the place of its first bit.
#[inline]
fn quarters<L: Lanes>(block: &[u8; 64]) -> impl Iterator<Item = (u32, L)> {
    let (quarters, _) = block.as_chunks::<16>();
    (0..).step_by(16).zip(quarters.iter().map(L::load))
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Native = core::arch::wasm32::v128;
#[cfg(target_arch = "x86_64")]
type Native = core::arch::x86_64::__m128i;
#[cfg(not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")))]
type Native = [u8; 16];

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        u8x16_bitmask, u8x16_eq, u8x16_le, u8x16_splat, u8x16_sub, v128, v128_and, v128_load, v128_or,
    };

    impl super::Lanes for v128 {
        #[inline]
        fn load(bytes: &[u8; 16]) -> Self {
            // SAFETY: the reference is to sixteen bytes that can be read, and the load needs no alignment.
            unsafe { v128_load(bytes.as_ptr().cast()) }
        }
        #[inline]
        fn splat(byte: u8) -> Self {
            u8x16_splat(byte)
        }
        #[inline]
        fn eq(self, other: Self) -> Self {
            u8x16_eq(self, other)
        }
        #[inline]
        fn at_most(self, other: Self) -> Self {
            u8x16_le(self, other)
        }
        #[inline]
        fn and(self, other: Self) -> Self {
            v128_and(self, other)
        }
        #[inline]
        fn or(self, other: Self) -> Self {
            v128_or(self, other)
        }
        #[inline]
        fn less(self, other: Self) -> Self {
            u8x16_sub(self, other)
        }
        #[inline]
        fn bits(self) -> u16 {
            u8x16_bitmask(self)
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{
        __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8,
        _mm_or_si128, _mm_set1_epi8, _mm_sub_epi8,
    };

    macro_rules! sse2 {
        ($call:expr) => {
            // SAFETY: every machine of this architecture has SSE2. The one call that takes a pointer loads sixteen
            // bytes from a reference to sixteen bytes, aligned or not.
            unsafe { $call }
        };
    }

    impl super::Lanes for __m128i {
        #[inline]
        fn load(bytes: &[u8; 16]) -> Self {
            sse2!(_mm_loadu_si128(bytes.as_ptr().cast()))
        }
        #[inline]
        fn splat(byte: u8) -> Self {
            sse2!(_mm_set1_epi8(byte.cast_signed()))
        }
        #[inline]
        fn eq(self, other: Self) -> Self {
            sse2!(_mm_cmpeq_epi8(self, other))
        }
        #[inline]
        fn at_most(self, other: Self) -> Self {
            sse2!(_mm_cmpeq_epi8(_mm_min_epu8(self, other), self))
        }
        #[inline]
        fn and(self, other: Self) -> Self {
            sse2!(_mm_and_si128(self, other))
        }
        #[inline]
        fn or(self, other: Self) -> Self {
            sse2!(_mm_or_si128(self, other))
        }
        #[inline]
        fn less(self, other: Self) -> Self {
            sse2!(_mm_sub_epi8(self, other))
        }
        #[inline]
        fn bits(self) -> u16 {
            sse2!(_mm_movemask_epi8(self).cast_unsigned() as u16)
        }
    }
}

#[cfg(any(test, not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64"))))]
mod portable {
    fn both(a: [u8; 16], b: [u8; 16], f: impl Fn(u8, u8) -> u8) -> [u8; 16] {
        core::array::from_fn(|n| match (a.get(n), b.get(n)) {
            (Some(a), Some(b)) => f(*a, *b),
            _ => 0,
        })
    }

    const fn all_if(yes: bool) -> u8 {
        if yes { u8::MAX } else { 0 }
    }

    impl super::Lanes for [u8; 16] {
        fn load(bytes: &[u8; 16]) -> Self {
            *bytes
        }
        fn splat(byte: u8) -> Self {
            [byte; 16]
        }
        fn eq(self, other: Self) -> Self {
            both(self, other, |a, b| all_if(a == b))
        }
        fn at_most(self, other: Self) -> Self {
            both(self, other, |a, b| all_if(a <= b))
        }
        fn and(self, other: Self) -> Self {
            both(self, other, |a, b| a & b)
        }
        fn or(self, other: Self) -> Self {
            both(self, other, |a, b| a | b)
        }
        fn less(self, other: Self) -> Self {
            both(self, other, u8::wrapping_sub)
        }
        fn bits(self) -> u16 {
            self.iter().rev().fold(0, |bits, byte| bits << 1 | u16::from(byte >> 7))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Portable = [u8; 16];

    fn block(bytes: &[u8], at: usize) -> [u8; 64] {
        core::array::from_fn(|n| bytes.get(at + n).copied().unwrap_or(b'x'))
    }

    #[test]
    fn every_byte_is_marked_for_what_it_is() {
        for byte in 0..=u8::MAX {
            for at in [0, 15, 16, 47, 63] {
                let mut block = [b'x'; 64];
                block[at] = byte;
                let is = |yes: bool| u64::from(yes) << at;
                let want = Marks {
                    special: is(byte < 0x20 || byte == b'"' || byte == b'\\'),
                    beyond: is(byte >= 0x80),
                };
                assert_eq!((marks(&block), marks_by::<Portable>(&block)), (want, want), "{byte}");
                let others = if byte == b'x' { 0 } else { 1 << at };
                assert_eq!(places_of(b'x', &block), !others);
                assert_eq!(places_by::<Portable>(b'x', &block), !others);
                let run = if is_base64(byte) { 64 } else { at };
                assert_eq!((base64_run(&block), base64_run_by::<Portable>(&block)), (run, run), "{byte}");
            }
        }
    }

    #[test]
    fn one_byte_anywhere_makes_two_texts_differ() {
        for length in [0, 1, 15, 16, 17, 63, 64, 65, 130, 200] {
            let text = vec![b'a'; length];
            assert!(is_same(&text, &text.clone()) && is_same_by::<Portable>(&text, &text.clone()));
            assert!(!is_same(&text, &vec![b'a'; length + 1]));
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 0x80;
                assert!(
                    !is_same(&text, &other) && !is_same_by::<Portable>(&text, &other),
                    "{at} of {length}"
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 16 } else { 256 }, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn vectors_and_plain_bytes_agree(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..100_usize) {
            let block = block(&bytes, at);
            prop_assert_eq!(marks(&block), marks_by::<Portable>(&block));
            prop_assert_eq!(places_of(b'"', &block), places_by::<Portable>(b'"', &block));
            let (a, b, other) = ((b'a', 0x20), (block[1], 0), core::array::from_fn(|n| block[63 - n]));
            let want = (0..64).filter(|n| block[*n].eq_ignore_ascii_case(&b'a') && block[63 - n] == block[1]);
            let want = want.fold(0, |places: u64, n| places | 1 << n);
            prop_assert_eq!((pairs(&block, a, &other, b), pairs_by::<Portable>(&block, a, &other, b)), (want, want));
            let behind = bytes.get(at..).unwrap_or_default();
            prop_assert_eq!(base64_run(behind), base64_run_by::<Portable>(behind));
            let slow = behind.iter().take_while(|byte| is_base64(**byte)).count();
            prop_assert_eq!(base64_run(behind), slow);
            prop_assert_eq!(is_same(behind, &bytes), behind == bytes);
            let beyond = behind.iter().filter(|byte| **byte > 0x7F).count();
            prop_assert_eq!((count_beyond(behind), count_beyond_by::<Portable>(behind)), (beyond, beyond));
            let first: [u8; 16] = core::array::from_fn(|n| block[n]);
            let run = (marks(&block).special | marks(&block).beyond).trailing_zeros().min(16) as usize;
            prop_assert_eq!((plain_run(&first), plain_run_by::<Portable>(&first)), (run, run));
        }

        #[test]
        fn a_run_of_base64_ends_at_the_first_other_byte(length in 0..300_usize, end in "[=\"\\\\ é-]?") {
            let text = format!("{}{end}AAAA", "Zz9+/".repeat(60).split_at(length).0);
            let want = if end.is_empty() { length + 4 } else { length };
            prop_assert_eq!(base64_run(text.as_bytes()), want);
        }
    }
}
