//! One attempt of one call, through the runtime's `fetch`.

use core::fmt;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Headers;

use crate::error::{Error, ErrorCode};
use crate::limits::API_VERSION;
use crate::wire::{Call, Endpoint, Lost, LostReason, Reply, Sent};

use super::body::BodyStream;
use super::convert::{self, function, get};
use super::options::{CallOptions, Secret, base_url, check_headers};
use super::signal::Link;

/// Bytes of an answer at the most, results aside. A full page of a thousand batches is below one million.
const MOST_ANSWER_BYTES: usize = 32 << 20;

/// The way to the API: the base URL, the credentials and the runtime's `fetch`.
pub(crate) struct Transport {
    fetch: Function,
    base: String,
    key: Option<Secret>,
    token: Option<Secret>,
    /// Version, betas, the browser's opt-in and the caller's own, later ones first in rank.
    headers: Vec<(String, String)>,
    scrub: Scrub,
    /// Whether calls leave by way of a browser, which may make any of them twice.
    pub(crate) is_browsers: bool,
    /// Whether calls leave by the runtime's own `fetch`: a caller's may read a body before it sends it, or send it again.
    pub(crate) may_stream: bool,
}

/// What a call carries.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    value: JsValue,
    /// Bytes of a stream whose length the runtime must be told.
    length: Option<f64>,
    /// What kept a stream from its end.
    failure: Option<Function>,
}

impl Payload {
    /// A `Body` of `js/sending.ts`.
    pub(crate) fn of(body: &JsValue) -> Self {
        Self {
            value: get(body, "value").unwrap_or(JsValue::UNDEFINED),
            length: get(body, "length").and_then(|length| length.as_f64()),
            failure: function(body, "failure"),
        }
    }

    /// What kept it from its end, if anything did: then no server can have had the whole of it.
    pub(crate) fn failure(&self) -> Option<JsValue> {
        let failure = self.failure.as_ref()?.call0(&JsValue::UNDEFINED).ok()?;
        (!failure.is_undefined()).then_some(failure)
    }
}

impl From<JsValue> for Payload {
    fn from(value: JsValue) -> Self {
        Self { value, length: None, failure: None }
    }
}

/// What opening a body brings.
#[derive(Debug)]
pub(crate) enum Opened {
    /// An answer that is no success, read whole.
    Refused(Reply),
    /// The body, not yet read.
    Stream(BodyStream),
}

impl Transport {
    /// Checks the client's options. The key may be missing: planning needs none.
    pub(crate) fn new(options: &JsValue) -> Result<Self, Error> {
        let key = Secret::read(options, "apiKey")?;
        let token = Secret::read(options, "authToken")?;
        let base =
            base_url(convert::text(options, "baseURL")?.as_deref().unwrap_or("https://api.anthropic.com"))?;
        let version = convert::text(options, "apiVersion")?.unwrap_or_else(|| API_VERSION.to_owned());
        let mut headers = vec![("anthropic-version".to_owned(), version)];
        let betas = convert::texts(options, "betas")?;
        if !betas.is_empty() {
            headers.push(("anthropic-beta".to_owned(), betas.join(",")));
        }
        if convert::truth(options, "dangerouslyAllowBrowser")? {
            headers.push(("anthropic-dangerous-direct-browser-access".to_owned(), "true".to_owned()));
        }
        headers.extend(convert::pairs(options, "defaultHeaders")?);
        check_headers(&headers)?;
        let given = convert::callback(options, "fetch")?;
        // The emulator's says of itself that it goes nowhere; any other ends in the browser's own.
        let is_local =
            given.as_ref().is_some_and(|fetch| get(fetch, "isLocal").is_some_and(|it| it.is_truthy()));
        let is_browsers = is_browser() && !is_local;
        let may_stream = given.is_none();
        let fetch = match given {
            Some(fetch) => fetch,
            None => function(&js_sys::global(), "fetch").ok_or_else(|| {
                Error::new(ErrorCode::Option, "this runtime has no fetch; pass one as the option fetch")
            })?,
        };
        let scrub = Scrub::new([&key, &token].into_iter().flatten().map(Secret::reveal), &headers);
        Ok(Self { fetch, base, key, token, headers, scrub, is_browsers, may_stream })
    }

