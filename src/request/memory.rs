//! What the last good requests looked like: the next is mostly one of them with other texts in it.
//!
//! Theory of operation: while a request is walked, the values of which any is as good as another are noted: its id, what
//! is said, data, the most that may be answered. Once it was found to be without a problem, its bytes between those are
//! kept. A request that has the same bytes there differs in nothing that a rule could see, as long as each of its own
//! values stays on the safe side of what rules ask of it; then nothing else is looked at. Anything in doubt is walked.
//!
//! **Invariant:** a request that is recalled would have been walked without a problem and to the same facts. So a field
//! whose text a rule looks into is not one of these values, or [`Varies`] says what the rule asks.

use std::borrow::Cow;

use super::check::{Facts, Prompt};
use super::loose::{Seen, Varies};
use super::media::Media;
use super::models::Model;
use super::rules::{fits_every_context, looks_of_data};
use super::terms::Terms;
use crate::simd::{count_beyond, is_same};

/// Shapes that are kept.
const MOST: usize = 8;
/// Requests in a row of which none was recalled, before only one of [`REST`] is tried.
const PATIENCE: u32 = 64;
const REST: u32 = 16;
/// Bytes of a shape outside of its loose values, at the most.
const LONGEST: usize = 256 << 10;

/// The shapes of the last good requests, the one that was met last first.
#[derive(Debug, Default)]
pub(super) struct Memory {
    shapes: Vec<Shape>,
    /// Requests since one was recalled.
    strangers: u32,
}

/// A good request without its loose values.
#[derive(Debug, Default)]
struct Shape {
    /// What stands before the first value, between them and behind the last, end to end.
    fixed: Vec<u8>,
    /// For each value, where the piece before it ends in `fixed`, and what it may be.
    loose: Vec<(u32, Varies)>,
    /// What is the same in all such requests. Of the prompt, without what the loose values have.
    model: &'static str,
    max_tokens: u64,
    us_geo: bool,
    prompt: Prompt,
}

impl Memory {
    /// Whether `request` is known to be good, and then its facts; those of one that is not mean nothing.
    pub(super) fn recall<'a>(&mut self, request: &'a [u8], terms: &Terms, facts: &mut Facts<'a>) -> bool {
        self.strangers = self.strangers.wrapping_add(1);
        if !self.is_worth_it(1) {
            return false;
        }
        let place = self.shapes.iter().position(|shape| shape.read(request, terms, facts).is_some());
        let Some(before) = place.and_then(|place| self.shapes.get_mut(..=place)) else { return false };
        before.rotate_right(1);
        self.strangers = 0;
        true
    }

    /// Keeps the shape of `request`, which was walked without a problem and asks for `model`.
    pub(super) fn learn(&mut self, request: &[u8], facts: &Facts<'_>, model: &'static Model, seen: &Seen) {
        if request.len() - seen.loose_bytes() > LONGEST || !self.is_worth_it(0) {
            return;
        }
        let mut shape = if self.shapes.len() < MOST { None } else { self.shapes.pop() }.unwrap_or_default();
        if shape.take(request, facts, model, seen).is_some() {
            self.shapes.insert(0, shape);
        }
    }

    /// Whether to try: always, unless no two requests are alike. Then one is learnt now and then, and looked for in the
    /// next.
    const fn is_worth_it(&self, turn: u32) -> bool {
        self.strangers < PATIENCE || self.strangers % REST == turn
    }
}

