//! The account of a job: what became of every request, and what it cost.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::cost::UsageSum;
use crate::jsonl::BadLine;
use crate::wire::Outcome;

use super::ending::Final;
use super::progress::Counts;
use super::sweep::PaidTwice;

/// Ids and bad lines kept by name; beyond that they are only counted.
const KEPT: usize = 10_000;

/// Requests by how they ended. Their sum is the number of requests once the job is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Answered by the model.
    pub succeeded: u32,
    /// Refused or failed.
    pub errored: u32,
    /// Cancelled before the model answered.
    pub canceled: u32,
    /// Not reached within 24 hours.
    pub expired: u32,
    /// Ended in a way this version does not know; left out where there are none.
    #[serde(skip_serializing_if = "is_none")]
    pub unknown: u32,
    /// Not in the results of their batch.
    pub missing: u32,
    /// In a line of the results that cannot be read; left out where there are none.
    #[serde(skip_serializing_if = "is_none")]
    pub unreadable: u32,
    /// In a line of the results that is longer than is kept; left out where there are none.
    #[serde(skip_serializing_if = "is_none")]
    pub oversized: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

impl Outcomes {
    /// Counts one more request that ended with `how`.
    pub const fn add(&mut self, how: Final) {
        let counter = self.counter(how);
        *counter = counter.saturating_add(1);
    }

    /// Takes one such count back.
    pub const fn take_back(&mut self, how: Final) {
        let counter = self.counter(how);
        *counter = counter.saturating_sub(1);
    }

    const fn counter(&mut self, how: Final) -> &mut u32 {
        match how {
            Final::Said(Outcome::Succeeded) => &mut self.succeeded,
            Final::Said(Outcome::Errored) => &mut self.errored,
            Final::Said(Outcome::Canceled) => &mut self.canceled,
            Final::Said(Outcome::Expired) => &mut self.expired,
            Final::Said(Outcome::Unknown) => &mut self.unknown,
            Final::Missing => &mut self.missing,
            Final::Unreadable => &mut self.unreadable,
            Final::Oversized => &mut self.oversized,
        }
    }

    /// All of them.
    pub const fn total(&self) -> u64 {
        self.succeeded as u64
            + self.errored as u64
            + self.canceled as u64
            + self.expired as u64
            + self.unknown as u64
            + self.missing as u64
            + self.unreadable as u64
            + self.oversized as u64
    }
}

/// A results file that does not say what its batch says. The file's ids decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// Index of the part.
    pub part: u32,
    /// The batch.
    pub batch: String,
    /// Its own counts.
    pub said: Counts,
    /// What its file holds.
    pub read: Counts,
}

/// What a job has come to. Final once the machine says `Done`.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How requests ended.
    pub outcomes: Outcomes,
    /// Passes made, the first one included.
    pub rounds: u32,
    /// Tokens and their price, of every row handed out.
    pub usage: UsageSum,
    /// Lines of results files that could not be read, with the part they stood in.
    pub bad_lines: Vec<(u32, BadLine)>,
    /// Ids the results do not hold.
    pub missing: Vec<String>,
    /// Ids in results that were never sent with that batch.
    pub unknown_ids: BTreeSet<String>,
    /// Ids that results hold more than once.
    pub duplicate_ids: BTreeSet<String>,
    /// Ids whose further lines, in the same reading or in a later one, say something else than the first, which counts.
    pub conflicting_ids: BTreeSet<String>,
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

impl Report {
    /// Notes a bad line of the reading under way.
    pub fn bad_line(&mut self, part: u32, line: BadLine) {
        if self.bad_lines.len() < KEPT {
            self.bad_lines.push((part, line));
        }
    }

    /// Notes an id that nobody sent.
    pub fn unknown_id(&mut self, id: &str) {
        if self.unknown_ids.len() < KEPT && !self.unknown_ids.contains(id) {
            self.unknown_ids.insert(id.to_owned());
        }
    }

    /// Notes an id of which two lines say different things.
    pub fn conflict(&mut self, id: &str) {
        if self.conflicting_ids.len() < KEPT && !self.conflicting_ids.contains(id) {
            self.conflicting_ids.insert(id.to_owned());
        }
    }

    /// Notes an id that came twice.
    pub fn duplicate_id(&mut self, id: &str) {
        if self.duplicate_ids.len() < KEPT && !self.duplicate_ids.contains(id) {
            self.duplicate_ids.insert(id.to_owned());
        }
    }
}
