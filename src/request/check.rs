//! What is wrong with one request, read from its bytes in one pass: the envelope here, the parameters in the walk.
//!
//! All problems are named, not only the first; a text that is no JSON has exactly one. The API looks at `custom_id`
//! and the envelope when a batch is created and refuses all of it; it looks into `params` hours later and refuses one
//! row at a time. Both are errors here, because both cost the caller a round trip that we can spare him.

use std::borrow::Cow;

use super::codes::ViolationCode as Code;
use super::custom_id::IdProblem;
use super::locate::locate;
use super::media::Media;
use super::memory::Memory;
use super::rules::{Role, surely_allowed};
use super::schema::PARAMS;
use super::terms::Terms;
use super::violation::{Fix, Violation, Violations};
use super::walk::{Buffers, Walk};
use crate::json::{Scanner, Str, SyntaxError, Token};
use crate::simd::count_beyond;

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything we know.
    Full,
    /// That it is JSON and has an id: what it takes to place it.
    Placeable,
}

/// What to do about half a character.
pub const HALVED: &str = "cut texts at whole characters, or call toWellFormed() on them";

/// What was learnt about a request on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Whether it is a JSON object throughout.
    pub is_object: bool,
    /// Its id, where that is a string.
    pub custom_id: Option<Cow<'a, str>>,
    /// Where the id stands in the request, its quotes included: first byte and length.
    pub id_value: (u32, u32),
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
    /// Pictures and documents.
    pub media: Media,
}

/// Checks requests one after the other. What it needs to do so is allocated once.
#[derive(Debug, Default)]
pub struct Checker {
    pub(super) terms: Terms,
    buffers: Buffers,
    pub(super) memory: Memory,
}

impl Checker {
    /// A checker for requests of batches with these terms.
    pub fn new(terms: Terms) -> Self {
        Self { terms, ..Self::default() }
    }

    /// Reads `request` and puts its problems, and no others, into `found`, with offsets from its first byte.
    pub fn check<'a>(&mut self, request: &'a [u8], depth: Depth, found: &mut Violations) -> Facts<'a> {
        if depth == Depth::Full {
            let mut facts = Facts::default();
            if self.memory.recall(request, &self.terms, &mut facts) {
                found.clear();
                return facts;
            }
            facts = self.walk(request, depth, found);
            let Buffers { notes, seen, .. } = &mut self.buffers;
            // The text of an answer that is begun is looked into.
            let model =
                notes.params.known.filter(|_| found.is_empty() && notes.turns.role != Role::Assistant);
            if let Some(model) = model {
                // A budget for thinking stays below it.
                seen.bound(notes.params.budget.is_none().then(|| surely_allowed(model, &self.terms)));
                self.memory.learn(request, &facts, model, seen);
            }
            return facts;
        }
        self.walk(request, depth, found)
    }

    fn walk<'a>(&mut self, request: &'a [u8], depth: Depth, found: &mut Violations) -> Facts<'a> {
        let mut facts = Facts::default();
        found.clear();
        self.buffers.seen.clear();
        self.buffers.spots.clear();
        self.buffers.notes.clear();
        let scanned = Scanner::new(request).and_then(|scanner| {
            let (terms, buffers, facts) = (&self.terms, &mut self.buffers, &mut facts);
            let mut walk = Walk { request, scanner, depth, terms, found, facts, buffers, measured: None };
            walk.request()?;
            while walk.scanner.step()?.is_some() {}
            walk.judge();
            walk.bill();
            walk.halved();
            Ok(())
        });
        if let Err(error) = scanned {
            facts.is_object = false;
            found.clear();
            found.push(syntax(request, error));
        } else if !found.is_empty() {
            locate(request, &self.buffers.spots, found.kept_mut());
        }
        facts
    }
}

/// One request by itself, whatever came before; see [`Checker::check`].
pub fn check<'a>(request: &'a [u8], depth: Depth, terms: Terms, found: &mut Violations) -> Facts<'a> {
    Checker::new(terms).walk(request, depth, found)
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

