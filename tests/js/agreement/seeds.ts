// Valid requests, together every feature of the parameters that a batch takes. Each is mutated; see mutate.ts.
import { assistant, type Json, type Params, ten, user } from "./parts.js";
import { BETAS } from "./seed-betas.js";
import { TOOLS } from "./seed-tools.js";
import { TURNS } from "./seed-turns.js";

/** A valid request, and under what it is valid. */
export interface Seed {
  readonly name: string;
  readonly params: Params;
  /** Default: the newest. */
  readonly apiVersion?: "2023-06-01";
  readonly betas?: readonly string[];
}

const base = { model: "claude-opus-5", max_tokens: 1024, messages: [user("Say hi.")] };
const old = { ...base, model: "claude-haiku-4-5" };
const hour = { type: "ephemeral", ttl: "1h" };
const five = { type: "ephemeral", ttl: "5m" };
const weather = { name: "get_weather", input_schema: { type: "object", properties: { city: { type: "string" } } } };

const TOP: Readonly<Record<string, Json>> = {
  "the least": base,
  "system text": { ...base, system: "Be brief." },
  "system blocks": {
    ...base,
    system: [
      { type: "text", text: "Be brief.", cache_control: hour },
      { type: "text", text: "Be kind.", cache_control: { type: "ephemeral" }, citations: null },
    ],
  },
  "small things": {
    ...base,
    metadata: { user_id: "u-1" },
    stop_sequences: ["END", "###"],
    stream: false,
    service_tier: "standard_only",
    inference_geo: "global",
    diagnostics: { previous_message_id: null },
    cache_control: five,
  },
  "nulls where they are allowed": {
    ...base,
    cache_control: null,
    container: null,
    diagnostics: null,
    inference_geo: null,
    metadata: { user_id: null },
    output_config: { effort: null, format: null },
  },
  "container by id": { ...base, container: "container_01" },
  "container with skills": {
    ...base,
    container: {
      id: null,
      skills: [
        { type: "anthropic", skill_id: "pptx", version: "latest" },
        { type: "custom", skill_id: "skill_01" },
      ],
    },
  },
  "effort and format": {
    ...base,
    output_config: {
      effort: "high",
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { sentiment: { type: "string", enum: ["good", "bad"] }, score: { type: "number" } },
          required: ["sentiment"],
          additionalProperties: false,
        },
      },
    },
  },
  "adaptive thinking": { ...base, thinking: { type: "adaptive", display: "summarized" } },
  "no thinking": { ...base, thinking: { type: "disabled" }, output_config: { effort: "low" } },
  "thinking between tools": {
    ...base,
    model: "claude-sonnet-5-5",
    thinking: { type: "between_tools" },
    output_config: { effort: "medium" },
  },
  "manual thinking": {
    ...old,
    max_tokens: 4096,
    thinking: { type: "enabled", budget_tokens: 2048, display: "omitted" },
  },
  prefill: { ...old, messages: [user("Name a colour."), assistant("The colour is")] },
  "forced tool": { ...base, tools: [weather], tool_choice: { type: "tool", name: "get_weather" } },
  "any tool": { ...base, tools: [weather], tool_choice: { type: "any", disable_parallel_tool_use: true } },
  "tool at will": { ...base, tools: [weather], tool_choice: { type: "auto", disable_parallel_tool_use: false } },
  "no tool": { ...base, tools: [weather], tool_choice: { type: "none" } },
  "many turns": { ...base, messages: ten((n) => (n % 2 === 0 ? user(`Question ${n}`) : assistant(`Answer ${n}`)), 5) },
};

const SAMPLING: Readonly<Record<string, Json>> = {
  "sampling by temperature": { ...old, temperature: 0.5, top_k: 40 },
  "sampling by top_p": { ...old, top_p: 0.9 },
};

/** Every seed. */
export const SEEDS: readonly Seed[] = [
  ...Object.entries({ ...TOP, ...TURNS, ...TOOLS }).map(([name, params]) => ({ name, params: params as Params })),
  ...Object.entries(SAMPLING).map(([name, params]) => ({
    name,
    params: params as Params,
    apiVersion: "2023-06-01" as const,
  })),
  ...BETAS,
];
