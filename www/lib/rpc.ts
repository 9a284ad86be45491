// Calls between the page and its worker, and between them and the emulator: names, arguments, answers.

/** What one side offers. */
export type Offer = Record<string, (...args: never[]) => unknown>;

/** The same as the other side sees it. */
export type Remote<T extends Offer> = {
  [K in keyof T]: (...args: Parameters<T[K]>) => Promise<Awaited<ReturnType<T[K]>>>;
};

/** What carries messages: a worker, a worker's own scope, or a port. */
export interface Wire {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

interface Message {
  readonly call?: string;
  readonly id: number;
  readonly args?: unknown[];
  readonly value?: unknown;
  readonly error?: Failure;
}

/** An error on its way: classes do not survive it, words do. */
interface Failure {
  readonly message: string;
  readonly code: string | undefined;
  readonly name: string;
}

/** What a call rejects with. */
export class RemoteError extends Error {
  readonly code: string | undefined;

  constructor({ message, code, name }: Failure) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/** An answer whose parts are handed over, not copied. */
export class Handed<T> {
  readonly value: T;
  readonly parts: Transferable[];

  constructor(value: T, parts: Transferable[]) {
    this.value = value;
    this.parts = parts;
  }
}

/** Answers the other side's calls with `offer`, and gives the way to call it. */
export function connect<T extends Offer>(wire: Wire, offer: Offer): Remote<T> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  wire.addEventListener("message", ({ data }: MessageEvent) => {
    const message = data as Message;
    if (message.call !== undefined) return void answer(wire, offer, message);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) call?.reject(new RemoteError(message.error));
    else call?.resolve(message.value as never);
  });
  return new Proxy({} as Remote<T>, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          last += 1;
          waiting.set(last, { resolve, reject });
          wire.postMessage({ call: String(name), id: last, args }, buffers(args));
        }),
  });
}

async function answer(wire: Wire, offer: Offer, { call = "", id, args = [] }: Message): Promise<void> {
  try {
    const handler = offer[call];
    if (!handler) throw new Error(`there is no ${call}`);
    const value: unknown = await handler(...(args as never[]));
    if (value instanceof Handed) wire.postMessage({ id, value: value.value as unknown }, value.parts);
    else wire.postMessage({ id, value }, []);
  } catch (thrown) {
    const { message, name, code } = thrown as Error & { code?: unknown };
    const error = { message: message ?? String(thrown), name: name ?? "Error", code: code ? String(code) : undefined };
    wire.postMessage({ id, error }, []);
  }
}

/** Ports among the arguments can only be handed over. */
function buffers(args: readonly unknown[]): Transferable[] {
  return args.filter((arg): arg is MessagePort => arg instanceof MessagePort);
}
