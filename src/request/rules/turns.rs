//! Turns in their order: who may follow whom, and whether every call of a tool is answered.
//!
//! Consecutive turns of one role are one turn, as the API reads them.

use crate::json::Token;
use crate::request::betas::Beta;
use crate::request::check::clip;
use crate::request::codes::ViolationCode as Code;
use crate::request::notes::{Name, Section};
use crate::request::scalars::is_blank;
use crate::request::schema::{Mark, Place};
use crate::request::walk::Walk;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::request) enum Role {
    #[default]
    Nobody,
    User,
    Assistant,
    System,
}

/// What a turn ends with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::request) enum End {
    /// Something of its own.
    #[default]
    Own,
    /// Something of a server tool's: the turn may be one that was interrupted.
    Server,
    /// What a server tool answered.
    Result,
}

/// Where a conversation stands.
#[derive(Debug, Default)]
pub(in crate::request) struct Turns {
    pub(in crate::request) role: Role,
    /// Where the turn at hand begins.
    pub(in crate::request) at: usize,
    /// Calls of the last assistant's turn, and whether each was answered.
    calls: Vec<(Name, bool)>,
    /// Whether they are in the order of their hashes.
    sorted: bool,
    unanswered: usize,
    /// A text in the user's turn at hand that came before an answer.
    text: Option<usize>,
    /// What the last block of the assistant's turn at hand is.
    pub(in crate::request) end: End,
    /// Whether the turn at hand has content, and how many wrong types there were before it.
    has_content: bool,
    wrong_types: u64,
    /// The last text of the assistant's turn at hand: its inside and length.
    pub(in crate::request) last_text: Option<(usize, usize)>,
    pub(in crate::request) first_system: Option<usize>,
}

impl Turns {
    pub(in crate::request) fn clear(&mut self) {
        let mut calls = core::mem::take(&mut self.calls);
        calls.clear();
        *self = Self { calls, ..Self::default() };
    }
}

impl Walk<'_, '_> {
    /// A turn begins.
    pub(in crate::request) fn turn(&mut self, mark: Mark, at: usize) {
        let before = core::mem::replace(&mut self.buffers.notes.turns.at, at);
        let role = match mark {
            Mark::User => Role::User,
            Mark::Assistant => Role::Assistant,
            _ => Role::System,
        };
        let last = core::mem::replace(&mut self.buffers.notes.turns.role, role);
        match (last, role) {
            (Role::System, Role::User) => {
                let message = "a system turn is the last or is followed by the assistant's";
                self.error(Code::MessagesSystem, before, message, "move it behind this user's turn");
            }
            (Role::Nobody, Role::System) => {
                let message = "a conversation does not begin with a system turn";
                self.error(Code::MessagesSystem, at, message, "put it into the parameter system");
            }
            (Role::System, Role::System) => {
                let message = "two system turns follow one another";
                self.error(Code::MessagesSystem, at, message, "make one of them");
            }
            (Role::Assistant, Role::System) if self.buffers.notes.turns.unanswered > 0 => {
                let message = "a system turn stands between a tool_use and its tool_result";
                self.error(Code::MessagesSystem, at, message, "move it behind the results");
            }
            (Role::Assistant, Role::System) if self.buffers.notes.turns.end != End::Result => {
                let message = "a system turn follows the user's, or a result of a server tool";
                self.error(Code::MessagesSystem, at, message, "move it behind the user's turn");
            }
            _ => {}
        }
        if role == Role::Assistant && last != Role::Assistant {
            self.end_of_answers();
        }
        let wrong_types = self.found.count(Code::ParamsType);
        let turns = &mut self.buffers.notes.turns;
        (turns.has_content, turns.wrong_types) = (false, wrong_types);
        match role {
            Role::System => turns.first_system = turns.first_system.or(Some(at)),
            Role::User if last != Role::User => turns.text = None,
            Role::Assistant => {
                (turns.end, turns.last_text) = (End::Own, None);
            }
            _ => {}
        }
    }

    /// A block of interest begins.
    pub(in crate::request) fn block(&mut self, mark: Mark, at: usize) {
        if !self.is_in_turn() {
            return;
        }
        self.buffers.notes.cache.last_block = None;
        let in_user = self.buffers.notes.turns.role == Role::User;
        let turns = &mut self.buffers.notes.turns;
        match mark {
            Mark::TextBlock if in_user && turns.unanswered > 0 => turns.text = turns.text.or(Some(at)),
            Mark::ServerBlock => turns.end = End::Server,
            Mark::ServerResult => turns.end = End::Result,
            _ => turns.end = End::Own,
        }
    }

