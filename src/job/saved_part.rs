//! A part as it is saved, and taken up again.

use serde::{Deserialize, Serialize};

use crate::time::{Millis, Wait};
use crate::wire::{BatchId, RequestCounts};

use super::create::LEAVES_WITHIN;
use super::part::{Known, Mark, Part};
use super::runs::unruns;
use super::search::{Search, ServerClock};
use super::standing::PartStanding;
use super::state::PartState;

/// A part, saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedPart {
    round: u32,
    pilot: bool,
    /// Neighbours as pairs of first and count.
    pub(super) requests: Vec<(u32, u32)>,
    state: PartState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent_as: Option<u32>,
    batch: Option<SavedBatch>,
    mark: Option<SavedMark>,
    /// Marks of creates that were taken for not accepted.
    #[serde(default)]
    doubts: Vec<SavedMark>,
    /// Since when the fate of its create is unknown, and for how long the list may lag.
    search: Option<(Millis, Wait)>,
    /// The same on the server's clock.
    #[serde(default)]
    clock: ServerClock,
    /// When its create left, and what named the answers that proved nothing.
    #[serde(default)]
    sent_at: Option<Millis>,
    #[serde(default)]
    request_ids: Vec<String>,
    /// Batches that turned out not to be its own.
    strangers: Vec<String>,
    cancel_sent: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SavedBatch {
    id: String,
    created_at: Option<Millis>,
    expires_at: Option<Millis>,
    tentative: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SavedMark {
    known: Vec<String>,
    earliest: Option<Millis>,
    latest: Millis,
}

impl SavedPart {
    /// Where it stands, for somebody who only looks.
    pub(super) fn standing(&self, index: u32) -> PartStanding {
        let batch = self.batch.as_ref();
        PartStanding {
            index,
            round: self.round,
            state: self.state.as_str(),
            request_count: self.requests.iter().map(|(_, count)| count).sum(),
            batch_id: batch.map(|batch| batch.id.clone()),
            canceling: self.cancel_sent,
            created_at: batch.and_then(|batch| batch.created_at).map(Millis::get),
            expires_at: batch.and_then(|batch| batch.expires_at).map(Millis::get),
        }
    }

    /// The same with its requests.
    pub(super) fn with(self, requests: Vec<(u32, u32)>) -> Self {
        Self { requests, ..self }
    }
}

/// A part as it is saved, without its requests: they never change, and there may be many.
pub(super) fn save_part(part: &Part) -> SavedPart {
    SavedPart {
        round: part.round,
        pilot: part.pilot,
        requests: Vec::new(),
        state: part.state,
        sent_as: part.sent_as,
        batch: part.batch.as_ref().map(|batch| SavedBatch {
            id: batch.id.to_string(),
            created_at: batch.created_at,
            expires_at: batch.expires_at,
            tentative: batch.tentative,
        }),
        mark: part.mark.as_ref().map(save_mark),
        doubts: part.doubts.iter().map(save_mark).collect(),
        search: part.search.as_ref().map(|search| (search.since, search.settle)),
        clock: part.search.as_ref().map(|search| search.clock).unwrap_or_default(),
        sent_at: part.sent_at,
        request_ids: part.request_ids.clone(),
        strangers: part.strangers.iter().map(ToString::to_string).collect(),
        cancel_sent: part.cancel_sent,
    }
}

/// The part that was saved; `None` where it cannot be one.
pub(super) fn restore_part(saved: SavedPart, now: Millis, settle: Wait) -> Option<Part> {
    let state = match saved.state {
        PartState::Sending if mutant!("no intent") => PartState::Planned,
        state => state.restored(),
    };
    let mut part = Part::new(saved.round, unruns(saved.requests), 0);
    part.seen_at = now;
    part.pilot = saved.pilot;
    part.sent_as = saved.sent_as;
    part.cancel_sent = saved.cancel_sent;
    if let Some(batch) = saved.batch {
        part.batch = Some(Known {
            id: BatchId::parse(&batch.id).ok()?,
            created_at: batch.created_at,
            expires_at: batch.expires_at,
            ended_at: None,
            archived_at: None,
            tentative: batch.tentative,
            counts: RequestCounts::default(),
        });
    }
    if let Some(mark) = saved.mark {
        let mut mark = restore_mark(&mark)?;
        if saved.state == PartState::Sending {
            // When its create left nobody knows.
            mark.latest = mark.latest.after(LEAVES_WITHIN);
        }
        part.mark = Some(mark);
    }
    part.doubts = saved.doubts.iter().map(restore_mark).collect::<Option<_>>()?;
    part.strangers = saved.strangers.iter().map(|id| BatchId::parse(id)).collect::<Result<_, _>>().ok()?;
    part.sent_at = saved.sent_at;
    part.request_ids = saved.request_ids;
    part.search =
        saved.search.map(|(since, settle)| Search { clock: saved.clock, ..Search::new(since, settle, None) });
    if state == PartState::Uncertain && part.search.is_none() {
        part.search = Some(Search::new(now, settle, None));
    }
    let consistent = match state {
        PartState::Processing | PartState::Ended => part.batch.is_some(),
        PartState::Uncertain => part.mark.is_some(),
        _ => true,
    };
    part.state = state;
    consistent.then_some(part)
}

fn save_mark(mark: &Mark) -> SavedMark {
    SavedMark {
        known: mark.known.iter().map(ToString::to_string).collect(),
        earliest: mark.earliest,
        latest: mark.latest,
    }
}

fn restore_mark(mark: &SavedMark) -> Option<Mark> {
    let known = mark.known.iter().map(|id| BatchId::parse(id)).collect::<Result<_, _>>().ok()?;
    Some(Mark { known, earliest: mark.earliest, latest: mark.latest })
}
