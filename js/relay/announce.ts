// What a relay says of itself, and how a page asks.
import { BatchwiseError } from "../errors.js";
import type { Terms } from "./options.js";
import { reply } from "./reply.js";
import { HELLO } from "./routes.js";

/** What a relay says of itself. */
export interface RelayHello {
  readonly name: "batchwise";
  /** Of this announcement. */
  readonly version: 1;
  /** The origin that it calls. */
  readonly upstream: string;
  /** Whether it holds a key, or passes on that of the caller. */
  readonly key: "present" | "forward";
  /** The longest body it takes: plan with it as `maxBodyBytes`. */
  readonly maxBodyBytes: number;
  readonly features: readonly string[];
  /** Its clock, in milliseconds since 1970. */
  readonly time: number;
}

/** Says what the relay is. */
export function announce({ apiKey, authToken, baseURL, maxBodyBytes }: Terms): Response {
  const hello: RelayHello = {
    name: "batchwise",
    version: 1,
    upstream: new URL(baseURL).origin,
    key: apiKey === null && authToken === null ? "forward" : "present",
    maxBodyBytes,
    features: ["batches", "models", "count_tokens"],
    time: Date.now(),
  };
  return reply(200, hello);
}

/** How a relay is asked. */
export interface AskOptions {
  readonly accessToken?: string | null | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks whether there is a relay at an address, and what it takes. Null where something else, or nothing, answers;
 * rejects where a relay refuses us.
 */
export async function askRelay(baseURL: string, options: AskOptions = {}): Promise<RelayHello | null> {
  const { accessToken, signal = null, fetch: call = fetch } = options;
  const headers: Record<string, string> = accessToken ? { authorization: `Bearer ${accessToken}` } : {};
  const url = baseURL.replace(/\/$/, "") + HELLO;
  const response = await call(url, { headers, signal, redirect: "manual" }).catch(() => null);
  const said = (await response?.json().catch(() => null)) as Record<string, unknown> | null | undefined;
  if (response?.ok) return isHello(said) ? said : null;
  const message = (said?.["error"] as { message?: unknown } | undefined)?.message;
  if (typeof message !== "string" || !message.startsWith("relay: ")) return null;
  throw new BatchwiseError(response?.status === 401 ? "auth/invalid" : "auth/forbidden", message);
}

function isHello(said: unknown): said is RelayHello {
  const { name, maxBodyBytes } = (said ?? {}) as Partial<RelayHello>;
  return name === "batchwise" && Number.isInteger(maxBodyBytes) && (maxBodyBytes as number) > 0;
}
