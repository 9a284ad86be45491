// A folder as a store: one file for each value, replaced as a whole.
import type { SwapStore } from "../store.js";
import { checkEntry, storeFailed } from "./entry.js";
import { locked, StoodStill } from "./file-lock.js";
import { keyOf, nameOf } from "./file-name.js";
import { codeOf, type FilesNow, lastingFiles, pathOf, type Self, self } from "./files.js";

/** How often a write is begun anew that was held up. */
const TRIES = 5;
/** What a killed process left half written is swept up after a day. */
const LEFT_OVER_MS = 86_400_000;

/**
 * Keeps values as files in `folder`, which is made when the first one is written: for Node, Deno and Bun, on a disk
 * of the machine. A value is written beside the old one, flushed to the disk and put in its place, so a kill or a
 * power cut leaves the old value or the new one. `compareAndSwap` is safe between processes.
 *
 * Deno needs `--allow-read` and `--allow-write` for the folder. With `--allow-run` and `--allow-sys=hostname` the
 * lock of a process that was killed is noticed at once, without them after ten seconds.
 */
export function fileStore(folder: string | URL): SwapStore {
  let opened: FileStore | undefined;
  const open = (): FileStore => {
    opened ??= new FileStore(pathOf(folder), lastingFiles());
    return opened;
  };
  return {
    getItem: async (key) => open().read(key),
    setItem: async (key, value) => void (await open().swap(key, undefined, value)),
    removeItem: async (key) => void (await open().swap(key, undefined, null)),
    getKeys: async (prefix) => open().keys(prefix),
    compareAndSwap: async (key, expected, next) => open().swap(key, expected, next),
  };
}

class FileStore {
  readonly #folder: string;
  readonly #files: FilesNow;
  readonly #self: Self;
  /** The last piece of work on each file, so that one process does not compete with itself for its locks. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(folder: string, files: FilesNow) {
    this.#folder = folder;
    this.#files = files;
    this.#self = self(files);
  }

  async read(key: string): Promise<string | null> {
    checkEntry(key, null);
    try {
      return await this.#files.promises.readFile(this.#path(key), "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      throw this.#explain(error, "read from");
    }
  }

  /** Makes the value `next`, where it is `expected` or nothing is expected. */
  async swap(key: string, expected: string | null | undefined, next: string | null): Promise<boolean> {
    checkEntry(key, next);
    const path = this.#path(key);
    try {
      return await this.#inTurn(path, () => this.#replace(key, path, expected, next));
    } catch (error) {
      // Nothing lies in a folder that is not there.
      if (next === null && codeOf(error) === "ENOENT") return true;
      throw this.#explain(error, "written to");
    }
  }

  async keys(prefix = ""): Promise<string[]> {
    const found: string[] = [];
    try {
      await this.#walk("", prefix, found);
    } catch (error) {
      throw this.#explain(error, "read from");
    }
    return found;
  }

