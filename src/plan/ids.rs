//! Every `custom_id` of a plan, once.

use super::chunks::Chunks;

/// Distinct texts in the order they came, each with its number, found by text or by number.
///
/// The texts lie end to end, and the index over them is a table of numbers with open addressing; the bits that a number
/// leaves free hold some of its text's hash, so that looking for an id reads hardly a text but its own. That is an id's
/// own bytes, one for its length and five to eleven for the index, and comparison is always of the texts themselves: two
/// ids are never one because their hashes agree. A count of 2^31 ids would need more memory than any host of ours has.
#[derive(Clone, Debug, Default)]
pub struct IdTable {
    /// Texts of so many ids each, end to end.
    groups: Vec<Box<str>>,
    /// Those of the last ones.
    open: String,
    /// Each id's length, up to [`LONG`].
    lens: Chunks<u8>,
    /// Numbers of ids that are longer, and their lengths.
    long: Vec<(u32, u32)>,
    /// Of each id, where its hash put it: its number and one more, and above that bits of its hash; 0 where nothing is.
    /// A power of two long, never more than three quarters full.
    slots: Vec<u32>,
}

/// Ids whose texts lie together. To find one, the lengths of those before it are added up.
const GROUP: usize = 64;
/// A length that does not fit into a byte.
const LONG: u8 = u8::MAX;

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
    pub const fn len(&self) -> u32 {
        self.lens.len() as u32
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.lens.is_empty()
    }

    /// Adds `id` unless it is there.
    pub fn push(&mut self, id: &str) -> Pushed {
        if (self.lens.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let hash = hash(id);
        let slot = match self.look(id, hash) {
            Ok(first) => return Pushed::Duplicate { first },
            Err(free) => free,
        };
        let number = self.len();
        let entry = self.entry(hash, number);
        if let Some(to) = self.slots.get_mut(slot) {
            *to = entry;
        }
        self.keep(id, number);
        Pushed::New(number)
    }

    fn keep(&mut self, id: &str, number: u32) {
        self.open.push_str(id);
        let len = u8::try_from(id.len()).unwrap_or(LONG);
        if len == LONG {
            self.long.push((number, id.len() as u32));
        }
        self.lens.push(len);
        if self.lens.len().is_multiple_of(GROUP) {
            self.groups.push(Box::from(self.open.as_str()));
            self.open.clear();
        }
    }

    /// The id with this number.
    pub fn get(&self, number: u32) -> Option<&str> {
        let (group, at) = (number as usize / GROUP, number as usize % GROUP);
        // A piece of the list holds whole groups.
        let lens = self.lens.piece(group * GROUP);
        let len = *lens.get(at)?;
        let before = lens.get(..at)?;
        let start = if self.long.is_empty() {
            before.iter().map(|len| u32::from(*len)).sum()
        } else {
            (number - at as u32..).zip(before).map(|(number, len)| self.length(number, *len)).sum::<u32>()
        } as usize;
        let text = self.groups.get(group).map_or(self.open.as_str(), |text| text);
        text.get(start..start + self.length(number, len) as usize)
    }

    fn length(&self, number: u32, len: u8) -> u32 {
        if len != LONG {
            return u32::from(len);
        }
        let place = self.long.binary_search_by_key(&number, |(number, _)| *number).ok();
        place.and_then(|place| self.long.get(place)).map_or(0, |(_, len)| *len)
    }

    /// The number of this id.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.look(id, hash(id)).ok()
    }

    /// The ids in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// The id's number, or the free slot where it belongs.
    fn look(&self, id: &str, hash: u64) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = hash as usize & mask;
        loop {
            let Some(&entry) = self.slots.get(slot).filter(|entry| **entry != 0) else { return Err(slot) };
            let number = (entry & mask as u32).wrapping_sub(1);
            if self.entry(hash, number) == entry && self.get(number) == Some(id) {
                return Ok(number);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// What stands in the slot of the id with this hash and number: numbers are smaller than the table.
    const fn entry(&self, hash: u64, number: u32) -> u32 {
        let mask = self.slots.len().wrapping_sub(1) as u32;
        (hash >> 32) as u32 & !mask | (number.wrapping_add(1) & mask)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * if self.slots.len() < FEW { 4 } else { 2 }).max(16);
        // The old one goes first: both together would be the most that a plan ever takes.
        self.slots = Vec::new();
        self.slots.resize(size, 0);
        let texts = self.groups.iter().map(|text| &**text).chain([self.open.as_str()]);
        let (mut number, lens) = (0, &self.lens);
        for mut text in texts {
            for len in lens.piece(number as usize).iter().take(GROUP) {
                let Some((id, rest)) = text.split_at_checked(self.length(number, *len) as usize) else {
                    break;
                };
                text = rest;
                let hash = hash(id);
                let entry = self.entry(hash, number);
                let mut slot = hash as usize & (size - 1);
                while self.slots.get(slot).is_some_and(|entry| *entry != 0) {
                    slot = (slot + 1) & (size - 1);
                }
                if let Some(to) = self.slots.get_mut(slot) {
                    *to = entry;
                }
                number += 1;
            }
        }
    }
}

/// Slots up to which room is made four times as large, which takes fewer steps than doubling.
const FEW: usize = 1 << 14;

/// Where to look for a text, in the low half, and what tells it from others there, in the high.
///
/// Eight bytes a step, then a finish that spreads every bit over all.
fn hash(text: &str) -> u64 {
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
    sum ^ sum >> 29
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
        let slots: std::collections::HashSet<u64> =
            (0..10_000).map(|i| hash(&format!("req-{i:05}")) & 0xFFFF).collect();
        assert!(slots.len() > 9_000, "{}", slots.len());
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_map(ids in proptest::collection::vec("[ab]{0,3}|.{0,20}|[a-c]{250,260}|[ab]{300}", 0..200)) {
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
