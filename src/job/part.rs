//! One part: the requests of one create call, and what is known of their batch.

use crate::plan::{self, Plan};
use crate::time::{Millis, Wait};
use crate::wire::{BatchId, MessageBatch, RequestCounts};

use super::evidence::Broken;
use super::search::Search;
use super::state::PartState;

/// The requests of a part, as positions in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requests {
    /// Neighbours, as the plan cuts them.
    Range {
        /// The first of them.
        first: u32,
        /// How many.
        count: u32,
    },
    /// Any, in rising order, as a retry round gathers them.
    List(Vec<u32>),
}

impl Requests {
    /// How many there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Range { count, .. } => *count,
            Self::List(list) => list.len() as u32,
        }
    }

    /// Whether `request` is one of them.
    pub fn contains(&self, request: u32) -> bool {
        match self {
            Self::Range { first, count } => request.wrapping_sub(*first) < *count,
            Self::List(list) => list.binary_search(&request).is_ok(),
        }
    }

    /// The place of `request` among them, from 0; `None` when it is not one of them.
    pub fn place_of(&self, request: u32) -> Option<u32> {
        match self {
            Self::Range { first, count } => request.checked_sub(*first).filter(|place| place < count),
            Self::List(list) => list.binary_search(&request).ok().map(|place| place as u32),
        }
    }

    /// All of them, in input order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (range, list) = match self {
            Self::Range { first, count } => (*first..first.saturating_add(*count), [].as_slice()),
            Self::List(list) => (0..0, list.as_slice()),
        };
        range.chain(list.iter().copied())
    }

    /// The requests that the plan sends with one of its parts.
    pub fn planned(plan: &Plan, part: &plan::Part) -> Self {
        let plan::Part { first, last, count, .. } = *part;
        if last - first < count {
            Self::Range { first, count }
        } else {
            Self::List(plan.requests_in(part).collect())
        }
    }

    /// The first `left` of them, and the rest.
    #[must_use]
    pub fn split_at(&self, left: u32) -> (Self, Self) {
        match self {
            Self::Range { first, count } => {
                let left = left.min(*count);
                let rest = Self::Range { first: first.saturating_add(left), count: count - left };
                (Self::Range { first: *first, count: left }, rest)
            }
            Self::List(list) => {
                let (a, b) = list.split_at_checked(left as usize).unwrap_or((list, &[]));
                (Self::List(a.to_vec()), Self::List(b.to_vec()))
            }
        }
    }

    /// Both halves, the first one the larger; `None` when there is but one request.
    pub fn halves(&self) -> Option<(Self, Self)> {
        let count = self.count();
        if count < 2 {
            return None;
        }
        Some(self.split_at(count.div_ceil(2)))
    }
}

/// What was known just before a create left: enough to find its batch again, whatever our clock says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Batches the list showed, newest first: whatever is among them is not ours.
    pub known: Vec<BatchId>,
    /// A batch created before this, by the server's clock, is not ours. `None` when the server told no time.
    pub earliest: Option<Millis>,
    /// A batch created after this is not ours either. Without such a bound a busy workspace feeds an endless chain of
    /// strangers of the same size.
    pub latest: Millis,
}

/// The batch of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: BatchId,
    /// When it was created, by the server's clock.
    pub created_at: Option<Millis>,
    /// When what is left of it expires.
    pub expires_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// When its results went away.
    pub archived_at: Option<Millis>,
    /// Found in the list by its size alone: ours only once its ids say so.
    pub tentative: bool,
    /// The API's own counts, which stay at "processing" until the batch ends.
    pub counts: RequestCounts,
}

impl Known {
    /// What is known of a batch that the API has just told of.
    pub(super) fn of(batch: MessageBatch, tentative: bool) -> Self {
        Self {
            id: batch.id,
            created_at: batch.created_at,
            expires_at: batch.expires_at,
            ended_at: batch.ended_at,
            archived_at: batch.archived_at,
            counts: batch.counts,
            tentative,
        }
    }
}

