//! A job as plain data: put it anywhere, take it up again anywhere.
//!
//! A snapshot holds ids, states and batch ids; no body, no prompt, no key. A call that was on its way when it was taken
//! has an unknown fate, so a part that was being sent comes back as uncertain and is searched for, never sent again
//! blindly. The plan is made anew from the input, which the digest proves to be the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode};
use crate::jsonl::{BadLine, Next, Reader};
use crate::plan::{Nonce, Plan};
use crate::time::Millis;

use super::ending::Final;
use super::ledger::Ledger;
use super::machine::Machine;
use super::options::Options;
use super::part::Part;
use super::pilot::Gate;
use super::report::Discrepancy;
use super::runs::{are_rising, runs};
use super::saved_part::{SavedPart, restore_part, save_part};
use super::state::PartState;
use super::sweep::PaidTwice;

/// The format written by this version.
pub const SNAPSHOT_VERSION: u32 = 2;

/// A job, saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The format; a newer one than we know is refused.
    pub version: u32,
    /// What the plan's requests hash to.
    pub digest: String,
    /// What the ids begin with that are made for the wire; none where requests keep their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Requests that ride with others that are the same.
    #[serde(default, skip_serializing_if = "is_none")]
    pub merged: u32,
    /// The round under way.
    pub round: u32,
    /// Requests sent again so far, in all rounds.
    #[serde(default)]
    pub resubmitted: u32,
    /// The caller's limit in USD under which the round was begun; none where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted: Option<f64>,
    /// Whether the job was asked to cancel.
    pub canceling: bool,
    /// Whether the rest still waits for the pilot.
    pub gate: Gate,
    /// A letter for each request: how it ended, as a capital where its row was not taken yet; `h` where it waits for
    /// another round, `.` where it is owed.
    pub ledger: String,
    /// The rows of requests that wait for another round, by position.
    pub held: Vec<(u32, String)>,
    /// Every part.
    pub parts: Vec<SavedPart>,
    /// The account so far.
    pub usage: crate::cost::UsageSum,
    /// Ids nobody sent.
    pub unknown_ids: Vec<String>,
    /// Ids that came twice.
    pub duplicate_ids: Vec<String>,
    /// Ids whose lines say different things.
    #[serde(default)]
    pub conflicting_ids: Vec<String>,
    /// Where results and batches disagree.
    #[serde(default)]
    pub discrepancies: Vec<Discrepancy>,
    /// Batches whose results were gone.
    #[serde(default)]
    pub gone: Vec<String>,
    /// Answers that were paid for nothing.
    #[serde(default)]
    pub paid_twice: Vec<PaidTwice>,
    /// Batches that may hold such answers.
    #[serde(default)]
    pub unchecked: Vec<String>,
    /// Lines that could not be read, with the part they stood in.
    #[serde(default)]
    pub bad_lines: Vec<(u32, BadLine)>,
    /// Why no further round was made although failures were left that might have passed.
    #[serde(default)]
    pub stopped: Option<String>,
    /// The workspace and the organisation whose key began the job, where the API named them.
    #[serde(default)]
    pub workspace: Option<String>,
    /// See `workspace`.
    #[serde(default)]
    pub organization: Option<String>,
}

impl Machine {
    /// The job as it stands, to be resumed later. Rows that the caller has not taken yet count as owed.
    pub fn snapshot(&self) -> Snapshot {
        let parts = self.parts.iter().map(|part| save_part(part).with(runs(&part.requests)));
        Snapshot {
            ledger: self.ledger.save(),
            held: (self.held.iter())
                .map(|(r, line)| (*r, String::from_utf8_lossy(line).into_owned()))
                .collect(),
            parts: parts.collect(),
            unknown_ids: self.report.unknown_ids.iter().cloned().collect(),
            duplicate_ids: self.report.duplicate_ids.iter().cloned().collect(),
            bad_lines: self.report.bad_lines.clone(),
            ..self.saved_head()
        }
    }

    /// The snapshot without what grows with the job.
    pub(super) fn saved_head(&self) -> Snapshot {
        Snapshot {
            version: SNAPSHOT_VERSION,
            digest: self.plan.digest.to_string(),
            nonce: self.nonce.map(|nonce| nonce.as_str().to_owned()),
            merged: self.plan.riders.len(),
            round: self.round,
            resubmitted: self.resubmitted,
            admitted: self.admitted,
            canceling: self.canceling && !mutant!("cancel is not kept"),
            gate: self.gate,
            ledger: String::new(),
            held: Vec::new(),
            parts: Vec::new(),
            usage: self.report.usage.clone(),
            unknown_ids: Vec::new(),
            duplicate_ids: Vec::new(),
            conflicting_ids: self.report.conflicting_ids.iter().cloned().collect(),
            discrepancies: self.report.discrepancies.clone(),
            gone: self.report.gone.clone(),
            paid_twice: self.report.paid_twice.clone(),
            unchecked: self.report.unchecked.clone(),
            bad_lines: Vec::new(),
            stopped: self.report.stopped.clone(),
            workspace: self.workspace.clone(),
            organization: self.organization.clone(),
        }
    }

