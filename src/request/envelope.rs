//! What stands around the requests in the body of a create call.

/// Before the first request.
pub const OPEN: &[u8] = b"{\"requests\":[";

/// Between two requests.
pub const COMMA: &[u8] = b",";

/// After the last request.
pub const CLOSE: &[u8] = b"]}";

/// Bytes of a body with `count` requests of `request_bytes` bytes together: exact, commas and all.
pub const fn body_bytes(count: u64, request_bytes: u64) -> u64 {
    (OPEN.len() + CLOSE.len()) as u64 + request_bytes + count.saturating_sub(1)
}