/// One part and all that is known of it.
#[derive(Clone, Debug)]
pub struct Part {
    /// The round it belongs to, from 1.
    pub round: u32,
    /// Whether it goes first, alone.
    pub pilot: bool,
    /// Its requests.
    pub requests: Requests,
    /// Bytes of its create body.
    pub body_bytes: u64,
    /// Where it stands.
    pub state: PartState,
    /// Its batch, once there is one.
    pub batch: Option<Known>,
    /// What was known before its create left.
    pub mark: Option<Mark>,
    /// The search under way, while its fate is unknown.
    pub search: Option<Search>,
    /// Marks of its creates that were taken for not accepted, though no answer said so.
    pub doubts: Vec<Mark>,
    /// When its mark was asked for, by our clock.
    pub asked_at: Millis,
    /// When its create left, by our clock.
    pub sent_at: Option<Millis>,
    /// Names of the exchanges that left its fate unknown.
    pub request_ids: Vec<String>,
    /// Batches of its size that turned out to be somebody else's, or another part's.
    pub strangers: Vec<BatchId>,
    /// For answers that a sweep found: the part whose create made their batch. Its requests are named after that part.
    pub sent_as: Option<u32>,
    /// For a part that is read once more and does not hold the last row of each of its requests: those whose it does, in
    /// rising order.
    pub again: Option<Vec<u32>>,
    /// Nothing is done for it before then.
    pub due: Millis,
    /// Failures in a row of the call it is making.
    pub failures: u32,
    /// Calls before its create was answered, in a row, that did not reach the API.
    pub unreached: u32,
    /// Whether its body has arrived damaged before.
    pub was_damaged: bool,
    /// Refusals of its results as gone, in a row.
    pub gone: u32,
    /// Readings of its results that ended without a transport error and were short all the same.
    pub short_reads: u32,
    /// Readings of an adopted batch that showed a stray line and nothing of ours, since one last did.
    pub strange_reads: u32,
    /// A hash of the line of each request, by its place here, as a reading first had it: a later one may say something else.
    /// Dropped once its results are whole.
    pub prints: Vec<u32>,
    /// Lines of its results that could not be read the last time.
    pub broken: Vec<Broken>,
    /// Whether the API has been asked to cancel it.
    pub cancel_sent: bool,
    /// Requests of this part with a word in this round.
    pub answered: u32,
    /// When our time first saw the batch, for a grace period in which the API may not find it yet.
    pub seen_at: Millis,
    /// The wait the API asked for with its last answer.
    pub retry_after: Option<Wait>,
    /// What was told of it, so that it is told once.
    pub told: Told,
}

/// What was told of a part in this life of the job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The last status that nobody knows.
    pub status: Option<String>,
    /// That it is late.
    pub overdue: bool,
    /// The age in days at which its results were said to go away soon.
    pub age: u64,
}

impl Part {
    /// A part to be sent.
    pub const fn new(round: u32, requests: Requests, body_bytes: u64) -> Self {
        Self {
            round,
            pilot: false,
            requests,
            body_bytes,
            state: PartState::Planned,
            batch: None,
            mark: None,
            search: None,
            doubts: Vec::new(),
            asked_at: Millis::NEVER,
            sent_at: None,
            request_ids: Vec::new(),
            strangers: Vec::new(),
            sent_as: None,
            again: None,
            due: Millis::new(0),
            failures: 0,
            unreached: 0,
            was_damaged: false,
            gone: 0,
            short_reads: 0,
            strange_reads: 0,
            prints: Vec::new(),
            broken: Vec::new(),
            cancel_sent: false,
            answered: 0,
            seen_at: Millis::new(0),
            retry_after: None,
            told: Told { status: None, overdue: false, age: 0 },
        }
    }

    /// The id of its batch.
    pub fn batch_id(&self) -> Option<&BatchId> {
        self.batch.as_ref().map(|batch| &batch.id)
    }

    /// Whether a row of its results can be the request's last one.
    pub fn answers(&self, request: u32) -> bool {
        match &self.again {
            None => self.requests.contains(request),
            Some(again) => again.binary_search(&request).is_ok(),
        }
    }

    /// Whether nothing is done for it any more before somebody decides.
    pub fn is_put_off(&self) -> bool {
        self.due == Millis::NEVER
    }

    /// Whether it ended with a batch of which nothing ever said whose it is: nobody's, for all we know.
    pub const fn gave_up(&self) -> bool {
        self.state.is_final() && matches!(&self.batch, Some(batch) if batch.tentative)
    }

    /// Whether its batch is not yet proved to be ours.
    pub fn is_tentative(&self) -> bool {
        self.batch.as_ref().is_some_and(|batch| batch.tentative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_hold_every_request_once() {
        for requests in [Requests::Range { first: 5, count: 7 }, Requests::List(vec![1, 4, 9])] {
            let (left, right) = requests.halves().unwrap();
            assert!(left.iter().chain(right.iter()).eq(requests.iter()));
            assert!(left.iter().all(|r| left.contains(r) && requests.contains(r) && !right.contains(r)));
        }
        assert!(Requests::Range { first: 5, count: 1 }.halves().is_none());
        assert!(!Requests::Range { first: 5, count: 7 }.contains(4));
    }
}