impl Shape {
    fn take(&mut self, request: &[u8], facts: &Facts<'_>, model: &'static Model, seen: &Seen) -> Option<()> {
        self.fixed.clear();
        self.loose.clear();
        self.model = model.ids.iter().find(|id| facts.model.as_deref() == Some(**id))?;
        (self.max_tokens, self.us_geo, self.prompt) = (facts.max_tokens, facts.us_geo, facts.prompt);
        let (mut at, mut varying) = (0, Media::default());
        for loose in seen.loose() {
            let inside = request.get(loose.at..loose.at + loose.len)?;
            let varies = match loose.varies {
                Varies::Data(_) => {
                    // What is written with escapes is never recalled, and its size stands elsewhere.
                    let (looks, extent) = looks_of_data(inside).filter(|_| !inside.contains(&b'\\'))?;
                    varying.add(loose.len, extent);
                    Varies::Data(Some(looks))
                }
                varies => varies,
            };
            if varies.is_read() {
                let beyond = count_beyond(inside);
                self.prompt.other_bytes -= beyond as u64;
                self.prompt.ascii_bytes -= (loose.len - beyond) as u64;
            }
            self.fixed.extend_from_slice(request.get(at..loose.at)?);
            self.loose.push((self.fixed.len() as u32, varies));
            at = loose.at + loose.len;
        }
        self.fixed.extend_from_slice(request.get(at..)?);
        self.prompt.media = self.prompt.media.without(varying);
        Some(())
    }

