//! The diagram in ARCHITECTURE.md is drawn from the table that the machine runs on.

use batchwise::job::{PartEvent, PartState, TRANSITIONS};

const BEGIN: &str =
    "<!-- diagram: drawn from src/job/state.rs, BATCHWISE_BLESS=1 cargo test redraws it -->\n";
const END: &str = "<!-- end of diagram -->";

#[test]
fn the_state_diagram_in_the_architecture_is_the_table_in_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).unwrap();
    let begin = text.find(BEGIN).expect("ARCHITECTURE.md has no place for the diagram") + BEGIN.len();
    let end = begin + text[begin..].find(END).expect("the diagram's place in ARCHITECTURE.md has no end");
    let drawn = draw();
    if std::env::var_os("BATCHWISE_BLESS").is_some() {
        std::fs::write(path, format!("{}{drawn}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(&text[begin..end], drawn, "run the tests once with BATCHWISE_BLESS=1");
}

fn draw() -> String {
    let arrow = |(from, event, to): &(PartState, PartEvent, PartState)| {
        format!("    {} --> {}: {event:?}\n", from.as_str(), to.as_str())
    };
    let arrows: String = TRANSITIONS.iter().map(arrow).collect();
    format!(
        "```mermaid\nstateDiagram-v2\n    [*] --> planned\n{arrows}    done --> [*]\n    dropped --> [*]\n```\n"
    )
}

#[test]
fn every_file_that_the_architecture_names_exists_and_every_test_in_it_too() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let words: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let files: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| word.contains('/') && matches!(word.rsplit('.').next(), Some("rs" | "ts")))
        .collect();
    assert!(files.len() > 10, "the architecture names hardly a file");
    for file in &files {
        assert!(root.join(file).exists(), "{file} does not exist");
    }
    // A name with several underscores is a test's: it stands in one of the files named.
    for test in words.iter().filter(|word| word.matches('_').count() > 3 && !word.contains(['/', ' ', '='])) {
        let stands = files
            .iter()
            .any(|file| std::fs::read_to_string(root.join(file)).unwrap().contains(&format!("fn {test}(")));
        assert!(stands, "no file that the architecture names holds the test {test}");
    }
}
