//! The six endpoints.

use std::fmt::Write as _;
use std::sync::Arc;

use super::batch::{self, Batch, Phase, Written};
use super::call::parameters;
use super::clock::{Micros, micros};
use super::dice::{For, below, id, throw};
use super::envelope;
use super::fault::RetryAfter;
use super::gate::Gate;
use super::response::{Body, Response};
use super::results::ResultsBody;
use super::server::{Exchange, Refused, Server};
use super::store::{Page, Query};

type Answer = Result<Response, Refused>;

/// What the API tells a caller who asks for a batch that has not ended.
const POLL_AGAIN: RetryAfter = RetryAfter::Seconds(10_000);

pub(super) fn create(server: &mut Server, exchange: &Exchange<'_>, gate: &Gate) -> Answer {
    let options = &server.options;
    let requests = envelope::read(exchange.request.body, gate.rules, options.max_requests)
        .map_err(|message| Refused::new(400, message))?;
    let count = requests.len();
    let now = server.store.now(exchange.now_ms);
    let limit = options.queue_limit.unwrap_or(u64::MAX);
    if server.store.queued(now) + u64::from(count) > limit {
        let message = format!(
            "This request would exceed your organization's limit of {limit} batch requests in the processing queue."
        );
        return Err(Refused { retry_after: RetryAfter::Seconds(60_000), ..Refused::new(429, message) });
    }
    server.commits += 1;
    let (seed, number) = (options.seed, server.commits);
    let fraction = below(throw(seed, For::Micros, number, 0), 1_000);
    let created = match exchange.strike.late_commit {
        Some(ms) => micros(exchange.now_ms + ms) + fraction,
        None => server.store.next(exchange.now_ms, fraction),
    };
    let batch = Batch {
        id: id("msgbatch", seed, For::BatchId, number, 0),
        number,
        created,
        clock_error: server.clock_error_ms().saturating_mul(1_000),
        length: batch::length(options.processing_ms, seed, number, count),
        canceled: None,
        deleted: false,
        listed_from: created + micros(exchange.strike.list_lag),
        visible_from: created + micros(exchange.strike.hidden),
        seed,
        rates: options.rates,
        requests: Arc::new(requests),
        written: Written::default(),
    };
    let response = object(server, exchange, &batch, created);
    server.store.insert(batch);
    Ok(response)
}

pub(super) fn retrieve(server: &mut Server, exchange: &Exchange<'_>, batch_id: &str) -> Answer {
    let now = server.store.now(exchange.now_ms);
    let batch = find(server, batch_id, now)?.clone();
    let mut response = object(server, exchange, &batch, now);
    if batch.phase(now) != Phase::Ended {
        server.push_retry_after(&mut response, exchange.now_ms, POLL_AGAIN);
    }
    Ok(response)
}

pub(super) fn list(server: &mut Server, exchange: &Exchange<'_>) -> Answer {
    let now = server.store.now(exchange.now_ms);
    let query = query(exchange.request.query)?;
    let unknown = || Refused::new(400, "after_id/before_id: no batch has this id");
    let Page { batches, has_more } = server.store.page(&query, now).ok_or_else(unknown)?;
    let origin = origin(server, exchange);
    let mut out = String::from("{\"data\":[");
    for (place, batch) in batches.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        batch.push_json(&mut out, now, server.options.progressive_counts, origin);
    }
    let id =
        |batch: Option<&&Batch>| batch.map_or_else(|| "null".to_owned(), |batch| format!("\"{}\"", batch.id));
    let (first, last) = (id(batches.first()), id(batches.last()));
    // Writing into a string does not fail.
    let _ = write!(out, "],\"has_more\":{has_more},\"first_id\":{first},\"last_id\":{last}}}");
    Ok(json(server, out))
}

pub(super) fn cancel(server: &mut Server, exchange: &Exchange<'_>, batch_id: &str) -> Answer {
    let now = server.store.now(exchange.now_ms);
    let batch = find(server, batch_id, now)?;
    match batch.phase(now) {
        Phase::InProgress => batch.canceled = Some(now),
        // Not documented: a second cancel changes nothing and is no mistake.
        Phase::Canceling => {}
        Phase::Ended => {
            return Err(Refused::new(
                400,
                format!("Batch `{batch_id}` has already ended and cannot be canceled."),
            ));
        }
    }
    let batch = batch.clone();
    Ok(object(server, exchange, &batch, now))
}

