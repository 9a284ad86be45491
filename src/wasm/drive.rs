//! The run loop: take the machine's next output, do it, feed the answer back.
//!
//! All calls of a job are futures in one set, polled by one task, so a job holds no state outside of the object that
//! the caller made: nothing is shared between two requests of a worker. Dropping the loop aborts what is on its way.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use futures_util::stream::{FuturesUnordered, Stream};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Promise, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use crate::error::{Error, ErrorCode};
use crate::job::{CallId, Input, Output};
use crate::journal::{OpId, StoreOp, Stored};
use crate::jsonl::Block;
use crate::time::{Millis, Wait};
use crate::wire::{Call, Endpoint, Lost, LostReason, Reply, Sent};

use super::body::BodyStream;
use super::job::{Command, Shared, to_js};
use super::reader::raw_block;
use super::told::told;
use super::transport::{Opened, Payload};

/// Our own timers are looked at no less often than this: a laptop that slept, or a tab that was frozen, must not wait
/// out a timer that was set before.
const LONGEST_NAP: Wait = Wait::secs(60);

/// How long a caller's own clock is held back while calls are on their way, in milliseconds of real time.
const GRACE_MS: u32 = 20;

/// A call that came to something.
enum Landed {
    Reply(CallId, Reply),
    Lost(CallId, Lost),
    Unsendable(CallId, Error),
    /// The results stream is open, or has given a chunk.
    Stream(CallId, BodyStream, Option<Uint8Array>),
    Closed(CallId),
    Stored(OpId, Stored),
    /// What was left to be taken when the job was over has been.
    Settled,
}

/// What the body of a create is made of.
struct Load {
    part: u32,
    requests: Uint32Array,
    /// Bytes of the body.
    length: f64,
    /// What their ids begin with, where ids are made for the wire.
    prefix: Option<String>,
}

/// A body that was made ready too late to leave. It is kept: else, where making takes too long once, it might always.
pub(super) struct LateBody {
    requests: u32,
    body: Payload,
}

type Flight = Pin<Box<dyn Future<Output = Landed>>>;

/// A wait that is under way, and the moment it ends.
type Timer = (Millis, Pin<Box<dyn Future<Output = Result<(), Error>>>>);

/// What woke the loop.
enum Wake {
    Landed(Landed),
    Told(Command),
    Time,
    /// The caller's own way of letting time pass has failed.
    Sleepless(Error),
}

/// Why draining ended.
enum Drained {
    Wait(Millis),
    Done,
    Failed(Error),
}

/// One run of one job.
struct Run {
    shared: Rc<Shared>,
    flights: FuturesUnordered<Flight>,
    abandoned: BTreeSet<CallId>,
    /// Results streams whose last chunk was taken; asked for the next one once its rows were handed out.
    parked: Vec<(CallId, BodyStream)>,
    /// The consumer's promise to be ready for more rows.
    gate: Option<Promise>,
    timer: Option<Timer>,
    end: End,
}

/// How far the end of a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It runs.
    Open,
    /// It is over but for what its reader and its sink have not taken.
    Settling,
    /// It is being given back.
    Closed,
}

pub(super) async fn run(shared: Rc<Shared>) -> Result<(), JsValue> {
    let mut run = Run {
        shared,
        flights: FuturesUnordered::new(),
        abandoned: BTreeSet::new(),
        parked: Vec::new(),
        gate: None,
        timer: None,
        end: End::Open,
    };
    loop {
        let until = match run.drain()? {
            Drained::Wait(until) => until,
            _ if run.end == End::Settling => Millis::NEVER,
            Drained::Done if run.end == End::Open => {
                run.settle()?;
                Millis::NEVER
            }
            Drained::Failed(_) if run.end == End::Open && run.is_kept() => {
                run.close();
                continue;
            }
            Drained::Done => return run.shared.host.changed(),
            Drained::Failed(error) => {
                run.shared.host.changed()?;
                return Err(run.shared.explain(error));
            }
        };
        run.unpark();
        run.shared.host.changed()?;
        match run.wait(until).await {
            Wake::Time => run.take(Input::Tick),
            Wake::Sleepless(error) => run.take(Input::Fail(error)),
            Wake::Told(Command::Taken) => {}
            Wake::Told(Command::Cancel) => run.take(Input::Cancel),
            Wake::Told(Command::Wake) => {
                // The timer was set by a clock that may have stood still meanwhile.
                run.timer = None;
                run.take(Input::Tick);
            }
            Wake::Told(Command::Proceed(go_on)) => run.take(Input::Proceed(go_on)),
            Wake::Told(Command::Detach) => run.close(),
            Wake::Landed(landed) => run.land(landed),
        }
    }
}

