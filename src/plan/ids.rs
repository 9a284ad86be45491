//! Every `custom_id` of a plan, once.

/// Distinct texts in the order they came, each with its number, found by text or by number.
///
/// The texts lie end to end in one arena; the index over them is a table of numbers with open addressing, and beside it
/// a byte of each hash, so that looking for an id reads no text but its own. That is one id's bytes plus some twelve
/// bytes an entry, and comparison is always of the texts themselves: two ids are never one because their hashes agree. A count of 2^32 ids would need more memory than any host of ours has.
#[derive(Clone, Debug, Default)]
pub struct IdTable {
    text: String,
    /// Where each id ends in `text`; it begins where the one before it ends.
    ends: Vec<usize>,
    /// Numbers of ids where they were put; a power of two long, never more than three quarters full.
    slots: Vec<u32>,
    /// For each slot a byte of its id's hash; 0 where it is free.
    tags: Vec<u8>,
}

/// What became of an id that was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It was not there yet; this is its number.
    New(u32),
    /// It was there, and nothing changed.
    Duplicate {
        /// The number it has.
        first: u32,
    },
}

impl IdTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many ids there are.
    pub fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds `id` unless it is there.
    pub fn push(&mut self, id: &str) -> Pushed {
        if (self.ends.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let (slot, tag) = match self.look(id) {
            Ok(first) => return Pushed::Duplicate { first },
            Err(free) => free,
        };
        let number = self.len();
        self.text.push_str(id);
        self.ends.push(self.text.len());
        self.put(slot, tag, number);
        Pushed::New(number)
    }

    /// The id with this number.
    pub fn get(&self, number: u32) -> Option<&str> {
        let number = number as usize;
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    /// The number of this id.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.look(id).ok()
    }

    /// The ids in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// The id's number, or the free slot where it belongs and its tag there.
    fn look(&self, id: &str) -> Result<u32, (usize, u8)> {
        let mask = self.tags.len().wrapping_sub(1);
        let (hash, tag) = hash(id);
        let mut slot = hash & mask;
        loop {
            match self.tags.get(slot) {
                None | Some(0) => return Err((slot, tag)),
                Some(other) if *other == tag => {
                    let number = self.slots.get(slot).copied().unwrap_or_default();
                    if self.get(number) == Some(id) {
                        return Ok(number);
                    }
                }
                Some(_) => {}
            }
            slot = (slot + 1) & mask;
        }
    }

    fn put(&mut self, slot: usize, tag: u8, number: u32) {
        if let (Some(to), Some(of)) = (self.slots.get_mut(slot), self.tags.get_mut(slot)) {
            (*to, *of) = (number, tag);
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * if self.slots.len() < FEW { 4 } else { 2 }).max(16);
        // The old ones go first: both together would be the most that a plan ever takes.
        (self.slots, self.tags) = (Vec::new(), Vec::new());
        self.slots.resize(size, 0);
        self.tags.resize(size, 0);
        for number in 0..self.len() {
            let (hash, tag) = self.get(number).map_or((0, 1), hash);
            let mut slot = hash & (size - 1);
            while self.tags.get(slot).is_some_and(|tag| *tag != 0) {
                slot = (slot + 1) & (size - 1);
            }
            self.put(slot, tag, number);
        }
    }
}

/// Slots up to which room is made four times as large, which takes fewer steps than doubling.
const FEW: usize = 1 << 14;

/// Where to look for a text, and its tag, which is not 0.
///
/// Eight bytes a step, then a finish that spreads every bit over the low ones, which are those that choose the slot.
fn hash(text: &str) -> (usize, u8) {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut sum = text.len() as u64;
    for word in words {
        sum = (sum.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
    }
    let rest = rest.iter().fold(0, |rest, &byte| rest << 8 | u64::from(byte));
    sum = (sum.rotate_left(23) ^ rest).wrapping_mul(FACTOR);
    sum ^= sum >> 32;
    sum = sum.wrapping_mul(FACTOR);
    ((sum ^ sum >> 29) as usize, ((sum >> 56) as u8).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn a_hundred_thousand_ids_are_found_by_text_and_by_number() {
        let mut ids = IdTable::new();
        assert_eq!(ids.find("row-1"), None);
        for i in 0..100_000 {
            assert_eq!(ids.push(&format!("row-{i}")), Pushed::New(i));
        }
        assert_eq!(ids.push("row-77"), Pushed::Duplicate { first: 77 });
        assert_eq!((ids.len(), ids.get(99_999), ids.get(100_000)), (100_000, Some("row-99999"), None));
        assert_eq!((ids.find("row-4711"), ids.find("row-100000")), (Some(4711), None));
    }

    #[test]
    fn neighbours_do_not_crowd_into_the_same_slots() {
        let slots: std::collections::HashSet<usize> =
            (0..10_000).map(|i| hash(&format!("req-{i:05}")).0 & 0xFFFF).collect();
        assert!(slots.len() > 9_000, "{}", slots.len());
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_map(ids in proptest::collection::vec("[ab]{0,3}|.{0,20}", 0..200)) {
            let mut table = IdTable::new();
            let mut map: HashMap<String, u32> = HashMap::new();
            for id in &ids {
                let next = map.len() as u32;
                let want = match map.get(id) {
                    Some(&first) => Pushed::Duplicate { first },
                    None => Pushed::New(next),
                };
                map.entry(id.clone()).or_insert(next);
                prop_assert_eq!(table.push(id), want);
            }
            for (id, &number) in &map {
                prop_assert_eq!(table.find(id), Some(number));
                prop_assert_eq!(table.get(number), Some(id.as_str()));
            }
            prop_assert_eq!(table.iter().count(), map.len());
        }
    }
}
