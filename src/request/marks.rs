//! From marks to rules: which rule hears of which value.

use super::betas::Beta;
use super::check::{clip, whole};
use super::codes::ViolationCode as Code;
use super::free::hash;
use super::models::EFFORTS;
use super::notes::{Name, Section, Thinking};
use super::schema::{Field, Mark, Place};
use super::violation::Fix;
use super::walk::Walk;
use crate::json::Token;

impl Mark {
    /// Whether an estimate needs it.
    pub(super) const fn is_of_the_bill(self) -> bool {
        matches!(self, Self::Model | Self::MaxTokens | Self::Geo)
    }
}

impl<'a> Walk<'a, '_> {
    /// A parameter begins.
    pub(super) fn begin(&mut self, field: &Field) {
        let is_read = !field.mark.is_of_the_bill() && !matches!(field.mark, Mark::Stream | Mark::Speed);
        self.measured = is_read.then(|| self.scanner.start());
        self.facts.prompt.tools |= field.mark == Mark::Tools;
        self.buffers.notes.cache.section = match field.mark {
            Mark::Tools => Section::Tools,
            Mark::System => Section::System,
            Mark::Messages => Section::Messages,
            _ => Section::Params,
        };
    }

    /// A value of interest, of the right type; of a container, its beginning.
    pub(super) fn mark(&mut self, mark: Mark, token: Token<'a>, at: usize) {
        if mark == Mark::None {
            return;
        }
        let number = |token: Token<'a>| match token {
            Token::Number(number) => Some((at, number.parse().unwrap_or(f64::NAN))),
            _ => None,
        };
        let notes = &mut self.buffers.notes;
        match mark {
            Mark::Model => self.model(token, at),
            Mark::MaxTokens => self.max_tokens(token, at),
            Mark::Geo => self.geo(token, at),
            Mark::Stream if token == Token::Bool(true) => {
                let message = "stream: true does not exist in batches; the API says: \"stream=True\" is not supported \
                               in the Message Batches API";
                self.refuse(Code::ParamsStream, at, message, "remove it");
            }
            Mark::Speed if token != Token::Null => {
                self.refuse(Code::ParamsSpeed, at, "speed does not exist in batches", "remove it");
            }
            Mark::Fallbacks => {
                self.refuse(Code::ParamsBatch, at, "fallbacks do not exist in batches", "remove it");
            }
            Mark::Thread => {
                let message = "threads are not documented for batches";
                self.doubt(Code::ParamsBatch, at, message, "expect an error");
            }
            Mark::Credit => {
                let message = "batches ignore fallback credit";
                self.doubt(Code::ParamsBatch, at, message, "remove it");
            }
            Mark::Profile => {
                let message = "user_profile_id is a header of the whole batch";
                self.doubt(
                    Code::ParamsNotAccepted,
                    at,
                    message,
                    "a row that disagrees with the header fails",
                );
            }
            Mark::Temperature => notes.params.temperature = number(token),
            Mark::TopP => notes.params.top_p = number(token),
            Mark::TopK => notes.params.top_k = number(token),
            Mark::Budget => notes.params.budget = number(token),
            Mark::OutputFormat => notes.params.format = Some(at),
            Mark::OldFormat => notes.params.old_format = Some(at),
            Mark::ContextManagement => notes.params.context_management = Some(at),
            Mark::Compaction => notes.params.compaction = Some(at),
            Mark::Enabled => notes.params.thinking = Some((at, Thinking::Enabled)),
            Mark::Adaptive => notes.params.thinking = Some((at, Thinking::Adaptive)),
            Mark::Disabled => notes.params.thinking = Some((at, Thinking::Disabled)),
            Mark::BetweenTools => notes.params.thinking = Some((at, Thinking::BetweenTools)),
            Mark::Effort => {
                let Token::String(level) = token else { return };
                let level = EFFORTS.iter().position(|known| level.is(known));
                notes.params.effort = level.map(|level| (at, level));
            }
            Mark::Updates => self.thinking_updates(token, at),
            Mark::System if matches!(token, Token::String(prompt) if prompt.raw().is_empty()) => {
                self.doubt(Code::ParamsLength, at, "the system prompt is empty", "leave it out");
            }
            _ => self.mark_inside(mark, token, at),
        }
    }

    /// The same, of values inside tools, turns and blocks.
    fn mark_inside(&mut self, mark: Mark, token: Token<'a>, at: usize) {
        // Of names alone: texts are long.
        let name = || match token {
            Token::String(string) => Some(Name { hash: hash(string), at }),
            _ => None,
        };
        let notes = &mut self.buffers.notes;
        match mark {
            Mark::ForcedAny | Mark::ForcedTool => notes.tools.forced = Some(at),
            Mark::ForcedName => notes.tools.forced_name = name(),
            Mark::ToolName => notes.tool_names.extend(name()),
            Mark::ServerName => notes.servers.extend(name()),
            Mark::SetOfServer => notes.sets.extend(name()),
            Mark::ServerTool => self.advised(token, at),
            Mark::Toolset => notes.tools.sets += 1,
            Mark::Computer => notes.tools.computer = Some(at),
            Mark::Tool => {
                let tools = &mut notes.tools;
                (tools.is_strict, tools.schema, tools.allowed, tools.blocked) = (false, None, false, None);
            }
            Mark::Strict => notes.tools.is_strict = token == Token::Bool(true),
            Mark::Allowed => notes.tools.allowed = true,
            Mark::Blocked => notes.tools.blocked = Some(at),
            Mark::Cache => notes.cache.is_long = false,
            Mark::CacheTtl => notes.cache.is_long = matches!(token, Token::String(ttl) if ttl.is("1h")),
            Mark::Source => (notes.source.media_type, notes.source.data) = (None, None),
            Mark::MediaType => notes.source.media_type = span(token),
            Mark::Data => {
                notes.source.data = span(token);
                notes.source.is_escaped = matches!(token, Token::String(data) if data.is_escaped());
            }
            Mark::Oversized => {
                notes.source.is_strict = matches!(token, Token::String(word) if word.is("error"));
            }
            Mark::Image => {
                notes.source.images += 1;
                (notes.source.last_image, notes.source.side, notes.source.is_strict) = (at, 0, false);
                self.block(mark, at);
            }
            Mark::PictureElsewhere => notes.source.media.unseen += 1,
            Mark::DocumentElsewhere => notes.source.media.documents += 1,
            Mark::Cites if token == Token::Bool(true) => notes.source.cites = Some(at),
            Mark::Document => {
                self.document(at);
                self.block(mark, at);
            }
            Mark::User | Mark::Assistant | Mark::SystemRole => self.turn(mark, at),
            Mark::TurnText | Mark::BlockText => self.said(mark, token, at),
            Mark::TextBlock
            | Mark::ToolUse
            | Mark::ToolResult
            | Mark::ServerBlock
            | Mark::ServerResult
            | Mark::Block => {
                self.block(mark, at);
            }
            Mark::System if matches!(token, Token::String(prompt) if prompt.raw().is_empty()) => {
                self.doubt(Code::ParamsLength, at, "the system prompt is empty", "leave it out");
            }
            Mark::ToolUseId | Mark::ToolResultId => {
                if let Some(name) = name() {
                    self.call(mark, name);
                }
            }
            _ => {}
        }
    }

    /// A container of interest ends; it began at `at` and had so many items.
    pub(super) fn left(&mut self, mark: Mark, at: usize, count: u32) {
        match mark {
            Mark::Tool => self.tool(),
            Mark::InputSchema => {
                self.buffers.notes.tools.schema = Some((at, self.scanner.offset()));
            }
            Mark::OutputSchema => self.json_schema(at, self.scanner.offset()),
            Mark::Cache => self.breakpoint(at),
            Mark::Source => self.source(),
            Mark::Image => self.image(at),
            Mark::SystemRole => self.end_of_system_turn(at),
            Mark::Citations => self.citations(at, count),
            Mark::Messages if count == 0 => {
                let message = "messages is empty; the API says: messages: at least one message is required";
                self.error(Code::ParamsRequired, at, message, "give at least one message");
            }
            // Nothing that we read says what comes of an empty list: only of a string it says that it is refused.
            Mark::Content if count == 0 => {
                let message = "the turn has no content";
                self.doubt(Code::ParamsLength, at, message, "give it a text, or leave the turn out");
            }
            Mark::Prompt if count == 0 => {
                self.doubt(Code::ParamsLength, at, "the system prompt is empty", "leave it out");
            }
            _ => {}
        }
    }

    fn model(&mut self, token: Token<'a>, at: usize) {
        let Token::String(text) = token else { return };
        let model = text.decode();
        if model.is_empty() {
            self.error(Code::ParamsRequired, at, "model is empty", "name a model");
        } else {
            self.look_up(&model, at);
        }
        self.facts.model = Some(model);
    }

    /// A server tool is called by name: the advisor's is a beta's.
    fn advised(&mut self, token: Token<'a>, at: usize) {
        if matches!(token, Token::String(name) if name.is("advisor")) {
            self.needs_beta(&[Beta::Advisor], "advisor", at);
        }
    }

    fn max_tokens(&mut self, token: Token<'a>, at: usize) {
        let Token::Number(text) = token else { return };
        match whole(text) {
            Some(tokens) if tokens >= 1.0 => {
                #[expect(clippy::cast_sign_loss, reason = "it is 1 or more")]
                let whole = tokens as u64;
                self.facts.max_tokens = whole;
                self.buffers.seen.max_tokens(at, text);
                self.buffers.notes.params.max_tokens = Some((at, tokens));
            }
            _ => {
                let message = format!(
                    "max_tokens is {}; the API says: max_tokens: must be greater than or equal to 1",
                    clip(text)
                );
                let hint = "set it to a whole number of 1 or more";
                self.error(Code::ParamsMaxTokens, at, message, hint);
            }
        }
    }

    fn geo(&mut self, token: Token<'a>, at: usize) {
        let Token::String(text) = token else { return };
        self.facts.us_geo = text.is("us");
        self.buffers.notes.params.geo = Some(at);
        if !text.is("us") && !text.is("global") {
            let message = format!("{:?} is not a geography we know", clip(&text.decode()));
            self.doubt(Code::ParamsValue, at, message, "use global, us");
        }
    }

    /// Refuses what only has to be taken out.
    pub(super) fn refuse(&mut self, code: Code, at: usize, message: impl Into<String>, hint: &str) {
        if let Some(violation) = self.error(code, at, message, hint) {
            violation.fix = Some(Fix::Remove);
        }
    }

    /// Whether the block at hand stands where it may be told of as one of its turn.
    pub(super) fn is_in_turn(&self) -> bool {
        matches!(self.place(), Place::User | Place::Assistant | Place::SystemTurn)
    }
}

fn span(token: Token<'_>) -> Option<(usize, usize)> {
    match token {
        Token::String(string) => Some((string.offset(), string.raw().len())),
        _ => None,
    }
}
