//! What pictures and documents mean for the bill: tokens that no length of text shows.

use crate::limits::{IMAGE_PATCH, IMAGE_TOKENS};

/// Base64 of a page, where a document does not say how many it has.
const PAGE_BYTES: u64 = 50_000;

/// The pictures and documents of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Bytes of base64. They are among the ASCII of the prompt.
    pub data_bytes: u64,
    /// Tokens that the pictures of known size are, at the most.
    pub picture_tokens: u64,
    /// Pictures of known size.
    pub pictures: u32,
    /// Pictures of unknown size, those by address among them.
    pub unseen: u32,
    /// PDFs, and documents by address.
    pub documents: u32,
    /// Their pages, as far as they are here.
    pub pages: u64,
}

/// How large data says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// A picture, in pixels.
    Picture(u32, u32),
    /// A document, in pages.
    Pages(u32),
    /// A picture that does not say.
    UnknownPicture,
    /// A document that does not say.
    UnknownPages,
}

impl Media {
    /// Adds data of so many bytes.
    pub(super) fn add(&mut self, length: usize, extent: Extent) {
        self.data_bytes += length as u64;
        match extent {
            Extent::Picture(width, height) => {
                let patches = |side: u32| u64::from(side.div_ceil(IMAGE_PATCH));
                self.picture_tokens += (patches(width) * patches(height)).min(IMAGE_TOKENS);
                self.pictures += 1;
            }
            Extent::UnknownPicture => self.unseen += 1,
            Extent::Pages(pages) => self.document(u64::from(pages)),
            Extent::UnknownPages => self.document(1 + length as u64 / PAGE_BYTES),
        }
    }

    /// What is left without `others`, which are among these.
    pub(super) const fn without(self, others: Self) -> Self {
        Self {
            data_bytes: self.data_bytes.saturating_sub(others.data_bytes),
            picture_tokens: self.picture_tokens.saturating_sub(others.picture_tokens),
            pictures: self.pictures.saturating_sub(others.pictures),
            unseen: self.unseen.saturating_sub(others.unseen),
            documents: self.documents.saturating_sub(others.documents),
            pages: self.pages.saturating_sub(others.pages),
        }
    }

    fn document(&mut self, pages: u64) {
        self.documents += 1;
        self.pages += pages;
    }
}
