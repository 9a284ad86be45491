//! The shapes of the lines that came last.

use super::fields::Fields;
use super::outline::Outline;
use super::scan;
use super::shape::{Shape, Slot};

/// How many shapes are kept: most files have one or two.
const SHAPES: usize = 16;

/// Lines with more strings and numbers, or with more text around them, are walked each time.
const LEAVES: usize = 400;
const SKELETON: usize = 16 << 10;

/// After so many lines that fitted nothing, only a few of every so many are looked at: a file may have as many shapes as
/// lines.
const PATIENCE: u32 = 48;
/// As many as it takes to meet a shape, to see where it varies, and to fit it.
const FEW: u32 = 4;

/// Finds the fields of a line by what is known of the lines before it.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// The one that fitted last comes first.
    known: Vec<Known>,
    slots: Vec<Slot>,
    /// Lines in a row that fitted nothing.
    strange: u32,
    made: u32,
}

#[derive(Debug)]
struct Known {
    number: u32,
    fitted: u32,
    shape: Shape,
}

/// How a line fitted.
#[derive(Clone, Copy, Debug)]
pub struct Fit<'a> {
    kept: &'a Shape,
    /// The shape's number: no other shape of the same reader ever has it.
    pub shape: u32,
    /// How often the shape has fitted so far.
    pub fitted: u32,
    /// What was different in this line.
    pub slots: &'a [Slot],
}

/// A shape as whoever builds objects needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// A line of this shape with nothing in its slots: strings are empty, numbers 0.
    pub line: Vec<u8>,
    /// How many keys all its objects have together: an object with fewer had one twice.
    pub keys: u32,
    /// Which of its strings, numbers and words are slots, in the order of the line.
    pub slots: Vec<u32>,
}

impl Shapes {
    /// Whether the line fits a known shape; fills `fields` then, where they are wanted.
    pub(super) fn read(&mut self, line: &[u8], fields: Option<&mut Fields>) -> bool {
        if !self.is_attentive() {
            return false;
        }
        let slots = &mut self.slots;
        let Some(at) = self.known.iter().position(|known| known.shape.fits(line, slots)) else {
            return false;
        };
        self.strange = 0;
        if let Some(before) = self.known.get_mut(..=at) {
            before.rotate_right(1);
        }
        let Some(Known { shape, fitted, .. }) = self.known.first_mut() else { return false };
        *fitted = fitted.saturating_add(1);
        if let Some(fields) = fields {
            shape.fill(line, slots, fields);
            if shape.judged_anew {
                scan::judge(line, fields);
            }
        }
        true
    }

    /// Learns from a line that fitted nothing and turned out to be a result.
    pub(super) fn learn(&mut self, line: &[u8], fields: &Fields) {
        let was_attentive = self.is_attentive();
        self.strange = self.strange.wrapping_add(1);
        if !was_attentive {
            return;
        }
        let Ok(Some(outline)) = Outline::of(line, LEAVES) else { return };
        let skeleton = outline.skeleton(line);
        if skeleton.len() > SKELETON {
            return;
        }
        let wider = |known: &Known| known.shape.widened(line, &outline, &skeleton, fields);
        let widened = self.known.iter().enumerate().find_map(|(at, known)| Some((at, wider(known)?)));
        let shape = match widened {
            Some((at, shape)) => {
                self.known.remove(at);
                shape
            }
            None => Shape::first(line, &outline, fields),
        };
        self.known.truncate(SHAPES - 1);
        self.made = self.made.wrapping_add(1);
        self.known.insert(0, Known { number: self.made, fitted: 0, shape });
    }

    const fn is_attentive(&self) -> bool {
        self.strange <= PATIENCE || self.strange % PATIENCE < FEW
    }

    /// How the line that was read last fitted.
    pub(super) fn fit(&self) -> Option<Fit<'_>> {
        let Known { number, fitted, shape } = self.known.first()?;
        Some(Fit { kept: shape, shape: *number, fitted: *fitted, slots: &self.slots })
    }
}

impl Fit<'_> {
    /// What the lines of this shape have in common.
    pub fn example(&self) -> Example {
        let (line, slots) = self.kept.example();
        Example { line, keys: self.kept.keys(), slots }
    }
}
