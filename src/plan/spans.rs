//! Where every request of a plan stands in its source.

/// Byte ranges in a source of any length, some three bytes a request.
///
/// Each is written as its length and, where it does not stand one byte behind the one before, how far it stands from
/// there: seven bits a byte, the low ones first.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// So many spans each.
    groups: Vec<Group>,
    /// The last ones.
    open: Vec<u8>,
    /// Where the first of them counts from.
    base: u64,
    /// Where the source of the last one ends.
    end: u64,
    len: u32,
}

#[derive(Clone, Debug)]
struct Group {
    base: u64,
    bytes: Box<[u8]>,
}

/// Spans that are read one after the other to find the last of them.
const GROUP: u32 = 32;

/// A byte range of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub offset: u64,
    /// Length in bytes.
    pub len: u32,
}

/// Where a request is made from, and how long it is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    source: Span,
    len: u32,
}

impl Spans {
    /// How many there are.
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds the next request, which stands in the source as it is.
    pub fn push(&mut self, span: Span) {
        self.add(Entry { source: span, len: span.len });
    }

    /// Adds the next request, of `len` bytes, which is rendered from a row that stands there.
    pub fn push_rendered(&mut self, row: Span, len: u32) {
        self.add(Entry { source: row, len });
    }

    fn add(&mut self, Entry { source, len }: Entry) {
        let gap = source.offset.wrapping_sub(self.end).wrapping_sub(1).cast_signed();
        let (is_apart, is_rendered) = (gap != 0, len != source.len);
        write(&mut self.open, u64::from(source.len) << 2 | u64::from(is_rendered) << 1 | u64::from(is_apart));
        if is_apart {
            // Small steps back are as short as small steps ahead.
            write(&mut self.open, (gap << 1 ^ gap >> 63).cast_unsigned());
        }
        if is_rendered {
            write(&mut self.open, u64::from(len));
        }
        self.end = source.offset + u64::from(source.len);
        self.len += 1;
        if self.len.is_multiple_of(GROUP) {
            let bytes = Box::from(self.open.as_slice());
            self.groups.push(Group { base: core::mem::replace(&mut self.base, self.end), bytes });
            self.open.clear();
        }
    }

    /// Where request `number` begins, or the row it is rendered from, and how long the request is.
    pub fn get(&self, number: u32) -> Option<Span> {
        self.entry(number).map(|Entry { source, len }| Span { len, ..source })
    }

    /// The bytes that request `number` is made from.
    pub fn source(&self, number: u32) -> Option<Span> {
        self.entry(number).map(|entry| entry.source)
    }

    /// The lengths of many requests, asked for in rising order: none is walked past twice.
    pub const fn walk(&self) -> Walk<'_> {
        Walk { spans: self, next: 0, end: 0, bytes: &[] }
    }

    fn entry(&self, number: u32) -> Option<Entry> {
        if number >= self.len {
            return None;
        }
        let (base, mut bytes) = self.group(number);
        let mut entry = next(base, &mut bytes)?;
        for _ in 0..number % GROUP {
            entry = next(entry.source.offset + u64::from(entry.source.len), &mut bytes)?;
        }
        Some(entry)
    }

    /// Where the group of request `number` counts from, and its entries.
    fn group(&self, number: u32) -> (u64, &[u8]) {
        let group = self.groups.get((number / GROUP) as usize);
        group.map_or((self.base, self.open.as_slice()), |group| (group.base, &group.bytes))
    }
}

/// See [`Spans::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    spans: &'a Spans,
    /// The request whose entry begins in `bytes`, behind a source that ends at `end`.
    next: u32,
    end: u64,
    bytes: &'a [u8],
}

impl Walk<'_> {
    /// How long request `number` is.
    pub fn len_of(&mut self, number: u32) -> Option<u32> {
        if number >= self.spans.len {
            return None;
        }
        if number < self.next || number / GROUP != self.next / GROUP || self.bytes.is_empty() {
            (self.end, self.bytes) = self.spans.group(number);
            self.next = number - number % GROUP;
        }
        loop {
            let entry = next(self.end, &mut self.bytes)?;
            self.end = entry.source.offset + u64::from(entry.source.len);
            self.next += 1;
            if self.next > number {
                return Some(entry.len);
            }
        }
    }
}

/// The next entry in `bytes`, where the source of the one before ends at `end`.
fn next(end: u64, bytes: &mut &[u8]) -> Option<Entry> {
    let word = read(bytes)?;
    let gap = if word & 1 == 0 { 0 } else { read(bytes)? };
    let source_len = u32::try_from(word >> 2).ok()?;
    let len = if word & 2 == 0 { source_len } else { u32::try_from(read(bytes)?).ok()? };
    let gap = (gap >> 1) ^ (gap & 1).wrapping_neg();
    let offset = end.wrapping_add(1).wrapping_add(gap);
    Some(Entry { source: Span { offset, len: source_len }, len })
}

fn write(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7F {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(value);
        }
        shift += 7;
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
    fn neighbours_of_any_number_take_some_three_bytes_each() {
        let mut spans = Spans::default();
        for number in 0..1000 {
            spans.push(Span { offset: number * 401, len: 400 });
        }
        let bytes: usize = spans.groups.iter().map(|group| group.bytes.len() + size_of::<Group>()).sum();
        assert!(bytes <= 3000, "{bytes}");
        assert_eq!(spans.get(999), Some(Span { offset: 999 * 401, len: 400 }));
    }

    proptest! {
        #[test]
        fn spans_come_back_as_they_went_in(
            all in proptest::collection::vec(
                (prop_oneof![Just(1u64), 0..1000u64, any::<u64>()], prop_oneof![0..300u32, any::<u32>()], any::<u32>()),
                0..100,
            ),
            rendered: bool,
        ) {
            let (mut spans, mut want, mut end) = (Spans::default(), Vec::new(), 0u64);
            for &(gap, source_len, len) in &all {
                let offset = end.wrapping_add(gap) >> 1;
                let source = Span { offset, len: source_len };
                let len = if rendered { len } else { source_len };
                if rendered { spans.push_rendered(source, len) } else { spans.push(source) }
                want.push((source, Span { offset, len }));
                end = offset + u64::from(source_len);
            }
            prop_assert_eq!((spans.len(), spans.is_empty()), (all.len() as u32, all.is_empty()));
            for (number, (source, own)) in (0..).zip(want) {
                prop_assert_eq!((spans.source(number), spans.get(number)), (Some(source), Some(own)));
            }
            prop_assert_eq!(spans.get(all.len() as u32), None);
        }

        #[test]
        fn a_walk_says_what_single_looks_say(
            lens in proptest::collection::vec(0..5000u32, 0..150), asked in proptest::collection::vec(0..160u32, 0..80),
            is_rising: bool,
        ) {
            let mut spans = Spans::default();
            for (number, len) in (0..).zip(lens) {
                spans.push(Span { offset: number * 5001, len });
            }
            let mut asked = asked;
            if is_rising {
                asked.sort_unstable();
            }
            let mut walk = spans.walk();
            for number in asked {
                prop_assert_eq!(walk.len_of(number), spans.get(number).map(|span| span.len));
            }
        }

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
