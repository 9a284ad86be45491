//! The check remembers what good requests look like, and nobody can tell.

use batchwise::request::{Checker, Depth, Terms, Violations, check};
use proptest::prelude::*;

const SEEDS: [&str; 8] = [
    r#"{"custom_id":"a","params":{"model":"claude-haiku-5-5","max_tokens":8,"system":"Be short.","messages":[{"role":"user","content":"Is this spam?"}]}}"#,
    r#"{ "params": {"messages":[{"content":[{"text":"one","type":"text"},{"type":"text","text":"two"}],"role":"user"}],"max_tokens":1.6e1,"model":"claude-opus-4-6","metadata":{"user_id":"u"}}, "custom_id":"b" }"#,
    r#"{"custom_id":"c","params":{"model":"claude-opus-4-6","max_tokens":4096,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"tools":[{"name":"t","strict":true,"input_schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}],"tool_choice":{"type":"tool","name":"t"},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"t","input":{"a":"v"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"1"},{"type":"text","text":"go on"}]}]}}"#,
    r#"{"custom_id":"d","params":{"model":"claude-opus-4-6","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"image","source":{"type":"url","url":"https://x.test/a.png"}},{"type":"text","text":"what?"}]}]}}"#,
    r#"{"custom_id":"e","params":{"model":"claude-opus-4-6","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","title":"T","context":"C","source":{"type":"text","media_type":"text/plain","data":"long text"},"citations":{"enabled":true}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"}},{"type":"text","text":"why?"}]}]}}"#,
    r#"{"custom_id":"f","params":{"model":"claude-opus-4-6","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"},{"role":"user","content":"and now?"}]}}"#,
    r#"{"custom_id":"g","params":{"model":"claude-opus-4-5","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"text","text":"I think"}]}]}}"#,
    r#"{"custom_id":"h","params":{"model":"claude-sonnet-4-6","max_tokens":9,"stop_sequences":["\n\nHuman:"],"inference_geo":"us","messages":[{"role":"user","content":[{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"c"}]},{"type":"text","text":"\"q\" \u00e9 é"}]}]}}"#,
];

/// What may come in the place of a string's inside.
fn inside() -> impl Strategy<Value = Vec<u8>> {
    const NASTY: [&[u8]; 26] = [
        b"",
        b" ",
        b"\\n",
        b"\\u0020\\t",
        b"\\",
        b"\\\\",
        b"\\\"",
        b"\\u12",
        b"\\uD800",
        b"\\uD83D\\uDE00",
        b"\"",
        b"\n",
        b"\x00",
        b"\xff",
        b"\xc3\xa9",
        b"\xc3",
        b"\xe2\x80\xa8",
        b"\xc2\xa0",
        b"\xf0\x9f\x99\x82 ok",
        b"a b",
        b"AAAA",
        b"AAA=",
        b"/9j/4AAQ",
        b"iVBORw0KGgoAAAANSUhEUg==",
        b"image/jpeg",
        b"1h",
    ];
    prop_oneof![
        4 => "[a-zA-Z0-9_-]{1,12}".prop_map(String::into_bytes),
        4 => "[ a-z]{1,30}|[a-zé🙂\\\\n ]{0,90}".prop_map(String::into_bytes),
        4 => proptest::sample::select(NASTY.as_slice()).prop_map(<[u8]>::to_vec),
        1 => (1..600_usize).prop_map(|length| vec![b'x'; length]),
        1 => (1..80_usize).prop_map(|groups| [b"iVBORw0KGgoA".as_slice(), &b"z9+/".repeat(groups)].concat()),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    None,
    /// The inside of a string, key or value, is another.
    Inside(prop::sample::Index, Vec<u8>),
    /// Bytes are replaced anywhere.
    Splice(prop::sample::Index, usize, String),
}

fn change() -> impl Strategy<Value = Change> {
    let anywhere = any::<prop::sample::Index>;
    prop_oneof![
        1 => Just(Change::None),
        8 => (anywhere(), inside()).prop_map(|(at, text)| Change::Inside(at, text)),
        2 => (anywhere(), 0..6_usize, "[\\[\\]{}\",:0-9a-z\\\\ ]{0,3}").prop_map(|(at, cut, put)| Change::Splice(at, cut, put)),
    ]
}

fn changed(seed: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for change in changes {
        match change {
            Change::None => {}
            Change::Inside(at, text) => {
                let quotes: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'"').collect();
                if quotes.len() >= 2 {
                    let nth = at.index(quotes.len() / 2) * 2;
                    bytes.splice(quotes[nth] + 1..quotes[nth + 1], text.iter().copied());
                }
            }
            Change::Splice(at, cut, put) => {
                let at = at.index(bytes.len() + 1);
                let end = (at + cut).min(bytes.len());
                bytes.splice(at..end, put.bytes());
            }
        }
    }
    bytes
}

fn terms(which: u8) -> Terms {
    let betas: Vec<String> =
        if which & 1 == 1 { vec!["unheard-of-2026-01-01".to_owned()] } else { Vec::new() };
    let version = if which & 2 == 2 { "2023-06-01" } else { "2026-10-21" };
    Terms { any_id: which & 4 == 4, ..Terms::default().of_batch(Some(version), &betas).0 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_request_is_judged_by_itself_whatever_came_before(
        which in 0..8_u8,
        requests in proptest::collection::vec((0..SEEDS.len(), proptest::collection::vec(change(), 0..3)), 1..12),
    ) {
        let terms = terms(which);
        let mut checker = Checker::new(terms);
        let (mut found, mut alone) = (Violations::default(), Violations::default());
        for (seed, changes) in &requests {
            // Twice as many good neighbours as bad ones: there has to be something to remember.
            for request in [SEEDS[*seed].as_bytes().to_vec(), changed(SEEDS[*seed], changes)] {
                let facts = checker.check(&request, Depth::Full, &mut found);
                let want = check(&request, Depth::Full, terms, &mut alone);
                let shown = String::from_utf8_lossy(&request);
                prop_assert_eq!(format!("{found:?}"), format!("{alone:?}"), "{}", shown);
                prop_assert_eq!(facts, want, "{}", shown);
            }
        }
    }
}

#[test]
fn no_string_of_a_good_request_is_passed_over_that_a_rule_looks_into() {
    // Every string of every seed, in turn, with every text that stands anywhere in another: words, names, types, ids.
    let texts: Vec<&str> = SEEDS.iter().flat_map(|seed| seed.split('"').skip(1).step_by(2)).collect();
    let terms = terms(0);
    for seed in SEEDS {
        let mut checker = Checker::new(terms);
        let (mut found, mut alone) = (Violations::default(), Violations::default());
        let quotes: Vec<usize> = seed.match_indices('"').map(|(at, _)| at).collect();
        for pair in quotes.chunks_exact(2) {
            for text in &texts {
                let request = [&seed[..=pair[0]], text, &seed[pair[1]..]].concat();
                checker.check(seed.as_bytes(), Depth::Full, &mut found);
                let facts = checker.check(request.as_bytes(), Depth::Full, &mut found);
                assert_eq!(facts, check(request.as_bytes(), Depth::Full, terms, &mut alone), "{request}");
                assert_eq!(format!("{found:?}"), format!("{alone:?}"), "{request}");
            }
        }
    }
}
