//! The job as JavaScript sees it: made from a plan and a client, run once, asked and told things while it runs.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;
use std::task::Waker;

use js_sys::{Function, Promise, Reflect, Uint32Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::error::{Error, ErrorCode};
use crate::job::{Input, Machine, OnAmbiguousCreate, Options, Snapshot};
use crate::plan::PlanOptions;
use crate::time::{Millis, Wait};

use super::client::Client;
use super::convert::{self, ZeroWait};
use super::drive::{self, LateBody};
use super::fault::thrown;
use super::options::CallOptions;
use super::planner::PlanHandle;
use super::sleep::Sleeper;
use super::store::{Journal, Shelf};
use super::transport::Transport;
use super::usage::UsageTotals;

#[wasm_bindgen]
extern "C" {
    /// What the host does for a job. Methods are called with the host as `this`.
    pub type Host;

    /// The body of the create for these requests, of `length` bytes: a `Body` of `js/sending.ts`. `prefix` begins their ids
    /// where they are made for the wire. Rejects when the source cannot give it any more.
    #[wasm_bindgen(method, catch)]
    pub fn body(
        this: &Host,
        requests: &Uint32Array,
        prefix: Option<String>,
        length: f64,
        may_stream: bool,
    ) -> Result<Promise, JsValue>;

    /// Final rows. A promise in return holds back the reading of further ones until it resolves.
    #[wasm_bindgen(method, catch)]
    pub fn rows(this: &Host, block: JsValue, requests: Uint32Array) -> Result<JsValue, JsValue>;

    /// Something worth telling happened; `event` is a plain object with a `type`.
    #[wasm_bindgen(method, catch)]
    pub fn event(this: &Host, event: JsValue) -> Result<(), JsValue>;

    /// The job is over, but for what its reader and its sink have not taken yet: a promise holds it back for them.
    #[wasm_bindgen(method, catch)]
    pub fn settle(this: &Host) -> Result<JsValue, JsValue>;

    /// The job's progress has changed.
    #[wasm_bindgen(method, catch)]
    pub fn changed(this: &Host) -> Result<(), JsValue>;
}

/// Options as they come from JavaScript; absent ones keep the engine's defaults. `timeout` is how long a create of an owner
/// before us may have been on its way.
fn engine_options(given: &JsValue, timeout: Wait) -> Result<Options, Error> {
    let mut limits = PlanOptions::default();
    let whole = |name, least| convert::whole(given, name, least);
    limits.max_requests = whole("maxRequests", 1)?.unwrap_or(limits.max_requests);
    limits.max_body_bytes = whole("maxBodyBytes", 1)?.map_or(limits.max_body_bytes, u64::from);
    let mut options = Options::new(limits.checked()?);
    options.rounds = whole("rounds", 1)?.unwrap_or(options.rounds);
    options.concurrency = whole("concurrency", 1)?.unwrap_or(options.concurrency);
    options.max_queued = whole("maxQueued", 1)?.map_or(options.max_queued, u64::from);
    options.max_cost = convert::get(given, "maxCost").as_ref().map(amount).transpose()?.flatten();
    options.max_retry_after = convert::wait(given, "maxRetryAfterMs", ZeroWait::Allowed)?;
    options.max_resubmit_share = convert::get(given, "maxResubmitShare")
        .as_ref()
        .map(share)
        .transpose()?
        .unwrap_or(options.max_resubmit_share);
    options.pilot = whole("pilot", 1)?;
    options.settle = convert::wait(given, "settleMs", ZeroWait::Allowed)?.unwrap_or(options.settle);
    options.settle_answered = options.settle_answered.min(options.settle);
    if let Some(lease) = convert::wait(given, "takenOverMs", ZeroWait::Allowed)? {
        options.settle_taken_over = lease.plus(timeout);
    }
    options.seed = whole("seed", 0)?.map_or(options.seed, u64::from);
    options.on_ambiguous_create = match convert::text(given, "onAmbiguousCreate")?.as_deref() {
        None | Some("wait") => OnAmbiguousCreate::Wait,
        Some("fail") => OnAmbiguousCreate::Fail,
        Some("resubmit") => OnAmbiguousCreate::Resubmit,
        Some(_) => return Err(convert::wrong("onAmbiguousCreate", "\"wait\", \"fail\" or \"resubmit\"")),
    };
    Ok(options)
}

/// A limit in USD; one without end is none.
fn amount(given: &JsValue) -> Result<Option<f64>, Error> {
    match given.as_f64() {
        Some(amount) if amount >= 0.0 => Ok(amount.is_finite().then_some(amount)),
        _ => Err(convert::wrong("maxCost", "an amount in USD of 0 or more")),
    }
}

/// A share of 0 or more; one without end is no limit.
fn share(given: &JsValue) -> Result<f64, Error> {
    let share = given.as_f64().filter(|share| *share >= 0.0);
    share.ok_or_else(|| convert::wrong("maxResubmitShare", "a share of the job, 0 or more"))
}

/// What the caller tells a running job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Cancel,
    Proceed(bool),
    Wake,
    Detach,
    /// Rows were taken, and that is to be kept.
    Taken,
}

