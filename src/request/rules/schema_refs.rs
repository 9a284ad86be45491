//! References inside a schema: one that leads back to where it stands, over however many others, is recursion.

use crate::json::{Scanner, SyntaxError, Token};
use crate::request::locate::{Step, pointer};

/// References of one schema that are looked at. Each is compared with each.
const MOST: usize = 200;
/// Levels of a schema that are looked at.
const DEEP: usize = 128;

/// A reference: where it stands, in the text and as a pointer, and where it leads.
struct Reference {
    at: usize,
    from: String,
    to: String,
}

/// Where the first reference stands that leads back to itself.
pub(super) fn recursion(schema: &str) -> Option<usize> {
    memchr::memmem::find(schema.as_bytes(), b"\"$ref\"")?;
    // It has been scanned before: it is JSON.
    let references = references(schema).unwrap_or_default();
    references.iter().find(|start| comes_back(start, &references)).map(|reference| reference.at)
}

fn references(schema: &str) -> Result<Vec<Reference>, SyntaxError> {
    let mut scanner = Scanner::new(schema.as_bytes())?;
    let mut path: Vec<Step<'_>> = Vec::new();
    let mut found = Vec::new();
    while let Some(token) = scanner.step()? {
        match token {
            Token::ObjectEnd | Token::ArrayEnd => {
                path.pop();
                continue;
            }
            Token::Key(key) => {
                if let Some(step) = path.last_mut() {
                    *step = Step::Key(key);
                }
                continue;
            }
            _ => Step::count(path.last_mut()),
        }
        if let (Token::String(target), Some((Step::Key(key), around))) = (token, path.split_last())
            && key.is("$ref")
            && let Some(to) = target.decode().strip_prefix('#')
        {
            found.push(Reference { at: scanner.start(), from: pointer(around), to: to.to_owned() });
        }
        if matches!(token, Token::ObjectStart | Token::ArrayStart) {
            if path.len() >= DEEP || found.len() >= MOST {
                break;
            }
            path.push(Step::Nothing);
        }
    }
    Ok(found)
}

/// Whether following the reference, and those inside of what it leads to, comes back to the place where it stands.
fn comes_back(start: &Reference, all: &[Reference]) -> bool {
    let mut seen = vec![false; all.len()];
    let mut open = vec![start];
    while let Some(reference) = open.pop() {
        if is_inside(&start.from, &reference.to) {
            return true;
        }
        for (next, seen) in all.iter().zip(&mut seen) {
            if !*seen && is_inside(&next.from, &reference.to) {
                *seen = true;
                open.push(next);
            }
        }
    }
    false
}

fn is_inside(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_that_comes_back_is_found_and_one_that_does_not_is_none() {
        for (schema, want) in [
            (r##"{"$defs":{"a":{"type":"string"}},"properties":{"x":{"$ref":"#/$defs/a"}}}"##, None),
            (r##"{"properties":{"x":{"$ref":"#"}}}"##, Some("#")),
            (r##"{"$defs":{"n":{"anyOf":[{"$ref":"#/$defs/n"}]}},"$ref":"#/$defs/n"}"##, Some("#/$defs/n")),
            (
                r##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"items":{"$ref":"#/$defs/a"}}}}"##,
                Some("#/$defs/b"),
            ),
            (r##"{"$defs":{"a":{"$ref":"#/$defs/ab"},"ab":{"type":"null"}}}"##, None),
            (r##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/c"},"c":{"type":"null"}}}"##, None),
            (
                r##"{"properties":{"x":{"properties":{"y":{"$ref":"#/properties/x"}}}}}"##,
                Some("#/properties/x"),
            ),
            (r#"{"properties":{"$ref":{"type":"string"}}}"#, None),
            (r##"{"$defs":{"a/b":{"items":{"$ref":"#/$defs/a~1b"}}}}"##, Some("#/$defs/a~1b")),
        ] {
            let found = recursion(schema).map(|at| &schema[at..]);
            assert_eq!(found.is_some(), want.is_some(), "{schema}");
            assert!(found.is_none_or(|found| found.starts_with(&format!("{:?}", want.unwrap()))), "{schema}");
        }
    }

    #[test]
    fn references_without_end_cost_no_more_than_many() {
        let chain = |count: usize| {
            let links: Vec<_> =
                (0..count).map(|n| format!("\"d{n}\":{{\"$ref\":\"#/$defs/d{}\"}}", n + 1)).collect();
            format!("{{\"$defs\":{{{}}}}}", links.join(","))
        };
        assert_eq!(recursion(&chain(100)), None);
        assert_eq!(recursion(&chain(100_000)), None);
    }
}
