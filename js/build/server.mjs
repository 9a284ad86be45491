// The real HTTP emulator that every suite talks to. Beside it: addresses that redirect to another origin, with a count of
// who came there; addresses that hang, with a count of who waits there; and addresses at which creates are read and their
// connections closed without an answer.
import { bundleServer } from "./suites.mjs";
import { at } from "./tools.mjs";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-expose-headers": "*",
};

/** Serves it; the package must be unpacked. Its time runs fast, and it answers browsers. */
export async function serveSuites() {
  await bundleServer("target/tests/serve.js");
  const { serveEmulator } = await import(at("target/tests/serve.js"));
  const { createEmulator } = await import(at("target/tests/node_modules/batchwise/js/dist/emulator.js"));
  const emulator = createEmulator({ clock: 600, cors: true, requestsPerMinute: null, queueLimit: null });
  return serveEmulator({ emulator: withStuck(withTrap(emulator)) });
}

/**
 * Answers what is asked below `/dropped/<name>`, where no create is ever answered or takes effect, and below
 * `/committed/<name>`, where each takes effect and the first one is not answered. The address itself says how many
 * creates came there.
 */
function dropping(emulator) {
  const creates = new Map();
  return async (request, transport, signal) => {
    const { method, url } = request;
    const [, how, name, rest] = /^\/(dropped|committed)\/([\w-]+)(.*)$/.exec(url.pathname) ?? [];
    if (name === undefined) return null;
    if (!rest) return Response.json(creates.get(name) ?? 0, { headers: CORS });
    const onward = () => {
      const there = new URL(url);
      there.pathname = rest;
      return emulator.exchange({ ...request, url: there }, transport, signal);
    };
    if (method !== "POST") return onward();
    creates.set(name, (creates.get(name) ?? 0) + 1);
    if (how === "dropped") return transport.lost();
    const answer = await onward();
    return creates.get(name) === 1 ? transport.lost() : answer;
  };
}

/**
 * The emulator, with `/moved/<status>/…`, which redirects any call to `/trap` of another origin on this machine, and
 * `/trapped`, which answers how often somebody came there.
 */
function withTrap(emulator) {
  let trapped = 0;
  const drop = dropping(emulator);
  return { ...emulator, exchange };

  async function exchange(request, transport, signal) {
    const { pathname, port } = request.url;
    const status = Number(/^\/moved\/(\d{3})\//.exec(pathname)?.[1] ?? 0);
    if (!status && pathname !== "/trap" && pathname !== "/trapped")
      return (await drop(request, transport, signal)) ?? emulator.exchange(request, transport, signal);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    if (status) return new Response(null, { status, headers: { ...CORS, location: `http://localhost:${port}/trap` } });
    if (pathname === "/trap") trapped += 1;
    return Response.json(trapped, { headers: CORS });
  }
}

/**
 * The same, with `/stuck/answer/<nonce>/…`, which never answers, and `/stuck/body/<nonce>/…`, whose one batch has results
 * that never end; `/stuck/waiting/<nonce>` answers how many callers have come to either
 * and not left.
 */
function withStuck(emulator) {
  const waiting = new Map();
  return { ...emulator, exchange };

  function exchange(request, transport, signal) {
    const [, how, nonce, path = ""] = /^\/stuck\/(\w+)\/([^/]+)(.*)$/.exec(request.url.pathname) ?? [];
    if (!how) return emulator.exchange(request, transport, signal);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    const count = (by) => waiting.set(nonce, (waiting.get(nonce) ?? 0) + by).get(nonce);
    if (how === "waiting") return Response.json(count(0), { headers: CORS });
    if (how === "answer") {
      count(1);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          count(-1);
          reject(signal.reason);
        });
      });
    }
    if (!path.endsWith("/results")) return Response.json(ENDED, { headers: CORS });
    count(1);
    const start = (controller) => controller.enqueue(new TextEncoder().encode(FIRST_ROW));
    return new Response(new ReadableStream({ start, cancel: () => void count(-1) }), { headers: CORS });
  }
}

const ENDED = {
  id: "msgbatch_01",
  type: "message_batch",
  processing_status: "ended",
  request_counts: { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 2 },
  ended_at: "2026-11-21T12:00:00Z",
  created_at: "2026-11-21T11:00:00Z",
  expires_at: "2026-11-22T11:00:00Z",
  archived_at: null,
  cancel_initiated_at: null,
  results_url: "https://api.anthropic.com/v1/messages/batches/msgbatch_01/results",
};
const FIRST_ROW = '{"custom_id":"a","result":{"type":"expired"}}\n';
