//! Creating without ever paying twice.
//!
//! Before a create leaves, the list is asked for its newest batches: that is the mark. The create is sent once. When its
//! answer does not say for certain whether the API took it, nothing is sent again before the list has been searched
//! from its newest batch back to the mark: that is in `search.rs`. The promise holds while a committed batch shows in
//! the list within the settle window.

use crate::pace::Backoff;
use crate::time::{Millis, Wait};
use crate::wire::{Call, ListQuery, Lost, LostReason, MessageBatch, Refusal, Reply, Sent};

use super::io::Event;
use super::machine::{GIVE_UP_BEFORE_FIRST_SEND, Machine, Purpose};
use super::part::{Known, Mark, Part};
use super::search::Search;
use super::state::PartEvent;

/// How far the clocks of the API's servers may differ from each other.
pub(super) const SERVER_SKEW: Wait = Wait::minutes(5);

/// What is believed of a server that tells no time: our own clock, wrong by no more than this.
const CLOCK_DOUBT: Wait = Wait::hours(1);

/// No server's clock is wrong by this much: what it says was made so long before a create is not of that create.
const DATE_DOUBT: Wait = Wait::hours(24);

/// Creates turned away in a row after which the pauses between them grow on, and how long they become.
const MANY_TRIES: u32 = 8;
const LONGEST_PAUSE: Wait = Wait::minutes(10);

/// A create that was named leaves within this time, or not at all: what happened since its mark is too much.
pub(super) const LEAVES_WITHIN: Wait = Wait::minutes(5);

/// What an answer to a create proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Not accepted; the same create may be sent later.
    Later,
    /// Not accepted, and never will be as it is.
    Never,
    /// Not accepted: the body is too large for the way.
    TooLarge,
    /// It may have been accepted; if it was, the list shows it within this time.
    Unclear(Wait),
    /// We were sent elsewhere, where we do not go. Whoever did that may have accepted it all the same.
    Elsewhere,
}

/// The list as it is asked before a create: enough to know what was there.
pub(super) fn mark_query() -> ListQuery {
    ListQuery { limit: Some(20), ..ListQuery::default() }
}

impl Machine {
    pub(super) fn on_mark(&mut self, now: Millis, part: u32, reply: &Reply) {
        if self.stopping.is_some() {
            return self.apply(part, PartEvent::MarkFailed);
        }
        let page = match reply.page() {
            Ok(page) => page,
            Err(refusal) => {
                self.apply(part, PartEvent::MarkFailed);
                return self.on_unmarked(now, part, reply, refusal);
            }
        };
        let newest = page.data.first().and_then(|batch| batch.created_at);
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        // We may have slept while the answer lay here.
        let under_way = it.asked_at.until(now);
        let window = self.options.settle.plus(SERVER_SKEW).plus(under_way);
        let skew = if mutant!("servers' clocks agree") { Wait::ZERO } else { SERVER_SKEW };
        // The newest batch of a quiet workspace may be a month old.
        let long_before = reply.date.map(|at| at.before(DATE_DOUBT));
        let mark = Mark {
            earliest: newest.or(reply.date).map(|at| at.before(skew)).max(long_before),
            latest: reply.date.unwrap_or_else(|| now.after(CLOCK_DOUBT)).after(window),
            known: page.data.into_iter().map(|batch| batch.id).collect(),
        };
        it.mark = Some(mark);
        it.sent_at = Some(now);
        it.request_ids.clear();
        // What was searched for before was never accepted; this create has a fate of its own. Failures are counted on:
        // a list that answers says nothing of whether the create will get through.
        it.search = None;
        if self.canceling {
            return self.withdraw(part);
        }
        self.apply(part, PartEvent::Post);
        self.start(part, Purpose::Create, Call::create());
    }

    fn on_unmarked(&mut self, now: Millis, part: u32, reply: &Reply, refusal: Refusal) {
        match reply.status {
            408 | 409 | 500.. => self.back_off(now, part, reply.retry_after, "the list could not be read"),
            429 if !is_spend_limit(&refusal) && !self.is_too_long(reply.retry_after) => {
                self.back_off(now, part, reply.retry_after, "rate limit");
            }
            200..=299 if self.may_reach(part) => {
                self.note_unexpected(part, &refusal);
                self.back_off(now, part, reply.retry_after, "the answer is not the API's");
            }
            _ => self.stop(refusal.into()),
        }
    }

