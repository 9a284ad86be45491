//! What is known of every request: one byte each.
//!
//! A row that was handed out counts as delivered once the caller has taken it. Until then the ledger is saved with the
//! request's outcome and the note that its row is owed: whoever takes the job up again gets it again, and it is counted
//! once.
//!
//! **Invariant:** a request becomes final once and stays so. Whatever the API sends later for it is a duplicate.

use crate::wire::{Outcome, RowRetry};

use super::ending::Final;

/// What to do with a row that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the request's last word: hand it out.
    Deliver,
    /// It failed in a way that is worth another round: keep it until then.
    Hold,
    /// Known already, from an earlier reading of the same results.
    Known,
    /// A second row for the same request in one reading.
    Duplicate,
    /// It was counted in an earlier life of the job and never taken: hand it out, and count nothing.
    Again,
}

const OUTCOME: u8 = 0b0000_1111;
const HELD: u8 = 0b0001_0000;
/// Handed out, and not taken yet.
const UNTAKEN: u8 = 0b0010_0000;
/// To be handed out again in this life.
const AGAIN: u8 = 0b0100_0000;
const SEEN: u8 = 0b1000_0000;

/// Requests whose marks are saved together.
pub(super) const PAGE: usize = 1 << 15;

/// One byte per request: how it ended, whether it waits for another round, whether this reading has met it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    marks: Vec<u8>,
    open: u32,
    /// For each page, whether it has changed since it was saved.
    changed: Vec<bool>,
}

impl Ledger {
    /// A ledger of `requests` requests, none of them answered.
    pub fn new(requests: u32) -> Self {
        Self::of(vec![0; requests as usize])
    }

    fn of(marks: Vec<u8>) -> Self {
        let open = marks.iter().filter(|mark| *mark & OUTCOME == 0).count() as u32;
        let changed = vec![true; marks.len().div_ceil(PAGE)];
        Self { marks, open, changed }
    }

    /// A ledger of `requests` requests as [`Self::save`] or `Self::save_page` wrote it; `None` when it is neither.
    pub fn restore(saved: &str, requests: u32) -> Option<Self> {
        Self::read(saved, requests).filter(|ledger| ledger.len() == requests)
    }

    /// The same of any number of requests up to `most`.
    pub(super) fn read(saved: &str, most: u32) -> Option<Self> {
        let mut marks = Vec::new();
        let mut letters = saved.bytes().peekable();
        while let Some(letter) = letters.next() {
            let mut count = 0usize;
            let mut is_counted = false;
            while let Some(digit) = letters.next_if(u8::is_ascii_digit) {
                count = count.checked_mul(10)?.checked_add(usize::from(digit - b'0'))?;
                is_counted = true;
            }
            let count = if is_counted { count } else { 1 };
            if count > most as usize - marks.len() {
                return None;
            }
            marks.resize(marks.len() + count, mark_of(letter)?);
        }
        Some(Self::of(marks))
    }

    /// How many requests it is about.
    pub(super) const fn len(&self) -> u32 {
        self.marks.len() as u32
    }

    /// The ledger as text, a letter for each request.
    pub fn save(&self) -> String {
        self.marks.iter().map(|mark| letter_of(*mark)).collect()
    }

    /// Requests `page * PAGE` and on as text: a letter for each run of equal ones, and its length where that is not 1.
    pub(super) fn save_page(&self, page: usize) -> String {
        let marks = self.marks.chunks(PAGE).nth(page).unwrap_or_default();
        let letters: Vec<char> = marks.iter().map(|mark| letter_of(*mark)).collect();
        let mut text = String::new();
        for run in letters.chunk_by(|a, b| a == b) {
            text.extend(run.first());
            if run.len() > 1 {
                text.push_str(&run.len().to_string());
            }
        }
        text
    }

