//! A list that grows without being copied.

/// Values in pieces of one size. A vector that doubles would need room for three times its content now and then, and
/// WebAssembly never gives room back.
#[derive(Clone, Debug)]
pub struct Chunks<T> {
    full: Vec<Box<[T]>>,
    open: Vec<T>,
}

/// Values in a piece.
const LENGTH: usize = 1024;

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { full: Vec::new(), open: Vec::new() }
    }
}

impl<T: Copy> Chunks<T> {
    /// Adds a value behind all others.
    pub fn push(&mut self, value: T) {
        if self.open.capacity() == 0 {
            self.open.reserve_exact(LENGTH);
        }
        self.open.push(value);
        if self.open.len() == LENGTH {
            self.full.push(core::mem::take(&mut self.open).into_boxed_slice());
        }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.full.len() * LENGTH + self.open.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at `at`.
    pub fn get(&self, at: usize) -> Option<T> {
        self.piece(at).first().copied()
    }

    /// The values from `at` on, as far as they lie in one piece.
    pub(super) fn piece(&self, at: usize) -> &[T] {
        let piece = self.full.get(at / LENGTH).map_or(self.open.as_slice(), |piece| piece);
        let is_there = at < self.len();
        piece.get(at % LENGTH..).filter(|_| is_there).unwrap_or_default()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flat_map(|piece| piece.iter()).chain(&self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went_in() {
        for count in [0, 1, LENGTH - 1, LENGTH, LENGTH + 1, 3 * LENGTH] {
            let mut chunks = Chunks::default();
            (0..count).for_each(|value| chunks.push(value));
            assert_eq!((chunks.len(), chunks.is_empty()), (count, count == 0));
            assert!(chunks.iter().copied().eq(0..count));
            assert!((0..count).all(|at| chunks.get(at) == Some(at)));
            assert_eq!((chunks.get(count), chunks.get(count + LENGTH)), (None, None));
        }
    }
}
