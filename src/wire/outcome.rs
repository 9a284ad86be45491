//! What became of one request, and whether to send it again.

use super::ErrorType;
use super::refusal::is_spend_code;

/// The kind of a result. Discriminants are the indices that JavaScript reads from a block's outcome column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// A message was made; billed.
    Succeeded = 0,
    /// It failed; not billed.
    Errored = 1,
    /// It was canceled before it ran; not billed.
    Canceled = 2,
    /// The batch's 24 hours ran out before it ran; not billed.
    Expired = 3,
    /// A kind this version does not know.
    Unknown = 4,
}

impl Outcome {
    /// Every kind, in the order of its discriminant.
    pub const ALL: [Self; 5] = [Self::Succeeded, Self::Errored, Self::Canceled, Self::Expired, Self::Unknown];

    /// The kind that `result.type` names.
    pub fn parse(text: &str) -> Self {
        match text {
            "succeeded" => Self::Succeeded,
            "errored" => Self::Errored,
            "canceled" => Self::Canceled,
            "expired" => Self::Expired,
            _ => Self::Unknown,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Errored => "errored",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether sending the same request again, unchanged and in a new batch, may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RowRetry {
    /// The failure was passing: yes.
    Now = 0,
    /// It would fail the same way, or is done: no.
    Never = 1,
    /// Nobody can say: one more try, then give up.
    Once = 2,
}

impl RowRetry {
    /// Its name in the public API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Never => "never",
            Self::Once => "once",
        }
    }

    /// Judges a row by its outcome and, where it failed, by `error.type`, `error.message` and `details.error_code`.
    pub fn of(
        outcome: Outcome,
        error_type: Option<&str>,
        message: Option<&str>,
        error_code: Option<&str>,
    ) -> Self {
        match outcome {
            Outcome::Errored => Self::of_error(error_type, message.unwrap_or_default(), error_code),
            Outcome::Expired => Self::Now,
            // A kind we do not know may have been billed: sending it again could be paid twice.
            Outcome::Succeeded | Outcome::Canceled | Outcome::Unknown => Self::Never,
        }
    }

    fn of_error(error_type: Option<&str>, message: &str, error_code: Option<&str>) -> Self {
        match ErrorType::parse(error_type.unwrap_or_default()) {
            ErrorType::RateLimit if error_code.is_some_and(is_spend_code) => Self::Never,
            ErrorType::RateLimit | ErrorType::Overloaded | ErrorType::Api | ErrorType::Timeout => Self::Now,
            // The one 400 that is not the request's fault: the host of a URL source may come back.
            ErrorType::InvalidRequest if message.contains("Unable to download") => Self::Once,
            ErrorType::InvalidRequest
            | ErrorType::NotFound
            | ErrorType::Permission
            | ErrorType::Authentication
            | ErrorType::Billing
            | ErrorType::RequestTooLarge => Self::Never,
            ErrorType::Conflict | ErrorType::Other(_) => Self::Once,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_rows_are_judged_by_type_then_code() {
        const SPENT: Option<&str> = Some("enforced_spend_limit_reached");
        const URL: &str = "Unable to download the file. Please verify the URL and try again.";
        for (error_type, message, code, want) in [
            (Some("overloaded_error"), "Overloaded", None, RowRetry::Now),
            (Some("api_error"), "Overloaded", None, RowRetry::Now),
            (Some("timeout_error"), "", None, RowRetry::Now),
            (Some("rate_limit_error"), "", None, RowRetry::Now),
            (Some("rate_limit_error"), "", Some("ramp_limit_exceeded"), RowRetry::Now),
            (Some("rate_limit_error"), "", SPENT, RowRetry::Never),
            (Some("invalid_request_error"), "messages: Field required", None, RowRetry::Never),
            (Some("invalid_request_error"), URL, None, RowRetry::Once),
            (Some("not_found_error"), "", None, RowRetry::Never),
            (Some("permission_error"), "", None, RowRetry::Never),
            (Some("authentication_error"), "", None, RowRetry::Never),
            (Some("billing_error"), "", None, RowRetry::Never),
            (Some("request_too_large"), "", None, RowRetry::Never),
            (Some("conflict_error"), "", None, RowRetry::Once),
            (Some("brand_new_error"), "", None, RowRetry::Once),
            (None, "", None, RowRetry::Once),
        ] {
            assert_eq!(
                RowRetry::of(Outcome::Errored, error_type, Some(message), code),
                want,
                "{error_type:?}"
            );
        }
    }

    #[test]
    fn rows_without_an_error_are_judged_by_outcome() {
        for (name, want) in [
            ("succeeded", RowRetry::Never),
            ("canceled", RowRetry::Never),
            ("expired", RowRetry::Now),
            ("brand_new", RowRetry::Never),
        ] {
            assert_eq!(RowRetry::of(Outcome::parse(name), None, None, None), want, "{name}");
        }
        for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, at);
            assert_eq!(Outcome::parse(outcome.as_str()), outcome);
        }
    }
}
