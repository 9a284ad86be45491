// What the views can have done. All work happens in the worker; this passes it on and keeps the signals true.
import { batch } from "@preact/signals-core";
import * as connections from "./connections.js";
import type { Demo } from "./demo/host.js";
import { ownScript } from "./lib/own-script.js";
import { go, route, stepAddress } from "./lib/route.js";
import { connect, Handed, type Remote } from "./lib/rpc.js";
import type { Attempt, ExportKind, Query, Run, Settings } from "./shared.js";
import { NOT_RUNNING } from "./shared.js";
import * as state from "./state.js";
import type { WireReply, WireRequest } from "./worker/link.js";
import type { WorkerOffer } from "./worker/main.js";

let demo: Demo | null = null;
let isReady: Promise<void> | undefined;
let checkTimer: ReturnType<typeof setTimeout> | undefined;
let checkNumber = 0;

const offer = {
  live: (live: typeof state.live.value): void => {
    const before = state.live.value.state;
    state.live.value = live;
    if (live.state !== before) state.news.value = NEWS[live.state] ?? "";
  },
  run: (run: Run): void => {
    const open = state.run.value;
    // What was typed since and has not been taken yet is newer.
    const typed = state.isChecking.value && open?.id === run.id ? { settings: open.settings, guard: open.guard } : {};
    state.run.value = { ...run, ...typed };
  },
  first: (run: Run, rows: readonly (readonly string[])[]): void => {
    batch(() => {
      shown(run);
      state.columns.value = [];
      state.live.value = NOT_RUNNING;
      state.firstRows.value = { id: run.id, rows };
    });
    go(stepAddress(run.id, FIRST.table));
  },
  rows: (): void => {
    state.resultsVersion.value += 1;
  },
  trouble: (title: string, message: string): void => {
    state.problem.value = { title, message };
  },
  emulate: async (request: WireRequest): Promise<Handed<WireReply>> => {
    const reply = await theDemo().answer(request);
    return new Handed(reply, reply.body ? [reply.body] : []);
  },
  sleep: (ms: number): Promise<void> => theDemo().sleep(ms),
  owned: (): Promise<void> => theDemo().owned,
};

const NEWS: Readonly<Record<string, string>> = {
  running: "The run has begun",
  pilot: "Pilot finished",
  done: "The run is finished",
  failed: "The run has stopped",
};

/** The worker; it starts with the first call. */
export let worker: Remote<WorkerOffer>;

/** Starts worker and emulator once; everything else waits for that. */
export function ready(): Promise<void> {
  isReady ??= begin();
  return isReady;
}

async function begin(): Promise<void> {
  const thread = new Worker(ownScript(new URL("./worker.js", import.meta.url)), { type: "module" });
  worker = connect<WorkerOffer>(thread, offer);
  await worker.start(new URL("pkg/wasm/batchwise_bg.wasm", location.origin + location.pathname).href);
  const hasRelay = document.querySelector<HTMLMetaElement>("meta[name=batchwise-mode]")?.content === "relay";
  state.isLasting.value = await worker.isLasting();
  const awaited = await connections.awaitedRelay(worker);
  if (hasRelay) await connections.connectHere(worker);
  else if (awaited) state.awaited.value = awaited;
  else await beginDemo();
  state.runs.value = await worker.runs();
}

/** The API is played by the emulator in this page. */
async function beginDemo(): Promise<void> {
  const { Demo } = await import("./demo/host.js");
  demo = new Demo(
    {
      tell: (now) => worker.clock(now),
      settle: () => worker.settle(),
      keep: (kept) => worker.keep("demo", kept),
      kept: () => worker.value("demo"),
      show: (shown) => {
        state.demo.value = shown;
      },
    },
    await worker.value("demo"),
    new URLSearchParams(location.search),
  );
  await worker.demo();
}

function theDemo(): Demo {
  if (!demo) throw new Error("the demo has not begun");
  return demo;
}

/** Does something that takes a while, and says so; what goes wrong is shown. */
export async function working<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  state.busy.value = what;
  try {
    await ready();
    return await work();
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    // Readers of some files, and what compares texts, are loaded when they are needed first.
    const isPartMissing = /dynamically imported module|importing a module/i.test(message) && !state.isOnline.value;
    state.problem.value = {
      title: `${what} did not work`,
      message: isPartMissing
        ? "A part of this page was not loaded yet, and the network is gone: try again when it is back"
        : code?.includes("/")
          ? `${code}: ${message}`
          : message,
    };
    return undefined;
  } finally {
    state.busy.value = null;
  }
}

