//! A table: any cutting gives the same rows, and cells that were written are the cells that are read.

use batchwise::rows::{BadRow, CsvReader, Dialect, NextRow};

use super::cuts::pieces;

const MAX_ROW: u64 = 200;

#[derive(Debug, PartialEq)]
enum Seen {
    Row { cells: Vec<String>, line: u64, offset: u64 },
    Bad(BadRow),
}

pub fn run(data: &[u8]) {
    let (cut, whole) = pieces(data);
    for dialect in [Dialect::CSV, Dialect::TSV] {
        let seen = read(dialect, &[whole]);
        assert_eq!(read(dialect, &cut), seen, "a cutting changed what was read");
        let mut last = 0;
        for seen in &seen {
            if let Seen::Row { offset, line, cells } = seen {
                assert!(*offset as usize <= whole.len() && *line > last && !cells.is_empty());
                last = *line;
            }
        }
    }
    round_trip(&String::from_utf8_lossy(whole));
}

/// The text's words as cells of one row, quoted as RFC 4180 says.
fn round_trip(text: &str) {
    let cells: Vec<&str> = text.split(';').collect();
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    let written = format!("{}\r\n", quoted.join(","));
    if written.len() as u64 > MAX_ROW {
        return;
    }
    match read(Dialect::CSV, &[written.as_bytes()]).as_slice() {
        [Seen::Row { cells: read, .. }] => assert_eq!(*read, cells),
        other => panic!("one row was written: {other:?}"),
    }
}

fn read(dialect: Dialect, pieces: &[&[u8]]) -> Vec<Seen> {
    let mut reader = CsvReader::new(dialect, MAX_ROW);
    let mut seen = Vec::new();
    for piece in pieces {
        reader.push(piece);
        drain(&mut reader, &mut seen);
    }
    reader.finish();
    drain(&mut reader, &mut seen);
    seen
}

fn drain(reader: &mut CsvReader, seen: &mut Vec<Seen>) {
    loop {
        seen.push(match reader.next() {
            NextRow::NeedBytes | NextRow::End => return,
            NextRow::Bad(bad) => Seen::Bad(bad),
            NextRow::Row(row) => Seen::Row {
                cells: row.cells().map(str::to_owned).collect(),
                line: row.line,
                offset: row.offset,
            },
        });
    }
}
