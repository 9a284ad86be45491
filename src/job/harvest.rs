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
use crate::wire::{Call, Lost, Reply, RequestCounts, Usage};

use super::ending::Final;
use super::evidence::Notes;
use super::io::{CallId, Event, Output};
use super::ledger::{Another, Verdict};
use super::machine::{Machine, Purpose};
use super::state::PartEvent;

/// Readings that end without an error and bring nothing new, before the ids that are not there count as missing.
const SHORT_READS: u32 = 3;

/// The same where every id that is owed stands in a line that cannot be read: once more is enough.
const BROKEN_READS: u32 = 2;

/// The same where the file says nothing at all: of whose an adopted batch is, or because it is a page of somebody on the way.
const EMPTY_READS: u32 = 10;

/// Lines without one of our ids, before a batch that must hold made ones is somebody else's: a stray one proves nothing.
const STRANGE_LINES: u32 = 3;

/// Readings of an adopted batch that show fewer such lines than that and too few of ours, before it is somebody else's.
const STRANGE_READS: u32 = 4;

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
    /// Whether one of the others is a request of ours that went with another part: no stray line is.
    elsewhere: bool,
    /// Whether this reading brought anything new.
    fruitful: bool,
    /// What else the file says.
    notes: Notes,
}

impl Harvest {
    /// Whether these are the results of this part.
    pub(super) const fn is_of(&self, part: u32) -> bool {
        self.part == part
    }
}

