//! A caller's store: its operations performed, its failures put into words.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::error::{Error, ErrorCode};
use crate::job::{Standing, has_ended, saved_in};
use crate::journal::{Goal, Keeper, Setup, StoreOp, StoreReply, Stored, is_job_name};
use crate::time::Wait;

use super::convert;
use super::fault::thrown;
use super::job::{time_of, to_js};

/// A store that has not answered for so many seconds of real time has failed. They are counted one by one: a process
/// that slept, or was busy, must not take its own absence for the store's silence.
const ANSWERS_WITHIN: u32 = 60;
const SECOND_MS: u32 = 1_000;

/// How long others leave a job alone after its owner's last sign of life, unless the caller says otherwise.
const LEASE: Wait = Wait::secs(60);

#[wasm_bindgen]
extern "C" {
    /// What keeps a job's journal; see `js/store.ts`.
    #[derive(Debug)]
    pub type Store;

    #[wasm_bindgen(method, catch, js_name = getItem)]
    fn get_item(this: &Store, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setItem)]
    fn set_item(this: &Store, key: &str, value: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeItem)]
    fn remove_item(this: &Store, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getKeys)]
    fn get_keys(this: &Store, prefix: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = compareAndSwap)]
    fn compare_and_swap(this: &Store, key: &str, expected: JsValue, next: &str) -> Result<JsValue, JsValue>;
}

/// A store, and the last thing it threw.
#[derive(Debug)]
pub(super) struct Shelf {
    store: Store,
    thrown: RefCell<Option<JsValue>>,
}

impl Shelf {
    /// Performs one operation.
    pub(super) async fn perform(&self, op: StoreOp) -> Stored {
        let mut answer = match self.ask(&op) {
            Ok(answer) => JsFuture::from(Promise::resolve(&answer)),
            Err(cause) => return Err(self.failed(cause)),
        };
        for _ in 0..ANSWERS_WITHIN {
            match select(answer, TimeoutFuture::new(SECOND_MS)).await {
                Either::Left((Ok(value), _)) => return read(&op, &value),
                Either::Left((Err(cause), _)) => return Err(self.failed(cause)),
                Either::Right(((), pending)) => answer = pending,
            }
        }
        Err(format!("no answer within {ANSWERS_WITHIN} s"))
    }

    fn ask(&self, op: &StoreOp) -> Result<JsValue, JsValue> {
        let store = &self.store;
        match op {
            StoreOp::Get { key } => store.get_item(key),
            StoreOp::Set { key, value } => store.set_item(key, value),
            StoreOp::Remove { key } => store.remove_item(key),
            StoreOp::Keys { prefix } => store.get_keys(prefix),
            StoreOp::Swap { key, expected, next } => {
                let expected = expected.as_deref().map_or(JsValue::NULL, JsValue::from_str);
                store.compare_and_swap(key, expected, next)
            }
        }
    }

    fn failed(&self, cause: JsValue) -> String {
        let message = Reflect::get(&cause, &"message".into()).ok().and_then(|message| message.as_string());
        *self.thrown.borrow_mut() = Some(cause);
        message.unwrap_or_else(|| "it gave no reason".to_owned())
    }

    /// An error as JavaScript gets it, with what the store threw as its cause.
    pub(super) fn explain(&self, error: Error) -> JsValue {
        let is_stores = error.code() == ErrorCode::Store;
        let error = thrown(error);
        if let Some(cause) = self.thrown.borrow().as_ref().filter(|_| is_stores) {
            let _ = Reflect::set(&error, &"cause".into(), cause);
        }
        error
    }
}

fn read(op: &StoreOp, value: &JsValue) -> Stored {
    Ok(match op {
        StoreOp::Get { .. } if value.is_null() || value.is_undefined() => StoreReply::Value(None),
        // What is no text was not written by us: the reader says so.
        StoreOp::Get { .. } => StoreReply::Value(Some(value.as_string().unwrap_or_default())),
        StoreOp::Set { .. } | StoreOp::Remove { .. } => StoreReply::Done,
        StoreOp::Keys { .. } if !Array::is_array(value) => return Err("getKeys gave no list".to_owned()),
        StoreOp::Keys { .. } => {
            StoreReply::Keys(Array::from(value).iter().filter_map(|key| key.as_string()).collect())
        }
        StoreOp::Swap { .. } => match value.as_bool() {
            Some(swapped) => StoreReply::Swapped(swapped),
            None => return Err("compareAndSwap answered neither true nor false".to_owned()),
        },
    })
}

/// A job's journal, opened and held; given to one `Job`, or closed.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Journal {
    keeper: Keeper,
    place: Rc<Shelf>,
}

