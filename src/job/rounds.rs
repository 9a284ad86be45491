//! Between rounds: what failed in a way that may pass is sent once more.

use crate::error::{Error, ErrorCode};
use crate::plan;
use crate::request::envelope;
use crate::time::Millis;

use super::io::Event;
use super::machine::{Machine, Phase};
use super::part::{Part, Requests};

/// Requests that may be sent again in a job of any size: a share of a small one is nothing.
const ALWAYS_AGAIN: u32 = 100;

impl Machine {
    /// Every call is answered and nothing is due: begins the next round, or ends the job.
    pub(super) fn end_of_round(&mut self, now: Millis) {
        if self.parts.iter().any(|part| !part.state.is_final()) {
            return self.end_if_stopped();
        }
        if !self.is_swept(now) {
            return;
        }
        let mut retry: Vec<u32> = self.held.keys().copied().collect();
        if let Some(error) = self.stopping.take() {
            // Nothing waits to be sent but what failed: the job has come to its end, and says what kept it.
            self.report.stopped = (!retry.is_empty()).then(|| error.to_string());
            return self.finish();
        }
        if retry.is_empty() || self.is_last_round() {
            return self.finish();
        }
        if let Err(error) = self.spend_guard(retry.iter().copied()) {
            self.report.stopped = Some(error.to_string());
            return self.finish();
        }
        let beyond = retry.split_off(retry.len().min(self.may_send_again() as usize));
        if !beyond.is_empty() {
            self.exhaust(&beyond);
        }
        if retry.is_empty() { self.finish() } else { self.begin_round(&retry) }
    }

    /// How many more requests may be sent again.
    fn may_send_again(&self) -> u32 {
        let share =
            f64::from(self.plan.ids.len()) * self.options.max_resubmit_share.clamp(0.0, f64::from(u32::MAX));
        #[expect(clippy::cast_sign_loss, reason = "a share is not negative; what is too large saturates")]
        let allowed = (share as u32).max(if share > 0.0 { ALWAYS_AGAIN } else { 0 });
        allowed.saturating_sub(self.resubmitted)
    }

    /// Lets the failures of `requests` stand although they might have passed.
    fn exhaust(&mut self, requests: &[u32]) {
        self.report.stopped = Some(format!(
            "{} requests that failed in a way that may pass were not sent again: the share of the job that may be is used \
             up; raise maxResubmitShare",
            requests.len()
        ));
        let held =
            requests.iter().filter_map(|request| Some((*request, self.held.remove(request)?))).collect();
        self.last_words(held);
        self.tell(Event::Exhausted { requests: requests.len() as u32 });
    }

    /// Whether nothing is sent once more after this round.
    pub(super) fn is_last_round(&self) -> bool {
        self.canceling || self.round >= self.options.rounds + u32::from(mutant!("one round too many"))
    }

    fn begin_round(&mut self, retry: &[u32]) {
        self.save_soon();
        self.admitted = self.options.max_cost;
        self.round += 1;
        self.report.rounds = self.round;
        self.resubmitted = self.resubmitted.saturating_add(retry.len() as u32);
        self.held.clear();
        for &request in retry {
            self.ledger.release(request);
        }
        let before = self.parts.len() as u32;
        let bytes_in = |request, body| self.plan.sent_bytes(request, before + body);
        let packed = plan::pack(retry.iter().copied(), bytes_in, &self.options.limits);
        for list in packed {
            let requests = Requests::List(list);
            let bytes = self.body_bytes(&requests, self.parts.len() as u32);
            self.parts.push(Part::new(self.round, requests, bytes));
        }
        self.tell(Event::Round { round: self.round, requests: retry.len() as u32 });
    }

    fn finish(&mut self) {
        self.release_held();
        if self.is_running() {
            self.phase = Phase::Done;
            self.save_soon();
        }
    }

    /// A job that was told to stop fails once nothing of it is at the API any more.
    fn end_if_stopped(&mut self) {
        let busy = self.parts.iter().any(|part| {
            !part.state.is_final() && !part.is_put_off() && !matches!(part.state, super::PartState::Planned)
        });
        if busy {
            return;
        }
        if let Some(error) = self.stopping.take() {
            self.release_held();
            self.fail(error);
        }
    }

    /// Bytes of the create body for these requests, where they are the part of this index.
    pub(super) fn body_bytes(&self, requests: &Requests, part: u32) -> u64 {
        envelope::body_bytes(u64::from(requests.count()), self.plan.sent_bytes_of(requests.iter(), part))
    }

    /// Refuses to send requests whose ceiling, with what was spent before, lies above the limit that was set.
    pub(super) fn spend_guard(&self, mut requests: impl Iterator<Item = u32>) -> Result<(), Error> {
        let Some(limit) = self.options.max_cost else { return Ok(()) };
        let most = |request: u32| self.plan.ceilings.get(request as usize).map_or(0.0, f64::from);
        let ceiling = requests.try_fold(self.report.usage.usd_known(), |sum, request| {
            let most = most(request);
            (!most.is_nan()).then_some(sum + most)
        });
        match ceiling {
            Some(ceiling) if ceiling <= limit => Ok(()),
            Some(ceiling) => {
                let message = format!(
                    "this may cost up to ${ceiling:.4}, which is above the limit of ${limit:.4}; raise the limit, or \
                     lower max_tokens"
                );
                Err(Error::new(ErrorCode::SpendGuard, message))
            }
            None => {
                let message = "a limit is set, but a model in the input has no price we know, so nothing can be promised";
                Err(Error::new(ErrorCode::SpendGuard, message))
            }
        }
    }
}
