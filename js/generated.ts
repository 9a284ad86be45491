// Generated from src/ by `make generated`; do not edit.

/** Every code an error of this package can have. */
export const ERROR_CODES = [
  "misuse/option",
  "misuse/order",
  "auth/missing",
  "auth/invalid",
  "auth/forbidden",
  "auth/workspace",
  "cors/org",
  "cors/blocked",
  "data/invalid",
  "data/empty",
  "data/encoding",
  "data/ragged",
  "template/unknown-column",
  "template/syntax",
  "data/changed",
  "spend/guard",
  "spend/limit",
  "api/400",
  "api/404",
  "api/409",
  "api/413",
  "rate/429",
  "api/529",
  "api/5xx",
  "api/unexpected",
  "api/redirect",
  "send/unknown",
  "results/gone",
  "results/truncated",
  "net/connection",
  "net/timeout",
  "net/idle",
  "abort/user",
  "wait/deadline",
  "store/failed",
  "store/conflict",
  "store/damaged",
  "store/newer",
  "store/exists",
  "store/missing",
  "store/snapshot",
  "wasm/start",
  "wasm/trap",
  "internal/bug",
] as const;

/** The code of an error. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Who has to act on an error. */
export type Blame = "caller" | "data" | "server" | "network" | "us";

/** Who has to act on each error. */
export const ERROR_BLAME: Readonly<Record<ErrorCode, Blame>> = {
  "misuse/option": "caller",
  "misuse/order": "caller",
  "auth/missing": "caller",
  "auth/invalid": "caller",
  "auth/forbidden": "caller",
  "auth/workspace": "caller",
  "cors/org": "caller",
  "cors/blocked": "caller",
  "data/invalid": "data",
  "data/empty": "data",
  "data/encoding": "data",
  "data/ragged": "data",
  "template/unknown-column": "data",
  "template/syntax": "data",
  "data/changed": "data",
  "spend/guard": "caller",
  "spend/limit": "caller",
  "api/400": "server",
  "api/404": "server",
  "api/409": "server",
  "api/413": "server",
  "rate/429": "server",
  "api/529": "server",
  "api/5xx": "server",
  "api/unexpected": "server",
  "api/redirect": "server",
  "send/unknown": "network",
  "results/gone": "server",
  "results/truncated": "network",
  "net/connection": "network",
  "net/timeout": "network",
  "net/idle": "network",
  "abort/user": "caller",
  "wait/deadline": "caller",
  "store/failed": "caller",
  "store/conflict": "caller",
  "store/damaged": "data",
  "store/newer": "caller",
  "store/exists": "caller",
  "store/missing": "caller",
  "store/snapshot": "data",
  "wasm/start": "caller",
  "wasm/trap": "us",
  "internal/bug": "us",
};

/** Every code a violation can have. */
export const VIOLATION_CODES = [
  "data/encoding",
  "data/ragged",
  "source/empty",
  "json/syntax",
  "json/value",
  "json/duplicate-key",
  "json/too-deep",
  "json/surrogate",
  "request/type",
  "request/unknown-key",
  "id/missing",
  "id/invalid",
  "id/duplicate",
  "params/required",
  "params/type",
  "params/unknown-key",
  "params/unknown-type",
  "params/value",
  "params/range",
  "params/length",
  "params/pattern",
  "params/max-tokens",
  "params/stream",
  "params/speed",
  "params/not-in-batches",
  "params/unknown-model",
  "params/not-accepted",
  "params/conflict",
  "beta/required",
  "beta/unknown",
  "model/retired",
  "model/retiring",
  "thinking/mode",
  "thinking/budget",
  "messages/role",
  "messages/system-turn",
  "messages/prefill",
  "messages/tool-result",
  "tools/duplicate-name",
  "tools/choice",
  "mcp/server",
  "cache/too-many",
  "cache/conflict",
  "cache/order",
  "schema/unsupported",
  "schema/limit",
  "media/base64",
  "media/type",
  "media/size",
  "media/count",
  "media/pixels",
  "media/pages",
  "media/encrypted",
  "size/context",
  "size/chunk",
  "template/unknown-column",
  "template/empty",
] as const;

