// Generated from src/ by `make generated`; do not edit.

/** Every code an error of this package can have. */
export const ERROR_CODES = [
  "misuse/option",
  "misuse/order",
  "auth/missing",
  "auth/invalid",
  "auth/forbidden",
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
  "store/snapshot",
  "wasm/start",
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
  "store/snapshot": "data",
  "wasm/start": "caller",
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
  "request/type",
  "request/unknown-key",
  "id/missing",
  "id/invalid",
  "id/duplicate",
  "params/required",
  "params/type",
  "params/max-tokens",
  "params/stream",
  "params/speed",
  "params/unknown-model",
  "size/chunk",
  "template/syntax",
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
