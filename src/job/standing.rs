//! A job as its journal has it, for whoever does not hold it and only looks. Plain values, ready to be shown.

use serde::Serialize;

use crate::error::{Error, ErrorCode};
use crate::journal::Keeper;
use crate::time::Millis;

use super::ledger::Ledger;
use super::report::Outcomes;
use super::sections::{has_ended, saved_in};

/// More requests than any job has.
const MOST: u32 = 1 << 27;

/// A job as it was last kept.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// `running` while somebody holds it, `done`, or `left`: nobody holds it, and it has not ended.
    pub state: &'static str,
    /// The name of whoever holds it.
    pub owner: Option<String>,
    /// Until when, unless he renews that.
    pub until: Option<u64>,
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
    pub parts: Vec<PartStanding>,
}

/// A part as it was last kept. Times are milliseconds since 1970 by the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartStanding {
    /// Its number in the job, from 0.
    pub index: u32,
    /// The round it belongs to, from 1.
    pub round: u32,
    /// Where it stands; see `ARCHITECTURE.md`.
    pub state: &'static str,
    /// Requests in it.
    pub request_count: u32,
    /// Its batch.
    pub batch_id: Option<String>,
    /// Whether its batch was told of the wish to cancel.
    pub canceling: bool,
    /// When the batch was created.
    pub created_at: Option<u64>,
    /// When what is left of it expires.
    pub expires_at: Option<u64>,
}

impl Standing {
    /// The job in a journal that was read, opened to look or to go on.
    ///
    /// # Errors
    /// [`ErrorCode::StoreDamaged`] when it holds none that can be read.
    pub fn of(keeper: &Keeper, now: Millis) -> Result<Self, Error> {
        let saved = saved_in(keeper)?;
        let ledger = Ledger::read(&saved.ledger, MOST).ok_or_else(|| {
            Error::new(ErrorCode::StoreDamaged, "the journal's records are whole, but do not make a job")
        })?;
        let mut outcomes = Outcomes::default();
        for how in (0..ledger.len()).filter_map(|request| ledger.outcome(request)) {
            outcomes.add(how);
        }
        // Whoever has come to its end is about to give it back.
        let has_ended = has_ended(keeper);
        let holder = keeper.holder(now).filter(|_| !has_ended);
        Ok(Self {
            state: match holder {
                _ if has_ended => "done",
                Some(_) => "running",
                None => "left",
            },
            until: holder.as_ref().map(|holder| holder.until.get()),
            owner: holder.map(|holder| holder.owner),
            canceling: saved.canceling,
            request_count: ledger.len(),
            finished: ledger.len() - ledger.open_count(),
            round: saved.round,
            outcomes,
            cost: saved.usage.usd(),
            parts: (0..).zip(&saved.parts).map(|(index, part)| part.standing(index)).collect(),
        })
    }
}
