//! Headers of pictures and documents of any size, as base64: what a check can look at without decoding them.

/// A PNG.
pub(super) fn png(width: u32, height: u32) -> String {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    encoded(&[&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], &sides, b"\x08\x06\0\0\0"].concat())
}

/// A GIF.
pub(super) fn gif(width: u16, height: u16) -> String {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    encoded(&[&b"GIF89a"[..], &sides, b"\x80\0\0\0\0\0"].concat())
}

/// A JPEG with something before its frame, as cameras write it.
pub(super) fn jpeg(width: u16, height: u16) -> String {
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let camera = [&b"\xff\xe1\x30\0"[..], &[7; 0x2FFE]].concat();
    encoded(&[&b"\xff\xd8"[..], &camera, b"\xff\xc0\0\x11\x08", &sides, b"\x03\x01\x22\0"].concat())
}

/// A WebP.
pub(super) fn webp(width: u32, height: u32) -> String {
    let side = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    encoded(&[&b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"[..], &side(width), &side(height)].concat())
}

/// A PDF that was prepared for the web and says how many pages it has.
pub(super) fn pdf_for_the_web(pages: u32) -> String {
    let file = |length: usize| {
        format!(
            "%PDF-1.4\n1 0 obj\n<< /Linearized 1 /L {length:06} /O 3 /N {pages} /T 9 >>\nendobj\ntrailer << /Size 2 >>\n%%EOF"
        )
    };
    encoded(file(file(0).len()).as_bytes())
}

/// A PDF with a tree of pages somewhere in it.
pub(super) fn pdf(pages: u32) -> String {
    let filling = "% nothing\n".repeat(500);
    encoded(
        format!("%PDF-1.4\n{filling}2 0 obj\n<< /Type /Pages /Kids [] /Count {pages} >>\nendobj\n%%EOF")
            .as_bytes(),
    )
}

/// A PDF with a password.
pub(super) fn locked_pdf() -> String {
    encoded(b"%PDF-1.4\ntrailer\n<< /Size 9 /Root 1 0 R /Encrypt 8 0 R >>\nstartxref\n9\n%%EOF")
}

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
