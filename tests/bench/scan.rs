//! The ceiling for `make bench`: the same reading as in WebAssembly, compiled for this machine. Prints nanoseconds, the
//! least of a few runs, for each file that it is given.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a program for developers"
)]

use batchwise::cost::Tally;
use batchwise::jsonl::{DEFAULT_MAX_LINE_BYTES, Next, Reader};

const CHUNK: usize = 64 << 10;
const RUNS: usize = 7;

fn main() {
    for path in std::env::args().skip(1).filter(|arg| !arg.starts_with("--")) {
        let bytes = std::fs::read(&path).unwrap();
        let best = (0..RUNS).map(|_| count(&bytes)).min().unwrap();
        println!("{best} {path}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the engine has no clock; what it costs is seen by one")]
fn count(bytes: &[u8]) -> u128 {
    let start = std::time::Instant::now();
    let (mut reader, mut sum, mut outcomes) = (Reader::new(DEFAULT_MAX_LINE_BYTES), Tally::default(), [0; 5]);
    for chunk in bytes.chunks(CHUNK) {
        reader.push(chunk);
        while let Next::Record(record) = reader.next() {
            outcomes[record.fields.outcome as usize] += 1;
            if let Some(usage) = &record.fields.usage {
                sum.add(&record.fields.model.map(|model| record.text(model)).unwrap_or_default(), usage);
            }
        }
    }
    std::hint::black_box((sum, outcomes));
    start.elapsed().as_nanos()
}
