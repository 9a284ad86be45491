//! Schemas of structured output and strict tools: the subset that can be compiled.

use crate::json::{Scanner, Str, SyntaxError, Token};
use crate::request::check::clip;
use crate::request::codes::ViolationCode as Code;
use crate::request::rules::schema_refs::recursion;
use crate::request::violation::Fix;
use crate::request::walk::Walk;

/// Levels of a schema that are looked at. The stack is as deep and no deeper.
const DEEP: usize = 128;

const MOST_OPTIONAL: u32 = 24;
const MOST_UNIONS: u32 = 16;

/// Keywords of the subset.
const KNOWN: [&str; 17] = [
    "type",
    "enum",
    "const",
    "anyOf",
    "allOf",
    "$ref",
    "$defs",
    "definitions",
    "default",
    "required",
    "properties",
    "additionalProperties",
    "format",
    "minItems",
    "pattern",
    "items",
    "description",
];
/// Keywords that say nothing to a compiler.
const HARMLESS: [&str; 5] = ["title", "$schema", "$id", "$comment", "examples"];
/// Keywords that are refused.
const REFUSED: [&str; 13] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
];
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "null", "array", "object"];
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// What a container inside a schema is.
#[derive(Clone, Copy)]
enum Part {
    /// A schema: where it begins, what it says of objects, its properties and how many are required.
    Schema { at: usize, is_object: bool, closed: bool, properties: u32, required: u32 },
    /// Schemas by name: `properties` or definitions.
    Named { counted: bool },
    /// A list of schemas.
    Several,
    /// `required`.
    Required,
    /// `type` as a list.
    Types,
    /// `enum`.
    Values,
}

const fn schema(at: usize) -> Part {
    Part::Schema { at, is_object: false, closed: false, properties: 0, required: 0 }
}

impl Walk<'_, '_> {
    /// Looks through the schema between two places of the request.
    pub(in crate::request) fn json_schema(&mut self, start: usize, end: usize) {
        let text = self.request.get(start..end).unwrap_or_default();
        self.buffers.notes.tools.last_schema = start;
        // It has been scanned before: it is JSON.
        let _: Result<(), SyntaxError> =
            Scanner::new(text).and_then(|scanner| self.schema_parts(scanner, start));
        if let Some(at) = core::str::from_utf8(text).ok().and_then(recursion) {
            let hint = "write it out to a fixed depth";
            self.unsupported(
                start + at,
                "this reference leads back to itself, and there is no recursion",
                hint,
            );
        }
    }

    fn schema_parts(&mut self, mut scanner: Scanner<'_>, base: usize) -> Result<(), SyntaxError> {
        let mut open: Vec<Part> = Vec::new();
        if scanner.step()? == Some(Token::ObjectStart) {
            open.push(schema(base));
        }
        while let Some(part) = open.last().copied() {
            let Some(token) = scanner.step()? else { return Ok(()) };
            let at = base + scanner.start();
            match (part, token) {
                (Part::Schema { at: begun, is_object, closed, properties, required }, Token::ObjectEnd) => {
                    if is_object && !closed {
                        self.open_object(begun);
                    }
                    self.buffers.notes.tools.optional += properties.saturating_sub(required);
                    open.pop();
                }
                (_, Token::ObjectEnd | Token::ArrayEnd) => {
                    open.pop();
                }
                (Part::Schema { .. }, Token::Key(key)) => self.keyword(key, &mut scanner, base, &mut open)?,
                (Part::Named { counted }, Token::Key(_)) => {
                    if counted {
                        count_property(&mut open);
                    }
                    self.enter_schema(&mut scanner, base, &mut open)?;
                }
                (Part::Several, Token::ObjectStart) if open.len() < DEEP => open.push(schema(at)),
                (Part::Required, Token::String(_)) => {
                    let outer = open.len().checked_sub(2).and_then(|outer| open.get_mut(outer));
                    if let Some(Part::Schema { required, .. }) = outer {
                        *required += 1;
                    }
                }
                (Part::Types, Token::String(name)) => {
                    self.basic_type(name, at);
                    type_name(name, &mut open, 2);
                }
                (Part::Values, Token::ObjectStart | Token::ArrayStart) => {
                    self.unsupported(
                        at,
                        "an enum of the subset has scalars alone",
                        "write them out as anyOf",
                    );
                    skip(&mut scanner, token)?;
                }
                (_, token) => skip(&mut scanner, token)?,
            }
        }
        Ok(())
    }

