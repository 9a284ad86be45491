// Cuts an input into the ranges of its parts, and checks each before anything is sent. No two parts have the same number
// of requests as far as that can be: a batch that is searched for is known by its size.
import { Planner } from "../engine/planner.js";
import { BatchwiseError } from "../errors.js";
import { eachByte, type InputRange } from "./input.js";
import type { CheckedSpec } from "./spec.js";
import type { JobStorage } from "./storage.js";

/** A part of a job: a range of its input. */
export interface JobPart {
  readonly start: number;
  readonly end: number;
  readonly requests: number;
  /** USD that it may cost in one round; null where a model has no known price. */
  readonly ceiling: number | null;
}

/** How far cutting has come. */
export interface CutState {
  readonly head: number;
  /** The first byte of the next part. */
  readonly at: number;
  /** The lines before it. */
  readonly line: number;
  /** Parts so far. */
  readonly parts: number;
}

/** A line of the whole input is to blame. */
export interface CutFault {
  readonly line: number;
  readonly error: unknown;
}

const MOST_REQUESTS = 100_000;
const MOST_BYTES = 256_000_000;
/** Room for what a body has beyond its lines. */
const MARGIN_BYTES = 65_536;
const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** Reads parts from where `state` stands, until `most` bytes were read or the input ends. */
export async function cut(
  storage: JobStorage,
  object: { key: string; etag: string; size: number },
  spec: Pick<CheckedSpec, "planner">,
  state: CutState | null,
  most: number,
): Promise<{ parts: JobPart[]; state: CutState; fault: CutFault | null }> {
  const { maxRequests = MOST_REQUESTS, maxBodyBytes = MOST_BYTES } = spec.planner;
  const from = state ?? { head: await headOf(storage, object, spec), at: 0, line: 0, parts: 0 };
  const start = Math.max(from.at, from.head);
  const parts: JobPart[] = [];
  const head = await bytesOf(storage, object, from.head);
  const headLines = linesIn(head);
  let now: CutState = { ...from, at: start, line: state ? from.line : headLines };
  let fault: CutFault | null = null;
  const isQuoted = spec.planner.table?.format === "csv" && spec.planner.table.quote !== false;

  let planner: Planner | null = null;
  let [lines, rows, at, isInside] = [0, 0, start, false];
  const end = (behind: number) => {
    if (!planner) return;
    const requests = endOf(planner, (error) => {
      // Blank lines behind the last request are no part.
      if (now.parts > 0 && error instanceof BatchwiseError && error.code === "data/empty") {
        now = { ...now, at: behind };
        return;
      }
      const line = (error as { violations?: { line?: number }[] }).violations?.[0]?.line;
      fault = { line: line === undefined ? now.line + 1 : line + now.line - headLines, error };
    });
    planner = null;
    if (!requests) return;
    parts.push({ start: now.at, end: behind, ...requests });
    now = { ...now, at: behind, line: now.line + lines, parts: now.parts + 1 };
    [lines, rows] = [0, 0];
  };

  await eachByte(storage, object, start, object.size, (chunk) => {
    let done = 0;
    for (let from = 0; from < chunk.length && !fault; ) {
      const found = chunk.indexOf(NEWLINE, from);
      const line = chunk.subarray(from, found < 0 ? chunk.length : found);
      if (isQuoted && isOdd(line)) isInside = !isInside;
      if (found < 0) break;
      from = found + 1;
      lines += 1;
      if (isInside) continue;
      rows += 1;
      // Each part takes fewer than the one before it.
      const isFull = rows >= Math.max(1, maxRequests - (now.parts % Math.min(1000, maxRequests)));
      // The next line may be long: a part ends in time.
      const isLarge = at + from - now.at >= maxBodyBytes - MARGIN_BYTES - 4 * (from - done);
      if (!isFull && !isLarge) continue;
      planner ??= begun(spec, head);
      planner.push(chunk.subarray(done, from));
      done = from;
      end(at + from);
      if (at + from - start >= most) throw new Enough();
    }
    if (fault) throw new Enough();
    at += chunk.length;
    if (done === chunk.length) return;
    planner ??= begun(spec, head);
    planner.push(chunk.subarray(done));
  }).catch((error) => {
    if (!(error instanceof Enough)) throw error;
  });
  // An input without a request is refused like any other that cannot be sent.
  if (!fault && !planner && parts.length === 0 && start >= object.size) planner = begun(spec, head);
  if (!fault && planner) end(object.size);
  return { parts, state: now, fault };
}

/** Ends the reading in the middle. */
class Enough extends Error {}

function begun(spec: Pick<CheckedSpec, "planner">, head: Uint8Array): Planner {
  const planner = new Planner(spec.planner);
  planner.push(head);
  return planner;
}

function endOf(planner: Planner, refused: (error: unknown) => void): Pick<JobPart, "requests" | "ceiling"> | null {
  try {
    const plan = planner.finish();
    const { requestCount: requests } = plan;
    const ceiling = plan.estimate().total.ceiling;
    plan.handle.free();
    return { requests, ceiling };
  } catch (error) {
    refused(error);
    return null;
  }
}

/** The bytes of a table's header, which each part needs. */
async function headOf(
  storage: JobStorage,
  object: { key: string; etag: string; size: number },
  { planner: { table } }: Pick<CheckedSpec, "planner">,
): Promise<number> {
  if (!table || table.format === "jsonl" || table.columns || table.header === false) return 0;
  let [at, isInside, end] = [0, false, -1];
  await eachByte(storage, object, 0, object.size, (chunk) => {
    for (let from = 0; from < chunk.length && end < 0; from++) {
      if (chunk[from] === QUOTE && table.format === "csv") isInside = !isInside;
      if (chunk[from] === NEWLINE && !isInside) end = at + from + 1;
    }
    at += chunk.length;
    if (end >= 0) throw new Enough();
  }).catch((error) => {
    if (!(error instanceof Enough)) throw error;
  });
  return end < 0 ? object.size : end;
}

async function bytesOf(
  storage: JobStorage,
  object: Pick<InputRange, "key" | "etag">,
  end: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(end);
  let at = 0;
  await eachByte(storage, object, 0, end, (chunk) => {
    bytes.set(chunk, at);
    at += chunk.length;
  });
  return bytes;
}

function linesIn(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0);
}

/** Whether there is an odd number of quotes. */
function isOdd(bytes: Uint8Array): boolean {
  let odd = false;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) odd = !odd;
  return odd;
}
