// One instance of the engine, and what happens when it dies. After a trap its memory is in no state to be used again: no
// call goes in, none comes out, whoever waits is told, and its objects say so from then on.
import { BatchwiseError } from "./errors.js";
import { instantiate } from "./instantiate.js";
import { type Glue, glue } from "./wasm/batchwise_bg.js";

type Work = (...args: never[]) => unknown;
type Timer = ReturnType<typeof setTimeout>;
type Arm = (callback: () => void, ms: number) => Timer;
type Clear = (timer: Timer) => unknown;

/** An instance with classes of its own: what is made from one means nothing to another. */
export class Engine {
  readonly classes: Glue = glue();
  readonly memory: WebAssembly.Memory;
  #trap: BatchwiseError | undefined;
  readonly #timers = new Set<Timer>();
  readonly #waiting = new Set<(trap: BatchwiseError) => void>();

  constructor(module: WebAssembly.Module) {
    this.memory = instantiate(module, "./batchwise_bg.js", this.classes, {
      exports: (exports) => mapped(exports, (name, work) => this.#inward(work, NOBODYS.test(name))),
      imports: (imports) => mapped(imports, (name, work) => this.#outward(this.#timed(name, work))),
    });
    for (const part of Object.values(this.classes)) {
      // What the garbage collector can free is a class.
      if ("free" in (part.prototype ?? {})) this.#watch(part, part.prototype);
    }
  }

  get isDead(): boolean {
    return this.#trap !== undefined;
  }

  /** Throws where the engine has died. */
  assertAlive(): void {
    if (this.#trap) throw this.#trap;
  }

  #inward(work: Work, isNobodys: boolean): Work {
    return (...args) => {
      if (!this.#trap) {
        try {
          return work(...args);
        } catch (thrown) {
          // A call inside this one may have died already.
          if (!this.#trap) this.#die(trapOf(thrown));
        }
      }
      if (isNobodys) return NOTHING;
      throw this.#trap;
    };
  }

  /** Where one call has died inside another, the outer one must come no further than to its next word. */
  #outward(work: Work): Work {
    return (...args) => {
      if (this.#trap) throw this.#trap;
      return work(...args);
    };
  }

  #die(cause: Error): void {
    const words = `the engine has stopped (${cause.message}), and what it held is lost: make a new client, then resume the job`;
    this.#trap = new BatchwiseError("wasm/trap", words, { cause });
    for (const tell of this.#waiting) tell(this.#trap);
    this.#waiting.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Notes timers while they run: those of an engine that has died would keep a process from its end. */
  #timed(name: string, work: Work): Work {
    if (name.startsWith("__wbg_clearTimeout")) {
      return (timer: Timer) => {
        this.#timers.delete(timer);
        return (work as Clear)(timer);
      };
    }
    if (!name.startsWith("__wbg_setTimeout")) return work;
    return (callback: () => void, ms: number) => {
      const fire = (): void => {
        this.#timers.delete(timer);
        callback();
      };
      const timer = (work as Arm)(fire, ms);
      this.#timers.add(timer);
      return timer;
    };
  }

  /** Has every promise that a class or its objects give end with the engine: there is nobody left to keep it. */
  #watch(...holders: object[]): void {
    for (const holder of holders) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
        if (typeof value !== "function" || name === "constructor") continue;
        const watched = (answer: unknown): unknown => (answer instanceof Promise ? this.#orDeath(answer) : answer);
        const method = function (this: unknown, ...args: unknown[]): unknown {
          return watched(value.apply(this, args));
        };
        Object.defineProperty(holder, name, { value: method });
      }
    }
  }

  #orDeath<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#trap) return reject(this.#trap);
      this.#waiting.add(reject);
      const settled = (settle: () => void): void => {
        this.#waiting.delete(reject);
        settle();
      };
      promise.then(
        (value) => settled(() => resolve(value)),
        (error) => settled(() => reject(error)),
      );
    });
  }
}

/** Exports that timers, promises and the garbage collector call: there is nobody to catch anything. */
const NOBODYS = /^wasm_bindgen__convert__closures|^__wbindgen_destroy_closure|_free$/;

/** What a call is answered with where there is nobody: no value, no error. */
const NOTHING = [0, 0];

/** A trap is an error of its own; where the stack is used up, runtimes name it as they do everywhere. Throws what is none. */
function trapOf(thrown: unknown): Error {
  if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) return thrown;
  if (thrown instanceof Error && thrown.name === "InternalError") return thrown;
  throw thrown;
}

/** The same with every function replaced. */
function mapped<T extends object>(given: T, replace: (name: string, work: Work) => Work): T {
  const entry = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    typeof value === "function" ? replace(name, value as Work) : value,
  ];
  return Object.fromEntries(Object.entries(given).map(entry)) as T;
}
