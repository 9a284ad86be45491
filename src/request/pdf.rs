//! What a PDF says of itself where it can be read without taking it apart: its pages, and whether it is encrypted.
//!
//! Pages are told for certain by the first object of a file that was prepared for the web, and otherwise by the roots
//! of its trees of pages, of which an older one may stand beside a newer one.

use super::base64::Decoded;

/// A file of more pages than any limit has at least so many bytes; shorter ones are not looked through.
const SHORT: usize = 4_000;
/// Trees of pages that are looked at in one file.
const TREES: usize = 2_000;
/// Bytes looked at around a tree's name, and at both ends of a file.
const AROUND: usize = 256;
const END: usize = 1_536;

/// `/Pages` as base64 has it, by where it begins in a group of three bytes: the characters that are the same whatever
/// stands around it.
const PAGES: [&[u8]; 3] = [b"L1BhZ2Vz", b"9QYWdlc", b"vUGFnZX"];

/// How many pages there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pages {
    /// So many.
    Certain(u32),
    /// So many, unless pages were taken out later.
    Probable(u32),
    Unknown,
}

/// The pages of a file.
pub(super) fn pages(text: &[u8]) -> Pages {
    let data = Decoded::of(text);
    let length = data.len();
    let mut start = [0; END];
    let copied = data.copy(0, &mut start);
    let start = start.get(..copied).unwrap_or_default();
    let first = start.get(..memchr::memmem::find(start, b"endobj").unwrap_or(0)).unwrap_or_default();
    if memchr::memmem::find(first, b"/Linearized").is_some()
        && number(first, b"/L") == Some(length as u64)
        && let Some(count) = number(first, b"/N")
    {
        return Pages::Certain(u32::try_from(count).unwrap_or(u32::MAX));
    }
    if length < SHORT {
        return Pages::Unknown;
    }
    let most = PAGES.iter().filter_map(|name| largest_tree(text, name)).max();
    most.map_or(Pages::Unknown, Pages::Probable)
}

/// Whether the file says at its end that it is encrypted.
pub(super) fn is_encrypted(text: &[u8]) -> bool {
    let data = Decoded::of(text);
    let mut end = [0; END];
    let copied = data.copy(data.len().saturating_sub(END), &mut end);
    let end = end.get(..copied).unwrap_or_default();
    let finds = |what: &[u8]| memchr::memmem::rfind(end, what);
    // The trailer's dictionary names the object that says how.
    let has_trailer = finds(b"trailer").or_else(|| finds(b"/XRef")).is_some();
    has_trailer && number(end, b"/Encrypt").is_some()
}

/// The most pages that any tree says it has whose name stands so in the text.
fn largest_tree(text: &[u8], name: &[u8]) -> Option<u32> {
    let data = Decoded::of(text);
    let found = memchr::memmem::find_iter(text, name).take(TREES);
    let counts = found.filter_map(|at| {
        let (group, mut around) = (at / 4 * 3, [0; 2 * AROUND]);
        let copied = data.copy(group.saturating_sub(AROUND), &mut around);
        let around = around.get(..copied)?;
        let before = AROUND.min(group);
        let name = before + memchr::memmem::find(around.get(before..)?, b"/Pages")?;
        let (before, after) = (around.get(..name)?, around.get(name..)?);
        let begin = memchr::memmem::rfind(before, b"<<").unwrap_or(0);
        let end = memchr::memmem::find(after, b">>").map_or(around.len(), |end| name + end);
        let object = around.get(begin..end)?;
        // `/Pages` alone is where the catalogue names the tree.
        let is_tree = before.trim_ascii_end().ends_with(b"/Type");
        number(object, b"/Count").filter(|_| is_tree).map(|count| u32::try_from(count).unwrap_or(u32::MAX))
    });
    counts.max()
}

/// The number that follows a name in a dictionary.
fn number(dictionary: &[u8], name: &[u8]) -> Option<u64> {
    let mut rest = dictionary;
    while let Some(at) = memchr::memmem::find(rest, name) {
        rest = rest.get(at + name.len()..)?;
        let digits = rest.trim_ascii_start();
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let separated = digits.len() < rest.len();
        if separated && count > 0 {
            return core::str::from_utf8(digits.get(..count)?).ok()?.parse().ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::base64::encoded;
    use super::*;

    fn of(file: &str) -> Pages {
        pages(encoded(file.as_bytes()).as_bytes())
    }

    #[test]
    fn a_file_for_the_web_says_how_many_pages_it_has() {
        let file = |length: &str, rest: &str| {
            format!(
                "%PDF-1.4\n1 0 obj\n<< /Linearized 1 /L {length} /H [ 5 6 ] /O 3 /E 7 /N 712 /T 9 >>\nendobj\n{rest}"
            )
        };
        let length = file("0123", "tail").len();
        assert_eq!(of(&file(&format!("{length:04}"), "tail")), Pages::Certain(712));
        assert_eq!(of(&file(&format!("{length:04}"), "tail, longer by what was changed")), Pages::Unknown);
    }

    #[test]
    fn the_largest_tree_of_pages_counts_wherever_it_stands() {
        for shift in 0..3 {
            let filling = "x".repeat(5_000 + shift);
            let file = format!(
                "%PDF-1.4 1 0 obj << /Type /Catalog /Pages 2 0 R /Count 9999 >> {filling} 2 0 obj << /Kids [ 3 0 R ] \
                 /Count 61 /Type /Pages >> endobj 9 0 obj <</Type/Pages/Count 601>> endobj"
            );
            assert_eq!(of(&file), Pages::Probable(601), "{shift}");
        }
        assert_eq!(
            (of(&"y".repeat(9_000)), of("<< /Type /Pages /Count 900 >>")),
            (Pages::Unknown, Pages::Unknown)
        );
    }

    #[test]
    fn the_trailer_says_whether_a_file_is_encrypted() {
        let of = |file: &str| is_encrypted(encoded(file.as_bytes()).as_bytes());
        let filling = "z".repeat(4_000);
        assert!(of(&format!("%PDF-1.4 {filling} trailer << /Size 9 /Encrypt 8 0 R >> startxref 1 %%EOF")));
        assert!(of(&format!(
            "%PDF-1.7 {filling} 7 0 obj << /Type /XRef /Encrypt 8 0 R >> stream startxref 1 %%EOF"
        )));
        assert!(!of(&format!("%PDF-1.4 /Encrypt 8 0 R {filling} trailer << /Size 9 >> startxref 1 %%EOF")));
        assert!(!of("trailer << /EncryptMetadata false >>"));
    }
}
