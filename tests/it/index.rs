//! Tables and results in memory: the same whatever the bytes were cut into, and the same as a plain reading.

use batchwise::index::Results;
use batchwise::rows::{CellIndex, CsvReader, Dialect, Header, NextRow};
use proptest::prelude::*;

fn indexed(bytes: &[u8], header: Header, cut: usize) -> CellIndex {
    let mut index = CellIndex::new(Dialect::CSV, header);
    bytes.chunks(cut.max(1)).for_each(|chunk| index.push(chunk.to_vec()));
    index.finish();
    index
}

fn of_objects(bytes: &[u8], cut: usize) -> CellIndex {
    let mut index = CellIndex::of_objects();
    bytes.chunks(cut.max(1)).for_each(|chunk| index.push(chunk.to_vec()));
    index.finish();
    index
}

/// All of an index, in words.
fn told(index: &CellIndex) -> String {
    let columns = index.columns().unwrap_or_default();
    let row = |row| (0..columns.len() as u32).map(move |column| index.cell(row, column)).collect::<Vec<_>>();
    let rows: Vec<_> = (0..index.row_count()).map(row).collect();
    let lines: Vec<_> = (0..12).map(|line| index.row_at(line)).collect();
    format!("{columns:?} {rows:?} {:?} {} {lines:?}", index.ragged(), index.not_utf8())
}

#[test]
fn rows_are_padded_and_cut_to_the_header_and_known_by_their_lines() {
    let bytes = b"\xef\xbb\xbfid , text\r\n1,\"two\nlines\"\r\n\r\n2\n3,x,y\n4,\xff\n5,\"a \"\"b\"\"\"";
    let index = indexed(bytes, Header::First, bytes.len());
    assert_eq!(
        told(&index),
        r#"["id", "text"] [["1", "two\nlines"], ["2", ""], ["3", "x"], ["", ""], ["5", "a \"b\""]] [1, 2, 3] 1 "#
            .to_owned()
            + "[None, None, Some(0), Some(0), Some(0), Some(1), Some(2), Some(3), Some(4), Some(4), Some(4), Some(4)]"
    );
    for cut in 1..bytes.len() {
        assert_eq!(told(&indexed(bytes, Header::First, cut)), told(&index), "pieces of {cut}");
    }
    assert_eq!((index.cell(0, 2), index.cell(5, 0)), ("", ""));
    let numbered = indexed(b"a,b\nc", Header::None, 9);
    assert_eq!(numbered.columns().unwrap(), ["1", "2"]);
    assert_eq!((numbered.cell(0, 1), numbered.cell(1, 0)), ("b", "c"));
    let named = indexed(b"a,b\nc,d", Header::Names(vec!["x".into()]), 9);
    assert_eq!((named.row_count(), named.cell(1, 0), named.ragged()), (2, "c", &[0, 1][..]));
    assert_eq!(indexed(b"", Header::First, 9).columns(), None);
}

#[test]
fn objects_are_rows_under_the_members_of_the_first_and_what_is_none_is_empty() {
    let bytes = b"\xef\xbb\xbfno object\n{\"a\":\"x\\\"\",\" b \":[1, 2],\"a\":1}\n\n[1]\r\n{\"b\":null,\"c\":2,\"a\":true}\n\
        {\"a\":\"\xff\"}\n{\"a\":1.50,\"b\":\"cut \\ud83d\"}";
    let index = of_objects(bytes, bytes.len());
    assert_eq!(
        told(&index),
        r#"["a", "b"] [["", ""], ["1", "[1,2]"], ["", ""], ["true", ""], ["", ""], ["1.50", "cut �"]] [0, 2, 4] 1 "#
            .to_owned()
            + "[None, Some(0), Some(1), Some(1), Some(2), Some(3), Some(4), Some(5), Some(5), Some(5), Some(5), Some(5)]"
    );
    for cut in 1..bytes.len() {
        assert_eq!(told(&of_objects(bytes, cut)), told(&index), "pieces of {cut}");
    }
    assert_eq!((of_objects(b"[1]\n2", 9).row_count(), of_objects(b"[1]\n2", 9).columns()), (2, None));
}

