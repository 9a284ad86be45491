// A stand-in for the API that a case writes itself: it records what was asked and answers what it is told.
import { Batchwise, type ClientOptions } from "batchwise";

/** Found in an error, a log or a print, it would be a leak: js/build/canary.mjs looks for it in all that a run leaves. */
export const CANARY = ["sk-ant-api03", "canary", "canary", "canary"].join("-");

/** What was asked. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: string | undefined;
}

/** What to answer: a response, or a function that makes one; thrown errors are a broken connection. */
export type Answer = Response | ((asked: Asked, init: RequestInit) => Response | Promise<Response>);

/** A client whose calls are answered in turn; the last answer is given again and again. */
export function scripted(answers: Answer[], options: ClientOptions = {}): { client: Batchwise; asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request: Asked = {
      method: init.method ?? "GET",
      url: new URL(String(input)),
      headers: new Headers(init.headers),
      body: init.body instanceof Blob ? await init.body.text() : typeof init.body === "string" ? init.body : "",
      redirect: init.redirect,
    };
    asked.push(request);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (!answer) throw new Error("this case answers nothing");
    return typeof answer === "function" ? answer(request, init) : answer.clone();
  };
  const client = new Batchwise({ apiKey: CANARY, fetch, dangerouslyAllowBrowser: true, ...options });
  return { client, asked };
}

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const all = { "content-type": "application/json", "request-id": "req_test", ...headers };
  return new Response(JSON.stringify(value), { status, headers: all });
}

/** An error as the API words it. */
export function refusal(
  status: number,
  type: string,
  headers: Record<string, string> = {},
  details?: object,
): Response {
  const error = { type, message: `a ${type}`, ...(details ? { details } : {}) };
  return json({ type: "error", error, request_id: "req_test" }, status, headers);
}

/** A batch as the API describes it. */
export function batch(over: object = {}): Record<string, unknown> {
  return {
    id: "msgbatch_01",
    type: "message_batch",
    processing_status: "in_progress",
    request_counts: { processing: 2, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    ended_at: null,
    created_at: "2026-11-21T12:00:00.000000+00:00",
    expires_at: "2026-11-22T12:00:00.000000+00:00",
    archived_at: null,
    cancel_initiated_at: null,
    results_url: null,
    ...over,
  };
}

/** A batch that has ended. */
export function ended(over: object = {}): Record<string, unknown> {
  return batch({
    processing_status: "ended",
    request_counts: { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 },
    ended_at: "2026-11-21T12:05:00.000000+00:00",
    results_url: "https://elsewhere.example/v1/messages/batches/msgbatch_01/results",
    ...over,
  });
}
