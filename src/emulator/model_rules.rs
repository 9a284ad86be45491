//! What one model takes and another does not: reference, sections 5.1, 5.2 and 5.6.

use super::betas::Beta;
use super::check::{Rules, refuse};
use super::model::{Disabled, Model};
use super::refusal::RowError;
use super::value::Value;

pub(super) fn check(
    params: &Value<'_>,
    model: &Model,
    max_tokens: f64,
    rules: Rules,
) -> Result<(), RowError> {
    sampling(params, model)?;
    effort(params, model)?;
    thinking(params, model)?;
    if kind(params, "thinking") == Some("enabled") {
        manual(params, max_tokens, rules)?;
    }
    prefill(params, model)?;
    let is_forced = matches!(kind(params, "tool_choice"), Some("any" | "tool"));
    if is_forced && !model.forced_tools {
        return refuse("tool_choice: forcing a tool is not supported for this model");
    }
    if params.get("inference_geo").is_some_and(|geo| *geo != Value::Null) && !model.is_recent {
        return refuse(&format!("inference_geo: not supported for {}", model.resolved));
    }
    let tools = params.get("tools").and_then(Value::items).unwrap_or_default();
    let is_computer = |tool: &Value<'_>| matches!(tool.get("type").and_then(Value::text), Some(kind) if kind.starts_with("computer_20"));
    if tools.iter().any(is_computer) && !model.old_computer {
        return refuse(&format!("tools: this computer tool is not supported for {}", model.resolved));
    }
    if turns(params).iter().any(|turn| role(turn) == Some("system")) && !model.system_turns {
        return refuse("messages: role 'system' is not supported on this model");
    }
    Ok(())
}

/// The `type` of a parameter that is one of several.
pub(super) fn kind<'v>(params: &'v Value<'_>, key: &str) -> Option<&'v str> {
    params.get(key)?.get("type")?.text()
}

pub(super) fn turns<'v, 'a>(params: &'v Value<'a>) -> &'v [Value<'a>] {
    params.get("messages").and_then(Value::items).unwrap_or_default()
}

pub(super) fn role<'v>(turn: &'v Value<'_>) -> Option<&'v str> {
    turn.get("role")?.text()
}

/// What the caller asks for, or nothing where he leaves it to the model.
fn effort_of<'v>(params: &'v Value<'_>) -> Option<&'v str> {
    params.get("output_config")?.get("effort")?.text()
}

/// Reached only under `2023-06-01`: later these keys are unknown.
fn sampling(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    let number = |key: &str| params.get(key).and_then(Value::number);
    if let Some(temperature) = number("temperature") {
        if model.fixed_sampling && temperature < 1.0 {
            return refuse(&format!(
                "temperature: only the default value 1 is supported for {}",
                model.resolved
            ));
        }
        if number("top_p").is_some() && model.is_of_four() {
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

fn effort(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    match effort_of(params) {
        Some(_) if model.efforts.is_empty() => refuse("This model does not support the effort parameter."),
        Some(effort) if !model.efforts.contains(&effort) => {
            refuse(&format!("output_config.effort: '{effort}' is not supported for {}", model.resolved))
        }
        _ => Ok(()),
    }
}

fn thinking(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    let is_low = !matches!(effort_of(params), Some("xhigh" | "max"));
    match kind(params, "thinking") {
        Some("enabled") if !model.manual_thinking => refuse(
            "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \
             \"output_config.effort\" to control thinking behavior.",
        ),
        Some("adaptive") if !model.adaptive_thinking => {
            refuse("adaptive thinking is not supported on this model")
        }
        Some("disabled")
            if model.disabled_thinking == Disabled::Never
                || (model.disabled_thinking == Disabled::UpToHighEffort && !is_low) =>
        {
            refuse("\"thinking.type.disabled\" is not supported for this model.")
        }
        Some("between_tools") if !(model.between_tools && is_low) => {
            refuse("\"thinking.type.between_tools\" is not supported for this model.")
        }
        _ => Ok(()),
    }
}

/// What cannot stand beside thinking with a budget.
fn manual(params: &Value<'_>, max_tokens: f64, rules: Rules) -> Result<(), RowError> {
    let number = |value: &Value<'_>, key: &str| value.get(key).and_then(Value::number);
    let budget = params.get("thinking").and_then(|thinking| number(thinking, "budget_tokens"));
    let is_spread = rules.betas.has(Some(Beta::Interleaved));
    if budget.is_some_and(|budget| budget >= max_tokens) && !is_spread {
        return refuse("`max_tokens` must be greater than `thinking.budget_tokens`.");
    }
    if number(params, "temperature").is_some_and(|temperature| temperature < 1.0) {
        return refuse("`temperature` may only be set to 1 when thinking is enabled.");
    }
    if number(params, "top_p").is_some_and(|top_p| top_p < 0.95) {
        return refuse("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
    }
    if number(params, "top_k").is_some() {
        return refuse("`top_k` must be unset when thinking is enabled.");
    }
    if turns(params).last().and_then(role) == Some("assistant") {
        return refuse("The conversation must end with a user message when thinking is enabled.");
    }
    if matches!(kind(params, "tool_choice"), Some("any" | "tool")) {
        return refuse("Thinking may not be enabled when tool_choice forces tool use.");
    }
    Ok(())
}

fn prefill(params: &Value<'_>, model: &Model) -> Result<(), RowError> {
    let Some(last) = turns(params).last().filter(|turn| role(turn) == Some("assistant")) else {
        return Ok(());
    };
    if model.is_recent {
        return refuse(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    let text = match last.get("content") {
        Some(Value::Text(text)) => Some(text.as_ref()),
        Some(Value::List(blocks)) => blocks.last().and_then(|block| block.get("text")).and_then(Value::text),
        _ => None,
    };
    if text.is_some_and(|text| text.ends_with(char::is_whitespace)) {
        return refuse("messages: final assistant content cannot end with trailing whitespace");
    }
    Ok(())
}
