//! The life of one part, as a table: every transition there is, and nothing else.
//!
//! The machine decides *when* something happens; this file alone says *what may happen when*. A pair that is not listed
//! is a bug of ours and is reported as one, never guessed around. If you change the table, run the tests with
//! `BATCHWISE_BLESS=1` once: the diagram in ARCHITECTURE.md is drawn from it.

use serde::{Deserialize, Serialize};

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// Nothing has left for it, or nothing that can have been accepted.
    Planned,
    /// The list is being asked for the newest batch, the mark of the create to come.
    Marking,
    /// The create call is on its way. A job restored in this state does not know what became of it.
    Sending,
    /// A create was sent and its fate is unknown: the list is searched back to the mark.
    Uncertain,
    /// The API has it; its batch is polled.
    Processing,
    /// The batch has ended; its results are waiting to be read.
    Ended,
    /// Results are being read.
    Harvesting,
    /// Every request of it is accounted for.
    Done,
    /// It was replaced by two halves, or withdrawn before it was sent.
    Dropped,
}

/// What can happen to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartEvent {
    /// Its turn to be created: ask for the mark.
    Mark,
    /// The mark could not be had; nothing was sent.
    MarkFailed,
    /// The mark is known and kept: send the create, once.
    Post,
    /// The API answered with a batch.
    Accepted,
    /// A definite no that will pass: throttled, or never connected.
    Throttled,
    /// A definite no that will not pass.
    Refused,
    /// The body was too large for the way: two halves take its place.
    Split,
    /// No answer, or one that proves nothing.
    Unclear,
    /// A batch in the list fits: ours until its ids say otherwise.
    Adopted,
    /// The settle window is over and the list holds nothing that fits: it was never accepted.
    Settled,
    /// The batch has ended.
    End,
    /// The results are asked for.
    Open,
    /// The results broke off, or were not all there: ask again.
    Broken,
    /// The ids in the results account for the part.
    Whole,
    /// An adopted batch holds other ids, or is gone, or an answer names it as another part's.
    Alien,
    /// The job was cancelled before this part was sent.
    Withdrawn,
}

impl PartEvent {
    /// Whether a job that forgot this would search, wait or read for nothing. What is not news is found out again by
    /// asking; a create that leaves is saved before it does.
    pub(super) const fn is_news(self) -> bool {
        matches!(
            self,
            Self::Accepted
                | Self::Throttled
                | Self::Refused
                | Self::Split
                | Self::Unclear
                | Self::Adopted
                | Self::Alien
                | Self::Whole
        )
    }
}

use PartEvent as E;
use PartState as S;

/// Every transition there is.
pub const TRANSITIONS: &[(PartState, PartEvent, PartState)] = &[
    (S::Planned, E::Mark, S::Marking),
    (S::Planned, E::Withdrawn, S::Dropped),
    (S::Marking, E::MarkFailed, S::Planned),
    (S::Marking, E::Post, S::Sending),
    (S::Marking, E::Withdrawn, S::Dropped),
    (S::Sending, E::Accepted, S::Processing),
    (S::Sending, E::Throttled, S::Planned),
    (S::Sending, E::Refused, S::Planned),
    (S::Sending, E::Split, S::Dropped),
    (S::Sending, E::Unclear, S::Uncertain),
    (S::Uncertain, E::Adopted, S::Processing),
    (S::Uncertain, E::Settled, S::Planned),
    (S::Processing, E::End, S::Ended),
    (S::Processing, E::Alien, S::Uncertain),
    (S::Ended, E::Open, S::Harvesting),
    (S::Ended, E::Alien, S::Uncertain),
    (S::Harvesting, E::Broken, S::Ended),
    (S::Harvesting, E::Whole, S::Done),
    (S::Harvesting, E::Alien, S::Uncertain),
];

impl PartState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Marking,
        Self::Sending,
        Self::Uncertain,
        Self::Processing,
        Self::Ended,
        Self::Harvesting,
        Self::Done,
        Self::Dropped,
    ];

    /// Where `event` leads from here; `None` when it cannot happen here.
    pub fn on(self, event: PartEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| *from == self && *on == event).map(|(_, _, to)| *to)
    }

    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Dropped)
    }

    /// Whether the create slot is taken: between the mark and the knowledge of the create's fate.
    pub const fn holds_create(self) -> bool {
        matches!(self, Self::Marking | Self::Sending | Self::Uncertain)
    }

    /// Whether the API has a batch for it that has not ended.
    pub const fn is_queued(self) -> bool {
        matches!(self, Self::Processing)
    }

    /// The state's name in progress reports and snapshots.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Marking => "marking",
            Self::Sending => "sending",
            Self::Uncertain => "uncertain",
            Self::Processing => "processing",
            Self::Ended => "ended",
            Self::Harvesting => "harvesting",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// What a restored part must be taken for: a call that was on its way when the job was saved has an unknown fate.
    #[must_use]
    pub const fn restored(self) -> Self {
        match self {
            Self::Marking => Self::Planned,
            Self::Sending => Self::Uncertain,
            Self::Harvesting => Self::Ended,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pair_is_listed_twice() {
        for (at, (from, event, _)) in TRANSITIONS.iter().enumerate() {
            let again = TRANSITIONS.iter().skip(at + 1).any(|(f, e, _)| f == from && e == event);
            assert!(!again, "{from:?} on {event:?} is listed twice");
        }
    }

    #[test]
    fn every_state_can_end_and_only_final_states_do() {
        for state in PartState::ALL {
            let leaves = TRANSITIONS.iter().any(|(from, _, _)| *from == state);
            assert_eq!(leaves, !state.is_final(), "{state:?}");
            let mut reached = vec![state];
            let mut at = 0;
            while let Some(&from) = reached.get(at) {
                let next = TRANSITIONS.iter().filter(|(f, _, _)| *f == from).map(|(_, _, to)| *to);
                let new: Vec<_> = next.filter(|to| !reached.contains(to)).collect();
                reached.extend(new);
                at += 1;
            }
            assert!(reached.iter().any(|s| s.is_final()), "{state:?} never ends");
        }
    }

    #[test]
    fn a_create_is_never_sent_without_a_mark_and_never_again_without_knowledge() {
        let into_sending: Vec<_> = TRANSITIONS.iter().filter(|(_, _, to)| *to == S::Sending).collect();
        assert_eq!(into_sending, [&(S::Marking, E::Post, S::Sending)]);
        let out_of_uncertain: Vec<_> =
            TRANSITIONS.iter().filter(|(from, _, _)| *from == S::Uncertain).collect();
        assert!(out_of_uncertain.iter().all(|(_, event, _)| matches!(event, E::Adopted | E::Settled)));
        assert_eq!(S::Sending.restored(), S::Uncertain);
    }
}
