//! The verdict: the job's account against the server's own.

use std::collections::{BTreeMap, BTreeSet};

use batchwise::emulator::{Fate, Request};
use batchwise::job::{Final, Report};
use batchwise::plan::Nonce;
use batchwise::wire::Outcome;

use super::config::DAY;
use super::world::{BEGIN, World};

impl World {
    pub(super) fn judge(&mut self) -> Result<(), String> {
        if self.seen.refused > 0 {
            return Ok(());
        }
        if self.gave_up.is_some() {
            return Ok(());
        }
        if self.process.kept.is_some() {
            self.seat_finisher();
            self.judge_delivery()?;
        } else if let Some((request, times)) =
            self.handed_out.iter().enumerate().find(|(_, times)| **times != 1)
        {
            return Err(format!("lost: request {request} was handed out {times} times"));
        }
        let report = self.process.machine.report().clone();
        if report.outcomes.total() != u64::from(self.config.requests)
            || self.process.machine.ledger().open_count() != 0
        {
            return Err(format!("lost: the report does not add up: {:?}", report.outcomes));
        }
        let may_miss = self.config.incurable || self.was_a_file_shared() || !report.gone.is_empty();
        if report.outcomes.missing > 0 && !may_miss {
            return Err(format!(
                "lost: {} requests are missing although their results could be read",
                report.outcomes.missing
            ));
        }
        self.seen.gone += report.gone.len() as u64;
        self.seen.missing += u64::from(report.outcomes.missing);
        self.seen.rounds += u64::from(report.rounds);
        // What was committed late, and what still runs, shows by then.
        self.now += 3 * DAY;
        self.server
            .handle(self.now, &Request::new("GET", "/v1/messages/batches").header("x-api-key", "sk-sim"));
        let fates = self.fates();
        self.count_double_payments(&fates, &report);
        for n in 0..self.config.requests {
            let outcome = self.process.machine.ledger().outcome(n);
            let fate = fates.get(&n).copied().unwrap_or_default();
            if self.plan.riders.contains(n) && fate.committed > 0 {
                return Err(format!("sent twice: r{n}, which rides with another"));
            }
            // A rider's fate is its leader's.
            let leader =
                self.plan.riders.iter().find(|(_, rider)| *rider == n).map_or(n, |(leader, _)| leader);
            let fate = fates.get(&leader).copied().unwrap_or_default();
            if fate.billed > 1 {
                return Err(format!("paid twice: r{n} {} times, in {:?}", fate.billed, self.batches_with(n)));
            }
            let rounds = self.rounds_of(leader).min(self.config.job.rounds);
            if fate.committed > rounds {
                let batches = self.batches_with(n);
                return Err(format!(
                    "sent twice: r{n} {} times in {rounds} rounds, in {batches:?}",
                    fate.committed
                ));
            }
            let succeeded = outcome == Some(Final::Said(Outcome::Succeeded));
            if succeeded != (fate.billed == 1) && !self.may_be_unreadable(outcome) {
                return Err(format!("lost: r{n} ended as {outcome:?} but was paid {} times", fate.billed));
            }
        }
        Ok(())
    }

    /// Answers that were paid for nothing, and how many of them the job's own report names, as such or by their batch.
    fn count_double_payments(&mut self, fates: &BTreeMap<u32, Fate>, report: &Report) {
        for (n, fate) in fates.iter().filter(|(_, fate)| fate.billed > 1) {
            let batches = self.batches_with(*n);
            let id = self.plan.ids.get(*n).unwrap_or_default();
            let named = |batch: &String| {
                report
                    .paid_twice
                    .iter()
                    .any(|it| it.batch == *batch && it.ids.iter().any(|other| other == id))
            };
            let named = batches.iter().filter(|(batch, _)| named(batch)).count() as u64;
            let unchecked =
                batches.iter().filter(|(batch, _)| report.unchecked.contains(batch)).count() as u64;
            let extra = u64::from(fate.billed) - 1;
            self.seen.paid_twice += extra;
            self.seen.found += named.min(extra);
            self.seen.unchecked += unchecked.min(extra - named.min(extra));
        }
    }

    /// The rounds in which a request was sent, or would have been.
    fn rounds_of(&self, request: u32) -> u32 {
        let parts = self.process.machine.parts().iter();
        let rounds: BTreeSet<_> =
            parts.filter(|part| part.requests.contains(request)).map(|part| part.round).collect();
        rounds.len() as u32
    }

    /// A batch may be adopted for one part while the answer to another's create, which names it, is on its way: then two
    /// parts read one file in turn, and one of them may meet the damaged readings only.
    fn was_a_file_shared(&self) -> bool {
        let parts = self.process.machine.parts();
        let given_back = |id| parts.iter().any(|part| part.strangers.contains(id));
        parts.iter().filter_map(|part| part.batch_id()).any(given_back)
    }

    /// In a results file that is damaged each time it is read, a row may be missing, or of a type of tomorrow.
    fn may_be_unreadable(&self, outcome: Option<Final>) -> bool {
        let is_gone = !self.process.machine.report().gone.is_empty();
        let damaged = !self.config.server.faults.is_empty() || is_gone;
        damaged && matches!(outcome, Some(Final::Missing | Final::Unreadable | Final::Said(Outcome::Unknown)))
    }

    /// What became of every request that was sent, under whatever ids.
    fn fates(&mut self) -> BTreeMap<u32, Fate> {
        let mut fates = BTreeMap::<u32, Fate>::new();
        for (id, fate) in self.server.fates() {
            if let Some(n) = self.request_called(&id) {
                let sum = fates.entry(n).or_default();
                sum.committed += fate.committed;
                sum.billed += fate.billed;
            }
        }
        fates
    }

    /// The request of ours that is called so on the wire.
    pub(super) fn request_called(&self, id: &str) -> Option<u32> {
        match self.process.machine.id_prefix(0) {
            Some(prefix) => Nonce::parse(prefix.get(..6)?)?.read(id).map(|(_, n)| n),
            None => self.plan.ids.find(id),
        }
    }

    /// The batches that hold a request, with when they were committed.
    fn batches_with(&self, n: u32) -> Vec<(String, u64)> {
        let holds = |id: &String| self.request_called(id) == Some(n);
        let batches = self
            .server
            .batches(self.now)
            .into_iter()
            .filter(|batch| self.server.custom_ids(&batch.id).iter().any(holds));
        batches.map(|batch| (batch.id, batch.created_ms - BEGIN)).collect()
    }
}
