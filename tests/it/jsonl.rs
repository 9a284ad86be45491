//! Reading results: however the bytes are cut, the same comes out.

use batchwise::jsonl::{BadLine, Fields, Next, Reader};
use proptest::prelude::*;

/// What a reader answered, owned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    Record { id: String, line: String, number: u64, offset: u64, fields: Box<Fields> },
    Bad(BadLine),
}

/// Reads `chunks` as one stream.
pub(crate) fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>, max_line: usize) -> Vec<Seen> {
    let mut reader = Reader::new(max_line);
    let mut seen = Vec::new();
    for chunk in chunks {
        reader.push(chunk);
        drain(&mut reader, &mut seen);
    }
    reader.finish();
    drain(&mut reader, &mut seen);
    assert!(matches!(reader.next(), Next::End), "the end stays the end");
    assert_eq!(reader.records() + reader.bad_lines(), seen.len() as u64);
    seen
}

fn drain(reader: &mut Reader, seen: &mut Vec<Seen>) {
    loop {
        seen.push(match reader.next() {
            Next::NeedBytes | Next::End => return,
            Next::BadLine(bad) => Seen::Bad(bad),
            Next::Record(record) => Seen::Record {
                id: record.custom_id().into_owned(),
                line: String::from_utf8(record.line.to_vec()).unwrap(),
                number: record.number,
                offset: record.offset,
                fields: Box::new(record.fields.clone()),
            },
        });
    }
}

/// The records' ids, bad lines as `!line`.
pub(crate) fn ids(seen: &[Seen]) -> Vec<String> {
    seen.iter()
        .map(|seen| match seen {
            Seen::Record { id, .. } => id.clone(),
            Seen::Bad(bad) => format!("!{}", bad.line),
        })
        .collect()
}

const OK: &str = r#"{"custom_id":"é😀","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"ü\n\ud83d\ude00 💶"}],"usage":{"input_tokens":1,"output_tokens":2}}}}"#;
const END: &str = r#"{"custom_id":"end","result":{"type":"expired"}}"#;

/// Files with something awkward, and what each holds. Lines over 600 bytes are too long.
fn files() -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let long = format!(r#"{{"custom_id":"long","result":{{"type":"x","pad":"{}"}}}}"#, "p".repeat(700));
    let text = |text: String| text.into_bytes();
    vec![
        ("nothing", vec![], vec![]),
        ("only blank lines", b"\n\r\n \t\n\n".to_vec(), vec![]),
        ("plain", text(format!("{OK}\n{END}\n")), vec!["é😀", "end"]),
        ("CRLF", text(format!("{OK}\r\n{END}\r\n")), vec!["é😀", "end"]),
        ("blank lines between", text(format!("\n{OK}\n\r\n  \n{END}\n\n")), vec!["é😀", "end"]),
        ("byte order mark", text(format!("\u{FEFF}{OK}\n{END}\n")), vec!["é😀", "end"]),
        ("a second byte order mark", text(format!("\u{FEFF}{OK}\n\u{FEFF}{END}\n")), vec!["é😀", "!2"]),
        ("no final line feed", text(format!("{OK}\n{END}")), vec!["é😀", "end"]),
        ("cut in the last line", text(format!("{OK}\n{}", &END[..30])), vec!["é😀", "!2"]),
        (
            "line separators that are none",
            text(format!("{}\n{END}\n", OK.replace('ü', "\u{2028}\u{2029}\u{85}"))),
            vec!["é😀", "end"],
        ),
        (
            "a carriage return as white space",
            text(format!("{}\n{END}", OK.replace(',', "\r,\r"))),
            vec!["é😀", "end"],
        ),
        (
            "not UTF-8",
            [OK.as_bytes(), b"\n\"\xff\xfe\"\n", END.as_bytes()].concat(),
            vec!["é😀", "!2", "end"],
        ),
        ("a cut character", [&OK.as_bytes()[..17], b"\n", END.as_bytes()].concat(), vec!["!1", "end"]),
        ("a line too long", text(format!("{OK}\n{long}\n{END}\n")), vec!["é😀", "!2", "end"]),
        ("a flood at the end", text(format!("{OK}\n{}", "x".repeat(1500))), vec!["é😀", "!2"]),
        (
            "nonsense between",
            text(format!("nonsense\n{OK}\n{{}}\n[]\n{END}\n")),
            vec!["!1", "é😀", "!3", "!4", "end"],
        ),
        ("two values in a line", text(format!("{OK}{END}\n{END}\n")), vec!["!1", "end"]),
        ("zero bytes", [OK.as_bytes(), b"\n\0\0\n", END.as_bytes()].concat(), vec!["é😀", "!2", "end"]),
    ]
}

#[test]
fn each_awkward_file_holds_what_it_holds() {
    for (name, bytes, want) in files() {
        assert_eq!(ids(&read([&bytes[..]], 600)), want, "{name}");
    }
}

