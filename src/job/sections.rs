//! A job as sections of a journal, and back.
//!
//! `head` is the snapshot without what grows with the job; `part.<n>` a part without its requests, `of.<n>.<page>` those;
//! `ledger.<page>` what is known of every request; `unknown`, `duplicate` and `bad` what the report lists by name.
//! `plan` is the host's: what it needs to make the same plan again; `purge` says how far its deleting has come. `end` is there once the job is over.

use crate::error::{Error, ErrorCode};
use crate::journal::Keeper;
use crate::json::{decode, encode};
use crate::jsonl::BadLine;

use super::machine::{Machine, Phase};
use super::runs::runs;
use super::saved_part::{SavedPart, save_part};
use super::snapshot::Snapshot;

/// Runs of neighbouring requests in one section; each takes up to 20 bytes.
const RUNS: usize = 2_000;

/// Bytes of a list's items in one section.
const ITEMS: usize = 40_000;

/// What the host needs to make the same plan again, as JSON of its own.
pub const PLAN: &str = "plan";

/// How far the deleting of the job's batches has come: `"begun"` before the first, `"done"` behind the last.
pub const PURGE: &str = "purge";

/// There once a job is over.
const END: &str = "end";

/// What changed since the last save.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Parts whose requests are saved: they never change.
    parts: usize,
    unknown: usize,
    duplicate: usize,
}

impl Machine {
    /// The sections whose text is not the one the journal has, or is about to have.
    pub(super) fn changed_sections(
        &mut self,
        keeper: &Keeper,
        written: &mut Written,
    ) -> Vec<(String, String)> {
        let mut all = vec![("head".to_owned(), encode(&self.saved_head()))];
        if self.phase == Phase::Done {
            all.push((END.to_owned(), "\"done\"".to_owned()));
        }
        for (n, part) in self.parts.iter().enumerate() {
            all.push((format!("part.{n}"), encode(&save_part(part))));
            if n >= written.parts {
                let pages = runs(&part.requests);
                let pages = pages.chunks(RUNS).enumerate();
                all.extend(pages.map(|(page, runs)| (format!("of.{n}.{page}"), encode(&runs))));
            }
        }
        written.parts = self.parts.len();
        for page in self.ledger.take_changed() {
            all.push((format!("ledger.{page}"), encode(&self.ledger.save_page(page))));
        }
        if self.report.unknown_ids.len() != written.unknown {
            written.unknown = self.report.unknown_ids.len();
            all.extend(pages("unknown", self.report.unknown_ids.iter()));
        }
        if self.report.duplicate_ids.len() != written.duplicate {
            written.duplicate = self.report.duplicate_ids.len();
            all.extend(pages("duplicate", self.report.duplicate_ids.iter()));
        }
        let has_bad = keeper.latest("bad.0").is_some() || !self.report.bad_lines.is_empty();
        if has_bad {
            all.extend(pages("bad", self.report.bad_lines.iter()));
        }
        all.retain(|(name, text)| keeper.latest(name) != Some(text));
        all
    }
}

/// A list in as many sections as it needs, and an empty one behind them: a list may become shorter.
fn pages<T: serde::Serialize>(name: &str, items: impl Iterator<Item = T>) -> Vec<(String, String)> {
    let mut texts: Vec<String> = Vec::new();
    for item in items {
        let text = encode(&item);
        match texts.last_mut().filter(|last| last.len() + text.len() < ITEMS) {
            Some(last) => {
                last.push(',');
                last.push_str(&text);
            }
            None => texts.push(text),
        }
    }
    texts.push(String::new());
    texts
        .into_iter()
        .enumerate()
        .map(|(page, text)| (format!("{name}.{page}"), format!("[{text}]")))
        .collect()
}

/// The job that a journal holds.
///
/// # Errors
/// [`ErrorCode::StoreDamaged`] when it holds none that can be read.
pub fn saved_in(keeper: &Keeper) -> Result<Snapshot, Error> {
    read(keeper).ok_or_else(|| {
        Error::new(
            ErrorCode::StoreDamaged,
            "the journal's records are whole, but do not make a job; nothing was sent",
        )
    })
}

/// Whether the job that a journal holds is over.
pub fn has_ended(keeper: &Keeper) -> bool {
    keeper.section(END).is_some_and(|end| end != "null")
}

fn read(keeper: &Keeper) -> Option<Snapshot> {
    let section = |name: &str, page: usize| keeper.section(&format!("{name}.{page}"));
    let mut job: Snapshot = decode(keeper.section("head")?)?;
    for n in 0.. {
        let Some(text) = section("part", n) else { break };
        let mut part: SavedPart = decode(text)?;
        for page in 0.. {
            let Some(text) = section(&format!("of.{n}"), page) else { break };
            part.requests.extend(decode::<Vec<(u32, u32)>>(text)?);
        }
        job.parts.push(part);
    }
    for page in 0.. {
        let Some(text) = section("ledger", page) else { break };
        job.ledger.push_str(&decode::<String>(text)?);
    }
    job.unknown_ids = list(keeper, "unknown")?;
    job.duplicate_ids = list(keeper, "duplicate")?;
    job.bad_lines = list::<(u32, BadLine)>(keeper, "bad")?;
    Some(job)
}

fn list<T: for<'a> serde::Deserialize<'a>>(keeper: &Keeper, name: &str) -> Option<Vec<T>> {
    let mut items = Vec::new();
    for page in 0.. {
        let Some(text) = keeper.section(&format!("{name}.{page}")) else { break };
        let more: Vec<T> = decode(text)?;
        if more.is_empty() {
            break;
        }
        items.extend(more);
    }
    Some(items)
}
