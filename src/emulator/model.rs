//! What the modelled API knows of models (reference of 2026-11-21). Its own table on purpose: the engine has another.

/// One model as far as a batch row can tell it from another.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "columns of a table, not states")]
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
    pub(super) adaptive_thinking: bool,
    pub(super) disabled_thinking: Disabled,
    pub(super) between_tools: bool,
    /// Whether `tool_choice` may force a tool.
    pub(super) forced_tools: bool,
    /// Whether a system turn may stand among the messages.
    pub(super) system_turns: bool,
    pub(super) efforts: &'static [&'static str],
    /// Tokens it reads at the most.
    pub(super) context: u32,
    /// Pixels of a picture's longer side that it sees.
    pub(super) image_side: u32,
    /// Whether it takes the computer tools of the betas.
    pub(super) old_computer: bool,
    /// The first millisecond on which it is gone, where that day is announced.
    pub(super) gone_ms: u64,
}

impl Model {
    /// Pictures of one request at the most.
    pub(super) const fn images(&self) -> usize {
        if self.context > 200_000 { 600 } else { 100 }
    }

    /// Pages of one document at the most.
    pub(super) const fn pages(&self) -> u32 {
        if self.context < 1_000_000 { 100 } else { 600 }
    }

    /// Whether it is of generation 4, which takes `temperature` or `top_p` but not both.
    pub(super) fn is_of_four(&self) -> bool {
        self.id.contains("-4-")
    }
}

/// When thinking can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disabled {
    Always,
    UpToHighEffort,
    Never,
}

/// 2026-11-30.
const NOVEMBER_30: u64 = 1_795_996_800_000;

const ALL: &[&str] = &["low", "medium", "high", "xhigh", "max"];
const NO_XHIGH: &[&str] = &["low", "medium", "high", "max"];
const UP_TO_HIGH: &[&str] = &["low", "medium", "high"];

/// Opus 4.8, from which the others are told by what is different.
const fn new(id: &'static str) -> Model {
    Model {
        id,
        resolved: id,
        max_output: 128_000,
        max_output_300k: 300_000,
        is_recent: true,
        fixed_sampling: true,
        manual_thinking: false,
        adaptive_thinking: true,
        disabled_thinking: Disabled::Always,
        between_tools: false,
        forced_tools: true,
        system_turns: true,
        efforts: ALL,
        context: 1_000_000,
        image_side: 2_576,
        old_computer: true,
        gone_ms: u64::MAX,
    }
}

const fn old(id: &'static str, resolved: &'static str, efforts: &'static [&'static str]) -> Model {
    Model {
        resolved,
        max_output: 64_000,
        max_output_300k: 64_000,
        is_recent: false,
        adaptive_thinking: false,
        context: 200_000,
        efforts,
        ..six(id)
    }
}

const fn six(id: &'static str) -> Model {
    Model {
        fixed_sampling: false,
        manual_thinking: true,
        system_turns: false,
        efforts: NO_XHIGH,
        image_side: 1_568,
        ..new(id)
    }
}

const fn fable(id: &'static str, forced_tools: bool) -> Model {
    Model { max_output_300k: 128_000, disabled_thinking: Disabled::Never, forced_tools, ..new(id) }
}

const MODELS: [Model; 22] = [
    Model { old_computer: false, ..fable("claude-fable-5-2", false) },
    Model { old_computer: false, ..fable("claude-mythos-5-2", false) },
    fable("claude-fable-5-1", false),
    fable("claude-mythos-5-1", false),
    fable("claude-fable-5", true),
    fable("claude-mythos-5", true),
    Model { disabled_thinking: Disabled::Never, forced_tools: false, ..new("claude-opus-5-5") },
    Model { disabled_thinking: Disabled::UpToHighEffort, ..new("claude-opus-5") },
    new("claude-opus-4-8"),
    Model { system_turns: false, ..new("claude-opus-4-7") },
    six("claude-opus-4-6"),
    Model {
        disabled_thinking: Disabled::Never,
        between_tools: true,
        forced_tools: false,
        old_computer: false,
        ..new("claude-sonnet-5-5")
    },
    Model { system_turns: false, ..new("claude-sonnet-5") },
    six("claude-sonnet-4-6"),
    Model { disabled_thinking: Disabled::UpToHighEffort, ..new("claude-haiku-5-5") },
    old("claude-haiku-4-5", "claude-haiku-4-5-20251001", &[]),
    old("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001", &[]),
    old("claude-opus-4-5", "claude-opus-4-5-20251101", UP_TO_HIGH),
    old("claude-opus-4-5-20251101", "claude-opus-4-5-20251101", UP_TO_HIGH),
    Model { gone_ms: NOVEMBER_30, ..old("claude-sonnet-4-5", "claude-sonnet-4-5-20250929", &[]) },
    Model { gone_ms: NOVEMBER_30, ..old("claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929", &[]) },
    // Withdrawn in June 2026 and still answered here, so that old scripts can be tried out.
    Model {
        manual_thinking: true,
        system_turns: false,
        efforts: NO_XHIGH,
        ..fable("claude-mythos-preview", false)
    },
];

/// The models that the API lists at a moment, each under one id.
pub(super) fn listed(now_ms: u64) -> impl Iterator<Item = &'static Model> {
    MODELS.iter().filter(move |model| model.id == model.resolved && model.gone_ms > now_ms)
}

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
