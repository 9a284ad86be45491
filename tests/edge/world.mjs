// What a case about jobs at the edge has around it: an emulator over HTTP, a bucket, and the Worker of an example.
import { setTimeout as pause } from "node:timers/promises";
import { bundleEdge, startEdge } from "../../js/build/edge.mjs";
import { bundleServer } from "../../js/build/suites.mjs";
import { at } from "../../js/build/tools.mjs";
import { serveBucket } from "./s3.mjs";

export { lines } from "./lines.mjs";

/** How many times faster the time of emulator and Worker runs. */
export const SPEED = 600;
export const TOKEN = "token-of-the-edge-tests";
const KEY = "sk-ant-key-of-the-edge-tests";

const KINDS = {
  object: { entry: "examples/jobs-object/src/index.js", objects: { BATCHWISE_OBJECTS: "BatchwiseObject" } },
  workflow: {
    entry: "examples/jobs-workflow/src/index.js",
    workflow: { binding: "BATCHWISE_JOBS", className: "BatchwiseWorkflow" },
  },
  failing: {
    entry: "tests/edge/failing-steps.js",
    workflow: { binding: "BATCHWISE_JOBS", className: "BatchwiseWorkflow" },
  },
};

let count = 0;

/** Makes a world with native workerd and a double of S3, runs `work` in it, and ends all of it. */
export async function inWorld(kind, emulation, work) {
  const { entry, ...classes } = KINDS[kind];
  const bucket = await serveBucket();
  const folder = await bundleEdge(at(entry), at(`target/tests/edge/${count++}`));
  await inApi(emulation, async (api, ofApi) => {
    const bindings = { ...bucket.bindings, ...ofApi };
    let worker = await startEdge(folder, { bindings, ...classes });
    const world = {
      api,
      bucket,
      /** Kills the Worker, and starts it anew on what it has kept; `others` are bindings that have changed. */
      restart: async (others = {}) => {
        await worker.kill();
        worker = await startEdge(folder, { bindings: { ...bindings, ...others }, ...classes });
      },
      stop: () => worker.kill(),
      ...calls((path, init) => fetch(`${worker.url}${path}`, init)),
    };
    try {
      await work(world);
    } catch (error) {
      error.stack += `\nworkerd said:\n${worker.log().slice(-3000)}`;
      throw error;
    } finally {
      await worker.kill();
    }
  }).finally(() => bucket.close());
}

/** Serves an emulator to `work`, with what a Worker is bound to for it. */
export async function inApi(emulation, work) {
  const { serveEmulator } = await served();
  const startMs = Date.now();
  const { clock = SPEED } = emulation;
  const api = await serveEmulator({ seed: 3, clock, startMs, requestsPerMinute: null, ...emulation });
  try {
    await work(api, {
      ACCESS_TOKEN: TOKEN,
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: api.url,
      BATCHWISE_CLOCK: `${clock}@${startMs}`,
    });
  } finally {
    await api.close();
  }
}

/** What is asked of a Worker with jobs that `fetched` reaches. */
export function calls(fetched) {
  const ask = (path, init = {}) =>
    fetched(path, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  const status = async (id) => (await ask(`/jobs/${id}`)).json();
  return {
    ask,
    status,
    begin: async (job) => {
      const response = await ask("/jobs", { method: "POST", body: JSON.stringify(job) });
      const answer = await response.json();
      if (response.status !== 201) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      return answer.id;
    },
    until: (id, wanted, limitMs) => until(status, id, wanted, limitMs),
    rows: async (id) => {
      const response = await ask(`/jobs/${id}/results`);
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${text}`);
      return text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    },
  };
}

/** A turn of a part that a kill cut short is given up by the engine when its two minutes are over; then the job goes on. */
const AFTER_A_CUT_TURN_MS = 240_000;

/** Asks for the status until it is as wanted. */
async function until(statusOf, id, wanted, limitMs = AFTER_A_CUT_TURN_MS) {
  const late = Date.now() + limitMs;
  for (;;) {
    const status = await statusOf(id);
    if (wanted(status)) return status;
    if (Date.now() > late) throw new Error(`not as wanted after ${limitMs} ms: ${JSON.stringify(status)}`);
    await pause(25);
  }
}

let server;
async function served() {
  server ??= bundleServer("target/tests/edge-serve.js").then(() => import(at("target/tests/edge-serve.js")));
  return server;
}

export const isDone = ({ state }) => state === "done";

export const ids = (count) => Array.from({ length: count }, (_, n) => `r-${n}`);
