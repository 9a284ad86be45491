//! A process whose job lives in a store: it drives machine and keeper exactly as the door does, and comes back with
//! nothing but the store and the input.

use std::sync::Arc;

use batchwise::error::{Error, ErrorCode};
use batchwise::job::{CallId, Final, Input, Machine, Options, PLAN, has_ended, saved_in};
use batchwise::journal::{Goal, Keeper, Setup, StoreOp};
use batchwise::plan::{Ids, PlanOptions};
use batchwise::time::Wait;
use batchwise::wire::{Call, LostReason, Sent};

use super::config::{HOUR, MINUTE};
use super::network::lost;
use super::process::Death;
use super::store::PUT_WITHIN;
use super::world::{Cancel, Happening, World, planned};

/// To the headers of an answer, as the client's default says: so long a create of an owner before us may take.
const TIMEOUT: Wait = Wait::minutes(10);

/// A job in a store, as one process has it.
pub(super) struct Kept {
    /// The journal while it is being opened.
    opening: Option<Keeper>,
    goal: Goal,
    end: End,
    /// Puts into the sink that are under way, when the last of them lands, and whether one failed.
    puts: u32,
    last_put: u64,
    sink_failed: bool,
    /// Whether this life found the wish to cancel in the store: then it sends nothing.
    pub(super) found_cancel: bool,
    /// Whether the job may be opened by this process while another one lives.
    pub(super) is_rival: bool,
    /// It stands still until then.
    pub(super) frozen: u64,
}

/// How far the end of a job has come, as in the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It has not begun.
    Opening,
    Open,
    /// It is over but for what the sink has not taken.
    Settling,
    /// It is being given back.
    Closed,
    /// This process has nothing more to do with it.
    Over,
}

impl Kept {
    pub(super) const fn new(goal: Goal, is_rival: bool) -> Self {
        Self {
            opening: None,
            goal,
            end: End::Opening,
            puts: 0,
            last_put: 0,
            sink_failed: false,
            found_cancel: false,
            is_rival,
            frozen: 0,
        }
    }

    pub(super) const fn opening(&mut self) -> Option<&mut Keeper> {
        self.opening.as_mut()
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.end, End::Over)
    }
}

impl World {
    fn kept(&mut self) -> &mut Kept {
        self.process.kept.as_mut().expect("the job lives in a store")
    }

    /// Begins to open the journal.
    pub(super) fn open_journal(&mut self) {
        let keeping = self.shelf().keeping.clone();
        let (job, owner) = ("j".to_owned(), format!("owner-{}", self.process.life));
        let (lease, fenced, alone) = (Wait::millis(keeping.lease), keeping.fenced, keeping.alone);
        let kept = self.kept();
        let goal = kept.goal;
        *kept = Kept::new(goal, kept.is_rival);
        kept.opening = Some(Keeper::new(Setup { job, owner, lease, fenced, alone, goal }));
        self.tell(|| format!("open for {goal:?}"));
        self.process.wake = self.now;
    }

    /// Does what keeper and machine say until they wait. Answers whether this process is through.
    pub(super) fn kept_turn(&mut self) -> Result<bool, String> {
        if self.kept().is_over() || self.now < self.kept().frozen {
            return Ok(false);
        }
        self.process.wake = u64::MAX;
        let clock = self.clock();
        if let Some(keeper) = self.kept().opening().filter(|keeper| !keeper.is_open()) {
            let failure = keeper.failure().cloned();
            let next = keeper.poll(clock);
            if let Some(pause) = keeper.pause(clock) {
                self.process.wake = self.now + pause.get();
            }
            if let Some((id, op)) = next {
                self.shelve(id, op);
            }
            return failure.map_or(Ok(false), |error| self.kept_failed(&error));
        }
        if let Some(keeper) = self.kept().opening.take() {
            if let Err(error) = self.start_kept(keeper) {
                return self.kept_failed(&error);
            }
            self.kept().end = End::Open;
        }
        loop {
            let said = self.listen()?;
            let is_busy = !said.calls.is_empty() || said.store.as_ref().is_some_and(|(_, op)| is_append(op));
            if self.process.death == Death::Unsaved {
                self.die();
                return Ok(false);
            }
            if let Some((id, op)) = said.store {
                self.shelve(id, op);
            }
            if !said.rows.is_empty() {
                self.hand_out(said.rows);
            }
            if self.process.death == Death::Saved {
                self.die();
                return Ok(false);
            }
            for (id, call, part) in said.calls {
                self.make_ready(id, call, part)?;
            }
            if self.process.death == Death::Sent {
                self.die();
                return Ok(false);
            }
            match (said.end, self.kept().end) {
                (Some(_), End::Settling) => return Ok(false),
                (Some(Ok(())), End::Open) => {
                    self.kept().end = End::Settling;
                    if self.kept().puts > 0 {
                        return Ok(false);
                    }
                    self.close();
                }
                (Some(Err(_)), End::Open) => self.close(),
                // The caller learns of the sink.
                (Some(Ok(())), _) if self.kept().sink_failed => {
                    return self.kept_failed(&Error::new(ErrorCode::Aborted, "the sink failed"));
                }
                (Some(Ok(())), _) => {
                    self.kept().end = End::Over;
                    self.finished = true;
                    return Ok(true);
                }
                (Some(Err(error)), _) => return self.kept_failed(&error),
                (None, _) if self.process.machine.wants_to_save() => {}
                (None, _) => {
                    self.sleep_until(said.until);
                    // Days of renewals are no days of accidents.
                    if is_busy {
                        self.draw_death();
                        self.draw_freeze();
                    }
                    return Ok(false);
                }
            }
        }
    }

