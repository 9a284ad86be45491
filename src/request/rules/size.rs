//! How large things are: pictures in pixels, documents in pages, the prompt in tokens.
//!
//! Pictures and documents are measured when their source has been read; what the model allows is known at the end.

use std::borrow::Cow;

use crate::request::base64::Decoded;
use crate::request::betas::Beta;
use crate::request::codes::ViolationCode as Code;
use crate::request::media::Extent;
use crate::request::models::Model;
use crate::request::pdf::{self, Pages};
use crate::request::picture;
use crate::request::walk::Walk;

/// Images of one request at the most, and where the context is small.
const IMAGES: u32 = 600;
const IMAGES_SMALL: u32 = 100;
/// Pages of a document at the most, and where the context is below a million tokens.
const PAGES: u32 = 600;
const PAGES_SMALL: u32 = 100;
const SMALL_CONTEXT: u32 = 200_000;
const LARGE_CONTEXT: u32 = 1_000_000;

/// Pixels of an image's side at the most; and roughly, where there are many images.
const SIDE: u32 = 8000;
const SIDE_OF_MANY: u32 = 2000;
const MANY: u32 = 20;

/// Sides that rules compare with: of what models see, of what they take.
const SIDES: [u32; 4] = [1568, SIDE_OF_MANY, 2576, SIDE];

pub(super) const PDF: &str = "application/pdf";

/// More bytes of text to a token than any language has on the whole: no tokenizer of these models is public.
const BYTES_PER_TOKEN: u64 = 6;

/// How large a picture or document is, no finer than rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SizeClass {
    /// Nothing says how large it is.
    Unknown,
    /// It has up to so many pixels a side.
    Side(u32),
    /// It has up to so many pages.
    Pages(u32),
}

impl SizeClass {
    /// Of data in this format, with its exact size; nothing where it is refused whatever else the request has.
    pub(super) fn of(format: &str, data: &[u8]) -> Option<(Self, Extent)> {
        let up_to = |size: u32, classes: &[u32]| classes.iter().copied().find(|most| size <= *most);
        if format != PDF {
            let Some((width, height)) = picture::size(Decoded::of(data)) else {
                return Some((Self::Unknown, Extent::UnknownPicture));
            };
            let class = up_to(width.max(height), &SIDES).map(Self::Side)?;
            return Some((class, Extent::Picture(width, height)));
        }
        if pdf::is_encrypted(data) {
            return None;
        }
        match pdf::pages(data) {
            Pages::Certain(pages) | Pages::Probable(pages) => {
                let class = up_to(pages, &[PAGES_SMALL, PAGES]).map(Self::Pages)?;
                Some((class, Extent::Pages(pages)))
            }
            Pages::Unknown => Some((Self::Unknown, Extent::UnknownPages)),
        }
    }
}

/// Whether the text is shorter than any context, whatever it says.
pub(in crate::request) const fn fits_every_context(text_bytes: u64) -> bool {
    text_bytes / BYTES_PER_TOKEN <= SMALL_CONTEXT as u64
}

impl Walk<'_, '_> {
    /// Measures a picture or document whose data stands there.
    pub(super) fn look_inside(
        &mut self,
        format: Option<&str>,
        (at, length): (usize, usize),
        is_escaped: bool,
    ) -> Extent {
        let raw = self.request.get(at..at + length).unwrap_or_default();
        // Only slashes are ever escaped in base64.
        let text = if is_escaped {
            Cow::Owned(raw.iter().copied().filter(|byte| *byte != b'\\').collect())
        } else {
            Cow::Borrowed(raw)
        };
        if format == Some(PDF) {
            return self.document_inside(&text, at - 1);
        }
        let Some((width, height)) = picture::size(Decoded::of(&text)) else { return Extent::UnknownPicture };
        self.picture_inside(width, height, at - 1);
        Extent::Picture(width, height)
    }

    fn picture_inside(&mut self, width: u32, height: u32, at: usize) {
        let side = width.max(height);
        let source = &mut self.buffers.notes.source;
        source.side = side;
        if side > SIDE {
            let message = format!(
                "the image has {width} by {height} pixels; the API says: At least one of the image dimensions exceed max \
                 allowed size: {SIDE} pixels"
            );
            self.error(Code::MediaPixels, at, message, "make it smaller");
        } else if side > SIDE_OF_MANY {
            source.large = source.large.or(Some((at, side)));
        }
    }

