//! A store that a job lives in: it takes its time, fails, tears what a dying process wrote, and lies where it is told to.

use std::collections::BTreeMap;

use batchwise::job::Final;
use batchwise::journal::{OpId, StoreOp, StoreReply, Stored};
use batchwise::pace::Rng;

use super::config::{MINUTE, SECOND};
use super::keeping::Keeping;
use super::world::{Happening, World};

/// A store that has not answered for so long has failed, as the door says.
const ANSWERS_WITHIN: u64 = MINUTE;

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strike {
    /// It fails, and was not done.
    Refused,
    /// It fails, and was done.
    Done,
    /// No answer comes in time; it was done.
    Lost,
    /// No answer comes in time, and it is done later.
    Late,
    /// The process dies before it was done.
    DeathBefore,
    /// The process dies after it was done.
    DeathAfter,
}

/// An operation under way.
#[derive(Clone, Debug)]
pub(super) enum Task {
    Op(StoreOp),
    /// A listing that has begun, with the keys that were there then: it is no snapshot.
    Listing(String, Vec<String>),
}

/// The store, and the sink beside it.
pub(crate) struct Shelf {
    pub(super) keeping: Keeping,
    pub(super) rng: Rng,
    values: BTreeMap<String, String>,
    /// What was there before the last write, where reads may lie.
    before: BTreeMap<String, Option<String>>,
    /// Operations so far, and what becomes of those that are told by number.
    pub(crate) ops: u32,
    pub(crate) script: BTreeMap<u32, Strike>,
    pub(crate) lied: u64,
    /// The rows that lie in the sink, by request, and how they ended.
    pub(super) sink: BTreeMap<u32, Final>,
}

impl Shelf {
    pub(super) fn new(keeping: Keeping) -> Self {
        let rng = Rng::new(keeping.seed);
        let (values, before, sink) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { keeping, rng, values, before, ops: 0, script: BTreeMap::new(), lied: 0, sink }
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        share > 0.0 && self.rng.unit() < share
    }

    fn strike(&mut self) -> Option<Strike> {
        use Strike::{Done, Late, Lost, Refused};
        let number = self.ops;
        self.ops += 1;
        if let Some(strike) = self.script.get(&number) {
            return Some(*strike);
        }
        let failing = self.keeping.failing;
        // Without compare-and-swap a write that is done later is a second owner's.
        let kinds: &[Strike] =
            if self.keeping.fenced { &[Refused, Done, Lost, Late] } else { &[Refused, Done, Lost] };
        self.chance(failing).then(|| kinds[self.rng.below(kinds.len() as u64) as usize])
    }

    fn write(&mut self, key: &str, value: Option<String>) {
        let lies = self.keeping.lies;
        if self.chance(lies) {
            self.lied += 1;
            return;
        }
        let old = match value {
            Some(value) => self.values.insert(key.to_owned(), value),
            None => self.values.remove(key),
        };
        if lies > 0.0 {
            self.before.insert(key.to_owned(), old);
        }
    }

    fn read(&mut self, key: &str) -> Option<String> {
        let lies = self.keeping.lies;
        if self.chance(lies)
            && let Some(old) = self.before.get(key)
        {
            self.lied += 1;
            return old.clone();
        }
        self.values.get(key).cloned()
    }

    fn really(&mut self, op: &StoreOp) -> StoreReply {
        match op {
            StoreOp::Get { key } => StoreReply::Value(self.read(key)),
            StoreOp::Set { key, value } => {
                self.write(key, Some(value.clone()));
                StoreReply::Done
            }
            StoreOp::Swap { key, expected, next } => {
                let fits = self.values.get(key) == expected.as_ref();
                if fits {
                    self.write(key, Some(next.clone()));
                }
                StoreReply::Swapped(fits)
            }
            StoreOp::Remove { key } => {
                self.write(key, None);
                StoreReply::Done
            }
            StoreOp::Keys { prefix } => StoreReply::Keys(self.keys(prefix)),
        }
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        self.values.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    /// A key that came or went in the course of a listing may be in it or not.
    fn listed(&mut self, prefix: &str, begun: &[String]) -> Vec<String> {
        let now = self.keys(prefix);
        let mut all: Vec<_> = now.iter().chain(begun).cloned().collect();
        all.sort();
        all.dedup();
        all.retain(|key| now.contains(key) && begun.contains(key) || self.rng.below(2) == 0);
        all
    }

    /// What a process was writing when it died is there, or not, or cut.
    fn land(&mut self, op: &StoreOp) {
        let cut = |text: &str, at: u64| text.chars().take(at as usize).collect::<String>();
        match (self.rng.below(3), op) {
            (0, _) => {}
            (1, StoreOp::Set { key, value }) if self.keeping.tears => {
                let at = self.rng.below(value.len() as u64);
                self.values.insert(key.clone(), cut(value, at));
            }
            _ => {
                self.really(op);
            }
        }
    }
}

impl World {
    pub(super) fn shelf(&mut self) -> &mut Shelf {
        self.store.as_mut().expect("the job lives in a store")
    }

