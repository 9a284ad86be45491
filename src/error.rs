//! The one error type, sorted by who has to act on it.
//!
//! A row that failed, a bad line in a results file and a request with a problem are data, not errors: they are
//! recorded and the work goes on. An [`Error`] ends a whole operation. Its [`ErrorCode`] is stable and may be matched
//! on; its message is one sentence for a person and may change. No error carries a key, a header or a prompt.

use core::fmt;

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The program that calls us: wrong order, impossible option. Fix the program.
    Caller,
    /// The data handed in. Fix the rows or requests named.
    Data,
    /// The API refused or broke its own format.
    Server,
    /// The way between us and the API.
    Network,
    /// Ourselves: please report it.
    Us,
}

macro_rules! codes {
    ($(#[doc = $title:literal] $name:ident = $text:literal, $blame:ident, $cause:literal, $cure:literal;)*) => {
        /// The stable name of an error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode { $(#[doc = $title] $name,)* }

        impl ErrorCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as callers see it, for example `auth/invalid`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Who has to act on it.
            pub const fn blame(self) -> Blame {
                match self { $(Self::$name => Blame::$blame,)* }
            }

            /// What it means, in one sentence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title.trim_ascii_start(),)* }
            }

            /// How it comes about.
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause,)* }
            }

            /// What helps.
            pub const fn cure(self) -> &'static str {
                match self { $(Self::$name => $cure,)* }
            }
        }
    };
}

