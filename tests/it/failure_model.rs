//! docs/failure-model.md has every row of the model, and every test, code and name in it exists.

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

/// Everything under `folder` with one of these endings, as one text.
fn sources(folder: &str, endings: &[&str]) -> String {
    let mut text = String::new();
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
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
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
    let native = sources("src", &[".rs"]) + &sources("tests", &[".rs"]);
    let scripts = sources("tests/js", &[".ts"]);
    for (id, cells) in rows() {
        let held_by = &cells[4];
        let mut count = 0;
        for name in between(held_by, '`') {
            assert!(native.contains(&format!("fn {name}(")), "{id}: there is no test {name}");
            count += 1;
        }
        for name in between(held_by, '"') {
            let is_there =
                ['"', '`'].iter().any(|mark| scripts.contains(&format!("test({mark}{name}{mark}")));
            assert!(is_there, "{id}: there is no case \"{name}\"");
            count += 1;
        }
        assert!(count > 0, "{id} is held by nothing");
    }
}

#[test]
fn every_code_event_and_field_that_the_failure_model_names_exists() {
    let codes: BTreeSet<&str> = (ErrorCode::ALL.iter().map(|code| code.as_str()))
        .chain(ViolationCode::ALL.iter().map(|code| code.as_str()))
        .collect();
    let declared = sources("js", &["job-types.ts", "job.ts", "plan.ts", "row.ts", "types.ts"]);
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