    /// The pages that have changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        let changed = self.changed.iter_mut().enumerate();
        changed.filter_map(|(page, changed)| std::mem::take(changed).then_some(page)).collect()
    }

    /// Requests without a final outcome.
    pub const fn open_count(&self) -> u32 {
        self.open
    }

    /// How the request ended; `None` while it has not.
    pub fn outcome(&self, request: u32) -> Option<Final> {
        Final::of_code(self.mark(request) & OUTCOME)
    }

    /// Whether the request failed in this round and waits for another.
    pub fn is_held(&self, request: u32) -> bool {
        self.mark(request) & HELD != 0
    }

    /// Whether this round still owes a word on the request.
    pub fn is_unanswered(&self, request: u32) -> bool {
        self.mark(request) & (HELD | OUTCOME) == 0
    }

    /// Whether the request's row was counted in an earlier life of the job, and is to be handed out in this one.
    pub fn is_again(&self, request: u32) -> bool {
        let mark = self.mark(request);
        mark & AGAIN != 0 && mark & OUTCOME != 0
    }

    /// Whether a reading of results has a row to bring for the request.
    pub fn is_owed(&self, request: u32) -> bool {
        self.is_unanswered(request) || self.is_again(request)
    }

    /// Notes that the caller has the request's row.
    pub fn take(&mut self, request: u32) -> bool {
        match self.change(request) {
            Some(mark) if *mark & UNTAKEN != 0 && *mark & AGAIN == 0 => {
                *mark &= !UNTAKEN;
                true
            }
            _ => false,
        }
    }

    /// The request's row is handed out again without having been read again.
    pub(super) fn hand_out_again(&mut self, request: u32) {
        if let Some(mark) = self.change(request) {
            *mark &= !AGAIN;
        }
    }

    /// Begins a reading of results: the request has not been met in it.
    pub fn forget_seen(&mut self, request: u32) {
        if let Some(mark) = self.marks.get_mut(request as usize) {
            *mark &= !SEEN;
        }
    }

    /// Takes a row for `request`. `another_round` says whether there will be one for it.
    pub fn record(
        &mut self,
        request: u32,
        outcome: Outcome,
        retry: RowRetry,
        another_round: Another,
    ) -> Verdict {
        let Some(mark) = self.change(request) else { return Verdict::Known };
        let met = *mark & SEEN != 0;
        *mark |= SEEN;
        if met {
            return Verdict::Duplicate;
        }
        if *mark & AGAIN != 0 {
            *mark &= !AGAIN;
            return Verdict::Again;
        }
        if *mark & (HELD | OUTCOME) != 0 {
            return Verdict::Known;
        }
        let again = match retry {
            RowRetry::Now => another_round != Another::No,
            RowRetry::Once => another_round == Another::First,
            RowRetry::Never => false,
        };
        if again {
            *mark |= HELD;
            return Verdict::Hold;
        }
        *mark |= Final::Said(outcome).code() | UNTAKEN;
        self.open = self.open.saturating_sub(1);
        Verdict::Deliver
    }

    /// Ends `request` with `how`, unless it has ended already. Answers whether it did.
    pub fn settle(&mut self, request: u32, how: Final) -> bool {
        let Some(mark) = self.change(request) else { return false };
        if *mark & OUTCOME != 0 {
            return false;
        }
        *mark &= !HELD;
        *mark |= UNTAKEN | how.code();
        self.open = self.open.saturating_sub(1);
        true
    }

    /// Ends with `how` what was counted otherwise in an earlier life and cannot be had any more. Answers the count that is
    /// void.
    pub fn replace(&mut self, request: u32, how: Final) -> Option<Final> {
        let before = self.outcome(request).filter(|_| self.is_again(request))?;
        let mark = self.change(request)?;
        *mark = UNTAKEN | how.code();
        Some(before)
    }

    /// Begins another round for a held request: it is owed again.
    pub fn release(&mut self, request: u32) {
        if let Some(mark) = self.change(request) {
            *mark &= !(HELD | SEEN);
        }
    }

    /// The mark of a request that is about to change.
    fn change(&mut self, request: u32) -> Option<&mut u8> {
        if let Some(changed) = self.changed.get_mut(request as usize / PAGE) {
            *changed = true;
        }
        self.marks.get_mut(request as usize)
    }

    fn mark(&self, request: u32) -> u8 {
        self.marks.get(request as usize).copied().unwrap_or(OUTCOME)
    }
}

/// Whether a failed request can be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Another {
    /// This was the last round.
    No,
    /// This was the first round, and there is another.
    First,
    /// This was a later round, and there is another.
    Later,
}

/// Outcomes are saved small once the row was taken, and as capitals before.
const LETTERS: [(u8, char); 10] =
    [(0, '.'), (HELD, 'h'), (1, 's'), (2, 'e'), (3, 'c'), (4, 'x'), (5, 'u'), (6, 'm'), (7, 'r'), (8, 'o')];

fn letter_of(mark: u8) -> char {
    let known = mark & (OUTCOME | HELD);
    let letter = LETTERS.iter().find(|(code, _)| *code == known).map_or('.', |(_, letter)| *letter);
    if mark & UNTAKEN == 0 { letter } else { letter.to_ascii_uppercase() }
}

