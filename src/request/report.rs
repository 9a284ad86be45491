//! How the walk speaks: what is said, how severe it is, and where.

use super::check::{Depth, clip, kind};
use super::codes::ViolationCode as Code;
use super::schema::{Object, Place, Shape, Tagged, Variant};
use super::violation::{Fix, Severity, Violation};
use super::walk::Walk;
use crate::json::{Str, Token};
use crate::nearest::nearest;

use super::betas::Beta;

impl Walk<'_, '_> {
    /// Says what the API refuses for certain. The answer is there where it is kept, to add what is rare.
    pub(super) fn error(
        &mut self,
        code: Code,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<&mut Violation> {
        self.say(Severity::Error, code, at, message.into(), hint.into())
    }

    /// Says what the API may refuse.
    pub(super) fn doubt(
        &mut self,
        code: Code,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<&mut Violation> {
        self.say(Severity::Warning, code, at, message.into(), hint.into())
    }

    /// Says what the API refuses unless it is newer than this program.
    pub(super) fn stale(
        &mut self,
        code: Code,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<&mut Violation> {
        let severity = if self.terms.may_know_more() { Severity::Warning } else { Severity::Error };
        self.say(severity, code, at, message.into(), hint.into())
    }

    fn say(
        &mut self,
        severity: Severity,
        code: Code,
        at: usize,
        message: String,
        hint: String,
    ) -> Option<&mut Violation> {
        if self.depth == Depth::Placeable && !matches!(code, Code::RequestType | Code::IdMissing) {
            return None;
        }
        self.keep(severity, code, at, message, hint)
    }

    /// Says what stands in the way of placing the request, however little is checked.
    pub(super) fn unplaceable(&mut self, code: Code, at: usize, message: String, hint: &str) {
        self.keep(Severity::Error, code, at, message, hint.to_owned());
    }

    fn keep(
        &mut self,
        severity: Severity,
        code: Code,
        at: usize,
        message: String,
        hint: String,
    ) -> Option<&mut Violation> {
        if !self.found.tally(code, severity) {
            return None;
        }
        self.buffers.spots.push(at);
        let violation = Violation { severity, ..Violation::error(code, message) };
        self.found.keep(Violation { hint: Some(hint), offset: Some(at as u64), ..violation })
    }

    pub(super) fn missing(&mut self, name: &str, at: usize) {
        let said = self.error(
            Code::ParamsRequired,
            at,
            format!("{name} is missing; the API says: {name}: Field required"),
            format!("add {name:?} here"),
        );
        if let Some(violation) = said {
            violation.path = format!("/{name}");
        }
    }

    pub(super) fn repeated(&mut self, key: Str<'_>) {
        let message = format!("the key {:?} stands here twice", clip(&key.decode()));
        self.doubt(Code::JsonDuplicateKey, key.offset(), message, "keep one of them");
    }

    pub(super) fn unknown_key(&mut self, object: &Object, key: Str<'_>) {
        let name = key.decode();
        let near = nearest(clip(&name), object.fields.iter().map(|field| field.name));
        let hint = match (near, &*name) {
            (Some(near), _) => format!("did you mean {near:?}?"),
            (None, "betas") => "betas are named once for the whole batch, in the options".to_owned(),
            (None, _) => "remove it".to_owned(),
        };
        let message = format!("unknown key {:?}; the API says: Extra inputs are not permitted", clip(&name));
        if let Some(violation) = self.stale(Code::ParamsUnknownKey, key.offset(), message, hint) {
            violation.fix = Some(near.map_or(Fix::Remove, |near| Fix::Rename(near.to_owned())));
        }
    }

    pub(super) fn unknown_tag(&mut self, tagged: &Tagged, name: &str, at: usize) {
        let name = clip(name);
        let place = tagged.place as u16;
        let here = tagged.variants.iter().filter(|variant| place == 0 || variant.places & place != 0);
        let near = nearest(name, here.clone().map(|variant| variant.tag));
        let hint = match near {
            Some(near) => format!("did you mean {near:?}?"),
            None => {
                let tags: Vec<_> = here.map(|variant| variant.tag).collect();
                format!("known are {}", tags.join(", "))
            }
        };
        let message = format!("unknown {} {name:?}", tagged.key);
        if let Some(violation) = self.stale(Code::ParamsUnknownType, at, message, hint) {
            violation.fix = near.map(|near| Fix::Set(format!("{near:?}")));
        }
    }

    pub(super) fn misplaced(&mut self, place: Place, variant: &Variant, at: usize) {
        let place_name = match place {
            Place::User => "a user's turn",
            Place::Assistant => "an assistant's turn",
            Place::SystemTurn => "a system turn",
            Place::System => "the system prompt",
            Place::ToolResult => "a tool_result",
            Place::Document => "the content of a document",
            Place::SearchResult => "a search_result",
            Place::Fetched => "a fetched page",
            Place::McpResult => "an mcp_tool_result",
            Place::Anywhere => "this place",
        };
        let hint = match variant.tag {
            "tool_use" => "calls of tools belong to the assistant's turn",
            "tool_result" => "results of tools belong to the user's turn",
            _ => "move it into a turn that takes it",
        };
        self.stale(Code::MessagesRole, at, format!("{} cannot stand in {place_name}", variant.tag), hint);
    }

    pub(super) fn wrong_type(&mut self, shape: Shape, null: bool, token: Token<'_>, at: usize) {
        let wanted = match shape {
            Shape::Any => "any value",
            Shape::Text(_) | Shape::Word(_) => "a string",
            Shape::Int(..) => "a whole number",
            Shape::Num(..) => "a number",
            Shape::Bool => "true or false",
            Shape::Object(_) | Shape::Map(_) | Shape::Tagged(_) => "an object",
            Shape::List(_) => "a list",
            Shape::Either(either) if either.boolean => "true, false or a list",
            Shape::Either(either) => match (either.text, either.list, either.object) {
                (Some(_), Some(_), _) => "a string or a list",
                (Some(_), None, _) => "a string or an object",
                _ => "a list or an object",
            },
        };
        let or_null = if null { " or null" } else { "" };
        let message = format!("{wanted}{or_null} belongs here, this is {}", kind(Some(token)));
        self.error(Code::ParamsType, at, message, format!("write {wanted}"));
    }

    pub(super) fn wrong_length(&mut self, least: u32, most: u32, length: usize, at: usize) {
        let (message, hint) = if length == 0 {
            ("the text is empty".to_owned(), "fill it in or leave it out".to_owned())
        } else {
            let hint = if least == most {
                format!("write {least} characters")
            } else {
                format!("use {least} to {most} characters")
            };
            (format!("the text has {length} characters"), hint)
        };
        self.error(Code::ParamsLength, at, message, hint);
    }

    pub(super) fn wrong_count(&mut self, least: u32, most: u32, count: u32, at: usize) {
        let (message, hint) =
            (format!("the list has {count} items"), format!("{least} to {most} are allowed"));
        self.error(Code::ParamsLength, at, message, hint);
    }

    pub(super) fn needs_beta(&mut self, betas: &[Beta], name: &str, at: usize) {
        let Some(newest) = betas.first() else { return };
        if betas.iter().any(|beta| self.terms.betas.has(*beta)) {
            return;
        }
        let message = format!("{name} needs the beta {}, which the batch does not name", newest.as_str());
        let hint = format!("add {:?} to betas, or remove it", newest.as_str());
        self.stale(Code::BetaRequired, at, message, hint);
    }

    pub(super) fn gone_in_2026(&mut self, name: &str, at: usize) {
        let message =
            format!("{name}: Extra inputs are not permitted; API version 2026-10-21 has no sampling");
        let hint = "remove it, or create the batch under API version 2023-06-01";
        if let Some(violation) = self.error(Code::ParamsNotAccepted, at, message, hint) {
            violation.fix = Some(Fix::Remove);
        }
    }

    pub(super) fn perhaps_gone(&mut self, name: &str, at: usize) {
        let message = format!("{name} may not exist under this API version");
        self.doubt(Code::ParamsNotAccepted, at, message, "newer versions have no sampling");
    }
}
