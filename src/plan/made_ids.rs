//! Ids made for the wire, for callers whose own ids the API would refuse, or who want to tell their batches from others.
//!
//! A made id is `nonce-part-number`: six characters that are the job's own, the part that carries the request, and the
//! request's number in the plan, in base 36. So the way back needs no table, and the first line of a results file
//! says whose batch it is.

use std::borrow::Cow;

use crate::pace::Rng;
use crate::request::CustomId;

const NONCE_LEN: usize = 6;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// What all ids that one job makes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce([u8; NONCE_LEN]);

impl Nonce {
    /// The nonce that follows from this piece of chance.
    pub fn from_chance(chance: u64) -> Self {
        let mut rng = Rng::new(chance);
        Self([(); NONCE_LEN].map(|()| digit(rng.below(36) as u32)))
    }

    /// The nonce as it was written, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; NONCE_LEN] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(|byte| DIGITS.contains(byte)).then_some(Self(bytes))
    }

    /// The nonce as text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What the ids of this part begin with; the number follows.
    pub fn prefix(&self, part: u32) -> String {
        format!("{}-{part}-", self.as_str())
    }

    /// The part and the number that an id stands for; `None` for an id that this job did not make.
    pub fn read(&self, id: &str) -> Option<(u32, u32)> {
        let (part, number) = id.strip_prefix(self.as_str())?.strip_prefix('-')?.split_once('-')?;
        Some((figure(part, 10)?, figure(number, 36)?))
    }

    /// The text with every id of this job in it replaced by the request's own, where `own` knows it.
    pub fn translate<'t, 'o>(&self, text: &'t str, own: impl Fn(u32) -> Option<&'o str>) -> Cow<'t, str> {
        if !text.contains(self.as_str()) {
            return Cow::Borrowed(text);
        }
        let is_id = |c: char| CustomId::parse(c.encode_utf8(&mut [0; 4])).is_ok();
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(|c| !is_id(c)).unwrap_or(rest.len());
            let end = word + rest.get(word..).and_then(|rest| rest.find(is_id)).unwrap_or(rest.len() - word);
            let (word, between) =
                (rest.get(..word).unwrap_or_default(), rest.get(word..end).unwrap_or_default());
            out.push_str(self.read(word).and_then(|(_, number)| own(number)).unwrap_or(word));
            out.push_str(between);
            rest = rest.get(end..).unwrap_or_default();
        }
        Cow::Owned(out)
    }
}

/// The id of request `number` in a part whose ids begin with `prefix`.
pub fn made(prefix: &str, number: u32) -> String {
    let mut id = String::with_capacity(LONGEST_MADE_ID as usize);
    id.push_str(prefix);
    push_number(&mut id, number);
    id
}

/// The length of that id.
pub(super) const fn made_len(part: u32, number: u32) -> u32 {
    let part = match part.checked_ilog10() {
        Some(log) => log + 1,
        None => 1,
    };
    NONCE_LEN as u32 + 1 + part + 1 + digits_of(number)
}

/// No made id of a job with less than a thousand million parts is longer.
pub const LONGEST_MADE_ID: u32 = 24;

const fn digits_of(number: u32) -> u32 {
    match number.checked_ilog(36) {
        Some(log) => log + 1,
        None => 1,
    }
}

/// What a figure means that is written the one way in which it is made: small letters, no sign, no leading zeros.
fn figure(text: &str, radix: u32) -> Option<u32> {
    let leads = text.len() > 1 && text.starts_with('0');
    let alien = |byte: u8| !byte.is_ascii_digit() && !byte.is_ascii_lowercase();
    (!leads && !text.bytes().any(alien)).then(|| u32::from_str_radix(text, radix).ok())?
}

fn push_number(out: &mut String, number: u32) {
    let mut power = 36u32.pow(digits_of(number) - 1);
    while power > 0 {
        out.push(char::from(digit(number / power % 36)));
        power /= 36;
    }
}

fn digit(value: u32) -> u8 {
    DIGITS.get(value as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_names_the_job_the_part_and_the_request() {
        let nonce = Nonce::parse("a1b2c3").unwrap();
        assert_eq!(made(&nonce.prefix(12), 35 * 36 + 1), "a1b2c3-12-z1");
        assert_eq!(made(&nonce.prefix(0), 0), "a1b2c3-0-0");
        assert_eq!(made(&nonce.prefix(999_999_999), u32::MAX).len(), LONGEST_MADE_ID as usize);
        for other in [
            "b1b2c3-0-0",
            "a1b2c3-0-",
            "a1b2c3-0",
            "a1b2c3-0-00",
            "a1b2c3-00-0",
            "a1b2c3-0-A",
            "a1b2c3-+1-0",
            "",
        ] {
            assert_eq!(nonce.read(other), None, "{other}");
        }
        for bad in ["a1b2c", "a1b2c3d", "A1B2C3", "a-b2c3", "ä1b2c"] {
            assert_eq!(Nonce::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn chance_decides_the_nonce_and_the_same_chance_the_same() {
        let all: std::collections::BTreeSet<String> =
            (0..1000).map(|chance| Nonce::from_chance(chance).as_str().to_owned()).collect();
        assert_eq!(all.len(), 1000);
        assert!(all.iter().all(|nonce| Nonce::parse(nonce).is_some()));
        assert_eq!(Nonce::from_chance(7), Nonce::from_chance(7));
    }

    #[test]
    fn ids_in_a_text_become_those_of_the_caller() {
        let nonce = Nonce::parse("a1b2c3").unwrap();
        let own = |number| ["süß", "b c"].get(number as usize).copied();
        for (text, want) in [
            ("Duplicate custom_id found: a1b2c3-4-1", "Duplicate custom_id found: b c"),
            ("a1b2c3-0-0, (a1b2c3-0-1) a1b2c3-0-2", "süß, (b c) a1b2c3-0-2"),
            ("xa1b2c3-0-0 a1b2c3-0-0x é", "xa1b2c3-0-0 a1b2c3-0-0x é"),
            ("nothing", "nothing"),
            ("", ""),
        ] {
            assert_eq!(nonce.translate(text, own), want);
        }
    }

    proptest! {
        #[test]
        fn every_id_leads_back_and_is_one_the_api_takes(chance: u64, part in 0u32..1_000_000_000, number: u32) {
            let nonce = Nonce::from_chance(chance);
            let id = made(&nonce.prefix(part), number);
            prop_assert_eq!(id.len() as u32, made_len(part, number));
            prop_assert!(CustomId::parse(&id).is_ok() && id.len() <= LONGEST_MADE_ID as usize);
            prop_assert_eq!(nonce.read(&id), Some((part, number)));
            prop_assert_eq!(Nonce::from_chance(chance.wrapping_add(1)).read(&id), None);
        }

        #[test]
        fn no_text_stops_a_reading(text in "(a1b2c3|[-0-9a-z]|.){0,12}") {
            let nonce = Nonce::parse("a1b2c3").unwrap();
            nonce.read(&text);
            prop_assert_eq!(nonce.translate(&text, |_| None), text.as_str());
        }
    }
}
