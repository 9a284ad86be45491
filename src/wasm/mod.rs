//! The door: the only code that knows JavaScript.

mod reader;