    /// Takes a saved job up again over the same plan. Rows that were taken before are not handed out again; those that
    /// were handed out and not taken are, and are counted once.
    ///
    /// # Errors
    /// [`ErrorCode::Snapshot`] when the snapshot is damaged or newer than this version; [`ErrorCode::InputChanged`]
    /// when the plan was made from another input. Nothing is sent in either case.
    pub fn restore(plan: Arc<Plan>, options: Options, saved: Snapshot, now: Millis) -> Result<Self, Error> {
        if saved.version > SNAPSHOT_VERSION {
            let message = format!(
                "the snapshot has format {}, this version reads up to {SNAPSHOT_VERSION}",
                saved.version
            );
            return Err(Error::new(ErrorCode::Snapshot, message));
        }
        if saved.digest != plan.digest.to_string() {
            let message = "the input is not the one this job was planned from; nothing was sent";
            return Err(Error::new(ErrorCode::InputChanged, message));
        }
        if saved.nonce.is_some() != plan.makes_ids() {
            let ids = if saved.nonce.is_some() { "nonce" } else { "verbatim" };
            let message = format!("the job was begun with ids {ids:?}: plan its input with the same");
            return Err(Error::new(ErrorCode::Option, message));
        }
        if saved.merged != plan.riders.len() {
            let dedupe = saved.merged > 0;
            let message = format!("the job was begun with dedupe {dedupe}: plan its input with the same");
            return Err(Error::new(ErrorCode::Option, message));
        }
        let damaged = || Error::new(ErrorCode::Snapshot, "the snapshot is damaged");
        let mut machine = Self::idle(plan, options);
        let nonce = saved.nonce.as_deref().map(|nonce| Nonce::parse(nonce).ok_or_else(damaged));
        machine.nonce = nonce.transpose()?;
        machine.ledger = Ledger::restore(&saved.ledger, machine.plan.ids.len()).ok_or_else(damaged)?;
        machine.round = saved.round.max(1);
        machine.resubmitted = saved.resubmitted;
        machine.admitted = saved.admitted;
        machine.canceling = saved.canceling;
        machine.gate = saved.gate.restored();
        machine.held = saved
            .held
            .into_iter()
            .map(|(r, line)| (r, line.into_bytes().into_boxed_slice()))
            .collect::<BTreeMap<_, _>>();
        for part in saved.parts {
            if !are_rising(&part.requests, machine.plan.ids.len()) {
                return Err(damaged());
            }
            let mut part =
                restore_part(part, now, machine.options.settle.max(machine.options.settle_taken_over))
                    .ok_or_else(damaged)?;
            part.body_bytes = machine.body_bytes(&part.requests, machine.parts.len() as u32);
            machine.sent_anything |= part.batch.is_some() || part.search.is_some();
            machine.parts.push(part);
        }
        machine.restore_report(saved.usage, saved.unknown_ids, saved.duplicate_ids);
        machine.report.bad_lines = saved.bad_lines;
        machine.report.conflicting_ids = saved.conflicting_ids.into_iter().collect();
        machine.report.discrepancies = saved.discrepancies;
        machine.report.gone = saved.gone;
        machine.report.paid_twice = saved.paid_twice;
        machine.report.unchecked = saved.unchecked;
        machine.report.stopped = saved.stopped;
        machine.workspace = saved.workspace;
        machine.organization = saved.organization;
        machine.owe_again();
        if !machine.is_consistent() {
            return Err(damaged());
        }
        machine.guard_again();
        Ok(machine)
    }

    /// The caller's limit may be lower than it was. What is at the API is collected all the same. A round that was begun
    /// under this limit goes on, whatever its rows have cost by now: without a crash nobody would have asked again.
    fn guard_again(&mut self) {
        let is_unsent = |part: &Part| matches!(part.state, PartState::Planned | PartState::Uncertain);
        let limit = self.options.max_cost;
        let is_admitted = limit.is_none_or(|limit| self.admitted.is_some_and(|admitted| limit >= admitted));
        if is_admitted || !self.parts.iter().any(is_unsent) {
            return;
        }
        let owed = (0..self.plan.ids.len()).filter(|request| self.ledger.is_unanswered(*request));
        match self.spend_guard(owed) {
            Ok(()) => self.admitted = limit,
            Err(error) => self.stop(error),
        }
    }

    /// Whether every request without a word belongs to exactly one part that is not done or rides with one that does, and
    /// every one that waits for another round has its row.
    fn is_consistent(&self) -> bool {
        let mut owners = vec![0u8; self.plan.ids.len() as usize];
        for part in self.parts.iter().filter(|part| !part.state.is_final()) {
            for request in
                part.requests.iter().filter(|request| part.answers(*request) && self.ledger.is_owed(*request))
            {
                let Some(owner) = owners.get_mut(request as usize) else { return false };
                *owner = owner.saturating_add(1);
            }
        }
        let ends_alike = |(leader, rider)| self.ledger.outcome(leader) == self.ledger.outcome(rider);
        let riders = &self.plan.riders;
        riders.iter().all(ends_alike)
            && (0..).zip(owners).all(|(request, owners)| {
                if riders.contains(request) {
                    return owners == 0 && !self.ledger.is_held(request);
                }
                let is_owned = owners == u8::from(self.ledger.is_owed(request));
                is_owned && self.ledger.is_held(request) == self.holds_row_of(request)
            })
    }

    fn holds_row_of(&self, request: u32) -> bool {
        let Some(line) = self.held.get(&request) else { return false };
        let mut reader = Reader::new(usize::MAX);
        reader.push(line);
        reader.finish();
        match reader.next() {
            Next::Record(record) => self.plan.ids.get(request) == Some(&*record.custom_id()),
            _ => false,
        }
    }

    fn restore_report(&mut self, usage: crate::cost::UsageSum, unknown: Vec<String>, duplicate: Vec<String>) {
        self.report.rounds = self.round;
        self.report.usage = usage;
        self.report.unknown_ids = unknown.into_iter().collect();
        self.report.duplicate_ids = duplicate.into_iter().collect();
        for request in 0..self.plan.ids.len() {
            if let Some(how) = self.ledger.outcome(request) {
                self.report.outcomes.add(how);
                if how == Final::Missing {
                    self.report.missing.extend(self.plan.ids.get(request).map(str::to_owned));
                }
            }
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}
