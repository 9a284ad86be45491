//! One result line: keys and their order as a real row of August 2026 had them.

use super::batch::{Batch, End, Stop};
use super::check::Accepted;
use super::dice::{For, below, id, throw};
use super::model;
use super::refusal::{ErrorKind, push_error, push_text};

/// Appends the line of the request at `index`, without its line feed. `pad` adds so many bytes to a succeeded text.
pub(super) fn push(out: &mut Vec<u8>, batch: &Batch, index: u32, answers: &[String], pad: usize) {
    out.extend_from_slice(b"{\"custom_id\":");
    push_text(out, batch.requests.custom_id(index));
    out.extend_from_slice(b",\"result\":{\"type\":");
    match batch.end_of(index) {
        End::Succeeded(stop) => {
            out.extend_from_slice(b"\"succeeded\",\"message\":");
            push_message(out, batch, index, stop, answers, pad);
        }
        End::Refused(error) => push_errored(out, batch, index, error.kind, &error.message),
        End::Planted => {
            let message = "Planted by the emulator: this request is refused in every batch.";
            push_errored(out, batch, index, ErrorKind::InvalidRequest, message);
        }
        End::Failed(kind) => push_errored(out, batch, index, kind, text_of(kind)),
        End::Canceled => out.extend_from_slice(b"\"canceled\""),
        End::Expired => out.extend_from_slice(b"\"expired\""),
    }
    out.extend_from_slice(b"}}");
}

fn text_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Overloaded => "Overloaded",
        ErrorKind::Timeout => "Request timed out",
        ErrorKind::RateLimit => "Number of concurrent requests has exceeded your rate limit",
        _ => "Internal server error",
    }
}

/// A double envelope. What never ran has no request id and is the user's to see; what ran has one of its own kind.
fn push_errored(out: &mut Vec<u8>, batch: &Batch, index: u32, kind: ErrorKind, message: &str) {
    let ran = !matches!(kind, ErrorKind::InvalidRequest | ErrorKind::NotFound);
    let detail = (!ran).then_some(("error_visibility", "user_facing"));
    out.extend_from_slice(b"\"errored\",\"error\":{\"type\":\"error\",\"error\":");
    push_error(out, kind, message, detail);
    out.extend_from_slice(b",\"request_id\":");
    if ran {
        let request_id = id("workerreq", batch.seed, For::RequestId, batch.number, u64::from(index));
        push_text(out, &request_id);
    } else {
        out.extend_from_slice(b"null");
    }
    out.push(b'}');
}

fn push_message(out: &mut Vec<u8>, batch: &Batch, index: u32, stop: Stop, answers: &[String], pad: usize) {
    let Accepted { model, max_tokens, tokens: input } = batch.requests.verdict(index).unwrap_or_default();
    let luck = throw(batch.seed, For::Answer, batch.number, u64::from(index));
    let mut text = String::new();
    if stop != Stop::Refusal {
        match answers.get(below(luck, answers.len() as u64) as usize) {
            Some(answer) => text.push_str(answer),
            None => push_sentence(&mut text, luck),
        }
    }
    let (stop, output) = measure(&mut text, stop, max_tokens);
    text.extend(std::iter::repeat_n("padding ", pad.div_ceil(8)));
    let model = model::at(model);
    let is_recent = model.is_some_and(|model| model.is_recent);

    out.extend_from_slice(b"{\"model\":");
    push_text(out, model.map_or("", |model| model.resolved));
    out.extend_from_slice(b",\"id\":");
    push_text(out, &id("msg", batch.seed, For::MessageId, batch.number, u64::from(index)));
    out.extend_from_slice(b",\"type\":\"message\",\"role\":\"assistant\",\"content\":[");
    if !text.is_empty() {
        out.extend_from_slice(b"{\"type\":\"text\",\"text\":");
        push_text(out, &text);
        out.push(b'}');
    }
    let (stop, details) = match stop {
        Stop::EndTurn => ("end_turn", "null"),
        Stop::MaxTokens => ("max_tokens", "null"),
        Stop::Refusal => ("refusal", "{\"type\":\"refusal\",\"category\":null,\"explanation\":null}"),
    };
    let (thinking, place) = if is_recent {
        (",\"output_tokens_details\":{\"thinking_tokens\":0}", "global")
    } else {
        ("", "not_available")
    };
    let tail = format!(
        "],\"stop_reason\":\"{stop}\",\"stop_sequence\":null,\"stop_details\":{details},\"usage\":{{\
         \"input_tokens\":{input},\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"cache_creation\":{{\
         \"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0}},\"output_tokens\":{output}{thinking},\
         \"service_tier\":\"batch\",\"inference_geo\":\"{place}\"}}}}"
    );
    out.extend_from_slice(tail.as_bytes());
}

/// Cuts the text to what `max_tokens` allows, at about 4 bytes a token, and counts what is left.
fn measure(text: &mut String, stop: Stop, max_tokens: u32) -> (Stop, u64) {
    let allowed = u64::from(max_tokens);
    let tokens = (text.len() as u64).div_ceil(4).max(1);
    if tokens <= allowed {
        // A planted cut: unseen thinking ate the allowance.
        return (stop, if stop == Stop::MaxTokens { allowed } else { tokens });
    }
    let mut end = (allowed * 4) as usize;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    (if stop == Stop::Refusal { stop } else { Stop::MaxTokens }, allowed)
}

/// A made-up text of 3 to 34 words, some of them beyond ASCII so that a cut can fall into a character.
fn push_sentence(out: &mut String, luck: u64) {
    const WORDS: [&str; 32] = [
        "the",
        "answer",
        "to",
        "this",
        "request",
        "was",
        "made",
        "up",
        "by",
        "an",
        "emulator",
        "and",
        "costs",
        "nothing",
        "naïve",
        "façade",
        "Zürich",
        "über",
        "jalapeño",
        "piñata",
        "東京",
        "ありがとう",
        "русский",
        "ελληνικά",
        "☕",
        "🙂",
        "—",
        "“quoted”",
        "x = y",
        "1,000",
        "line\nbreak",
        "tab\tstop",
    ];
    let count = 3 + below(luck, 32);
    // A sequence is enough here, and a third of the work of a throw for every word.
    let mut pick = throw(luck, For::Words, 0, 0);
    for turn in 0..count {
        if turn > 0 {
            out.push(' ');
        }
        out.push_str(WORDS.get((pick >> 59) as usize).copied().unwrap_or_default());
        pick = pick.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
    }
    out.push('.');
}
