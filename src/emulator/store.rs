//! All batches of the workspace, in the order in which the list shows them.

use std::collections::{BTreeMap, HashMap};

use super::batch::{Batch, Phase};
use super::clock::{Micros, micros};

/// Sorted by creation; the number tells batches of one microsecond apart.
type Key = (Micros, u64);

#[derive(Debug, Default)]
pub(super) struct Store {
    batches: BTreeMap<Key, Batch>,
    keys: HashMap<String, Key>,
    /// The creation of the newest batch that was there at once.
    pub(super) newest: Micros,
    /// Batches that had not ended when last looked at: only they can fill the queue.
    running: Vec<Key>,
}

/// One page of the list.
pub(super) struct Page<'a> {
    pub(super) batches: Vec<&'a Batch>,
    pub(super) has_more: bool,
}

/// Which page.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) limit: usize,
    pub(super) after: Option<String>,
    pub(super) before: Option<String>,
}

impl Store {
    /// The moment up to which things have happened: callers count milliseconds, the API microseconds, so what was
    /// created within this millisecond exists.
    pub(super) fn now(&self, now_ms: u64) -> Micros {
        micros(now_ms).saturating_add(999).max(self.newest)
    }

    /// The moment of a create: later than that of every batch before it, so that the list keeps their order.
    pub(super) fn next(&mut self, now_ms: u64, fraction: Micros) -> Micros {
        self.newest = (micros(now_ms) + fraction).max(self.newest + 1);
        self.newest
    }

    pub(super) fn insert(&mut self, batch: Batch) {
        let key = (batch.told(), batch.number);
        self.keys.insert(batch.id.clone(), key);
        self.running.push(key);
        self.batches.insert(key, batch);
    }

    /// A batch that a caller may see at `now`.
    pub(super) fn find(&mut self, id: &str, now: Micros) -> Option<&mut Batch> {
        let batch = self.batches.get_mut(self.keys.get(id)?)?;
        (!batch.deleted && batch.visible_from <= now && batch.created <= now).then_some(batch)
    }

    /// A batch that was ever committed, whoever may see it.
    pub(super) fn get(&self, id: &str) -> Option<&Batch> {
        self.batches.get(self.keys.get(id)?)
    }

    /// How many requests wait to be processed.
    pub(super) fn queued(&mut self, now: Micros) -> u64 {
        let Self { batches, running, .. } = self;
        running.retain(|key| batches.get(key).is_some_and(|batch| batch.phase(now) != Phase::Ended));
        running.iter().filter_map(|key| batches.get(key)).map(|batch| u64::from(batch.requests.len())).sum()
    }

    /// One page, newest first; `None` where a cursor names nothing.
    pub(super) fn page(&self, query: &Query, now: Micros) -> Option<Page<'_>> {
        let listed = |batch: &&Batch| !batch.deleted && batch.listed_from <= now && batch.created <= now;
        let cursor = |id: &str| self.keys.get(id).copied();
        if let Some(before) = &query.before {
            // The page of newer ones right before the cursor: walk up from it, then turn it round.
            let newer = self.batches.range(beyond(cursor(before)?)..).map(|(_, batch)| batch);
            let mut page = take(newer.filter(listed), query.limit);
            page.batches.reverse();
            return Some(page);
        }
        let end = match &query.after {
            Some(after) => cursor(after)?,
            None => (Micros::MAX, u64::MAX),
        };
        Some(take(self.batches.range(..end).rev().map(|(_, batch)| batch).filter(listed), query.limit))
    }

    /// Every batch ever committed, deleted ones too, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Batch> {
        self.batches.values()
    }
}

fn beyond((created, number): Key) -> Key {
    (created, number.saturating_add(1))
}

fn take<'a>(mut batches: impl Iterator<Item = &'a Batch>, limit: usize) -> Page<'a> {
    let page: Vec<_> = batches.by_ref().take(limit).collect();
    Page { batches: page, has_more: batches.next().is_some() }
}
