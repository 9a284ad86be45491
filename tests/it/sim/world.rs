//! One job, one server, one clock.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use batchwise::emulator::{Request, Server};
use batchwise::job::{Event, Final, Input, Machine, Output, Snapshot};
use batchwise::pace::Rng;
use batchwise::plan::{Origin, Place, Plan, Planner};
use batchwise::request::envelope;
use batchwise::time::Millis;
use batchwise::wire::{Call, Endpoint, LostReason, Method, Outcome, Sent};

use super::config::Config;
use super::network::{Delivery, deliveries, lost};

/// Steps that no job may need; a job that does is without end.
const STEP_BUDGET: u32 = 60_000;
const BEGIN: u64 = 1_790_000_000_000;
const DAY: u64 = 24 * 3_600_000;

/// What happens next.
#[derive(Debug)]
enum Happening {
    /// A call reaches the server.
    Arrive { life: u32, id: batchwise::job::CallId, call: Call, body: Vec<u8>, answer_lost: bool },
    /// An answer, or a piece of one, reaches the machine that asked for it.
    Deliver { life: u32, id: batchwise::job::CallId, delivery: Delivery },
    /// The caller cancels.
    Cancel,
    /// The caller has looked at the pilot.
    Proceed { life: u32, go_on: bool },
}

/// Sums of what was seen, so that a quiet simulation is noticed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    pub(super) steps: u64,
    pub(super) faults: u64,
    pub(super) crashes: u64,
    pub(super) uncertain: u64,
    pub(super) adopted: u64,
    pub(super) settled: u64,
    pub(super) splits: u64,
    pub(super) rereads: u64,
    pub(super) rounds: u64,
    pub(super) canceled: u64,
    pub(super) missing: u64,
    pub(super) gave_up: u64,
    pub(super) pilots: u64,
}

impl Verdict {
    pub(super) fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.uncertain += other.uncertain;
        self.adopted += other.adopted;
        self.settled += other.settled;
        self.splits += other.splits;
        self.rereads += other.rereads;
        self.rounds += other.rounds;
        self.canceled += other.canceled;
        self.missing += other.missing;
        self.gave_up += other.gave_up;
        self.pilots += other.pilots;
    }
}

pub(super) struct World {
    config: Config,
    rng: Rng,
    server: Server,
    plan: Arc<Plan>,
    bodies: Vec<Vec<u8>>,
    machine: Machine,
    saved: Snapshot,
    /// Which life of our process this is; answers to an earlier one reach nobody.
    life: u32,
    now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    seq: u64,
    handed_out: Vec<u32>,
    seen: Verdict,
    /// The API could not be reached at all, and nothing was sent.
    gave_up: bool,
    story: Option<String>,
}

