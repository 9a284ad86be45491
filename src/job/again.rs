//! Rows that an earlier life of the job handed out and nobody took.
//!
//! Their requests are counted; only their rows are owed. The API has them still: the part whose results hold the row is
//! read once more. What the API never wrote (a request that is missing, or was withdrawn) is written again. A journal
//! keeps no rows of requests that wait for another round either: their part is read again in the same way.

use super::ending::Final;
use super::machine::Machine;
use super::part::Part;
use super::state::PartState;
use crate::wire::Outcome;

impl Machine {
    /// Whether a reading of this part's results has a row to bring for the request, or for one that rides with it.
    pub(super) fn owes(&self, part: &Part, request: u32) -> bool {
        part.answers(request)
            && (self.ledger.is_owed(request)
                || self.plan.riders.of(request).any(|rider| self.ledger.is_again(rider)))
    }

    /// Has parts read again whose rows are owed although they are done, and hands out at once what no results hold.
    pub(super) fn owe_again(&mut self) {
        // The last part that a request went into is the one with its last word.
        let mut part_of = vec![None; self.plan.ids.len() as usize];
        for (at, part) in self.parts.iter().enumerate() {
            for request in part.requests.iter() {
                if let Some(slot) = part_of.get_mut(request as usize) {
                    *slot = Some(at);
                }
            }
        }
        for (leader, rider) in self.plan.riders.iter() {
            let at = part_of.get(leader as usize).copied().flatten();
            if let Some(slot) = part_of.get_mut(rider as usize) {
                *slot = at;
            }
        }
        let mut unwritten = Vec::new();
        for (request, at) in (0..).zip(&part_of) {
            let rowless = self.ledger.is_held(request) && !self.held.contains_key(&request);
            if rowless {
                self.ledger.release(request);
            }
            let outcome = self.ledger.outcome(request).filter(|_| self.ledger.is_again(request));
            let Some(part) = at.and_then(|at| self.parts.get_mut(at)) else { continue };
            match (outcome, part.state) {
                (Some(Final::Missing | Final::Unreadable | Final::Oversized), _)
                | (Some(Final::Said(Outcome::Canceled)), PartState::Dropped) => {
                    unwritten.extend(outcome.map(|how| (request, how)));
                }
                (Some(_), _) if part.round < self.round => {
                    part.state = PartState::Ended;
                    part.again.get_or_insert_default().push(self.plan.riders.leader_of(request));
                }
                (Some(_), PartState::Done) => part.state = PartState::Ended,
                (None, PartState::Done) if rowless => part.state = PartState::Ended,
                _ => {}
            }
        }
        let was_found: Vec<bool> = self.parts.iter().map(|part| part.sent_as.is_some()).collect();
        for (at, part) in self.parts.iter_mut().enumerate().filter(|(_, part)| !part.state.is_final()) {
            // A sweep may have found the last row of some in another batch.
            let is_last = |request: &u32| {
                let last = part_of.get(*request as usize).copied().flatten();
                last.is_none_or(|last| last == at || was_found.get(last) != Some(&true))
            };
            if part.round < self.round {
                // Some that was being read once more when it was saved, and has brought everything since.
                let again = part.again.get_or_insert_default();
                again.sort_unstable();
                again.dedup();
            } else if !part.requests.iter().all(|it| is_last(&it)) {
                // A sweep has found the answers of others in another batch.
                part.again = Some(part.requests.iter().filter(is_last).collect());
            }
        }
        self.write_again(&unwritten);
    }
}
