//! Values of JavaScript, read without trusting their class.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{Error, ErrorCode};
use crate::time::{Millis, Wait};

/// The longest wait a timer takes; longer ones fire at once.
pub(crate) const LONGEST_TIMER: Wait = Wait::millis(2_147_483_647);

/// The member `name` of `object`; `None` when it is absent, undefined, null, or its getter throws.
pub(crate) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    if !object.is_object() && !object.is_function() {
        return None;
    }
    Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// The member `name`, if it is a function.
pub(crate) fn function(object: &JsValue, name: &str) -> Option<Function> {
    get(object, name).filter(JsValue::is_function).map(JsCast::unchecked_into)
}

/// Calls the method `name` of `object` without arguments.
pub(crate) fn invoke(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    function(object, name).ok_or_else(|| JsValue::from_str("no such method"))?.call0(object)
}

/// The option `name` as text.
pub(crate) fn text(options: &JsValue, name: &str) -> Result<Option<String>, Error> {
    match get(options, name) {
        None => Ok(None),
        Some(value) => value.as_string().map(Some).ok_or_else(|| wrong(name, "text")),
    }
}

/// The option `name` as a truth value.
pub(crate) fn truth(options: &JsValue, name: &str) -> Result<bool, Error> {
    match get(options, name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| wrong(name, "true or false")),
    }
}

/// The option `name` as a function.
pub(crate) fn callback(options: &JsValue, name: &str) -> Result<Option<Function>, Error> {
    match get(options, name) {
        None => Ok(None),
        Some(value) if value.is_function() => Ok(Some(value.unchecked_into())),
        Some(_) => Err(wrong(name, "a function")),
    }
}

/// The option `name` as a list of texts.
pub(crate) fn texts(options: &JsValue, name: &str) -> Result<Vec<String>, Error> {
    let Some(list) = get(options, name) else { return Ok(Vec::new()) };
    if !Array::is_array(&list) {
        return Err(wrong(name, "a list of texts"));
    }
    Array::from(&list)
        .iter()
        .map(|item| item.as_string().ok_or_else(|| wrong(name, "a list of texts")))
        .collect()
}

/// The option `name` as pairs of texts: a plain object, or anything that iterates over pairs, as `Headers` does.
pub(crate) fn pairs(options: &JsValue, name: &str) -> Result<Vec<(String, String)>, Error> {
    let Some(object) = get(options, name) else { return Ok(Vec::new()) };
    let entries = if get(&object, "forEach").is_some() || Array::is_array(&object) {
        Array::from(&object)
    } else if object.is_object() {
        js_sys::Object::entries(object.unchecked_ref())
    } else {
        return Err(wrong(name, "an object of texts"));
    };
    let mut pairs = Vec::new();
    for entry in entries.iter().map(|entry| Array::from(&entry)) {
        match (entry.get(0).as_string(), entry.get(1).as_string()) {
            (Some(key), Some(value)) => pairs.push((key, value)),
            (Some(_), None) if entry.get(1).is_undefined() || entry.get(1).is_null() => {}
            _ => return Err(wrong(name, "an object of texts")),
        }
    }
    Ok(pairs)
}

/// The option `name` as a whole number from `least` on.
#[expect(clippy::cast_sign_loss, reason = "checked to be zero or more")]
pub(crate) fn whole(options: &JsValue, name: &str, least: u32) -> Result<Option<u32>, Error> {
    let Some(value) = get(options, name) else { return Ok(None) };
    match value.as_f64() {
        Some(number) if number == f64::INFINITY => Ok(Some(u32::MAX)),
        Some(number)
            if number.fract() == 0.0 && number >= f64::from(least) && number <= f64::from(u32::MAX) =>
        {
            Ok(Some(number as u32))
        }
        _ => Err(wrong(name, &format!("a whole number of {least} or more"))),
    }
}

/// The option `name` as a length of time in milliseconds: above zero, or zero where that is `allowed`.
#[expect(clippy::cast_sign_loss, reason = "checked to be zero or more")]
pub(crate) fn wait(options: &JsValue, name: &str, zero: ZeroWait) -> Result<Option<Wait>, Error> {
    let Some(value) = get(options, name) else { return Ok(None) };
    match value.as_f64() {
        Some(millis) if millis > 0.0 || (millis == 0.0 && zero == ZeroWait::Allowed) => {
            Ok(Some(Wait::millis(millis.ceil() as u64)))
        }
        _ => Err(wrong(name, "a number of milliseconds above 0")),
    }
}

/// Whether an option may say "at once".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZeroWait {
    Allowed,
    Refused,
}

/// The runtime's clock.
#[expect(clippy::cast_sign_loss, reason = "no runtime's clock stands before 1970")]
pub(crate) fn now() -> Millis {
    Millis::new(js_sys::Date::now() as u64)
}

/// An option that cannot be used.
pub(crate) fn wrong(name: &str, wanted: &str) -> Error {
    Error::new(ErrorCode::Option, format!("{name} must be {wanted}"))
}
