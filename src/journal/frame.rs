//! One record as one line of text: `bw1 <kind> <seq> <epoch> <bytes> <checksum> <body>`.
//!
//! The line begins with a word that is neither JSON nor a number, so that stores which guess at types leave it alone.
//! The checksum covers everything but itself.

use core::cmp::Ordering;
use core::fmt;

use super::crc::crc32c;

/// The format that this version writes, and the newest it reads.
const MAJOR: u32 = 1;

/// What a record is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who owns the job, since when, and which generation counts.
    Head,
    /// A new owner begins here: what was not finished by the one before is void.
    Epoch,
    /// Sections that changed; more of the same change follow in the next record.
    More,
    /// Sections that changed, the last of one change.
    Save,
    /// Something that a later version writes. It is kept.
    Other(String),
}

impl Kind {
    /// The word in the line.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Head => "head",
            Self::Epoch => "epoch",
            Self::More => "more",
            Self::Save => "save",
            Self::Other(word) => word,
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "head" => Self::Head,
            "epoch" => Self::Epoch,
            "more" => Self::More,
            "save" => Self::Save,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is for.
    pub kind: Kind,
    /// Its place in the log, from 1; 0 for the head.
    pub seq: u64,
    /// The epoch of the owner who wrote it, from 1.
    pub epoch: u64,
    /// What it says, as JSON.
    pub body: String,
}

/// Why a text is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is not as it was written: cut, or changed.
    Damaged,
    /// A newer version wrote it, in this format.
    Newer(u32),
}

impl Record {
    /// The record in a text.
    ///
    /// # Errors
    /// With what is wrong with the text.
    pub fn read(text: &str) -> Result<Self, Flaw> {
        let mut words = text.splitn(7, ' ');
        let mut word = || words.next().ok_or(Flaw::Damaged);
        let major = word()?.strip_prefix("bw").and_then(number).ok_or(Flaw::Damaged)?;
        match major.cmp(&u64::from(MAJOR)) {
            Ordering::Greater => return Err(Flaw::Newer(u32::try_from(major).unwrap_or(u32::MAX))),
            Ordering::Less => return Err(Flaw::Damaged), // There was no format before this.
            Ordering::Equal => {}
        }
        let kind = word()?;
        let [seq, epoch, bytes] = [word()?, word()?, word()?].map(number);
        let (crc, body) = (word()?, word()?);
        let (Some(seq), Some(epoch), Some(bytes)) = (seq, epoch, bytes) else { return Err(Flaw::Damaged) };
        // Every number was in its one form, so that this is what was checksummed.
        let front = text.get(..text.len() - body.len() - crc.len() - 1).unwrap_or_default();
        let whole = bytes == body.len() as u64 && checksum_in(crc) == Some(checksum(front, body));
        let record = || Self { kind: Kind::of(kind), seq, epoch, body: body.to_owned() };
        whole.then(record).ok_or(Flaw::Damaged)
    }

    fn front(&self) -> String {
        format!("bw{MAJOR} {} {} {} {} ", self.kind.as_str(), self.seq, self.epoch, self.body.len())
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let front = self.front();
        write!(f, "{front}{:08x} {}", checksum(&front, &self.body), self.body)
    }
}

fn checksum(front: &str, body: &str) -> u32 {
    crc32c([front.as_bytes(), body.as_bytes()])
}

/// A checksum as it is written here: eight digits, the letters among them small.
fn checksum_in(text: &str) -> Option<u32> {
    let plain = text.len() == 8 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u32::from_str_radix(text, 16).ok()).flatten()
}

/// Digits as they are written here: no sign, no needless zero.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record() -> Record {
        Record {
            kind: Kind::Save, seq: 17, epoch: 3, body: r#"{"part.0":{"state":"sending é"}}"#.to_owned()
        }
    }

    #[test]
    fn a_record_is_a_line_that_no_store_takes_for_json() {
        let text = record().to_string();
        assert_eq!(text, r#"bw1 save 17 3 33 70c19f4b {"part.0":{"state":"sending é"}}"#);
        assert_eq!(Record::read(&text), Ok(record()));
    }

    #[test]
    fn a_record_cut_at_any_byte_is_damaged() {
        let text = record().to_string();
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            assert_eq!(Record::read(&text[..at]), Err(Flaw::Damaged), "cut at {at}");
        }
    }

    #[test]
    fn a_record_with_any_byte_changed_is_damaged() {
        let text = record().to_string();
        for (at, _) in text.char_indices() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(changed == text || Record::read(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let text = record().to_string().replacen("bw1", "bw2", 1);
        assert_eq!(Record::read(&text), Err(Flaw::Newer(2)));
    }

    proptest! {
        #[test]
        fn every_record_comes_back(kind in "[a-z]{1,9}", seq: u64, epoch: u64, body in ".*") {
            let record = Record { kind: Kind::of(&kind), seq, epoch, body };
            prop_assert_eq!(Record::read(&record.to_string()), Ok(record));
        }

        #[test]
        fn no_text_is_too_strange(text in ".*") {
            let _ = Record::read(&text);
        }
    }
}
