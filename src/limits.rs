//! What the API allows, each figure with its source and the date it was read.
//!
//! Source tags: *limits* is the table of hard limits of the Message Batches documentation, *rates* its rate-limit
//! page, *errors* its error page, *vision* and *tools* those on pictures and on tools; all read between 2026-10-08 and 2026-11-21.

use crate::time::Wait;

/// Requests in one create call at the most (*limits*, 2026-10-08). The API wants at least one.
pub const MAX_REQUESTS: u32 = 100_000;

/// Bytes in the body of one create call at the most (*errors*, 2026-10-08). The documentation writes "256 MB" and
/// never says whether it means 10^6 or 2^20, so we keep to the smaller reading.
pub const MAX_BODY_BYTES: u64 = 256_000_000;

/// Characters in a `custom_id` at the most (*limits*, 2026-05-06): `^[a-zA-Z0-9_-]{1,64}$`, unique in its batch.
pub const MAX_CUSTOM_ID: usize = 64;

/// How long a batch may be processed before what is left of it expires (*limits*, 2026-10-08).
pub const PROCESSING_WINDOW: Wait = Wait::hours(24);

/// How long results can be read, counted from the batch's `created_at` (*limits*, 2026-10-08).
pub const RETENTION: Wait = Wait::hours(29 * 24);

/// Items in one page of the list at the most (*limits*, 2026-11-19).
pub const MAX_PAGE: u32 = 1000;

/// Items in one page of the list when none is asked for (*limits*, 2026-11-19).
pub const DEFAULT_PAGE: u32 = 20;

/// Requests that may wait in the queue on the lowest tier, Start (*rates*, 2026-10-08).
pub const QUEUE_START_TIER: u32 = 200_000;

/// Pixels of a side of the squares that a picture is cut into, a token each (*vision*, 2026-10-08).
pub const IMAGE_PATCH: u32 = 28;

/// Tokens of a picture at the most, after it was made smaller; and where models are older than 4.7 (*vision*, 2026-10-08).
pub const IMAGE_TOKENS: u64 = 4784;
/// See [`IMAGE_TOKENS`].
pub const IMAGE_TOKENS_OLD: u64 = 1568;

/// Tokens that the API says before the first tool, at the most (*tools*, 2026-10-08: 286 to 804 by model and choice).
pub const TOOLS_TOKENS: u64 = 804;

/// The newest API version we know (2026-10-21), sent as `anthropic-version` when the caller names none.
pub const API_VERSION: &str = "2026-10-21";

/// The version before it, still live, under which sampling parameters exist.
pub const API_VERSION_2023: &str = "2023-06-01";
