//! The body of a results call: rows in a shuffled order, written while they are pulled, cut anywhere.

use std::sync::Arc;

use super::batch::Batch;
use super::dice::{For, below, id, throw};
use super::fault::Ending;
use super::faults::{Cut, Damage};
use super::row;

/// Result lines that exist one chunk at a time.
#[derive(Debug)]
pub struct ResultsBody {
    batch: Batch,
    answers: Arc<[String]>,
    order: Order,
    harm: Harm,
    /// Which call it is, so that two downloads are cut apart differently.
    call: u64,
    row: u32,
    chunk: u64,
    buffer: Vec<u8>,
    pulled: usize,
}

impl ResultsBody {
    pub(super) fn new(batch: Batch, answers: Arc<[String]>, call: u64, damage: Damage) -> Self {
        let count = batch.requests.len();
        let order = Order::new(throw(batch.seed, For::Order, batch.number, 0), count);
        let harm = Harm::new(damage, throw(batch.seed, For::Place, batch.number, call), count);
        Self { batch, answers, order, harm, call, row: 0, chunk: 0, buffer: Vec::new(), pulled: 0 }
    }

    /// The next piece of 1 to `max` bytes, its length by the seed; `None` at the end.
    pub fn next_chunk(&mut self, max: usize) -> Option<Vec<u8>> {
        let luck = throw(self.batch.seed, For::Chunk, self.call, self.chunk);
        let want = below(luck, max.max(1) as u64) as usize + 1;
        self.chunk += 1;
        if self.pulled > 0 && self.pulled == self.buffer.len() {
            self.buffer.clear();
            self.pulled = 0;
        }
        while self.buffer.len() - self.pulled < want && self.push_row() {}
        let rest = self.buffer.get(self.pulled..).filter(|rest| !rest.is_empty())?;
        let chunk = rest.get(..want).unwrap_or(rest).to_vec();
        self.pulled += chunk.len();
        Some(chunk)
    }

    /// How the body ends once all of it was pulled.
    pub(super) fn ending(&self) -> Ending {
        self.harm.damage.cut.map(|(_, ending)| ending).unwrap_or_default()
    }

    /// Writes one more row into the buffer; false when there is none.
    fn push_row(&mut self) -> bool {
        if self.row >= self.batch.requests.len() {
            return false;
        }
        let place = self.row;
        self.row += 1;
        let damage = self.harm.damage;
        let is_last = damage.cut.is_some() && place == self.harm.cut_at;
        if is_last {
            self.row = u32::MAX;
            if damage.cut.is_some_and(|(cut, _)| cut == Cut::AtLine) {
                return false;
            }
        }
        let start = self.buffer.len();
        let pad = if place == self.harm.huge_at { damage.huge as usize } else { 0 };
        row::push(&mut self.buffer, &self.batch, self.order.at(place), &self.answers, pad);
        if is_last {
            let length = self.buffer.len() - start;
            self.buffer.truncate(start + length / 2 + 1);
            return true;
        }
        self.harm_line(start, place);
        if damage.has_blank_lines && place.is_multiple_of(3) {
            self.end_line();
        }
        true
    }

    /// Ends the line that began at `start`, and does to it what was planned for its place.
    fn harm_line(&mut self, start: usize, place: u32) {
        match self.harm.at(place) {
            None => self.end_line(),
            Some(Kind::Missing) => self.buffer.truncate(start),
            Some(Kind::Bad) => {
                let length = self.buffer.len() - start;
                self.buffer.truncate(start + length * 2 / 3);
                self.end_line();
            }
            Some(Kind::Duplicate) => {
                let line = self.buffer.get(start..).unwrap_or_default().to_vec();
                self.end_line();
                self.buffer.extend_from_slice(&line);
                self.end_line();
            }
            Some(Kind::Unknown) => {
                self.end_line();
                let stranger = id("stranger", self.batch.seed, For::Place, self.call, u64::from(place));
                let line = format!("{{\"custom_id\":\"{stranger}\",\"result\":{{\"type\":\"expired\"}}}}");
                self.buffer.extend_from_slice(line.as_bytes());
                self.end_line();
            }
            Some(Kind::NewType) => {
                self.buffer.truncate(start);
                let custom_id = self.batch.requests.custom_id(self.order.at(place));
                let line = format!(
                    "{{\"custom_id\":\"{custom_id}\",\"result\":{{\"type\":\"withheld\",\"since\":2027}}}}"
                );
                self.buffer.extend_from_slice(line.as_bytes());
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let ending: &[u8] = if self.harm.damage.has_crlf { b"\r\n" } else { b"\n" };
        self.buffer.extend_from_slice(ending);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bad,
    Duplicate,
    Unknown,
    Missing,
    NewType,
}

/// Where in one download the damage falls.
#[derive(Debug)]
struct Harm {
    damage: Damage,
    cut_at: u32,
    huge_at: u32,
    /// Sorted by place.
    lines: Vec<(u32, Kind)>,
}

impl Harm {
    fn new(damage: Damage, luck: u64, count: u32) -> Self {
        let pick = |turn: u64| below(throw(luck, For::Place, turn, 0), u64::from(count)) as u32;
        // A shuffle gives places that differ.
        let places = Order::new(luck, count);
        let kinds = [
            (damage.bad, Kind::Bad),
            (damage.duplicate, Kind::Duplicate),
            (damage.unknown, Kind::Unknown),
            (damage.missing, Kind::Missing),
            (damage.new_type, Kind::NewType),
        ];
        let mut lines = Vec::new();
        for (amount, kind) in kinds {
            for _ in 0..amount.min(count - lines.len() as u32) {
                lines.push((places.at(lines.len() as u32), kind));
            }
        }
        lines.sort_by_key(|(place, _)| *place);
        let huge_at = if damage.huge > 0 { pick(1) } else { u32::MAX };
        Self { damage, cut_at: pick(0), huge_at, lines }
    }

    fn at(&self, place: u32) -> Option<Kind> {
        let found = self.lines.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.lines.get(found).map(|(_, kind)| *kind)
    }
}

/// A shuffle without a table: a keyed mixing of the bits of a place, repeated until it falls among the places.
#[derive(Debug)]
struct Order {
    key: u64,
    count: u32,
    half_bits: u32,
}

impl Order {
    fn new(key: u64, count: u32) -> Self {
        let bits = u32::BITS - count.saturating_sub(1).leading_zeros();
        Self { key, count, half_bits: bits.div_ceil(2).max(1) }
    }

    /// The request whose row comes at `place`. Every request comes at exactly one.
    fn at(&self, place: u32) -> u32 {
        let mask = (1_u64 << self.half_bits) - 1;
        let mut word = u64::from(place);
        loop {
            let (mut left, mut right) = (word >> self.half_bits, word & mask);
            for round in 0..4 {
                (left, right) = (right, left ^ (throw(self.key, For::Order, right, round) & mask));
            }
            word = (left << self.half_bits) | right;
            if word < u64::from(self.count) {
                return word as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_names_every_place_once_and_is_not_the_order_of_the_requests() {
        for count in [1, 2, 3, 5, 16, 17, 100, 1_000, 4_097] {
            let order = Order::new(9, count);
            let mut seen: Vec<u32> = (0..count).map(|place| order.at(place)).collect();
            let is_shuffled = seen.windows(2).any(|pair| pair[0] > pair[1]);
            assert!(is_shuffled || count < 4, "{count}");
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..count), "{count}");
        }
    }
}
