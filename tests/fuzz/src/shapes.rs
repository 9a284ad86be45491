//! Result lines after any others: read as if each were alone.

use batchwise::jsonl::{Next, Reader, SlotKind};

pub fn run(data: &[u8]) {
    let mut reader = Reader::new(1 << 20);
    // Three times: a line is met, then known, then known along with all others.
    for line in data.split(|&byte| byte == b'\n').cycle().take(3 * data.split(|&byte| byte == b'\n').count())
    {
        reader.push(line);
        reader.push(b"\n");
        // What the first bytes of a file may be, no later line may begin with.
        let mut alone = Reader::new(1 << 20);
        alone.push(b"\n");
        alone.push(line);
        alone.finish();
        match (reader.next(), alone.next()) {
            (Next::Record(here), Next::Record(there)) => {
                assert_eq!((here.line, here.fields), (there.line, there.fields), "{}", line.escape_ascii());
                for slot in here.fit.map(|fit| fit.slots).unwrap_or_default() {
                    let (start, end) = (slot.start as usize, (slot.start + slot.len) as usize);
                    let text = std::str::from_utf8(&here.line[start..end]).unwrap();
                    match slot.kind {
                        SlotKind::Plain => assert!(text.is_ascii() && !text.contains(['\\', '"'])),
                        SlotKind::String { escaped, .. } => assert_eq!(escaped, text.contains('\\')),
                        SlotKind::Whole(number) => assert_eq!(text.parse(), Ok(number)),
                        SlotKind::Number => assert!(text.parse::<f64>().is_ok()),
                    }
                }
            }
            (Next::BadLine(here), Next::BadLine(there)) => assert_eq!(here.reason, there.reason),
            (Next::NeedBytes, Next::End) => {}
            (here, there) => panic!("{here:?} is {there:?} alone"),
        }
        assert!(matches!(reader.next(), Next::NeedBytes));
    }
}
