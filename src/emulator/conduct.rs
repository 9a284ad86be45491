//! How the parts of a request go together: turns, tools and their answers, caches, citations, output formats.
//! Reference, sections 5.1 to 5.5.

use std::collections::HashSet;

use super::betas::Beta;
use super::check::{Rules, refuse};
use super::model_rules::{kind, role, turns};
use super::refusal::RowError;
use super::strict_schema;
use super::value::Value;

pub(super) fn check(params: &Value<'_>, rules: Rules) -> Result<(), RowError> {
    let turns = turns(params);
    for (index, turn) in turns.iter().enumerate() {
        blocks_of(index, turn, rules)?;
    }
    system_turns(turns)?;
    calls(turns)?;
    tools(params)?;
    caches(params)?;
    output(params)?;
    if kind(params, "compaction").is_some() && params.get("context_management").is_some() {
        return refuse("compaction: cannot be combined with context_management");
    }
    let display = params.get("thinking").and_then(|thinking| thinking.get("display")).and_then(Value::text);
    if display == Some("updates") && !rules.betas.has(Some(Beta::ThinkingUpdates)) {
        return refuse("thinking.adaptive.display: Input should be 'summarized' or 'omitted'");
    }
    Ok(())
}

fn blocks<'v, 'a>(turn: &'v Value<'a>) -> &'v [Value<'a>] {
    turn.get("content").and_then(Value::items).unwrap_or_default()
}

fn type_of<'v>(block: &'v Value<'_>) -> Option<&'v str> {
    block.get("type")?.text()
}

fn text_at<'v>(block: &'v Value<'_>, key: &str) -> Option<&'v str> {
    block.get(key)?.text()
}

fn blocks_of(index: usize, turn: &Value<'_>, rules: Rules) -> Result<(), RowError> {
    let role = role(turn);
    for (at, block) in blocks(turn).iter().enumerate() {
        let wrong = match type_of(block) {
            Some("tool_use") if role == Some("user") => {
                "`tool_use` blocks can only be in `assistant` messages"
            }
            Some("tool_result") if role == Some("assistant") => {
                "`tool_result` blocks can only be in `user` messages"
            }
            Some("document") if role == Some("assistant") && !rules.has_sampling => {
                "`document` blocks cannot be placed directly in `assistant` messages"
            }
            Some("server_tool_use")
                if text_at(block, "name") == Some("advisor") && !rules.betas.has(Some(Beta::Advisor)) =>
            {
                "`advisor` is not a known server tool"
            }
            Some("text") if role == Some("user") && !rules.has_sampling && is_cited(block) => {
                "citations are not permitted in `user` messages"
            }
            Some("search_result") if !rules.has_sampling && inside(block).iter().any(is_cited) => {
                "citations are not permitted in `user` messages"
            }
            _ => continue,
        };
        return refuse(&format!("messages.{index}.content.{at}: {wrong}"));
    }
    Ok(())
}

fn is_cited(block: &Value<'_>) -> bool {
    block.get("citations").and_then(Value::items).is_some_and(|citations| !citations.is_empty())
}

/// The blocks inside a block.
fn inside<'v, 'a>(block: &'v Value<'a>) -> &'v [Value<'a>] {
    let holder = if type_of(block) == Some("document") { block.get("source") } else { Some(block) };
    holder.and_then(|holder| holder.get("content")).and_then(Value::items).unwrap_or_default()
}