/// Everything a running job shares with its handle.
pub(super) struct Shared {
    pub(super) machine: RefCell<Machine>,
    pub(super) transport: Rc<Transport>,
    pub(super) host: Host,
    pub(super) now: Function,
    pub(super) options: CallOptions,
    pub(super) sleeper: Sleeper,
    /// Whether the caller lets time pass himself: then he is told the whole wait.
    pub(super) own_sleep: bool,
    /// The caller's store, where the job lives in one.
    pub(super) store: RefCell<Option<Rc<Shelf>>>,
    /// Bodies that were made ready too late to leave, by part.
    pub(super) late: RefCell<BTreeMap<u32, LateBody>>,
    pub(super) commands: RefCell<VecDeque<Command>>,
    pub(super) waker: RefCell<Option<Waker>>,
    running: Cell<bool>,
}

impl Shared {
    pub(super) fn now(&self) -> Millis {
        time_of(&self.now)
    }

    /// An error as JavaScript gets it.
    pub(super) fn explain(&self, error: Error) -> JsValue {
        match self.store.borrow().as_ref() {
            Some(store) => store.explain(error),
            None => thrown(error),
        }
    }

    fn tell(&self, command: Command) {
        self.commands.borrow_mut().push_back(command);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

/// What the caller's clock says; a clock that fails stands at the epoch.
#[expect(clippy::cast_sign_loss, reason = "a time before 1970 becomes 1970")]
pub(super) fn time_of(clock: &Function) -> Millis {
    let now = clock.call0(&JsValue::UNDEFINED).ok().and_then(|now| now.as_f64());
    Millis::new(now.unwrap_or_default() as u64)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("transport", &self.transport).finish_non_exhaustive()
    }
}

/// One job.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Job {
    shared: Rc<Shared>,
}

#[wasm_bindgen]
impl Job {
    /// A job over `plan`. `now` answers milliseconds since 1970; `waiting.sleep`, where given, lets time pass
    /// instead of the runtime's timers. With `snapshot`, a job saved before is taken up again.
    #[wasm_bindgen(constructor)]
    pub fn new(
        plan: &PlanHandle,
        client: &Client,
        options: &JsValue,
        host: Host,
        now: Function,
        waiting: &JsValue,
        snapshot: JsValue,
    ) -> Result<Self, JsValue> {
        let mut machine = machine_of(plan, options, client.call_options().timeout, snapshot, time_of(&now))?;
        if client.transport().is_browsers {
            machine.suspect_twins();
        }
        // Without a key nothing can be sent: better said now than after the plan's work.
        client.transport().check(&client.call_options()).map_err(thrown)?;
        let shared = Shared {
            machine: RefCell::new(machine),
            transport: client.transport(),
            host,
            now,
            options: client.call_options(),
            sleeper: Sleeper::read(waiting).map_err(thrown)?,
            own_sleep: convert::get(waiting, "sleep").is_some(),
            store: RefCell::default(),
            late: RefCell::default(),
            commands: RefCell::default(),
            waker: RefCell::default(),
            running: Cell::new(false),
        };
        Ok(Self { shared: Rc::new(shared) })
    }

