//! What we know of each model: one dated table, the only place to edit when a model comes or goes.
//!
//! Sources: the model pages, the lifecycle page and the thinking pages, read 2026-10-08 to 2026-11-21. A model that
//! is not here is no error: its rules are switched off and the API decides.

use crate::time::Millis;

/// The day on which this table was last read against its sources.
pub const AS_OF: Millis = day(2026, 11, 21);

/// Whether something works with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Works {
    /// It does.
    Yes,
    /// It is refused.
    No,
    /// It does while effort is `high` or less.
    UpToHigh,
    /// It does unless thinking is `enabled`.
    UnlessManual,
    /// Nobody has told us.
    Unknown,
}

/// When a model ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// No day is announced.
    Open,
    /// It ends on this day, as announced.
    On(Millis),
    /// It was announced to end on this day and is still in the official SDK: perhaps for some.
    Said(Millis),
}

/// What a model takes.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The ids it goes by; the last is the one the API's replies show.
    pub ids: &'static [&'static str],
    /// Most tokens of output.
    pub max_output: u32,
    /// Whether the beta `output-300k-2026-03-24` raises that to 300,000.
    pub raised: Works,
    /// Tokens of context.
    pub context: u32,
    /// Pixels of an image's longer side that the model sees; what is larger is made smaller, or refused on request.
    pub image_side: u32,
    /// `thinking: {"type": "adaptive"}`.
    pub adaptive: Works,
    /// `thinking: {"type": "enabled"}`.
    pub enabled: Works,
    /// `thinking: {"type": "disabled"}`.
    pub disabled: Works,
    /// `thinking: {"type": "between_tools"}`.
    pub between_tools: Works,
    /// A conversation that ends with the assistant.
    pub prefill: Works,
    /// `tool_choice` of `any` or `tool`.
    pub forced: Works,
    /// Sampling other than the default, under the version that has it.
    pub sampling: Works,
    /// `temperature` and `top_p` together, under the same version.
    pub both_samplings: Works,
    /// `inference_geo`.
    pub geo: Works,
    /// System turns in the middle of a conversation.
    pub system_turns: Works,
    /// The beta computer tools.
    pub computer: Works,
    /// Levels of effort, as bits of [`EFFORTS`]; all of them where nobody has told us.
    pub efforts: u8,
    /// When it ends.
    pub end: End,
}

/// Levels of effort, the least first.
pub const EFFORTS: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];
const UP_TO_HIGH: u8 = 0b00111;
const NO_XHIGH: u8 = 0b10111;
const EVERY: u8 = 0b11111;

use Works::{No, Unknown, UnlessManual, UpToHigh, Yes};

/// The newest generation; the others are told by how they differ.
const NEW: Model = Model {
    ids: &[],
    max_output: 128_000,
    raised: Yes,
    context: 1_000_000,
    image_side: 2576,
    adaptive: Yes,
    enabled: No,
    disabled: No,
    between_tools: No,
    prefill: No,
    forced: No,
    sampling: No,
    both_samplings: Unknown,
    geo: Yes,
    system_turns: Yes,
    computer: Yes,
    efforts: EVERY,
    end: End::Open,
};
const FABLE: Model = Model { raised: No, ..NEW };
const FIVE: Model = Model { disabled: Yes, forced: Yes, system_turns: No, ..NEW };
const FOUR_7: Model = Model { both_samplings: No, ..FIVE };
const FOUR_6: Model = Model {
    image_side: 1568,
    enabled: Yes,
    forced: UnlessManual,
    sampling: Yes,
    efforts: NO_XHIGH,
    ..FOUR_7
};
const FOUR_5: Model = Model {
    max_output: 64_000,
    raised: No,
    context: 200_000,
    adaptive: No,
    prefill: Yes,
    geo: No,
    efforts: 0,
    ..FOUR_6
};

