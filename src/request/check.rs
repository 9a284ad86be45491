//! What is wrong with one request, read from its bytes in one pass.
//!
//! All problems are named, not only the first; a text that is no JSON has exactly one. The API looks at `custom_id`
//! and the envelope when a batch is created and refuses all of it; it looks into `params` hours later and refuses one
//! row at a time. Both are errors here, because both cost the caller a round trip that we can spare him.

use std::borrow::Cow;

use super::custom_id::{IdProblem, examine};
use super::models;
use super::violation::{Violation, ViolationCode as Code};
use crate::json::{Scanner, Str, SyntaxError, Token};

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything we know.
    Full,
    /// That it is JSON and has an id: what it takes to place it.
    Placeable,
}

/// What was learnt about a request on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Whether it is a JSON object throughout.
    pub is_object: bool,
    /// Its id, where that is a string.
    pub custom_id: Option<Cow<'a, str>>,
    /// Its model, where that is a string.
    pub model: Option<Cow<'a, str>>,
    /// Its `max_tokens`, 0 where that is no whole number.
    pub max_tokens: u64,
    /// Whether it asks to be processed in the US alone, which costs more.
    pub us_geo: bool,
}

/// Reads `request` and puts its problems, and no others, into `found`, with offsets from its first byte.
pub fn check<'a>(request: &'a [u8], depth: Depth, found: &mut Vec<Violation>) -> Facts<'a> {
    let mut facts = Facts::default();
    found.clear();
    let scanned = Scanner::new(request).and_then(|scanner| {
        let mut walk = Walk { scanner, depth, found, facts: &mut facts };
        walk.request()?;
        while walk.scanner.step()?.is_some() {}
        Ok(())
    });
    if let Err(error) = scanned {
        facts.is_object = false;
        found.clear();
        found.push(syntax(request, error));
    }
    facts
}

fn syntax(request: &[u8], error: SyntaxError) -> Violation {
    let (code, hint) = if core::str::from_utf8(request).is_err() {
        (Code::Encoding, "save the file as UTF-8")
    } else {
        (Code::JsonSyntax, "each line holds one whole JSON object")
    };
    Violation {
        offset: Some(error.offset as u64),
        hint: Some(hint.to_owned()),
        ..Violation::error(code, error.to_string())
    }
}

struct Walk<'a, 'w> {
    scanner: Scanner<'a>,
    depth: Depth,
    found: &'w mut Vec<Violation>,
    facts: &'w mut Facts<'a>,
}

