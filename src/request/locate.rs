//! JSON Pointers for places in a request: made when something is wrong, in one more pass for all of them.

use core::fmt::Write as _;

use super::check::clip;
use super::violation::Violation;
use crate::json::{Scanner, Str, SyntaxError, Token};

/// One step of a path through JSON.
pub(super) enum Step<'a> {
    /// The value of a key.
    Key(Str<'a>),
    /// An item of a list.
    Item(u64),
    /// A container in which nothing has come yet.
    Nothing,
}

/// Puts before the path of each violation the pointer to what stands at its spot: a value's first byte, or the first
/// byte of a key inside its quotes.
pub(super) fn locate(request: &[u8], spots: &[usize], violations: &mut [Violation]) {
    let mut wanted: Vec<(usize, usize)> = spots.iter().enumerate().map(|(nth, at)| (*at, nth)).collect();
    wanted.sort_unstable();
    // The request has been scanned before: it is JSON.
    let _: Result<(), SyntaxError> = Scanner::new(request).and_then(|mut scanner| {
        let mut path: Vec<Step<'_>> = Vec::new();
        let mut wanted = wanted.into_iter().peekable();
        while let Some(token) = scanner.step()? {
            let at = match token {
                Token::ObjectEnd | Token::ArrayEnd => {
                    path.pop();
                    continue;
                }
                Token::Key(key) => {
                    if let Some(step) = path.last_mut() {
                        *step = Step::Key(key);
                    }
                    key.offset()
                }
                _ => {
                    Step::count(path.last_mut());
                    scanner.start()
                }
            };
            while let Some((_, nth)) = wanted.next_if(|(spot, _)| *spot <= at) {
                if let Some(violation) = violations.get_mut(nth) {
                    violation.path.insert_str(0, &pointer(&path));
                }
            }
            if wanted.peek().is_none() {
                break;
            }
            if matches!(token, Token::ObjectStart | Token::ArrayStart) {
                path.push(Step::Nothing);
            }
        }
        Ok(())
    });
}

impl Step<'_> {
    /// A value begins in the container of this step.
    pub(super) fn count(step: Option<&mut Self>) {
        match step {
            Some(Step::Item(number)) => *number += 1,
            Some(step @ Step::Nothing) => *step = Step::Item(0),
            _ => {}
        }
    }
}

/// The path as a JSON Pointer.
pub(super) fn pointer(path: &[Step<'_>]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) => {
                out.push('/');
                out.push_str(&clip(&key.decode()).replace('~', "~0").replace('/', "~1"));
            }
            // Writing to a string cannot fail.
            Step::Item(number) => drop(write!(out, "/{number}")),
            Step::Nothing => {}
        }
    }
    out
}
