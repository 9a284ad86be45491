//! Sizes: pictures in pixels, documents in pages, prompts in tokens, base64 in bytes. Reference, 5.3 and 6.3.

use super::{table, terms, user};
use crate::pictures::{gif, jpeg, locked_pdf, pdf, pdf_for_the_web, png, webp};

fn image(kind: &str, data: &str) -> String {
    format!(r#"{{"type":"image","source":{{"type":"base64","media_type":"image/{kind}","data":"{data}"}}}}"#)
}

fn document(data: &str) -> String {
    format!(
        r#"{{"type":"document","source":{{"type":"base64","media_type":"application/pdf","data":"{data}"}}}}"#
    )
}

fn of(model: &str, blocks: &str) -> String {
    format!(r#""model":"{model}",{}"#, user(blocks))
}

fn checked(rows: &[(String, &str)]) {
    for (members, want) in rows {
        table(terms("2026-10-21", &[]), &[(members, want)]);
    }
}

#[test]
fn a_picture_has_at_most_8000_pixels_a_side() {
    let refused = "media/pixels /messages/0/content/0/source/data";
    let php = image("png", &png(9_000, 1)).replace('/', "\\/").replace("image\\/png", "image/png");
    checked(&[
        (of("claude-opus-5", &image("png", &png(8_000, 8_000))), ""),
        (of("claude-opus-5", &image("png", &png(8_001, 1))), refused),
        (of("claude-opus-5", &image("png", &png(1, 4_000_000_000))), refused),
        (of("claude-opus-5", &php), refused),
        (of("claude-opus-5", &image("gif", &gif(1, 8_001))), refused),
        (of("claude-opus-5", &image("jpeg", &jpeg(8_000, 1))), ""),
        (of("claude-opus-5", &image("jpeg", &jpeg(1, 8_001))), refused),
        (of("claude-opus-5", &image("webp", &webp(8_001, 1))), refused),
        // What cannot be read is no reason to refuse it.
        (of("claude-opus-5", &image("png", "iVBORw0KGgo=")), ""),
        (of("claude-opus-5", &image("jpeg", "/9j/4AAQ")), ""),
    ]);
    let inside =
        format!(r#"{{"type":"tool_result","tool_use_id":"t","content":[{}]}}"#, image("png", &png(8_001, 1)));
    let said = "media/pixels /messages/0/content/0/content/0/source/data, messages/tool-result? /messages/0/content/0/tool_use_id";
    checked(&[(of("claude-opus-5", &inside), said)]);
}

#[test]
fn many_pictures_have_to_be_smaller() {
    let many = |count: usize, last: &str| {
        let mut blocks = vec![image("png", &png(9, 9)); count - 1];
        blocks.push(last.to_owned());
        blocks.join(",")
    };
    checked(&[
        (of("claude-opus-5", &many(20, &image("png", &png(2_001, 9)))), ""),
        (of("claude-opus-5", &many(21, &image("png", &png(2_000, 9)))), ""),
        (
            of("claude-opus-5", &many(21, &image("png", &png(2_001, 9)))),
            "media/pixels? /messages/0/content/20/source/data",
        ),
    ]);
}

#[test]
fn a_request_has_at_most_so_many_pictures() {
    let many =
        |count: usize| vec![r#"{"type":"image","source":{"type":"file","file_id":"f"}}"#; count].join(",");
    checked(&[
        (of("claude-opus-5", &many(600)), ""),
        (of("claude-opus-5", &many(601)), "media/count /messages/0/content/600"),
        (of("claude-haiku-4-5", &many(100)), ""),
        (of("claude-haiku-4-5", &many(101)), "media/count /messages/0/content/100"),
        (of("claude-next-9", &many(101)), "params/unknown-model? /model"),
        (
            of("claude-next-9", &many(601)),
            "params/unknown-model? /model, media/count? /messages/0/content/600",
        ),
    ]);
}

#[test]
fn a_picture_that_must_not_be_made_smaller_has_the_size_of_its_model() {
    let strict = |width: u32, word: &str| {
        let image = image("png", &png(width, 9));
        format!(r#"{},"transformations":{{"oversized_image":"{word}"}}}}"#, image.strip_suffix('}').unwrap())
    };
    let refused = "media/pixels /messages/0/content/0";
    checked(&[
        (of("claude-opus-5", &strict(2_576, "error")), ""),
        (of("claude-opus-5", &strict(2_577, "error")), refused),
        (of("claude-opus-5", &strict(2_577, "downsize")), ""),
        (of("claude-opus-4-6", &strict(1_568, "error")), ""),
        (of("claude-opus-4-6", &strict(1_569, "error")), refused),
    ]);
}

#[test]
fn base64_of_a_picture_has_at_most_ten_megabytes() {
    let start = png(9, 9).replace('=', "");
    let of_length = |length: usize| image("png", &format!("{start}{}", "A".repeat(length - start.len())));
    let path = "/messages/0/content/0/source/data";
    checked(&[
        (of("claude-opus-5", &of_length(10_000_000)), ""),
        // Whether a megabyte is a million or 1024 by 1024 is not said.
        (of("claude-opus-5", &of_length(10_000_004)), &format!("media/size? {path}")),
        (of("claude-opus-5", &of_length((10 << 20) + 4)), &format!("media/size {path}")),
    ]);
}

#[test]
fn a_document_has_at_most_so_many_pages_and_no_password() {
    let path = "/messages/0/content/0/source/data";
    checked(&[
        (of("claude-opus-5", &document(&pdf_for_the_web(600))), ""),
        (of("claude-opus-5", &document(&pdf_for_the_web(601))), &format!("media/pages {path}")),
        (of("claude-haiku-4-5", &document(&pdf_for_the_web(100))), ""),
        (of("claude-haiku-4-5", &document(&pdf_for_the_web(101))), &format!("media/pages {path}")),
        // An older tree of pages may stand beside a newer one.
        (of("claude-opus-5", &document(&pdf(601))), &format!("media/pages? {path}")),
        (of("claude-opus-5", &document(&pdf(600))), ""),
        (of("claude-opus-5", &document(&locked_pdf())), &format!("media/encrypted {path}")),
    ]);
}

#[test]
fn a_prompt_longer_than_the_context_is_warned_about() {
    let long = |model: &str, bytes: usize| {
        format!(r#""model":"{model}","messages":[{{"role":"user","content":"{}"}}]"#, "x".repeat(bytes))
    };
    let said = "size/context? /messages/0";
    checked(&[
        (long("claude-haiku-4-5", 1_100_000), ""),
        (long("claude-haiku-4-5", 1_210_000), said),
        (long("claude-opus-5", 5_900_000), ""),
        (long("claude-opus-5", 6_010_000), said),
        (long("claude-next-9", 6_010_000), "params/unknown-model? /model"),
    ]);
    // Pictures are no text.
    let start = png(9, 9).replace('=', "");
    let picture = image("png", &format!("{start}{}", "A".repeat(2_000_000 - start.len())));
    checked(&[(of("claude-haiku-4-5", &picture), "")]);
    let beta = terms("2026-10-21", &["context-1m-2025-08-07"]);
    table(beta, &[(&long("claude-haiku-4-5", 1_210_000), "")]);
}
