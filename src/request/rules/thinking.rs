//! Thinking: which kind a model has, and what does not go together with it.

use crate::json::Token;
use crate::request::betas::Beta;
use crate::request::check::clip;
use crate::request::codes::ViolationCode as Code;
use crate::request::models::{EFFORTS, Model, Works};
use crate::request::notes::Thinking;
use crate::request::rules::turns::{End, Role};
use crate::request::violation::Fix;
use crate::request::walk::Walk;

/// The place of `high` among the levels of effort.
const HIGH: usize = 2;

impl Walk<'_, '_> {
    pub(in crate::request) fn thinking(&mut self, model: Option<&Model>) {
        self.budget();
        let params = self.buffers.notes.params;
        if let Some((at, kind)) = params.thinking {
            if let Some(model) = model {
                self.kind_of_thinking(model, kind, at);
            }
            if kind == Thinking::Enabled {
                self.beside_manual(at);
            }
        }
        self.forced_tool(model);
    }

    fn kind_of_thinking(&mut self, model: &Model, kind: Thinking, at: usize) {
        let (works, word) = match kind {
            Thinking::Enabled => (model.enabled, "enabled"),
            Thinking::Adaptive => (model.adaptive, "adaptive"),
            Thinking::Disabled => (model.disabled, "disabled"),
            Thinking::BetweenTools => (model.between_tools, "between_tools"),
        };
        let name = model.name();
        match works {
            Works::No => {
                let message = match kind {
                    Thinking::Enabled => {
                        "the API says: \"thinking.type.enabled\" is not supported for this model. Use \
                         \"thinking.type.adaptive\" and \"output_config.effort\""
                            .to_owned()
                    }
                    _ => format!("{name} answers 400 to thinking of type {word}"),
                };
                let adaptive = r#"{"type":"adaptive"}"#;
                let (hint, fix) = match kind {
                    Thinking::Adaptive => ("use enabled with a budget", None),
                    _ if model.adaptive == Works::Yes => {
                        ("use adaptive", Some(Fix::Set(adaptive.to_owned())))
                    }
                    _ => ("remove it", Some(Fix::Remove)),
                };
                if let Some(violation) = self.error(Code::ThinkingMode, at, message, hint) {
                    violation.fix = fix;
                }
            }
            Works::UpToHigh => {
                let Some((effort_at, level)) = self.buffers.notes.params.effort else { return };
                if level > HIGH {
                    let level = EFFORTS.get(level).copied().unwrap_or_default();
                    let message =
                        format!("{name} takes thinking of type {word} up to effort high, not {level}");
                    let said = self.error(Code::ThinkingMode, effort_at, message, "lower effort to high");
                    if let Some(violation) = said {
                        violation.fix = Some(Fix::Set("\"high\"".to_owned()));
                    }
                }
            }
            _ => {}
        }
    }

    fn budget(&mut self) {
        let params = self.buffers.notes.params;
        let (Some((at, budget)), Some((_, most))) = (params.budget, params.max_tokens) else { return };
        if budget < most {
            return;
        }
        let message = format!("the budget of {budget} is not below max_tokens, which is {most}");
        let hint = "raise max_tokens above the budget";
        if self.terms.betas.has(Beta::InterleavedThinking) {
            self.doubt(Code::ThinkingBudget, at, message, hint);
        } else {
            self.error(Code::ThinkingBudget, at, message, hint);
        }
    }

    /// What manual thinking forbids.
    fn beside_manual(&mut self, _at: usize) {
        let params = self.buffers.notes.params;
        let off = |value: Option<(usize, f64)>, is_bad: fn(f64) -> bool| {
            value.filter(|(_, value)| is_bad(*value)).map(|(at, _)| at)
        };
        let beside = [
            (off(params.temperature, |value| value < 1.0), "temperature other than 1"),
            (off(params.top_k, |_| true), "top_k"),
            (off(params.top_p, |value| value < 0.95), "top_p below 0.95"),
        ];
        for (at, what) in beside {
            if let Some(at) = at {
                let message = format!("thinking of type enabled and {what} exclude one another");
                self.refuse(Code::ParamsConflict, at, message, "remove one of them");
            }
        }
        let turns = &self.buffers.notes.turns;
        if turns.role == Role::Assistant && turns.end == End::Own {
            let at = turns.at;
            let message = "an answer that is begun and thinking of type enabled exclude one another";
            self.error(Code::MessagesPrefill, at, message, "end with a user's turn");
        }
    }

    fn forced_tool(&mut self, model: Option<&Model>) {
        let Some(at) = self.buffers.notes.tools.forced else { return };
        let is_manual = matches!(self.buffers.notes.params.thinking, Some((_, Thinking::Enabled)));
        let auto = r#"{"type":"auto"}"#;
        match model.map(|model| (model.forced, model.name())) {
            Some((Works::No, name)) => {
                let message = format!("{name} answers 400 to a tool_choice that demands a tool");
                let hint = "use auto and ask for the tool in words";
                if let Some(violation) = self.error(Code::ToolsChoice, at, message, hint) {
                    violation.fix = Some(Fix::Set(auto.to_owned()));
                }
            }
            Some((Works::Unknown, name)) => {
                let message = format!("{name} may refuse a tool_choice that demands a tool");
                self.doubt(Code::ToolsChoice, at, message, "auto is safe");
            }
            _ if is_manual => {
                let message =
                    "thinking of type enabled and a tool_choice that demands a tool exclude one another";
                self.error(Code::ToolsChoice, at, message, "use auto, or other thinking");
            }
            _ => {}
        }
    }

    /// `display`, of which one word is a beta.
    pub(in crate::request) fn thinking_updates(&mut self, token: Token<'_>, at: usize) {
        if let Token::String(word) = token
            && word.is("updates")
        {
            self.needs_beta(&[Beta::ThinkingUpdates], clip(word.raw()), at);
        }
    }
}
