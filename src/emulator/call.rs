//! A request as it arrives, and which endpoint it is for.

use serde::Serialize;

/// One HTTP request, read in full.
#[derive(Debug, Clone, Default)]
pub struct Request<'a> {
    /// `GET`, `POST`, `DELETE`, `OPTIONS`.
    pub method: &'a str,
    /// The path as sent, for example `/v1/messages/batches/msgbatch_01…/results`.
    pub path: &'a str,
    /// The query without its question mark, `""` for none.
    pub query: &'a str,
    /// Names in any case.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The whole body.
    pub body: &'a [u8],
    /// Where it was sent, for example `http://127.0.0.1:8787`; `""` for the API's own origin.
    pub origin: &'a str,
}

impl<'a> Request<'a> {
    /// A request without headers and body; `target` may carry a query.
    pub fn new(method: &'a str, target: &'a str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method, path, query, ..Self::default() }
    }

    /// With one header more.
    #[must_use]
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }

    pub(super) fn find(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// The six calls of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// `POST /v1/messages/batches`
    Create,
    /// `GET /v1/messages/batches/{id}`
    Retrieve,
    /// `GET /v1/messages/batches`
    List,
    /// `POST /v1/messages/batches/{id}/cancel`
    Cancel,
    /// `DELETE /v1/messages/batches/{id}`
    Delete,
    /// `GET /v1/messages/batches/{id}/results`
    Results,
}

impl Endpoint {
    /// All six, in the order of their declaration.
    pub const ALL: [Self; 6] =
        [Self::Create, Self::Retrieve, Self::List, Self::Cancel, Self::Delete, Self::Results];

    /// `"create"`, `"retrieve"`, `"list"`, `"cancel"`, `"delete"` or `"results"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Retrieve => "retrieve",
            Self::List => "list",
            Self::Cancel => "cancel",
            Self::Delete => "delete",
            Self::Results => "results",
        }
    }

    /// The endpoint of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.as_str() == name)
    }
}

/// Where a request leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    To(Endpoint, String),
    /// A known path with another method.
    WrongMethod,
    Nowhere,
}

pub(super) fn route(method: &str, path: &str) -> Route {
    let Some(rest) = path.trim_end_matches('/').strip_prefix("/v1/messages/batches") else {
        return Route::Nowhere;
    };
    let mut segments = rest.split('/');
    let (before, id, action, beyond) = (segments.next(), segments.next(), segments.next(), segments.next());
    if before != Some("") || beyond.is_some() {
        return Route::Nowhere;
    }
    let endpoint = match (method, id, action) {
        ("POST", None, None) => Endpoint::Create,
        ("GET", None, None) => Endpoint::List,
        ("GET", Some(_), None) => Endpoint::Retrieve,
        ("DELETE", Some(_), None) => Endpoint::Delete,
        ("POST", Some(_), Some("cancel")) => Endpoint::Cancel,
        ("GET", Some(_), Some("results")) => Endpoint::Results,
        (_, _, None | Some("cancel" | "results")) => return Route::WrongMethod,
        _ => return Route::Nowhere,
    };
    Route::To(endpoint, unescape(id.unwrap_or_default()))
}

/// The values of a query by their keys, unescaped.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (unescape(key), unescape(&value.replace('+', " ")))
    })
}

/// Percent-decoding; what is no escape stays as it is.
fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        match (byte, ahead.next().and_then(hex), ahead.next().and_then(hex)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                rest = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_and_path_leads_to_its_endpoint() {
        let to = |endpoint, id: &str| Route::To(endpoint, id.to_owned());
        let table = [
            ("POST", "/v1/messages/batches", to(Endpoint::Create, "")),
            ("GET", "/v1/messages/batches", to(Endpoint::List, "")),
            ("GET", "/v1/messages/batches/", to(Endpoint::List, "")),
            ("GET", "/v1/messages/batches/b_1", to(Endpoint::Retrieve, "b_1")),
            ("GET", "/v1/messages/batches/b%2F1", to(Endpoint::Retrieve, "b/1")),
            ("DELETE", "/v1/messages/batches/b_1", to(Endpoint::Delete, "b_1")),
            ("POST", "/v1/messages/batches/b_1/cancel", to(Endpoint::Cancel, "b_1")),
            ("GET", "/v1/messages/batches/b_1/results", to(Endpoint::Results, "b_1")),
            ("PUT", "/v1/messages/batches", Route::WrongMethod),
            ("GET", "/v1/messages/batches/b_1/cancel", Route::WrongMethod),
            ("GET", "/v1/messages/batches/b_1/other", Route::Nowhere),
            ("GET", "/v1/messages/batches/b_1/results/more", Route::Nowhere),
            ("GET", "/v1/messages/batchesque", Route::Nowhere),
            ("GET", "/", Route::Nowhere),
        ];
        for (method, path, want) in table {
            assert_eq!(route(method, path), want, "{method} {path}");
        }
    }

    #[test]
    fn queries_are_unescaped() {
        let got: Vec<_> = parameters("limit=20&after_id=a%20b+c&&bare&bad=%zz%4").collect();
        let want = [("limit", "20"), ("after_id", "a b c"), ("bare", ""), ("bad", "%zz%4")];
        assert!(got.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(want));
    }
}
