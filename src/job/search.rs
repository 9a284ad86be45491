//! Searching the list for a batch whose create went unanswered.
//!
//! A look pages the list from its newest batch back to the mark. A batch of the right size that nobody claims is
//! adopted, tentatively: its ids decide when its results are read. Only a look that was *sent* after the settle window,
//! and found nothing, allows another create. The window is over when it is by our clock and, where its
//! answers tell one, by the server's: neither a jump of ours nor a difference between servers must shorten it.

use serde::{Deserialize, Serialize};

use crate::time::{Millis, Wait};
use crate::wire::{BatchId, BatchPage, Call, ListQuery, Lost, MessageBatch, Reply};

use super::io::Event;
use super::machine::{Machine, Purpose};
use super::options::OnAmbiguousCreate;
use super::part::{Mark, Part};
use super::state::PartEvent;

/// The first look is repeated after this long, each further one after twice the wait before.
const FIRST_LOOK_AGAIN: Wait = Wait::secs(5);

/// No two looks are further apart than this.
const LONGEST_LOOK_WAIT: Wait = Wait::minutes(5);

/// Looks after which a server's clock that still says "not yet" is not believed: it stands. They take over an hour.
const LOOKS_FOR_A_CLOCK: u32 = 20;

/// A create that was sent again may show in the list for so long, as the sweep sees it: longer than a job lasts.
const DOUBTED_FOR: Wait = Wait::hours(30 * 24);

/// `Date` counts whole seconds.
const DATE_STEP: Wait = Wait::secs(1);

/// The search for a batch whose create went unanswered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// When the fate became unknown, by our clock.
    pub since: Millis,
    /// How long after that the list may still lag.
    pub settle: Wait,
    /// The same on the server's clock.
    pub clock: ServerClock,
    /// Whether the look under way was begun after the window: an earlier one says nothing of what was committed later.
    pub is_late: bool,
    /// Where the look goes on: the last batch of the page before.
    pub cursor: Option<BatchId>,
    /// Batches that fit, newest first.
    pub candidates: Vec<MessageBatch>,
    /// Whether this look met a batch that another part has adopted by its size alone.
    pub contested: bool,
    /// Looks that found nothing so far; the next one waits longer.
    pub looks: u32,
}

/// The server's clock, as the `Date` of its answers tells it in the course of one search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerClock {
    /// When the fate became unknown, or not long after.
    pub since: Option<Millis>,
    /// The latest time told.
    pub seen: Option<Millis>,
}

/// Whose a batch in the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// None of our parts has it.
    Free,
    /// One of our parts has it, by its size alone.
    Tentative,
    /// One of our parts has it, and knows.
    Proved,
}

impl Search {
    /// A search that has not begun, for what became unknown at `since`; `date` is what the server said then.
    pub fn new(since: Millis, settle: Wait, date: Option<Millis>) -> Self {
        let mut search = Self {
            since,
            settle,
            clock: ServerClock::default(),
            is_late: false,
            cursor: None,
            candidates: Vec::new(),
            contested: false,
            looks: 0,
        };
        search.hear(date);
        search
    }

    /// Takes the time that an answer of the server tells.
    fn hear(&mut self, date: Option<Millis>) {
        let Some(date) = date else { return };
        if self.clock.since.is_none() {
            self.clock.since = Some(date.after(DATE_STEP));
            // What our own clock said of the look under way is of no account any more.
            self.is_late &= self.settle == Wait::ZERO;
        }
        self.clock.seen = self.clock.seen.max(Some(date));
    }

    /// What is left of the window, by our clock and by the server's, whichever has longer to go: ours may jump, and the
    /// servers that tell the time differ from one another.
    fn left(&self, now: Millis) -> Wait {
        if self.settle == Wait::ZERO {
            return Wait::ZERO;
        }
        let by = |since: Millis, seen: Millis| seen.until(since.after(self.settle));
        let ours = by(self.since, now);
        match self.clock.since.zip(self.clock.seen) {
            Some(_) if mutant!("settle by our own clock") => ours,
            Some((since, seen)) if mutant!("settle by the servers' clocks") => by(since, seen),
            Some((since, seen)) if self.looks < LOOKS_FOR_A_CLOCK => ours.max(by(since, seen)),
            _ => ours,
        }
    }

    fn begin(&mut self, now: Millis) {
        // A clock that was set back would have us wait for what it was set back by.
        self.since = self.since.min(now);
        self.is_late = self.left(now) == Wait::ZERO || mutant!("no settle");
        self.cursor = None;
        self.candidates.clear();
        self.contested = false;
    }

