//! Base64 as the API reads it, judged in bulk: the standard alphabet, padded, without line breaks.

use crate::json::Str;
use crate::simd::{base64_run, is_base64};

/// Why a text is no base64.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) hint: &'static str,
}

/// What is wrong with it, if anything is.
pub(super) fn wrong(string: Str<'_>) -> Option<Wrong> {
    if string.is_escaped() {
        // A slash may be written \/ and nothing else needs an escape.
        return wrong_in(string.decode().as_bytes());
    }
    wrong_in(string.raw().as_bytes())
}

fn wrong_in(bytes: &[u8]) -> Option<Wrong> {
    let padding = bytes.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let body = bytes.get(..bytes.len() - padding).unwrap_or_default();
    let at = base64_run(body);
    if at < body.len() {
        let hint = if bytes.starts_with(b"data:") {
            "leave out the data: prefix; media_type says what it is"
        } else if matches!(body.get(at), Some(b'-' | b'_')) {
            "use the standard alphabet with + and /, not the URL-safe one"
        } else {
            "send base64 without line breaks or other characters"
        };
        return Some(Wrong { message: format!("the data is not base64: byte {at} of it is none"), hint });
    }
    if !bytes.len().is_multiple_of(4) {
        let message = format!("the data is not base64: its length of {} is no multiple of 4", bytes.len());
        return Some(Wrong { message, hint: "it was cut, or = is missing at its end" });
    }
    None
}

/// The first bytes of what the text stands for, up to twelve, if it is base64 so far.
pub(super) fn first_bytes(text: &str) -> Option<[u8; 12]> {
    let bytes = || text.bytes().filter(|byte| !matches!(byte, b'\\' | b'='));
    if text.is_empty() || !bytes().all(is_base64) {
        return None;
    }
    let mut out = [0; 12];
    let sextets = bytes().map_while(sextet);
    let mut held = 0_u32;
    let mut slots = out.iter_mut();
    for (n, sextet) in sextets.take(16).enumerate() {
        held = held << 6 | u32::from(sextet);
        if n % 4 == 3 {
            for byte in [held >> 16, held >> 8, held] {
                if let Some(slot) = slots.next() {
                    *slot = byte as u8;
                }
            }
            held = 0;
        }
    }
    Some(out)
}

/// What a text of base64 stands for, read here and there without decoding the rest of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoded<'a>(&'a [u8]);

impl<'a> Decoded<'a> {
    /// Of a text without escapes; what is no base64 in it reads as nothing.
    pub(super) const fn of(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// How many bytes there are.
    pub(super) fn len(self) -> usize {
        let padding = self.0.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
        (self.0.len() / 4 * 3).saturating_sub(padding)
    }

    /// The `N` bytes from `at` on, if they are there.
    pub(super) fn read<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        let mut out = [0; N];
        (self.copy(at, &mut out) == N).then_some(out)
    }

    /// Fills `out` with the bytes from `at` on; answers how many there were.
    pub(super) fn copy(self, at: usize, out: &mut [u8]) -> usize {
        let (mut skip, mut copied) = (at % 3, 0);
        for group in self.0.get(at / 3 * 4..).unwrap_or_default().chunks(4) {
            let sextets = group.iter().map_while(|byte| sextet(*byte));
            let (held, count) =
                sextets.fold((0_u32, 0), |(held, count), next| (held << 6 | u32::from(next), count + 1_u8));
            let held = held << (6 * (4 - count));
            let bytes = [(held >> 16) as u8, (held >> 8) as u8, held as u8];
            for byte in bytes.into_iter().take(usize::from(count.max(1)) - 1).skip(core::mem::take(&mut skip))
            {
                let Some(slot) = out.get_mut(copied) else { return copied };
                *slot = byte;
                copied += 1;
            }
            if count < 4 {
                break;
            }
        }
        copied
    }
}

const fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Base64 by the book, for tests alone.
#[cfg(test)]
pub(super) fn encoded(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let held =
            group.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = (held >> (18 - 6 * place)) & 63;
            out.push(if place <= group.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_base64_passes_and_what_is_not_is_told_why() {
        for good in ["", "AAAA", "AA==", "AAA=", "ab+/", &"abcd".repeat(100)] {
            assert!(wrong_in(good.as_bytes()).is_none(), "{good}");
        }
        for (bad, why) in [
            ("AAA", "multiple"),
            ("AA=", "multiple"),
            ("A===", "byte 1"),
            ("ab-_", "byte 2"),
            ("AA\nAA", "byte 2"),
            ("data:image/png;base64,AAAA", "byte 4"),
            ("[{@`", "byte 0"),
        ] {
            assert!(wrong_in(bad.as_bytes()).unwrap().message.contains(why), "{bad}");
        }
        let late = format!("{}!{}", "abcd".repeat(40), "a".repeat(3));
        assert!(wrong_in(late.as_bytes()).unwrap().message.contains("byte 160"));
    }

    #[test]
    fn bytes_are_read_wherever_they_stand() {
        // "Many hands make light work."
        let decoded = Decoded::of(b"TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu");
        let text = b"Many hands make light work.";
        assert_eq!(decoded.len(), text.len());
        for at in 0..=text.len() {
            let mut out = [0; 40];
            let copied = decoded.copy(at, &mut out);
            assert_eq!(&out[..copied], &text[at..], "{at}");
        }
        assert_eq!(decoded.read::<4>(5), Some(*b"hand"));
        assert_eq!((decoded.read::<4>(24), decoded.read::<1>(999)), (None, None));
        assert_eq!(Decoded::of(b"bGlnaHQ=").len(), 5);
        assert_eq!(Decoded::of(b"bGlnaHQ=").read::<5>(0), Some(*b"light"));
        assert_eq!(Decoded::of(b"bG?naHQ=").read::<3>(0), None);
        assert_eq!((Decoded::of(b"").len(), Decoded::of(b"=").len()), (0, 0));
    }

    #[test]
    fn first_bytes_are_those_of_the_data() {
        assert_eq!(&first_bytes("iVBORw0KGgo=").unwrap()[..6], b"\x89PNG\r\n");
        assert_eq!(&first_bytes("JVBERi0x").unwrap()[..6], b"%PDF-1");
        assert_eq!((first_bytes(""), first_bytes("AA\nA")), (None, None));
    }
}
