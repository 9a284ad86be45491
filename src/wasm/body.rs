//! A response's body, chunk by chunk.

use core::fmt;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::time::Wait;
use crate::wire::{Endpoint, Lost, LostReason, Sent};

use super::convert::{get, invoke};
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
}

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
            Some(body) => Some(invoke(&body, "getReader").map_err(|thrown| lost_by(&thrown, &scrub))?),
        };
        Ok(Self { reader, link, idle_timeout, scrub })
    }

    /// The next chunk; `None` at the end. An end is what the runtime calls one: several end a cut body without an error,
    /// so whoever reads results has to count them.
    pub(crate) async fn next(&mut self) -> Result<Option<Uint8Array>, Lost> {
        loop {
            let Some(reader) = &self.reader else { return Ok(None) };
            let reading = invoke(reader, "read").map_err(|thrown| lost_by(&thrown, &self.scrub))?;
            let reading = JsFuture::from(Promise::resolve(&reading));
            let read = match self.link.race(reading, self.idle_timeout, LostReason::Idle).await {
                Ok(Ok(read)) => read,
                Ok(Err(thrown)) => {
                    let lost = lost_by(&thrown, &self.scrub);
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

    fn stopped(&self, reason: LostReason) -> Lost {
        let message = match reason {
            LostReason::Aborted => "the caller's signal ended the download".to_owned(),
            _ => format!("the body brought nothing for {}", self.idle_timeout),
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

/// The raw results of a batch, pulled chunk by chunk.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ResultsBody {
    stream: Option<BodyStream>,
}

impl ResultsBody {
    pub(crate) const fn new(stream: BodyStream) -> Self {
        Self { stream: Some(stream) }
    }
}

#[wasm_bindgen]
impl ResultsBody {
    /// The next chunk; undefined at the end.
    ///
    /// # Errors
    /// When the body breaks, goes silent, or the caller's signal fires.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let Some(stream) = &mut self.stream else { return Ok(None) };
        let next = stream.next().await;
        if !matches!(next, Ok(Some(_))) {
            self.stream = None;
        }
        next.map_err(|lost| vanished(lost, Endpoint::Results))
    }

    /// Ends the download. Harmless when it has ended.
    pub fn cancel(&mut self) {
        self.stream = None;
    }
}
