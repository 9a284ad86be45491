//! Vectors do what plain bytes do.

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
            let want =
                Marks { special: is(byte < 0x20 || byte == b'"' || byte == b'\\'), beyond: is(byte >= 0x80) };
            assert_eq!((marks(&block), marks_by::<Portable>(&block)), (want, want), "{byte}");
            let others = if byte == b'x' { 0 } else { 1 << at };
            assert_eq!(places_of(b'x', &block), !others);
            assert_eq!(places_by::<Portable>(b'x', &block), !others);
            let d = is(byte.eq_ignore_ascii_case(&b'd'));
            assert_eq!(
                (places_of_letter(b'd', &block), places_of_letter_by::<Portable>(b'd', &block)),
                (d, d)
            );
            let hex = is(byte.is_ascii_hexdigit());
            assert_eq!((hex_places(&block), hex_places_by::<Portable>(&block)), (hex, hex), "{byte}");
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
            assert!(!is_same(&text, &other) && !is_same_by::<Portable>(&text, &other), "{at} of {length}");
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
        let run = first.iter().position(|byte| *byte == block[20]).unwrap_or(16);
        prop_assert_eq!((run_without(block[20], &first), run_without_by::<Portable>(block[20], &first)), (run, run));
    }

    #[test]
    fn a_run_of_base64_ends_at_the_first_other_byte(length in 0..300_usize, end in "[=\"\\\\ é-]?") {
        let text = format!("{}{end}AAAA", "Zz9+/".repeat(60).split_at(length).0);
        let want = if end.is_empty() { length + 4 } else { length };
        prop_assert_eq!(base64_run(text.as_bytes()), want);
    }
}
