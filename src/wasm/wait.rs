//! Waiting for the end of a batch.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

use crate::error::{Error, ErrorCode};
use crate::pace::PollPace;
use crate::time::{Millis, Wait};
use crate::wire::{BatchId, Call, MessageBatch, ProcessingStatus, Reply};

use super::client::{Attempts, Client, text_of};
use super::convert::{self, ZeroWait};
use super::fault::{refused, thrown};

#[wasm_bindgen]
impl Client {
    /// Polls a batch until it has ended, and answers it. `options` may hold `pollMs`, `deadlineMs`, `onPoll` (called
    /// with the JSON of each look, and waited for), `now` and `sleep` besides those of a call. No look comes before the
    /// `retry-after` of the last one.
    ///
    /// # Errors
    /// As [`Self::call`]; `wait/deadline` when the deadline passes first; whatever `onPoll` throws. Once the batch has
    /// been seen, failures that may pass never end the waiting.
    pub async fn wait(&self, id: String, options: JsValue) -> Result<String, JsValue> {
        let id = BatchId::parse(&id).map_err(thrown)?;
        let waiting = Waiting::read(self, id, &options).map_err(thrown)?;
        waiting.run().await
    }
}

struct Waiting<'a> {
    attempts: Attempts<'a>,
    call: Call,
    id: BatchId,
    pace: PollPace,
    deadline: Option<Wait>,
    on_poll: Option<Function>,
    clock: Option<Function>,
}

impl<'a> Waiting<'a> {
    fn read(client: &'a Client, id: BatchId, options: &JsValue) -> Result<Self, Error> {
        let poll = convert::wait(options, "pollMs", ZeroWait::Allowed)?;
        Ok(Self {
            attempts: client.attempts(options)?,
            call: Call::retrieve(&id),
            id,
            pace: poll.map_or_else(PollPace::default, PollPace::every),
            deadline: convert::wait(options, "deadlineMs", ZeroWait::Allowed)?,
            on_poll: convert::callback(options, "onPoll")?,
            clock: convert::callback(options, "now")?,
        })
    }

    async fn run(&self) -> Result<String, JsValue> {
        let began = self.now();
        let mut rng = self.attempts.rng();
        let mut reply = self.attempts.run(&self.call, None).await?;
        loop {
            let batch = self.told(&reply).await?;
            if batch.status == ProcessingStatus::Ended {
                return text_of(&self.call, reply);
            }
            let mut asked = reply.retry_after;
            let mut failures = 0;
            reply = loop {
                let (created, expires) = (batch.created_at, batch.expires_at);
                let wait = self.pace.next(self.now(), created, expires, asked, failures, &mut rng);
                self.sleep(wait, began).await.map_err(thrown)?;
                match self.attempts.look(&self.call).await? {
                    Ok(reply) => break reply,
                    Err(again) => asked = again,
                }
                failures = failures.saturating_add(1);
            };
        }
    }

    /// The batch in a successful reply, after the caller has been told of it.
    async fn told(&self, reply: &Reply) -> Result<MessageBatch, JsValue> {
        let batch = reply.batch().map_err(|refusal| refused(reply, refusal))?;
        if let Some(on_poll) = &self.on_poll {
            let text = JsValue::from_str(&String::from_utf8_lossy(&reply.body));
            let heard = on_poll.call1(&JsValue::UNDEFINED, &text)?;
            JsFuture::from(Promise::resolve(&heard)).await?;
        }
        Ok(batch)
    }

    async fn sleep(&self, wait: Wait, began: Millis) -> Result<(), Error> {
        let signal = self.attempts.options.signal.as_ref();
        let Some(deadline) = self.deadline else { return self.attempts.sleeper.sleep(wait, signal).await };
        let left = self.now().until(began.after(deadline));
        self.attempts.sleeper.sleep(wait.min(left), signal).await?;
        if wait < left {
            return Ok(());
        }
        let message = format!(
            "batch {} had not ended when the deadline of {deadline} passed; it goes on, and can be waited for again",
            self.id
        );
        Err(Error::new(ErrorCode::Deadline, message))
    }

    #[expect(clippy::cast_sign_loss, reason = "a clock before 1970 saturates to 1970")]
    fn now(&self) -> Millis {
        let told = self.clock.as_ref().and_then(|clock| clock.call0(&JsValue::UNDEFINED).ok());
        told.and_then(|now| now.as_f64()).map_or_else(convert::now, |now| Millis::new(now as u64))
    }
}
