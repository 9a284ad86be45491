//! One HTTP exchange, described.

use super::BatchId;

const BATCHES: &str = "/v1/messages/batches";

/// The six endpoints of the Message Batches API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// Makes a batch.
    Create,
    /// Reads one batch.
    Retrieve,
    /// Reads a page of batches.
    List,
    /// Asks for the end of a batch.
    Cancel,
    /// Deletes an ended batch.
    Delete,
    /// Reads the results of an ended batch.
    Results,
}

impl Endpoint {
    /// Whether a second call after a lost first one does no harm. A second create would be paid twice: the API knows
    /// no idempotency key.
    pub const fn is_safe_to_repeat(self) -> bool {
        !matches!(self, Self::Create)
    }

    /// Its name, as the methods of the official SDK are called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Retrieve => "retrieve",
            Self::List => "list",
            Self::Cancel => "cancel",
            Self::Delete => "delete",
            Self::Results => "results",
        }
    }
}

/// The verbs these endpoints use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The verb as it is written in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// Which page of the list to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Items in the page, 1 to 1000; the API takes 20 when none is given.
    pub limit: Option<u32>,
    /// Read what is older than this batch.
    pub after_id: Option<String>,
    /// Read what is newer than this batch.
    pub before_id: Option<String>,
}

/// A call that may be made: endpoint, method and path. The host is the transport's business, so that no reply can send
/// us, and the key with us, elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    endpoint: Endpoint,
    path: String,
}

impl Call {
    /// Makes a batch; the body holds the requests.
    pub fn create() -> Self {
        Self { endpoint: Endpoint::Create, path: BATCHES.to_owned() }
    }

    /// Reads one batch.
    pub fn retrieve(id: &BatchId) -> Self {
        Self { endpoint: Endpoint::Retrieve, path: of_batch(id, "") }
    }

    /// Reads a page of batches, newest first.
    pub fn list(query: &ListQuery) -> Self {
        let mut path = BATCHES.to_owned();
        let mut separator = '?';
        let limit = query.limit.map(|limit| limit.to_string());
        for (name, value) in
            [("limit", &limit), ("after_id", &query.after_id), ("before_id", &query.before_id)]
        {
            if let Some(value) = value {
                path.push(separator);
                path.push_str(name);
                path.push('=');
                push_encoded(&mut path, value);
                separator = '&';
            }
        }
        Self { endpoint: Endpoint::List, path }
    }

    /// Asks for the end of a batch.
    pub fn cancel(id: &BatchId) -> Self {
        Self { endpoint: Endpoint::Cancel, path: of_batch(id, "/cancel") }
    }

    /// Deletes an ended batch and its results.
    pub fn delete(id: &BatchId) -> Self {
        Self { endpoint: Endpoint::Delete, path: of_batch(id, "") }
    }

    /// Reads the results. The path is built here and never taken from `results_url`, which may name any host.
    pub fn results(id: &BatchId) -> Self {
        Self { endpoint: Endpoint::Results, path: of_batch(id, "/results") }
    }

    /// The endpoint called.
    pub const fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The verb.
    pub const fn method(&self) -> Method {
        match self.endpoint {
            Endpoint::Create | Endpoint::Cancel => Method::Post,
            Endpoint::Retrieve | Endpoint::List | Endpoint::Results => Method::Get,
            Endpoint::Delete => Method::Delete,
        }
    }

    /// Path and query, percent-encoded, beginning with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

fn of_batch(id: &BatchId, rest: &str) -> String {
    let mut path = String::with_capacity(BATCHES.len() + id.as_str().len() + rest.len() + 1);
    path.push_str(BATCHES);
    path.push('/');
    push_encoded(&mut path, id.as_str());
    path.push_str(rest);
    path
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_its_verb_and_path() {
        let id = BatchId::parse("msgbatch_01").unwrap();
        let list = ListQuery::default();
        for (call, method, path) in [
            (Call::create(), "POST", "/v1/messages/batches"),
            (Call::retrieve(&id), "GET", "/v1/messages/batches/msgbatch_01"),
            (Call::list(&list), "GET", "/v1/messages/batches"),
            (Call::cancel(&id), "POST", "/v1/messages/batches/msgbatch_01/cancel"),
            (Call::delete(&id), "DELETE", "/v1/messages/batches/msgbatch_01"),
            (Call::results(&id), "GET", "/v1/messages/batches/msgbatch_01/results"),
        ] {
            assert_eq!((call.method().as_str(), call.path()), (method, path));
            assert_eq!(call.endpoint().is_safe_to_repeat(), call != Call::create());
        }
    }

    #[test]
    fn an_id_stays_in_its_path_segment() {
        let id = BatchId::parse("../a?b=c#d %é").unwrap();
        assert_eq!(Call::retrieve(&id).path(), "/v1/messages/batches/..%2Fa%3Fb%3Dc%23d%20%25%C3%A9");
    }

    #[test]
    fn a_list_query_says_only_what_was_asked() {
        let query = ListQuery { limit: Some(5), after_id: None, before_id: Some("a&b".into()) };
        assert_eq!(Call::list(&query).path(), "/v1/messages/batches?limit=5&before_id=a%26b");
        let query = ListQuery { after_id: Some("x".into()), ..ListQuery::default() };
        assert_eq!(Call::list(&query).path(), "/v1/messages/batches?after_id=x");
    }
}
