//! One job, scene by scene: replies made by hand go in; calls, rows and events come out.

mod archived;
mod cancel;
mod claims;
mod clock;
mod crash;
mod create;
mod dedupe;
mod harvest;
mod ids;
mod kept;
mod notice;
mod refusal;
mod rounds;
mod search;
mod silent;
mod snapshot;
mod sweep;
mod unreadable;
mod watch;

use std::sync::Arc;

use batchwise::error::{Error, ErrorCode};
use batchwise::job::{CallId, Event, Input, Machine, Options, Output, Snapshot};
use batchwise::journal::{OpId, StoreOp};
use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner};
use batchwise::time::Millis;
use batchwise::wire::{Call, Lost, LostReason, Method, Reply, Sent};

use crate::journal::store::Store;

/// 2026-11-21T00:00:00Z.
const BEGIN: u64 = 1_795_219_200_000;
const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// An answer of the API.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, headers: vec![("request-id", "req_1".to_owned())], body: body.into() }
    }

    /// A refusal in the API's own words.
    fn refused(status: u16, kind: &str, message: &str) -> Self {
        let body = format!(
            r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}},"request_id":"req_1"}}"#
        );
        Self { status, ..Self::ok(body) }
    }

    /// A refusal by something on the way to the API.
    fn gateway(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: "<html>no</html>".to_owned() }
    }

    fn header(mut self, name: &'static str, value: u64) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn reply(&self, now: u64) -> Reply {
        let headers = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        Reply::new(self.status, headers, self.body.clone().into_bytes(), Millis::new(now))
    }
}

/// A batch as the API tells of it, created `after` milliseconds after the beginning.
fn batch_at(after: u64, id: &str, status: &str, count: u32) -> String {
    let (ended, running) = if status == "ended" { (count, 0) } else { (0, count) };
    format!(
        r#"{{"id":"{id}","type":"message_batch","processing_status":"{status}","request_counts":{{"processing":{running},"succeeded":{ended},"errored":0,"canceled":0,"expired":0}},"created_at":"{}","expires_at":"{}","ended_at":null,"archived_at":null,"cancel_initiated_at":null,"results_url":null}}"#,
        stamp(after),
        stamp(after + 24 * HOUR)
    )
}

fn batch(id: &str, status: &str, count: u32) -> String {
    batch_at(0, id, status, count)
}

fn page(batches: &[String]) -> Answer {
    Answer::ok(format!(
        r#"{{"data":[{}],"has_more":false,"first_id":null,"last_id":null}}"#,
        batches.join(",")
    ))
}

/// A page with more behind it; `last` is where they begin.
fn page_before(last: &str, batches: &[String]) -> Answer {
    let data = batches.join(",");
    Answer::ok(format!(r#"{{"data":[{data}],"has_more":true,"first_id":null,"last_id":"{last}"}}"#))
}

fn stamp(after: u64) -> String {
    let (day, seconds) = (21 + after / (24 * HOUR), after / SECOND);
    format!("2026-11-{day}T{:02}:{:02}:{:02}Z", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

fn succeeded(id: &str) -> String {
    format!(
        r#"{{"custom_id":"{id}","result":{{"type":"succeeded","message":{{"model":"claude-haiku-4-5","content":[{{"type":"text","text":"!"}}],"usage":{{"input_tokens":1000000,"output_tokens":0}}}}}}}}"#
    )
}

fn ended_as(id: &str, kind: &str) -> String {
    format!(r#"{{"custom_id":"{id}","result":{{"type":"{kind}"}}}}"#)
}

fn errored(id: &str, kind: &str) -> String {
    let error = format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"no"}}}}"#);
    format!(r#"{{"custom_id":"{id}","result":{{"type":"errored","error":{error}}}}}"#)
}

const NOT_SENT: Sent = Sent::No;
const MAYBE_SENT: Sent = Sent::Maybe;

/// A plan of `requests` requests, `r0` and on, in parts of `each`.
fn plan(requests: u32, each: u32) -> Arc<Plan> {
    plan_of(requests, each, "a secret prompt")
}

fn plan_of(requests: u32, each: u32, prompt: &str) -> Arc<Plan> {
    let mut planner = Planner::new(PlanOptions { max_requests: each, ..PlanOptions::default() });
    for n in 0..requests {
        let body = format!(
            r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"{prompt}"}}]}}}}"#
        );
        planner.push(body.as_bytes(), Origin { place: Place::Index(u64::from(n)), offset: 0 });
    }
    Arc::new(planner.finish().unwrap())
}

