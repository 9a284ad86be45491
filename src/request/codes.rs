//! Every code a violation can have, once: its name, what it means, why it happens, what to do about it.
//!
//! The papers' list of errors is generated from this table.

macro_rules! codes {
    ($($name:ident = $text:literal, $title:literal, $cause:literal, $cure:literal;)*) => {
        /// The stable name of a violation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ViolationCode { $(#[doc = $title] $name,)* }

        impl ViolationCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as callers see it, for example `id/duplicate`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it means, in one sentence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// How it comes about.
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause,)* }
            }

            /// What helps.
            pub const fn cure(self) -> &'static str {
                match self { $(Self::$name => $cure,)* }
            }
        }
    };
}

codes! {
    Encoding = "data/encoding", "The bytes are not UTF-8.",
        "The file was saved in another encoding, or is no text at all.", "Save it as UTF-8.";
    Ragged = "data/ragged", "A row has more or fewer cells than the header.",
        "A delimiter or line feed stands in a cell without quotes around it.", "Quote the cell, or name the delimiter.";
    SourceEmpty = "source/empty", "There is not one request in the source.",
        "The wrong file was given, or a filter took everything.", "Look at the source.";
    JsonSyntax = "json/syntax", "The bytes are not JSON.",
        "A line was cut, or written by hand.", "Write each request as one JSON object on one line.";
    JsonValue = "json/value", "A value that JSON cannot hold: a `BigInt`, a cycle, `NaN`.",
        "The object was built with values that only JavaScript knows.", "Turn them into strings or finite numbers.";
    JsonDuplicateKey = "json/duplicate-key", "An object has the same key twice.",
        "JSON was put together from pieces. Readers take the last one, or refuse.", "Keep one of them.";
    JsonTooDeep = "json/too-deep", "Values are nested deeper than anybody needs.",
        "An object was wrapped again and again; such JSON may be refused.", "Flatten it.";
    JsonSurrogate = "json/surrogate", "A string holds half a character.",
        "A text was cut in the middle of an emoji, which JavaScript counts as two. The API refuses the whole batch for one of them.",
        "Cut texts at whole characters, or mend them with `toWellFormed()`.";
    RequestType = "request/type", "The request is no object.",
        "A line holds a list, a string or a number.", "Write `{\"custom_id\": …, \"params\": {…}}`.";
    RequestUnknownKey = "request/unknown-key", "The request has a key beside `custom_id` and `params`.",
        "A parameter stands one level too high, or a request of another API was sent.", "Move it into `params`, or remove it.";
    IdMissing = "id/missing", "The request has no `custom_id`.",
        "It is how results are matched, so the API demands one.", "Give every request an id of its own.";
    IdInvalid = "id/invalid", "The `custom_id` is not one the API takes.",
        "It is no string of 1 to 64 letters, digits, `-` and `_`. One of them refuses the whole batch.", "Use other characters, or a shorter id.";
    IdDuplicate = "id/duplicate", "The `custom_id` is used by another request too.",
        "The key column is not unique, or a file was joined twice. One of them refuses the whole batch.", "Number them.";
    ParamsRequired = "params/required", "Something that must be there is absent or empty.",
        "A field of a request, a message, a block or a tool was left out.", "Add it.";
    ParamsType = "params/type", "A value has the wrong JSON type.",
        "A number in quotes, an object where a list belongs, or null where none is taken.", "Write it as the type that the message names.";
    ParamsUnknownKey = "params/unknown-key", "A key that the API does not know; it refuses every one of them.",
        "A slip of the pen, a parameter of another API, or one that stands at the wrong level.", "Correct the name or remove the key.";
    ParamsUnknownType = "params/unknown-type", "A `type` or `role` that the API does not know.",
        "A slip of the pen, or a block or tool newer than this release.", "Correct it.";
    ParamsValue = "params/value", "A word that is not among those allowed.",
        "A slip of the pen, or a level that does not exist.", "Use one of the words that the hint lists.";
    ParamsRange = "params/range", "A number outside its range.",
        "Percentages where fractions belong, or a limit of the API that was passed.", "Choose a number in the range.";
    ParamsLength = "params/length", "A string or list that is too long or too short.",
        "An empty text, a name that is too long, a list with too many items.", "Shorten it, or fill it.";
    ParamsPattern = "params/pattern", "A string with characters that are not allowed there.",
        "A name or id with spaces, dots or other marks; a text of white space alone.", "Use the characters that the hint lists.";
    ParamsMaxTokens = "params/max-tokens", "`max_tokens` is below 1 or above what the model allows.",
        "Every model has its own limit; a batch cannot warm the cache with 0.", "Lower it, or name the beta that raises the limit.";
    ParamsStream = "params/stream", "`stream: true` does not exist in batches.",
        "The request was taken over from a streaming call.", "Remove it.";
    ParamsSpeed = "params/speed", "`speed` does not exist in batches.",
        "Fast mode is for single calls.", "Remove it.";
    ParamsBatch = "params/not-in-batches", "A parameter that batches do not take or ignore.",
        "Fallbacks, threads and credit belong to single calls.", "Remove it.";
    ParamsModel = "params/unknown-model", "The model is not one we know.",
        "A slip of the pen, or a model newer than this release. The API answers unknown ones with `not_found_error`.", "Look at the spelling; the API decides.";
    ParamsNotAccepted = "params/not-accepted", "A parameter that this model or API version does not take.",
        "Sampling, effort and geography differ from model to model and from version to version.", "Remove it, or choose another model or version.";
    ParamsConflict = "params/conflict", "Two parameters that exclude one another.",
        "Both were set where only one is allowed.", "Keep one of them.";
    BetaRequired = "beta/required", "A parameter that needs a beta which the batch does not name.",
        "Betas are headers of the whole batch; without one its parameters are unknown.", "Add the beta to `betas`, or remove the parameter.";
    BetaUnknown = "beta/unknown", "A beta or API version that we do not know.",
        "A slip of the pen, or one newer than this release. The API refuses the whole batch for an unknown one.", "Look at the spelling. What we cannot know is only warned about.";
    ModelRetired = "model/retired", "The model has been retired.",
        "The API answers it with `not_found_error`.", "Choose a current model.";
    ModelRetiring = "model/retiring", "The model will be retired soon.",
        "Its date of retirement has been announced.", "Move to a current model before that day.";
    ThinkingMode = "thinking/mode", "A kind of thinking that the model does not have.",
        "Newer models think adaptively; older ones only with a budget; some cannot stop.", "Use the kind that the hint names.";
    ThinkingBudget = "thinking/budget", "The thinking budget does not fit.",
        "It is at least 1024 and less than `max_tokens`.", "Raise `max_tokens` or lower the budget.";
    MessagesRole = "messages/role", "A block in a turn where it cannot stand.",
        "Tool calls belong to the assistant, their results to the user, texts alone to the system.", "Move it into the other turn.";
    MessagesSystem = "messages/system-turn", "A system turn where none can be.",
        "It follows a user's turn, precedes an assistant's, and not every model takes one.", "Move it, or use `system`.";
    MessagesPrefill = "messages/prefill", "The conversation ends with the assistant, which this request does not allow.",
        "Models from 4.6 on take no prefill; older ones not with thinking or JSON output.", "End with a user's turn.";
    MessagesToolResult = "messages/tool-result", "A tool call and its result do not meet.",
        "Every `tool_use` is answered by a `tool_result` in the next turn, before any text.", "Add the result, or put it first.";
    ToolsDuplicate = "tools/duplicate-name", "Two tools have the same name.",
        "A tool was declared twice.", "Rename or remove one.";
    ToolsChoice = "tools/choice", "`tool_choice` does not fit the tools, the model or the thinking.",
        "The tool is not declared, there are none, or the model cannot be forced.", "Declare the tool, or let the model choose.";
    McpServer = "mcp/server", "The servers of the MCP connector and the toolsets for them do not match.",
        "A toolset names a server that is not declared, or two servers have one name.", "Declare each server once, under the name that its toolset uses.";
    CacheTooMany = "cache/too-many", "More than four cache breakpoints.",
        "Every `cache_control` counts: in tools, in `system`, in messages, and the automatic one.", "Keep the last four.";
    CacheConflict = "cache/conflict", "Two breakpoints of different lengths on one block.",
        "The automatic one falls on the last block, which has one of its own.", "Give both the same `ttl`, or remove one.";
    CacheOrder = "cache/order", "A breakpoint of one hour after one of five minutes.",
        "Longer ones stand first in the order tools, system, messages.", "Use `1h` for all of them; batches outlive five minutes.";
    SchemaUnsupported = "schema/unsupported", "A JSON schema uses something that structured output does not have.",
        "Only a subset can be compiled: no recursion, no ranges, no open objects.", "Take it out and say it in the description.";
    SchemaLimit = "schema/limit", "Structured outputs are too large together.",
        "At most 20 strict tools, 24 optional parameters and 16 unions.", "Make parameters required or tools plain.";
    MediaBase64 = "media/base64", "The data is not base64.",
        "A `data:` prefix, line breaks, the URL-safe alphabet, or missing padding.", "Send standard base64 and nothing else.";
    MediaType = "media/type", "The data is not of the media type that is named.",
        "The first bytes belong to another format.", "Name the type that the bytes have.";
    MediaSize = "media/size", "An image or document is too large.",
        "Images have at most 10 MB of base64.", "Make it smaller, or use the Files API.";
    MediaCount = "media/count", "More images than a request may have.",
        "At most 600, and 100 where the context is 200,000 tokens.", "Spread them over several requests.";
    MediaPixels = "media/pixels", "An image has more pixels than the API takes.",
        "A side has at most 8000 pixels, and about 2000 where a request has more than 20 images.", "Make it smaller; models see no more than about 2576 pixels a side.";
    MediaPages = "media/pages", "A PDF has more pages than a request may have.",
        "At most 600, and 100 where the context is below a million tokens.", "Send it in parts.";
    MediaEncrypted = "media/encrypted", "A PDF is encrypted.",
        "It was saved with a password, or with rights taken away.", "Save it without.";
    SizeContext = "size/context", "The prompt is longer than what the model can read at once.",
        "Its text alone has more tokens than the model's context, whatever they are counted by.", "Shorten it, cut it up, or choose a model with a larger context.";
    SizeChunk = "size/chunk", "One request alone is larger than a body may be.",
        "A body has at most 256 MB, or what was set.", "Make it smaller or leave it out.";
    TemplateUnknownColumn = "template/unknown-column", "A template names a column that the table does not have.",
        "A slip of the pen, or another table.", "Correct the name.";
    TemplateEmpty = "template/empty", "A column that a template uses is empty in this row.",
        "The table has a gap.", "Fill it in or leave the row out.";
}

#[cfg(test)]
mod tests {
    use super::ViolationCode as Code;

    #[test]
    fn every_code_is_unique_has_a_family_and_is_explained() {
        let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.contains('/')));
        for code in Code::ALL {
            for text in [code.title(), code.cause(), code.cure()] {
                assert!(text.ends_with('.') && text.len() > 5, "{}: {text}", code.as_str());
            }
        }
    }
}
