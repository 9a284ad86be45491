//! What is due, and what may be done about it.

use std::cell::OnceCell;

use crate::time::Millis;
use crate::wire::Call;

use super::machine::{Machine, Purpose};
use super::part::Part;
use super::pilot::Gate;
use super::state::{PartEvent, PartState};

impl Machine {
    /// Starts every call that is due and allowed; moves on to the next round, or to the end, when all parts are done.
    pub(super) fn schedule(&mut self, now: Millis) {
        let is_due = |part: &Part| part.state == PartState::Planned && part.due <= now;
        let mut create = self.parts.iter().any(is_due).then(|| self.next_create()).flatten();
        for part in 0..self.parts.len() as u32 {
            let Some(it) = self.parts.get(part as usize) else { break };
            if self.canceling && it.state == PartState::Planned {
                self.withdraw(part);
                continue;
            }
            if it.state.is_final() || it.due > now || self.is_calling(part) {
                continue;
            }
            match it.state {
                PartState::Processing => self.ask_about(part),
                PartState::Ended if self.harvest.is_none() => self.open_results(now, part),
                PartState::Uncertain => self.begin_look(now, part),
                PartState::Planned if create == Some(part) => {
                    create = None;
                    self.apply(part, PartEvent::Mark);
                    if let Some(it) = self.parts.get_mut(part as usize) {
                        it.asked_at = now;
                    }
                    self.start(part, Purpose::Mark, Call::list(&super::create::mark_query()));
                }
                _ => {}
            }
        }
        self.look_at_pilot();
        if self.is_running() && self.calls.is_empty() && self.out.is_empty() {
            self.end_of_round(now);
        }
    }

    /// The part to be created next, if one may be: in order, one at a time, within the queue and the number of batches
    /// that were allowed.
    pub(super) fn next_create(&self) -> Option<u32> {
        if self.stopping.is_some() || self.canceling {
            return None;
        }
        let mut queued = 0u64;
        let mut batches = 0u32;
        let mut next = None;
        for (part, it) in self.parts.iter().enumerate() {
            if it.state.holds_create() {
                return None;
            }
            if it.state.is_queued() {
                batches += 1;
                queued = queued.saturating_add(u64::from(it.requests.count()));
            }
            let waits_for_pilot = self.gate != Gate::Open && !it.pilot;
            if it.state == PartState::Planned && next.is_none() && !waits_for_pilot {
                next = Some((part as u32, u64::from(it.requests.count())));
            }
        }
        let (part, count) = next?;
        let fits = batches == 0 || queued.saturating_add(count) <= self.options.max_queued;
        (fits && batches < self.options.concurrency.max(1)).then_some(part)
    }

    /// When the machine wants to be polled again without an input.
    pub(super) fn next_due(&self) -> Millis {
        let create = OnceCell::new();
        let mut due = Millis::NEVER;
        for (part, it) in (0..).zip(&self.parts) {
            let waits = match it.state {
                PartState::Processing | PartState::Uncertain => true,
                PartState::Ended => self.harvest.is_none(),
                PartState::Planned => *create.get_or_init(|| self.next_create()) == Some(part),
                _ => false,
            };
            if waits && it.due < due && !self.is_calling(part) {
                due = it.due;
            }
        }
        self.sweep_due().map_or(due, |sweep| sweep.min(due))
    }

    /// Whether a call for `part` is on its way.
    pub(super) fn is_calling(&self, part: u32) -> bool {
        self.calls.values().any(|(_, for_part)| *for_part == part)
    }
}
