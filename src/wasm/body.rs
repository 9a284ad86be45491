//! A response's body, chunk by chunk.

use core::cell::RefCell;
use core::fmt;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortSignal;

use crate::time::Wait;
use crate::wire::{Endpoint, Lost, LostReason, Sent};

use super::convert::{self, get, invoke};
use super::fault::vanished;
use super::signal::Link;
use super::transport::{Scrub, lost_by};

/// A body that is being read. Dropping it ends the download: an unread stream would hold its connection.
pub(crate) struct BodyStream {
    /// The stream's reader; absent for a reply without a body and after the end.
    reader: Option<JsValue>,
    link: Link,
    idle_timeout: Wait,
    scrub: Scrub,
    pulse: Pulse,
}

/// What came in how long a wait: a byte now and then keeps a body from being silent, and is none the less a stall.
#[derive(Default)]
struct Pulse {
    waited: Wait,
    bytes: u32,
}

/// Waits of this many silences are looked at together.
const PULSE_SILENCES: u64 = 5;

/// A body that brings less than this in that time has stalled.
const PULSE_BYTES: u32 = 4096;

impl BodyStream {
    /// The stream of `response`'s body.
    pub(crate) fn new(
        response: &JsValue,
        link: Link,
        idle_timeout: Wait,
        scrub: Scrub,
    ) -> Result<Self, Lost> {
        let reader = match get(response, "body") {
            None => None,
            Some(body) => Some(invoke(&body, "getReader").map_err(|thrown| broken(&thrown, &scrub))?),
        };
        Ok(Self { reader, link, idle_timeout, scrub, pulse: Pulse::default() })
    }

    /// The next chunk; `None` at the end. An end is what the runtime calls one: several end a cut body without an error,
    /// so whoever reads results has to count them.
    pub(crate) async fn next(&mut self) -> Result<Option<Uint8Array>, Lost> {
        loop {
            let Some(reader) = &self.reader else { return Ok(None) };
            let reading = invoke(reader, "read").map_err(|thrown| broken(&thrown, &self.scrub))?;
            let reading = JsFuture::from(Promise::resolve(&reading));
            let asked = convert::now();
            let read = match self.link.race(reading, self.idle_timeout, LostReason::Idle).await {
                Ok(Ok(read)) => read,
                Ok(Err(thrown)) => return Err(self.broken(&thrown)),
                Err(reason) => return Err(self.stopped(reason)),
            };
            if get(&read, "done").is_some_and(|done| done.is_truthy()) {
                self.reader = None;
                return Ok(None);
            }
            match get(&read, "value") {
                Some(value) if get(&value, "byteLength").is_some() && get(&value, "buffer").is_some() => {
                    let chunk: Uint8Array = value.unchecked_into();
                    if self.has_stalled(convert::now().since(asked), chunk.length()) {
                        return Err(self.stopped(LostReason::Idle));
                    }
                    if chunk.length() > 0 {
                        return Ok(Some(chunk));
                    }
                }
                _ => return Err(no_bytes()),
            }
        }
    }

    /// Takes a wait and what it brought. The time a reader takes for himself does not count.
    fn has_stalled(&mut self, waited: Wait, bytes: u32) -> bool {
        let Pulse { waited: so_far, bytes: brought } = &mut self.pulse;
        *so_far = so_far.plus(waited);
        *brought = brought.saturating_add(bytes);
        if *so_far < self.idle_timeout.times(PULSE_SILENCES) {
            return false;
        }
        let stalled = *brought < PULSE_BYTES;
        self.pulse = Pulse::default();
        stalled
    }

    /// The whole rest of the body, at most `most` bytes of it.
    pub(crate) async fn rest(&mut self, most: usize) -> Result<Vec<u8>, Lost> {
        let mut body = Vec::new();
        while body.len() < most {
            let Some(chunk) = self.next().await? else { break };
            let room = u32::try_from(most - body.len()).unwrap_or(u32::MAX);
            body.extend(chunk.subarray(0, room.min(chunk.length())).to_vec());
        }
        Ok(body)
    }

    /// Ends the download.
    pub(crate) fn cancel(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        if let Ok(canceling) = invoke(&reader, "cancel") {
            // Nobody waits for it, but a rejection that nobody hears would end a Node process.
            spawn_local(async move {
                let _ = JsFuture::from(Promise::resolve(&canceling)).await;
            });
        }
        self.link.abort();
    }

