// The page's own server, for this machine: its files, and the policy they live under.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { at } from "./tools.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Nothing inline, nothing evaluated, nothing from elsewhere; markup is made by the page's own templates alone. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html batchwise",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** Serves target/www on loopback. */
export function servePage({ port = 0, folder = "target/www" } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://page");
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const path = at(folder, name);
    if (!/^[\w-]+\.\w+$/.test(name) || !existsSync(path)) {
      response.writeHead(404, HEADERS).end();
      return;
    }
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    response.writeHead(200, { ...HEADERS, "content-type": type, "content-length": statSync(path).size });
    createReadStream(path).pipe(response);
  });
  return new Promise((ready) => {
    server.listen(port, "127.0.0.1", () => {
      ready({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() });
    });
  });
}
