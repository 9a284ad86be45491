//! The server's state as text, so that a page can keep it over a reload.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::batch::Batch;
use super::server::Server;
use super::store::Store;

/// Counted up whenever an older text could no longer be read.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Snapshot<'a> {
    version: u32,
    calls: u64,
    calls_by_endpoint: [u64; 6],
    commits: u64,
    newest: u64,
    batches: Vec<Cow<'a, Batch>>,
}

impl Server {
    /// Everything that calls have made of the server: batches and counters, but neither options nor faults.
    pub fn export(&self) -> String {
        let snapshot = Snapshot {
            version: VERSION,
            calls: self.calls,
            calls_by_endpoint: self.calls_by_endpoint,
            commits: self.commits,
            newest: self.store.newest,
            batches: self.store.all().map(Cow::Borrowed).collect(),
        };
        // Plain data in memory does not fail to become text.
        serde_json::to_string(&snapshot).unwrap_or_default()
    }

    /// Puts what [`export`](Self::export) gave in the place of all batches and counters.
    ///
    /// # Errors
    /// One sentence where the text is none of ours; the server is unchanged then.
    pub fn import(&mut self, text: &str) -> Result<(), String> {
        let snapshot: Snapshot<'_> =
            serde_json::from_str(text).map_err(|why| format!("state: not an emulator's state: {why}"))?;
        if snapshot.version != VERSION {
            return Err(format!("state: version {} is not known here", snapshot.version));
        }
        self.calls = snapshot.calls;
        self.calls_by_endpoint = snapshot.calls_by_endpoint;
        self.commits = snapshot.commits;
        self.store = Store::default();
        self.store.newest = snapshot.newest;
        for batch in snapshot.batches {
            self.store.insert(batch.into_owned());
        }
        Ok(())
    }
}
