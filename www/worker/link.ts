// The way to the API: the emulator in the page, or a relay.
import type { ClientOptions } from "batchwise/slim";
import type { Offer, Remote } from "../lib/rpc.js";

/** How jobs reach the API, and whose clock they go by. */
export interface Link {
  readonly client: ClientOptions;
  readonly now: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly maxBodyBytes?: number | undefined;
}

/** A call on its way to the emulator. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: [string, string][];
  readonly body: ArrayBuffer | null;
}

/** Its answer. */
export interface WireReply {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: ReadableStream<Uint8Array> | null;
}

/** What the page offers its worker. */
export interface PageOffer extends Offer {
  emulate(request: WireRequest): WireReply;
  sleep(ms: number): void;
}

/** Where the emulator pretends to be. Nothing is sent there. */
const NOWHERE = "https://demo.invalid";

/** A link to the emulator in the page. Its clock is told by `shown`. */
export function demoLink(page: Remote<PageOffer>, shown: () => number): Link {
  const call = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input, { ...init, signal: null });
    const body = request.body ? await request.arrayBuffer() : null;
    const { method, url } = request;
    const reply = await page.emulate({ method, url, headers: [...request.headers], body }).catch((error: Error) => {
      throw new TypeError(error.message);
    });
    init.signal?.throwIfAborted();
    return new Response(reply.body, { status: reply.status, headers: reply.headers });
  };
  return {
    client: { apiKey: "demo", baseURL: NOWHERE, fetch: call, dangerouslyAllowBrowser: true },
    now: shown,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        page.sleep(ms).then(resolve, reject);
      }),
  };
}

/** A link to a relay; without an address, to the one that served the page. */
export function relayLink(baseURL: string, accessToken: string | null, maxBodyBytes: number): Link {
  const client = { baseURL, apiKey: null, authToken: accessToken ?? "none", dangerouslyAllowBrowser: true };
  return { client, now: Date.now, maxBodyBytes };
}