    pub(super) fn on_mark_lost(&mut self, now: Millis, part: u32, lost: Lost) {
        self.apply(part, PartEvent::MarkFailed);
        if self.may_reach(part) {
            self.back_off(now, part, None, &lost.message);
        } else {
            self.stop(lost.into());
        }
    }

    /// Counts a call that did not reach the API. Whether to go on trying: always, once the job has sent something.
    fn may_reach(&mut self, part: u32) -> bool {
        let Some(it) = self.parts.get_mut(part as usize) else { return false };
        it.unreached = it.unreached.saturating_add(1);
        self.sent_anything || it.unreached < GIVE_UP_BEFORE_FIRST_SEND
    }

    pub(super) fn on_create(&mut self, now: Millis, part: u32, reply: &Reply) {
        let refusal = match reply.batch() {
            Ok(batch) => return self.on_accepted(now, part, batch, reply.date),
            Err(refusal) => self.refusal_in_own_words(refusal),
        };
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.unreached = 0;
        let is_damaged = says_damaged(&refusal);
        // Our bodies are valid JSON: this one was cut on its way. Once is chance.
        let first_damage = is_damaged && !std::mem::replace(&mut it.was_damaged, is_damaged);
        match self.fate(reply.status, &refusal, first_damage) {
            Fate::TooLarge => self.split(part, refusal),
            Fate::Later => {
                self.apply(part, PartEvent::Throttled);
                if self.is_too_long(reply.retry_after) {
                    return self.stop(refusal.into());
                }
                let asked = reply.retry_after.max(self.crowded(part));
                self.back_off(now, part, asked, "the API takes no more for now");
            }
            Fate::Never => {
                self.apply(part, PartEvent::Refused);
                self.stop(refusal.into());
            }
            Fate::Unclear(settle) => {
                self.note_unexpected(part, &refusal);
                if let Some(it) = self.parts.get_mut(part as usize) {
                    it.request_ids.extend(reply.request_id.clone());
                }
                self.on_unclear(now, part, settle, reply.date);
            }
            Fate::Elsewhere => {
                self.on_unclear(now, part, self.options.settle_answered, reply.date);
                self.stop(refusal.into());
            }
        }
    }

    pub(super) fn on_create_lost(&mut self, now: Millis, part: u32, lost: Lost) {
        if lost.sent == Sent::Maybe && !mutant!("a lost create was not accepted") {
            return self.on_unclear(now, part, self.options.settle, None);
        }
        self.apply(part, PartEvent::Throttled);
        // Too late is nobody's failure: a fresh mark, and on.
        if lost.reason == LostReason::Late || self.may_reach(part) {
            self.back_off(now, part, None, &lost.message);
        } else {
            self.stop(lost.into());
        }
    }

    /// How long to wait where a create was turned away many times in a row: a queue may be full for hours, and each try
    /// carries a whole body.
    fn crowded(&mut self, part: u32) -> Option<Wait> {
        let tries = self.parts.get(part as usize)?.failures;
        let pauses = Backoff::new(Wait::millis(500), LONGEST_PAUSE);
        (tries >= MANY_TRIES).then(|| pauses.wait(tries, &mut self.rng))
    }

    /// Whether the API asks for a longer wait than the caller wants to make.
    fn is_too_long(&self, asked: Option<Wait>) -> bool {
        self.options.max_retry_after.zip(asked).is_some_and(|(most, asked)| asked > most)
    }

    fn fate(&self, status: u16, refusal: &Refusal, first_damage: bool) -> Fate {
        match (status, refusal) {
            (413, _) => Fate::TooLarge,
            (429, _) if !is_spend_limit(refusal) => Fate::Later,
            (400, _) if first_damage => Fate::Later,
            // A gateway that gave up waiting says nothing of what the API behind it still does.
            (408 | 502 | 504, Refusal::Api(error)) if error.request_id.is_none() => {
                Fate::Unclear(self.options.settle)
            }
            (500..=599, _) if mutant!("retry a create on 5xx") => Fate::Later,
            (408 | 409 | 500..=599, _) => Fate::Unclear(self.options.settle_answered),
            (200..=299, _) => Fate::Unclear(self.options.settle),
            (0 | 300..=399, _) => Fate::Elsewhere,
            _ => Fate::Never,
        }
    }

