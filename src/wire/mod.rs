//! What the API says, word for word: the six calls that go out and the replies that come back.
//!
//! A [`Call`] is a description, not a request: it knows its method and path, never a host or a key. A [`Reply`] is
//! status, a few headers and bytes, and is read into the API's own objects. Values that the API may add later
//! (statuses, error types, fields) are kept or passed over, never refused. Start with [`Call`] and [`Reply`].
//!
//! **Invariant:** whatever bytes a server sends, reading them ends in an object of the API or in one [`Refusal`].

mod batch;
mod batch_id;
mod call;
mod error_type;
mod lost;
mod outcome;
mod read;
mod refusal;
mod reply;
mod retry_after;
mod timestamp;
mod usage;

pub use batch::{BatchPage, MessageBatch, ProcessingStatus, RequestCounts};
pub use batch_id::BatchId;
pub use call::{Call, Endpoint, ListQuery, Method};
pub use error_type::ErrorType;
pub use lost::{Lost, LostReason, Sent};
pub use outcome::{Outcome, RowRetry};
pub use refusal::{ApiError, Refusal, is_unpaid};
pub use reply::Reply;
pub use timestamp::{parse_timestamp, write_timestamp};
pub use usage::{Iteration, Usage, UsagePart, UsageParts};
