//! Many requests become parts.
