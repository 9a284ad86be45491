//! However a source is cut into chunks, it is planned, and refused, in the same way.

use batchwise::plan::{Intake, Numbering, PlanOptions, Validate};

/// Good lines of several shapes, bad ones of every kind, blank ones, all endings, and a last line without one.
const SOURCE: &[u8] = b"\xef\xbb\xbf{\"custom_id\":\"a\",\"params\":{\"model\":\"claude-haiku-5-5\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"na\xc3\xafve \\\"\\u00e9\\\" \xf0\x9f\x99\x82\"}]}}\n\
{\"custom_id\":\"b\",\"params\":{\"model\":\"claude-haiku-5-5\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"another text that is longer than the first one was, by far\"}]}}\r\n\
 \t\r\n\
\n\
{\"custom_id\":\"b\",\"params\":{\"model\":\"claude-haiku-5-5\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"an id again\"}]}}\n\
{\"custom_id\":\"c\",\"params\":{\"model\":\"claude-haiku-5-5\",\"max_tokens\":0,\"messages\":[]}}\n\
{\"custom_id\":\"d\",\"params\":{\"model\":\"claude-opus-4-6\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"iVBORw0KGgo=\"}}]}]}}\n\
{\"custom_id\":\"e\",\"params\":{\"model\":\"claude-opus-4-6\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"iVBORw0KGgoAAAA\"}}]}]}}\n\
{\"custom_id\":\"\xff\"}\n\
   {\"custom_id\":\"f\",\"params\":{\"model\":\"claude-haiku-5-5\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}} \t \n\
[1,2]\n\
{\"custom_id\":\"g\",\"params\":{\"model\":\"claude-haiku-5-5\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}}\n\
{\"custom_id\":\"h\",\"par";

/// Everything that can be told of a plan or its refusal.
fn planned<'a>(chunks: impl IntoIterator<Item = &'a [u8]>, validate: Validate) -> String {
    let options = PlanOptions { validate, max_requests: 2, ..PlanOptions::default() };
    let mut intake = Intake::requests(options, Numbering::Lines);
    for chunk in chunks {
        intake.push(chunk);
    }
    intake.finish().map_or_else(|rejected| format!("{rejected:?}"), |plan| format!("{plan:?}"))
}

#[test]
fn every_cutting_of_a_source_gives_the_same_plan() {
    for validate in [Validate::Strict, Validate::Warn, Validate::Off] {
        let whole = planned([SOURCE], validate);
        for cut in 0..=SOURCE.len() {
            let (before, behind) = SOURCE.split_at(cut);
            assert_eq!(planned([before, behind], validate), whole, "cut at {cut}");
        }
        for size in 1..200 {
            assert_eq!(planned(SOURCE.chunks(size), validate), whole, "cut every {size}");
        }
    }
}

#[test]
fn the_source_has_what_it_is_meant_to_have() {
    let plan = planned([SOURCE], Validate::Warn);
    for code in [
        "IdDuplicate",
        "ParamsMaxTokens",
        "MediaBase64",
        "Encoding",
        "RequestType",
        "ParamsLength",
        "JsonSyntax",
    ] {
        assert!(plan.contains(code), "{code}: {plan}");
    }
}