    /// What it means that the stream threw.
    fn broken(&self, thrown: &JsValue) -> Lost {
        if self.link.is_aborted() { self.stopped(LostReason::Aborted) } else { broken(thrown, &self.scrub) }
    }

    fn stopped(&self, reason: LostReason) -> Lost {
        let message = match reason {
            LostReason::Aborted => "the caller's signal ended the download".to_owned(),
            _ => format!("the body brought nothing, or next to nothing, for {} or longer", self.idle_timeout),
        };
        Lost { sent: Sent::Maybe, reason, message }
    }
}

impl Drop for BodyStream {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyStream").field("open", &self.reader.is_some()).finish_non_exhaustive()
    }
}

/// What the end of a body means: its call has arrived, whatever the runtime says of the connection.
fn broken(thrown: &JsValue, scrub: &Scrub) -> Lost {
    Lost { sent: Sent::Maybe, ..lost_by(thrown, scrub) }
}

/// A chunk of something else.
fn no_bytes() -> Lost {
    let message = "the body delivered something that is no bytes".to_owned();
    Lost { sent: Sent::Maybe, reason: LostReason::Connection, message }
}

/// The raw results of a batch. JavaScript pulls the chunks (`js/body.ts`): to wait for each of them here would cost more
/// than to read it. What silence and failure mean is said here.
#[wasm_bindgen]
pub struct ResultsBody {
    /// Absent once the download has ended. The reason of an abort keeps its stack, and that this object's JavaScript side:
    /// a controller that stayed here would keep both of them for good.
    stream: RefCell<Option<BodyStream>>,
}

impl ResultsBody {
    pub(crate) const fn new(stream: BodyStream) -> Self {
        Self { stream: RefCell::new(Some(stream)) }
    }

    fn fault(&self, lost: impl FnOnce(&BodyStream) -> Lost) -> JsValue {
        let lost = self.stream.borrow().as_ref().map(lost);
        lost.map_or(JsValue::UNDEFINED, |lost| vanished(lost, Endpoint::Results))
    }
}

impl fmt::Debug for ResultsBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultsBody").field("open", &self.stream.borrow().is_some()).finish()
    }
}

#[wasm_bindgen]
impl ResultsBody {
    /// The stream's reader; undefined for a reply without a body.
    #[wasm_bindgen(unchecked_return_type = "ReadableStreamDefaultReader<Uint8Array> | undefined")]
    pub fn reader(&self) -> JsValue {
        let reader = self.stream.borrow().as_ref().and_then(|stream| stream.reader.clone());
        reader.unwrap_or(JsValue::UNDEFINED)
    }

    /// Fires when the caller's signal does; undefined once the download has ended.
    pub fn signal(&self) -> Option<AbortSignal> {
        self.stream.borrow().as_ref().map(|stream| stream.link.signal())
    }

    /// For how long a chunk may be waited for, in milliseconds, as a timer takes them.
    pub fn idle_ms(&self) -> f64 {
        let idle =
            self.stream.borrow().as_ref().map(|stream| stream.idle_timeout.min(convert::LONGEST_TIMER));
        idle.map_or(0.0, |idle| idle.get() as f64)
    }

    /// Takes in for how many milliseconds a chunk was waited for, and its bytes. Whether the body has stalled.
    #[expect(clippy::cast_sign_loss, reason = "a clock that only goes on; below zero would be none")]
    pub fn stalls(&self, waited_ms: f64, bytes: u32) -> bool {
        let waited = Wait::millis(waited_ms as u64);
        self.stream.borrow_mut().as_mut().is_some_and(|stream| stream.has_stalled(waited, bytes))
    }

    /// The error for a body that brought nothing, or next to nothing, for too long.
    pub fn silent(&self) -> JsValue {
        self.fault(|stream| stream.stopped(LostReason::Idle))
    }

    /// The error for what the stream threw, or for the caller's signal where that has fired.
    pub fn broken(&self, thrown: &JsValue) -> JsValue {
        self.fault(|stream| stream.broken(thrown))
    }

    /// The error for a chunk that is no bytes.
    pub fn no_bytes(&self) -> JsValue {
        self.fault(|_| no_bytes())
    }

    /// Tells that the stream has ended by itself.
    pub fn end(&self) {
        if let Some(stream) = self.stream.borrow_mut().as_mut() {
            stream.reader = None;
        }
        self.cancel();
    }

    /// Ends the download. Harmless when it has ended.
    pub fn cancel(&self) {
        // Out of the cell before it is dropped: what ends a download may call back.
        let stream = self.stream.borrow_mut().take();
        drop(stream);
    }
}
