//! Many texts in memory, one behind the other, and the search over all of them.
//!
//! A table's cells and the answers to its rows are looked at in any order and searched at every key. So they lie as
//! bytes in blocks: a text costs four bytes beside its own, and a search runs over blocks, not over texts. Start with
//! [`Texts`].
//!
//! **Invariant:** [`Search::find`] finds what a search in each text alone finds, both folded as `Needle` says, whatever it
//! was asked for before.

mod fold;
mod needle;
mod search;

use needle::Needle;
pub use search::Search;

/// Texts by number, from 0, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    blocks: Vec<Block>,
}

/// Some texts, end to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) text: String,
    /// For each text, where it ends.
    pub(crate) ends: Vec<u32>,
    /// The number of the first.
    first: u32,
    /// Whether a character is in it that folds to something of another kind; see [`fold::is_odd`].
    pub(crate) is_odd: bool,
}

/// Bytes of a block, unless one text has more.
const BLOCK_BYTES: usize = 1 << 20;

impl Texts {
    /// Takes another text.
    pub fn push(&mut self, text: &str) {
        let has_room = self.blocks.last().is_some_and(|block| block.text.len() + text.len() <= BLOCK_BYTES);
        if !has_room {
            let first = self.len();
            // What comes behind a full block fills another one, most likely.
            let room = if first == 0 { text.len() } else { text.len().max(BLOCK_BYTES) };
            self.blocks.push(Block { text: String::with_capacity(room), first, ..Block::default() });
        }
        let Some(block) = self.blocks.last_mut() else { return };
        block.text.push_str(text);
        block.ends.push(block.text.len() as u32);
        block.is_odd |= !text.is_ascii() && text.contains(fold::is_odd);
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        self.blocks.last().map_or(0, |block| block.first + block.ends.len() as u32)
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The text with this number; `None` where there is none.
    pub fn get(&self, number: u32) -> Option<&str> {
        let block = self.blocks.partition_point(|block| block.first <= number).checked_sub(1)?;
        let block = self.blocks.get(block)?;
        block.get((number - block.first) as usize)
    }

    /// Every `step`th text from `first` on.
    pub fn every(&self, first: u32, step: u32) -> impl Iterator<Item = &str> {
        let mut number = first;
        let mut blocks = self.blocks.iter().peekable();
        core::iter::from_fn(move || {
            while blocks.next_if(|block| number >= block.first + block.ends.len() as u32).is_some() {}
            let block = blocks.peek()?;
            let at = number - block.first;
            number += step.max(1);
            block.get(at as usize)
        })
    }
}

impl Block {
    /// Where a text of this block begins and ends.
    pub(crate) fn range(&self, number: usize) -> Option<core::ops::Range<usize>> {
        let end = *self.ends.get(number)? as usize;
        let start =
            number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        Some(start..end)
    }

    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        self.text.get(self.range(number)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
    }

    fn found(texts: &Texts, needle: &str) -> Vec<u32> {
        found_by(&mut Search::default(), texts, needle)
    }

    fn found_by(search: &mut Search, texts: &Texts, needle: &str) -> Vec<u32> {
        let mut found = Vec::new();
        search.find(texts, needle, |number| found.push(number));
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 8 } else { 512 }, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_search_finds_what_is_in_each_text_alone(
            // Letters that fold in every way there is: with ASCII, to ASCII, to two characters, to other lengths in bytes.
            given in proptest::collection::vec("[aAbkKiIsSeE .é\u{130}\u{212a}\u{307}ÉßẞσΣςпПЯяÅ\u{212b}å日😀ǅǆ]{0,90}|[a-eA-Eпß ]{0,150}", 0..12),
            other in "[aAbkKiIsSeE .é\u{130}\u{212a}\u{307}ÉßẞσΣςпПЯяÅ\u{212b}å日😀ǅǆ]{0,4}|[a-eA-Eпß ]{1,4}",
            (text, from, len) in (0..12_usize, 0..150_usize, 0..6_usize),
        ) {
            let mut texts = Texts::default();
            for text in &given {
                texts.push(text);
            }
            prop_assert_eq!(texts.len() as usize, given.len());
            for (number, text) in (0..).zip(&given) {
                prop_assert_eq!(texts.get(number), Some(text.as_str()));
            }
            prop_assert_eq!(texts.get(texts.len()), None);
            let thirds = given.iter().skip(len).step_by(1 + from % 3).map(String::as_str);
            prop_assert!(texts.every(len as u32, 1 + from as u32 % 3).eq(thirds));
            let inside: String = given.get(text).map_or("", String::as_str).chars().skip(from).take(len).collect();
            let mut search = Search::default();
            for needle in [&other, &inside, &inside.to_uppercase()] {
                let want = |words: &str| -> Vec<u32> {
                    (0..).zip(&given).filter(|(_, text)| folded(text).contains(&folded(words))).map(|(n, _)| n).collect()
                };
                prop_assert_eq!(found(&texts, needle), want(needle), "{:?} in {:?}", needle, given);
                // Letter by letter, as it is typed.
                for (end, letter) in needle.char_indices() {
                    let words = needle.get(..end + letter.len_utf8()).unwrap();
                    prop_assert_eq!(found_by(&mut search, &texts, words), want(words), "{:?} in {:?}", words, given);
                }
            }
        }
    }

    #[test]
    fn what_ends_in_one_text_and_begins_in_the_next_is_not_found() {
        let mut texts = Texts::default();
        for text in ["refu", "nd", "", "a refund", "REFUND"] {
            texts.push(text);
        }
        assert_eq!(found(&texts, "Refund"), [3, 4]);
        assert_eq!(found(&texts, "nd"), [1, 3, 4]);
        assert_eq!(found(&texts, ""), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn texts_that_have_come_since_the_last_search_are_searched_by_the_next() {
        let (mut texts, mut search) = (Texts::default(), Search::default());
        texts.push("a refund");
        assert_eq!(found_by(&mut search, &texts, "ref"), [0]);
        texts.push("Refunds");
        assert_eq!(found_by(&mut search, &texts, "refund"), [0, 1]);
        assert_eq!(found_by(&mut search, &texts, "refunds"), [1]);
        assert_eq!(found_by(&mut search, &texts, "refund"), [0, 1]);
    }

    #[test]
    fn texts_longer_than_a_block_and_many_blocks_are_searched_to_their_ends() {
        let mut texts = Texts::default();
        let filler = "lorem ipsum dolor ".repeat(20_000);
        for number in 0..12 {
            texts.push(&format!("{filler}#{number} Straße"));
            texts.push("");
        }
        texts.push(&"x".repeat(3 * BLOCK_BYTES));
        texts.push("the last");
        assert!(texts.blocks.len() > 4);
        assert_eq!(found(&texts, "#7 strasse"), [0_u32; 0]);
        assert_eq!(found(&texts, "#7 STRAßE"), [14]);
        assert_eq!(found(&texts, "THE LAST"), [25]);
        assert_eq!(found(&texts, "straße").len(), 12);
        assert_eq!(texts.get(25), Some("the last"));
        assert!(texts.every(1, 2).eq([""; 12].into_iter().chain(["the last"])));
    }
}
