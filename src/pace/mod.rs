//! When to ask again.
