//! A reply that is not what was asked for.

use core::fmt;

use crate::error::{Answer, Error, ErrorCode};
use crate::json::{Scanner, SyntaxError};

use super::{ErrorType, read};

/// Why a reply does not hold the object that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The API said no.
    Api(ApiError),
    /// A redirect, which is never followed: it could carry the key to another host. 0 when the runtime hides the status.
    Redirect {
        /// The status, or 0.
        status: u16,
    },
    /// A success whose body is not what the API sends, for example a login page in between.
    Unexpected {
        /// The status.
        status: u16,
        /// What was wrong with it.
        why: String,
    },
}

/// What the API says when it refuses. Branch on status, kind and code; the message's wording may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// `error.type`, or what goes with the status where the body named none.
    pub kind: ErrorType,
    /// `error.message`, or a sentence of ours where there was none.
    pub message: String,
    /// `error.details.error_code`.
    pub error_code: Option<String>,
    /// Names this exchange when asking Anthropic for help.
    pub request_id: Option<String>,
}

/// Spend limits that no waiting lifts; a ramp limit is not one of them.
pub(super) fn is_spend_code(code: &str) -> bool {
    matches!(
        code,
        "enforced_spend_limit_reached"
            | "contract_spend_limit_reached"
            | "linked_organization_billing_unavailable"
            | "linked_organization_spend_limit_reached"
    )
}

/// Whether a failed row says that somebody has to pay, or to raise a limit, before anything else is answered.
pub fn is_unpaid(kind: &str, error_code: &str) -> bool {
    kind == ErrorType::Billing.as_str() || is_spend_code(error_code)
}

impl ApiError {
    /// Reads the error envelope, also the one that the network edge makes, which has no outer `type`. Whatever else
    /// the body is, the status alone makes an error.
    pub(super) fn read(status: u16, body: &[u8], request_id: Option<&str>) -> Self {
        let mut envelope = Envelope::default();
        if envelope.read(body).is_err() {
            envelope = Envelope::default();
        }
        let message = envelope.message.unwrap_or_else(|| {
            format!("HTTP {status} with a body that is not the API's error format ({} bytes)", body.len())
        });
        Self {
            status,
            kind: envelope.kind.unwrap_or_else(|| ErrorType::of_status(status)),
            message,
            error_code: envelope.error_code,
            request_id: request_id.map(str::to_owned).or(envelope.request_id),
        }
    }

    /// Whether this is a spend limit or an unpaid bill: repeating the call is pointless until somebody pays.
    pub fn is_spend_limit(&self) -> bool {
        let code = self.error_code.as_deref();
        match self.status {
            402 => true,
            429 => code.is_some_and(is_spend_code),
            // The limit a customer sets himself has no code, so its words are all there is.
            400 => {
                code.is_some_and(is_spend_code)
                    || self.message.starts_with("You have reached your specified API usage limits")
            }
            _ => false,
        }
    }

    /// The code that callers match on.
    pub fn code(&self) -> ErrorCode {
        if self.is_spend_limit() {
            return ErrorCode::SpendLimit;
        }
        match self.status {
            401 | 403 if self.message.starts_with("CORS requests are not allowed") => {
                ErrorCode::CorsOrganization
            }
            401 if self.message.starts_with("CORS requests") => ErrorCode::CorsBlocked,
            401 => ErrorCode::KeyRefused,
            403 => ErrorCode::Forbidden,
            404 => ErrorCode::NotFound,
            409 => ErrorCode::Conflict,
            413 => ErrorCode::TooLarge,
            429 => ErrorCode::RateLimited,
            529 => ErrorCode::Overloaded,
            500.. => ErrorCode::ServerFault,
            _ => ErrorCode::BadRequest,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.kind.as_str(), self.message)?;
        self.request_id.as_ref().map_or(Ok(()), |id| write!(f, " (request id {id})"))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let answer = |status| Answer { status, kind: None, request_id: None, error_code: None };
        match refusal {
            Refusal::Api(error) => {
                let said = Self::new(error.code(), error.to_string());
                let ApiError { status, kind, error_code, request_id, .. } = error;
                said.answered(Answer { status, kind: Some(kind.as_str().to_owned()), request_id, error_code })
            }
            Refusal::Redirect { status } => {
                let shown = if status == 0 { String::new() } else { format!(" ({status})") };
                let message = format!(
                    "the server answered with a redirect{shown}, which is never followed; check the base URL"
                );
                Self::new(ErrorCode::Redirect, message).answered(answer(status))
            }
            Refusal::Unexpected { status, why } => {
                let message = format!(
                    "HTTP {status}, but the body is not what the API sends ({why}); check the base URL and what stands \
                     in between"
                );
                Self::new(ErrorCode::Unexpected, message).answered(answer(status))
            }
        }
    }
}

