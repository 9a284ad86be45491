//! The six endpoints as JavaScript sees them: text in, text out.

use core::cell::RefCell;
use core::fmt;
use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{Error, ErrorCode};
use crate::pace::{RetryBudget, Rng, Verdict, verdict};
use crate::time::Wait;
use crate::wire::{BatchId, Call, Endpoint, ListQuery, Lost, LostReason, Refusal, Reply};

use super::body::{BodyStream, ResultsBody};
use super::convert;
use super::fault::{refused, thrown, vanished};
use super::job::to_js;
use super::options::CallOptions;
use super::sleep::Sleeper;
use super::transport::{Opened, Payload, Transport};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A success: its JSON, checked to be what the endpoint answers, and what came with it. */
export interface RawAnswer {
  readonly text: string;
  readonly status: number;
  /** Names in lower case, cookies left out. */
  readonly headers: [string, string][];
}
"#;

#[wasm_bindgen]
extern "C" {
    /// A success, for JavaScript.
    #[wasm_bindgen(typescript_type = "RawAnswer")]
    pub type RawAnswer;
}

/// A way to the API with its options.
#[wasm_bindgen]
pub struct Client {
    transport: Rc<Transport>,
    defaults: CallOptions,
    max_retries: u32,
    rng: RefCell<Rng>,
    budget: RefCell<RetryBudget>,
}

#[wasm_bindgen]
impl Client {
    /// Checks the options; sends nothing.
    ///
    /// # Errors
    /// `misuse/option` for an option that cannot be used.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Self, JsValue> {
        Self::read(options).map_err(thrown)
    }

    /// Calls an endpoint and answers its JSON, checked to be what the endpoint answers. Calls that do no harm twice are
    /// repeated while their failure may pass; a create is sent once.
    ///
    /// # Errors
    /// With a plain `Error` that bears `code` and, where there was a reply, `status`, `type`, `requestId`, `headers`.
    pub async fn call(
        &self,
        endpoint: String,
        id: Option<String>,
        query: JsValue,
        body: JsValue,
        options: JsValue,
    ) -> Result<RawAnswer, JsValue> {
        let call = call_of(&endpoint, id.as_deref(), &query).map_err(thrown)?;
        let attempts = self.attempts(&options).map_err(thrown)?;
        let body = (!body.is_undefined() && !body.is_null()).then(|| Payload::from(body));
        let mut reply = attempts.run(&call, body.as_ref()).await?;
        let (status, headers) = (reply.status, core::mem::take(&mut reply.headers));
        let answer = to_js(&Answer { text: text_of(&call, reply)?, status, headers })?;
        Ok(answer.unchecked_into())
    }

    /// Opens the results of a batch.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn open_results(&self, id: String, options: JsValue) -> Result<ResultsBody, JsValue> {
        let id = BatchId::parse(&id).map_err(thrown)?;
        let attempts = self.attempts(&options).map_err(thrown)?;
        attempts.open(&Call::results(&id)).await.map(ResultsBody::new)
    }
}

impl Client {
    fn read(options: &JsValue) -> Result<Self, Error> {
        let seed = js_sys::Math::random().to_bits();
        Ok(Self {
            transport: Rc::new(Transport::new(options)?),
            defaults: CallOptions::of_client(options)?,
            max_retries: convert::whole(options, "maxRetries", 0)?.unwrap_or(2),
            rng: RefCell::new(Rng::new(seed)),
            budget: RefCell::default(),
        })
    }

    /// The way to the API, shared with a job.
    pub(super) fn transport(&self) -> Rc<Transport> {
        Rc::clone(&self.transport)
    }

    /// What the client's options say for every call.
    pub(super) fn call_options(&self) -> CallOptions {
        self.defaults.clone()
    }

    /// Attempts under the options of one call.
    pub(super) fn attempts(&self, options: &JsValue) -> Result<Attempts<'_>, Error> {
        let call_options = self.defaults.with(options)?;
        self.transport.check(&call_options)?;
        Ok(Attempts {
            client: self,
            options: call_options,
            max_retries: convert::whole(options, "maxRetries", 0)?.unwrap_or(self.max_retries),
            sleeper: Sleeper::read(options)?,
        })
    }
}

#[derive(Serialize)]
struct Answer {
    text: String,
    status: u16,
    headers: Vec<(String, String)>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("transport", &self.transport).finish_non_exhaustive()
    }
}

/// One call, as often as it may be made.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    client: &'a Client,
    pub(super) options: CallOptions,
    max_retries: u32,
    pub(super) sleeper: Sleeper,
}

