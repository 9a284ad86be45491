//! A store in memory that does as it is told, and misbehaves when it is told to.

use std::collections::BTreeMap;

use batchwise::journal::{StoreOp, StoreReply, Stored};

#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) ops: u32,
    /// Operations that fail, by number from 0; `true` for those that are done all the same.
    pub(crate) failing: BTreeMap<u32, bool>,
    /// A key that a list does not show although its value is there.
    pub(crate) unlisted: Option<String>,
}

impl Store {
    pub(crate) fn perform(&mut self, op: &StoreOp) -> Stored {
        let number = self.ops;
        self.ops += 1;
        match self.failing.get(&number) {
            Some(true) => {
                self.really(op);
                Err("the disk is full, it said".to_owned())
            }
            Some(false) => Err("the disk is full".to_owned()),
            None => Ok(self.really(op)),
        }
    }

    fn really(&mut self, op: &StoreOp) -> StoreReply {
        match op {
            StoreOp::Get { key } => StoreReply::Value(self.values.get(key).cloned()),
            StoreOp::Set { key, value } => {
                self.values.insert(key.clone(), value.clone());
                StoreReply::Done
            }
            StoreOp::Swap { key, expected, next } => {
                let fits = self.values.get(key) == expected.as_ref();
                if fits {
                    self.values.insert(key.clone(), next.clone());
                }
                StoreReply::Swapped(fits)
            }
            StoreOp::Remove { key } => {
                self.values.remove(key);
                StoreReply::Done
            }
            StoreOp::Keys { prefix } => {
                let is_listed =
                    |key: &&String| key.starts_with(prefix) && Some(*key) != self.unlisted.as_ref();
                let keys = self.values.keys().filter(is_listed);
                StoreReply::Keys(keys.cloned().collect())
            }
        }
    }

    /// Bytes of all values.
    pub(crate) fn bytes(&self) -> usize {
        self.values.values().map(String::len).sum()
    }
}
