//! The body of a create: what is checked at once, and what is kept of every request.
//!
//! One request's tree exists at a time and is dropped when it has been judged, so a full-size body costs a few bytes
//! a request. The words of each refusal are those seen from the real API.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::check::{self, Rules};
use super::requests::Requests;
use super::value::{Borrowed, Value};

/// Reads a create body.
///
/// # Errors
/// The message of the 400 that refuses all of it.
pub(super) fn read(body: &[u8], rules: Rules, max_requests: u64) -> Result<Requests, String> {
    let mut envelope = Envelope {
        rules,
        requests: Requests::default(),
        seen: HashSet::new(),
        problem: None,
        duplicate: None,
        list: List::Missing,
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = (&mut envelope).deserialize(&mut json).and_then(|()| json.end());
    if let Err(why) = read {
        return Err(format!("The request body is not valid JSON: {}", in_its_words(&why)));
    }
    let count = match envelope.list {
        List::Missing => return Err("requests: Field required".to_owned()),
        List::Wrong => return Err("requests: Input should be a valid list".to_owned()),
        List::Of(count) => count,
    };
    if count == 0 {
        return Err("requests: List should have at least 1 item after validation, not 0".to_owned());
    }
    if count > max_requests {
        return Err(format!(
            "requests: List should have at most {max_requests} items after validation, not {count}"
        ));
    }
    if let Some(problem) = envelope.problem.or(envelope.duplicate) {
        return Err(problem);
    }
    Ok(envelope.requests)
}

/// What the API's reader of JSON says: seen for half a character, in public reports from June 2025 to May 2026. For other
/// faults these are our words.
fn in_its_words(why: &serde_json::Error) -> String {
    let said = why.to_string();
    if said.starts_with("lone leading surrogate") || said.starts_with("unexpected end of hex escape") {
        let (line, column) = (why.line(), why.column());
        return format!(
            "no low surrogate in string: line {line} column {column} (char {})",
            column.saturating_sub(1)
        );
    }
    said
}

enum List {
    Missing,
    Wrong,
    Of(u64),
}

struct Envelope<'de> {
    rules: Rules,
    requests: Requests,
    seen: HashSet<Cow<'de, str>>,
    /// The first thing wrong with the schema.
    problem: Option<String>,
    /// The first repeated id: looked at only where the schema holds.
    duplicate: Option<String>,
    list: List,
}

impl<'de> Envelope<'de> {
    fn complain(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }

    /// Judges the request at `index`.
    fn take(&mut self, index: u64, request: &Value<'de>) {
        if !matches!(request, Value::Map(_)) {
            return self.complain(format!("requests.{index}: Input should be a valid dictionary"));
        }
        let custom_id = match request.get("custom_id") {
            None => return self.complain(format!("requests.{index}.custom_id: Field required")),
            Some(Value::Text(custom_id)) => custom_id,
            Some(_) => {
                return self.complain(format!("requests.{index}.custom_id: Input should be a valid string"));
            }
        };
        if let Some(problem) = problem_of(custom_id) {
            return self.complain(format!("requests.{index}.custom_id: {problem}"));
        }
        let params = match request.get("params") {
            None => return self.complain(format!("requests.{index}.params: Field required")),
            Some(params @ Value::Map(_)) => params,
            Some(_) => {
                return self.complain(format!("requests.{index}.params: Input should be a valid dictionary"));
            }
        };
        let known = |key: &str| key == "custom_id" || key == "params";
        if let Some((key, _)) = request.entries().iter().find(|(key, _)| !known(key)) {
            return self.complain(format!("requests.{index}.{key}: Extra inputs are not permitted"));
        }
        if !self.seen.insert(custom_id.clone()) {
            self.duplicate.get_or_insert_with(|| {
                format!("requests: custom_id's must be unique within a batch. Duplicate custom_id found: {custom_id}")
            });
            return;
        }
        // Once the create is lost there is nothing to keep.
        if self.problem.is_none() && self.duplicate.is_none() {
            self.requests.push(custom_id, check::check(params, self.rules));
        }
    }
}

fn problem_of(custom_id: &str) -> Option<&'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if custom_id.is_empty() {
        Some("String should have at least 1 character")
    } else if custom_id.chars().count() > 64 {
        Some("String should have at most 64 characters")
    } else if !custom_id.bytes().all(allowed) {
        Some("String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")
    } else {
        None
    }
}

impl<'de> DeserializeSeed<'de> for &mut Envelope<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Envelope<'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Borrowed(key)) = map.next_key()? {
            if key == "requests" {
                map.next_value_seed(RequestList(&mut *self))?;
            } else {
                map.next_value::<IgnoredAny>()?;
                self.complain(format!("{key}: Extra inputs are not permitted"));
            }
        }
        Ok(())
    }
}

struct RequestList<'e, 'de>(&'e mut Envelope<'de>);

impl RequestList<'_, '_> {
    /// Any JSON but a list.
    fn wrong(self) {
        self.0.list = List::Wrong;
    }
}

impl<'de> DeserializeSeed<'de> for RequestList<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RequestList<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of requests")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(request) = seq.next_element::<Value<'de>>()? {
            self.0.take(index, &request);
            index += 1;
        }
        self.0.list = List::Of(index);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong();
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.wrong();
        Ok(())
    }
}
