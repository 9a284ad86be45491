//! JSON strings out.

use crate::simd::marks;

/// Appends `text` as a JSON string, quotes included, escaping no more than JSON demands.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    push_escaped(out, text);
    out.push(b'"');
}

/// Appends `text` as the inside of a JSON string. Escapes are those of `JSON.stringify`: the short forms, `\u00xx` for
/// other controls, everything else as it is.
pub fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut clean = 0;
    for (number, block) in blocks.iter().enumerate() {
        let mut special = marks(block).special;
        while special != 0 {
            clean = push_special(out, bytes, clean, number * 64 + special.trailing_zeros() as usize);
            special &= special - 1;
        }
    }
    let behind = bytes.len() - rest.len();
    for (at, &byte) in rest.iter().enumerate() {
        if byte < 0x20 || matches!(byte, b'"' | b'\\') {
            clean = push_special(out, bytes, clean, behind + at);
        }
    }
    out.extend_from_slice(bytes.get(clean..).unwrap_or_default());
}

/// Appends what is clean from `clean` on, and the byte at `at`, which has to be escaped. Answers where the rest begins.
fn push_special(out: &mut Vec<u8>, bytes: &[u8], clean: usize, at: usize) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(bytes.get(clean..at).unwrap_or_default());
    let byte = bytes.get(at).copied().unwrap_or_default();
    let short = match byte {
        0x08 => b'b',
        0x0C => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x00..=0x1F => 0,
        _ => byte,
    };
    out.push(b'\\');
    if short == 0 {
        out.extend_from_slice(b"u00");
        for nibble in [byte >> 4, byte & 15] {
            out.extend(HEX.get(usize::from(nibble)));
        }
    } else {
        out.push(short);
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn controls_are_escaped_as_javascript_does() {
        let mut out = Vec::new();
        push_string(&mut out, "a\"\\\n\u{1}\u{1f}é\u{2028}");
        assert_eq!(out, "\"a\\\"\\\\\\n\\u0001\\u001fé\u{2028}\"".as_bytes());
    }

    #[test]
    fn what_must_be_escaped_is_found_at_every_place_of_a_long_text() {
        for at in 0..200 {
            let text = format!("{}\u{1f}\"{}", "é".repeat(at), "x".repeat(200 - at));
            let mut out = Vec::new();
            push_string(&mut out, &text);
            let escaped = text.replace('"', "\\\"").replace('\u{1f}', "\\u001f");
            assert_eq!(out, format!("\"{escaped}\"").as_bytes());
        }
    }

    proptest! {
        #[test]
        fn any_string_survives_the_round_trip(text in ".*") {
            let mut out = Vec::new();
            push_string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
