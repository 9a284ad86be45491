//! Tables become requests, however their bytes are cut.

use batchwise::rows::{Dialect, Format, Header, NextRequest, Recipe, RecipeOptions, Table};
use proptest::prelude::*;

const CSV: Format = Format::Csv { dialect: Dialect::CSV, header: Header::First };

fn table(format: Format, prompt: &str, key: Option<&str>) -> Table {
    let options = RecipeOptions { prompt, model: "m", max_tokens: 1, key, ..RecipeOptions::default() };
    Table::new(Recipe::new(&options).unwrap(), format, 1000).unwrap()
}

/// Everything that comes out: `line@offset+bytes id: text (empty columns)`, or what is wrong.
fn read(mut table: Table, chunks: &[&[u8]]) -> Vec<String> {
    let mut out = Vec::new();
    let mut said = Vec::new();
    for (at, chunk) in chunks.iter().chain([&&b""[..]]).enumerate() {
        if at == chunks.len() {
            table.finish();
        } else {
            table.push(chunk);
        }
        loop {
            out.clear();
            said.push(match table.next(&mut out) {
                NextRequest::NeedBytes | NextRequest::End => break,
                NextRequest::Bad(bad) => {
                    format!("{}@{} {:?}: {}", bad.line, bad.offset, bad.fault, bad.message)
                }
                NextRequest::Request(row) => {
                    let request: serde_json::Value = serde_json::from_slice(&out).unwrap();
                    let id = request["custom_id"].as_str().unwrap();
                    let text = request["params"]["messages"][0]["content"].as_str().unwrap();
                    format!("{}@{}+{} {id}: {text:?} {:?}", row.line, row.offset, row.bytes, row.empty)
                }
            });
        }
    }
    assert_eq!(table.next(&mut out), NextRequest::End);
    said
}

/// Reads whole, cut everywhere in two, and byte by byte: always the same.
fn check(format: &Format, prompt: &str, key: Option<&str>, bytes: &[u8], want: &[&str]) {
    let whole = read(table(format.clone(), prompt, key), &[bytes]);
    assert_eq!(whole, want);
    let singles: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(read(table(format.clone(), prompt, key), &singles), want);
    for cut in 0..bytes.len() {
        let (a, b) = bytes.split_at(cut);
        assert_eq!(read(table(format.clone(), prompt, key), &[a, b]), want, "cut at {cut}");
    }
}