    /// When to look again after one that found nothing. The look that decides is the first one after the window: it is
    /// not put off beyond it.
    fn again(&mut self, now: Millis) -> Millis {
        let doubled = FIRST_LOOK_AGAIN.times(1 << self.looks.min(10)).min(LONGEST_LOOK_WAIT);
        self.looks = self.looks.saturating_add(1);
        let left = self.left(now);
        let undecided = self.is_late || self.contested;
        now.after(if left == Wait::ZERO && undecided { doubled } else { doubled.min(left) })
    }
}

impl Machine {
    pub(super) fn begin_look(&mut self, now: Millis, part: u32) {
        let Some(search) = self.parts.get_mut(part as usize).and_then(|it| it.search.as_mut()) else {
            return;
        };
        // A page that failed is asked for again; those before it are read. Beginning anew each time, a look over many
        // pages would never come to its end in bad weather.
        if search.cursor.is_none() {
            search.begin(now);
        }
        self.ask_list(part);
    }

    fn ask_list(&mut self, part: u32) {
        let cursor = self.parts.get(part as usize).and_then(|it| it.search.as_ref()?.cursor.as_ref());
        let query =
            ListQuery { limit: Some(100), after_id: cursor.map(ToString::to_string), before_id: None };
        self.start(part, Purpose::Look, Call::list(&query));
    }

    pub(super) fn on_look(&mut self, now: Millis, part: u32, reply: &Reply) {
        if let Some(search) = self.parts.get_mut(part as usize).and_then(|it| it.search.as_mut()) {
            search.hear(reply.date);
        }
        match reply.page() {
            Ok(page) => self.on_page(now, part, page),
            Err(refusal) => match reply.status {
                // The batch that says where the page begins may be gone.
                400 | 404 if self.looks_from_the_top(part) => {
                    self.back_off(now, part, reply.retry_after, "the page could not be found");
                }
                0 | 300..=407 => self.fail(refusal.into()),
                _ => {
                    self.note_unexpected(part, &refusal);
                    self.back_off(now, part, reply.retry_after, "the list could not be read");
                }
            },
        }
    }

    /// Lets a look that was under way begin anew. Answers whether one was.
    fn looks_from_the_top(&mut self, part: u32) -> bool {
        let search = self.parts.get_mut(part as usize).and_then(|it| it.search.as_mut());
        search.is_some_and(|search| search.cursor.take().is_some())
    }

    pub(super) fn on_look_lost(&mut self, now: Millis, part: u32, lost: &Lost) {
        self.back_off(now, part, None, &lost.message);
    }

    fn on_page(&mut self, now: Millis, part: u32, page: BatchPage) {
        if mutant!("mark after the create")
            && let Some(it) = self.parts.get_mut(part as usize)
            && it.search.as_ref().is_some_and(|search| search.looks == 0)
        {
            it.strangers.extend(page.data.iter().map(|batch| batch.id.clone()));
        }
        let Some(it) = self.parts.get(part as usize) else { return };
        let count = u64::from(it.requests.count());
        let Some(mark) = it.mark.clone() else { return };
        let earliest = if mutant!("time window instead of mark") { it.sent_at } else { mark.earliest };
        let too_old = |batch: &MessageBatch| earliest.zip(batch.created_at).is_some_and(|(e, at)| at < e);
        let at_end = page
            .data
            .iter()
            .any(|batch| too_old(batch) || batch.created_at.is_none() && mark.known.contains(&batch.id));
        let last = page.data.last().map(|batch| batch.id.clone());
        let fits: Vec<_> = (page.data.into_iter())
            .filter(|batch| !too_old(batch) && batch.counts.total() == count)
            .filter(|batch| batch.created_at.is_none_or(|at| at <= mark.latest) || mutant!("no upper bound"))
            .filter(|batch| !mark.known.contains(&batch.id) && !it.strangers.contains(&batch.id))
            .collect();
        // What another part has adopted by its size alone may yet turn out to be ours: as long as that is open, finding
        // nothing else proves nothing.
        let claims: Vec<_> = fits.iter().map(|batch| self.claim_on(&batch.id)).collect();
        let contested = claims.contains(&Claim::Tentative) && !mutant!("tentative claims are proof");
        let free =
            fits.into_iter().zip(claims).filter(|(_, claim)| *claim == Claim::Free).map(|(batch, _)| batch);
        let free: Vec<_> = free.collect();
        let Some(search) = self.parts.get_mut(part as usize).and_then(|it| it.search.as_mut()) else {
            return;
        };
        search.candidates.extend(free);
        search.contested |= contested;
        let behind = page.last_id.or(last).filter(|last| search.cursor.as_ref() != Some(last));
        let all_seen = at_end || !page.has_more || mutant!("look at one page only");
        if !all_seen && behind.is_none() {
            search.cursor = None;
            return self.back_off(now, part, None, "the list has more, and does not say where");
        }
        search.cursor = behind.filter(|_| !all_seen);
        if all_seen { self.conclude_look(now, part) } else { self.ask_list(part) }
    }

