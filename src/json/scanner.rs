//! The scanner: bytes in, tokens out, one step at a time.

use core::fmt;

use super::Str;
use super::inside::Inside;

/// One step of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// The key of a member; its value comes next.
    Key(Str<'a>),
    /// A string value.
    String(Str<'a>),
    /// A number, as written.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
}

/// Where and why the text stopped being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The byte at fault, from the start of the scanned bytes.
    pub offset: usize,
    /// What was wrong, in words.
    pub reason: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl core::error::Error for SyntaxError {}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// A value: at the top, after a colon, after a comma in an array.
    Value,
    /// The first element of an array, or its end.
    FirstElement,
    /// The first key of an object, or its end.
    FirstKey,
    /// A comma or the end of what is open; at the top, the end of the text.
    Separator,
}

/// Walks one JSON text without building it.
///
/// Call [`Self::step`] until it answers `None`: that is the only proof that the whole text was JSON. Between steps
/// [`Self::offset`] and [`Self::depth`] tell where the scanner stands, and [`Self::skip_value`] passes over a value
/// that is of no interest.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    start: usize,
    expect: Expect,
    /// One bit per open container, 1 for an object; the innermost is the lowest bit.
    open: u64,
    /// The bits of containers too far out for the word, sixty-four in each: only deep texts need any.
    outer: Vec<u64>,
    depth: usize,
    /// Quotes of strings and keys with half a character in them.
    halved: Vec<usize>,
}