impl<'a> Walk<'a, '_> {
    fn request(&mut self) -> Result<(), SyntaxError> {
        let Some(token) = self.scanner.step()? else { return Ok(()) };
        if token != Token::ObjectStart {
            let message = format!("a request is an object, this is {}", kind(Some(token)));
            self.error(Code::RequestType, 0, message, "write {\"custom_id\": …, \"params\": {…}}");
            return Ok(());
        }
        self.facts.is_object = true;
        let at = self.scanner.start();
        let (mut ids, mut params) = (0, 0);
        while let Some(Token::Key(key)) = self.scanner.step()? {
            if key.is("custom_id") {
                ids += 1;
                if ids == 2 {
                    self.repeated(key);
                }
                self.custom_id()?;
            } else if key.is("params") {
                params += 1;
                if params == 2 {
                    self.repeated(key);
                }
                self.of_params()?;
            } else {
                let name = key.decode();
                let is_param = PARAMS.fields.iter().any(|field| name == field.name);
                let hint = if is_param {
                    "move it into params"
                } else {
                    "a request has the keys custom_id and params and no other"
                };
                let message = format!("unknown key {:?}", clip(&name));
                if let Some(violation) = self.error(Code::RequestUnknownKey, key.offset(), message, hint) {
                    violation.fix = (!is_param).then_some(Fix::Remove);
                }
                self.free()?;
            }
        }
        if ids == 0 {
            let hint = "give every request an id of its own; it is how results are matched";
            self.absent(Code::IdMissing, "custom_id", at, hint);
        }
        if params == 0 {
            self.absent(Code::ParamsRequired, "params", at, "put the message parameters there");
        }
        Ok(())
    }

    fn absent(&mut self, code: Code, name: &str, at: usize, hint: &str) {
        // The API's words for an id; for what else is missing they are not known.
        let known = if name == "custom_id" { "; the API says: custom_id: Field required" } else { "" };
        if let Some(violation) = self.error(code, at, format!("{name} is missing{known}"), hint) {
            violation.path = format!("/{name}");
        }
    }

    fn custom_id(&mut self) -> Result<(), SyntaxError> {
        let Some(token) = self.scanner.step()? else { return Ok(()) };
        let at = self.scanner.start();
        let Token::String(text) = token else {
            let message = format!("custom_id is a string, this is {}", kind(Some(token)));
            self.unplaceable(Code::IdInvalid, at, message, "put it in quotes");
            return self.finish(token);
        };
        let id = text.decode();
        if let Some(problem) = self.terms.id_problem(&id) {
            let hint = match problem {
                IdProblem::TooLong { .. } => {
                    "use at most 64 characters, or set ids to \"nonce\": then ids are made for the wire"
                }
                IdProblem::Empty => "use 1 to 64 letters, digits, - and _",
                IdProblem::Character { .. } => {
                    "use letters, digits, - and _, or set ids to \"nonce\": then ids are made for the wire"
                }
            };
            let message = match problem {
                IdProblem::Empty => problem.to_string(),
                IdProblem::TooLong { .. } => {
                    format!("{problem}; the API says: custom_id: String should have at most 64 characters")
                }
                IdProblem::Character { .. } => format!(
                    "{problem}; the API says: custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
                ),
            };
            self.error(Code::IdInvalid, at, message, hint);
        }
        self.buffers.seen.id(text);
        self.facts.custom_id = Some(id);
        self.facts.id_value = (at as u32, (self.scanner.offset() - at) as u32);
        Ok(())
    }

    fn of_params(&mut self) -> Result<(), SyntaxError> {
        let Some(token) = self.scanner.step()? else { return Ok(()) };
        let at = self.scanner.start();
        if token == Token::ObjectStart {
            return self.params(&PARAMS, at);
        }
        let message = format!("params is an object, this is {}", kind(Some(token)));
        self.error(Code::ParamsType, at, message, "put the message parameters there");
        self.finish(token)
    }

    /// Names the strings with half a character in them. The API's reader of JSON refuses the body over one.
    fn halved(&mut self) {
        for at in self.scanner.halved().to_vec() {
            let message = "half a character: an escape such as \\ud83d without its partner; the API says: The request body is not valid JSON: no low surrogate in string";
            self.error(Code::JsonSurrogate, at, message, HALVED);
        }
    }

    /// Counts what the model gets to read of the parameter that has ended at `end`.
    pub(super) fn measure(&mut self, end: usize) {
        let Some(start) = self.measured.take() else { return };
        let value = self.request.get(start..end).unwrap_or_default();
        let beyond = count_beyond(value);
        let prompt = &mut self.facts.prompt;
        prompt.ascii_bytes += (value.len() - beyond) as u64;
        prompt.other_bytes += beyond as u64;
        if self.depth == Depth::Placeable {
            // Text that merely speaks of it is taken for it: an estimate gets wider, nothing is refused.
            prompt.cache |= memchr::memmem::find(value, b"\"cache_control\"").is_some();
            prompt.long_cache |= prompt.cache && memchr::memmem::find(value, b"\"1h\"").is_some();
            let count = |name: &[u8]| memchr::memmem::find_iter(value, name).count() as u32;
            prompt.media.unseen += count(b"\"image\"");
            prompt.media.documents += count(b"\"document\"");
        }
    }

    /// Notes the pictures and documents that were met.
    fn bill(&mut self) {
        if self.depth == Depth::Full {
            self.facts.prompt.media = self.buffers.notes.source.media;
        }
    }

    /// What the string means whose quote stands at `at`.
    pub(super) fn string_at(&self, at: usize) -> Cow<'a, str> {
        let rest = self.request.get(at + 1..).unwrap_or_default();
        let mut end = 0;
        while let Some(ahead) = memchr::memchr2(b'"', b'\\', rest.get(end..).unwrap_or_default()) {
            end += ahead;
            if rest.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        let raw = core::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
        Str::of(raw).decode()
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

/// At most the first hundred characters: messages stay short whatever stands in the data.
pub(super) fn clip(text: &str) -> &str {
    text.char_indices().nth(100).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The value of a JSON number that is whole, however it is written (`1e3`, `100.0`).
pub(super) fn whole(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.fract() == 0.0)
}
