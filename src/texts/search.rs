//! A search that goes on: who types words letter by letter searches only where the letters before were found.

use super::{Needle, Texts};

/// The last search over some texts, and where it hit. The next one narrows it where its words begin with those of the
/// last: no text that was passed over has them, and in no text do they stand before the place of the last hit.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What was searched for, in small letters.
    words: String,
    /// Among how many texts.
    among: u32,
    hits: Vec<Hit>,
}

/// The first place in a text.
#[derive(Clone, Copy, Debug)]
struct Hit {
    number: u32,
    /// In the bytes of its block.
    place: u32,
}

impl Search {
    /// Calls `hit` with the number of each text that holds `words`, in order, each once. All searches of one `Search` go
    /// over the same texts, to which others may have been added.
    pub fn find(&mut self, texts: &Texts, words: &str, hit: impl FnMut(u32)) {
        let needle = Needle::new(words);
        let goes_on =
            !self.words.is_empty() && self.among == texts.len() && needle.words().starts_with(&self.words);
        if goes_on {
            self.narrow(texts, &needle);
        } else {
            self.begin(texts, &needle);
        }
        needle.words().clone_into(&mut self.words);
        self.among = texts.len();
        self.hits.iter().map(|hit| hit.number).for_each(hit);
    }

    fn begin(&mut self, texts: &Texts, needle: &Needle) {
        self.hits.clear();
        for block in &texts.blocks {
            needle.find_in(block, |number, place| {
                self.hits.push(Hit { number: block.first + number as u32, place: place as u32 });
            });
        }
    }

    fn narrow(&mut self, texts: &Texts, needle: &Needle) {
        let mut blocks = texts.blocks.iter().peekable();
        self.hits.retain_mut(|hit| {
            while blocks.next_if(|block| hit.number >= block.first + block.ends.len() as u32).is_some() {}
            let found = blocks.peek().and_then(|block| {
                needle.first_in(block, (hit.number - block.first) as usize, hit.place as usize)
            });
            hit.place = found.map_or(hit.place, |place| place as u32);
            found.is_some()
        });
    }
}
