//! One walk over a result line that notes where its fields stand.
//!
//! Theory of operation: one small loop per object we look into (line, result, message, content block, usage, error),
//! each asking a [`Walk`] for the next key and telling it what to do with the value. Everything unknown is passed
//! over and still checked. A key that comes again wipes what its first value told.

use core::fmt;

use super::fields::{Fields, Span, Text};
use crate::json::{Scanner, Str, SyntaxError, Token};
use crate::wire::{Outcome, RowRetry, Usage};

/// Why a line is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Syntax(SyntaxError),
    NoObject,
    NoId,
    NoResult,
    NoType,
    ApiError,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "not JSON: {error}"),
            Self::NoObject => f.write_str("not a JSON object"),
            Self::NoId => f.write_str("no result: it has no custom_id that is a string"),
            Self::NoResult => f.write_str("no result: it has no result that is an object"),
            Self::NoType => f.write_str("no result: its result has no type that is a string"),
            Self::ApiError => f.write_str("no result: it is an error of the API"),
        }
    }
}

impl From<SyntaxError> for Problem {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

/// Walks `line` into `fields`.
pub(super) fn scan(line: &[u8], fields: &mut Fields) -> Result<(), Problem> {
    fields.clear();
    let mut walk = Walk { scanner: Scanner::new(line)? };
    if !walk.enter_object()? {
        return Err(walk.refuse(Problem::NoObject));
    }
    let (mut id, mut result, mut result_type, mut api_error) = (None, false, None, false);
    while let Some(key) = walk.key()? {
        match key.decode().as_ref() {
            "custom_id" => id = walk.string()?,
            "result" => {
                fields.clear();
                (result, result_type) = scan_result(&mut walk, fields)?;
            }
            "type" => api_error = walk.string()?.is_some_and(|text| text.of(line) == "error"),
            _ => walk.skip()?,
        }
    }
    walk.end()?;
    fields.custom_id = id.ok_or(if api_error { Problem::ApiError } else { Problem::NoId })?;
    if !result {
        return Err(if api_error { Problem::ApiError } else { Problem::NoResult });
    }
    fields.result_type = result_type.ok_or(Problem::NoType)?;
    judge(line, fields);
    Ok(())
}

/// Draws the conclusions once everything is known, whatever the order of the keys was.
pub(super) fn judge(line: &[u8], fields: &mut Fields) {
    fields.outcome = Outcome::parse(&fields.result_type.of(line));
    let error_type = fields.error_type.map(|text| text.of(line));
    let message = fields.error_message.map(|text| text.of(line));
    let code = fields.error_code.map(|text| text.of(line));
    fields.retry = RowRetry::of(fields.outcome, error_type.as_deref(), message.as_deref(), code.as_deref());
}

/// `result`: whether it is an object, and its type.
fn scan_result(walk: &mut Walk<'_>, fields: &mut Fields) -> Result<(bool, Option<Text>), SyntaxError> {
    if !walk.enter_object()? {
        return Ok((false, None));
    }
    let mut result_type = None;
    while let Some(key) = walk.key()? {
        match key.decode().as_ref() {
            "type" => result_type = walk.string()?,
            "message" => scan_message(walk, fields)?,
            "error" => scan_error(walk, fields)?,
            _ => walk.skip()?,
        }
    }
    Ok((true, result_type))
}

fn scan_message(walk: &mut Walk<'_>, fields: &mut Fields) -> Result<(), SyntaxError> {
    fields.clear_message();
    let start = walk.value_offset();
    if !walk.enter_object()? {
        return Ok(());
    }
    while let Some(key) = walk.key()? {
        match key.decode().as_ref() {
            "model" => fields.model = walk.string()?,
            "stop_reason" => fields.stop_reason = walk.string()?,
            "content" => {
                fields.texts.clear();
                scan_content(walk, &mut fields.texts)?;
            }
            "usage" => {
                let start = walk.value_offset();
                fields.usage = Usage::read(&mut walk.scanner)?;
                fields.usage_span = fields.usage.is_some().then(|| walk.span_from(start));
            }
            _ => walk.skip()?,
        }
    }
    fields.message = Some(walk.span_from(start));
    Ok(())
}

fn scan_content(walk: &mut Walk<'_>, texts: &mut Vec<Text>) -> Result<(), SyntaxError> {
    if !walk.enter_array()? {
        return Ok(());
    }
    while let Some(is_object) = walk.element()? {
        if !is_object {
            continue;
        }
        let (mut is_text, mut text) = (false, None);
        while let Some(key) = walk.key()? {
            match key.decode().as_ref() {
                "type" => is_text = walk.string_is("text")?,
                "text" => text = walk.string()?,
                _ => walk.skip()?,
            }
        }
        texts.extend(text.filter(|_| is_text));
    }
    Ok(())
}

/// `result.error`: an error envelope inside a result, hence the double nesting.
fn scan_error(walk: &mut Walk<'_>, fields: &mut Fields) -> Result<(), SyntaxError> {
    fields.clear_error();
    if !walk.enter_object()? {
        return Ok(());
    }
    while let Some(key) = walk.key()? {
        match key.decode().as_ref() {
            "request_id" => fields.error_request_id = walk.string()?,
            "error" => {
                fields.clear_inner_error();
                scan_inner_error(walk, fields)?;
            }
            _ => walk.skip()?,
        }
    }
    Ok(())
}

fn scan_inner_error(walk: &mut Walk<'_>, fields: &mut Fields) -> Result<(), SyntaxError> {
    if !walk.enter_object()? {
        return Ok(());
    }
    while let Some(key) = walk.key()? {
        match key.decode().as_ref() {
            "type" => fields.error_type = walk.string()?,
            "message" => fields.error_message = walk.string()?,
            "details" => {
                fields.error_code = None;
                if walk.enter_object()? {
                    while let Some(key) = walk.key()? {
                        if key.is("error_code") { fields.error_code = walk.string()? } else { walk.skip()? }
                    }
                }
            }
            _ => walk.skip()?,
        }
    }
    Ok(())
}

/// The scanner in the words of the loops above. Each method that takes a value takes all of it, whatever it is.
#[derive(Debug)]
struct Walk<'a> {
    scanner: Scanner<'a>,
}

