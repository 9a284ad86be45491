//! The head record: who owns the job, until when, and which generation of the log counts.
//!
//! Decisions only. An owner renews in time; a head whose time is over may be taken by anybody, with an epoch one
//! higher; one that was given back is over at once. Clocks of two owners may differ: the lease keeps them apart in
//! fair weather, and what keeps them apart in any other is that no key of the log can be written twice.

use crate::json::{Scanner, push_string, read};
use crate::time::{Millis, Wait};

use super::frame::{Flaw, Kind, Record};

/// Who owns a job, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) epoch: u64,
    /// A name that no other owner has.
    pub(super) owner: String,
    /// When others may take it; 0 once it was given back.
    pub(super) until: Millis,
    /// How long a lease of this owner lasts.
    pub(super) lease: Wait,
    /// The generation of the log that counts.
    pub(super) generation: String,
}

impl Head {
    pub(super) fn read(text: &str) -> Result<Self, Flaw> {
        let record = Record::read(text)?;
        let mut head = Self {
            epoch: record.epoch,
            owner: String::new(),
            until: Millis::new(0),
            lease: Wait::ZERO,
            generation: String::new(),
        };
        let mut scanner = Scanner::over(&record.body);
        let whole = read::members(&mut scanner, |key, scanner| {
            match key.raw() {
                "owner" => head.owner = read::string(scanner)?.unwrap_or_default().into_owned(),
                "until" => head.until = Millis::new(read::count(scanner)?.unwrap_or_default()),
                "lease" => head.lease = Wait::millis(read::count(scanner)?.unwrap_or_default()),
                "log" => head.generation = read::string(scanner)?.unwrap_or_default().into_owned(),
                _ => read::skip(scanner)?,
            }
            Ok(())
        });
        let usable = record.kind == Kind::Head && whole == Ok(true) && !head.generation.is_empty();
        if usable { Ok(head) } else { Err(Flaw::Damaged) }
    }

    pub(super) fn write(&self) -> String {
        let mut body = b"{\"owner\":".to_vec();
        push_string(&mut body, &self.owner);
        let times = format!(",\"until\":{},\"lease\":{},\"log\":", self.until.get(), self.lease.get());
        body.extend_from_slice(times.as_bytes());
        push_string(&mut body, &self.generation);
        body.push(b'}');
        let body = String::from_utf8(body).unwrap_or_default();
        Record { kind: Kind::Head, seq: 0, epoch: self.epoch, body }.to_string()
    }

    /// Whether it stands in the place of a torn one, so that nobody is known to hold the job.
    pub(super) const fn is_mended(&self) -> bool {
        self.owner.is_empty()
    }

    /// Whether somebody holds the job at `now`.
    pub(super) fn is_held(&self, now: Millis) -> bool {
        self.until > now
    }

    /// The same owner's head, renewed at `now`.
    pub(super) fn renewed(&self, now: Millis) -> Self {
        Self { until: now.after(self.lease), ..self.clone() }
    }

    /// The head as its owner leaves it.
    pub(super) fn given_back(&self) -> Self {
        Self { until: Millis::new(0), ..self.clone() }
    }

    /// When the owner renews: after a third of the lease, so that one or two failures do no harm.
    pub(super) fn renew_at(&self) -> Millis {
        self.until.before(Wait::millis(self.lease.get() / 3 * 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let (owner, generation) = ("o\"1".to_owned(), "2-3".to_owned());
        Head { epoch: 3, owner, until: Millis::new(90_000), lease: Wait::secs(60), generation }
    }

    #[test]
    fn a_head_comes_back_as_it_was_written() {
        assert_eq!(Head::read(&head().write()), Ok(head()));
        let log = Record { kind: Kind::Save, seq: 1, epoch: 1, body: "{}".to_owned() };
        assert_eq!(Head::read(&log.to_string()), Err(Flaw::Damaged));
    }

    #[test]
    fn a_lease_is_held_renewed_in_time_and_given_back() {
        let head = head();
        assert!(head.is_held(Millis::new(89_999)) && !head.is_held(Millis::new(90_000)));
        assert_eq!(head.renew_at(), Millis::new(50_000));
        assert_eq!(head.renewed(Millis::new(50_000)).until, Millis::new(110_000));
        assert!(!head.given_back().is_held(Millis::new(1)));
    }
}
