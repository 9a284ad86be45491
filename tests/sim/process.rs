//! Our process: it does what the machine says, keeps the job, dies and comes back.

use batchwise::error::{Error, ErrorCode};
use batchwise::job::{CallId, Event, Input, Machine, Output, Part, Snapshot};
use batchwise::journal::{OpId, StoreOp};
use batchwise::time::Millis;
use batchwise::wire::Call;

use super::config::{DAY, HOUR, MINUTE};
use super::kept::Kept;
use super::world::{Cancel, Happening, World};

/// When in a turn our process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    NotYet,
    /// Before the job was saved: all is as it was a turn before.
    Unsaved,
    /// Before a call left.
    Saved,
    /// After the calls left; their answers reach nobody.
    Sent,
}

/// One process of ours, with the machine that it drives.
pub(super) struct Process {
    pub(super) machine: Machine,
    /// Rows that whoever reads them has not taken for good; they come again when it dies.
    untaken: Vec<u32>,
    /// What is left of the job when it dies.
    pub(super) saved: Snapshot,
    pub(super) death: Death,
    /// Which life this is; answers to an earlier one reach nobody.
    pub(super) life: u32,
    /// Whether it is dead, until `wake`.
    pub(super) is_down: bool,
    /// How far its clock is off.
    pub(super) offset: i64,
    /// When it wants to be woken, in true time: a timer counts a length of time, whatever the clock says.
    pub(super) wake: u64,
    /// Its part in a job that lives in a store.
    pub(super) kept: Option<Kept>,
}

impl Process {
    pub(super) fn new(machine: Machine, offset: i64, now: u64) -> Self {
        let saved = machine.snapshot();
        let (death, untaken) = (Death::NotYet, Vec::new());
        Self { machine, untaken, saved, death, life: 0, is_down: false, offset, wake: now, kept: None }
    }
}

/// What the machine said in one turn.
#[derive(Default)]
pub(super) struct Said {
    pub(super) calls: Vec<(CallId, Call, Option<u32>)>,
    pub(super) rows: Vec<u32>,
    pub(super) store: Option<(OpId, StoreOp)>,
    pub(super) until: Option<Millis>,
    pub(super) end: Option<Result<(), Error>>,
}

impl World {
    /// Does what the machine says until it waits. Answers whether the job is over.
    pub(super) fn turn(&mut self) -> Result<bool, String> {
        if self.process.is_down {
            return Ok(false);
        }
        if self.process.kept.is_some() {
            return self.kept_turn();
        }
        let mut said = self.listen()?;
        if said.store.is_some() {
            return Err("there is no store".to_owned());
        }
        let taken = self.take_rows(&mut said);
        if self.process.death == Death::Unsaved {
            self.die();
            return Ok(false);
        }
        if self.cancel == Cancel::Asked {
            self.cancel = Cancel::Kept;
        }
        for request in taken {
            self.handed_out[request as usize] += 1;
        }
        // The job is saved before anything leaves: that is what a store is for.
        if self.process.death != Death::NotYet {
            self.process.saved = self.process.machine.snapshot();
        }
        if self.process.death != Death::Saved {
            for (id, call, part) in said.calls {
                self.depart(id, call, part)?;
            }
        }
        if let Some(end) = said.end {
            return end.map_or_else(|error| self.failed(&error), |()| Ok(true));
        }
        if self.process.death != Death::NotYet {
            self.die();
            return Ok(false);
        }
        self.sleep_until(said.until);
        self.draw_death();
        Ok(false)
    }

    pub(super) fn sleep_until(&mut self, until: Option<Millis>) {
        let wait = until.map_or(u64::MAX, |until| self.clock().until(until).get());
        self.process.wake =
            if until == Some(Millis::NEVER) { u64::MAX } else { self.now.saturating_add(wait) };
    }

    pub(super) fn listen(&mut self) -> Result<Said, String> {
        let mut said = Said::default();
        loop {
            match self.process.machine.poll(self.clock()) {
                Output::Call { id, call, part } => said.calls.push((id, call, part)),
                Output::Abandon(_) => {}
                Output::Rows { block, requests } => {
                    if block.len() != requests.len() {
                        return Err("rows and positions disagree".to_owned());
                    }
                    said.rows.extend(requests);
                }
                Output::Store { id, op } => said.store = Some((id, op)),
                Output::Event(event) => self.note(&event),
                Output::Wait(until) => {
                    said.until = Some(until);
                    return Ok(said);
                }
                Output::Done => said.end = Some(Ok(())),
                Output::Failed(error) => said.end = Some(Err(error)),
            }
            if said.end.is_some() {
                return Ok(said);
            }
        }
    }