#[test]
fn a_column_is_counted_while_its_values_are_short_and_few() {
    let row =
        |n: u32| format!("{n},{},{},\n", ["ham", "spam", ""][n as usize % 3], "x".repeat(n as usize % 99));
    let bytes = "id,label,text,none\n".to_owned() + &(0..1_500).map(row).collect::<String>();
    let index = indexed(bytes.as_bytes(), Header::First, 1_000);
    let facts = |column| index.facts(column, 3);
    assert_eq!((facts(0).distinct, facts(0).longest), (None, 4));
    assert_eq!((facts(1).distinct, facts(1).empty, facts(1).first), (Some(2), 500, vec![0, 1, 3]));
    assert_eq!((facts(2).distinct, facts(2).longest), (None, 98));
    assert_eq!((facts(3).distinct, facts(3).empty), (Some(0), 1_500));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_index_holds_what_a_reader_reads_and_writes_it_as_it_was(
        text in "([a,b\" é\n\r]|\"\"|,\"){0,120}", cut in 1..40_usize, wanted in "[ab é,]{0,3}",
    ) {
        let mut index = indexed(text.as_bytes(), Header::Names(vec![String::new(); 3]), cut);
        let mut reader = CsvReader::new(Dialect::CSV, u64::MAX);
        reader.push(text.as_bytes());
        reader.finish();
        let mut rows = Vec::new();
        while let NextRow::Row(row) = reader.next() {
            let cells: Vec<String> = row.cells().chain(["", "", ""]).take(3).map(str::to_owned).collect();
            rows.push((row.line, cells));
        }
        prop_assert_eq!(index.row_count() as usize, rows.len());
        let mut csv = Vec::new();
        for (number, (line, row)) in (0..).zip(&rows) {
            for (column, cell) in (0..).zip(row) {
                prop_assert_eq!(index.cell(number, column), cell);
            }
            prop_assert_eq!(index.row_at(*line as u32), Some(number));
            index.push_csv(number, &mut csv);
        }
        // What it counts as lines is where a reader of that CSV finds the rows.
        let mut reader = CsvReader::new(Dialect::CSV, u64::MAX);
        reader.push(&csv);
        reader.finish();
        let mut line = 1;
        for number in 0..index.row_count() {
            let NextRow::Row(row) = reader.next() else { panic!("row {number}") };
            prop_assert_eq!(row.line, line);
            line += u64::from(index.csv_lines(number));
        }
        let again = indexed(&csv, Header::Names(vec![String::new(); 3]), 7);
        for number in 0..index.row_count() {
            prop_assert_eq!(again.cell(number, 0), index.cell(number, 0));
            prop_assert_eq!(again.cell(number, 2), index.cell(number, 2));
        }
        prop_assert!(again.ragged().is_empty());

        let mut found = Vec::new();
        index.find(&wanted, |row| found.push(row));
        let has = |(_, (_, row)): &(u32, &(u64, Vec<String>))| row.iter().any(|cell| cell.contains(&wanted));
        prop_assert_eq!(found, (0..).zip(&rows).filter(has).map(|(number, _)| number).collect::<Vec<_>>());
    }
}

const LINES: &str = concat!(
    r#"{"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude-haiku-4-5","stop_reason":"end_turn","content":[{"type":"text","text":"Ja\u00e9 \"x\""},{"type":"text","text":"!"}],"usage":{"input_tokens":1000,"cache_read_input_tokens":5,"output_tokens":100}}}}"#,
    "\nno result\n\n",
    r#"{"custom_id":"b","result":{"type":"errored","error":{"type":"error","error":{"type":"api_error","message":"Overloaded"}}}}"#,
    "\n",
    r#"{"custom_id":"c","result":{"type":"succeeded","message":{"model":"nobody","stop_reason":"max_tokens","content":[{"type":"text","text":" {\"a\":[1]} "}],"usage":{"input_tokens":1,"output_tokens":2}}}}"#,
    "\n",
    r#"{"custom_id":"d","result":{"type":"missing"}}"#,
);

