//! The machine: takes what happened, says what to do.
//!
//! Theory of operation. A part goes through the states of [`super::state`]; the machine holds a list of parts, the
//! calls on their way, and a queue of outputs. [`Machine::handle`] takes exactly one input; then [`Machine::poll`] is
//! drained until it answers [`Output::Wait`], [`Output::Done`] or [`Output::Failed`]. Nothing happens in between: two
//! machines fed the same inputs at the same times say the same things. What happens to creates is in `create.rs`, to
//! batches in `watch.rs`, to results in `harvest.rs`, between rounds in `rounds.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::error::{Error, ErrorCode};
use crate::pace::{Backoff, PollPace, Rng};
use crate::plan::{Nonce, Plan};
use crate::time::{Millis, Wait};
use crate::wire::Call;

use super::durable::Durable;
use super::harvest::Harvest;
use super::io::{CallId, Event, Input, Output};
use super::ledger::Ledger;
use super::options::Options;
use super::part::Part;
use super::pilot::Gate;
use super::report::Report;
use super::riders::Echo;
use super::state::PartEvent;
use super::sweep::Sweep;

/// Failures in a row, before anything was sent, after which a job that cannot even reach the API gives up.
pub(super) const GIVE_UP_BEFORE_FIRST_SEND: u32 = 5;

/// What a call on its way is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Learning the newest batch before a create.
    Mark,
    /// Creating.
    Create,
    /// Searching the list for a create whose fate is unknown.
    Look,
    /// Asking how a batch is doing.
    Poll,
    /// Asking for a batch to be cancelled.
    Cancel,
    /// Reading results.
    Results,
    /// Searching the list for batches of ours that nobody claims.
    Sweep,
    /// Asking about one that may be ours.
    SweepPoll,
    /// Reading its results.
    SweepResults,
}

/// Whether the machine goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It does.
    Running,
    /// It has come to its end.
    Done,
    /// It stopped for this cause.
    Failed(Error),
}

/// One job, from the first create to the final account.
///
/// # Contract
/// After [`Self::new`] or a restore, and after each [`Self::handle`], call [`Self::poll`] until it answers with
/// [`Output::Wait`], [`Output::Done`] or [`Output::Failed`]. Time must not run backwards by more than a nuisance:
/// a jump changes when things are done, never whether they are done twice.
#[derive(Debug)]
pub struct Machine {
    pub(super) plan: Arc<Plan>,
    /// What the ids begin with that are made for the wire; `None` where requests keep their own.
    pub(super) nonce: Option<Nonce>,
    pub(super) options: Options,
    pub(super) rng: Rng,
    pub(super) backoff: Backoff,
    pub(super) pace: PollPace,
    pub(super) parts: Vec<Part>,
    pub(super) calls: BTreeMap<CallId, (Purpose, u32)>,
    pub(super) next_call: u32,
    pub(super) out: VecDeque<Output>,
    /// Rows whose riders have not had theirs.
    pub(super) echoes: VecDeque<Echo>,
    pub(super) ledger: Ledger,
    pub(super) held: BTreeMap<u32, Box<[u8]>>,
    pub(super) harvest: Option<Harvest>,
    pub(super) sweep: Option<Sweep>,
    pub(super) report: Report,
    pub(super) gate: Gate,
    pub(super) round: u32,
    /// Requests sent again so far.
    pub(super) resubmitted: u32,
    /// The caller's limit under which the round was begun.
    pub(super) admitted: Option<f64>,
    pub(super) sent_anything: bool,
    pub(super) canceling: bool,
    pub(super) stopping: Option<Error>,
    pub(super) phase: Phase,
    /// Where the API says the key belongs.
    pub(super) workspace: Option<String>,
    pub(super) organization: Option<String>,
    pub(super) durable: Option<Box<Durable>>,
}

impl Machine {
    /// A job over `plan` that has not begun. One whose ceiling is above the caller's limit has failed already.
    pub fn new(plan: Arc<Plan>, options: Options) -> Self {
        let mut machine = Self::idle(plan, options);
        machine.cut_parts();
        match machine.spend_guard(0..machine.plan.ids.len()) {
            Ok(()) => machine.admitted = machine.options.max_cost,
            Err(error) => machine.fail(error),
        }
        machine
    }

