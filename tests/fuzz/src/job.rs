//! The machine under any order of inputs: it never panics, never hangs, never sends a create again without having
//! looked, and once the network is well it comes to an end in which every request was answered once.

use std::collections::BTreeMap;
use std::sync::Arc;

use arbitrary::Unstructured;
use batchwise::emulator::{self, Body, Server};
use batchwise::error::{Error, ErrorCode};
use batchwise::job::{CallId, Event, Input, Machine, Options, Output, Snapshot};
use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner};
use batchwise::request::envelope;
use batchwise::time::{Millis, Wait};
use batchwise::wire::{Call, Endpoint, Reply, Sent};

use super::network::{ask, bytes, lost, nonsense};
use super::sends::Sends;

const BEGIN: u64 = 1_790_000_000_000;
/// Outputs between two inputs, and inputs after the network is well again, that no job of this size may need.
const MOST_OUTPUTS: u32 = 1_000;
const MOST_STEPS: u32 = 5_000;

pub fn run(data: &[u8]) {
    let mut u = Unstructured::new(data);
    let Ok(mut world) = World::new(&mut u) else { return };
    while !u.is_empty() && !world.over {
        if world.disturb(&mut u).is_err() {
            break;
        }
        world.drain();
    }
    for _ in 0..MOST_STEPS {
        if world.over {
            return;
        }
        world.serve_well();
        world.drain();
    }
    panic!("no end: {:?}", world.machine.progress().parts);
}

/// A call on its way.
struct Open {
    call: Call,
    body: Vec<u8>,
    stream: Option<Body>,
}

struct World {
    plan: Arc<Plan>,
    options: Options,
    machine: Machine,
    saved: Snapshot,
    server: Server,
    open: BTreeMap<CallId, Open>,
    /// Calls that were answered already: answers come twice, too.
    answered: Vec<CallId>,
    sends: Sends,
    bodies: Vec<String>,
    handed_out: Vec<u32>,
    now: Millis,
    due: Millis,
    pilot: bool,
    over: bool,
}