    /// The journal is ours: the job goes on from what it holds. Answers what stops it before it has begun.
    fn start_kept(&mut self, keeper: Keeper) -> Result<(), Error> {
        let mut options = self.config.job.clone();
        options.seed ^= u64::from(self.process.life) << 32;
        if self.kept().goal == Goal::Create {
            let machine = Machine::new(Arc::clone(&self.plan), options);
            let failure = machine.failure().cloned();
            self.process.machine = machine;
            if failure.is_none() {
                self.process.machine.keep(keeper, Some(note(self.config.limits)));
                self.kept().goal = Goal::Resume;
            }
            return failure.map_or(Ok(()), Err);
        }
        let saved = saved_in(&keeper)?;
        if let Some(lease) = keeper.predecessor() {
            options.settle_taken_over = lease.plus(TIMEOUT);
        }
        let limits = noted(keeper.section(PLAN), self.config.limits);
        let (plan, _) = planned(self.config.requests, limits);
        self.plan = Arc::new(plan);
        self.kept().found_cancel = saved.canceling;
        let ended = has_ended(&keeper);
        self.process.machine = self.restored(options, saved)?;
        self.process.machine.keep(keeper, None);
        self.tell(|| format!("taken up again{}", if ended { ", at its end" } else { "" }));
        self.ask_again_to_cancel();
        Ok(())
    }

    fn restored(&self, options: Options, saved: batchwise::job::Snapshot) -> Result<Machine, Error> {
        Machine::restore(Arc::clone(&self.plan), options, saved, self.clock())
    }

    fn ask_again_to_cancel(&mut self) {
        if self.cancel == Cancel::Asked && !self.kept().found_cancel {
            self.process.machine.handle(self.clock(), Input::Cancel);
        }
    }

    fn close(&mut self) {
        self.kept().end = End::Closed;
        self.process.machine.handle(self.clock(), Input::Close);
    }

    /// A create's body is being made: the lease may run out meanwhile.
    fn make_ready(&mut self, id: CallId, call: Call, part: Option<u32>) -> Result<(), String> {
        if part.is_none() {
            return self.depart(id, call, part);
        }
        let place = self.shelf();
        let wait = place.rng.below(place.keeping.slowness);
        let life = self.process.life;
        self.after(wait, Happening::Leave { life, id, call, part });
        Ok(())
    }

    pub(super) fn leave(&mut self, id: CallId, call: Call, part: Option<u32>) -> Result<(), String> {
        if part.is_none_or(|part| self.process.machine.may_send(self.clock(), part)) {
            return self.depart(id, call, part);
        }
        self.seen.held_back += 1;
        self.deliver(id, lost(Sent::No, LostReason::Late, "the lease ran out"));
        Ok(())
    }

    /// Rows go into the sink, and from there to their reader; without one he has them at once.
    fn hand_out(&mut self, requests: Vec<u32>) {
        if self.shelf().keeping.sink.is_none() {
            for request in &requests {
                self.handed_out[*request as usize] += 1;
            }
            return self.process.machine.handle(self.clock(), Input::Taken(&requests));
        }
        let at = self.kept().last_put.max(self.now) + self.shelf().rng.below(PUT_WITHIN);
        let kept = self.kept();
        kept.puts += 1;
        kept.last_put = at;
        let life = self.process.life;
        let ledger = self.process.machine.ledger();
        let rows =
            requests.into_iter().filter_map(|request| Some((request, ledger.outcome(request)?))).collect();
        self.after(at - self.now, Happening::Put { life, rows });
    }

