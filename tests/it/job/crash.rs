//! Our process dies at every step of a job, and at every pair of steps: the job ends the same, and nothing is sent twice.
//!
//! The job is saved when the machine waits, before the calls it named leave. Our process dies before it was saved, so
//! that a whole step never was; or before the calls leave; or after, and they are answered to nobody.

use std::collections::VecDeque;

use batchwise::emulator::{
    Ending, Endpoint as At, Fault, FaultRule, Hits, Opening, Options as Model, Rates, Request, Response,
    Server, When,
};
use batchwise::wire::Endpoint;

use super::*;

const REQUESTS: u32 = 5;
const STEP_BUDGET: u32 = 3_000;

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    ledger: String,
    rounds: u32,
}

/// When in a step the process dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Moment {
    Unsaved,
    #[default]
    Saved,
    Sent,
}

/// In which steps the process dies, and when in them.
#[derive(Clone, Debug, Default)]
struct Crashes {
    at: Vec<u32>,
    moment: Moment,
}

struct Run {
    model: Server,
    scene: Scene,
    options: Options,
    crashes: Crashes,
    waits: u32,
    inputs: VecDeque<(CallId, Delivery)>,
    /// Rows handed out in earlier lives.
    rows: Vec<(u32, String)>,
    /// The job as it was saved a step before, and how many rows of this life were handed out by then.
    before: (Snapshot, usize),
}

enum Delivery {
    Reply(Reply),
    Chunk(Vec<u8>),
    Closed,
    Lost,
}

fn model(rates: Rates, faults: Vec<FaultRule>) -> Model {
    Model { seed: 5, rates, faults, processing_ms: Some(30_000), ..Model::default() }
}

fn strikes(on: At, fault: Fault, calls: &[u64]) -> FaultRule {
    FaultRule { on: Some(on), fault, hits: Hits::Calls(calls.to_vec()) }
}

/// Something goes wrong at every stage; some requests are refused for good.
fn rough() -> Model {
    let rates = Rates { invalid: 0.4, ..Rates::default() };
    let faults = vec![
        strikes(At::Create, Fault::Reset(When::After), &[1]),
        strikes(At::Create, Fault::Reset(When::Before), &[3]),
        strikes(At::List, Fault::Reset(When::Before), &[2]),
        strikes(At::Retrieve, Fault::Html(When::Before), &[1]),
        strikes(At::Results, Fault::CutAtLine(Ending::Clean), &[2]),
        strikes(At::Results, Fault::CutMidLine(Ending::Reset), &[4]),
    ];
    model(rates, faults)
}

/// Nothing goes wrong.
fn calm() -> Model {
    model(Rates::default(), Vec::new())
}

/// Every request fails in a way that may pass, in both rounds.
fn overloaded() -> Model {
    model(Rates { overloaded: 1.0, ..Rates::default() }, Vec::new())
}

fn options() -> Options {
    let mut options = super::options(2);
    options.rounds = 2;
    options.concurrency = 2;
    options
}

impl Run {
    fn new(model: Model, crashes: Crashes) -> Self {
        let machine = Machine::new(plan(REQUESTS, 2), options());
        let scene = Scene::of(machine, BEGIN);
        let (inputs, rows, before) = (VecDeque::new(), Vec::new(), (scene.machine.snapshot(), 0));
        Self { model: Server::new(model), scene, options: options(), crashes, waits: 0, inputs, rows, before }
    }

    /// To the end; gives the account and the number of steps.
    fn run(mut self) -> (Ended, u32) {
        while self.scene.end.is_none() {
            self.step();
            assert!(self.waits < STEP_BUDGET, "no end: {:?} {:?}", self.scene.calls(), self.scene.states());
        }
        self.judge()
    }

    fn step(&mut self) {
        let dies = self.crashes.at.contains(&self.waits);
        self.waits += 1;
        if dies {
            return self.die();
        }
        if self.crashes.at.contains(&self.waits) {
            self.before = (self.scene.machine.snapshot(), self.scene.rows.len());
        }
        for (id, call, part) in std::mem::take(&mut self.scene.calls) {
            self.depart(id, &call, part);
        }
        self.scene.now += 100;
        match self.inputs.pop_front() {
            Some((id, Delivery::Reply(reply))) => self.scene.handle(Input::Reply(id, reply)),
            Some((id, Delivery::Chunk(bytes))) => self.scene.handle(Input::Chunk(id, &bytes)),
            Some((id, Delivery::Closed)) => self.scene.handle(Input::Closed(id)),
            Some((id, Delivery::Lost)) => {
                let message = "connection lost".to_owned();
                let lost = Lost { sent: MAYBE_SENT, reason: LostReason::Connection, message };
                self.scene.handle(Input::Lost(id, lost));
            }
            None => self.scene.wait(),
        }
    }

