//! Reading results until every id is accounted for.
//!
//! A results file is whole when its ids account for the part, whatever HTTP said: every runtime can end a cut body
//! without an error. So a short file is asked for again, and what was handed out before is passed over. A batch that
//! was adopted by its size is first read without handing anything out: its ids say whose it is. Of ids that were made
//! for the wire one is proof; of the caller's own, which other batches may hold too, most decide.

use std::sync::Arc;

use crate::error::{Error, ErrorCode};
use crate::jsonl::{BadLine, Block, Next, Reader, Record, Renamed};
use crate::time::Millis;
use crate::wire::{Call, Lost, Outcome, Reply, Usage};

use super::io::{CallId, Event, Output};
use super::ledger::{Another, Final, Verdict};
use super::machine::{Machine, Purpose};
use super::part::Requests;
use super::state::PartEvent;

/// Readings that end without an error and bring nothing new, before the ids that are not there count as missing.
const SHORT_READS: u32 = 3;

/// The same for an adopted batch whose file says nothing at all of whose it is.
const EMPTY_READS: u32 = 10;

/// Lines without one of our ids, before a batch that must hold made ones is somebody else's: a stray one proves nothing.
const STRANGE_LINES: u32 = 3;

/// Refusals of results that were promised, before they count as gone.
const REFUSALS: u32 = 3;

/// One reading of one results file.
#[derive(Debug)]
pub(super) struct Harvest {
    part: u32,
    reader: Reader,
    block: Block,
    requests: Vec<u32>,
    renamed: Renamed,
    /// Only looking whose ids these are.
    verify: bool,
    ours: u32,
    others: u32,
    /// Whether this reading brought anything new.
    fruitful: bool,
}

impl Machine {
    pub(super) fn open_results(&mut self, part: u32) {
        let Some(it) = self.parts.get(part as usize) else { return };
        let Some(id) = it.batch_id().cloned() else { return };
        self.harvest = Some(Harvest {
            part,
            reader: Reader::new(self.options.max_line_bytes),
            block: Block::default(),
            requests: Vec::new(),
            renamed: Renamed::default(),
            verify: it.is_tentative(),
            ours: 0,
            others: 0,
            fruitful: false,
        });
        for request in it.requests.iter() {
            self.ledger.forget_seen(request);
        }
        // A line that was cut off before may be whole this time: the last reading says what could not be read.
        self.report.bad_lines.retain(|(of, _)| *of != part);
        self.apply(part, PartEvent::Open);
        self.start(part, Purpose::Results, Call::results(&id));
    }

    pub(super) fn on_chunk(&mut self, now: Millis, id: CallId, bytes: &[u8]) {
        let Some(mut harvest) = self.harvest.take() else { return };
        if self.calls.get(&id) == Some(&(Purpose::Results, harvest.part)) {
            harvest.reader.push(bytes);
            self.drain(&mut harvest);
            if self.is_decided(&harvest) {
                self.calls.remove(&id);
                self.out.push_back(Output::Abandon(id));
                return self.on_verified(now, harvest.part, &harvest);
            }
        }
        self.harvest = Some(harvest);
    }

    pub(super) fn on_results_closed(&mut self, now: Millis, part: u32) {
        let Some(mut harvest) = self.harvest.take() else { return };
        harvest.reader.finish();
        self.drain(&mut harvest);
        if harvest.verify {
            return self.on_verified(now, part, &harvest);
        }
        if self.owed(part) == 0 {
            return self.apply(part, PartEvent::Whole);
        }
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.short_reads = if harvest.fruitful { 1 } else { it.short_reads + 1 };
        if it.short_reads < SHORT_READS && !mutant!("trust the end of file") {
            return self.read_again(now, part, None, "the results are not all there");
        }
        self.settle_rest(part, Final::Missing);
        self.apply(part, PartEvent::Whole);
    }

    pub(super) fn on_results_lost(&mut self, now: Millis, part: u32, lost: &Lost) {
        // The last line may be cut: it is not looked at, and comes again.
        self.harvest = None;
        self.read_again(now, part, None, &lost.message);
    }

