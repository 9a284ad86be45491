//! Events as plain objects.

use serde::Serialize;

use crate::error::ErrorCode;
use crate::job::Event;

/// An event as a plain object.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Told<'a> {
    Created { part: u32, batch_id: &'a str, adopted: bool },
    Uncertain { part: u32 },
    Settled { part: u32 },
    Split { part: u32 },
    Ended { part: u32 },
    Reread { part: u32, missing: u32 },
    SingleOwner,
    Pilot { go_on: bool },
    Round { round: u32, requests: u32 },
    Orphan { part: u32, batch_id: &'a str, rescued: u32, paid_twice: u32 },
    Unswept { why: &'a str },
    Exhausted { requests: u32 },
    LongWait { part: u32, asked_ms: u64 },
    Unexpected { part: u32, why: &'a str },
    UnknownStatus { part: u32, status: &'a str },
    Overdue { part: u32, batch_id: &'a str },
    Unharvested { part: u32, batch_id: &'a str, days: u32, until: u64 },
    ResultsGone { part: u32, batch_id: &'a str, requests: u32, code: &'static str },
    Retrying { reason: &'a str, at: u64 },
}

/// `event` as it is told.
pub(super) fn told(event: &Event) -> Told<'_> {
    match event {
        Event::Created { part, batch, adopted } => {
            Told::Created { part: *part, batch_id: batch, adopted: *adopted }
        }
        Event::Uncertain { part } => Told::Uncertain { part: *part },
        Event::Settled { part } => Told::Settled { part: *part },
        Event::Split { part } => Told::Split { part: *part },
        Event::Ended { part } => Told::Ended { part: *part },
        Event::Reread { part, missing } => Told::Reread { part: *part, missing: *missing },
        Event::SingleOwner => Told::SingleOwner,
        Event::Pilot { go_on } => Told::Pilot { go_on: *go_on },
        Event::Round { round, requests } => Told::Round { round: *round, requests: *requests },
        Event::Orphan { part, batch, rescued, paid_twice } => {
            Told::Orphan { part: *part, batch_id: batch, rescued: *rescued, paid_twice: *paid_twice }
        }
        Event::Unswept { why } => Told::Unswept { why },
        Event::Exhausted { requests } => Told::Exhausted { requests: *requests },
        Event::LongWait { part, asked } => Told::LongWait { part: *part, asked_ms: asked.get() },
        Event::Unexpected { part, why } => Told::Unexpected { part: *part, why },
        Event::UnknownStatus { part, status } => Told::UnknownStatus { part: *part, status },
        Event::Overdue { part, batch } => Told::Overdue { part: *part, batch_id: batch },
        Event::Unharvested { part, batch, days, until } => {
            Told::Unharvested { part: *part, batch_id: batch, days: *days, until: until.get() }
        }
        Event::ResultsGone { part, batch, requests } => Told::ResultsGone {
            part: *part,
            batch_id: batch,
            requests: *requests,
            code: ErrorCode::ResultsGone.as_str(),
        },
        Event::Retrying { reason, at } => Told::Retrying { reason, at: at.get() },
    }
}
