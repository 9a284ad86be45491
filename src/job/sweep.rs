//! Looking for what was paid and not collected.
//!
//! A create that was sent again after an unanswered one may after all have been accepted twice: where the list lagged
//! for longer than the settle window, or where the caller did not want to wait; and a browser sends any call a second time
//! by itself where a connection that it kept is closed without an answer. So when a round of a job in which that happened,
//! or may have, is over, the list is searched once more back to the marks of those creates. An unclaimed batch of a matching
//! size is read when it has ended. If its ids are ours, its answers take the place of failures that have no last word
//! yet, and the rest of them is reported as paid twice. Outside of browsers a job none of whose creates was sent again makes
//! no call for this.

use serde::{Deserialize, Serialize};

use crate::cost::UsageSum;
use crate::error::Error;
use crate::jsonl::{Next, Reader, Renamed};
use crate::time::{Millis, Wait};
use crate::wire::{
    BatchId, BatchPage, Call, ListQuery, Lost, MessageBatch, Outcome, ProcessingStatus, Reply,
};

use super::io::{CallId, Event};
use super::machine::{Machine, Purpose};
use super::part::{Known, Mark, Part, Requests};
use super::state::PartState;

/// How long batches that have not ended are waited for, from when the round was over.
const PATIENCE: Wait = Wait::hours(1);

/// Failures of one call in a row after which the sweep goes on without its answer.
const TRIES: u32 = 6;

/// Pages of the list, and batches that may be ours, that are looked at.
const MOST_PAGES: u32 = 100;
const MOST_SUSPECTS: usize = 16;

/// Answers that were paid for and are of no use: their requests had been answered before, or had their last word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaidTwice {
    /// The batch that holds them.
    pub batch: String,
    /// Their ids.
    pub ids: Vec<String>,
    /// What they used.
    pub tokens: Tokens,
}

/// Tokens in and out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Read by the model, caches included.
    pub input: u64,
    /// Written by it.
    pub output: u64,
}

/// A sweep under way.
#[derive(Debug)]
pub(super) struct Sweep {
    began: Millis,
    due: Millis,
    failures: u32,
    pages: u32,
    cursor: Option<BatchId>,
    listed: bool,
    /// Batches that may be ours, with the part whose size they have; the last one is looked at.
    suspects: Vec<(u32, MessageBatch)>,
    reading: Option<Reading>,
}

/// One reading of a suspect's results.
#[derive(Debug)]
struct Reading {
    reader: Reader,
    ours: u32,
    others: u32,
    /// Answers to requests whose failure has no last word yet.
    rescued: Vec<(u32, Box<[u8]>)>,
    /// Answers that are of no use.
    twice: Vec<u32>,
    usage: UsageSum,
}

impl Machine {
    /// Goes on with the sweep that a round needs. Answers whether there is none, or it is over.
    pub(super) fn is_swept(&mut self, now: Millis) -> bool {
        if self.sweep.is_none() && self.parts.iter().all(|part| part.doubts.is_empty()) {
            return true;
        }
        let sweep = self.sweep.get_or_insert_with(|| Sweep {
            began: now,
            due: now,
            failures: 0,
            pages: 0,
            cursor: None,
            listed: false,
            suspects: Vec::new(),
            reading: None,
        });
        if sweep.due > now {
            return false;
        }
        if !sweep.listed {
            let after_id = sweep.cursor.as_ref().map(ToString::to_string);
            let query = ListQuery { limit: Some(100), after_id, before_id: None };
            self.start(0, Purpose::Sweep, Call::list(&query));
            return false;
        }
        let is_late = self.canceling || now.since(sweep.began) > PATIENCE;
        while let Some((part, batch)) = sweep.suspects.last() {
            let (part, id) = (*part, batch.id.clone());
            if batch.status == ProcessingStatus::Ended {
                sweep.reading = Some(Reading::new(self.options.max_line_bytes));
                self.start(part, Purpose::SweepResults, Call::results(&id));
                return false;
            }
            if !is_late {
                self.start(part, Purpose::SweepPoll, Call::retrieve(&id));
                return false;
            }
            self.report.unchecked.push(id.to_string());
            sweep.suspects.pop();
        }
        self.sweep = None;
        self.parts.iter_mut().for_each(|part| part.doubts.clear());
        true
    }

    /// When the sweep under way goes on.
    pub(super) fn sweep_due(&self) -> Option<Millis> {
        self.sweep.as_ref().filter(|_| self.calls.is_empty()).map(|sweep| sweep.due)
    }

    pub(super) fn on_sweep(&mut self, now: Millis, reply: &Reply) {
        match reply.page() {
            Ok(page) => self.on_sweep_page(now, &page),
            Err(refusal) => self.sweep_failed(now, reply.retry_after, Error::from(refusal).message()),
        }
    }