    fn keyword(
        &mut self,
        key: Str<'_>,
        scanner: &mut Scanner<'_>,
        base: usize,
        open: &mut Vec<Part>,
    ) -> Result<(), SyntaxError> {
        let name = key.decode();
        let key_at = base + key.offset();
        match &*name {
            "properties" => self.enter(scanner, base, open, Part::Named { counted: true }),
            "$defs" | "definitions" => self.enter(scanner, base, open, Part::Named { counted: false }),
            "anyOf" => {
                self.buffers.notes.tools.unions += 1;
                self.enter(scanner, base, open, Part::Several)
            }
            "allOf" => self.enter(scanner, base, open, Part::Several),
            "items" => self.enter_schema(scanner, base, open),
            "required" => self.enter(scanner, base, open, Part::Required),
            "enum" => self.enter(scanner, base, open, Part::Values),
            "type" => match scanner.step()? {
                Some(Token::String(name)) => {
                    self.basic_type(name, base + scanner.start());
                    type_name(name, open, 1);
                    Ok(())
                }
                Some(Token::ArrayStart) => {
                    self.buffers.notes.tools.unions += 1;
                    open.push(Part::Types);
                    Ok(())
                }
                Some(token) => skip(scanner, token),
                None => Ok(()),
            },
            "additionalProperties" => {
                let token = scanner.step()?;
                if let (Some(Token::Bool(false)), Some(Part::Schema { closed, .. })) =
                    (token, open.last_mut())
                {
                    *closed = true;
                }
                token.map_or(Ok(()), |token| skip(scanner, token))
            }
            _ => self.plain_keyword(&name, key_at, scanner, base),
        }
    }

