//! What is noted of a result line: where things stand, and the few values that are needed at once.

use std::borrow::Cow;

use crate::json::Scanner;
use crate::wire::{Outcome, RowRetry, Usage};

/// Where a value stands in its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte, counted from the start of the line.
    pub start: u32,
    /// Bytes.
    pub len: u32,
}

impl Span {
    /// The bytes of `line` it stands for.
    pub fn of(self, line: &[u8]) -> &[u8] {
        let start = self.start as usize;
        line.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// Where a string stands in its line, between its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// First byte behind the opening quote, counted from the start of the line.
    pub start: u32,
    /// Bytes up to the closing quote.
    pub len: u32,
    /// Whether it holds escapes, so that its bytes are not its meaning.
    pub escaped: bool,
}

impl Text {
    /// The string's meaning. A surrogate without its partner has no place in UTF-8 and becomes U+FFFD; whoever needs
    /// such a string exactly reads the raw bytes.
    pub fn of(self, line: &[u8]) -> Cow<'_, str> {
        let raw = Span { start: self.start, len: self.len }.of(line);
        if self.escaped {
            let (start, len) = (self.start as usize, self.len as usize);
            let quoted = line.get(start.saturating_sub(1)..start + len + 1).unwrap_or_default();
            return match Scanner::new(quoted).and_then(|mut scanner| scanner.step()) {
                Ok(Some(crate::json::Token::String(text))) => text.decode(),
                _ => Cow::Borrowed(""),
            };
        }
        core::str::from_utf8(raw).map_or(Cow::Borrowed(""), Cow::Borrowed)
    }
}

/// The fields of one result line. Of repeated keys the last counts, as in JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The request's id.
    pub custom_id: Text,
    /// The kind of result.
    pub outcome: Outcome,
    /// `result.type` as the API wrote it: the only name of an outcome that is not known yet.
    pub result_type: Text,
    /// Whether and when the request is worth another try.
    pub retry: RowRetry,
    /// `result.message`, where it is an object.
    pub message: Option<Span>,
    /// `result.message.model`
    pub model: Option<Text>,
    /// `result.message.stop_reason`
    pub stop_reason: Option<Text>,
    /// The text blocks of the message; their texts joined are the answer.
    pub texts: Vec<Text>,
    /// `result.message.usage`, where it is an object.
    pub usage_span: Option<Span>,
    /// The same, read.
    pub usage: Option<Usage>,
    /// `result.error.error.type`
    pub error_type: Option<Text>,
    /// `result.error.error.message`
    pub error_message: Option<Text>,
    /// `result.error.error.details.error_code`
    pub error_code: Option<Text>,
    /// `result.error.request_id`
    pub error_request_id: Option<Text>,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            custom_id: Text::default(),
            outcome: Outcome::Unknown,
            result_type: Text::default(),
            retry: RowRetry::Never,
            message: None,
            model: None,
            stop_reason: None,
            texts: Vec::new(),
            usage_span: None,
            usage: None,
            error_type: None,
            error_message: None,
            error_code: None,
            error_request_id: None,
        }
    }
}

impl Fields {
    /// Forgets everything, keeping what was allocated.
    pub(super) fn clear(&mut self) {
        let mut texts = core::mem::take(&mut self.texts);
        texts.clear();
        *self = Self { texts, ..Self::default() };
    }

    /// All its strings, always in the same order.
    pub(super) fn strings_mut(&mut self) -> impl Iterator<Item = &mut Text> {
        let Self { custom_id, result_type, model, stop_reason, texts, .. } = self;
        let Self { error_type, error_message, error_code, error_request_id, .. } = self;
        let known = [model, stop_reason, error_type, error_message, error_code, error_request_id];
        [custom_id, result_type].into_iter().chain(known.into_iter().flatten()).chain(texts)
    }

    /// All its other places, always in the same order.
    pub(super) fn spans_mut(&mut self) -> impl Iterator<Item = &mut Span> {
        [&mut self.message, &mut self.usage_span].into_iter().flatten()
    }

    /// Becomes a copy of `other`, keeping what was allocated.
    pub(super) fn copy(&mut self, other: &Self) {
        let mut texts = core::mem::take(&mut self.texts);
        texts.clone_from(&other.texts);
        let Self { custom_id, outcome, result_type, retry, message, model, stop_reason, usage_span, .. } =
            *other;
        let Self { error_type, error_message, error_code, error_request_id, .. } = *other;
        let usage = other.usage.clone();
        *self = Self {
            custom_id,
            outcome,
            result_type,
            retry,
            message,
            model,
            stop_reason,
            texts,
            usage_span,
            usage,
            error_type,
            error_message,
            error_code,
            error_request_id,
        };
    }

    /// Forgets what `result.message` said.
    pub(super) fn clear_message(&mut self) {
        (self.message, self.model, self.stop_reason) = (None, None, None);
        self.texts.clear();
        (self.usage_span, self.usage) = (None, None);
    }

    /// Forgets what `result.error` said.
    pub(super) const fn clear_error(&mut self) {
        self.error_request_id = None;
        self.clear_inner_error();
    }

    /// Forgets what `result.error.error` said.
    pub(super) const fn clear_inner_error(&mut self) {
        (self.error_type, self.error_message, self.error_code) = (None, None, None);
    }
}
