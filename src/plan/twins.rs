//! Requests that are the same but for their ids: which of them are sent, and which ride along.

use core::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};

use super::id_values::IdValue;

/// What no input can know beforehand, so that none can be made to look like another.
pub type TwinKey = [u64; 2];

/// Finds the first request that is the same as the one at hand, while a plan is made.
///
/// Two requests are taken for the same when 128-bit digests of all their bytes but the id's agree. The digest is keyed
/// with chance: whatever the requests hold, two different ones agree in one of 2^128 cases. It takes some thirty bytes
/// for every request that is sent, until the plan is made.
#[derive(Clone, Debug)]
pub struct Twins {
    key: TwinKey,
    /// Digests of the requests that are sent, with their numbers.
    sent: Vec<(u128, u32)>,
    /// Positions in `sent` plus one, 0 for a free slot; a power of two long, never more than three quarters full.
    slots: Vec<u32>,
}

impl Twins {
    /// None yet.
    pub const fn new(key: TwinKey) -> Self {
        Self { key, sent: Vec::new(), slots: Vec::new() }
    }

    /// The request that is sent in the stead of request `number`; `None` when it is the first of its kind.
    pub fn leader_of(&mut self, number: u32, request: &[u8], value: IdValue) -> Option<u32> {
        if (self.sent.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let digest = self.digest(request, value);
        let slot = match self.look(digest) {
            Ok(leader) => return Some(leader),
            Err(slot) => slot,
        };
        self.sent.push((digest, number));
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = self.sent.len() as u32;
        }
        None
    }

    fn digest(&self, request: &[u8], value: IdValue) -> u128 {
        let (start, end) = (value.start as usize, (value.start + value.len) as usize);
        let mut hasher = SipHasher24::new_with_keys(self.key[0], self.key[1]);
        // Where the id stands counts too, or a cut in another place could make the same bytes.
        hasher.write_u32(value.start);
        hasher.write(request.get(..start).unwrap_or_default());
        hasher.write(request.get(end..).unwrap_or_default());
        hasher.finish128().as_u128()
    }

    /// The number of the request with this digest, or the free slot where it belongs.
    fn look(&self, digest: u128) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = digest as usize & mask;
        loop {
            let Some(at) = self.slots.get(slot).and_then(|at| at.checked_sub(1)) else { return Err(slot) };
            match self.sent.get(at as usize) {
                Some(&(known, number)) if known == digest => return Ok(number),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        self.slots.clear();
        self.slots.resize(size, 0);
        for at in 0..self.sent.len() {
            let digest = self.sent.get(at).map_or(0, |(digest, _)| *digest);
            if let Some(slot) = self.look(digest).err().and_then(|slot| self.slots.get_mut(slot)) {
                *slot = at as u32 + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::riders::Riders;
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn value(id: &str) -> IdValue {
        IdValue { start: 6, len: id.len() as u32 + 2 }
    }

    fn line(id: &str, rest: &str) -> String {
        format!("{{\"id\":\"{id}\",{rest}}}")
    }

    #[test]
    fn every_byte_but_the_ids_counts_and_so_does_its_place() {
        let mut twins = Twins::new([1, 2]);
        let mut leader = |request: &str, value| twins.leader_of(0, request.as_bytes(), value).is_some();
        assert!(!leader(&line("a", "x"), value("a")));
        assert!(leader(&line("bcd", "x"), value("bcd")));
        for other in ["y", "x ", "xx", ""] {
            assert!(!leader(&line("a", other), value("a")), "{other}");
        }
        assert!(
            !leader("\"a\"{\"id\":,x}", IdValue { start: 0, len: 3 }),
            "the same bytes around another place"
        );
    }

    #[test]
    fn the_key_is_part_of_the_digest() {
        let digest = |key| Twins::new(key).digest(b"{\"id\":\"a\",x}", value("a"));
        assert!(digest([1, 2]) != digest([1, 3]) && digest([1, 2]) != digest([2, 2]));
        assert_eq!(digest([1, 2]), digest([1, 2]));
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_map(rests in proptest::collection::vec("[ab]{0,2}", 0..100)) {
            let (mut twins, mut map, mut riders) = (Twins::new([7, 9]), HashMap::new(), Riders::default());
            for (rest, number) in rests.iter().zip(0u32..) {
                let id = number.to_string();
                let want = map.get(rest).copied();
                map.entry(rest.clone()).or_insert(number);
                let got = twins.leader_of(number, line(&id, rest).as_bytes(), value(&id));
                prop_assert_eq!(got, want);
                if let Some(leader) = got {
                    riders.push(leader, number);
                }
            }
            riders.sort();
            for (rest, number) in rests.iter().zip(0u32..) {
                let leader = map[rest];
                prop_assert_eq!(riders.contains(number), leader != number);
                let want = (leader + 1..rests.len() as u32).filter(|&n| &rests[n as usize] == rest);
                prop_assert!(riders.of(leader).eq(want));
                prop_assert!(leader == number || riders.of(number).len() == 0);
            }
            prop_assert_eq!(riders.iter().count() as u32, riders.len());
        }
    }
}