fn options(each: u32) -> Options {
    Options::new(PlanOptions { max_requests: each, ..PlanOptions::default() })
}

/// A machine, what it has asked for, and what it has said.
struct Scene {
    machine: Machine,
    now: u64,
    calls: Vec<(CallId, Call, Option<u32>)>,
    rows: Vec<(u32, String)>,
    events: Vec<Event>,
    until: Millis,
    end: Option<Result<(), Error>>,
    /// Whether rows are taken as they come.
    takes: bool,
    store: Store,
    /// Whether the store takes its time, and what it is doing.
    is_store_slow: bool,
    under_way: Option<(OpId, StoreOp)>,
}

impl Scene {
    fn new(requests: u32, each: u32) -> Self {
        Self::with(requests, each, |_| {})
    }

    fn with(requests: u32, each: u32, set: impl FnOnce(&mut Options)) -> Self {
        let mut options = options(each);
        set(&mut options);
        Self::of(Machine::new(plan(requests, each), options), BEGIN)
    }

    fn of(machine: Machine, now: u64) -> Self {
        let mut scene = Self::idle(machine, now);
        scene.drain();
        scene
    }

    fn idle(machine: Machine, now: u64) -> Self {
        let (calls, rows, events, store) = (Vec::new(), Vec::new(), Vec::new(), Store::default());
        let until = Millis::NEVER;
        let (is_store_slow, under_way) = (false, None);
        Self {
            machine,
            now,
            calls,
            rows,
            events,
            until,
            end: None,
            takes: true,
            store,
            is_store_slow,
            under_way,
        }
    }

    fn now(&self) -> Millis {
        Millis::new(self.now)
    }

    fn drain(&mut self) {
        loop {
            match self.machine.poll(self.now()) {
                Output::Call { id, call, part } => self.calls.push((id, call, part)),
                Output::Abandon(id) => self.calls.retain(|(known, _, _)| *known != id),
                Output::Rows { block, requests } => {
                    assert_eq!(block.len(), requests.len());
                    let lines = std::str::from_utf8(block.bytes()).unwrap().lines();
                    self.rows.extend(requests.iter().copied().zip(lines.map(str::to_owned)));
                    if self.takes {
                        self.machine.handle(self.now(), Input::Taken(&requests));
                    }
                }
                Output::Store { id, op } if self.is_store_slow => self.under_way = Some((id, op)),
                Output::Store { id, op } => {
                    let stored = self.store.perform(&op);
                    self.machine.handle(self.now(), Input::Stored(id, stored));
                }
                Output::Event(event) => self.events.push(event),
                Output::Wait(until) => return self.until = until,
                Output::Done => return self.end = Some(Ok(())),
                Output::Failed(error) => return self.end = Some(Err(error)),
            }
        }
    }

    /// The store does what it was asked, and is quick from now on.
    fn catch_up(&mut self) {
        self.is_store_slow = false;
        if let Some((id, op)) = self.under_way.take() {
            let stored = self.store.perform(&op);
            self.handle(Input::Stored(id, stored));
        }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.machine.handle(self.now(), input);
        self.drain();
    }

    /// What a call is called here: the method, what it asks for, and for a create the requests it carries.
    fn label(&self, call: &Call, part: Option<u32>) -> String {
        let method = if call.method() == Method::Get { "GET" } else { "POST" };
        let path = call.path().trim_start_matches("/v1/messages/batches");
        let carried = part.map(|part| self.machine.parts()[part as usize].requests.iter());
        let carried: Vec<_> = carried.into_iter().flatten().map(|request| format!("r{request}")).collect();
        format!("{method} {path}{}", carried.join(" "))
    }

    /// The calls on their way.
    fn calls(&self) -> Vec<String> {
        self.calls.iter().map(|(_, call, part)| self.label(call, *part)).collect()
    }

    fn take(&mut self, label: &str) -> CallId {
        let at = self.calls().iter().position(|call| call == label);
        let at = at.unwrap_or_else(|| panic!("{label:?} is not among {:?}; {:?}", self.calls(), self.end));
        self.calls.remove(at).0
    }

    fn answer(&mut self, label: &str, answer: &Answer) {
        let id = self.take(label);
        let reply = answer.reply(self.now);
        self.handle(Input::Reply(id, reply));
    }

    fn lose(&mut self, label: &str, sent: Sent) {
        let id = self.take(label);
        let lost = Lost { sent, reason: LostReason::Connection, message: "connection lost".to_owned() };
        self.handle(Input::Lost(id, lost));
    }

    /// The create was not made ready in time.
    fn late(&mut self, label: &str) {
        let id = self.take(label);
        let lost = Lost { sent: Sent::No, reason: LostReason::Late, message: "too late".to_owned() };
        self.handle(Input::Lost(id, lost));
    }

