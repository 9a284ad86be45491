//! The planner: one request after the other is checked, named and placed.

use std::collections::BTreeSet;

use super::id_values::{IdValue, IdValues, renamed_len};
use super::ids::Pushed;
use super::made_ids::{LONGEST_MADE_ID, made_len};
use super::pack::fits;
use super::part::{Ids, Part, Placement, PlanOptions, Validate};
use super::planned::Plan;
use super::spans::{Place, Span};
use super::twins::Twins;
use crate::cost::{Cache, Media, Work};
use crate::error::{Error, ErrorCode};
use crate::request::models::find;
use crate::request::{
    Beta, Checker, Depth, Facts, Measure, Prompt, Terms, Violation, ViolationCode as Code, Violations, trim,
};

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// In words a person can use.
    pub place: Place,
    /// Byte in the source at which its bytes begin.
    pub offset: u64,
}

/// The bytes from which a request was rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowSpan {
    /// The row's first byte in the source.
    pub offset: u64,
    /// The row's length in bytes.
    pub bytes: u32,
}

/// Takes requests one by one and ends as a [`Plan`].
///
/// Greedy and in order: a part is closed when the next request would take it past a limit, and never opened again.
#[derive(Debug)]
pub struct Planner {
    options: PlanOptions,
    plan: Plan,
    open: Measure,
    /// The first and the last request of the part that is open.
    open_ends: (u32, u32),
    twins: Option<Twins>,
    /// Ids whose first use has been reported as a duplicate already.
    reported: BTreeSet<u32>,
    /// Whether the request at hand was rendered from a row.
    rendered: bool,
    checker: Checker,
    found: Violations,
}

/// A plan that was refused, with the reasons.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// `data/invalid`, or `data/empty` for a source without requests.
    pub error: Error,
    /// Everything that was wrong.
    pub violations: Box<Violations>,
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        rejected.error
    }
}

impl Planner {
    /// A planner that has seen nothing. Options are expected to be [`PlanOptions::checked`].
    pub fn new(mut options: PlanOptions) -> Self {
        options.terms.any_id = options.ids == Ids::Made;
        let id_values = (options.ids == Ids::Made).then(IdValues::default);
        let (plan, open) = (Plan { options, id_values, ..Plan::default() }, Measure::default());
        let (checker, found) = (Checker::new(options.terms), Violations::default());
        let twins = options.dedupe.map(Twins::new);
        Self {
            options,
            plan,
            open,
            open_ends: (0, 0),
            twins,
            reported: BTreeSet::new(),
            rendered: false,
            checker,
            found,
        }
    }

    /// Checks and places the next request, whose bytes may have white space around them. `None` when it cannot be
    /// placed; why is among the violations, and nothing else has changed.
    pub fn push(&mut self, request: &[u8], origin: Origin) -> Option<Placement> {
        self.rendered = false;
        let trimmed = trim(request);
        let origin = Origin { offset: origin.offset + trimmed.start as u64, ..origin };
        let request = request.get(trimmed).unwrap_or_default();
        let source = Span { offset: origin.offset, len: request.len() as u32 };
        self.take(request, origin, source)
    }

    /// Checks and places a request that was rendered from a row: the row's place is kept, to render it again.
    pub fn push_row(&mut self, request: &[u8], place: Place, row: RowSpan) -> Option<Placement> {
        self.rendered = true;
        let source = Span { offset: row.offset, len: row.bytes };
        self.take(request, Origin { place, offset: row.offset }, source)
    }

    fn take(&mut self, request: &[u8], origin: Origin, source: Span) -> Option<Placement> {
        let depth = if self.options.validate == Validate::Off { Depth::Placeable } else { Depth::Full };
        let facts = self.checker.check(request, depth, &mut self.found);
        if !self.found.is_empty() {
            let (rendered, id) = (self.rendered, facts.custom_id.as_deref());
            let place = |violation| placed(origin, rendered, id, violation);
            self.plan.violations.take(&mut self.found, place);
        }
        let rides = self.plan.riders.len();
        let placement = self.place(&facts, request, source, origin)?;
        if self.plan.riders.len() > rides {
            self.plan.spared.add(&work(&facts, self.options.terms));
            self.plan.ceilings.push(0.0);
        } else {
            let ceiling = self.plan.estimator.add(&work(&facts, self.options.terms)).unwrap_or(f64::NAN);
            // Half the precision is enough for a limit, as long as it never rounds down.
            self.plan.ceilings.push((ceiling as f32).next_up());
        }
        self.plan.digest.push(request);
        Some(placement)
    }

