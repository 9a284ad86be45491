//! The shape of a line: what the lines before it had in common, and where they differed.
//!
//! Theory of operation: a line that was walked is kept as literals with slots between them. The next one is held against
//! the literals, and only its slots are scanned; where the fields stand follows from where the slots ended. A line that
//! fits is JSON, because the literals are and each slot holds a good string or number.

use core::ops::Range;

use super::fields::{Fields, Text};
use super::outline::{Outline, usage_numbers};
use crate::json::{Inside, Scanner, read};
use crate::simd::is_same;
use crate::wire::{Usage, UsagePart, UsageParts};

/// A longer string is never part of a literal.
const LITERAL_STRING: usize = 64;

/// A value that differs from line to line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// First byte in the line, of a string the first behind its quote.
    pub start: u32,
    /// Bytes, without quotes.
    pub len: u32,
    /// What stands there.
    pub kind: SlotKind,
}

/// What stands in a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlotKind {
    /// A string without escapes that is ASCII.
    #[default]
    Plain,
    /// Any other string.
    String {
        /// Whether it holds escapes.
        escaped: bool,
        /// Whether some surrogate has no partner, so that it has no UTF-8 form.
        halved: bool,
    },
    /// A number of nothing but digits, few enough to be exact.
    Whole(u64),
    /// Any other number.
    Number,
}

/// Where something stands: so many bytes behind the end of the slot before it.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// How many slots come before it.
    slots: usize,
    behind: usize,
}

#[derive(Debug)]
struct Step {
    literal: Range<usize>,
    is_number: bool,
    ordinal: u32,
}

/// How the usage of a line comes about.
#[derive(Debug)]
enum UsageOf {
    /// It is the same in every line, or absent.
    Literal,
    /// These slots are its numbers.
    Slots(UsageParts, bool, Vec<(usize, UsagePart)>),
    /// It is read anew.
    Text,
}

/// The shape that some lines have.
#[derive(Debug)]
pub(super) struct Shape {
    skeleton: Vec<u8>,
    /// Per leaf its bytes, where they have always been the same.
    values: Vec<Option<Box<[u8]>>>,
    keys: u32,
    literals: Vec<u8>,
    steps: Vec<Step>,
    tail: Range<usize>,
    fields: Fields,
    strings: Vec<(Place, Option<usize>)>,
    spans: Vec<(Place, Place)>,
    usage: UsageOf,
    /// Whether the outcome rests on a slot.
    pub(super) judged_anew: bool,
}

impl Shape {
    /// The shape of a line that is the first of its kind.
    pub(super) fn first(line: &[u8], outline: &Outline, fields: &Fields) -> Self {
        let value = |range: &Range<usize>| line.get(range.clone()).unwrap_or_default().into();
        let values = outline.leaves.iter();
        let values = values.map(|leaf| (leaf.range.len() <= LITERAL_STRING).then(|| value(&leaf.range)));
        Self::of(line, outline, fields, values.collect())
    }

    /// The shape of this line too, where only values differ; `None` where anything else does.
    pub(super) fn widened(
        &self,
        line: &[u8],
        outline: &Outline,
        skeleton: &[u8],
        fields: &Fields,
    ) -> Option<Self> {
        if self.skeleton != skeleton || self.values.len() != outline.leaves.len() {
            return None;
        }
        let mut values = Vec::with_capacity(self.values.len());
        for (value, leaf) in self.values.iter().zip(&outline.leaves) {
            let here = line.get(leaf.range.clone()).unwrap_or_default();
            let same = value.as_deref() == Some(here);
            // The kind of a result is judged again for each line; of a block or an error it decides what is looked at.
            let is_result_type = leaf.range.start == fields.result_type.start as usize;
            if !same && leaf.is_kind && !is_result_type {
                return None;
            }
            values.push(value.clone().filter(|_| same));
        }
        Some(Self::of(line, outline, fields, values))
    }

