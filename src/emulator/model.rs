//! What the modelled API knows of models (reference of 2026-11-21). Its own table on purpose: the engine has another.

/// One model as far as a batch row can tell it from another.
#[derive(Debug)]
pub(super) struct Model {
    /// The id that a request may name.
    pub(super) id: &'static str,
    /// The id that the reply shows: before 4.6 the dated one.
    pub(super) resolved: &'static str,
    pub(super) max_output: u32,
    /// The ceiling under the beta `output-300k-2026-03-24`.
    pub(super) max_output_300k: u32,
    /// From 4.6 on: no prefill, and rows name their geography.
    pub(super) is_recent: bool,
    /// From 4.7 on (and the 5 family) sampling parameters take only their default.
    pub(super) fixed_sampling: bool,
    /// Whether `thinking: {"type": "enabled"}` is understood.
    pub(super) manual_thinking: bool,
}

const fn old(id: &'static str, resolved: &'static str) -> Model {
    let (max_output, max_output_300k) = (64_000, 64_000);
    let (is_recent, fixed_sampling, manual_thinking) = (false, false, true);
    Model { id, resolved, max_output, max_output_300k, is_recent, fixed_sampling, manual_thinking }
}

const fn new(id: &'static str, max_output_300k: u32) -> Model {
    let (resolved, max_output) = (id, 128_000);
    let (is_recent, fixed_sampling, manual_thinking) = (true, true, false);
    Model { id, resolved, max_output, max_output_300k, is_recent, fixed_sampling, manual_thinking }
}

const fn six(id: &'static str) -> Model {
    Model { fixed_sampling: false, manual_thinking: true, ..new(id, 300_000) }
}

const MODELS: [Model; 22] = [
    new("claude-fable-5-2", 128_000),
    new("claude-mythos-5-2", 128_000),
    new("claude-fable-5-1", 128_000),
    new("claude-mythos-5-1", 128_000),
    new("claude-fable-5", 128_000),
    new("claude-mythos-5", 128_000),
    new("claude-opus-5-5", 300_000),
    new("claude-opus-5", 300_000),
    new("claude-opus-4-8", 300_000),
    new("claude-opus-4-7", 300_000),
    six("claude-opus-4-6"),
    new("claude-sonnet-5-5", 300_000),
    new("claude-sonnet-5", 300_000),
    six("claude-sonnet-4-6"),
    new("claude-haiku-5-5", 300_000),
    old("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
    old("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001"),
    old("claude-opus-4-5", "claude-opus-4-5-20251101"),
    old("claude-opus-4-5-20251101", "claude-opus-4-5-20251101"),
    old("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
    old("claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929"),
    // Withdrawn in June 2026 and still answered here, so that old scripts can be tried out.
    Model { manual_thinking: true, ..new("claude-mythos-preview", 128_000) },
];

/// The place of a model in the table.
pub(super) fn find(id: &str) -> Option<u8> {
    MODELS.iter().position(|model| model.id == id).map(|place| place as u8)
}

/// The model at a place that [`find`] gave.
pub(super) fn at(place: u8) -> Option<&'static Model> {
    MODELS.get(usize::from(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_before_4_6_resolves_to_the_dated_id_and_a_later_one_to_itself() {
        let resolved = |id: &str| find(id).and_then(at).map(|model| model.resolved);
        assert_eq!(resolved("claude-haiku-4-5"), Some("claude-haiku-4-5-20251001"));
        assert_eq!(resolved("claude-opus-5"), Some("claude-opus-5"));
        assert_eq!(resolved("claude-opus-5-20260723"), None);
    }
}
