//! What is wrong with the params of a request, found while it is processed: never a reason to refuse the create.
//!
//! Written from the API's side and on its own: the engine's check is another room and may disagree.

use super::dice::whole;
use super::model::{self, Model};
use super::refusal::{ErrorKind, RowError};
use super::value::Value;

/// What the headers of the create say about all of its requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Under `2026-10-21` the sampling parameters do not exist.
    pub(super) has_sampling: bool,
    /// The beta that lifts `max_tokens`.
    pub(super) has_300k: bool,
    /// Whether any beta was named: then keys of betas are not looked at.
    pub(super) has_betas: bool,
}

/// What the rows need of a request that can be processed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) model: u8,
    pub(super) max_tokens: u32,
    /// Bytes of text in it.
    pub(super) weight: u32,
}

pub(super) type Verdict = Result<Accepted, RowError>;

/// Judges the params of one request.
pub(super) fn check(params: &Value<'_>, rules: Rules) -> Verdict {
    known_keys(params, rules)?;
    let max_tokens = max_tokens(params)?;
    messages(params)?;
    if params.get("stream") == Some(&Value::Bool(true)) {
        return refuse("\"stream=True\" is not supported in the Message Batches API");
    }
    if params.get("speed").is_some_and(|speed| *speed != Value::Null) {
        return refuse("speed: not supported in the Message Batches API");
    }
    let place = model_of(params)?;
    let Some(model) = model::at(place) else { return refuse("model: Field required") };
    let ceiling = if rules.has_300k { model.max_output_300k } else { model.max_output };
    if max_tokens > f64::from(ceiling) {
        return refuse(&format!(
            "max_tokens: {max_tokens} > {ceiling}, which is the maximum allowed number of output tokens for {}",
            model.resolved
        ));
    }
    sampling(params, model)?;
    thinking(params, model)?;
    prefill(params, model)?;
    forced_tool(params)?;
    Ok(Accepted {
        model: place,
        max_tokens: whole(max_tokens) as u32,
        weight: u32::try_from(params.weight()).unwrap_or(u32::MAX),
    })
}

fn refuse<T>(message: &str) -> Result<T, RowError> {
    Err(RowError::new(ErrorKind::InvalidRequest, message))
}

const KNOWN: [&str; 18] = [
    "model",
    "max_tokens",
    "messages",
    "system",
    "cache_control",
    "metadata",
    "stop_sequences",
    "stream",
    "thinking",
    "output_config",
    "tools",
    "tool_choice",
    "service_tier",
    "inference_geo",
    "container",
    "diagnostics",
    "speed",
    "user_profile_id",
];
const SAMPLING: [&str; 3] = ["temperature", "top_p", "top_k"];

fn known_keys(params: &Value<'_>, rules: Rules) -> Result<(), RowError> {
    for (key, _) in params.entries() {
        let key = key.as_ref();
        let sampling = SAMPLING.contains(&key);
        let allowed = KNOWN.contains(&key) || (sampling && rules.has_sampling);
        if !allowed && (sampling || !rules.has_betas) {
            return refuse(&format!("{key}: Extra inputs are not permitted"));
        }
    }
    Ok(())
}

fn max_tokens(params: &Value<'_>) -> Result<f64, RowError> {
    match params.get("max_tokens") {
        None => refuse("max_tokens: Field required"),
        Some(Value::Number(number)) if number.fract() != 0.0 => {
            refuse("max_tokens: Input should be a valid integer, got a number with a fractional part")
        }
        Some(Value::Number(number)) if *number < 1.0 => {
            refuse("max_tokens: must be greater than or equal to 1")
        }
        Some(Value::Number(number)) => Ok(*number),
        Some(_) => refuse("max_tokens: Input should be a valid integer"),
    }
}

fn messages(params: &Value<'_>) -> Result<(), RowError> {
    let Some(messages) = params.get("messages") else { return refuse("messages: Field required") };
    let Some(messages) = messages.items() else { return refuse("messages: Input should be a valid list") };
    if messages.is_empty() {
        return refuse("messages: at least one message is required");
    }
    for (index, message) in messages.iter().enumerate() {
        if !matches!(message, Value::Map(_)) {
            return refuse(&format!("messages.{index}: Input should be a valid dictionary"));
        }
        match message.get("role") {
            None => return refuse(&format!("messages.{index}.role: Field required")),
            Some(role) if !matches!(role.text(), Some("user" | "assistant" | "system")) => {
                return refuse(&format!("messages: Unexpected role at messages.{index}.role"));
            }
            Some(_) => {}
        }
        match message.get("content") {
            None => return refuse(&format!("messages.{index}.content: Field required")),
            Some(Value::Text(text)) if text.is_empty() => {
                return refuse(&format!("messages.{index}: user messages must have non-empty content"));
            }
            Some(Value::Text(_) | Value::List(_)) => {}
            Some(_) => {
                return refuse(&format!("messages.{index}.content: Input should be a valid string or list"));
            }
        }
    }
    Ok(())
}

fn model_of(params: &Value<'_>) -> Result<u8, RowError> {
    let Some(model) = params.get("model") else { return refuse("model: Field required") };
    let Some(id) = model.text() else { return refuse("model: Input should be a valid string") };
    model::find(id).ok_or_else(|| RowError::new(ErrorKind::NotFound, &format!("model: {id}")))
}

/// Reached only under `2023-06-01`: later these keys are unknown.
fn sampling(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    let number = |key: &str| params.get(key).and_then(Value::number);
    if let Some(temperature) = number("temperature") {
        if !(0.0..=1.0).contains(&temperature) {
            return refuse("temperature: range: 0..1");
        }
        if model.fixed_sampling && temperature < 1.0 {
            return refuse(&format!(
                "temperature: only the default value 1 is supported for {}",
                model.resolved
            ));
        }
        if number("top_p").is_some() {
            return refuse(
                "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
            );
        }
    }
    if model.fixed_sampling
        && (number("top_p").is_some_and(|top_p| top_p < 0.99) || number("top_k").is_some())
    {
        return refuse(&format!("top_p and top_k: only default values are supported for {}", model.resolved));
    }
    Ok(())
}

fn thinking(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    let kind = params.get("thinking").and_then(|thinking| thinking.get("type")).and_then(Value::text);
    if kind == Some("enabled") && !model.manual_thinking {
        return refuse(
            "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \
             \"output_config.effort\" to control thinking behavior.",
        );
    }
    Ok(())
}

fn prefill(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    let last = params.get("messages").and_then(Value::items).and_then(<[Value<'_>]>::last);
    let role = last.and_then(|message| message.get("role")).and_then(Value::text);
    if role == Some("assistant") && model.is_recent {
        return refuse(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    Ok(())
}

fn forced_tool(params: &Value<'_>) -> Result<(), RowError> {
    let Some(choice) = params.get("tool_choice") else { return Ok(()) };
    if choice.get("type").and_then(Value::text) != Some("tool") {
        return Ok(());
    }
    let Some(name) = choice.get("name").and_then(Value::text) else {
        return refuse("tool_choice.tool.name: Field required");
    };
    let tools = params.get("tools").and_then(Value::items).unwrap_or_default();
    if tools.iter().any(|tool| tool.get("name").and_then(Value::text) == Some(name)) {
        return Ok(());
    }
    refuse(&format!("Tool '{name}' not found in provided tools"))
}