    /// Records something wrong that was found before there was a request: a row, a template, the source.
    pub fn note(&mut self, violation: Violation) {
        self.plan.violations.push(violation);
    }

    /// How many requests have been placed.
    pub fn len(&self) -> u32 {
        self.plan.ids.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.plan.ids.is_empty()
    }

    /// The plan.
    ///
    /// # Errors
    /// With every violation, when there is an error among them or no request at all, unless options say to warn only.
    pub fn finish(mut self) -> Result<Plan, Rejected> {
        self.close_part();
        self.plan.riders.sort();
        let nothing_came = self.is_empty() && self.plan.violations.errors() == 0;
        if nothing_came {
            let hint = Some("check that the right file was given".to_owned());
            let message = "there is not one request in the source";
            self.note(Violation { hint, ..Violation::error(Code::SourceEmpty, message) });
        }
        let Plan { violations, .. } = &self.plan;
        if self.options.validate == Validate::Warn || violations.errors() == 0 {
            return Ok(self.plan);
        }
        let code = if nothing_came { ErrorCode::Empty } else { ErrorCode::Invalid };
        let error = Error::new(code, summary(violations));
        Err(Rejected { error, violations: Box::new(self.plan.violations) })
    }

    fn place(
        &mut self,
        facts: &Facts<'_>,
        request: &[u8],
        source: Span,
        origin: Origin,
    ) -> Option<Placement> {
        let len = request.len() as u32;
        let id = facts.custom_id.as_deref().filter(|_| facts.is_object)?;
        let value = IdValue { start: facts.id_value.0, len: facts.id_value.1 };
        let alone = Measure::default().with(self.longest(len, value));
        if !fits(alone, &self.options) {
            let (bytes, room) = (alone.body_bytes(), self.options.max_body_bytes);
            let message = format!("this request alone makes a body of {bytes} bytes, {room} are allowed");
            let hint = Some("make it smaller or leave it out".to_owned());
            self.report(origin, Some(id), Violation { hint, ..Violation::error(Code::SizeChunk, message) });
            return None;
        }
        let index = match self.plan.ids.push(id) {
            Pushed::New(index) => index,
            Pushed::Duplicate { first } => {
                self.duplicate(id, first, origin);
                return None;
            }
        };
        if let Some(values) = &mut self.plan.id_values {
            values.push(value, id.len() as u32);
        }
        if self.rendered {
            self.plan.spans.push_rendered(source, len);
        } else {
            self.plan.spans.push(source);
        }
        self.plan.places.push(origin.place);
        if let Some(leader) = self.twins.as_mut().and_then(|twins| twins.leader_of(index, request, value)) {
            self.plan.riders.push(leader, index);
            let part = self.plan.parts.partition_point(|part| part.last < leader) as u32;
            return Some(Placement { part, index });
        }
        let mut larger = self.open.with(self.sent(len, value, index));
        if self.open.count() > 0 && !fits(larger, &self.options) {
            self.close_part();
            larger = self.open.with(self.sent(len, value, index));
        }
        let first = if self.open.count() == 0 { index } else { self.open_ends.0 };
        self.open_ends = (first, index);
        self.open = larger;
        Some(Placement { part: self.plan.parts.len() as u32, index })
    }

    /// Bytes of request `index` in the part that is open.
    fn sent(&self, len: u32, value: IdValue, index: u32) -> u32 {
        match self.options.ids {
            Ids::Verbatim => len,
            Ids::Made => renamed_len(len, value, made_len(self.plan.parts.len() as u32, index)),
        }
    }

    /// Bytes of a request in whatever part it may ever be sent.
    const fn longest(&self, len: u32, value: IdValue) -> u32 {
        match self.options.ids {
            Ids::Verbatim => len,
            Ids::Made => renamed_len(len, value, LONGEST_MADE_ID),
        }
    }

    fn close_part(&mut self) {
        let count = self.open.count();
        if count > 0 {
            let index = self.plan.parts.len() as u32;
            let (first, last) = self.open_ends;
            self.plan.parts.push(Part { index, first, last, count, body_bytes: self.open.body_bytes() });
            self.open = Measure::default();
        }
    }

