// What a relay is made with, checked once.
import { BatchwiseError } from "../errors.js";

/** Options of a relay. */
export interface RelayOptions {
  /** The key it calls the API with. Null: it holds none, and passes on the `x-api-key` that each caller sends. */
  readonly apiKey: string | null;
  /** Sent as Bearer in place of a key, where `apiKey` is null. */
  readonly authToken?: string | undefined;
  /** Default https://api.anthropic.com. Must be https, or http on this machine. */
  readonly baseURL?: string | undefined;
  /** Origins of pages that may call it from elsewhere, such as `https://batch.example`. Pages it is served with may always. */
  readonly allowOrigins?: readonly string[] | undefined;
  /**
   * Host names it answers to, such as `relay.example`. Default: those of `allowOrigins` and this machine's own; with an
   * `accessToken` every one.
   */
  readonly allowHosts?: readonly string[] | undefined;
  /** What callers must send as `Authorization: Bearer …`. Without one the relay answers this machine alone. */
  readonly accessToken?: string | undefined;
  /** The longest body it takes: what its host takes, or less. Announced, so that callers plan by it. Default 256,000,000. */
  readonly maxBodyBytes?: number | undefined;
  /** Where it is mounted, such as `/api/anthropic`. Default: the root. */
  readonly basePath?: string | undefined;
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch | undefined;
}

/** The options, complete. */
export interface Terms {
  readonly apiKey: string | null;
  readonly authToken: string | null;
  readonly baseURL: string;
  readonly origins: ReadonlySet<string>;
  /** Null: every host will do. */
  readonly hosts: ReadonlySet<string> | null;
  readonly accessToken: string | null;
  readonly maxBodyBytes: number;
  readonly basePath: string;
  readonly fetch: typeof fetch;
}

/** The API's own limit. */
const MOST_BYTES = 256_000_000;
/** What may stand in a header, and no blank: a key that was pasted with its line end would fail at every call. */
const HEADER_VALUE = /^[\x21-\x7e]+$/;
const NAMES: ReadonlySet<string> = new Set<keyof RelayOptions>([
  "apiKey",
  "authToken",
  "baseURL",
  "allowOrigins",
  "allowHosts",
  "accessToken",
  "maxBodyBytes",
  "basePath",
  "fetch",
]);

/** Checks the options. No message holds the value of a secret. */
export function termsOf(options: RelayOptions): Terms {
  const strange = Object.keys(options).find((name) => !NAMES.has(name));
  if (strange) throw misuse(`a relay has no option ${strange}; it has ${[...NAMES].join(", ")}`);
  const { apiKey, authToken, accessToken, maxBodyBytes = MOST_BYTES, basePath = "" } = options;
  if (apiKey !== null) secret("apiKey", apiKey);
  if (authToken !== undefined) secret("authToken", authToken);
  if (accessToken !== undefined) secret("accessToken", accessToken);
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) throw misuse("maxBodyBytes must be a whole number above 0");
  if (!/^(?:\/[\w.~-]+)*$/.test(basePath)) throw misuse("basePath begins with a slash and ends without: /api");
  const origins = new Set((options.allowOrigins ?? []).map(originOf));
  const named = options.allowHosts ?? [...origins].map((origin) => new URL(origin).host);
  const isOpen = accessToken !== undefined && options.allowHosts === undefined;
  return {
    apiKey,
    authToken: authToken ?? null,
    baseURL: upstream(options.baseURL ?? "https://api.anthropic.com"),
    origins,
    hosts: isOpen ? null : new Set(named.map((host) => host.toLowerCase())),
    accessToken: accessToken ?? null,
    maxBodyBytes: Math.min(maxBodyBytes, MOST_BYTES),
    basePath,
    fetch: options.fetch ?? ((...call) => fetch(...call)),
  };
}

/** Whether a host, with or without a port, is this machine. */
export function isThisMachine(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function secret(name: string, value: unknown): void {
  if (typeof value === "string" && HEADER_VALUE.test(value)) return;
  const hint = name === "apiKey" ? "; null where callers bring their own" : "";
  throw misuse(`${name} must be text without blanks${hint}: is the secret set?`);
}

function originOf(text: string): string {
  const url = parsed(text);
  if (url && url.origin !== "null" && url.origin === text.toLowerCase()) return url.origin;
  throw misuse("allowOrigins lists origins such as https://batch.example, without a path; * is none");
}

/** An API address that a key may be sent to; throws where it is none. */
export function upstream(text: string): string {
  const url = parsed(text.trim());
  if (!url) throw misuse("baseURL is no absolute URL; write it like https://api.anthropic.com");
  if (url.username || url.password || url.search || url.hash) {
    throw misuse("baseURL must not hold a user name, password, query or fragment");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isThisMachine(url.host))) {
    throw misuse("baseURL must be https: plain http would show the key to the network");
  }
  return url.origin + url.pathname.replace(/\/$/, "");
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function misuse(message: string): BatchwiseError {
  return new BatchwiseError("misuse/option", message);
}
