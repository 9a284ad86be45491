//! Where the value of `custom_id` stands in every request: what is taken out when an id is made for the wire.

/// Byte ranges within requests. Neighbours mostly have it in the same place, so a run of them costs as much as one.
#[derive(Clone, Debug, Default)]
pub struct IdValues {
    runs: Vec<Run>,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first request of the run.
    first: u32,
    /// Where the value begins, its quote included.
    start: u32,
    /// Bytes of the value beyond those of the id it means: its quotes, and what escapes take.
    more: u32,
}

/// A value's bytes within its request, quotes and all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdValue {
    /// Its first byte.
    pub start: u32,
    /// Its length.
    pub len: u32,
}

/// Bytes of a request of `len` bytes once its id is replaced by one of `id_len` bytes that needs no escapes.
pub(super) const fn renamed_len(len: u32, value: IdValue, id_len: u32) -> u32 {
    len - value.len + id_len + 2
}

impl IdValues {
    /// Adds the value of the next request, whose id is `id_len` bytes long.
    pub fn push(&mut self, value: IdValue, id_len: u32) {
        // Escapes are rarely shorter than what they mean; where they are, the difference wraps, here and back.
        let (start, more) = (value.start, value.len.wrapping_sub(id_len));
        if self.runs.last().is_none_or(|run| (run.start, run.more) != (start, more)) {
            self.runs.push(Run { first: self.len, start, more });
        }
        self.len += 1;
    }

    /// The value of request `number`, whose id is `id_len` bytes long.
    pub fn get(&self, number: u32, id_len: u32) -> Option<IdValue> {
        if number >= self.len {
            return None;
        }
        let run = self.runs.partition_point(|run| run.first <= number).checked_sub(1)?;
        let run = self.runs.get(run)?;
        Some(IdValue { start: run.start, len: run.more.wrapping_add(id_len) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_in_the_same_place_cost_nothing() {
        let mut values = IdValues::default();
        for len in [3, 9, 4] {
            values.push(IdValue { start: 13, len: len + 2 }, len);
        }
        assert_eq!((values.runs.len(), values.get(1, 9)), (1, Some(IdValue { start: 13, len: 11 })));
    }

    proptest! {
        #[test]
        fn values_come_back_as_they_went_in(all in proptest::collection::vec((0u32..3, 2u32..5, 0u32..6), 0..40)) {
            let mut values = IdValues::default();
            for &(start, len, id_len) in &all {
                values.push(IdValue { start, len }, id_len);
            }
            for (number, &(start, len, id_len)) in (0..).zip(&all) {
                prop_assert_eq!(values.get(number, id_len), Some(IdValue { start, len }));
            }
            prop_assert_eq!(values.get(all.len() as u32, 1), None);
        }
    }
}
