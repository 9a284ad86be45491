//! A network and a server that answer as the bytes say: with the truth, with silence, or with anything at all.

use arbitrary::Unstructured;
use batchwise::emulator::{Body, Request, Server};
use batchwise::time::Millis;
use batchwise::wire::{Call, Lost, LostReason, Method, Reply, Sent};

/// Statuses that mean something to somebody.
const STATUSES: &[u16] =
    &[0, 200, 202, 204, 302, 400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529];

/// Bodies that are almost what was asked for.
const BODIES: &[&str] = &[
    "",
    "{}",
    "null",
    "<html>busy</html>",
    r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#,
    r#"{"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
    r#"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#,
    r#"{"data":[],"has_more":true,"first_id":null,"last_id":"a"}"#,
    r#"{"id":"b1","type":"message_batch","processing_status":"in_progress","request_counts":{"processing":2,"succeeded":0,"errored":0,"canceled":0,"expired":0},"created_at":"2026-09-21T14:13:20Z","expires_at":"2026-09-22T14:13:20Z"}"#,
    r#"{"id":"b1","type":"message_batch","processing_status":"ended","request_counts":{"processing":0,"succeeded":2,"errored":0,"canceled":0,"expired":0},"created_at":"2026-09-21T14:13:20Z","expires_at":"2026-09-22T14:13:20Z"}"#,
    r#"{"data":[{"id":"b2","type":"message_batch","processing_status":"novel","request_counts":{"processing":2,"succeeded":0,"errored":0,"canceled":0,"expired":0},"created_at":"2026-09-21T14:13:20Z","expires_at":"2026-09-22T14:13:20Z"}],"has_more":true,"first_id":"b2","last_id":"b2"}"#,
    r#"{"custom_id":"r0","result":{"type":"succeeded","message":{"content":[]}}}
{"custom_id":"r1","result":{"type":"errored","error":{"error":{"type":"overloaded_error"}}}}
{"custom_id":"stray","result":{"type":"expired"}}
"#,
];

/// The truth, from the model of the API: a reply, or the body of a stream of results.
pub(crate) fn ask(server: &mut Server, now: Millis, call: &Call, body: &[u8]) -> Result<Reply, Body> {
    let method = match call.method() {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    };
    let request = Request::new(method, call.path()).header("x-api-key", "sk-fuzz").body(body);
    let response = server.handle(now.get(), &request.header("anthropic-version", "2026-10-21"));
    if call.path().ends_with("/results") && response.status == 200 {
        return Err(response.body);
    }
    let headers: Vec<_> = response.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(Reply::new(response.status, headers, response.body.into_bytes(), now))
}

/// An answer that nobody meant.
pub(crate) fn nonsense(u: &mut Unstructured<'_>, now: Millis) -> arbitrary::Result<Reply> {
    let status = *u.choose(STATUSES)?;
    let body = bytes(u)?;
    let wait = u.int_in_range(0..=9_000)?.to_string();
    let headers = if u.ratio(1, 4)? { vec![("retry-after", wait.as_str())] } else { Vec::new() };
    Ok(Reply::new(status, headers, body, now))
}

/// Bytes that may be a body.
pub(crate) fn bytes(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let mut bytes = u.choose(BODIES)?.as_bytes().to_vec();
    if u.ratio(1, 4)? {
        let at = u.choose_index(bytes.len() + 1)?;
        bytes.truncate(at);
        bytes.extend_from_slice(u.bytes(u.len().min(8))?);
    }
    Ok(bytes)
}

pub(crate) fn lost(sent: Sent) -> Lost {
    Lost { sent, reason: LostReason::Connection, message: "lost".to_owned() }
}
