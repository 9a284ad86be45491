//! Waiting for batches, and cancelling them.
//!
//! Asking is free of consequences, so it goes on through hours of failures. Only an answer that no repetition can
//! change ends it: a refused key, or a batch that the API does not know.

use crate::error::{Error, ErrorCode};
use crate::time::{Millis, Wait};
use crate::wire::{Call, MessageBatch, ProcessingStatus, Reply};

use super::create::SERVER_SKEW;
use super::io::Event;
use super::machine::{Machine, Purpose};
use super::part::Part;
use super::state::{PartEvent, PartState};

/// How long the API may not find a batch that it has just created.
const APPEARS_WITHIN: Wait = Wait::minutes(5);

/// Whether the API may only be late in showing a batch that it has created. The server's clock decides where it tells one:
/// its answer may be old when it reaches us, our own clock may jump, and we may have been away.
fn may_yet_appear(part: &Part, now: Millis, date: Option<Millis>) -> bool {
    match part.batch.as_ref().and_then(|batch| batch.created_at).zip(date) {
        Some((created, date)) => date < created.after(APPEARS_WITHIN.plus(SERVER_SKEW)),
        None => now.since(part.seen_at) < APPEARS_WITHIN,
    }
}

impl Machine {
    /// Asks about a batch; or, when the job is cancelled and this batch was not told yet, tells it.
    pub(super) fn ask_about(&mut self, part: u32) {
        let Some(it) = self.parts.get(part as usize) else { return };
        let Some(id) = it.batch_id() else { return };
        // A tentative batch may be somebody else's: it is never cancelled.
        let is_ours = !it.is_tentative() || mutant!("cancel what may be a stranger's");
        let (purpose, call) = if self.canceling && !it.cancel_sent && is_ours {
            (Purpose::Cancel, Call::cancel(id))
        } else {
            (Purpose::Poll, Call::retrieve(id))
        };
        self.start(part, purpose, call);
    }

    pub(super) fn on_poll(&mut self, now: Millis, part: u32, reply: &Reply) {
        let refusal = match reply.batch() {
            Ok(batch) => return self.on_status(now, part, &batch, reply),
            Err(refusal) => refusal,
        };
        self.note_unexpected(part, &refusal);
        let Some(it) = self.parts.get(part as usize) else { return };
        match reply.status {
            404 if may_yet_appear(it, now, reply.date) && !mutant!("a batch that is gone never was") => {
                self.back_off(now, part, reply.retry_after, "the batch does not show yet");
            }
            // Adopted by its size alone, and deleted by whoever made it: the search for ours goes on.
            404 if it.is_tentative() || mutant!("a batch that is gone never was") => self.disown(now, part),
            404 => {
                let id = it.batch_id().map(ToString::to_string).unwrap_or_default();
                let message = format!(
                    "the API does not know batch {id}: it was deleted, or the key belongs to another workspace; \
                     nothing is sent again"
                );
                self.fail(Error::new(ErrorCode::NotFound, message));
            }
            400..=403 => self.fail(refusal.into()),
            _ => self.back_off(now, part, reply.retry_after, "the batch could not be read"),
        }
    }

    fn on_status(&mut self, now: Millis, part: u32, batch: &MessageBatch, reply: &Reply) {
        let retry_after = reply.retry_after;
        self.note_long_wait(part, retry_after);
        self.note_age(reply.date.unwrap_or(now), part);
        self.note_status(reply.date.unwrap_or(now), part, batch);
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.failures = 0;
        it.retry_after = retry_after;
        if let Some(known) = it.batch.as_mut() {
            known.counts = batch.counts;
            known.ended_at = batch.ended_at;
            known.archived_at = batch.archived_at;
            known.expires_at = batch.expires_at.or(known.expires_at);
        }
        if batch.status == ProcessingStatus::Ended {
            it.due = now;
            self.apply(part, PartEvent::End);
            return self.tell(Event::Ended { part });
        }
        let seen_at = it.seen_at;
        let wait = self.pace.next(now, Some(seen_at), batch.expires_at, retry_after, 0, &mut self.rng);
        if let Some(it) = self.parts.get_mut(part as usize) {
            it.due = now.after(wait);
        }
    }

    /// The caller's wish to cancel: nothing more is sent, every batch is told, what was done is still collected.
    pub(super) fn cancel(&mut self, now: Millis) {
        if self.canceling {
            return;
        }
        self.canceling = true;
        self.save_soon();
        for it in self.parts.iter_mut().filter(|it| it.state == PartState::Processing) {
            it.due = now;
        }
    }

    pub(super) fn on_cancel(&mut self, now: Millis, part: u32, reply: &Reply) {
        match reply.batch() {
            Ok(batch) => {
                self.cancel_was_sent(part);
                self.on_status(now, part, &batch, reply);
            }
            // Too late, or told before: the next look at the batch says which.
            Err(_)
                if (400..=499).contains(&reply.status) && !matches!(reply.status, 401 | 403 | 408 | 429) =>
            {
                self.cancel_was_sent(part);
            }
            Err(refusal) if matches!(reply.status, 401 | 403) => self.fail(refusal.into()),
            Err(_) => self.back_off(now, part, reply.retry_after, "the batch could not be cancelled yet"),
        }
    }

    fn cancel_was_sent(&mut self, part: u32) {
        if let Some(it) = self.parts.get_mut(part as usize) {
            it.cancel_sent = true;
        }
    }
}
