// The results of a run on disk: one line a request, appended as they arrive, found again by id.
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { JobResult } from "batchwise";
import { CommandError, Exit } from "./exit.js";
import { whyNot } from "./input.js";

type File = Awaited<ReturnType<typeof open>>;

/** Lines are gathered to writes of about this size. */
const WRITE_BYTES = 1 << 18;

/** A results file being written. Whatever happens to the run, what has arrived is in it. */
export class ResultsFile {
  readonly path: string;
  readonly #file: File;
  readonly #places = new Map<string, { at: number; bytes: number }>();
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #written = 0;

  private constructor(path: string, file: File) {
    this.path = path;
    this.#file = file;
  }

  /** Starts a file, and the folders above it. An older file of that name is replaced. */
  static async create(path: string): Promise<ResultsFile> {
    return new ResultsFile(
      path,
      await written(path, async () => {
        await mkdir(dirname(path), { recursive: true });
        return open(path, "w+");
      }),
    );
  }

  /** How many requests have a result in it. */
  get count(): number {
    return this.#places.size;
  }

  /** Appends a result. */
  async append(row: JobResult): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    this.#places.set(row.custom_id, { at: this.#written + this.#waitingBytes, bytes: line.length });
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= WRITE_BYTES) await this.flush();
  }

  /** Writes what is waiting. */
  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await written(this.path, () => this.#file.write(bytes, done, bytes.length - done));
      done += bytesWritten;
    }
    this.#written += bytes.length;
  }

  /** The line of the request with this id, or null where it has no result. */
  async line(id: string): Promise<string | null> {
    const place = this.#places.get(id);
    if (place === undefined) return null;
    const bytes = Buffer.alloc(place.bytes);
    await this.#file.read(bytes, 0, place.bytes, place.at);
    return bytes.toString("utf8");
  }

  /** Writes what is waiting and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    await this.#file.close();
  }
}

/** Does something to a file that is written; a failure names the file. */
export async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new CommandError(Exit.usage, `${path} cannot be written: ${whyNot(error)}`);
  }
}