/// Every model that may be asked for, in the order of the official SDK 1.11.0.
pub const MODELS: &[Model] = &[
    Model { ids: &["claude-fable-5-2"], raised: Unknown, system_turns: Unknown, computer: No, ..FABLE },
    Model { ids: &["claude-mythos-5-2"], raised: Unknown, system_turns: Unknown, computer: No, ..FABLE },
    // Its levels of effort are not itemised in what we read.
    Model { ids: &["claude-haiku-5-5"], disabled: UpToHigh, forced: Unknown, ..NEW },
    Model { ids: &["claude-sonnet-5-5"], between_tools: UpToHigh, computer: No, ..NEW },
    Model { ids: &["claude-fable-5-1"], ..FABLE },
    Model { ids: &["claude-opus-5-5"], ..NEW },
    Model { ids: &["claude-mythos-5-1"], ..FABLE },
    Model { ids: &["claude-sonnet-5"], ..FIVE },
    Model { ids: &["claude-fable-5"], forced: Unknown, ..FABLE },
    Model { ids: &["claude-mythos-5"], forced: Unknown, ..FABLE },
    Model { ids: &["claude-opus-5"], disabled: UpToHigh, forced: Yes, ..NEW },
    Model { ids: &["claude-opus-4-8"], system_turns: Yes, ..FOUR_7 },
    Model { ids: &["claude-opus-4-7"], ..FOUR_7 },
    Model {
        ids: &["claude-mythos-preview"],
        enabled: Yes,
        system_turns: No,
        efforts: NO_XHIGH,
        end: End::Said(day(2026, 6, 30)),
        ..FABLE
    },
    Model { ids: &["claude-opus-4-6"], ..FOUR_6 },
    Model { ids: &["claude-sonnet-4-6"], ..FOUR_6 },
    Model { ids: &["claude-haiku-4-5", "claude-haiku-4-5-20251001"], ..FOUR_5 },
    Model { ids: &["claude-opus-4-5", "claude-opus-4-5-20251101"], efforts: UP_TO_HIGH, ..FOUR_5 },
    Model {
        ids: &["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"],
        end: End::On(day(2026, 11, 30)),
        ..FOUR_5
    },
];

/// Models that are gone, and since when; ids that begin so are meant.
pub const RETIRED: &[(&str, Millis)] = &[
    ("claude-opus-4-1", day(2026, 8, 5)),
    ("claude-opus-4-2025", day(2026, 6, 15)),
    ("claude-opus-4-0", day(2026, 6, 15)),
    ("claude-sonnet-4-2025", day(2026, 6, 15)),
    ("claude-sonnet-4-0", day(2026, 6, 15)),
    ("claude-3-7-sonnet", day(2026, 2, 19)),
    ("claude-3-5-haiku", day(2026, 2, 19)),
    ("claude-3-haiku", day(2026, 4, 20)),
    ("claude-3-opus", day(2026, 1, 5)),
    ("claude-3-5-sonnet", day(2025, 10, 28)),
    ("claude-3-sonnet", day(2025, 7, 21)),
    ("claude-2", day(2025, 7, 21)),
    ("claude-1", day(2024, 11, 6)),
    ("claude-instant", day(2024, 11, 6)),
];

/// The model that goes by `id`.
pub fn find(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.ids.contains(&id))
}

/// When the model that went by `id` was retired.
pub fn retired(id: &str) -> Option<Millis> {
    RETIRED.iter().find(|(start, _)| id.starts_with(start)).map(|&(_, on)| on)
}

/// Every id that may be asked for.
pub fn known() -> impl Iterator<Item = &'static str> {
    MODELS.iter().flat_map(|model| model.ids).copied()
}

impl Model {
    /// The id that the API's replies show.
    pub fn name(&self) -> &'static str {
        self.ids.last().copied().unwrap_or_default()
    }
}

/// Midnight (UTC) of a day of the Gregorian calendar.
const fn day(year: u64, month: u64, day: u64) -> Millis {
    // Years begin in March here, so that the odd day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Millis::new((days - 719_468) * 86_400_000)
}

/// The day of `at`, as `2026-11-30`.
pub fn date(at: Millis) -> String {
    let days = at.get() / 86_400_000 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_are_each_of_one_model() {
        let ids: std::collections::BTreeSet<_> = known().collect();
        assert_eq!(ids.len(), known().count());
        assert_eq!(find("claude-haiku-4-5").unwrap().name(), "claude-haiku-4-5-20251001");
        assert!(find("claude-opus-5-20260723").is_none() && retired("claude-opus-5").is_none());
        assert_eq!(retired("claude-3-opus-20240229"), Some(day(2026, 1, 5)));
        assert!(known().all(|id| retired(id).is_none()));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!((day(1970, 1, 1).get(), day(2000, 3, 1).get()), (0, 951_868_800_000));
        for (year, month, of_month) in [(2026, 11, 30), (2024, 2, 29), (2000, 12, 31), (1970, 1, 1)] {
            assert_eq!(date(day(year, month, of_month)), format!("{year:04}-{month:02}-{of_month:02}"));
        }
    }
}