impl World {
    fn new(u: &mut Unstructured<'_>) -> arbitrary::Result<Self> {
        let limits = PlanOptions { max_requests: u.int_in_range(1..=4)?, ..PlanOptions::default() };
        let mut options = Options::new(limits);
        options.rounds = u.int_in_range(1..=3)?;
        options.concurrency = u.int_in_range(1..=3)?;
        options.pilot = if u.ratio(1, 4)? { Some(2) } else { None };
        options.settle_answered = if u.arbitrary()? { options.settle } else { Wait::secs(60) };
        let count = u.int_in_range(1..=6)?;
        let mut planner = Planner::new(limits);
        let mut bodies = Vec::new();
        for n in 0..count {
            let body = format!(
                r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{{"role":"user","content":"!"}}]}}}}"#
            );
            planner.push(body.as_bytes(), Origin { place: Place::Index(n), offset: 0 });
            bodies.push(body);
        }
        let plan = Arc::new(planner.finish().unwrap());
        let machine = Machine::new(Arc::clone(&plan), options.clone());
        let mut world = Self {
            sends: Sends::new(bodies.len(), options.settle_answered.get()),
            handed_out: vec![0; bodies.len()],
            saved: machine.snapshot(),
            server: Server::new(emulator::Options::default()),
            open: BTreeMap::new(),
            answered: Vec::new(),
            now: Millis::new(BEGIN),
            due: Millis::new(BEGIN),
            pilot: false,
            over: false,
            plan,
            options,
            machine,
            bodies,
        };
        world.drain();
        Ok(world)
    }

    /// Does what the machine says until it waits.
    fn drain(&mut self) {
        for _ in 0..MOST_OUTPUTS {
            match self.machine.poll(self.now) {
                Output::Call { id, call, part } => self.depart(id, call, part),
                Output::Abandon(id) => {
                    self.open.remove(&id);
                    self.sends.answered(id, self.now, false);
                }
                Output::Rows { block, requests } => {
                    assert_eq!(block.len(), requests.len());
                    for request in requests.iter().map(|request| *request as usize) {
                        self.handed_out[request] += 1;
                        assert_eq!(self.handed_out[request], 1, "request {request} came out twice");
                    }
                    self.machine.handle(self.now, Input::Taken(&requests));
                }
                Output::Store { .. } => panic!("there is no store"),
                Output::Event(Event::Created { part, .. }) => {
                    self.sends.created(self.machine.parts()[part as usize].requests.iter());
                }
                Output::Event(Event::Pilot { .. }) => self.pilot = true,
                Output::Event(_) => {}
                Output::Wait(due) => {
                    self.due = due;
                    self.saved = self.machine.snapshot();
                    return;
                }
                Output::Done => {
                    assert!(self.handed_out.iter().all(|times| *times <= 1));
                    assert_eq!(self.machine.report().outcomes.total(), self.bodies.len() as u64);
                    self.over = true;
                    return;
                }
                Output::Failed(error) => {
                    assert!(!error.message().is_empty());
                    self.over = true;
                    return;
                }
            }
        }
        panic!("no end of outputs");
    }

    fn depart(&mut self, id: CallId, call: Call, part: Option<u32>) {
        let mut body = Vec::new();
        if let Some(part) = part {
            let requests: Vec<u32> = self.machine.parts()[part as usize].requests.iter().collect();
            let inner: Vec<&[u8]> = requests.iter().map(|&r| self.bodies[r as usize].as_bytes()).collect();
            body = [envelope::OPEN, &inner.join(envelope::COMMA), envelope::CLOSE].concat();
            self.sends.create(id, self.now, requests.into_iter());
        } else if call.endpoint() == Endpoint::List {
            self.sends.look(id, self.now);
        }
        let fresh = self.open.insert(id, Open { call, body, stream: None });
        assert!(fresh.is_none(), "two calls of one name");
    }

    /// One thing that the bytes want to happen.
    fn disturb(&mut self, u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
        let kind = u.int_in_range(0..=15_u8)?;
        if kind >= 12 {
            return self.happen(u, kind);
        }
        let Some(&id) = self.pick(u)? else {
            self.wake();
            return Ok(());
        };
        match kind {
            0..=4 => self.answer_truly(id),
            5 => {
                let open = &self.open[&id];
                let _ = ask(&mut self.server, self.now, &open.call, &open.body);
                self.lose(id, Sent::Maybe);
            }
            6 => self.lose(id, Sent::Maybe),
            7 => self.lose(id, Sent::No),
            8 | 9 => {
                let reply = nonsense(u, self.now)?;
                self.reply(id, reply);
            }
            10 => {
                let bytes = bytes(u)?;
                self.machine.handle(self.now, Input::Chunk(id, &bytes));
            }
            _ => {
                self.settle(id, true);
                let error = Error::new(ErrorCode::InputChanged, "the body cannot be made");
                self.machine.handle(self.now, Input::Unsendable(id, error));
            }
        }
        Ok(())
    }

    fn happen(&mut self, u: &mut Unstructured<'_>, kind: u8) -> arbitrary::Result<()> {
        match kind {
            12 => self.now = Millis::new(self.now.get() + u.int_in_range(0..=3_600_000)?),
            13 => self.die(),
            14 if u.ratio(1, 6)? => self.machine.handle(self.now, Input::Cancel),
            14 => self.machine.handle(self.now, Input::Proceed(u.arbitrary()?)),
            _ => {
                // An answer to a call that has had one.
                if let Some(&id) = self.answered.last() {
                    let reply = nonsense(u, self.now)?;
                    self.machine.handle(self.now, Input::Reply(id, reply));
                    self.machine.handle(self.now, Input::Closed(id));
                }
            }
        }
        self.machine.handle(self.now, Input::Tick);
        Ok(())
    }

    fn pick(&self, u: &mut Unstructured<'_>) -> arbitrary::Result<Option<&CallId>> {
        if self.open.is_empty() {
            return Ok(None);
        }
        Ok(self.open.keys().nth(u.choose_index(self.open.len())?))
    }

    /// What a network that is well does next.
    fn serve_well(&mut self) {
        if let Some(&id) = self.open.keys().next() {
            return self.answer_truly(id);
        }
        if self.pilot {
            self.pilot = false;
            return self.machine.handle(self.now, Input::Proceed(true));
        }
        self.wake();
    }

    /// On to the moment that the machine named.
    fn wake(&mut self) {
        if self.open.is_empty() && !self.pilot {
            assert!(self.due != Millis::NEVER, "waits for ever: {:?}", self.machine.progress().parts);
        }
        if self.due != Millis::NEVER {
            self.now = self.now.max(self.due);
        }
        self.machine.handle(self.now, Input::Tick);
    }

    fn answer_truly(&mut self, id: CallId) {
        self.now = Millis::new(self.now.get() + 20);
        let Some(open) = self.open.get_mut(&id) else { return };
        if let Some(stream) = &mut open.stream {
            match stream.next_chunk(150) {
                Some(chunk) => self.machine.handle(self.now, Input::Chunk(id, &chunk)),
                None => {
                    self.settle(id, true);
                    self.machine.handle(self.now, Input::Closed(id));
                }
            }
            return;
        }
        match ask(&mut self.server, self.now, &open.call, &open.body) {
            Ok(reply) => self.reply(id, reply),
            Err(stream) => open.stream = Some(stream),
        }
    }

    fn reply(&mut self, id: CallId, reply: Reply) {
        if reply.page().is_ok() {
            self.sends.looked(id);
        }
        let proof = reply.batch().is_ok() || matches!(reply.status, 400..=407 | 410..=499);
        self.settle(id, proof);
        self.machine.handle(self.now, Input::Reply(id, reply));
    }

    fn lose(&mut self, id: CallId, sent: Sent) {
        self.settle(id, sent == Sent::No);
        self.machine.handle(self.now, Input::Lost(id, lost(sent)));
    }

    /// The call has had its answer.
    fn settle(&mut self, id: CallId, proof: bool) {
        self.open.remove(&id);
        self.answered.push(id);
        self.sends.answered(id, self.now, proof);
    }

    /// Our process dies and comes back from what was saved last.
    fn die(&mut self) {
        self.sends.died();
        self.open.clear();
        self.answered.clear();
        let text = serde_json::to_string(&self.saved).unwrap();
        let saved = serde_json::from_str(&text).unwrap();
        let (plan, options) = (Arc::clone(&self.plan), self.options.clone());
        self.machine = Machine::restore(plan, options, saved, self.now).unwrap();
    }
}