    pub(super) fn on_results_refused(&mut self, now: Millis, part: u32, reply: &Reply) {
        self.harvest = None;
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.gone = if matches!(reply.status, 404 | 410) { it.gone + 1 } else { 0 };
        let gone = it.gone >= REFUSALS;
        let refusal = reply.refusal();
        match (reply.status, refusal) {
            (401 | 403, Some(refusal)) => self.fail(refusal.into()),
            // Nobody can say any more whose it was.
            _ if gone && it.is_tentative() => self.disown(now, part),
            _ if gone => {
                // Archived or deleted: the requests are paid for and their answers gone. Sending again is for the
                // caller to decide.
                self.settle_rest(part, Final::Missing);
                self.apply(part, PartEvent::Whole);
            }
            _ => self.read_again(now, part, reply.retry_after, "the results could not be read"),
        }
    }

    fn read_again(&mut self, now: Millis, part: u32, asked: Option<crate::time::Wait>, reason: &str) {
        self.apply(part, PartEvent::Broken);
        let missing = self.owed(part);
        self.tell(Event::Reread { part, missing });
        self.back_off(now, part, asked, reason);
    }

    /// Whether ids that were made for the wire have told by now whose an adopted batch is.
    const fn is_decided(&self, harvest: &Harvest) -> bool {
        harvest.verify && self.nonce.is_some() && (harvest.ours > 0 || harvest.others >= STRANGE_LINES)
    }

    /// An adopted batch was read through, or far enough. Strange lines alone do not make it somebody else's.
    fn on_verified(&mut self, now: Millis, part: u32, harvest: &Harvest) {
        let Harvest { ours, others, .. } = *harvest;
        let made = self.nonce.is_some();
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let proved = made && ours > 0;
        let enough = if made { it.requests.count().min(STRANGE_LINES) } else { it.requests.count() };
        let short = !proved && ours + others < enough;
        if short && (made || others <= ours) {
            it.short_reads += 1;
            let most = if ours == 0 { EMPTY_READS } else { SHORT_READS };
            if it.short_reads < most {
                return self.read_again(now, part, None, "the results are not all there");
            }
        }
        if others > ours && !proved {
            return self.disown(now, part);
        }
        it.short_reads = 0;
        it.failures = 0;
        it.due = now;
        if let Some(batch) = it.batch.as_mut() {
            batch.tentative = false;
        }
        self.apply(part, PartEvent::Broken);
    }

    fn drain(&mut self, harvest: &mut Harvest) {
        let plan = Arc::clone(&self.plan);
        while !self.is_decided(harvest) {
            let Harvest { part, reader, block, requests, renamed, verify, ours, others, fruitful } = harvest;
            match reader.next() {
                Next::NeedBytes | Next::End => break,
                // A file of a stranger's is none of ours to judge; one of ours is read once more.
                Next::BadLine(_) if *verify => {}
                Next::BadLine(line) => {
                    let sample = self.in_own_words(&line.sample).into_owned();
                    self.report.bad_line(*part, BadLine { sample, ..line });
                }
                Next::Record(record) => {
                    let Some(request) = self.request_of(*part, &record) else {
                        *others += 1;
                        if !*verify {
                            let id = record.custom_id();
                            let id = self.in_own_words(&id).into_owned();
                            self.report.unknown_id(&id);
                        }
                        continue;
                    };
                    *ours += 1;
                    if *verify {
                        continue;
                    }
                    let own = self.nonce.and_then(|_| plan.ids.get(request));
                    let record = own.map_or(record, |id| renamed.rename(&record, id));
                    if self.on_row(*part, request, &record, fruitful) {
                        self.add(block, requests, request, &record);
                    }
                }
            }
        }
        self.flush(&mut harvest.block, &mut harvest.requests);
    }

    /// Puts a row into the block; a full block is handed out first.
    fn add(&mut self, block: &mut Block, requests: &mut Vec<u32>, request: u32, record: &Record<'_>) {
        if block.push(record).is_err() {
            self.flush(block, requests);
            if block.push(record).is_err() {
                return self.fail(Error::new(ErrorCode::Bug, "a row does not fit into an empty block"));
            }
        }
        requests.push(request);
    }

    fn flush(&mut self, block: &mut Block, requests: &mut Vec<u32>) {
        if !requests.is_empty() {
            let (block, requests) = (std::mem::take(block), std::mem::take(requests));
            self.out.push_back(Output::Rows { block, requests });
        }
    }