codes! {
    /// An option has a value that cannot be used.
    Option = "misuse/option", Caller,
        "An option is out of its range, of the wrong type, or contradicts another.",
        "Correct the option that the message names.";
    /// Something was used twice, after its end, or out of order.
    Order = "misuse/order", Caller,
        "A method was called on something that has ended, or before it began.",
        "Make a new one, or call in the documented order.";
    /// No API key and no token was given.
    KeyMissing = "auth/missing", Caller,
        "Neither an option nor the environment names a key.",
        "Pass `apiKey` or `authToken`, or set `ANTHROPIC_API_KEY`.";
    /// The API refused the key (401).
    KeyRefused = "auth/invalid", Caller,
        "The key is mistyped, revoked, or of another service.",
        "Look at the key in the console; make a new one.";
    /// The key may not do this (403).
    Forbidden = "auth/forbidden", Caller,
        "The key's workspace or organisation lacks the right.",
        "Use a key of the right workspace, or ask its administrator.";
    /// The key belongs to another workspace or organisation than the one the job was begun in.
    OtherWorkspace = "auth/workspace", Caller,
        "A job was taken up again with another key.",
        "Use a key of the workspace that the message names.";
    /// The organisation does not allow calls from browsers.
    CorsOrganization = "cors/org", Caller,
        "An administrator switched calls from browsers off.",
        "Call from a server, or ask the administrator.";
    /// A browser may not call this endpoint.
    CorsBlocked = "cors/blocked", Caller,
        "The batch endpoints do not answer cross-origin calls.",
        "Call from a server or a worker, or through a proxy of your own (`baseURL`).";
    /// Requests have problems; each is listed as a violation.
    Invalid = "data/invalid", Data,
        "A strict plan found errors in its source.",
        "Read `violations`, correct the source; or plan with `validate: \"warn\"` to see them all.";
    /// There is nothing to send.
    Empty = "data/empty", Data,
        "The source holds no request, or a filter took all of them.",
        "Look at the source.";
    /// The bytes are not UTF-8.
    Encoding = "data/encoding", Data,
        "The file was saved in another encoding, or is no text.",
        "Save it as UTF-8.";
    /// A row has more or fewer cells than the header.
    Ragged = "data/ragged", Data,
        "A delimiter or line feed stands in a cell without quotes around it.",
        "Quote the cell, or name the delimiter.";
    /// A template names a column that the table does not have.
    UnknownColumn = "template/unknown-column", Data,
        "The column's name is mistyped, or the table has no header.",
        "Use the name that the message suggests.";
    /// A template cannot be read.
    Template = "template/syntax", Data,
        "A `{{` has no `}}`, or there is no name between them.",
        "Close it, or write `\\{{` for braces that are meant.";
    /// The input is not the one this job was planned from.
    InputChanged = "data/changed", Data,
        "The file was edited or replaced since the job began.",
        "Give back the old input, or begin a new job.";
    /// The estimated cost is above the limit that was set.
    SpendGuard = "spend/guard", Caller,
        "The job would cost more than `maxCost` allows.",
        "Raise the limit, or send less.";
    /// The API's own spend limit or an unpaid bill (402, or 429 and 400 with a spend code).
    SpendLimit = "spend/limit", Caller,
        "A monthly limit is reached, or a payment failed.",
        "Raise the limit in the console, or wait for the next month; repeating does not help.";
    /// The API refused the request (400 and other 4xx).
    BadRequest = "api/400", Server,
        "Something in the call itself is wrong; the API's sentence says what.",
        "Correct the call; repeating it does not help.";
    /// The API does not know this batch, or not in this workspace (404).
    NotFound = "api/404", Server,
        "The id is mistyped, of another workspace, or its batch was deleted.",
        "Look the batch up with `list`, with a key of its workspace.";
    /// The request conflicts with the state of the batch (409).
    Conflict = "api/409", Server,
        "Somebody else changes the same batch.",
        "Read the batch again, then decide.";
    /// The body is larger than the way to the API takes (413).
    TooLarge = "api/413", Server,
        "The body passes 256 MB, or a smaller limit of a proxy.",
        "Lower `maxBodyBytes`.";
    /// Too many calls, or too many requests waiting (429).
    RateLimited = "rate/429", Server,
        "Calls come too quickly, or the queue of the tier is full.",
        "Wait as long as `retry-after` says; jobs do that by themselves.";
    /// The API is overloaded (529).
    Overloaded = "api/529", Server,
        "The API has more work than it can do.",
        "Try again later; jobs do that by themselves.";
    /// The API failed (5xx).
    ServerFault = "api/5xx", Server,
        "A fault on the API's side.",
        "Try again; tell Anthropic the `requestId` if it lasts.";
    /// The answer was not what the API sends.
    Unexpected = "api/unexpected", Server,
        "A proxy or another service answered, or the API has changed.",
        "Look at `baseURL` and at what answers there.";
    /// The server answered with a redirect, which is never followed.
    Redirect = "api/redirect", Server,
        "A proxy or a wrong `baseURL` points elsewhere; a key is never sent after it.",
        "Set `baseURL` to the address that answers.";
    /// A create was sent and nobody knows whether the API took it.
    AmbiguousCreate = "send/unknown", Network,
        "The connection broke after the request was sent; the API cannot be asked twice safely.",
        "Look for the batch with `list` before sending again. A job does that by itself; one that was told to stop here is resumed with `onAmbiguousCreate: \"wait\"`, or with `\"resubmit\"` where the Console shows no such batch.";
    /// Results can no longer be read: archived, deleted, or never made.
    ResultsGone = "results/gone", Server,
        "Results live for 29 days, and only where the batch was not deleted.",
        "Nothing brings them back; send the requests again.";
    /// The results ended before every request was accounted for.
    Truncated = "results/truncated", Network,
        "The connection broke at the end of a line, or the file is damaged.",
        "Read the results again.";
    /// The API could not be reached, or the connection broke.
    Connection = "net/connection", Network,
        "No network, a wrong address, a firewall, or a broken connection.",
        "Look at the network and at `baseURL`, then try again.";
    /// No answer in the time allowed.
    Timeout = "net/timeout", Network,
        "The server or the way to it is slow.",
        "Try again, or raise `timeoutMs`.";
    /// A body went silent for longer than allowed.
    Idle = "net/idle", Network,
        "The other side stopped sending and did not say so.",
        "Try again, or raise `idleTimeoutMs`.";
    /// The caller's signal stopped the waiting.
    Aborted = "abort/user", Caller,
        "`signal.abort()` was called.",
        "Nothing: it was meant.";
    /// A deadline the caller set has passed.
    Deadline = "wait/deadline", Caller,
        "The batch took longer than the wait that was allowed.",
        "Wait again: the batch goes on.";
    /// The store could not keep or give back what it was asked to.
    Store = "store/failed", Caller,
        "The storage is full, gone, or refuses.",
        "Look at its own error, which is the `cause`.";
    /// Somebody else owns this job.
    StoreConflict = "store/conflict", Caller,
        "Two processes run the same job.",
        "Let one of them finish; end the other.";
    /// The journal in the store is damaged.
    StoreDamaged = "store/damaged", Data,
        "A record in the middle of the journal was cut, edited or lost.",
        "Bring the store back from a copy; the batches themselves are in the list of the API.";
    /// The journal was written by a newer version of this package.
    StoreNewer = "store/newer", Caller,
        "A newer version began the job, or took it up since.",
        "Use a version at least as new.";
    /// The store holds a job of this name already.
    JobExists = "store/exists", Caller,
        "A job was submitted under a name that is taken.",
        "Take the job up again with `resume`, or choose another `jobId`.";
    /// The store holds no job of this name.
    JobMissing = "store/missing", Caller,
        "The name is mistyped, the store is another one, or the job was never begun.",
        "Look at the name and the store; begin the job with `submit`.";
    /// A snapshot is damaged or from a newer version.
    Snapshot = "store/snapshot", Data,
        "The text was cut or edited, or a newer version of this package wrote it.",
        "Use the last whole snapshot, or a version at least as new.";
    /// The WebAssembly module could not be started.
    WasmStart = "wasm/start", Caller,
        "The runtime forbids compiling, or the module's file was not found.",
        "Use the entry for this runtime; allow `wasm-unsafe-eval` in the page's policy.";
    /// The engine has stopped in the middle of its work.
    WasmTrap = "wasm/trap", Us,
        "It ran out of memory, or met a mistake of ours; what it held is lost, and what is at the API is not.",
        "Make a new client, which gets a new engine, then resume the job from its store, or from a snapshot made before.";
    /// A broken invariant inside this library.
    Bug = "internal/bug", Us,
        "A mistake of ours.",
        "Please report it with the message and how it came about.";
}

