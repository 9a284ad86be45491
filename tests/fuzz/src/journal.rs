//! A job's journal in a store that fails, and that somebody else has written to: what was settled is read back, what is
//! read was written once, and nothing makes the keeper panic or go on for ever.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Unstructured;
use batchwise::journal::{Goal, Keeper, Record, Setup, StoreOp, StoreReply};
use batchwise::time::{Millis, Wait};

const LEASE: u64 = 60_000;
/// Operations that no journal of this size may need.
const MOST_OPS: u32 = 2_000;

pub fn run(data: &[u8]) {
    if let Ok(record) = Record::read(&String::from_utf8_lossy(data)) {
        assert_eq!(record.to_string().as_bytes(), data, "a record is written in one way");
    }
    let _ = lives(&mut Unstructured::new(data));
}

/// A few owners one after the other, each on what the one before left.
fn lives(u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let mut shelf = Shelf::default();
    // Every text is a number of its own, the later the larger.
    let mut written: BTreeSet<(String, u32)> = BTreeSet::new();
    let mut settled: BTreeMap<String, u32> = BTreeMap::new();
    let mut last = 0;
    let mut tampered = false;
    let mut now = 1_000;
    for life in 0..u.int_in_range(1..=4)? {
        let goal = if life == 0 { Goal::Create } else { Goal::Resume };
        let owner = format!("owner-{life}");
        let (job, lease) = ("j".to_owned(), Wait::millis(LEASE));
        let setup = Setup { job, owner, lease, fenced: true, alone: false, goal };
        let mut keeper = Keeper::new(setup);
        let failing = u.ratio(1, 3)?;
        drive(&mut keeper, &mut shelf, now, if failing { Some(u) } else { None })?;
        if keeper.is_open() {
            for (name, text) in keeper.sections() {
                let known = text.parse().is_ok_and(|text| written.contains(&(name.to_owned(), text)));
                assert!(known, "{name}: {text} was never written");
            }
            if !tampered && !failing {
                for (name, text) in &settled {
                    let read: Option<u32> = keeper.section(name).and_then(|read| read.parse().ok());
                    assert!(
                        read.is_some_and(|read| read >= *text),
                        "{name} was settled as {text}, and is {read:?}"
                    );
                }
            }
        } else if !failing && !tampered && life > 0 && !settled.is_empty() {
            panic!("a whole journal is not opened: {:?}", keeper.failure());
        }
        for _ in 0..u.int_in_range(0..=4)? {
            let name = format!("s{}", u.int_in_range(0..=2)?);
            last += 1;
            written.insert((name.clone(), last));
            keeper.append(vec![(name.clone(), last.to_string())]);
            drive(&mut keeper, &mut shelf, now, if failing { Some(u) } else { None })?;
            if keeper.is_open() && keeper.is_settled() {
                settled.insert(name, last);
            }
        }
        if u.arbitrary()? {
            keeper.leave();
            drive(&mut keeper, &mut shelf, now, None)?;
        }
        if u.ratio(1, 3)? {
            tampered = true;
            shelf.tamper(u)?;
        }
        now += 2 * LEASE;
    }
    Ok(())
}

/// Performs what the keeper asks for until it asks for nothing more.
fn drive(
    keeper: &mut Keeper,
    shelf: &mut Shelf,
    mut now: u64,
    mut weather: Option<&mut Unstructured<'_>>,
) -> arbitrary::Result<()> {
    for _ in 0..MOST_OPS {
        now += keeper.pause(Millis::new(now)).map_or(0, Wait::get);
        let Some((id, op)) = keeper.poll(Millis::new(now)) else { return Ok(()) };
        let stored = match &mut weather {
            Some(u) if !u.is_empty() => match u.int_in_range(0..=7_u8)? {
                0 => Err("not done".to_owned()),
                1 => {
                    let _ = shelf.perform(&op);
                    Err("done, and not told".to_owned())
                }
                _ => Ok(shelf.perform(&op)),
            },
            _ => Ok(shelf.perform(&op)),
        };
        keeper.stored(Millis::new(now), id, stored);
    }
    panic!("no end of operations");
}

/// A store in memory.
#[derive(Default)]
struct Shelf(BTreeMap<String, String>);

impl Shelf {
    fn perform(&mut self, op: &StoreOp) -> StoreReply {
        let mine = |key: &str| assert!(key.starts_with("batchwise:j:"), "a key of somebody else: {key}");
        match op {
            StoreOp::Get { key } => {
                mine(key);
                StoreReply::Value(self.0.get(key).cloned())
            }
            StoreOp::Set { key, value } => {
                mine(key);
                self.0.insert(key.clone(), value.clone());
                StoreReply::Done
            }
            StoreOp::Remove { key } => {
                mine(key);
                self.0.remove(key);
                StoreReply::Done
            }
            StoreOp::Swap { key, expected, next } => {
                mine(key);
                let is_as_expected = self.0.get(key) == expected.as_ref();
                if is_as_expected {
                    self.0.insert(key.clone(), next.clone());
                }
                StoreReply::Swapped(is_as_expected)
            }
            StoreOp::Keys { prefix } => {
                mine(prefix);
                StoreReply::Keys(self.0.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
            }
        }
    }

    /// Somebody else writes to what is ours.
    fn tamper(&mut self, u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
        let keys: Vec<String> = self.0.keys().cloned().collect();
        if keys.is_empty() {
            return Ok(());
        }
        let key = u.choose(&keys)?.clone();
        let value = self.0.get(&key).cloned().unwrap_or_default();
        match u.int_in_range(0..=4_u8)? {
            0 => _ = self.0.remove(&key),
            1 => {
                let cut = u.choose_index(value.len() + 1)?;
                let kept = value.char_indices().take_while(|(at, _)| *at < cut).map(|(_, c)| c).collect();
                self.0.insert(key, kept);
            }
            2 => {
                let other = u.choose(&keys)?.clone();
                let text = self.0.get(&other).cloned().unwrap_or_default();
                self.0.insert(key, text);
            }
            3 => {
                let junk = String::from_utf8_lossy(u.bytes(u.len().min(20))?).into_owned();
                self.0.insert(key, junk);
            }
            _ => {
                let number: u64 = u.arbitrary()?;
                let strange = u.choose(&["log:1:", "log:", "head:", "log:99:"])?;
                self.0.insert(format!("batchwise:j:{strange}{number}"), value);
            }
        }
        Ok(())
    }
}