    /// A job over `plan` without a part.
    pub(super) fn idle(plan: Arc<Plan>, options: Options) -> Self {
        Self {
            parts: Vec::new(),
            gate: options.pilot.map_or(Gate::Open, |_| Gate::Closed),
            ledger: Ledger::new(plan.ids.len()),
            nonce: plan.makes_ids().then(|| Nonce::from_chance(options.seed)),
            rng: Rng::new(options.seed),
            backoff: Backoff::new(Wait::millis(500), Wait::secs(60)),
            pace: PollPace::default(),
            plan,
            options,
            calls: BTreeMap::new(),
            next_call: 0,
            out: VecDeque::new(),
            echoes: VecDeque::new(),
            held: BTreeMap::new(),
            harvest: None,
            sweep: None,
            report: Report { rounds: 1, ..Report::default() },
            round: 1,
            resubmitted: 0,
            admitted: None,
            sent_anything: false,
            canceling: false,
            stopping: None,
            phase: Phase::Running,
            workspace: None,
            organization: None,
            durable: None,
        }
    }

    /// Takes one thing that happened.
    pub fn handle(&mut self, now: Millis, input: Input<'_>) {
        match input {
            Input::Taken(requests) => return self.on_taken(now, requests),
            Input::Stored(id, stored) => return self.on_stored(now, id, stored),
            Input::Close => return self.on_close(),
            Input::Fail(error) => {
                if self.is_running() {
                    self.fail(error);
                }
                return self.on_close();
            }
            _ if !self.is_running() => return,
            _ => {}
        }
        if let Input::Reply(_, reply) = &input
            && !self.is_at_home(reply)
        {
            return;
        }
        match input {
            Input::Tick | Input::Taken(_) | Input::Stored(..) | Input::Close | Input::Fail(_) => {}
            Input::Cancel => self.cancel(now),
            Input::Proceed(go_on) => self.proceed(go_on),
            Input::Chunk(id, bytes) => match self.calls.get(&id) {
                Some((Purpose::SweepResults, _)) => self.on_sweep_chunk(id, bytes),
                _ => self.on_chunk(now, id, bytes),
            },
            Input::Closed(id) => match self.calls.remove(&id) {
                Some((Purpose::Results, part)) => self.on_results_closed(now, part),
                Some((Purpose::SweepResults, part)) => self.on_sweep_closed(now, part),
                _ => {}
            },
            Input::Unsendable(id, error) => {
                if let Some((purpose, part)) = self.calls.remove(&id) {
                    self.on_unsendable(purpose, part, error);
                }
            }
            Input::Reply(id, reply) => match self.calls.remove(&id) {
                Some((Purpose::Mark, part)) => self.on_mark(now, part, &reply),
                Some((Purpose::Create, part)) => self.on_create(now, part, &reply),
                Some((Purpose::Look, part)) => self.on_look(now, part, &reply),
                Some((Purpose::Poll, part)) => self.on_poll(now, part, &reply),
                Some((Purpose::Cancel, part)) => self.on_cancel(now, part, &reply),
                Some((Purpose::Results, part)) => self.on_results_refused(now, part, &reply),
                Some((Purpose::Sweep, _)) => self.on_sweep(now, &reply),
                Some((Purpose::SweepPoll, _)) => self.on_sweep_poll(now, &reply),
                Some((Purpose::SweepResults, _)) => self.on_sweep_refused(now, &reply),
                None => {}
            },
            Input::Lost(id, lost) => match self.calls.remove(&id) {
                Some((Purpose::Mark, part)) => self.on_mark_lost(now, part, lost),
                Some((Purpose::Create, part)) => self.on_create_lost(now, part, lost),
                Some((Purpose::Look, part)) => self.on_look_lost(now, part, &lost),
                Some((Purpose::Poll | Purpose::Cancel, part)) => {
                    self.back_off(now, part, None, &lost.message);
                }
                Some((Purpose::Results, part)) => self.on_results_lost(now, part, &lost),
                Some((Purpose::Sweep | Purpose::SweepPoll | Purpose::SweepResults, _)) => {
                    self.on_sweep_lost(now, &lost);
                }
                None => {}
            },
        }
    }