    fn document_inside(&mut self, text: &[u8], at: usize) -> Extent {
        if pdf::is_encrypted(text) {
            self.error(Code::MediaEncrypted, at, "the PDF is encrypted", "save it without a password");
        }
        let (pages, is_certain) = match pdf::pages(text) {
            Pages::Unknown => return Extent::UnknownPages,
            Pages::Certain(pages) => (pages, true),
            Pages::Probable(pages) => (pages, false),
        };
        let longest = &mut self.buffers.notes.source.pages;
        if longest.is_none_or(|(_, most, certain)| (is_certain, pages) > (certain, most)) {
            *longest = Some((at, pages, is_certain));
        }
        Extent::Pages(pages)
    }

    /// An image has been read, with all that is said of it.
    pub(in crate::request) fn image(&mut self, at: usize) {
        let source = &mut self.buffers.notes.source;
        if source.is_strict && source.strict.is_none_or(|(_, side)| side < source.side) {
            source.strict = Some((at, source.side));
        }
    }

    pub(in crate::request) fn images(&mut self, model: Option<&Model>) {
        let source = self.buffers.notes.source;
        if let Some((at, side)) = source.large.filter(|_| source.images > MANY) {
            let message = format!(
                "the image has {side} pixels on a side, and about {SIDE_OF_MANY} are allowed where there are more than \
                 {MANY} images"
            );
            self.doubt(Code::MediaPixels, at, message, "make it smaller, or send fewer images");
        }
        if let (Some(model), Some((at, side))) = (model, source.strict)
            && side > model.image_side
        {
            let (name, most) = (model.name(), model.image_side);
            let message = format!(
                "the image has {side} pixels on a side, {name} sees {most}, and oversized_image is error"
            );
            self.error(Code::MediaPixels, at, message, "make it smaller, or let it be downsized");
        }
        let small = model.is_some_and(|model| model.context <= SMALL_CONTEXT);
        let most = if small { IMAGES_SMALL } else { IMAGES };
        if source.images > most {
            let message = format!("the request has {} images, {most} are allowed", source.images);
            let hint = "spread them over several requests";
            if model.is_some() {
                self.error(Code::MediaCount, source.last_image, message, hint);
            } else {
                self.doubt(Code::MediaCount, source.last_image, message, hint);
            }
        }
    }

    pub(in crate::request) fn documents(&mut self, model: Option<&Model>) {
        let Some((at, pages, is_certain)) = self.buffers.notes.source.pages else { return };
        let small = model.is_some_and(|model| model.context < LARGE_CONTEXT);
        let most = if small { PAGES_SMALL } else { PAGES };
        if pages <= most {
            return;
        }
        let message = format!("the PDF has {pages} pages, {most} are allowed");
        let hint = "send it in parts";
        if is_certain && model.is_some() {
            self.error(Code::MediaPages, at, message, hint);
        } else {
            self.doubt(Code::MediaPages, at, message, hint);
        }
    }

    /// Whether the text alone is more than the model reads. What comes of it, an errored row or an answer that is cut,
    /// is not said: never an error. Depends on how long the text is, not on what it says.
    pub(in crate::request) fn context(&mut self, model: Option<&Model>) {
        let Some(model) = model.filter(|_| !self.terms.betas.has(Beta::Context1m)) else { return };
        let prompt = self.facts.prompt;
        let text = (prompt.ascii_bytes + prompt.other_bytes)
            .saturating_sub(self.buffers.notes.source.media.data_bytes);
        let tokens = text / BYTES_PER_TOKEN;
        if tokens > u64::from(model.context) {
            let (name, most) = (model.name(), model.context);
            let message = format!(
                "the prompt has {text} bytes of text, more than {tokens} tokens; {name} reads {most}"
            );
            self.doubt(Code::SizeContext, self.buffers.notes.turns.at, message, "shorten it, or cut it up");
        }
    }
}