fn results(bytes: &[u8], cut: usize) -> Results {
    let mut results = Results::default();
    for chunk in bytes.chunks(cut) {
        results.push_with(chunk.len(), |space| space.copy_from_slice(chunk));
    }
    results.finish();
    results
}

#[test]
fn results_become_columns_however_their_bytes_were_cut() {
    let whole = results(LINES.as_bytes(), LINES.len());
    assert_eq!((whole.len(), whole.bad_lines()), (4, 1));
    let all = |of: &Results| -> Vec<(String, String)> {
        let both = |n| Some((of.ids.get(n)?.to_owned(), of.texts.get(n)?.to_owned()));
        (0..of.len()).filter_map(both).collect()
    };
    let texts = [("a", "Jaé \"x\"!"), ("b", "Overloaded"), ("c", " {\"a\":[1]} "), ("d", "")];
    assert_eq!(all(&whole), texts.map(|(id, text)| (id.to_owned(), text.to_owned())));
    let names = |names: &batchwise::index::Names| -> Vec<String> {
        names.numbers().iter().map(|number| names.get(*number as usize).to_owned()).collect()
    };
    assert_eq!(names(&whole.types), ["succeeded", "errored", "succeeded", "missing"]);
    assert_eq!(names(&whole.stops), ["end_turn", "", "max_tokens", ""]);
    assert_eq!(names(&whole.errors), ["", "api_error", "", ""]);
    assert_eq!(names(whole.labels.as_ref().unwrap()), ["Jaé \"x\"!", "", "{\"a\":[1]}", ""]);
    let numbers = &whole.numbers;
    assert_eq!((&numbers.input, &numbers.output), (&vec![1005, 0, 1, 0], &vec![100, 0, 2, 0]));
    assert_eq!(numbers.forms, [1, 1, 2, 0]);
    assert!(
        numbers.cost[0] > 0.0 && numbers.cost[1] == 0.0 && numbers.cost[2].is_nan() && numbers.cost[3] == 0.0
    );
    for (start, length) in numbers.starts.iter().zip(&numbers.lengths) {
        #[expect(clippy::cast_sign_loss, reason = "a line begins at 0 or later")]
        let line = &LINES[*start as usize..][..*length as usize];
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap()["custom_id"].is_string());
    }
    for cut in [1, 7, 64, 300] {
        let other = results(LINES.as_bytes(), cut);
        assert_eq!(all(&other), all(&whole));
        assert_eq!(format!("{:?}", other.numbers), format!("{numbers:?}"), "pieces of {cut}");
    }
}

#[test]
fn answers_are_labels_until_one_is_long_or_there_are_too_many() {
    let line = |text: &str| {
        let message =
            format!(r#"{{"model":"m","content":[{{"type":"text","text":"{text}"}}],"usage":{{}}}}"#);
        format!(r#"{{"custom_id":"a","result":{{"type":"succeeded","message":{message}}}}}"#) + "\n"
    };
    let labels = |texts: &[String]| {
        let lines: String = texts.iter().map(|text| line(text)).collect();
        results(lines.as_bytes(), 99).labels.map(|labels| labels.all().count() - 1)
    };
    let few: Vec<String> = (0..200).map(|n| format!("label {}", n % 50)).collect();
    assert_eq!(labels(&few), Some(50));
    assert_eq!(labels(&(0..51).map(|n| n.to_string()).collect::<Vec<_>>()), None);
    assert_eq!(labels(&["é".repeat(40)]), Some(1));
    assert_eq!(labels(&["é".repeat(41)]), None);
}
