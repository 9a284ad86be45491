//! A few requests first, alone: what they cost and say decides whether the rest is sent.

use serde::{Deserialize, Serialize};

use crate::wire::Outcome;

use super::ending::Final;
use super::io::Event;
use super::machine::Machine;
use super::part::{Part, Requests};
use super::state::PartState;

/// Whether the requests behind the pilot may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// The pilot is under way.
    Closed,
    /// The pilot is done, and the caller was asked.
    Asked,
    /// They may; or there is no pilot.
    Open,
}

impl Gate {
    /// What a saved gate means: whoever takes the job up again is asked again.
    pub(super) const fn restored(self) -> Self {
        match self {
            Self::Asked => Self::Closed,
            other => other,
        }
    }
}

impl Machine {
    /// The parts of the first round: those of the plan, with the pilot's requests cut off in front.
    pub(super) fn cut_parts(&mut self) {
        let mut pilot = self.options.pilot.unwrap_or(0);
        let plan = std::sync::Arc::clone(&self.plan);
        for part in &plan.parts {
            let (before, rest) = Requests::planned(&plan, part).split_at(pilot);
            pilot -= before.count();
            for (requests, is_pilot) in [(before, true), (rest, false)] {
                if requests.count() > 0 {
                    self.add_part(requests, is_pilot);
                }
            }
        }
    }

    /// Ids that are made for a later part than the plan's may be longer than those it measured.
    fn add_part(&mut self, requests: Requests, is_pilot: bool) {
        let bytes = self.body_bytes(&requests, self.parts.len() as u32);
        if bytes > self.plan.options.max_body_bytes
            && let Some((left, right)) = requests.halves()
        {
            self.add_part(left, is_pilot);
            return self.add_part(right, is_pilot);
        }
        self.parts.push(Part { pilot: is_pilot, ..Part::new(1, requests, bytes) });
    }

    /// Asks the caller once the pilot is done and there is something left to ask about.
    pub(super) fn look_at_pilot(&mut self) {
        if self.gate != Gate::Closed || self.parts.iter().any(|part| part.pilot && !part.state.is_final()) {
            return;
        }
        if self.canceling || self.parts.iter().all(|part| part.state != PartState::Planned) {
            self.gate = Gate::Open;
            return;
        }
        self.gate = Gate::Asked;
        let go_on = !self.has_failed_pilot();
        self.tell(Event::Pilot { go_on });
    }

    /// Whether more than half of the pilot failed in a way that sending again does not help: most likely the rest would.
    fn has_failed_pilot(&self) -> bool {
        let pilot =
            self.parts.iter().filter(|part| part.pilot && part.round == 1 && part.state == PartState::Done);
        let (mut all, mut failed) = (0u32, 0u32);
        for request in pilot.flat_map(|part| part.requests.iter()) {
            all += 1;
            failed += u32::from(self.ledger.outcome(request) == Some(Final::Said(Outcome::Errored)));
        }
        failed > all / 2
    }

    /// The caller's answer. A no ends the job with what the pilot brought.
    pub(super) fn proceed(&mut self, go_on: bool) {
        if self.gate == Gate::Open {
            return;
        }
        self.gate = Gate::Open;
        self.save_soon();
        if !go_on {
            self.canceling = true;
            let why = if self.has_failed_pilot() { ": more than half of it failed for good" } else { "" };
            self.report.stopped = Some(format!("the rest was not sent after the pilot{why}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::job::Options;
    use crate::plan::{Origin, Place, PlanOptions, Planner};

    fn machine(requests: u32, in_part: u32, pilot: u32) -> Machine {
        let limits = PlanOptions { max_requests: in_part, ..PlanOptions::default() };
        let mut planner = Planner::new(limits);
        for n in 0..requests {
            let body = format!(
                r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{{"role":"user","content":"!"}}]}}}}"#
            );
            planner.push(body.as_bytes(), Origin { place: Place::Index(u64::from(n)), offset: 0 });
        }
        let options = Options { pilot: Some(pilot), ..Options::new(limits) };
        Machine::new(Arc::new(planner.finish().unwrap()), options)
    }

    #[test]
    fn the_pilot_is_cut_off_in_front_and_nothing_is_lost() {
        for (in_part, pilot, want) in [
            (10, 3, vec![(3, true), (7, false), (5, false)]),
            (10, 10, vec![(10, true), (5, false)]),
            (10, 12, vec![(10, true), (2, true), (3, false)]),
            (10, 99, vec![(10, true), (5, true)]),
        ] {
            let machine = machine(15, in_part, pilot);
            let got: Vec<_> = machine.parts.iter().map(|part| (part.requests.count(), part.pilot)).collect();
            assert_eq!(got, want, "pilot of {pilot}");
            let all: Vec<u32> =
                machine.parts.iter().flat_map(|part| part.requests.iter().collect::<Vec<_>>()).collect();
            assert!(all.into_iter().eq(0..15));
        }
    }

    #[test]
    fn the_rest_waits_for_the_answer() {
        let mut machine = machine(15, 10, 3);
        for part in machine.parts.iter_mut().filter(|part| part.pilot) {
            part.state = PartState::Done;
        }
        machine.look_at_pilot();
        assert_eq!(machine.gate, Gate::Asked);
        machine.proceed(true);
        assert!(machine.gate == Gate::Open && !machine.canceling);
    }
}
