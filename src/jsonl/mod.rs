//! Bytes become records.
