// What the relay's cases share: an API that records how it was called.
import { createRelay, type RelayOptions } from "batchwise/relay";
import { CANARY, json } from "../server.js";

/** A call as the API sees it. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: string | undefined;
}

export const HOME = "http://127.0.0.1:8787";
export const HELLO = `${HOME}/_batchwise/hello`;
export const BATCHES = `${HOME}/v1/messages/batches`;

/** A relay, and the calls it has made. */
export function relayed(
  answer: (call: Call) => Response | Promise<Response> = () => json({}),
  options: Partial<RelayOptions> = {},
): { relay: (url: string, init?: RequestInit) => Promise<Response>; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { method = "GET", redirect } = init;
    const body = init.body ? await new Response(init.body).text() : "";
    const call = { method, url: String(input), headers: new Headers(init.headers), body, redirect };
    calls.push(call);
    return answer(call);
  };
  const handle = createRelay({ apiKey: CANARY, fetch, ...options });
  return { relay: (url, init) => handle(new Request(url, init)), calls };
}
