//! What is worth telling while a job waits, told once.

use crate::limits::RETENTION;
use crate::time::{Millis, Wait};
use crate::wire::{MessageBatch, ProcessingStatus, Refusal};

use super::io::Event;
use super::machine::Machine;

/// A wait that the API asks for is news from here on.
const LONG_WAIT: Wait = Wait::minutes(15);

/// Ages in days at which results that are still to be read are worth an alarm.
const ALARMS: [u64; 2] = [21, 27];

const DAY: u64 = 24 * 3_600_000;

impl Machine {
    /// A long wait that the API asks for: somebody may want to know why nothing happens.
    pub(super) fn note_long_wait(&mut self, part: u32, asked: Option<Wait>) {
        if let Some(asked) = asked.filter(|asked| *asked > LONG_WAIT) {
            self.tell(Event::LongWait { part, asked });
        }
    }

    /// A success whose body is not the API's: something stands in between.
    pub(super) fn note_unexpected(&mut self, part: u32, refusal: &Refusal) {
        if let Refusal::Unexpected { why, .. } = refusal {
            self.tell(Event::Unexpected { part, why: why.clone() });
        }
    }

    /// A status nobody knows, and a batch that is late. `now` is the server's, where it tells it.
    pub(super) fn note_status(&mut self, now: Millis, part: u32, batch: &MessageBatch) {
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let mut news = Vec::new();
        if let ProcessingStatus::Other(status) = &batch.status
            && it.told.status.as_ref() != Some(status)
        {
            it.told.status = Some(status.clone());
            news.push(Event::UnknownStatus { part, status: status.clone() });
        }
        let is_over = batch.expires_at.is_some_and(|end| now > end);
        if is_over && batch.status != ProcessingStatus::Ended && !it.told.overdue {
            it.told.overdue = true;
            news.push(Event::Overdue { part, batch: batch.id.to_string() });
        }
        for event in news {
            self.tell(event);
        }
    }

    /// Results that go away soon and are still to be read. `now` is the server's, where it tells it.
    pub(super) fn note_age(&mut self, now: Millis, part: u32) {
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let Some(batch) = &it.batch else { return };
        let Some(created_at) = batch.created_at else { return };
        let age = now.since(created_at).get() / DAY;
        let passed = ALARMS.iter().copied().rfind(|days| age >= *days).unwrap_or_default();
        if passed <= it.told.age {
            return;
        }
        it.told.age = passed;
        let until = created_at.after(RETENTION);
        let (batch, days) = (batch.id.to_string(), age as u32);
        self.tell(Event::Unharvested { part, batch, days, until });
    }
}
