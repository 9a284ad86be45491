//! Pictures, documents and the length of the prompt: reference, sections 3.4, 5.3 and 6.3.
//!
//! Every picture and document of the messages is decoded as far as it takes; the data itself is nobody's business.

use std::fmt;

use super::check::refuse;
use super::model::Model;
use super::refusal::RowError;
use super::value::Value;

/// Base64 of a picture at the most.
const PICTURE: usize = 10 << 20;
/// Base64 that is decoded to find out how large a picture is.
const HEADER: usize = 1 << 20;
const SIDE: u32 = 8_000;
const SIDE_OF_MANY: u32 = 2_000;
const MANY: usize = 20;
/// No tokenizer of these models is public; no text has fewer tokens than this many bytes make.
const BYTES_PER_TOKEN: u64 = 8;

/// Pixels of a side of the squares that a picture is cut into, a token each; and the most it is for older models.
const PATCH: u32 = 28;
const PICTURE_TOKENS: u64 = 4_784;
const PICTURE_TOKENS_OLD: u64 = 1_568;
/// What a page of a document, and one whose pages are not here, is besides a picture.
const PAGE_TOKENS: u64 = 2_000;
/// What stands around the text of a prompt, and before its first tool.
const FRAME_TOKENS: u64 = 7;
const TOOLS_TOKENS: u64 = 346;
/// What text of this many bytes is counted as.
const BYTES_COUNTED: u64 = 4;

/// What was found on the way through the messages.
#[derive(Default)]
struct Found {
    pictures: usize,
    /// Tokens of pictures and documents.
    tokens: u64,
    /// The longer side of the largest picture, and where it is.
    largest: Option<(u32, String)>,
    /// Bytes of base64.
    data: u64,
}

/// Tokens of a prompt that is in order, or would be.
pub(super) fn tokens(params: &Value<'_>, model: &Model) -> u64 {
    let mut found = Found::default();
    if let Some(messages) = params.get("messages") {
        // What is refused is not counted, nor is what stands behind it.
        let _ = visit(messages, &At::Top("messages"), model, &mut found);
    }
    found.all(params, model)
}

impl Found {
    fn all(&self, params: &Value<'_>, model: &Model) -> u64 {
        let has_tools = params.get("tools").and_then(Value::items).is_some_and(|tools| !tools.is_empty());
        let text = params.weight().saturating_sub(self.data).div_ceil(BYTES_COUNTED);
        let all = text + FRAME_TOKENS + self.tokens + if has_tools { TOOLS_TOKENS } else { 0 };
        all.min(u64::from(model.context))
    }
}

/// Finds out whether the model takes the prompt, and how many tokens it is.
pub(super) fn check(params: &Value<'_>, model: &Model) -> Result<u64, RowError> {
    let mut found = Found::default();
    if let Some(messages) = params.get("messages") {
        visit(messages, &At::Top("messages"), model, &mut found)?;
    }
    if found.pictures > model.images() {
        return refuse(&format!("messages: too many images: {} > {}", found.pictures, model.images()));
    }
    if let Some((side, path)) = found.largest.as_ref().filter(|_| found.pictures > MANY)
        && *side > SIDE_OF_MANY
    {
        return refuse(&format!(
            "{path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size for \
             many-image requests: {SIDE_OF_MANY} pixels"
        ));
    }
    let tokens = params.weight().saturating_sub(found.data) / BYTES_PER_TOKEN;
    if tokens > u64::from(model.context) {
        return refuse(&format!("prompt is too long: {tokens} tokens > {} maximum", model.context));
    }
    Ok(found.all(params, model))
}

/// Tokens of a picture that is made smaller where it is too large.
fn picture_tokens((width, height): (u32, u32), model: &Model) -> u64 {
    let most = picture_most(model);
    let long = u64::from(width.max(height)).max(u64::from(model.image_side));
    let patches =
        |side: u32| (u64::from(side) * u64::from(model.image_side)).div_ceil(long * u64::from(PATCH));
    (patches(width) * patches(height)).min(most)
}

const fn picture_most(model: &Model) -> u64 {
    if model.image_side > 2_000 { PICTURE_TOKENS } else { PICTURE_TOKENS_OLD }
}

/// Where a value stands; written out only for a message.
enum At<'p> {
    Top(&'static str),
    Item(&'p Self, usize),
    Member(&'p Self, &'p str),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(name) => f.write_str(name),
            Self::Item(list, index) => write!(f, "{list}.{index}"),
            Self::Member(map, key) => write!(f, "{map}.{key}"),
        }
    }
}

