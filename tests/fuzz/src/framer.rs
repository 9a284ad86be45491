//! Results as a stream: any cutting gives the same lines, and every line that is not blank is answered once.

use batchwise::jsonl::{BadLine, Next, Reader};

use super::cuts::pieces;

/// Shorter than many lines of the corpus, so that overlong ones are met too.
const MAX_LINE: usize = 120;

#[derive(Debug, PartialEq)]
enum Seen {
    Record { id: String, line: Vec<u8>, number: u64, offset: u64 },
    Bad(BadLine),
}

pub fn run(data: &[u8]) {
    let (cut, whole) = pieces(data);
    let seen = read(&[whole]);
    assert_eq!(read(&cut), seen, "a cutting changed what was read");
    let places: Vec<(u64, u64)> = seen.iter().map(place).collect();
    assert_eq!(places, lines(whole), "lines were lost, invented or misplaced");
    for record in &seen {
        if let Seen::Record { line, offset, .. } = record {
            assert_eq!(
                &whole[*offset as usize..][..line.len()],
                line,
                "a line is not what the file holds there"
            );
        }
    }
}

fn read(pieces: &[&[u8]]) -> Vec<Seen> {
    let mut reader = Reader::new(MAX_LINE);
    let mut seen = Vec::new();
    for piece in pieces {
        reader.push(piece);
        drain(&mut reader, &mut seen);
    }
    reader.finish();
    drain(&mut reader, &mut seen);
    assert!(matches!(reader.next(), Next::End), "the end stays the end");
    seen
}

fn drain(reader: &mut Reader, seen: &mut Vec<Seen>) {
    loop {
        seen.push(match reader.next() {
            Next::NeedBytes | Next::End => return,
            Next::BadLine(bad) => Seen::Bad(bad),
            Next::Record(record) => Seen::Record {
                id: record.custom_id().into_owned(),
                line: record.line.to_vec(),
                number: record.number,
                offset: record.offset,
            },
        });
    }
}

fn place(seen: &Seen) -> (u64, u64) {
    match seen {
        Seen::Record { number, offset, .. } => (*number, *offset),
        Seen::Bad(bad) => (bad.line, bad.offset),
    }
}

/// The same by the plainest means: number and offset of every line that is not blank.
fn lines(bytes: &[u8]) -> Vec<(u64, u64)> {
    let blank = |line: &[u8]| line.iter().all(|byte| b" \t\r".contains(byte)) && line.len() <= MAX_LINE;
    let mut offset = 0;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let mark = if number == 1 && line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        if !blank(&line[mark..]) {
            found.push((number, (offset + mark) as u64));
        }
        offset += line.len() + 1;
    }
    found
}
