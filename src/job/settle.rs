//! Last words that no results file holds: of what is missing, of what was never sent, of failures that stand.

use std::sync::Arc;

use crate::error::{Error, ErrorCode};
use crate::jsonl::{Block, Next, Reader};
use crate::wire::Outcome;

use super::ending::Final;
use super::machine::Machine;
use super::part::Requests;

impl Machine {
    /// Ends what the results do not hold.
    pub(super) fn settle_rest(&mut self, part: u32, how: Final) {
        let Some(it) = self.parts.get(part as usize) else { return };
        let rest: Vec<u32> = it.requests.iter().filter(|request| self.owes(it, *request)).collect();
        self.settle_without_rows(&rest, how);
    }

    /// Ends requests that were never sent.
    pub(super) fn settle_unsent(&mut self, requests: &Requests) {
        let requests: Vec<u32> = requests.iter().collect();
        self.settle_without_rows(&requests, Final::Said(Outcome::Canceled));
    }

    pub(super) fn settle_without_rows(&mut self, requests: &[u32], how: Final) {
        let mut lines = Vec::new();
        let plan = Arc::clone(&self.plan);
        let with_riders =
            requests.iter().flat_map(|&request| [request].into_iter().chain(plan.riders.of(request)));
        for request in with_riders {
            let void = self.ledger.replace(request, how);
            if void.is_none() && !self.ledger.settle(request, how) {
                continue;
            }
            if let Some(void) = void {
                self.report.outcomes.take_back(void);
            }
            self.report.outcomes.add(how);
            if how == Final::Missing {
                self.report.missing.extend(self.plan.ids.get(request).map(str::to_owned));
            }
            lines.extend(self.written(request, how));
        }
        self.hand_out(lines);
    }

    /// Hands out rows once more that we wrote ourselves in an earlier life of the job.
    pub(super) fn write_again(&mut self, rows: &[(u32, Final)]) {
        let mut lines = Vec::new();
        for &(request, how) in rows {
            self.ledger.hand_out_again(request);
            lines.extend(self.written(request, how));
        }
        self.hand_out(lines);
    }

    /// The row of a request that the API has no row for.
    fn written(&self, request: u32, how: Final) -> Option<(u32, Box<[u8]>)> {
        let mut line = b"{\"custom_id\":".to_vec();
        crate::json::push_string(&mut line, self.plan.ids.get(request)?);
        line.extend_from_slice(format!(",\"result\":{{\"type\":\"{}\"}}}}", how.as_str()).as_bytes());
        Some((request, line.into_boxed_slice()))
    }

    /// Gives held rows their last word: no further round is made for them.
    pub(super) fn release_held(&mut self) {
        let held = std::mem::take(&mut self.held).into_iter().collect();
        self.last_words(held);
    }

    /// Takes held rows for what their requests ended as.
    pub(super) fn last_words(&mut self, held: Vec<(u32, Box<[u8]>)>) {
        let mut last = Vec::with_capacity(held.len());
        for (request, line) in held {
            let mut reader = Reader::new(usize::MAX);
            reader.push(&line);
            reader.finish();
            if let Next::Record(record) = reader.next() {
                let how = Final::Said(record.fields.outcome);
                if self.ledger.settle(request, how) {
                    self.count(&record, how);
                    self.settle_riders(request, how, &line);
                    last.push((request, line));
                }
            }
        }
        self.hand_out(last);
    }

    pub(super) fn hand_out(&mut self, lines: Vec<(u32, Box<[u8]>)>) {
        let mut block = Block::default();
        let mut requests = Vec::with_capacity(lines.len());
        for (request, line) in lines {
            let mut reader = Reader::new(usize::MAX);
            reader.push(&line);
            reader.finish();
            match reader.next() {
                Next::Record(record) => self.add(&mut block, &mut requests, request, &record),
                _ => self.fail(Error::new(ErrorCode::Bug, "a row we wrote ourselves cannot be read")),
            }
        }
        self.flush(&mut block, &mut requests);
    }
}
