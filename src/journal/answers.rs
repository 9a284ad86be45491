//! What came of the keeper's operations.

use crate::error::{Error, ErrorCode};
use crate::time::{Millis, Wait};

use super::frame::{Kind, Record};
use super::head::Head;
use super::keeper::{Doing, FIRST_PAUSE, Keeper, LONGEST_PAUSE, Stage, What};
use super::op::{OpId, StoreOp, StoreReply, Stored};

/// A renewal that failed is tried again after this long, while the lease lasts.
const RENEW_AGAIN: Wait = Wait::secs(5);

/// How often a read that failed is made again.
const READS_AGAIN: u32 = 3;

impl Keeper {
    /// Takes the answer to an operation. Answers to any but the one on its way are of no interest.
    pub fn stored(&mut self, now: Millis, id: OpId, stored: Stored) {
        if self.flight.as_ref().is_none_or(|(flying, _)| *flying != id) {
            return;
        }
        let Some((_, doing)) = self.flight.take() else { return };
        let reply = match stored {
            Ok(reply) => reply,
            Err(why) => return self.on_failure(now, doing, &why),
        };
        self.failed_reads = 0;
        match (doing, reply) {
            (Doing::ReadHead, StoreReply::Value(text)) => self.on_head(now, text),
            (Doing::List, StoreReply::Keys(keys)) if self.mending.is_some() => self.on_keys_of_mending(&keys),
            (Doing::List, StoreReply::Keys(keys)) => self.on_keys(&keys),
            (Doing::Mend, StoreReply::Value(text)) => self.on_record_of_mending(text.as_deref()),
            (Doing::Read(seq), StoreReply::Value(text)) => {
                self.reading.pop_front();
                self.on_record(seq, text);
            }
            (Doing::Write { what, text, .. }, StoreReply::Done | StoreReply::Swapped(true)) => {
                self.on_written(what, text);
            }
            (Doing::Write { what, key, text }, StoreReply::Swapped(false)) => {
                self.check(what, key, text);
            }
            (Doing::Check { what, text, .. }, StoreReply::Value(found)) => {
                if found.as_ref() == Some(&text) {
                    self.on_written(what, text);
                } else {
                    self.on_refused(now, &what, found);
                }
            }
            (Doing::Sweep, _) => {}
            (doing, _) => self.on_failure(now, doing, "it gave an answer to another question"),
        }
    }

    /// Looks at what stands where a write was refused.
    fn check(&mut self, what: What, key: String, text: String) {
        let op = StoreOp::Get { key: key.clone() };
        self.ahead = Some((Doing::Check { what, key, text }, op));
    }

    fn on_failure(&mut self, now: Millis, doing: Doing, why: &str) {
        let held = self.is_held(now);
        match doing {
            // What is swept harms nobody, and a lease that is not given back runs out.
            Doing::Sweep => {}
            Doing::Write { what: What::Leave, .. } | Doing::Check { what: What::Leave, .. } => self.end(),
            Doing::Write { what: What::Renew(_), .. } | Doing::Check { what: What::Renew(_), .. } if held => {
                self.renew_at = now.after(RENEW_AGAIN);
            }
            // Reading changes nothing: a moment later the store may answer.
            Doing::ReadHead | Doing::List | Doing::Read(_) | Doing::Mend | Doing::Check { .. }
                if self.failed_reads < READS_AGAIN =>
            {
                let wait = FIRST_PAUSE.times(1 << self.failed_reads).min(LONGEST_PAUSE);
                self.paused_until = now.after(wait);
                self.failed_reads += 1;
                if let Doing::Check { what, key, text } = doing {
                    self.check(what, key, text);
                }
            }
            _ => self.fail(Error::new(ErrorCode::Store, format!("the store failed: {why}"))),
        }
    }

    fn on_written(&mut self, what: What, text: String) {
        match what {
            What::Take(head) => {
                self.taken = true;
                self.hold(head, text);
                self.on_taken();
            }
            What::Renew(head) => self.hold(head, text),
            What::Claim => {
                let record = self.record(Kind::Epoch, "{}".to_owned(), self.next);
                self.on_appended(&record, text.len());
                self.torn = None;
                self.stage = Stage::Open;
                self.judge();
            }
            What::Append => {
                if let Some(record) = self.on_first_appended() {
                    self.on_appended(&record, text.len());
                }
                self.look_at_size();
            }
            What::Copy => self.on_copied(text.len()),
            What::Switch(head) => {
                self.hold(head, text);
                self.on_switched();
            }
            What::Leave => self.end(),
        }
    }

    fn on_appended(&mut self, record: &Record, bytes: usize) {
        self.fold.take(record);
        self.log_bytes += bytes;
        self.next += 1;
    }

    /// Something else stands where we wanted to write.
    fn on_refused(&mut self, now: Millis, what: &What, found: Option<String>) {
        if let Some((head, text)) = self.own_head(what, found.as_deref()) {
            // A renewal that was done although it failed: what we wanted goes on from there.
            return self.hold(head, text);
        }
        match what {
            What::Take(_) => self.on_head(now, found),
            What::Claim => self.on_claim_refused(found),
            What::Leave => self.end(),
            What::Renew(_) | What::Switch(_) => {
                let head = found.and_then(|text| Head::read(&text).ok());
                self.fail(self.conflict(head.as_ref()));
            }
            What::Append | What::Copy => self.fail(self.conflict(None)),
        }
    }

    /// The head that was found in the place of what we wanted to write there, where it is one of ours that we did not know
    /// to be there.
    fn own_head(&self, what: &What, found: Option<&str>) -> Option<(Head, String)> {
        if !matches!(what, What::Renew(_) | What::Switch(_) | What::Leave) {
            return None;
        }
        let text = found.filter(|text| Some(*text) != self.head_text.as_deref())?;
        let head = Head::read(text).ok().filter(|head| head.owner == self.setup.owner)?;
        Some((head, text.to_owned()))
    }

    fn hold(&mut self, head: Head, text: String) {
        self.renew_at = head.renew_at();
        self.head = Some(head);
        self.head_text = Some(text);
    }
}
