//! What a caller may set, with every default in one place.

use crate::limits;
use crate::plan::PlanOptions;
use crate::time::Wait;

/// What to do when a create went unanswered and the list does not show it at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnAmbiguousCreate {
    /// Search until the settle window is over, then send again.
    #[default]
    Wait,
    /// Search once, then end the job with the candidates found.
    Fail,
    /// Search once, then send again at once. May pay twice; for callers to whom time is worth a second bill.
    Resubmit,
}

/// How a job is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the retry rounds are cut into parts: the same limits as the plan.
    pub limits: PlanOptions,
    /// Passes over requests that failed in a way that may pass, the first one included. At least 1.
    pub rounds: u32,
    /// Batches being processed at once. At least 1. Creates always go one at a time.
    pub concurrency: u32,
    /// Requests waiting at the API at once; the lowest tier's queue holds that many.
    pub max_queued: u64,
    /// USD; no round is begun whose ceiling, with what was spent before, lies above it.
    pub max_cost: Option<f64>,
    /// Requests that may be sent again over all further rounds, as a share of the job. A handful may always.
    pub max_resubmit_share: f64,
    /// The longest wait before a create that the API may ask for; asked for more, the job stops and can be resumed.
    pub max_retry_after: Option<Wait>,
    /// Requests that are sent first, alone; the rest waits until it is told to go on.
    pub pilot: Option<u32>,
    /// What to do with a create whose fate is unknown.
    pub on_ambiguous_create: OnAmbiguousCreate,
    /// How long the list may lag behind a create that went unanswered.
    pub settle: Wait,
    /// How long it may lag behind a create that was answered with a failure: such an answer comes after the fact.
    pub settle_answered: Wait,
    /// For a job taken over from an owner who did not leave it: how long a create of his may still be on its way. Nothing
    /// whose fate he left open is sent again any sooner.
    pub settle_taken_over: Wait,
    /// Whether the runtime may send a create a second time by itself, as browsers do.
    pub may_be_sent_twice: bool,
    /// The longest result line that is kept.
    pub max_line_bytes: usize,
    /// Where chance begins: backoff depends on it, and what made ids begin with. No two jobs should share it.
    pub seed: u64,
}

impl Options {
    /// The defaults, over the limits that the plan was made with.
    pub const fn new(limits: PlanOptions) -> Self {
        Self {
            limits,
            rounds: 3,
            concurrency: 4,
            max_queued: limits::QUEUE_START_TIER as u64,
            max_cost: None,
            max_resubmit_share: 0.2,
            max_retry_after: None,
            pilot: None,
            on_ambiguous_create: OnAmbiguousCreate::Wait,
            settle: Wait::minutes(15),
            settle_answered: Wait::secs(60),
            settle_taken_over: Wait::ZERO,
            may_be_sent_twice: false,
            max_line_bytes: 64 << 20,
            seed: 0,
        }
    }
}
