//! What a results file says besides its rows: lines that cannot be read, lines that contradict one another, counts that
//! are not those of the batch, and bills.

use crate::error::{Error, ErrorCode};
use crate::jsonl::{BadLine, Record, Text};
use crate::plan::Digest;
use crate::wire::{Outcome, RequestCounts, is_unpaid};

use super::ending::Final;
use super::ledger::Verdict;
use super::machine::Machine;
use super::report::Discrepancy;

/// What is noted in one reading.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Requests whose line is there and cannot be read.
    pub(super) broken: Vec<Broken>,
    /// Whether there is a line that begins as HTML does: a network that wants a login answers so.
    pub(super) is_page: bool,
    /// Bytes of the file so far.
    pub(super) bytes: u64,
    /// What the file says, by outcome, each request once.
    pub(super) read: RequestCounts,
}

/// A line that is there, says whose it is, and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    pub(super) request: u32,
    /// What that makes of it.
    pub(super) how: Final,
    /// Where it stands: a line that is broken in the same place twice will be so the next time.
    offset: u64,
    length: u64,
}

impl Notes {
    /// Ends the reading: a last line without a line feed was cut, and says nothing of what the API has.
    pub(super) fn end(&mut self) {
        let bytes = self.bytes;
        self.broken.retain(|line| line.offset + line.length < bytes);
    }
}

impl Machine {
    /// The request of this part that a line which cannot be read belongs to, where it still says so.
    pub(super) fn owner_of(&self, part: u32, line: &BadLine) -> Option<Broken> {
        let request = self.request_named(part, line.custom_id.as_deref()?)?;
        let how = if line.too_long { Final::Oversized } else { Final::Unreadable };
        Some(Broken { request, how, offset: line.offset, length: line.length })
    }

    /// Counts a row as its file has it, and notices one that says something else than the first: in the same reading, or in
    /// one before.
    pub(super) fn note_row(
        &mut self,
        part: u32,
        request: u32,
        record: &Record<'_>,
        verdict: Verdict,
        notes: &mut Notes,
    ) {
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let Some(place) = it.requests.place_of(request) else { return };
        it.prints.resize(it.requests.count() as usize, 0);
        let Some(first) = it.prints.get_mut(place as usize) else { return };
        let print = print_of(record.line);
        if *first == 0 {
            *first = print;
        } else if *first != print {
            self.report.conflict(&record.custom_id());
        }
        if verdict == Verdict::Duplicate {
            return;
        }
        let read = &mut notes.read;
        match record.fields.outcome {
            Outcome::Succeeded => read.succeeded += 1,
            Outcome::Errored => read.errored += 1,
            Outcome::Canceled => read.canceled += 1,
            Outcome::Expired => read.expired += 1,
            Outcome::Unknown => {}
        }
    }

    /// Holds what the file says against what its batch says. The ids decide; the difference is told.
    pub(super) fn compare_counts(&mut self, part: u32, read: RequestCounts) {
        let Some(batch) = self.parts.get(part as usize).and_then(|it| it.batch.as_ref()) else { return };
        // A job that was taken up again after the end has not seen them.
        if batch.counts.total() == 0 || batch.counts == read {
            return;
        }
        let (batch, said) = (batch.id.to_string(), batch.counts.into());
        self.report.discrepancies.push(Discrepancy { part, batch, said, read: read.into() });
    }

    /// A row that was refused over an unpaid bill or a spend limit: all that is sent now would be.
    pub(super) fn heed_bill(&mut self, record: &Record<'_>) {
        let text = |text: Option<Text>| text.map(|text| record.text(text)).unwrap_or_default();
        let (kind, code) = (text(record.fields.error_type), text(record.fields.error_code));
        if record.fields.outcome == Outcome::Errored && is_unpaid(&kind, &code) {
            let message = format!(
                "request {} was refused over an unpaid bill or a spend limit ({kind}); nothing more is sent, and the job \
                 can be resumed once that is mended",
                record.custom_id()
            );
            self.stop(Error::new(ErrorCode::SpendLimit, message));
        }
    }
}

/// A short hash of a line, to tell one from another; never 0.
fn print_of(line: &[u8]) -> u32 {
    let mut digest = Digest::default();
    digest.push(line);
    digest.short().max(1)
}
