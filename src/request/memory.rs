//! What the last good requests looked like: the next is mostly one of them with other texts in it.
//!
//! Theory of operation: while a request is walked, the strings in which any text is as good as another are noted: its
//! id, what is said, data. Once it was found to be without a problem, its bytes between those strings are kept. A
//! request that has the same bytes there differs in nothing that a rule could see, as long as each of its own strings
//! stays on the safe side of what rules ask of strings; then nothing else is looked at. Anything in doubt is walked.
//!
//! **Invariant:** a request that is recalled would have been walked without a problem and to the same facts. So a field
//! whose text a rule looks into is not one of these strings, or [`Varies`] says what the rule asks.

use std::borrow::Cow;

use super::check::Facts;
use super::rules::{Looks, fits_every_context, looks_of_data};
use super::scalars::is_blank;
use super::schema::{Format, Mark, Text};
use super::terms::Terms;
use crate::json::{Inside, Str};
use crate::simd::{base64_run, is_same};

/// Shapes that are kept.
const MOST: usize = 8;
/// Requests in a row of which none was recalled, before only one of [`REST`] is tried.
const PATIENCE: u32 = 64;
const REST: u32 = 16;
/// Bytes of a shape outside of its strings, at the most.
const LONGEST: usize = 256 << 10;

/// A string that may be another in the next request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loose {
    at: usize,
    len: usize,
    varies: Varies,
}

/// What is asked of such a string.
#[derive(Clone, Copy, Debug)]
enum Varies {
    /// To be an id that the API takes.
    Id,
    /// To be some text, no longer than this.
    Text { most: u32 },
    /// To be an address of the web.
    Address,
    /// To be base64 of the same looks.
    Data(Option<Looks>),
}

/// What is noted of a request on the way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    loose: Vec<Loose>,
    /// Where the model's name stands.
    model: Option<(usize, usize)>,
}

impl Seen {
    pub(super) fn clear(&mut self) {
        self.loose.clear();
        self.model = None;
    }

    pub(super) fn id(&mut self, string: Str<'_>) {
        self.add(string, Varies::Id);
    }

    pub(super) fn model(&mut self, string: Str<'_>) {
        self.model = (!string.is_escaped()).then(|| (string.offset(), string.raw().len()));
    }

    /// A string under a mark. Only under these does nothing depend on which text it is.
    pub(super) fn text(&mut self, mark: Mark, text: &Text, string: Str<'_>) {
        match (mark, text.format) {
            (Mark::Data, Format::Base64) => self.add(string, Varies::Data(None)),
            (
                Mark::System | Mark::TurnText | Mark::BlockText | Mark::AnyText,
                Format::Free | Format::NotBlank,
            ) if text.least <= 1 => self.add(string, Varies::Text { most: text.most }),
            (Mark::AnyText, Format::Address) => self.add(string, Varies::Address),
            _ => {}
        }
    }

    fn add(&mut self, string: Str<'_>, varies: Varies) {
        self.loose.push(Loose { at: string.offset(), len: string.raw().len(), varies });
    }
}

/// The shapes of the last good requests, the one that was met last first.
#[derive(Debug, Default)]
pub(super) struct Memory {
    shapes: Vec<Shape>,
    /// Requests since one was recalled.
    strangers: u32,
}

/// A good request without its loose strings.
#[derive(Debug, Default)]
struct Shape {
    /// What stands before the first string, between them and behind the last, end to end.
    fixed: Vec<u8>,
    /// For each string, where the piece before it ends in `fixed`, and what it may be.
    strings: Vec<(u32, Varies)>,
    /// The piece in which the model is named, where in it, and how long the name is.
    model: (usize, usize, usize),
    /// What else was learnt; of the prompt, without what the strings had.
    facts: Facts<'static>,
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

