// The page and the package's modules as files on this machine, under the page's policy; with a relay beside them, the API.
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { serve } from "srvx/node";

/** What is served, and where. */
export interface PageOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Answers the API's paths; without one the page plays the demo. */
  readonly relay?: (request: Request) => Promise<Response>;
  /** Origins that the page may call besides its own: a relay elsewhere. */
  readonly connect?: readonly string[];
}

/** A page that is served. */
export interface PageServer {
  /** With a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/** Files of the page, and below `pkg/` the package's own modules. */
const OWN = /^\/(?:app\.css|icon\.svg|[\w-]+\.js)$/;
const PACKAGE = /^\/pkg\/(?:[\w-]+\/)*[\w-]+\.(?:js|wasm)$/;
const API = /^\/(?:v1|_batchwise)\//;
const BROTLI_QUALITY = 9;

/** Serves the page on loopback. Rejects with Node's error where the port is taken. */
export async function servePage({ port, relay, connect = [] }: PageOptions): Promise<PageServer> {
  const folder = new URL("js/dist/", import.meta.resolve("batchwise/package.json"));
  const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const headers = { ...HEADERS, "content-security-policy": policy(connect) };
  const file = async (path: string, request: Request): Promise<Response> => {
    const name = path === "/" ? "/index.html" : path;
    const from = PACKAGE.test(path) ? path.slice("/pkg/".length) : OWN.test(name) || path === "/" ? `www${name}` : null;
    if (from === null) return new Response(null, { status: 404, headers });
    const encoding = encodingFor(request);
    const key = `${encoding} ${from}`;
    const work = kept.get(key) ?? packed(new URL(from, folder), encoding, relay ? "relay" : "demo");
    kept.set(key, work);
    try {
      const type = TYPES[from.slice(from.lastIndexOf(".") + 1)] ?? "application/octet-stream";
      return new Response(await work, {
        headers: { ...headers, "content-type": type, "content-encoding": encoding, vary: "accept-encoding" },
      });
    } catch {
      kept.delete(key);
      return new Response(null, { status: 404, headers });
    }
  };
  const server = serve({
    port,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      if (relay && API.test(pathname)) return relay(request);
      return file(pathname, request);
    },
    gracefulShutdown: false,
    silent: true,
  });
  await server.ready();
  return { url: server.url ?? "", close: () => server.close(true) };
}

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** Nothing inline, nothing evaluated, nothing from elsewhere; markup is made by the page's own templates alone. */
function policy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src ${["'self'", ...connect].join(" ")}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html batchwise",
  ].join("; ");
}

type Encoding = "br" | "gzip" | "identity";

function encodingFor(request: Request): Encoding {
  const accepted = request.headers.get("accept-encoding") ?? "";
  if (/\bbr\b/.test(accepted)) return "br";
  return /\bgzip\b/.test(accepted) ? "gzip" : "identity";
}

/** A file as it goes out. The page's own one says how the page is served. */
async function packed(path: URL, encoding: Encoding, mode: string): Promise<Uint8Array<ArrayBuffer>> {
  const read = await readFile(path);
  const isPage = path.pathname.endsWith("/index.html");
  const bytes = isPage ? Buffer.from(read.toString().replace('content="demo"', `content="${mode}"`)) : read;
  if (encoding === "identity") return new Uint8Array(bytes);
  if (encoding === "gzip") return new Uint8Array(await promisify(gzip)(bytes));
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  return new Uint8Array(await promisify(brotliCompress)(bytes, { params }));
}
