//! One batch: its life as a function of time, and the end of each of its requests.
//!
//! Nothing happens to a batch between calls. Its state at any moment follows from its creation, its planned length and
//! a cancel, so a batch that nobody asks about costs nothing.

use std::cell::RefCell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::clock::{LIFETIME, Micros, RETENTION, SECOND, push_digits, push_time};
use super::dice::{For, below, number_of, throw, unit, whole};
use super::options::Rates;
use super::refusal::{ErrorKind, RowError};
use super::requests::Requests;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Batch {
    pub(super) id: String,
    /// Which create it was, from 1: what its luck hangs on.
    pub(super) number: u64,
    pub(super) created: Micros,
    /// How far the clock was off that wrote down when it was created.
    #[serde(default)]
    pub(super) clock_error: i64,
    /// How long it would take if nothing came between.
    pub(super) length: Micros,
    pub(super) canceled: Option<Micros>,
    pub(super) deleted: bool,
    /// Not in the list before this moment.
    pub(super) listed_from: Micros,
    /// 404 before this moment.
    pub(super) visible_from: Micros,
    pub(super) seed: u64,
    pub(super) rates: Rates,
    pub(super) requests: Arc<Requests>,
    #[serde(skip)]
    pub(super) written: Written,
}

/// The object as it was written last: a list shows the same batches again and again.
#[derive(Debug, Clone, Default)]
pub(super) struct Written(RefCell<Option<(View, String)>>);

/// What an object says hangs on nothing else, as long as the counts do not move while it runs.
#[derive(Debug, Clone, PartialEq)]
struct View {
    phase: Phase,
    is_archived: bool,
    origin: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    InProgress,
    Canceling,
    Ended,
}

/// How one request ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End<'a> {
    Succeeded(Stop),
    /// Found faulty before it ran.
    Refused(&'a RowError),
    /// Refused because the emulator was told to.
    Planted,
    /// Failed while it ran.
    Failed(ErrorKind),
    Canceled,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    EndTurn,
    MaxTokens,
    Refusal,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) processing: u32,
    pub(super) succeeded: u32,
    pub(super) errored: u32,
    pub(super) canceled: u32,
    pub(super) expired: u32,
}

impl Batch {
    pub(super) fn phase(&self, now: Micros) -> Phase {
        if now >= self.ended() {
            Phase::Ended
        } else if self.canceled.is_some() {
            Phase::Canceling
        } else {
            Phase::InProgress
        }
    }

    /// The moment at which it ends, as things stand.
    pub(super) fn ended(&self) -> Micros {
        let drained = self.canceled.map_or(Micros::MAX, |at| at + self.drain());
        self.expires().min(self.created + self.length).min(drained)
    }

    pub(super) fn expires(&self) -> Micros {
        self.created + LIFETIME
    }

    /// Its creation as it is told, and as the list is sorted.
    pub(super) fn told(&self) -> Micros {
        self.created.saturating_add_signed(self.clock_error)
    }

    pub(super) fn archived(&self, now: Micros) -> Option<Micros> {
        Some(self.created + RETENTION).filter(|at| now >= *at)
    }

    pub(super) fn counts(&self, now: Micros, is_progressive: bool) -> Counts {
        let mut counts = Counts::default();
        let has_ended = self.phase(now) == Phase::Ended;
        if !has_ended && !is_progressive {
            counts.processing = self.requests.len();
            return counts;
        }
        for index in 0..self.requests.len() {
            let counter = if !has_ended && self.finish(index) > now {
                &mut counts.processing
            } else {
                match self.end_of(index) {
                    End::Succeeded(_) => &mut counts.succeeded,
                    End::Refused(_) | End::Planted | End::Failed(_) => &mut counts.errored,
                    End::Canceled => &mut counts.canceled,
                    End::Expired => &mut counts.expired,
                }
            };
            *counter += 1;
        }
        counts
    }

