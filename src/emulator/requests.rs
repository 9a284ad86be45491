//! What is kept of the requests of one batch: enough to write their rows, and not a byte of their content.

use serde::{Deserialize, Serialize};

use super::check::{Accepted, Verdict};
use super::refusal::RowError;

/// The requests of one batch: 12 bytes each and the id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Requests {
    /// All ids, one after the other.
    ids: String,
    /// Where each id ends.
    ends: Vec<u32>,
    kept: Vec<Kept>,
    /// The refusals, each once: thousands of rows share a mistake in their template.
    refusals: Vec<RowError>,
}

/// One request. `model` is a place in the model table, or, for a refused request, `REFUSED` with the place of its
/// refusal in `max_tokens`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Kept {
    model: u8,
    max_tokens: u32,
    tokens: u32,
}

const REFUSED: u8 = u8::MAX;

impl Requests {
    pub(super) fn push(&mut self, custom_id: &str, verdict: Verdict) {
        self.ids.push_str(custom_id);
        self.ends.push(self.ids.len() as u32);
        let kept = match verdict {
            Ok(Accepted { model, max_tokens, tokens }) => Kept { model, max_tokens, tokens },
            Err(refusal) => Kept { model: REFUSED, max_tokens: self.place_of(refusal), tokens: 0 },
        };
        self.kept.push(kept);
    }

    pub(super) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    pub(super) fn custom_id(&self, index: u32) -> &str {
        let index = index as usize;
        let end = self.ends.get(index).copied().unwrap_or(0);
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ids.get(start as usize..end as usize).unwrap_or_default()
    }

    /// What the checks found at the create.
    pub(super) fn verdict(&self, index: u32) -> Result<Accepted, &RowError> {
        match self.kept.get(index as usize) {
            Some(kept) if kept.model == REFUSED => match self.refusals.get(kept.max_tokens as usize) {
                Some(refusal) => Err(refusal),
                None => Ok(Accepted::default()),
            },
            Some(&Kept { model, max_tokens, tokens }) => Ok(Accepted { model, max_tokens, tokens }),
            None => Ok(Accepted::default()),
        }
    }

    fn place_of(&mut self, refusal: RowError) -> u32 {
        // A file has few kinds of mistake. One with very many would be compared without end: look at the last few.
        let recent = self.refusals.iter().rev().take(16).position(|known| *known == refusal);
        if recent.is_none() {
            self.refusals.push(refusal);
        }
        (self.refusals.len() - 1 - recent.unwrap_or(0)) as u32
    }
}