    fn read<'a>(&self, request: &'a [u8], terms: &Terms, facts: &mut Facts<'a>) -> Option<()> {
        let last = self.loose.last().map_or(0, |(end, _)| *end as usize);
        let tail = self.fixed.get(last..)?;
        // Most requests of another shape end otherwise: that is seen before their texts are read.
        if !is_same(request.get(request.len().checked_sub(tail.len())?..)?, tail) {
            return None;
        }
        facts.is_object = true;
        facts.model = Some(Cow::Borrowed(self.model));
        (facts.max_tokens, facts.us_geo, facts.prompt) = (self.max_tokens, self.us_geo, self.prompt);
        let (mut at, mut from) = (0, 0);
        for &(end, varies) in &self.loose {
            let fixed = self.fixed.get(from..end as usize)?;
            if !is_same(request.get(at..at + fixed.len())?, fixed) {
                return None;
            }
            at += fixed.len();
            from = end as usize;
            at += varies.read(request, at, terms, facts)?;
        }
        let Prompt { ascii_bytes, other_bytes, media, .. } = facts.prompt;
        let text = (ascii_bytes + other_bytes).saturating_sub(media.data_bytes);
        (request.len() - at == tail.len() && fits_every_context(text)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use crate::request::base64::encoded;
    use crate::request::{Checker, Depth, Facts, Terms, Violations};

    /// Whether, after the first was checked, the second is recalled.
    fn recalls(first: &str, second: &str) -> bool {
        let mut checker = Checker::new(Terms::default());
        let mut found = Violations::default();
        checker.check(first.as_bytes(), Depth::Full, &mut found);
        assert!(found.is_empty(), "{found:?}");
        checker.memory.recall(second.as_bytes(), &checker.terms, &mut Facts::default())
    }

    fn request(id: &str, said: &str, rest: &str) -> String {
        let said = format!(r#"[{{"role":"user","content":"{said}"}}{rest}]"#);
        format!(
            r#"{{"custom_id":"{id}","params":{{"model":"claude-opus-4-6","max_tokens":9,"messages":{said}}}}}"#
        )
    }

    #[test]
    fn a_request_of_the_same_shape_is_recalled_with_any_sound_text() {
        let first = request("a", "x", "");
        for (id, said) in [
            ("b", "y"),
            ("row-17", "a \\\"b\\\" c"),
            ("b", "é"),
            ("b", "\\n\\u0041\\ud83d\\ude00"),
            ("b", " \\t."),
        ] {
            assert!(recalls(&first, &request(id, said, "")), "{said}");
        }
        for (id, said) in [
            ("", "y"),
            ("a b", "y"),
            ("\\u0061", "y"),
            ("b", ""),
            ("b", " \\n"),
            ("b", "\\x"),
            ("b", "\u{1}"),
            ("b", "\\ud83d"),
        ] {
            assert!(!recalls(&first, &request(id, said, "")), "{id:?} {said:?}");
        }
        let answer = r#",{"role":"assistant","content":"z"}"#;
        assert!(!recalls(&first, &request("b", "y", answer)), "another shape");
        let begun = |id| request(id, "x", answer).replace("opus-4-6", "opus-4-5");
        assert!(!recalls(&begun("a"), &begun("b")), "an answer that is begun");
        assert!(!recalls(&first, &first.replace("opus", "opsu")));
        assert!(!recalls(&first, &format!("{first} ")) && !recalls(&first, &first[..first.len() - 1]));
        assert!(!recalls(&first, ""));
    }

    #[test]
    fn the_number_of_tokens_may_be_any_that_the_model_gives_where_nothing_is_held_to_it() {
        let first = request("a", "x", "");
        let of = |tokens: &str| first.replace(":9", &format!(":{tokens}"));
        for good in ["1", "8", "10", "4096", "128000"] {
            assert!(recalls(&first, &of(good)), "{good}");
        }
        for doubtful in ["0", "09", "128001", "99999999999", "8.0", "8e1", "-1", "", "\"8\"", " 8"] {
            assert!(!recalls(&first, &of(doubtful)), "{doubtful}");
        }
        assert!(recalls(&of("1e3"), &of("1e3")) && !recalls(&of("1e3"), &of("1000")));
        let thinking = |tokens| {
            of(tokens).replace(",\"mess", r#","thinking":{"type":"enabled","budget_tokens":2048},"mess"#)
        };
        assert!(
            recalls(&thinking("4096"), &thinking("4096")) && !recalls(&thinking("4096"), &thinking("2048"))
        );
    }

    #[test]
    fn data_is_recalled_while_it_is_base64_of_the_same_format() {
        let image = |data: &str| {
            let source = format!(r#"{{"type":"base64","media_type":"image/png","data":"{data}"}}"#);
            request(
                "a",
                "x",
                &format!(r#",{{"role":"user","content":[{{"type":"image","source":{source}}}]}}"#),
            )
        };
        let first = image("iVBORw0KGgo=");
        for good in ["iVBORw0KGgoAAAA=", "iVBORw0KGgo=", &format!("iVBORw0K{}", "zZ+/".repeat(99))] {
            assert!(recalls(&first, &image(good)), "{good}");
        }
        let long = format!("iVBORw0K{}", "AAAA".repeat(2_500_000));
        for bad in [
            "iVBORw0KGgo",
            "iVBORw0KGg==\"",
            "",
            "====",
            "/9j/4AAQSkZJRg==",
            "iVBORw0KG-o=",
            "iVBORw0K\\/w==",
            &long,
        ] {
            assert!(!recalls(&first, &image(bad)), "{}", &bad[..bad.len().min(20)]);
        }
    }

    #[test]
    fn pictures_are_recalled_while_no_rule_can_tell_their_sizes_apart() {
        let png = |side: u32| {
            let (start, side) = (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", side.to_be_bytes());
            encoded(&[&start[..], &side, &side, b"\x08\x06\0\0\0"].concat())
        };
        let image = |source: &str| {
            let image = format!(r#"{{"type":"image","source":{{{source}}}}}"#);
            request("a", "x", &format!(r#",{{"role":"user","content":[{image}]}}"#))
        };
        let of = |side| image(&format!(r#""type":"base64","media_type":"image/png","data":"{}""#, png(side)));
        assert!(recalls(&of(1), &of(1568)) && recalls(&of(1600), &of(2000)) && recalls(&of(8000), &of(2577)));
        assert!(
            !recalls(&of(1), &of(1569)) && !recalls(&of(2001), &of(2000)) && !recalls(&of(8000), &of(8001))
        );
        let at = |url| image(&format!(r#""type":"url","url":"{url}""#));
        assert!(recalls(&at("https://a.example/1.png"), &at("https://b.example/22.png")));
        assert!(!recalls(&at("https://a.example"), &at("a.example")) && !recalls(&at("https://a"), &at("")));
    }

    #[test]
    fn a_text_that_fills_a_context_is_looked_at() {
        let of = |length| request("a", &"x".repeat(length), "");
        assert!(recalls(&of(1), &of(1_199_000)) && !recalls(&of(1), &of(1_300_000)));
    }
}
