// The run that is open in this tab: its rows, its plan, its job, its results.
import type { Snapshot } from "batchwise/slim";
import {
  type Attempt,
  type Detail,
  type ExportKind,
  type Facts,
  type Live,
  type Look,
  type PartUse,
  type Query,
  type ResultCells,
  type RetryPrice,
  ROWS_AT_ONCE,
  type Run,
  type Settings,
} from "../shared.js";
import { type Download, downloadOf } from "./downloads.js";
import { Following } from "./following.js";
import type { Intake } from "./intake.js";
import { resultsName } from "./ledger.js";
import type { Link } from "./link.js";
import { OUTCOMES, Outcomes } from "./outcomes.js";
import { SHOWN_CHARS } from "./packed.js";
import { partUse } from "./part-use.js";
import { checked, keptRows, type Material, previewed, priced } from "./planning.js";
import { preflighted } from "./preflight.js";
import { type View, view } from "./query.js";
import { refill } from "./refill.js";
import { snapshotName, snapshotOf } from "./run-file.js";
import { Running, recalled, type Work } from "./running.js";
import { fileOf, keepFile, keepRun, runOf } from "./shelf.js";
import { keyColumn, type Side } from "./side.js";
import { Tabs, type Word } from "./tabs.js";

/** Who is told what happens, and asked for the way to the API. */
export interface SessionEars {
  live(live: Live): void;
  run(run: Run): void;
  rows(): void;
  link(): Link | null;
}

const NO_QUERY: Query = { facets: {}, text: "", sort: "" };
const LOOKED_AT = 50;

/** One run. */
export class Session {
  run: Run;
  readonly #material: Material;
  readonly #ears: SessionEars;
  readonly #running: Running;
  readonly #following: Following;
  readonly #tabs: Tabs;
  #outcomes: Outcomes;
  #facts: Facts | null = null;
  #view: View;
  #main: { prompt: string; column: number } | null = null;
  #raw: { attempt: number; file: File } | null = null;
  /** One reading at a time: none reads what another one has read. */
  #reading: Promise<void> = Promise.resolve();

