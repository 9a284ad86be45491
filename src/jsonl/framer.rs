//! Lines out of bytes, however the bytes are cut.
//!
//! Theory of operation: `buffer` holds, up to `end`, what has come and was not handed out. Every byte is searched for a line feed
//! once (`searched` remembers how far), and what is left of the last line moves to the front only when at least as
//! much has been handed out as stays, so the work is linear for any cutting. A line over the limit is not kept: its
//! head is, for the report, and the rest is counted, hashed and dropped until its line feed comes.

use core::ops::Range;

use memchr::memchr;

use super::sha256::Sha256;

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Bytes of an overlong line that are kept to show it.
const HEAD_BYTES: usize = 400;
/// A buffer that grew past this for one long line is given back when the line is done.
const KEEP_BYTES: usize = 1 << 20;

/// As much room is added at once: more than the holes that shorter lines have left, which would be used otherwise.
const LEAP_BYTES: usize = 4 << 20;

/// What the framer has for its caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Nothing until more is pushed or the end is told.
    NeedBytes,
    /// A line; its bytes are [`Framer::line`].
    Line(Line),
    /// A line that was longer than allowed and is gone.
    TooLong { number: u64, offset: u64, length: u64, sha256: String, head: Vec<u8> },
    /// No more lines will come.
    End,
}

/// Where a line stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    /// Its first byte, counted from the first byte of all.
    pub(super) offset: u64,
    range: Range<usize>,
}

impl Line {
    /// Its first byte in [`Framer::buffer`].
    pub(super) const fn start(&self) -> usize {
        self.range.start
    }
}

#[derive(Debug)]
pub(super) struct Framer {
    /// Longer than what it holds, so that no byte is cleared before it is written.
    buffer: Vec<u8>,
    end: usize,
    /// First byte of the current line in `buffer`.
    start: usize,
    /// No line feed lies between `start` and here.
    searched: usize,
    /// Offset of `buffer[start]` in the stream.
    offset: u64,
    number: u64,
    max_line: usize,
    overlong: Option<Overlong>,
    began: bool,
    ended: bool,
}

#[derive(Debug)]
struct Overlong {
    offset: u64,
    length: u64,
    hash: Sha256,
    head: Vec<u8>,
}

impl Framer {
    pub(super) const fn new(max_line: usize) -> Self {
        Self {
            buffer: Vec::new(),
            end: 0,
            start: 0,
            searched: 0,
            offset: 0,
            number: 0,
            max_line,
            overlong: None,
            began: false,
            ended: false,
        }
    }

