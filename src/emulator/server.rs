//! The machine: one call in, one answer out, in the order in which the real API was seen to check.

use std::sync::Arc;

use super::answer;
use super::call::{Endpoint, Request, Route, route};
use super::clock::http_date;
use super::cors;
use super::dice::{For, below, id, throw, whole};
use super::fault::{Ending, RetryAfter, StatusFault};
use super::faults::{Faults, Instead, Strike};
use super::gate::{Bucket, Gate};
use super::options::Options;
use super::refusal::{self, ErrorKind};
use super::response::{Body, Opening, Response};
use super::siblings::{self, Sibling};
use super::store::Store;

/// The model of the Message Batches API: all of its state, and no clock, socket or random source.
#[derive(Debug)]
pub struct Server {
    pub(super) options: Options,
    pub(super) faults: Faults,
    pub(super) store: Store,
    pub(super) answers: Arc<[String]>,
    pub(super) bucket: Bucket,
    /// Its organization and its workspace: their names are on every answer.
    pub(super) tenant: [String; 2],
    /// All calls, known endpoint or not.
    pub(super) calls: u64,
    pub(super) calls_by_endpoint: [u64; 6],
    /// Creates that took effect.
    pub(super) commits: u64,
}

/// A refusal with a status of its own: what every step of the answer fails with.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) retry_after: RetryAfter,
}

impl Refused {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: RetryAfter::Absent }
    }
}

/// One call on its way through the server.
pub(super) struct Exchange<'a> {
    pub(super) now_ms: u64,
    pub(super) request: &'a Request<'a>,
    pub(super) request_id: String,
    /// Which call of its endpoint, from 1.
    pub(super) call: u64,
    pub(super) strike: Strike,
}

impl Server {
    /// An empty workspace.
    pub fn new(options: Options) -> Self {
        Self {
            faults: Faults::new(options.faults.clone()),
            answers: options.answers.clone().into(),
            bucket: Bucket::default(),
            tenant: answer::tenant(options.seed),
            store: Store::default(),
            calls: 0,
            calls_by_endpoint: [0; 6],
            commits: 0,
            options,
        }
    }

    /// Answers one call at a moment, in milliseconds since 1970. Moments must not go backwards.
    ///
    /// The effect of the call stands when this returns, whatever becomes of the answer.
    pub fn handle(&mut self, now_ms: u64, request: &Request<'_>) -> Response {
        self.calls += 1;
        let request_id = id("req", self.options.seed, For::RequestId, self.calls, 0);
        let mut response = if request.method == "OPTIONS" {
            cors::preflight(request, self.options.cors)
        } else {
            self.route(now_ms, request, &request_id)
        };
        response.headers.push(("request-id", request_id));
        response.headers.push(("date", http_date(now_ms.saturating_add_signed(self.clock_error_ms()))));
        if self.options.cors {
            cors::allow(&mut response);
        }
        response
    }

    /// How far the clock of the server that takes this call is off.
    pub(super) fn clock_error_ms(&self) -> i64 {
        let most = self.options.clock_skew_ms;
        let error = below(throw(self.options.seed, For::Clock, self.calls, 0), 2 * most + 1);
        error.cast_signed() - most.cast_signed()
    }

