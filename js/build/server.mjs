// The real HTTP emulator that every suite talks to. Beside it: addresses that redirect to another origin, and a count of
// who came there.
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
  return serveEmulator({ emulator: withTrap(emulator) });
}

/**
 * The emulator, with `/moved/<status>/…`, which redirects any call to `/trap` of another origin on this machine, and
 * `/trapped`, which answers how often somebody came there.
 */
function withTrap(emulator) {
  let trapped = 0;
  return { ...emulator, exchange };

  function exchange(request, transport, signal) {
    const { pathname, port } = request.url;
    const status = Number(/^\/moved\/(\d{3})\//.exec(pathname)?.[1] ?? 0);
    if (!status && pathname !== "/trap" && pathname !== "/trapped")
      return emulator.exchange(request, transport, signal);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    if (status) return new Response(null, { status, headers: { ...CORS, location: `http://localhost:${port}/trap` } });
    if (pathname === "/trap") trapped += 1;
    return Response.json(trapped, { headers: CORS });
  }
}