    /// Reports a repeated id, and with it its first use, once: both rows have to be looked at.
    fn duplicate(&mut self, id: &str, first: u32, origin: Origin) {
        let Some(earlier) = self.plan.places.get(first) else { return };
        let message = match (earlier, origin.place) {
            (Place::Line(a), Place::Line(b)) => format!("{id:?} is used by lines {a} and {b}"),
            (Place::Index(a) | Place::Line(a), Place::Index(b) | Place::Line(b)) => {
                format!("{id:?} is used by requests {a} and {b}")
            }
        };
        // Ids that are made for the wire are never seen twice there.
        let said = match self.options.ids {
            Ids::Verbatim => format!(
                "; the API says: requests: custom_id's must be unique within a batch. Duplicate custom_id found: {id}"
            ),
            Ids::Made => String::new(),
        };
        let violation = Violation {
            path: "/custom_id".to_owned(),
            hint: Some(self.way_out_of_duplicates().to_owned()),
            ..Violation::error(Code::IdDuplicate, message + &said)
        };
        if self.reported.insert(first) {
            let offset = self.plan.spans.get(first).map_or(0, |span| span.offset);
            self.report(Origin { place: earlier, offset }, Some(id), violation.clone());
        }
        self.report(origin, Some(id), violation);
    }

    /// Made ids are no way out: results are matched by the caller's own.
    const fn way_out_of_duplicates(&self) -> &'static str {
        if self.rendered {
            "name a key column with a value of its own in every row, or name none: ids are then row-1, row-2 and so on"
        } else {
            "give every request an id of its own"
        }
    }

    fn report(&mut self, origin: Origin, id: Option<&str>, violation: Violation) {
        self.note(placed(origin, self.rendered, id, violation));
    }
}

/// The violation with the place of its request.
fn placed(origin: Origin, rendered: bool, id: Option<&str>, violation: Violation) -> Violation {
    let (line, index) = match origin.place {
        Place::Line(line) => (Some(line), None),
        Place::Index(index) => (None, Some(index)),
    };
    // Lists have no bytes that the caller has seen, and in a row the request's own offsets mean nothing.
    let inside = if rendered { 0 } else { violation.offset.unwrap_or(0) };
    let offset = line.map(|_| origin.offset + inside);
    Violation { line, index, offset, custom_id: id.map(str::to_owned), ..violation }
}

/// What a request means for the bill.
fn work<'a>(facts: &'a Facts<'_>, terms: Terms) -> Work<'a> {
    let prompt = facts.prompt;
    let cache = match prompt {
        Prompt { long_cache: true, .. } => Cache::OneHour,
        Prompt { cache: true, .. } => Cache::FiveMinutes,
        _ => Cache::None,
    };
    let media = prompt.media;
    let context = || context_of(facts.model.as_deref().unwrap_or_default(), terms);
    Work {
        model: facts.model.as_deref(),
        ascii_bytes: prompt.ascii_bytes.saturating_sub(media.data_bytes),
        other_bytes: prompt.other_bytes,
        media: Media {
            pictures: u64::from(media.pictures),
            picture_tokens: media.picture_tokens,
            unseen: u64::from(media.unseen),
            pages: media.pages,
            context: (media.documents > 0).then(context),
        },
        max_tokens: facts.max_tokens,
        us_geo: facts.us_geo,
        cache,
        tools: prompt.tools,
    }
}

/// Tokens that a model reads at the most; of one that nobody knows, what the largest do.
fn context_of(model: &str, terms: Terms) -> u64 {
    let known = find(model).filter(|_| !terms.betas.has(Beta::Context1m));
    u64::from(known.map_or(1_000_000, |model| model.context))
}

/// The first error, or the cause of all, and how many more there are.
fn summary(violations: &Violations) -> String {
    let is_error = |violation: &&Violation| violation.severity == crate::request::Severity::Error;
    let is_cause = |violation: &&Violation| violation.code == Code::TemplateUnknownColumn;
    // A column that does not exist empties every row: the rest follows from it.
    let cause = violations.kept().iter().find(is_cause).or_else(|| violations.kept().iter().find(is_error));
    let Some(first) = cause else { return String::new() };
    let place = match (first.line, first.index) {
        (Some(line), _) => format!("line {line}: "),
        (None, Some(index)) => format!("request {index}: "),
        (None, None) => String::new(),
    };
    let more = match violations.errors() - 1 {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("{place}{}{more}", first.message)
}
