//! What a plan may be and what it consists of.

use super::twins::TwinKey;
use crate::error::{Error, ErrorCode};
use crate::limits::{MAX_BODY_BYTES, MAX_REQUESTS};
use crate::request::{Terms, Violation, envelope};

/// What becomes of a source with problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validate {
    /// Everything is checked; one error refuses the plan.
    #[default]
    Strict,
    /// Everything is checked and listed; what cannot be placed is left out, the rest is planned.
    Warn,
    /// Only what placing needs is checked: JSON, an id of its own, a size that fits. An error refuses the plan.
    Off,
}

/// What stands in `custom_id` when requests are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    /// The caller's own ids.
    #[default]
    Verbatim,
    /// Ids made for the wire; see [`super::Nonce`]. The caller's own may be any text that is not empty.
    Made,
}

/// How requests are cut into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    /// Requests in a part at the most, 1 to 100,000, which is also the default.
    pub max_requests: u32,
    /// Bytes in a part's body at the most; 256,000,000 is the default and the most the API takes.
    pub max_body_bytes: u64,
    /// What becomes of a source with problems.
    pub validate: Validate,
    /// What stands in `custom_id` when they are sent.
    pub ids: Ids,
    /// Sends requests once that are the same but for their ids, told apart by digests with this key. `None`: every one is
    /// sent.
    pub dedupe: Option<TwinKey>,
    /// What the requests are checked against beside themselves.
    pub terms: Terms,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            max_requests: MAX_REQUESTS,
            max_body_bytes: MAX_BODY_BYTES,
            validate: Validate::Strict,
            ids: Ids::Verbatim,
            dedupe: None,
            terms: Terms::default(),
        }
    }
}

impl PlanOptions {
    /// The smallest `max_body_bytes` that has room for any request at all.
    pub const MIN_BODY_BYTES: u64 = envelope::body_bytes(1, 2);

    /// The options for a batch under this version, or the newest, and with these betas; and a warning for each name
    /// that we do not know. Where there is one, what we do not know in a request is no error any more.
    pub fn for_batch(self, version: Option<&str>, betas: &[String]) -> (Self, Vec<Violation>) {
        let (terms, strangers) = self.terms.of_batch(version, betas);
        (Self { terms, ..self }, if self.validate == Validate::Off { Vec::new() } else { strangers })
    }

    /// The options, if the API could take what they allow.
    ///
    /// # Errors
    /// `misuse/option` for a limit of nothing, or one above the API's.
    pub fn checked(self) -> Result<Self, Error> {
        let refuse = |name, low: u64, high: u64, value: u64| {
            let message = format!("{name} is {low} to {high}, this is {value}");
            Err(Error::new(ErrorCode::Option, message))
        };
        if !(1..=MAX_REQUESTS).contains(&self.max_requests) {
            return refuse("maxRequests", 1, u64::from(MAX_REQUESTS), u64::from(self.max_requests));
        }
        if !(Self::MIN_BODY_BYTES..=MAX_BODY_BYTES).contains(&self.max_body_bytes) {
            return refuse("maxBodyBytes", Self::MIN_BODY_BYTES, MAX_BODY_BYTES, self.max_body_bytes);
        }
        Ok(self)
    }
}

/// The requests of one create call: neighbours in the plan, but for those that ride with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 0.
    pub index: u32,
    /// The first of its requests.
    pub first: u32,
    /// The last of its requests.
    pub last: u32,
    /// How many requests it has.
    pub count: u32,
    /// Length of its body in bytes, exact.
    pub body_bytes: u64,
}

/// Where a request was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The part that it is sent with, or that its leader is.
    pub part: u32,
    /// The request's number in the plan, from 0.
    pub index: u32,
}
