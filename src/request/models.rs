//! Model ids we know, to warn about a likely typing error. The API alone decides what exists.

/// Ids of the `Model` union of the official SDK 1.11.0, in its order, read 2026-11-18.
pub const KNOWN: &[&str] = &[
    "claude-fable-5-2",
    "claude-mythos-5-2",
    "claude-haiku-5-5",
    "claude-sonnet-5-5",
    "claude-fable-5-1",
    "claude-opus-5-5",
    "claude-mythos-5-1",
    "claude-sonnet-5",
    "claude-fable-5",
    "claude-mythos-5",
    "claude-opus-5",
    "claude-opus-4-8",
    "claude-opus-4-7",
    "claude-mythos-preview",
    "claude-opus-4-6",
    "claude-sonnet-4-6",
    "claude-haiku-4-5",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-5",
    "claude-opus-4-5-20251101",
    "claude-sonnet-4-5",
    "claude-sonnet-4-5-20250929",
];

/// Whether `model` is one of [`KNOWN`].
pub fn is_known(model: &str) -> bool {
    KNOWN.contains(&model)
}
