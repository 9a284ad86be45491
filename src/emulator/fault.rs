//! What can go wrong, by name and with its numbers. When it does is `faults.rs`; how it looks is `answer.rs` and
//! `results.rs`.

use serde::Serialize;

use super::call::Endpoint;

/// One fault, where it strikes and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultRule {
    /// The endpoint; `None` strikes on every one.
    pub on: Option<Endpoint>,
    /// What goes wrong.
    pub fault: Fault,
    /// On which calls.
    pub hits: Hits,
}

/// Which calls of an endpoint a rule strikes.
#[derive(Debug, Clone, PartialEq)]
pub enum Hits {
    /// This share of the calls, 0 to 1, by the seed.
    Rate(f64),
    /// Exactly these calls, the first of the endpoint being 1.
    Calls(Vec<u64>),
}

/// Whether a fault comes before the call had its effect or after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum When {
    /// Nothing happened at the server.
    #[default]
    Before,
    /// The effect stands, only the answer is lost or replaced.
    After,
}

/// How a refusal tells the caller when to come back. The wait is in virtual time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum RetryAfter {
    /// It does not.
    #[default]
    Absent,
    /// `retry-after-ms`.
    Ms(u64),
    /// `retry-after` in seconds; the number is in milliseconds.
    Seconds(u64),
    /// `retry-after` as an HTTP date; the number is in milliseconds.
    Date(u64),
}

/// An answer that is not the API's own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StatusFault {
    /// The status, for example 529.
    pub code: u16,
    /// Before or after the effect.
    pub when: When,
    /// The hint to come back.
    pub retry_after: RetryAfter,
    /// The header `x-should-retry`.
    pub should_retry: Option<bool>,
    /// An HTML page as a gateway sends it, in place of the error envelope.
    pub html: bool,
    /// `error.details.error_code`, for example `enforced_spend_limit_reached`.
    pub error_code: Option<String>,
    /// The text of the error, where the usual one will not do.
    pub message: Option<String>,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// Another status than the API would give.
    Status(StatusFault),
    /// The connection breaks and no answer comes.
    Reset(When),
    /// No answer comes for so long, then the connection breaks. Milliseconds.
    Stall {
        /// How long.
        ms: u64,
        /// Before or after the effect.
        when: When,
    },
    /// The answer comes late. Milliseconds.
    Slow {
        /// How late.
        ms: u64,
    },
    /// A 200 with an HTML page, as a captive portal gives it.
    Html(When),
    /// A small reply ends in the middle.
    CutReply(Ending),
    /// A results body ends early, between two lines.
    CutAtLine(Ending),
    /// A results body ends early, within a line.
    CutMidLine(Ending),
    /// A results body comes in small pieces.
    SlowBody {
        /// Bytes in a piece.
        bytes: u32,
        /// Milliseconds between pieces.
        every_ms: u64,
    },
    /// Lines of nothing between the rows.
    BlankLines,
    /// Lines that end in CR LF.
    Crlf,
    /// So many rows become something that is no JSON.
    BadLine(u32),
    /// So many rows come twice.
    DuplicateId(u32),
    /// So many rows come for ids that nobody sent.
    UnknownId(u32),
    /// So many rows do not come.
    MissingId(u32),
    /// One row has so many bytes.
    HugeLine(u32),
    /// So many rows have a result type that nobody knows yet.
    UnknownType(u32),
    /// A create takes effect so many milliseconds later, and its reply is lost. On `Create`.
    LateCommit(u64),
    /// A created batch is missing from the list for so many milliseconds. On `Create`.
    ListLag(u64),
    /// A created batch is answered 404 for so many milliseconds. On `Create`.
    NotFoundAfterCreate(u64),
}

/// How a body ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// As if it were whole.
    #[default]
    Clean,
    /// With a broken connection.
    Reset,
    /// Not at all for so many milliseconds, then with a broken connection.
    Stall(u64),
}