    /// Whether one of our parts has this batch.
    pub(super) fn is_claimed(&self, id: &BatchId) -> bool {
        self.claim_on(id) != Claim::Free
    }

    /// Whether a batch belongs to one of our parts already.
    fn claim_on(&self, id: &BatchId) -> Claim {
        // What was adopted and never said whose it was is nobody's.
        let has_it =
            |part: &&Part| part.batch_id() == Some(id) && !(part.is_tentative() && part.state.is_final());
        let owner = self.parts.iter().find(has_it);
        match owner {
            None => Claim::Free,
            Some(owner) if owner.is_tentative() => Claim::Tentative,
            Some(_) => Claim::Proved,
        }
    }

    /// Leaves out of a look's candidates what another part has come to claim since its page was read.
    fn recheck_claims(&mut self, part: u32) {
        let Some(search) = self.parts.get_mut(part as usize).and_then(|it| it.search.as_mut()) else {
            return;
        };
        let mut candidates = std::mem::take(&mut search.candidates);
        let mut contested = false;
        candidates.retain(|batch| {
            let claim = self.claim_on(&batch.id);
            contested |= claim == Claim::Tentative;
            claim == Claim::Free
        });
        if let Some(search) = self.parts.get_mut(part as usize).and_then(|it| it.search.as_mut()) {
            search.candidates = candidates;
            search.contested |= contested;
        }
    }

    fn conclude_look(&mut self, now: Millis, part: u32) {
        let policy = self.options.on_ambiguous_create;
        self.recheck_claims(part);
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.failures = 0;
        let Some(search) = it.search.as_mut() else { return };
        let answered_late =
            mutant!("settle by the answer of a look") && now >= search.since.after(search.settle);
        let conclusive = (search.is_late || answered_late) && !search.contested;
        let several = search.candidates.len() > 1;
        if policy == OnAmbiguousCreate::Fail && (several || search.candidates.is_empty()) {
            return self.fail(self.ambiguous(part));
        }
        if let Some(batch) = search.candidates.pop().filter(|_| !mutant!("send again without a search")) {
            let id = batch.id.to_string();
            self.take(now, part, batch, !mutant!("adopt without verifying"));
            self.apply(part, PartEvent::Adopted);
            return self.tell(Event::Created { part, batch: id, adopted: true });
        }
        if conclusive || policy == OnAmbiguousCreate::Resubmit {
            it.due = now;
            // It may commit whenever it likes.
            let latest = now.after(DOUBTED_FOR);
            it.doubts.extend(it.mark.clone().map(|mark| Mark { latest, ..mark }));
            self.apply(part, PartEvent::Settled);
            return self.tell(Event::Settled { part });
        }
        it.due = search.again(now);
    }

    /// Takes back the adoption of a batch by its size alone where the answer to a create says whose it is.
    pub(super) fn evict(&mut self, now: Millis, owner: u32, id: &BatchId) {
        let holds = |part: &Part| part.is_tentative() && !part.gave_up() && part.batch_id() == Some(id);
        let other = (0..).zip(&self.parts).find(|(part, it)| *part != owner && holds(it));
        let Some((part, _)) = other else {
            return;
        };
        self.abandon_calls_of(part);
        self.disown(now, part);
    }

    /// Takes back the adoption of a batch whose ids are not ours; the search goes on.
    pub(super) fn disown(&mut self, now: Millis, part: u32) {
        self.apply(part, PartEvent::Alien);
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        // What was met in reading a stranger's results says nothing of our own.
        it.gone = 0;
        if !mutant!("count readings of strangers") {
            it.short_reads = 0;
            it.strange_reads = 0;
        }
        if let Some(stranger) = it.batch.take().filter(|_| !mutant!("forget strangers")) {
            it.strangers.push(stranger.id);
        }
        it.due = now;
    }
}
