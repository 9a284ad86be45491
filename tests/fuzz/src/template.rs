//! A template says what its language says it does, read here a second time, and what it makes is the inside of a JSON
//! string.

use batchwise::rows::Template;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(template) = Template::parse(&text) else {
        assert!(text.contains("{{"), "nothing in it can be wrong");
        return;
    };
    let mut header: Vec<&str> = template.columns().collect();
    header.sort_unstable();
    header.dedup();
    // Cells with what JSON must escape, with braces, and as long as their number.
    let cells: Vec<String> =
        (0..header.len()).map(|n| format!("{{{{\"\\\u{1}\n{}é}}}}", "x".repeat(n % 40))).collect();
    let bound = template.bind(&header).expect("every column is there");
    let mut rendered = vec![b'"'];
    bound.render(|column| &cells[column], &mut rendered);
    rendered.push(b'"');
    let said: String = serde_json::from_slice(&rendered).expect("the inside of a string");
    let cell = |name: &str| cells[header.binary_search(&name).expect("a column of the template")].as_str();
    assert_eq!(said, filled(&text, cell));
}

fn filled<'c>(text: &str, cell: impl Fn(&str) -> &'c str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("\\{{") {
            out.push_str("{{");
            rest = behind;
        } else if let Some((name, behind)) = rest.strip_prefix("{{").and_then(|rest| rest.split_once("}}")) {
            out.push_str(cell(name.trim()));
            rest = behind;
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}
