//! House rules that a reader relies on: imports point one way, and a file can be read in one sitting.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of the engine, lowest first. A room imports from lower floors alone, except for the ground floor, whose
/// rooms stand on one another in the order written here.
const FLOORS: &[&[&str]] = &[
    &["mutants"],
    &["time"],
    &["error"],
    &["limits"],
    &["nearest"],
    &["simd"],
    &["texts"],
    &["json"],
    &["wire"],
    &["request", "rows", "jsonl", "pace", "cost", "journal"],
    &["plan", "index"],
    &["job"],
    &["wasm"],
];

/// What no engine file may name: the host's clock, chance, network and language.
const FOREIGN: &[&str] = &[
    "wasm_bindgen",
    "js_sys",
    "web_sys",
    "gloo_timers",
    "serde_wasm_bindgen",
    "Instant::now",
    "SystemTime::now",
    "std::net",
    "std::fs",
    "std::env",
    "std::thread",
    "rand::",
];

const MOST_LINES: usize = 400;
const MEDIAN_LINES: usize = 200;

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for file in sources("src", &["rs"]) {
        let Some(room) = room_of(&file) else { continue };
        for (line, named) in rooms_named(&file) {
            if !may_import(&room, &named) {
                wrong.push(format!("{}:{line}: `{room}` must not know `{named}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_has_a_floor() {
    for file in sources("src", &["rs"]) {
        let Some(room) = room_of(&file) else { continue };
        assert!(room == "emulator" || floor(&room).is_some(), "`{room}` is not in FLOORS of {}", file!());
    }
}

#[test]
fn the_engine_knows_no_javascript_no_clock_and_no_chance() {
    let mut wrong = Vec::new();
    for file in sources("src", &["rs"]) {
        // The door knows JavaScript; the emulator's own door is the file of that name.
        if room_of(&file).is_none_or(|room| room == "wasm") || is_emulator_door(&file) {
            continue;
        }
        for (number, line) in code_lines(&read(&file)) {
            for word in FOREIGN.iter().filter(|word| line.contains(**word)) {
                wrong.push(format!("{}:{number}: `{word}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_stands_in_one_small_file_and_twice_in_it() {
    let is_unsafe = |line: &str| {
        line.contains("unsafe_code")
            || line.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == "unsafe")
    };
    let mut found = BTreeMap::new();
    for file in sources("src", &["rs"]) {
        let count = code_lines(&read(&file)).iter().filter(|(_, line)| is_unsafe(line)).count();
        found.insert(file, count);
    }
    found.retain(|_, count| *count > 0);
    // One line lifts the lint, one stands in the instructions of each machine.
    assert_eq!(found, BTreeMap::from([(PathBuf::from("src/simd.rs"), 3)]));
    assert!(read(Path::new("Cargo.toml")).contains("\nunsafe_code = \"deny\"\n"));
}

#[test]
fn the_library_takes_nothing_from_one_runtime() {
    let mut wrong = Vec::new();
    for file in sources("js", &["ts"]) {
        let path = file.to_string_lossy().into_owned();
        if path.contains("js/cli/") || path.ends_with("js/emulator/serve.ts") {
            continue;
        }
        for (number, line) in code_lines(&read(&file)) {
            let is_static =
                line.starts_with("import ") || line.starts_with("export ") || line.starts_with("} from");
            if is_static && (line.contains("\"node:") || line.contains("/cli/")) {
                wrong.push(format!("{path}:{number}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut lengths = BTreeMap::new();
    for folder in ["src", "js", "www", "tests"] {
        for file in sources(folder, &["rs", "ts", "js", "mjs", "css", "html", "py"]) {
            lengths.insert(file.clone(), read(&file).lines().count());
        }
    }
    let long: Vec<_> = lengths.iter().filter(|(_, lines)| **lines > MOST_LINES).collect();
    assert!(long.is_empty(), "longer than {MOST_LINES} lines: {long:?}");

    let mut sorted: Vec<_> = lengths.values().copied().collect();
    sorted.sort_unstable();
    let median = sorted[sorted.len() / 2];
    println!("{} files, median {median} lines, longest {:?}", sorted.len(), sorted.last());
    assert!(median <= MEDIAN_LINES, "the median file has {median} lines");
}

#[test]
fn a_wrong_import_is_seen() {
    assert!(!may_import("wire", "job"));
    assert!(!may_import("rows", "jsonl"));
    assert!(!may_import("emulator", "time"));
    assert!(!may_import("job", "emulator"));
    assert!(may_import("plan", "request"));
    assert!(may_import("plan", "plan"));
    let named = |path: &str, text: &str| names_in(Path::new(path), text);
    assert_eq!(named("src/a/mod.rs", "use crate::{b::C, d, e::{F, G}};"), rooms(1, &["b", "d", "e"]));
    assert_eq!(named("src/a/mod.rs", "use super::b::C;"), rooms(1, &["b"]));
    assert_eq!(named("src/a/b.rs", "use super::c;\nlet x = super::super::d::f();"), rooms(2, &["d"]));
    assert_eq!(named("src/a/b/mod.rs", "use super::c;\nuse super::super::d;"), rooms(2, &["d"]));
    assert_eq!(named("src/a/b.rs", "mod tests {\n    use super::super::c;\n}"), vec![]);
    assert_eq!(named("src/a/b.rs", "// crate::job is upstairs"), vec![]);
}

fn rooms(line: usize, names: &[&str]) -> Vec<(usize, String)> {
    names.iter().map(|name| (line, (*name).to_owned())).collect()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn may_import(from: &str, to: &str) -> bool {
    from == to || matches!((floor(from), floor(to)), (Some(above), Some(below)) if above > below)
}

fn is_emulator_door(file: &Path) -> bool {
    file.starts_with("src/emulator/wasm")
        || file.ends_with("emulator/wasm.rs")
        || file.ends_with("emulator/door.rs")
}

/// `src/plan/ids.rs` and `src/plan.rs` are both of the room `plan`; `src/lib.rs` is of none.
fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix("src").ok()?;
    let first = inside.iter().next()?.to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "lib").then(|| room.to_owned())
}

fn rooms_named(file: &Path) -> Vec<(usize, String)> {
    names_in(file, &read(file))
}

/// The first names after `crate::`, and after as many `super::` as lead out of the file's room.
fn names_in(file: &Path, text: &str) -> Vec<(usize, String)> {
    let is_root = file.file_name().is_some_and(|name| name == "mod.rs");
    let depth = (file.iter().count() - if is_root { 2 } else { 1 }).max(1);
    let mut found = Vec::new();
    let mut inline = false;
    let code = code_lines(text);
    for (at, (number, line)) in code.iter().enumerate() {
        inline = (inline || line.starts_with("mod ") && line.ends_with('{')) && *line != "}";
        let mut rest = *line;
        while let Some(start) = rest.find("crate::") {
            rest = &rest[start + "crate::".len()..];
            let whole: String = code[at + 1..].iter().take(20).map(|(_, line)| line.trim()).collect();
            found.extend(first_names(&format!("{rest}{whole}")).into_iter().map(|name| (*number, name)));
        }
        let way_out = "super::".repeat(depth + usize::from(inline && line.starts_with(' ')));
        if let Some(start) = line.find(&way_out) {
            let names = first_names(&line[start + way_out.len()..]);
            found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (*number, name)));
        }
    }
    found
}

/// `b::C` names b; `{b::C, d, e::{F, G}}` names b, d and e.
fn first_names(text: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = text.strip_prefix('{') else { return vec![word(text)] };
    let mut names = Vec::new();
    let mut level = 0;
    let mut fresh = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level == 0 => break,
            '}' => level -= 1,
            ',' if level == 0 => fresh = true,
            c if fresh && (c.is_alphabetic() || c == '_') => {
                names.push(word(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

/// The lines that are code, with their numbers, without what stands in comments.
fn code_lines(text: &str) -> Vec<(usize, &str)> {
    let code = |line: &'_ str| line.trim_start().starts_with("//");
    text.lines().enumerate().filter(|(_, line)| !code(line)).map(|(at, line)| (at + 1, line)).collect()
}

fn sources(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(folder)];
    while let Some(path) = open.pop() {
        let Ok(entries) = fs::read_dir(&path) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                let made = path == Path::new("js/dist") || path == Path::new("js/wasm");
                if !made && !matches!(name.as_str(), "node_modules" | "fixtures") {
                    open.push(path);
                }
            } else if name != "generated.ts" && endings.iter().any(|end| name.ends_with(&format!(".{end}"))) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty() || folder == "www", "{folder} has no file: where does this test run?");
    found.sort();
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap()
}
