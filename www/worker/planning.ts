// Rows and settings become a plan, and a plan's findings become what people read.
import {
  type BatchRequest,
  Batchwise,
  type Plan,
  type PlanOptions,
  type TableOptions,
  table,
  type Violation,
} from "batchwise/slim";
import { linesOf } from "../../js/cli/input/lines.js";
import { madeId } from "../lib/made-id.js";
import type { Facts, Group, Preview, RetryPrice, Settings } from "../shared.js";
import type { Intake } from "./intake.js";
import type { Packed } from "./packed.js";

/** What is checked. */
export type Material = Pick<Intake, "rows" | "requests" | "results">;

/** A plan, and which row each of its lines is. */
export interface Planned {
  readonly plan: Plan;
  /** Rows that were planned, in order, by position. */
  readonly kept: Uint32Array;
  /** Whether the file itself was planned, so that lines are its own. */
  readonly isOriginal: boolean;
}

const planner = new WeakMap<object, Batchwise>();

/** Plans these rows; all that are not left out where none are named. */
export async function planned(
  material: Material,
  settings: Settings,
  only: readonly number[] | null,
  maxBodyBytes?: number,
): Promise<Planned> {
  const kept = keptRows(material.rows.rowCount, settings.skip, only);
  const options = planOptions(settings, maxBodyBytes);
  const source = settings.longer
    ? lengthened(material, settings, kept, settings.longer)
    : material.requests
      ? requestLines(material, kept)
      : table(material.rows.csv(kept), { ...recipe(settings), format: "csv" });
  return { plan: await client(material).plan(source, options), kept, isOriginal: false };
}

/** The requests of these rows, of which some may have longer answers than the others. */
async function* lengthened(
  material: Material,
  settings: Settings,
  kept: Uint32Array,
  { rows, times }: NonNullable<Settings["longer"]>,
): AsyncGenerator<BatchRequest> {
  const { longer: _, ...others } = settings;
  const { plan } = await planned(material, { ...others, dedupe: false }, [...kept]);
  const wanted = new Set(rows);
  let position = 0;
  try {
    for await (const request of plan.requests()) {
      const { params } = request;
      const isLonger = wanted.has(kept[position++] as number);
      yield isLonger ? { ...request, params: { ...params, max_tokens: params.max_tokens * times } } : request;
    }
  } finally {
    plan.dispose();
  }
}

/** What it may cost to send these rows. */
export async function priced(
  material: Material,
  settings: Settings,
  rows: readonly number[],
  maxBodyBytes?: number,
): Promise<RetryPrice> {
  const { plan } = await planned(material, settings, rows, maxBodyBytes);
  try {
    return { requests: plan.requestCount - plan.merged, ...plan.estimate().total };
  } finally {
    plan.dispose();
  }
}

/** The same for all rows, to be looked at and not to be sent: where the file can be planned as it is, it is not written anew. */
async function surveyed(material: Material, settings: Settings, maxBodyBytes?: number): Promise<Planned> {
  const { original, rowCount } = material.rows;
  if (!original || settings.skip.length > 0) return planned(material, settings, null, maxBodyBytes);
  try {
    const source = table(original.blob, { ...recipe(settings), ...original.options });
    const plan = await client(material).plan(source, planOptions(settings, maxBodyBytes));
    return { plan, kept: keptRows(rowCount, [], null), isOriginal: true };
  } catch (error) {
    // Somebody has changed the file since it was read.
    if ((error as Error).name !== "NotReadableError") throw error;
    return planned(material, settings, null, maxBodyBytes);
  }
}

/** Which row has the answer of each row that is not sent, because that one is the same. */
export function ridesOf({ plan, kept }: Planned): ReadonlyMap<number, number> {
  const pairs = plan.mergedInto();
  const rides = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 2) {
    rides.set(kept[pairs[at] as number] as number, kept[pairs[at + 1] as number] as number);
  }
  return rides;
}

function planOptions({ dedupe, partSize }: Settings, maxBodyBytes?: number): PlanOptions {
  return { validate: "warn", dedupe, maxRequests: partSize, maxBodyBytes };
}

/** Plans all of it and says what was found. */
export async function checked(material: Material, settings: Settings, maxBodyBytes?: number): Promise<Facts> {
  const start = performance.now();
  try {
    // Ids can be checked before there is a prompt.
    const given = settings.prompt === "" ? { ...settings, prompt: "-" } : settings;
    const result = await surveyed(material, given, maxBodyBytes);
    using plan = result.plan;
    const groups = groupsOf(result, material.rows);
    return {
      requestCount: plan.requestCount,
      merged: plan.merged,
      parts: plan.parts,
      groups,
      errors: groups.reduce((sum, { severity, count }) => sum + (severity === "error" ? count : 0), 0),
      estimate: plan.parts.length > 0 ? plan.estimate() : null,
      fault: null,
      ms: performance.now() - start,
    };
  } catch (error) {
    const { code = "", message, field = "prompt" } = error as Error & { code?: string; field?: string };
    const fault = { code, message, field };
    const none = { requestCount: 0, merged: 0, parts: [], groups: [], errors: 1, estimate: null };
    return { ...none, fault, ms: performance.now() - start };
  }
}