    /// The faults, to change them.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn route(&mut self, now_ms: u64, request: &Request<'_>, request_id: &str) -> Response {
        if let Some(sibling) = siblings::sibling(request.method, request.path) {
            return self.sibling(now_ms, request, request_id, &sibling);
        }
        let (endpoint, batch_id) = match route(request.method, request.path) {
            Route::To(endpoint, batch_id) => (endpoint, batch_id),
            Route::WrongMethod => {
                return refused(ErrorKind::InvalidRequest, 405, "Method Not Allowed", request_id);
            }
            Route::Nowhere => return refused(ErrorKind::NotFound, 404, "Not Found", request_id),
        };
        let mut call = 0;
        if let Some(calls) = self.calls_by_endpoint.get_mut(endpoint as usize) {
            *calls += 1;
            call = *calls;
        }
        let strike = self.faults.draw(self.options.seed, endpoint, call);
        let mut exchange = Exchange { now_ms, request, request_id: request_id.to_owned(), call, strike };
        self.exchange(&mut exchange, endpoint, &batch_id)
    }

    /// The answer of an endpoint beside the batches.
    fn sibling(&mut self, now_ms: u64, request: &Request<'_>, request_id: &str, which: &Sibling) -> Response {
        let (call, strike) = (0, Strike::default());
        let exchange = Exchange { now_ms, request, request_id: request_id.to_owned(), call, strike };
        let passed = Gate::pass(&self.options, &mut self.bucket, &exchange, Endpoint::List);
        let answer = passed.and_then(|_| siblings::answer(which, &exchange));
        answer.unwrap_or_else(|refused| self.refuse(&exchange, Endpoint::List, &refused))
    }

    /// The real answer with the faults of this call around it.
    fn exchange(&mut self, exchange: &mut Exchange<'_>, endpoint: Endpoint, batch_id: &str) -> Response {
        if let Some(instead) = exchange.strike.before.take() {
            if exchange.strike.late_commit.is_some() && instead.leaves_doubt() {
                // Sent, not answered by the API itself, and done later all the same.
                let _ = self.answer(exchange, endpoint, batch_id);
            }
            return self.instead(exchange, instead);
        }
        let answer = self.answer(exchange, endpoint, batch_id);
        // What was refused had no effect that a fault could come after.
        if let (Ok(_), Some(instead)) = (&answer, exchange.strike.after.take()) {
            return self.instead(exchange, instead);
        }
        let is_late = answer.is_ok() && exchange.strike.late_commit.is_some();
        let mut response = answer.unwrap_or_else(|refused| self.refuse(exchange, endpoint, &refused));
        if is_late {
            response.wire.opening = Opening::Reset;
        }
        if let (Some(ms), Opening::Prompt) = (exchange.strike.slow_ms, response.wire.opening) {
            response.wire.opening = Opening::After(ms);
        }
        response.wire.pace = exchange.strike.pace;
        match (&mut response.body, exchange.strike.cut_reply) {
            (Body::Full(bytes, _), Some(ending)) => {
                bytes.truncate(bytes.len() / 2);
                response.wire.ending = ending;
            }
            (Body::Results(results), _) => response.wire.ending = results.ending(),
            (Body::Full(..), None) => {}
        }
        response
    }

    /// The checks before the endpoints, then the endpoint.
    fn answer(
        &mut self,
        exchange: &Exchange<'_>,
        endpoint: Endpoint,
        batch_id: &str,
    ) -> Result<Response, Refused> {
        let gate = Gate::pass(&self.options, &mut self.bucket, exchange, endpoint)?;
        match endpoint {
            Endpoint::Create => answer::create(self, exchange, &gate),
            Endpoint::Retrieve => answer::retrieve(self, exchange, batch_id),
            Endpoint::List => answer::list(self, exchange),
            Endpoint::Cancel => answer::cancel(self, exchange, batch_id),
            Endpoint::Delete => answer::delete(self, exchange, batch_id),
            Endpoint::Results => answer::results(self, exchange, batch_id),
        }
    }

    fn refuse(&self, exchange: &Exchange<'_>, endpoint: Endpoint, refused: &Refused) -> Response {
        let kind = ErrorKind::of_status(refused.status).0;
        if endpoint == Endpoint::Create && refused.status == 413 {
            let mut response = Response::new(413, refusal::edge_too_large());
            response.headers.push(("content-type", "application/json".to_owned()));
            return response;
        }
        let mut response = self::refused(kind, refused.status, &refused.message, &exchange.request_id);
        self.push_retry_after(&mut response, exchange.now_ms, refused.retry_after);
        response
    }

    /// An answer that the API did not give.
    fn instead(&self, exchange: &Exchange<'_>, instead: Instead) -> Response {
        match instead {
            Instead::Status(status) => self.status(exchange, &status),
            Instead::Html => html(200, "Sign in to the network"),
            Instead::Reset => with_opening(Opening::Reset),
            Instead::Stall(ms) => with_opening(Opening::Stall(ms)),
        }
    }

    fn status(&self, exchange: &Exchange<'_>, fault: &StatusFault) -> Response {
        let (kind, usual) = ErrorKind::of_status(fault.code);
        let message = fault.message.as_deref().unwrap_or(usual);
        let mut response = if fault.html {
            html(fault.code, message)
        } else {
            let error_code = fault.error_code.as_deref();
            let mut response =
                Response::new(fault.code, refusal::envelope(kind, message, error_code, &exchange.request_id));
            response.headers.push(("content-type", "application/json".to_owned()));
            response
        };
        if let Some(should) = fault.should_retry {
            response.headers.push(("x-should-retry", should.to_string()));
        }
        self.push_retry_after(&mut response, exchange.now_ms, fault.retry_after);
        response
    }

    pub(super) fn push_retry_after(&self, response: &mut Response, now_ms: u64, wait: RetryAfter) {
        let scaled = |ms: u64| ms as f64 / self.options.time_scale.max(f64::MIN_POSITIVE);
        let header = match wait {
            RetryAfter::Absent => return,
            RetryAfter::Ms(ms) => ("retry-after-ms", decimal(scaled(ms))),
            RetryAfter::Seconds(ms) => ("retry-after", decimal(scaled(ms) / 1_000.0)),
            RetryAfter::Date(ms) => {
                ("retry-after", http_date(now_ms.saturating_add(whole(scaled(ms).ceil()))))
            }
        };
        response.headers.push(header);
    }
}

/// A number with at most three decimals and no superfluous one: `10`, `0.003`.
fn decimal(number: f64) -> String {
    let thousandths = whole((number.max(0.001) * 1_000.0).round());
    let (units, rest) = (thousandths / 1_000, thousandths % 1_000);
    if rest == 0 {
        return units.to_string();
    }
    format!("{units}.{rest:03}").trim_end_matches('0').to_owned()
}

fn refused(kind: ErrorKind, status: u16, message: &str, request_id: &str) -> Response {
    let mut response = Response::new(status, refusal::envelope(kind, message, None, request_id));
    response.headers.push(("content-type", "application/json".to_owned()));
    if status != 429 {
        response.headers.push(("x-should-retry", "false".to_owned()));
    }
    response
}

fn html(status: u16, title: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body><center><h1>{title}</h1></center></body></html>\n"
    );
    let mut response = Response::new(status, page.into_bytes());
    response.headers.push(("content-type", "text/html; charset=UTF-8".to_owned()));
    response
}

fn with_opening(opening: Opening) -> Response {
    let mut response = Response::new(0, Vec::new());
    response.wire.opening = opening;
    response.wire.ending = Ending::Reset;
    response
}