    fn on_accepted(&mut self, now: Millis, part: u32, batch: MessageBatch, date: Option<Millis>) {
        let id = batch.id.to_string();
        self.suspect_twin(now, part, date);
        self.evict(now, part, &batch.id);
        self.take(now, part, batch, false);
        self.apply(part, PartEvent::Accepted);
        self.tell(Event::Created { part, batch: id, adopted: false });
    }

    /// Notes the batch of a part, and asks about it as soon as the pace allows.
    pub(super) fn take(&mut self, now: Millis, part: u32, batch: MessageBatch, tentative: bool) {
        self.sent_anything = true;
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.batch = Some(Known::of(batch, tentative));
        it.failures = 0;
        it.seen_at = now;
        let wait = self.pace.next(
            now,
            Some(now),
            it.batch.as_ref().and_then(|b| b.expires_at),
            None,
            0,
            &mut self.rng,
        );
        it.due = if tentative || self.canceling { now } else { now.after(wait) };
    }

    /// The runtime may send a create a second time by itself, as browsers do: see [`super::Options::may_be_sent_twice`].
    pub const fn suspect_twins(&mut self) {
        self.options.may_be_sent_twice = true;
    }

    /// Where the runtime may have sent the create a second time by itself, the sweep looks for what came of it.
    fn suspect_twin(&mut self, now: Millis, part: u32, date: Option<Millis>) {
        if !self.options.may_be_sent_twice {
            return;
        }
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        let latest = date.unwrap_or_else(|| now.after(CLOCK_DOUBT)).after(SERVER_SKEW);
        it.doubts.extend(it.mark.clone().map(|mark| Mark { latest, ..mark }));
    }

    fn on_unclear(&mut self, now: Millis, part: u32, settle: Wait, date: Option<Millis>) {
        self.suspect_twin(now, part, date);
        self.apply(part, PartEvent::Unclear);
        self.sent_anything = true;
        let Some(it) = self.parts.get_mut(part as usize) else { return };
        it.failures = 0;
        it.due = now;
        // A large body may be on its way for longer than the window: what counts is when it stopped being so.
        let under_way = it.sent_at.map_or(Wait::ZERO, |sent| sent.until(now));
        if let Some(mark) = &mut it.mark {
            mark.latest = mark.latest.after(under_way);
        }
        it.search = Some(Search::new(now, settle, date));
        self.tell(Event::Uncertain { part });
    }

    /// Puts two halves in the place of a part whose body was too large.
    fn split(&mut self, part: u32, refusal: Refusal) {
        let halves =
            self.parts.get(part as usize).and_then(|it| Some((it.round, it.pilot, it.requests.halves()?)));
        let Some((round, pilot, (left, right))) = halves else {
            // A single request that is too large alone cannot be helped: it is refused as it is.
            self.apply(part, PartEvent::Refused);
            return self.stop(refusal.into());
        };
        self.apply(part, PartEvent::Split);
        for requests in [left, right] {
            let bytes = self.body_bytes(&requests, self.parts.len() as u32);
            self.parts.push(Part { pilot, ..Part::new(round, requests, bytes) });
        }
        self.tell(Event::Split { part });
    }

    /// Gives up on a part that was never sent, because the job was cancelled.
    pub(super) fn withdraw(&mut self, part: u32) {
        self.apply(part, PartEvent::Withdrawn);
        let requests = self.parts.get(part as usize).map(|it| it.requests.clone());
        if let Some(requests) = requests {
            self.settle_unsent(&requests);
        }
    }
}

fn says_damaged(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Api(error) if error.status == 400 && error.message.contains("not valid JSON"))
}

fn is_spend_limit(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Api(error) if error.is_spend_limit())
}
