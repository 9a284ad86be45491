//! One job, one server, one true time, and our clock beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use batchwise::emulator::Server;
use batchwise::error::ErrorCode;
use batchwise::job::{CallId, Final, Input, Machine};
use batchwise::journal::{OpId, StoreOp, Stored};
use batchwise::pace::Rng;
use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner};
use batchwise::time::Millis;
use batchwise::wire::Call;

use super::config::{Config, MINUTE};
use super::network::Delivery;
use super::process::Process;
use super::store::{Shelf, Task};
use super::tally::Tally;

/// Steps after which nothing goes wrong any more: where our process dies more often than a file can be read, no job would
/// ever end, and none would be to blame.
const CALM_AFTER: u64 = 20_000;
/// Steps that no job may need; a job that does is without end.
const STEP_BUDGET: u64 = 40_000;
/// The same for a job in a store: its lease is renewed every 20 seconds for as long as its batches take.
const KEPT_STEP_BUDGET: u64 = 120_000;
/// A workspace with more batches than this is not simulated any further.
const MOST_BATCHES: u64 = 5_000;
pub(super) const BEGIN: u64 = 1_790_000_000_000;

/// What happens next.
#[derive(Debug)]
pub(super) enum Happening {
    /// A call reaches the server. The answer goes to the life that asked, if anybody still waits for it.
    Arrive { id: CallId, call: Call, body: Vec<u8>, to: Option<u32>, answer_lost: bool },
    /// An answer, or a piece of one, reaches the machine that asked for it.
    Deliver { life: u32, id: CallId, delivery: Delivery },
    /// The caller cancels.
    Cancel,
    /// The caller has looked at the pilot.
    Proceed { life: u32, go_on: bool },
    /// Somebody else sends a batch, and will send so many more.
    Stranger(u64),
    /// Somebody sends a batch of as many requests as one of our create's bodies held.
    Shadow(u32),
    /// The key is of no use any more.
    Revoke,
    /// An operation reaches the store.
    Store { life: u32, id: OpId, task: Task },
    /// The store does what it was asked long ago.
    Late(StoreOp),
    /// The store's answer reaches the process that asked.
    Stored { life: u32, id: OpId, stored: Stored },
    /// The body of a create is made.
    Leave { life: u32, id: CallId, call: Call, part: Option<u32> },
    /// Rows reach the sink.
    Put { life: u32, rows: Vec<(u32, Final)> },
    /// Somebody else takes up the job.
    Rival,
}

/// How far the caller's wish to cancel has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cancel {
    No,
    Asked,
    /// It outlives our process.
    Kept,
}

pub(crate) struct World {
    pub(super) config: Config,
    pub(super) rng: Rng,
    pub(super) server: Server,
    pub(super) plan: Arc<Plan>,
    /// What the plan was made from: its bodies are made from it again.
    pub(super) source: Vec<u8>,
    /// Ours; where several drive the job, the one whose turn it is.
    pub(super) process: Process,
    /// The others.
    pub(super) others: Vec<Process>,
    /// Lives of all processes so far.
    pub(super) lives: u32,
    /// Where the job lives, if it lives in a store.
    pub(super) store: Option<Shelf>,
    /// Whether a process that lives in a store has come to the end of the job.
    pub(super) finished: bool,
    /// What a job ended with whose store lies.
    pub(crate) gave_up: Option<ErrorCode>,
    /// The true time.
    pub(super) now: u64,
    pub(super) revoked: bool,
    pub(super) cancel: Cancel,
    pub(super) handed_out: Vec<u32>,
    /// How often the results of a batch were read, by their path.
    pub(super) readings: BTreeMap<String, u32>,
    pub(crate) seen: Tally,
    /// In boxes: the tree moves its entries about.
    queue: BTreeMap<(u64, u64), Box<Happening>>,
    pub(super) seq: u64,
    story: Option<String>,
}

impl World {
    pub(crate) fn new(mut config: Config) -> Self {
        let (plan, source) = planned(config.requests, config.limits);
        let plan = Arc::new(plan);
        if let Some(share) = config.budget {
            config.job.max_cost = Some(plan.ceilings.iter().copied().map(f64::from).sum::<f64>() * share);
        }
        let machine = Machine::new(Arc::clone(&plan), config.job.clone());
        let merged = u64::from(plan.riders.len());
        let mut world = Self {
            rng: Rng::new(config.seed),
            server: Server::new(config.server.clone()),
            process: Process::new(machine, config.offset, BEGIN),
            others: Vec::new(),
            lives: 0,
            store: config.keeping.clone().map(Shelf::new),
            finished: false,
            gave_up: None,
            handed_out: vec![0; plan.ids.len() as usize],
            readings: BTreeMap::new(),
            plan,
            source,
            now: BEGIN,
            revoked: false,
            cancel: Cancel::No,
            queue: BTreeMap::new(),
            seq: 0,
            seen: Tally { jobs: 1, merged, ..Tally::default() },
            story: None,
            config,
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        for _ in 0..self.config.strangers_before {
            self.stranger();
            self.now += self.rng.below(5 * MINUTE);
        }
        let (strangers, within) = self.config.strangers;
        if strangers > 0 {
            let wait = self.rng.below(within);
            self.after(wait, Happening::Stranger(strangers - 1));
        }
        if let Some(after) = self.config.cancel_after {
            self.after(after, Happening::Cancel);
        }
        if let Some(after) = self.config.revoked_after {
            self.after(after, Happening::Revoke);
        }
        self.process.wake = self.now;
        self.begin_kept();
    }

    /// Writes down what happens.
    pub(crate) fn tell_all(&mut self) {
        self.story = Some(String::new());
    }

    pub(crate) fn story(&self) -> String {
        self.story.clone().unwrap_or_default()
    }

    /// Runs the job to its end and holds it against what the server knows.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let budget = if self.store.is_some() { KEPT_STEP_BUDGET } else { STEP_BUDGET };
        while self.seen.steps < budget {
            self.seen.steps += 1;
            if self.seen.steps == CALM_AFTER {
                self.calm_down();
            }
            if self.turn()? && self.all_are_over() {
                self.judge()?;
                return Ok(());
            }
            self.advance()?;
        }
        Err(format!("no end after {budget} steps; parts: {:?}", self.process.machine.progress().parts))
    }

