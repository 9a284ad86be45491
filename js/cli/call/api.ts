// The endpoints beside the batches: models, and free counts of tokens. Everything else goes through the library.
import { APIConnectionError, type BatchRequest } from "batchwise";
import { baseUrl } from "./env.js";
import { CommandError, Exit } from "./exit.js";
import { type Credentials, clientWith } from "./key.js";
import { tracedFetch } from "./trace.js";

const TIMEOUT_MS = 60_000;

/** A model as the API describes it, as far as it is shown. */
export interface ModelInfo {
  readonly id: string;
  readonly display_name: string;
  readonly lifecycle?: string;
  readonly retires_at?: string | null;
  readonly max_input_tokens: number | null;
  readonly max_tokens: number | null;
  readonly capabilities: { readonly batch?: { readonly supported: boolean } } | null;
}

/** Every model that the API lists. */
export async function listModels(key: Credentials): Promise<ModelInfo[]> {
  const all: ModelInfo[] = [];
  for (let after = ""; ; ) {
    const page = await asked<{ data: ModelInfo[]; has_more: boolean; last_id: string | null }>(
      key,
      `/v1/models?limit=1000${after}`,
    );
    all.push(...page.data);
    if (!page.has_more || page.last_id === null) return all;
    after = `&after_id=${encodeURIComponent(page.last_id)}`;
  }
}

/** What `count_tokens` understands of a request's parameters. */
const COUNTED = ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"] as const;

/** Input tokens of a request, as the API counts them; free. */
export async function countTokens(key: Credentials, { params }: BatchRequest): Promise<number> {
  const body = Object.fromEntries(COUNTED.flatMap((name) => (name in params ? [[name, params[name as "model"]]] : [])));
  return (await asked<{ input_tokens: number }>(key, "/v1/messages/count_tokens", body)).input_tokens;
}

/** One call. The key goes to the configured origin only: redirects are not followed. */
async function asked<T>(key: Credentials, path: string, body?: object): Promise<T> {
  // Refuses an address to which a key must not go.
  clientWith(key);
  const { apiKey, authToken, betas } = key;
  const credential = apiKey === null ? { authorization: `Bearer ${authToken}` } : { "x-api-key": apiKey };
  const beta = betas.length === 0 ? {} : { "anthropic-beta": betas.join(",") };
  const response = await tracedFetch(`${baseUrl()}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...credential, ...beta, "anthropic-version": "2026-10-21", "content-type": "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new APIConnectionError("net/connection", `${baseUrl()} did not answer`, { cause });
  });
  const answer = (await response.json().catch(() => null)) as (T & { error?: { message?: string } }) | null;
  if (response.ok && answer !== null) return answer;
  const isAuth = response.status === 401 || response.status === 403;
  throw new CommandError(
    isAuth ? Exit.auth : Exit.network,
    `the API answered ${response.status} to ${path}: ${answer?.error?.message ?? "nothing that can be read"}`,
  );
}