    /// Whether calls can be made at all: whether there is anything to authenticate with.
    pub(crate) fn check(&self, options: &CallOptions) -> Result<(), Error> {
        let in_headers = self.headers.iter().chain(&options.headers).any(|(name, _)| is_credential(name));
        if self.key.is_some() || self.token.is_some() || in_headers {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::KeyMissing,
            "no API key: pass apiKey or authToken, or set ANTHROPIC_API_KEY where the runtime has an environment",
        ))
    }

    /// One attempt, its answer read whole.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
        body: Option<&Payload>,
        options: &CallOptions,
    ) -> Result<Reply, Lost> {
        match self.send(call, body, options).await {
            Ok(answer) => answer.whole().await,
            Err(lost) if body.is_some_and(|body| body.length.is_some()) && is_redirect(&lost) => {
                Ok(Reply::new(0, [], Vec::new(), convert::now()))
            }
            Err(lost) => Err(lost),
        }
    }

    /// One attempt whose body, if it is a success, is left to be read.
    pub(crate) async fn open(&self, call: &Call, options: &CallOptions) -> Result<Opened, Lost> {
        let answer = self.send(call, None, options).await?;
        if answer.status >= 200 && answer.status < 300 {
            Ok(Opened::Stream(answer.stream))
        } else {
            Ok(Opened::Refused(answer.whole().await?))
        }
    }

    async fn send(&self, call: &Call, body: Option<&Payload>, options: &CallOptions) -> Result<Answer, Lost> {
        let unsent = |reason, message: &str| Lost { sent: Sent::No, reason, message: message.to_owned() };
        if let Err(error) = self.check(options) {
            return Err(unsent(LostReason::Connection, error.message()));
        }
        let link = Link::new(options.signal.as_ref())
            .ok_or_else(|| unsent(LostReason::Connection, "this runtime has no AbortController"))?;
        if link.is_aborted() {
            return Err(unsent(LostReason::Aborted, "the caller's signal had fired before the call"));
        }
        let scrub = self.scrub.with(&options.headers);
        let init = self
            .init(call, body, options, &link)
            .map_err(|_| unsent(LostReason::Connection, "the runtime refused a header"))?;
        let url = JsValue::from_str(&format!("{}{}", self.base, call.path()));
        let fetched = match self.fetch.call2(&JsValue::UNDEFINED, &url, &init) {
            Ok(promise) => {
                let answer = JsFuture::from(Promise::resolve(&promise));
                match link.race(answer, options.timeout, LostReason::Timeout).await {
                    Ok(fetched) => fetched,
                    Err(reason) => {
                        link.abort();
                        let message = match reason {
                            LostReason::Aborted => "the caller's signal ended the call".to_owned(),
                            _ => format!("no answer within {}", options.timeout),
                        };
                        return Err(Lost { sent: Sent::Maybe, reason, message });
                    }
                }
            }
            Err(thrown) => Err(thrown),
        };
        match fetched {
            Ok(response) => Answer::new(&response, link, options, scrub),
            Err(_) if link.is_aborted() => {
                let message = "the caller's signal ended the call".to_owned();
                Err(Lost { sent: Sent::Maybe, reason: LostReason::Aborted, message })
            }
            Err(thrown) => Err(lost_by(&thrown, &scrub)),
        }
    }

    /// The second argument of `fetch`.
    fn init(
        &self,
        call: &Call,
        body: Option<&Payload>,
        options: &CallOptions,
        link: &Link,
    ) -> Result<JsValue, JsValue> {
        let headers = Headers::new()?;
        // What results are asked for as is what the official SDK asks for.
        let accept =
            if call.endpoint() == Endpoint::Results { "application/binary" } else { "application/json" };
        headers.set("accept", accept)?;
        if body.is_some() {
            headers.set("content-type", "application/json")?;
        }
        if let Some(length) = body.and_then(|body| body.length) {
            headers.set("content-length", &length.to_string())?;
        }
        if let Some(key) = &self.key {
            headers.set("x-api-key", key.reveal())?;
        }
        if let Some(token) = &self.token {
            headers.set("authorization", &format!("Bearer {}", token.reveal()))?;
        }
        for (name, value) in self.headers.iter().chain(&options.headers) {
            headers.set(name, value)?;
        }
        let init = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&init, &JsValue::from_str(name), value);
        set("method", &JsValue::from_str(call.method().as_str()))?;
        set("headers", &headers)?;
        // A followed redirect would carry the key to wherever it points. Node keeps all of a stream to send it there,
        // unless told that none is wanted, and that there is no window.
        let streams = body.is_some_and(|body| body.length.is_some());
        set("redirect", &JsValue::from_str(if streams { "error" } else { "manual" }))?;
        if streams {
            set("window", &JsValue::NULL)?;
        }
        set("signal", &link.signal())?;
        if let Some(Payload { value, .. }) = body {
            set("body", value)?;
            if get(value, "getReader").is_some() {
                set("duplex", &JsValue::from_str("half"))?;
            }
        }
        Ok(init.into())
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Whether this is a page of a browser, or a worker of one: all of them say so, and no other runtime does.
fn is_browser() -> bool {
    let agent = get(&js_sys::global(), "navigator").and_then(|navigator| get(&navigator, "userAgent"));
    agent.and_then(|agent| agent.as_string()).is_some_and(|agent| agent.starts_with("Mozilla/"))
}

/// A response of which status and headers are known.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    stream: BodyStream,
    scrub: Scrub,
}

