//! CRC-32C (Castagnoli), the checksum of iSCSI and ext4: it finds every burst of up to 32 bits.

/// The polynomial 0x1EDC6F41, bits reversed.
const POLYNOMIAL: u32 = 0x82F6_3B78;

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut crc = at as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
        {
            table[at] = crc;
        }
        at += 1;
    }
    table
}

/// The checksum of pieces that stand one after the other.
pub(super) fn crc32c<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let entry = TABLE.get(((crc ^ u32::from(*byte)) & 0xFF) as usize).copied().unwrap_or_default();
        crc >> 8 ^ entry
    };
    !pieces.into_iter().flatten().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_published_values() {
        // RFC 3720, B.4.
        assert_eq!(crc32c([b"123456789".as_slice()]), 0xE306_9283);
        assert_eq!(crc32c([[0u8; 32].as_slice()]), 0x8A91_36AA);
        assert_eq!(crc32c([[0xFFu8; 32].as_slice()]), 0x62A8_AB43);
        assert_eq!(crc32c([b"1234".as_slice(), b"56789".as_slice()]), 0xE306_9283);
    }
}