    fn on_sweep_page(&mut self, now: Millis, page: &BatchPage) {
        let doubts = || self.parts.iter().flat_map(|part| part.doubts.iter().map(move |mark| (part, mark)));
        let earliest = doubts().map(|(_, mark)| mark.earliest).min().flatten();
        let is_known = |batch: &MessageBatch| doubts().any(|(_, mark)| mark.known.contains(&batch.id));
        let at_end = page.data.iter().any(|batch| match earliest.zip(batch.created_at) {
            Some((earliest, at)) => at < earliest,
            None => is_known(batch),
        });
        let mut found = Vec::new();
        for batch in &page.data {
            let fits = |(_, (part, mark)): &(u32, (&Part, &Mark))| {
                let count = u64::from(part.requests.count());
                let is_old = mark.earliest.zip(batch.created_at).is_some_and(|(earliest, at)| at < earliest);
                let is_late = batch.created_at.is_some_and(|at| at > mark.latest);
                let is_strange = mark.known.contains(&batch.id) || part.strangers.contains(&batch.id);
                batch.counts.total() == count && !is_old && !is_late && !is_strange
            };
            let mut parts = (0u32..)
                .zip(&self.parts)
                .flat_map(|(at, part)| part.doubts.iter().map(move |mark| (at, (part, mark))));
            if !self.is_claimed(&batch.id)
                && let Some((part, _)) = parts.find(fits)
            {
                found.push((part, batch.clone()));
            }
        }
        let last = page.last_id.clone().or_else(|| page.data.last().map(|batch| batch.id.clone()));
        let Some(sweep) = self.sweep.as_mut() else { return };
        sweep.failures = 0;
        sweep.pages += 1;
        sweep.due = now;
        // The oldest come last, and are looked at first: those nearest to the marks.
        sweep.suspects.extend(found);
        let surplus = sweep.suspects.len().saturating_sub(MOST_SUSPECTS);
        let left_out = sweep.suspects.drain(..surplus);
        self.report.unchecked.extend(left_out.map(|(_, batch)| batch.id.to_string()));
        sweep.listed = at_end || !page.has_more || sweep.pages >= MOST_PAGES || last == sweep.cursor;
        sweep.cursor = last;
    }

    pub(super) fn on_sweep_poll(&mut self, now: Millis, reply: &Reply) {
        let batch = match reply.batch() {
            Ok(batch) => batch,
            Err(_) if reply.status == 404 => return self.clear_suspect(now),
            Err(refusal) => return self.sweep_failed(now, reply.retry_after, Error::from(refusal).message()),
        };
        let expires_at = batch.expires_at;
        let ended = batch.status == ProcessingStatus::Ended;
        let wait = self.pace.next(now, batch.created_at, expires_at, reply.retry_after, 0, &mut self.rng);
        let Some(sweep) = self.sweep.as_mut() else { return };
        sweep.failures = 0;
        sweep.due = if ended { now } else { now.after(wait) };
        if let Some((_, suspect)) = sweep.suspects.last_mut() {
            *suspect = batch;
        }
    }

    pub(super) fn on_sweep_refused(&mut self, now: Millis, reply: &Reply) {
        if matches!(reply.status, 404 | 410) {
            return self.clear_suspect(now);
        }
        self.sweep_failed(now, reply.retry_after, "the results could not be read");
    }

    pub(super) fn on_sweep_lost(&mut self, now: Millis, lost: &Lost) {
        self.sweep_failed(now, None, &lost.message);
    }

    /// Tries again later, or goes on without.
    fn sweep_failed(&mut self, now: Millis, asked: Option<Wait>, why: &str) {
        let Some(sweep) = self.sweep.as_mut() else { return };
        sweep.reading = None;
        sweep.failures += 1;
        let wait = self.backoff.wait(sweep.failures, &mut self.rng).max(asked.unwrap_or_default());
        sweep.due = now.after(wait);
        let (at, given_up) = (sweep.due, sweep.failures >= TRIES || wait > PATIENCE);
        if !given_up {
            return self.tell(Event::Retrying { reason: why.to_owned(), at });
        }
        sweep.due = now;
        sweep.failures = 0;
        if sweep.listed {
            let unchecked = sweep.suspects.pop().map(|(_, batch)| batch.id.to_string());
            self.report.unchecked.extend(unchecked);
        } else {
            sweep.listed = true;
        }
        self.tell(Event::Unswept { why: why.to_owned() });
    }

    /// Drops the suspect that is looked at: it is somebody else's, or gone.
    fn clear_suspect(&mut self, now: Millis) {
        let Some(sweep) = self.sweep.as_mut() else { return };
        sweep.suspects.pop();
        sweep.reading = None;
        sweep.failures = 0;
        sweep.due = now;
    }