    /// Keeps the shape of `request`, which was walked without a problem.
    pub(super) fn learn(&mut self, request: &[u8], facts: &Facts<'_>, seen: &Seen) {
        let loose: usize = seen.loose.iter().map(|string| string.len).sum();
        if request.len() - loose > LONGEST || !self.is_worth_it(0) {
            return;
        }
        let mut shape = if self.shapes.len() < MOST { None } else { self.shapes.pop() }.unwrap_or_default();
        if shape.take(request, facts, seen).is_some() {
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
    fn take(&mut self, request: &[u8], facts: &Facts<'_>, seen: &Seen) -> Option<()> {
        self.fixed.clear();
        self.strings.clear();
        let (model_at, model_len) = seen.model?;
        let Facts { is_object, max_tokens, us_geo, mut prompt, .. } = *facts;
        let mut at = 0;
        for (number, string) in seen.loose.iter().enumerate() {
            let inside = request.get(string.at..string.at + string.len)?;
            let varies = match string.varies {
                Varies::Data(_) => Varies::Data(Some(looks_of_data(inside)?)),
                varies => varies,
            };
            if !matches!(varies, Varies::Id) {
                let beyond = inside.iter().filter(|byte| !byte.is_ascii()).count();
                prompt.other_bytes -= beyond as u64;
                prompt.ascii_bytes -= (string.len - beyond) as u64;
            }
            if (at..string.at).contains(&model_at) {
                self.model = (number, model_at - at, model_len);
            }
            self.fixed.extend_from_slice(request.get(at..string.at)?);
            self.strings.push((self.fixed.len() as u32, varies));
            at = string.at + string.len;
        }
        if model_at >= at {
            self.model = (seen.loose.len(), model_at - at, model_len);
        }
        self.fixed.extend_from_slice(request.get(at..)?);
        self.facts = Facts { is_object, max_tokens, us_geo, prompt, ..Facts::default() };
        Some(())
    }

    fn read<'a>(&self, request: &'a [u8], terms: &Terms, facts: &mut Facts<'a>) -> Option<()> {
        let last = self.strings.last().map_or(0, |(end, _)| *end as usize);
        let tail = self.fixed.get(last..)?;
        // Most requests of another shape end otherwise: that is seen before their texts are read.
        if !is_same(request.get(request.len().checked_sub(tail.len())?..)?, tail) {
            return None;
        }
        facts.clone_from(&self.facts);
        let (mut at, mut from, mut data) = (0, 0, 0);
        let model = |piece: usize, at: usize| {
            let (its, ahead, len) = self.model;
            (piece == its).then(|| request.get(at + ahead..at + ahead + len)).flatten()
        };
        for (number, &(end, varies)) in self.strings.iter().enumerate() {
            let fixed = self.fixed.get(from..end as usize)?;
            if !is_same(request.get(at..at + fixed.len())?, fixed) {
                return None;
            }
            if let Some(name) = model(number, at) {
                facts.model = Some(Cow::Borrowed(core::str::from_utf8(name).ok()?));
            }
            at += fixed.len();
            from = end as usize;
            let len = varies.read(request, at, terms, facts)?;
            if let Varies::Data(_) = varies {
                data += len as u64;
            }
            at += len;
        }
        let text = (facts.prompt.ascii_bytes + facts.prompt.other_bytes).saturating_sub(data);
        if request.len() - at != tail.len() || !fits_every_context(text) {
            return None;
        }
        if let Some(name) = model(self.strings.len(), at) {
            facts.model = Some(Cow::Borrowed(core::str::from_utf8(name).ok()?));
        }
        Some(())
    }
}

impl Varies {
    /// The length of the string at `at`, if it is surely as good as the one before.
    fn read<'a>(self, request: &'a [u8], at: usize, terms: &Terms, facts: &mut Facts<'a>) -> Option<usize> {
        let rest = request.get(at..)?;
        let Inside { len, escaped, beyond, halved } = match self {
            Self::Data(looks) => return data(rest, looks?, facts),
            _ => Inside::of(rest)?,
        };
        let inside = rest.get(..len)?;
        match self {
            Self::Id => {
                let id = core::str::from_utf8(inside).ok().filter(|_| !escaped)?;
                if terms.id_problem(id).is_some() {
                    return None;
                }
                facts.custom_id = Some(Cow::Borrowed(id));
                facts.id_value = (at as u32 - 1, len as u32 + 2);
            }
            Self::Text { most } => {
                if halved || len > most as usize || beyond > 0 && simdutf8::basic::from_utf8(inside).is_err()
                {
                    return None;
                }
                let first = *inside.first()?;
                if (!first.is_ascii_graphic() || first == b'\\')
                    && is_blank(Str::of(core::str::from_utf8(inside).ok()?))
                {
                    return None;
                }
                facts.prompt.other_bytes += beyond as u64;
                facts.prompt.ascii_bytes += (len - beyond) as u64;
            }
            Self::Address => {
                if !inside.starts_with(b"https://") || !inside.is_ascii() || escaped {
                    return None;
                }
                facts.prompt.ascii_bytes += len as u64;
            }
            Self::Data(_) => {}
        }
        Some(len)
    }
}

/// The length of the base64 that begins here, if it looks like this.
fn data(rest: &[u8], looks: Looks, facts: &mut Facts<'_>) -> Option<usize> {
    let run = base64_run(rest);
    let padding = rest.get(run..)?.iter().take(2).take_while(|byte| **byte == b'=').count();
    let len = run + padding;
    let ends = rest.get(len) == Some(&b'"');
    if run == 0 || !ends || !len.is_multiple_of(4) || looks_of_data(rest.get(..len)?) != Some(looks) {
        return None;
    }
    facts.prompt.ascii_bytes += len as u64;
    Some(len)
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
        assert!(
            !recalls(&first, &first.replace(":9", ":8")) && !recalls(&first, &first.replace("opus", "opsu"))
        );
        assert!(!recalls(&first, &format!("{first} ")) && !recalls(&first, &first[..first.len() - 1]));
        assert!(!recalls(&first, ""));
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
