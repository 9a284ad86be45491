//! What planning leaves: everything about the requests but their bytes.

use super::chunks::Chunks;
use super::digest::Digest;
use super::id_values::{IdValue, IdValues, renamed_len};
use super::ids::IdTable;
use super::made_ids::{made, made_len};
use super::part::{Part, PlanOptions};
use super::riders::Riders;
use super::spans::{Place, Places, Span, Spans};
use crate::cost::Estimator;
use crate::error::{At, Error, ErrorCode};
use crate::json::Str;
use crate::request::{Violations, envelope, trim};
use crate::rows::Table;

/// What will be sent, and in which parts; a few bytes per request, no request's bytes.
#[derive(Debug, Default)]
pub struct Plan {
    /// What it was made with.
    pub options: PlanOptions,
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
    /// What is spared because requests ride with others.
    pub spared: Estimator,
    /// Requests that are not sent, because another that is the same is.
    pub riders: Riders,
    /// For each request, the most it can cost in USD; not a number where its model has no price we know. Riders cost
    /// nothing.
    pub ceilings: Chunks<f32>,
    /// A hash of all requests' bytes, in order: the same input gives the same.
    pub digest: Digest,
    /// Where the id stands in every request; `None` where ids go over the wire as they are.
    pub(super) id_values: Option<IdValues>,
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
        self.spans.source(number)
    }

    /// The numbers of the requests that are sent with a part.
    pub fn requests_in(&self, part: &Part) -> impl Iterator<Item = u32> {
        (part.first..=part.last).filter(|&number| self.riders.is_empty() || !self.riders.contains(number))
    }

    /// Whether other ids are made for the wire.
    pub const fn makes_ids(&self) -> bool {
        self.id_values.is_some()
    }

    /// Bytes of request `number` in a create body, where it is sent in `part`.
    pub fn sent_bytes(&self, number: u32, part: u32) -> u32 {
        self.renamed(number, part, self.spans.get(number).map_or(0, |span| span.len))
    }

    /// The same of many requests together; quickest where they rise.
    pub fn sent_bytes_of(&self, numbers: impl Iterator<Item = u32>, part: u32) -> u64 {
        let mut walk = self.spans.walk();
        numbers.map(|number| u64::from(self.renamed(number, part, walk.len_of(number).unwrap_or(0)))).sum()
    }

    fn renamed(&self, number: u32, part: u32, len: u32) -> u32 {
        self.id_value(number).map_or(len, |value| renamed_len(len, value, made_len(part, number)))
    }

    /// Appends requests `numbers` to a body that already has `before` requests; `source` is a piece of the source that
    /// begins at byte `base` and holds what they are made from. Where ids are made, `prefix` is what those of the part
    /// begin with; without one, the requests keep their own.
    ///
    /// # Errors
    /// `data/changed` where the source does not hold what it held when it was planned.
    pub fn append(
        &self,
        numbers: &[u32],
        before: u32,
        prefix: Option<&str>,
        source: &[u8],
        base: u64,
        body: &mut Vec<u8>,
    ) -> Result<(), Error> {
        for (number, before) in numbers.iter().zip(before..) {
            body.extend_from_slice(if before == 0 { envelope::OPEN } else { envelope::COMMA });
            let id = prefix.map(|prefix| made(prefix, *number));
            let start = body.len();
            let want = self.make(*number, id.as_deref(), source, base, body);
            if want != Some(body.len() - start) {
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

    /// Appends one request, under `id` where there is one. Answers how many bytes it must have.
    fn make(
        &self,
        number: u32,
        id: Option<&str>,
        source: &[u8],
        base: u64,
        body: &mut Vec<u8>,
    ) -> Option<usize> {
        let Span { offset, len } = self.source_span(number)?;
        let start = usize::try_from(offset.checked_sub(base)?).ok()?;
        let bytes = source.get(start..start.checked_add(len as usize)?)?;
        let own = self.ids.get(number)?;
        let own_len = self.spans.get(number)?.len;
        let value = id.map(|id| Some((id, self.id_value(number)?)));
        let want = match value {
            None => own_len,
            Some(value) => value.map(|(id, value)| renamed_len(own_len, value, id.len() as u32))?,
        };
        if let Some(table) = &self.table {
            return table.again(bytes, id.unwrap_or(own), body).then_some(want as usize);
        }
        // A request that begins elsewhere is not the one that was checked.
        let is_whole = trim(bytes) == (0..bytes.len()) && bytes.starts_with(b"{") && bytes.ends_with(b"}");
        match value.flatten() {
            _ if !is_whole => return None,
            None => body.extend_from_slice(bytes),
            Some((id, value)) => rename(bytes, own, value, id, body)?,
        }
        Some(want as usize)
    }

    fn id_value(&self, number: u32) -> Option<IdValue> {
        self.id_values.as_ref()?.get(number, self.ids.get(number)?.len() as u32)
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

/// Appends `request` with `id` in the place of its `own`, which must stand there.
fn rename(request: &[u8], own: &str, value: IdValue, id: &str, body: &mut Vec<u8>) -> Option<()> {
    let (start, end) = (value.start as usize, value.start.checked_add(value.len)? as usize);
    let quoted = core::str::from_utf8(request.get(start..end)?).ok()?;
    let written = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if !Str::of(written).is(own) {
        return None;
    }
    body.extend_from_slice(request.get(..=start)?);
    body.extend_from_slice(id.as_bytes());
    body.extend_from_slice(request.get(end - 1..)?);
    Some(())
}
