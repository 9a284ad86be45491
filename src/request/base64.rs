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
    fn first_bytes_are_those_of_the_data() {
        assert_eq!(&first_bytes("iVBORw0KGgo=").unwrap()[..6], b"\x89PNG\r\n");
        assert_eq!(&first_bytes("JVBERi0x").unwrap()[..6], b"%PDF-1");
        assert_eq!((first_bytes(""), first_bytes("AA\nA")), (None, None));
    }
}