fn system_turns(turns: &[Value<'_>]) -> Result<(), RowError> {
    for (index, _) in turns.iter().enumerate().filter(|(_, turn)| role(turn) == Some("system")) {
        let before = index.checked_sub(1).and_then(|before| turns.get(before));
        let follows = match before.map(|turn| (role(turn), blocks(turn).last().and_then(type_of))) {
            Some((Some("user"), _)) => true,
            Some((Some("assistant"), Some(last))) => last.ends_with("_tool_result"),
            _ => false,
        };
        let precedes = turns.get(index + 1).is_none_or(|turn| role(turn) == Some("assistant"));
        if !follows || !precedes {
            return refuse(&format!(
                "messages.{index}: a `system` message must follow a `user` message or a server tool result, and be last \
                 or be followed by an `assistant` message"
            ));
        }
    }
    Ok(())
}

/// Every call of a tool is answered in the user's next turn, before he says anything else. Turns of the same role
/// after one another are one.
fn calls(turns: &[Value<'_>]) -> Result<(), RowError> {
    let mut open: Vec<&str> = Vec::new();
    let mut index = 0;
    for run in turns.chunk_by(|one, next| role(one) == role(next)) {
        let all = || run.iter().flat_map(blocks);
        let answers: HashSet<_> = all()
            .take_while(|block| type_of(block) == Some("tool_result"))
            .filter_map(|block| text_at(block, "tool_use_id"))
            .collect();
        if let Some(id) = open.iter().find(|&id| !answers.contains(id)) {
            return refuse(&format!(
                "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {id}"
            ));
        }
        for block in all().filter(|block| type_of(block) == Some("tool_result")) {
            let id = text_at(block, "tool_use_id").unwrap_or_default();
            if !open.contains(&id) {
                return refuse(&format!(
                    "messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {id}"
                ));
            }
        }
        open = all()
            .filter(|block| type_of(block) == Some("tool_use"))
            .filter_map(|block| text_at(block, "id"))
            .collect();
        let ids: HashSet<_> = open.iter().collect();
        if ids.len() < open.len() {
            return refuse(&format!("messages.{index}: `tool_use` ids must be unique"));
        }
        index += run.len();
    }
    match open.first() {
        Some(id) => refuse(&format!(
            "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {id}"
        )),
        None => Ok(()),
    }
}

fn tools(params: &Value<'_>) -> Result<(), RowError> {
    let tools = params.get("tools").and_then(Value::items).unwrap_or_default();
    let mut names = HashSet::new();
    for (index, tool) in tools.iter().enumerate() {
        if text_at(tool, "name").is_some_and(|name| !names.insert(name)) {
            return refuse("tools: Tool names must be unique.");
        }
        let is_set = |key: &str| tool.get(key).is_some_and(|domains| *domains != Value::Null);
        if is_set("allowed_domains") && is_set("blocked_domains") {
            return refuse(&format!(
                "tools.{index}: only one of allowed_domains and blocked_domains may be given"
            ));
        }
    }
    match kind(params, "tool_choice") {
        Some("any") if tools.is_empty() => refuse("tool_choice.any: tools must be given"),
        Some("tool") => {
            let name =
                params.get("tool_choice").and_then(|choice| text_at(choice, "name")).unwrap_or_default();
            if names.contains(name) {
                return Ok(());
            }
            refuse(&format!("Tool '{name}' not found in provided tools"))
        }
        _ => Ok(()),
    }
}

/// At most four breakpoints, those of an hour before those of five minutes.
fn caches(params: &Value<'_>) -> Result<(), RowError> {
    let items = |key: &str| params.get(key).and_then(Value::items).unwrap_or_default().iter();
    let holders = items("tools").chain(items("system")).chain(turns(params).iter().flat_map(blocks));
    let mut lives = Vec::new();
    for holder in holders {
        lives.extend(inside(holder).iter().chain([holder]).filter_map(is_hour));
    }
    if let Some(automatic) = is_hour(params) {
        // It goes on the last block; a turn that is a string has one without a breakpoint of its own.
        match turns(params).last().and_then(|turn| blocks(turn).last()).and_then(is_hour) {
            Some(last) if last != automatic => {
                return refuse("cache_control: conflicts with the ttl of the last block's own cache_control");
            }
            Some(_) => {}
            None => lives.push(automatic),
        }
    }
    if lives.len() > 4 {
        return refuse(&format!(
            "A maximum of 4 blocks with cache_control may be provided. Found {}.",
            lives.len()
        ));
    }
    if lives.is_sorted_by(|one, next| one >= next) {
        return Ok(());
    }
    refuse("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block")
}

/// Whether a breakpoint here lasts an hour; nothing where there is none.
fn is_hour(holder: &Value<'_>) -> Option<bool> {
    let cache = holder.get("cache_control").filter(|cache| **cache != Value::Null)?;
    Some(cache.get("ttl").and_then(Value::text) == Some("1h"))
}

/// Output in a form, by tools or as a whole.
fn output(params: &Value<'_>) -> Result<(), RowError> {
    let tools = params.get("tools").and_then(Value::items).unwrap_or_default();
    let is_strict = |tool: &&Value<'_>| tool.get("strict") == Some(&Value::Bool(true));
    if tools.iter().filter(is_strict).count() > 20 {
        return refuse("tools: at most 20 tools may be strict");
    }
    let config = params.get("output_config").and_then(|config| config.get("format"));
    let format = config.or_else(|| params.get("output_format")).and_then(|format| format.get("schema"));
    let of_tools = tools.iter().filter(is_strict).filter_map(|tool| tool.get("input_schema"));
    let mut size = strict_schema::Size::default();
    for schema in of_tools.chain(format) {
        if let Some(why) = strict_schema::problem(schema) {
            return refuse(&format!("output schema: {why}"));
        }
        size.add(schema);
    }
    if size.is_too_complex() {
        return refuse("Schema is too complex for compilation.");
    }
    if format.is_none() {
        return Ok(());
    }
    if turns(params).last().and_then(role) == Some("assistant") {
        return refuse("output_config.format: incompatible with assistant message prefill");
    }
    let wants_citations = |block: &Value<'_>| {
        let citations = block.get("citations").and_then(|citations| citations.get("enabled"));
        citations == Some(&Value::Bool(true))
    };
    if turns(params).iter().flat_map(blocks).any(wants_citations) {
        return refuse("output_config.format: incompatible with citations");
    }
    Ok(())
}