impl Answer {
    fn new(response: &JsValue, link: Link, options: &CallOptions, scrub: Scrub) -> Result<Self, Lost> {
        let number = get(response, "status").and_then(|status| status.as_f64());
        // A fetch that followed a redirect against our word is treated as the redirect it hid.
        let redirected = get(response, "redirected").is_some_and(|value| value.is_truthy());
        #[expect(clippy::cast_sign_loss, reason = "statuses are small; anything else saturates")]
        let status = if redirected { 0 } else { number.unwrap_or(0.0) as u16 };
        let headers = get(response, "headers").map_or_else(Vec::new, |headers| {
            let pair = |entry: JsValue| {
                let entry = Array::from(&entry);
                Some((entry.get(0).as_string()?, scrub.clean(&entry.get(1).as_string()?)))
            };
            Array::from(&headers).iter().filter_map(pair).collect()
        });
        let stream = BodyStream::new(response, link, options.idle_timeout, scrub.clone())?;
        Ok(Self { status, headers, stream, scrub })
    }

    async fn whole(mut self) -> Result<Reply, Lost> {
        let mut body = self.stream.rest(MOST_ANSWER_BYTES).await?;
        if !(self.status >= 200 && self.status < 300) {
            body = self.scrub.clean(&String::from_utf8_lossy(&body)).into_bytes();
        }
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Ok(Reply::new(self.status, headers, body, convert::now()))
    }
}

/// Takes credentials out of what servers and runtimes say: a gateway may echo a request's headers in its error page.
#[derive(Clone)]
pub(crate) struct Scrub {
    secrets: Rc<Vec<String>>,
}

impl Scrub {
    fn new<'a>(secrets: impl Iterator<Item = &'a str>, headers: &[(String, String)]) -> Self {
        let mut all: Vec<String> = secrets.map(str::to_owned).collect();
        all.extend(of_headers(headers));
        // Shorter than this is no secret, and would blank out ordinary words.
        all.retain(|secret| secret.len() >= 4);
        Self { secrets: Rc::new(all) }
    }

    fn with(&self, headers: &[(String, String)]) -> Self {
        if headers.iter().any(|(name, _)| is_credential(name)) {
            Self::new(self.secrets.iter().map(String::as_str), headers)
        } else {
            self.clone()
        }
    }

    /// `text` without credentials.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[redacted]"))
    }
}

impl fmt::Debug for Scrub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrub({})", self.secrets.len())
    }
}

fn of_headers(headers: &[(String, String)]) -> impl Iterator<Item = String> {
    headers
        .iter()
        .filter(|(name, _)| is_credential(name))
        .map(|(_, value)| value.rsplit(' ').next().unwrap_or(value).to_owned())
}

fn is_credential(header: &str) -> bool {
    ["x-api-key", "authorization"].iter().any(|name| header.eq_ignore_ascii_case(name))
}

/// Whether what a runtime said, told that no redirect is wanted, is that there was one.
fn is_redirect(lost: &Lost) -> bool {
    let words = lost.message.to_ascii_lowercase();
    ["unexpected redirect", "unexpectedredirect"].iter().any(|said| words.contains(said))
}

/// What a rejected `fetch` or a broken body means.
pub(crate) fn lost_by(thrown: &JsValue, scrub: &Scrub) -> Lost {
    let message =
        |value: &JsValue| get(value, "message").and_then(|text| text.as_string()).unwrap_or_default();
    let cause = get(thrown, "cause").unwrap_or(JsValue::UNDEFINED);
    let code = [&cause, thrown]
        .into_iter()
        .find_map(|value| get(value, "code").and_then(|code| code.as_string()))
        .unwrap_or_default();
    let mut words = message(thrown);
    for more in [message(&cause), code.clone()] {
        if !more.is_empty() && !words.contains(&more) {
            words = format!("{words}: {more}");
        }
    }
    // An open connection can end with the same code as one that was never made; then the call may have arrived.
    let syscall = get(&cause, "syscall").and_then(|call| call.as_string());
    let was_open =
        syscall.is_some_and(|call| matches!(call.as_str(), "read" | "write" | "writev" | "shutdown"));
    let never = NEVER_CONNECTED.contains(&code.as_str()) && !was_open;
    let refused = never || words.contains("client error (Connect)");
    Lost {
        sent: if refused { Sent::No } else { Sent::Maybe },
        reason: LostReason::Connection,
        message: scrub
            .clean(&format!("the API could not be reached or the connection broke ({})", words.trim())),
    }
}

/// What Node, Deno and Bun say when no connection was made. Browsers and edge workers never tell. What TLS says of bytes
/// that are none of its own is not here: something on the way may put them into an open connection as well.
const NEVER_CONNECTED: &[&str] = &[
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_NOT_YET_VALID",
    "CERT_REVOKED",
    "CERT_UNTRUSTED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ConnectionRefused",
    "FailedToOpenSocket",
];
