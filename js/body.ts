// The body of a batch's results, pulled chunk by chunk. Here and not in the engine, which makes a timer, closures and
// promises for each wait; what silence and failure mean the engine says.
import type { ChunkSource } from "./reading.js";
import type { ResultsBody } from "./wasm/batchwise_bg.js";

interface Waiting {
  resolve(chunk: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

/** The chunks of a body. One call of `next` at a time. */
export class Body implements ChunkSource {
  readonly #body: ResultsBody;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #heard: () => void;
  readonly #idleMs: number;
  #waiting: Waiting | undefined;
  /** When the wait for the chunk began. */
  #asked = 0;
  /** One timer looks after many waits: to set one for each would cost more than the rest. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(body: ResultsBody) {
    this.#body = body;
    this.#reader = body.reader();
    this.#signal = body.signal();
    this.#idleMs = body.idle_ms();
    // The engine holds the signal. Held in its turn, a body that nobody reads would be kept with it for good.
    const self = new WeakRef(this);
    this.#heard = () => {
      const body = self.deref();
      if (body) body.#aborted();
    };
    this.#signal?.addEventListener("abort", this.#heard);
  }

  next(): Promise<Uint8Array | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#signal?.aborted) this.#aborted();
      else this.#read();
    });
  }

  cancel(): void {
    this.#end(() => this.#body.cancel())?.resolve(undefined);
  }

  #read(): void {
    if (!this.#reader) {
      this.#end(() => this.#body.end())?.resolve(undefined);
      return;
    }
    this.#asked = performance.now();
    this.#timer ??= setTimeout(this.#look, this.#idleMs);
    try {
      Promise.resolve(this.#reader.read()).then(this.#took, this.#broke);
    } catch (thrown) {
      this.#broke(thrown);
    }
  }

  readonly #took = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
    if (this.#isOver) return;
    try {
      if (done) {
        this.#end(() => this.#body.end())?.resolve(undefined);
      } else if (!value?.buffer || value.byteLength === undefined) {
        this.#fail(this.#body.no_bytes());
      } else if (this.#body.stalls(performance.now() - this.#asked, value.byteLength)) {
        this.#fail(this.#body.silent());
      } else if (value.byteLength === 0) {
        this.#read();
      } else {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        waiting?.resolve(value);
      }
    } catch (error) {
      // The engine is dead, and says why.
      this.#fail(error);
    }
  };

  readonly #broke = (thrown: unknown): void => {
    if (!this.#isOver) this.#fail(this.#fault(() => this.#body.broken(thrown)));
  };

  /** The caller's signal. Heard only by who waits: whoever comes later looks at it first. */
  #aborted(): void {
    if (this.#waiting) this.#broke(this.#signal?.reason);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    if (!this.#waiting) return;
    const left = this.#asked + this.#idleMs - performance.now();
    if (left > 0) this.#timer = setTimeout(this.#look, left);
    else this.#fail(this.#fault(() => this.#body.silent()));
  };

  #fail(error: unknown): void {
    this.#end(() => this.#body.cancel())?.reject(error);
  }

  #fault(of: () => unknown): unknown {
    try {
      return of();
    } catch (error) {
      return error;
    }
  }

  /** Lets go of everything; answers who still waits. */
  #end(last: () => void): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#isOver) return waiting;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#heard);
    try {
      last();
    } catch {
      // The engine is dead; its stream goes with it.
    }
    return waiting;
  }
}