#[test]
fn lines_are_right_with_line_feeds_inside_quotes() {
    let bytes = "\u{feff}id, text \r\na,\"one\r\ntwo \"\"2\"\"\"\r\n\r\nb,\"x,y\"\nc,é😀";
    let want =
        [r#"2@14+19 a: "one\r\ntwo \"2\" a" []"#, r#"5@36+8 b: "x,y b" []"#, r#"6@44+8 c: "é😀 c" []"#];
    check(&CSV, "{{text}} {{id}}", Some("id"), bytes.as_bytes(), &want);
}

#[test]
fn a_lone_carriage_return_ends_a_line_too() {
    check(&CSV, "{{b}}", None, b"a,b\r1,2\r3,4\r", &[r#"2@4+4 row-1: "2" []"#, r#"3@8+4 row-2: "4" []"#]);
}

#[test]
fn bad_rows_are_named_and_the_rest_is_read() {
    let bytes = b"a,b\n1\n1,2,3\n\xff,2\n\xc3,\xa9\n5,6\n";
    let want = [
        "2@4 Ragged: 1 cell where the header has 2",
        "3@6 Ragged: 3 cells where the header has 2",
        "4@12 Encoding: the row is not UTF-8",
        "5@16 Encoding: the row is not UTF-8",
        r#"6@20+4 row-5: "6" []"#,
    ];
    check(&CSV, "{{b}}", None, bytes, &want);
}

#[test]
fn a_quote_that_is_never_closed_is_suspected() {
    let want = ["2@4 Ragged: 1 cell where the header has 2, on 3 lines: a quote may not be closed"];
    check(&CSV, "{{b}}", None, b"a,b\n\"1,2\n3,4\n5,6", &want);
}

#[test]
fn tabs_have_no_quotes() {
    let format =
        Format::Csv { dialect: Dialect::TSV, header: Header::Names(vec!["label".into(), "text".into()]) };
    let bytes = b"ham\t\"Gimme a few\" was 5\nspam\t\"open, and never closed\n";
    let want =
        [r#"1@0+24 row-1: "\"Gimme a few\" was 5" []"#, r#"2@24+29 row-2: "\"open, and never closed" []"#];
    check(&format, "{{text}}", None, bytes, &want);
}

#[test]
fn columns_without_a_header_are_numbers() {
    let format = Format::Csv { dialect: Dialect::CSV, header: Header::None };
    check(
        &format,
        "{{2}}",
        Some("1"),
        b"k,v\nl\n",
        &[r#"1@0+4 k: "v" []"#, "2@4 Ragged: 1 cell where the header has 2"],
    );
}

#[test]
fn an_empty_cell_is_noticed_once() {
    let want = [r#"2@4+3 row-1: " " ["b"]"#, r#"3@7+4 row-2: "2 2" []"#];
    check(&CSV, "{{b}} {{b}}", None, b"a,b\n1,\n1,2\n", &want);
}

#[test]
fn an_unknown_column_ends_the_table() {
    let want = [r#"1@0 UnknownColumn: there is no column "reveiw"; did you mean "review"?"#];
    check(&CSV, "{{reveiw}}", None, b"id,review\n1,x\n", &want);
    let want = [r#"1@0 UnknownColumn: there is no column "key"; the columns are id, review"#];
    check(&CSV, "{{review}}", Some("key"), b"id,review\n1,x\n", &want);
}

#[test]
fn an_empty_file_has_no_rows() {
    for bytes in [&b""[..], b"\xef\xbb\xbf", b"\n\r\n", b"a,b", b"a,b\n\n"] {
        check(&CSV, "{{b}}", None, bytes, &[]);
    }
    check(&Format::Jsonl, "{{b}}", None, b"\n \n", &[]);
}

#[test]
fn objects_are_rows_and_may_lack_members() {
    let bytes = "\u{feff}{\"k\":\"a\",\"v\":1.0}\n\n[1]\n{\"k\":\"b\"}\r\n{\"k\":\"c\",\"v\":{\"x\": [true, null]}} \nnope\n{\"k\":\"\u{e9}\",\"v\":\"\\u00e9\\n\"}";
    let want = [
        r#"1@3+17 a: "1.0" []"#,
        "3@22 NotAnObject: a row is a JSON object, this is none",
        r#"4@26+10 b: "" ["v"]"#,
        r#"5@37+34 c: "{\"x\":[true,null]}" []"#,
        "6@72 Syntax: expected a value at byte 0",
        r#"7@77+25 é: "é\n" []"#,
    ];
    check(&Format::Jsonl, "{{v}}", Some("k"), bytes.as_bytes(), &want);
}

#[test]
fn a_column_that_no_object_has_is_unknown_at_the_end() {
    let want = [
        r#"1@0+14 row-1: "" ["reveiw"]"#,
        r#"1@0 UnknownColumn: there is no column "reveiw"; did you mean "review"?"#,
    ];
    check(&Format::Jsonl, "{{reveiw}}", None, b"{\"review\":\"x\"}", &want);
}

#[test]
fn a_cell_as_large_as_allowed_is_read_and_a_larger_row_is_passed_over() {
    let cell = "x".repeat(985);
    let read = |cell: &str| {
        let bytes = format!("a,b\n1,\"{cell}\"\n3,4\n");
        read(table(CSV, "{{b}}", Some("a")), &bytes.as_bytes().chunks(7).collect::<Vec<_>>())
    };
    assert_eq!(read(&cell), [format!("2@4+990 1: {cell:?} []"), r#"3@994+4 3: "4" []"#.to_owned()]);
    assert_eq!(
        read(&"\n".repeat(2000)),
        ["2@4 TooLong: the row has 2005 bytes, 1000 are allowed", r#"2003@2009+4 3: "4" []"#]
    );
}

#[test]
fn a_row_is_rendered_again_from_its_own_bytes() {
    let csv = "k,v\n1,\"a\r\nb\"\r\n2,c".as_bytes();
    let jsonl = b"{\"k\":1,\"v\":\"a\\r\\nb\"}\n{\"k\":2,\"v\":\"c\"}\n";
    for (format, bytes) in [(CSV, csv), (Format::Jsonl, jsonl)] {
        let mut table = table(format, "{{v}}", Some("k"));
        table.push(bytes);
        table.finish();
        for id in ["1", "2"] {
            let (mut first, mut again) = (Vec::new(), Vec::new());
            let NextRequest::Request(row) = table.next(&mut first) else { panic!() };
            let bytes = &bytes[row.offset as usize..][..row.bytes as usize];
            assert!(table.again(bytes, id, &mut again));
            assert_eq!(first, again);
        }
    }
}

proptest! {
    #[test]
    fn every_cutting_of_any_table_gives_the_same(
        text in "[a\",\\r\\n\\té{}:1]{0,40}", cuts in proptest::collection::vec(0usize..60, 0..6),
        format in prop_oneof![
            Just(CSV), Just(Format::Jsonl),
            Just(Format::Csv { dialect: Dialect::TSV, header: Header::None }),
        ],
    ) {
        let prompt = if format == CSV { "x" } else { "{{1}}" };
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        let whole = read(table(format.clone(), prompt, None), &[bytes]);
        prop_assert_eq!(read(table(format, prompt, None), &chunks), whole);
    }

    #[test]
    fn what_is_written_as_csv_is_read_back(cells in proptest::collection::vec("[a-z\", \\r\\né]{0,6}", 1..30)) {
        let mut bytes = String::from("k,v\n");
        for (number, cell) in cells.iter().enumerate() {
            bytes += &[&number.to_string(), ",\"", &cell.replace('"', "\"\""), "\"\n"].concat();
        }
        let got = read(table(CSV, "{{v}}", Some("k")), &[bytes.as_bytes()]);
        prop_assert_eq!(got.len(), cells.len());
        for (number, (cell, said)) in cells.iter().zip(got).enumerate() {
            let want = format!(" {number}: {cell:?} ");
            prop_assert!(said.contains(&want), "{} in {}", want, said);
        }
    }
}