#[wasm_bindgen]
impl Journal {
    /// Opens the journal of `job` in `store`: for a new job, or to take one up again. `owner` is a name that nobody else
    /// has; `options.leaseMs` how long others wait after our last sign of life; `options.alone` whether an owner before
    /// can only be gone; `options.gone` names owners that are.
    ///
    /// # Errors
    /// With a code of `store/…`, or where the name cannot be a job's.
    pub async fn open(
        store: Store,
        job: String,
        owner: String,
        resume: bool,
        options: JsValue,
        now: Function,
    ) -> Result<Self, JsValue> {
        check(&store, &job).map_err(thrown)?;
        let lease = convert::wait(&options, "leaseMs", convert::ZeroWait::Refused).map_err(thrown)?;
        let setup = Setup {
            job,
            owner,
            lease: lease.unwrap_or(LEASE),
            fenced: has_method(&store, "compareAndSwap"),
            alone: Reflect::get(&options, &"alone".into()).is_ok_and(|alone| alone.is_truthy()),
            goal: if resume { Goal::Resume } else { Goal::Create },
        };
        let place = Rc::new(Shelf { store, thrown: RefCell::default() });
        let gone = Reflect::get(&options, &"gone".into()).unwrap_or_default();
        let gone = if Array::is_array(&gone) { Array::from(&gone) } else { Array::new() };
        let gone = gone.iter().filter_map(|owner| owner.as_string()).collect();
        let mut journal = Self { keeper: Keeper::new(setup).after(gone), place };
        while !journal.keeper.is_open() && journal.step(&now).await {}
        match journal.keeper.failure() {
            Some(error) => Err(journal.place.explain(error.clone())),
            None => Ok(journal),
        }
    }

    /// Where `job` in `store` stands, whoever holds it. Nothing is written.
    ///
    /// # Errors
    /// With a code of `store/…`, or where the name cannot be a job's.
    pub async fn look(store: Store, job: String, now: Function) -> Result<JsValue, JsValue> {
        check(&store, &job).map_err(thrown)?;
        let (owner, fenced, alone) = (String::new(), has_method(&store, "compareAndSwap"), false);
        let setup = Setup { job, owner, lease: LEASE, fenced, alone, goal: Goal::Look };
        let place = Rc::new(Shelf { store, thrown: RefCell::default() });
        let mut journal = Self { keeper: Keeper::new(setup), place };
        while journal.step(&now).await {}
        if let Some(error) = journal.keeper.failure() {
            return Err(journal.place.explain(error.clone()));
        }
        to_js(&Standing::of(&journal.keeper, time_of(&now)).map_err(thrown)?)
    }

    /// What the host noted when the job was begun, as JSON.
    #[wasm_bindgen(getter)]
    pub fn plan(&self) -> Option<String> {
        self.keeper.section(crate::job::PLAN).map(str::to_owned)
    }

    /// How far the deleting of the job's batches has come: "begun" or "done".
    #[wasm_bindgen(getter)]
    pub fn purge(&self) -> Option<String> {
        Some(self.keeper.section(crate::job::PURGE)?.trim_matches('"').to_owned())
    }

    /// Notes how far the deleting has come; resolves once that is durable.
    #[wasm_bindgen(js_name = notePurge)]
    pub async fn note_purge(&mut self, done: bool, now: Function) -> Result<(), JsValue> {
        let text = if done { "\"done\"" } else { "\"begun\"" };
        self.keeper.append(vec![(crate::job::PURGE.to_owned(), text.to_owned())]);
        while !self.keeper.is_settled() && self.step(&now).await {}
        match self.keeper.failure() {
            Some(error) => Err(self.place.explain(error.clone())),
            None => Ok(()),
        }
    }

    /// Whether the job is over.
    #[wasm_bindgen(getter, js_name = hasEnded)]
    pub fn has_ended(&self) -> bool {
        has_ended(&self.keeper)
    }

    /// The lease of an owner who did not give the job back, in milliseconds.
    #[wasm_bindgen(getter, js_name = takenOverMs)]
    pub fn taken_over_ms(&self) -> Option<f64> {
        self.keeper.predecessor().map(|lease| lease.get() as f64)
    }

    /// The job that it holds, as a snapshot.
    ///
    /// # Errors
    /// `store/damaged` where its records make no job.
    pub fn saved(&self) -> Result<JsValue, JsValue> {
        to_js(&saved_in(&self.keeper).map_err(thrown)?)
    }

    /// Gives the job back without having done anything.
    pub async fn close(mut self, now: Function) {
        self.keeper.leave();
        while self.step(&now).await {}
    }
}

impl Journal {
    /// Performs the next operation, or waits for it; answers whether there was one.
    async fn step(&mut self, now: &Function) -> bool {
        if let Some(pause) = self.keeper.pause(time_of(now)) {
            TimeoutFuture::new(pause.get() as u32).await;
            return true;
        }
        let Some((id, op)) = self.keeper.poll(time_of(now)) else { return false };
        let stored = self.place.perform(op).await;
        self.keeper.stored(time_of(now), id, stored);
        true
    }

    pub(super) fn into_parts(self) -> (Keeper, Rc<Shelf>) {
        (self.keeper, self.place)
    }
}

fn check(store: &Store, job: &str) -> Result<(), Error> {
    for method in ["getItem", "setItem", "removeItem", "getKeys"] {
        if !has_method(store, method) {
            return Err(convert::wrong("store", &format!("an object with the method {method}")));
        }
    }
    if is_job_name(job) {
        return Ok(());
    }
    Err(convert::wrong(
        "jobId",
        "1 to 100 letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit",
    ))
}

fn has_method(store: &Store, name: &str) -> bool {
    Reflect::get(store, &name.into()).is_ok_and(|method| method.is_function())
}
