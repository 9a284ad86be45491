//! The part of JSON Schema that structured output takes: reference, end of section 5.4.

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

/// The first thing that the compiler of schemas would not take.
pub(super) fn problem(schema: &Value<'_>) -> Option<String> {
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
    let is_object = schema.get("type").and_then(Value::text) == Some("object");
    if is_object && schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Some("For 'object' type, 'additionalProperties' must be explicitly set to false".to_owned());
    }
    let maps = ["properties", "$defs", "definitions"];
    let inner =
        maps.iter().filter_map(|key| schema.get(key)).flat_map(Value::entries).map(|(_, value)| value);
    let lists = ["anyOf", "allOf"];
    let listed = lists.iter().filter_map(|key| schema.get(key)?.items()).flatten();
    inner.chain(listed).chain(schema.get("items")).find_map(problem)
}