#[derive(Default)]
struct Envelope {
    kind: Option<ErrorType>,
    message: Option<String>,
    error_code: Option<String>,
    request_id: Option<String>,
}

impl Envelope {
    fn read(&mut self, body: &[u8]) -> Result<(), SyntaxError> {
        let mut scanner = Scanner::new(body)?;
        read::members(&mut scanner, |key, scanner| {
            if key.is("error") {
                self.read_error(scanner)
            } else if key.is("request_id") {
                self.request_id = read::string(scanner)?.map(Into::into);
                Ok(())
            } else {
                read::skip(scanner)
            }
        })?;
        scanner.step().map(drop)
    }

    fn read_error(&mut self, scanner: &mut Scanner<'_>) -> Result<(), SyntaxError> {
        read::members(scanner, |key, scanner| {
            if key.is("type") {
                self.kind = read::string(scanner)?.map(|text| ErrorType::parse(&text));
            } else if key.is("message") {
                self.message = read::string(scanner)?.map(Into::into);
            } else if key.is("details") {
                read::members(scanner, |key, scanner| {
                    if key.is("error_code") {
                        self.error_code = read::string(scanner)?.map(Into::into);
                        Ok(())
                    } else {
                        read::skip(scanner)
                    }
                })?;
            } else {
                read::skip(scanner)?;
            }
            Ok(())
        })
        .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> ApiError {
        ApiError::read(status, body.as_bytes(), None)
    }

    #[test]
    fn the_envelope_is_read_whole() {
        let body = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow","details":{"error_code":"ramp_limit_exceeded","x":[1]}},"request_id":"req_1"}"#;
        let error = read(429, body);
        assert_eq!(error.kind, ErrorType::RateLimit);
        assert_eq!(error.to_string(), "429 rate_limit_error: Slow (request id req_1)");
        assert_eq!(error.error_code.as_deref(), Some("ramp_limit_exceeded"));
        assert_eq!(ApiError::read(429, body.as_bytes(), Some("req_2")).request_id.as_deref(), Some("req_2"));
    }

    #[test]
    fn bodies_in_other_formats_leave_the_status_to_speak() {
        for (status, body, kind) in [
            (
                413,
                r#"{"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
                "request_too_large",
            ),
            (502, "<html>bad gateway</html>", "api_error"),
            (529, "", "overloaded_error"),
            (404, "{\"error\":\"nope\"}", "not_found_error"),
            (401, "[1]", "authentication_error"),
            (418, "\u{0}", "invalid_request_error"),
            (503, r#"{"error":{"type":"overloaded_error","message":"cut"#, "api_error"),
        ] {
            assert_eq!(read(status, body).kind.as_str(), kind, "{body}");
        }
        assert!(!read(502, "<html>secret</html>").message.contains("secret"));
    }

    #[test]
    fn spend_limits_are_told_from_limits_that_pass() {
        let with_code = |code: &str| {
            format!(
                r#"{{"error":{{"type":"rate_limit_error","message":"m","details":{{"error_code":"{code}"}}}}}}"#
            )
        };
        let own = r#"{"error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01."}}"#;
        for (status, body, spend) in [
            (429, with_code("enforced_spend_limit_reached"), true),
            (429, with_code("contract_spend_limit_reached"), true),
            (429, with_code("ramp_limit_exceeded"), false),
            (429, String::new(), false),
            (402, String::new(), true),
            (400, own.to_owned(), true),
            (400, String::new(), false),
            (529, String::new(), false),
        ] {
            assert_eq!(read(status, &body).is_spend_limit(), spend, "{status} {body}");
        }
    }

    #[test]
    fn each_refusal_has_its_code() {
        for (status, code) in [
            (400, "api/400"),
            (401, "auth/invalid"),
            (402, "spend/limit"),
            (403, "auth/forbidden"),
            (404, "api/404"),
            (409, "api/409"),
            (413, "api/413"),
            (422, "api/400"),
            (429, "rate/429"),
            (500, "api/5xx"),
            (503, "api/5xx"),
            (529, "api/529"),
        ] {
            assert_eq!(Error::from(Refusal::Api(read(status, ""))).code().as_str(), code);
        }
        let cors = r#"{"error":{"type":"authentication_error","message":"CORS requests are not allowed for this Organization because of its settings. x"}}"#;
        assert_eq!(read(401, cors).code().as_str(), "cors/org");
        assert_eq!(Error::from(Refusal::Redirect { status: 0 }).code().as_str(), "api/redirect");
        let unexpected = Refusal::Unexpected { status: 200, why: "not JSON".into() };
        assert_eq!(Error::from(unexpected).code().as_str(), "api/unexpected");
    }
}
