//! Looking in from outside: what tests assert on. Nothing here can be seen over HTTP.

use std::collections::BTreeMap;

use serde::Serialize;

use super::batch::{End, Phase};
use super::call::Endpoint;
use super::server::Server;

/// One batch as the emulator knows it, deleted ones too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchState {
    /// Its id.
    pub id: String,
    /// How many requests it has.
    pub request_count: u32,
    /// `in_progress`, `canceling` or `ended`.
    pub status: &'static str,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// When it ends or ended, as things stand.
    pub ends_ms: u64,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// Batches and counters at one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// How many creates took effect.
    pub commits: u64,
    /// Calls by endpoint, by its name.
    pub calls: BTreeMap<&'static str, u64>,
    /// How often each fault struck, by its name.
    pub faults: BTreeMap<&'static str, u64>,
    /// Every batch that took effect, oldest first.
    pub batches: Vec<BatchState>,
}

/// What became of one `custom_id` over all batches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Fate {
    /// In how many committed batches it is.
    pub committed: u32,
    /// In how many of them it succeeded (as things stand) and is paid for.
    pub billed: u32,
}

impl Server {
    /// How many calls an endpoint got, faulty ones too.
    pub fn calls(&self, endpoint: Endpoint) -> u64 {
        self.calls_by_endpoint.get(endpoint as usize).copied().unwrap_or(0)
    }

    /// How many creates took effect, whether their reply arrived or not.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// Batches and counters at one look.
    pub fn overview(&self, now_ms: u64) -> Overview {
        Overview {
            commits: self.commits,
            calls: Endpoint::ALL
                .into_iter()
                .map(|endpoint| (endpoint.as_str(), self.calls(endpoint)))
                .collect(),
            faults: self.faults.struck().clone(),
            batches: self.batches(now_ms),
        }
    }

    /// Every batch that took effect, oldest first.
    pub fn batches(&self, now_ms: u64) -> Vec<BatchState> {
        let now = self.store.now(now_ms);
        let state = |batch: &super::batch::Batch| BatchState {
            id: batch.id.clone(),
            request_count: batch.requests.len(),
            status: match batch.phase(now) {
                Phase::InProgress => "in_progress",
                Phase::Canceling => "canceling",
                Phase::Ended => "ended",
            },
            created_ms: batch.created / 1_000,
            ends_ms: batch.ended() / 1_000,
            deleted: batch.deleted,
        };
        self.store.all().map(state).collect()
    }

    /// The ids of the requests of one batch, in the order in which they were sent.
    pub fn custom_ids(&self, batch_id: &str) -> Vec<String> {
        let batch = self.store.get(batch_id);
        let ids = batch
            .map(|batch| (0..batch.requests.len()).map(|index| batch.requests.custom_id(index).to_owned()));
        ids.into_iter().flatten().collect()
    }

    /// How often each `custom_id` was committed and paid for: the proof that nothing was paid twice.
    pub fn fates(&self) -> BTreeMap<String, Fate> {
        let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
        for batch in self.store.all() {
            for index in 0..batch.requests.len() {
                let fate = fates.entry(batch.requests.custom_id(index).to_owned()).or_default();
                fate.committed += 1;
                fate.billed += u32::from(matches!(batch.end_of(index), End::Succeeded(_)));
            }
        }
        fates
    }
}