    /// The content of a turn, or the text of a block.
    pub(in crate::request) fn said(&mut self, mark: Mark, token: Token<'_>, at: usize) {
        if mark == Mark::TurnText {
            self.buffers.notes.turns.has_content = true;
        }
        let Token::String(text) = token else { return };
        if mark == Mark::BlockText && self.place() != Place::Assistant {
            return;
        }
        let turns = &mut self.buffers.notes.turns;
        if turns.role == Role::Assistant {
            turns.last_text = Some((text.offset(), text.raw().len()));
        }
        if mark != Mark::TurnText {
            return;
        }
        self.buffers.notes.cache.last_block = None;
        if turns.role == Role::User && turns.unanswered > 0 {
            turns.text = turns.text.or(Some(at));
        }
        let (is_user, is_blank) = (turns.role == Role::User, is_blank(text));
        if text.raw().is_empty() || is_blank {
            let what =
                if is_blank { "the turn is nothing but white space" } else { "the turn has no content" };
            let hint = "give it a text, or leave the turn out";
            if is_user {
                self.error(Code::ParamsLength, at, what, hint);
            } else {
                self.doubt(Code::ParamsLength, at, what, hint);
            }
        }
    }

    /// A system turn that began at `at` has been read.
    pub(in crate::request) fn end_of_system_turn(&mut self, at: usize) {
        let betas = self.terms.betas;
        let amid = [Beta::TurnOutputConfig, Beta::SystemClearAt, Beta::ToolChanges, Beta::InlineTools];
        let may_be_silent = amid.into_iter().any(|beta| betas.has(beta));
        let turns = &self.buffers.notes.turns;
        if !turns.has_content && !may_be_silent && self.found.count(Code::ParamsType) == turns.wrong_types {
            self.missing("content", at);
        }
    }

    /// A call of a tool by its id, or an answer to one.
    pub(in crate::request) fn call(&mut self, mark: Mark, name: Name) {
        let place = self.place();
        let turns = &mut self.buffers.notes.turns;
        if mark == Mark::ToolUseId {
            if place == Place::Assistant {
                turns.calls.push((name, false));
                turns.sorted = false;
                turns.unanswered += 1;
            }
            return;
        }
        if place != Place::User {
            return;
        }
        if !turns.sorted {
            turns.calls.sort_unstable_by_key(|(call, _)| call.hash);
            turns.sorted = true;
        }
        let first = turns.calls.partition_point(|(call, _)| call.hash < name.hash);
        // Calls of one id, which may be refused themselves, are answered together.
        let same = turns.calls.iter_mut().skip(first).take_while(|(call, _)| call.hash == name.hash);
        let met = same.fold(None, |met, (_, answered)| {
            let open = usize::from(!core::mem::replace(answered, true));
            Some(met.unwrap_or(0) + open)
        });
        match met {
            Some(answered) => {
                turns.unanswered -= answered;
                if let Some(text) = turns.text.take() {
                    let message = "a text stands before the tool_result that is due";
                    self.error(Code::MessagesToolResult, text, message, "put results of tools first");
                }
            }
            // Of this direction the documentation says nothing, and a thread or an edit of the context may hold the call.
            None => {
                let message = "no tool_use of the turn before has this id";
                self.doubt(
                    Code::MessagesToolResult,
                    name.at,
                    message,
                    "results follow the calls they answer",
                );
            }
        }
    }

    /// Whether the user is speaking.
    pub(in crate::request) fn is_users_turn(&self) -> bool {
        self.buffers.notes.cache.section == Section::Messages && self.buffers.notes.turns.role == Role::User
    }

    /// No more answers come to the calls that were open.
    pub(in crate::request) fn end_of_answers(&mut self) {
        let mut calls = core::mem::take(&mut self.buffers.notes.turns.calls);
        if self.buffers.notes.turns.unanswered > 0 {
            for (call, _) in calls.iter().filter(|(_, answered)| !answered) {
                let message = "no tool_result answers this tool_use in the turn after it";
                let hint = "add a tool_result with this id at the beginning of the next user's turn";
                self.error(Code::MessagesToolResult, call.at, message, hint);
            }
        }
        calls.sort_unstable_by_key(|(call, _)| (call.hash, call.at));
        for pair in calls.windows(2) {
            if let [(first, _), (again, _)] = pair
                && first.hash == again.hash
            {
                let message =
                    format!("two calls of this turn have the id {:?}", clip(&self.string_at(again.at)));
                self.doubt(Code::MessagesToolResult, again.at, message, "give each an id of its own");
            }
        }
        calls.clear();
        let turns = &mut self.buffers.notes.turns;
        (turns.calls, turns.unanswered, turns.text) = (calls, 0, None);
    }
}