    /// Whoever reads the rows takes all that are there, at once or some time later; at the end whatever is left.
    fn take_rows(&mut self, said: &mut Said) -> Vec<u32> {
        self.process.untaken.append(&mut said.rows);
        let slow = self.config.slow_taking;
        if self.process.untaken.is_empty() || said.end != Some(Ok(())) && slow > 0.0 && self.rng.unit() < slow
        {
            return Vec::new();
        }
        let taken = std::mem::take(&mut self.process.untaken);
        self.process.machine.handle(self.clock(), Input::Taken(&taken));
        taken
    }

    /// Whether, and when, the process dies in its next turn.
    pub(super) fn draw_death(&mut self) {
        self.process.death = Death::NotYet;
        if self.config.crash > 0.0 && self.rng.unit() < self.config.crash {
            self.process.death = [Death::Unsaved, Death::Saved, Death::Sent][self.rng.below(3) as usize];
            if self.process.death == Death::Unsaved && self.process.kept.is_none() {
                self.process.saved = self.process.machine.snapshot();
            }
        }
    }

    pub(super) fn die(&mut self) {
        self.seen.crashes += 1;
        self.tell(|| "our process dies".to_owned());
        if self.process.kept.is_some() {
            self.leave_behind();
        }
        let long = if self.rng.below(16) == 0 { 3 * HOUR } else { 2 * MINUTE };
        self.stay_down(long);
        if self.config.long_sleep && self.process.death != Death::Unsaved && self.knows_its_batches() {
            self.config.long_sleep = false;
            self.tell(|| "nobody comes back for 30 days".to_owned());
            self.process.wake += 30 * DAY;
        }
    }

    /// Whether no create is on its way or searched for, and no batch held by its size alone: results that are gone prove
    /// nothing any more.
    fn knows_its_batches(&self) -> bool {
        let is_known = |part: &Part| !part.state.holds_create() && !part.is_tentative();
        self.process.machine.parts().iter().all(is_known)
    }

    /// Nobody is there for a while; the world goes on.
    pub(super) fn stay_down(&mut self, at_most: u64) {
        self.lives += 1;
        self.process.life = self.lives;
        self.process.untaken.clear();
        self.process.is_down = true;
        self.process.wake = self.now + self.rng.below(at_most);
    }

    /// Takes the job up again from what was saved.
    pub(super) fn rise(&mut self) -> Result<(), String> {
        self.process.is_down = false;
        self.process.death = Death::NotYet;
        if self.process.kept.is_some() {
            self.open_journal();
            return Ok(());
        }
        let mut saved = self.process.saved.clone();
        if self.process.life.is_multiple_of(4) {
            // It goes the way of a file: through text.
            let text = serde_json::to_string(&saved).map_err(|error| error.to_string())?;
            saved = serde_json::from_str::<Snapshot>(&text).map_err(|error| error.to_string())?;
        }
        let (plan, options) = (self.plan.clone(), self.config.job.clone());
        let machine = Machine::restore(plan, options, saved, self.clock());
        self.process.machine = machine.map_err(|error| error.to_string())?;
        // Whoever asked to cancel asks again while he has no word that it was taken.
        if self.cancel == Cancel::Asked {
            self.process.machine.handle(self.clock(), Input::Cancel);
        }
        Ok(())
    }

    /// The job cannot go on: its caller mends what can be mended and takes it up again.
    fn failed(&mut self, error: &Error) -> Result<bool, String> {
        self.tell(|| format!("failed: {error}"));
        let nothing_sent =
            |world: &mut Self| world.server.fates().keys().all(|id| world.request_called(id).is_none());
        match error.code() {
            ErrorCode::SpendGuard if nothing_sent(self) => {
                self.seen.refused += 1;
                return Ok(true);
            }
            ErrorCode::KeyRefused if self.revoked => self.revoked = false,
            ErrorCode::SpendLimit => {}
            _ if self.config.loss > 0.0 && nothing_sent(self) => {}
            _ => return Err(format!("failed: {} {error}", error.code().as_str())),
        }
        self.seen.resumes += 1;
        self.process.saved = self.process.machine.snapshot();
        self.stay_down(HOUR);
        Ok(false)
    }

    fn note(&mut self, event: &Event) {
        self.tell(|| format!("{event:?}"));
        match event {
            Event::Uncertain { .. } => self.seen.uncertain += 1,
            Event::Created { adopted: true, .. } => self.seen.adopted += 1,
            Event::Settled { .. } => self.seen.settled += 1,
            Event::Split { .. } => self.seen.splits += 1,
            Event::Reread { .. } => self.seen.rereads += 1,
            Event::Pilot { .. } => {
                self.seen.pilots += 1;
                let go_on = self.rng.below(8) > 0;
                self.after(1_000, Happening::Proceed { life: self.process.life, go_on });
            }
            _ => {}
        }
    }
}
