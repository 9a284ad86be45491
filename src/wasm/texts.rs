//! Many texts at once: one text to decode on the other side, and where each ends in it.

use js_sys::{Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Texts end to end, as UTF-8, and where each ends, counted as JavaScript counts characters. */
export interface RawTexts { text: Uint8Array<ArrayBuffer>; ends: Uint32Array<ArrayBuffer> }
";

/// The texts, of each at most the first `most` characters.
pub(super) fn raw_texts<'a>(texts: impl Iterator<Item = &'a str>, most: Option<u32>) -> JsValue {
    let (mut all, mut ends, mut units) = (Vec::new(), Vec::new(), 0);
    for text in texts {
        let text = most.map_or(text, |most| begin(text, most as usize));
        all.extend_from_slice(text.as_bytes());
        units += if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        ends.push(units as u32);
    }
    let out = Object::new();
    let fields: [(&str, JsValue); 2] = [
        ("text", Uint8Array::from(all.as_slice()).into()),
        ("ends", Uint32Array::from(ends.as_slice()).into()),
    ];
    for (name, value) in fields {
        // A fresh plain object takes every property.
        let _ = Reflect::set(&out, &name.into(), &value);
    }
    out.into()
}

/// The first `most` characters.
fn begin(text: &str, most: usize) -> &str {
    // No text has more characters than bytes.
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// A mark for each of `count` things: 1 for those that `find` names.
pub(super) fn marks(count: u32, find: impl FnOnce(&mut dyn FnMut(u32))) -> Uint8Array {
    let mut marks = vec![0_u8; count as usize];
    find(&mut |number| {
        if let Some(mark) = marks.get_mut(number as usize) {
            *mark = 1;
        }
    });
    Uint8Array::from(marks.as_slice())
}