    /// Whatever could go wrong goes well from now on, except that other people go on sending.
    fn calm_down(&mut self) {
        self.tell(|| "the weather turns fair".to_owned());
        self.seen.calmed += 1;
        self.config.be_fair();
        self.server.faults().clear();
        if let Some(shelf) = &mut self.store {
            shelf.keeping.be_fair();
        }
    }

    /// What our clock says.
    pub(super) fn clock(&self) -> Millis {
        Millis::new(self.now.saturating_add_signed(self.process.offset))
    }

    pub(super) fn after(&mut self, wait: u64, happening: Happening) {
        self.put_off(wait, Box::new(happening));
    }

    pub(super) fn put_off(&mut self, wait: u64, happening: Box<Happening>) {
        self.seq += 1;
        self.queue.insert((self.now + wait, self.seq), happening);
    }

    /// On to whatever comes first: the next happening, or the moment the machine named.
    fn advance(&mut self) -> Result<(), String> {
        if self.config.jumps > 0.0 && self.rng.unit() < self.config.jumps {
            self.process.offset = self.rng.below(20 * MINUTE).cast_signed() - 10 * MINUTE.cast_signed();
            self.seen.faults += 1;
            self.tell(|| "our clock jumps".to_owned());
        }
        self.seat_first_to_wake();
        let next = self.queue.first_key_value().map(|((at, _), _)| *at);
        if next.is_none_or(|at| self.process.wake < at) {
            if self.process.wake == u64::MAX {
                return Err(format!("waits for ever; parts: {:?}", self.process.machine.progress().parts));
            }
            self.now = self.now.max(self.process.wake);
            if self.process.is_down {
                return self.rise();
            }
            self.process.machine.handle(self.clock(), Input::Tick);
            return Ok(());
        }
        let Some(((at, _), happening)) = self.queue.pop_first() else { return Ok(()) };
        self.now = self.now.max(at);
        self.happen(happening)
    }

    fn happen(&mut self, happening: Box<Happening>) -> Result<(), String> {
        let Some(happening) = self.received(happening) else { return Ok(()) };
        match *happening {
            Happening::Cancel => {
                self.seen.canceled += 1;
                self.cancel = Cancel::Asked;
                self.tell(|| "cancel".to_owned());
                if !self.process.is_down {
                    self.process.machine.handle(self.clock(), Input::Cancel);
                }
            }
            Happening::Proceed { go_on, .. } => {
                self.process.machine.handle(self.clock(), Input::Proceed(go_on));
            }
            Happening::Arrive { id, call, body, to, answer_lost } => {
                self.arrive(id, &call, &body, to, answer_lost);
            }
            Happening::Deliver { id, delivery, .. } => self.deliver(id, delivery),
            Happening::Stranger(more) => {
                self.stranger();
                if more > 0 && self.server.commits() < MOST_BATCHES {
                    let wait = self.rng.below(self.config.strangers.1);
                    self.after(wait, Happening::Stranger(more - 1));
                }
            }
            Happening::Shadow(count) => self.send_strange(count),
            Happening::Revoke => {
                self.tell(|| "the key is revoked".to_owned());
                self.revoked = true;
            }
            Happening::Store { life, id, task } => self.perform(life, id, task),
            Happening::Late(op) => self.perform_late(&op),
            Happening::Stored { id, stored, .. } => self.on_stored(id, stored),
            Happening::Leave { id, call, part, .. } => return self.leave(id, call, part),
            Happening::Put { rows, .. } => self.put(&rows),
            Happening::Rival => self.begin_rival(),
        }
        Ok(())
    }

    pub(super) fn queued(&self) -> impl Iterator<Item = &Happening> {
        self.queue.values().map(Box::as_ref)
    }

    pub(super) fn tell(&mut self, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let _ = writeln!(story, "{:>10} {}", self.now - BEGIN, what());
        }
    }
}

/// The input, planned; and as bytes.
pub(super) fn planned(requests: u32, limits: PlanOptions) -> (Plan, Vec<u8>) {
    let mut planner = Planner::new(limits);
    let mut source = Vec::new();
    for n in 0..requests {
        let text = "x".repeat((n % 7) as usize * 20);
        let body = format!(
            r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"{text}!"}}]}}}}"#
        );
        let offset = source.len() as u64;
        planner.push(body.as_bytes(), Origin { place: Place::Index(u64::from(n)), offset });
        source.extend(body.into_bytes());
    }
    (planner.finish().unwrap(), source)
}