    /// Takes the next `len` bytes from whoever writes them. Draining the frames before each push keeps memory at one
    /// line and one chunk.
    pub(super) fn push_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) {
        let left = self.end - self.start;
        if self.start >= left {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end = left;
            self.searched -= self.start;
            self.start = 0;
            if self.buffer.len() > KEEP_BYTES && left + len < KEEP_BYTES / 2 {
                self.buffer.truncate(KEEP_BYTES / 2);
                self.buffer.shrink_to_fit();
            }
        }
        let end = self.end + len;
        if end > self.buffer.len() {
            self.grow(end);
        }
        fill(self.buffer.get_mut(self.end..end).unwrap_or_default());
        self.end = end;
    }

    /// Makes room up to `end` at least: twice what there is, and of a long line a quarter more, so that it is moved a few
    /// times only.
    ///
    /// In WebAssembly a long line is not moved at all. The allocator lengthens what lies before unused memory where it
    /// stands, and what was allocated last and given back is unused; so two copies of a long line are never held.
    #[cold]
    fn grow(&mut self, end: usize) {
        let len = self.buffer.len();
        let more = (len / 4).max(len.min(LEAP_BYTES)).max(end - len);
        if len > KEEP_BYTES {
            drop(core::hint::black_box(Vec::<u8>::with_capacity(more)));
        }
        self.buffer.reserve_exact(more);
        self.buffer.resize(len + more, 0);
    }

    /// What has come and was not handed out, with the lines handed out since the last push before it.
    pub(super) fn buffer(&self) -> &[u8] {
        self.buffer.get(..self.end).unwrap_or_default()
    }

    pub(super) const fn finish(&mut self) {
        self.ended = true;
    }

    pub(super) const fn max_line(&self) -> usize {
        self.max_line
    }

    pub(super) fn next(&mut self) -> Frame {
        if !self.began && !self.skip_bom() {
            return Frame::NeedBytes;
        }
        let fresh = self.buffer.get(self.searched..self.end).unwrap_or_default();
        if let Some(ahead) = memchr(b'\n', fresh) {
            let end = self.searched + ahead;
            return self.line_until(end, end + 1);
        }
        let end = self.end;
        self.searched = end;
        if self.ended {
            return if end == self.start && self.overlong.is_none() {
                Frame::End
            } else {
                self.line_until(end, end)
            };
        }
        if self.overlong.is_some() || end - self.start > self.max_line {
            self.drop_until(end);
        }
        Frame::NeedBytes
    }

    /// The bytes of a line that [`Self::next`] has just answered, without its line end.
    pub(super) fn line(&self, line: &Line) -> &[u8] {
        let bytes = self.buffer.get(line.range.clone()).unwrap_or_default();
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    /// Ends the current line at `end`, the next one beginning at `next`.
    fn line_until(&mut self, end: usize, next: usize) -> Frame {
        self.number += 1;
        let number = self.number;
        if self.overlong.is_some() || end - self.start > self.max_line {
            self.drop_until(end);
        }
        let range = self.start..end;
        let offset = self.offset;
        self.offset += (next - self.start) as u64;
        self.start = next;
        self.searched = next;
        match self.overlong.take() {
            Some(Overlong { offset, length, hash, head }) => {
                Frame::TooLong { number, offset, length, sha256: hash.hex(), head }
            }
            None => Frame::Line(Line { number, offset, range }),
        }
    }

    /// Counts the bytes up to `end` as part of a line that is too long, and forgets them.
    fn drop_until(&mut self, end: usize) {
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        let overlong = self.overlong.get_or_insert_with(|| Overlong {
            offset: self.offset,
            length: 0,
            hash: Sha256::new(),
            head: Vec::new(),
        });
        let wanted = bytes.len().min(HEAD_BYTES - overlong.head.len());
        overlong.head.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        overlong.length += bytes.len() as u64;
        overlong.hash.push(bytes);
        self.offset += bytes.len() as u64;
        self.start = end;
        self.searched = end;
    }

    /// Passes over a byte order mark; false while it cannot be told yet whether there is one.
    fn skip_bom(&mut self) -> bool {
        let here = self.buffer.get(..self.end.min(BOM.len())).unwrap_or_default();
        if !self.ended && here.len() < BOM.len() && BOM.starts_with(here) {
            return false;
        }
        if here == BOM {
            self.start = BOM.len();
            self.searched = BOM.len();
            self.offset = BOM.len() as u64;
        }
        self.began = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(framer: &mut Framer) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            match framer.next() {
                Frame::Line(line) => {
                    let text = String::from_utf8_lossy(framer.line(&line)).into_owned();
                    seen.push(format!("{}@{} {text}", line.number, line.offset));
                }
                Frame::TooLong { number, offset, length, head, .. } => {
                    seen.push(format!("{number}@{offset} !{length} {}", String::from_utf8_lossy(&head)));
                }
                Frame::NeedBytes | Frame::End => return seen,
            }
        }
    }

    fn frame(text: &[u8], cut: usize) -> Vec<String> {
        let mut framer = Framer::new(8);
        let mut seen = Vec::new();
        for chunk in text.chunks(cut) {
            framer.push_with(chunk.len(), |space| space.copy_from_slice(chunk));
            seen.extend(drain(&mut framer));
        }
        framer.finish();
        seen.extend(drain(&mut framer));
        assert_eq!(framer.next(), Frame::End);
        seen
    }

    #[test]
    fn lines_come_with_number_and_offset_for_any_cutting() {
        for (text, want) in [
            ("", &[][..]),
            ("a\nb", &["1@0 a", "2@2 b"]),
            ("a\r\n\r\nb\r\n", &["1@0 a", "2@3 ", "3@5 b"]),
            ("\n\n", &["1@0 ", "2@1 "]),
            ("\u{FEFF}a\nb\n", &["1@3 a", "2@5 b"]),
            ("\u{FEFF}", &[]),
            ("a\u{FEFF}\n", &["1@0 a\u{FEFF}"]),
            ("12345678\n", &["1@0 12345678"]),
            ("123456789\nb", &["1@0 !9 123456789", "2@10 b"]),
            ("a\n1234567890ab", &["1@0 a", "2@2 !12 1234567890ab"]),
            ("a\rb\n", &["1@0 a\rb"]),
        ] {
            for cut in 1..=text.len().max(1) {
                assert_eq!(frame(text.as_bytes(), cut), want, "{text:?} cut every {cut}");
            }
        }
    }

    #[test]
    fn a_flood_without_a_line_feed_is_counted_and_not_kept() {
        let mut framer = Framer::new(1000);
        for _ in 0..100_000 {
            framer.push_with(1000, |space| space.fill(b'x'));
            assert_eq!(framer.next(), Frame::NeedBytes);
            assert!(framer.buffer.capacity() < 10_000);
        }
        framer.finish();
        let Frame::TooLong { length, head, .. } = framer.next() else { panic!("a line that is too long") };
        assert_eq!((length, head.len()), (100_000_000, HEAD_BYTES));
    }

    #[test]
    fn a_long_line_in_tiny_pieces_takes_linear_time() {
        // Four million pushes: with a rescan or a copy for each, this test would not end.
        let mut framer = Framer::new(1 << 23);
        for _ in 0..4_000_000 {
            framer.push_with(1, |space| space.fill(b'x'));
            assert_eq!(framer.next(), Frame::NeedBytes);
        }
        framer.push_with(1, |space| space.fill(b'\n'));
        assert!(matches!(framer.next(), Frame::Line(_)));
        framer.push_with(1, |space| space.fill(b'y'));
        assert!(framer.buffer.capacity() <= KEEP_BYTES, "the long line's memory is given back");
    }

    #[test]
    fn chunks_may_pile_up_before_they_are_read() {
        let mut framer = Framer::new(8);
        for _ in 0..1000 {
            framer.push_with(4, |space| space.copy_from_slice(b"a\nb\n"));
            let Frame::Line(_) = framer.next() else { panic!("a line") };
        }
        assert_eq!(drain(&mut framer).len(), 1000);
    }
}
