//! Rows as what differs in them: the form from which whole objects are built.

use super::arena::{Arena, Use, layout as strings};
use super::fields::Span;
use super::reader::Record;
use super::shape::{Slot, SlotKind};
use super::shapes::Example;

pub mod layout {
    //! How rows stand in the table of words; `js/objects.ts` reads by the same figures.
    //!
    //! A row is its shape's number (0: none), the span of its line, how many slots it has, and two words for each slot. The highest two bits of the second say what it is; a string is told as in the pages of strings.

    /// Words before the slots.
    pub const HEAD: usize = 4;
    /// The first word is the number itself.
    pub const INTEGER: u32 = 1 << 30;
    /// The words are a span of the lines with a number in it.
    pub const NUMBER: u32 = 3 << 30;
}

/// A shape is told when it has fitted so often: what JavaScript makes of it has its price.
const WORTH: u32 = 4;

/// As many shapes as JavaScript remembers.
const TOLD: usize = 64;

/// Rows, and the shapes that came up with them.
#[derive(Debug, Default)]
pub struct Values {
    count: u32,
    words: Vec<u32>,
    strings: Arena,
    shapes: Vec<(u32, Example)>,
    told: Vec<u32>,
}

impl Values {
    /// Appends a record of the reader whose buffer holds the lines.
    pub fn push(&mut self, record: &Record<'_>) {
        let base = record.start;
        let line = [base as u32, record.line.len() as u32];
        self.count += 1;
        let Some(fit) = record.fit.filter(|fit| fit.fitted >= WORTH) else {
            return self.words.extend([0, line[0], line[1], 0]);
        };
        if !self.told.contains(&fit.shape) {
            self.told.push(fit.shape);
            if self.told.len() > TOLD {
                self.told.remove(0);
            }
            self.shapes.push((fit.shape, fit.example()));
        }
        self.words.extend([fit.shape, line[0], line[1], fit.slots.len() as u32]);
        for slot in fit.slots {
            let words = self.slot(record.line, base, *slot);
            self.words.extend(words);
        }
    }

    fn slot(&mut self, line: &[u8], base: usize, slot: Slot) -> [u32; 2] {
        let span = Span { start: slot.start, len: slot.len };
        let number = [base as u32 + span.start, span.len | layout::NUMBER];
        match slot.kind {
            SlotKind::Whole(whole) => u32::try_from(whole).map_or(number, |whole| [whole, layout::INTEGER]),
            SlotKind::Number => number,
            kind => self.strings.push(Use::Text, line, base, span, kind),
        }
    }

    /// Rows.
    pub const fn len(&self) -> u32 {
        self.count
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The table of words.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The strings.
    pub const fn strings(&self) -> &Arena {
        &self.strings
    }

    /// The shapes to take.
    pub fn shapes(&self) -> &[(u32, Example)] {
        &self.shapes
    }

    /// The shapes that have come up since the last call.
    pub fn take_shapes(&mut self) -> Vec<(u32, Example)> {
        core::mem::take(&mut self.shapes)
    }

    /// Forgets all rows, keeping what was allocated.
    pub fn clear(&mut self) {
        self.count = 0;
        self.words.clear();
        self.strings.clear();
    }
}

// The bits that tell strings from numbers are the same in both tables.
const _: () = assert!(strings::JSON == 1 << 31 && strings::WHOLE < layout::INTEGER);