    fn of(line: &[u8], outline: &Outline, fields: &Fields, values: Vec<Option<Box<[u8]>>>) -> Self {
        let mut literals = Vec::new();
        let mut literal = |range: Range<usize>| {
            let start = literals.len();
            literals.extend_from_slice(line.get(range).unwrap_or_default());
            start..literals.len()
        };
        let open = outline.leaves.iter().zip(&values).filter(|(_, value)| value.is_none());
        let slots: Vec<_> = open.map(|(leaf, _)| leaf).collect();
        let mut at = 0;
        let mut steps = Vec::new();
        for leaf in &slots {
            let literal = literal(at..leaf.range.start);
            steps.push(Step { literal, is_number: leaf.is_number, ordinal: leaf.ordinal });
            at = leaf.range.end;
        }
        let tail = literal(at..line.len());
        let place = |at: u32| {
            let count = slots
                .iter()
                .take_while(|slot| slot.range.end <= at as usize && slot.range.start < at as usize)
                .count();
            let end = count.checked_sub(1).and_then(|last| slots.get(last)).map_or(0, |slot| slot.range.end);
            Place { slots: count, behind: at as usize - end }
        };
        let slot_at = |start: u32| slots.iter().position(|slot| slot.range.start == start as usize);
        let mut fields = fields.clone();
        let usage =
            Self::usage_of(line, &fields, &slots.iter().map(|leaf| leaf.range.start).collect::<Vec<_>>());
        let judged = [Some(fields.result_type), fields.error_type, fields.error_message, fields.error_code];
        Self {
            skeleton: outline.skeleton(line),
            values,
            keys: outline.keys,
            steps,
            tail,
            strings: fields.strings_mut().map(|text| (place(text.start), slot_at(text.start))).collect(),
            spans: fields.spans_mut().map(|span| (place(span.start), place(span.start + span.len))).collect(),
            usage,
            judged_anew: judged.into_iter().flatten().any(|text| slot_at(text.start).is_some()),
            fields,
            literals,
        }
    }

