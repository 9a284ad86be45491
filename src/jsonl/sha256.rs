//! The SHA-256 of a line that cannot be read, by which whoever has the file finds and proves it.

use core::fmt;

use hmac_sha256::Hash;

/// A hash under way.
pub(super) struct Sha256(Hash);

impl Sha256 {
    pub(super) fn new() -> Self {
        Self(Hash::new())
    }

    /// Takes the next bytes in.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that came, in small hexadecimal digits.
    pub(super) fn hex(self) -> String {
        let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
        self.0.finalize().into_iter().flat_map(digits).flatten().collect()
    }

    /// The hash of a line that is there.
    pub(super) fn of(line: &[u8]) -> String {
        let mut hash = Self::new();
        hash.push(line);
        hash.hex()
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_published_values() {
        // FIPS 180-2, appendix B, and the empty message.
        for (text, want) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            assert_eq!(Sha256::of(text.as_bytes()), want);
        }
    }
}
