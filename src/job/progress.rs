//! What a person or a page wants to know while a job runs. Plain values, ready to be shown.

use serde::{Deserialize, Serialize};

use crate::wire::RequestCounts;

use super::machine::{Machine, Phase};
use super::report::Outcomes;

/// A job at one moment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// `running`, `done` or `failed`.
    pub state: &'static str,
    /// Whether the job was asked to cancel.
    pub canceling: bool,
    /// Requests in the job.
    pub request_count: u32,
    /// Requests that have their final outcome.
    pub finished: u32,
    /// The round under way, from 1.
    pub round: u32,
    /// How requests ended so far.
    pub outcomes: Outcomes,
    /// USD spent so far, from reported usage; null when a model has no known price.
    pub cost: Option<f64>,
    /// Every part, those of later rounds last.
    pub parts: Vec<PartProgress>,
}

/// A part at one moment. Times are milliseconds since 1970 by the server's clock.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartProgress {
    /// Its number in the job, from 0.
    pub index: u32,
    /// The round it belongs to, from 1.
    pub round: u32,
    /// Where it stands; see `ARCHITECTURE.md`.
    pub state: &'static str,
    /// Requests in it.
    pub request_count: u32,
    /// Bytes of its create body.
    pub body_bytes: u64,
    /// Its batch.
    pub batch_id: Option<String>,
    /// Whether its batch was told of the wish to cancel.
    pub canceling: bool,
    /// The API's own counts. All of them stay in `processing` until the batch ends.
    pub counts: Option<Counts>,
    /// When the batch was created.
    pub created_at: Option<u64>,
    /// When what is left of it expires.
    pub expires_at: Option<u64>,
    /// When it ended.
    pub ended_at: Option<u64>,
}

/// The API's counts of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Not finished.
    pub processing: u64,
    /// Answered.
    pub succeeded: u64,
    /// Refused or failed.
    pub errored: u64,
    /// Cancelled.
    pub canceled: u64,
    /// Not reached in time.
    pub expired: u64,
}

impl From<RequestCounts> for Counts {
    fn from(counts: RequestCounts) -> Self {
        let RequestCounts { processing, succeeded, errored, canceled, expired } = counts;
        Self { processing, succeeded, errored, canceled, expired }
    }
}

impl Machine {
    /// The job as it stands.
    pub fn progress(&self) -> Progress {
        let parts = self.parts().iter().enumerate().map(|(index, part)| {
            let batch = part.batch.as_ref();
            PartProgress {
                index: index as u32,
                round: part.round,
                state: part.state.as_str(),
                request_count: part.requests.count(),
                body_bytes: part.body_bytes,
                canceling: part.cancel_sent,
                batch_id: batch.map(|batch| batch.id.to_string()),
                counts: batch.map(|batch| batch.counts.into()),
                created_at: batch.and_then(|batch| batch.created_at).map(crate::time::Millis::get),
                expires_at: batch.and_then(|batch| batch.expires_at).map(crate::time::Millis::get),
                ended_at: batch.and_then(|batch| batch.ended_at).map(crate::time::Millis::get),
            }
        });
        let total = self.plan.ids.len();
        Progress {
            state: match self.phase {
                Phase::Running => "running",
                Phase::Done => "done",
                Phase::Failed(_) => "failed",
            },
            canceling: self.canceling,
            request_count: total,
            finished: total - self.ledger.open_count().min(total),
            round: self.round,
            outcomes: self.report.outcomes,
            cost: self.report.usage.usd(),
            parts: parts.collect(),
        }
    }
}
