//! The endpoints beside the batches that a client of theirs asks: which models there are, and how long a prompt is.
//!
//! Shapes are those of the official SDK's `models.list` and `messages.countTokens`. No fault is acted out on them, and
//! they are not counted.

use serde::Deserialize as _;

use super::media;
use super::model::{self, Model};
use super::response::Response;
use super::server::{Exchange, Refused};
use super::value::Value;

/// One of these endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sibling {
    /// `GET /v1/models`
    Models,
    /// `GET /v1/models/{id}`
    Model(String),
    /// `POST /v1/messages/count_tokens`
    CountTokens,
}

/// The endpoint, where it is one of these.
pub(super) fn sibling(method: &str, path: &str) -> Option<Sibling> {
    match (method, path.trim_end_matches('/')) {
        ("GET", "/v1/models") => Some(Sibling::Models),
        ("POST", "/v1/messages/count_tokens") => Some(Sibling::CountTokens),
        ("GET", path) => path.strip_prefix("/v1/models/").map(|id| Sibling::Model(id.to_owned())),
        _ => None,
    }
}

/// The answer of an endpoint.
pub(super) fn answer(sibling: &Sibling, exchange: &Exchange<'_>) -> Result<Response, Refused> {
    let now_ms = exchange.now_ms;
    match sibling {
        Sibling::Models => {
            let models: Vec<_> = model::listed(now_ms).map(described).collect();
            let end =
                |model: Option<&Model>| model.map_or_else(|| "null".to_owned(), |m| format!("\"{}\"", m.id));
            let first = end(model::listed(now_ms).next());
            let last = end(model::listed(now_ms).last());
            Ok(json(format!(
                "{{\"data\":[{}],\"has_more\":false,\"first_id\":{first},\"last_id\":{last}}}",
                models.join(",")
            )))
        }
        Sibling::Model(id) => known(id, now_ms).map(|model| json(described(model))),
        Sibling::CountTokens => count(exchange),
    }
}

fn known(id: &str, now_ms: u64) -> Result<&'static Model, Refused> {
    let model = model::find(id).and_then(model::at).filter(|model| model.gone_ms > now_ms);
    model.ok_or_else(|| Refused::new(404, format!("model: {id}")))
}

/// Counts as rows are counted, so that a count and a bill agree.
fn count(exchange: &Exchange<'_>) -> Result<Response, Refused> {
    let mut reader = serde_json::Deserializer::from_slice(exchange.request.body);
    let params = Value::deserialize(&mut reader)
        .map_err(|_| Refused::new(400, "The request body is not valid JSON"))?;
    let extra = ["max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "metadata", "stream"];
    if let Some(name) = extra.into_iter().find(|name| params.get(name).is_some()) {
        return Err(Refused::new(400, format!("{name}: Extra inputs are not permitted")));
    }
    let id = params.get("model").and_then(Value::text);
    let model = known(id.ok_or_else(|| Refused::new(400, "model: Field required"))?, exchange.now_ms)?;
    if params.get("messages").and_then(Value::items).is_none_or(<[Value<'_>]>::is_empty) {
        return Err(Refused::new(400, "messages: at least one message is required"));
    }
    Ok(json(format!("{{\"input_tokens\":{}}}", media::tokens(&params, model))))
}

fn described(model: &Model) -> String {
    let Model { id, context, max_output, .. } = model;
    let line = id.split('-').nth(1).unwrap_or_default();
    format!(
        "{{\"type\":\"model\",\"id\":\"{id}\",\"display_name\":\"{id}\",\"created_at\":\"2026-01-01T00:00:00Z\",\
         \"lifecycle\":\"active\",\"deprecated_at\":null,\"retires_at\":null,\"line\":\"{line}\",\
         \"max_input_tokens\":{context},\"max_tokens\":{max_output},\
         \"capabilities\":{{\"batch\":{{\"supported\":true}}}}}}"
    )
}

fn json(text: String) -> Response {
    let mut response = Response::new(200, text.into_bytes());
    response.headers.push(("content-type", "application/json".to_owned()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_their_own_methods_and_paths_lead_to_them() {
        let table = [
            ("GET", "/v1/models", Some(Sibling::Models)),
            ("GET", "/v1/models/claude-opus-5", Some(Sibling::Model("claude-opus-5".to_owned()))),
            ("POST", "/v1/messages/count_tokens", Some(Sibling::CountTokens)),
            ("POST", "/v1/models", None),
            ("GET", "/v1/messages/count_tokens", None),
            ("GET", "/v1/messages/batches", None),
        ];
        for (method, path, want) in table {
            assert_eq!(sibling(method, path), want, "{method} {path}");
        }
    }
}