fn mark_of(letter: u8) -> Option<u8> {
    let (code, small) =
        LETTERS.iter().find(|(_, known)| *known == char::from(letter.to_ascii_lowercase()))?;
    let is_taken = *small == char::from(letter);
    let is_final = code & OUTCOME != 0;
    (is_taken || is_final).then_some(if is_taken { *code } else { *code | UNTAKEN | AGAIN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Errored, Expired, Succeeded};

    #[test]
    fn the_first_word_is_the_last_word() {
        let mut ledger = Ledger::new(2);
        assert_eq!(ledger.record(0, Succeeded, RowRetry::Never, Another::First), Verdict::Deliver);
        assert_eq!(ledger.record(0, Errored, RowRetry::Now, Another::First), Verdict::Duplicate);
        ledger.forget_seen(0);
        assert_eq!(ledger.record(0, Errored, RowRetry::Now, Another::First), Verdict::Known);
        assert_eq!(ledger.outcome(0), Some(Final::Said(Succeeded)));
        assert!(!ledger.settle(0, Final::Missing));
        assert_eq!(ledger.open_count(), 1);
    }

    #[test]
    fn a_failure_waits_for_another_round_while_there_is_one() {
        let mut ledger = Ledger::new(3);
        assert_eq!(ledger.record(0, Expired, RowRetry::Now, Another::First), Verdict::Hold);
        assert!(ledger.is_held(0) && !ledger.is_owed(0) && ledger.outcome(0).is_none());
        ledger.release(0);
        assert!(ledger.is_owed(0));
        assert_eq!(ledger.record(0, Expired, RowRetry::Now, Another::No), Verdict::Deliver);
        assert_eq!(ledger.record(1, Errored, RowRetry::Once, Another::First), Verdict::Hold);
        assert_eq!(ledger.record(2, Errored, RowRetry::Once, Another::Later), Verdict::Deliver);
    }

    #[test]
    fn a_saved_ledger_comes_back_the_same() {
        let mut ledger = Ledger::new(10);
        for (request, outcome) in
            [Succeeded, Errored, Outcome::Canceled, Expired, Outcome::Unknown].iter().enumerate()
        {
            ledger.record(request as u32, *outcome, RowRetry::Never, Another::No);
        }
        ledger.settle(5, Final::Missing);
        ledger.record(6, Errored, RowRetry::Now, Another::First);
        ledger.settle(8, Final::Unreadable);
        ledger.settle(9, Final::Oversized);
        assert_eq!((ledger.save().as_str(), ledger.save_page(0).as_str()), ("SECXUMh.RO", "SECXUMh.RO"));
        assert!([0, 1, 2, 3, 4, 5, 8, 9].iter().all(|request| ledger.take(*request)));
        assert!(!ledger.take(0) && !ledger.take(6));
        assert_eq!(ledger.save(), "secxumh.ro");
        let again = Ledger::restore("secxumh.ro", 10).unwrap();
        assert_eq!((again.save(), again.open_count()), (ledger.save(), 2));
        for (wrong, requests) in
            [("s?", 2), ("s.", 3), ("s.", 1), ("H", 1), ("s3", 2), ("s99999999999999999999", 2), ("3", 3)]
        {
            assert!(Ledger::restore(wrong, requests).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_page_is_runs_of_letters_and_is_saved_when_it_has_changed() {
        let mut ledger = Ledger::new(PAGE as u32 + 3);
        assert_eq!(ledger.take_changed(), [0, 1]);
        for request in 0..100 {
            ledger.record(request, Succeeded, RowRetry::Never, Another::No);
            ledger.take(request);
        }
        ledger.record(100, Errored, RowRetry::Never, Another::No);
        assert_eq!(ledger.take_changed(), [0]);
        assert_eq!(
            (ledger.save_page(0), ledger.save_page(1)),
            (format!("s100E.{}", PAGE - 101), ".3".to_owned())
        );
        let pages = ledger.save_page(0) + &ledger.save_page(1);
        assert_eq!(Ledger::restore(&pages, PAGE as u32 + 3).unwrap().save(), ledger.save());
    }

    #[test]
    fn a_row_that_was_not_taken_comes_again_and_is_not_counted_again() {
        let mut ledger = Ledger::restore("Ss", 2).unwrap();
        assert!(ledger.is_owed(0) && !ledger.is_owed(1) && ledger.open_count() == 0);
        assert!(!ledger.take(0), "it has not been handed out in this life");
        assert_eq!(ledger.record(0, Succeeded, RowRetry::Never, Another::No), Verdict::Again);
        assert_eq!(ledger.record(1, Succeeded, RowRetry::Never, Another::No), Verdict::Known);
        assert!(!ledger.is_owed(0) && ledger.take(0));
        assert_eq!(ledger.save(), "ss");
        let mut ledger = Ledger::restore("S", 1).unwrap();
        assert_eq!(ledger.replace(0, Final::Missing), Some(Final::Said(Succeeded)));
        assert_eq!((ledger.save().as_str(), ledger.replace(0, Final::Missing)), ("M", None));
    }

    #[test]
    fn a_request_that_is_not_in_the_job_changes_nothing() {
        let mut ledger = Ledger::new(1);
        assert_eq!(ledger.record(7, Succeeded, RowRetry::Never, Another::No), Verdict::Known);
        assert!(!ledger.settle(7, Final::Missing) && !ledger.is_owed(7));
        assert_eq!(ledger.open_count(), 1);
    }
}
