//! docs/failure-model.md has every row of the model, every test, code and name in it exists, and what a row says is told
//! is looked at where its tests are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use batchwise::error::ErrorCode;
use batchwise::request::ViolationCode;

/// The rows: a letter for the stage, and how many there are.
const ROWS: [(char, u32); 10] =
    [('V', 6), ('K', 4), ('C', 10), ('P', 8), ('R', 17), ('T', 4), ('J', 7), ('U', 3), ('X', 3), ('D', 1)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The cells of each row, by its id.
fn rows() -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(root().join("docs/failure-model.md")).unwrap();
    let is_row = |cells: &Vec<String>| {
        let id = cells[0].as_str();
        id.len() < 4 && id.starts_with(char::is_uppercase) && id.ends_with(|c: char| c.is_ascii_digit())
    };
    let lines = text.lines().filter(|line| line.starts_with("| "));
    let cells =
        lines.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect());
    cells.filter(is_row).map(|cells: Vec<String>| (cells[0].clone(), cells)).collect()
}

/// Everything under `folder` with one of these endings, a text for each file.
fn sources(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "node_modules" | "target" | "dist" | "wasm" | "corpus") {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                texts.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    texts
}

/// The files with the tests that a cell names; those that are nowhere come second.
fn files_of<'a>(cell: &'a str, native: &'a [String], scripts: &'a [String]) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    let mut find = |name: &'a str, texts: &'a [String], wanted: &[String]| {
        let holds = |text: &&String| wanted.iter().any(|wanted| text.contains(wanted));
        let found: Vec<_> = texts.iter().filter(holds).map(String::as_str).collect();
        if found.is_empty() {
            missing.push(name);
        }
        files.extend(found);
    };
    for name in between(cell, '`') {
        find(name, native, &[format!("fn {name}(")]);
    }
    for name in between(cell, '"') {
        find(name, scripts, &[format!("test(\"{name}\""), format!("test(`{name}`")]);
    }
    (files, missing)
}

/// What stands between pairs of `mark`.
fn between(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.split(mark).skip(1).step_by(2)
}

#[test]
fn every_row_of_the_failure_model_is_there_once_and_whole() {
    let wanted: Vec<String> =
        ROWS.iter().flat_map(|(stage, count)| (1..=*count).map(move |n| format!("{stage}{n}"))).collect();
    let rows = rows();
    let there: Vec<_> = rows.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(there, wanted);
    for (id, cells) in rows {
        assert_eq!(cells.len(), 5, "{id}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{id} has an empty cell");
    }
}

#[test]
fn every_test_that_the_failure_model_names_exists() {
    let native = [sources("src", &[".rs"]), sources("tests", &[".rs"])].concat();
    let scripts = sources("tests/js", &[".ts"]);
    for (id, cells) in rows() {
        let (files, missing) = files_of(&cells[4], &native, &scripts);
        assert!(missing.is_empty(), "{id}: there is no test {missing:?}");
        assert!(!files.is_empty(), "{id} is held by nothing");
    }
}

#[test]
fn what_the_failure_model_says_is_told_is_looked_at_where_its_tests_are() {
    let native = [sources("src", &[".rs"]), sources("tests", &[".rs"])].concat();
    let scripts = sources("tests/js", &[".ts"]);
    for (id, cells) in rows() {
        let (files, _) = files_of(&cells[4], &native, &scripts);
        for name in between(&cells[3], '`') {
            let ways = ways_to_say(name);
            let is_seen = files.iter().any(|text| ways.iter().any(|way| text.contains(way)));
            assert!(is_seen, "{id}: no test beside those it names says any of {ways:?}");
        }
    }
}

/// What is told as `name`, as scripts and native tests write it.
fn ways_to_say(name: &str) -> Vec<String> {
    let as_code = ErrorCode::ALL.iter().find(|code| code.as_str() == name).map(|code| format!("::{code:?}"));
    let as_violation =
        ViolationCode::ALL.iter().find(|code| code.as_str() == name).map(|code| format!("::{code:?}"));
    let (first, rest) = name.split_at(1);
    let as_event = format!("Event::{}{rest}", first.to_uppercase());
    let snake = name.chars().flat_map(|letter| {
        let before = letter.is_ascii_uppercase().then_some('_');
        before.into_iter().chain([letter.to_ascii_lowercase()])
    });
    // A part is "uncertain" as well; only the event is meant here.
    let plain = (name != "uncertain").then(|| [name.to_owned(), snake.collect()]);
    plain.into_iter().flatten().chain([as_event]).chain(as_code).chain(as_violation).collect()
}

#[test]
fn every_code_event_and_field_that_the_failure_model_names_exists() {
    let codes: BTreeSet<&str> = (ErrorCode::ALL.iter().map(|code| code.as_str()))
        .chain(ViolationCode::ALL.iter().map(|code| code.as_str()))
        .collect();
    let declared = sources("js", &["job-types.ts", "job.ts", "plan.ts", "row.ts", "types.ts"]).concat();
    for (id, cells) in rows() {
        for name in between(&cells[3], '`') {
            let is_known = if name.contains('/') {
                codes.contains(name)
            } else {
                declared.contains(&format!("\"{name}\"")) || is_declared(&declared, name)
            };
            assert!(is_known, "{id}: nothing is called {name}");
        }
    }
}

/// Whether something called `name` is declared: a property, a method or an accessor.
fn is_declared(text: &str, name: &str) -> bool {
    [":", "?:", "(", ";"].iter().any(|end| text.contains(&format!(" {name}{end}")))
}
