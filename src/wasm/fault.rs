//! Errors on their way out: plain `Error` objects whose own properties `js/errors.ts` turns into classes.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::error::{Answer, Error, ErrorCode};
use crate::time::Wait;
use crate::wire::{Endpoint, Lost, LostReason, Refusal, Reply, Sent};

/// `error` as JavaScript gets it.
pub(crate) fn thrown(error: Error) -> JsValue {
    Fault::from(error).into_js()
}

/// A reply that was refused, as JavaScript gets it.
pub(crate) fn refused(reply: &Reply, refusal: Refusal) -> JsValue {
    Fault::of_reply(reply, refusal).into_js()
}

/// A call without a reply, as JavaScript gets it. A create that may have arrived is said to be what it is: nobody knows.
pub(crate) fn vanished(lost: Lost, endpoint: Endpoint) -> JsValue {
    Fault::of_lost(lost, endpoint).into_js()
}

/// An error with what is known of the reply that caused it.
struct Fault {
    error: Error,
    retry_after_ms: Option<u64>,
    headers: Vec<(String, String)>,
    sent: Option<Sent>,
    body: Option<String>,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { error, retry_after_ms: None, headers: Vec::new(), sent: None, body: None }
    }
}

impl Fault {
    fn of_reply(reply: &Reply, refusal: Refusal) -> Self {
        let is_json = matches!(&refusal, Refusal::Api(_));
        let mut error = Error::from(refusal);
        if let Some(answer) = error.answer().filter(|answer| answer.request_id.is_none()) {
            let answer = Answer { request_id: reply.request_id.clone(), ..answer.clone() };
            error = error.answered(answer);
        }
        Self {
            retry_after_ms: reply.retry_after.map(Wait::get),
            headers: reply.headers.clone(),
            body: is_json.then(|| String::from_utf8_lossy(&reply.body).into_owned()),
            ..Self::from(error)
        }
    }

    fn of_lost(lost: Lost, endpoint: Endpoint) -> Self {
        let sent = lost.sent;
        let unknown = endpoint == Endpoint::Create && sent == Sent::Maybe;
        let error = match (unknown, lost.reason) {
            (true, LostReason::Aborted) => Error::new(
                ErrorCode::Aborted,
                "the caller's signal ended a create after it was sent: the batch may exist all the same, and can be found in the list",
            ),
            (true, _) => Error::new(
                ErrorCode::AmbiguousCreate,
                format!(
                    "a create was sent and no answer came ({}): the batch may exist and be paid for; look at the newest batches of the list before sending it again",
                    lost.message
                ),
            ),
            (false, _) => Error::from(lost),
        };
        Self { sent: Some(sent), ..Self::from(error) }
    }

    fn into_js(self) -> JsValue {
        let js = js_sys::Error::new(&self.error.to_string());
        let set = |name: &str, value: &JsValue| {
            let _ = Reflect::set(&js, &JsValue::from_str(name), value);
        };
        let set_text = |name: &str, value: &Option<String>| {
            if let Some(value) = value {
                set(name, &JsValue::from_str(value));
            }
        };
        set("code", &JsValue::from_str(self.error.code().as_str()));
        if let Some(answer) = self.error.answer() {
            set("status", &JsValue::from_f64(f64::from(answer.status)));
            set("headers", &pairs(&self.headers));
            set_text("type", &answer.kind);
            set_text("requestId", &answer.request_id);
            set_text("errorCode", &answer.error_code);
        }
        if let Some(holder) = self.error.holder() {
            set("owner", &JsValue::from_str(&holder.owner));
            set("until", &JsValue::from_f64(holder.until.get() as f64));
        }
        set_text("body", &self.body);
        if let Some(millis) = self.retry_after_ms {
            set("retryAfterMs", &JsValue::from_f64(millis as f64));
        }
        if let Some(sent) = self.sent {
            set("sent", &JsValue::from_str(if sent == Sent::No { "no" } else { "maybe" }));
        }
        set("at", &place(&self.error));
        js.into()
    }
}

fn pairs(headers: &[(String, String)]) -> JsValue {
    headers
        .iter()
        .map(|(name, value)| Array::of2(&JsValue::from_str(name), &JsValue::from_str(value)))
        .collect::<Array>()
        .into()
}

fn place(error: &Error) -> JsValue {
    let at = error.place();
    let object = Object::new();
    let number = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_f64(value));
        }
    };
    number("part", at.part.map(f64::from));
    number("line", at.line.map(|line| line as f64));
    number("offset", at.offset.map(|offset| offset as f64));
    number("attempt", at.attempt.map(f64::from));
    if let Some(id) = &at.custom_id {
        let _ = Reflect::set(&object, &JsValue::from_str("customId"), &JsValue::from_str(id));
    }
    object.into()
}
