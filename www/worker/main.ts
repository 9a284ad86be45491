// The page's worker: everything that takes time or memory happens here.
import { init } from "batchwise/slim";
import { connect, type Offer, type Remote } from "../lib/rpc.js";
import {
  type Attempt,
  type ExportKind,
  type Live,
  type Query,
  ROWS_AT_ONCE,
  type Run,
  type Settings,
} from "../shared.js";
import { columnFacts } from "./columns.js";
import { Compared } from "./compare.js";
import { isLasting } from "./database.js";
import { defaults } from "./defaults.js";
import { fingerprintOf, isSameFile } from "./fingerprint.js";
import { type Intake, take, takeHead } from "./intake.js";
import { demoLink, type Link, type PageOffer, type RelayTerms, relayLink } from "./link.js";
import { purged } from "./purge.js";
import { readRunFile } from "./run-file.js";
import { Session } from "./session.js";
import {
  allRuns,
  BROUGHT_RESULTS,
  dataOf,
  forgetRun,
  keepFile,
  keepRun,
  keepValue,
  keptValue,
  runOf,
} from "./shelf.js";
import { readSide } from "./side.js";

/** What the page is told without asking. */
export interface Told extends PageOffer {
  live(live: Live): void;
  run(run: Run): void;
  rows(): void;
  /** The first rows of a run whose table is being read. */
  first(run: Run, rows: readonly (readonly string[])[]): void;
  trouble(title: string, message: string): void;
}

/** A job that does something else than wait gets so many turns. */
const MOST_TURNS = 100;
const CALM_TURNS = 2;

let shown = Date.now();
let link: Link | null = null;
let mode: Run["mode"] = "demo";
let session: Session | null = null;
let intake: Intake | null = null;
/** Rejects where the run that is open could not be kept. */
let kept: Promise<void> = Promise.resolve();
let compared: Compared | null = null;
/** Whether rows have come in since the two were joined. */
let isStale = false;

const offer = {
  /** Starts the engine. */
  start: (wasm: string) => init(wasm),
  /** The emulator's clock, as the page shows it. */
  clock: (now: number): void => {
    shown = now;
  },
  /** Answers once everything that was under way here has had its turn. */
  settle: async (): Promise<void> => {
    let calm = 0;
    for (let turn = 0; turn < MOST_TURNS && calm < CALM_TURNS; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const isBusy = ["starting", "running"].includes(session?.live.state ?? "");
      calm = isBusy && link?.isWaiting?.() === false ? 0 : calm + 1;
    }
  },
  demo: (): void => {
    mode = "demo";
    link = demoLink(page, () => shown);
  },
  relay: (terms: RelayTerms): void => {
    mode = "relay";
    link = relayLink(terms);
  },
  /** Has some requests counted at the API. */
  preflight: (settings: Settings) => open().preflight(settings, linked()),
  /** Deletes the batches of a run at the API. */
  purge: async (id: string): Promise<void> => {
    const run = await runOf(id);
    if (run && run.mode !== mode) throw new Error("this run was made over another connection");
    if (run) await keepRun(await purged(run, linked()));
  },
  /** Reads a file and opens a run over it; out of a run file the run that is in it. */
  open: async (file: Blob, name: string, mode: Run["mode"]): Promise<Run> => {
    const brought = await readRunFile(file, name);
    if (brought) {
      // A run that is here already knows more of itself than its file does.
      if (!(await runOf(brought.id))) await keepRun(brought);
      return load(brought.id) as Promise<Run>;
    }
    const id = newId();
    const head = await takeHead(file, name);
    if (head) showFirst(newRun(id, head, mode), head);
    intake = await take(file, name);
    const run = newRun(id, intake, mode);
    await opened(run, intake);
    if (intake.results) await session?.recall(null);
    kept = keepWhole(run, file);
    kept.catch(({ message }: Error) => void page.trouble(`${name} could not be kept`, message));
    return run;
  },
  /** Opens a run that is kept. Null where there is none. */
  load: (id: string) => load(id),
  /** Brings the rows of a run that has come without them; a file that is another one is refused. */
  bring: async (id: string, file: Blob): Promise<Run | null> => {
    const run = await runOf(id);
    if (!run) return null;
    if (run.fingerprint && !isSameFile(run.fingerprint, await fingerprintOf(file))) {
      const message = `this file differs from the one the run was made from, ${run.data.name}`;
      throw Object.assign(new Error(message), { code: "file/not-same" });
    }
    await keepFile(id, "data", file);
    return load(id);
  },
  /** Reads another sheet of the workbook that is open; what was typed over the old one is kept where it fits. */
  sheet: async (name: string): Promise<Run> => {
    const { run } = open();
    await kept;
    const file = await dataOf(run.id);
    if (!file) throw new Error("the workbook is not here any more");
    intake = await take(file, run.data.name, name);
    const { key, keyAsId } = defaults(intake);
    const changed = { ...run, data: intake.facts, settings: { ...run.settings, key, keyAsId, skip: [] } };
    await keepRun(changed);
    await opened(changed, intake);
    return changed;
  },
  runs: () => allRuns(),
  isLasting: () => isLasting(),
  forget: (id: string) => forgetRun(id),
  value: (name: string) => keptValue(name),
  keep: (name: string, value: string) => keepValue(name, value),
  live: (): Live | null => session?.live ?? null,
  columns: () => (intake ? columnFacts(intake.rows) : []),
  cells: (rows: number[]) => open().cells(rows),
  change: (change: Partial<Run>) => open().take(change),
  check: (settings: Settings) => open().check(settings),
  preview: (settings: Settings, row: number) => open().preview(settings, row),
  send: async (attempt: Attempt) => {
    await kept;
    return open().send(attempt, linked());
  },
  again: () => open().again(linked()),
  proceed: (goOn: boolean) => open().proceed(goOn),
  cancel: () => open().cancel(),
  look: (query: Query) => open().look(query),
  results: (from: number, count: number) => open().results(from, count),
  matching: () => open().matching(),
  rowsWith: (states: string[], flags: string[]) => open().rowsWith(states, flags),
  price: (settings: Settings, rows: number[]) => open().price(settings, rows),
  partUse: () => open().partUse(),
  detail: (row: number) => open().detail(row),
  /** Looks at the open run beside another one. */
  compare: async (other: string, query: Query) => (await besides(other)).look(query),
  pairs: (from: number, count: number) => compared?.pairs(from, count) ?? [],
  pair: (place: number) => compared?.pair(place) ?? null,
  /** A new run with the rows and the settings of one that is kept. */
  duplicate: async (id: string): Promise<Run> => {
    await kept;
    const [run, file] = [await runOf(id), await dataOf(id)];
    if (!run || !file) throw new Error("the rows of this run are not here any more");
    const copy = { ...run, id: newId(), createdAt: Date.now(), attempts: [] };
    await keepFile(copy.id, "data", file);
    await keepRun(copy);
    return copy;
  },
  file: async (kind: ExportKind): Promise<{ blob: Blob; name: string }> =>
    kind === "comparison" && compared
      ? { blob: compared.csv(), name: `${compared.a.run.id}-${compared.b.run.id}.comparison.csv` }
      : open().file(kind),
} satisfies Offer;

