//! JSON strings out.

/// Appends `text` as a JSON string, quotes included, escaping no more than JSON demands.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    push_escaped(out, text);
    out.push(b'"');
}

/// Appends `text` as the inside of a JSON string. Escapes are those of `JSON.stringify`: the short forms, `\u00xx` for
/// other controls, everything else as it is.
pub fn push_escaped(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut clean = 0;
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x0C => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x00..=0x1F => 0,
            _ => continue,
        };
        out.extend_from_slice(bytes.get(clean..at).unwrap_or_default());
        clean = at + 1;
        out.push(b'\\');
        if short == 0 {
            out.extend_from_slice(b"u00");
            for nibble in [byte >> 4, byte & 15] {
                out.extend(HEX.get(usize::from(nibble)));
            }
        } else {
            out.push(short);
        }
    }
    out.extend_from_slice(bytes.get(clean..).unwrap_or_default());
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

    proptest! {
        #[test]
        fn any_string_survives_the_round_trip(text in ".*") {
            let mut out = Vec::new();
            push_string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
