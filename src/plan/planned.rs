//! What planning leaves: everything about the requests but their bytes.

use super::digest::Digest;
use super::ids::IdTable;
use super::part::Part;
use super::spans::{Place, Places, Span, Spans};
use crate::cost::Estimator;
use crate::error::{At, Error, ErrorCode};
use crate::request::{Violations, envelope, trim};
use crate::rows::Table;

/// What will be sent, and in which parts; a few bytes per request, no request's bytes.
#[derive(Debug, Default)]
pub struct Plan {
    /// The parts in order.
    pub parts: Vec<Part>,
    /// The ids; an id's number is its request's number.
    pub ids: IdTable,
    /// For each request, where its bytes (or those of its row) begin in the source, and its own length.
    pub spans: Spans,
    /// Where each request came from, for people.
    pub places: Places,
    /// What was wrong with the source.
    pub violations: Violations,
    /// What it may cost.
    pub estimator: Estimator,
    /// For each request, the most it can cost in USD; not a number where its model has no price we know.
    pub ceilings: Vec<f32>,
    /// A hash of all requests' bytes, in order: the same input gives the same.
    pub digest: Digest,
    /// Lengths of the rows from which requests are rendered; empty where the source holds requests.
    pub(super) row_bytes: Vec<u32>,
    /// Renders them again.
    pub(super) table: Option<Table>,
}

/// Requests that are read from the source in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its first byte.
    pub start: u64,
    /// The byte behind its last.
    pub end: u64,
    /// How many requests it has.
    pub count: u32,
}

/// Bytes between two requests that are read along rather than in two pieces.
const NEAR: u64 = 64 << 10;

impl Plan {
    /// The bytes of the source from which request `number` is made.
    pub fn source_span(&self, number: u32) -> Option<Span> {
        let span = self.spans.get(number)?;
        Some(match self.row_bytes.get(number as usize) {
            Some(&len) => Span { len, ..span },
            None => span,
        })
    }

    /// Appends requests `numbers` to a body that already has `before` requests; `source` is a piece of the source that
    /// begins at byte `base` and holds what they are made from.
    ///
    /// # Errors
    /// `data/changed` where the source does not hold what it held when it was planned.
    pub fn append(
        &self,
        numbers: &[u32],
        before: u32,
        source: &[u8],
        base: u64,
        body: &mut Vec<u8>,
    ) -> Result<(), Error> {
        for (number, before) in numbers.iter().zip(before..) {
            body.extend_from_slice(if before == 0 { envelope::OPEN } else { envelope::COMMA });
            let start = body.len();
            let made = self.make(*number, source, base, body);
            let want = self.spans.get(*number).map(|span| span.len as usize);
            if made.is_none() || want != Some(body.len() - start) {
                return Err(self.changed(*number));
            }
        }
        Ok(())
    }

    /// Cuts `numbers`, in order, into runs that can be read from the source in one piece each. A run grows while the
    /// next request lies behind the one before it, not far away, and the run stays within `most` bytes.
    pub fn runs(&self, numbers: &[u32], most: u64) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for span in numbers.iter().filter_map(|&number| self.source_span(number)) {
            let end = span.offset + u64::from(span.len);
            let is_near =
                |run: &Run| (run.end..=run.end + NEAR).contains(&span.offset) && end - run.start <= most;
            match runs.last_mut().filter(|run| is_near(run)) {
                Some(run) => {
                    run.end = end;
                    run.count += 1;
                }
                None => runs.push(Run { start: span.offset, end, count: 1 }),
            }
        }
        runs
    }

    fn make(&self, number: u32, source: &[u8], base: u64, body: &mut Vec<u8>) -> Option<()> {
        let Span { offset, len } = self.source_span(number)?;
        let start = usize::try_from(offset.checked_sub(base)?).ok()?;
        let bytes = source.get(start..start.checked_add(len as usize)?)?;
        if let Some(table) = &self.table {
            return table.again(bytes, self.ids.get(number)?, body).then_some(());
        }
        // A request that begins elsewhere is not the one that was checked.
        let is_whole = trim(bytes) == (0..bytes.len()) && bytes.starts_with(b"{") && bytes.ends_with(b"}");
        is_whole.then(|| body.extend_from_slice(bytes))
    }

    fn changed(&self, number: u32) -> Error {
        let line = match self.places.get(number) {
            Some(Place::Line(line)) => Some(line),
            _ => None,
        };
        let custom_id = self.ids.get(number).map(str::to_owned);
        let message = "the source does not hold this request any more: it has changed since it was planned";
        Error::new(ErrorCode::InputChanged, message).at(At { custom_id, line, ..At::default() })
    }
}
