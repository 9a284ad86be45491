//! What is wrong with one request, read from its bytes in one pass.
//!
//! All problems are named, not only the first; a text that is no JSON has exactly one. The API looks at `custom_id`
//! and the envelope when a batch is created and refuses all of it; it looks into `params` hours later and refuses one
//! row at a time. Both are errors here, because both cost the caller a round trip that we can spare him.

use std::borrow::Cow;

use super::custom_id::{IdProblem, examine};
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
    /// How much there is to read for the model.
    pub prompt: Prompt,
}

/// What a model gets to read, measured without a tokenizer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Bytes of ASCII in messages, system prompt, tools and the like, quotes and brackets included.
    pub ascii_bytes: u64,
    /// Other bytes there.
    pub other_bytes: u64,
    /// Whether a cache may be written or read: `cache_control` stands somewhere.
    pub cache: bool,
    /// Whether it may be the cache that lives for an hour.
    pub long_cache: bool,
    /// Whether there are tools.
    pub tools: bool,
}

/// Reads `request` and puts its problems, and no others, into `found`, with offsets from its first byte.
pub fn check<'a>(request: &'a [u8], depth: Depth, found: &mut Vec<Violation>) -> Facts<'a> {
    let mut facts = Facts::default();
    found.clear();
    let scanned = Scanner::new(request).and_then(|scanner| {
        let mut walk = Walk { request, scanner, depth, found, facts: &mut facts };
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

/// A walk through one request.
pub(super) struct Walk<'a, 'w> {
    pub(super) request: &'a [u8],
    pub(super) scanner: Scanner<'a>,
    pub(super) depth: Depth,
    pub(super) found: &'w mut Vec<Violation>,
    pub(super) facts: &'w mut Facts<'a>,
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

    /// The next value's place and first token; the rest of it is passed over.
    pub(super) fn value(&mut self) -> Result<(usize, Option<Token<'a>>), SyntaxError> {
        let at = self.scanner.value_offset();
        let first = self.scanner.step()?;
        self.finish_value(first)?;
        Ok((at, first))
    }

    pub(super) fn finish_value(&mut self, first: Option<Token<'a>>) -> Result<(), SyntaxError> {
        if matches!(first, Some(Token::ObjectStart | Token::ArrayStart)) {
            let inside = self.scanner.depth();
            while self.scanner.depth() >= inside {
                self.scanner.step()?;
            }
        }
        Ok(())
    }

    pub(super) fn repeated(&mut self, key: Str<'_>, times: u32, path: &str) {
        if times == 2 {
            let message = format!("the key {:?} stands here twice", clip(&key.decode()));
            self.say_deep(Code::JsonDuplicateKey, path, key.offset(), message, "keep one of them");
        }
    }

    pub(super) fn say_deep(
        &mut self,
        code: Code,
        path: &str,
        at: usize,
        message: impl Into<String>,
        hint: &str,
    ) {
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

pub(super) const fn kind(token: Option<Token<'_>>) -> &'static str {
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
pub(super) fn clip(text: &str) -> &str {
    text.char_indices().nth(100).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}