impl Run {
    /// Does what the machine says until it says wait.
    fn drain(&mut self) -> Result<Drained, JsValue> {
        loop {
            let now = self.shared.now();
            let output = self.shared.machine.borrow_mut().poll(now);
            match output {
                Output::Call { id, call, part } => self.depart(id, call, part),
                Output::Abandon(id) => {
                    self.abandoned.insert(id);
                }
                Output::Store { id, op } => self.perform(id, op),
                Output::Rows { block, requests } => self.hand_out(&block, &requests)?,
                Output::Event(event) => self.shared.host.event(to_js(&told(&event))?)?,
                Output::Wait(until) => return Ok(Drained::Wait(until)),
                Output::Done => return Ok(Drained::Done),
                Output::Failed(error) => return Ok(Drained::Failed(error)),
            }
        }
    }

    fn is_kept(&self) -> bool {
        self.shared.store.borrow().is_some()
    }

    /// The job is over: waits for its reader and its sink, if they have something left to take.
    fn settle(&mut self) -> Result<(), JsValue> {
        self.end = End::Settling;
        self.shared.host.changed()?;
        let settled = self.shared.host.settle()?;
        self.flights.push(Box::pin(async move {
            let _ = JsFuture::from(Promise::resolve(&settled)).await;
            Landed::Settled
        }));
        Ok(())
    }

    /// Ends the run, and gives the job in the store back.
    fn close(&mut self) {
        self.end = End::Closed;
        self.take(Input::Close);
    }

    fn perform(&self, id: OpId, op: StoreOp) {
        let store = self.shared.store.borrow().clone();
        self.flights.push(Box::pin(async move {
            match store {
                Some(store) => Landed::Stored(id, store.perform(op).await),
                None => Landed::Stored(id, Err("there is no store".to_owned())),
            }
        }));
    }

    fn depart(&self, id: CallId, call: Call, part: Option<u32>) {
        let shared = Rc::clone(&self.shared);
        let load = part.map(|part| {
            let machine = shared.machine.borrow();
            let it = machine.parts().get(part as usize);
            let requests: Vec<u32> = it.map(|part| part.requests.iter().collect()).unwrap_or_default();
            let (requests, prefix) = (Uint32Array::from(requests.as_slice()), machine.id_prefix(part));
            Load { part, requests, length: it.map_or(0.0, |part| part.body_bytes as f64), prefix }
        });
        self.flights.push(Box::pin(fly(shared, id, call, load)));
    }

    fn hand_out(&mut self, block: &Block, requests: &[u32]) -> Result<(), JsValue> {
        let ready = self.shared.host.rows(raw_block(block), Uint32Array::from(requests))?;
        // Taken for a promise unchecked: one from another realm is no instance of ours.
        self.gate = (!ready.is_undefined()).then(|| ready.unchecked_into());
        Ok(())
    }

    fn land(&mut self, landed: Landed) {
        match landed {
            Landed::Reply(id, reply) => self.take(Input::Reply(id, reply)),
            Landed::Lost(id, lost) => self.take(Input::Lost(id, lost)),
            Landed::Unsendable(id, error) => self.take(Input::Unsendable(id, error)),
            Landed::Closed(id) => self.take(Input::Closed(id)),
            Landed::Stored(id, stored) => self.take(Input::Stored(id, stored)),
            Landed::Settled => self.close(),
            Landed::Stream(id, body, chunk) => {
                if let Some(chunk) = chunk {
                    self.take(Input::Chunk(id, &chunk.to_vec()));
                }
                self.parked.push((id, body));
            }
        }
    }

    fn unpark(&mut self) {
        for (id, body) in self.parked.drain(..) {
            if !self.abandoned.contains(&id) {
                self.flights.push(Box::pin(next_chunk(id, body, self.gate.take())));
            }
        }
    }

    fn take(&self, input: Input<'_>) {
        let now = self.shared.now();
        self.shared.machine.borrow_mut().handle(now, input);
    }

    /// Until a call lands, the caller says something, or `until` has come.
    async fn wait(&mut self, until: Millis) -> Wake {
        self.set_timer(until);
        let Self { shared, flights, timer, .. } = self;
        poll_fn(|context| {
            if let Some(command) = shared.commands.borrow_mut().pop_front() {
                return Poll::Ready(Wake::Told(command));
            }
            *shared.waker.borrow_mut() = Some(context.waker().clone());
            if let Poll::Ready(Some(landed)) = Pin::new(&mut *flights).poll_next(context) {
                return Poll::Ready(Wake::Landed(landed));
            }
            let Some((_, sleeping)) = timer.as_mut() else { return Poll::Pending };
            let Poll::Ready(slept) = sleeping.as_mut().poll(context) else { return Poll::Pending };
            *timer = None;
            Poll::Ready(slept.map_or_else(Wake::Sleepless, |()| Wake::Time))
        })
        .await
    }

