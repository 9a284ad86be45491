//! The part of JSON Schema that structured output takes: reference, end of section 5.4.

use std::collections::HashSet;

use super::value::Value;

const REFUSED: [&str; 20] = [
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
    "prefixItems",
    "not",
    "oneOf",
    "if",
    "then",
    "else",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
];

const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "null", "array", "object"];

/// What all schemas of a request have together.
#[derive(Debug, Default)]
pub(super) struct Size {
    optional: usize,
    unions: usize,
}

impl Size {
    pub(super) fn add(&mut self, schema: &Value<'_>) {
        let properties = schema.get("properties").map_or(0, |properties| properties.entries().len());
        let required = schema.get("required").and_then(Value::items).unwrap_or_default().len();
        self.optional += properties.saturating_sub(required);
        let is_list = |key: &str| schema.get(key).and_then(Value::items).is_some();
        self.unions += usize::from(is_list("anyOf")) + usize::from(is_list("type"));
        for inner in inside(schema) {
            self.add(inner);
        }
    }

    pub(super) const fn is_too_complex(&self) -> bool {
        self.optional > 24 || self.unions > 16
    }
}

/// The first thing that the compiler of schemas would not take.
pub(super) fn problem(schema: &Value<'_>) -> Option<String> {
    if recurses(schema, schema, &mut Vec::new(), &mut HashSet::new()) {
        return Some("recursive schemas are not supported".to_owned());
    }
    problem_of(schema)
}

fn problem_of(schema: &Value<'_>) -> Option<String> {
    if let Some(key) = REFUSED.iter().find(|key| schema.get(key).is_some()) {
        return Some(format!("'{key}' is not supported"));
    }
    if schema.get("minItems").is_some_and(|least| least.whole().is_none_or(|least| least > 1)) {
        return Some("'minItems' values other than 0 or 1 are not supported".to_owned());
    }
    let is_compound = |value: &Value<'_>| matches!(value, Value::List(_) | Value::Map(_));
    if schema.get("enum").and_then(Value::items).is_some_and(|words| words.iter().any(is_compound)) {
        return Some("'enum' values must be scalars".to_owned());
    }
    if schema.get("$ref").and_then(Value::text).is_some_and(|to| !to.starts_with('#')) {
        return Some("external '$ref' is not supported".to_owned());
    }
    let kinds =
        schema.get("type").map_or(&[][..], |kind| kind.items().unwrap_or_else(|| std::slice::from_ref(kind)));
    if let Some(kind) = kinds.iter().filter_map(Value::text).find(|kind| !TYPES.contains(kind)) {
        return Some(format!("'{kind}' is not a valid type"));
    }
    let is_object = kinds.iter().any(|kind| kind.text() == Some("object"));
    if is_object && schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Some("For 'object' type, 'additionalProperties' must be explicitly set to false".to_owned());
    }
    if let Some(format) =
        schema.get("format").and_then(Value::text).filter(|format| !FORMATS.contains(format))
    {
        return Some(format!("format '{format}' is not supported"));
    }
    let looks_around =
        |pattern: &str| ["(?=", "(?!", "(?<", "\\b", "\\B", "\\1"].iter().any(|part| pattern.contains(part));
    if schema.get("pattern").and_then(Value::text).is_some_and(looks_around) {
        return Some("'pattern' uses an unsupported feature".to_owned());
    }
    inside(schema).into_iter().find_map(problem_of)
}

/// The schemas right inside of one.
fn inside<'v, 'a>(schema: &'v Value<'a>) -> Vec<&'v Value<'a>> {
    let maps = ["properties", "$defs", "definitions"];
    let named =
        maps.iter().filter_map(|key| schema.get(key)).flat_map(Value::entries).map(|(_, value)| value);
    let listed = ["anyOf", "allOf"].iter().filter_map(|key| schema.get(key)?.items()).flatten();
    named.chain(listed).chain(schema.get("items")).collect()
}

/// Whether references lead from here back to one that is being followed. Those in `done` do not.
fn recurses<'v, 'a>(
    root: &'v Value<'a>,
    schema: &'v Value<'a>,
    open: &mut Vec<&'v str>,
    done: &mut HashSet<&'v str>,
) -> bool {
    if let Some(to) = schema.get("$ref").and_then(Value::text).filter(|to| !done.contains(to)) {
        if open.contains(&to) {
            return true;
        }
        open.push(to);
        if follow(root, to).is_some_and(|target| recurses(root, target, open, done)) {
            return true;
        }
        open.pop();
        done.insert(to);
    }
    inside(schema).into_iter().any(|inner| recurses(root, inner, open, done))
}

fn follow<'v, 'a>(root: &'v Value<'a>, to: &str) -> Option<&'v Value<'a>> {
    let mut steps = to.strip_prefix('#')?.split('/').skip(1);
    steps.try_fold(root, |at, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match at {
            Value::List(items) => items.get(step.parse::<usize>().ok()?),
            value => value.get(&step),
        }
    })
}
