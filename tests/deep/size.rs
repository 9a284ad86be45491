//! What the journal of a large job comes to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use batchwise::job::{CallId, Input, Machine, Options, Output};
use batchwise::journal::{Goal, Keeper, Setup, StoreOp, StoreReply};
use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner};
use batchwise::time::{Millis, Wait};
use batchwise::wire::{Call, Endpoint, Reply};

const BEGIN: u64 = 1_795_219_200_000;
const REQUESTS: u32 = 1_000_000;
const PART: u32 = 100_000;

/// A store that counts.
#[derive(Default)]
struct Shelf {
    values: BTreeMap<String, String>,
    bytes: usize,
    most_bytes: usize,
    largest: usize,
    written: usize,
    writes: u32,
}

impl Shelf {
    fn perform(&mut self, op: StoreOp) -> StoreReply {
        match op {
            StoreOp::Get { key } => StoreReply::Value(self.values.get(&key).cloned()),
            StoreOp::Keys { prefix } => {
                StoreReply::Keys(self.values.keys().filter(|key| key.starts_with(&prefix)).cloned().collect())
            }
            StoreOp::Set { key, value } => self.put(key, value),
            StoreOp::Swap { key, expected, next } => {
                if self.values.get(&key) != expected.as_ref() {
                    return StoreReply::Swapped(false);
                }
                self.put(key, next);
                StoreReply::Swapped(true)
            }
            StoreOp::Remove { key } => {
                self.bytes -= self.values.remove(&key).map_or(0, |value| value.len());
                StoreReply::Done
            }
        }
    }

    fn put(&mut self, key: String, value: String) -> StoreReply {
        self.writes += 1;
        self.written += value.len();
        self.largest = self.largest.max(value.len());
        self.bytes += value.len();
        self.bytes -= self.values.insert(key, value).map_or(0, |old| old.len());
        self.most_bytes = self.most_bytes.max(self.bytes);
        StoreReply::Done
    }
}

fn plan() -> Arc<Plan> {
    let mut planner = Planner::new(PlanOptions { max_requests: PART, ..PlanOptions::default() });
    for n in 0..REQUESTS {
        let body = format!(
            r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":16,"messages":[{{"role":"user","content":"!"}}]}}}}"#
        );
        planner.push(body.as_bytes(), Origin { place: Place::Index(u64::from(n)), offset: 0 });
    }
    Arc::new(planner.finish().unwrap())
}