/// Where something went wrong. All parts are optional; counts are 0-based, lines 1-based.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Index of the part.
    pub part: Option<u32>,
    /// The request's id.
    pub custom_id: Option<String>,
    /// Line in a file, from 1.
    pub line: Option<u64>,
    /// Byte in a file or stream, from 0.
    pub offset: Option<u64>,
    /// Which try of a call, from 1.
    pub attempt: Option<u32>,
}

/// What the API answered, where its answer is the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The API's own name for the error, `error.type`.
    pub kind: Option<String>,
    /// Names the exchange when asking Anthropic for help.
    pub request_id: Option<String>,
    /// The API's finer name, `error.details.error_code`.
    pub error_code: Option<String>,
}

/// Who holds a job, where that is the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The owner's name.
    pub owner: String,
    /// When others may take the job, unless its owner renews that.
    pub until: crate::time::Millis,
}

/// What ended an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    message: String,
    at: At,
    because: Option<Box<Because>>,
}

/// What more is known of an error's cause.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Because {
    Answer(Answer),
    Holder(Holder),
}

impl Error {
    /// An error with `code` and a sentence that says what happened and what to do: lower case, no trailing dot, no
    /// secret, no prompt.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), at: At::default(), because: None }
    }

    /// The same error, with its place.
    #[must_use]
    pub fn at(mut self, at: At) -> Self {
        self.at = at;
        self
    }

    /// The same error, with the answer that caused it.
    #[must_use]
    pub fn answered(mut self, answer: Answer) -> Self {
        self.because = Some(Box::new(Because::Answer(answer)));
        self
    }

    /// The same error, with who holds the job.
    #[must_use]
    pub fn held(mut self, holder: Holder) -> Self {
        self.because = Some(Box::new(Because::Holder(holder)));
        self
    }

    /// Who holds the job.
    pub fn holder(&self) -> Option<&Holder> {
        match self.because.as_deref() {
            Some(Because::Holder(holder)) => Some(holder),
            _ => None,
        }
    }

    /// The answer that caused it.
    pub fn answer(&self) -> Option<&Answer> {
        match self.because.as_deref() {
            Some(Because::Answer(answer)) => Some(answer),
            _ => None,
        }
    }

    /// Its stable code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// Its sentence, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Its place.
    pub const fn place(&self) -> &At {
        &self.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.at.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.at.custom_id {
            write!(f, " (request {id})")?;
        }
        if let Some(part) = self.at.part {
            write!(f, " (part {part})")?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_unique_and_has_a_family() {
        let names: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        assert!(names.iter().all(|name| name.contains('/')));
    }

    #[test]
    fn a_place_is_part_of_the_sentence() {
        let at = At { line: Some(17), part: Some(2), ..At::default() };
        let error = Error::new(ErrorCode::Ragged, "3 cells where the header has 2").at(at);
        assert_eq!(error.to_string(), "line 17: 3 cells where the header has 2 (part 2)");
        assert_eq!(error.code().blame(), Blame::Data);
    }
}
