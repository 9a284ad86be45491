//! Requests that ride with another that is the same: its last word is theirs.

use std::sync::Arc;

use crate::error::{Error, ErrorCode};
use crate::jsonl::{Block, Next, Reader, Renamed};

use super::ending::Final;
use super::io::Output;
use super::machine::Machine;

/// A block of riders' rows is handed out when it has grown past this: one short answer may have very many riders.
const BLOCK_BYTES: usize = 1 << 20;

/// A row whose riders wait for theirs.
#[derive(Debug)]
pub(super) struct Echo {
    riders: Vec<u32>,
    line: Box<[u8]>,
    /// Riders that have had it.
    done: usize,
}

impl Machine {
    /// Gives the last word on a request to those that ride with it. Their rows follow when the machine is polled.
    pub(super) fn settle_riders(&mut self, leader: u32, how: Final, line: &[u8]) {
        if self.plan.riders.is_empty() {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let riders = plan.riders.of(leader);
        if riders.len() > 0 {
            self.echoes.push_back(Echo {
                riders: plan.riders.of(leader).collect(),
                line: line.into(),
                done: 0,
            });
        }
        for rider in riders {
            if self.ledger.settle(rider, how) {
                self.report.outcomes.add(how);
            }
        }
    }

    /// Hands out the rows of riders once more that an earlier life of the job counted and nobody took.
    pub(super) fn echo_again(&mut self, leader: u32, line: &[u8]) {
        if self.plan.riders.is_empty() {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let riders: Vec<u32> = plan.riders.of(leader).filter(|rider| self.ledger.is_again(*rider)).collect();
        for rider in &riders {
            self.ledger.hand_out_again(*rider);
        }
        if !riders.is_empty() {
            self.echoes.push_back(Echo { riders, line: line.into(), done: 0 });
        }
    }

    /// The next rows of riders, if any wait.
    pub(super) fn next_echoes(&mut self) -> Option<Output> {
        self.echoes.front()?;
        let plan = Arc::clone(&self.plan);
        let (mut block, mut requests, mut renamed) = (Block::default(), Vec::new(), Renamed::default());
        while let Some(echo) = self.echoes.front_mut() {
            let mut reader = Reader::new(usize::MAX);
            reader.push(&echo.line);
            reader.finish();
            let Next::Record(record) = reader.next() else {
                self.fail(Error::new(ErrorCode::Bug, "a row that was handed out cannot be read"));
                return None;
            };
            for &rider in echo.riders.get(echo.done..).unwrap_or_default() {
                if block.bytes().len() >= BLOCK_BYTES {
                    return Some(Output::Rows { block, requests });
                }
                let row = renamed.rename(&record, plan.ids.get(rider).unwrap_or_default());
                if block.push(&row).is_err() {
                    if requests.is_empty() {
                        self.fail(Error::new(ErrorCode::Bug, "a row does not fit into an empty block"));
                        return None;
                    }
                    return Some(Output::Rows { block, requests });
                }
                requests.push(rider);
                echo.done += 1;
            }
            self.echoes.pop_front();
        }
        (!requests.is_empty()).then_some(Output::Rows { block, requests })
    }

    /// Requests that had their last word by another's so far.
    pub(super) fn merged(&self) -> u32 {
        let ended = self.plan.riders.iter().filter(|(_, rider)| self.ledger.outcome(*rider).is_some());
        ended.count() as u32
    }
}
