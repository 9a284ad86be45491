//! Real traffic and the JSON corpus, read line by line. The traffic lies outside of the repository; where it is absent
//! its tests say so in one word and pass.

use std::fs;
use std::path::{Path, PathBuf};

use batchwise::json::{Scanner, SyntaxError};
use serde_json::Value;

use crate::jsonl::{Seen, ids, read};

/// The files under `../shared/data/<folder>` that end in `end`; `None` when there is no such folder.
#[expect(clippy::print_stdout, reason = "an absent corpus must not look like a tested one")]
fn corpus(folder: &str, end: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    let Ok(entries) = fs::read_dir(root) else {
        println!("absent");
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named =
        |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap());
    Some(paths.into_iter().map(named).filter(|(name, _)| name.ends_with(end)).collect())
}

fn json_suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/json-test-suite")
}

/// JSONTestSuite's files: `y_` is JSON, `n_` is none, `i_` is left to each reader.
fn json_corpus() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(json_suite().join("test_parsing")).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn scan(bytes: &[u8]) -> Result<(), SyntaxError> {
    let mut scanner = Scanner::new(bytes)?;
    while scanner.step()?.is_some() {}
    Ok(())
}

#[test]
fn recorded_result_lines_are_read() {
    let Some(files) = corpus("recordings", ".yml") else { return };
    let mut seen = Vec::new();
    for (_, bytes) in files {
        // A cassette is YAML; its result bodies are JSON lines, indented or behind `string: '`.
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim().trim_start_matches("string: '").strip_prefix('{').map(|_| line))
            .map(|line| line.trim().trim_start_matches("string: '").trim_end_matches('\''))
            .filter(|line| line.starts_with(r#"{"custom_id""#))
            .collect();
        seen.extend(read([lines.join("\n").as_bytes()], 1 << 20));
    }
    let answers: Vec<_> = seen
        .iter()
        .map(|seen| match seen {
            Seen::Record { id, line, fields, .. } => {
                let text: String = fields.texts.iter().map(|text| text.of(line.as_bytes())).collect();
                let usage = fields.usage.clone().unwrap();
                format!("{id} {} {text} {}/{}", fields.outcome.as_str(), usage.input, usage.output)
            }
            Seen::Bad(bad) => panic!("{bad:?}"),
        })
        .collect();
    assert_eq!(answers, ["0 succeeded 4 20/5", "1 succeeded Jupiter 19/4", "0 succeeded 6 20/5"]);
}

#[test]
fn recorded_results_without_ids_are_read_once_they_have_one() {
    let Some(files) = corpus("recordings", ".json") else { return };
    for (name, bytes) in files {
        let recorded: Value = serde_json::from_slice(&bytes).unwrap();
        let lines: Vec<String> = recorded["results"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
            .map(|(id, result)| {
                serde_json::json!({"custom_id": id.to_string(), "result": result}).to_string()
            })
            .collect();
        let seen = read([lines.join("\n").as_bytes()], 1 << 20);
        assert_eq!(ids(&seen), ["0", "1", "2", "3"], "{name}");
        let Some(Seen::Record { fields, .. }) = seen.first() else { panic!("a record") };
        assert_eq!(fields.usage.as_ref().map(|usage| (usage.input, usage.output)), Some((26, 7)));
    }
}

#[test]
fn the_json_corpus_is_judged_as_v8_judges_it() {
    let accepted = fs::read_to_string(json_suite().join("accepted-by-v8.txt")).unwrap();
    let files = json_corpus();
    assert_eq!(files.len(), 318);
    for (name, bytes) in files {
        let verdict = scan(&bytes);
        assert_eq!(verdict.is_ok(), accepted.lines().any(|line| line == name), "{name}: {verdict:?}");
    }
}

#[test]
fn nothing_in_the_json_corpus_keeps_the_next_line_from_being_read() {
    let good = r#"{"custom_id":"good","result":{"type":"expired"}}"#;
    for (name, bytes) in json_corpus() {
        let inside = [br#"{"custom_id":"bad","result":{"type":"x"},"payload":"#, &bytes[..], b"}"].concat();
        for line in [&bytes, &inside] {
            let file = [line, &b"\n"[..], good.as_bytes(), b"\n"].concat();
            let seen = read([&file[..]], 1 << 20);
            assert_eq!(ids(&seen).last().map(String::as_str), Some("good"), "{name}");
            // A valid payload within one line is a payload like any other.
            if name.starts_with('y') && !bytes.contains(&b'\n') && line == &inside {
                assert_eq!(ids(&seen), ["bad", "good"], "{name}");
            }
        }
    }
}