  constructor(run: Run, intake: Intake, ears: SessionEars) {
    this.run = run;
    this.#material = intake;
    this.#ears = ears;
    this.#outcomes = new Outcomes(intake.rows.rowCount);
    this.#view = view(this.#table(), NO_QUERY);
    this.#tabs = new Tabs(run.id, (word) => void this.#hear(word));
    this.#following = new Following(this.#tabs, { live: ears.live, over: () => this.#takeOver() });
    this.#running = new Running({
      live: (live) => {
        ears.live(live);
        this.#tabs.say({ kind: "live", live });
      },
      rows: () => {
        ears.rows();
        this.#tabs.say({ kind: "rows" });
      },
      ended: (change) => void this.#ended(change),
      left: (snapshot) => this.#left(snapshot),
    });
  }

  get live(): Live {
    return this.#following.live ?? this.#running.live;
  }

  /** This run as one of two that are compared. */
  get side(): Side {
    return { run: this.run, rows: this.#material.rows, outcomes: this.#outcomes };
  }

  /** Brings back what earlier lives of the page have done, and goes on with what had not ended. */
  async recall(link: Link | null): Promise<void> {
    await this.#read();
    if (this.run.isBrought && link) await this.#refill(link);
    const last = this.run.attempts.at(-1);
    if (last && !last.report && !last.failure && link) await this.#work(last, link, true);
  }

  async change(change: Partial<Run>): Promise<void> {
    this.run = { ...this.run, ...change };
    this.#ears.run(this.run);
    await keepRun(this.run);
    this.#tabs.say({ kind: "run", run: this.run });
  }

  /** Takes what was typed in this tab's page. That page is not told: by now it may know something newer. */
  async take(change: Partial<Run>): Promise<void> {
    await this.note(change);
    this.#tabs.say({ kind: "run", run: this.run });
  }

  /** Notes what only matters here. The page, which may know newer settings than this, is not told. */
  async note(change: Partial<Run>): Promise<void> {
    this.run = { ...this.run, ...change };
    await keepRun(this.run);
  }

  /** Checks all rows under these settings. */
  async check(settings: Settings): Promise<Facts> {
    this.#facts = await checked(this.#material, settings, this.#ears.link()?.maxBodyBytes);
    return this.#facts;
  }

  /** Has some of the requests counted by the API. */
  preflight(settings: Settings, link: Link): ReturnType<typeof preflighted> {
    return preflighted(this.#material, settings, link);
  }

  preview(settings: Settings, row: number): ReturnType<typeof previewed> {
    return previewed(this.#material, settings, row);
  }

  /** Cells of the input: of a row for each position. */
  cells(rows: readonly number[]): string[][] {
    return this.#material.rows.shown(rows);
  }

  /** Sends an attempt. */
  async send(attempt: Attempt, link: Link): Promise<void> {
    await this.change({ attempts: [...this.run.attempts, attempt] });
    await this.#work(attempt, link, false);
  }

  /** Goes on with the last attempt after it failed. */
  async again(link: Link): Promise<void> {
    const last = this.run.attempts.at(-1);
    if (!last) return;
    await this.change({ attempts: [...this.run.attempts.slice(0, -1), { ...last, failure: null }] });
    await this.#work({ ...last, failure: null }, link, true);
  }

  proceed(goOn: boolean): void {
    if (this.#following.live) this.#tabs.say({ kind: "proceed", goOn });
    else this.#running.proceed(goOn);
  }

  async cancel(): Promise<void> {
    if (this.#following.live) this.#tabs.say({ kind: "cancel" });
    else await this.#running.cancel();
  }

  async close(): Promise<void> {
    await this.#running.close();
    this.#tabs.close();
  }

  look(query: Query): Look {
    this.#view = view(this.#table(), query);
    return { ...this.#view.look, first: this.results(0, ROWS_AT_ONCE) };
  }

  /** Results by their place in the last look. */
  results(from: number, count: number): ResultCells[] {
    return this.#cellsOf(this.#view.rows.subarray(from, from + count));
  }

  /** The rows of the last look, by position. */
  matching(): number[] {
    return [...this.#view.rows];
  }

  /** Rows whose outcome is one of these, or whose answer has one of these flags. */
  rowsWith(states: readonly string[], flags: readonly string[]): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.#outcomes.rowCount; row += 1) {
      const state = OUTCOMES[this.#outcomes.outcome[row] ?? 0] ?? "";
      if (states.includes(state) || this.#outcomes.flagsOf(row).some((flag) => flags.includes(flag))) rows.push(row);
    }
    return rows;
  }

  /** What it may cost to send these rows again. */
  price(settings: Settings, rows: readonly number[]): Promise<RetryPrice> {
    return priced(this.#material, settings, rows, this.#ears.link()?.maxBodyBytes);
  }

  /** What the parts of the last attempt have used, as far as rows have come. */
  async partUse(): Promise<PartUse[]> {
    const attempt = this.run.attempts.length - 1;
    const last = this.run.attempts[attempt];
    const snapshot = this.#running.snapshot ?? (await snapshotOf(this.run.id, attempt));
    if (!last || !snapshot) return [];
    const kept = keptRows(this.#material.rows.rowCount, last.settings.skip, last.rows);
    return partUse(snapshot, kept, this.#outcomes, attempt);
  }

  async detail(row: number): Promise<Detail> {
    const raw = (await this.#rawOf(row)) ?? "";
    const { result } = (raw === "" ? {} : JSON.parse(raw)) as { result?: Record<string, unknown> };
    const message = result?.["message"] as { usage?: unknown } | undefined;
    const error = result?.["error"] as { request_id?: string; error?: { type: string; message: string } } | undefined;
    const settings = this.run.attempts[this.#outcomes.attempt[row] ?? 0]?.settings ?? this.run.settings;
    const none = { json: "", system: "", user: "", problems: [] };
    const preview = this.run.data.kind === "results" ? none : await previewed(this.#material, settings, row);
    const { rows } = this.#material;
    return {
      ...(this.#cellsOf(Uint32Array.of(row))[0] as ResultCells),
      cells: rows.columns.map((name, column) => ({ name, value: rows.cell(row, column) })),
      request: preview.json,
      text: error ? "" : this.#outcomes.texts.get(row),
      raw: raw === "" ? "" : JSON.stringify(JSON.parse(raw), null, 2),
      error: error?.error ? `${error.error.type}: ${error.error.message}` : null,
      requestId: error?.request_id ?? null,
      usage: message?.usage ? JSON.stringify(message.usage, null, 2) : null,
    };
  }

  /** A download. */
  file(kind: ExportKind): Promise<Download> {
    return downloadOf(kind, {
      run: this.run,
      material: this.#material,
      outcomes: this.#outcomes,
      facts: this.#facts,
      snapshot: this.#running.snapshot,
    });
  }

  async #rawOf(row: number): Promise<string | null> {
    const place = this.#outcomes.place(row);
    if (!place) return null;
    const { ledger } = this.#running;
    if (ledger && place.attempt === this.run.attempts.length - 1) return ledger.read(place.start, place.length);
    if (this.#raw?.attempt !== place.attempt || this.#raw.file.size < place.start + place.length) {
      const file = await fileOf(this.run.id, resultsName(place.attempt));
      this.#raw = file && { attempt: place.attempt, file };
    }
    return (await this.#raw?.file.slice(place.start, place.start + place.length).text()) ?? null;
  }

  #cellsOf(wanted: Uint32Array): ResultCells[] {
    const { outcomes, rows } = this.#table();
    const keys = this.#keysOf(wanted);
    const inputs = rows.index.column(this.#mainColumn(), wanted, SHOWN_CHARS);
    const texts = outcomes.texts.of(wanted, SHOWN_CHARS);
    return Array.from(wanted, (row, at): ResultCells => {
      const cost = outcomes.cost[row] as number;
      const error = outcomes.errors[outcomes.error[row] ?? 0] ?? "";
      const text = texts[at] ?? "";
      return {
        row,
        key: keys[at] ?? "",
        input: inputs[at] ?? "",
        output: error === "" ? text : `${error}: ${text}`,
        outcome: OUTCOMES[outcomes.outcome[row] ?? 0] ?? "",
        flags: outcomes.flagsOf(row),
        inputTokens: outcomes.inputTokens[row] ?? 0,
        outputTokens: outcomes.outputTokens[row] ?? 0,
        cost: Number.isNaN(cost) ? null : cost,
        attempt: (outcomes.attempt[row] ?? 0) + 1,
        sameAs: outcomes.sameAs.get(row) ?? null,
      };
    });
  }

  #keysOf(wanted: Uint32Array): string[] {
    const { rows, keyColumn: column } = this.#table();
    return column < 0 ? Array.from(wanted, (row) => `row-${row + 1}`) : rows.index.column(column, wanted);
  }

  /** The column that says most about a row: of those in the prompt the one with the longest values. */
  #mainColumn(): number {
    const { rows } = this.#material;
    const { prompt } = this.run.settings;
    if (this.#main?.prompt === prompt) return this.#main.column;
    const weight = (name: string, column: number): number => {
      let sum = 0;
      for (let row = 0; row < Math.min(rows.rowCount, LOOKED_AT); row += 1) sum += rows.cell(row, column).length;
      return sum + (prompt.includes(`{{${name}}}`) ? 1e9 : 0);
    };
    const weights = rows.columns.map(weight);
    const column = Math.max(0, weights.indexOf(Math.max(...weights)));
    this.#main = { prompt, column };
    return column;
  }

  #table(): Parameters<typeof view>[0] {
    const { rows } = this.#material;
    return { outcomes: this.#outcomes, rows, keyColumn: keyColumn(rows, this.run.settings.key) };
  }

  async #work(attempt: Attempt, link: Link, isResumed: boolean): Promise<void> {
    if (!(await this.#tabs.take())) return this.#following.begin();
    const number = this.run.attempts.length - 1;
    const snapshot = isResumed ? await snapshotOf(this.run.id, number) : null;
    return this.#running.start({ ...this.#workOn(attempt, number), snapshot }, link, isResumed);
  }

  #workOn(attempt: Attempt, number: number): Work {
    return { run: this.run.id, material: this.#material, attempt, number, outcomes: this.#outcomes };
  }

  /** Reads what the run had taken before it came into this browser. */
  async #refill(link: Link): Promise<void> {
    for (const [number, attempt] of this.run.attempts.entries()) {
      const snapshot = await snapshotOf(this.run.id, number);
      if (snapshot) await refill(this.#workOn(attempt, number), snapshot, link, this.#ears.rows);
    }
    await this.change({ isBrought: false });
  }

  /** Keeps a job as it was left, for a run file that is written later. */
  #left(snapshot: Snapshot): void {
    const number = this.run.attempts.length - 1;
    void keepFile(this.run.id, snapshotName(number), new Blob([JSON.stringify(snapshot)]));
  }

  async #ended(change: Pick<Attempt, "report" | "failure">): Promise<void> {
    const { attempts } = this.run;
    const last = attempts.at(-1);
    if (last) await this.change({ attempts: [...attempts.slice(0, -1), { ...last, ...change }] });
    this.#ears.rows();
    this.#tabs.say({ kind: "rows" });
    this.#tabs.give();
  }

  /** Rows that lie on disk and were not read yet. */
  #read(): Promise<void> {
    const work = (): Promise<void> => recalled(this.run.id, this.#material, this.run.attempts, this.#outcomes);
    this.#reading = this.#reading.then(work, work);
    return this.#reading;
  }

  /** What another tab that has this run open says. */
  async #hear(word: Word): Promise<void> {
    if (word.kind === "run") {
      this.run = word.run;
      this.#ears.run(word.run);
    } else if (this.#tabs.drives) {
      if (word.kind === "ask") this.#tabs.say({ kind: "live", live: this.#running.live });
      if (word.kind === "proceed") this.#running.proceed(word.goOn);
      if (word.kind === "cancel") await this.#running.cancel();
    } else if (word.kind === "live") {
      this.#following.show(word.live);
    } else if (word.kind === "rows") {
      await this.#read();
      this.#ears.rows();
    }
  }

  /** The tab that drove this run is gone, or has let go: what is left to do is ours. */
  async #takeOver(): Promise<void> {
    const link = this.#ears.link();
    await link?.owned?.();
    const run = await runOf(this.run.id);
    if (run) this.run = run;
    this.#ears.run(this.run);
    await this.#read();
    this.#ears.rows();
    const last = this.run.attempts.at(-1);
    if (link && last && !last.report && !last.failure) await this.#work(last, link, true);
    else this.#tabs.give();
  }
}
