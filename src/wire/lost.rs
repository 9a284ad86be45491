//! A call that brought no reply.

use crate::error::{Error, ErrorCode};

/// No reply came. Whether the server saw the call is the question that matters for a create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Whether bytes may have reached the server.
    pub sent: Sent,
    /// What stopped it.
    pub reason: LostReason,
    /// One sentence for a person, without secrets.
    pub message: String,
}

/// Whether a call may have reached the server. Browsers and most runtimes do not tell, so `Maybe` is the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Certainly not.
    No,
    /// Possibly: the server may have acted on it.
    Maybe,
}

/// What stopped a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LostReason {
    /// The connection could not be made, or broke.
    Connection,
    /// No response headers in the time allowed.
    Timeout,
    /// The body went silent for longer than allowed.
    Idle,
    /// The caller's signal.
    Aborted,
    /// What it was to carry was made ready too late: it never left.
    Late,
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        let code = match lost.reason {
            LostReason::Connection => ErrorCode::Connection,
            LostReason::Timeout | LostReason::Late => ErrorCode::Timeout,
            LostReason::Idle => ErrorCode::Idle,
            LostReason::Aborted => ErrorCode::Aborted,
        };
        Self::new(code, lost.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_code() {
        for (reason, code) in [
            (LostReason::Connection, "net/connection"),
            (LostReason::Timeout, "net/timeout"),
            (LostReason::Idle, "net/idle"),
            (LostReason::Aborted, "abort/user"),
            (LostReason::Late, "net/timeout"),
        ] {
            let error = Error::from(Lost { sent: Sent::Maybe, reason, message: "gone".into() });
            assert_eq!((error.code().as_str(), error.message()), (code, "gone"));
        }
    }
}
