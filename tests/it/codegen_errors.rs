//! `docs/errors.md` is generated from the tables of codes: every code has a meaning, a cause and a cure, and the page
//! cannot fall behind them.

use std::fmt::Write as _;
use std::fs;

use batchwise::error::{Blame, ErrorCode};
use batchwise::request::ViolationCode;

const PATH: &str = "docs/errors.md";
const COMMAND: &str = "make generated";

#[test]
fn the_page_of_errors_is_what_the_tables_say() {
    let wanted = generate();
    if std::env::var_os("BATCHWISE_GENERATE").is_some() {
        fs::create_dir_all("docs").unwrap();
        fs::write(PATH, &wanted).unwrap();
    }
    let committed = fs::read_to_string(PATH).unwrap_or_default();
    assert!(committed == wanted, "{PATH} is stale: run `{COMMAND}` and commit it");
}

#[test]
fn every_code_has_sentences_for_its_meaning_cause_and_cure() {
    let errors = ErrorCode::ALL.iter().map(|code| [code.title(), code.cause(), code.cure()]);
    let violations = ViolationCode::ALL.iter().map(|code| [code.title(), code.cause(), code.cure()]);
    for sentence in errors.chain(violations).flatten() {
        assert!(
            sentence.len() >= 7 && sentence.ends_with('.') && !sentence.contains(['|', '\n']),
            "{sentence}"
        );
    }
}

fn generate() -> String {
    let mut out = format!(
        "<!-- Generated from src/ by `{COMMAND}`; do not edit. -->\n\n# Errors and violations\n\n\
         Every error has a `code` that stays the same from version to version; messages may change. Errors end an \
         operation. Violations are what is wrong with single requests: a plan lists them in `violations` and counts \
         them in `violationCounts`.\n"
    );
    out.push_str("\n## Errors\n");
    let groups = [
        (Blame::Caller, "For the program that calls"),
        (Blame::Data, "In the data"),
        (Blame::Server, "From the API"),
        (Blame::Network, "On the way to the API"),
        (Blame::Us, "Ours"),
    ];
    for (blame, heading) in groups {
        let codes = ErrorCode::ALL.iter().filter(|code| code.blame() == blame);
        let rows = codes.map(|code| [code.as_str(), code.title(), code.cause(), code.cure()]);
        table(&mut out, &format!("### {heading}"), rows);
    }
    let rows = ViolationCode::ALL.iter().map(|code| [code.as_str(), code.title(), code.cause(), code.cure()]);
    table(&mut out, "## Violations", rows);
    out
}

fn table<'a>(out: &mut String, heading: &str, rows: impl Iterator<Item = [&'a str; 4]>) {
    write!(
        out,
        "\n{heading}\n\n| Code | What it means | How it comes about | What helps |\n|---|---|---|---|\n"
    )
    .unwrap();
    for [code, title, cause, cure] in rows {
        // The anchor is the code as it stands, so that a link can be made from it.
        writeln!(out, "| <a id=\"{code}\"></a>`{code}` | {title} | {cause} | {cure} |").unwrap();
    }
}