fn visit(value: &Value<'_>, path: &At<'_>, model: &Model, found: &mut Found) -> Result<(), RowError> {
    match value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &At::Item(path, index), model, found)?;
            }
        }
        Value::Map(entries) => {
            let source = value.get("source").filter(|source| matches!(source, Value::Map(_)));
            match (value.get("type").and_then(Value::text), source) {
                (Some("image"), Some(source)) => return picture(value, source, path, model, found),
                (Some("document"), Some(source)) if source.get("data").is_some() => {
                    return document(source, path, model, found);
                }
                (Some("document"), Some(source)) if source.get("content").is_none() => {
                    found.tokens += PAGE_TOKENS;
                    return Ok(());
                }
                // What a tool was called with may look like anything.
                (Some("tool_use" | "server_tool_use" | "mcp_tool_use"), _) => return Ok(()),
                _ => {}
            }
            for (key, inner) in entries {
                visit(inner, &At::Member(path, key), model, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn picture(
    image: &Value<'_>,
    source: &Value<'_>,
    path: &At<'_>,
    model: &Model,
    found: &mut Found,
) -> Result<(), RowError> {
    found.pictures += 1;
    let Some(data) = source.get("data").and_then(Value::text) else {
        found.tokens += picture_most(model);
        return Ok(());
    };
    found.data += data.len() as u64;
    let at = format!("{path}.image.source.base64");
    if data.len() > PICTURE {
        return refuse(&format!("{at}: image exceeds 10 MB maximum: {} bytes > {PICTURE} bytes", data.len()));
    }
    let bytes = decoded(data.get(..HEADER).unwrap_or(data));
    let Some(format) = format_of(&bytes) else {
        return refuse(&format!("{at}.data: The file format is invalid or unsupported"));
    };
    let pixels = sides(format, &bytes);
    found.tokens += pixels.map_or_else(|| picture_most(model), |pixels| picture_tokens(pixels, model));
    let side = pixels.map(|(width, height)| width.max(height)).unwrap_or_default();
    if side > SIDE {
        return refuse(&format!(
            "{at}.data: At least one of the image dimensions exceed max allowed size: {SIDE} pixels"
        ));
    }
    let oversized = image.get("transformations").and_then(|rules| rules.get("oversized_image"));
    if oversized.and_then(Value::text) == Some("error") && side > model.image_side {
        return refuse(&format!(
            "{at}.data: image dimensions too large: {side} pixels > {}",
            model.image_side
        ));
    }
    if found.largest.as_ref().is_none_or(|(largest, _)| side > *largest) {
        found.largest = Some((side, path.to_string()));
    }
    Ok(())
}

fn document(source: &Value<'_>, path: &At<'_>, model: &Model, found: &mut Found) -> Result<(), RowError> {
    let is_pdf = source.get("type").and_then(Value::text) == Some("base64");
    let Some(data) = source.get("data").and_then(Value::text).filter(|_| is_pdf) else { return Ok(()) };
    found.data += data.len() as u64;
    let bytes = decoded(data);
    let at = format!("{path}.document.source.base64.data");
    let tail = bytes.get(bytes.len().saturating_sub(1_536)..).unwrap_or_default();
    if position(tail, b"/Encrypt ").is_some() {
        return refuse(&format!("{at}: The PDF specified is password protected."));
    }
    let start = bytes.get(..bytes.len().min(1_024)).unwrap_or_default();
    let prepared = position(start, b"/Linearized").and_then(|_| count_after(start, b"/N "));
    let pages = prepared.or_else(|| largest_count(&bytes)).unwrap_or_default();
    found.tokens += u64::from(pages.max(1)) * (PAGE_TOKENS + picture_most(model));
    if pages > model.pages() {
        return refuse(&format!("{at}: A maximum of {} PDF pages may be provided.", model.pages()));
    }
    Ok(())
}

fn largest_count(bytes: &[u8]) -> Option<u32> {
    const NAME: &[u8] = b"/Count ";
    let mut rest = bytes;
    let mut largest = None;
    while let Some(at) = position(rest, NAME) {
        largest = largest.max(count_after(rest, NAME));
        rest = rest.get(at + NAME.len()..).unwrap_or_default();
    }
    largest
}

fn count_after(bytes: &[u8], name: &[u8]) -> Option<u32> {
    let rest = bytes.get(position(bytes, name)? + name.len()..)?;
    let digits: String =
        rest.iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    digits.parse().ok()
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Jpeg,
    Png,
    Gif,
    Webp,
}

fn format_of(bytes: &[u8]) -> Option<Format> {
    let starts = |with: &[u8]| bytes.starts_with(with);
    if starts(b"\xFF\xD8\xFF") {
        Some(Format::Jpeg)
    } else if starts(b"\x89PNG") {
        Some(Format::Png)
    } else if starts(b"GIF8") {
        Some(Format::Gif)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::Webp)
    } else {
        None
    }
}

fn sides(format: Format, bytes: &[u8]) -> Option<(u32, u32)> {
    let byte = |at: usize| bytes.get(at).copied().map(u32::from);
    let big = |at: usize| Some(byte(at)? << 8 | byte(at + 1)?);
    let little = |at: usize| Some(byte(at + 1)? << 8 | byte(at)?);
    match format {
        Format::Png => Some((big(16)? << 16 | big(18)?, big(20)? << 16 | big(22)?)),
        Format::Gif => Some((little(6)?, little(8)?)),
        Format::Webp => match bytes.get(12..16)? {
            b"VP8X" => Some(((little(24)? | byte(26)? << 16) + 1, (little(27)? | byte(29)? << 16) + 1)),
            b"VP8L" => {
                let bits = little(21)? | little(23)? << 16;
                Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
            }
            _ => Some((little(26)? & 0x3FFF, little(28)? & 0x3FFF)),
        },
        Format::Jpeg => {
            let mut at = 2;
            while byte(at)? == 0xFF {
                match byte(at + 1)? {
                    0xFF => at += 1,
                    0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                        return Some((big(at + 7)?, big(at + 5)?));
                    }
                    0xDA => return None,
                    _ => at += 2 + big(at + 2)? as usize,
                }
            }
            None
        }
    }
}

/// Base64 of which it is known that it is some.
fn decoded(text: &str) -> Vec<u8> {
    let sextet = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for value in text.bytes().map_while(sextet) {
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}