    /// The next thing to do. Once it has answered [`Output::Wait`], [`Output::Done`] or [`Output::Failed`], the answer
    /// changes only after another [`Self::handle`], or when the time named by `Wait` has come.
    pub fn poll(&mut self, now: Millis) -> Output {
        if let Some(output) = self.pending() {
            return output;
        }
        if self.is_running() {
            self.schedule(now);
            if let Some(output) = self.pending() {
                return output;
            }
        }
        if let Some(output) = self.next_store_op(now) {
            return output;
        }
        match (&self.phase, self.journal_wait()) {
            (Phase::Running, wake) => Output::Wait(self.next_due().min(wake.unwrap_or(Millis::NEVER))),
            (_, Some(wake)) => Output::Wait(wake),
            (Phase::Done, None) => Output::Done,
            (Phase::Failed(error), None) => Output::Failed(error.clone()),
        }
    }

    /// Whether it goes on.
    pub(super) const fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running)
    }

    fn pending(&mut self) -> Option<Output> {
        self.out.pop_front().or_else(|| self.next_echoes())
    }

    /// The parts so far, those of later rounds behind those of earlier ones.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The plan this job is about.
    pub const fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The account so far.
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// What ended the job before its time, if something did.
    pub const fn failure(&self) -> Option<&Error> {
        match &self.phase {
            Phase::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// What is known of every request.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Sends a call on its way.
    pub(super) fn start(&mut self, part: u32, purpose: Purpose, call: Call) {
        let id = CallId(self.next_call);
        self.next_call = self.next_call.wrapping_add(1);
        self.calls.insert(id, (purpose, part));
        let body = (purpose == Purpose::Create).then_some(part);
        let output = Output::Call { id, call, part: body };
        match purpose {
            Purpose::Create if mutant!("save the intent after the create") => self.out.push_back(output),
            Purpose::Create | Purpose::Cancel => self.act(output),
            _ => self.out.push_back(output),
        }
    }

    /// Moves a part along the table. A move that is not in it is a bug of ours and ends the job.
    pub(super) fn apply(&mut self, part: u32, event: PartEvent) {
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        match it.state.on(event) {
            Some(to) => {
                it.state = to;
                if event.is_news() {
                    self.save_soon();
                }
            }
            None => {
                let message = format!("part {part} cannot take {event:?} while {}", it.state.as_str());
                self.fail(Error::new(ErrorCode::Bug, message));
            }
        }
    }

    /// A call could not even be made, and would not be the next time: the input for its body is gone, say.
    fn on_unsendable(&mut self, purpose: Purpose, part: u32, error: Error) {
        match purpose {
            Purpose::Create => {
                self.apply(part, PartEvent::Refused);
                self.stop(error);
            }
            _ => self.fail(error),
        }
    }

    /// Puts off what a part was doing: longer with every failure in a row, never earlier than the server asked for.
    pub(super) fn back_off(&mut self, now: Millis, part: u32, asked: Option<Wait>, reason: &str) {
        self.note_long_wait(part, asked);
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.failures = it.failures.saturating_add(1);
        let wait = self.backoff.wait(it.failures, &mut self.rng).max(asked.unwrap_or_default());
        it.due = now.after(wait);
        let at = it.due;
        self.tell(Event::Retrying { reason: reason.to_owned(), at });
    }

    /// Ends the job's sending: batches that exist are still waited for and collected, then the job fails with `error`.
    pub(super) fn stop(&mut self, error: Error) {
        if self.stopping.is_none() {
            self.stopping = Some(error);
        }
    }

    /// Ends the job at once. Calls on their way are of no use any more.
    pub(super) fn fail(&mut self, error: Error) {
        let calls = std::mem::take(&mut self.calls);
        self.out.extend(calls.into_keys().map(Output::Abandon));
        self.harvest = None;
        self.phase = Phase::Failed(error);
        self.drop_waiting();
        self.save_soon();
    }

    /// Gives up on the calls of one part: their answers are of no use any more.
    pub(super) fn abandon_calls_of(&mut self, part: u32) {
        self.calls.retain(|id, (_, of)| {
            if *of == part {
                self.out.push_back(Output::Abandon(*id));
            }
            *of != part
        });
        self.harvest.take_if(|harvest| harvest.is_of(part));
    }

    /// Queues an event.
    pub(super) fn tell(&mut self, event: Event) {
        self.out.push_back(Output::Event(event));
    }
}
