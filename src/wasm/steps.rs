//! A job step by step, for drivers that do the calls, the waiting and the keeping themselves.

use std::collections::BTreeMap;

use js_sys::{Object, Reflect, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::error::{Error, ErrorCode};
use crate::job::{CallId, Input, Machine, Output};
use crate::time::{Millis, Wait};
use crate::wire::{Call, Lost, LostReason, Reply, Sent};

use super::fault::thrown;
use super::job::{machine_of, report_of, to_js};
use super::planner::PlanHandle;
use super::reader::raw_block;
use super::told::told;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What to do next; see `js/engine/machine.ts`. */
export type RawStep =
  | {
      type: "call";
      id: number;
      endpoint: "create" | "retrieve" | "list" | "cancel" | "delete" | "results";
      method: "GET" | "POST" | "DELETE";
      path: string;
      requests: Uint32Array | null;
      prefix: string | null;
    }
  | { type: "abandon"; id: number }
  | { type: "rows"; block: RawBlock; requests: Uint32Array }
  | { type: "event"; event: unknown }
  | { type: "wait"; until: number }
  | { type: "done" }
  | { type: "failed"; error: unknown };
"#;

#[wasm_bindgen]
extern "C" {
    /// What to do next, for JavaScript.
    #[wasm_bindgen(typescript_type = "RawStep")]
    pub type RawStep;
}

/// One job. Times are milliseconds since 1970.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Steps {
    machine: Machine,
    /// Calls that were handed out, by the number that JavaScript knows them by.
    calls: BTreeMap<u32, CallId>,
}

