//! Opening a journal: taking the head, reading the log, and beginning an epoch of one's own.

use crate::error::{Error, ErrorCode};
use crate::time::Millis;

use super::fold::Fold;
use super::frame::{Flaw, Record};
use super::head::Head;
use super::keeper::{Keeper, Stage};
use super::setup::Goal;

/// Records that a list of keys may lack below its highest, at most.
const MOST_UNLISTED: u64 = 16;

/// Times that a log is read again which its owner writes anew meanwhile.
const MOST_LOOKS: u32 = 5;

impl Keeper {
    /// Everything of this job lies under keys that begin so.
    pub(super) fn prefix(&self) -> String {
        format!("batchwise:{}:", self.setup.job)
    }

    pub(super) fn head_key(&self) -> String {
        format!("batchwise:{}:head", self.setup.job)
    }

    pub(super) fn log_key(&self, generation: &str, seq: u64) -> String {
        format!("batchwise:{}:log:{generation}:{seq:08}", self.setup.job)
    }

    pub(super) fn on_head(&mut self, now: Millis, text: Option<String>) {
        let head = match text.as_deref().map(Head::read) {
            Some(Err(Flaw::Damaged)) => return self.on_torn_head(text.unwrap_or_default()),
            None if self.setup.goal != Goal::Create => return self.fail(self.missing()),
            None => {
                self.head_text = None;
                self.stage = Stage::Take;
                return;
            }
            Some(Ok(head)) => head,
            Some(Err(flaw)) => return self.fail(self.flawed(flaw, "the head of its journal")),
        };
        if self.is_seen {
            return self.on_head_seen(head);
        }
        let is_looking = self.setup.goal == Goal::Look;
        if head.is_held(now) && !is_looking && !self.setup.alone && !self.gone.contains(&head.owner) {
            return self.fail(self.conflict(Some(&head)));
        }
        self.predecessor = (head.until > Millis::new(0)).then_some(head.lease);
        self.head = Some(head);
        self.head_text = text;
        self.mending = None;
        self.stage = self.stage_with_head();
    }

    /// Where to go on from a head that may be taken.
    pub(super) fn stage_with_head(&self) -> Stage {
        // Whoever wants a new job looks first: taking it would end an owner who merely slept.
        if self.setup.goal == Goal::Resume { Stage::Take } else { Stage::List }
    }

    /// The head with which we take the job.
    pub(super) fn next_head(&self, now: Millis) -> Head {
        let (owner, lease) = (self.setup.owner.clone(), self.setup.lease);
        let before = self.head.as_ref();
        Head {
            epoch: before.map_or(1, |head| head.epoch.saturating_add(1)),
            owner,
            until: now.after(lease),
            lease,
            generation: before.map_or_else(|| "1-1".to_owned(), |head| head.generation.clone()),
        }
    }

    /// The job is ours: its log is read now, or was before.
    pub(super) fn on_taken(&mut self) {
        let was_read = self.setup.goal == Goal::Create && self.next > 1 || self.torn.is_some();
        self.stage = if was_read { Stage::Claim } else { Stage::List };
    }

    pub(super) fn on_keys(&mut self, keys: &[String]) {
        let log = format!("{}log:", self.prefix());
        let mut seqs = Vec::new();
        for key in keys {
            let Some((generation, seq)) = key.strip_prefix(&log).and_then(|rest| rest.split_once(':')) else {
                continue;
            };
            match seq.parse::<u64>() {
                Ok(seq) if generation == self.generation() => seqs.push(seq),
                // Of a generation that is over, or was never finished.
                _ => self.sweep.push(key.clone()),
            }
        }
        seqs.sort_unstable();
        // A store may list keys while an owner before us writes: what the list lacks is asked for by name.
        let last = seqs.last().copied().unwrap_or(0);
        if last > seqs.len() as u64 + MOST_UNLISTED {
            let gap = (1..).zip(&seqs).find(|(want, seq)| want != *seq).map_or(last, |(want, _)| want);
            return self.on_hole(gap);
        }
        self.reading = (1..=last).collect();
        self.stage = Stage::Read;
        if self.reading.is_empty() {
            self.on_read();
        }
    }

