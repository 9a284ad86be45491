//! A batch id that somebody else wrote stays one segment of its path.

use batchwise::wire::{BatchId, Call, ListQuery};

const BASE: &str = "/v1/messages/batches/";

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(id) = BatchId::parse(&text) {
        assert_eq!(id.as_str(), text);
        for (call, behind) in [
            (Call::retrieve(&id), ""),
            (Call::delete(&id), ""),
            (Call::cancel(&id), "/cancel"),
            (Call::results(&id), "/results"),
        ] {
            let segment = call.path().strip_prefix(BASE).and_then(|rest| rest.strip_suffix(behind)).unwrap();
            assert!(segment.bytes().all(is_plain), "{segment:?}");
            assert!(segment != "." && segment != ".." && !segment.is_empty());
            assert_eq!(decoded(segment), text.as_bytes());
        }
    }
    let query = ListQuery { limit: Some(3), after_id: Some(text.into_owned()), before_id: None };
    let call = Call::list(&query);
    let value = call.path().split_once("after_id=").map_or("", |(_, value)| value);
    assert!(value.bytes().all(is_plain) && call.path().matches('?').count() == 1, "{}", call.path());
}

/// What means nothing to a URL, or an escape.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%')
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match after.split_first_chunk::<2>() {
            Some((hex, after)) if first == b'%' => {
                (u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap(), after)
            }
            _ => (first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    bytes
}
