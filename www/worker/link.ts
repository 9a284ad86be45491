// The way to the API: the emulator in the page, or a relay.
import type { ClientOptions } from "batchwise/slim";
import type { Offer, Remote } from "../lib/rpc.js";
import { tellingFetch, type Upload } from "./upload.js";

/** How jobs reach the API, and whose clock they go by. */
export interface Link {
  readonly client: ClientOptions;
  /** Of calls that the client does not make. */
  readonly headers: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly maxBodyBytes?: number | undefined;
  readonly leaseMs?: number;
  /** Whether all that a job does is to wait for time to pass. */
  readonly isWaiting?: () => boolean;
  /** Has somebody told how far bodies have come, where that is known. */
  readonly watch?: (hear: (upload: Upload) => void) => void;
  /** Resolves once this tab may drive jobs that another one has driven. */
  readonly owned?: () => Promise<void>;
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
  owned(): void;
}

/** Where the emulator pretends to be. Nothing is sent there. */
const NOWHERE = "https://demo.invalid";
/** The demo's time passes by the minute, and only one tab drives it: a lease must not run out between two steps. */
const DEMO_LEASE_MS = 3_600_000;

/** A link to the emulator in the page. Its clock is told by `shown`. */
export function demoLink(page: Remote<PageOffer>, shown: () => number): Link {
  let calls = 0;
  let sleeps = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    calls += 1;
    try {
      return await work;
    } finally {
      calls -= 1;
    }
  };
  const call = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input, { ...init, signal: null });
    const { method, url } = request;
    // Whether a request has a body is not told by Firefox: it knows no `Request.body`.
    const body = method === "POST" ? await request.arrayBuffer() : null;
    const asked = page.emulate({ method, url, headers: [...request.headers], body });
    const reply = await counted(asked).catch((error: Error) => {
      throw new TypeError(error.message);
    });
    init.signal?.throwIfAborted();
    return new Response(reply.body, { status: reply.status, headers: reply.headers });
  };
  return {
    client: { apiKey: "demo", baseURL: NOWHERE, fetch: call, dangerouslyAllowBrowser: true },
    headers: { "x-api-key": "demo" },
    now: shown,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        sleeps += 1;
        const wake = (): void => {
          sleeps -= 1;
          resolve();
        };
        page.sleep(ms).then(wake, reject);
      }),
    leaseMs: DEMO_LEASE_MS,
    isWaiting: () => calls === 0 && sleeps > 0,
    owned: () => page.owned(),
  };
}

/** Where a relay is, or the API itself. Token and key are known to this worker's memory alone. */
export interface RelayTerms {
  readonly baseURL: string;
  readonly token: string | null;
  readonly key: string | null;
  readonly maxBodyBytes: number;
}

/** A link to a relay; without a token, to the one that served the page, which knows it by its cookie. */
export function relayLink({ baseURL, token, key, maxBodyBytes }: RelayTerms): Link {
  const authToken = token ?? (key === null ? "none" : null);
  const client = { baseURL, apiKey: key, authToken, dangerouslyAllowBrowser: true };
  let tell: (upload: Upload) => void = () => undefined;
  const isSecretFree = token === null && key === null;
  const told = isSecretFree ? { fetch: tellingFetch((upload) => tell(upload)) } : {};
  const headers: Record<string, string> = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(key === null ? {} : { "x-api-key": key, "anthropic-dangerous-direct-browser-access": "true" }),
  };
  const watch = (hear: (upload: Upload) => void): void => {
    tell = hear;
  };
  return { client: { ...client, ...told }, headers, now: Date.now, maxBodyBytes, watch };
}
