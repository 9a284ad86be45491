//! The keeper of one job's journal: opens it, appends to it, keeps its lease, and leaves it.
//!
//! Theory of operation. One operation is on its way at a time; [`Keeper::poll`] names the next one and
//! [`Keeper::stored`] takes its answer. Where the store can compare and swap, every write is one: of the head against
//! the text it had, of a record against nothing. A write that was refused is looked at before it counts as refused: the
//! store may have done it and lost the answer. Opening is in `opening.rs`, what came of operations in `answers.rs`,
//! writing the log anew in `compact.rs`.

use std::collections::{BTreeMap, VecDeque};

use crate::error::{Error, ErrorCode, Holder};
use crate::time::{Millis, Wait};

use super::compact::Copying;
use super::fold::{self, Fold};
use super::frame::{Kind, Record};
use super::head::Head;
use super::mending::Mending;
use super::op::{OpId, StoreOp};
use super::setup::Setup;

/// A read that failed is made again after this long, then after twice that, and so on to the longest pause.
pub(super) const FIRST_PAUSE: Wait = Wait::millis(250);
pub(super) const LONGEST_PAUSE: Wait = Wait::secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    ReadHead,
    Mend,
    Take,
    List,
    Read,
    Claim,
    Open,
    Leave,
    Over,
}

/// What a write is for.
#[derive(Clone, Debug)]
pub(super) enum What {
    Take(Head),
    Claim,
    Append,
    Renew(Head),
    Copy,
    Switch(Head),
    Leave,
}

/// What the operation on its way is for.
#[derive(Clone, Debug)]
pub(super) enum Doing {
    ReadHead,
    List,
    Read(u64),
    Mend,
    Write {
        what: What,
        key: String,
        text: String,
    },
    /// Looking at what stands where a write was refused.
    Check {
        what: What,
        key: String,
        text: String,
    },
    Sweep,
}

/// One job's journal, held by one owner.
#[derive(Debug)]
pub struct Keeper {
    pub(super) setup: Setup,
    pub(super) stage: Stage,
    pub(super) flight: Option<(OpId, Doing)>,
    next_op: u32,
    /// What must be done before anything else.
    pub(super) ahead: Option<(Doing, StoreOp)>,
    /// The head as we last wrote it, or found it; and its text.
    pub(super) head: Option<Head>,
    pub(super) head_text: Option<String>,
    /// Where the head is torn, what is found out about it.
    pub(super) mending: Option<Mending>,
    /// Whether the head is ours.
    pub(super) taken: bool,
    /// The lease of the owner before, if he did not give it back.
    pub(super) predecessor: Option<Wait>,
    /// Records to be read.
    pub(super) reading: VecDeque<u64>,
    /// Where the next record goes, and what stands there: the torn end of a record.
    pub(super) next: u64,
    pub(super) torn: Option<String>,
    pub(super) fold: Fold,
    pub(super) log_bytes: usize,
    /// Records to be appended, and the last text of every section in them.
    pub(super) queue: VecDeque<(Kind, String)>,
    pending: BTreeMap<String, String>,
    pub(super) copying: Option<Copying>,
    /// Keys that nobody needs any more.
    pub(super) sweep: Vec<String>,
    pub(super) renew_at: Millis,
    /// Reads that failed in a row, and when the next one is made.
    pub(super) failed_reads: u32,
    pub(super) paused_until: Millis,
    /// Times that whoever only looks has read the log again, and whether he has read all of it.
    pub(super) looks: u32,
    pub(super) is_seen: bool,
    leaving: bool,
    /// Owners who are known to be gone, whatever their leases say.
    pub(super) gone: Vec<String>,
    /// What is said once the job was given back.
    verdict: Option<Error>,
    failure: Option<Error>,
}

impl Keeper {
    /// A keeper that has not looked at the store yet.
    pub fn new(setup: Setup) -> Self {
        Self {
            setup,
            stage: Stage::ReadHead,
            flight: None,
            next_op: 0,
            ahead: None,
            head: None,
            head_text: None,
            mending: None,
            taken: false,
            predecessor: None,
            reading: VecDeque::new(),
            next: 1,
            torn: None,
            fold: Fold::default(),
            log_bytes: 0,
            queue: VecDeque::new(),
            pending: BTreeMap::new(),
            copying: None,
            sweep: Vec::new(),
            renew_at: Millis::NEVER,
            failed_reads: 0,
            paused_until: Millis::new(0),
            looks: 0,
            is_seen: false,
            leaving: false,
            gone: Vec::new(),
            verdict: None,
            failure: None,
        }
    }

