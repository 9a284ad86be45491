// What a request may say, and how a row is told apart. The compiler looks into what is called a `BatchRequest`; what is
// handed over as it stands may say more than these types know.
import type Anthropic from "@anthropic-ai/sdk";
import type {
  BatchRequest,
  Batchwise,
  ContentBlock,
  ContentBlockParam,
  MessageBatchIndividualResponse,
  MessageParams,
  OpenRequest,
  Source,
  ToolUnion,
} from "batchwise";
import { table } from "batchwise";

/** Compiles only where each of the two may be assigned to the other. */
type Both<A extends B, B extends C, C = A> = [A, B, C];
/** What `A` has and `any` has not: a comparison with `any` would always hold. */
type IsAny<T> = 0 extends 1 & T ? true : false;

type Sdk = Anthropic.Messages.MessageCreateParamsNonStreaming;
type Ours<K extends keyof MessageParams> = NonNullable<MessageParams[K]>;

/** Piece by piece, so that a piece that differs is named. */
export type Same = [
  Both<Sdk["messages"], MessageParams["messages"]>,
  Both<Anthropic.Messages.ContentBlockParam, ContentBlockParam>,
  Both<Anthropic.Messages.ToolUnion, ToolUnion>,
  Both<NonNullable<Sdk["system"]>, Ours<"system">>,
  Both<NonNullable<Sdk["container"]>, Ours<"container">>,
  Both<NonNullable<Sdk["thinking"]>, Ours<"thinking">>,
  Both<NonNullable<Sdk["tool_choice"]>, Ours<"tool_choice">>,
];
/** Each kind of block and tool that the official SDK knows is known here, and no other. */
export type SameKinds = [
  Both<Anthropic.Messages.ContentBlockParam["type"], ContentBlockParam["type"]>,
  Both<Anthropic.Messages.ToolUnion["type"], ToolUnion["type"]>,
];

/** `type.field` of all fields, for one that may be left out can be forgotten unseen. */
type Fields<U> = U extends { type?: infer Type } ? `${Type & string}.${keyof U & string}` : never;
type Configs<U, Type> = keyof NonNullable<Extract<U, { type: Type; configs?: unknown }>["configs"]>;
export type SameFields = [
  Both<Fields<Anthropic.Messages.ContentBlockParam>, Fields<ContentBlockParam>>,
  Both<Fields<Anthropic.Messages.ToolUnion>, Fields<ToolUnion>>,
  Both<Fields<Anthropic.Messages.ToolChoice>, Fields<Ours<"tool_choice">>>,
  Both<Fields<Anthropic.Messages.ThinkingConfigParam>, Fields<Ours<"thinking">>>,
  Both<keyof Anthropic.Messages.BrowserToolsetConfigs, Configs<ToolUnion, "browser_toolset_20260801">>,
  Both<keyof Anthropic.Messages.ComputerToolsetConfigs, Configs<ToolUnion, "computer_toolset_20260801">>,
];

export const typed: false[] = [
  false satisfies IsAny<ContentBlockParam>,
  false satisfies IsAny<ToolUnion>,
  false satisfies IsAny<Ours<"thinking" | "tool_choice" | "container">>,
];

/** What a model said goes back as it came. */
export const again = (content: ContentBlock[]): ContentBlockParam[] => content;

const base = { model: "claude-haiku-4-5", max_tokens: 8 };

export const looked: BatchRequest = {
  custom_id: "a",
  params: {
    ...base,
    system: [{ type: "text", text: "Be short.", cache_control: { type: "ephemeral", ttl: "1h" } }],
    messages: [
      { role: "user", content: [{ type: "image", source: { type: "url", url: "https://example.com/a.png" } }] },
      { role: "assistant", content: "A" },
    ],
    thinking: { type: "enabled", budget_tokens: 1024 },
    tool_choice: { type: "tool", name: "look" },
    tools: [
      { name: "look", input_schema: { type: "object", properties: {}, additionalProperties: false } },
      { type: "web_search_20260209", name: "web_search", max_uses: 2 },
    ],
  },
};

const turn = (block: ContentBlockParam): ContentBlockParam => block;
export const refused = [
  // @ts-expect-error No such kind of block.
  turn({ type: "later", words: "…" }),
  // @ts-expect-error A field that text does not have.
  turn({ type: "text", text: "a", cache_controll: null }),
  // @ts-expect-error Text without its words.
  turn({ type: "text" }),
];

const later = {
  custom_id: "b",
  params: {
    ...base,
    thinking: { type: "later" },
    tools: [{ type: "later_20300101", name: "later", depth: 3 }],
    messages: [{ role: "user" as const, content: [{ type: "later", words: "…" }] }],
  },
};
// @ts-expect-error The compiler looks into what is called a BatchRequest …
export const unknown: BatchRequest = later;
// … and lets through what is not.
export const open: OpenRequest = later;
export const sources: Source[] = [[later], [looked, later], [looked]];
export const fresh = (client: Batchwise) =>
  client.plan([
    { custom_id: "c", params: { ...base, messages: [{ role: "user", content: [{ type: "later", words: "…" }] }] } },
  ]);
export const created = (client: Batchwise) => client.messages.batches.create({ requests: [looked, later] });
export const columns = table("a\n1\n", {
  prompt: "{{a}}",
  model: "claude-haiku-4-5",
  maxTokens: 8,
  params: { tools: [{ type: "later" }] },
});
// @ts-expect-error A request needs its turns, known or not.
export const bare: OpenRequest = { custom_id: "d", params: base };

/** A row's kinds are all there are: with one more, or with one left out, this does not compile. */
export function told({ result }: MessageBatchIndividualResponse): string {
  switch (result.type) {
    case "succeeded":
      return result.message.id;
    case "errored":
      return result.error.error.type;
    case "canceled":
    case "expired":
      return result.type;
    default:
      return result satisfies never;
  }
}

// @ts-expect-error Whether there is a message shows once the kind is known.
export const hasty = ({ result }: MessageBatchIndividualResponse) => result.message;
