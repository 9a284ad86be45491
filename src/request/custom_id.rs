//! The name a caller gives a request.

use core::fmt;

use crate::limits::MAX_CUSTOM_ID;

/// A `custom_id` that the API takes: `^[a-zA-Z0-9_-]{1,64}$`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomId(String);

/// Why a text is no `custom_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdProblem {
    /// It has no characters.
    Empty,
    /// It has more than 64 characters.
    TooLong {
        /// How many it has.
        characters: usize,
    },
    /// It has a character other than letters, digits, `_` and `-`.
    Character {
        /// The first such character.
        character: char,
        /// How many characters come before it.
        at: usize,
    },
}

impl CustomId {
    /// The id, if the API would take it.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, IdProblem> {
        examine(text).map_or_else(|| Ok(Self(text.to_owned())), Err)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with `text` as an id, if anything is; nothing is allocated.
pub fn examine(text: &str) -> Option<IdProblem> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if (1..=MAX_CUSTOM_ID).contains(&text.len()) && text.bytes().all(|byte| allowed(char::from(byte))) {
        return None;
    }
    if text.is_empty() {
        return Some(IdProblem::Empty);
    }
    if let Some((at, character)) = text.chars().enumerate().find(|&(_, c)| !allowed(c)) {
        return Some(IdProblem::Character { character, at });
    }
    (text.len() > MAX_CUSTOM_ID).then_some(IdProblem::TooLong { characters: text.len() })
}

impl fmt::Display for IdProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the id is empty"),
            Self::TooLong { characters } => {
                write!(f, "the id has {characters} characters, the API takes {MAX_CUSTOM_ID}")
            }
            Self::Character { character, at } => {
                write!(f, "the API refuses {character:?} in an id (character {})", at + 1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_what_the_api_takes_and_nothing_else() {
        for good in ["a", "A-17_z", "0", &"x".repeat(64)] {
            assert_eq!(CustomId::parse(good).unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("", IdProblem::Empty),
            (&"x".repeat(65), IdProblem::TooLong { characters: 65 }),
            ("a b", IdProblem::Character { character: ' ', at: 1 }),
            ("ab.c", IdProblem::Character { character: '.', at: 2 }),
            ("é", IdProblem::Character { character: 'é', at: 0 }),
            ("a\n", IdProblem::Character { character: '\n', at: 1 }),
        ] {
            assert_eq!(CustomId::parse(bad), Err(why), "{bad}");
        }
    }
}
