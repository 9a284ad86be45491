//! A head that is torn: what a process leaves that dies while it writes one, where the store writes in place.
//!
//! Who owned the job, and until when, is lost with it. Which generation of the log counts its records tell: the one in
//! which the newest owner wrote, and of two of his the later, if its copy came to its end (the last record of a copy is
//! the only one that saves). The head is read once more before it counts as torn: somebody may be writing it.

use std::collections::{BTreeMap, VecDeque};

use crate::time::Millis;

use super::frame::{Flaw, Kind, Record};
use super::head::Head;
use super::keeper::{Doing, Keeper, Stage};
use super::op::StoreOp;

/// Times that a head may change while it is looked at and be torn all the same.
const LOOKS: u32 = 3;

/// One generation of the log, as far as it was read.
#[derive(Debug, Default)]
struct Found {
    generation: String,
    number: u64,
    /// The newest epoch in its records.
    epoch: u64,
    /// Whether it holds a state of its own: the first one does from the beginning, a copy from its end.
    is_whole: bool,
}

/// What is found out about a torn head.
#[derive(Debug)]
pub(super) struct Mending {
    torn: String,
    looks: u32,
    is_listed: bool,
    /// Generations to be read, with the highest place in each; the first is the one being read.
    left: VecDeque<(Found, u64)>,
    /// The place that is read next.
    at: u64,
    read: Vec<Found>,
}

impl Mending {
    const fn new(torn: String, looks: u32) -> Self {
        Self { torn, looks, is_listed: false, left: VecDeque::new(), at: 1, read: Vec::new() }
    }

    fn end_of_generation(&mut self) {
        self.read.extend(self.left.pop_front().map(|(found, _)| found));
        self.at = 1;
    }

    /// The generation that counts, and the newest epoch in it.
    fn newest(self) -> (String, u64) {
        let whole = self.read.into_iter().filter(|found| found.is_whole);
        let newest = whole.max_by_key(|found| (found.epoch, found.number));
        newest.map_or_else(|| ("1-1".to_owned(), 0), |found| (found.generation, found.epoch))
    }
}

impl Keeper {
    /// What stands in the place of the head is no record.
    pub(super) fn on_torn_head(&mut self, torn: String) {
        match self.mending.take() {
            Some(known) if known.torn == torn => self.mend(known),
            known => {
                let looks = known.map_or(1, |known| known.looks + 1);
                if looks > LOOKS {
                    return self.fail(self.flawed(Flaw::Damaged, "the head of its journal"));
                }
                self.mending = Some(Mending::new(torn, looks));
                self.stage = Stage::Mend;
            }
        }
    }

    /// The next thing to be read about a torn head.
    pub(super) fn next_of_mending(&self) -> Option<(Doing, StoreOp)> {
        let mending = self.mending.as_ref()?;
        if !mending.is_listed {
            return Some((Doing::List, StoreOp::Keys { prefix: self.prefix() }));
        }
        let key = mending.left.front().map(|(found, _)| self.log_key(&found.generation, mending.at));
        Some(match key {
            Some(key) => (Doing::Mend, StoreOp::Get { key }),
            None => (Doing::ReadHead, StoreOp::Get { key: self.head_key() }),
        })
    }

    pub(super) fn on_keys_of_mending(&mut self, keys: &[String]) {
        let log = format!("{}log:", self.prefix());
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for key in keys {
            let place = key.strip_prefix(&log).and_then(|rest| rest.split_once(':'));
            if let Some((generation, Ok(seq))) =
                place.map(|(generation, seq)| (generation, seq.parse::<u64>()))
            {
                last.entry(generation).and_modify(|last| *last = seq.max(*last)).or_insert(seq);
            }
        }
        let Some(mending) = &mut self.mending else { return };
        mending.is_listed = true;
        mending.left = last
            .into_iter()
            .filter_map(|(generation, last)| {
                let number = generation.split('-').next()?.parse().ok()?;
                let found = Found { number, is_whole: number == 1, ..Found::default() };
                Some((Found { generation: generation.to_owned(), ..found }, last))
            })
            .collect();
    }

    pub(super) fn on_record_of_mending(&mut self, text: Option<&str>) {
        let record = text.map(Record::read);
        if let Some(Err(Flaw::Newer(major))) = record {
            return self.fail(self.flawed(Flaw::Newer(major), "its journal"));
        }
        let Some(mending) = &mut self.mending else { return };
        let at = mending.at;
        match (mending.left.front_mut(), record) {
            (Some((found, last)), Some(Ok(record))) if record.seq == at => {
                found.epoch = found.epoch.max(record.epoch);
                found.is_whole |= record.kind == Kind::Save;
                let is_last = at == *last;
                mending.at += 1;
                if is_last {
                    mending.end_of_generation();
                }
            }
            // What follows a gap is of no use to anybody.
            _ => mending.end_of_generation(),
        }
    }

    /// Takes a head for the torn one that nobody holds. Whoever did may still be at work: nothing says that he gave the job
    /// back.
    fn mend(&mut self, known: Mending) {
        self.head_text = Some(known.torn.clone());
        self.predecessor = Some(self.setup.lease);
        let (generation, epoch) = known.newest();
        let (owner, until, lease) = (String::new(), Millis::new(0), self.setup.lease);
        self.head = Some(Head { epoch, owner, until, lease, generation });
        self.stage = self.stage_with_head();
    }
}
