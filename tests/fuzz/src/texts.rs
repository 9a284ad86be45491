//! A search over many texts finds what a search in each of them alone finds, whatever was searched for before.

use batchwise::texts::{Search, Texts};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (needle, rest) = text.split_once('\n').unwrap_or(("", &text));
    let all: Vec<&str> = rest.split('\n').collect();
    let mut texts = Texts::default();
    for text in &all {
        texts.push(text);
    }
    assert!((0..).zip(&all).all(|(number, text)| texts.get(number) == Some(text)));
    assert_eq!((texts.len() as usize, texts.get(texts.len())), (all.len(), None));
    assert!(texts.every(0, 2).eq(all.iter().step_by(2).copied()));
    // Letter by letter, as somebody types it, by one search that goes on.
    let mut search = Search::default();
    for (end, letter) in needle.char_indices() {
        let typed = &needle[..end + letter.len_utf8()];
        let mut found = Vec::new();
        search.find(&texts, typed, |number| found.push(number));
        let wanted = folded(typed);
        let holds = |(number, text): (u32, &&str)| folded(text).contains(&wanted).then_some(number);
        let want: Vec<u32> = (0..).zip(&all).filter_map(holds).collect();
        assert_eq!(found, want, "{typed:?} in {all:?}");
    }
}

/// Small letters, and one sigma wherever it stands.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}
