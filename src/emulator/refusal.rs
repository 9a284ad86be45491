//! Errors as the API writes them: the envelope of an HTTP error, and the error of a row.

use serde::{Deserialize, Serialize};

/// The error types that the model can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ErrorKind {
    InvalidRequest,
    Authentication,
    Billing,
    Permission,
    NotFound,
    Conflict,
    TooLarge,
    RateLimit,
    Timeout,
    Api,
    Overloaded,
}

impl ErrorKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request_error",
            Self::Authentication => "authentication_error",
            Self::Billing => "billing_error",
            Self::Permission => "permission_error",
            Self::NotFound => "not_found_error",
            Self::Conflict => "conflict_error",
            Self::TooLarge => "request_too_large",
            Self::RateLimit => "rate_limit_error",
            Self::Timeout => "timeout_error",
            Self::Api => "api_error",
            Self::Overloaded => "overloaded_error",
        }
    }

    /// The type that goes with a status, and the text that usually comes with it.
    pub(super) fn of_status(status: u16) -> (Self, &'static str) {
        match status {
            401 => (Self::Authentication, "API key is invalid."),
            402 => (Self::Billing, "There is a problem with the payment for this organization."),
            403 => (Self::Permission, "Your API key does not have permission to use the specified resource."),
            404 => (Self::NotFound, "Not Found"),
            408 => (Self::Timeout, "The request body did not arrive in time."),
            409 => (Self::Conflict, "The resource is being changed by another request."),
            413 => (Self::TooLarge, "Request exceeds the maximum size"),
            429 => (Self::RateLimit, "This request would exceed your organization's rate limit."),
            504 => (Self::Timeout, "The request timed out."),
            529 => (Self::Overloaded, "Overloaded"),
            500.. => (Self::Api, "Internal server error"),
            _ => (Self::InvalidRequest, "The request was refused."),
        }
    }
}

/// Why a row is `errored`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RowError {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
}

impl RowError {
    pub(super) fn new(kind: ErrorKind, message: &str) -> Self {
        Self { kind, message: message.to_owned() }
    }
}

/// The body of an HTTP error.
pub(super) fn envelope(
    kind: ErrorKind,
    message: &str,
    error_code: Option<&str>,
    request_id: &str,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(160 + message.len());
    out.extend_from_slice(b"{\"type\":\"error\",\"error\":");
    push_error(&mut out, kind, message, error_code.map(|code| ("error_code", code)));
    out.extend_from_slice(b",\"request_id\":");
    push_text(&mut out, request_id);
    out.push(b'}');
    out
}

/// The 413 that the edge makes: no type, no request id.
pub(super) fn edge_too_large() -> Vec<u8> {
    let mut out = b"{\"error\":".to_vec();
    push_error(&mut out, ErrorKind::TooLarge, "Request exceeds the maximum size", None);
    out.push(b'}');
    out
}

pub(super) fn push_error(out: &mut Vec<u8>, kind: ErrorKind, message: &str, detail: Option<(&str, &str)>) {
    out.extend_from_slice(b"{\"type\":");
    push_text(out, kind.as_str());
    out.extend_from_slice(b",\"message\":");
    push_text(out, message);
    if let Some((key, value)) = detail {
        out.extend_from_slice(b",\"details\":{");
        push_text(out, key);
        out.push(b':');
        push_text(out, value);
        out.push(b'}');
    }
    out.push(b'}');
}

/// Appends a JSON string.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    // Neither a string nor a vector can fail here.
    let _ = serde_json::to_writer(out, text);
}