    /// Sends an operation to the store.
    pub(super) fn shelve(&mut self, id: OpId, op: StoreOp) {
        self.tell(|| format!("store {op:.300?}"));
        let wait = self.latency();
        let life = self.process.life;
        self.after(wait, Happening::Store { life, id, task: Task::Op(op) });
    }

    fn latency(&mut self) -> u64 {
        let place = self.shelf();
        1 + place.rng.below(place.keeping.latency)
    }

    /// An operation has reached the store. Answers whether its process dies of it.
    pub(super) fn perform(&mut self, life: u32, id: OpId, task: Task) {
        let op = match task {
            Task::Op(StoreOp::Keys { prefix }) if self.shelf().script.is_empty() => {
                let begun = self.shelf().keys(&prefix);
                let wait = self.latency();
                return self.after(wait, Happening::Store { life, id, task: Task::Listing(prefix, begun) });
            }
            Task::Op(op) => op,
            Task::Listing(prefix, begun) => {
                let keys = self.shelf().listed(&prefix, &begun);
                return self.answer(life, id, Ok(StoreReply::Keys(keys)), 0);
            }
        };
        if self.process.life != life && !self.shelf().keeping.fenced {
            return;
        }
        let strike = self.shelf().strike();
        self.seen.faults += u64::from(strike.is_some());
        self.seen.store_faults += u64::from(strike.is_some());
        if let Some(strike) = strike {
            self.tell(|| format!("the store: {strike:?}"));
        }
        let failed = |why: &str| Err(why.to_owned());
        match strike {
            None => {
                let reply = self.shelf().really(&op);
                self.answer(life, id, Ok(reply), 0);
            }
            Some(Strike::Refused) => self.answer(life, id, failed("the disk is full"), 0),
            Some(Strike::Done) => {
                self.shelf().really(&op);
                self.answer(life, id, failed("the connection broke"), 0);
            }
            Some(Strike::Lost) => {
                self.shelf().really(&op);
                self.answer(life, id, failed("no answer within 60 s"), ANSWERS_WITHIN);
            }
            Some(Strike::Late) => {
                self.answer(life, id, failed("no answer within 60 s"), ANSWERS_WITHIN);
                let wait = ANSWERS_WITHIN + self.shelf().rng.below(5 * MINUTE);
                self.after(wait, Happening::Late(op));
            }
            Some(Strike::DeathBefore) => self.die_of_store(life),
            Some(Strike::DeathAfter) => {
                self.shelf().really(&op);
                self.die_of_store(life);
            }
        }
    }

    pub(super) fn perform_late(&mut self, op: &StoreOp) {
        self.tell(|| format!("late, the store does {op:.100?}"));
        self.shelf().really(op);
    }

    fn answer(&mut self, life: u32, id: OpId, stored: Stored, after: u64) {
        let wait = after + self.latency();
        self.after(wait, Happening::Stored { life, id, stored });
    }

    fn die_of_store(&mut self, life: u32) {
        if self.process.life == life {
            self.die();
        }
    }

    /// Our process dies while an operation of its may be on its way. Where the store compares and swaps it may arrive
    /// whenever it likes; elsewhere that would be a second owner.
    pub(super) fn leave_behind(&mut self) {
        if self.shelf().keeping.fenced {
            return;
        }
        let life = self.process.life;
        let op = self.queued().find_map(|happening| match happening {
            Happening::Store { life: whose, task: Task::Op(op), .. } if *whose == life => Some(op.clone()),
            _ => None,
        });
        if let Some(op) = op {
            self.shelf().land(&op);
        }
    }
}

/// A row is on its way into the sink for so long at most.
pub(super) const PUT_WITHIN: u64 = 3 * SECOND;
