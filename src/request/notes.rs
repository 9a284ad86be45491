//! What the walk keeps for rules that no single field can answer. Places, not values: nothing is copied.

use super::media::Media;
use super::models::Model;
use super::rules::Turns;

/// A number and where it stands.
pub(super) type Number = (usize, f64);

/// A string of the request: where its inside is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// By what it means, so that two spellings of one name are one.
    pub(super) hash: u64,
    /// Where its quote stands.
    pub(super) at: usize,
}

/// A kind of thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thinking {
    Enabled,
    Adaptive,
    Disabled,
    BetweenTools,
}

/// Where in the prompt something stands: tools come first, whatever the order of the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Section {
    Tools,
    System,
    Messages,
    /// The automatic breakpoint, which comes last.
    #[default]
    Params,
}

/// Breakpoints of one section.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Breakpoints {
    /// The first of five minutes.
    pub(super) short: Option<usize>,
    /// The first of an hour.
    pub(super) long: Option<usize>,
    /// The first of an hour after one of five minutes.
    pub(super) late: Option<usize>,
}

/// Everything kept of one request.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) params: Params,
    pub(super) tool_names: Vec<Name>,
    /// Servers of the MCP connector, and those that toolsets name.
    pub(super) servers: Vec<Name>,
    pub(super) sets: Vec<Name>,
    pub(super) tools: Tools,
    pub(super) cache: Cache,
    pub(super) source: Source,
    pub(super) turns: Turns,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Params {
    pub(super) known: Option<&'static Model>,
    pub(super) max_tokens: Option<Number>,
    pub(super) temperature: Option<Number>,
    pub(super) top_p: Option<Number>,
    pub(super) top_k: Option<Number>,
    pub(super) geo: Option<usize>,
    /// The level, as a place in the table of levels.
    pub(super) effort: Option<(usize, usize)>,
    pub(super) format: Option<usize>,
    pub(super) old_format: Option<usize>,
    pub(super) thinking: Option<(usize, Thinking)>,
    pub(super) budget: Option<Number>,
    pub(super) context_management: Option<usize>,
    pub(super) compaction: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tools {
    pub(super) any: bool,
    /// `any` or `tool` is chosen.
    pub(super) forced: Option<usize>,
    pub(super) forced_name: Option<Name>,
    /// Sets of tools, whose names are not in the request.
    pub(super) sets: u32,
    pub(super) strict: u32,
    pub(super) twentieth: Option<usize>,
    pub(super) computer: Option<usize>,
    /// Of the tool at hand: whether it is strict, where its schema stands, its domains.
    pub(super) is_strict: bool,
    pub(super) schema: Option<(usize, usize)>,
    pub(super) allowed: bool,
    pub(super) blocked: Option<usize>,
    /// Of all schemas: optional parameters and unions.
    pub(super) optional: u32,
    pub(super) unions: u32,
    pub(super) last_schema: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cache {
    pub(super) section: Section,
    pub(super) count: u32,
    /// Of the breakpoint at hand.
    pub(super) is_long: bool,
    pub(super) by_section: [Breakpoints; 4],
    /// Of the last block that can be cached: its own breakpoint, and whether that is of an hour.
    pub(super) last_block: Option<bool>,
    /// The automatic one.
    pub(super) automatic: Option<(usize, bool)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source {
    pub(super) media_type: Option<(usize, usize)>,
    /// Where the data's inside stands, and its length.
    pub(super) data: Option<(usize, usize)>,
    /// Whether it is written with escapes.
    pub(super) is_escaped: bool,
    /// What all of it means for the bill.
    pub(super) media: Media,
    pub(super) images: u32,
    pub(super) last_image: usize,
    /// Of the image at hand: its longer side, and whether it is refused rather than made smaller.
    pub(super) side: u32,
    pub(super) is_strict: bool,
    /// The first image of more than 2000 pixels a side.
    pub(super) large: Option<(usize, u32)>,
    /// The largest of those that must not be made smaller.
    pub(super) strict: Option<(usize, u32)>,
    /// The longest document: its pages, and whether they are certain.
    pub(super) pages: Option<(usize, u32, bool)>,
    /// Where citations are asked for.
    pub(super) cites: Option<usize>,
}

impl Notes {
    /// Forgets everything but the room it took.
    pub(super) fn clear(&mut self) {
        self.params = Params::default();
        self.tool_names.clear();
        self.servers.clear();
        self.sets.clear();
        self.tools = Tools::default();
        self.cache = Cache::default();
        self.source = Source::default();
        self.turns.clear();
    }
}
