//! The columnar block holds what the records held.

use batchwise::jsonl::{Block, Next, Reader, layout, string_layout, value_layout};

const FILE: &str = concat!(
    r#"{"custom_id":"a","result":{"type":"succeeded","message":{"model":"m","content":[{"type":"text","text":"1"},{"type":"text","text":"\n"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},"cache_read_input_tokens":4,"output_tokens":6,"output_tokens_details":{"thinking_tokens":7},"server_tool_use":{"web_search_requests":8},"inference_geo":"us"}}}}"#,
    "\n\n",
    r#"{"custom_id":"b","result":{"type":"errored","error":{"error":{"type":"api_error","message":"m\u00e9","details":{"error_code":"c"}},"request_id":"r"}}}"#,
    "\r\n",
    r#"{"custom_id":"c","result":{"type":"brand_new","message":{"content":[{"type":"text","text":"2"}]}}}"#,
);

fn block(file: &str) -> Block {
    let mut reader = Reader::new(1 << 20);
    reader.push(file.as_bytes());
    reader.finish();
    let mut block = Block::default();
    while let Next::Record(record) = reader.next() {
        block.push(&record).unwrap();
    }
    block
}

/// What the span at `words` points to.
fn span<'a>(block: &'a Block, words: &[u32]) -> Option<(&'a str, bool)> {
    let (start, len) = (words[0], words[1]);
    let bytes = block.bytes().get(start as usize..)?.get(..(len & !layout::ESCAPED) as usize)?;
    Some((std::str::from_utf8(bytes).unwrap(), len & layout::ESCAPED != 0))
}

fn string(block: &Block, row: usize, field: usize) -> Option<String> {
    let at = row * layout::STRIDE + field;
    span(block, &block.words()[0][at..])
        .map(|(text, escaped)| format!("{}{text}", if escaped { "\\" } else { "" }))
}