/** Goes through a relay of one's own from now on. */
export function useRelay(own: connections.OwnRelay): Promise<boolean> {
  return connected(() => connections.connectRelay(worker, own));
}

/** Calls the API from this page, where it lets pages do that. */
export function goDirectly(address: string, key: string): Promise<boolean> {
  return connected(() => connections.connectDirectly(worker, address, key));
}

/** Forgets the way to the API, and whatever secret belonged to it. */
export async function disconnect(): Promise<void> {
  await connections.disconnect(worker);
}

async function connected(connect: () => Promise<void>): Promise<boolean> {
  const isDone = await working("Connecting", () => connect().then(() => true));
  if (!isDone) return false;
  state.problem.value = null;
  const { run } = route.value;
  // What waited for the connection goes on; parts are as large as it takes.
  if (state.run.value) await loadRun(run ?? state.run.value.id);
  return true;
}

/** Has some requests counted by the API, for free, to narrow the estimate. */
export async function preflight(): Promise<void> {
  const open = state.run.value;
  const found = open && (await working("Counting", () => worker.preflight(open.settings)));
  if (found && state.facts.value && state.run.value?.settings === open.settings)
    state.facts.value = { ...state.facts.value, ...found };
}

/** Deletes what was sent at the API; what is here stays. */
export async function purge(id: string): Promise<void> {
  await working("Deleting at the provider", () => worker.purge(id));
  await listRuns();
}

/** Opens a file as a new run. */
export async function openFile(file: Blob, name: string): Promise<void> {
  const [address, putBack] = [location.hash, state.remembered()];
  const run = await working(`Reading ${name}`, () => worker.open(file, name, state.connection.value.mode));
  if (!run) {
    // What began well has ended badly: back to where one was.
    if (state.run.value?.isOpening) {
      putBack();
      go(address);
    }
    return;
  }
  const live = run.isGhost ? null : await worker.live();
  batch(() => {
    shown(run);
    state.live.value = live ?? NOT_RUNNING;
    state.resultsVersion.value += 1;
  });
  // Who has seen the first rows is there already, and may have gone on to another step.
  if (route.value.run !== run.id)
    go(stepAddress(run.id, run.attempts.length > 0 && run.data.kind !== "results" ? "run" : FIRST[run.data.kind]));
  if (run.isGhost) return;
  await drawn();
  state.columns.value = await worker.columns();
  checkSoon(0);
}

/** Resolves once the page shows what it knows, so that what that asks for comes before what is asked for next. */
async function drawn(): Promise<void> {
  for (let frames = 0; frames < 2; frames += 1) {
    // A page that nobody sees has no frames.
    await new Promise<unknown>((resolve) => {
      requestAnimationFrame(resolve);
      setTimeout(resolve, FRAME_MS);
    });
  }
}

const FRAME_MS = 50;

/** Where a run begins. */
const FIRST = { table: "data", requests: "check", results: "results" } as const;

/** Opens a run that is kept. */
export async function loadRun(id: string): Promise<void> {
  const run = await working("Opening the run", () => worker.load(id));
  if (run === undefined) return;
  if (run === null) {
    state.problem.value = { title: "This run is not here", message: "It was deleted, or belongs to another browser." };
    return go("#/");
  }
  await entered(run);
}

/** Brings the rows of the run that is open without them. */
export async function bringFile(file: File): Promise<void> {
  const { id } = state.run.value ?? {};
  const run = id && (await working(`Reading ${file.name}`, () => worker.bring(id, file)));
  if (run) await entered(run);
}

async function entered(run: Run): Promise<void> {
  shown(run);
  if (run.isGhost) return;
  if (run.attempts.length > 0 && run.mode !== state.connection.value.mode) {
    const made = run.mode === "demo" ? "in the demo" : "with the API";
    state.problem.value = { title: "This run rests", message: `It was made ${made}, and is only shown here` };
  }
  state.columns.value = await worker.columns();
  state.live.value = (await worker.live()) ?? NOT_RUNNING;
  state.resultsVersion.value += 1;
  checkSoon(0);
}