    /// Keeps the wait that is under way if it ends early enough: waking for nothing does no harm, and a results stream
    /// would else make a timer for every chunk.
    fn set_timer(&mut self, until: Millis) {
        if self.timer.as_ref().is_some_and(|(ends, _)| *ends <= until) || until == Millis::NEVER {
            return;
        }
        let nap = nap(Rc::clone(&self.shared), until, !self.flights.is_empty());
        self.timer = Some((until, Box::pin(nap)));
    }
}

/// Lets time pass until `until`.
async fn nap(shared: Rc<Shared>, until: Millis, busy: bool) -> Result<(), Error> {
    if !shared.own_sleep {
        let wait = shared.now().until(until).min(LONGEST_NAP);
        return shared.sleeper.sleep(wait, None).await;
    }
    // A clock of the caller's leaps when it is told to: calls on their way get a moment to land before it does.
    if busy {
        TimeoutFuture::new(GRACE_MS).await;
    }
    let mut hush = Hush::new();
    let slept = shared.sleeper.sleep(shared.now().until(until), hush.signal().as_ref()).await;
    hush.slept = true;
    slept
}

/// Tells a caller's own sleep that nobody waits for it any more: the job has ended, or has something to do earlier.
struct Hush {
    controller: Option<AbortController>,
    slept: bool,
}

impl Hush {
    fn new() -> Self {
        Self { controller: AbortController::new().ok(), slept: false }
    }

    fn signal(&self) -> Option<AbortSignal> {
        self.controller.as_ref().map(AbortController::signal)
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        if let Some(controller) = self.controller.as_ref().filter(|_| !self.slept) {
            controller.abort();
        }
    }
}

async fn fly(shared: Rc<Shared>, id: CallId, call: Call, load: Option<Load>) -> Landed {
    let options = &shared.options;
    if call.endpoint() == Endpoint::Results {
        return match shared.transport.open(&call, options).await {
            Ok(Opened::Stream(body)) => Landed::Stream(id, body, None),
            Ok(Opened::Refused(reply)) => Landed::Reply(id, reply),
            Err(lost) => Landed::Lost(id, lost),
        };
    }
    let part = load.as_ref().map(|load| (load.part, load.requests.length()));
    let body = match load {
        Some(load) => match body_of(&shared, load).await {
            Ok(body) => Some(body),
            Err(error) => return Landed::Unsendable(id, error),
        },
        None => None,
    };
    // Making the body took its time: another owner may have the job by now.
    if let Some((part, requests)) = part
        && !shared.machine.borrow().may_send(shared.now(), part)
    {
        let late = body.map(|body| LateBody { requests, body });
        shared.late.borrow_mut().extend(late.map(|late| (part, late)));
        let message =
            "a create was made ready too late for its mark or its lease: it is marked anew".to_owned();
        return Landed::Lost(id, Lost { sent: Sent::No, reason: LostReason::Late, message });
    }
    match shared.transport.exchange(&call, body.as_ref(), options).await {
        Ok(reply) => Landed::Reply(id, reply),
        Err(lost) => match body.and_then(|body| body.failure()) {
            Some(cause) => Landed::Unsendable(id, unsendable(&cause)),
            None => Landed::Lost(id, lost),
        },
    }
}

async fn body_of(shared: &Shared, load: Load) -> Result<Payload, Error> {
    let late = shared.late.borrow_mut().remove(&load.part);
    if let Some(late) = late.filter(|late| late.requests == load.requests.length()) {
        return Ok(late.body);
    }
    let may_stream = shared.transport.may_stream;
    let promise = shared.host.body(&load.requests, load.prefix, load.length, may_stream);
    let body = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(thrown) => Err(thrown),
    };
    body.map(|body| Payload::of(&body)).map_err(|cause| unsendable(&cause))
}

fn unsendable(cause: &JsValue) -> Error {
    let why = js_sys::Reflect::get(cause, &"message".into()).ok().and_then(|text| text.as_string());
    let why = why.unwrap_or_else(|| "no reason given".to_owned());
    Error::new(ErrorCode::InputChanged, format!("the source cannot give the requests again: {why}"))
}

async fn next_chunk(id: CallId, mut body: BodyStream, gate: Option<Promise>) -> Landed {
    if let Some(gate) = gate {
        let _ = JsFuture::from(gate).await;
    }
    match body.next().await {
        Ok(Some(chunk)) => Landed::Stream(id, body, Some(chunk)),
        Ok(None) => Landed::Closed(id),
        Err(lost) => Landed::Lost(id, lost),
    }
}
