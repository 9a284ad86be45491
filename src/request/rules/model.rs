//! What a model takes: limits, sampling, effort, geography, its own end.

use crate::nearest::nearest;
use crate::request::betas::Beta;
use crate::request::check::clip;
use crate::request::codes::ViolationCode as Code;
use crate::request::models::{self, EFFORTS, End, Model, Works};
use crate::request::rules::turns::{self, Role};
use crate::request::terms::{Terms, Version};
use crate::request::violation::{Fix, Violation};
use crate::request::walk::Walk;
use crate::time::Wait;

/// Under the beta for long output.
const RAISED: u32 = 300_000;

/// An announced end within this time is worth a word.
const SOON: Wait = Wait::hours(60 * 24);

/// Tokens that an answer of this model may have at the most, without a word of doubt.
pub(in crate::request) const fn surely_allowed(model: &Model, terms: &Terms) -> u32 {
    if terms.betas.has(Beta::Output300k) && matches!(model.raised, Works::Yes) {
        RAISED
    } else {
        model.max_output
    }
}

impl Walk<'_, '_> {
    /// Looks the model up. Where it is not one we know, that is said and its rules are off.
    pub(in crate::request) fn look_up(&mut self, id: &str, at: usize) {
        let known = models::find(id);
        self.buffers.notes.params.known = known;
        if let Some(model) = known {
            self.end_of(model, at);
            return;
        }
        let id = clip(id);
        if let Some(on) = models::retired(id).filter(|on| *on <= self.terms.today) {
            let message = format!("{id} was retired on {}", models::date(on));
            let hint = "choose a current model; the API answers not_found_error";
            self.error(Code::ModelRetired, at, message, hint);
            return;
        }
        let near = nearest(id, models::known());
        let hint = match near {
            Some(near) => format!("did you mean {near:?}? The API decides"),
            None => "look at the spelling; the API decides".to_owned(),
        };
        let message = format!("{id:?} is not a model we know");
        if let Some(violation) = self.doubt(Code::ParamsModel, at, message, hint) {
            violation.fix = near.map(|near| Fix::Set(format!("{near:?}")));
        }
    }

    fn end_of(&mut self, model: &Model, at: usize) {
        let (on, is_certain) = match model.end {
            End::Open => return,
            End::On(on) => (on, true),
            End::Said(on) => (on, false),
        };
        let (name, day, today) = (model.name(), models::date(on), self.terms.today);
        if today >= on && is_certain {
            let message = format!("{name} was retired on {day}");
            self.error(
                Code::ModelRetired,
                at,
                message,
                "choose a current model; the API answers not_found_error",
            );
        } else if today >= on {
            let message = format!("{name} was to be retired on {day}");
            self.doubt(Code::ModelRetired, at, message, "choose a current model");
        } else if today.until(on) <= SOON {
            let message = format!("{name} will be retired on {day}");
            self.doubt(Code::ModelRetiring, at, message, "move to a current model before that day");
        }
    }

    pub(in crate::request) fn limits_of(&mut self, model: &Model) {
        self.most_tokens(model);
        let params = self.buffers.notes.params;
        let name = model.name();
        if let Some((at, level)) = params.effort
            && model.efforts & 1 << level == 0
        {
            let (hint, fix) = match model.efforts {
                0 => ("this model has no effort".to_owned(), Fix::Remove),
                efforts => {
                    let levels: Vec<_> = (0..)
                        .zip(EFFORTS)
                        .filter(|(n, _)| efforts & 1 << n != 0)
                        .map(|(_, level)| level)
                        .collect();
                    (format!("use {}", levels.join(", ")), Fix::Set("\"high\"".to_owned()))
                }
            };
            let level = EFFORTS.get(level).copied().unwrap_or_default();
            let message = format!("{name} answers 400 to effort {level:?}");
            if let Some(violation) = self.error(Code::ParamsNotAccepted, at, message, hint) {
                violation.fix = Some(fix);
            }
        }
        if let Some(at) = params.geo.filter(|_| model.geo == Works::No) {
            let message = format!("{name} answers 400 to inference_geo");
            self.refuse(Code::ParamsNotAccepted, at, message, "models from 4.6 on have it");
        }
        let hint = "put it into the parameter system";
        match (self.buffers.notes.turns.first_system, model.system_turns) {
            (Some(at), Works::No) => {
                self.error(Code::MessagesSystem, at, format!("{name} takes no system turns"), hint);
            }
            (Some(at), Works::Unknown) => {
                let message = format!("nobody has said that {name} takes system turns");
                self.doubt(Code::MessagesSystem, at, message, hint);
            }
            _ => {}
        }
        if let Some(at) = self.buffers.notes.tools.computer.filter(|_| model.computer == Works::No) {
            let message = format!("{name} does not take this computer tool");
            self.error(Code::ParamsNotAccepted, at, message, "use computer_toolset_20260801");
        }
    }