    /// Takes one row. Answers whether it is to be handed out.
    fn on_row(&mut self, part: u32, request: u32, record: &Record<'_>, fruitful: &mut bool) -> bool {
        let outcome = record.fields.outcome;
        let verdict = self.ledger.record(request, outcome, record.fields.retry, self.another_round());
        match verdict {
            Verdict::Known => return mutant!("hand out again"),
            Verdict::Duplicate => {
                self.report.duplicate_id(&record.custom_id());
                return false;
            }
            Verdict::Hold => {
                self.held.insert(request, record.line.into());
            }
            Verdict::Deliver => self.count(record, Final::Said(outcome)),
        }
        *fruitful = true;
        if let Some(it) = self.parts.get_mut(part as usize) {
            it.answered += 1;
        }
        verdict == Verdict::Deliver
    }

    fn another_round(&self) -> Another {
        if self.is_last_round() {
            Another::No
        } else if self.round == 1 {
            Another::First
        } else {
            Another::Later
        }
    }

    fn count(&mut self, record: &Record<'_>, how: Final) {
        self.report.outcomes.add(how);
        if let Some(usage) = &record.fields.usage {
            let model = record.fields.model.map(|model| record.text(model)).unwrap_or_default();
            let usage: &Usage = usage;
            self.report.usage.add(&model, usage);
        }
    }

    /// Requests of the part without a word in this round.
    pub(super) fn owed(&self, part: u32) -> u32 {
        let Some(it) = self.parts.get(part as usize) else { return 0 };
        it.requests.iter().filter(|request| self.ledger.is_owed(*request)).count() as u32
    }

    /// Ends what the results do not hold.
    fn settle_rest(&mut self, part: u32, how: Final) {
        let Some(it) = self.parts.get(part as usize) else { return };
        let rest: Vec<u32> = it.requests.iter().filter(|request| self.ledger.is_owed(*request)).collect();
        self.settle_without_rows(&rest, how);
    }

    /// Ends requests that were never sent.
    pub(super) fn settle_unsent(&mut self, requests: &Requests) {
        let requests: Vec<u32> = requests.iter().collect();
        self.settle_without_rows(&requests, Final::Said(Outcome::Canceled));
    }

    fn settle_without_rows(&mut self, requests: &[u32], how: Final) {
        let word = if how == Final::Missing { "missing" } else { "canceled" };
        let mut lines = Vec::new();
        for &request in requests {
            if let (Some(id), true) = (self.plan.ids.get(request), self.ledger.settle(request, how)) {
                self.report.outcomes.add(how);
                if how == Final::Missing {
                    self.report.missing.push(id.to_owned());
                }
                let mut line = b"{\"custom_id\":".to_vec();
                crate::json::push_string(&mut line, id);
                line.extend_from_slice(format!(",\"result\":{{\"type\":\"{word}\"}}}}").as_bytes());
                lines.push((request, line.into_boxed_slice()));
            }
        }
        self.hand_out(lines);
    }

    /// Gives held rows their last word: no further round is made for them.
    pub(super) fn release_held(&mut self) {
        let held: Vec<_> = std::mem::take(&mut self.held).into_iter().collect();
        let mut last = Vec::with_capacity(held.len());
        for (request, line) in held {
            let mut reader = Reader::new(usize::MAX);
            reader.push(&line);
            reader.finish();
            if let Next::Record(record) = reader.next() {
                let how = Final::Said(record.fields.outcome);
                if self.ledger.settle(request, how) {
                    self.count(&record, how);
                    last.push((request, line));
                }
            }
        }
        self.hand_out(last);
    }

    fn hand_out(&mut self, lines: Vec<(u32, Box<[u8]>)>) {
        let mut block = Block::default();
        let mut requests = Vec::with_capacity(lines.len());
        for (request, line) in lines {
            let mut reader = Reader::new(usize::MAX);
            reader.push(&line);
            reader.finish();
            match reader.next() {
                Next::Record(record) => self.add(&mut block, &mut requests, request, &record),
                _ => self.fail(Error::new(ErrorCode::Bug, "a row we wrote ourselves cannot be read")),
            }
        }
        self.flush(&mut block, &mut requests);
    }
}
