//! A hash over the requests of a plan, to tell whether a job is taken up again with the input it was begun with.

use core::fmt;

/// FNV-1a over every request and a separator. It guards against mistakes, not against an enemy: whoever can choose the
/// input needs no collision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

impl Default for Digest {
    fn default() -> Self {
        Self(OFFSET_BASIS)
    }
}

impl Digest {
    /// Takes the next request in.
    pub fn push(&mut self, request: &[u8]) {
        // A line feed stands in no request that came from a line, and separates any two.
        let bytes = request.iter().chain(b"\n");
        self.0 = bytes.fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fnv1a-{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(requests: &[&str]) -> String {
        let mut digest = Digest::default();
        for request in requests {
            digest.push(request.as_bytes());
        }
        digest.to_string()
    }

    #[test]
    fn order_borders_and_every_byte_count() {
        let all = [of(&[]), of(&["ab", "c"]), of(&["a", "bc"]), of(&["c", "ab"]), of(&["ab", "d"])];
        let mut unique = all.to_vec();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), all.len());
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_eq!(of(&[]), "fnv1a-cbf29ce484222325");
    }
}