#[wasm_bindgen]
impl Steps {
    /// A job over `plan`, or with `snapshot` one that was saved before.
    ///
    /// # Errors
    /// For options that cannot be used, a snapshot of another input, and a job that may not begin.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &PlanHandle, options: &JsValue, snapshot: JsValue, now: f64) -> Result<Self, JsValue> {
        let machine = machine_of(plan, options, Wait::ZERO, snapshot, millis(now))?;
        Ok(Self { machine, calls: BTreeMap::new() })
    }

    /// The next thing to do; `wait`, `done` and `failed` end a turn.
    ///
    /// # Errors
    /// Never in practice: plain values always cross.
    pub fn poll(&mut self, now: f64) -> Result<RawStep, JsValue> {
        loop {
            let step = match self.machine.poll(millis(now)) {
                Output::Call { id, call, part } => self.call(id, &call, part),
                Output::Abandon(id) => step("abandon", [("id", id.get().into())]),
                Output::Rows { block, requests } => step(
                    "rows",
                    [
                        ("block", raw_block(&block)),
                        ("requests", Uint32Array::from(requests.as_slice()).into()),
                    ],
                ),
                Output::Event(event) => step("event", [("event", to_js(&told(&event))?)]),
                Output::Wait(until) => step("wait", [("until", moment(until).into())]),
                Output::Done => step("done", []),
                Output::Failed(error) => step("failed", [("error", thrown(error))]),
                // Only a machine that was given a journal has such wishes.
                Output::Store { id, .. } => {
                    let stored = Err("there is no store".to_owned());
                    self.machine.handle(millis(now), Input::Stored(id, stored));
                    continue;
                }
            };
            return Ok(step.unchecked_into());
        }
    }

    /// A call was answered; `headers` are names and values in turn. What is no call any more is passed over.
    #[expect(clippy::needless_pass_by_value, reason = "how lists of text cross")]
    pub fn reply(&mut self, now: f64, id: u32, status: u16, headers: Vec<String>, body: Vec<u8>) {
        let Some(id) = self.calls.remove(&id) else { return };
        let pairs = headers.chunks_exact(2).filter_map(|pair| match pair {
            [name, value] => Some((name.as_str(), value.as_str())),
            _ => None,
        });
        let reply = Reply::new(status, pairs, body, millis(now));
        self.machine.handle(millis(now), Input::Reply(id, reply));
    }

    /// A call got no answer, or its body broke off.
    ///
    /// # Errors
    /// For a reason that is none.
    pub fn lost(
        &mut self,
        now: f64,
        id: u32,
        maybe_sent: bool,
        reason: &str,
        message: String,
    ) -> Result<(), JsValue> {
        let reason = match reason {
            "connection" => LostReason::Connection,
            "timeout" => LostReason::Timeout,
            "idle" => LostReason::Idle,
            "aborted" => LostReason::Aborted,
            _ => {
                let message = "a call is lost by \"connection\", \"timeout\", \"idle\" or \"aborted\"";
                return Err(thrown(Error::new(ErrorCode::Option, message)));
            }
        };
        let sent = if maybe_sent { Sent::Maybe } else { Sent::No };
        if let Some(id) = self.calls.remove(&id) {
            self.machine.handle(millis(now), Input::Lost(id, Lost { sent, reason, message }));
        }
        Ok(())
    }

    /// The body of a create cannot be made any more: not a byte of it left.
    pub fn unsendable(&mut self, now: f64, id: u32, message: String) {
        if let Some(id) = self.calls.remove(&id) {
            let error = Error::new(ErrorCode::InputChanged, message);
            self.machine.handle(millis(now), Input::Unsendable(id, error));
        }
    }

    /// Bytes of results.
    pub fn chunk(&mut self, now: f64, id: u32, bytes: &[u8]) {
        if let Some(id) = self.calls.get(&id) {
            self.machine.handle(millis(now), Input::Chunk(*id, bytes));
        }
    }

    /// Results ended as far as anybody can tell.
    pub fn closed(&mut self, now: f64, id: u32) {
        if let Some(id) = self.calls.remove(&id) {
            self.machine.handle(millis(now), Input::Closed(id));
        }
    }

    /// These rows are kept for good.
    pub fn taken(&mut self, now: f64, requests: &[u32]) {
        self.machine.handle(millis(now), Input::Taken(requests));
    }

    /// The answer to the event `pilot`.
    pub fn proceed(&mut self, now: f64, go_on: bool) {
        self.machine.handle(millis(now), Input::Proceed(go_on));
    }

    /// The batches are to be cancelled at the API.
    pub fn cancel(&mut self, now: f64) {
        self.machine.handle(millis(now), Input::Cancel);
    }

    /// The job as it stands, for showing.
    pub fn progress(&self) -> Result<JsValue, JsValue> {
        to_js(&self.machine.progress())
    }

    /// The job as it stands, for keeping.
    pub fn snapshot(&self) -> Result<JsValue, JsValue> {
        to_js(&self.machine.snapshot())
    }

    /// The account of the job.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        report_of(&self.machine)
    }

    /// What is known of a create of `part` whose fate is unknown.
    pub fn doubt(&self, part: u32) -> Result<JsValue, JsValue> {
        to_js(&self.machine.doubt(part))
    }
}

impl Steps {
    fn call(&mut self, id: CallId, call: &Call, part: Option<u32>) -> Object {
        self.calls.insert(id.get(), id);
        let requests = part.and_then(|part| self.machine.parts().get(part as usize)).map(|part| {
            let requests: Vec<u32> = part.requests.iter().collect();
            Uint32Array::from(requests.as_slice()).into()
        });
        let prefix = part.and_then(|part| self.machine.id_prefix(part));
        step(
            "call",
            [
                ("id", id.get().into()),
                ("endpoint", call.endpoint().as_str().into()),
                ("method", call.method().as_str().into()),
                ("path", call.path().into()),
                ("requests", requests.unwrap_or(JsValue::NULL)),
                ("prefix", prefix.map_or(JsValue::NULL, Into::into)),
            ],
        )
    }
}

fn step<const N: usize>(kind: &str, fields: [(&str, JsValue); N]) -> Object {
    let out = Object::new();
    for (name, value) in [("type", kind.into())].into_iter().chain(fields) {
        // A fresh plain object takes every property.
        let _ = Reflect::set(&out, &name.into(), &value);
    }
    out
}

#[expect(clippy::cast_sign_loss, reason = "a time before 1970 becomes 1970")]
fn millis(now: f64) -> Millis {
    Millis::new(now as u64)
}

/// A moment for JavaScript; one that never comes is infinite.
fn moment(until: Millis) -> f64 {
    if until == Millis::NEVER { f64::INFINITY } else { until.get() as f64 }
}
