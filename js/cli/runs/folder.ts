// The folder with the runs: `.batchwise/runs/<id>/`.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, Exit, usage } from "../call/exit.js";
import { whyNot } from "../input/why-not.js";
import type { RunRecord } from "./record.js";

/** Options of every command that has to do with runs. */
export interface StateOptions {
  state?: string;
}

/** One run's folder. */
export class Run {
  readonly folder: string;
  #record: RunRecord;

  constructor(folder: string, record: RunRecord) {
    this.folder = folder;
    this.#record = record;
  }

  get id(): string {
    return this.#record.id;
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** A file of the run. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Puts a changed record in the place of the old one, whole or not at all. */
  save(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change };
    writeWhole(this.path("run.json"), `${JSON.stringify(this.#record, null, 2)}\n`);
  }
}

/** All runs of a state folder. */
export class Runs {
  readonly folder: string;

  constructor({ state = ".batchwise" }: StateOptions) {
    this.folder = join(state, "runs");
  }

  /** A name that no run has. */
  freshId(): string {
    for (;;) {
      const id = crypto.randomUUID().slice(0, 6);
      if (!existsSync(join(this.folder, id))) return id;
    }
  }

  /** Begins a run. */
  create(record: RunRecord): Run {
    const folder = join(this.folder, record.id);
    try {
      mkdirSync(folder, { recursive: true });
      const ignore = join(this.folder, "..", ".gitignore");
      // What was asked and answered is nobody's to commit by accident.
      if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
    } catch (error) {
      throw usage(
        `the folder ${folder} cannot be made: ${whyNot(error)}. Runs are kept there so that nothing is lost: go to a folder you may write in, or name one with --state`,
      );
    }
    const run = new Run(folder, record);
    run.save({});
    return run;
  }

  /** Every run, the newest first. What is no run is passed over. */
  list(): Run[] {
    if (!existsSync(this.folder)) return [];
    const runs = readdirSync(this.folder).flatMap((id) => {
      const run = this.#read(id);
      return run ? [run] : [];
    });
    return runs.sort((a, b) => b.record.createdAt.localeCompare(a.record.createdAt));
  }

  /** The run whose name begins so; without a name the newest one. */
  find(name: string | undefined): Run {
    const runs = this.list();
    if (name === undefined) {
      const [newest] = runs;
      if (newest) return newest;
      throw usage(
        `there are no runs in ${this.folder}: begin one with batchwise run, or name another place with --state`,
      );
    }
    const fitting = runs.filter((run) => run.id.startsWith(name));
    const [first] = fitting;
    if (first && (fitting.length === 1 || first.id === name)) return first;
    if (first) throw usage(`${name} is the beginning of ${fitting.map((run) => run.id).join(", ")}: name one of them`);
    throw usage(`no run in ${this.folder} is called ${name}: batchwise ls shows them`);
  }

  /** Forgets a run and all its files. */
  remove(run: Run): void {
    rmSync(run.folder, { recursive: true, force: true });
  }

  #read(id: string): Run | null {
    const folder = join(this.folder, id);
    let text: string;
    try {
      text = readFileSync(join(folder, "run.json"), "utf8");
    } catch {
      return null;
    }
    const record = JSON.parse(text) as RunRecord;
    if (record.version === 1) return new Run(folder, record);
    throw new CommandError(Exit.usage, `run ${id} was written by a newer batchwise: use that one for it`);
  }
}

/** Writes a file so that a kill leaves the old one or the new one. */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw usage(`${path} cannot be written: ${whyNot(error)}`);
  }
}