    /// How the request at `index` ends, as things stand.
    pub(super) fn end_of(&self, index: u32) -> End<'_> {
        let finish = self.finish(index);
        if self.canceled.is_some_and(|at| finish > at + self.in_flight()) {
            return End::Canceled;
        }
        if finish > self.expires() {
            return End::Expired;
        }
        if let Err(refusal) = self.requests.verdict(index) {
            return End::Refused(refusal);
        }
        // Most emulators plant nothing: their rows need no dice.
        if self.rates == Rates::default() {
            return End::Succeeded(Stop::EndTurn);
        }
        let id = number_of(self.requests.custom_id(index));
        if unit(throw(self.seed, For::Planted, id, 0)) < self.rates.invalid {
            return End::Planted;
        }
        let luck = unit(throw(self.seed, For::Outcome, self.number, id));
        let rates = &self.rates;
        let table = [
            (rates.overloaded, End::Failed(ErrorKind::Overloaded)),
            (rates.expired, End::Expired),
            (rates.api_error, End::Failed(ErrorKind::Api)),
            (rates.timeout, End::Failed(ErrorKind::Timeout)),
            (rates.rate_limit, End::Failed(ErrorKind::RateLimit)),
            (rates.refusal, End::Succeeded(Stop::Refusal)),
            (rates.truncated, End::Succeeded(Stop::MaxTokens)),
        ];
        let mut sum = 0.0;
        for (rate, end) in table {
            sum += rate;
            if luck < sum {
                return end;
            }
        }
        End::Succeeded(Stop::EndTurn)
    }

    /// Appends the object in the API's key order.
    pub(super) fn push_json(&self, out: &mut String, now: Micros, is_progressive: bool, origin: &str) {
        let (phase, is_archived) = (self.phase(now), self.archived(now).is_some());
        if is_progressive && phase != Phase::Ended {
            return self.write(out, now, is_progressive, origin);
        }
        let mut written = self.written.0.borrow_mut();
        let is_same =
            |view: &View| view.phase == phase && view.is_archived == is_archived && view.origin == origin;
        if let Some((_, text)) = written.as_ref().filter(|(view, _)| is_same(view)) {
            return out.push_str(text);
        }
        let mut text = String::with_capacity(512);
        self.write(&mut text, now, is_progressive, origin);
        out.push_str(&text);
        *written = Some((View { phase, is_archived, origin: origin.to_owned() }, text));
    }

    fn write(&self, out: &mut String, now: Micros, is_progressive: bool, origin: &str) {
        let phase = self.phase(now);
        let status = match phase {
            Phase::InProgress => "in_progress",
            Phase::Canceling => "canceling",
            Phase::Ended => "ended",
        };
        let Counts { processing, succeeded, errored, canceled, expired } = self.counts(now, is_progressive);
        out.push_str("{\"id\":\"");
        out.push_str(&self.id);
        out.push_str("\",\"type\":\"message_batch\",\"processing_status\":\"");
        out.push_str(status);
        for (name, count) in [
            ("\",\"request_counts\":{\"processing\":", processing),
            (",\"succeeded\":", succeeded),
            (",\"errored\":", errored),
            (",\"canceled\":", canceled),
            (",\"expired\":", expired),
        ] {
            out.push_str(name);
            push_digits(out, u64::from(count), 1);
        }
        out.push_str("},\"ended_at\":");
        push_time(out, (phase == Phase::Ended).then(|| self.ended()));
        out.push_str(",\"created_at\":");
        push_time(out, Some(self.told()));
        out.push_str(",\"expires_at\":");
        push_time(out, Some(self.told() + LIFETIME));
        let archived = self.archived(now);
        out.push_str(",\"archived_at\":");
        push_time(out, archived);
        out.push_str(",\"cancel_initiated_at\":");
        push_time(out, self.canceled);
        out.push_str(",\"results_url\":");
        if phase == Phase::Ended && archived.is_none() {
            for piece in ["\"", origin, "/v1/messages/batches/", &self.id, "/results\"}"] {
                out.push_str(piece);
            }
        } else {
            out.push_str("null}");
        }
    }

    /// When the request at `index` would be done.
    fn finish(&self, index: u32) -> Micros {
        let share = unit(throw(self.seed, For::Finish, self.number, u64::from(index)));
        self.created + whole(self.length as f64 * share)
    }

    /// A cancel lets what is being worked on finish: 5 to 25 seconds.
    fn drain(&self) -> Micros {
        5 * SECOND + below(throw(self.seed, For::Duration, self.number, 2), 20 * SECOND)
    }

    /// What finishes so shortly after a cancel was in flight. A batch canceled at once had not begun.
    fn in_flight(&self) -> Micros {
        let age = self.canceled.map_or(0, |at| at.saturating_sub(self.created));
        (age / 10).min(self.drain() / 2)
    }
}

/// How long a batch of that size takes: a minute for a few, four for very many.
pub(super) fn length(processing_ms: Option<u64>, seed: u64, number: u64, count: u32) -> Micros {
    if let Some(ms) = processing_ms {
        return ms.saturating_mul(1_000).min(Micros::MAX / 4);
    }
    let by_size = (u64::from(count) * SECOND / 50).min(120 * SECOND);
    60 * SECOND + by_size + below(throw(seed, For::Duration, number, 1), 60 * SECOND)
}
