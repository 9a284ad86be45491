//! The walk: one request read along the tables of its shape, token by token, with a stack of its own.
//!
//! Theory of operation: every open container of known shape is a [`Frame`]; the innermost decides what the next key or
//! item may be. A value without a known shape is passed over by `free`. Where the fields of an object depend on one of
//! its strings, a second scanner looks ahead for it, which costs nothing where it comes first, as it mostly does.
//! Marks hand values to the rules, which judge at the end what no single field can tell. Nothing is allocated unless
//! something is wrong: the stacks are the checker's and are used again.

use super::check::{Depth, Facts};
use super::loose::Seen;
use super::notes::Notes;
use super::schema::{Field, Gate, List, Mark, Object, Place, Shape, Tagged, Text, Value, Variant};
use super::terms::{Terms, Version};
use super::violation::Violations;
use crate::json::{Scanner, Str, SyntaxError, Token};

/// What is used again from one request to the next.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) frames: Vec<Frame>,
    pub(super) notes: Notes,
    pub(super) seen: Seen,
    /// Keys of the free objects that are open, by hash; see `free`.
    pub(super) keys: Vec<(u64, usize)>,
    /// Where the keys of each of them begin.
    pub(super) objects: Vec<usize>,
    /// For each violation that is kept, where it is.
    pub(super) spots: Vec<usize>,
}

