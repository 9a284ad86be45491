//! Schemas of structured output and strict tools: the subset, and how much of it there may be. Reference, end of 5.4.

use super::{table, terms, user};

#[test]
fn the_subset_of_json_schema() {
    for (schema, want) in [
        (
            r#"{"type":"object","properties":{"a":{"type":["string","null"],"default":"x"}},"required":["a"],"additionalProperties":false}"#,
            "",
        ),
        (r#"{"type":"string","enum":["a",1,null],"description":"d","title":"t"}"#, ""),
        (r#"{"const":{"a":1}}"#, ""),
        (
            r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"anyOf":[{"type":"integer"},{"type":"boolean"}]}},"additionalProperties":false}"##,
            "",
        ),
        (
            r#"{"type":"array","items":{"type":"string","format":"uuid","pattern":"^[a-z]+$"},"minItems":1}"#,
            "",
        ),
        (r#"{"type":"object"}"#, "schema/unsupported "),
        (r#"{"type":"object","additionalProperties":true}"#, "schema/unsupported "),
        (
            r#"{"type":"object","properties":{"a":{"type":"object"}},"additionalProperties":false}"#,
            "schema/unsupported /properties/a",
        ),
        (r#"{"type":["object","null"]}"#, "schema/unsupported "),
        (r#"{"type":"date"}"#, "schema/unsupported /type"),
        (r#"{"type":["string","any"]}"#, "schema/unsupported /type/1"),
        (r#"{"enum":[[1]]}"#, "schema/unsupported /enum/0"),
        (
            r#"{"type":"number","minimum":0,"multipleOf":2}"#,
            "schema/unsupported /minimum, schema/unsupported /multipleOf",
        ),
        (r#"{"type":"string","maxLength":5}"#, "schema/unsupported /maxLength"),
        (r#"{"type":"array","items":{},"minItems":2}"#, "schema/unsupported /minItems"),
        (
            r#"{"type":"array","items":{},"maxItems":2,"uniqueItems":true}"#,
            "schema/unsupported /maxItems, schema/unsupported /uniqueItems",
        ),
        (r#"{"type":"string","format":"password"}"#, "schema/unsupported /format"),
        (r#"{"type":"string","pattern":"(?=a)b"}"#, "schema/unsupported /pattern"),
        (r#"{"type":"string","pattern":"(a)\\1"}"#, "schema/unsupported /pattern"),
        (r#"{"type":"string","pattern":"\\bword\\b"}"#, "schema/unsupported /pattern"),
        (r#"{"$ref":"https://a.example/schema.json"}"#, "schema/unsupported /$ref"),
        (
            r##"{"anyOf":[{"type":"null"},{"type":"array","items":{"$ref":"#"}}]}"##,
            "schema/unsupported /anyOf/1/items/$ref",
        ),
        (
            r##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"array","items":{"$ref":"#/$defs/b"}},"b":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/a"}]}}}"##,
            "schema/unsupported /$defs/a/items/$ref",
        ),
        // Of these the documentation says neither that they work nor that they do not.
        (r#"{"oneOf":[{"type":"null"}]}"#, "schema/unsupported? /oneOf"),
        (r#"{"not":{"type":"null"}}"#, "schema/unsupported? /not"),
    ] {
        let of = |members: &str, path: &str| {
            let want: Vec<_> = want
                .split(", ")
                .map(|want| match want.split_once(' ') {
                    Some((code, inner)) => format!("{code} {path}{inner}"),
                    None => want.to_owned(),
                })
                .collect();
            (members.to_owned(), want.join(", "))
        };
        let format = format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{schema}}}}}"#);
        let (members, want) = of(&format, "/output_config/format/schema");
        table(terms("2026-10-21", &[]), &[(&members, &want)]);
    }
    let tool = |strict: &str| {
        format!(
            r#""tools":[{{"name":"n",{strict}"input_schema":{{"type":"object","properties":{{"a":{{"type":"string","maxLength":1}}}}}}}}]"#
        )
    };
    table(
        terms("2026-10-21", &[]),
        &[
            (&tool(""), ""),
            (&tool(r#""strict":false,"#), ""),
            (
                &tool(r#""strict":true,"#),
                "schema/unsupported /tools/0/input_schema, schema/unsupported /tools/0/input_schema/properties/a/maxLength",
            ),
        ],
    );
}

#[test]
fn the_shape_of_a_format() {
    let format = |format: &str| format!(r#""output_config":{{"format":{format}}}"#);
    table(
        terms("2026-10-21", &[]),
        &[
            (&format("null"), ""),
            (&format(r#"{"type":"json_schema"}"#), "params/required /output_config/format/schema"),
            (
                &format(r#"{"type":"json_object","schema":{"type":"string"}}"#),
                "params/value /output_config/format/type",
            ),
            (&format(r#"{"type":"json_schema","schema":[]}"#), "params/type /output_config/format/schema"),
            (
                &format(r#"{"type":"json_schema","schema":{"type":"string"},"name":"n"}"#),
                "params/unknown-key /output_config/format/name",
            ),
        ],
    );
    let cited =
        user(r#"{"type":"document","source":{"type":"content","content":"x"},"citations":{"enabled":true}}"#);
    let schema = r#"{"type":"json_schema","schema":{"type":"string"}}"#;
    let path = "params/conflict /messages/0/content/0/citations/enabled";
    table(terms("2026-10-21", &[]), &[(&format!("{cited},{}", format(schema)), path)]);
    let old = format!(r#"{cited},"output_format":{schema}"#);
    table(terms("2026-10-21", &["structured-outputs-2025-11-13"]), &[(&old, path)]);
    let both = format!(r#""output_format":{schema},{}"#, format(schema));
    table(
        terms("2026-10-21", &["structured-outputs-2025-11-13"]),
        &[(&both, "params/conflict? /output_format")],
    );
}

#[test]
fn how_much_may_be_compiled() {
    let strict = |count: usize| {
        let tools: Vec<_> = (0..count)
            .map(|n| format!(r#"{{"name":"n{n}","strict":true,"input_schema":{{"type":"object","additionalProperties":false}}}}"#))
            .collect();
        format!(r#""tools":[{}]"#, tools.join(","))
    };
    let optional = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!(r#""p{n}":{{"type":"string"}}"#)).collect();
        let schema = format!(
            r#"{{"type":"object","additionalProperties":false,"properties":{{{}}}}}"#,
            fields.join(",")
        );
        format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{schema}}}}}"#)
    };
    let unions = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!(r#""p{n}":{{"type":["string","null"]}}"#)).collect();
        let names: Vec<_> = (0..count).map(|n| format!(r#""p{n}""#)).collect();
        let (fields, names) = (fields.join(","), names.join(","));
        let schema = format!(
            r#"{{"type":"object","additionalProperties":false,"properties":{{{fields}}},"required":[{names}]}}"#
        );
        format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{schema}}}}}"#)
    };
    table(
        terms("2026-10-21", &[]),
        &[
            (&strict(20), ""),
            (&strict(21), "schema/limit /tools/20/input_schema"),
            (&optional(24), ""),
            (&optional(25), "schema/limit /output_config/format/schema"),
            (&unions(16), ""),
            (&unions(17), "schema/limit /output_config/format/schema"),
        ],
    );
}
