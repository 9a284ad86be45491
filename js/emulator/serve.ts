// The emulator over real HTTP on Node: faults act on the socket, and the network can be cut and restored.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createEmulator, type Emulator, type EmulatorOptions } from "batchwise/emulator";
import type { Server, ServerRequest } from "srvx";
import { serve } from "srvx/node";

/** What a served emulator is made with. */
export interface ServeOptions extends EmulatorOptions {
  /** 0 (the default) picks a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  hostname?: string;
  /** An emulator to serve; the options of one to make are ignored then. */
  emulator?: Emulator;
}

/** An emulator that listens. */
export interface ServedEmulator {
  /** Where, without a slash at the end. The same after `restore`. */
  readonly url: string;
  readonly emulator: Emulator;
  /** Takes the network away: nothing listens, and every open connection is lost. The state is kept. */
  cut(): Promise<void>;
  /** Gives it back, on the same port. */
  restore(): Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
}

/** A client that reuses a connection must not meet one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;

/** Serves an emulator. Rejects with Node's error where the port is taken. */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  const { port = 0, hostname = "127.0.0.1", emulator: given, ...rest } = options;
  const emulator = given ?? createEmulator(rest);
  const sockets = new Set<Socket>();
  let server = await listen(emulator, hostname, port, sockets);
  const url = server.url?.replace(/\/$/, "") ?? "";
  let isUp = true;

  const cut = async () => {
    if (!isUp) return;
    isUp = false;
    const closed = server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url,
    emulator,
    cut,
    restore: async () => {
      if (isUp) return;
      server = await listen(emulator, hostname, Number(new URL(url).port), sockets);
      isUp = true;
    },
    close: cut,
  };
}

async function listen(emulator: Emulator, hostname: string, port: number, sockets: Set<Socket>): Promise<Server> {
  const server = serve({
    port,
    hostname,
    fetch: (request) => answer(emulator, request),
    node: { keepAliveTimeout: KEEP_ALIVE_MS },
    // Whoever serves decides when it ends, and what is said about it.
    gracefulShutdown: false,
    silent: true,
  });
  await server.ready();
  server.node?.server?.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return server;
}

async function answer(emulator: Emulator, request: ServerRequest): Promise<Response> {
  const node = request.runtime?.node as { req: IncomingMessage; res: ServerResponse };
  const { method, headers, signal } = request;
  const body = new Uint8Array(await request.arrayBuffer());
  const transport = {
    clock: emulator.clock,
    lost: async () => {
      node.req.socket.resetAndDestroy();
      // Nobody is there to read it.
      return new Response(null, { status: 204 });
    },
    broken: async () => {
      await flushed(node.res);
      return new Error("the emulator cut this body");
    },
  };
  const url = new URL(request.url);
  try {
    const response = await emulator.exchange({ method, url, headers: headers.entries(), body }, transport, signal);
    // Node holds the headers back until the first byte, which a slow body may not have for long.
    setImmediate(() => node.res.headersSent && node.res.flushHeaders());
    return response;
  } catch (reason) {
    // The caller left while a stalled or late answer was held back.
    if (signal.aborted) return transport.lost();
    throw reason;
  }
}

/** Lets what was written leave this process, so that a cut falls where it was meant to. */
async function flushed(response: ServerResponse): Promise<void> {
  const { socket } = response;
  // "drain" is not said of every write, so the level is looked at.
  while (socket && !socket.destroyed && socket.writableLength > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // One more turn of the loop: the last piece may still be on its way to the socket.
  await new Promise((resolve) => setImmediate(resolve));
}
