// A model of the Message Batches API in this process: a `fetch` that needs no network, no key and no money.
import { type ClockMode, type EmulatorClock, VirtualClock } from "./emulator/clock.js";
import type { EmulatorFaults, EndpointName, FaultSettings } from "./emulator/faults.js";
import { respond, type Transport } from "./emulator/reply.js";
import { type EmulatorState, stateOf } from "./emulator/state.js";
import { Emulator as Server } from "./wasm/emulator_bg.js";

export type { ClockMode, EmulatorClock } from "./emulator/clock.js";
export type * from "./emulator/faults.js";
export type { Transport } from "./emulator/reply.js";
export type { EmulatedBatch, EmulatorState, Fate } from "./emulator/state.js";

/** The share of requests that ends in each way, 0 to 1; what is left succeeds. */
export interface Rates {
  /** `overloaded_error`, thrown anew in every batch. */
  overloaded?: number;
  /** Rows that ran out of time, thrown anew. */
  expired?: number;
  /** `invalid_request_error`: the same requests in every batch. */
  invalid?: number;
  /** `api_error`, thrown anew. */
  apiError?: number;
  /** `timeout_error`, thrown anew. */
  timeout?: number;
  /** `rate_limit_error`, thrown anew. */
  rateLimit?: number;
  /** Succeeded rows with `stop_reason: "refusal"`. */
  refusal?: number;
  /** Succeeded rows cut off by `max_tokens`. */
  truncated?: number;
}

/** What an emulator is made with. */
export interface EmulatorOptions {
  /** Decides every id, length of time, text and failure; a whole number. Default 1. */
  seed?: number;
  /** How its time runs. Default `"real"`. */
  clock?: ClockMode;
  /** What its clock shows at first, in milliseconds since 1970. Default: the host's time. */
  startMs?: number;
  /** How long every batch takes; past 24 hours the rest of it expires. Default: 1 to 4 minutes by size and seed. */
  processingMs?: number;
  /** How often which request fails. Default: never. */
  rates?: Rates;
  /** Texts of succeeded rows, picked by the seed. Default: made-up sentences. */
  answers?: readonly string[];
  /** The keys that are let in. Default: any, but those that begin with `sk-ant-invalid`. */
  keys?: readonly string[];
  /** Betas to accept besides the known ones. */
  betas?: readonly string[];
  /** Default 256,000,000. */
  maxBodyBytes?: number;
  /** Default 100,000. */
  maxRequests?: number;
  /** Requests that may wait to be processed. Default 200,000; `null`: no limit. */
  queueLimit?: number | null;
  /** HTTP requests a minute over all endpoints. Default 1,000, on a manual clock none; `null`: no limit. */
  requestsPerMinute?: number | null;
  /** Whether browsers are answered across origins. Default false, as the real batch endpoints. */
  cors?: boolean;
  /** Whether `request_counts` moves before the end. Default false, as documented. */
  progressiveCounts?: boolean;
  /** Whether results have a content type. Default true. */
  resultsContentType?: boolean;
  /** The origin of every `results_url`. Default: the one that was called. */
  resultsOrigin?: string;
  /** Faults that are on from the start. */
  faults?: Partial<Record<EndpointName | "*", FaultSettings>>;
  /** What `state.export()` of an earlier emulator gave. */
  state?: string;
}

/** One HTTP request, read in full. */
export interface RawRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: Uint8Array;
}

/** The model, its clock, its faults and what it knows. */
export interface Emulator {
  /** Answers as the API would, with the platform's signature and errors; needs no `this`. */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  readonly clock: EmulatorClock;
  readonly faults: EmulatorFaults;
  readonly state: EmulatorState;
  /** Answers one request on another transport than `fetch`: a server acts its faults out on a socket. */
  readonly exchange: (request: RawRequest, transport: Transport, signal?: AbortSignal | null) => Promise<Response>;
}

/** Makes an emulator. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const { clock: mode = "real", startMs, state, faults = {}, ...rest } = options;
  const saved = state === undefined ? undefined : parsed(state);
  const clock = new VirtualClock(mode, Math.max(startMs ?? Date.now(), saved?.now ?? 0));
  const perMinute = mode === "manual" ? { requestsPerMinute: null } : {};
  const server = new Server(JSON.stringify({ ...perMinute, ...rest, timeScale: clock.scale || 1 }));
  if (saved) server.import_state(saved.server);
  const switches: EmulatorFaults = {
    set: (endpoint, settings) => server.set_faults(endpoint, JSON.stringify(settings)),
    clear: (endpoint) => (endpoint === undefined ? server.clear_faults() : server.set_faults(endpoint, "{}")),
  };
  for (const [endpoint, settings] of Object.entries(faults)) switches.set(endpoint as EndpointName, settings);

  const exchange: Emulator["exchange"] = ({ method, url, headers, body }, transport, signal) => {
    const query = url.search.slice(1);
    const flat = [...headers].flat();
    const reply = server.handle(clock.now(), method, url.pathname, query, url.origin, flat, body);
    return respond(reply, transport, signal);
  };
  const inProcess: Transport = {
    clock,
    lost: () => Promise.reject(lost("fetch failed")),
    broken: () => Promise.resolve(lost("terminated")),
  };
  const fetch: Emulator["fetch"] = async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    // Without the signal: the platform would make a copy and have to keep it in step.
    const request = new Request(input, { ...init, signal: null });
    signal?.throwIfAborted();
    const { method, headers } = request;
    const body = new Uint8Array(await clock.hold(request.arrayBuffer()));
    signal?.throwIfAborted();
    return exchange({ method, url: new URL(request.url), headers: headers.entries(), body }, inProcess, signal);
  };
  return {
    // A client takes it for what it is: no browser sends it twice.
    fetch: Object.assign(fetch, { isLocal: true }),
    clock,
    faults: switches,
    state: stateOf(server, clock),
    exchange,
  };
}

/** What platforms reject with when a connection is lost. */
function lost(message: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
}

function parsed(state: string): { now: number; server: string } {
  const saved = JSON.parse(state) as { now?: unknown; server?: unknown };
  if (typeof saved.now !== "number" || typeof saved.server !== "string") {
    throw new TypeError("state: this is not what state.export() gave");
  }
  return { now: saved.now, server: saved.server };
}