/** What the worker offers. */
export type WorkerOffer = typeof offer;

const page: Remote<Told> = connect<Told>(self as never, offer);

/** Keeps a run and what it was made of. Nothing waits for that but what must not be lost. */
async function keepWhole(run: Run, file: Blob): Promise<void> {
  const { results } = intake ?? {};
  await (results ? keepFile(run.id, BROUGHT_RESULTS, results.blob) : keepFile(run.id, "data", file));
  const fingerprint = await fingerprintOf(file);
  if (session?.run.id === run.id) await session.note({ fingerprint });
  else await keepRun({ ...run, fingerprint });
}

function newRun(id: string, read: Intake, mode: Run["mode"]): Run {
  const { facts, results } = read;
  const settings = defaults(read);
  const attempts = results ? [elsewhere(id, settings)] : [];
  return { id, name: facts.name, createdAt: Date.now(), data: facts, settings, guard: 25, attempts, mode };
}

/** Has the page show the first rows of a table. The last row of its head may be cut. */
function showFirst(run: Run, { rows }: Intake): void {
  const rowCount = Math.min(ROWS_AT_ONCE, rows.rowCount - 1);
  const shown = rows.shown(Array.from({ length: rowCount }, (_, row) => row));
  rows.index.dispose();
  if (rowCount > 0) void page.first({ ...run, data: { ...run.data, rowCount }, isOpening: true }, shown);
}

/** The attempt that a results file from elsewhere stands for. */
function elsewhere(id: string, settings: Settings): Attempt {
  const none = { rows: null, pilot: 0, maxCost: 0, startedAt: Date.now(), report: null };
  return { jobId: id, settings, ...none, failure: { code: "", message: "These results were made elsewhere." } };
}

async function load(id: string): Promise<Run | null> {
  const run = await runOf(id);
  if (!run) return null;
  const file = await dataOf(id);
  if (!file) return { ...run, isGhost: true };
  intake = await take(file, run.data.name, run.data.sheet);
  kept = Promise.resolve();
  await opened(run, intake);
  // What the demo has made up is nothing to the API, and the other way round.
  await session?.recall(run.mode === mode ? link : null);
  return session?.run ?? run;
}

function newId(): string {
  return crypto.randomUUID().slice(0, 8);
}

async function opened(run: Run, read: Intake): Promise<void> {
  await session?.close();
  compared = null;
  session = new Session(run, read, {
    live: (live) => void page.live(live),
    run: (changed) => void page.run(changed),
    rows: () => {
      isStale = true;
      void page.rows();
    },
    link: () => link,
  });
}

/** The open run beside another one; joined again once rows have come in. */
async function besides(other: string): Promise<Compared> {
  const { side } = open();
  if (compared && compared.a.run.id === side.run.id && compared.b.run.id === other && !isStale) return compared;
  isStale = false;
  const known = compared?.b.run.id === other ? compared.b : null;
  const run = known ? null : await runOf(other);
  if (!known && !run) throw new Error("there is no such run here: it was deleted, or belongs to another browser");
  compared = new Compared(side, known ?? (await readSide(run as Run)));
  return compared;
}

function open(): Session {
  if (!session) throw new Error("no run is open");
  return session;
}

function linked(): Link {
  if (!link) throw new Error("there is no connection: choose one in Settings");
  return link;
}
