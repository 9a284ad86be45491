//! Images, documents and what is cited of them.

use crate::request::base64::first_bytes;
use crate::request::codes::ViolationCode as Code;
use crate::request::media::Extent;
use crate::request::rules::size::{PDF, SizeClass};
use crate::request::schema::Place;
use crate::request::terms::Version;
use crate::request::violation::Fix;
use crate::request::walk::Walk;

/// Base64 of one image at the most: 10 MB, whether in thousands or in 1024s is not said.
const IMAGE_BYTES: usize = 10_000_000;
const IMAGE_BYTES_CERTAIN: usize = 10 << 20;

impl Walk<'_, '_> {
    /// A source of base64 has been read. What is said of it depends on its data: on the length, on the beginning and,
    /// of pictures and documents, on places further in.
    pub(in crate::request) fn source(&mut self) {
        let source = self.buffers.notes.source;
        let Some((data_at, length)) = source.data else { return };
        let Some((type_at, type_length)) = source.media_type else {
            return self.buffers.notes.source.media.add(length, Extent::UnknownPicture);
        };
        let part = |at: usize, length: usize| {
            core::str::from_utf8(self.request.get(at..at + length).unwrap_or_default()).unwrap_or_default()
        };
        let (named, data) = (part(type_at, type_length), part(data_at, length.min(64)));
        let (data_at, type_at) = (data_at - 1, type_at - 1);
        if named.starts_with("image/") && length > IMAGE_BYTES {
            let message = format!("the image has {length} bytes of base64, 10 MB are allowed");
            let hint = "make it smaller; models see about 1568 pixels a side";
            if length > IMAGE_BYTES_CERTAIN {
                self.error(Code::MediaSize, data_at, message, hint);
            } else {
                self.doubt(Code::MediaSize, data_at, message, hint);
            }
        }
        let first = first_bytes(data);
        let found = first.as_ref().and_then(format_of);
        let extent = self.look_inside(found, (data_at + 1, length), source.is_escaped);
        let is_pdf = named == PDF;
        let is_lost = is_pdf && extent == Extent::UnknownPicture;
        self.buffers.notes.source.media.add(length, if is_lost { Extent::UnknownPages } else { extent });
        if first.is_none() {
            return;
        }
        if is_pdf {
            if found != Some(named) {
                let message = "the data does not begin as a PDF does";
                self.doubt(Code::MediaType, data_at, message, "send the file's bytes, not encrypted");
            }
        } else if named.starts_with("image/") && found != Some(named) {
            match found.filter(|found| found.starts_with("image/")) {
                Some(found) => {
                    let message = format!("the data is {found}, media_type says {named}");
                    let said =
                        self.doubt(Code::MediaType, type_at, message, "name the type that the data has");
                    if let Some(violation) = said {
                        violation.fix = Some(Fix::Set(format!("{found:?}")));
                    }
                }
                None => {
                    let message = "the data is no JPEG, PNG, GIF or WebP; the API says: The file format is invalid or \
                                   unsupported";
                    self.error(Code::MediaType, data_at, message, "convert it");
                }
            }
        }
    }

    /// A document begins.
    pub(in crate::request) fn document(&mut self, at: usize) {
        if self.place() != Place::Assistant || self.terms.version == Version::V2023 {
            return;
        }
        let message = "a document stands in an assistant's turn, which API version 2026-10-21 does not take";
        let hint = "move it into the user's turn";
        self.by_version(Code::MessagesRole, at, message, hint);
    }

    /// The citations of a text have been read, so many.
    pub(in crate::request) fn citations(&mut self, at: usize, count: u32) {
        let of_user = match self.place() {
            Place::User => true,
            Place::SearchResult => self.is_users_turn(),
            _ => false,
        };
        if count == 0 || !of_user || self.terms.version == Version::V2023 {
            return;
        }
        let message = "a user's text has citations, which API version 2026-10-21 does not take";
        let said = self.by_version(Code::ParamsNotAccepted, at, message, "remove them");
        if let Some(violation) = said {
            violation.fix = Some(Fix::Remove);
        }
    }
}

/// All that the rules look for in data, as far as one of them can tell it from other data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::request) struct Looks {
    format: &'static str,
    size: SizeClass,
}

/// What data looks like, and how large it is, where it is without escapes and of a length that all formats may have.
pub(in crate::request) fn looks_of_data(data: &[u8]) -> Option<(Looks, Extent)> {
    let first = core::str::from_utf8(data.get(..data.len().min(64))?).ok()?;
    let format = format_of(&first_bytes(first)?).filter(|_| data.len() <= IMAGE_BYTES)?;
    let (size, extent) = SizeClass::of(format, data)?;
    Some((Looks { format, size }, extent))
}

/// The format that begins so.
fn format_of(first: &[u8; 12]) -> Option<&'static str> {
    match first {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => Some("image/webp"),
        [b'%', b'P', b'D', b'F', ..] => Some("application/pdf"),
        _ => None,
    }
}
