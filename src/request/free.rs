//! Values whose shape is nobody's business: passed over, with an eye on keys that stand twice and on depth.

use super::codes::ViolationCode as Code;
use super::walk::Walk;
use crate::json::{Str, SyntaxError, Token};

/// Nesting that nobody needs. Readers of JSON begin to refuse at a few hundred.
const DEEP: usize = 200;

/// Objects with fewer keys are compared pair by pair.
const FEW: usize = 8;

impl Walk<'_, '_> {
    /// Passes over the value that comes next.
    pub(super) fn free(&mut self) -> Result<(), SyntaxError> {
        match self.scanner.step()? {
            Some(token) => self.finish(token),
            None => Ok(()),
        }
    }

    /// Passes over the rest of the value that `first` began.
    pub(super) fn finish(&mut self, first: Token<'_>) -> Result<(), SyntaxError> {
        if !matches!(first, Token::ObjectStart | Token::ArrayStart) {
            return Ok(());
        }
        let outside = self.scanner.depth() - 1;
        self.buffers.keys.clear();
        self.buffers.objects.clear();
        if first == Token::ObjectStart {
            self.buffers.objects.push(0);
        }
        let mut deepest = (0, 0);
        while self.scanner.depth() > outside {
            match self.scanner.step()? {
                Some(Token::Key(key)) => self.buffers.keys.push((hash(key), key.offset())),
                Some(Token::ObjectStart) => self.buffers.objects.push(self.buffers.keys.len()),
                Some(Token::ObjectEnd) => self.end_of_object(),
                _ => {}
            }
            if self.scanner.depth() > deepest.0 {
                deepest = (self.scanner.depth(), self.scanner.start());
            }
        }
        if deepest.0 > DEEP {
            let message = format!("values are nested {} deep here", deepest.0);
            self.doubt(Code::JsonTooDeep, deepest.1, message, "flatten it");
        }
        Ok(())
    }

    fn end_of_object(&mut self) {
        let Some(first) = self.buffers.objects.pop() else { return };
        let Some(keys) = self.buffers.keys.get_mut(first..) else { return };
        let again = if keys.len() <= FEW {
            keys.iter().enumerate().find(|(n, key)| keys.iter().take(*n).any(|other| other.0 == key.0))
        } else {
            keys.sort_unstable();
            let twice = keys.windows(2).position(|pair| matches!(pair, [a, b] if a.0 == b.0));
            twice.and_then(|n| keys.get(n + 1)).map(|key| (0, key))
        };
        let again = again.map(|(_, key)| key.1);
        if let Some(at) = again {
            self.doubt(Code::JsonDuplicateKey, at, "this key stands twice in its object", "keep one of them");
        }
        self.buffers.keys.truncate(first);
    }
}

/// FNV-1a over what the key means. Two keys of one object with the same hash are, for all practical purposes, the same.
pub(super) fn hash(key: Str<'_>) -> u64 {
    let over = |text: &str| {
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    if key.is_escaped() { over(&key.decode()) } else { over(key.raw()) }
}
