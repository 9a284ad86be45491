//! The parameters of a request, as far as this check goes: those every request needs, and those no batch takes.

use core::ops::Range;

use super::check::{Depth, Walk, clip, kind};
use super::models;
use super::violation::{Violation, ViolationCode as Code};
use crate::json::{SyntaxError, Token};

/// Parameters that this check looks at; the first three are those every request needs.
const NAMES: [&str; 6] = ["model", "max_tokens", "messages", "stream", "speed", "inference_geo"];
const REQUIRED: [&str; 3] = ["model", "max_tokens", "messages"];
const MODEL: usize = 0;
const MAX_TOKENS: usize = 1;
const MESSAGES: usize = 2;
const STREAM: usize = 3;
const SPEED: usize = 4;
const GEO: usize = 5;

impl Walk<'_, '_> {
    pub(super) fn params(&mut self) -> Result<(), SyntaxError> {
        let at = self.scanner.value_offset();
        match self.scanner.step()? {
            Some(Token::ObjectStart) => {}
            other => {
                let message = format!("params is an object, this is {}", kind(other));
                self.finish_value(other)?;
                self.say_deep(Code::ParamsType, "/params", at, message, "put the message parameters there");
                return Ok(());
            }
        }
        let mut seen = [0; NAMES.len()];
        while let Some(Token::Key(key)) = self.scanner.step()? {
            let Some(known) = NAMES.iter().position(|name| key.is(name)) else {
                self.facts.prompt.tools |= key.is("tools");
                let value = self.scanner.skip_value()?;
                self.measure(value);
                continue;
            };
            let path = NAMES.get(known).map(|name| format!("/params/{name}")).unwrap_or_default();
            if let Some(times) = seen.get_mut(known) {
                *times += 1;
                let times = *times;
                self.repeated(key, times, &path);
            }
            self.param(known, &path)?;
        }
        for (name, _) in REQUIRED.iter().zip(seen).filter(|&(_, times)| times == 0) {
            let message = format!("{name} is missing");
            self.say_deep(
                Code::ParamsRequired,
                &format!("/params/{name}"),
                at,
                message,
                "every request needs it",
            );
        }
        Ok(())
    }

    fn param(&mut self, known: usize, path: &str) -> Result<(), SyntaxError> {
        if known == MESSAGES {
            return self.messages(path);
        }
        let (at, token) = self.value()?;
        match (known, token) {
            (MODEL, Some(Token::String(text))) => {
                let model = text.decode();
                if model.is_empty() {
                    self.say_deep(Code::ParamsRequired, path, at, "model is empty", "name a model");
                } else if !models::is_known(&model) && self.depth == Depth::Full {
                    let message = format!("{:?} is not a model we know", clip(&model));
                    self.found.push(Violation {
                        path: path.to_owned(),
                        offset: Some(at as u64),
                        hint: Some("look at the spelling; the API decides".to_owned()),
                        ..Violation::warning(Code::ParamsModel, message)
                    });
                }
                self.facts.model = Some(model);
            }
            (MAX_TOKENS, Some(Token::Number(text))) => match whole(text) {
                Some(tokens) if tokens >= 1 => self.facts.max_tokens = tokens,
                _ => {
                    let message =
                        format!("max_tokens is a whole number of at least 1, this is {}", clip(text));
                    self.say_deep(Code::ParamsMaxTokens, path, at, message, "set it to 1 or more");
                }
            },
            (STREAM, Some(Token::Bool(true))) => {
                let message = "stream: true does not exist in batches";
                self.say_deep(Code::ParamsStream, path, at, message, "remove it");
            }
            (SPEED, Some(token)) if token != Token::Null => {
                self.say_deep(Code::ParamsSpeed, path, at, "speed does not exist in batches", "remove it");
            }
            (GEO, Some(Token::String(text))) => self.facts.us_geo = text.is("us"),
            (MODEL | MAX_TOKENS, other) => {
                let name = path.rsplit('/').next().unwrap_or_default();
                let want = if known == MODEL { "a string" } else { "a whole number" };
                let message = format!("{name} is {want}, this is {}", kind(other));
                self.say_deep(Code::ParamsType, path, at, message, "every request needs it");
            }
            _ => {}
        }
        Ok(())
    }

    fn messages(&mut self, path: &str) -> Result<(), SyntaxError> {
        let (at, outside) = (self.scanner.value_offset(), self.scanner.depth());
        let first = self.scanner.step()?;
        if first != Some(Token::ArrayStart) {
            self.finish_value(first)?;
            let message = format!("messages is a list, this is {}", kind(first));
            self.say_deep(Code::ParamsType, path, at, message, "every request needs it");
        } else if self.scanner.step()? == Some(Token::ArrayEnd) {
            self.say_deep(Code::ParamsRequired, path, at, "messages is empty", "give at least one message");
        } else {
            while self.scanner.depth() > outside {
                self.scanner.step()?;
            }
            self.measure(at..self.scanner.offset());
        }
        Ok(())
    }

    fn measure(&mut self, value: Range<usize>) {
        let value = self.request.get(value).unwrap_or_default();
        let ascii = value.iter().filter(|byte| byte.is_ascii()).count();
        let prompt = &mut self.facts.prompt;
        prompt.ascii_bytes += ascii as u64;
        prompt.other_bytes += (value.len() - ascii) as u64;
        // Text that merely speaks of it is taken for it: an estimate gets wider, nothing is refused.
        prompt.cache |= memchr::memmem::find(value, b"\"cache_control\"").is_some();
        prompt.long_cache |= prompt.cache && memchr::memmem::find(value, b"\"1h\"").is_some();
    }
}

/// A JSON number that is whole, however it is written (`1e3`, `100.0`).
fn whole(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        #[expect(clippy::cast_sign_loss, reason = "the range is checked in the same line")]
        (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
    })
}