/** One row as it would be sent. */
export async function previewed(material: Material, settings: Settings, row: number): Promise<Preview> {
  const result = await planned(material, { ...settings, dedupe: false, skip: [] }, [row]);
  const problems = result.plan.violations.map(({ message }) => message);
  if (result.plan.parts.length === 0) return { json: "", system: "", user: "", problems };
  const { value: request } = await result.plan.requests().next();
  if (!request) return { json: "", system: "", user: "", problems };
  const id =
    material.requests || (settings.key !== null && settings.keyAsId)
      ? request.custom_id
      : (madeId(row, settings.skip) ?? `row-${row + 1}`);
  const shown: BatchRequest = { ...request, custom_id: id };
  const { messages, system } = shown.params;
  const said = (content: unknown): string => (typeof content === "string" ? content : JSON.stringify(content, null, 2));
  return {
    json: JSON.stringify(shown, null, 2),
    system: system === undefined ? "" : said(system),
    user: said(messages.at(-1)?.content),
    problems,
  };
}

/** The requests as they would be sent, a line for each. */
export async function requestsOf(material: Material, settings: Settings): Promise<Blob> {
  const { plan } = await planned(material, settings, null);
  try {
    return await linesOf(plan.requests());
  } finally {
    plan.dispose();
  }
}

/** The rows that stay. */
export function keptRows(count: number, skip: readonly number[], only: readonly number[] | null): Uint32Array {
  const out = new Set(skip);
  if (only) return Uint32Array.from(only.filter((row) => !out.has(row)));
  const kept = new Uint32Array(count - out.size);
  let next = 0;
  for (let row = 0; row < count; row += 1) if (!out.has(row)) kept[next++] = row;
  return kept;
}

function client(material: Material): Batchwise {
  const known = planner.get(material) ?? new Batchwise({ apiKey: null, baseURL: "https://api.anthropic.com" });
  planner.set(material, known);
  return known;
}

/** The settings in the package's words. */
export function recipe(settings: Settings): TableOptions {
  const { prompt, system, model, maxTokens, key, keyAsId } = settings;
  const params = objectOf(settings.params, "params");
  const schema = settings.schema === null ? null : objectOf(settings.schema, "schema");
  const config = params["output_config"] as object | undefined;
  return {
    prompt,
    system: system.trim() === "" ? undefined : system,
    model,
    maxTokens,
    key: keyAsId ? (key ?? undefined) : undefined,
    params: schema ? { ...params, output_config: { ...config, format: { type: "json_schema", schema } } } : params,
  };
}

function objectOf(text: string, field: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  const name = field === "params" ? "Extra parameters" : "Schema";
  const wrong = (why: string): Error => Object.assign(new Error(`${name}: ${why}`), { code: "json/syntax", field });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw wrong((error as Error).message);
  }
  throw wrong("an object is needed, such as {}");
}

/** The lines of a requests file that stay, so that line n of what is planned is row n of what is kept. */
function requestLines({ rows }: Material, kept: Uint32Array): Blob {
  return new Blob(rows.index.column(2, kept).map((line) => `${line}\n`));
}

function groupsOf({ plan, kept, isOriginal }: Planned, rows: Packed): Group[] {
  const rowOf = isOriginal ? (line: number) => rows.index.rowAt(line) ?? -1 : lineIndex(rows, kept, plan.violations);
  const byKind = new Map<string, Violation[]>();
  for (const violation of plan.violations) {
    const kind = violation.code;
    byKind.set(kind, [...(byKind.get(kind) ?? []), violation]);
  }
  const groups = [...byKind].map(([code, list]): Group => {
    const [first] = list as [Violation];
    const found = list.flatMap(({ line }) => (line === undefined ? [] : [rowOf(line)])).filter((row) => row >= 0);
    return {
      code,
      severity: first.severity,
      count: plan.violationCounts[code] ?? list.length,
      message: first.message,
      hint: first.hint,
      rows: [...new Set(found)].sort((a, b) => a - b),
      path: first.path,
    };
  });
  const weight = (group: Group): number => (group.severity === "error" ? 1e9 : 0) + group.count;
  return groups.sort((a, b) => weight(b) - weight(a));
}

/** Which row stands in a line. Cells with line feeds take several lines. */
function lineIndex(rows: Packed, kept: Uint32Array, violations: readonly Violation[]): (line: number) => number {
  if (violations.length === 0) return () => -1;
  const isTable = rows.columns[2] !== "request" || rows.columns[0] !== "custom_id";
  const starts = new Uint32Array(kept.length);
  let line = isTable ? 2 + rows.columns.reduce((sum, name) => sum + name.split("\n").length - 1, 0) : 1;
  const lines = isTable ? rows.index.csvLines(kept) : null;
  for (let at = 0; at < kept.length; at += 1) {
    starts[at] = line;
    line += lines?.[at] ?? 1;
  }
  return (wanted) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (kept[low - 1] as number);
  };
}