    /// The same, knowing these owners to be gone: their leases are not waited for.
    #[must_use]
    pub fn after(self, gone: Vec<String>) -> Self {
        Self { gone, ..self }
    }

    /// Whether the job is ours and its sections are known.
    pub const fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Whether nothing more will come: the job was given back, or something failed.
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// What ended it before its time.
    pub const fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Whether the store keeps a second owner out.
    pub const fn is_fenced(&self) -> bool {
        self.setup.fenced
    }

    /// The lease of the owner before us, where he did not give the job back: he may still be at work for that long.
    pub const fn predecessor(&self) -> Option<Wait> {
        self.predecessor
    }

    /// Who holds the job at `now`, ourselves too.
    pub fn holder(&self, now: Millis) -> Option<Holder> {
        let head = self.head.as_ref().filter(|head| head.is_held(now))?;
        Some(Holder { owner: head.owner.clone(), until: head.until })
    }

    /// A section as it was last appended: JSON.
    pub fn section(&self, name: &str) -> Option<&str> {
        self.fold.get(name)
    }

    /// A section as it will be once all that was appended is durable.
    pub fn latest(&self, name: &str) -> Option<&str> {
        self.pending.get(name).map(String::as_str).or_else(|| self.fold.get(name))
    }

    /// All sections that are durable, by name.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fold.sections().iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Whether all that was appended is durable.
    pub fn is_settled(&self) -> bool {
        self.queue.is_empty()
    }

    /// Whether the lease has not run out.
    pub fn is_held(&self, now: Millis) -> bool {
        self.is_open() && self.head.as_ref().is_some_and(|head| head.is_held(now))
    }

    /// Appends the new texts of sections, JSON each and none longer than 48,000 bytes: all of them count, or none.
    pub fn append(&mut self, sections: Vec<(String, String)>) {
        if !sections.is_empty() {
            self.pending.extend(sections.iter().cloned());
            self.queue.extend(fold::change(sections));
        }
    }

    /// The first record of the queue is durable.
    pub(super) fn on_first_appended(&mut self) -> Option<Record> {
        let (kind, body) = self.queue.pop_front()?;
        if self.queue.is_empty() {
            self.pending.clear();
        }
        Some(self.record(kind, body, self.next))
    }

    /// Gives the job back once all that was appended is durable.
    pub fn leave(&mut self) {
        self.leaving = true;
        if !self.taken {
            self.stage = Stage::Over;
        }
    }

    /// When the keeper wants to be polled again without an answer.
    pub fn wake(&self) -> Millis {
        match self.stage {
            _ if self.flight.is_some() || self.is_over() => Millis::NEVER,
            _ if self.failed_reads > 0 => self.paused_until,
            Stage::Open => self.renew_at,
            _ => Millis::NEVER,
        }
    }

    /// How long until a read that failed is made again; `None` where none waits for that.
    pub fn pause(&self, now: Millis) -> Option<Wait> {
        // A clock that was put back meanwhile holds nobody up.
        let wait = now.until(self.paused_until);
        let is_waiting = self.flight.is_none() && !self.is_over() && wait > Wait::ZERO;
        (is_waiting && wait <= LONGEST_PAUSE).then_some(wait)
    }

    /// The next operation, if one is due. There is one on its way at a time.
    pub fn poll(&mut self, now: Millis) -> Option<(OpId, StoreOp)> {
        if self.flight.is_some() || self.pause(now).is_some() {
            return None;
        }
        let (doing, op) = self.ahead.take().or_else(|| self.next_step(now))?;
        let id = OpId(self.next_op);
        self.next_op = self.next_op.wrapping_add(1);
        self.flight = Some((id, doing));
        Some((id, op))
    }

