// A client of the official SDK as the transport: its address, its credentials and how it renews them, its headers, its
// middleware, its fetch. Its repetitions are switched off: which call may be made twice is decided here.
import { BatchwiseError } from "./errors.js";

/** What is used of a client of `@anthropic-ai/sdk`; fits each of its classes. */
export interface AnthropicClient {
  /** Known here only to take it out of what servers say. */
  readonly apiKey?: string | null;
  readonly authToken?: string | null;
  readonly maxRetries?: number;
  readonly timeout?: number;
  request(options: AnthropicRequest): { asResponse(): Promise<Response> };
}

/** One call, as the client takes it. */
export interface AnthropicRequest {
  method: "get" | "post" | "delete";
  path: string;
  body?: unknown;
  headers: Record<string, string>;
  signal?: AbortSignal;
  maxRetries: number;
  timeout: number;
  fetchOptions: { redirect: "manual" };
}

/** Nobody is called here: the client knows where the API is. */
export const NOWHERE = "https://anthropic-client.invalid";

/** Stands for a credential that only the client knows. */
const HELD_BY_CLIENT = "held-by-the-anthropic-client";

/** The longest wait that a timer takes: our own ends the call earlier. */
const NEVER_MS = 2 ** 31 - 1;

/** What the client itself puts on every call. */
const ITS_OWN: ReadonlySet<string> = new Set([
  "accept",
  "anthropic-dangerous-direct-browser-access",
  "authorization",
  "x-api-key",
]);

/** The options of a client of ours that calls by way of `client`. */
export function optionsOf(client: AnthropicClient, keepVersion: boolean): object {
  if (typeof client?.request !== "function") {
    throw new BatchwiseError("misuse/option", "this is no client of @anthropic-ai/sdk: it has no method `request`");
  }
  const { apiKey, authToken, maxRetries, timeout } = client;
  return {
    apiKey: apiKey || HELD_BY_CLIENT,
    authToken: authToken || null,
    baseURL: NOWHERE,
    maxRetries,
    timeout,
    // It has refused already, where that was not allowed.
    dangerouslyAllowBrowser: true,
    fetch: (input: RequestInfo | URL, init: RequestInit = {}) => exchange(client, String(input), init, keepVersion),
  };
}

async function exchange(
  client: AnthropicClient,
  url: string,
  init: RequestInit,
  keepVersion: boolean,
): Promise<Response> {
  const headers = Object.fromEntries([...new Headers(init.headers)].filter(([name]) => !ITS_OWN.has(name)));
  if (!keepVersion) delete headers["anthropic-version"];
  const request: AnthropicRequest = {
    method: (init.method ?? "GET").toLowerCase() as AnthropicRequest["method"],
    path: url.slice(NOWHERE.length),
    headers,
    maxRetries: 0,
    timeout: NEVER_MS,
    fetchOptions: { redirect: "manual" },
    ...(init.body ? { body: init.body } : {}),
    ...(init.signal ? { signal: init.signal } : {}),
  };
  try {
    return await client.request(request).asResponse();
  } catch (error) {
    const refusal = error as Partial<Refusal>;
    if (typeof refusal.status === "number" && refusal.status >= 200) return replyOf(refusal as Refusal);
    // What the runtime said tells whether the call can have arrived.
    throw (error as Error).cause ?? error;
  }
}

/** What the client throws where it was answered. */
interface Refusal {
  readonly status: number;
  readonly headers?: Headers;
  readonly error?: unknown;
  readonly message: string;
}

/** The reply that was made into an error. */
function replyOf({ status, headers, error, message }: Refusal): Response {
  const body = error === undefined ? message.replace(`${status} `, "") : JSON.stringify(error);
  // These have none, and the platform insists.
  const bare = status === 204 || status === 205 || status === 304;
  return new Response(bare ? null : body, { status, ...(headers ? { headers } : {}) });
}