pub(super) fn delete(server: &mut Server, exchange: &Exchange<'_>, batch_id: &str) -> Answer {
    let now = server.store.now(exchange.now_ms);
    let batch = find(server, batch_id, now)?;
    match batch.phase(now) {
        Phase::InProgress => {
            let message = "In progress batches cannot be deleted. Consider canceling the batch instead.";
            return Err(Refused::new(400, message));
        }
        Phase::Canceling => {
            return Err(Refused::new(
                400,
                format!(
                    "Batch `{batch_id}` has not finished canceling. Please wait for cancellation to completed before \
                     deleting."
                ),
            ));
        }
        Phase::Ended => batch.deleted = true,
    }
    let out = format!("{{\"id\":\"{}\",\"type\":\"message_batch_deleted\"}}", batch.id);
    Ok(json(server, out))
}

pub(super) fn results(server: &mut Server, exchange: &Exchange<'_>, batch_id: &str) -> Answer {
    let now = server.store.now(exchange.now_ms);
    let answers = Arc::clone(&server.answers);
    let batch = find(server, batch_id, now)?;
    if batch.phase(now) != Phase::Ended || batch.archived(now).is_some() {
        return Err(Refused::new(404, format!("Message Batch {batch_id} has no available results.")));
    }
    let name = format!("attachment; filename*=utf-8''{}_results.jsonl", batch.id);
    let body = ResultsBody::new(batch.clone(), answers, exchange.call, exchange.strike.damage);
    let mut response = Response::new(200, Vec::new());
    response.body = Body::Results(Box::new(body));
    if server.options.results_content_type {
        response.headers.push(("content-type", "application/x-jsonl".to_owned()));
    }
    response.headers.push(("content-disposition", name));
    push_tenant(server, &mut response);
    Ok(response)
}

fn find<'s>(server: &'s mut Server, batch_id: &str, now: Micros) -> Result<&'s mut Batch, Refused> {
    server
        .store
        .find(batch_id, now)
        .ok_or_else(|| Refused::new(404, format!("Message Batch {batch_id} not found.")))
}

fn query(text: &str) -> Result<Query, Refused> {
    let mut query = Query { limit: 20, ..Query::default() };
    for (key, value) in parameters(text) {
        match key.as_str() {
            "limit" => {
                let limit: i64 = value.parse().map_err(|_| {
                    Refused::new(
                        400,
                        "limit: Input should be a valid integer, unable to parse string as an integer",
                    )
                })?;
                if limit < 1 {
                    return Err(Refused::new(400, "limit: Input should be greater than or equal to 1"));
                }
                if limit > 1_000 {
                    return Err(Refused::new(400, "limit: Input should be less than or equal to 1000"));
                }
                query.limit = usize::try_from(limit).unwrap_or(usize::MAX);
            }
            "after_id" => query.after = Some(value),
            "before_id" => query.before = Some(value),
            // `beta=true` of older SDKs, and whatever else: harmless.
            _ => {}
        }
    }
    if query.after.is_some() && query.before.is_some() {
        return Err(Refused::new(400, "Only one of after_id and before_id may be given."));
    }
    Ok(query)
}

fn object(server: &Server, exchange: &Exchange<'_>, batch: &Batch, now: Micros) -> Response {
    let mut out = String::with_capacity(512);
    batch.push_json(&mut out, now, server.options.progressive_counts, origin(server, exchange));
    json(server, out)
}

fn json(server: &Server, out: String) -> Response {
    let mut response = Response::new(200, out.into_bytes());
    response.headers.push(("content-type", "application/json".to_owned()));
    push_tenant(server, &mut response);
    response
}

/// Whose workspace it is: on every answer to a key that was let in.
fn push_tenant(server: &Server, response: &mut Response) {
    let [organization, workspace] = &server.tenant;
    response.headers.push(("anthropic-organization-id", organization.clone()));
    response.headers.push(("anthropic-workspace-id", workspace.clone()));
}

/// The organization and the workspace of a server.
pub(super) fn tenant(seed: u64) -> [String; 2] {
    let word = throw(seed, For::Place, 0, 0);
    let (high, low) = (word >> 32, word & 0xffff_ffff);
    let organization =
        format!("{high:08x}-{:04x}-4{:03x}-8{:03x}-{low:012x}", low >> 16, low & 0xfff, high & 0xfff);
    [organization, id("wrkspc", seed, For::Place, 1, 0)]
}

fn origin<'a>(server: &'a Server, exchange: &'a Exchange<'_>) -> &'a str {
    let asked = Some(exchange.request.origin).filter(|origin| !origin.is_empty());
    server.options.results_origin.as_deref().or(asked).unwrap_or("https://api.anthropic.com")
}