/// A job of a million requests, from its first create to its end. `step` is how far apart neighbours of a results file are
/// in the input, and one in `failing` fails for good.
fn run(plan: &Arc<Plan>, step: u32, failing: u32) -> Shelf {
    let mut shelf = Shelf::default();
    let (job, owner, lease) = ("j".to_owned(), "o".to_owned(), Wait::secs(60));
    let mut keeper = Keeper::new(Setup { job, owner, lease, fenced: true, alone: false, goal: Goal::Create });
    let mut now = BEGIN;
    while let Some((id, op)) = keeper.poll(Millis::new(now)) {
        keeper.stored(Millis::new(now), id, Ok(shelf.perform(op)));
    }
    // All batches at once: what is asked between the rows is how they are doing.
    let limits = PlanOptions { max_requests: PART, ..PlanOptions::default() };
    let options = Options { concurrency: REQUESTS / PART, max_queued: u64::MAX, ..Options::new(limits) };
    let mut machine = Machine::new(Arc::clone(plan), options);
    machine.keep(keeper, Some(r#"{"maxRequests":100000}"#.to_owned()));
    let mut created = 0;
    loop {
        match machine.poll(Millis::new(now)) {
            Output::Call { id, call, .. } => {
                now += 200;
                answer(&mut machine, now, id, &call, &mut created);
                if call.endpoint() == Endpoint::Results {
                    now = feed(&mut machine, &mut shelf, now, id, &call, (step, failing));
                }
            }
            Output::Rows { requests, .. } => machine.handle(Millis::new(now), Input::Taken(&requests)),
            Output::Store { id, op } => {
                let reply = shelf.perform(op);
                machine.handle(Millis::new(now), Input::Stored(id, Ok(reply)));
            }
            Output::Wait(until) => {
                now = now.max(until.get());
                machine.handle(Millis::new(now), Input::Tick);
            }
            Output::Done => break,
            Output::Failed(error) => panic!("{error}"),
            Output::Abandon(_) | Output::Event(_) => {}
        }
    }
    assert_eq!(machine.report().outcomes.total(), u64::from(REQUESTS));
    shelf
}

fn batch(number: u32, status: &str) -> String {
    let (running, done) = if status == "ended" { (0, PART) } else { (PART, 0) };
    format!(
        r#"{{"id":"msgbatch_{number:024}","type":"message_batch","processing_status":"{status}","request_counts":{{"processing":{running},"succeeded":{done},"errored":0,"canceled":0,"expired":0}},"created_at":"2026-11-21T00:00:00Z","expires_at":"2026-11-22T00:00:00Z"}}"#
    )
}

fn answer(machine: &mut Machine, now: u64, id: CallId, call: &Call, created: &mut u32) {
    let body = match call.endpoint() {
        Endpoint::List => r#"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#.to_owned(),
        Endpoint::Create => {
            *created += 1;
            batch(*created - 1, "in_progress")
        }
        Endpoint::Retrieve => batch(number_of(call), "ended"),
        _ => return,
    };
    let reply = Reply::new(200, [], body.into_bytes(), Millis::new(now));
    machine.handle(Millis::new(now), Input::Reply(id, reply));
}

fn number_of(call: &Call) -> u32 {
    let name = call.path().split("msgbatch_").nth(1).unwrap();
    name.trim_end_matches("/results").parse().unwrap()
}

/// Results in pieces, a second for each; rows are taken as they come, and the store keeps up. Answers when it is over.
fn feed(
    machine: &mut Machine,
    shelf: &mut Shelf,
    mut now: u64,
    id: CallId,
    call: &Call,
    (step, failing): (u32, u32),
) -> u64 {
    let first = number_of(call) * PART;
    let mut chunk = String::new();
    for n in 0..PART {
        let request = first + (n * step) % PART;
        let result = if request % failing == 1 { ERRORED } else { SUCCEEDED };
        writeln!(chunk, r#"{{"custom_id":"r{request}","result":{result}}}"#).unwrap();
        if n % 500 == 499 {
            now += 1_000;
            machine.handle(Millis::new(now), Input::Chunk(id, chunk.as_bytes()));
            chunk.clear();
            keep_up(machine, shelf, now);
        }
    }
    machine.handle(Millis::new(now), Input::Closed(id));
    now
}

const SUCCEEDED: &str = r#"{"type":"succeeded","message":{"model":"claude-haiku-4-5","content":[],"usage":{"input_tokens":9,"output_tokens":9}}}"#;
const ERRORED: &str =
    r#"{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error","message":"no"}}}"#;

fn keep_up(machine: &mut Machine, shelf: &mut Shelf, now: u64) {
    loop {
        match machine.poll(Millis::new(now)) {
            Output::Rows { requests, .. } => machine.handle(Millis::new(now), Input::Taken(&requests)),
            Output::Store { id, op } => {
                let reply = shelf.perform(op);
                machine.handle(Millis::new(now), Input::Stored(id, Ok(reply)));
            }
            // All batches exist by now: others are asked about.
            Output::Call { id, call, .. } => answer(machine, now, id, &call, &mut 0),
            Output::Event(_) => {}
            Output::Wait(_) => return,
            other => panic!("in the middle of results: {other:?}"),
        }
    }
}

#[test]
fn the_journal_of_a_million_requests_is_small() {
    let plan = plan();
    // Neighbours in a results file that are neighbours in the input, and ones that are far apart, with failures among them.
    for (what, step, failing, most) in
        [("in input order", 1, u32::MAX, 100_000), ("scattered, one in 20 failed", 7_919, 20, 1_000_000)]
    {
        let shelf = run(&plan, step, failing);
        println!(
            "{what}: {} bytes at most, {} at the end, {} written in {} writes, the largest value {}",
            shelf.most_bytes, shelf.bytes, shelf.written, shelf.writes, shelf.largest
        );
        assert!(shelf.most_bytes <= most, "{what}: {} bytes", shelf.most_bytes);
        assert!(shelf.largest <= 60_000, "{what}: a value of {} bytes", shelf.largest);
    }
}
