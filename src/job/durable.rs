//! The machine and its journal.
//!
//! Whatever has consequences rests on what is durable: a create leaves when its intent and mark are in the store, a
//! cancel when the wish is, and the job is over when its end is. Such outputs wait here until the store has answered, and
//! leave as the next thing that happens. What has none (asking, reading, searching) does not wait. Without a store
//! nothing of this is there, and nothing waits.

use crate::error::{Error, ErrorCode};
use crate::journal::{Keeper, OpId, Stored};
use crate::time::Millis;

use super::create::LEAVES_WITHIN;
use super::io::{Event, Output};
use super::machine::Machine;
use super::sections::{PLAN, Written};

/// Rows taken by the caller between two saves.
const TAKEN_STEP: u32 = 25_000;

/// Time between two saves while rows are being taken: what a crash brings a second time is no more than that.
const TAKEN_WAIT: crate::time::Wait = crate::time::Wait::secs(30);

/// The journal of a machine.
#[derive(Debug)]
pub(super) struct Durable {
    keeper: Keeper,
    written: Written,
    /// Outputs that wait for what they rest on.
    waiting: Vec<Output>,
    /// Something happened that must not be forgotten.
    is_due: bool,
    /// Rows taken since the last save, and when that was.
    taken: u32,
    saved_at: Millis,
    is_closing: bool,
}

impl Machine {
    /// Has the job live in a journal from now on: one that was just opened for it, or the one it was restored from. `plan`
    /// is kept for whoever takes the job up again, as JSON; nothing of it is looked at here.
    pub fn keep(&mut self, mut keeper: Keeper, plan: Option<String>) {
        if !keeper.is_fenced() {
            self.tell(Event::SingleOwner);
        }
        let mut first: Vec<_> = plan.map(|plan| (PLAN.to_owned(), plan)).into_iter().collect();
        let mut written = Written::default();
        first.extend(self.changed_sections(&keeper, &mut written));
        keeper.append(first);
        let (waiting, saved_at) = (Vec::new(), Millis::new(0));
        let durable =
            Durable { keeper, written, waiting, is_due: false, taken: 0, saved_at, is_closing: false };
        self.durable = Some(Box::new(durable));
    }

    /// Something happened that must not be forgotten: it is saved before the machine waits again.
    pub(super) fn save_soon(&mut self) {
        if let Some(durable) = &mut self.durable {
            durable.is_due = true;
        }
    }

    /// Hands out what has consequences: at once, or when what it rests on is durable.
    pub(super) fn act(&mut self, output: Output) {
        match &mut self.durable {
            Some(durable) => {
                durable.is_due = true;
                durable.waiting.push(output);
            }
            None => self.out.push_back(output),
        }
    }

    /// Whether something waits to be saved, so that the machine should be polled.
    pub fn wants_to_save(&self) -> bool {
        self.durable.as_ref().is_some_and(|durable| durable.is_due)
    }

    /// Whether the job lives in a store.
    pub const fn is_kept(&self) -> bool {
        self.durable.is_some()
    }

    /// Notes rows that the caller has.
    pub(super) fn on_taken(&mut self, now: Millis, requests: &[u32]) {
        let taken = requests.iter().filter(|request| self.ledger.take(**request)).count() as u32;
        let Some(durable) = &mut self.durable else { return };
        durable.taken = durable.taken.saturating_add(taken);
        if durable.taken >= TAKEN_STEP || durable.taken > 0 && now.since(durable.saved_at) >= TAKEN_WAIT {
            durable.is_due = true;
        }
    }

    pub(super) fn on_stored(&mut self, now: Millis, id: OpId, stored: Stored) {
        let Some(durable) = &mut self.durable else { return };
        durable.keeper.stored(now, id, stored);
        if let Some(error) = durable.keeper.failure().cloned() {
            // Nothing more can be kept: nothing more is sent.
            return self.fail(error);
        }
        if durable.keeper.is_settled() {
            self.out.extend(durable.waiting.drain(..));
        }
    }

    /// The job has failed: what was about to leave stays.
    pub(super) fn drop_waiting(&mut self) {
        if let Some(durable) = &mut self.durable {
            durable.waiting.clear();
        }
    }

    /// The driver leaves.
    pub(super) fn on_close(&mut self) {
        if self.is_running() {
            let message = "the job was detached: its batches go on at the API";
            self.fail(Error::new(ErrorCode::Aborted, message));
        }
        if let Some(durable) = &mut self.durable {
            durable.is_closing = true;
            durable.is_due |= durable.taken > 0;
        }
    }

    /// The next operation on the store, with a save before it where one is due.
    pub(super) fn next_store_op(&mut self, now: Millis) -> Option<Output> {
        let mut durable = self.durable.take()?;
        if std::mem::take(&mut durable.is_due) && durable.keeper.is_open() {
            let changed = self.changed_sections(&durable.keeper, &mut durable.written);
            durable.keeper.append(changed);
            durable.taken = 0;
            durable.saved_at = now;
            if durable.keeper.is_settled() {
                self.out.extend(durable.waiting.drain(..));
            }
        }
        if durable.is_closing {
            durable.keeper.leave();
        }
        let op = durable.keeper.poll(now).map(|(id, op)| Output::Store { id, op });
        self.durable = Some(durable);
        op.or_else(|| self.out.pop_front())
    }

    /// Whether the journal has nothing left to do before the job may be called over, and when it wants to be looked at.
    pub(super) fn journal_wait(&self) -> Option<Millis> {
        let durable = self.durable.as_ref()?;
        let keeper = &durable.keeper;
        let is_ready = keeper.is_over() || keeper.is_settled() && !durable.is_closing;
        (!is_ready || self.is_running()).then(|| keeper.wake())
    }

    /// Whether the create of a part may still leave: while its body was made ready the lease may have run out, or so much
    /// time have passed that the search for it would not reach so far.
    pub fn may_send(&self, now: Millis, part: u32) -> bool {
        let named_at = self.parts.get(part as usize).and_then(|it| it.sent_at);
        self.is_running()
            && named_at.is_none_or(|at| at.until(now) <= LEAVES_WITHIN)
            && self
                .durable
                .as_ref()
                .is_none_or(|durable| !durable.keeper.is_fenced() || durable.keeper.is_held(now))
    }
}