#[test]
fn bytes_one_by_one_change_nothing() {
    for (name, bytes, _) in files() {
        assert_eq!(read(bytes.chunks(1), 600), read([&bytes[..]], 600), "{name}");
    }
}

#[test]
fn a_cut_anywhere_changes_nothing() {
    for (name, bytes, _) in files() {
        let whole = read([&bytes[..]], 600);
        for at in 0..=bytes.len() {
            let (one, two) = bytes.split_at(at);
            assert_eq!(read([one, two], 600), whole, "{name} cut at {at}");
        }
    }
}

#[test]
fn every_pair_of_cuts_changes_nothing() {
    // Two short lines and all that is awkward between them.
    let bytes = "\u{FEFF}{\"custom_id\":\"é\",\"result\":{\"type\":\"x\"}}\r\n\r\n\"\u{2028}\"\n{\"custom_id\":\"\\ud83d\\ude00\",\"result\":{\"type\":\"x\"}}".as_bytes();
    let whole = read([bytes], 600);
    assert_eq!(ids(&whole), ["é", "!3", "😀"]);
    for one in 0..bytes.len() {
        for two in one..bytes.len() {
            assert_eq!(
                read([&bytes[..one], &bytes[one..two], &bytes[two..]], 600),
                whole,
                "cut at {one} and {two}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_cuts_change_nothing(cuts in prop::collection::vec(0_usize..40, 0..200), empty in any::<bool>()) {
        for (name, bytes, _) in files() {
            let mut chunks = Vec::new();
            let mut rest = &bytes[..];
            for cut in &cuts {
                let (chunk, after) = rest.split_at((*cut).min(rest.len()));
                rest = after;
                if empty || !chunk.is_empty() {
                    chunks.push(chunk);
                }
            }
            chunks.push(rest);
            prop_assert_eq!(read(chunks, 600), read([&bytes[..]], 600), "{}", name);
        }
    }

    #[test]
    fn any_bytes_at_all_end_in_lines(bytes in prop::collection::vec(prop::sample::select(&b"{}[]\",:\n\r \\u01dce\xef\xbb\xbf\xff"[..]), 0..300), cut in 1_usize..40) {
        let whole = read([&bytes[..]], 50);
        prop_assert_eq!(read(bytes.chunks(cut), 50), whole);
    }
}

#[test]
fn a_bad_line_says_where_it_stands_and_why() {
    let text = format!("{OK}\n\n\t{{\"a\":1,}}\u{7}\u{2028}\n{END}");
    let seen = read([text.as_bytes()], 600);
    let offset = OK.len() as u64 + 2;
    let Some(Seen::Bad(bad)) = seen.get(1) else { panic!("the second is bad: {seen:?}") };
    let want = BadLine {
        line: 3,
        offset,
        length: 13,
        // printf '\t{"a":1,}\a\u2028' | sha256sum
        sha256: "24983656df668424b56cf9b771ed70ea5cfe69077e2d19f70ad2a6283f7ba7d5".to_string(),
        reason: "not JSON: expected a key in quotes at byte 8".to_string(),
        too_long: false,
        custom_id: None,
        sample: " {\"a\":1,}  ".to_string(),
    };
    assert_eq!(*bad, want);
    let Some(Seen::Record { number, offset: next, .. }) = seen.last() else { panic!("the last is good") };
    assert_eq!((*number, *next), (4, offset + 14));
}

#[test]
fn a_bad_line_keeps_the_id_it_begins_with() {
    for (line, id) in [
        (r#"{"custom_id":"a-1","result":{"#, Some("a-1")),
        (" { \"custom_id\" : \"__proto__\" , ", Some("__proto__")),
        (r#"{"custom_id":"a b","#, None),
        (r#"{"custom_id":"a"#, None),
        (r#"{"custom_id":"","#, None),
        (r#"{"result":{"#, None),
        ("{}x", None),
    ] {
        let (whole, cut) = (read([line.as_bytes()], 1000), read([line.as_bytes()], 5));
        for (seen, long) in [(whole, false), (cut, true)] {
            let Some(Seen::Bad(bad)) = seen.first() else { continue };
            let wanted = if long && line.len() <= 5 { None } else { id };
            assert_eq!((bad.custom_id.as_deref(), bad.too_long), (wanted, long && line.len() > 5), "{line}");
        }
    }
}

#[test]
fn the_sample_of_a_bad_line_is_short_and_tame() {
    let line = format!("\u{1b}[31m{}\u{85}", "\u{1F600}".repeat(200));
    for max in [10, 10_000] {
        let seen = read([line.as_bytes()], max);
        let Some(Seen::Bad(bad)) = seen.first() else { panic!("a bad line") };
        assert_eq!(bad.length, line.len() as u64);
        // The same where the line was kept and where it was passed over: python3's hashlib says so.
        assert_eq!(bad.sha256, "e21989f15077cc6f758d8206ba140b27aa6231f7a07cd0332e5301aa530a9179");
        assert_eq!(bad.sample, format!(" [31m{}", "\u{1F600}".repeat(95)));
    }
}