    pub(super) fn on_record(&mut self, seq: u64, text: Option<String>) {
        let is_last = self.reading.is_empty();
        if text.is_none() && (!is_last || self.setup.goal == Goal::Look) {
            return self.on_hole(seq);
        }
        let text = text.unwrap_or_default();
        match Record::read(&text) {
            Ok(record) if record.seq == seq && self.fold.take(&record) => {
                self.log_bytes += text.len();
                self.next = seq + 1;
            }
            Err(Flaw::Newer(major)) => {
                return self.fail(self.flawed(Flaw::Newer(major), "its journal"));
            }
            // The process died while it wrote: nothing rests on what was never answered.
            _ if is_last => {
                self.next = seq;
                self.torn = Some(text);
            }
            _ => return self.fail(self.flawed(Flaw::Damaged, &format!("record {seq} of its journal"))),
        }
        if is_last {
            self.on_read();
        }
    }

    fn on_read(&mut self) {
        if self.setup.goal == Goal::Look {
            return self.on_seen();
        }
        if self.taken {
            self.stage = Stage::Claim;
        } else if self.fold.sections().is_empty() {
            self.stage = Stage::Take;
        } else {
            self.fail(self.exists());
        }
    }

    /// The log was read, and nothing more is wanted. Its owner may have written it anew meanwhile: the head tells.
    fn on_seen(&mut self) {
        if self.head.as_ref().is_some_and(Head::is_mended) {
            return self.end_of_look();
        }
        self.is_seen = true;
        self.stage = Stage::ReadHead;
    }

    fn on_head_seen(&mut self, head: Head) {
        if self.generation() == head.generation {
            self.head = Some(head);
            self.end_of_look();
        } else {
            self.on_hole(self.next);
        }
    }

    fn end_of_look(&mut self) {
        self.stage = Stage::Over;
        if self.fold.sections().is_empty() {
            self.fail(self.missing());
        }
    }

    /// A record is not there. Whoever only looks may have come while the owner wrote the log anew.
    fn on_hole(&mut self, seq: u64) {
        if !self.looks_again() {
            self.fail(self.hole(seq));
        }
    }

    fn looks_again(&mut self) -> bool {
        if self.setup.goal != Goal::Look || self.looks == MOST_LOOKS {
            return false;
        }
        self.looks += 1;
        self.is_seen = false;
        self.fold = Fold::default();
        self.reading.clear();
        self.next = 1;
        self.torn = None;
        self.stage = Stage::ReadHead;
        true
    }

    /// The place for our epoch was taken in the meantime, by an owner before us who did not know better yet: what he
    /// wrote counts.
    pub(super) fn on_claim_refused(&mut self, found: Option<String>) {
        let seq = self.next;
        match found {
            Some(text) => self.on_record(seq, Some(text)),
            None => self.torn = None,
        }
    }

    /// The log is known and ours: whether that is what was wanted.
    pub(super) fn judge(&mut self) {
        let is_empty = self.fold.sections().is_empty();
        match self.setup.goal {
            Goal::Create if !is_empty => self.refuse(self.exists()),
            Goal::Resume if is_empty => self.refuse(self.missing()),
            _ => {}
        }
    }

    fn exists(&self) -> Error {
        let job = &self.setup.job;
        let message = if self.fold.get("end").is_some_and(|end| end != "null") {
            format!(
                "the store holds job {job:?}, which has ended: resume it for its report, or choose another jobId"
            )
        } else {
            format!("the store holds job {job:?}, which has not ended: resume it, or choose another jobId")
        };
        Error::new(ErrorCode::JobExists, message)
    }

    fn missing(&self) -> Error {
        let message = format!("the store holds no job {:?}; nothing was sent", self.setup.job);
        Error::new(ErrorCode::JobMissing, message)
    }

    fn hole(&self, seq: u64) -> Error {
        let message = format!("record {seq} of the journal of job {:?} is gone", self.setup.job);
        Error::new(ErrorCode::StoreDamaged, message)
    }

    pub(super) fn flawed(&self, flaw: Flaw, what: &str) -> Error {
        let job = &self.setup.job;
        match flaw {
            Flaw::Newer(major) => {
                let message = format!(
                    "job {job:?} was kept by a newer version: {what} has format {major}, this version reads 1"
                );
                Error::new(ErrorCode::StoreNewer, message)
            }
            Flaw::Damaged => {
                let message = format!("job {job:?} cannot be read: {what} is damaged; nothing was sent");
                Error::new(ErrorCode::StoreDamaged, message)
            }
        }
    }
}