  #path(key: string): string {
    return `${this.#folder}/${nameOf(key)}`;
  }

  async #replace(
    key: string,
    path: string,
    expected: string | null | undefined,
    next: string | null,
  ): Promise<boolean> {
    // Who has lost already need not write anything.
    if (expected !== undefined && (await this.read(key)) !== expected) return false;
    const draft = next === null ? null : await this.#draft(path, next);
    let done = false;
    try {
      done = await this.#locked(path, async (check) => {
        if (expected !== undefined && (await this.read(key)) !== expected) return false;
        check();
        if (draft !== null) this.#files.renameSync(draft, path);
        else removed(this.#files, path);
        return true;
      });
    } finally {
      if (draft !== null && !done) await this.#files.promises.unlink(draft).catch(() => undefined);
    }
    if (done) await this.#flush(parent(path));
    return done;
  }

  /** Does the work under the lock of a file: again where a disk or machine that is busy held it up for too long. */
  async #locked(path: string, work: (check: () => void) => Promise<boolean>): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        return await locked(this.#files, `${path}.lock`, this.#self, work);
      } catch (error) {
        if (!(error instanceof StoodStill) || tries === TRIES) throw error;
      }
    }
  }

  /** Writes a value beside its place, and waits until the disk has it. */
  async #draft(path: string, value: string): Promise<string> {
    const draft = `${path}.${Date.now().toString(36)}-${crypto.randomUUID()}.draft`;
    const file = await this.#files.promises.open(draft, "wx").catch(async (error) => {
      if (codeOf(error) !== "ENOENT") throw error;
      await this.#make(parent(path));
      return this.#files.promises.open(draft, "wx");
    });
    try {
      await file.writeFile(value);
      await file.sync();
    } catch (error) {
      await file.close();
      await this.#files.promises.unlink(draft).catch(() => undefined);
      throw error;
    }
    await file.close();
    return draft;
  }

  /** Makes a folder and all above it, so that they outlive a power cut, too. */
  async #make(folder: string): Promise<void> {
    const first = await this.#files.promises.mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = parent(made)) await this.#flush(parent(made));
  }

  /** Waits until the disk knows the names in a folder. */
  async #flush(folder: string): Promise<void> {
    try {
      const handle = await this.#files.promises.open(folder, "r");
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      // Windows and some file systems cannot, and need not: their renames are ordered.
      if (!["EPERM", "EISDIR", "EINVAL", "ENOTSUP"].includes(String(codeOf(error)))) throw error;
    }
  }

  #inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(path) ?? Promise.resolve()).then(work, work);
    this.#turns.set(path, turn);
    const leave = (): void => {
      if (this.#turns.get(path) === turn) this.#turns.delete(path);
    };
    turn.then(leave, leave);
    return turn;
  }

  async #walk(below: string, prefix: string, found: string[]): Promise<void> {
    const folder = `${this.#folder}/${below}`;
    const entries = await this.#files.promises.readdir(folder, { withFileTypes: true }).catch((error) => {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    });
    for (const entry of entries) {
      if (entry.isDirectory() && entry.name.startsWith("+")) {
        await this.#walk(`${below}${entry.name}/`, prefix, found);
        continue;
      }
      const key = keyOf(`${below}${entry.name}`);
      if (key?.startsWith(prefix)) found.push(key);
      else if (key === null) await this.#sweep(`${folder}${entry.name}`);
    }
  }

  async #sweep(path: string): Promise<void> {
    const since = /\.([0-9a-z]+)-[0-9a-f-]{36}\.draft$/.exec(path)?.[1];
    if (since === undefined || Date.now() - Number.parseInt(since, 36) < LEFT_OVER_MS) return;
    await this.#files.promises.unlink(path).catch(() => undefined);
  }

  /** The system's error in words that say what to do. Errors of this package pass unchanged. */
  #explain(error: unknown, deed: string): unknown {
    const code = codeOf(error);
    if (typeof code === "string" && code.includes("/")) return error;
    if (error instanceof StoodStill) return storeFailed(error.message, error);
    const folder = this.#folder;
    const refused = `the folder ${folder} may not be ${deed}: give this process the right to, or choose another`;
    const words: Readonly<Record<string, string>> = {
      EACCES: refused,
      EPERM: refused,
      EROFS: refused,
      ENOSPC: `the disk of ${folder} is full: make room and go on`,
      EDQUOT: `the quota of this user on the disk of ${folder} is used up: make room and go on`,
      ENOTDIR: `${folder} is not a folder: choose another`,
      EEXIST: `${folder} is not a folder: choose another`,
      ENAMETOOLONG: `the path of the folder ${folder} is too long: choose a shorter one`,
    };
    const notAllowed = (error as Error | null)?.name === "NotCapable" ? refused : undefined;
    const message = words[String(code)] ?? notAllowed ?? `the folder ${folder} could not be ${deed} (${String(error)})`;
    return storeFailed(message, error);
  }
}

function parent(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, "") || "/";
}

function removed(files: FilesNow, path: string): void {
  try {
    files.unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
