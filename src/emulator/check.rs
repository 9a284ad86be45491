//! What is wrong with the params of a request, found while it is processed: never a reason to refuse the create.
//!
//! Written from the API's side and on its own: the engine's check is another room and may disagree. First the shape of
//! everything (`schema.rs`), then what a batch does not do, then what the model does not do (`model_rules.rs`), then
//! how the parts go together (`conduct.rs`). The first problem is the row's error.

use super::betas::{Beta, Betas};
use super::conduct;
use super::dice::whole;
use super::media;
use super::model::{self, Model};
use super::model_rules;
use super::refusal::{ErrorKind, RowError};
use super::schema;
use super::shape::Fault;
use super::value::Value;

/// What the headers of the create say about all of its requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Under `2023-06-01` sampling parameters exist, and some things are allowed that were later not.
    pub(super) has_sampling: bool,
    pub(super) betas: Betas,
    /// When the batch is created: models come to an end.
    pub(super) now_ms: u64,
}

/// What the rows need of a request that can be processed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) model: u8,
    pub(super) max_tokens: u32,
    /// Input tokens that it is billed for.
    pub(super) tokens: u32,
}

pub(super) type Verdict = Result<Accepted, RowError>;

/// Judges the params of one request.
pub(super) fn check(params: &Value<'_>, rules: Rules) -> Verdict {
    shape(params, rules)?;
    not_in_batches(params)?;
    let (place, model) = model_of(params, rules.now_ms)?;
    let max_tokens = max_tokens(params, model, rules)?;
    model_rules::check(params, model, max_tokens, rules)?;
    conduct::check(params, rules)?;
    let tokens = media::check(params, model)?;
    Ok(Accepted {
        model: place,
        max_tokens: whole(max_tokens) as u32,
        tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
    })
}

/// The refusal of a row.
pub(super) fn refuse<T>(message: &str) -> Result<T, RowError> {
    Err(RowError::new(ErrorKind::InvalidRequest, message))
}

impl From<Fault> for RowError {
    fn from(fault: Fault) -> Self {
        Self::new(ErrorKind::InvalidRequest, &fault.message())
    }
}

fn shape(params: &Value<'_>, rules: Rules) -> Result<(), RowError> {
    let record = if rules.has_sampling { &schema::PARAMS_2023 } else { &schema::PARAMS };
    record.check(params, false, rules.betas)?;
    if params.get("max_tokens").and_then(Value::number).is_some_and(|tokens| tokens < 1.0) {
        return refuse("max_tokens: must be greater than or equal to 1");
    }
    let messages = params.get("messages").and_then(Value::items).unwrap_or_default();
    if messages.is_empty() {
        return refuse("messages: at least one message is required");
    }
    for (index, turn) in messages.iter().enumerate() {
        self::turn(index, turn, index + 1 == messages.len(), rules)?;
    }
    Ok(())
}

fn turn(index: usize, turn: &Value<'_>, is_last: bool, rules: Rules) -> Result<(), RowError> {
    let content = match turn.get("role") {
        None => return refuse(&format!("messages.{index}.role: Field required")),
        Some(role) => match role.text() {
            Some("user" | "assistant") => &schema::CONTENT,
            Some("system") => &schema::SYSTEM_CONTENT,
            _ => return refuse(&format!("messages: Unexpected role at messages.{index}.role")),
        },
    };
    let of_system = turn.entries().iter().find(|(key, _)| key == "clear_at" || key == "output_config");
    if let Some((key, _)) = of_system.filter(|_| model_rules::role(turn) != Some("system")) {
        return refuse(&format!("messages.{index}.{key}: Extra inputs are not permitted"));
    }
    // An answer that has not begun is none.
    let may_be_empty = is_last && model_rules::role(turn) == Some("assistant");
    match turn.get("content") {
        // A system turn may be there for its settings alone.
        None if model_rules::role(turn) == Some("system")
            && [Beta::MidConfig, Beta::MidClear, Beta::MidTools]
                .iter()
                .any(|beta| rules.betas.has(Some(*beta))) =>
        {
            Ok(())
        }
        None => refuse(&format!("messages.{index}.content: Field required")),
        Some(Value::Text(text)) if text.trim().is_empty() && !(may_be_empty && text.is_empty()) => {
            refuse(&format!("messages.{index}: user messages must have non-empty content"))
        }
        Some(Value::List(blocks)) if blocks.is_empty() && !may_be_empty => {
            refuse(&format!("messages.{index}: all messages must have non-empty content"))
        }
        Some(value @ (Value::Text(_) | Value::List(_))) => {
            let placed = |fault: Fault| fault.below("content").below(index.to_string()).below("messages");
            Ok(content.check(value, rules.betas).map_err(placed)?)
        }
        Some(_) => refuse(&format!("messages.{index}.content: Input should be a valid string or list")),
    }
}

fn not_in_batches(params: &Value<'_>) -> Result<(), RowError> {
    if params.get("stream") == Some(&Value::Bool(true)) {
        return refuse("\"stream=True\" is not supported in the Message Batches API");
    }
    for key in ["speed", "fallbacks", "thread"] {
        if params.get(key).is_some_and(|value| *value != Value::Null) {
            return refuse(&format!("{key}: not supported in the Message Batches API"));
        }
    }
    Ok(())
}

fn model_of(params: &Value<'_>, now_ms: u64) -> Result<(u8, &'static Model), RowError> {
    let id = params.get("model").and_then(Value::text).unwrap_or_default();
    let found = model::find(id).and_then(|place| Some((place, model::at(place)?)));
    let found = found.filter(|(_, model)| now_ms < model.gone_ms);
    found.ok_or_else(|| RowError::new(ErrorKind::NotFound, &format!("model: {id}")))
}

fn max_tokens(params: &Value<'_>, model: &Model, rules: Rules) -> Result<f64, RowError> {
    let has_300k = rules.betas.has(Some(Beta::Output300k));
    let ceiling = if has_300k { model.max_output_300k } else { model.max_output };
    let max_tokens = params.get("max_tokens").and_then(Value::number).unwrap_or_default();
    if max_tokens > f64::from(ceiling) {
        return refuse(&format!(
            "max_tokens: {max_tokens} > {ceiling}, which is the maximum allowed number of output tokens for {}",
            model.resolved
        ));
    }
    Ok(max_tokens)
}
