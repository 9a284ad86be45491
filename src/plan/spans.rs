//! Where every request of a plan stands in its source.

/// Byte ranges in a source of any length, eight bytes a request.
///
/// Offsets are kept as 32 bits above a base, with a new base at the latest every 4 GiB.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// First request that counts from this base, and the base.
    bases: Vec<(u32, u64)>,
    /// Offset above the base, and length.
    spans: Vec<(u32, u32)>,
}

/// A byte range of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub offset: u64,
    /// Length in bytes.
    pub len: u32,
}

impl Spans {
    /// How many there are.
    pub fn len(&self) -> u32 {
        self.spans.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Adds the span of the next request.
    pub fn push(&mut self, span: Span) {
        let above = |base: u64| span.offset.checked_sub(base).and_then(|above| u32::try_from(above).ok());
        let above = self.bases.last().and_then(|&(_, base)| above(base)).unwrap_or_else(|| {
            self.bases.push((self.spans.len() as u32, span.offset));
            0
        });
        self.spans.push((above, span.len));
    }

    /// The span of request `number`.
    pub fn get(&self, number: u32) -> Option<Span> {
        let &(above, len) = self.spans.get(number as usize)?;
        let base = self.bases.partition_point(|&(first, _)| first <= number).checked_sub(1)?;
        let &(_, base) = self.bases.get(base)?;
        Some(Span { offset: base + u64::from(above), len })
    }
}

/// Where a request came from, in words a person can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Position in a list, from 0.
    Index(u64),
    /// Line of a file, from 1.
    Line(u64),
}

/// The place of every request, remembered only where it is not the one after the place before.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// First request of a run, and its place.
    runs: Vec<(u32, Place)>,
    len: u32,
}

impl Places {
    /// Adds the place of the next request.
    pub fn push(&mut self, place: Place) {
        let expected = self.runs.last().map(|&(first, start)| moved(start, self.len - first));
        if expected != Some(place) {
            self.runs.push((self.len, place));
        }
        self.len += 1;
    }

    /// The place of request `number`.
    pub fn get(&self, number: u32) -> Option<Place> {
        if number >= self.len {
            return None;
        }
        let run = self.runs.partition_point(|&(first, _)| first <= number).checked_sub(1)?;
        self.runs.get(run).map(|&(first, start)| moved(start, number - first))
    }
}

const fn moved(place: Place, by: u32) -> Place {
    match place {
        Place::Index(index) => Place::Index(index + by as u64),
        Place::Line(line) => Place::Line(line + by as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_past_four_gib_take_a_new_base() {
        let offsets = [7, 5 << 32, (5 << 32) + 9, 1 << 50, 3];
        let mut spans = Spans::default();
        for (len, &offset) in (1..).zip(&offsets) {
            spans.push(Span { offset, len });
        }
        for (number, (len, &offset)) in (0..).zip((1..).zip(&offsets)) {
            assert_eq!(spans.get(number), Some(Span { offset, len }));
        }
        assert_eq!((spans.get(5), spans.bases.len()), (None, 4));
    }

    proptest! {
        #[test]
        fn places_come_back_as_they_went_in(lines in proptest::collection::vec(0u64..5, 0..50)) {
            let mut places = Places::default();
            let mut line = 1;
            let mut all = Vec::new();
            for skip in lines {
                line += 1 + skip / 4;
                places.push(Place::Line(line));
                all.push(line);
            }
            for (number, &line) in all.iter().enumerate() {
                prop_assert_eq!(places.get(number as u32), Some(Place::Line(line)));
            }
            prop_assert_eq!(places.get(all.len() as u32), None);
        }
    }
}
