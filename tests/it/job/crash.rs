//! Our process dies at every step of a job, and at every pair of steps: the job ends the same, and nothing is sent twice.
//!
//! The job is saved when the machine waits, before the calls it named leave. Our process dies before it was saved, so
//! that a whole step never was; or before the calls leave; or after, and they are answered to nobody.

use std::collections::VecDeque;

use batchwise::emulator::{
    Ending, Endpoint as At, Fault, FaultRule, Hits, Opening, Options as Model, Rates, Request, Response,
    Server, When,
};
use batchwise::plan::{Ids, Intake, Nonce, Numbering};
use batchwise::request::envelope;
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
    limits: PlanOptions,
}

/// Requests as they are, under made ids, and the same with one that is sent once for two.
const KINDS: [(Ids, Option<[u64; 2]>); 3] =
    [(Ids::Verbatim, None), (Ids::Made, None), (Ids::Made, Some([1, 2]))];

fn limits((ids, dedupe): (Ids, Option<[u64; 2]>)) -> PlanOptions {
    PlanOptions { ids, dedupe, max_requests: 2, ..PlanOptions::default() }
}

/// Requests 1 and 3 ask the same.
fn line(n: u32) -> String {
    let ask = if n == 3 { 1 } else { n };
    format!(
        r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"{ask}"}}]}}}}"#
    )
}

fn source() -> Vec<u8> {
    (0..REQUESTS).map(line).collect::<Vec<_>>().join("\n").into_bytes()
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
        Self::of(model, crashes, limits(KINDS[0]))
    }

    fn of(model: Model, crashes: Crashes, limits: PlanOptions) -> Self {
        let mut intake = Intake::requests(limits, Numbering::Lines);
        intake.push(source());
        let machine = Machine::new(Arc::new(intake.finish().unwrap()), options());
        let scene = Scene::of(machine, BEGIN);
        let (inputs, rows, before) = (VecDeque::new(), Vec::new(), (scene.machine.snapshot(), 0));
        let model = Server::new(model);
        Self { model, scene, options: options(), crashes, waits: 0, inputs, rows, before, limits }
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
        let machine = &self.scene.machine;
        let requests: Vec<u32> = machine.parts()[part as usize].requests.iter().collect();
        let mut body = Vec::new();
        let prefix = machine.id_prefix(part);
        machine.plan().append(&requests, 0, prefix.as_deref(), &source(), 0, &mut body).unwrap();
        body.extend_from_slice(envelope::CLOSE);
        String::from_utf8(body).unwrap()
    }

    fn judge(mut self) -> (Ended, u32) {
        self.rows.append(&mut self.scene.rows);
        let mut requests: Vec<_> = self.rows.iter().map(|(request, _)| *request).collect();
        requests.sort_unstable();
        assert!(requests.iter().copied().eq(0..REQUESTS), "handed out: {requests:?}");
        let (fates, machine) = (self.model.fates(), &self.scene.machine);
        let nonce = machine.id_prefix(0).and_then(|prefix| Nonce::parse(&prefix[..6]));
        let number = |id: &str| match nonce {
            Some(nonce) => nonce.read(id).unwrap().1,
            None => machine.plan().ids.find(id).unwrap(),
        };
        for n in 0..REQUESTS {
            let of_it = fates.iter().filter(|(id, _)| number(id) == n);
            let committed: u32 = of_it.map(|(_, fate)| fate.committed).sum();
            let rides = self.limits.dedupe.is_some() && n == 3;
            let most = if rides { 0 } else { machine.report().rounds };
            assert!(committed <= most, "r{n} was sent {committed} times");
        }
        for (n, row) in &self.rows {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            assert_eq!(row["custom_id"], format!("r{n}"));
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
    for (model, kind) in
        [calm, rough, overloaded].into_iter().flat_map(|model| KINDS.map(|kind| (model, kind)))
    {
        let (reference, steps) = Run::of(model(), Crashes::default(), limits(kind)).run();
        assert!(steps > 10, "{steps}");
        for crashes in (0..steps).flat_map(|at| every_moment(&[at])) {
            let (ended, _) = Run::of(model(), crashes.clone(), limits(kind)).run();
            assert_eq!(ended, reference, "{crashes:?} {kind:?}");
        }
    }
}

#[test]
fn a_job_with_made_ids_and_riders_that_dies_at_any_two_steps_ends_as_if_it_had_not() {
    let limits = limits(KINDS[2]);
    let (reference, steps) = Run::of(rough(), Crashes::default(), limits).run();
    for first in 0..steps {
        for crashes in (first + 1..steps + 10).flat_map(|second| every_moment(&[first, second])) {
            let (ended, _) = Run::of(rough(), crashes.clone(), limits).run();
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
