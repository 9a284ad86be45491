//! The words in which shapes are written.

use crate::request::betas::Beta;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(in crate::request) enum Shape {
    /// Any JSON.
    Any,
    /// A string.
    Text(&'static Text),
    /// A string out of a list.
    Word(&'static [&'static str]),
    /// A whole number from the first to the second.
    Int(i64, i64),
    /// A number from the first to the second.
    Num(f64, f64),
    /// `true` or `false`.
    Bool,
    /// An object with these fields.
    Object(&'static Object),
    /// An object with any keys and such values.
    Map(&'static Value),
    /// A list.
    List(&'static List),
    /// An object whose fields depend on one of its strings.
    Tagged(&'static Tagged),
    /// One shape or another, told by the JSON type.
    Either(&'static Either),
}

/// A shape, and whether `null` will do as well.
#[derive(Clone, Copy, Debug)]
pub(in crate::request) struct Value {
    pub shape: Shape,
    pub null: bool,
}

/// A string's bounds.
#[derive(Clone, Copy, Debug)]
pub(in crate::request) struct Text {
    pub least: u32,
    pub most: u32,
    pub format: Format,
}

/// What a string is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::request) enum Format {
    /// Anything.
    Free,
    /// Something beside white space.
    NotBlank,
    /// `^[a-zA-Z0-9_-]+$`
    Name,
    /// `^srvtoolu_[a-zA-Z0-9_]+$`
    ServerToolId,
    /// Standard base64.
    Base64,
    /// An address of the web.
    Address,
    /// A domain without a scheme, perhaps with a path.
    Domain,
    /// Two letters.
    Country,
}

/// The fields of an object.
#[derive(Debug)]
pub(in crate::request) struct Object {
    pub fields: &'static [Field],
    /// Bits of those that must be there.
    pub needed: u64,
    /// Whether other keys are nobody's business: free JSON, or a beta that we do not know well.
    pub open: bool,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(in crate::request) struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub null: bool,
    pub required: bool,
    pub gate: Gate,
    pub mark: Mark,
}

/// Under which terms something exists.
#[derive(Clone, Copy, Debug)]
pub(in crate::request) enum Gate {
    Always,
    /// With any of these betas.
    Beta(&'static [Beta]),
    /// Before version 2026-10-21.
    Before2026,
}

/// A list's items and bounds.
#[derive(Debug)]
pub(in crate::request) struct List {
    pub item: Shape,
    pub least: u32,
    pub most: u32,
    pub mark: Mark,
}

/// Objects told apart by a string of theirs.
#[derive(Debug)]
pub(in crate::request) struct Tagged {
    /// The string's key: `type` or `role`.
    pub key: &'static str,
    pub variants: &'static [Variant],
    /// What is meant where it is absent.
    pub default: Option<&'static str>,
    /// Where in the request these stand.
    pub place: Place,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::request) struct Variant {
    pub tag: &'static str,
    pub object: &'static Object,
    /// Bits of [`Place`] where it may stand.
    pub places: u16,
    pub gate: Gate,
    pub mark: Mark,
}

/// Where blocks stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(in crate::request) enum Place {
    Anywhere = 0,
    User = 1,
    Assistant = 2,
    /// A system turn.
    SystemTurn = 4,
    /// The system prompt.
    System = 8,
    ToolResult = 16,
    /// The content of a document.
    Document = 32,
    SearchResult = 64,
    /// What was fetched.
    Fetched = 128,
    McpResult = 256,
}

/// Shapes by JSON type.
#[derive(Debug)]
pub(in crate::request) struct Either {
    pub text: Option<Shape>,
    pub list: Option<&'static List>,
    pub object: Option<Shape>,
    pub boolean: bool,
}

/// What the rules want to know of a field, a list or a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[rustfmt::skip]
pub(in crate::request) enum Mark {
    None,
    // Parameters.
    Model, MaxTokens, Messages, System, Tools, Stream, Speed, Temperature, TopP, TopK, Geo, Effort, OutputFormat,
    OutputSchema, ToolChoice, ContextManagement, Compaction, OldFormat, Fallbacks, Thread, Credit, Prompt, Profile,
    // Thinking.
    Enabled, Adaptive, Disabled, BetweenTools, Budget, Updates,
    // Tools.
    Tool, ToolName, InputSchema, Strict, Toolset, ServerName, SetOfServer, ServerTool, Computer, ForcedAny, ForcedTool, ForcedName, Allowed, Blocked,
    // Turns and blocks.
    User, Assistant, SystemRole, TurnText, Content, TextBlock, BlockText, ToolUse, ToolUseId, ToolResult, ToolResultId, ServerBlock, ServerResult, Block,
    Image, Citations, Cites, Document,
    // Sources and caches.
    PictureElsewhere, DocumentElsewhere, Source, MediaType, Data, Oversized, Cache, CacheTtl,
    // A string that no rule looks into, whatever it says: the memory of requests passes over it.
    AnyText,
}

impl Field {
    pub(super) const fn or_null(self) -> Self {
        Self { null: true, ..self }
    }

    pub(super) const fn mark(self, mark: Mark) -> Self {
        Self { mark, ..self }
    }

    pub(super) const fn gate(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }
}

impl Variant {
    pub(super) const fn mark(self, mark: Mark) -> Self {
        Self { mark, ..self }
    }

    pub(super) const fn gate(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }

    pub(super) const fn at(self, places: u16) -> Self {
        Self { places, ..self }
    }
}

pub(super) const fn req(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, null: false, required: true, gate: Gate::Always, mark: Mark::None }
}

pub(super) const fn opt(name: &'static str, shape: Shape) -> Field {
    Field { required: false, ..req(name, shape) }
}

pub(super) const fn variant(tag: &'static str, object: &'static Object) -> Variant {
    Variant { tag, object, places: u16::MAX, gate: Gate::Always, mark: Mark::None }
}

#[expect(clippy::indexing_slicing, reason = "evaluated while compiling: a mistake does not compile")]
pub(super) const fn object(fields: &'static [Field]) -> Object {
    assert!(fields.len() <= 64);
    let (mut needed, mut at) = (0, 0);
    while at < fields.len() {
        needed |= (fields[at].required as u64) << at;
        at += 1;
    }
    Object { fields, needed, open: false }
}

/// An object of which we know these fields and which may have others.
pub(super) const fn open(fields: &'static [Field]) -> Object {
    Object { open: true, ..object(fields) }
}

pub(super) const fn list(item: Shape) -> List {
    List { item, least: 0, most: u32::MAX, mark: Mark::None }
}

pub(super) const fn either(
    text: Option<Shape>,
    list: Option<&'static List>,
    object: Option<Shape>,
) -> Either {
    Either { text, list, object, boolean: false }
}

pub(super) const fn tagged(variants: &'static [Variant]) -> Tagged {
    Tagged { key: "type", variants, default: None, place: Place::Anywhere }
}

const fn text(least: u32, most: u32, format: Format) -> Text {
    Text { least, most, format }
}

/// Any string.
pub(super) const TEXT: Shape = Shape::Text(&text(0, u32::MAX, Format::Free));
/// Any string but the empty one.
pub(super) const FILLED: Shape = Shape::Text(&text(1, u32::MAX, Format::Free));
/// Strings of at most so many characters; the first also with at least one.
pub(super) const UP_TO_64: Shape = Shape::Text(&text(1, 64, Format::Free));
pub(super) const UP_TO_200: Shape = Shape::Text(&text(1, 200, Format::Free));
pub(super) const UP_TO_255: Shape = Shape::Text(&text(1, 255, Format::Free));
pub(super) const UP_TO_500: Shape = Shape::Text(&text(1, 500, Format::Free));
pub(super) const UP_TO_512: Shape = Shape::Text(&text(1, 512, Format::Free));
pub(super) const AT_MOST_256: Shape = Shape::Text(&text(0, 256, Format::Free));
pub(super) const AT_MOST_512: Shape = Shape::Text(&text(0, 512, Format::Free));
pub(super) const AT_MOST_4096: Shape = Shape::Text(&text(0, 4096, Format::Free));
/// Names and ids.
pub(super) const NAME_128: Shape = Shape::Text(&text(1, 128, Format::Name));
pub(super) const NAME_256: Shape = Shape::Text(&text(1, 256, Format::Name));
pub(super) const ID: Shape = Shape::Text(&text(1, u32::MAX, Format::Name));
pub(super) const SERVER_ID: Shape = Shape::Text(&text(1, u32::MAX, Format::ServerToolId));
pub(super) const COUNTRY: Shape = Shape::Text(&text(2, 2, Format::Country));
pub(super) const ADDRESS: Shape = Shape::Text(&text(1, u32::MAX, Format::Address));
pub(super) const DOMAINS: Shape = Shape::List(&list(Shape::Text(&text(0, u32::MAX, Format::Domain))));
pub(super) const BASE64: Shape = Shape::Text(&text(1, u32::MAX, Format::Base64));
/// What a model reads: something beside white space.
pub(super) const READABLE: &Text = &text(1, u32::MAX, Format::NotBlank);
/// A whole number from 0, or from 1.
pub(super) const COUNT: Shape = Shape::Int(0, i64::MAX);
pub(super) const POSITIVE: Shape = Shape::Int(1, i64::MAX);
pub(super) const TEXTS: Shape = Shape::List(&list(TEXT));
