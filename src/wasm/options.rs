//! What a caller may set, checked once.

use core::fmt;

use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Url};

use crate::error::{Error, ErrorCode};
use crate::time::Wait;

use super::convert::{self, ZeroWait};
use super::signal::as_signal;

/// Limits and extras of one call.
#[derive(Clone, Debug)]
pub(crate) struct CallOptions {
    /// To the response's headers.
    pub(crate) timeout: Wait,
    /// Between two chunks of a body.
    pub(crate) idle_timeout: Wait,
    /// The caller's signal.
    pub(crate) signal: Option<AbortSignal>,
    /// Headers of this call, before those of the client.
    pub(crate) headers: Vec<(String, String)>,
}

impl CallOptions {
    /// What the client's options say for every call.
    pub(crate) fn of_client(options: &JsValue) -> Result<Self, Error> {
        let (timeout, idle_timeout) = (Wait::minutes(10), Wait::minutes(1));
        Self { timeout, idle_timeout, signal: None, headers: Vec::new() }.with(options)
    }

    /// These options with what `options` says otherwise.
    pub(crate) fn with(&self, options: &JsValue) -> Result<Self, Error> {
        let signal = match convert::get(options, "signal") {
            None => self.signal.clone(),
            Some(value) => Some(as_signal(value).ok_or_else(|| convert::wrong("signal", "an AbortSignal"))?),
        };
        let headers = convert::pairs(options, "headers")?;
        check_headers(&headers)?;
        Ok(Self {
            timeout: convert::wait(options, "timeoutMs", ZeroWait::Refused)?.unwrap_or(self.timeout),
            idle_timeout: convert::wait(options, "idleTimeoutMs", ZeroWait::Refused)?
                .unwrap_or(self.idle_timeout),
            signal,
            headers,
        })
    }
}

/// A text that no debug output shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The credential that the option `name` holds, if any.
    pub(crate) fn read(options: &JsValue, name: &str) -> Result<Option<Self>, Error> {
        let Some(text) = convert::text(options, name)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        check_value(name, &text)?;
        Ok(Some(Self(text)))
    }

    /// The secret itself, for a header.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Checks names and values of headers before anything else sees them: a runtime's own complaint would print the value.
pub(crate) fn check_headers(headers: &[(String, String)]) -> Result<(), Error> {
    for (name, value) in headers {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Error::new(ErrorCode::Option, "a header has a name that cannot be sent"));
        }
        check_value(&format!("the header {name}"), value)?;
    }
    Ok(())
}

fn check_value(what: &str, value: &str) -> Result<(), Error> {
    let visible = |c: char| matches!(c, '\x21'..='\x7E');
    let inside = |c: char| visible(c) || matches!(c, ' ' | '\t');
    let edges = value.chars().next().is_none_or(visible) && value.chars().last().is_none_or(visible);
    let bad = value.chars().position(|c| !inside(c)).or_else(|| (!edges).then_some(0));
    bad.map_or(Ok(()), |at| {
        let hint = if edges || at > 0 { "" } else { "; it begins or ends with a blank" };
        Err(Error::new(
            ErrorCode::Option,
            format!(
                "{what} holds something that cannot be sent in a header, at character {} of {}{hint}",
                at + 1,
                value.chars().count()
            ),
        ))
    })
}

/// The base URL without a trailing slash: https, or http on this machine.
pub(crate) fn base_url(text: &str) -> Result<String, Error> {
    let wrong = |why: &str| Error::new(ErrorCode::Option, format!("baseURL {why}"));
    let url = Url::new(text.trim())
        .map_err(|_| wrong("is no absolute URL; write it like https://api.anthropic.com"))?;
    if !url.username().is_empty() || !url.password().is_empty() {
        return Err(wrong("must not hold a user name or password"));
    }
    if !url.search().is_empty() || !url.hash().is_empty() {
        return Err(wrong("must not hold a query or a fragment"));
    }
    match url.protocol().as_str() {
        "https:" => {}
        "http:" if is_loopback(&url.hostname()) => {}
        "http:" => {
            return Err(wrong(
                "must be https: plain http would show the key to the network (only this machine itself may be http)",
            ));
        }
        _ => return Err(wrong("must begin with https://")),
    }
    Ok(format!("{}{}", url.origin(), url.pathname().trim_end_matches('/')))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_loopback_v4(host)
}

fn is_loopback_v4(host: &str) -> bool {
    host.parse::<core::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}