    fn usage_of(line: &[u8], fields: &Fields, slots: &[usize]) -> UsageOf {
        let (Some(span), Some(usage)) = (fields.usage_span, &fields.usage) else { return UsageOf::Literal };
        let (start, end) = (span.start as usize, (span.start + span.len) as usize);
        let inside = slots.iter().enumerate().filter(|(_, at)| (start..end).contains(*at));
        let inside: Vec<(usize, usize)> = inside.map(|(slot, at)| (slot, at - start)).collect();
        if inside.is_empty() {
            return UsageOf::Literal;
        }
        let text = core::str::from_utf8(span.of(line)).unwrap_or_default();
        let is_string = |&(_, at): &(usize, usize)| {
            !matches!(text.as_bytes().get(at), Some(b'-' | b'0'..=b'9'))
                || text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'"')
        };
        let Some(numbers) = usage_numbers(text) else { return UsageOf::Text };
        if !usage.iterations.is_empty() || inside.iter().any(is_string) {
            return UsageOf::Text;
        }
        let mut parts = UsageParts::default();
        for (at, part) in &numbers {
            let rest = text.get(*at..).unwrap_or_default();
            parts.set(*part, read::count(&mut Scanner::over(rest)).ok().flatten().unwrap_or(0));
        }
        let part_at = |at| numbers.iter().find(|(number, _)| *number == at).map(|(_, part)| *part);
        let slots = inside.iter().filter_map(|(slot, at)| Some((*slot, part_at(*at)?))).collect();
        UsageOf::Slots(parts, usage.us_geo, slots)
    }

    /// Whether `line` has this shape; its slots go into `slots`.
    pub(super) fn fits(&self, line: &[u8], slots: &mut Vec<Slot>) -> bool {
        slots.clear();
        let mut rest = line;
        for step in &self.steps {
            let literal = self.literals.get(step.literal.clone()).unwrap_or_default();
            let Some((here, behind)) = rest.split_at_checked(literal.len()) else { return false };
            if !is_same(here, literal) {
                return false;
            }
            let found = if step.is_number { number(behind) } else { string(behind) };
            let Some((kind, len)) = found else { return false };
            slots.push(Slot { start: (line.len() - behind.len()) as u32, len: len as u32, kind });
            rest = behind.get(len..).unwrap_or_default();
        }
        is_same(rest, self.literals.get(self.tail.clone()).unwrap_or_default())
    }

    /// The fields of a line that fits.
    pub(super) fn fill(&self, line: &[u8], slots: &[Slot], fields: &mut Fields) {
        fields.copy(&self.fields);
        let end = |place: Place| {
            let last = place.slots.checked_sub(1).and_then(|last| slots.get(last));
            last.map_or(0, |slot| slot.start + slot.len) + place.behind as u32
        };
        for (text, (place, slot)) in fields.strings_mut().zip(&self.strings) {
            text.start = end(*place);
            if let Some(slot) = slot.and_then(|slot| slots.get(slot)) {
                let escaped = matches!(slot.kind, SlotKind::String { escaped: true, .. });
                *text = Text { start: slot.start, len: slot.len, escaped };
            }
        }
        for (span, (from, to)) in fields.spans_mut().zip(&self.spans) {
            span.start = end(*from);
            span.len = end(*to) - span.start;
        }
        match &self.usage {
            UsageOf::Literal => {}
            UsageOf::Slots(parts, us_geo, numbers) => {
                let mut parts = *parts;
                for (slot, part) in numbers {
                    parts.set(*part, slots.get(*slot).map_or(0, |slot| slot.count(line)));
                }
                fields.usage = Some(parts.usage(*us_geo));
            }
            UsageOf::Text => {
                let text = fields.usage_span.map(|span| span.of(line)).unwrap_or_default();
                let text = core::str::from_utf8(text).unwrap_or_default();
                fields.usage = Usage::read(&mut Scanner::over(text)).ok().flatten();
            }
        }
    }

    /// A line of this shape with nothing in its slots, and which of its strings, numbers and words those are.
    pub(super) fn example(&self) -> (Vec<u8>, Vec<u32>) {
        let mut line = Vec::new();
        for step in &self.steps {
            line.extend_from_slice(self.literals.get(step.literal.clone()).unwrap_or_default());
            line.extend(step.is_number.then_some(b'0'));
        }
        line.extend_from_slice(self.literals.get(self.tail.clone()).unwrap_or_default());
        (line, self.steps.iter().map(|step| step.ordinal).collect())
    }

    /// How many keys a line of this shape has.
    pub(super) const fn keys(&self) -> u32 {
        self.keys
    }
}

impl Slot {
    /// The count that stands here; 0 where none does.
    fn count(&self, line: &[u8]) -> u64 {
        if let SlotKind::Whole(number) = self.kind {
            return number;
        }
        let text = super::fields::Span { start: self.start, len: self.len }.of(line);
        let text = core::str::from_utf8(text).unwrap_or_default();
        read::count(&mut Scanner::over(text)).ok().flatten().unwrap_or(0)
    }
}

/// The string that begins `rest`, up to its closing quote.
#[inline]
fn string(rest: &[u8]) -> Option<(SlotKind, usize)> {
    let Inside { len, escaped, beyond, halved } = Inside::of_any(rest)?;
    let is_plain = !escaped && beyond == 0;
    Some((if is_plain { SlotKind::Plain } else { SlotKind::String { escaped, halved } }, len))
}

/// The number that begins `rest`.
#[inline]
fn number(rest: &[u8]) -> Option<(SlotKind, usize)> {
    let mut value = 0;
    let mut len = 0;
    for byte in rest.iter().take(16) {
        if !byte.is_ascii_digit() {
            break;
        }
        value = value * 10 + u64::from(byte - b'0');
        len += 1;
    }
    let is_whole = (1..16).contains(&len)
        && (len == 1 || rest.first() != Some(&b'0'))
        && !matches!(rest.get(len), Some(b'.' | b'e' | b'E'));
    if is_whole {
        return Some((SlotKind::Whole(value), len));
    }
    let written =
        rest.iter().take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')).count();
    let text = core::str::from_utf8(rest.get(..written)?).ok()?;
    let mut scanner = Scanner::over(text);
    scanner.step().ok()?;
    scanner.step().ok()?.is_none().then_some((SlotKind::Number, written))
}