impl Machine {
    pub(super) fn open_results(&mut self, now: Millis, part: u32) {
        self.note_age(now, part);
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
            elsewhere: false,
            fruitful: false,
            notes: Notes::default(),
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
            harvest.notes.bytes += bytes.len() as u64;
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
        let owed = self.owed(part);
        if owed > 0 {
            harvest.notes.end();
            let Some(it) = self.parts.get_mut(part as usize) else { return };
            let mut broken = harvest.notes.broken;
            let before = std::mem::replace(&mut it.broken, broken.clone());
            broken.retain(|line| before.contains(line) && self.ledger.is_owed(line.request));
            let most = match () {
                () if harvest.notes.is_page && harvest.ours == 0 => EMPTY_READS,
                () if broken.len() as u32 == owed => BROKEN_READS,
                () => SHORT_READS,
            };
            it.short_reads = if harvest.fruitful { 1 } else { it.short_reads + 1 };
            if it.short_reads < most && !mutant!("trust the end of file") {
                return self.read_again(now, part, None, "the results are not all there");
            }
            for line in broken {
                self.settle_without_rows(&[line.request], line.how);
            }
            self.settle_rest(part, Final::Missing);
        }
        self.compare_counts(part, harvest.notes.read);
        if let Some(it) = self.parts.get_mut(part as usize) {
            it.prints = Vec::new();
        }
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
            _ if gone && it.is_tentative() => self.on_adopted_gone(now, part, reply.date),
            _ if gone => {
                // Archived or deleted: the requests are paid for and their answers gone. Sending again is for the
                // caller to decide.
                let (batch, requests) = (it.batch_id().map(ToString::to_string), self.owed(part));
                let batch = batch.unwrap_or_default();
                self.report.gone.push(batch.clone());
                self.tell(Event::ResultsGone { part, batch, requests });
                self.settle_rest(part, Final::Missing);
                self.apply(part, PartEvent::Whole);
            }
            _ => {
                self.note_age(reply.date.unwrap_or(now), part);
                self.read_again(now, part, reply.retry_after, "the results could not be read");
            }
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

    /// An adopted batch was read through, or far enough. A stray line or two do not make it somebody else's, unless
    /// nothing else is ever seen.
    fn on_verified(&mut self, now: Millis, part: u32, harvest: &Harvest) {
        let Harvest { ours, others, elsewhere, .. } = *harvest;
        let made = self.nonce.is_some();
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let proved = made && ours > 0;
        let enough = if made { it.requests.count().min(STRANGE_LINES) } else { it.requests.count() };
        let most = if ours == 0 { EMPTY_READS } else { SHORT_READS };
        if others > ours && !proved {
            it.strange_reads += 1;
            let many = it.requests.count().clamp(2, STRANGE_LINES);
            let is_proof = elsewhere || others >= many || it.strange_reads >= STRANGE_READS;
            if is_proof {
                return self.disown(now, part);
            }
            it.short_reads = 0;
            return self.read_again(now, part, None, "the results do not tell whose they are");
        }
        if ours > 0 {
            it.strange_reads = 0;
        }
        if !proved && ours + others < enough {
            it.short_reads += 1;
            if it.short_reads < most && !mutant!("trust the end of file") {
                return self.read_again(now, part, None, "the results are not all there");
            }
            if ours == 0 {
                // It says nothing, and never will: nobody's, so that another part may yet find its own in it.
                self.compare_counts(part, RequestCounts::default());
                self.settle_rest(part, Final::Missing);
                return self.apply(part, PartEvent::Whole);
            }
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
            let Harvest {
                part,
                reader,
                block,
                requests,
                renamed,
                verify,
                ours,
                others,
                elsewhere,
                fruitful,
                notes,
            } = harvest;
            match reader.next() {
                Next::NeedBytes | Next::End => break,
                // A file of a stranger's is none of ours to judge; one of ours is read once more.
                Next::BadLine(_) if *verify => {}
                Next::BadLine(line) => {
                    notes.broken.extend(self.owner_of(*part, &line));
                    notes.is_page |= line.sample.starts_with('<');
                    let sample = self.in_own_words(&line.sample).into_owned();
                    let own = |id: String| self.in_own_words(&id).into_owned();
                    let custom_id = line.custom_id.map(own);
                    self.report.bad_line(*part, BadLine { custom_id, sample, ..line });
                }
                Next::Record(record) => {
                    let Some(request) = self.request_of(*part, &record) else {
                        let id = record.custom_id();
                        *others += 1;
                        *elsewhere |= *verify && self.is_of_ours(&id);
                        if !*verify && !self.is_beside(*part, &id) {
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
                    let verdict = self.on_row(*part, request, &record, fruitful);
                    self.note_row(*part, request, &record, verdict, notes);
                    if matches!(verdict, Verdict::Deliver | Verdict::Again) {
                        self.add(block, requests, request, &record);
                    }
                    match verdict {
                        Verdict::Deliver => {
                            self.settle_riders(request, Final::Said(record.fields.outcome), record.line);
                        }
                        Verdict::Again | Verdict::Known => self.echo_again(request, record.line),
                        Verdict::Hold | Verdict::Duplicate => {}
                    }
                }
            }
        }
        self.flush(&mut harvest.block, &mut harvest.requests);
    }

    /// Puts a row into the block; a full block is handed out first.
    pub(super) fn add(
        &mut self,
        block: &mut Block,
        requests: &mut Vec<u32>,
        request: u32,
        record: &Record<'_>,
    ) {
        if block.push(record).is_err() {
            self.flush(block, requests);
            if block.push(record).is_err() {
                return self.fail(Error::new(ErrorCode::Bug, "a row does not fit into an empty block"));
            }
        }
        requests.push(request);
    }

    pub(super) fn flush(&mut self, block: &mut Block, requests: &mut Vec<u32>) {
        if !requests.is_empty() {
            let (block, requests) = (std::mem::take(block), std::mem::take(requests));
            if mutant!("delivered before the sink has it") {
                for request in &requests {
                    self.ledger.take(*request);
                }
            }
            self.out.push_back(Output::Rows { block, requests });
        }
    }

    /// Takes one row. Answers what is to be done with it.
    fn on_row(&mut self, part: u32, request: u32, record: &Record<'_>, fruitful: &mut bool) -> Verdict {
        let outcome = record.fields.outcome;
        if self.parts.get(part as usize).is_none_or(|it| !it.answers(request)) {
            return Verdict::Known;
        }
        let before = self.ledger.outcome(request);
        let verdict = self.ledger.record(request, outcome, record.fields.retry, self.another_round());
        if matches!(verdict, Verdict::Again | Verdict::Known)
            && matches!(before, Some(Final::Said(_)))
            && before != Some(Final::Said(outcome))
        {
            // An earlier life of the job had counted another line.
            self.report.conflict(&record.custom_id());
        }
        match verdict {
            Verdict::Known if mutant!("hand out again") => return Verdict::Deliver,
            Verdict::Known => return verdict,
            Verdict::Duplicate => {
                self.report.duplicate_id(&record.custom_id());
                return verdict;
            }
            Verdict::Again => {}
            Verdict::Hold => {
                self.held.insert(request, record.line.into());
            }
            Verdict::Deliver => self.count(record, Final::Said(outcome)),
        }
        *fruitful = true;
        if let Some(it) = self.parts.get_mut(part as usize) {
            it.answered += 1;
        }
        self.heed_bill(record);
        verdict
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

    pub(super) fn count(&mut self, record: &Record<'_>, how: Final) {
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
        it.requests.iter().filter(|request| self.owes(it, *request)).count() as u32
    }
}
