//! An answer: status, headers, a body that is made while it is pulled, and what the transport has to act out.

use serde::Serialize;

use super::fault::Ending;
use super::results::ResultsBody;

/// One HTTP answer.
///
/// To send it: act out [`WireFault::opening`]; unless that ends the call, send status and headers; pull the body to its
/// end with [`Body::next_chunk`], keeping to [`WireFault::pace`]; then close as [`WireFault::ending`] says.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Body,
    /// What is wrong with the connection.
    pub wire: WireFault,
}

impl Response {
    pub(super) fn new(status: u16, body: Vec<u8>) -> Self {
        let body = Body::Full(body, 0);
        Self { status, headers: Vec::new(), body, wire: WireFault::default() }
    }

    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }
}

/// What the connection does besides carrying the bytes. Times are virtual milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireFault {
    /// Before the status line.
    pub opening: Opening,
    /// Between pieces of the body.
    pub pace: Option<Pace>,
    /// After the last byte of the body.
    pub ending: Ending,
}

/// What happens before an answer begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Opening {
    /// It begins.
    #[default]
    Prompt,
    /// It begins so many milliseconds later.
    After(u64),
    /// The connection breaks: there is no answer.
    Reset,
    /// Silence for so many milliseconds, then the connection breaks: there is no answer.
    Stall(u64),
}

/// A slow body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pace {
    /// At most so many bytes in a piece.
    pub bytes: u32,
    /// Milliseconds before each piece.
    pub every_ms: u64,
}

/// The bytes of an answer.
#[derive(Debug)]
pub enum Body {
    /// All there is, and how much of it was pulled.
    Full(Vec<u8>, usize),
    /// Result lines, made while they are pulled.
    Results(Box<ResultsBody>),
}

impl Body {
    /// The next piece of at most `max` bytes (at least 1), `None` at the end.
    pub fn next_chunk(&mut self, max: usize) -> Option<Vec<u8>> {
        match self {
            Self::Full(bytes, pulled) => {
                let rest = bytes.get(*pulled..).filter(|rest| !rest.is_empty())?;
                let chunk = rest.get(..max.max(1)).unwrap_or(rest).to_vec();
                *pulled += chunk.len();
                Some(chunk)
            }
            Self::Results(results) => results.next_chunk(max),
        }
    }

    /// All that is left.
    pub fn into_bytes(mut self) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(chunk) = self.next_chunk(1 << 16) {
            all.extend_from_slice(&chunk);
        }
        all
    }
}
