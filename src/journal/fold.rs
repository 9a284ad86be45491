//! The log folded: named sections, of which the last text counts.

use std::collections::BTreeMap;

use crate::json::{Scanner, push_string, read};

use super::frame::{Kind, Record};
use super::op::MAX_VALUE;

/// Bytes of a record around its body, generously.
const FRAME: usize = 200;

/// What the records so far come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Fold {
    sections: BTreeMap<String, String>,
    /// Sections of a change whose last record has not come.
    open: Vec<(String, String)>,
    /// Records of kinds that only later versions know. They are carried along.
    others: Vec<(String, String)>,
}

impl Fold {
    /// Takes the next record; answers whether it could be read.
    pub(super) fn take(&mut self, record: &Record) -> bool {
        match &record.kind {
            Kind::Head => return false,
            // What the owner before did not finish is void.
            Kind::Epoch => self.open.clear(),
            Kind::Other(word) => self.others.push((word.clone(), record.body.clone())),
            Kind::More | Kind::Save => {
                let Some(sections) = sections(&record.body) else { return false };
                self.open.extend(sections);
                if record.kind == Kind::Save {
                    self.sections.extend(self.open.drain(..));
                }
            }
        }
        true
    }

    /// The text of a section.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.sections.get(name).map(String::as_str)
    }

    pub(super) const fn sections(&self) -> &BTreeMap<String, String> {
        &self.sections
    }

    /// Bytes of everything that counts.
    pub(super) fn bytes(&self) -> usize {
        let text = |(name, text): (&String, &String)| name.len() + text.len() + 4;
        let others: usize = self.others.iter().map(|(_, body)| body.len() + FRAME).sum();
        others + self.sections.iter().map(text).sum::<usize>()
    }

    /// The records that fold to the same. The last of them, and no other, is one that saves: a copy without it is not
    /// whole.
    pub(super) fn records(&self) -> Vec<(Kind, String)> {
        let all = self.sections.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
        let others = self.others.iter().map(|(word, body)| (Kind::Other(word.clone()), body.clone()));
        others.chain(change(all)).collect()
    }
}

/// The records of one change, none of them larger than a store takes; all of them count, or none.
pub(super) fn change(sections: Vec<(String, String)>) -> Vec<(Kind, String)> {
    let mut bodies: Vec<Vec<u8>> = vec![b"{".to_vec()];
    for (name, text) in sections {
        let full = bodies
            .last()
            .is_none_or(|body| body.len() > 1 && body.len() + name.len() + text.len() + FRAME > MAX_VALUE);
        if full {
            bodies.push(b"{".to_vec());
        }
        if let Some(body) = bodies.last_mut() {
            if body.len() > 1 {
                body.push(b',');
            }
            push_string(body, &name);
            body.push(b':');
            body.extend_from_slice(text.as_bytes());
        }
    }
    let last = bodies.len().saturating_sub(1);
    let kind = |at| if at == last { Kind::Save } else { Kind::More };
    let text = |mut body: Vec<u8>| {
        body.push(b'}');
        String::from_utf8(body).unwrap_or_default()
    };
    bodies.into_iter().enumerate().map(|(at, body)| (kind(at), text(body))).collect()
}

fn sections(body: &str) -> Option<Vec<(String, String)>> {
    let mut sections = Vec::new();
    let mut scanner = Scanner::over(body);
    let object = read::members(&mut scanner, |name, scanner| {
        sections.push((name.decode().into_owned(), read::raw(scanner)?.to_owned()));
        Ok(())
    });
    (object == Ok(true) && scanner.step() == Ok(None)).then_some(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(records: &[(Kind, &str)]) -> Fold {
        let mut fold = Fold::default();
        for (kind, body) in records {
            let record = Record { kind: kind.clone(), seq: 1, epoch: 1, body: (*body).to_owned() };
            assert!(fold.take(&record), "{record}");
        }
        fold
    }

    #[test]
    fn the_last_text_of_a_section_counts() {
        let fold = fold(&[(Kind::Save, r#"{"a":1,"b":[2]}"#), (Kind::Save, r#"{"a":{"x":3}}"#)]);
        assert_eq!((fold.get("a"), fold.get("b"), fold.get("c")), (Some(r#"{"x":3}"#), Some("[2]"), None));
    }

    #[test]
    fn a_change_that_was_not_finished_changes_nothing() {
        let begun = [(Kind::Save, r#"{"a":1}"#), (Kind::More, r#"{"a":2}"#)];
        assert_eq!(fold(&begun).get("a"), Some("1"));
        let [first, second] = begun;
        let finished = [first, second, (Kind::Epoch, "{}"), (Kind::Save, r#"{"b":3}"#)];
        assert_eq!((fold(&finished).get("a"), fold(&finished).get("b")), (Some("1"), Some("3")));
    }

    #[test]
    fn what_is_written_anew_folds_to_the_same_in_records_of_the_size_a_store_takes() {
        let mut before = Fold::default();
        for n in 0..40 {
            let text = format!("\"{}\"", "x".repeat(n * 400));
            for (kind, body) in change(vec![(format!("part.{n}"), text)]) {
                assert!(before.take(&Record { kind, seq: 1, epoch: 1, body }));
            }
        }
        assert!(before.take(&Record { kind: Kind::Other("new".into()), seq: 1, epoch: 1, body: "7".into() }));
        let records = before.records();
        assert!(records.len() > 5 && records.iter().all(|(_, body)| body.len() + FRAME <= MAX_VALUE + 200));
        let mut after = Fold::default();
        for (kind, body) in records {
            assert!(after.take(&Record { kind, seq: 1, epoch: 1, body }));
        }
        assert_eq!((after.sections(), &after.others), (before.sections(), &before.others));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "[]", "{", r#"{"a"}"#, r#"{"a":1}2"#] {
            let record = Record { kind: Kind::Save, seq: 1, epoch: 1, body: body.to_owned() };
            assert!(!Fold::default().take(&record), "{body:?}");
        }
    }
}