    fn next_step(&mut self, now: Millis) -> Option<(Doing, StoreOp)> {
        match self.stage {
            Stage::ReadHead => Some((Doing::ReadHead, StoreOp::Get { key: self.head_key() })),
            Stage::Mend => self.next_of_mending(),
            Stage::Take => {
                let head = self.next_head(now);
                Some(self.write_head(What::Take(head.clone()), &head))
            }
            Stage::List => Some((Doing::List, StoreOp::Keys { prefix: self.prefix() })),
            Stage::Read => {
                let seq = *self.reading.front()?;
                Some((Doing::Read(seq), StoreOp::Get { key: self.log_key(self.generation(), seq) }))
            }
            Stage::Claim => {
                let record = self.record(Kind::Epoch, "{}".to_owned(), self.next);
                let key = self.log_key(self.generation(), self.next);
                Some(self.write(What::Claim, key, self.torn.clone(), record.to_string()))
            }
            Stage::Open => self.next_open_step(now),
            Stage::Leave => {
                let head = self.head.as_ref()?.given_back();
                Some(self.write_head(What::Leave, &head))
            }
            Stage::Over => None,
        }
    }

    fn next_open_step(&mut self, now: Millis) -> Option<(Doing, StoreOp)> {
        let head = self.head.as_ref()?;
        let renew = now >= self.renew_at;
        let is_pressing = renew && now.until(head.until).get() < head.lease.get() / 3;
        if self.leaving && self.queue.is_empty() {
            self.copying = None;
            self.stage = Stage::Leave;
            return self.next_step(now);
        }
        if is_pressing {
            return self.renewal(now);
        }
        if let Some((what, key, expected, text)) = self.next_copy() {
            return Some(self.write(what, key, expected, text));
        }
        if let Some((kind, body)) = self.queue.front().cloned() {
            let record = self.record(kind, body, self.next);
            let key = self.log_key(self.generation(), self.next);
            return Some(self.write(What::Append, key, None, record.to_string()));
        }
        if renew {
            return self.renewal(now);
        }
        self.sweep.pop().map(|key| (Doing::Sweep, StoreOp::Remove { key }))
    }

    fn renewal(&self, now: Millis) -> Option<(Doing, StoreOp)> {
        let head = self.head.as_ref()?.renewed(now);
        Some(self.write_head(What::Renew(head.clone()), &head))
    }

    /// Gives the job back and ends with `error`.
    pub(super) fn refuse(&mut self, error: Error) {
        self.verdict = Some(error);
        self.leave();
        if self.stage == Stage::Over {
            self.end();
        } else {
            self.stage = Stage::Leave;
        }
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.failure = Some(error);
        self.stage = Stage::Over;
    }

    pub(super) fn end(&mut self) {
        self.stage = Stage::Over;
        self.failure = self.failure.take().or_else(|| self.verdict.take());
    }

    /// The error for whoever finds the job in other hands.
    pub(super) fn conflict(&self, head: Option<&Head>) -> Error {
        let job = &self.setup.job;
        let Some(head) = head else {
            let message = format!("another owner has taken job {job:?} over; this one sends nothing more");
            return Error::new(ErrorCode::StoreConflict, message);
        };
        let message = format!(
            "job {job:?} is held by another owner, until {} unless that is renewed; wait, or end the other",
            head.until.get()
        );
        let holder = Holder { owner: head.owner.clone(), until: head.until };
        Error::new(ErrorCode::StoreConflict, message).held(holder)
    }

    pub(super) fn generation(&self) -> &str {
        self.head.as_ref().map_or("", |head| head.generation.as_str())
    }

    pub(super) fn record(&self, kind: Kind, body: String, seq: u64) -> Record {
        Record { kind, seq, epoch: self.head.as_ref().map_or(0, |head| head.epoch), body }
    }

    fn write_head(&self, what: What, head: &Head) -> (Doing, StoreOp) {
        self.write(what, self.head_key(), self.head_text.clone(), head.write())
    }

    fn write(&self, what: What, key: String, expected: Option<String>, text: String) -> (Doing, StoreOp) {
        let op = if self.setup.fenced && !mutant!("forget the epoch") {
            StoreOp::Swap { key: key.clone(), expected, next: text.clone() }
        } else {
            StoreOp::Set { key: key.clone(), value: text.clone() }
        };
        (Doing::Write { what, key, text }, op)
    }
}
