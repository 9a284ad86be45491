//! A response's body, chunk by chunk.

use core::cell::{Cell, RefCell};
use core::fmt;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

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
                Ok(Err(thrown)) => {
                    let lost = broken(&thrown, &self.scrub);
                    return Err(if self.link.is_aborted() {
                        self.stopped(LostReason::Aborted)
                    } else {
                        lost
                    });
                }
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
                _ => {
                    let message = "the body delivered something that is no bytes".to_owned();
                    return Err(Lost { sent: Sent::Maybe, reason: LostReason::Connection, message });
                }
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

    /// A way to end the download while somebody waits for its next chunk.
    fn stopper(&self) -> Stopper {
        Stopper { reader: self.reader.clone(), link: self.link.controller() }
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
        if self.reader.is_some() {
            self.stopper().stop();
            self.reader = None;
        }
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

/// Ends a download from outside.
struct Stopper {
    reader: Option<JsValue>,
    link: AbortController,
}

impl Stopper {
    fn stop(&self) {
        let Some(reader) = &self.reader else { return };
        if let Ok(canceling) = invoke(reader, "cancel") {
            // Nobody waits for it, but a rejection that nobody hears would end a Node process.
            spawn_local(async move {
                let _ = JsFuture::from(Promise::resolve(&canceling)).await;
            });
        }
        self.link.abort();
    }
}

/// The raw results of a batch, pulled chunk by chunk.
#[wasm_bindgen]
pub struct ResultsBody {
    /// Absent while the next chunk is waited for, and after the end.
    stream: RefCell<Option<BodyStream>>,
    /// Absent once the download was ended. The reason of an abort keeps its stack, and that this object's JavaScript side:
    /// a controller that stayed here would keep both of them for good.
    stopper: RefCell<Option<Stopper>>,
    stopped: Cell<bool>,
}

impl ResultsBody {
    pub(crate) fn new(stream: BodyStream) -> Self {
        let stopper = RefCell::new(Some(stream.stopper()));
        Self { stream: RefCell::new(Some(stream)), stopper, stopped: Cell::new(false) }
    }
}

impl fmt::Debug for ResultsBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultsBody").field("stopped", &self.stopped).finish_non_exhaustive()
    }
}

#[wasm_bindgen]
impl ResultsBody {
    /// The next chunk; undefined at the end. One call at a time.
    ///
    /// # Errors
    /// When the body breaks, goes silent, or the caller's signal fires.
    pub async fn next(&self) -> Result<Option<Uint8Array>, JsValue> {
        let taken = self.stream.borrow_mut().take();
        let Some(mut stream) = taken else { return Ok(None) };
        let next = stream.next().await;
        if self.stopped.get() {
            return Ok(None);
        }
        if matches!(next, Ok(Some(_))) {
            *self.stream.borrow_mut() = Some(stream);
        }
        next.map_err(|lost| vanished(lost, Endpoint::Results))
    }

    /// Ends the download, also while its next chunk is waited for. Harmless when it has ended.
    pub fn cancel(&self) {
        if !self.stopped.replace(true) {
            let stopper = self.stopper.borrow_mut().take();
            if let Some(stopper) = stopper {
                stopper.stop();
            }
            *self.stream.borrow_mut() = None;
        }
    }
}