    /// Rows reach the sink. What a life before this one put there stays as it is.
    pub(super) fn put(&mut self, rows: &[(u32, Final)]) {
        self.kept().puts -= 1;
        if !self.kept().sink_failed {
            let chance = self.shelf().keeping.sink.unwrap_or_default();
            let fails = self.shelf().chance(chance);
            let place = self.shelf();
            let arriving = if fails { place.rng.below(rows.len() as u64 + 1) as usize } else { rows.len() };
            for (request, how) in &rows[..arriving] {
                place.sink.entry(*request).or_insert(*how);
            }
            let requests: Vec<u32> = rows.iter().map(|(request, _)| *request).collect();
            if fails {
                self.tell(|| "the sink fails".to_owned());
                self.seen.faults += 1;
                self.seen.sink_faults += 1;
                self.kept().sink_failed = true;
                self.close();
            } else {
                self.process.machine.handle(self.clock(), Input::Taken(&requests));
            }
        }
        if self.kept().end == End::Settling && self.kept().puts == 0 {
            self.close();
        }
    }

    /// The job has failed, or could not be opened: its caller takes it up again once that may go better.
    fn kept_failed(&mut self, error: &Error) -> Result<bool, String> {
        self.tell(|| format!("failed: {error}"));
        let nothing_sent =
            |world: &mut Self| world.server.fates().keys().all(|id| world.request_called(id).is_none());
        let did_run = self.kept().end != End::Opening;
        let mut wait = HOUR;
        match error.code() {
            ErrorCode::SpendGuard if nothing_sent(self) => {
                self.seen.refused += 1;
                self.kept().end = End::Over;
                return Ok(true);
            }
            ErrorCode::KeyRefused if self.revoked => self.revoked = false,
            ErrorCode::SpendLimit => {}
            ErrorCode::Store => {
                self.seen.store_ends += 1;
                wait = 2 * MINUTE;
            }
            ErrorCode::StoreConflict => {
                if did_run && self.lost_to_another()? {
                    self.kept().end = End::Over;
                    return Ok(true);
                }
                wait = 2 * MINUTE;
            }
            ErrorCode::Aborted if self.kept().sink_failed => wait = 2 * MINUTE,
            // Nothing was ever kept of it: it is begun anew.
            ErrorCode::JobMissing if self.kept().is_rival => {}
            ErrorCode::JobMissing if nothing_sent(self) => self.kept().goal = Goal::Create,
            ErrorCode::JobExists => self.kept().goal = Goal::Resume,
            _ if self.shelf().lied > 0 => {
                self.gave_up = Some(error.code());
                self.kept().end = End::Over;
                return Ok(true);
            }
            _ if self.config.loss > 0.0 && (nothing_sent(self) || self.is_taken_over()) => {}
            _ => return Err(format!("failed: {} {error}", error.code().as_str())),
        }
        self.seen.resumes += u64::from(did_run);
        self.stay_down(wait);
        Ok(false)
    }

    /// Whether the rows of a job in a store came through, once each where there is a sink.
    pub(super) fn judge_delivery(&mut self) -> Result<(), String> {
        let damaged = !self.config.server.faults.is_empty();
        for request in 0..self.plan.ids.len() {
            let outcome = self.process.machine.ledger().outcome(request);
            let place = self.shelf();
            if place.keeping.sink.is_none() {
                if self.handed_out[request as usize] == 0 {
                    return Err(format!("lost: request {request} was never handed out"));
                }
                continue;
            }
            match place.sink.get(&request) {
                None => return Err(format!("lost: the sink has no row of request {request}")),
                Some(how) if Some(*how) != outcome && !damaged => {
                    return Err(format!(
                        "lost: the sink has {how:?} of request {request}, the report {outcome:?}"
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

fn is_append(op: &StoreOp) -> bool {
    matches!(op, StoreOp::Set { key, .. } | StoreOp::Swap { key, .. } if key.contains(":log:"))
}

/// What the host keeps of how a job was planned.
fn note(limits: PlanOptions) -> String {
    let made = limits.ids == Ids::Made;
    let keys = limits.dedupe.map_or_else(|| "null".to_owned(), |[a, b]| format!("[\"{a}\",\"{b}\"]"));
    format!(
        r#"{{"maxRequests":{},"maxBodyBytes":{},"made":{made},"dedupe":{keys}}}"#,
        limits.max_requests, limits.max_body_bytes
    )
}

/// How a job was planned, as the store says it.
fn noted(note: Option<&str>, otherwise: PlanOptions) -> PlanOptions {
    let Some(note) = note.and_then(|note| serde_json::from_str::<serde_json::Value>(note).ok()) else {
        return otherwise;
    };
    let key = |at: usize| note["dedupe"][at].as_str()?.parse::<u64>().ok();
    PlanOptions {
        max_requests: note["maxRequests"].as_u64().unwrap_or_default() as u32,
        max_body_bytes: note["maxBodyBytes"].as_u64().unwrap_or_default(),
        ids: if note["made"] == true { Ids::Made } else { Ids::Verbatim },
        dedupe: key(0).zip(key(1)).map(|(a, b)| [a, b]),
        ..PlanOptions::default()
    }
}
