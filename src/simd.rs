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

/// Which bytes of the block are this small letter or its capital.
#[inline]
pub(crate) fn places_of_letter(letter: u8, block: &[u8; 64]) -> u64 {
    places_of_letter_by::<Native>(letter, block)
}

/// Which bytes of the block are hexadecimal digits.
#[inline]
pub(crate) fn hex_places(block: &[u8; 64]) -> u64 {
    hex_places_by::<Native>(block)
}

/// How many bytes at the front are not `byte`.
#[inline]
pub(crate) fn run_without(byte: u8, bytes: &[u8; 16]) -> usize {
    run_without_by::<Native>(byte, bytes)
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
fn places_of_letter_by<L: Lanes>(letter: u8, block: &[u8; 64]) -> u64 {
    quarters::<L>(block).fold(0, |places, (shift, lanes)| {
        places | u64::from(lanes.or(L::splat(0x20)).eq(L::splat(letter)).bits()) << shift
    })
}

#[inline]
fn hex_places_by<L: Lanes>(block: &[u8; 64]) -> u64 {
    quarters::<L>(block).fold(0, |places, (shift, lanes)| {
        let digit = lanes.less(L::splat(b'0')).at_most(L::splat(9));
        let letter = lanes.or(L::splat(0x20)).less(L::splat(b'a')).at_most(L::splat(5));
        places | u64::from(digit.or(letter).bits()) << shift
    })
}

#[inline]
fn run_without_by<L: Lanes>(byte: u8, bytes: &[u8; 16]) -> usize {
    u32::from(L::load(bytes).eq(L::splat(byte)).bits()).trailing_zeros().min(16) as usize
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
mod tests;