    /// A keyword without schemas inside.
    fn plain_keyword(
        &mut self,
        name: &str,
        key_at: usize,
        scanner: &mut Scanner<'_>,
        base: usize,
    ) -> Result<(), SyntaxError> {
        let Some(token) = scanner.step()? else { return Ok(()) };
        let at = base + scanner.start();
        match (name, token) {
            ("$ref", Token::String(target)) => {
                let target = target.decode();
                if !target.starts_with('#') {
                    self.unsupported(
                        at,
                        "a reference leads outside of the schema",
                        "copy the part into $defs",
                    );
                }
            }
            ("format", Token::String(format)) if !FORMATS.iter().any(|known| format.is(known)) => {
                let message = format!("the format {:?} is not in the subset", clip(&format.decode()));
                self.unsupported(at, message, &format!("use {}", FORMATS.join(", ")));
            }
            ("minItems", Token::Number(number)) if !matches!(number, "0" | "1") => {
                self.unsupported(at, "minItems is 0 or 1 in the subset", "say it in the description");
            }
            ("pattern", Token::String(pattern)) => {
                let pattern = pattern.decode();
                let backwards = (b'1'..=b'9').any(|digit| pattern.contains(&format!("\\{}", digit as char)));
                let around = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| pattern.contains(look));
                if around || backwards || pattern.contains("\\b") || pattern.contains("\\B") {
                    let message = "the pattern looks around, refers back or asks for word borders";
                    self.unsupported(at, message, "write it without");
                }
            }
            (name, _) if REFUSED.contains(&name) => {
                let message = format!("{name} is not in the subset of structured output");
                let said = self.error(Code::SchemaUnsupported, key_at, message, "say it in the description");
                if let Some(violation) = said {
                    violation.fix = Some(Fix::Remove);
                }
            }
            (name, _) if !KNOWN.contains(&name) && !HARMLESS.contains(&name) => {
                let message =
                    format!("the keyword {:?} may not be in the subset of structured output", clip(name));
                self.doubt(Code::SchemaUnsupported, key_at, message, "leave it out");
            }
            _ => {}
        }
        skip(scanner, token)
    }

    fn enter(
        &mut self,
        scanner: &mut Scanner<'_>,
        base: usize,
        open: &mut Vec<Part>,
        part: Part,
    ) -> Result<(), SyntaxError> {
        let Some(token) = scanner.step()? else { return Ok(()) };
        let fits = match part {
            Part::Schema { .. } | Part::Named { .. } => token == Token::ObjectStart,
            _ => token == Token::ArrayStart,
        };
        if fits && open.len() < DEEP {
            open.push(if let Part::Schema { .. } = part { schema(base + scanner.start()) } else { part });
            return Ok(());
        }
        if fits {
            let at = base + scanner.start();
            self.doubt(Code::JsonTooDeep, at, "the schema is nested too deep to be looked at", "flatten it");
        }
        skip(scanner, token)
    }

    fn enter_schema(
        &mut self,
        scanner: &mut Scanner<'_>,
        base: usize,
        open: &mut Vec<Part>,
    ) -> Result<(), SyntaxError> {
        self.enter(scanner, base, open, schema(0))
    }

    fn basic_type(&mut self, name: Str<'_>, at: usize) {
        if !TYPES.iter().any(|known| name.is(known)) {
            let message = format!("{:?} is no type of JSON", clip(&name.decode()));
            self.unsupported(at, message, &format!("use {}", TYPES.join(", ")));
        }
    }

    fn open_object(&mut self, at: usize) {
        let message = "an object of structured output needs additionalProperties: false";
        self.error(Code::SchemaUnsupported, at, message, "add \"additionalProperties\": false");
    }

    fn unsupported(&mut self, at: usize, message: impl Into<String>, hint: &str) {
        self.error(Code::SchemaUnsupported, at, message, hint);
    }

    /// What all schemas have together.
    pub(in crate::request) fn schema_limits(&mut self) {
        let tools = self.buffers.notes.tools;
        let limits = [
            (tools.optional, MOST_OPTIONAL, "optional parameters in structured outputs"),
            (tools.unions, MOST_UNIONS, "unions in structured outputs"),
        ];
        for (count, most, what) in limits {
            if count > most {
                let message = format!("there are {count} {what}, {most} are allowed");
                let hint = "the API says: Schema is too complex for compilation.";
                self.error(Code::SchemaLimit, tools.last_schema, message, hint);
            }
        }
        if let Some(at) = tools.twentieth {
            let message = format!("there are {} strict tools, 20 are allowed", tools.strict);
            self.error(Code::SchemaLimit, at, message, "make some of them plain");
        }
    }
}

fn skip(scanner: &mut Scanner<'_>, first: Token<'_>) -> Result<(), SyntaxError> {
    if matches!(first, Token::ObjectStart | Token::ArrayStart) {
        let inside = scanner.depth();
        while scanner.depth() >= inside {
            scanner.step()?;
        }
    }
    Ok(())
}

fn count_property(open: &mut [Part]) {
    let outer = open.len().checked_sub(2).and_then(|outer| open.get_mut(outer));
    if let Some(Part::Schema { properties, .. }) = outer {
        *properties += 1;
    }
}

fn type_name(name: Str<'_>, open: &mut [Part], up: usize) {
    let outer = open.len().checked_sub(up).and_then(|outer| open.get_mut(outer));
    if let Some(Part::Schema { is_object, .. }) = outer {
        *is_object |= name.is("object");
    }
}