impl World {
    pub(super) fn new(config: Config) -> Self {
        let mut planner = Planner::new(config.limits);
        let mut bodies = Vec::new();
        for n in 0..config.requests {
            let text = "x".repeat((n % 7) as usize * 20);
            let body = format!(
                r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"{text}!"}}]}}}}"#
            );
            planner.push(body.as_bytes(), Origin { place: Place::Index(u64::from(n)), offset: 0 });
            bodies.push(body.into_bytes());
        }
        let plan = Arc::new(planner.finish().unwrap());
        let machine = Machine::new(Arc::clone(&plan), config.job.clone());
        let mut world = Self {
            rng: Rng::new(config.seed),
            server: Server::new(config.server.clone()),
            saved: machine.snapshot(),
            handed_out: vec![0; bodies.len()],
            plan,
            bodies,
            machine,
            life: 0,
            now: BEGIN,
            queue: BTreeMap::new(),
            seq: 0,
            seen: Verdict::default(),
            gave_up: false,
            story: None,
            config,
        };
        if let Some(after) = world.config.cancel_after {
            world.after(after, Happening::Cancel);
        }
        world
    }

    /// Writes down what happens.
    pub(super) fn tell_all(&mut self) {
        self.story = Some(String::new());
    }

    pub(super) fn story(&self) -> String {
        self.story.clone().unwrap_or_default()
    }

    /// Runs the job to its end and holds it against what the server knows.
    pub(super) fn run(&mut self) -> Result<Verdict, String> {
        for step in 0..STEP_BUDGET {
            self.seen.steps = u64::from(step);
            match self.drain()? {
                None => return self.judge(),
                Some(until) => self.advance(until)?,
            }
        }
        Err(format!("no end after {STEP_BUDGET} steps; parts: {:?}", self.machine.progress().parts))
    }

    /// Does what the machine says until it waits; `None` at its end.
    fn drain(&mut self) -> Result<Option<Millis>, String> {
        let mut calls = Vec::new();
        let until = loop {
            match self.machine.poll(Millis::new(self.now)) {
                Output::Call { id, call, part } => calls.push((id, call, part)),
                Output::Abandon(_) => {}
                Output::Rows { block, requests } => {
                    if block.len() != requests.len() {
                        return Err("rows and positions disagree".to_owned());
                    }
                    for request in requests {
                        self.handed_out[request as usize] += 1;
                    }
                }
                Output::Event(event) => self.note(&event),
                Output::Wait(until) => break until,
                Output::Done => return Ok(None),
                Output::Failed(error) => {
                    self.gave_up = true;
                    return if self.server.fates().keys().all(|id| id.starts_with('s')) {
                        Ok(None)
                    } else {
                        Err(format!("failed: {error}"))
                    };
                }
            }
        };
        // The job is saved before anything leaves: that is what a store is for.
        if self.config.crash > 0.0 && self.rng.unit() < self.config.crash {
            self.saved = self.machine.snapshot();
            self.crash()?;
            return Ok(Some(Millis::new(self.now)));
        }
        for (id, call, part) in calls {
            self.depart(id, call, part);
        }
        Ok(Some(until))
    }

    fn crash(&mut self) -> Result<(), String> {
        self.seen.crashes += 1;
        self.life += 1;
        self.now += self.rng.below(120_000);
        self.tell("crash");
        // It goes the way of a file: through text.
        let text = serde_json::to_string(&self.saved).unwrap();
        let saved = serde_json::from_str(&text).unwrap();
        self.machine =
            Machine::restore(Arc::clone(&self.plan), self.config.job.clone(), saved, Millis::new(self.now))
                .map_err(|error| error.to_string())?;
        Ok(())
    }

    fn depart(&mut self, id: batchwise::job::CallId, call: Call, part: Option<u32>) {
        let body = part.map_or_else(Vec::new, |part| self.body_of(part));
        self.tell(&format!("call {} {}", id.get(), call.path()));
        let life = self.life;
        if self.rng.unit() < self.config.loss {
            self.seen.faults += 1;
            let sent = if self.rng.below(3) == 0 { Sent::No } else { Sent::Maybe };
            let delivery = lost(sent, LostReason::Connection, "lost on the way there");
            return self.after(30, Happening::Deliver { life, id, delivery });
        }
        let answer_lost = self.rng.unit() < self.config.loss;
        let travel = 5 + self.rng.below(300);
        self.after(travel, Happening::Arrive { life, id, call, body, answer_lost });
    }

    fn body_of(&self, part: u32) -> Vec<u8> {
        let requests = &self.machine.parts()[part as usize].requests;
        let inner: Vec<&[u8]> = requests.iter().map(|r| self.bodies[r as usize].as_slice()).collect();
        [envelope::OPEN, &inner.join(envelope::COMMA), envelope::CLOSE].concat()
    }

    fn after(&mut self, wait: u64, happening: Happening) {
        self.seq += 1;
        self.queue.insert((self.now + wait, self.seq), happening);
    }

    /// On to whatever comes first: the next happening, or the moment the machine named.
    fn advance(&mut self, until: Millis) -> Result<(), String> {
        if self.rng.unit() < self.config.strangers {
            self.stranger();
        }
        let next = self.queue.first_key_value().map(|((at, _), _)| *at);
        if next.is_none_or(|at| until.get() < at) {
            if until == Millis::NEVER {
                return Err(format!("waits for ever; parts: {:?}", self.machine.progress().parts));
            }
            self.now = self.now.max(until.get());
            self.machine.handle(Millis::new(self.now), Input::Tick);
            return Ok(());
        }
        let Some(((at, _), happening)) = self.queue.pop_first() else { return Ok(()) };
        self.now = self.now.max(at);
        match happening {
            Happening::Cancel => {
                self.seen.canceled += 1;
                self.tell("cancel");
                self.machine.handle(Millis::new(self.now), Input::Cancel);
            }
            Happening::Proceed { life, go_on } if life == self.life => {
                self.machine.handle(Millis::new(self.now), Input::Proceed(go_on));
            }
            Happening::Arrive { life, id, call, body, answer_lost } => {
                self.arrive(life, id, &call, &body, answer_lost);
            }
            Happening::Deliver { life, id, delivery } if life == self.life => self.deliver(id, delivery),
            // Meant for a life that has ended.
            Happening::Proceed { .. } | Happening::Deliver { .. } => {}
        }
        Ok(())
    }

    fn arrive(&mut self, life: u32, id: batchwise::job::CallId, call: &Call, body: &[u8], answer_lost: bool) {
        let method = match call.method() {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        };
        let request = Request::new(method, call.path()).header("x-api-key", "sk-sim").body(body);
        let request = request.header("anthropic-version", "2026-10-21");
        let response = self.server.handle(self.now, &request);
        let stream = call.endpoint() == Endpoint::Results;
        let out = deliveries(response, stream, self.now, &mut self.rng);
        if answer_lost {
            self.seen.faults += 1;
            let delivery = lost(Sent::Maybe, LostReason::Connection, "lost on the way back");
            return self.after(40, Happening::Deliver { life, id, delivery });
        }
        for (wait, delivery) in out {
            self.after(wait, Happening::Deliver { life, id, delivery });
        }
    }

    fn deliver(&mut self, id: batchwise::job::CallId, delivery: Delivery) {
        if let Delivery::Reply(reply) = &delivery {
            self.tell(&format!(
                "reply {} {} {}",
                id.get(),
                reply.status,
                String::from_utf8_lossy(&reply.body)
            ));
        } else if let Delivery::Lost(lost) = &delivery {
            self.tell(&format!("lost {} {lost:?}", id.get()));
        }
        let now = Millis::new(self.now);
        match delivery {
            Delivery::Reply(reply) => self.machine.handle(now, Input::Reply(id, reply)),
            Delivery::Lost(lost) => self.machine.handle(now, Input::Lost(id, lost)),
            Delivery::Chunk(bytes) => self.machine.handle(now, Input::Chunk(id, &bytes)),
            Delivery::Closed => self.machine.handle(now, Input::Closed(id)),
        }
    }

    /// Somebody else in the workspace sends a batch of the size of one of our parts.
    fn stranger(&mut self) {
        let at = self.rng.below(self.machine.parts().len() as u64) as usize;
        let count = self.machine.parts()[at].requests.count();
        let requests: Vec<_> = (0..count)
            .map(|n| format!(r#"{{"custom_id":"s{}-{n}","params":{{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{{"role":"user","content":"!"}}]}}}}"#, self.seq))
            .collect();
        let body = format!(r#"{{"requests":[{}]}}"#, requests.join(","));
        let request = Request::new("POST", "/v1/messages/batches").header("x-api-key", "sk-other");
        let request = request.header("anthropic-version", "2026-10-21").body(body.as_bytes());
        self.server.handle(self.now, &request);
    }

    fn note(&mut self, event: &Event) {
        self.tell(&format!("{event:?}"));
        match event {
            Event::Uncertain { .. } => self.seen.uncertain += 1,
            Event::Created { adopted: true, .. } => self.seen.adopted += 1,
            Event::Settled { .. } => self.seen.settled += 1,
            Event::Split { .. } => self.seen.splits += 1,
            Event::Reread { .. } => self.seen.rereads += 1,
            Event::Pilot => {
                self.seen.pilots += 1;
                let go_on = self.rng.below(8) > 0;
                self.after(1_000, Happening::Proceed { life: self.life, go_on });
            }
            _ => {}
        }
    }

    fn tell(&mut self, what: &str) {
        if let Some(story) = &mut self.story {
            let _ = writeln!(story, "{:>10} {what}", self.now - BEGIN);
        }
    }

    /// The batches that hold a request, with when they were committed.
    fn batches_with(&self, n: usize) -> Vec<(String, u64)> {
        let id = format!("r{n}");
        let batches = self
            .server
            .batches(self.now)
            .into_iter()
            .filter(|batch| self.server.custom_ids(&batch.id).contains(&id));
        batches.map(|batch| (batch.id, batch.created_ms - BEGIN)).collect()
    }

    /// Holds the job's account against the server's own.
    fn judge(&mut self) -> Result<Verdict, String> {
        if self.gave_up {
            self.seen.gave_up = 1;
            return Ok(self.seen);
        }
        if let Some((request, times)) = self.handed_out.iter().enumerate().find(|(_, times)| **times != 1) {
            return Err(format!("request {request} was handed out {times} times"));
        }
        let report = self.machine.report().clone();
        if report.outcomes.total() != u64::from(self.config.requests)
            || self.machine.ledger().open_count() != 0
        {
            return Err(format!("the report does not add up: {:?}", report.outcomes));
        }
        // What was committed late, and what still runs, shows by then.
        self.now += 3 * DAY;
        self.server
            .handle(self.now, &Request::new("GET", "/v1/messages/batches").header("x-api-key", "sk-sim"));
        let fates = self.server.fates();
        for (n, _) in self.bodies.iter().enumerate() {
            let fate = fates.get(&format!("r{n}")).copied().unwrap_or_default();
            let outcome = self.machine.ledger().outcome(n as u32);
            if fate.billed > 1 {
                return Err(format!("r{n} was paid {} times, in {:?}", fate.billed, self.batches_with(n)));
            }
            if fate.committed > self.config.job.rounds {
                return Err(format!(
                    "r{n} was sent {} times in {} rounds",
                    fate.committed, self.config.job.rounds
                ));
            }
            let succeeded = outcome == Some(Final::Said(Outcome::Succeeded));
            if succeeded != (fate.billed == 1) && outcome != Some(Final::Missing) {
                return Err(format!("r{n} ended as {outcome:?} but was paid {} times", fate.billed));
            }
        }
        self.seen.missing += u64::from(report.outcomes.missing);
        self.seen.rounds += u64::from(report.rounds);
        self.seen.faults += self.server.faults().struck().values().sum::<u64>();
        Ok(self.seen)
    }
}
