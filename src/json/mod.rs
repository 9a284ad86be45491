//! JSON as bytes: a scanner that builds nothing and recurses nowhere, and a writer.
//!
//! Everything that reads JSON reads it here: result lines, requests before they leave, the API's small answers. The
//! scanner validates fully (RFC 8259, as `JSON.parse` does) and hands out spans of the input; numbers keep their text
//! and strings their escapes until somebody asks. Nesting costs one bit a level, so a hundred thousand brackets are
//! neither a stack overflow nor a quarrel. Start with [`Scanner`]; plain values of our own go out and in by [`encode()`] and
//! [`decode()`].
//!
//! **Invariant:** for any bytes, scanning ends in linear time with a token sequence or one [`SyntaxError`].

mod decode;
mod encode;
mod inside;
pub mod read;
mod scanner;
mod string;
mod utf8;
mod write;

pub use decode::decode;
pub use encode::encode;
pub use inside::Inside;
pub use scanner::{Scanner, SyntaxError, Token};
pub use string::{Str, unescape};
pub use write::{push_escaped, push_string};
