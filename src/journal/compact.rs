//! Writing the log anew when it has grown to more than it says.
//!
//! The state goes into keys of another generation; only then the head is switched to it, in one step, and the old keys
//! are forgotten one by one. A crash before the switch leaves the old log as it was, and one after it some keys that the
//! next owner sweeps. An owner whose place was taken cannot switch: the head is not his any more.

use std::collections::VecDeque;

use super::frame::Kind;
use super::head::Head;
use super::keeper::{Keeper, What};

/// Bytes that a log may have for nothing.
const SLACK: usize = 64 << 10;

/// A log on its way into another generation.
#[derive(Debug)]
pub(super) struct Copying {
    /// The keys it leaves behind.
    old: Vec<String>,
    generation: String,
    left: VecDeque<(Kind, String)>,
    next: u64,
    bytes: usize,
}

impl Keeper {
    /// Begins to write the log anew if it has grown too long.
    pub(super) fn look_at_size(&mut self) {
        // A change that is half written is in no fold.
        if self.copying.is_some() || !self.is_settled() || self.log_bytes <= 2 * self.fold.bytes() + SLACK {
            return;
        }
        let Some(head) = &self.head else { return };
        let number = head.generation.split('-').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        let mut left: VecDeque<_> = self.fold.records().into();
        left.push_front((Kind::Epoch, "{}".to_owned()));
        // Named after its epoch: no two owners ever write to the same keys.
        let generation = format!("{}-{}", number + 1, head.epoch);
        let old = (1..self.next).map(|seq| self.log_key(&head.generation, seq)).collect();
        self.copying = Some(Copying { old, generation, left, next: 1, bytes: 0 });
    }

    /// The next write of a log that is written anew: what for, where, over what, and the text.
    pub(super) fn next_copy(&self) -> Option<(What, String, Option<String>, String)> {
        let copying = self.copying.as_ref()?;
        if let Some((kind, body)) = copying.left.front().cloned() {
            let key = self.log_key(&copying.generation, copying.next);
            return Some((What::Copy, key, None, self.record(kind, body, copying.next).to_string()));
        }
        let head = Head { generation: copying.generation.clone(), ..self.head.clone()? };
        let text = head.write();
        Some((What::Switch(head), self.head_key(), self.head_text.clone(), text))
    }

    pub(super) fn on_copied(&mut self, bytes: usize) {
        if let Some(copying) = &mut self.copying {
            copying.left.pop_front();
            copying.next += 1;
            copying.bytes += bytes;
        }
    }

    pub(super) fn on_switched(&mut self) {
        let Some(copying) = self.copying.take() else { return };
        self.log_bytes = copying.bytes;
        self.next = copying.next;
        self.sweep.extend(copying.old);
    }
}
