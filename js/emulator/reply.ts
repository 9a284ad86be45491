// An answer of the emulator as a platform's Response, its faults acted out as a platform would show them.
import type { Reply } from "../wasm/emulator_bg.js";
import type { EmulatorClock } from "./clock.js";

/** What the transport has to act out besides carrying the bytes. Times are virtual milliseconds. */
export interface WireFault {
  readonly opening: "prompt" | "reset" | { readonly after: number } | { readonly stall: number };
  readonly pace: { readonly bytes: number; readonly everyMs: number } | null;
  readonly ending: "clean" | "reset" | { readonly stall: number };
}

/** How a host loses a connection. */
export interface Transport {
  readonly clock: EmulatorClock;
  /** No answer came: what the caller gets instead of a response. */
  lost(): Promise<Response>;
  /** The error that a body ends with whose connection was lost. Awaited when all bytes before it were handed over. */
  broken(): Promise<Error>;
}

const PROMPT: WireFault = { opening: "prompt", pace: null, ending: "clean" };
const CHUNK_BYTES = 65_536;

/** The response that `reply` becomes on `transport`; frees the reply when its body has ended. */
export async function respond(reply: Reply, transport: Transport, signal?: AbortSignal | null): Promise<Response> {
  const text = reply.wire();
  const wire = text ? (JSON.parse(text) as WireFault) : PROMPT;
  const { opening } = wire;
  let isLost = opening === "reset";
  try {
    if (typeof opening === "object") {
      isLost = "stall" in opening;
      await transport.clock.sleep("stall" in opening ? opening.stall : opening.after, signal);
    }
  } catch (reason) {
    reply.free();
    throw reason;
  }
  if (isLost) {
    reply.free();
    return transport.lost();
  }
  const { status } = reply;
  const headers = pairs(reply.headers());
  if (wire.pace || wire.ending !== "clean" || reply.is_stream) {
    return new Response(stream(reply, wire, transport, signal), { status, headers });
  }
  const body = whole(reply);
  return new Response(status === 204 || status === 304 ? null : body, { status, headers });
}

function whole(reply: Reply): Uint8Array<ArrayBuffer> {
  const body = (reply.next_chunk(2 ** 31) ?? new Uint8Array()) as Uint8Array<ArrayBuffer>;
  reply.free();
  return body;
}

/** The body as the caller pulls it. */
function stream(
  reply: Reply,
  wire: WireFault,
  transport: Transport,
  signal?: AbortSignal | null,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = new AbortController();
  let isOver = false;
  const end = () => {
    isOver = true;
    signal?.removeEventListener("abort", abort);
    left.abort();
    reply.free();
  };
  let abort = () => {};
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      abort = () => {
        if (isOver) return;
        end();
        controller.error(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
    },
    async pull(controller) {
      try {
        if (wire.pace) await transport.clock.sleep(wire.pace.everyMs, left.signal);
        const chunk = reply.next_chunk(wire.pace?.bytes ?? CHUNK_BYTES);
        if (chunk) return controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
        if (typeof wire.ending === "object") await transport.clock.sleep(wire.ending.stall, left.signal);
        const error = wire.ending === "clean" ? undefined : await transport.broken();
        if (isOver) return;
        end();
        if (error) return controller.error(error);
        controller.close();
        // Whoever waits with a buffer of his own must be told, too.
        controller.byobRequest?.respond(0);
      } catch (reason) {
        if (!isOver) throw reason;
      }
    },
    cancel() {
      if (!isOver) end();
    },
  });
}

function pairs(flat: string[]): [string, string][] {
  const out: [string, string][] = [];
  for (let i = 1; i < flat.length; i += 2) out.push([flat[i - 1] ?? "", flat[i] ?? ""]);
  return out;
}
