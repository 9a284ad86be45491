//! What is known of every request: one byte each.
//!
//! **Invariant:** a request becomes final once and stays so. Whatever the API sends later for it is a duplicate.

use crate::wire::{Outcome, RowRetry};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Final {
    /// The API said so.
    Said(Outcome),
    /// The API's results do not hold it.
    Missing,
    /// Its line in the results cannot be read.
    Unreadable,
    /// Its line in the results is longer than is kept.
    Oversized,
}

impl Final {
    /// Its name, as rows and reports have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Said(outcome) => outcome.as_str(),
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Oversized => "oversized",
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Said(Outcome::Succeeded) => 1,
            Self::Said(Outcome::Errored) => 2,
            Self::Said(Outcome::Canceled) => 3,
            Self::Said(Outcome::Expired) => 4,
            Self::Said(Outcome::Unknown) => 5,
            Self::Missing => 6,
            Self::Unreadable => 7,
            Self::Oversized => 8,
        }
    }

    const fn of_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Said(Outcome::Succeeded),
            2 => Self::Said(Outcome::Errored),
            3 => Self::Said(Outcome::Canceled),
            4 => Self::Said(Outcome::Expired),
            5 => Self::Said(Outcome::Unknown),
            6 => Self::Missing,
            7 => Self::Unreadable,
            8 => Self::Oversized,
            _ => return None,
        })
    }
}

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
}

const OUTCOME: u8 = 0b0000_1111;
const HELD: u8 = 0b0001_0000;
const SEEN: u8 = 0b1000_0000;

/// One byte per request: how it ended, whether it waits for another round, whether this reading has met it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    marks: Vec<u8>,
    open: u32,
}

impl Ledger {
    /// A ledger of `requests` requests, none of them answered.
    pub fn new(requests: u32) -> Self {
        Self { marks: vec![0; requests as usize], open: requests }
    }

    /// A ledger as [`Self::save`] wrote it; `None` when a letter is unknown.
    pub fn restore(saved: &str) -> Option<Self> {
        let marks: Vec<u8> = saved.bytes().map(mark_of).collect::<Option<_>>()?;
        let open = marks.iter().filter(|mark| *mark & OUTCOME == 0).count() as u32;
        Some(Self { marks, open })
    }

    /// The ledger as text, a letter for each request.
    pub fn save(&self) -> String {
        self.marks.iter().map(|mark| letter_of(*mark)).collect()
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
    pub fn is_owed(&self, request: u32) -> bool {
        self.mark(request) & (HELD | OUTCOME) == 0
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
        let Some(mark) = self.marks.get_mut(request as usize) else { return Verdict::Known };
        let met = *mark & SEEN != 0;
        *mark |= SEEN;
        if met {
            return Verdict::Duplicate;
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
        *mark |= Final::Said(outcome).code();
        self.open = self.open.saturating_sub(1);
        Verdict::Deliver
    }

    /// Ends `request` with `how`, unless it has ended already. Answers whether it did.
    pub fn settle(&mut self, request: u32, how: Final) -> bool {
        let Some(mark) = self.marks.get_mut(request as usize) else { return false };
        if *mark & OUTCOME != 0 {
            return false;
        }
        *mark &= !HELD;
        *mark |= how.code();
        self.open = self.open.saturating_sub(1);
        true
    }

    /// Begins another round for a held request: it is owed again.
    pub fn release(&mut self, request: u32) {
        if let Some(mark) = self.marks.get_mut(request as usize) {
            *mark &= !(HELD | SEEN);
        }
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

/// Open and held requests are both saved by name: a held one keeps its row beside the ledger.
const LETTERS: [(u8, char); 10] =
    [(0, '.'), (HELD, 'h'), (1, 's'), (2, 'e'), (3, 'c'), (4, 'x'), (5, 'u'), (6, 'm'), (7, 'r'), (8, 'o')];

fn letter_of(mark: u8) -> char {
    let mark = mark & (OUTCOME | HELD);
    LETTERS.iter().find(|(code, _)| *code == mark).map_or('.', |(_, letter)| *letter)
}

fn mark_of(letter: u8) -> Option<u8> {
    LETTERS.iter().find(|(_, known)| *known == char::from(letter)).map(|(code, _)| *code)
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
        assert_eq!(ledger.save(), "secxumh.ro");
        let again = Ledger::restore("secxumh.ro").unwrap();
        assert_eq!((again.save(), again.open_count()), (ledger.save(), 2));
        assert!(Ledger::restore("s?").is_none());
    }

    #[test]
    fn a_request_that_is_not_in_the_job_changes_nothing() {
        let mut ledger = Ledger::new(1);
        assert_eq!(ledger.record(7, Succeeded, RowRetry::Never, Another::No), Verdict::Known);
        assert!(!ledger.settle(7, Final::Missing) && !ledger.is_owed(7));
        assert_eq!(ledger.open_count(), 1);
    }
}
