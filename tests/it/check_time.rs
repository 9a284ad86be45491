//! The check takes time by the byte, whatever the bytes are.

use std::time::{Duration, Instant};

use batchwise::plan::{Intake, Numbering, PlanOptions};
use batchwise::request::{Checker, Depth, Terms, Violations};

const MEGABYTE: usize = 1 << 20;

/// As many of `piece` as it takes.
fn fill(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

/// As many numbered pieces as it takes, with commas between them.
fn numbered(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = piece(0);
    for number in 1.. {
        if text.len() >= bytes {
            break;
        }
        text.push(',');
        text.push_str(&piece(number));
    }
    text
}

fn listed(bytes: usize, piece: &str) -> String {
    numbered(bytes, |_| piece.to_owned())
}

fn nested(bytes: usize, open: &str, close: &str) -> String {
    let levels = bytes / (open.len() + close.len());
    format!("{}1{}", open.repeat(levels), close.repeat(levels))
}

type Make = fn(usize) -> String;

/// Members of the parameters of one request.
const NASTY: [(&str, Make); 22] = [
    ("nested lists", |n| format!(r#""messages":{}"#, nested(n, "[", "]"))),
    ("nested objects", |n| format!(r#""metadata":{}"#, nested(n, r#"{"a":"#, "}"))),
    ("nested contents", |n| {
        format!(r#""messages":[{}]"#, nested(n, r#"{"content":["#, r#"],"role":"user"}"#))
    }),
    ("a nested schema", |n| {
        let schema = nested(n, r#"{"type":"object","properties":{"a":"#, "}}");
        format!(r#""tools":[{{"name":"t","strict":true,"input_schema":{schema}}}]"#)
    }),
    ("unknown keys", |n| numbered(n, |i| format!(r#""k{i}":1"#))),
    ("one key again and again", |n| listed(n, r#""max_tokens":1"#)),
    ("keys of free JSON", |n| {
        format!(
            r#""tools":[{{"name":"t","input_schema":{{{}}}}}]"#,
            numbered(n, |i| format!(r#""k{i}":{i}"#))
        )
    }),
    ("one key of free JSON again and again", |n| {
        format!(r#""tools":[{{"name":"t","input_schema":{{{}}}}}]"#, listed(n, r#""k":{"k":1}"#))
    }),
    ("escaped quotes", |n| format!(r#""system":"{}""#, fill("\\\"", n))),
    ("backslashes", |n| format!(r#""system":"{}""#, fill("\\\\", n))),
    ("escaped letters", |n| format!(r#""messages":[{{"role":"user","content":"{}"}}]"#, fill("\\u0020", n))),
    ("escaped keys", |n| numbered(n, |_| r#""\u006dax_tokens":1"#.to_owned())),
    ("a blank text", |n| format!(r#""messages":[{{"role":"user","content":"{}"}}]"#, fill(" ", n))),
    ("a long number", |n| format!(r#""max_tokens":{}"#, fill("7", n))),
    ("a long fraction", |n| format!(r#""max_tokens":0.{}e-{}"#, fill("1", n), fill("9", 99))),
    ("tools of one name", |n| {
        format!(r#""tools":[{}]"#, listed(n, r#"{"name":"n","input_schema":{"type":"object"}}"#))
    }),
    ("calls of one id", |n| {
        let call = r#"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"n","input":{}}]}"#;
        format!(r#""messages":[{}]"#, listed(n, call))
    }),
    ("answers to nothing", |n| {
        let answer = r#"{"content":[{"content":[{"text":"","type":"text"}],"tool_use_id":"?","type":"tool_result"}],"role":"user"}"#;
        format!(r#""messages":[{}]"#, listed(n, answer))
    }),
    ("calls and answers", |n| {
        let call = |i| format!(r#"{{"type":"tool_use","id":"a{i}","name":"n","input":{{}}}}"#);
        let answer = |i| format!(r#"{{"type":"tool_result","tool_use_id":"a{i}"}}"#);
        let (calls, answers) = (numbered(n / 2, call), numbered(n / 2, answer));
        format!(
            r#""messages":[{{"role":"assistant","content":[{calls}]}},{{"role":"user","content":[{answers}]}}]"#
        )
    }),
    ("base64 that ends badly", |n| {
        let source = format!(r#"{{"type":"base64","media_type":"image/png","data":"{}="}}"#, fill("iVBO", n));
        format!(r#""messages":[{{"role":"user","content":[{{"type":"image","source":{source}}}]}}]"#)
    }),
    ("a name that is nearly one", |n| format!(r#""model":"{}""#, fill("claude-opus-5", n))),
    ("a text that does not end", |n| format!(r#""system":"{}"#, fill("\\u00e9", n))),
];

#[expect(clippy::disallowed_methods, reason = "the engine has no clock; what it costs is seen by one")]
fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Four inputs of a megabyte against one of four: the same work, so that a busy machine delays both alike, unless it
/// grows faster than the input, when one of four takes four times as long. The best of a few rounds counts.
fn grows_by_the_byte(what: &str, mut work: impl FnMut(usize) -> Duration) {
    let (mut four, mut one) = (Duration::MAX, Duration::MAX);
    for _ in 0..10 {
        four = four.min((0..4).map(|_| work(MEGABYTE)).sum());
        one = one.min(work(4 * MEGABYTE));
        if one < four * 5 / 2 {
            return;
        }
    }
    panic!("{what}: {four:?} for four of a megabyte, {one:?} for one of four");
}

#[test]
fn one_nasty_request_is_checked_in_linear_time() {
    for (what, make) in NASTY {
        grows_by_the_byte(what, |bytes| {
            let params = make(bytes);
            let request = format!(r#"{{"custom_id":"a","params":{{{params}}}}}"#);
            let mut found = Violations::default();
            let mut checker = Checker::new(Terms::default());
            time(|| {
                checker.check(request.as_bytes(), Depth::Full, &mut found);
            })
        });
    }
}

#[test]
fn many_requests_are_planned_in_linear_time() {
    let good = |id: usize, end: &str| {
        format!(
            r#"{{"custom_id":"r{id}","params":{{"model":"claude-opus-5","max_tokens":1,"messages":[{{"role":"user","content":"x"}}]{end}}}}}"#
        )
    };
    let kinds: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("all alike", &|i| good(i, "")),
        ("all of one id", &|_| good(0, "")),
        // Each is read as one of the remembered shapes, up to its last bytes.
        ("alike up to the end", &|i| good(i, &format!(r#","stop_sequences":["{:02}"]"#, i % 20))),
        ("none alike", &|i| good(i, "").replace(":1,", &format!(":{},", i + 1))),
        ("all bad", &|i| format!(r#"{{"custom_id":"r {i}"}}"#)),
    ];
    for (what, make) in kinds {
        grows_by_the_byte(what, |bytes| {
            let mut source = String::new();
            for number in 0.. {
                if source.len() >= bytes {
                    break;
                }
                source.push_str(&make(number));
                source.push('\n');
            }
            let mut intake = Intake::requests(PlanOptions::default(), Numbering::Lines);
            time(|| {
                source.as_bytes().chunks(1 << 16).for_each(|chunk| intake.push(chunk));
                let _ = intake.finish();
            })
        });
    }
}

#[test]
fn one_line_in_tiny_pieces_is_put_together_in_linear_time() {
    grows_by_the_byte("tiny pieces", |bytes| {
        let mut intake = Intake::requests(PlanOptions::default(), Numbering::Lines);
        let line = fill("x", bytes);
        time(|| line.as_bytes().chunks(3).for_each(|chunk| intake.push(chunk)))
    });
}