    /// Delivers results in one piece; the stream ends as if it were whole.
    fn results(&mut self, batch: &str, lines: &[String]) {
        let id = self.take(&format!("GET /{batch}/results"));
        self.handle(Input::Chunk(id, lines.join("\n").as_bytes()));
        self.handle(Input::Closed(id));
    }

    /// Lets the time pass that the machine asked for.
    fn wait(&mut self) {
        assert!(self.until != Millis::NEVER, "waits for ever; {:?} {:?}", self.calls(), self.end);
        self.now = self.now.max(self.until.get());
        self.handle(Input::Tick);
    }

    /// Lets `ms` pass, stopping wherever the machine asked to be woken.
    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.until.get() <= end && self.until != Millis::NEVER && self.calls.is_empty() {
            self.wait();
        }
        self.now = end.max(self.now);
        self.handle(Input::Tick);
    }

    /// From the mark to the batch `id`, over a list that is empty.
    fn create(&mut self, id: &str, requests: &str) {
        self.answer("GET ?limit=20", &page(&[]));
        let count = requests.split(' ').count() as u32;
        self.answer(&format!("POST {requests}"), &Answer::ok(batch(id, "in_progress", count)));
    }

    /// From the next look at the batch to its results.
    fn finish(&mut self, id: &str, lines: &[String]) {
        while !self.calls().contains(&format!("GET /{id}")) {
            self.wait();
        }
        self.answer(&format!("GET /{id}"), &Answer::ok(batch(id, "ended", lines.len() as u32)));
        self.results(id, lines);
    }

    fn states(&self) -> Vec<&'static str> {
        self.machine.parts().iter().map(|part| part.state.as_str()).collect()
    }

    /// The rows handed out, as position and type.
    fn handed_out(&self) -> Vec<(u32, String)> {
        let kind = |line: &String| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            value["result"]["type"].as_str().unwrap().to_owned()
        };
        let mut rows: Vec<_> = self.rows.iter().map(|(request, line)| (*request, kind(line))).collect();
        rows.sort();
        rows
    }

    /// The sweep at the end of a round behind a create that was sent again: it finds nothing.
    fn sweep(&mut self) {
        self.answer("GET ?limit=100", &page(&[]));
    }

    /// The code the job failed with.
    fn failure(&self) -> ErrorCode {
        match &self.end {
            Some(Err(error)) => error.code(),
            other => panic!("{other:?}, calls {:?}, parts {:?}", self.calls(), self.states()),
        }
    }

    #[track_caller]
    fn assert_done(&self) {
        assert!(matches!(self.end, Some(Ok(()))), "{:?} {:?} {:?}", self.end, self.calls(), self.states());
        let mut requests: Vec<_> = self.rows.iter().map(|(request, _)| *request).collect();
        requests.sort_unstable();
        assert!(requests.iter().copied().eq(0..self.machine.plan().ids.len()), "{requests:?}");
        let total = self.machine.report().outcomes.total();
        assert_eq!(total, u64::from(self.machine.plan().ids.len()));
    }

    /// Our process dies and comes back with what was saved, as text.
    fn restart(&self, set: impl FnOnce(&mut Options)) -> Self {
        let text = serde_json::to_string(&self.machine.snapshot()).unwrap();
        let saved: Snapshot = serde_json::from_str(&text).unwrap();
        let mut options = options(100_000);
        set(&mut options);
        let machine = Machine::restore(Arc::clone(self.machine.plan()), options, saved, self.now());
        Self::of(machine.unwrap(), self.now)
    }
}

#[test]
fn a_job_in_fair_weather_makes_the_calls_it_needs_and_no_more() {
    let mut scene = Scene::new(3, 2);
    assert_eq!(scene.calls(), ["GET ?limit=20"]);
    scene.answer("GET ?limit=20", &page(&[]));
    assert_eq!(scene.calls(), ["POST r0 r1"]);
    scene.answer("POST r0 r1", &Answer::ok(batch("b1", "in_progress", 2)));
    scene.create("b2", "r2");
    assert_eq!(scene.calls(), [""; 0]);
    scene.finish("b1", &[succeeded("r1"), succeeded("r0")]);
    scene.finish("b2", &[succeeded("r2")]);
    scene.assert_done();
    let summary = scene.machine.summary();
    assert_eq!((summary.batches, summary.rounds), (vec!["b1".to_owned(), "b2".to_owned()], 1));
    assert_eq!(scene.machine.progress().state, "done");
}