/// An open container of known shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    kind: Kind,
    /// Its first byte.
    pub(super) at: usize,
    /// Fields met so far, as bits.
    seen: u64,
    /// Items met so far.
    pub(super) count: u32,
    pub(super) mark: Mark,
    /// Where its blocks stand.
    pub(super) place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Object(&'static Object),
    Map(&'static Value),
    List(&'static List),
}

/// A walk through one request.
pub(super) struct Walk<'a, 'w> {
    pub(super) request: &'a [u8],
    pub(super) scanner: Scanner<'a>,
    pub(super) depth: Depth,
    pub(super) terms: &'w Terms,
    pub(super) found: &'w mut Violations,
    pub(super) facts: &'w mut Facts<'a>,
    pub(super) buffers: &'w mut Buffers,
    /// Where the parameter at hand began, if the model gets to read it.
    pub(super) measured: Option<usize>,
}

impl<'a> Walk<'a, '_> {
    /// Walks through the parameters, whose opening brace stands at `at` and has been read.
    pub(super) fn params(&mut self, shape: &'static Object, at: usize) -> Result<(), SyntaxError> {
        self.buffers.frames.clear();
        self.open(Kind::Object(shape), at, Mark::None, Place::Anywhere);
        while let Some(frame) = self.buffers.frames.last_mut() {
            let (before, kind) = (self.scanner.offset(), frame.kind);
            if let Kind::List(list) = kind {
                frame.count = frame.count.saturating_add(1);
                match self.scanner.step()? {
                    Some(Token::ArrayEnd) | None => self.close_list(list),
                    Some(token) => self.value(list.item, false, Mark::None, token)?,
                }
                continue;
            }
            let token = self.scanner.step()?;
            if self.buffers.frames.len() == 1 {
                self.measure(before);
            }
            match (token, kind) {
                (Some(Token::Key(key)), Kind::Object(object)) => self.member(object, key)?,
                (Some(Token::Key(_)), Kind::Map(value)) => {
                    if let Some(token) = self.scanner.step()? {
                        self.value(value.shape, value.null, Mark::None, token)?;
                    }
                }
                (_, Kind::Object(object)) => self.close_object(object),
                _ => self.close(),
            }
        }
        Ok(())
    }

    fn member(&mut self, object: &'static Object, key: Str<'a>) -> Result<(), SyntaxError> {
        let known = object.fields.iter().position(|field| key.is(field.name));
        let Some((number, field)) = known.and_then(|at| Some((at, object.fields.get(at)?))) else {
            if !object.open {
                self.unknown_key(object, key);
            }
            self.measured = Some(self.scanner.value_offset());
            return self.free();
        };
        if let Some(frame) = self.buffers.frames.last_mut() {
            let bit = 1 << number;
            if frame.seen & bit != 0 {
                self.repeated(key);
            } else {
                frame.seen |= bit;
            }
        }
        self.gate(field, key);
        let Some(token) = self.scanner.step()? else { return Ok(()) };
        if self.buffers.frames.len() == 1 {
            self.begin(field);
            if self.depth == Depth::Placeable && !field.mark.is_of_the_bill() {
                return self.finish(token);
            }
        }
        self.value(field.shape, field.null, field.mark, token)
    }

    fn gate(&mut self, field: &Field, key: Str<'a>) {
        match field.gate {
            Gate::Always => {}
            Gate::Beta(betas) => self.needs_beta(betas, field.name, key.offset()),
            Gate::Before2026 => match self.terms.version {
                Version::V2023 => {}
                Version::V2026 => self.gone_in_2026(field.name, key.offset()),
                Version::Other => self.perhaps_gone(field.name, key.offset()),
            },
        }
    }

    /// Judges the value that `token` begins. Of containers, the inside is judged as it comes.
    fn value(&mut self, shape: Shape, null: bool, mark: Mark, token: Token<'a>) -> Result<(), SyntaxError> {
        let at = self.scanner.start();
        if null && token == Token::Null {
            return Ok(());
        }
        let shape = match (shape, token) {
            (Shape::Either(either), Token::ObjectStart) => either.object.unwrap_or(shape),
            (Shape::Either(either), Token::ArrayStart) => either.list.map_or(shape, Shape::List),
            (Shape::Either(either), Token::String(_)) => either.text.unwrap_or(shape),
            (Shape::Either(either), Token::Bool(_)) if either.boolean => Shape::Bool,
            _ => shape,
        };
        match (shape, token) {
            (Shape::Text(text), Token::String(string)) => {
                self.buffers.seen.text(mark, text, string);
                self.text(text, string, at);
            }
            (Shape::Word(words), Token::String(string)) => self.word(words, string, at),
            (Shape::Int(least, most), Token::Number(number)) => self.int((least, most), number, at),
            (Shape::Num(least, most), Token::Number(number)) => self.num((least, most), number, at),
            (Shape::Bool, Token::Bool(_)) => {}
            (Shape::Any, _) => self.finish(token)?,
            (Shape::Object(object), Token::ObjectStart) if object.open && object.fields.is_empty() => {
                self.mark(mark, token, at);
                self.finish(token)?;
                self.left(mark, at, 0);
                return Ok(());
            }
            (Shape::Object(object), Token::ObjectStart) => {
                self.mark(mark, token, at);
                self.open(Kind::Object(object), at, mark, self.place());
                return Ok(());
            }
            (Shape::Map(value), Token::ObjectStart) => {
                self.open(Kind::Map(value), at, mark, Place::Anywhere);
            }
            (Shape::List(list), Token::ArrayStart) => {
                self.mark(mark, token, at);
                let place = if let Shape::Tagged(tagged) = list.item { tagged.place } else { self.place() };
                self.open(Kind::List(list), at, list.mark, place);
                return Ok(());
            }
            (Shape::Tagged(tagged), Token::ObjectStart) => {
                self.mark(mark, token, at);
                return self.tagged(tagged, at);
            }
            (shape, token) => {
                self.wrong_type(shape, null, token, at);
                return self.finish(token);
            }
        }
        self.mark(mark, token, at);
        Ok(())
    }

    /// Finds out which object this is, whose brace has just been read, and opens it.
    fn tagged(&mut self, tagged: &'static Tagged, at: usize) -> Result<(), SyntaxError> {
        let mut ahead = self.scanner.ahead();
        let mut tag = None;
        while let Some(Token::Key(key)) = ahead.step()? {
            if key.is(tagged.key) {
                tag = ahead.step()?.map(|token| (token, ahead.start()));
                break;
            }
            ahead.skip_value()?;
        }
        let find = |wanted: &dyn Fn(&str) -> bool| tagged.variants.iter().find(|variant| wanted(variant.tag));
        let (variant, tag_at) = match tag {
            Some((Token::String(string), tag_at)) => (find(&|tag| string.is(tag)), tag_at),
            Some((Token::Null, tag_at)) => (find(&|tag| tagged.default == Some(tag)), tag_at),
            Some((_, tag_at)) => (None, tag_at),
            None => (find(&|tag| tagged.default == Some(tag)), at),
        };
        let Some(variant) = variant else {
            match tag {
                Some((Token::String(string), _)) => self.unknown_tag(tagged, &string.decode(), tag_at),
                Some((token, _)) => self.wrong_type(Shape::Word(&[]), false, token, tag_at),
                None => self.missing(tagged.key, at),
            }
            return self.finish(Token::ObjectStart);
        };
        self.stands(tagged, variant, tag_at);
        self.mark(variant.mark, Token::ObjectStart, at);
        self.open(Kind::Object(variant.object), at, variant.mark, tagged.place);
        Ok(())
    }

    fn stands(&mut self, tagged: &Tagged, variant: &Variant, at: usize) {
        if let Gate::Beta(betas) = variant.gate {
            self.needs_beta(betas, variant.tag, at);
        }
        let place = tagged.place as u16;
        if place != 0 && variant.places & place == 0 {
            self.misplaced(tagged.place, variant, at);
        }
    }

    fn text(&mut self, text: &Text, string: Str<'a>, at: usize) {
        // Bytes bound characters from above: most strings are settled without counting.
        let bytes = string.raw().len();
        if bytes < text.least as usize || bytes > text.most as usize || (text.least > 1 && bytes > 1) {
            let length = string.char_count();
            if length < text.least as usize || length > text.most as usize {
                return self.wrong_length(text.least, text.most, length, at);
            }
        }
        self.format(text.format, string, at);
    }

    fn open(&mut self, kind: Kind, at: usize, mark: Mark, place: Place) {
        self.buffers.frames.push(Frame { kind, at, seen: 0, count: 0, mark, place });
    }

    fn close_object(&mut self, object: &'static Object) {
        if let Some(frame) = self.buffers.frames.last() {
            let (missing, at) = (object.needed & !frame.seen, frame.at);
            if missing != 0 {
                for (number, field) in object.fields.iter().enumerate() {
                    if missing >> number & 1 == 1 {
                        self.missing(field.name, at);
                    }
                }
            }
        }
        self.close();
    }

    fn close_list(&mut self, list: &'static List) {
        if let Some(frame) = self.buffers.frames.last_mut() {
            frame.count -= 1;
            let (count, at) = (frame.count, frame.at);
            if count < list.least || count > list.most {
                self.wrong_count(list.least, list.most, count, at);
            }
        }
        self.close();
    }

    fn close(&mut self) {
        if let Some(frame) = self.buffers.frames.pop() {
            self.left(frame.mark, frame.at, frame.count);
        }
    }

    /// Where the innermost blocks stand.
    pub(super) fn place(&self) -> Place {
        self.buffers.frames.last().map_or(Place::Anywhere, |frame| frame.place)
    }
}