impl Attempts<'_> {
    /// The first reply that is a success, or the fault of the last attempt.
    pub(super) async fn run(&self, call: &Call, body: Option<&Payload>) -> Result<Reply, JsValue> {
        let mut attempt = 1;
        loop {
            let outcome = self.client.transport.exchange(call, body, &self.options).await;
            let judged = self.judge(call, attempt, outcome.as_ref());
            match (judged, outcome) {
                (Verdict::Repeat(wait), _) => self.pause(wait).await?,
                (Verdict::Stop, outcome) => return settled(call, outcome),
            }
            attempt += 1;
        }
    }

    /// The body of the first success.
    async fn open(&self, call: &Call) -> Result<BodyStream, JsValue> {
        let mut attempt = 1;
        loop {
            let outcome = match self.client.transport.open(call, &self.options).await {
                Ok(Opened::Stream(stream)) => {
                    self.client.budget.borrow_mut().refund(attempt - 1);
                    return Ok(stream);
                }
                Ok(Opened::Refused(reply)) => Ok(reply),
                Err(lost) => Err(lost),
            };
            match self.judge(call, attempt, outcome.as_ref()) {
                Verdict::Repeat(wait) => self.pause(wait).await?,
                Verdict::Stop => {
                    let reply = settled(call, outcome)?;
                    let why = "no stream of results".to_owned();
                    let refusal = Refusal::Unexpected { status: reply.status, why };
                    return Err(refused(&reply, refusal));
                }
            }
            attempt += 1;
        }
    }

    /// One attempt, for whoever keeps looking: a failure that may pass is answered with the wait that the server asks
    /// for, and only one that may not is a fault.
    pub(super) async fn look(&self, call: &Call) -> Result<Result<Reply, Option<Wait>>, JsValue> {
        let outcome = self.client.transport.exchange(call, None, &self.options).await;
        let mut rng = self.client.rng.borrow_mut();
        match verdict(call.endpoint(), 1, u32::MAX, outcome.as_ref(), &mut rng) {
            Verdict::Repeat(_) => Ok(Err(outcome.ok().and_then(|reply| reply.retry_after))),
            Verdict::Stop => settled(call, outcome).map(Ok),
        }
    }

    async fn pause(&self, wait: Wait) -> Result<(), JsValue> {
        self.sleeper.sleep(wait, self.options.signal.as_ref()).await.map_err(thrown)
    }

    fn judge(&self, call: &Call, attempt: u32, outcome: Result<&Reply, &Lost>) -> Verdict {
        let mut rng = self.client.rng.borrow_mut();
        let verdict = verdict(call.endpoint(), attempt, self.max_retries, outcome, &mut rng);
        let mut budget = self.client.budget.borrow_mut();
        let was_silent = outcome.is_err_and(|lost| lost.reason == LostReason::Timeout);
        match verdict {
            Verdict::Repeat(_) if !budget.may_repeat(was_silent) => return Verdict::Stop,
            Verdict::Stop if outcome.is_ok_and(|reply| reply.refusal().is_none()) => {
                budget.refund(attempt - 1);
            }
            _ => {}
        }
        verdict
    }

    /// A fork of the client's chance.
    pub(super) fn rng(&self) -> Rng {
        Rng::new(self.client.rng.borrow_mut().next_u64())
    }
}

/// A success, or the fault in it.
fn settled(call: &Call, outcome: Result<Reply, Lost>) -> Result<Reply, JsValue> {
    let reply = outcome.map_err(|lost| vanished(lost, call.endpoint()))?;
    match reply.refusal() {
        Some(refusal) => Err(refused(&reply, refusal)),
        None => Ok(reply),
    }
}

/// The reply's text, if it is what the endpoint answers.
pub(super) fn text_of(call: &Call, reply: Reply) -> Result<String, JsValue> {
    let checked = match call.endpoint() {
        Endpoint::List => reply.page().map(drop),
        Endpoint::Delete => reply.deleted().map(drop),
        _ => reply.batch().map(drop),
    };
    if let Err(refusal) = checked {
        return Err(refused(&reply, refusal));
    }
    String::from_utf8(reply.body)
        .map_err(|_| thrown(Error::new(ErrorCode::Bug, "a checked reply was not UTF-8")))
}

fn call_of(endpoint: &str, id: Option<&str>, query: &JsValue) -> Result<Call, Error> {
    let id = || BatchId::parse(id.unwrap_or_default());
    Ok(match endpoint {
        "create" => Call::create(),
        "retrieve" => Call::retrieve(&id()?),
        "list" => Call::list(&ListQuery {
            limit: convert::whole(query, "limit", 1)?,
            after_id: convert::text(query, "after_id")?,
            before_id: convert::text(query, "before_id")?,
        }),
        "cancel" => Call::cancel(&id()?),
        "delete" => Call::delete(&id()?),
        _ => return Err(Error::new(ErrorCode::Bug, format!("no endpoint {endpoint}"))),
    })
}
