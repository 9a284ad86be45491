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