    /// Runs the job to its end. Rejects with what stopped it; may be called once.
    pub async fn run(&self) -> Result<(), JsValue> {
        let shared = Rc::clone(&self.shared);
        if shared.running.replace(true) {
            return Err(thrown(Error::new(ErrorCode::Order, "the job is running already")));
        }
        drive::run(shared).await
    }

    /// Has the job live in a journal that was opened for it. `plan`, JSON, is kept for whoever takes the job up again. To
    /// be called before [`Self::run`].
    pub fn keep(&self, journal: Journal, plan: Option<String>) {
        let (keeper, store) = journal.into_parts();
        *self.shared.store.borrow_mut() = Some(store);
        self.shared.machine.borrow_mut().keep(keeper, plan);
    }

    /// Notes rows that the caller has for good, by their positions in the input.
    pub fn taken(&self, requests: &[u32]) {
        let now = self.shared.now();
        let mut machine = self.shared.machine.borrow_mut();
        machine.handle(now, Input::Taken(requests));
        if machine.wants_to_save() {
            self.shared.tell(Command::Taken);
        }
    }

    /// Asks for every batch to be cancelled at the API.
    pub fn cancel(&self) {
        self.shared.tell(Command::Cancel);
    }

    /// Answers the event `pilot`: whether the rest is sent.
    pub fn proceed(&self, go_on: bool) {
        self.shared.tell(Command::Proceed(go_on));
    }

    /// Looks at once at what is due: a machine that slept, or a page that was hidden, is awake again.
    pub fn wake(&self) {
        if !self.shared.own_sleep {
            self.shared.tell(Command::Wake);
        }
    }

    /// Stops waiting. The batches go on, and cost what they cost.
    pub fn detach(&self) {
        self.shared.tell(Command::Detach);
    }

    /// The job as it stands, for showing.
    pub fn progress(&self) -> Result<JsValue, JsValue> {
        to_js(&self.shared.machine.borrow().progress())
    }

    /// The job as it stands, for keeping.
    pub fn snapshot(&self) -> Result<JsValue, JsValue> {
        to_js(&self.shared.machine.borrow().snapshot())
    }

    /// The account of the job.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        report_of(&self.shared.machine.borrow())
    }

    /// What is known of a create of `part` whose fate is unknown.
    pub fn doubt(&self, part: u32) -> Result<JsValue, JsValue> {
        to_js(&self.shared.machine.borrow().doubt(part))
    }
}

/// A machine over `plan`: a new one, or where there is a snapshot the one that was saved. `timeout` is how long a create of
/// an owner before us may have been on its way.
pub(super) fn machine_of(
    plan: &PlanHandle,
    options: &JsValue,
    timeout: Wait,
    snapshot: JsValue,
    now: Millis,
) -> Result<Machine, JsValue> {
    let options = engine_options(options, timeout).map_err(thrown)?;
    let machine = if snapshot.is_undefined() || snapshot.is_null() {
        Machine::new(plan.plan(), options)
    } else {
        let saved: Snapshot = serde_wasm_bindgen::from_value(snapshot).map_err(damaged)?;
        Machine::restore(plan.plan(), options, saved, now).map_err(thrown)?
    };
    machine.failure().map_or(Ok(()), |error| Err(thrown(error.clone())))?;
    Ok(machine)
}

/// The account of a job.
pub(super) fn report_of(machine: &Machine) -> Result<JsValue, JsValue> {
    let summary = machine.summary();
    let report = to_js(&summary)?;
    Reflect::set(&report, &"usage".into(), &to_js(&UsageTotals::of(&summary.usage))?)?;
    Ok(report)
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn damaged(why: serde_wasm_bindgen::Error) -> JsValue {
    thrown(Error::new(ErrorCode::Snapshot, format!("the snapshot is damaged: {why}")))
}

/// A value as plain JavaScript: objects, not maps; what is absent is null.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let plain =
        serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    value.serialize(&plain).map_err(JsValue::from)
}