/** Reads another sheet of the workbook that is open. */
export async function openSheet(name: string): Promise<void> {
  const run = await working(`Reading ${name}`, () => worker.sheet(name));
  if (!run) return;
  shown(run);
  state.columns.value = await worker.columns();
  checkSoon(0);
}

function shown(run: Run): void {
  batch(() => {
    state.problem.value = null;
    state.run.value = run;
    state.facts.value = null;
    state.look.value = null;
    state.comparison.value = null;
  });
}

/** Changes settings; all rows are checked again. */
export function setSettings(change: Partial<Settings>): void {
  const run = state.run.value;
  if (!run || run.isOpening) return;
  state.run.value = { ...run, settings: { ...run.settings, ...change } };
  checkSoon(CHECK_AFTER_MS);
}

const CHECK_AFTER_MS = 120;

function checkSoon(ms: number): void {
  clearTimeout(checkTimer);
  checkNumber += 1;
  const number = checkNumber;
  state.isChecking.value = true;
  checkTimer = setTimeout(async () => {
    const run = state.run.value;
    if (!run || run.data.kind === "results") return;
    await worker.change({ settings: run.settings, guard: run.guard });
    const facts = await worker.check(run.settings);
    if (number !== checkNumber) return;
    batch(() => {
      state.facts.value = facts;
      state.isChecking.value = false;
    });
  }, ms);
}

/** The limit above which nothing is sent. */
export async function setGuard(guard: number): Promise<void> {
  if (state.run.value) state.run.value = { ...state.run.value, guard };
  await worker.change({ guard });
}

/** Sends rows: all, or some; a pilot first where one is wanted. */
export async function send(options: Partial<Pick<Attempt, "rows" | "pilot" | "settings" | "maxCost">>): Promise<void> {
  const run = state.run.value;
  if (!run) return;
  const attempt: Attempt = {
    jobId: `${run.id}-${run.attempts.length + 1}`,
    settings: run.settings,
    rows: null,
    pilot: 0,
    maxCost: run.guard,
    startedAt: state.demo.value?.now ?? Date.now(),
    report: null,
    failure: null,
    ...options,
  };
  go(stepAddress(run.id, "run"));
  demo?.change({ schema: attempt.settings.schema });
  await working("Sending", () => worker.send(attempt));
}

/** Looks at the results as the address says. */
export async function lookAt(query: Query): Promise<void> {
  wanted = query;
  if (isLooking || !worker) return;
  isLooking = true;
  try {
    // Who types faster than it is found gets the last answer, not one after the other.
    while (wanted && state.run.value) {
      const next: Query = wanted;
      wanted = null;
      state.look.value = await worker.look(next);
    }
  } finally {
    isLooking = false;
  }
}

let wanted: Query | null = null;
let isLooking = false;

/** Asks anew which runs are kept here. */
export async function listRuns(): Promise<void> {
  await ready();
  state.runs.value = await worker.runs();
}

/** Looks at the open run beside another one. */
export async function lookBeside(other: string, query: Query): Promise<void> {
  const seen = await working("Comparing", () => worker.compare(other, query));
  if (seen) state.comparison.value = seen;
}

/** Opens a new run with the rows and the settings of another one. */
export async function duplicate(id: string): Promise<void> {
  const copy = await working("Duplicating", () => worker.duplicate(id));
  if (copy) go(stepAddress(copy.id, copy.data.kind === "table" ? "prompt" : "check"));
}

/** Makes a file and has it downloaded. */
export async function download(kind: ExportKind): Promise<void> {
  const file = await working("Writing the file", () => worker.file(kind));
  if (!file) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.blob);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
}

const DOWNLOAD_MS = 60_000;

/** Forgets a run here; what was sent stays where it is. */
export async function forget(id: string): Promise<void> {
  await working("Deleting", () => worker.forget(id));
  await listRuns();
}

/** Turns the emulator's switches. */
export function turnDemo(change: Partial<state.DemoState>): void {
  demo?.change(change);
}

/** Moves the demo's clock. */
export async function advanceDemo(ms: number): Promise<void> {
  await demo?.advance(ms);
}

/** Opens what the address names, when it changes. */
export async function follow(): Promise<void> {
  try {
    await ready();
  } catch (error) {
    state.problem.value = { title: "The page could not start", message: (error as Error).message };
    return;
  }
  const { place, run } = route.value;
  if (place === "run" && run && state.run.value?.id !== run) await loadRun(run);
  if (place === "runs" || place === "start") state.runs.value = await worker.runs();
}
