//! The report as plain values, ready to be shown or kept.

use serde::Serialize;

use crate::cost::UsageSum;

use super::machine::Machine;
use super::report::{Discrepancy, Outcomes};
use super::sweep::PaidTwice;

/// The account of a job.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Requests in the job.
    pub request_count: u32,
    /// Those whose outcome is that of another, which is the same and was sent in their stead. Usage and cost count once.
    pub merged: u32,
    /// How they ended.
    pub outcomes: Outcomes,
    /// Passes made, the first one included.
    pub rounds: u32,
    /// Ids of the batches, in the order of their parts.
    pub batches: Vec<String>,
    /// Tokens, of every row handed out; shown in the API's own words by the door.
    #[serde(skip)]
    pub usage: UsageSum,
    /// USD, computed from reported usage; null when a model has no known price.
    pub cost: Option<f64>,
    /// Lines of results files that could not be read.
    pub bad_lines: Vec<BadLineIn>,
    /// Ids the results do not hold.
    pub missing: Vec<String>,
    /// Ids in results that nobody sent.
    pub unknown_ids: Vec<String>,
    /// Ids that results hold more than once.
    pub duplicate_ids: Vec<String>,
    /// Those among them whose further lines say something else than the first, which counts.
    pub conflicting_ids: Vec<String>,
    /// Where a results file says something else than its batch.
    pub discrepancies: Vec<Discrepancy>,
    /// Batches whose results were gone before they were read.
    pub gone: Vec<String>,
    /// Answers that were paid for nothing: in batches whose creates had gone unanswered and were sent again.
    pub paid_twice: Vec<PaidTwice>,
    /// Batches that may hold such answers and could not be checked in time.
    pub unchecked: Vec<String>,
    /// Why no further round was made although failures were left that might have passed.
    pub stopped: Option<String>,
}

/// A bad line and the part whose results it stood in.
#[derive(Clone, Debug, Serialize)]
pub struct BadLineIn {
    /// Index of the part.
    pub part: u32,
    /// Its number in the file, from 1.
    pub line: u64,
    /// Its first byte in the file.
    pub offset: u64,
    /// Its bytes, without the line feed.
    pub length: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// The id it begins with, where that can be read.
    pub custom_id: Option<String>,
    /// What was wrong with it.
    pub reason: String,
    /// Its beginning.
    pub sample: String,
}

impl Machine {
    /// The account so far; final once the machine has said `Done`.
    pub fn summary(&self) -> Summary {
        let report = self.report();
        let bad_lines = report.bad_lines.iter().map(|(part, line)| BadLineIn {
            part: *part,
            line: line.line,
            offset: line.offset,
            length: line.length,
            sha256: line.sha256.clone(),
            custom_id: line.custom_id.clone(),
            reason: line.reason.clone(),
            sample: line.sample.clone(),
        });
        Summary {
            request_count: self.plan().ids.len(),
            merged: self.merged(),
            outcomes: report.outcomes,
            rounds: report.rounds,
            batches: self
                .parts()
                .iter()
                .filter(|part| !part.gave_up())
                .filter_map(|part| part.batch_id().map(ToString::to_string))
                .collect(),
            usage: report.usage.clone(),
            cost: report.usage.usd(),
            bad_lines: bad_lines.collect(),
            missing: report.missing.clone(),
            unknown_ids: report.unknown_ids.iter().cloned().collect(),
            duplicate_ids: report.duplicate_ids.iter().cloned().collect(),
            conflicting_ids: report.conflicting_ids.iter().cloned().collect(),
            discrepancies: report.discrepancies.clone(),
            gone: report.gone.clone(),
            paid_twice: report.paid_twice.clone(),
            unchecked: report.unchecked.clone(),
            stopped: report.stopped.clone(),
        }
    }
}