/** The code of a violation. */
export type ViolationCode = (typeof VIOLATION_CODES)[number];

/** Requests in one create call at the most. */
export const MAX_REQUESTS = 100000;

/** Bytes in the body of one create call at the most. */
export const MAX_BODY_BYTES = 256000000;

/** Characters in a `custom_id` at the most. */
export const MAX_CUSTOM_ID = 64;

/** Batches in one page of the list at the most. */
export const MAX_PAGE = 1000;

/** How long results can be read, from `created_at`. */
export const RETENTION_MS = 2505600000;

/** The API version sent when none is named. */
export const API_VERSION = "2026-10-21" as const;

/** The day the price pages were read. */
export const PRICES_AS_OF = "2026-10-10" as const;

/** What a million tokens cost in a batch, in USD, at the lowest step of the model. */
export interface ModelPrice {
  readonly models: readonly string[];
  readonly input: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly asOf: string;
};

/** Every model whose price is known, the newest first. */
export const PRICES: readonly ModelPrice[] = [
  { models: ["claude-fable-5-2", "claude-mythos-5-2"], input: 4, cacheWrite5m: 5, cacheWrite1h: 8, cacheRead: 0.1, output: 20, asOf: "2026-11-16" },
  { models: ["claude-fable-5-1", "claude-mythos-5-1"], input: 5, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.125, output: 25, asOf: "2026-10-10" },
  { models: ["claude-fable-5", "claude-mythos-5"], input: 5, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.5, output: 25, asOf: "2026-10-10" },
  { models: ["claude-opus-5-5"], input: 2, cacheWrite5m: 2.5, cacheWrite1h: 4, cacheRead: 0.1, output: 10, asOf: "2026-10-10" },
  { models: ["claude-opus-5", "claude-opus-4-8", "claude-opus-4-7"], input: 2.5, cacheWrite5m: 3.125, cacheWrite1h: 5, cacheRead: 0.25, output: 12.5, asOf: "2026-10-10" },
  { models: ["claude-opus-4-6"], input: 2.5, cacheWrite5m: 3.125, cacheWrite1h: 5, cacheRead: 0.25, output: 12.5, asOf: "2026-10-10" },
  { models: ["claude-opus-4-5"], input: 2.5, cacheWrite5m: 3.125, cacheWrite1h: 5, cacheRead: 0.25, output: 12.5, asOf: "2026-10-10" },
  { models: ["claude-sonnet-5-5"], input: 1, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.05, output: 5, asOf: "2026-10-10" },
  { models: ["claude-sonnet-5"], input: 1, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1, output: 5, asOf: "2026-10-10" },
  { models: ["claude-sonnet-4-6"], input: 1.5, cacheWrite5m: 1.875, cacheWrite1h: 3, cacheRead: 0.15, output: 7.5, asOf: "2026-10-10" },
  { models: ["claude-sonnet-4-5"], input: 1.5, cacheWrite5m: 1.875, cacheWrite1h: 3, cacheRead: 0.15, output: 7.5, asOf: "2026-10-10" },
  { models: ["claude-haiku-5-5"], input: 0.05, cacheWrite5m: 0.0625, cacheWrite1h: 0.1, cacheRead: 0.005, output: 0.25, asOf: "2026-10-10" },
  { models: ["claude-haiku-4-5"], input: 0.5, cacheWrite5m: 0.625, cacheWrite1h: 1, cacheRead: 0.05, output: 2.5, asOf: "2026-10-10" },
  { models: ["claude-opus-4-1", "claude-opus-4", "claude-opus-4-0"], input: 7.5, cacheWrite5m: 9.375, cacheWrite1h: 15, cacheRead: 0.75, output: 37.5, asOf: "2026-10-10" },
  { models: ["claude-sonnet-4", "claude-sonnet-4-0"], input: 1.5, cacheWrite5m: 1.875, cacheWrite1h: 3, cacheRead: 0.15, output: 7.5, asOf: "2026-10-10" },
  { models: ["claude-3-5-haiku", "claude-haiku-3-5"], input: 0.4, cacheWrite5m: 0.5, cacheWrite1h: 0.8, cacheRead: 0.04, output: 2, asOf: "2026-10-10" },
];
