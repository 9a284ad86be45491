// Calls of a job's machine, made by a Worker.
import type { MachineCall, MachineInput } from "../engine/machine.js";
import { BatchwiseError } from "../errors.js";
import { upstream } from "../relay/options.js";
import type { ApiBindings } from "./bindings.js";
import { eachChunk } from "./chunks.js";

/** The API, and the key. */
export interface Api {
  readonly baseURL: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A body that is made while it is sent. */
export interface Body {
  readonly length: number;
  /** Writes all of it, piece by piece. */
  feed(write: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

const API_VERSION = "2026-10-21";
/** The longest a create may take: 256 MB go up. */
const CREATE_MS = 600_000;
/** The longest any other answer may take to come whole, and results to begin. */
const ANSWER_MS = 60_000;
/** The longest that results may stand still. */
const IDLE_MS = 60_000;

/** The API that the bindings of a Worker name. Throws where the key is missing, or is none; no message holds it. */
export function apiOf(env: ApiBindings): Api {
  const key = env.ANTHROPIC_API_KEY?.trim() ?? "";
  if (key === "") throw new BatchwiseError("auth/missing", "the Worker has no ANTHROPIC_API_KEY: set the secret");
  if (!/^[\x21-\x7e]+$/.test(key)) throw new BatchwiseError("auth/invalid", "ANTHROPIC_API_KEY has blanks inside");
  return {
    baseURL: upstream(env.ANTHROPIC_BASE_URL ?? "https://api.anthropic.com"),
    headers: { "x-api-key": key, "anthropic-version": API_VERSION, "content-type": "application/json" },
  };
}

/** Makes a call that is answered in full, once. */
export async function answered(api: Api, call: MachineCall, body?: Body): Promise<MachineInput> {
  const { id, endpoint, method, path } = call;
  const signal = AbortSignal.timeout(endpoint === "create" ? CREATE_MS : ANSWER_MS);
  const sending = body && stream(body);
  try {
    const init = { method, headers: api.headers, redirect: "manual" as const, signal };
    const response = await fetch(api.baseURL + path, { ...init, ...(sending ? { body: sending.readable } : {}) });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { type: "reply", id, status: response.status, headers: response.headers, body: bytes };
  } catch (error) {
    const reason = signal.aborted ? "timeout" : "connection";
    return { type: "lost", id, sent: "maybe", reason, message: sending?.failure() ?? wordsOf(error) };
  }
}

/** Asks for results, and hands them on as they come. */
export async function results(
  api: Api,
  call: MachineCall,
  take: (input: MachineInput) => Promise<boolean>,
): Promise<void> {
  const { id, method, path } = call;
  const patience = new AbortController();
  let timer = setTimeout(() => patience.abort(), ANSWER_MS);
  const lost = (error: unknown): MachineInput => {
    const reason = patience.signal.aborted ? "idle" : "connection";
    return { type: "lost", id, sent: "maybe", reason, message: wordsOf(error) };
  };
  try {
    const init = { method, headers: api.headers, redirect: "manual" as const, signal: patience.signal };
    const response = await fetch(api.baseURL + path, init).catch((error) => lost(error));
    if (!(response instanceof Response)) return void (await take(response));
    if (!response.ok || !response.body) {
      const body = await response.arrayBuffer().catch((error) => lost(error));
      if (!(body instanceof ArrayBuffer)) return void (await take(body));
      const { status, headers } = response;
      return void (await take({ type: "reply", id, status, headers, body: new Uint8Array(body) }));
    }
    let failure: unknown;
    let isWanted = true;
    const end = await eachChunk(response.body, async (bytes) => {
      clearTimeout(timer);
      try {
        isWanted = await take({ type: "chunk", id, bytes });
      } catch (error) {
        failure = error;
        throw error;
      }
      if (!isWanted) throw new Unwanted();
      timer = setTimeout(() => patience.abort(), IDLE_MS);
    }).then(
      (): MachineInput => ({ type: "closed", id }),
      (error) => lost(error),
    );
    // What the taker throws is no fault of the network.
    if (failure) throw failure;
    if (isWanted) await take(end);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the reading of what nobody wants. */
class Unwanted extends Error {}

function stream(body: Body): { readable: ReadableStream; failure(): string | undefined } {
  const { readable, writable } = new FixedLengthStream(body.length);
  const writer = writable.getWriter();
  let failure: string | undefined;
  const feeding = async () => {
    try {
      await body.feed((bytes) => writer.write(bytes));
      await writer.close();
    } catch (error) {
      failure = `the body could not be made: ${wordsOf(error)}`;
      await writer.abort(error).catch(() => {});
    }
  };
  void feeding();
  return { readable, failure: () => failure };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
