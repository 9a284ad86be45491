//! The reader remembers the shapes of lines, and nobody can tell.

use batchwise::jsonl::{Next, Reader};
use proptest::prelude::*;
use serde_json::Value;

use crate::fuzz::targets;

fn corpus() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus/shapes");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            std::fs::read(path).unwrap().split(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
        })
        .collect()
}

/// How many of the lines fitted a shape.
fn fitted(lines: &[String]) -> usize {
    let mut reader = Reader::new(1 << 20);
    reader.push(lines.join("\n").as_bytes());
    reader.finish();
    let mut fitted = 0;
    while let Next::Record(record) = reader.next() {
        fitted += usize::from(record.fit.is_some());
    }
    assert_eq!(reader.records(), lines.len() as u64);
    fitted
}

fn line(id: usize, text: &str) -> String {
    format!(
        r#"{{"custom_id":"row-{id}","result":{{"type":"succeeded","message":{{"content":[{{"type":"text","text":"{text}"}}],"usage":{{"input_tokens":{}}}}}}}}}"#,
        id % 7
    )
}

#[test]
fn lines_of_a_few_shapes_are_walked_a_few_times() {
    let lines: Vec<String> = (0..1000)
        .map(|n| match n % 3 {
            0 => line(n, "yes"),
            1 => line(n, &"é\\n".repeat(n)),
            _ => format!(r#"{{"custom_id":"{n}","result":{{"type":"expired"}}}}"#),
        })
        .collect();
    assert!(fitted(&lines) >= 990, "{} of 1000", fitted(&lines));
}

#[test]
fn a_file_in_which_no_two_lines_are_alike_is_read_all_the_same_and_a_shape_is_found_again_behind_it() {
    let strange = |n: usize| format!(r#"{{"custom_id":"{n}","key-{n}":1,"result":{{"type":"expired"}}}}"#);
    let lines: Vec<String> = (0..2000).map(strange).chain((0..500).map(|n| line(n, "a"))).collect();
    let found = fitted(&lines);
    assert!((400..500).contains(&found), "{found}");
}

#[test]
fn an_example_of_a_shape_has_its_keys_and_its_constants_and_nothing_in_its_slots() {
    let mut reader = Reader::new(1 << 20);
    for n in 0..4 {
        reader.push(format!("{}\n", line(n, &"x".repeat(n))).as_bytes());
        let Next::Record(record) = reader.next() else { panic!("a record") };
        assert_eq!(record.fit.is_some(), n >= 2);
        let Some(fit) = record.fit else { continue };
        let example = fit.example();
        let tree: Value = serde_json::from_slice(&example.line).unwrap();
        assert_eq!(tree["custom_id"], "");
        assert_eq!(tree["result"]["message"]["content"][0]["type"], "text");
        assert_eq!((example.keys, example.slots), (9, vec![0, 3, 4]));
        assert_eq!(fit.slots.len(), 3);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_line_is_read_alike_alone_and_after_any_others(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[a-z\"\\\\0-9,:{}\\[\\]é.-]{0,3}", 0..3_usize), 1..30),
    ) {
        let corpus = corpus();
        let lines: Vec<Vec<u8>> = picks.iter().map(|(line, at, with, instead)| {
            let mut line = line.get(&corpus).clone();
            let at = at.index(line.len());
            let end = line.len().min(at + instead);
            line.splice(at..end, with.bytes());
            line
        }).collect();
        targets::shapes::run(&lines.join(&b'\n'));
    }
}