    fn die(&mut self) {
        let calls = std::mem::take(&mut self.scene.calls);
        if self.crashes.moment == Moment::Sent {
            for (id, call, part) in &calls {
                self.depart(*id, call, *part);
            }
        }
        let mut saved = self.scene.machine.snapshot();
        if self.crashes.moment == Moment::Unsaved {
            let (snapshot, rows) = self.before.clone();
            saved = snapshot;
            self.scene.rows.truncate(rows);
        }
        self.inputs.clear();
        self.rows.append(&mut self.scene.rows);
        self.scene.now += 5_000;
        let text = serde_json::to_string(&saved).unwrap();
        let saved: Snapshot = serde_json::from_str(&text).unwrap();
        let plan = Arc::clone(self.scene.machine.plan());
        let machine = Machine::restore(plan, self.options.clone(), saved, self.scene.now()).unwrap();
        self.scene = Scene::of(machine, self.scene.now);
        self.before = (self.scene.machine.snapshot(), 0);
    }

    fn depart(&mut self, id: CallId, call: &Call, part: Option<u32>) {
        let method = if call.method() == Method::Get { "GET" } else { "POST" };
        let body = part.map_or_else(String::new, |part| self.body(part));
        let request = Request::new(method, call.path()).header("x-api-key", "sk-sim");
        let request = request.header("anthropic-version", "2026-10-21").body(body.as_bytes());
        let response = self.model.handle(self.scene.now, &request);
        let stream = call.endpoint() == Endpoint::Results && response.status == 200;
        self.inputs
            .extend(deliveries(response, stream, self.scene.now).into_iter().map(|delivery| (id, delivery)));
    }

    fn body(&self, part: u32) -> String {
        let requests = self.scene.machine.parts()[part as usize].requests.iter().map(|n| {
            format!(r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"!"}}]}}}}"#)
        });
        format!(r#"{{"requests":[{}]}}"#, requests.collect::<Vec<_>>().join(","))
    }

    fn judge(mut self) -> (Ended, u32) {
        self.rows.append(&mut self.scene.rows);
        let mut requests: Vec<_> = self.rows.iter().map(|(request, _)| *request).collect();
        requests.sort_unstable();
        assert!(requests.iter().copied().eq(0..REQUESTS), "handed out: {requests:?}");
        let (fates, machine) = (self.model.fates(), &self.scene.machine);
        for n in 0..REQUESTS {
            let committed = fates.get(&format!("r{n}")).map_or(0, |fate| fate.committed);
            assert!(committed <= machine.report().rounds, "r{n} was sent {committed} times");
        }
        (Ended { ledger: machine.ledger().save(), rounds: machine.report().rounds }, self.waits)
    }
}

fn deliveries(mut response: Response, stream: bool, now: u64) -> Vec<Delivery> {
    if matches!(response.wire.opening, Opening::Reset | Opening::Stall(_)) {
        return vec![Delivery::Lost];
    }
    let mut chunks = Vec::new();
    while let Some(chunk) = response.body.next_chunk(300) {
        chunks.push(chunk);
    }
    let whole = response.wire.ending == Ending::Clean;
    if stream {
        let last = if whole { Delivery::Closed } else { Delivery::Lost };
        return chunks.into_iter().map(Delivery::Chunk).chain([last]).collect();
    }
    let headers = response.headers.iter().map(|(name, value)| (*name, value.as_str()));
    vec![Delivery::Reply(Reply::new(response.status, headers, chunks.concat(), Millis::new(now)))]
}

fn every_moment(at: &[u32]) -> [Crashes; 3] {
    [Moment::Unsaved, Moment::Saved, Moment::Sent].map(|moment| Crashes { at: at.to_vec(), moment })
}

#[test]
fn a_job_that_dies_at_any_step_ends_as_if_it_had_not() {
    for model in [calm, rough, overloaded] {
        let (reference, steps) = Run::new(model(), Crashes::default()).run();
        assert!(steps > 15, "{steps}");
        for crashes in (0..steps).flat_map(|at| every_moment(&[at])) {
            let (ended, _) = Run::new(model(), crashes.clone()).run();
            assert_eq!(ended, reference, "{crashes:?}");
        }
    }
}

#[test]
fn a_job_that_dies_at_any_two_steps_ends_as_if_it_had_not() {
    for model in [calm, rough] {
        let (reference, steps) = Run::new(model(), Crashes::default()).run();
        assert_eq!((reference.ledger.len(), reference.rounds), (REQUESTS as usize, 1));
        for first in 0..steps {
            for crashes in (first + 1..steps + 10).flat_map(|second| every_moment(&[first, second])) {
                let (ended, _) = Run::new(model(), crashes.clone()).run();
                assert_eq!(ended, reference, "{crashes:?}");
            }
        }
    }
}
