//! A table becomes requests.
