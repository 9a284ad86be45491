//! How large a picture is, told by its header: the data is not decoded.

use super::base64::Decoded;

/// Segments before the one with the size, at the most; real files have a dozen.
const SEGMENTS: usize = 500;

/// Width and height in pixels, where a JPEG, PNG, GIF or WebP says so in its header.
pub(super) fn size(data: Decoded<'_>) -> Option<(u32, u32)> {
    let first: [u8; 16] = data.read(0)?;
    match first {
        [0x89, b'P', b'N', b'G', .., b'I', b'H', b'D', b'R'] => {
            Some((u32::from_be_bytes(data.read(16)?), u32::from_be_bytes(data.read(20)?)))
        }
        [b'G', b'I', b'F', b'8', ..] => {
            let side = |at| Some(u32::from(u16::from_le_bytes(data.read(at)?)));
            Some((side(6)?, side(8)?))
        }
        [0xFF, 0xD8, 0xFF, ..] => jpeg(data),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', kind @ ..] => webp(data, kind),
        _ => None,
    }
}

/// Skips from segment to segment to the one that begins the frame.
fn jpeg(data: Decoded<'_>) -> Option<(u32, u32)> {
    let mut at = 2;
    for _ in 0..SEGMENTS {
        let [mark, kind, high, low] = data.read(at)?;
        match (mark, kind) {
            (0xFF, 0xFF) => at += 1,
            (0xFF, 0x01 | 0xD0..=0xD8) => at += 2,
            // Tables of numbers that lie among the frames, and the end.
            (0xFF, 0xC0..=0xCF) if !matches!(kind, 0xC4 | 0xC8 | 0xCC) => {
                let side = |at| Some(u32::from(u16::from_be_bytes(data.read(at)?)));
                return Some((side(at + 7)?, side(at + 5)?));
            }
            (0xFF, 0xD9 | 0xDA) => return None,
            (0xFF, _) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            _ => return None,
        }
    }
    None
}

fn webp(data: Decoded<'_>, kind: [u8; 4]) -> Option<(u32, u32)> {
    match &kind {
        b"VP8X" => {
            let side = |at| {
                let [low, middle, high] = data.read(at)?;
                Some(u32::from_le_bytes([low, middle, high, 0]) + 1)
            };
            Some((side(24)?, side(27)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(data.read(21)?);
            let size = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
            (data.read(20)? == [0x2F]).then_some(size)
        }
        b"VP8 " => {
            let side = |at| Some(u32::from(u16::from_le_bytes(data.read(at)?) & 0x3FFF));
            if data.read(23)? == [0x9D, 0x01, 0x2A] { Some((side(26)?, side(28)?)) } else { None }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::base64::encoded;
    use super::*;

    fn of(bytes: &[u8]) -> Option<(u32, u32)> {
        size(Decoded::of(encoded(bytes).as_bytes()))
    }

    #[test]
    fn every_format_says_how_large_it_is() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x1f\x41\0\0\0\x02\x08\x06\0\0\0";
        assert_eq!(of(png), Some((8001, 2)));
        assert_eq!(of(b"GIF89a\x10\x27\x03\0\x80\0\0\0\0\0"), Some((10_000, 3)));
        let jpeg = [
            &b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..],
            &[0xFF, 0xE1, 0x04, 0x00],
            &[7; 0x3FE],
            b"\xff\xff\xdb\0\x04\0\0",
            b"\xff\xc2\0\x11\x08\x01\x02\x23\x45\x03\0\0\0",
        ]
        .concat();
        assert_eq!(of(&jpeg), Some((0x2345, 0x0102)));
        assert_eq!(of(&jpeg[..jpeg.len() - 8]), None, "cut before the size");
        assert_eq!(of(&[&b"\xff\xd8\xff\xd9"[..], &[0; 20]].concat()), None, "an end before a frame");
        assert_eq!(of(&b"\xff\xd8".repeat(4000)), None, "segments without end");
        let riff = |rest: &[u8]| of(&[b"RIFF\x20\0\0\0WEBP", rest].concat());
        assert_eq!(riff(b"VP8X\x0a\0\0\0\0\0\0\0\x40\x1f\0\x01\0\0"), Some((8001, 2)));
        assert_eq!(riff(b"VP8L\x05\0\0\0\x2f\xff\x3f\0\0\0"), Some((16_384, 1)));
        assert_eq!(riff(b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x40\x06\x03\0"), Some((1600, 3)));
        assert_eq!((riff(b"VP9 \0\0\0\0"), of(b"%PDF-1.4 and so on"), of(b"")), (None, None, None));
    }
}