impl<'a> Walk<'a, '_> {
    fn request(&mut self) -> Result<(), SyntaxError> {
        match self.scanner.step()? {
            Some(Token::ObjectStart) => self.facts.is_object = true,
            other => {
                let message = format!("a request is an object, this is {}", kind(other));
                self.say(Code::RequestType, "", 0, message, "write {\"custom_id\": …, \"params\": {…}}");
                return Ok(());
            }
        }
        let (mut ids, mut params) = (0, 0);
        while let Some(Token::Key(key)) = self.scanner.step()? {
            if key.is("custom_id") {
                ids += 1;
                self.repeated(key, ids, "/custom_id");
                self.custom_id()?;
            } else if key.is("params") {
                params += 1;
                self.repeated(key, params, "/params");
                self.params()?;
            } else {
                let message = format!("unknown key {:?}", clip(&key.decode()));
                let hint = "a request has the keys custom_id and params and no other";
                self.say_deep(Code::RequestUnknownKey, &pointer(&key), key.offset(), message, hint);
                self.scanner.skip_value()?;
            }
        }
        if ids == 0 {
            let hint = "give every request an id of its own; it is how results are matched";
            self.say(Code::IdMissing, "/custom_id", 0, "custom_id is missing", hint);
        }
        if params == 0 {
            self.say_deep(
                Code::ParamsRequired,
                "/params",
                0,
                "params is missing",
                "put the message parameters there",
            );
        }
        Ok(())
    }

    fn custom_id(&mut self) -> Result<(), SyntaxError> {
        let (at, token) = self.value()?;
        let Some(Token::String(text)) = token else {
            let message = format!("custom_id is a string, this is {}", kind(token));
            self.say(Code::IdInvalid, "/custom_id", at, message, "put it in quotes");
            return Ok(());
        };
        let id = text.decode();
        if let Some(problem) = examine(&id) {
            let hint = match problem {
                IdProblem::TooLong { .. } => "use at most 64 characters",
                _ => "use 1 to 64 letters, digits, - and _",
            };
            self.say_deep(Code::IdInvalid, "/custom_id", at, problem.to_string(), hint);
        }
        self.facts.custom_id = Some(id);
        Ok(())
    }

    fn params(&mut self) -> Result<(), SyntaxError> {
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
                self.scanner.skip_value()?;
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
        }
        Ok(())
    }

    /// The next value's place and first token; the rest of it is passed over.
    fn value(&mut self) -> Result<(usize, Option<Token<'a>>), SyntaxError> {
        let at = self.scanner.value_offset();
        let first = self.scanner.step()?;
        self.finish_value(first)?;
        Ok((at, first))
    }

    fn finish_value(&mut self, first: Option<Token<'a>>) -> Result<(), SyntaxError> {
        if matches!(first, Some(Token::ObjectStart | Token::ArrayStart)) {
            let inside = self.scanner.depth();
            while self.scanner.depth() >= inside {
                self.scanner.step()?;
            }
        }
        Ok(())
    }

    fn repeated(&mut self, key: Str<'_>, times: u32, path: &str) {
        if times == 2 {
            let message = format!("the key {:?} stands here twice", clip(&key.decode()));
            self.say_deep(Code::JsonDuplicateKey, path, key.offset(), message, "keep one of them");
        }
    }

    fn say_deep(&mut self, code: Code, path: &str, at: usize, message: impl Into<String>, hint: &str) {
        if self.depth == Depth::Full {
            self.say(code, path, at, message, hint);
        }
    }

    fn say(&mut self, code: Code, path: &str, at: usize, message: impl Into<String>, hint: &str) {
        self.found.push(Violation {
            path: path.to_owned(),
            offset: Some(at as u64),
            hint: Some(hint.to_owned()),
            ..Violation::error(code, message)
        });
    }
}

/// Parameters that this check looks at; the first three are those every request needs.
const NAMES: [&str; 6] = ["model", "max_tokens", "messages", "stream", "speed", "inference_geo"];
const REQUIRED: [&str; 3] = ["model", "max_tokens", "messages"];
const MODEL: usize = 0;
const MAX_TOKENS: usize = 1;
const MESSAGES: usize = 2;
const STREAM: usize = 3;
const SPEED: usize = 4;
const GEO: usize = 5;

/// A JSON number that is whole, however it is written (`1e3`, `100.0`).
fn whole(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        #[expect(clippy::cast_sign_loss, reason = "the range is checked in the same line")]
        (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
    })
}

const fn kind(token: Option<Token<'_>>) -> &'static str {
    match token {
        Some(Token::ObjectStart) => "an object",
        Some(Token::ArrayStart) => "a list",
        Some(Token::String(_) | Token::Key(_)) => "a string",
        Some(Token::Number(_)) => "a number",
        Some(Token::Bool(_)) => "true or false",
        Some(Token::Null) => "null",
        Some(Token::ObjectEnd | Token::ArrayEnd) | None => "nothing",
    }
}

fn pointer(key: &Str<'_>) -> String {
    format!("/{}", clip(&key.decode()).replace('~', "~0").replace('/', "~1"))
}

/// At most the first hundred characters: messages stay short whatever stands in the data.
fn clip(text: &str) -> &str {
    text.char_indices().nth(100).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}