#[test]
fn every_field_is_found_through_its_span() {
    let block = block(FILE);
    let strings =
        |field| (0..3).map(|row| string(&block, row, field).unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(block.len(), 3);
    assert_eq!(strings(layout::CUSTOM_ID), ["a", "b", "c"]);
    assert_eq!(strings(layout::RESULT_TYPE), ["succeeded", "errored", "brand_new"]);
    assert_eq!(strings(layout::STOP_REASON), ["end_turn", "", ""]);
    assert_eq!(strings(layout::MODEL), ["m", "", ""]);
    assert_eq!(strings(layout::ERROR_TYPE), ["", "api_error", ""]);
    assert_eq!(strings(layout::ERROR_MESSAGE), ["", "\\m\\u00e9", ""]);
    assert_eq!(strings(layout::ERROR_CODE), ["", "c", ""]);
    assert_eq!(strings(layout::ERROR_REQUEST_ID), ["", "r", ""]);
    let lines: Vec<&str> = FILE.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(strings(layout::LINE), lines);
    assert_eq!(block.bytes(), format!("{}\n", lines.join("\n")).as_bytes());
    assert!(strings(layout::MESSAGE)[0].starts_with(r#"{"model":"m""#));
    assert!(strings(layout::USAGE)[0].ends_with(r#""inference_geo":"us"}"#));
}

/// The short string of ASCII that two words tell.
fn told<'a>(block: &'a Block, words: &[u32]) -> &'a str {
    let strings = block.strings();
    let page = 2 * (words[0] >> string_layout::START_BITS) as usize;
    let (start, len) = (strings.pages()[page], strings.pages()[page + 1] & !string_layout::ASCII);
    let page = &strings.bytes()[start as usize..][..len as usize];
    let start = words[0] as usize % (1 << string_layout::START_BITS);
    std::str::from_utf8(&page[start..start + words[1] as usize]).unwrap()
}

#[test]
fn texts_stand_behind_the_rows() {
    let block = block(FILE);
    let [rows, texts] = block.words();
    let of = |row: usize| {
        let first = rows[row * layout::STRIDE + layout::TEXTS] as usize;
        let count = rows[row * layout::STRIDE + layout::TEXT_COUNT] as usize;
        texts[first * 2..][..count * 2].chunks(2).map(|words| told(&block, words)).collect::<Vec<_>>()
    };
    assert_eq!(of(0), ["1", "\n"]);
    assert!(of(1).is_empty());
    assert_eq!(of(2), ["2"]);
}

#[test]
fn numbers_stand_in_columns() {
    let block = block(FILE);
    let columns: Vec<f64> = block.numbers().map(|column| column[0]).collect();
    assert_eq!(columns, [1.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 0.0]);
    let offsets = block.numbers().last().unwrap();
    let starts: Vec<f64> =
        ["a", "b", "c"].map(|id| FILE.find(&format!(r#"{{"custom_id":"{id}""#)).unwrap() as f64).to_vec();
    assert_eq!(offsets, starts);
    let kinds: Vec<u32> = block.words()[0].chunks(layout::STRIDE).map(|row| row[layout::KIND]).collect();
    assert_eq!(kinds, [1 << 16 | 1 << 8, 1, 1 << 8 | 4]);
    let numbers: Vec<u32> = block.words()[0].chunks(layout::STRIDE).map(|row| row[layout::NUMBER]).collect();
    assert_eq!(numbers, [1, 3, 4]);
}

#[test]
fn rows_whose_lines_stay_where_they_are_say_the_same() {
    let mut reader = Reader::new(1 << 20);
    let mut left = Block::default();
    // The first line goes before the block is begun, and part of another one stands behind it.
    let (first, rest) = FILE.split_at(FILE.find('\n').unwrap() + 1);
    reader.push([first, rest, "\n{\"custom_id\""].concat().as_bytes());
    assert!(matches!(reader.next(), Next::Record(_)));
    while let Next::Record(record) = reader.next() {
        left.push_in_place(&record);
    }
    let copied = block(rest);
    let strings = |block: &Block, lines: &[u8]| -> Vec<Option<String>> {
        let spans = block.words()[0].chunks(layout::STRIDE).flat_map(|row| {
            [
                layout::LINE,
                layout::CUSTOM_ID,
                layout::MESSAGE,
                layout::ERROR_MESSAGE,
                layout::ERROR_REQUEST_ID,
            ]
            .map(|at| (row[at], row[at + 1] & !layout::ESCAPED))
        });
        let text = |(start, len): (u32, u32)| {
            let span = lines.get(start as usize..)?.get(..len as usize)?;
            Some(String::from_utf8(span.to_vec()).unwrap())
        };
        spans.map(text).collect()
    };
    let lines = left.lines(reader.buffer());
    assert_eq!(strings(&left, lines), strings(&copied, copied.bytes()));
    assert!(lines.starts_with(br#"{"custom_id":"b""#) && lines.ends_with(b"}"));
    assert_eq!(left.strings(), copied.strings());
    left.clear();
    assert_eq!(left, Block::default());
}

#[test]
fn a_cleared_block_is_like_new() {
    let mut used = block(FILE);
    used.clear();
    assert!(used.is_empty());
    assert_eq!(used, Block::default());
}

#[test]
fn javascript_reads_by_the_same_layout() {
    let source = include_str!("../../js/rawblock.ts");
    let constants = [
        ("STRIDE", layout::STRIDE),
        ("LINE", layout::LINE),
        ("KIND", layout::KIND),
        ("CUSTOM_ID", layout::CUSTOM_ID),
        ("RESULT_TYPE", layout::RESULT_TYPE),
        ("MESSAGE", layout::MESSAGE),
        ("USAGE", layout::USAGE),
        ("STOP_REASON", layout::STOP_REASON),
        ("ERROR_TYPE", layout::ERROR_TYPE),
        ("ERROR_MESSAGE", layout::ERROR_MESSAGE),
        ("ERROR_REQUEST_ID", layout::ERROR_REQUEST_ID),
        ("TEXTS", layout::TEXTS),
        ("TEXT_COUNT", layout::TEXT_COUNT),
        ("ID", layout::ID),
    ];
    for (name, value) in constants {
        assert!(source.contains(&format!("const {name} = {value};\n")), "{name} is {value}");
    }
    let strings = include_str!("../../js/strings.ts");
    let objects = include_str!("../../js/objects.ts");
    for (name, value, source) in [
        ("START_BITS", string_layout::START_BITS, strings),
        ("WHOLE", string_layout::WHOLE, strings),
        ("JSON_SPAN", string_layout::JSON, strings),
        ("IN_LINES", string_layout::IN_LINES, strings),
        ("ASCII", string_layout::ASCII, strings),
        ("HEAD", value_layout::HEAD as u32, objects),
        ("INTEGER", value_layout::INTEGER, objects),
        ("NUMBER", value_layout::NUMBER, objects),
    ] {
        let value = if value < 100 { value.to_string() } else { format!("0x{value:x}") };
        assert!(source.contains(&format!("const {name} = {value};\n")), "{name} is {value}");
    }
    assert!(source.contains("const ABSENT = 0xffffffff;") && layout::ABSENT == 0xffff_ffff);
    assert!(source.contains("const ESCAPED = 0x80000000;") && layout::ESCAPED == 0x8000_0000);
}
