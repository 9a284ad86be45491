//! What came back.

use crate::time::{Millis, Wait};

use super::read;
use super::retry_after::{http_date, retry_after};
use super::{ApiError, BatchId, BatchPage, MessageBatch, Refusal};
use crate::json::{Scanner, SyntaxError};

/// The reply to one call: its status, the headers that mean something to us, and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status; 0 where the runtime hides a redirect.
    pub status: u16,
    /// `request-id`.
    pub request_id: Option<String>,
    /// The wait asked for. The API sends it with successes too: it is the polling hint of a batch that runs.
    pub retry_after: Option<Wait>,
    /// `x-should-retry`.
    pub should_retry: Option<bool>,
    /// `date`, the server's clock.
    pub date: Option<Millis>,
    /// All headers, names in lower case, cookies left out.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Reply {
    /// A reply that arrived at `now`. Header names may be in any case.
    pub fn new<'a>(
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: Vec<u8>,
        now: Millis,
    ) -> Self {
        let headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .filter(|(name, _)| !name.starts_with("set-cookie"))
            .collect();
        let header =
            |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim());
        let date = header("date").and_then(http_date);
        // A date is meant on the server's clock; ours may be wrong by hours.
        let retry_after = retry_after(header("retry-after-ms"), header("retry-after"), date.unwrap_or(now));
        let should_retry = match header("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let request_id = header("request-id").filter(|id| !id.is_empty()).map(str::to_owned);
        Self { status, request_id, retry_after, should_retry, date, headers, body }
    }

    /// Whether the status is one of success.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The refusal in it, if its status is not one of success.
    pub fn refusal(&self) -> Option<Refusal> {
        match self.status {
            200..300 => None,
            0 | 300..400 => Some(Refusal::Redirect { status: self.status }),
            status => Some(Refusal::Api(ApiError::read(status, &self.body, self.request_id.as_deref()))),
        }
    }

    /// The batch in it: the answer to create, retrieve and cancel.
    ///
    /// # Errors
    /// With the refusal, or when the body is no batch.
    pub fn batch(&self) -> Result<MessageBatch, Refusal> {
        self.read("no batch", |scanner| MessageBatch::read(scanner))
    }

    /// The page of batches in it: the answer to list.
    ///
    /// # Errors
    /// With the refusal, or when the body is no page.
    pub fn page(&self) -> Result<BatchPage, Refusal> {
        self.read("no page of batches", |scanner| BatchPage::read(scanner))
    }

    /// The id of the batch that was deleted: the answer to delete.
    ///
    /// # Errors
    /// With the refusal, or when the body is no confirmation.
    pub fn deleted(&self) -> Result<BatchId, Refusal> {
        self.read("no confirmation of a deletion", |scanner| {
            let mut id = None;
            read::members(scanner, |key, scanner| {
                if key.is("id") {
                    id = read::string(scanner)?.and_then(|id| BatchId::parse(&id).ok());
                    Ok(())
                } else {
                    read::skip(scanner)
                }
            })?;
            Ok(id)
        })
    }

    fn read<'a, T>(
        &'a self,
        otherwise: &str,
        read: impl FnOnce(&mut Scanner<'a>) -> Result<Option<T>, SyntaxError>,
    ) -> Result<T, Refusal> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let whole = Scanner::new(&self.body).and_then(|mut scanner| {
            let value = read(&mut scanner)?;
            scanner.step()?;
            Ok(value)
        });
        let why = match whole {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => otherwise.to_owned(),
            Err(error) => format!("not JSON: {error}"),
        };
        Err(Refusal::Unexpected { status: self.status, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply::new(status, [], body.as_bytes().to_vec(), Millis::default())
    }

    #[test]
    fn headers_are_read_whatever_their_case() {
        let headers = [
            ("Request-Id", "req_9"),
            ("RETRY-AFTER", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("Date", "Sun, 06 Nov 1994 08:49:07 GMT"),
            ("X-Should-Retry", "false"),
            ("Set-Cookie", "_cfuvid=1"),
        ];
        let reply = Reply::new(429, headers, Vec::new(), Millis::new(5));
        assert_eq!(reply.request_id.as_deref(), Some("req_9"));
        assert_eq!(reply.retry_after, Some(Wait::secs(30)));
        assert_eq!(reply.should_retry, Some(false));
        assert_eq!(reply.headers.len(), 4);
    }

    #[test]
    fn a_success_that_is_no_object_of_the_api_is_unexpected() {
        for body in
            ["", "<!doctype html>", "null", "[]", "{}", "{\"id\":7}", "{\"id\":\"x\"} tail", "\"msgbatch\""]
        {
            let reply = reply(200, body);
            assert!(matches!(reply.batch(), Err(Refusal::Unexpected { status: 200, .. })), "{body}");
            assert!(matches!(reply.page(), Err(Refusal::Unexpected { .. })), "{body}");
        }
        let deleted = reply(200, r#"{"id":"msgbatch_1","type":"message_batch_deleted"}"#);
        assert_eq!(deleted.deleted().unwrap().as_str(), "msgbatch_1");
        assert!(reply(200, "{}").deleted().is_err());
    }

    #[test]
    fn a_redirect_is_a_redirect_for_every_reader() {
        for status in [0, 301, 302, 304, 307, 399] {
            assert_eq!(reply(status, "{}").batch(), Err(Refusal::Redirect { status }));
            assert_eq!(reply(status, "{}").refusal(), Some(Refusal::Redirect { status }));
        }
        for status in [100, 199, 400, 599] {
            assert!(matches!(reply(status, "").page(), Err(Refusal::Api(_))), "{status}");
        }
        assert_eq!(reply(204, "").refusal(), None);
    }
}
