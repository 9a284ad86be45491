// Makes a caller's call with the relay's key, and hands the answer back as it comes.
import type { Terms } from "./options.js";
import { refusal, SAFE } from "./reply.js";

/** Headers of a call that the API understands. All others stay here: cookies, addresses, the relay's own token. */
const OUT = [
  "accept",
  "content-type",
  "anthropic-version",
  "anthropic-beta",
  "anthropic-workspace-id",
  "anthropic-user-profile-id",
];
/** Headers of an answer that callers understand, with those that begin with `anthropic-`. */
const BACK = ["content-disposition", "date", "request-id", "retry-after", "retry-after-ms", "x-should-retry"];
const QUERY = ["limit", "after_id", "before_id", "beta"];

/** Calls the API. The answer of a call whose fate nobody knows is a 502 without a request id. */
export async function forward(request: Request, url: URL, path: string, terms: Terms): Promise<Response> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (length > terms.maxBodyBytes) return tooLarge(terms);
  const counted = request.body && bodyOf(request.body, length, terms.maxBodyBytes);
  const target = new URL(terms.baseURL + path);
  for (const name of QUERY) {
    const value = url.searchParams.get(name);
    if (value !== null) target.searchParams.set(name, value);
  }
  const { method, signal } = request;
  // Not "error": it throws in workerd, whatever the answer is.
  const call = { method, headers: outgoing(request, length, terms), redirect: "manual", signal } as RequestInit;
  let answer: Response;
  try {
    answer = await terms.fetch(
      target,
      counted ? ({ ...call, body: counted.body, duplex: "half" } as RequestInit) : call,
    );
  } catch {
    // What the runtime says of it may hold the address and the headers.
    return counted?.isOver() ? tooLarge(terms) : refusal(502, "api_error", "the API could not be reached");
  }
  if (counted?.isOver()) return tooLarge(terms);
  // A browser shows a redirect as status 0.
  if (answer.status < 200 || (answer.status >= 300 && answer.status < 400)) {
    await answer.body?.cancel();
    return refusal(502, "api_error", "the API answered with a redirect, which is not followed");
  }
  return returned(answer, url, path, terms);
}

function outgoing(request: Request, length: number, { apiKey, authToken }: Terms): Headers {
  const headers = new Headers();
  for (const name of OUT) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const key = apiKey ?? (authToken === null ? request.headers.get("x-api-key") : null);
  if (key !== null) headers.set("x-api-key", key);
  else if (authToken !== null) headers.set("authorization", `Bearer ${authToken}`);
  // A stream goes out in chunks of unknown sum unless its length is told.
  if (request.body && Number.isSafeInteger(length)) headers.set("content-length", String(length));
  return headers;
}

interface Counted {
  readonly body: ReadableStream<Uint8Array>;
  /** Whether more came than is taken. */
  readonly isOver: () => boolean;
}

/** A body of unknown length is counted on its way; where the length is told, HTTP itself holds it to that. */
function bodyOf(body: ReadableStream<Uint8Array>, length: number, most: number): Counted {
  if (Number.isSafeInteger(length)) return { body, isOver: () => false };
  let seen = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > most) controller.error(new RangeError("the body is too large"));
      else controller.enqueue(chunk);
    },
  });
  return { body: body.pipeThrough(counter), isOver: () => seen > most };
}

function tooLarge({ maxBodyBytes }: Terms): Response {
  return refusal(413, "request_too_large", `a body may have ${maxBodyBytes} bytes here: plan with it as maxBodyBytes`);
}

async function returned(answer: Response, url: URL, path: string, terms: Terms): Promise<Response> {
  const { status } = answer;
  const headers = new Headers(SAFE);
  for (const [name, value] of answer.headers) {
    if (BACK.includes(name) || name.startsWith("anthropic-")) headers.set(name, value);
  }
  // Results are rows of text, and may be long: they pass as they come.
  if (path.endsWith("/results") && status === 200) {
    headers.set("content-type", "application/x-jsonl");
    return new Response(answer.body, { status, headers });
  }
  const said = await answer.text().catch(() => null);
  if (said === null) return refusal(502, "api_error", "the connection to the API was lost before its answer was whole");
  const secret = terms.apiKey ?? terms.authToken;
  const text = secret === null ? said : said.replaceAll(secret, "[key]");
  const shown = withOwnAddresses(text, url.origin + terms.basePath);
  headers.set("content-type", shown === null ? "text/plain" : "application/json");
  return new Response(shown ?? text, { status, headers });
}

/** JSON whose `results_url`s lead to the relay, where the key is; null where it is no JSON. */
function withOwnAddresses(text: string, own: string): string | null {
  try {
    const value = JSON.parse(text) as { id?: unknown; results_url?: unknown; data?: unknown };
    for (const batch of [value, ...(Array.isArray(value.data) ? value.data : [])]) {
      if (typeof batch?.results_url !== "string") continue;
      batch.results_url = `${own}/v1/messages/batches/${encodeURIComponent(String(batch.id))}/results`;
    }
    return JSON.stringify(value);
  } catch {
    return null;
  }
}