impl<'a> Scanner<'a> {
    /// A scanner over `bytes`, which should be one JSON value with nothing but white space around it.
    ///
    /// # Errors
    /// When the bytes are not UTF-8: JSON text is, and a replacement character would be a silent change.
    pub fn new(bytes: &'a [u8]) -> Result<Self, SyntaxError> {
        if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
            return Ok(Self::over(text));
        }
        let offset = core::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
        Err(SyntaxError { offset, reason: "not UTF-8" })
    }

    /// A scanner over text that is known to be UTF-8.
    pub const fn over(text: &'a str) -> Self {
        let (at, start, open, depth) = (0, 0, 0, 0);
        Self { text, at, start, expect: Expect::Value, open, outer: Vec::new(), depth, halved: Vec::new() }
    }

    /// The text that is walked.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// A second scanner at the same place, which ends where the innermost open container does: to look ahead.
    #[must_use]
    pub const fn ahead(&self) -> Self {
        let Self { text, at, start, expect, open, .. } = *self;
        let (open, depth) = (open & 1, 1);
        Self { text, at, start, expect, open, outer: Vec::new(), depth, halved: Vec::new() }
    }

    /// The byte at which the next token is looked for; after a token, the byte behind it.
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// The byte at which the last token begins; with a string or key, its quote.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// The byte at which the next value or key begins: [`Self::offset`] past white space and one separator.
    pub fn value_offset(&self) -> usize {
        let mut ahead = self.ahead();
        ahead.skip_space();
        if matches!(ahead.peek(), Some(b',')) && self.expect == Expect::Separator {
            ahead.at += 1;
            ahead.skip_space();
        }
        ahead.at
    }

    /// Whether this byte comes next, past white space.
    pub fn is_before(&self, byte: u8) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        rest.iter().find(|next| !matches!(next, b' ' | b'\t' | b'\n' | b'\r')) == Some(&byte)
    }

    /// Where the strings and keys begin, so far, that hold half a character (a `\uD83D` without its partner): legal in
    /// JSON, but no text.
    pub fn halved(&self) -> &[usize] {
        &self.halved
    }

    /// Containers open around the next token.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// The next token; `None` when the text has ended and was JSON throughout.
    ///
    /// # Errors
    /// At the first byte that no JSON text could have there. Further calls may answer anything.
    pub fn step(&mut self) -> Result<Option<Token<'a>>, SyntaxError> {
        self.skip_space();
        self.start = self.at;
        if self.expect == Expect::Separator {
            if self.depth == 0 {
                return if self.at == self.text.len() {
                    Ok(None)
                } else {
                    Err(self.error("more after the end of the value"))
                };
            }
            let object = self.in_object();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                    self.start = self.at;
                    if object {
                        return self.key().map(Some);
                    }
                    self.expect = Expect::Value;
                }
                Some(b'}') if object => return Ok(Some(self.close(Token::ObjectEnd))),
                Some(b']') if !object => return Ok(Some(self.close(Token::ArrayEnd))),
                None => return Err(self.error("the text ends inside a value")),
                Some(_) if object => return Err(self.error("expected ',' or '}'")),
                Some(_) => return Err(self.error("expected ',' or ']'")),
            }
        }
        match (self.expect, self.peek()) {
            (Expect::FirstKey, Some(b'}')) => Ok(Some(self.close(Token::ObjectEnd))),
            (Expect::FirstKey, _) => self.key().map(Some),
            (Expect::FirstElement, Some(b']')) => Ok(Some(self.close(Token::ArrayEnd))),
            _ => self.value().map(Some),
        }
    }

    /// Passes over the value that comes next, however deep, and answers where it stood.
    ///
    /// # Errors
    /// As [`Self::step`]; also when a key or the end of a container comes next instead of a value.
    pub fn skip_value(&mut self) -> Result<core::ops::Range<usize>, SyntaxError> {
        let outside = self.depth;
        let first = self.step()?;
        // The first token begins where its value does.
        let start = self.start;
        if matches!(first, None | Some(Token::Key(_) | Token::ObjectEnd | Token::ArrayEnd)) {
            return Err(SyntaxError { offset: start, reason: "expected a value" });
        }
        while self.depth > outside {
            self.step()?;
        }
        Ok(start..self.at)
    }

    fn value(&mut self) -> Result<Token<'a>, SyntaxError> {
        let token = match self.peek() {
            Some(b'{') => return Ok(self.open(true)),
            Some(b'[') => return Ok(self.open(false)),
            Some(b'"') => Token::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Token::Number(self.number()?),
            Some(b't') => self.word("true", Token::Bool(true))?,
            Some(b'f') => self.word("false", Token::Bool(false))?,
            Some(b'n') => self.word("null", Token::Null)?,
            Some(_) => return Err(self.error("expected a value")),
            None => return Err(self.error("the text ends where a value should be")),
        };
        self.expect = Expect::Separator;
        Ok(token)
    }

    fn key(&mut self) -> Result<Token<'a>, SyntaxError> {
        match self.peek() {
            Some(b'"') => {}
            Some(_) => return Err(self.error("expected a key in quotes")),
            None => return Err(self.error("the text ends inside a value")),
        }
        let key = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.error("expected ':' after a key"));
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn string(&mut self) -> Result<Str<'a>, SyntaxError> {
        let start = self.at + 1;
        let Some(inside) = Inside::of(self.text.as_bytes().get(start..).unwrap_or_default()) else {
            return Err(self.not_a_string(start));
        };
        let end = start + inside.len;
        if inside.halved {
            self.halved.push(self.at);
        }
        self.at = end + 1;
        Ok(Str::new(self.text.get(start..end).unwrap_or_default(), start, inside.escaped))
    }

    /// Where and why no good string begins behind the quote before `at`.
    #[cold]
    fn not_a_string(&mut self, mut at: usize) -> SyntaxError {
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|byte| matches!(byte, b'\\' | 0..=0x1F)).unwrap_or(rest.len());
            self.at = at;
            if bytes.get(at) != Some(&b'\\') {
                break;
            }
            match self.escape(at) {
                Ok(behind) => at = behind,
                Err(error) => return error,
            }
        }
        if at == bytes.len() {
            return self.error("the text ends inside a string");
        }
        self.error("a control character inside a string must be escaped")
    }

    /// Checks the escape whose backslash stands at `at`; answers the byte behind it.
    fn escape(&mut self, at: usize) -> Result<usize, SyntaxError> {
        let bytes = self.text.as_bytes();
        match bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u')
                if bytes.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                Ok(at + 6)
            }
            _ => {
                self.at = at;
                Err(self.error("a backslash that begins no JSON escape"))
            }
        }
    }

    fn number(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.error("expected a digit")) } else { Ok(()) }
    }

    fn word(&mut self, word: &'static str, token: Token<'a>) -> Result<Token<'a>, SyntaxError> {
        if self.text.as_bytes().get(self.at..self.at + word.len()) != Some(word.as_bytes()) {
            return Err(self.error("expected a value"));
        }
        self.at += word.len();
        Ok(token)
    }

    fn open(&mut self, object: bool) -> Token<'a> {
        self.at += 1;
        if self.depth.is_multiple_of(64) && self.depth > 0 {
            self.outer.push(self.open);
        }
        self.open = (self.open << 1) | u64::from(object);
        self.depth += 1;
        self.expect = if object { Expect::FirstKey } else { Expect::FirstElement };
        if object { Token::ObjectStart } else { Token::ArrayStart }
    }

    fn close(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        self.depth -= 1;
        self.open =
            if self.depth.is_multiple_of(64) { self.outer.pop().unwrap_or_default() } else { self.open >> 1 };
        self.expect = Expect::Separator;
        token
    }

    const fn in_object(&self) -> bool {
        self.open & 1 == 1
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    const fn error(&self, reason: &'static str) -> SyntaxError {
        SyntaxError { offset: self.at, reason }
    }
}