    pub(super) fn on_sweep_chunk(&mut self, id: CallId, bytes: &[u8]) {
        let Some((Purpose::SweepResults, part)) = self.calls.get(&id).copied() else { return };
        let Some(mut reading) = self.sweep.as_mut().and_then(|sweep| sweep.reading.take()) else { return };
        reading.reader.push(bytes);
        self.sift(part, &mut reading);
        if let Some(sweep) = self.sweep.as_mut() {
            sweep.reading = Some(reading);
        }
    }

    pub(super) fn on_sweep_closed(&mut self, now: Millis, part: u32) {
        let Some(mut reading) = self.sweep.as_mut().and_then(|sweep| sweep.reading.take()) else { return };
        reading.reader.finish();
        self.sift(part, &mut reading);
        let Some((_, batch)) = self.sweep.as_ref().and_then(|sweep| sweep.suspects.last()) else { return };
        let is_short = u64::from(reading.ours + reading.others) < batch.counts.total();
        let tries = self.sweep.as_ref().map_or(0, |sweep| sweep.failures);
        if is_short && tries + 1 < TRIES {
            return self.sweep_failed(now, None, "the results are not all there");
        }
        let batch = batch.clone();
        if reading.ours > reading.others {
            self.take_orphan(part, batch, reading);
        }
        self.clear_suspect(now);
    }

    /// Sorts what the suspect's results hold.
    fn sift(&self, part: u32, reading: &mut Reading) {
        let Reading { reader, ours, others, rescued, twice, usage } = reading;
        let mut renamed = Renamed::default();
        loop {
            let record = match reader.next() {
                Next::NeedBytes | Next::End => return,
                Next::BadLine(_) => continue,
                Next::Record(record) => record,
            };
            let Some(request) = self.request_of(part, &record) else {
                *others += 1;
                continue;
            };
            *ours += 1;
            if record.fields.outcome != Outcome::Succeeded {
                continue;
            }
            if self.ledger.is_held(request) {
                let own = self.nonce.and_then(|_| self.plan.ids.get(request));
                let record = own.map_or(record, |id| renamed.rename(&record, id));
                rescued.push((request, record.line.into()));
            } else {
                twice.push(request);
                if let Some(used) = &record.fields.usage {
                    let model = record.fields.model.map(|model| record.text(model)).unwrap_or_default();
                    usage.add(&model, used);
                }
            }
        }
    }

    /// A batch of ours that nobody knew of: its answers stand in for failures, or were paid for nothing.
    fn take_orphan(&mut self, part: u32, batch: MessageBatch, reading: Reading) {
        let id = batch.id.to_string();
        let mut rescued: Vec<_> = reading.rescued;
        rescued.retain(|(request, _)| self.held.remove(request).is_some());
        rescued.sort_unstable_by_key(|(request, _)| *request);
        let (count, twice) = (rescued.len() as u32, reading.twice.len() as u32);
        // A job that dies now and is taken up again must not count what was rescued as paid twice.
        if let Some(it) = self.parts.get_mut(part as usize) {
            it.strangers.push(batch.id.clone());
        }
        if count > 0 {
            self.add_found(part, batch, rescued.iter().map(|(request, _)| *request).collect());
        }
        self.last_words(rescued);
        self.tell(Event::Orphan { part, batch: id.clone(), rescued: count, paid_twice: twice });
        if twice > 0 {
            let total = reading.usage.total();
            let input = total.input + total.cache_write_5m + total.cache_write_1h + total.cache_read;
            let ids =
                reading.twice.iter().filter_map(|request| self.plan.ids.get(*request)).map(str::to_owned);
            let tokens = Tokens { input, output: total.output };
            self.report.paid_twice.push(PaidTwice { batch: id, ids: ids.collect(), tokens });
        }
    }

    /// Keeps where the answers lie that a sweep found: whoever takes the job up again reads them there.
    fn add_found(&mut self, sent_as: u32, batch: MessageBatch, requests: Vec<u32>) {
        let requests = Requests::List(requests);
        let bytes = self.body_bytes(&requests, self.parts.len() as u32);
        let mut found = Part::new(self.round, requests, bytes);
        found.state = PartState::Done;
        found.batch = Some(Known::of(batch, false));
        found.sent_as = Some(sent_as);
        self.parts.push(found);
        self.save_soon();
    }
}

impl Reading {
    fn new(max_line_bytes: usize) -> Self {
        Self {
            reader: Reader::new(max_line_bytes),
            ours: 0,
            others: 0,
            rescued: Vec::new(),
            twice: Vec::new(),
            usage: UsageSum::default(),
        }
    }
}