    fn most_tokens(&mut self, model: &Model) {
        let Some((at, tokens)) = self.buffers.notes.params.max_tokens else { return };
        let has_beta = self.terms.betas.has(Beta::Output300k);
        let raised = has_beta && matches!(model.raised, Works::Yes | Works::Unknown);
        let most = if raised { RAISED } else { model.max_output };
        let name = model.name();
        if tokens > f64::from(most) {
            let message = format!(
                "the API says: max_tokens: {tokens} > {most}, which is the maximum allowed number of output tokens for \
                 {name}"
            );
            let hint = if model.raised == Works::Yes && !has_beta && tokens <= f64::from(RAISED) {
                format!("largest allowed: {most}; 300000 with the beta {}", Beta::Output300k.as_str())
            } else {
                format!("largest allowed: {most}")
            };
            if let Some(violation) = self.error(Code::ParamsMaxTokens, at, message, hint) {
                violation.fix = Some(Fix::Set(most.to_string()));
            }
        } else if raised && model.raised == Works::Unknown && tokens > f64::from(model.max_output) {
            let message = format!("nobody has said that the beta raises the limit of {name}");
            self.doubt(Code::ParamsMaxTokens, at, message, format!("{} is safe", model.max_output));
        }
    }

    /// Sampling, where the version has it.
    pub(in crate::request) fn sampling(&mut self, model: Option<&Model>) {
        let params = self.buffers.notes.params;
        let Some(model) = model.filter(|_| self.terms.version != Version::V2026) else { return };
        let name = model.name();
        let mut no = |at: usize, message: String, hint: &str| {
            if let Some(violation) = self.by_version(Code::ParamsNotAccepted, at, message, hint) {
                violation.fix = Some(Fix::Remove);
            }
        };
        if model.sampling == Works::No {
            if let Some((at, _)) = params.temperature.filter(|(_, value)| *value < 1.0) {
                no(at, format!("{name} answers 400 to temperature other than 1"), "remove it");
            }
            if let Some((at, _)) = params.top_p.filter(|(_, value)| *value < 0.99) {
                no(at, format!("{name} answers 400 to top_p below 0.99"), "remove it");
            }
            if let Some((at, _)) = params.top_k {
                no(at, format!("{name} answers 400 to top_k"), "remove it");
            }
        }
        let message = "the API says: `temperature` and `top_p` cannot both be specified for this model";
        match (params.temperature, params.top_p) {
            (Some(_), Some((at, _))) if model.both_samplings == Works::No => {
                no(at, message.to_owned(), "use one of them");
            }
            (Some(_), Some((at, _))) => {
                let message =
                    "temperature and top_p together may be refused, as all models of generation 4 do";
                self.doubt(Code::ParamsNotAccepted, at, message, "use one of them");
            }
            _ => {}
        }
    }

    /// Conversations that end with the assistant.
    pub(in crate::request) fn prefill(&mut self, model: Option<&Model>) {
        let turns = &self.buffers.notes.turns;
        // A pause of a server tool is continued by sending back what the assistant had.
        if turns.role != Role::Assistant || turns.end != turns::End::Own {
            return;
        }
        let (at, last_text) = (turns.at, turns.last_text);
        let params = self.buffers.notes.params;
        if model.is_some_and(|model| model.prefill == Works::No) {
            let message = "the API says: This model does not support assistant message prefill. The conversation must \
                           end with a user message.";
            self.refuse(Code::MessagesPrefill, at, message.trim_end_matches('.'), "end with a user's turn");
            return;
        }
        if model.is_none() {
            let message = "the conversation ends with the assistant, which models from 4.6 on refuse";
            self.doubt(Code::MessagesPrefill, at, message, "end with a user's turn");
            return;
        }
        if let Some((at, length)) = last_text
            && self.string_at(at - 1).ends_with(char::is_whitespace)
            && length > 0
        {
            let message = "the answer that is begun ends in white space, which the API refuses";
            self.error(Code::MessagesPrefill, at - 1, message, "trim it");
        }
        if params.format.or(params.old_format).is_some() {
            let message = "an answer that is begun and output_config.format exclude one another";
            self.error(Code::MessagesPrefill, at, message, "end with a user's turn");
        }
    }

    /// Parameters that exclude one another.
    pub(in crate::request) fn exclusions(&mut self) {
        let params = self.buffers.notes.params;
        if let (Some(_), Some(at)) = (params.context_management, params.compaction) {
            let message = "compaction and context_management exclude one another";
            self.error(Code::ParamsConflict, at, message, "keep one of them");
        }
        if let (Some(_), Some(at)) = (params.format.or(params.old_format), self.buffers.notes.source.cites) {
            let message = "citations and output_config.format exclude one another";
            self.error(Code::ParamsConflict, at, message, "keep one of them");
        }
        if let (Some(_), Some(at)) = (params.format, params.old_format) {
            let message = "output_format is the old name of output_config.format";
            self.doubt(Code::ParamsConflict, at, message, "keep output_config.format");
        }
    }

    /// What a version refuses: certain under one we know.
    pub(super) fn by_version(
        &mut self,
        code: Code,
        at: usize,
        message: impl Into<String>,
        hint: &str,
    ) -> Option<&mut Violation> {
        if self.terms.version == Version::Other {
            self.doubt(code, at, message, hint)
        } else {
            self.error(code, at, message, hint)
        }
    }
}
