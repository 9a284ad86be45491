//! Several processes that drive one job: who is up next, who stands still, and who has lost it.

use std::mem;

use batchwise::error::ErrorCode;
use batchwise::job::{Input, Machine};
use batchwise::journal::{Goal, OpId, Stored};

use super::kept::Kept;
use super::process::Process;
use super::world::{BEGIN, Cancel, Happening, World};

impl World {
    /// The first process of a job that lives in a store begins it; another may come later.
    pub(super) fn begin_kept(&mut self) {
        let Some(place) = &self.store else { return };
        let rival_after = place.keeping.rival_after;
        self.seen.kept = 1;
        self.process.kept = Some(Kept::new(Goal::Create, false));
        self.open_journal();
        if let Some(after) = rival_after {
            self.after(after, Happening::Rival);
        }
    }

    /// Somebody else takes the job up, whether its owner lives or not.
    pub(super) fn begin_rival(&mut self) {
        self.seen.rivals += 1;
        let offset = self.shelf().keeping.rival_offset;
        let machine = Machine::new(self.plan.clone(), self.config.job.clone());
        let mut rival = Process::new(machine, offset, self.now);
        self.lives += 1;
        rival.life = self.lives;
        rival.kept = Some(Kept::new(Goal::Resume, true));
        self.others.push(mem::replace(&mut self.process, rival));
        self.open_journal();
    }

    /// Puts the process in place that something is meant for. What reaches one that stands still waits for it; what is
    /// meant for a life that has ended reaches nobody.
    pub(super) fn received(&mut self, happening: Box<Happening>) -> Option<Box<Happening>> {
        let life = match &*happening {
            Happening::Proceed { life, .. }
            | Happening::Deliver { life, .. }
            | Happening::Stored { life, .. }
            | Happening::Leave { life, .. }
            | Happening::Put { life, .. } => *life,
            Happening::Store { life, .. } => {
                self.seat(*life);
                return Some(happening);
            }
            _ => return Some(happening),
        };
        if !self.seat(life) {
            return None;
        }
        let frozen = self.process.kept.as_ref().map_or(0, |kept| kept.frozen);
        if self.now < frozen {
            self.put_off(frozen - self.now, happening);
            return None;
        }
        Some(happening)
    }

    fn seat(&mut self, life: u32) -> bool {
        if self.process.life == life {
            return true;
        }
        let other = self.others.iter_mut().find(|other| other.life == life);
        other.map(|other| mem::swap(other, &mut self.process)).is_some()
    }

    pub(super) fn seat_first_to_wake(&mut self) {
        let mine = self.process.wakes();
        if let Some(other) = self.others.iter_mut().min_by_key(|other| other.wakes())
            && other.wakes() < mine
        {
            mem::swap(other, &mut self.process);
        }
        self.process.wake = self.process.wakes();
    }

    pub(super) fn all_are_over(&self) -> bool {
        let is_over = |process: &Process| process.kept.as_ref().is_none_or(Kept::is_over);
        self.seen.refused > 0
            || self.gave_up.is_some()
            || is_over(&self.process) && self.others.iter().all(is_over)
    }

    /// Whoever came to the end of the job is asked for its account.
    pub(super) fn seat_finisher(&mut self) {
        let has_ended = |process: &Process| process.machine.ledger().open_count() == 0;
        if !has_ended(&self.process)
            && let Some(other) = self.others.iter_mut().find(|other| has_ended(other))
        {
            mem::swap(other, &mut self.process);
        }
    }

    pub(super) fn draw_freeze(&mut self) {
        let (chance, most) = self.shelf().keeping.freezes;
        if self.shelf().chance(chance) {
            let long = self.shelf().rng.below(most);
            self.seen.freezes += 1;
            self.tell(|| format!("our process stands still for {long} ms"));
            if let Some(kept) = &mut self.process.kept {
                kept.frozen = self.now + long;
            }
        }
    }

    /// The process that drove the job has lost it. Answers whether its caller lets it be.
    pub(super) fn lost_to_another(&mut self) -> Result<bool, String> {
        self.seen.conflicts += 1;
        if self.shelf().lied > 0 {
            self.gave_up = Some(ErrorCode::StoreConflict);
            return Ok(true);
        }
        if self.others.is_empty() {
            return Err("stopped by a second owner, and there is none".to_owned());
        }
        Ok((self.is_taken_over() || self.finished) && self.shelf().rng.below(2) == 0)
    }

    /// Whether another process drives the job by now: whatever ends this one has not ended the job.
    pub(super) fn is_taken_over(&self) -> bool {
        self.others.iter().any(|other| other.kept.as_ref().is_some_and(|kept| !kept.is_over()))
    }

    pub(super) fn on_stored(&mut self, id: OpId, stored: Stored) {
        self.seen.store_calls += 1;
        self.tell(|| format!("stored {stored:.200?}"));
        let now = self.clock();
        let machine = &mut self.process.machine;
        match self.process.kept.as_mut().and_then(Kept::opening) {
            Some(keeper) => keeper.stored(now, id, stored),
            None => machine.handle(now, Input::Stored(id, stored)),
        }
    }

    /// Whether a create must not leave: the wish to cancel outlived the process that was told of it.
    pub(super) fn is_cancel_kept(&self) -> bool {
        match &self.process.kept {
            Some(kept) => kept.found_cancel,
            None => self.cancel == Cancel::Kept,
        }
    }
}

impl Process {
    /// When it wants to be woken and can be.
    fn wakes(&self) -> u64 {
        self.wake.max(self.kept.as_ref().map_or(BEGIN, |kept| kept.frozen))
    }
}