impl<'a> Walk<'a> {
    /// The next key of the object that was entered; `None` at its end.
    fn key(&mut self) -> Result<Option<Str<'a>>, SyntaxError> {
        Ok(match self.scanner.step()? {
            Some(Token::Key(key)) => Some(key),
            _ => None,
        })
    }

    /// Enters the next value when it is an object, else passes over it.
    fn enter_object(&mut self) -> Result<bool, SyntaxError> {
        self.enter(Token::ObjectStart)
    }

    /// Enters the next value when it is an array, else passes over it.
    fn enter_array(&mut self) -> Result<bool, SyntaxError> {
        self.enter(Token::ArrayStart)
    }

    /// Passes to the next element of the array that was entered: an object is entered (true), anything else passed
    /// over (false). `None` at the array's end.
    fn element(&mut self) -> Result<Option<bool>, SyntaxError> {
        let outside = self.scanner.depth();
        match self.scanner.step()? {
            Some(Token::ObjectStart) => Ok(Some(true)),
            Some(Token::ArrayEnd) | None => Ok(None),
            Some(_) => self.leave(outside).map(|()| Some(false)),
        }
    }

    fn string(&mut self) -> Result<Option<Text>, SyntaxError> {
        Ok(self.str()?.map(|text| Text {
            start: text.offset() as u32,
            len: text.raw().len() as u32,
            escaped: text.is_escaped(),
        }))
    }

    fn string_is(&mut self, wanted: &str) -> Result<bool, SyntaxError> {
        Ok(self.str()?.is_some_and(|text| text.is(wanted)))
    }

    fn skip(&mut self) -> Result<(), SyntaxError> {
        let outside = self.scanner.depth();
        self.scanner.step()?;
        self.leave(outside)
    }

    /// Where the next value begins.
    fn value_offset(&self) -> usize {
        self.scanner.value_offset()
    }

    /// From `start` to the end of what was taken last.
    const fn span_from(&self, start: usize) -> Span {
        Span { start: start as u32, len: (self.scanner.offset() - start) as u32 }
    }

    /// Proves that nothing follows the line's value.
    fn end(&mut self) -> Result<(), SyntaxError> {
        self.scanner.step().map(|_| ())
    }

    /// `problem`, unless the line is not even JSON.
    fn refuse(&mut self, problem: Problem) -> Problem {
        self.end().map_or_else(Problem::Syntax, |()| problem)
    }

    fn str(&mut self) -> Result<Option<Str<'a>>, SyntaxError> {
        let outside = self.scanner.depth();
        match self.scanner.step()? {
            Some(Token::String(text)) => Ok(Some(text)),
            _ => self.leave(outside).map(|()| None),
        }
    }

    fn enter(&mut self, wanted: Token<'_>) -> Result<bool, SyntaxError> {
        let outside = self.scanner.depth();
        if self.scanner.step()? == Some(wanted) {
            return Ok(true);
        }
        self.leave(outside).map(|()| false)
    }

    /// Runs out of whatever was opened since `depth`.
    fn leave(&mut self, depth: usize) -> Result<(), SyntaxError> {
        while self.scanner.depth() > depth {
            self.scanner.step()?;
        }
        Ok(())
    }
}
